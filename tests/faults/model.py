"""model - what must follow from the reports journal, written from doc/design.md, proto/README.md and doc/operations.md.

It shares nothing with dondoc: its own reader of protobuf, its own arithmetic (fractions), and only the kinds of targets
that tests/faults/programme has: `steps`, linear, each commune, monthly windows, a stock over a stock; and of missing
reports one group, monthly, due after five working days, on a clock without outages. Who hears of it is hearing.py's.
"""

import calendar
import datetime
from fractions import Fraction

TARGETS = {"7c": {2021: 15, 2022: 35, 2023: 55, 2024: 75, 2025: 95},
           "7u": {2021: 10, 2022: 25, 2023: 40, 2024: 55, 2025: 70}}
PREFIX, GROUP, YEARS = "FLT", "digitisation", (2021, 2025)
COMMUNES = ["XK%d" % (101 + i) for i in range(24)]
DUE_DAYS, REMIND_DAYS, DECIDED_HOUR, DOWN_MINUTES, SILENT_UNITS, LOOK_BACK_DAYS = 5, 2, 8, 5, 5, 400
WHOLE = "level-commune"
HOLIDAYS = {datetime.date(year, 1, 1) for year in range(2021, 2027)}
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


def int64(fields, number):
    value = uint(fields, number)
    return value - (1 << 64) if value >> 63 else value


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


