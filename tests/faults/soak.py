#!/usr/bin/python3
"""soak - many rounds, in pieces of a few rounds with a seed each, three at a time; then one table.

    soak.py --out DIR [--rounds N] [--seed N] [--build DIR] [--jobs N] [--claims]

Each piece is one run of rounds.py judged by checker.py. Says once a minute how far it is. A piece that fails keeps its
histories (DIR/SEED) and its data directory; DIR/failed names the seeds, and the last lines how to repeat one. --claims
prints a line `ok` or `not ok` for each claim, which tests/run counts. Exit 1 when a claim was broken or a piece did not
reach its end.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from stack import FAULTS

CLAIMS = {
    "C1": "nothing acknowledged is lost", "C2": "nothing stands twice", "C3": "nothing comes from nowhere",
    "C4": "there is one history, dense and chained", "C5": "effects and checkpoint are one",
    "C6": "effects are the model's", "C7": "alerts are the model's, each once",
    "C8": "no leader was shown another's alert", "C9": "leaders get everything, with stable ids",
    "C10": "who was overtaken writes nothing", "C11": "counters of ops never go back",
    "C12": "everything drains in time",
}


# What a long soak must have drawn, by the first letters.
KINDS = ("kill-ingest kill-scorer kill-notifier kill-redis power-cut power-cut-in-recovery redis-died-at rewrite "
         "rewrite-and-die eio freeze-redis killed-before-sync flipped-framing flipped-report trim whole-box restart- stop- "
         "second-ingest- second-scorer- second-notifier- hints-lost swizzle link-delay link-hole-both link-hole-up "
         "link-hole-down link-reset link-refuse link-cut link-half link-flip days hold release pause").split()


class Piece:
    def __init__(self, options, seed, rounds):
        self.options, self.seed, self.rounds = options, seed, rounds
        self.dir = os.path.join(options.out, str(seed))
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        self.log = self.dir + ".log"
        self.codes, self.process = [], None
        self.next()

    def next(self):
        """Starts the run, then the checker; False: both are done."""
        o = self.options
        commands = [[FAULTS + "/rounds.py", "--build", o.build, "--root", o.root, "--out", self.dir, "--seed",
                     str(self.seed), "--rounds", str(self.rounds)] + (["--only", o.only] if o.only else []),
                    [FAULTS + "/checker.py", self.dir]]
        if len(self.codes) == len(commands):
            return False
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen([sys.executable] + commands[len(self.codes)], stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=out)
        return True

    def over(self):
        if self.process.poll() is None:
            return False
        self.codes.append(self.process.returncode)
        return not self.next()

    def read(self, name):
        try:
            with open(os.path.join(self.dir, name), encoding="utf-8") as source:
                return json.load(source)
        except (OSError, ValueError):
            return {}

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as source:
            return source.read()


class Soak:
    def __init__(self, options):
        self.options, self.began = options, time.monotonic()
        self.rounds = self.pieces = 0
        self.faults, self.numbers, self.extra = (collections.Counter() for _ in range(3))
        self.violations, self.failed, self.drains = collections.Counter(), [], []

    def take(self, piece):
        ran, verdict = piece.read("rounds.json"), piece.read("verdict.json")
        self.pieces += 1
        self.rounds += ran.get("rounds", 0)
        self.faults.update(ran.get("faults", {}))
        self.extra.update(ran.get("extra", {}))
        self.drains.extend(ran.get("drains", []))
        self.numbers.update(verdict.get("numbers", {}))
        self.violations.update(verdict.get("violations", {}))
        if any(piece.codes):
            self.failed.append(piece.seed)
            if not verdict.get("violations"):
                self.violations["C12"] += 1  # broken, or too thin to prove anything
            with open(os.path.join(self.options.out, "failed"), "a", encoding="ascii") as out:
                out.write("%d\n" % piece.seed)
            print("soak: seed %d failed:\n%s" % (piece.seed, piece.said()[-3000:]), flush=True)
        elif not self.options.keep:
            shutil.rmtree(piece.dir, ignore_errors=True)
            os.unlink(piece.log)

    def run(self):
        o, seed, left = self.options, self.options.seed, self.options.rounds
        busy, said = [], self.began
        while left > 0 or busy:
            while left > 0 and len(busy) < o.jobs and len(self.failed) < o.most_failed:
                rounds = min(left, o.piece)
                busy.append(Piece(o, seed, rounds))
                seed, left = seed + 1, left - rounds
            if len(self.failed) >= o.most_failed:
                left = 0
            for piece in [p for p in busy if p.over()]:
                busy.remove(piece)
                self.take(piece)
            if time.monotonic() - said > 60:
                said = time.monotonic()
                print("soak: %4d of %d rounds, %d faults, %d reports sent, %d receipts, %s, %.0f min" % (
                    self.rounds, o.rounds, sum(self.faults.values()), self.numbers["sent"], self.numbers["receipts"],
                    "no violation" if not self.violations else "VIOLATIONS", (said - self.began) / 60), flush=True)
            time.sleep(0.1)

    def table(self):
        n, seconds = self.numbers, time.monotonic() - self.began
        drains = sorted(self.drains) or [0.0]
        print("rounds %d in %d pieces, %.0f s (%.1f s a round and lane)" % (
            self.rounds, self.pieces, seconds, seconds * self.options.jobs / max(1, self.rounds)))
        print("faults %d" % sum(self.faults.values()))
        for name, count in sorted(self.faults.items(), key=lambda kv: (-kv[1], kv[0])):
            print("    %-32s %7d" % (name, count))
        missing = [k for k in KINDS if not any(name.startswith(k) for name in self.faults)]
        if missing:
            print("    not drawn: %s" % " ".join(missing))
        print("reports sent %d, records %d, receipts %d, sent again %d, replayed under another key %d, conflicts %d" % (
            n["sent"], n["records"], n["receipts"], n["again"], n["replay"], self.extra["conflict"]))
        print("alerts %d, messages to leaders %d, acknowledgements %d, dumps %d" % (
            n["events"], n["messages"], n["acts"], n["dumps"]))
        print("climbs %d, digests %d with %d rows, notices of holds %d, released %d" % (
            n["climbs"], n["digests"], n["digest_rows"], n["notices"], n["released"]))
        print("drains: median %.1f s, 99 in 100 within %.1f s, longest %.1f s" % (
            drains[len(drains) // 2], drains[len(drains) * 99 // 100], drains[-1]))
        for claim, words in CLAIMS.items():
            print("    %-4s %-45s %d violations" % (claim, words, self.violations[claim]))
        print("%d lost, %d doubled, %d to wrong eyes" % tuple(self.violations[c] for c in ("C1", "C2", "C8")))

    def claims(self):
        for claim, words in CLAIMS.items():
            print("%sok %s %s (%d rounds, %d faults)" % (
                "not " if self.violations[claim] else "", claim, words, self.rounds, sum(self.faults.values())))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--out", required=True)
    p.add_argument("--rounds", type=int, default=100)
    p.add_argument("--piece", type=int, default=25, help="rounds of one seed")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--build", default="build")
    p.add_argument("--root", default=os.path.dirname(os.path.dirname(FAULTS)))
    p.add_argument("--jobs", type=int, default=3)
    p.add_argument("--only", default="", help="faults, as for rounds.py")
    p.add_argument("--most-failed", type=int, default=5, help="give up after so many failed pieces")
    p.add_argument("--claims", action="store_true")
    p.add_argument("--keep", action="store_true")
    options = p.parse_args()
    options.out = os.path.abspath(options.out)
    os.makedirs(options.out, exist_ok=True)
    if os.path.exists(options.out + "/failed"):
        os.unlink(options.out + "/failed")
    soak = Soak(options)
    soak.run()
    soak.table()
    if options.claims:
        soak.claims()
    for seed in soak.failed:
        print("again: tests/faults/rounds.py --build %s --out DIR --seed %d --rounds %d --keep; tests/faults/checker.py DIR"
              % (options.build, seed, options.piece))
    return 1 if soak.failed or soak.violations or soak.rounds < options.rounds else 0


if __name__ == "__main__":
    sys.exit(main())
