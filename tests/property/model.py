"""model.py - what a score should be, slowly: the property test's other opinion.

Written from design.md section 4 and programmes/README.md (the table of kinds and what
stands under it), not from lib/score*.c: fractions, lists and loops, every sum made anew.
Days are datetime.date, figures are int (scaled by the measure's decimals), "x" for not
applicable, and absent from the report for not reported.
"""

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction

DAY = timedelta(days=1)
FOREVER = date(9999, 12, 31)
LEVEL_OF = {"province": "province", "department": "province", "district": "district",
            "commune": "commune"}
DUE_KINDS = ("reduce_by", "by_date")
COUNTED = {"monthly": 12, "quarterly": 4, "yearly": 1, "none": 0}


# --- the calendar ---

def month_days(year, month, rule):
    """First and last day of a month: civil, or 15 of the month before to 14."""
    if rule == "civil":
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    before = date(year - 1, 12, 15) if month == 1 else date(year, month - 1, 15)
    return before, date(year, month, 14)


def year_days(year, rule):
    return month_days(year, 1, rule)[0], month_days(year, 12, rule)[1]


class Window:
    """What a period code means: its year, its days, whether it is the year so far."""

    def __init__(self, code, rule):
        self.code = code
        self.cumulative = "@" in code
        self.year = int(code[:4])
        part = code[5:]
        months = {"": (1, 12), "H1": (1, 6), "H2": (7, 12), "9M": (1, 9)}
        months.update({"Q%d" % q: (3 * q - 2, 3 * q) for q in (1, 2, 3, 4)})
        months.update({"%02d" % m: (m, m) for m in range(1, 13)})
        if self.cumulative:
            self.first = year_days(self.year, rule)[0]
            self.last = date.fromisoformat(part)
        else:
            self.first = month_days(self.year, months[part][0], rule)[0]
            self.last = month_days(self.year, months[part][1], rule)[1]


def cadence_windows(group, year):
    n = COUNTED[group["cadence"]]
    names = {12: ["-%02d" % m for m in range(1, 13)],
             4: ["-Q%d" % q for q in range(1, 5)], 1: [""], 0: []}[n]
    return [Window("%04d%s" % (year, name), group["calendar"]) for name in names]


# --- printing: toward the worse side, never half up ---