def tick(body):
    """(civil day, hour, behind: ingest was away or makes up for it)."""
    f = message(body)
    hours = uint(f, 1)
    return (datetime.date(1970, 1, 1) + datetime.timedelta(hours // 24), hours % 24,
            uint(f, 2) >= DOWN_MINUTES or bool(uint(f, 4) and not uint(f, 3)))


# ---- days ----

def civil_day(ms):
    return datetime.date(1970, 1, 1) + datetime.timedelta((ms + 7 * 3600000) // 86400000)


def works(day):
    return day.weekday() < 5 and day not in HOLIDAYS


def workdays_after(day, count):
    while count > 0:
        day += datetime.timedelta(1)
        count -= works(day)
    return day


def workdays_between(since, day):
    count = 0
    while since < day:
        since += datetime.timedelta(1)
        count += works(since)
    return count


def window_end(year, month):
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def due_days(year, month):
    """(first day of the reminder, due day): two working days before it, not before the window can be reported."""
    end = window_end(year, month)
    due = workdays_after(end, DUE_DAYS)
    remind = workdays_after(end, 1)
    while workdays_after(remind, REMIND_DAYS) < due:
        remind = workdays_after(remind, 1)
    return remind, due


# ---- scoring ----

def year_days(year):
    return 366 if calendar.isleap(year) else 365


def required(steps, year, month):
    """Percent that the pace demands at the month's end; None: nothing yet."""
    if month == 12:
        return Fraction(steps[year])
    if year - 1 not in steps:
        return None
    elapsed = sum(calendar.monthrange(year, m)[1] for m in range(1, month + 1))
    return steps[year - 1] + Fraction((steps[year] - steps[year - 1]) * elapsed, year_days(year))


def judge(steps, year, month, num, den):
    if den == 0:
        return "not_applicable"
    if den < SMALLEST:
        return "too_small"
    need = required(steps, year, month)
    if need is None:
        return "on_way"
    value = Fraction(100 * num, den)
    if value < need:
        return "missed" if month == 12 else "behind"
    return "met" if month == 12 or value >= steps[year] else "on_pace"


def things_short(steps, year, month, num, den):
    need = required(steps, year, month) * den / 100
    return -(-need.numerator // need.denominator) - num


def gap(steps, year, month, num, den):
    return required(steps, year, month) - Fraction(100 * num, den)


def opens(steps, year, month, num, den):
    """Short enough to count towards an alert?"""
    return (gap(steps, year, month, num, den) >= OPEN_POINTS
            and things_short(steps, year, month, num, den) >= OPEN_THINGS)


def wanted(steps, year, months):
    """(kind, did any window justify it, window that decides). months: month -> (num, den)."""
    kind, ever, at, row = None, False, None, 0
    for month in range(1, 13):
        if month not in months:
            row = 0
            continue
        num, den = months[month]
        verdict = judge(steps, year, month, num, den)
        if verdict in ("met", "on_pace"):
            row = 0
            if ever:
                kind, at = None, month
        elif verdict == "missed":
            kind, ever, at = "missed", True, month
        elif verdict == "behind":
            row = row + 1 if opens(steps, year, month, num, den) else 0
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
        self.facts = {}    # unit -> {period: record with its place}
        self.told = {}     # code -> dict
        self.missing = {}  # code -> dict, of missing reports
        self.scores = {}   # unit -> {field: (verdict, window, num, den)}
        self.events = []   # all events so far, in order
        self.parked = []   # (entry:index, why) that must be parked
        self.passed = 0    # entries handed on to the alerts journal beside events
        self.day = None    # of the last tick; before it of the programme
        self.demanded = None  # day from which reports are demanded
        self.decided = datetime.date.min

    def figures(self, unit, year):
        return {int(p[5:]): (r["figures"]["digitised"], r["figures"]["results"])
                for p, r in self.facts.get(unit, {}).items() if p[:4] == str(year)}

    def entry(self, seq, kind, body):
        if kind != "reports":
            self.passed += 1
            if kind == "programme" and self.day is None:
                self.day = self.demanded = civil_day(uint(message(body), 4))
            elif kind == "tick":
                self.tick(*tick(body))
            return
        touched = {}
        for index, record in enumerate(records(body)):
            of_unit = self.facts.setdefault(record["unit"], {})
            stands = of_unit.get(record["period"])
            place = "%d:%d" % (seq, index)
            if stands is not None and stands["revision"] >= record["revision"]:
                self.parked.append(place)
                continue
            of_unit[record["period"]] = dict(record, at=place)
            for year in self.arrived(record, place) + [int(record["period"][:4])]:
                places, received = touched.get((record["unit"], year), ([], 0))
                touched[record["unit"], year] = (places + [place], max(received, record["received"]))
        for (unit, year), (places, received) in touched.items():
            # The journal's day; a report may stand before the first tick of its own.
            day = self.day + datetime.timedelta(1) if civil_day(received) > self.day else self.day
            self.touch(unit, year, places, day)

    def touch(self, unit, year, places, day):
        for target, steps in TARGETS.items():
            words = self.score_words(steps, unit, year, day)
            if words is not None:
                self.scores.setdefault(unit, {})["%s/%d" % (target, year)] = words
            self.compare(target, steps, unit, year, places, day)

    # ---- missing reports ----

    def tick(self, day, hour, behind):
        before, self.day = self.day, day
        if hour >= DECIDED_HOUR and works(day) and day > self.decided and not behind:
            for year in (day.year - 1, day.year):
                for month in range(1, 13) if YEARS[0] <= year <= YEARS[1] else ():
                    self.window_decide(year, month, day)
            self.decided = day
        if day == before:
            return
        for year in (day.year - 1, day.year):
            for month in range(1, 13) if YEARS[0] <= year <= YEARS[1] else ():
                if before <= due_days(year, month)[1] < day:
                    for unit in COMMUNES:
                        self.touch(unit, year, ["0:0"], day)

    def window_decide(self, year, month, day):
        remind, due = due_days(year, month)
        period = "%d-%02d" % (year, month)
        kind = "overdue" if day > due else "reminder" if day >= remind else None
        if kind is None or due < day - datetime.timedelta(LOOK_BACK_DAYS):
            return
        asked = COMMUNES if due >= self.demanded else []
        came = [unit for unit in asked if period in self.facts.get(unit, {})]
        silent = kind == "overdue" and not came and len(asked) >= SILENT_UNITS
        self.missing_turn(period, WHOLE, "overdue" if silent else None, "resolved" if came else "withdrawn", "0:0")
        for unit in COMMUNES:
            if unit in asked and unit not in came and silent:
                code = "%s-%s-BC-%s-%s" % (PREFIX, period, GROUP, unit)
                if self.missing.get(code, {}).get("kind") == "reminder":
                    self.missing_turn(period, unit, None, "withdrawn", "0:0")
                continue  # told as one; what is overdue already stays
            want = kind if unit in asked and unit not in came else None
            self.missing_turn(period, unit, want, "resolved" if unit in came else "withdrawn", "0:0")

    def missing_turn(self, period, subject, want, close, place):
        code = "%s-%s-BC-%s-%s" % (PREFIX, period, GROUP, subject)
        told = self.missing.get(code) or {"kind": None, "n": 0, "period": period, "subject": subject}
        before = told["kind"]
        if before == want or (before, want) == ("overdue", "reminder"):
            return
        reason = close if want is None else "new" if before is None else "worse"
        self.missing[code] = dict(told, kind=want, n=told["n"] + 1, reason=reason)
        self.events.append((code, told["n"] + 1, want or before, reason, period, 0, 0, [place]))

    def overdue_until(self, unit):
        return max((window_end(int(m["period"][:4]), int(m["period"][5:])) for m in self.missing.values()
                    if m["subject"] == unit and m["kind"] == "overdue"), default=datetime.date.min)

    def arrived(self, record, place):
        """Years about which something may have been kept back, because the report was missing."""
        unit = record["unit"]
        before = self.overdue_until(unit)
        for subject in (record["unit"], WHOLE):
            code = "%s-%s-BC-%s-%s" % (PREFIX, record["period"], GROUP, subject)
            if self.missing.get(code, {}).get("kind") is not None:
                self.missing_turn(record["period"], subject, None, "resolved", place)
        now = self.overdue_until(unit)
        years = (int(p[:4]) for p in self.facts[unit] if now < window_end(int(p[:4]), int(p[5:])) <= before)
        return sorted(set(years))

    def mutes(self, unit, end):
        """Is a report of the unit overdue, of that window or a later one?"""
        return any(m["subject"] == unit and m["kind"] == "overdue"
                   and end <= window_end(int(m["period"][:4]), int(m["period"][5:])) for m in self.missing.values())

    def due_lines(self):
        """What due dates are reckoned with: the day decided last, and since when who is asked."""
        if self.demanded is None:
            return {}
        asked = ["%s/commune" % GROUP] + ["@" + u for u in ["51"] + ["HZ%d" % n for n in range(1, 5)] + COMMUNES]
        out = {"from/" + name: self.demanded.isoformat() for name in asked}
        if self.decided > datetime.date.min:
            out["decided"] = self.decided.isoformat()
        return out

    def missing_line(self, code):
        m = self.missing[code]
        return "kind=%s n=%d reason=%s group=%s period=%s subject=%s" % (
            m["kind"] or "none", m["n"], m["reason"], GROUP, m["period"], m["subject"])

    # ---- targets ----

    def compare(self, target, steps, unit, year, places, day):
        months = self.figures(unit, year)
        kind, ever, at = wanted(steps, year, {m: f for m, f in months.items() if window_end(year, m) <= day})
        code = "%s-%d-%s-%s" % (PREFIX, year, target, unit)
        told = self.told.get(code) or {"kind": None, "n": 0}
        reason = None
        if told["kind"] is None:
            reason = "new" if kind else None
            if kind == "behind" and self.mutes(unit, window_end(year, at)):
                return
        elif kind is None:
            reason = "resolved" if ever else "withdrawn"
        elif (told["kind"], kind) == ("behind", "missed"):
            reason = "worse"
        elif told["kind"] != kind or months.get(told["month"]) != (told["num"], told["den"]):
            reason = "corrected"
        elif kind == "behind" and at > told["month"]:  # one more window, beside the one that was told
            then, now = gap(steps, year, told["month"], told["num"], told["den"]), gap(steps, year, at, *months[at])
            reason = "worse" if now > then else "better" if now < then else "repeat"
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

    def score_words(self, steps, unit, year, day):
        """verdict, window, num, den of a line; None: nothing was reported of that year, and nothing was due."""
        months = {m: f for m, f in self.figures(unit, year).items() if window_end(year, m) <= day}
        due = max((m for m in range(1, 13) if due_days(year, m)[1] < day), default=0)
        newest = max(months, default=0)
        if due > newest:  # its report is missing
            num, den = months.get(newest, (-1, -1))
            return "no_data", "%d-%02d" % (year, due), num, den
        if newest == 0:
            return None
        num, den = months[newest]
        return judge(steps, year, newest, num, den), "%d-%02d" % (year, newest), num, den

    def told_line(self, code):
        told = self.told[code]
        return "kind=%s n=%d reason=%s window=%s num=%d den=%d" % (
            told["kind"] or "none", told["n"], told["reason"], told["window"], told["num"], told["den"])
