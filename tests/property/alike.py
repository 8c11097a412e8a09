"""alike.py - what must not matter, tried on every programme.

    order       the reports arrive in another order
    undone      some reports are corrected, and the correction is taken back
    between     the engine is asked in the middle, and more reports come then
    zero        one more unit with nothing to count in any window

The first three with the sums of wholes kept from report to report, as in the scorer; the
case itself adds them up anew. Each is a list of lines for the driver behind the case's own, and what has to be the same.
"""

import copy
import random
import re

import generate
from model import LEVEL_OF, Window, cadence_windows

ENTRY = re.compile(r" entry=\S+")
PLACE = re.compile(r" (entry|first|ends)=\S+")  # of the one more, not of the others
NAMES = ("order", "undone", "between", "zero")


def variants(case):
    """(name, lines) of each."""
    return [(name, lines_of(name, case)) for name in NAMES
            if name != "zero" or zero_kind(case) is not None]


def asked(name, case):
    return zero_case(case).questions if name == "zero" else case.questions


def lines_of(name, case):
    rng = random.Random(case.seed)
    questions = [q for q, _ in case.questions]
    if name == "order":
        reports = list(case.reports)
        rng.shuffle(reports)
        return ["clear"] + case.puts(reports) + questions
    if name == "undone":
        return ["clear"] + case.puts(case.reports + undone(rng, case)) + questions
    if name == "between":
        half = len(case.reports) // 2
        return ["clear"] + case.puts(case.reports[:half]) + [
            "ask " + q.split(" ", 1)[1] for q in questions] + case.puts(case.reports[half:]) + questions
    other = zero_case(case)
    return other.load() + other.puts(other.reports) + [q for q, _ in other.questions]


def undone(rng, case):
    """For some of the newest revisions: other figures, then the same again."""
    newest, days = {}, {}
    calendar = {g["code"]: g["calendar"] for g in case.p["groups"]}
    for r in case.reports:
        key = (r["unit"], r["group"], r["period"])
        if key not in newest or newest[key]["revision"] < r["revision"]:
            newest[key] = r
        day = (r["unit"], r["group"], Window(r["period"], calendar[r["group"]]).last)
        days.setdefault(day, set()).add(r["period"])
    more = []
    for (unit, group, period), r in sorted(newest.items()):
        day = (unit, group, Window(period, calendar[group]).last)
        if rng.randrange(5) or len(days[day]) > 1:
            continue  # of two reports of one day the newer counts: not the same again
        for step, figures in ((1, {c: 7 for c in r["figures"]}), (2, r["figures"])):
            more.append(dict(r, revision=r["revision"] + step, figures=figures,
                             entry=len(case.reports) + len(more) + 1))
    return more


# --- a unit with nothing ---

def zero_kind(case):
    """A kind of unit that reports counts; None when only points and ranks are asked."""
    if case.p.get("coverage") not in (None, 100):
        return None  # one more unit that has reported changes the share
    for kind in ("commune", "department", "district"):
        if any(kind in g["reported_by"] and g["sort"] in ("stock", "flow")
               for g in case.p["groups"]):
            return kind
    return None


def zero_case(case):
    kind = zero_kind(case)
    other = copy.copy(case)
    unit = {"id": "ZZZ", "code": "ZZZ", "kind": kind, "parent": "51", "from": None,
            "to": None, "exempt": ""}
    other.p = dict(case.p, units=case.p["units"] + [unit])
    other.reports = list(case.reports)
    for group in case.p["groups"]:
        if kind not in group["reported_by"] or group["sort"] not in ("stock", "flow"):
            continue
        periods = {r["period"] for r in case.reports
                   if r["group"] == group["code"] and "@" in r["period"]}
        for year in range((case.p["history_from"] or case.p["years_from"]),
                          case.p["years_to"] + 1):
            periods.update(w.code for w in cadence_windows(group, year))
        for period in sorted(periods):
            other.reports.append({
                "unit": "ZZZ", "group": group["code"], "period": period, "revision": 1,
                "figures": {code: 0 for code in group["measures"]},
                "entry": len(other.reports) + 1})
    other.questions = [(q, x) for q, x in case.questions
                       if x[0] == "scores" and x[2] != "ZZZ"]
    return other


def difference(name, case, model, answers, again):
    """(question, engine then, engine now) of the first that is not the same; None."""
    if name != "zero":
        for (_, question), before, after in zip(case.questions, answers, again):
            if name == "undone":
                before = [ENTRY.sub("", line) for line in before]
                after = [ENTRY.sub("", line) for line in after]
            if before != after:
                return question, after, before
        return None
    kept = [(x, a) for (_, x), a in zip(case.questions, answers) if x[0] == "scores"]
    for (question, before), after in zip(kept, again):
        wrong = zero_difference(case, model, question, before, after)
        if wrong is not None:
            return (question,) + wrong
    return None


def zero_difference(case, model, question, before, after):
    """The same verdict and sum; one unit more, and in it, where it belongs."""
    t, lines = question[1], {line.split()[0]: line for line in after}
    whole = model.is_whole(t)
    joins = whole and zero_kind(case) in model.group_of(t)["reported_by"] and \
        t["level"] in ("all", LEVEL_OF[zero_kind(case)])
    for line in before:
        other = lines.get(line.split()[0])
        covered, units = (int(n) for n in re.search(r"covered=(\d+)/(\d+)", line).groups())
        if joins and covered < units or joins and units == 0:
            continue  # nobody or not everybody was in it
        if joins:
            line = line.replace("covered=%d/%d" % (covered, units),
                                "covered=%d/%d" % (covered + 1, units + 1))
        line, other = PLACE.sub("", line), PLACE.sub("", other or "")
        if line != other and "base=none" not in line:
            return other, line
    return None
