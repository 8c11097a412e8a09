#!/usr/bin/env python3
"""run.py - the engine against the slow model, on random programmes and reports.

    tests/property/run.py --build DIR [--cases 100000] [--seed 1]
    tests/property/run.py --build DIR --only SEED     one programme

A case is one score that both sides computed and that was compared whole: verdict, value,
required (or step) and gap as printed, value and required as exact fractions, numerator,
denominator, what is needed now and for the year, coverage, the end of a subject that is not judged any more; for one subject of one target
at one window's end. A programme (one seed) gives about a hundred. Besides them the list
of windows, the open alert of each span, what leaders are told of it in the course of
time and by corrections, and what a date decided are compared, and what must not matter is tried on each programme (alike.py); none of them counts as a case.

Exit 0 when all agree; else 1, with the seed, the disagreement, and the files and reports
that are left when all was taken out that is not needed for it.
"""

import argparse
import collections
import subprocess
import sys
import time
from datetime import date
from fractions import Fraction
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

import alike  # noqa: E402
import generate  # noqa: E402
from case import Case  # noqa: E402
from model import DAY, Model  # noqa: E402

PROGRAMMES_A_RUN = 20
REFUSED_MAX = 0.05  # a generator that makes nothing but nonsense tests nothing
SHRINK_RUNS = 400
COMPARED = ("verdict", "covered", "num", "den", "exact", "exact_required", "value",
            "required", "step", "gap", "need_now", "need_year", "ends")


class Engine:
    """The driver; one process for some programmes."""

    def __init__(self, build):
        self.path = str(Path(build, "tests/property/score_cases").resolve())

    def replies(self, lines):
        run = subprocess.run([self.path], input="\n".join(lines) + "\n", text=True,
                             capture_output=True)
        if run.returncode != 0:
            raise SystemExit("property: the driver ended with %d: %s" % (
                run.returncode, run.stderr.strip()))
        return iter(run.stdout.split("\n"))


def block(replies):
    """The lines up to the point."""
    out = []
    for line in replies:
        if line == ".":
            return out
        out.append(line)
    raise SystemExit("property: the driver's answer ends early")


def answer(question, replies):
    return block(replies) if question[0] == "scores" else [next(replies)]


def words_of(line):
    """A score's line as a dictionary."""
    parts = line.split()
    out = {"code": parts[0], "verdict": parts[1]}
    out.update(part.split("=", 1) for part in parts[2:])
    return out


def expected(model, t, subject, year, w):
    """The model's score in the words of the line."""
    sc = model.score(t, subject, year, w)
    st = sc.standing
    out = {"verdict": sc.verdict, "need_now": sc.need_now or None,
           "need_year": sc.need_year or None,
           "covered": "%d/%d" % (st.covered, st.units), "exact": sc.value,
           "exact_required": sc.required, "ends": model.ends(t, subject, year, sc)}
    out.update(model.shown(t, sc))
    if st.has and model.indicators[t["indicator"]].get("denominator"):
        out.update(num=st.num, den=st.den)
    return out


def differs(key, got, want):
    if key.startswith("exact"):
        return (None if got == "-" else Fraction(got)) != want
    return (None if want is None else str(want)) != got


class Verdicts:
    """What was compared, and what did not agree: (what, question, engine, model)."""

    def __init__(self):
        self.scores = 0
        self.alerts = collections.Counter()
        self.reasons = collections.Counter()
        self.judged = collections.Counter()
        self.verdicts = collections.Counter()
        self.wrong = []

    def compare(self, model, question, got):
        what, t, subject, years, day = question
        if what == "alert":
            want = model.wanted(t, subject, years, day)
            self.alerts[want] += 1
            if got != [want]:
                self.wrong.append(("alert", question, got[0], want))
            return
        if what == "judged":
            self.compare_judged(question, got, model.judged(t, subject, years, day))
            return
        windows = model.windows(t, subject, years, day)
        lines = [words_of(line) for line in got]
        if [w.code for w in windows] != [line["code"] for line in lines]:
            self.wrong.append(("windows", question, " ".join(x["code"] for x in lines),
                               " ".join(w.code for w in windows)))
            return
        for w, line in zip(windows, lines):
            want = expected(model, t, subject, years, w)
            self.verdicts[want["verdict"]] += 1
            bad = [k for k in COMPARED if differs(k, line.get(k), want.get(k))]
            if bad:
                self.wrong.append((bad[0], question, line, want))
        self.scores += len(windows)

    def compare_judged(self, question, got, want):
        verdict, windows = want
        shown, _, window = got[0].partition(" ")
        self.judged[verdict] += 1
        if verdict is None:
            return
        agrees = shown not in ("met", "missed") if verdict == "open" else \
            shown == verdict and (windows is None or window in windows)
        if not agrees:
            self.wrong.append(("judged", question, got[0], want))


def pass_over(case, replies):
    """What is asked of a refused programme has no answer, but that of a variant may."""
    for name, lines in alike.variants(case):
        if "load" in lines and next(replies) != "ok":
            block(replies)
        elif "load" in lines:
            for _, question in alike.asked(name, case):
                answer(question, replies)


def compare_stories(case, replies, out):
    """What leaders are told: by the first reports, then by all and their corrections."""
    _, asked = case.stories()
    told, day, model = [{} for _ in asked], None, Model(case.p)
    for reports, until in zip(case.told_from(), case.until):
        for report in reports:
            model.put(report)
        for (t, subject, years), last in zip(asked, told):
            days = days_until(years[0] if day is None else day, until)
            want = list(model.story(t, subject, years, days, last))
            out.reasons.update(reason for reason, _ in want)
            want = ", ".join("%s %s" % event for event in want) or "-"
            got = next(replies)
            if got != want:
                out.wrong.append(("story", ("story", t, subject, years, until), got,
                                  want))
        day = until


