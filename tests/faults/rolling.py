#!/usr/bin/python3
"""rolling - every service and Redis replaced one after the other under load: nothing lost or doubled, short gaps.

    rolling.py --out DIR [--build DIR] [--other DIR] [--rounds N] [--seed N]

The load, the histories and the dumps are those of rounds.py, without relays and without the power-cut shim: units push
some hundred reports a second and leaders watch. Each step is TERM (Redis also -9), a new process, ready. --other names
the build of another release: then the services go old, new, old, and both Function libraries have to stand side by side
meanwhile. Prints the longest gap between two acknowledgements of each step and judges it: 2 s for a service, 5 s for
Redis. checker.py DIR judges the rest.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # nothing is left in the source
import resp
import rounds
from rounds import Run
from stack import FAULTS, SERVICES, Broken, Server, Stack, end

GAP_SERVICE_S, GAP_REDIS_S = 2.0, 5.0
RATE = 0.35
AFTER_S = 1.5  # load between two steps
READY_S = 10


class PlainServer(Server):
    """Redis as it runs in a province: no shim, no slow disk."""

    def env(self):
        return dict(os.environ, LC_ALL="C")


class PlainStack(Stack):
    """Nothing stands between two parts."""

    def __init__(self, options, directory, chance):
        super().__init__(options, directory, chance)
        self.redis = PlainServer(self)

    def relays_start(self):
        """None: each part is connected with the other itself."""


class Rolling(Run):
    def __init__(self, options):
        super().__init__(options)
        self.stack = PlainStack(options, self.directory, self.chance)
        self.steps = []  # (name, began, seconds until ready, limit)
        self.builds = [options.build] + ([options.other, options.build] if options.other else [])
        self.libraries = []  # what FUNCTION LIST said after each step

    def step(self, name, limit, act):
        self.note("step " + name)
        began = time.monotonic()
        act()
        self.steps.append((name, began, time.monotonic() - began, limit))
        self.pause(AFTER_S)
        self.libraries.append((name, self.libraries_now()))

    def service_replace(self, name):
        process = self.stack.parts[name]
        end(process, signal.SIGTERM)
        if process.returncode != 0:
            raise Broken("dondoc-%s ended with status %s after TERM" % (name, process.returncode))
        self.service_start(name)
        self.ready_wait(name)

    def ready_wait(self, name):
        until = time.monotonic() + READY_S
        while not os.path.exists(self.stack.path(name + ".ready")):
            self.look()
            if time.monotonic() > until:
                raise Broken("dondoc-%s is not ready after %d s" % (name, READY_S))
            time.sleep(0.005)

    def redis_replace(self, sig):
        redis = self.stack.redis
        if sig == signal.SIGTERM:
            end(redis.process, sig)
        else:
            redis.kill()
        redis.launch()
        if not redis.wait_ready():
            raise Broken("redis ended at its start")

    def libraries_now(self):
        redis = resp.Redis(self.stack.redis.socket)
        found = sorted(row[1].decode() for row in redis.call("FUNCTION", "LIST"))
        redis.close()
        return found

    def roll(self, number):
        for at, build in enumerate(self.builds):
            self.stack.build = os.path.abspath(build)
            label = "" if len(self.builds) == 1 else "-%s" % ("old", "new", "old again")[at].replace(" ", "-")
            for name in SERVICES:
                self.step("%s%s" % (name, label), GAP_SERVICE_S, lambda name=name: self.service_replace(name))
            for word, sig in (("term", signal.SIGTERM), ("kill", signal.SIGKILL)):
                self.step("redis-%s%s" % (word, label), GAP_REDIS_S, lambda sig=sig: self.redis_replace(sig))

    def round(self, number):
        self.units.rate = RATE
        self.pause(1.0)
        self.step("nothing", GAP_SERVICE_S, lambda: None)  # what the machine does without us
        self.roll(number)
        self.dump("live")
        self.units.rate = 0.0
        drained = self.drain()
        if self.dump("rest") is None:
            raise Broken("redis gave no dump at rest")
        self.probe_epoch()
        return drained


def gaps(path, steps):
    """The longest time without an acknowledgement that ended in each step, and how many there were in it."""
    acks = []
    with open(path, encoding="utf-8") as source:
        for line in source:
            line = json.loads(line)
            if line["f"] == "push" and line["type"] == "ok":
                acks.append(line["t"])
    found = []
    for at, (name, began, took, limit) in enumerate(steps):
        ended = steps[at + 1][1] if at + 1 < len(steps) else began + took + AFTER_S
        inside = [t for t in acks if began <= t < ended]
        times = [t for t in acks if t < began][-1:] + inside
        longest = max([b - a for a, b in zip(times, times[1:])] + [ended - times[-1]] if times else [float("inf")])
        found.append((name, longest, took, len(inside), limit))
    return found


def judge(options, run):
    bad = 0
    for name, longest, took, count, limit in gaps(options.out + "/units.jsonl", run.steps):
        good = longest <= limit and count > 0
        bad += not good
        print("%sok rolling %s: longest gap %.2f s of %.0f allowed; ready after %.2f s; %d acknowledged" % (
            "" if good else "not ", name, longest, limit, took, count))
    if options.other:
        bad += libraries_judge(run)
    return bad


def libraries_judge(run):
    """Old and new services ran side by side, each with its library; when nobody named the old one it was deleted."""
    after = dict(run.libraries)
    claims = (("libraries-stand-side-by-side", len(after["ingest-new"]) == 2 and len(after["ingest-old-again"]) == 2),
              ("old-library-is-deleted", len(after["redis-kill-new"]) == 1))
    changes = [(step, libraries) for at, (step, libraries) in enumerate(run.libraries)
               if at == 0 or libraries != run.libraries[at - 1][1]]
    for name, good in claims:
        print("%sok rolling %s: %s" % ("" if good else "not ", name, "; ".join(
            "%s: %s" % (step, ",".join(libraries)) for step, libraries in changes)))
    return sum(not good for _, good in claims)


def options_read():
    """Ours, over those of rounds.py at their defaults."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--out", required=True, help="directory of the histories")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--build", default="build", help="where bin/ is")
    p.add_argument("--other", default="", help="the build of another release: old, new, old")
    p.add_argument("--keep", action="store_true", help="keep the data directory")
    ours = vars(p.parse_args())
    sys.argv = [sys.argv[0], "--own-clock", "--out", ours["out"]]
    options = rounds.options_read()
    vars(options).update(ours)
    options.out = os.path.abspath(options.out)
    return options


def main():
    options = options_read()
    run = Rolling(options)
    code, bad = 0, 0
    try:
        run.start()
        for number in range(1, options.rounds + 1):
            if not run.round(number):
                print("rolling: did not drain")
                code = 1
        run.end()
    except (Broken, resp.Lost, resp.Wrong, OSError, subprocess.SubprocessError, rounds.push.Malformed) as why:
        run.faults.put("rounds", "fail", "broken", why=str(why))
        print("rolling: BROKEN: %s" % why)
        code = 1
    finally:
        run.close()
    bad = judge(options, run)
    checked = subprocess.run([sys.executable, FAULTS + "/checker.py", options.out], check=False).returncode
    if code == 0 and not options.keep:
        shutil.rmtree(run.directory, ignore_errors=True)
    else:
        print("rolling: kept %s" % run.directory)
    return 1 if code or bad or checked else 0


if __name__ == "__main__":
    sys.exit(main())
