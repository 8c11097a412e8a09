"""case.py - one seed: a programme, its reports, and everything that is asked of them."""

import copy
import random
from datetime import date

import generate
from model import Model


class Case:
    def __init__(self, seed):
        rng = random.Random(seed)
        self.seed = seed
        self.refusal = []
        self.p = generate.make_programme(rng)
        self.reports = generate.make_reports(rng, self.p)
        self.now = [generate.day_in(rng, y) for y in
                    range(self.p["years_from"], self.p["years_to"] + 2)]
        self.after = random.Random(seed).randrange(5) == 0  # a year behind the last too
        self.until = sorted(rng.sample(self.now, 2))
        self.questions = list(self.ask())

    def less(self, **parts):
        """The same case with fewer units, targets or reports."""
        other = copy.copy(self)
        other.p = dict(self.p)
        other.reports = parts.pop("reports", self.reports)
        other.p.update(parts)
        other.questions = list(other.ask())
        return other

    def ask(self):
        """(line of the protocol, question): what the model is asked the same way."""
        model = Model(self.p)
        first, last = self.p["years_from"], self.p["years_to"]
        for t in self.p["targets"]:
            for subject in model.subjects(t):
                name = "%s %d %s" % (t["id"], t["version"],
                                     t["subject"] if model.is_whole(t) else subject)
                for year in range(self.p["history_from"] or first,
                                  last + 1 + self.after):
                    if model.governs(t, year):
                        until = date(year + 1, 12, 31)
                        yield ("scores %s %d %s" % (name, year, until),
                               ("scores", t, subject, year, until))
                for years in model.spans(t):
                    for now in self.now:
                        yield ("alert %s %d %s" % (name, years[-1], now),
                               ("alert", t, subject, years, now))
                        if model.is_date(t):
                            yield ("judged %s %d %s" % (name, years[-1], now),
                                   ("judged", t, subject, years, now))

    def told_from(self):
        """Twice the reports of which leaders are told: most of them, then the others
        and corrections of some that were told."""
        rng = random.Random(self.seed)
        first = len(self.reports) * rng.choice((50, 95, 100)) // 100
        newest, groups = {}, {g["code"]: g for g in self.p["groups"]}
        for r in self.reports:
            key = (r["unit"], r["group"], r["period"])
            if key not in newest or newest[key]["revision"] < r["revision"]:
                newest[key] = r
        more = [dict(r, revision=r["revision"] + 1, entry=len(self.reports) + i + 1,
                     figures=generate.figures_of(rng, self.p, groups[r["group"]]))
                for i, r in enumerate(newest.values()) if rng.randrange(100) < 15]
        return self.reports[:first], self.reports[first:] + more

    def stories(self):
        """What leaders are told of them: the lines, and (target, subject, years) of
        each."""
        model = Model(self.p)
        asked = [(t, subject, years) for t in self.p["targets"]
                 for subject in model.subjects(t) for years in model.spans(t)]
        lines = ["clear"]
        for reports, day in zip(self.told_from(), self.until):
            lines += self.puts(reports)
            lines += ["story %s %d %s %d %s" % (
                t["id"], t["version"], t["subject"] if model.is_whole(t) else subject,
                years[-1], day) for t, subject, years in asked]
        return lines, asked

    def puts(self, reports):
        calendar = {g["code"]: g["calendar"] for g in self.p["groups"]}
        return [generate.line_of(self.p, r, calendar[r["group"]]) for r in reports]

    def load(self):
        lines = []
        for name, text in generate.files_of(self.p).items():
            lines += ["file %s %d" % (name, len(text))] + text
        return lines + ["load"]