def days_until(since, until):
    """The 10th, the 20th and the last day of each month, and the two at the ends."""
    day = date(since, 1, 1) if isinstance(since, int) else since
    days = [] if isinstance(since, int) else [since]
    while day < until:
        if day.day in (10, 20) or (day + DAY).day == 1:
            days.append(day)
        day += DAY
    return sorted(set(days + [until]))


def compare_case(case, replies, out):
    """False: the programme was refused."""
    if next(replies) != "ok":
        case.refusal = block(replies)
        pass_over(case, replies)
        return False
    model = Model(case.p)
    for report in case.reports:
        model.put(report)
    answers = []
    for _, question in case.questions:
        answers.append(answer(question, replies))
        out.compare(model, question, answers[-1])
    compare_stories(case, replies, out)
    for name, lines in alike.variants(case):
        again = []
        if "load" in lines and next(replies) != "ok":
            raise SystemExit("property: seed %d: %s is refused: %s" % (
                case.seed, name, "; ".join(block(replies))))
        for _, question in alike.asked(name, case):
            again.append(answer(question, replies))
        wrong = alike.difference(name, case, model, answers, again)
        if wrong is not None:
            out.wrong.append((name,) + wrong)
    return True


def lines_of(case):
    lines = case.load() + case.puts(case.reports) + [q for q, _ in case.questions]
    lines += case.stories()[0]
    for _, more in alike.variants(case):
        lines += more
    return lines


def run_cases(engine, cases, out):
    """Returns the seeds that were refused; the first that disagrees is kept in out."""
    replies = engine.replies([line for case in cases for line in lines_of(case)])
    refused = []
    for case in cases:
        before = len(out.wrong)
        if not compare_case(case, replies, out):
            refused.append(case)
        out.wrong[before:] = [(case,) + w for w in out.wrong[before:]]
    return refused


# --- when something does not agree ---

def still_wrong(engine, case, what):
    out = Verdicts()
    refused = run_cases(engine, [case], out)
    return not refused and any(w[1] == what for w in out.wrong)


def shrink(engine, case, wrong):
    """Without what is not needed for it: other targets, then reports, then units."""
    what, t = wrong[1], wrong[2][1]
    runs = 0

    def lesser(smaller):
        nonlocal case, runs
        runs += 1
        if runs <= SHRINK_RUNS and still_wrong(engine, smaller, what):
            case = smaller
            return True
        return False

    lesser(case.less(targets=[x for x in case.p["targets"] if x["id"] == t["id"]]))
    group = next(i for i in case.p["indicators"] if i["id"] == t["indicator"])["group"]
    lesser(case.less(reports=[r for r in case.reports if r["group"] == group]))
    size = len(case.reports) // 2
    while size > 0:
        at = 0
        while at < len(case.reports):
            if not lesser(case.less(reports=case.reports[:at] + case.reports[at + size:])):
                at += size
        size //= 2
    for unit in list(case.p["units"]):
        if unit["kind"] in ("commune", "department"):
            lesser(case.less(units=[u for u in case.p["units"] if u is not unit],
                             reports=[r for r in case.reports if r["unit"] != unit["id"]]))
    return case


def told(engine, wrong):
    case, what, question, got, want = wrong
    print("property: seed %d: %s of target %s, %s" % (
        case.seed, what, question[1]["id"], " ".join(str(q) for q in question[2:])))
    print("  target%s" % generate.target_text(question[1]))
    print("  engine %s\n  model  %s" % (got, want))
    small = shrink(engine, case, wrong)
    print("  what is left of the programme and its reports:")
    for name, text in generate.files_of(small.p).items():
        if name in ("units.csv", "targets.yaml", "measures.yaml"):
            print("\n".join("    " + line for line in text))
    print("\n".join("    " + line for line in small.puts(small.reports)))
    print("  again: tests/property/run.py --build DIR --only %d" % case.seed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--cases", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    engine, out = Engine(args.build), Verdicts()
    started = time.monotonic()
    programmes, refused, seed = 0, [], args.seed
    if args.only is not None:
        programmes = 1
        refused = run_cases(engine, [Case(args.only)], out)
    while args.only is None and out.scores < args.cases and not out.wrong:
        refused += run_cases(
            engine, [Case(seed + i) for i in range(PROGRAMMES_A_RUN)], out)
        seed += PROGRAMMES_A_RUN
        programmes += PROGRAMMES_A_RUN
    if out.wrong:
        told(engine, out.wrong[0])
    for case in refused[:3] if len(refused) > REFUSED_MAX * programmes else []:
        print("property: seed %d was refused: %s" % (case.seed, "; ".join(case.refusal)))
    print("property: %d scores, %d alerts and %d dates (met %d, missed %d) of %d "
          "programmes (%d refused), %d disagree; %s; told %s; %.0f s" % (
              out.scores, sum(out.alerts.values()), sum(out.judged.values()),
              out.judged["met"], out.judged["missed"], programmes, len(refused),
              len(out.wrong), " ".join("%s %d" % v for v in out.verdicts.most_common()),
              " ".join("%s %d" % v for v in out.reasons.most_common()),
              time.monotonic() - started))
    sys.exit(1 if out.wrong or len(refused) > REFUSED_MAX * programmes else 0)


if __name__ == "__main__":
    main()
