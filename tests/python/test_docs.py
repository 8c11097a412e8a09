"""The documents against the code: what they list is there, and what is there they list."""

import glob
import os
import re
import subprocess
import sys
import unittest

ROOT = os.environ.get("DONDOC_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("DONDOC_BUILD") or os.path.join(ROOT, "build"))
sys.dont_write_bytecode = True


def text(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as source:
        return source.read()


def messages(proto):
    """{message: {field: (number, type)}} of a .proto file."""
    found = {}
    for name, body in re.findall(r"message (\w+) \{(.*?)\n\}", text("proto", proto), re.S):
        found[name] = {field: (int(number), kind) for kind, field, number in
                       re.findall(r"^\s+(?:repeated )?(\w+) (\w+) = (\d+);", body, re.M)}
    return found


class Docs(unittest.TestCase):
    def test_the_contract_lists_every_refusal_and_no_other(self):
        codes = set(re.findall(r'REFUSAL\(\w+, "(\w+)"', text("lib", "refusal.def")))
        codes |= set(re.findall(r'\] =\s*\{\s*"(\w+)"', text("notifier", "refuse.c")))
        listed = set(re.findall(r"^\| `(\w+)` \|", text("proto", "README.md").split("## 7.")[1].split("## 8.")[0], re.M))
        self.assertEqual(listed, codes)

    def test_the_contract_has_every_field_of_the_messages(self):
        page = text("proto", "README.md")
        for proto in ("report.proto", "alert.proto"):
            for message, fields in messages(proto).items():
                self.assertIn(message, page)
                for field in fields:
                    with self.subTest("%s.%s" % (message, field)):
                        self.assertRegex(page, r"\b%s\b" % field)

    def test_the_python_client_has_the_numbers_of_the_contract(self):
        sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
        import dondoc_push
        kinds = {"uint32": "u", "uint64": "u", "int64": "i", "bool": "b", "sint64": "z", "string": "s", "bytes": "y",
                 "Outcome": "u"}
        proto = messages("report.proto")
        for message, fields in dondoc_push.SCHEMAS.items():
            for field, spec in fields.items():
                with self.subTest("%s.%s" % (message, field)):
                    number, kind = proto[message][field.rstrip("!")]
                    self.assertEqual((number, kinds.get(kind, kind)), spec[:2])

    def test_the_version_on_the_wire_is_the_one_documented(self):
        number = re.search(r"#define WIRE_VERSION (\d+)", text("lib", "wire.h")).group(1)
        self.assertIn("`WIRE_VERSION` is **%s**" % number, text("proto", "README.md"))

    def test_operations_lists_every_setting_with_its_default(self):
        page = text("doc", "operations.md")
        for service in ("ingest", "scorer", "notifier", "courier"):
            program = os.path.join(BUILD, "bin", "dondoc-" + service)
            if not os.access(program, os.X_OK):
                self.skipTest("not built")
            usage = subprocess.run([program, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
            for name, default in re.findall(r"^  --([a-z-]+) (?:TEXT|NUMBER) .*?(?:\(default (.*)\))?$", usage, re.M):
                with self.subTest("%s --%s" % (service, name)):
                    row = re.search(r"^\|.*\| *%s \|.*$|^\| *%s \|.*$" % (name, name), page, re.M)
                    self.assertIsNotNone(row)
                    rows = re.findall(r"^\|.*\b%s \|.*$" % name, page, re.M)
                    self.assertTrue(any(default in r for r in rows), "default %s" % default)

    def test_operations_lists_every_key(self):
        page = text("doc", "operations.md")
        names = dict(re.findall(r'#define (KEY_\w+) "(\w+)"', text("lib", "keys.h")))
        for name in names.values():
            with self.subTest(name):
                self.assertIn("`{p}:" + name, page)

    def test_operations_lists_every_counter(self):
        page = text("doc", "operations.md")
        for loop in ("ingest/loop.c", "scorer/loop.c", "notifier/loop.c", "courier/report.c"):
            for name, alarm in re.findall(r'\{"(\w+)", [^{}]*?, (true|false)\}', text(loop)):
                with self.subTest("%s %s" % (loop, name)):
                    self.assertRegex(page, r"\b%s%s" % (name, r"\*" if alarm == "true" else r"(?!\*)\b"))

    def test_links_between_the_documents_lead_somewhere(self):
        for page in ["README.md", "SECURITY.md", "proto/README.md", "programmes/README.md"] + glob.glob("doc/*.md", root_dir=ROOT):
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text(page)):
                with self.subTest("%s -> %s" % (page, target)):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, os.path.dirname(page), target)))

    def test_files_that_security_names_are_there(self):
        for name in re.findall(r"`(tests/[\w/.]+)`", text("SECURITY.md")):
            with self.subTest(name):
                self.assertTrue(os.path.exists(os.path.join(ROOT, name)))

    def test_the_sealed_example_is_the_one_that_is_opened(self):
        block = text("proto", "README.md").split("refuses it) opens")[1].split("which holds")[0]
        lines = re.findall(r"^ +((?:[0-9a-f]{2}(?:\s|$))+)", block, re.M)
        shown = "".join("".join(lines).split())
        golden = text("tests", "unit", "test_sealed.c").split("#define REPLY_HEX")[1].split("#define SUBJECT")[0]
        self.assertEqual(shown, "".join(re.findall(r'"([0-9a-f]+)"', golden)))

    def test_the_map_names_every_folder(self):
        rows = set(re.findall(r"^\| `([a-z]+)/` \|", text("README.md"), re.M))
        there = {name for name in os.listdir(ROOT) if os.path.isdir(os.path.join(ROOT, name)) and name.isalpha()}
        self.assertLessEqual(there - {"build"}, rows)


if __name__ == "__main__":
    unittest.main()
