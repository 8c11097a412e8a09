#!/usr/bin/env python3
"""A year of Quảng Ngãi: 206 real units, SYNTHETIC figures, monthly reports, the real services, a simulated clock.

Whom did it wake? The figures are made here from a seed, so what has to be told follows from them by a few lines of exact
arithmetic (class Expected); what was told is read from the inboxes.
"""

import collections
import csv
import datetime
import os
import random
import subprocess
import sys
import unittest
from fractions import Fraction

ROOT = os.environ["DONDOC_ROOT"]
BUILD = os.environ["DONDOC_BUILD"]
DIR = os.environ["DONDOC_TEST_DIR"]
sys.path.insert(0, os.path.join(ROOT, "tests", "faults"))
import resp  # noqa: E402

PROVINCE = "quang-ngai"
YEAR = 2023
STEPS = {"province": (50, 70), "district": (40, 60), "commune": (35, 55)}  # Nghị quyết, II.3(7): 2022, 2023
TARGETS = {"province": "7a", "district": "7b", "commune": "7c"}
URGENT_A_WEEK = 5
# Months whose figures were typed too low, and on which day behind the last one they are corrected: the first is known to
# the commune alone by then, the second has climbed to the top and the digests have gone out.
WRONG = ((3, 4), (3, 6))
CORRECTED_AFTER = 12

UP = """
set -uo pipefail
root=%(root)s bin=%(build)s/bin stack=%(dir)s/s
stack_more_keys=("system role=unit name=system scope=%(scope)s")
. "$root/tools/stack.sh"
stack_up quang-ngai --simulated || exit 1
cd %(dir)s
"$bin/dondoc" play year.play --wait 300 --server "$units" --key "$stack/system.key" --ops-server "$ops" \\
    --ops-key "$stack/ops.key" >play.log 2>&1
echo "played $?"
read -r _
stack_down
"""


