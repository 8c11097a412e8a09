"""programmes/holidays-vn.yaml against the law's own arithmetic, and every programme's holidays.yaml against it.

A programme repeats the days of its years, because it is put in force whole; what it repeats must be the same. The file of
a programme is rightly made from the national one: `python3 tests/python/test_holidays.py 2021 2026` prints it.
"""

import collections
import datetime
import glob
import os
import re
import sys
import unittest

ROOT = os.environ.get("DONDOC_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NATIONAL = os.path.join(ROOT, "programmes", "holidays-vn.yaml")
KINDS = {"statutory", "in_lieu", "swapped", "weekly"}
# Labour Code 45/2019/QH14, Article 112: days off a year, by the name they have here.
STATUTORY = {"Tết Dương lịch": 1, "Tết Nguyên đán": 5, "Giỗ Tổ Hùng Vương": 1, "Ngày Chiến thắng": 1,
             "Ngày Quốc tế lao động": 1, "Quốc khánh": 2}
FIXED = {"Tết Dương lịch": (1, 1), "Ngày Chiến thắng": (4, 30), "Ngày Quốc tế lao động": (5, 1)}
HEAD = """# Days off of public bodies and the weekend days worked in exchange: the days of programmes/holidays-vn.yaml, where each has
# its source and what is not known stands. The province checks this file before service.
holidays:"""


def text(path):
    with open(path, encoding="utf-8") as source:
        return source.read()


def entries(path, key):
    """The one-line maps under a key: [{date:, name:, …}], in the order of the file. (No YAML library is at hand.)"""
    found = []
    inside = False
    for line in text(path).splitlines():
        if re.match(r"\S", line):
            inside = line.startswith(key + ":")
            continue
        entry = re.match(r"  - \{(.*)\}$", line)
        if inside and entry:
            fields = dict(pair.split(": ", 1) for pair in entry.group(1).split(", ") if ": " in pair)
            fields["date"] = datetime.date.fromisoformat(fields["date"])
            found.append(fields)
    return found


def years(programme):
    """First and last year of a programme.yaml."""
    found = re.search(r"^years: \{from: (\d+), to: (\d+)", text(programme), re.M)
    return int(found.group(1)), int(found.group(2))


def occasion(entry):
    return re.sub(r" \(.*\)$", "", entry["name"])


def weekend(day):
    return day.weekday() >= 5


class National(unittest.TestCase):
    def setUp(self):
        self.holidays = entries(NATIONAL, "holidays")
        self.worked = entries(NATIONAL, "working_days")
        self.sources = re.findall(r"^  - id: (\w+)$", text(NATIONAL), re.M)
        self.by_year = collections.defaultdict(list)
        for entry in self.holidays:
            self.by_year[entry["date"].year].append(entry)

    def kind(self, year, kind):
        return [entry for entry in self.by_year[year] if entry["kind"] == kind]

    def test_it_covers_2021_to_2026_in_order_and_no_day_twice(self):
        self.assertEqual(sorted(self.by_year), list(range(2021, 2027)))
        for days in (self.holidays, self.worked):
            dates = [entry["date"] for entry in days]
            self.assertEqual(dates, sorted(set(dates)))
        self.assertFalse({entry["date"] for entry in self.holidays} & {entry["date"] for entry in self.worked})

    def test_every_day_has_a_kind_and_a_source_that_is_listed_and_every_source_a_day(self):
        used = {entry["source"] for entry in self.holidays + self.worked}
        self.assertEqual(used, set(self.sources))
        self.assertEqual(len(self.sources), len(set(self.sources)))
        self.assertLessEqual({entry["kind"] for entry in self.holidays}, KINDS)
        self.assertGreaterEqual(len(re.findall(r"^      - https?://\S+$", text(NATIONAL), re.M)), len(self.sources))

    def test_each_year_has_the_days_of_the_law(self):
        for year in self.by_year:
            with self.subTest(year):
                count = collections.Counter(occasion(entry) for entry in self.kind(year, "statutory"))
                self.assertEqual(dict(count), STATUTORY)
                for entry in self.kind(year, "statutory"):
                    if occasion(entry) in FIXED:
                        self.assertEqual((entry["date"].month, entry["date"].day), FIXED[occasion(entry)])
                national = [entry["date"] for entry in self.kind(year, "statutory") if occasion(entry) == "Quốc khánh"]
                self.assertIn(datetime.date(year, 9, 2), national)
                self.assertEqual((national[1] - national[0]).days, 1)

    def test_a_statutory_day_on_a_weekend_gives_a_working_day_after_it(self):
        for year in self.by_year:
            off = {entry["date"] for entry in self.by_year[year]}
            owed = [entry for entry in self.kind(year, "statutory") if weekend(entry["date"])]
            given = self.kind(year, "in_lieu")
            with self.subTest(year):
                self.assertEqual(collections.Counter(map(occasion, owed)), collections.Counter(map(occasion, given)))
                for entry in given:
                    lost = [o["date"] for o in owed if occasion(o) == occasion(entry)]
                    self.assertFalse(weekend(entry["date"]))
                    self.assertGreater(entry["date"], min(lost))
                    day = min(lost)
                    while day < entry["date"]:  # nothing between but days off: it is the next working day
                        self.assertTrue(weekend(day) or day in off, day)
                        day += datetime.timedelta(1)

    def test_a_swapped_day_off_is_a_working_day_that_one_weekend_day_makes_up_for(self):
        swapped = [entry["date"] for entry in self.holidays if entry["kind"] == "swapped"]
        self.assertEqual(swapped, sorted(datetime.date.fromisoformat(entry["for"]) for entry in self.worked))
        self.assertFalse([day for day in swapped if weekend(day)])
        self.assertFalse([entry for entry in self.worked if not weekend(entry["date"])])

    def test_weekly_days_are_weekends(self):
        self.assertFalse([entry for entry in self.holidays if entry["kind"] == "weekly" and not weekend(entry["date"])])


class Programmes(unittest.TestCase):
    """A programme has the days of its years and of the year after, into which the last due dates fall."""

    def pairs(self, path, key, first, last):
        return [(entry["date"], entry["name"]) for entry in entries(path, key) if first <= entry["date"].year <= last]

    def test_each_has_the_days_of_the_national_file_and_no_others(self):
        known = {entry["date"].year for entry in entries(NATIONAL, "holidays")}
        folders = sorted(glob.glob(os.path.join(ROOT, "programmes", "*", "holidays.yaml")))
        self.assertTrue(folders)
        for path in folders:
            first, last = years(os.path.join(os.path.dirname(path), "programme.yaml"))
            given = [entry["date"].year for key in ("holidays", "working_days") for entry in entries(path, key)]
            last = max([last + 1] + given)
            for key in ("holidays", "working_days"):
                with self.subTest("%s %s" % (os.path.relpath(path, ROOT), key)):
                    self.assertGreaterEqual(first, min(known))
                    theirs = self.pairs(path, key, 0, 9999)
                    ours = self.pairs(NATIONAL, key, first, last)
                    self.assertEqual([day for day in ours if day not in theirs], [], "missing")
                    self.assertEqual([day for day in theirs if day not in ours], [], "not in holidays-vn.yaml")
                    self.assertEqual(theirs, ours, "order")


def print_for(first, last):
    print(HEAD)
    for key in ("holidays", "working_days"):
        if key != "holidays":
            print(key + ":")
        for entry in entries(NATIONAL, key):
            if first <= entry["date"].year <= last:
                print("  - {date: %s, name: %s}" % (entry["date"], entry["name"]))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1].isdigit() and sys.argv[2].isdigit():
        print_for(int(sys.argv[1]), int(sys.argv[2]))
    else:
        unittest.main()