def cut(value, decimals, up):
    """The decimal text of a fraction, cut down or up."""
    scaled = value * 10 ** decimals
    whole = -((-scaled.numerator) // scaled.denominator) if up \
        else scaled.numerator // scaled.denominator
    return Fraction(whole, 10 ** decimals)


def decimal_text(value, decimals):
    """A fraction over 10^decimals, all its decimals, a sign only in front."""
    scaled = value * 10 ** decimals
    whole, rest = divmod(abs(scaled.numerator), 10 ** decimals)
    text = "%d" % whole + (".%0*d" % (decimals, rest) if decimals else "")
    return ("-" if scaled < 0 else "") + text


def ceil(value):
    return -((-value.numerator) // value.denominator)


def floor(value):
    return value.numerator // value.denominator


class Standing:
    """The figure of a subject for an indicator at a day."""

    def __init__(self):
        self.has = self.complete = self.empty = False
        self.num = self.den = 0
        self.covered = self.units = 0
        self.first = self.last = None


class Score:
    def __init__(self, verdict, standing):
        self.verdict = verdict
        self.standing = standing
        self.value = self.required = self.step = self.gap = None
        self.need_now = self.need_year = 0
        self.window = None


class Model:
    """A programme (the generator's dictionaries) and the reports that stand."""

    def __init__(self, programme):
        self.p = programme
        self.units = {u["id"]: u for u in programme["units"]}
        self.measures = {m["code"]: m for m in programme["measures"]}
        self.groups = {g["code"]: g for g in programme["groups"]}
        self.indicators = {i["id"]: i for i in programme["indicators"]}
        self.reports = {}  # (unit, group) -> {period: report}

    def put(self, report):
        """A report stands until one of a higher revision comes."""
        of_unit = self.reports.setdefault((report["unit"], report["group"]), {})
        old = of_unit.get(report["period"])
        if old is None or old["revision"] < report["revision"]:
            rule = self.groups[report["group"]]["calendar"]
            of_unit[report["period"]] = dict(
                report, window=Window(report["period"], rule))

    # --- who is meant ---

    def group_of(self, t):
        return self.groups[self.indicators[t["indicator"]]["group"]]

    def may_report(self, t, unit):
        """By its level, and because its kind reports the group."""
        return unit["kind"] in self.group_of(t)["reported_by"] and (
            t["level"] == "all" or LEVEL_OF[unit["kind"]] == t["level"])

    def valid(self, unit, day):
        return (unit["from"] or date.min) <= day <= (unit["to"] or FOREVER)

    def members(self, t):
        """Those that a whole is summed over, whenever they were valid."""
        return [u for u in self.p["units"] if self.may_report(t, u)
                and not (t.get("exempt") and u["exempt"] == "yes")]

    def is_whole(self, t):
        """The province by its own unit is no sum: ranks, points of the province."""
        return t["subject"] != "each" and not (
            t["subject"] == "province" and t["level"] == "province")

    def subjects(self, t):
        if t["subject"] == "each":
            return [u["id"] for u in self.p["units"] if self.may_report(t, u)]
        if self.is_whole(t):
            return ["level-" + t["level"] if t["subject"] == "level"
                    else self.p["province_unit"]]
        return [self.p["province_unit"]]

    def alive(self, t, subject, day):
        """Is there anybody on that day of whom a verdict can speak?"""
        if self.is_whole(t):
            return bool(self.members(t)) and \
                min(u["from"] or date.min for u in self.members(t)) <= day <= \
                max(u["to"] or FOREVER for u in self.members(t))
        return self.valid(self.units[subject], day)

    # --- years and versions of a target ---

    def years(self, t):
        """Its own or the programme's; the last one is that of a later due date."""
        first, last = t.get("years") or (self.p["years_from"], self.p["years_to"])
        due = self.due(t)
        if due is not None:
            last = max(last, self.year_of(due))
        return first, last

    def year_of(self, day):
        year = day.year
        return year + 1 if day > year_days(year, self.p["year"])[1] else year

    def due(self, t):
        if t.get("due") is not None:
            return t["due"]
        if t["kind"] == "reduce_by":
            last = (t.get("years") or (0, self.p["years_to"]))[1]
            return year_days(last, self.p["year"])[1]
        return None

    def versions(self, t):
        of_id = [v for v in self.p["targets"] if v["id"] == t["id"]]
        return sorted(of_id, key=lambda v: v["version"])

    def governs(self, t, year):
        """The last version that has begun; the first one before all of them."""
        begun = [v for v in self.versions(t)
                 if v.get("valid_from") is None
                 or year_days(year, self.p["year"])[0] >= v["valid_from"]]
        return t is (begun[-1] if begun else self.versions(t)[0])

    def spans(self, t):
        """What has one alert: a year, or for what spans the years all of them."""
        first, last = self.years(t)
        if self.due(t) is not None or t["kind"] == "rank_gain":
            return [list(range(first, last + 1))]
        return [[y] for y in range(first, last + 1) if self.governs(t, y)]

    # --- windows ---

    def windows(self, t, subject, year, until):
        """The cadence's and the reported days of the year so far, one a day."""
        group = self.group_of(t)
        units = self.members(t) if self.is_whole(t) else [self.units[subject]]
        found = {w.last: w for u in units
                 for w in (r["window"] for r in
                           self.reports.get((u["id"], group["code"]), {}).values())
                 if w.year == year and w.cumulative}
        found.update({w.last: w for w in cadence_windows(group, year)})
        return [found[day] for day in sorted(found)
                if day <= until and self.alive(t, subject, day)]

    # --- figures ---

    def figures(self, report, codes):
        return [report["figures"].get(code) for code in codes]

    def sums(self, report, indicator):
        """(numerator, denominator) of a report; "x" when one of them does not apply at
        all; None when a measure was not reported. In a sum what does not apply adds
        nothing: there is nothing to count."""
        sides = [self.figures(report, indicator["numerator"])]
        if indicator.get("denominator"):
            sides.append(self.figures(report, indicator["denominator"]))
        if any(None in side for side in sides):
            return None
        if any(all(f == "x" for f in side) for side in sides):
            return "x"
        return [sum(f for f in side if f != "x") for side in sides]

    def nature(self, indicator):
        return self.measures[indicator["numerator"][0]]["nature"]

    def tiles(self, reports, start, day):
        """The reports that make up the time from `start`, reaching as far as they can,
        the widest first; the year so far before any other of the same days."""

        def onward(cursor, first):
            best, chosen = cursor - DAY, []
            fits = [r for r in reports if r["window"].last <= day
                    and r["window"].last >= cursor
                    and (r["window"].first <= cursor if first
                         else r["window"].first == cursor)]
            fits.sort(key=lambda r: (r["window"].last, r["window"].cumulative),
                      reverse=True)
            for r in fits:
                reach, rest = onward(r["window"].last + DAY, False)
                if reach > best:
                    best, chosen = reach, [r] + rest
            return best, chosen

        return onward(start, True)

    def standing_unit(self, indicator, unit, year, day):
        st = Standing()
        st.units = 1
        rule = self.groups[indicator["group"]]["calendar"]
        mine = [r for r in
                self.reports.get((unit["id"], indicator["group"]), {}).values()
                if r["window"].year == year and r["window"].last <= day]
        if self.nature(indicator) == "flow":
            mine = [r for r in mine if self.sums(r, indicator) is not None]
            start = max(year_days(year, rule)[0], unit["from"] or date.min)
            reach, used = self.tiles(mine, start, day)
            st.complete = reach == day
        else:
            mine.sort(key=lambda r: (r["window"].last, r["entry"]))
            used = [r for r in mine[-1:] if self.sums(r, indicator) is not None]
            st.complete = bool(used) and used[0]["window"].last == day
        sums = [self.sums(r, indicator) for r in used]
        counted = [pair for pair in sums if pair != "x"]
        st.has = bool(counted)
        st.num = sum(pair[0] for pair in counted)
        st.den = sum(pair[-1] for pair in counted)
        if not indicator.get("denominator"):
            st.den = 1
        st.empty = bool(sums) and (not counted or self.empties(indicator, st))
        st.covered = 1 if st.has and st.complete else 0
        return st

    def empties(self, indicator, st):
        """Is there nothing to count, and does that mean that it does not apply?"""
        return st.den == 0 and indicator.get("empty", "not_applicable") == \
            "not_applicable"

    def standing(self, t, subject, year, day):
        indicator = self.indicators[t["indicator"]]
        if not self.is_whole(t):
            return self.standing_unit(indicator, self.units[subject], year, day)
        out = Standing()
        is_value = not indicator.get("denominator")
        parts = []
        inapplicable = 0
        for u in self.members(t):
            if not self.valid(u, day):
                continue
            part = self.standing_unit(indicator, u, year, day)
            if part.complete and part.empty and not part.has:
                inapplicable += 1  # it said so: it is none of those that should be in
                continue
            out.units += 1
            if part.covered:
                parts.append(part)
        out.covered = len(parts)
        out.has = bool(parts)
        out.num = sum(p.num for p in parts)
        out.den = 1 if is_value else sum(p.den for p in parts)
        out.complete = inapplicable > 0 if out.units == 0 else \
            out.has and out.covered * 100 >= (self.p.get("coverage") or 100) * out.units
        out.empty = self.empties(indicator, out) if out.has else inapplicable > 0
        return out

    def value_of(self, t, st):
        indicator = self.indicators[t["indicator"]]
        if indicator.get("denominator") and st.den == 0:
            full = indicator["empty"] == "full"  # the best there is, or the worst
            return Fraction(100 if full == (indicator["better"] == "up") else 0)
        if indicator.get("denominator"):
            return Fraction(100 * st.num, st.den)
        decimals = self.measures[indicator["numerator"][0]]["decimals"]
        return Fraction(st.num, 10 ** decimals)

    # --- what is demanded ---

    def lower(self, t):
        return self.indicators[t["indicator"]]["better"] == "down"

    def is_rank(self, t):
        return self.measures[self.indicators[t["indicator"]]["numerator"][0]].get("pool")

    def base(self, t, subject, year):
        """What improve and reduce_by compare with: stated, or the end of that year."""
        stated = t.get("baseline")
        base_year = year - 1 if t["kind"] == "improve" else stated["year"]
        if stated and stated.get("value") is not None and stated["year"] == base_year:
            return stated["value"]
        rule = self.group_of(t)["calendar"]
        day = year_days(base_year, rule)[1]
        if not self.alive(t, subject, day):
            return None
        st = self.standing(t, subject, base_year, day)
        if not st.complete or st.empty or not st.has:
            return None
        if self.too_small(t, st):
            return "small"
        return self.value_of(t, st)

    def too_small(self, t, st):
        indicator = self.indicators[t["indicator"]]
        if st.den == 0 and not self.empties(indicator, st):
            return False
        return bool(indicator.get("denominator")) and \
            st.den < indicator.get("min_denominator", 30)

    def step(self, t, year):
        """What must be reached in the year, or by the due date."""
        kind = t["kind"]
        if kind == "steps":
            return t["steps"].get(year)
        if kind == "all":
            return Fraction(100)
        if kind == "times_per_year":
            return Fraction(t["times"])
        if kind == "by_date" and t.get("threshold") is None:
            ratio = self.indicators[t["indicator"]].get("denominator")
            return Fraction(100 if ratio else 1)
        return t.get("threshold")

    def short(self, t, value, against):
        """Is the figure not what is demanded?"""
        if t["kind"] == "improve":
            if value == against:
                best = 1 if self.is_rank(t) else 0 if self.lower(t) else \
                    100 if self.indicators[t["indicator"]].get("denominator") else None
                return best is None or value != best
            return value > against if self.lower(t) else value < against
        if t["kind"] in ("above", "below") and value == against:
            return True
        if t["kind"] == "rank_gain":
            return value < against
        return value > against if self.lower(t) else value < against

    def need(self, t, st, against, year):
        """The fewest countable things that make it good on the present denominator."""
        indicator = self.indicators[t["indicator"]]
        if st.den == 0:
            return 0
        strict = t["kind"] in ("above", "below", "improve")
        if self.nature(indicator) == "value" and not self.is_rank(t):
            return 0  # points are no things
        if t["kind"] == "rank_gain":
            places = t["baseline"]["value"] - against * (year - t["baseline"]["year"])
            return max(0, st.num - floor(places))
        if indicator.get("denominator"):
            line = against * st.den / 100
        else:
            line = against * 10 ** self.measures[indicator["numerator"][0]]["decimals"]
        if self.lower(t):
            most = ceil(line) - 1 if strict else floor(line)
            return max(0, st.num - most)
        least = floor(line) + 1 if strict else ceil(line)
        return max(0, least - st.num)

    # --- the verdict ---

    def score(self, t, subject, year, w):
        st = self.standing(t, subject, year, w.last)
        sc = Score("no_data", st)
        sc.window = w
        first, last = self.years(t)
        kind = t["kind"]
        unit = None if self.is_whole(t) else self.units[subject]
        if st.has and not st.empty:
            sc.value = self.value_of(t, st)
            if kind == "rank_gain":
                years = year - t["baseline"]["year"]
                sc.value = (Fraction(t["baseline"]["value"] - st.num) / years
                            if years > 0 else None)
        if t.get("exempt") and unit and unit["exempt"] == "yes":
            sc.verdict = "exempt"
            return sc
        if kind == "info":
            sc.verdict = "info"
            return sc
        promised = first <= year <= last and not (
            t.get("valid_from") and w.last < t["valid_from"])
        base = None
        if promised:
            base = self.demand(t, subject, year, w, sc)
        if not st.complete:
            return sc
        if st.empty:
            sc.verdict = "not_applicable"
        elif self.too_small(t, st) or base == "small":
            sc.verdict = "too_small"
        elif not promised or sc.step is None:
            sc.verdict = "info" if base is None and kind not in (
                "improve", "reduce_by") or not promised else "no_data"
        else:
            self.judge(t, year, w, sc)
        return sc

    def demand(self, t, subject, year, w, sc):
        """Sets the step and what is required now; returns the base."""
        kind, base = t["kind"], None
        first_day, last_day = year_days(year, self.p["year"])
        year_last = w.last >= last_day
        if kind in ("improve", "reduce_by"):
            base = self.base(t, subject, year)
            known = base not in (None, "small")
            sc.step = None if not known else base if kind == "improve" else \
                base * (100 - Fraction(t["percent"])) / 100
        else:
            sc.step = self.step(t, year)
        if sc.step is None:
            return base
        due = self.due(t)
        if due is not None:
            sc.required = sc.step if w.last >= due else None
        elif t["pace"] == "linear" and not year_last:
            before = self.step_before(t, year)
            elapsed = Fraction((w.last - first_day).days + 1,
                               (last_day - first_day).days + 1)
            sc.required = None if before is None else \
                before + (sc.step - before) * elapsed
        elif kind in ("improve", "times_per_year") and not year_last:
            # no line inside the year, but what is there already counts
            good = sc.value is not None and not self.short(t, sc.value, sc.step)
            sc.required = sc.step if good else None
        else:
            sc.required = sc.step
        return base

    def step_before(self, t, year):
        """The step of the year before, of the version that spoke of that year."""
        of_then = [v for v in self.versions(t) if self.governs(v, year - 1)][0]
        first, last = self.years(of_then)
        if of_then["kind"] != "steps" or not first <= year - 1 <= last:
            return None
        return of_then["steps"].get(year - 1)

    def judge(self, t, year, w, sc):
        st = sc.standing
        reached = not self.short(t, sc.value, sc.step)
        on_line = sc.required is None or not self.short(t, sc.value, sc.required)
        if not reached:
            sc.need_year = self.need(t, st, sc.step, year)
        if not on_line:
            sc.need_now = self.need(t, st, sc.required, year)
        against = sc.required if sc.required is not None else sc.step
        if self.short(t, sc.value, against):
            lower = self.lower(t) and t["kind"] != "rank_gain"
            sc.gap = sc.value - against if lower else against - sc.value
        year_last = w.last >= year_days(year, self.p["year"])[1]
        sc.verdict = self.verdict(t, year, year_last, reached, on_line, sc.required)

    def verdict(self, t, year, year_last, reached, on_line, required):
        kind = t["kind"]
        if required is None:
            return "on_way"
        closed = year_last
        if kind == "rank_gain":
            closed = year_last and year == self.years(t)[1]
        if self.due(t) is not None:
            closed = True
        if closed and not t.get("full_marks"):
            return "met" if reached else "missed"
        if not on_line:
            return "behind"
        stays = kind == "times_per_year" or (
            kind != "improve" and not self.lower(t)
            and self.nature(self.indicators[t["indicator"]]) == "stock")
        return "met" if closed or (reached and stays) else "on_pace"

    def ends(self, t, subject, year, sc):
        """The last day of a subject that is gone before its target is judged."""
        due = self.due(t)
        if sc.verdict != "on_way" and (due is None or sc.verdict != "no_data"):
            return None
        units = self.members(t) if self.is_whole(t) else [self.units[subject]]
        last = max([u["to"] or FOREVER for u in units])
        judged = due or year_days(year, self.p["year"])[1]
        return last if last < judged else None

    # --- as it is printed ---

    def shown(self, t, sc):
        """value, required, gap as texts; None where there is nothing to show."""
        indicator = self.indicators[t["indicator"]]
        decimals = 2
        if not indicator.get("denominator") and t["kind"] != "rank_gain":
            decimals = self.measures[indicator["numerator"][0]]["decimals"]
        lower = self.lower(t) and t["kind"] != "rank_gain"
        against = sc.required if sc.required is not None else sc.step
        value = None if sc.value is None else cut(sc.value, decimals, lower)
        required = None if against is None else cut(against, decimals, not lower)
        gap = None
        if sc.gap == 0:  # equal to what has to be passed: printed so, with no gap
            required = value
        elif sc.gap is not None:
            gap = value - required if lower else required - value
        texts = [None if x is None else decimal_text(x, decimals)
                 for x in (value, required, gap)]
        return {"value": texts[0], "gap": texts[2],
                "required" if sc.required is not None else "step": texts[1]}

    # --- what a date decided ---

    def is_date(self, t):
        return self.due(t) is not None and t["kind"] not in ("rank_gain", "info")

    def judged(self, t, subject, years, now):
        """(verdict that is shown, the windows that may be named); (None, all): not said.

        "Judged once, at the first window that ends on or after the due date": who was
        there stays there. Who was not is missed, until a later window says otherwise. An
        extra report between two windows may say that it is done, and decides nothing
        else."""
        met, short, extra = [], [], False
        cadence = self.group_of(t)["cadence"]
        for year in years:
            for w in self.windows(t, subject, year, now):
                if w.last < self.due(t):
                    continue
                verdict = self.score(t, subject, year, w).verdict
                if verdict == "met":
                    met.append(w.code)
                elif verdict in ("missed", "behind"):
                    if w.cumulative and cadence != "none":
                        extra = True
                    else:
                        short.append(w.code)
        if met:
            return "met", met
        if short:
            return ("behind" if t.get("full_marks") else "missed"), None
        return (None if extra else "open"), None

    # --- the alert that should be open ---

    def armed(self, t, subject):
        if self.p.get("illustrative") or t.get("full_marks"):
            return False
        if not t.get("exempt"):
            return True
        # a whole is as sure as the least sure of those in it
        units = self.members(t) if self.is_whole(t) else [self.units[subject]]
        sure = ("", "no", "assumed-no") if t.get("confirmed") else ("", "no")
        return all(u["exempt"] in sure for u in units)

    def states(self, t, subject, years, now):
        """What should be open after each window of the span up to `now`: (the window's
        last day, none, behind or missed, whether any so far justified it, the score that
        is told)."""
        if not self.armed(t, subject):
            return
        due = self.due(t)
        if due and due < self.p["alerts_from"]:
            return
        share = bool(self.indicators[t["indicator"]].get("denominator"))
        group = self.group_of(t)
        opens = t.get("open") or {}
        in_row = opens.get("windows", 1 if t["kind"] == "rank_at_most" else 2)
        if group["cadence"] == "none" or (not share and group["cadence"] == "yearly"):
            in_row = 1
        closes = t.get("close") or {"windows": 1, "points": 0}
        state, ever, at, row, calm = "none", False, None, 0, 0
        for year in years:
            quarter_ends = month_days(year, 3, self.p["year"])[1]
            for w in self.windows(t, subject, year, now):
                sc = self.score(t, subject, year, w)
                extra = w.cumulative and group["cadence"] != "none"
                if sc.verdict in ("met", "on_pace"):
                    row = 0
                    if state == "behind" and sc.verdict == "on_pace":
                        if extra and closes["windows"] > 1:
                            continue  # only windows of the cadence make a row
                        over = self.over_the_line(t, sc) >= closes["points"]
                        calm = calm + 1 if over else 0
                        if calm < closes["windows"]:
                            continue
                    state, calm, at = "none", 0, sc
                    yield w.last, state, ever, at
                    if due is not None:
                        return  # judged once, or resolved
                    continue
                if extra:
                    continue  # an extra report between two windows
                calm = 0
                if sc.verdict == "missed" and w.last >= self.p["alerts_from"]:
                    if state != "missed":
                        state, ever, at = "missed", True, sc
                elif sc.verdict == "behind":
                    far = w.last >= self.p["alerts_from"] and (not share or (
                        sc.gap >= opens.get("points", 2)
                        and sc.need_now >= opens.get("things", 5)))
                    row = row + 1 if far else 0
                    early = t["pace"] == "linear" and w.last < quarter_ends
                    if row >= in_row and not early and state == "none":
                        state, ever = "behind", True
                    if state != "none":
                        at = sc
                else:
                    row = 0
                yield w.last, state, ever, at

    def over_the_line(self, t, sc):
        lower = self.lower(t) and t["kind"] != "rank_gain"
        return sc.required - sc.value if lower else sc.value - sc.required

    def wanted(self, t, subject, years, now):
        """none, behind or missed, from all windows of the span up to `now`."""
        state = "none"
        for _, state, _, _ in self.states(t, subject, years, now):
            pass
        return state

    # --- what leaders are told of it ---

    def story(self, t, subject, years, days, told):
        """(reason, window) of each event when one looks on each of the days; `told` is
        what was told last, {} at first, and is moved on."""
        states = list(self.states(t, subject, years, days[-1]))
        for day in days:
            state, ever, at = "none", False, None
            for last, *then in states:
                if last <= day:
                    state, ever, at = then
            said = self.reason(t, subject, told, state, ever, at)
            if said is None:
                continue
            sc = told["score"] if said == "withdrawn" else at
            told.update(state=state, window=sc.window,
                        figure=(sc.standing.num, sc.standing.den))
            yield said, sc.window.code

    def reason(self, t, subject, told, state, ever, at):
        if told.get("state", "none") == "none":
            return None if state == "none" else "new"
        then = told["window"]
        told["score"] = now = self.score(t, subject, then.year, then)
        changed = (now.standing.num, now.standing.den) != told["figure"]
        if state == "none":
            return "resolved" if ever else "withdrawn"
        if (told["state"], state) == ("behind", "missed"):
            return "worse"
        if told["state"] != state or changed:
            return "corrected"
        if state != "behind":
            return None
        days = [then.last, at.window.last]
        if self.group_of(t)["cadence"] == "none":  # a day's report is no further window
            days = [(d.year, d.month) for d in days]
        if days[1] <= days[0]:
            return None
        if now.gap is None or at.gap > now.gap:
            return "worse"
        return "better" if at.gap < now.gap else "repeat"