def months():
    """(code, last day) of December of the year before, then of the year's twelve months."""
    yield "%d-12" % (YEAR - 1), datetime.date(YEAR - 1, 12, 31)
    for month in range(1, 13):
        nxt = datetime.date(YEAR + month // 12, month % 12 + 1, 1)
        yield "%d-%02d" % (YEAR, month), nxt - datetime.timedelta(1)


class Unit:
    """What a unit reports, month by month: (of, digitised)."""

    def __init__(self, row, chance):
        self.id, self.level, self.parent = row["id"], row["level"], row["parent"]
        self.armed = row["exempt"] in ("", "no", "assumed-no")
        self.story = "fine"
        self.of = chance.randrange(400, 4000)
        self.late = set()  # months whose report comes two weeks late
        self.figures = {}
        self.wrong = None  # first and last month of WRONG
        self.corrected = {}

    def required(self, last):
        before, step = STEPS[self.level]
        if last.year < YEAR:
            return Fraction(before)
        return before + Fraction(step - before) * last.timetuple().tm_yday / 365

    def play(self, chance):
        for code, last in months():
            over = chance.uniform(1, 4)
            month = last.month if last.year == YEAR else 0
            if self.story == "lags" and month >= 3:
                over = -chance.uniform(4, 9)
            elif self.story == "recovers" and 3 <= month <= 8:
                over = -chance.uniform(4, 9)
            elif self.story == "marginal" and month >= 3:
                over = -chance.uniform(0.3, 1.7)
            elif self.story == "blip" and month == 6:
                over = -chance.uniform(4, 9)
            elif self.wrong and self.wrong[0] <= month <= self.wrong[1]:
                right = self.required(last) + Fraction(over)
                self.corrected[code] = (self.of, int(right * self.of / 100))
                over = -(4 + month / 2)  # wider each month, so that it climbs
            done = int((self.required(last) + Fraction(over)) * self.of / 100)
            self.figures[code] = (self.of, max(0, min(self.of, done)))
            self.of += chance.randrange(0, 20)

    def lag(self, code, last):
        """(points short, things to go); at most 0 points: on pace."""
        of, done = self.figures[code]
        need = self.required(last) * of / 100
        return self.required(last) - Fraction(100 * done, of), -(-need.numerator // need.denominator) - done


def expected(unit):
    """Codes that have to be opened about this unit's figures, and how the year leaves them."""
    code = "QNG-%d-%s-%s" % (YEAR, TARGETS[unit.level], unit.id)
    run, opened, state = 0, False, "none"
    for month, last in months():
        if last.year < YEAR:
            continue
        points, things = unit.lag(month, last)
        if points <= 0:
            run = 0
            if state != "none":
                state = "resolved"
        elif last.month == 12:
            state, opened = "missed", True
        else:
            run = run + 1 if points >= 2 and things >= 5 else 0
            if run >= 2 and last.month >= 3:
                state, opened = "behind", True
    return code, opened, "withdrawn" if unit.wrong else state


class Year(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.units = cls.make_units()
        cls.make_programme()
        cls.make_reports()
        script = UP % {"root": ROOT, "build": BUILD, "dir": DIR,
                       "scope": ",".join(u.id.split("@")[0] for u in cls.units)}
        cls.stack = subprocess.Popen(["bash", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.played = cls.stack.stdout.readline().strip()
        with open(os.path.join(DIR, "play.log"), encoding="utf-8") as log:
            cls.log = log.read()
        if cls.played == "played 0":
            cls.read()

    @classmethod
    def tearDownClass(cls):
        cls.stack.communicate("\n")

    @staticmethod
    def make_units():
        chance = random.Random(YEAR)
        with open(os.path.join(ROOT, "programmes", PROVINCE, "units.csv"), encoding="utf-8", newline="") as source:
            rows = [r for r in csv.DictReader(source) if r["kind"] != "province"]
        holders = collections.Counter(r["code"] for r in rows)
        for row in rows:  # a code that had two holders: programmes/README.md, units.csv
            row["id"] = row["code"] if holders[row["code"]] == 1 else row["code"] + "@" + (row["valid_from"] or "first")
        day = "%d-06-30" % YEAR
        rows = [r for r in rows if r["valid_from"] <= day and (r["valid_to"] or "9999") >= "%d-01-31" % (YEAR + 1)]
        units = [Unit(r, chance) for r in rows]
        communes = [u for u in units if u.level == "commune" and u.armed]
        chance.shuffle(communes)
        for story, count in (("lags", 14), ("recovers", 8), ("marginal", 6), ("blip", 10)):
            for _ in range(count):
                communes.pop().story = story
        next(u for u in units if u.level == "district").story = "lags"
        next(u for u in units if u.level == "province").story = "recovers"
        for _ in range(7):
            communes.pop().late = {"%d-%02d" % (YEAR, chance.randrange(3, 12))}
        for wrong in WRONG:
            communes.pop().wrong = wrong
        for unit in units:
            unit.play(chance)
        return units

    @staticmethod
    def make_programme():
        """The province's programme, and a demand for the monthly report that no document makes: SYNTHETIC."""
        there = os.path.join(DIR, PROVINCE)
        os.makedirs(there)
        source = os.path.join(ROOT, "programmes", PROVINCE)
        for name in os.listdir(source):
            if not os.path.isfile(os.path.join(source, name)):
                continue
            with open(os.path.join(source, name), encoding="utf-8") as file:
                text = file.read()
            if name == "programme.yaml":
                text = text.replace("alerts_from: 2021-01-01", "alerts_from: %d-01-01\nsimulated: true" % YEAR)
            if name == "measures.yaml":
                at = text.index("  - code: digitisation\n")
                text = text[:at] + text[at:].replace(
                    "    cumulative: false\n", "    cumulative: false\n    demanded: {document: nq5, section: \"SYNTHETIC\"}\n", 1)
            with open(os.path.join(there, name), "w", encoding="utf-8") as file:
                file.write(text)

    @classmethod
    def make_reports(cls):
        script = ["clock %d-01-02 07:00" % YEAR, "programme %s/%s" % (DIR, PROVINCE)]
        for code, last in months():
            late = []
            with open(os.path.join(DIR, code + ".csv"), "w", encoding="utf-8") as out:
                out.write("unit;period;results_in_force;results_in_force_digitised\n")
                for unit in cls.units:
                    line = "%s;%s;%d;%d\n" % (unit.id, code, *unit.figures[code])
                    if code in unit.late:
                        late.append(line)
                    else:
                        out.write(line)
            script.append("clock %s 09:00" % (last + datetime.timedelta(3)))
            script.append("push %s/%s.csv" % (DIR, code))
            corrected = [u for u in cls.units if u.wrong and code == "%d-%02d" % (YEAR, u.wrong[1])]
            if corrected:
                with open(os.path.join(DIR, code + "-corrected.csv"), "w", encoding="utf-8") as out:
                    out.write("unit;period;results_in_force;results_in_force_digitised;reason\n")
                    for unit in corrected:
                        for month, figures in unit.corrected.items():
                            out.write("%s;%s;%d;%d;typed too low (SYNTHETIC)\n" % (unit.id, month, *figures))
                script.append("clock %s 10:00" % (last + datetime.timedelta(CORRECTED_AFTER)))
                script.append("push %s/%s-corrected.csv" % (DIR, code))
            if late:
                with open(os.path.join(DIR, code + "-late.csv"), "w", encoding="utf-8") as out:
                    out.write("unit;period;results_in_force;results_in_force_digitised\n" + "".join(late))
                script.append("clock %s 15:00" % (last + datetime.timedelta(20)))
                script.append("push %s/%s-late.csv" % (DIR, code))
        script.append("clock %d-01-31 17:00" % (YEAR + 1))
        with open(os.path.join(DIR, "year.play"), "w", encoding="utf-8") as out:
            out.write("\n".join(script) + "\n")

    @classmethod
    def read(cls):
        redis = resp.Redis(os.path.join(DIR, "s", "redis", "redis.sock"), 30.0,
                           "ops", os.path.join(DIR, "s", "passwords", "ops"))
        tag = "dondoc:{%s}:" % PROVINCE

        def names(pattern):
            found, cursor = set(), "0"
            while True:
                cursor, part = redis.call("SCAN", cursor, "MATCH", tag + pattern, "COUNT", "10000")
                found.update(k.decode() for k in part)
                if cursor == b"0":
                    return sorted(found)

        def hash_of(key):
            flat = [x.decode() for x in redis.call("HGETALL", key)]
            return dict(zip(flat[::2], flat[1::2]))

        cls.alerts = {k[len(tag) + 6:]: hash_of(k) for k in names("alert:*")}
        cls.hold = hash_of(tag + "hold")
        cls.digests = {k[len(tag) + 7:]: hash_of(k) for k in names("digest:*")}
        cls.inboxes = {}
        ticks = {}
        for entry, fields in redis.call("XRANGE", tag + "alerts", "-", "+"):
            ticks[int(entry.split(b"-")[0])] = fields
        for key in names("inbox:*"):
            rows = []
            for entry, fields in redis.call("XRANGE", key, "-", "+"):
                flat = [x.decode() for x in fields]
                rows.append((int(entry.split(b"-")[0]), dict(zip(flat[::2], flat[1::2]))))
            cls.inboxes[key[len(tag) + 6:]] = rows
        cls.day = cls.days_of(ticks)
        redis.close()

    @staticmethod
    def days_of(entries):
        """seq of the alerts journal -> civil day: that of the newest tick before it."""
        day, out = datetime.date(YEAR, 1, 2), {}
        for seq in sorted(entries):
            flat = entries[seq]
            fields = dict(zip(flat[::2], flat[1::2]))
            if fields.get(b"k") == b"tick":
                body = fields[b"b"]
                shift = hour = 0
                for byte in body[1:]:  # field 1, a varint
                    hour |= (byte & 127) << shift
                    shift += 7
                    if byte < 128:
                        break
                day = datetime.date(1970, 1, 1) + datetime.timedelta(hour // 24)
            out[seq] = day
        return out

    def setUp(self):
        self.assertEqual(self.played, "played 0", self.log[-3000:])

    def test_every_real_lag_woke_somebody_and_nothing_else_did(self):
        want = {code for unit in self.units if unit.armed for code, opened, _ in [expected(unit)] if opened}
        told = {code for code, alert in self.alerts.items() if alert.get("kind") in ("behind", "missed")}
        self.assertEqual(told, want)
        for code in want:
            leaders = [field for field in self.alerts[code] if field.startswith("told:")]
            self.assertTrue(leaders, code)

    def test_the_year_leaves_each_alert_as_the_figures_say(self):
        for unit in self.units:
            code, opened, state = expected(unit)
            if unit.armed and opened:
                with self.subTest(code):
                    alert = self.alerts[code]
                    ended = state in ("resolved", "withdrawn")
                    self.assertEqual(alert["reason"] if ended else alert["kind"], state)

    def test_a_late_report_is_told_to_its_unit_and_nobody_else(self):
        want = {"QNG-%s-BC-digitisation-%s" % (m, u.id) for u in self.units for m in u.late}
        told = {code for code, alert in self.alerts.items() if alert.get("kind") == "overdue"}
        self.assertEqual(told, want)

    def test_nothing_was_held(self):
        self.assertEqual(self.hold, {})

    def test_no_office_gets_more_than_the_digest_and_a_handful_a_week(self):
        worst = collections.Counter()
        digests = collections.Counter()
        for leader, rows in self.inboxes.items():
            for seq, row in rows:
                week = self.day[seq].isocalendar()[:2]
                (digests if row.get("d") else worst)[(leader, week)] += 1
        busiest = worst.most_common(3)
        print("year: %d alerts, %d messages and %d digests to %d offices; the busiest weeks: %s" % (
            len(self.alerts), sum(worst.values()), sum(digests.values()), len(self.inboxes),
            ", ".join("%s %d-W%02d %d" % (o, *w, n) for (o, w), n in busiest)))
        for (leader, week), count in worst.items():
            self.assertLessEqual(count, URGENT_A_WEEK, "%s in week %s" % (leader, week))
        for (leader, week), count in digests.items():
            self.assertLessEqual(count, 5, "%s in week %s" % (leader, week))

    def test_what_nobody_solved_climbed_to_the_district(self):
        climbed = 0
        for unit in self.units:
            code, _, state = expected(unit)
            if unit.level == "commune" and unit.story == "lags" and state == "missed":
                told = [f[5:] for f in self.alerts[code] if f.startswith("told:")]
                self.assertGreaterEqual(len(told), 2, "%s heard only %s" % (code, told))
                climbed += 1
        self.assertEqual(climbed, 14)

    def lies_under(self, code, leader):
        """Is the alert's unit the office's own, or below it? Offices of the province see all of it."""
        if not leader.startswith("head-"):
            return True
        unit = next(u for u in self.units if code.endswith("-" + u.id))
        return leader[5:] in (unit.id, unit.parent)

    def test_every_row_of_a_digest_is_about_a_unit_under_the_office_that_got_it(self):
        rows = 0
        for digest, fields in self.digests.items():
            leader = fields["leader"]
            self.assertTrue(digest.endswith("-TH-" + leader), digest)
            self.assertIn(digest, [row["code"] for _, row in self.inboxes[leader]])
            for code in fields:
                if code.startswith("QNG-"):
                    self.assertTrue(self.lies_under(code, leader), "%s in %s" % (code, digest))
                    rows += 1
        sent = sum(1 for inbox in self.inboxes.values() for _, row in inbox if row.get("d"))
        self.assertEqual(len(self.digests), sent)
        self.assertGreater(rows, sent // 2)

    def readers(self, code, wanted):
        """Offices that got an event of this alert, as a message or as a row, with a number and reason that are wanted."""
        found = set()
        for leader, inbox in self.inboxes.items():
            if any(row["code"] == code and wanted(row["n"], None) for _, row in inbox):
                found.add(leader)
        for fields in self.digests.values():
            row = dict(pair.split("=", 1) for pair in fields.get(code, "").split())
            if row and wanted(row["n"], row["reason"]):
                found.add(fields["leader"])
        return found

    def test_a_correction_withdraws_from_exactly_those_who_were_told(self):
        above = ("home-affairs", "office-chief")  # rung 3 of communes in leaders.yaml
        for unit in (u for u in self.units if u.wrong):
            code = expected(unit)[0]
            last = self.alerts[code]["n"]
            want = {"head-" + unit.id}
            if unit.wrong == WRONG[1]:
                want |= {"head-" + unit.parent, *above}
            with self.subTest(code):
                self.assertEqual(self.readers(code, lambda n, reason: n != last), want)
                self.assertEqual(self.readers(code, lambda n, reason: n == last and reason in (None, "withdrawn")), want)
                self.assertEqual({f[5:] for f in self.alerts[code] if f.startswith("told:")}, want)


if __name__ == "__main__":
    unittest.main()
