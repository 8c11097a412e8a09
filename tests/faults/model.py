"""model - what must follow from the reports journal, written from doc/design.md, proto/README.md and doc/operations.md.

It shares nothing with dondoc: its own reader of protobuf, its own arithmetic (fractions), and only the kinds of targets
that tests/faults/programme has: `steps`, linear, each commune, monthly windows, a stock over a stock.
"""

import calendar
from fractions import Fraction

STEPS = {2021: 15, 2022: 35, 2023: 55, 2024: 75, 2025: 95}
PREFIX, TARGET = "FLT", "7c"
OPEN_WINDOWS, OPEN_POINTS, OPEN_THINGS, SMALLEST = 2, 2, 5, 30


# ---- protobuf ----

def varint(data, at):
    out = shift = 0
    while True:
        byte = data[at]
        at += 1
        out |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return out, at


def message(data):
    """Field number -> list of values: numbers as they stand, lengths as bytes."""
    out, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            if len(value) != size:
                raise ValueError("cut off")
        else:
            raise ValueError("wire type %d" % (key & 7))
        out.setdefault(key >> 3, []).append(value)
    return out


def zigzag(n):
    return (n >> 1) ^ -(n & 1)


def text(fields, number):
    return fields.get(number, [b""])[0].decode("utf-8")


def uint(fields, number):
    return fields.get(number, [0])[0]


def records(body):
    """The reports of a journal entry."""
    at, out = 0, []
    while at < len(body):
        size = int.from_bytes(body[at:at + 4], "little")
        if at + 4 + size > len(body):
            raise ValueError("torn entry")
        f = message(body[at + 4:at + 4 + size])
        figures = {}
        for raw in f.get(7, []):
            one = message(raw)
            figures[text(one, 1)] = None if uint(one, 3) else zigzag(uint(one, 2))
        out.append({
            "unit": text(f, 1), "group": text(f, 2), "period": text(f, 3), "revision": uint(f, 6), "figures": figures,
            "received": uint(f, 8), "on_time": uint(f, 10), "principal": text(f, 11), "hash": f.get(15, [b""])[0].hex()})
        at += 4 + size
    return out


def events(body):
    """The events of an entry of the alerts journal."""
    out = []
    for raw in message(body).get(1, []):
        f = message(raw)
        out.append((text(f, 1), uint(f, 2), text(f, 3), text(f, 4), text(f, 8), zigzag(uint(f, 11)), zigzag(uint(f, 12)),
                    "%d:%d" % (uint(f, 26), uint(f, 27))))
    return out


# ---- scoring ----

def year_days(year):
    return 366 if calendar.isleap(year) else 365


def required(year, month):
    """Percent that the pace demands at the month's end; None: nothing yet."""
    if month == 12:
        return Fraction(STEPS[year])
    if year - 1 not in STEPS:
        return None
    elapsed = sum(calendar.monthrange(year, m)[1] for m in range(1, month + 1))
    return STEPS[year - 1] + Fraction((STEPS[year] - STEPS[year - 1]) * elapsed, year_days(year))


def judge(year, month, num, den):
    if den == 0:
        return "not_applicable"
    if den < SMALLEST:
        return "too_small"
    need = required(year, month)
    if need is None:
        return "on_way"
    value = Fraction(100 * num, den)
    if value < need:
        return "missed" if month == 12 else "behind"
    return "met" if month == 12 or value >= STEPS[year] else "on_pace"


