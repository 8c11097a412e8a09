"""The Python client: its parser, its codec, its outbox through kills, and the whole against the real services.

Run alone:  DONDOC_BUILD=build /usr/bin/python3 tests/python/test_client.py
"""

import contextlib
import importlib.util
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import zmq

ROOT = os.environ.get("DONDOC_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("DONDOC_BUILD") or os.path.join(ROOT, "build"))
CLIENT = os.path.join(ROOT, "clients", "python", "dondoc_push.py")
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("dondoc_push", CLIENT)
push = importlib.util.module_from_spec(spec)
spec.loader.exec_module(push)
push.LANG = "en"

GROUPS = [
    {"code": "digitisation", "measures": ["results_in_force", "results_in_force_digitised"]},
    {"code": "work", "measures": ["work_files", "work_files_online"]},
]
WAIT_S = 20


def parse(text, scope=("*",)):
    return push.parse(text if isinstance(text, bytes) else text.encode("utf-8"), GROUPS, list(scope))


def cell(value, beside="1"):
    """The parsed first figure of a file with one row, or the complaint about it."""
    good, wrong = parse("unit;period;results_in_force;results_in_force_digitised\n21043;2023-09;%s;%s\n"
                        % (value, beside))
    if wrong:
        return str(wrong[0])
    return next((f for f in good[0]["report"]["figures"] if f["measure"] == "results_in_force"), None)


class Parser(unittest.TestCase):
    def test_a_count_is_digits_or_groups_of_three(self):
        for text, want in (("2386", 2386), ("0", 0), ("2.386", 2386), ("1.002.386", 1002386), (" 2386 ", 2386),
                           ("007", 7)):
            with self.subTest(text):
                self.assertEqual(cell(text), {"measure": "results_in_force", "count": want})

    def test_empty_zero_and_not_applicable_are_three_things(self):
        self.assertIsNone(cell(""))
        self.assertEqual(cell("0")["count"], 0)
        self.assertEqual(cell("x"), {"measure": "results_in_force", "not_applicable": True})

    def test_a_decimal_has_a_comma_and_not_three_places(self):
        for text, want in (("41,09", "41.09"), ("1,2", "1.2"), ("1,2040", "1.2040"), ("0,5", "0.5")):
            with self.subTest(text):
                self.assertEqual(cell(text), {"measure": "results_in_force", "decimal": want})

    def test_what_is_not_surely_a_figure_is_refused_with_row_column_value_and_remedy(self):
        for text, code in (
                ("1.20", "decimal_point"), ("1.2040", "decimal_point"), ("01.204", "decimal_point"),
                ("0.204", "decimal_point"), ("1,204", "ambiguous_comma"), ("1,204,567", "ambiguous_comma"),
                ("1e3", "exponent"), ("1,2E+05", "exponent"), ("1.23E+05", "exponent"), ("-3", "negative"),
                ("50%", "percent"), ("1 204", "not_a_number"), ("1.204,5", "not_a_number"), ("-", "not_a_number"),
                ("n/a", "not_a_number"), ("+5", "not_a_number"), ("١٢٣", "not_a_number"), ("9" * 16, "too_large")):
            with self.subTest(text):
                told = cell(text)
                self.assertIsInstance(told, str)
                for part in ("row 2", "column results_in_force", "“%s”" % text, "please", "(%s)" % code):
                    self.assertIn(part, told)

    def test_thousands_are_written_one_way_in_a_file(self):
        self.assertEqual(cell("2.386", "999")["count"], 2386)
        self.assertEqual(cell("2.386", "1.130")["count"], 2386)
        with self.assertRaises(push.Stop) as stop:
            cell("2.386", "1130")
        for part in ("mixed_grouping", "2.386", "1130", "Row 2"):
            self.assertIn(part, str(stop.exception))

    def test_a_period_is_a_code(self):
        for period in ("2023-06", "2023-12", "2023-Q3", "2023-H1", "2023-9M", "2023", "2023-06-17", "2026@2026-09-26"):
            with self.subTest(period):
                self.assertIsNone(push.period_wrong(2, period))

    def test_a_period_that_became_a_date_is_refused_as_such(self):
        for period in ("Jun-23", "6/2023", "06/2023", "01/06/2023", "45078", "Thg6-23", "6.2023", "2023/06"):
            with self.subTest(period):
                self.assertIn("spreadsheet", str(push.period_wrong(2, period)))
        for period in ("2023-6", "2023-13", "2023-Q5", "june", "2023-H3"):
            with self.subTest(period):
                self.assertIn("bad_period", str(push.period_wrong(2, period)))
        self.assertIn("missing_period", str(push.period_wrong(2, "")))

    def test_a_code_that_lost_its_zero_is_named(self):
        told = str(push.unit_wrong(2, "1043", ["01043", "21055"]))
        self.assertIn("write 01043", told)
        self.assertIsNone(push.unit_wrong(2, "01043", ["01043"]))
        self.assertIsNone(push.unit_wrong(2, "1043", ["*"]))  # the server knows
        self.assertIsNone(push.unit_wrong(2, "H44.100", ["*"]))
        self.assertIsNone(push.unit_wrong(2, "21340@2025-07-01", ["21340"]))
        for unit in ("21 043", "21.043", "2,1E+04", "2.1E+04+"):
            self.assertIn("bad_unit", str(push.unit_wrong(2, unit, ["*"])))

    def test_separators_and_byte_order_marks_are_read_alike(self):
        rows = [["unit", "period", "work_files"], ["21043", "2023-09", "5"]]
        for separator in (";", ",", "\t"):
            for mark in ("", "\ufeff"):
                for end in ("\n", "\r\n"):
                    with self.subTest((separator, mark, end)):
                        good, wrong = parse(mark + end.join(separator.join(r) for r in rows) + end)
                        self.assertEqual((len(good), wrong), (1, []))

    def test_a_row_becomes_a_report_for_each_group_it_has_figures_of(self):
        good, wrong = parse("unit;period;results_in_force;work_files;work_files_online;reason\n"
                            "21043;2023-09;5;7;3;late\n21043;2023-10;5;;;\n")
        self.assertEqual(wrong, [])
        self.assertEqual([(g["row"], g["report"]["group"]) for g in good],
                         [(2, "digitisation"), (2, "work"), (3, "digitisation")])
        self.assertEqual(good[1]["report"]["reason"], "late")
        self.assertNotIn("reason", good[2]["report"])

    def test_one_bad_row_does_not_hold_back_the_others(self):
        good, wrong = parse("unit;period;work_files\n21043;2023-09;5\n21055;Sep-23;1.20\n\n21061;2023-09;6\n")
        self.assertEqual([g["row"] for g in good], [2, 5])
        self.assertEqual({w.row for w in wrong}, {3})
        self.assertEqual(len(wrong), 2)  # both cells are named

    def test_the_same_unit_and_period_twice_holds_back_both(self):
        good, wrong = parse("unit;period;work_files\n21043;2023-09;5\n21043;2023-09;6\n21055;2023-09;6\n")
        self.assertEqual([g["row"] for g in good], [4])
        self.assertIn("row 2", str(wrong[0]))

    def test_a_header_is_checked_and_a_near_name_offered(self):
        for header, part in (("unit;period;work_file", "is it work_files"), ("unit;work_files", "missing_column"),
                             ("unit;period", "no column of figures"), ("unit;unit;period;work_files", "duplicate_column"),
                             ("unit;;period;work_files", "unnamed_column"), ("", "empty_file")):
            with self.subTest(header), self.assertRaises(push.Stop) as stop:
                parse(header + "\n21043;2023-09;1;1\n" if header else "")
            self.assertIn(part, str(stop.exception))
            self.assertEqual(stop.exception.status, 65)

    def test_a_spreadsheets_own_first_line_and_empty_columns_are_no_trouble(self):
        good, wrong = parse("sep=;\r\nunit;period;work_files;;\r\n21043;2023-09;5;;\r\n")
        self.assertEqual(([g["row"] for g in good], wrong), ([3], []))
        good, wrong = parse("unit;period;work_files;;\n21043;2023-09;5;;7\n")
        self.assertEqual((good, wrong[0].code), ([], "extra_field"))

    def test_a_row_that_is_not_filled_in_is_left_out(self):
        self.assertEqual(parse("unit;period;work_files\n21043;2023-09;\n"), ([], []))

    def test_a_comma_inside_a_number_is_seen(self):
        good, wrong = parse("unit,period,work_files\n21043,2023-09,1,204\n")
        self.assertEqual(good, [])
        self.assertIn("204", str(wrong[0]))

    def test_what_is_not_utf8_is_refused(self):
        for data, part in (("unit;period\nĐ".encode("utf-16"), "UTF-16"), (b"unit;period;work_files\n\xd0;1;1", "Line 2"),
                           (b"", "empty"), (b"unit;period;work_files\n21043;\"2023-09;5\n", "quotes")):
            with self.subTest(part), self.assertRaises(push.Stop) as stop:
                parse(data)
            self.assertEqual(stop.exception.status, 65)
            self.assertIn(part, str(stop.exception))

    def test_every_complaint_is_there_in_vietnamese(self):
        push.LANG = "vi"
        try:
            self.assertIn("dòng 2, cột results_in_force", cell("1e3"))
        finally:
            push.LANG = "en"


class Wire(unittest.TestCase):
    def test_the_example_of_the_contract_is_what_we_send(self):
        with open(os.path.join(ROOT, "proto", "README.md"), encoding="utf-8") as page:
            section = page.read().split("## 10.")[1].split("## 11.")[0]
        want = bytes.fromhex("".join(re.match(r"^ +((?:[0-9a-f]{2} ?)+)", line).group(1)
                                     for line in section.splitlines() if re.match(r"^    ( *[0-9a-f]{2} )", line)))
        report = {"unit": "21043", "group": "digitisation", "period": "2023-09", "made_at_ms": 1696467600000, "figures": [
            {"measure": "results_in_force", "count": 2386}, {"measure": "results_in_force_digitised", "count": 1130}]}
        got = push.encode("UnitRequest", {"version": 1, "request_id": 7, "province": "quang-ngai",
                                          "push": {"reports": [report]}})
        self.assertEqual(got.hex(" "), want.hex(" "))

    def test_messages_come_back_as_they_went(self):
        report = {"unit": "21340@2025-07-01", "group": "g", "period": "2023", "from": "2023-01-01", "to": "2023-12-31",
                  "figures": [{"measure": "a", "count": 0}, {"measure": "b", "decimal": "12.34"},
                              {"measure": "c", "not_applicable": True}, {"measure": "d", "count": -(1 << 62)},
                              {"measure": "e"}],
                  "reason": "nhập nhầm", "made_at_ms": 1 << 50, "source_system": "s", "replaces": "2/ab"}
        held = {"unit": "u", "group": "g", "period": "p", "revision": 2, "hash": "ab", "entry": 9, "index": 1,
                "received_at_ms": 1 << 50, "due": "2023-07-07", "on_time": True, "seal": bytes(range(16))}
        for schema, message in (
                ("Report", report), ("Report", dict(report, offered=held)),
                ("Hello", {"log_id": "ab", "software": "s", "last": held}),
                ("Push", {"reports": [report, dict(report, unit="x")], "validate_only": True}),
                ("Receipt", {"outcome": 4, "unit": "u", "group": "g", "period": "p", "revision": 3, "entry": 1 << 60,
                             "index": 255, "hash": "h", "received_at_ms": 5, "due": "", "on_time": True, "from": "",
                             "to": "", "old_figures": report["figures"], "seal": bytes(range(16)),
                             "first_received_at_ms": 7, "refusal": {
                                 "code": "c", "field": "", "value": "", "message_vi": "đ", "message_en": "e"}})):
            with self.subTest(schema):
                self.assertEqual(push.decode(schema, push.encode(schema, message)), message)

    def test_zero_and_not_applicable_are_on_the_wire(self):
        self.assertEqual(push.encode("Figure", {"measure": "a", "count": 0}).hex(), "0a01611000")
        self.assertEqual(push.encode("Figure", {"measure": "a", "not_applicable": True}).hex(), "0a01612001")
        self.assertEqual(push.encode("Figure", {"measure": "a"}).hex(), "0a0161")

    def test_fields_of_a_newer_server_are_skipped(self):
        newer = (push.encode_value(99, "s", "new") + push.encode_value(98, "u", 5)
                 + push.put_varint(97 << 3 | 1) + b"8 bytes." + push.put_varint(96 << 3 | 5) + b"four")
        self.assertEqual(push.decode("Done", newer + push.encode("Done", {"entry": 7})), {"entry": 7, "note": ""})

    def test_what_does_not_add_up_is_refused(self):
        for data in (b"\x0a\x05ab", b"\x08", b"\x08" + b"\xff" * 11, b"\x0b", b"\x00\x01", b"\x12\x02\xc3\x28", b"\x0a\x01a"):
            with self.subTest(data), self.assertRaises(push.Malformed):
                push.decode("Done", data)

    def test_it_agrees_with_protoc(self):
        if shutil.which("protoc") is None:
            self.skipTest("no protoc")
        ours = push.encode("Report", {"unit": "u", "figures": [{"measure": "m", "count": 0}, {"measure": "n", "decimal": "1.5"},
                                                               {"measure": "o", "not_applicable": True}], "replaces": "1/a"})
        text = subprocess.run(["protoc", "--proto_path=proto", "--decode=dondoc.Report", "proto/report.proto"], cwd=ROOT,
                              input=ours, stdout=subprocess.PIPE, check=True).stdout.decode()
        for part in ('unit: "u"', "count: 0", 'decimal: "1.5"', "not_applicable: true", 'replaces: "1/a"'):
            self.assertIn(part, text)


class Folder(unittest.TestCase):
    """A test with a folder of its own, kept when it fails."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="cl")
        self.addCleanup(self._leave)

    def _leave(self):
        failed = any(error for _, error in getattr(self._outcome, "errors", [])) if hasattr(self, "_outcome") else False
        if not failed:
            shutil.rmtree(self.dir, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.dir, name)

    def file(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def waiting(self):
        folder = self.path("outbox")
        return sorted(n for n in os.listdir(folder) if push.Outbox.NAME.match(n)) if os.path.isdir(folder) else []

    def log(self):
        with contextlib.suppress(FileNotFoundError), open(self.path("outbox/log.txt"), encoding="utf-8") as source:
            return source.read()
        return ""

    def client(self, *args, server="tcp://127.0.0.1:1", server_key=None, key=None, timeout=15):
        environ = {k: v for k, v in os.environ.items() if not k.startswith("DONDOC_")}
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        argv = [sys.executable, CLIENT, "--lang", "en", "--server=" + server, "--province=quang-ngai",
                "--key=" + (key or self.path("unit.key")), "--outbox=" + self.path("outbox"), "--timeout=%d" % timeout]
        argv += ["--server-key=" + server_key] if server_key else []
        return subprocess.Popen(argv + list(args), env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                encoding="utf-8")

    def run_client(self, *args, **more):
        child = self.client(*args, **more)
        text = child.communicate(timeout=120)[0]
        return child.returncode, text


class KeyFile(Folder):
    def test_a_new_key_is_private_and_never_overwrites(self):
        status, text = self.run_client("--new-key", self.path("unit.key"))
        self.assertEqual(status, 0, text)
        self.assertEqual(os.stat(self.path("unit.key")).st_mode & 0o777, 0o600)
        public, secret = push.key_read(self.path("unit.key"))
        self.assertEqual((text.strip(), zmq.curve_public(secret.encode()).decode()), (public, public))
        self.assertEqual(self.run_client("--new-key", self.path("unit.key"))[0], 64)
        self.assertEqual(push.key_read(self.path("unit.key")), (public, secret))

    def test_a_key_that_others_can_read_is_refused(self):
        push.key_write(self.path("unit.key"), *(k.decode() for k in zmq.curve_keypair()))
        os.chmod(self.path("unit.key"), 0o640)
        status, text = self.run_client("--probe", server_key="x" * 40)
        self.assertEqual(status, 78, text)
        self.assertIn("chmod 600", text)

    def test_wrong_settings_and_usage_have_their_status(self):
        self.assertEqual(self.run_client("--probe")[0], 78)
        self.assertEqual(self.run_client("--nonsense")[0], 64)
        self.assertEqual(self.run_client("--probe", server_key="short")[0], 78)

    def test_a_settings_file_is_read(self):
        path = self.file("dondoc.yaml", "# ours\nserver: tcp://127.0.0.1:9\nserver-key: \"k:k\"\nlang: vi\n")
        self.assertEqual(push.config_read(path), {"server": "tcp://127.0.0.1:9", "server-key": "k:k", "lang": "vi"})
        with self.assertRaises(push.Stop):
            push.config_read(self.file("bad.yaml", "sever: x\n"))


class FakeServer(threading.Thread):
    """Speaks the contract on a real socket, remembers what it was sent, and can keep silent before a receipt."""

    def __init__(self):
        super().__init__(daemon=True)
        public, secret = zmq.curve_keypair()
        self.key = public.decode()
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.curve_server, self.socket.curve_secretkey, self.socket.linger = True, secret, 0
        self.endpoint = "tcp://127.0.0.1:%d" % self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.silent, self.later, self.principal, self.state = set(), 0, "unit", "ready"
        self.log_id, self.hellos, self.seals = "first", [], False
        self.stands, self.pushes, self.asked, self.done = {}, [], [], False
        self.received, self.ahead_ms, self.reasons = {}, 0, False
        self.start()

    def stop(self):
        self.done = True
        self.join()
        self.socket.close()
        self.context.term()

    def wait_for(self, what):
        deadline = time.monotonic() + WAIT_S
        while not what():
            if time.monotonic() > deadline:
                raise AssertionError("the client did not come so far")
            time.sleep(0.01)

    @staticmethod
    def hash(content):
        return "%032x" % (hash(content) % (1 << 128))

    def standing(self, key):
        content = self.stands.get(key)
        return {"revision": len(content), "hash": "%d/%s" % (len(content), self.hash(content[-1])),
                "received_at_ms": self.received.get(key, 0)} if content else {"revision": 0}

    def receipt(self, report):
        if self.later > 0:
            self.later -= 1
            return {"outcome": 6, "refusal": {"code": "not_ready", "message_en": "later", "message_vi": "sau"}}
        key, content = push.key_of(report), push.figures_text(report["figures"])
        have = self.stands.setdefault(key, [])
        if have and have[-1] == content:
            outcome = 3
        elif report["replaces"] == self.standing(key).get("hash", ""):
            outcome = 2 if have else 1
            have.append(content)
        else:
            outcome = 4
        if outcome == 4 and self.reasons:
            outcome = 5
        if outcome == 4 and "offered" in report and report["offered"]["revision"] > len(have):
            outcome = 2 if have else 1
            have.extend(["-"] * (report["offered"]["revision"] - len(have) - 1) + [content])
        if outcome in (1, 2):
            self.received[key] = self.now_ms()
        more = {"seal": b"%016d" % len(self.pushes), "received_at_ms": self.now_ms()} if self.seals else {}
        return {"outcome": outcome, **more, "hash": self.hash(content), "unit": key[0], "group": key[1], "period": key[2],
                "revision": len(have),
                "entry": 1, "on_time": True, "old_figures": []}

    def now_ms(self):
        return int(time.time() * 1000) + self.ahead_ms

    def lose(self):
        """Its disk is gone, and with it the name of its journal."""
        self.stands, self.log_id = {}, "second"
        self.pushes.clear()

    def answer(self, request):
        if "hello" in request:
            self.hellos.append(request["hello"])
            return "hello", "server_info", {"server_version": "fake", "groups": GROUPS, "scope": ["*"], "reports_max": 200,
                                            "state": self.state, "message_bytes_max": 65536, "log_id": self.log_id,
                                            "re_offer": request["hello"]["log_id"] not in ("", self.log_id),
                                            "now_ms": self.now_ms(), "principal": self.principal}
        if "standing" in request:
            self.asked.extend(request["standing"]["keys"])
            return "standing", "standings", {"standings": [
                self.standing((k["unit"], k["group"], k["period"])) for k in request["standing"]["keys"]]}
        self.pushes.append(request["push"]["reports"])
        return "push", "receipts", {"receipts": [self.receipt(r) for r in request["push"]["reports"]]}

    def run(self):
        while not self.done:
            if not self.socket.poll(20):
                continue
            peer, body = self.socket.recv_multipart()
            request = push.decode("UnitRequest", body)
            kind, name, answer = self.answer(request)
            if kind not in self.silent:
                self.socket.send_multipart([peer, push.encode("UnitReply", {
                    "version": 1, "request_id": request["request_id"], name: answer})])


class Outbox(Folder):
    def setUp(self):
        super().setUp()
        self.server = FakeServer()
        self.addCleanup(self.server.stop)
        push.key_write(self.path("unit.key"), *(k.decode() for k in zmq.curve_keypair()))

    def send(self, *args, **more):
        return self.run_client(*args, server=self.server.endpoint, server_key=self.server.key, **more)

    def kill_when(self, what, *args):
        child = self.client(*args, server=self.server.endpoint, server_key=self.server.key)
        try:
            self.server.wait_for(what)
        finally:
            child.send_signal(signal.SIGKILL)
            child.communicate()

    def csv(self, *rows, name="r.csv"):
        return self.file(name, "unit;period;work_files\n" + "".join("%s\n" % row for row in rows))

    def test_killed_between_write_and_receipt_it_is_sent_again_and_counts_once(self):
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes, self.csv("21043;2023-09;5", "21055;2023-09;6"))
        self.assertEqual(len(self.waiting()), 2)
        self.server.silent = set()
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertEqual(self.server.pushes[0], self.server.pushes[1])  # the same again, `replaces` too
        self.assertEqual(text.count("DUPLICATE"), 2)
        self.assertEqual(len(self.server.asked), 2)  # asked at the first sending only
        self.assertEqual(self.waiting(), [])
        self.assertEqual({key: len(have) for key, have in self.server.stands.items()},
                         {("21043", "work", "2023-09"): 1, ("21055", "work", "2023-09"): 1})

    def test_killed_before_it_was_sent_it_is_not_lost(self):
        self.server.silent = {"standing"}
        self.kill_when(lambda: self.server.asked, self.csv("21043;2023-09;5"))
        self.assertEqual(self.server.pushes, [])
        self.server.silent = set()
        status, text = self.send()
        self.assertEqual((status, self.waiting()), (0, []), text)
        self.assertIn("ACCEPTED", text)

    def test_a_half_written_file_is_no_report(self):
        os.mkdir(self.path("outbox"))
        self.file("outbox/0000000001.json.new", "{")
        self.assertEqual(self.send()[0], 0)
        self.assertEqual(self.server.pushes, [])
        self.assertEqual(self.waiting(), [])

    def test_an_old_retry_never_undoes_what_was_sent_later(self):
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes, self.csv("21043;2023-09;1024"))
        shutil.move(self.path("outbox"), self.path("other-desk"))
        self.server.silent = set()
        self.assertEqual(self.send(self.csv("21043;2023-09;1204"))[0], 0)
        shutil.rmtree(self.path("outbox"))
        shutil.move(self.path("other-desk"), self.path("outbox"))
        status, text = self.send()
        self.assertEqual((status, text), (0, ""))  # dropped quietly,
        self.assertIn("outcome=SUPERSEDED", self.log())  # with a line in the log
        self.assertEqual(self.server.stands[("21043", "work", "2023-09")][-1], "work_files=1204")

    def test_the_outbox_goes_first_and_in_order(self):
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes, self.csv("21043;2023-09;1"))
        self.server.silent = set()
        status, text = self.send(self.csv("21043;2023-09;2", "21043;2023-08;9"))
        self.assertEqual(status, 0, text)
        self.assertEqual(self.server.stands[("21043", "work", "2023-09")], ["work_files=1", "work_files=2"])
        self.assertIn("REPLACED", text)

    def test_retry_later_is_retried_and_then_kept(self):
        self.server.later = 1
        status, text = self.send(self.csv("21043;2023-09;5"))
        self.assertEqual((status, self.waiting()), (0, []), text)
        self.server.later = 1000
        status, text = self.send(self.csv("21043;2023-10;5"), timeout=2)
        self.assertEqual((status, len(self.waiting())), (75, 1), text)
        self.assertIn("1 reports are kept", text)

    def test_without_a_server_it_is_kept_once_it_was_known(self):
        path = self.csv("21043;2023-09;5", "21055;june;5")
        away = {"server": "tcp://127.0.0.1:1", "server_key": self.server.key, "timeout": 2}
        status, text = self.run_client(path, **away)
        self.assertEqual((status, self.waiting()), (69, []), text)
        self.assertIn("cannot be reached", text)
        self.assertEqual(self.send()[0], 0)
        status, text = self.run_client(path, **away)
        self.assertEqual((status, len(self.waiting())), (75, 1), text)
        self.assertIn("(bad_period)", text)
        status, text = self.run_client(**away)
        self.assertEqual((status, len(self.waiting())), (75, 1), text)
        self.assertEqual(self.send()[0], 0)
        self.assertEqual(self.server.stands[("21043", "work", "2023-09")], ["work_files=5"])

    def test_another_server_key_is_named(self):
        status, text = self.run_client(self.csv("21043;2023-09;5"), server=self.server.endpoint,
                                       server_key=zmq.curve_keypair()[0].decode())
        self.assertEqual((status, self.waiting()), (78, []), text)
        self.assertIn("another key", text)

    def test_a_reader_that_goes_away_does_not_stop_the_sending(self):
        child = self.client(self.csv(*("21043;2023-%02d;5" % m for m in range(1, 13))), server=self.server.endpoint,
                            server_key=self.server.key)
        child.stdout.close()
        self.assertEqual((child.wait(60), self.waiting(), len(self.server.stands)), (0, [], 12))

    def test_two_runs_do_not_share_an_outbox(self):
        self.server.silent = {"push"}
        child = self.client(self.csv("21043;2023-09;5"), server=self.server.endpoint, server_key=self.server.key)
        try:
            self.server.wait_for(lambda: self.server.pushes)
            status, text = self.send()
            self.assertEqual(status, 75, text)
            self.assertIn("another run", text)
        finally:
            child.kill()
            child.communicate()

    def kept(self):
        return sorted(os.listdir(self.path("outbox/kept")))

    def test_what_was_acknowledged_is_kept_and_shown_at_the_next_hello(self):
        self.server.seals = True
        self.assertEqual(self.send(self.csv("21043;2023-09;5", "21055;2023-09;6"))[0], 0)
        self.assertEqual((self.waiting(), self.kept()), ([], ["0000000001.json", "0000000002.json"]))
        path = self.csv("21043;2023-09;5", "21055;2023-09;6")
        self.assertEqual(self.send(path)[0], 0)
        self.assertEqual(len(self.kept()), 2)  # the same receipt is not kept twice
        last = self.server.hellos[-1]["last"]
        self.assertEqual((last["seal"], self.server.hellos[-1]["log_id"]), (b"%016d" % 1, "first"))

    def test_a_receipt_without_a_seal_is_no_promise_and_not_kept(self):
        self.assertEqual(self.send(self.csv("21043;2023-09;5"))[0], 0)
        self.assertEqual((self.waiting(), self.kept()), ([], []))

    def test_after_a_loss_what_is_kept_is_offered_again_before_anything_else(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5", "21055;2023-09;6"))
        self.send(self.csv("21043;2023-09;7"))
        self.server.lose()
        status, text = self.send(self.csv("21046;2023-09;8"))
        self.assertEqual(status, 0, text)
        self.assertIn("offered again: 3; they stand now: 3", text)
        flat = [(r["unit"], "offered" in r) for p in self.server.pushes for r in p]
        self.assertEqual(flat, [("21043", True), ("21055", True), ("21043", True), ("21046", False)])
        self.assertEqual(self.server.stands[("21043", "work", "2023-09")], ["work_files=5", "work_files=7"])
        status, text = self.send()
        self.assertEqual((status, text, self.server.hellos[-1]["log_id"]), (0, "", "second"))
        self.assertEqual(len(self.kept()), 4)

    def test_killed_while_it_offers_it_offers_all_of_it_again(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5", "21055;2023-09;6"))
        self.server.lose()
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes)
        self.server.silent = set()
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertIn("they stand now: 2", text)
        self.assertEqual((len(self.kept()), self.server.hellos[-1]["log_id"]), (2, "first"))
        self.assertEqual(self.send(), (0, ""))

    def test_a_restored_server_that_is_not_asked_twice_is_still_offered_the_rest(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5", "21055;2023-09;6"))
        self.server.lose()
        self.server.later = 1000
        status, text = self.send(timeout=1)
        self.assertEqual(status, 75, text)
        self.assertIn("not answered yet: 2", text)
        self.server.later, self.server.log_id = 0, "first"  # it says no more that anything is missing
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertIn("they stand now: 2", text)

    def test_without_its_server_json_it_offers_what_it_keeps(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5", "21055;2023-09;6"))
        self.file("outbox/server.json", "{\"log_id\": ")
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertIn("they stand now: 2", text)
        self.assertEqual(self.send(), (0, ""))

    def test_while_the_server_is_not_ready_nothing_is_sent(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5"))
        self.server.lose()
        self.server.state = "starting"
        status, text = self.send(self.csv("21055;2023-09;5"))
        self.assertEqual((status, self.server.pushes, len(self.waiting())), (75, [], 1), text)
        self.server.state = "ready"
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertEqual([len(p) for p in self.server.pushes], [1, 1])

    def test_kept_reports_go_after_seven_days_by_both_clocks(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5"))
        outbox = push.Outbox(self.path("outbox"))
        self.addCleanup(outbox.lock.close)
        received = outbox.kept[0]["receipt"]["received_at_ms"]
        outbox.prune(received + 100 * 86400000)  # only the server's clock says so
        self.assertEqual(len(self.kept()), 1)
        outbox.kept[0]["receipt"]["received_at_ms"] -= 8 * 86400000
        outbox.prune(received - 9 * 86400000)  # only ours
        self.assertEqual(len(self.kept()), 1)
        outbox.prune(received)
        self.assertEqual(self.kept(), [])

    def test_a_file_that_is_no_report_is_put_aside_and_holds_nothing_back(self):
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes, self.csv("21043;2023-09;5"))
        self.file("outbox/0000000007.json", "{\"report\": 5}")
        self.server.silent = set()
        status, text = self.send()
        self.assertEqual((status, self.waiting()), (0, []), text)
        self.assertIn("0000000007.json.bad", text)
        self.assertTrue(os.path.exists(self.path("outbox/0000000007.json.bad")))

    def test_the_outbox_of_one_key_is_not_sent_with_another(self):
        self.server.seals = True
        self.send(self.csv("21043;2023-09;5"))
        self.server.principal = "other"
        status, text = self.send(self.csv("21043;2023-10;5"))
        self.assertEqual((status, len(self.server.pushes), self.waiting()), (78, 1, []), text)
        self.assertIn("holds reports of unit", text)

    def test_the_same_file_while_the_server_is_away_is_kept_once(self):
        self.assertEqual(self.send()[0], 0)
        away = {"server": "tcp://127.0.0.1:1", "server_key": self.server.key, "timeout": 1}
        path = self.csv("21043;2023-09;5", "21055;2023-09;6")
        for _ in range(2):
            status, text = self.run_client(path, **away)
            self.assertEqual((status, len(self.waiting())), (75, 2), text)
        status, text = self.run_client(self.csv("21043;2023-09;6"), **away)
        self.assertEqual((status, len(self.waiting())), (75, 3), text)

    KEY = ("21043", "work", "2023-09")

    def away(self, *figures):
        """Reports of one key, one after the other, from a desk that knows the server and cannot reach it."""
        for figure in figures:
            status, text = self.run_client(self.csv("21043;2023-09;%d" % figure), server="tcp://127.0.0.1:1",
                                           server_key=self.server.key, timeout=1)
            self.assertEqual(status, 75, text)

    def another_desk(self, figure, ahead_ms=0):
        """Newer figures that the server received from elsewhere, by its own clock."""
        self.server.stands.setdefault(self.KEY, []).append("work_files=%d" % figure)
        self.server.received[self.KEY] = self.server.now_ms() + ahead_ms

    def refused(self):
        folder = self.path("outbox/refused")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def test_what_waited_replaces_what_stood_before_it_was_made_and_what_is_our_own(self):
        for seals in (True, False):
            with self.subTest(seals=seals):
                self.server.seals = seals
                self.server.ahead_ms = 86400000  # its clock is a day before ours: that alone decides nothing
                self.another_desk(1, -2000)
                self.assertEqual(self.send()[0], 0)
                self.away(2, 3)
                status, text = self.send()
                self.assertEqual((status, self.waiting(), self.refused()), (0, [], []), text)
                self.assertEqual(self.server.stands[self.KEY][-3:], ["work_files=1", "work_files=2", "work_files=3"])
                self.server.received[self.KEY] = 0
                self.away(4)  # a kept receipt of an earlier run is ours, too
                self.assertEqual(self.send()[0], 0)
                self.assertEqual(self.server.stands[self.KEY][-1], "work_files=4")

    def test_what_waited_does_not_replace_what_another_desk_sent_meanwhile_and_is_seen(self):
        self.server.ahead_ms = -86400000
        self.assertEqual(self.send()[0], 0)
        self.away(2, 3)
        self.another_desk(9)
        status, text = self.send()
        self.assertEqual((status, self.waiting(), self.refused()), (65, [], ["0000000001.json", "0000000002.json"]), text)
        self.assertEqual(self.server.stands[self.KEY], ["work_files=9"])
        for part in ("never sent before", "refused/0000000001.json", "put this row alone", "file r.csv"):
            self.assertIn(part, text)
        with open(self.path("outbox/refused/0000000002.json"), encoding="utf-8") as source:
            held = push.json.load(source)
        self.assertEqual((held["report"]["figures"][0]["count"], held["receipt"]["outcome"]), (3, "SUPERSEDED"))
        self.assertEqual(self.send(), (0, ""))  # it is said once
        self.away(5)
        self.assertEqual(self.waiting(), ["0000000003.json"])  # what was put aside keeps its number
        status, text = self.send(self.csv("21043;2023-09;5"))  # by hand
        self.assertEqual((status, self.server.stands[self.KEY][-1]), (0, "work_files=5"), text)

    def test_killed_after_it_was_asked_it_still_is_seen(self):
        self.assertEqual(self.send()[0], 0)
        self.away(2)
        self.another_desk(9)
        self.server.silent = {"push"}
        self.kill_when(lambda: self.server.pushes)
        self.server.silent = set()
        status, text = self.send()
        self.assertEqual((status, self.refused()), (65, ["0000000001.json"]), text)
        self.assertEqual(self.server.stands[self.KEY], ["work_files=9"])

    def test_the_same_from_another_desk_is_a_duplicate(self):
        self.assertEqual(self.send()[0], 0)
        self.away(9)
        self.another_desk(9)
        status, text = self.send()
        self.assertEqual((status, self.refused(), text.count("DUPLICATE")), (0, [], 1), text)

    def test_what_waited_and_is_refused_is_not_thrown_away(self):
        self.assertEqual(self.send()[0], 0)
        self.away(2)
        self.another_desk(9)
        self.server.reasons = True
        status, text = self.send()
        self.assertEqual((status, self.refused()), (65, ["0000000001.json"]), text)
        self.assertIn("refused/0000000001.json", text)

    @unittest.skipUnless(os.name == "posix", "modes of files")
    def test_the_outbox_is_ours_alone(self):
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        victim = self.file("victim", "precious")
        self.server.seals = True
        self.assertEqual(self.send(self.csv("21043;2023-09;5"))[0], 0)
        os.symlink(victim, self.path("outbox/0000000002.json.new"))
        self.server.reasons = True
        self.assertEqual(self.send(self.csv("21043;2023-09;6"))[0], 0)
        for name, _, files in os.walk(self.path("outbox")):
            self.assertEqual(os.stat(name).st_mode & 0o777, 0o700, name)
            for one in files:
                self.assertEqual(os.stat(os.path.join(name, one)).st_mode & 0o777, 0o600, one)
        with open(victim, encoding="utf-8") as source:
            self.assertEqual(source.read(), "precious")
        os.chmod(self.path("outbox"), 0o770)
        status, text = self.send()
        self.assertEqual(status, 78, text)
        self.assertIn("chmod 700", text)

    def test_a_dry_run_keeps_nothing(self):
        status, text = self.send("--dry-run", self.csv("21043;2023-09;1.20"))
        self.assertEqual(status, 65, text)
        self.assertFalse(os.path.exists(self.path("outbox")))


@unittest.skipUnless(all(os.access(os.path.join(BUILD, "bin", name), os.X_OK)
                         for name in ("dondoc", "dondoc-ingest")), "the services are not built")
class EndToEnd(Folder):
    """Against dondoc-ingest and a Redis of its own. The real clock counts, so all periods of 2021-2025 are past."""

    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="ee")
        cls.children = []
        try:
            cls._start()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        for child in reversed(cls.children):
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(20)
            child.kill()
            child.wait()
        shutil.rmtree(cls.base, ignore_errors=True)

    @classmethod
    def _spawn(cls, log, *argv):
        with open(os.path.join(cls.base, log), "ab") as out:
            cls.children.append(subprocess.Popen(argv, stdout=out, stderr=out, cwd=ROOT))
        return cls.children[-1]

    @classmethod
    def _wait(cls, path):
        deadline = time.monotonic() + WAIT_S
        while not os.path.exists(path):
            if time.monotonic() > deadline:
                raise AssertionError("%s did not appear; see %s" % (path, cls.base))
            time.sleep(0.02)

    @classmethod
    def _key(cls, name, words):
        public, secret = (k.decode() for k in zmq.curve_keypair())
        push.key_write(os.path.join(cls.base, name + ".key"), public, secret)
        with open(os.path.join(cls.base, "keyring"), "a", encoding="ascii") as out:
            out.write("%s %s\n" % (public, words))
        return public

    @classmethod
    def _start(cls):
        at = lambda name: os.path.join(cls.base, name)
        cls._key("unit", "role=unit name=21043 scope=21043")
        cls._key("three", "role=unit name=three scope=21055,21412,21436")
        cls._key("ops", "role=ops name=ops")
        cls.server_key = cls._key("service", "role=service name=services")
        cls._redis()
        cls._ingest()
        cls._programme()

    @classmethod
    def _redis(cls):
        at = lambda name: os.path.join(cls.base, name)
        cls.redis = cls._spawn("redis.log", os.path.join(ROOT, "etc", "redis-start"), at("redis"),
                               os.path.join(ROOT, "etc", "redis.conf"))
        cls._wait(at("redis/redis.sock"))

    @classmethod
    def _programme(cls):
        at = lambda name: os.path.join(cls.base, name)
        put = subprocess.run([os.path.join(BUILD, "bin", "dondoc"), "programme", "put", "programmes/quang-ngai",
                              "--server", cls.ops, "--server-key", cls.server_key, "--key", at("ops.key"),
                              "--province", "quang-ngai", "--lang", "en"], cwd=ROOT, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, check=False)
        if put.returncode != 0:
            raise AssertionError("programme put: %d %s" % (put.returncode, put.stdout))

    @classmethod
    def _ingest(cls):
        at = lambda name: os.path.join(cls.base, name)
        cls.ingest = cls._spawn(
            "ingest.log", os.path.join(BUILD, "bin", "dondoc-ingest"), "--redis", "unix:" + at("redis/redis.sock"),
            "--province", "quang-ngai", "--key-file", at("service.key"), "--keyring", at("keyring"), "--ready-file",
            at("ready"), "--listen", getattr(cls, "endpoint", "tcp://127.0.0.1:*"),
            "--listen-ops", "tcp://127.0.0.1:*", "--listen-hints", "tcp://127.0.0.1:*")
        cls._wait(at("ready"))
        with open(at("ready"), encoding="ascii") as source:
            bound = dict(word.split("=", 1) for word in source.read().split())
        cls.endpoint, cls.ops = bound["units"], bound["ops"]

    def send(self, *args, key="unit", **more):
        return self.run_client(*args, server=self.endpoint, server_key=self.server_key,
                               key=os.path.join(self.base, key + ".key"), **more)

    HEAD = "unit;period;results_in_force;results_in_force_digitised;work_files\n"

    def test_1_probe_says_who_we_are(self):
        status, text = self.send("--probe")
        self.assertEqual(status, 0, text)
        for part in ("ready", "reports for: 21043", "digitisation"):
            self.assertIn(part, text)

    def test_2_a_file_is_taken_repeated_and_corrected(self):
        path = self.file("r.csv", self.HEAD + "21043;2023-09;2386;1130;17\n21043;2023-10;2386;;\n")
        status, text = self.send(path)
        self.assertEqual((status, text.count("ACCEPTED"), text.count("after the due date")), (0, 3, 3), text)
        status, text = self.send(path)
        self.assertEqual((status, text.count("DUPLICATE")), (0, 3), text)
        path = self.file("r.csv", self.HEAD + "21043;2023-09;2386;1131;17\n21043;2023-10;2386;;\n")
        status, text = self.send(path)
        self.assertEqual((status, text.count("DUPLICATE")), (65, 2), text)
        self.assertIn("reason_needed", text)
        status, text = self.send("--reason", "nhập nhầm một kết quả", path)
        self.assertEqual((status, text.count("REPLACED"), text.count("DUPLICATE")), (0, 1, 2), text)
        self.assertIn("results_in_force_digitised=1130", text)
        self.assertEqual(self.waiting(), [])

    def test_3_the_fourth_row_is_refused_alone(self):
        rows = "".join("%s;2023-09;100;50;\n" % unit for unit in ("21055", "21412", "21436", "21061"))
        status, text = self.send(self.file("r.csv", self.HEAD + rows), key="three")
        self.assertEqual((status, text.count("ACCEPTED"), text.count("not_in_scope")), (65, 3, 1), text)

    def test_4_what_the_server_refuses_has_its_code(self):
        for row, code in (("21043;2023-Q1;1;1;", "wrong_cadence"), ("21043;2023-08;10;11;", "part_above_whole"),
                          ("21043;2015-08;1;1;", "bad_period"), ("99999;2023-08;1;1;", "unknown_unit")):
            with self.subTest(code):
                status, text = self.send(self.file("r.csv", self.HEAD + row + "\n"))
                self.assertEqual(status, 65, text)
                self.assertIn(code, text)
        status, text = self.send("--dry-run", self.file("r.csv", self.HEAD + "21043;2022-01;1;1;\n"))
        self.assertEqual(status, 0, text)
        self.assertIn("VALID", text)

    def test_5_a_key_that_is_not_registered_is_told_so(self):
        public, secret = (k.decode() for k in zmq.curve_keypair())
        push.key_write(self.path("stranger.key"), public, secret)
        status, text = self.run_client(self.file("r.csv", self.HEAD + "21043;2023-07;1;1;\n"), server=self.endpoint,
                                       server_key=self.server_key, key=self.path("stranger.key"))
        self.assertEqual((status, self.waiting()), (77, []), text)
        self.assertIn(public, text)
        self.assertIn(push.fingerprint(public), text)
        self.assertEqual(self.send("--probe", key="ops")[0], 0)
        status, text = self.send(self.file("r.csv", self.HEAD + "21043;2023-07;1;1;\n"), key="ops")
        self.assertEqual(status, 77, text)

    def test_6_ingest_killed_the_outbox_keeps_it(self):
        self.assertEqual(self.send()[0], 0)  # the groups are known now
        self.ingest.kill()
        self.ingest.wait()
        path = self.file("r.csv", self.HEAD + "21043;2023-06;2386;1130;\n")
        status, text = self.send(path, timeout=2)
        self.assertEqual((status, len(self.waiting())), (75, 1), text)
        os.unlink(os.path.join(self.base, "ready"))
        self._ingest()
        status, text = self.send()
        self.assertEqual((status, text.count("ACCEPTED"), self.waiting()), (0, 1, []), text)

    def command(self, *args):
        """`dondoc push`, the command in C, on the same outbox."""
        environ = {k: v for k, v in os.environ.items() if not k.startswith("DONDOC_")}
        done = subprocess.run([os.path.join(BUILD, "bin", "dondoc"), "push", *args, "--server", self.endpoint, "--server-key",
                               self.server_key, "--province", "quang-ngai", "--key", os.path.join(self.base, "unit.key"),
                               "--outbox", self.path("outbox"), "--lang", "en"], cwd=self.dir, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=60, check=False, env=environ)
        return done.returncode, done.stdout

    def test_7_the_command_and_this_client_share_an_outbox(self):
        self.assertEqual(self.send()[0], 0)
        away = {"server": "tcp://127.0.0.1:1", "server_key": self.server_key, "timeout": 1,
                "key": os.path.join(self.base, "unit.key")}
        status, text = self.run_client(self.file("r.csv", self.HEAD + "21043;2023-05;2386;1130;9\n"), **away)
        self.assertEqual((status, len(self.waiting())), (75, 2), text)
        status, text = self.command()
        self.assertEqual((status, self.waiting(), text.count("accepted")), (0, [], 2), text)
        self.assertEqual(len(os.listdir(self.path("outbox/kept"))), 2)
        outbox = push.Outbox(self.path("outbox"))  # what the command has kept is read here
        self.assertEqual((len(outbox.kept), outbox.server["principal"]), (2, "21043"))
        outbox.lock.close()
        status, text = self.send(self.file("r.csv", self.HEAD + "21043;2023-05;2387;1130;9\n"), "--reason", "sót")
        self.assertEqual((status, text.count("REPLACED"), text.count("DUPLICATE")), (0, 1, 1), text)
        self.assertEqual(len(os.listdir(self.path("outbox/kept"))), 3)
        self.assertEqual(self.command(), (0, ""))

    def test_8_a_lost_disk_gets_everything_back(self):
        rows = "21043;2023-04;2386;1130;9\n21043;2023-03;2386;1120;\n"
        self.assertEqual(self.send(self.file("r.csv", self.HEAD + rows))[0], 0)
        status, text = self.send(self.file("s.csv", self.HEAD + "21043;2023-04;2386;1131;\n"), "--reason", "sót")
        self.assertEqual((status, text.count("REPLACED")), (0, 1), text)
        self.assertEqual(len(os.listdir(self.path("outbox/kept"))), 4)
        self.redis.terminate()
        self.redis.wait(20)
        shutil.rmtree(os.path.join(self.base, "redis"))
        self._redis()
        status, text = self.send()
        self.assertEqual(status, 75, text)  # it needs its programme first
        self.assertIn("not answered yet: 4", text)
        self._programme()
        status, text = self.send()
        self.assertEqual(status, 0, text)
        self.assertIn("offered again: 4; they stand now: 4", text)
        self.assertEqual(self.send(), (0, ""))
        status, text = self.send(self.file("r.csv", self.HEAD + rows))
        self.assertEqual((status, text.count("DUPLICATE"), text.count("reason_needed")), (65, 2, 1), text)


if __name__ == "__main__":
    unittest.main()
