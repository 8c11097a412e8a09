#!/usr/bin/python3
"""points - does tests/faults/points.txt name exactly the places that the code has? Prints `ok` and `not ok` lines."""

import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PARTS = ("lib", "ingest", "scorer", "notifier", "courier", "cli")
SERVICES = ("ingest", "scorer", "notifier", "courier", "cli")
POINT = re.compile(r'\bFAULT\("([^"]*)"\)')


def listed():
    """(place, services, meaning) of each line."""
    out = []
    with open(os.path.join(HERE, "points.txt"), encoding="utf-8") as source:
        for line in source:
            match = re.match(r"([a-z0-9_.>]+) +((?:[a-z]+ )+) *(.+)$", line)
            if match:
                out.append((match[1], match[2].split(), match[3]))
            elif line.strip() and not line.startswith("#"):
                raise SystemExit("points.txt: not understood: %s" % line.strip())
    return out


def in_code():
    """place -> files that have it."""
    out = {}
    for part in PARTS:
        for path in glob.glob(os.path.join(ROOT, part, "*.c")):
            with open(path, encoding="utf-8") as source:
                for name in POINT.findall(source.read()):
                    out.setdefault(name, []).append(os.path.relpath(path, ROOT))
    return out


def say(good, claim, wrong):
    print("%sok %s%s" % ("" if good else "not ", claim, "" if good else ": " + wrong))
    return good


def main():
    lines, code = listed(), in_code()
    names = {name for place, _, _ in lines for name in place.split(">")}
    twice = sorted(n for n, files in code.items() if len(files) > 1)
    unknown = sorted({s for _, services, _ in lines for s in services} - set(SERVICES))
    absent = sorted(names - set(code))
    unlisted = sorted(set(code) - names)
    good = [say(len(lines) > 0 and not absent, "every place of the list is in the code", " ".join(absent)),
            say(not unlisted, "every place of the code is in the list",
                " ".join("%s (%s)" % (n, code[n][0]) for n in unlisted)),
            say(not twice, "every place is one line of code", " ".join(twice)),
            say(not unknown, "every place names who passes it", " ".join(unknown))]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