def things_short(year, month, num, den):
    need = required(year, month) * den / 100
    return -(-need.numerator // need.denominator) - num


def opens(year, month, num, den):
    """Short enough to count towards an alert?"""
    return (required(year, month) - Fraction(100 * num, den) >= OPEN_POINTS
            and things_short(year, month, num, den) >= OPEN_THINGS)


def wanted(year, months):
    """(kind, did any window justify it, window that decides). months: month -> (num, den)."""
    kind, ever, at, row = None, False, None, 0
    for month in range(1, 13):
        if month not in months:
            row = 0
            continue
        num, den = months[month]
        verdict = judge(year, month, num, den)
        if verdict in ("met", "on_pace"):
            row = 0
            if ever:
                kind, at = None, month
        elif verdict == "missed":
            kind, ever, at = "missed", True, month
        elif verdict == "behind":
            row = row + 1 if opens(year, month, num, den) else 0
            if kind is None and row >= OPEN_WINDOWS and month >= 3:
                kind, ever = "behind", True
            if kind is not None:
                at = month
        else:
            row = 0
    return kind, ever, at


class Model:
    """Folds entries of the reports journal, in order."""

    def __init__(self):
        self.facts = {}   # unit -> {period: record with its place}
        self.told = {}    # code -> dict
        self.events = []  # all events so far, in order
        self.parked = []  # (entry:index, why) that must be parked
        self.passed = 0   # entries handed on to the alerts journal beside events

    def figures(self, unit, year):
        return {int(p[5:]): (r["figures"]["digitised"], r["figures"]["results"])
                for p, r in self.facts.get(unit, {}).items() if p[:4] == str(year)}

    def entry(self, seq, kind, body):
        if kind != "reports":
            self.passed += 1
            return
        touched = {}
        for index, record in enumerate(records(body)):
            of_unit = self.facts.setdefault(record["unit"], {})
            stands = of_unit.get(record["period"])
            if stands is not None and stands["revision"] >= record["revision"]:
                self.parked.append("%d:%d" % (seq, index))
                continue
            of_unit[record["period"]] = dict(record, at="%d:%d" % (seq, index))
            touched.setdefault((record["unit"], int(record["period"][:4])), []).append("%d:%d" % (seq, index))
        for (unit, year), places in touched.items():
            self.compare(unit, year, places)

    def compare(self, unit, year, places):
        months = self.figures(unit, year)
        kind, ever, at = wanted(year, months)
        code = "%s-%d-%s-%s" % (PREFIX, year, TARGET, unit)
        told = self.told.get(code) or {"kind": None, "n": 0}
        reason = None
        if told["kind"] is None:
            reason = "new" if kind else None
        elif kind is None:
            reason = "resolved" if ever else "withdrawn"
        elif (told["kind"], kind) == ("behind", "missed"):
            reason = "worse"
        elif told["kind"] != kind or months.get(told["month"]) != (told["num"], told["den"]):
            reason = "corrected"
        if reason is None:
            return
        month = told["month"] if reason == "withdrawn" else at
        num, den = months[month]
        window = "%d-%02d" % (year, month)
        said = kind or told["kind"]
        self.told[code] = {"kind": kind, "n": told["n"] + 1, "reason": reason, "month": month, "window": window,
                           "num": num, "den": den}
        # The report that caused it is any of this entry that touched the unit's year.
        self.events.append((code, told["n"] + 1, said, reason, window, num, den, places))

    def fact_line(self, record):
        year, month = int(record["period"][:4]), int(record["period"][5:])
        figures = record["figures"]
        return "rev=%d at=%s from=%d-%02d-01 to=%d-%02d-%02d received=%d results=%d digitised=%d" % (
            record["revision"], record["at"], year, month, year, month, calendar.monthrange(year, month)[1],
            record["received"], figures["results"], figures["digitised"])

    def score_words(self, unit, year):
        """verdict, window, num, den of the line 7c/<year>; None when the unit has reported nothing of that year."""
        months = self.figures(unit, year)
        if not months:
            return None
        newest = max(months)
        num, den = months[newest]
        if newest == 12:
            return judge(year, 12, num, den), "%d-12" % year, num, den
        return "no_data", "%d-12" % year, num, den  # the year is over, its last report is missing

    def told_line(self, code):
        told = self.told[code]
        return "kind=%s n=%d reason=%s window=%s num=%d den=%d" % (
            told["kind"] or "none", told["n"], told["reason"], told["window"], told["num"], told["den"])


def hearers(code):
    """Offices that hear of an alert: the commune's head, and the head of the district above."""
    unit = code.rsplit("-", 1)[1]
    return ["head-" + unit, "head-HZ%d" % ((int(unit[2:]) - 101) % 4 + 1)]
