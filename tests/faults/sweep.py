#!/usr/bin/python3
"""sweep - the same small run again and again, each time killed at another place.

    sweep.py [--build DIR] [--every N] [--only SERIES[:COUNT]]...

The run: a programme is put, 1.000 reports in 20 fixed batches, a rewrite of Redis' files, an acknowledgement; then all
drains and checker.py judges. First Redis dies at its k-th write, fdatasync, rename and ftruncate for every k until runs
end without dying; a power cut, a checked start and the rest of the run follow. Then each place of points.txt, in
each service that passes it, the first time and a later time: the service dies and is started again.

--build is one that has the places: make FAULTS=1. --every 5 takes every fifth k and each place once. A run that breaks a
claim is kept and named; --only write-middle:17 or --only scorer/follow.put:3 repeats it. Exit 1 when one did.
"""

import argparse
import contextlib
import io
import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import checker
import points
import resp
import rounds
import sides
from sides import History, Leaders, Push, Unit, Units
from stack import FAULTS, PROVINCE, SERVICES, Broken, die_with_parent

# write-after is fdatasync-before: nothing lies between.
SERIES = ("write-before", "write-middle", "fdatasync-before", "fdatasync-after", "rename-before", "rename-after",
          "ftruncate-before", "ftruncate-after")
FEW = SERIES[4:]  # places of these are never left out
BATCHES, A_BATCH = 20, 50
REWRITE_AT, CLOCK_AT, ACT_AT, HAND_AT = 6, 9, 12, 4
KEPT_FROM = "push.u2_synced"  # from here on the outbox alone must bring it
ENOUGH = 2  # runs that did not die end a series: how many calls there are varies from run to run
LATER = 4  # the later count of a place
CALLS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24)  # counts of redis.sent: the calls of a start, then some
WATCHING = ("head-HZ1", "head-HZ2", "head-XK101")
ANSWER_S = 0.3
JOB_S = 40
START_MS = 1760000000000  # where the clock of a simulated run begins


class Fixed(Unit):
    """Pushes the same batches in each run."""

    def __init__(self, *more):
        super().__init__(*more)
        self.order = sorted(self.slots)

    def push_batch(self, number):
        slots = [self.order[(number * A_BATCH + i) % len(self.order)] for i in range(A_BATCH)]
        self.busy.update(slots)
        one = Push([self.op_fixed(slot) for slot in slots])
        self.pushes.append(one)
        self.push_send(one)

    def op_fixed(self, slot):
        number = self.units.number()
        op = dict(op=number, unit=slot[0], period=slot[1], results=100000 + number, digitised=number * 7919 % 100000,
                  replaces=self.slots[slot] or "")
        self.units.history.put(self.name, "invoke", "push", **op)
        return op


class Once(rounds.Run):
    """One run with one death in it."""

    def __init__(self, options, armed, fault):
        super().__init__(options)
        self.armed, self.fault = armed, fault  # a DONDOC_POWERCUT_KILL; (service, DONDOC_FAULT)
        self.died = False
        self.watched = None  # the service that has the fault

    def service_start(self, part):
        self.faults.put("rounds", "ok", "start", part=part)
        if os.path.exists(self.stack.path(part + ".ready")):
            os.unlink(self.stack.path(part + ".ready"))
        fault = None
        if self.fault is not None and self.fault[0] == part:
            fault, self.fault = self.fault[1], None
            self.watched = part
        self.stack.service_start(part, fault)

    def start(self):
        stack = self.stack
        keys, scopes = self.keys_make()
        stack.redis.launch(self.armed)
        server = stack.service_public.encode()
        self.units = Units(self.context, "ipc://" + stack.path("units"), server,
                           History(self.options.out + "/units.jsonl"), rounds.PERIODS, ANSWER_S)
        for name, scope in scopes.items():
            self.units.all.append(Fixed(self.units, name, scope[:6], keys[name], 1))
        self.leaders = Leaders(self.context, "ipc://" + stack.path("leaders"), server,
                               History(self.options.out + "/leaders.jsonl"))
        self.leaders.poller = self.units.poller
        self.leaders.acknowledge_rate = 0.0
        for name in SERVICES:
            self.service_start(name)
        for name in WATCHING:
            self.leaders.add(name, keys[name])
        self.faults.put("rounds", "ok", "leaders", names=WATCHING)
        self.clock_link = None
        if self.options.simulated:
            self.clock_begin(keys["ops"])

    # ---- one turn ----

    def look(self):
        try:
            super().look()
        except Broken:
            watched = self.stack.parts.get(self.watched)
            if watched is None or watched.poll() != -9:
                raise
            self.note("died-at-place")
            part, self.watched, self.died = self.watched, None, True
            self.service_start(part)
        redis = self.stack.redis
        if redis.process.poll() is not None:
            if not redis.armed:
                redis.ended()
                raise Broken("redis ended with status %s" % redis.process.returncode)
            redis.ended()
            self.died = True
            self.note("redis-died-at", where=redis.armed)
            self.cut()
            redis.launch()
        ready = dict(self.units.poller.poll(3))
        self.units.turn(ready)
        self.leaders.turn(ready)

    def until(self, ready, what):
        while not ready():
            if time.monotonic() - self.began > JOB_S:
                raise Broken("%s: not within %d s" % (what, JOB_S))
            self.look()

    def drain(self):
        self.until(lambda: self.drained() is None, "drained")
        self.faults.put("rounds", "ok", "drained", seconds=0)

    # ---- the run ----

    def programme(self):
        stack = self.stack
        argv = [stack.build + "/bin/dondoc", "programme", "put", FAULTS + "/programme", "--server",
                "ipc://" + stack.path("ops"), "--key", stack.path("ops.key"), "--province", PROVINCE, "--lang", "en"]
        env = dict(os.environ, DONDOC_SERVER_KEY=stack.service_public, DONDOC_REDIS="unix:" + stack.redis.socket)
        while True:
            self.until(lambda: os.path.exists(stack.path("ingest.ready")), "ingest ready")
            with open(stack.path("put.log"), "ab") as log:
                put = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env,
                                       preexec_fn=die_with_parent)
            self.until(lambda: put.poll() is not None, "programme put")
            if put.returncode == 0:
                return
            if put.returncode not in (69, 75):
                raise Broken("dondoc programme put: status %d, see put.log" % put.returncode)

    def clock_begin(self, keys):
        self.clock_link = sides.dealer(self.context, "ipc://" + self.stack.path("ops"), self.units.server_key, keys)
        self.clock_ms = START_MS
        self.clock_set(0)

    def clock_set(self, hours):
        """Until it is answered: the ticks of these hours stand."""
        self.clock_ms += hours * 3600000
        due, request, reply = 0.0, 0, {}
        while "done" not in reply or reply["request_id"] != request:
            if time.monotonic() > due:
                request += 1
                self.clock_link.send(sides.push.encode("UnitRequest", dict(
                    version=1, request_id=request, province=PROVINCE, clock={"now_ms": self.clock_ms})))
                due = time.monotonic() + ANSWER_S
            self.until(lambda: self.clock_link.poll(0) or time.monotonic() > due, "clock")
            if self.clock_link.poll(0):
                reply = sides.push.decode("UnitReply", self.clock_link.recv())
                if "refusal" in reply and reply["refusal"]["code"] == "clock_backward":
                    break

    def by_hand(self):
        """A person's `dondoc push FILE` that dies; then, once the outbox was synced, `dondoc push` without the file."""
        stack, unit = self.stack, self.units.all[0]
        place, self.fault = self.fault[1], None
        number = self.units.number()
        op = dict(op=number, unit="XK101", period="2022-05", results=100000 + number, digitised=number, replaces="")
        self.units.history.put(unit.name, "invoke", "push", **op)
        file = stack.path("report.csv")
        with open(file, "w", encoding="ascii") as out:
            out.write("unit;period;results;digitised\nXK101;2022-05;%d;%d\n" % (op["results"], number))
        sides.push.key_write(stack.path("unit.key"), *(k.decode() for k in unit.keys))
        argv = [stack.build + "/bin/dondoc", "push", "--server", unit.endpoint, "--key", stack.path("unit.key"),
                "--province", PROVINCE, "--lang", "en", "--timeout", "2", "--outbox", stack.path("outbox"),
                "--server-key", stack.service_public]
        status = self.run_one(argv + [file], dict(os.environ, DONDOC_FAULT=place))
        self.died = status == -9
        more = [] if place.split(":")[0] >= KEPT_FROM else [file]
        while status != 0:
            status = self.run_one(argv + more, None)
            if status not in (0, 69, 75):
                raise Broken("dondoc push %s: status %d, see cli.log" % (" ".join(more), status))
        self.faults.put("cli", "ok", "by-hand", op=number)

    def run_one(self, argv, env):
        with open(self.stack.path("cli.log"), "ab") as log:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env,
                                       preexec_fn=die_with_parent)
        self.until(lambda: process.poll() is not None, "dondoc push")
        return process.returncode

    def go(self):
        self.start()
        self.programme()
        for number in range(BATCHES):
            unit = self.units.all[number % len(self.units.all)]
            unit.push_batch(number // len(self.units.all))
            self.until(self.units.idle, "batch %d" % number)
            if number == REWRITE_AT:
                self.rewrite()
            elif number == CLOCK_AT and self.clock_link is not None:
                self.clock_set(3)
            elif number == HAND_AT and self.fault is not None and self.fault[0] == "cli":
                self.by_hand()
            elif number == ACT_AT:
                leader = self.leaders.all[WATCHING[0]]
                self.until(lambda: leader.last > 0, "the first alert")
                leader.acknowledge(leader.code)
        while True:  # Redis may still be armed
            self.drain()
            if self.dump("end") is None:
                continue
            try:
                self.probe_epoch()
                return
            except resp.Lost:
                continue


def judge(out):
    """Violations by claim, and what the checker said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        c = checker.Checker(out, 3, JOB_S)
        c.run()
    return dict(c.found), said.getvalue()


def work(options, job):
    """One job in a worker: (died, violations, words, seconds)."""
    name, count = job
    began = time.monotonic()
    out = tempfile.mkdtemp(prefix="dd-s", dir=os.environ.get("TMPDIR") or "/tmp")
    service, _, place = name.partition("/")
    armed = fault = None
    if place:
        fault = (service, "%s:%d" % (place, count))
    else:
        call, when = name.split("-")
        armed = "%s:%d:%s" % (call, count, when)
    own = argparse.Namespace(build=options.build, root=options.root, out=out, seed=count, delay_us=-1, redis_option=[],
                             no_repair=False, simulated="tick" in place, max_seconds=JOB_S)
    run = Once(own, armed, fault)
    try:
        run.go()
    except (Broken, resp.Lost, resp.Wrong, OSError, subprocess.SubprocessError) as why:
        run.faults.put("rounds", "fail", "broken", why=str(why))
    finally:
        run.close()
    found, said = judge(out)
    if found:
        said += "kept: %s %s\n" % (out, run.directory)
    else:
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(run.directory, ignore_errors=True)
    return run.died, found, said, time.monotonic() - began


def worker(options, link):
    while True:
        job = link.recv()
        if job is None:
            return
        try:
            link.send((job,) + work(options, job))
        except Exception as why:  # shown by the other side
            link.send((job, False, {"C12": 1}, "the run itself failed: %r" % why, 0.0))


class Plan:
    """Which jobs are left: of a series the next k until some did not die, of places a list."""

    def __init__(self, options):
        self.every = options.every
        self.next, self.alive, self.list = {}, {}, []  # alive: runs in a row that did not die
        for only in options.only:
            self.list.append((only.rsplit(":", 1)[0], int((only.rsplit(":", 1) + ["1"])[1])))
        if not options.only:
            # (where in the stride a series begins moves on, so that several series see different places)
            self.next = {s: 1 if s in FEW else 1 + (i * 2 + options.seed) % self.every for i, s in enumerate(SERIES)}
            self.list = self.places()

    def places(self):
        out = []
        for place, services, _ in points.listed():
            for service in services:
                if service == "courier":
                    continue  # no mailbox in this run: tests/pipeline/test_courier_lives.c
                if service == "cli":
                    out.append((service + "/" + place, 1))
                else:
                    counts = (1,) if self.every > 1 else (1, LATER)
                    if place == "redis.sent":
                        counts = CALLS[::self.every]
                    out.extend((service + "/" + place, count) for count in counts)
        return out

    def take(self):
        for series in SERIES:
            if series in self.next and self.alive.get(series, 0) < ENOUGH:
                k = self.next[series]
                self.next[series] += 1 if series in FEW else self.every
                return series, k
        return self.list.pop(0) if self.list else None

    def done(self, job, died, found):
        if job[0] in SERIES and not found:
            self.alive[job[0]] = 0 if died else self.alive.get(job[0], 0) + 1


def table(results, seconds):
    rows, places = {}, {}
    for (name, count), died, found in results:
        into, key = (places, name.split("/")[0]) if "/" in name else (rows, name)
        row = into.setdefault(key, {"runs": 0, "died": 0, "bad": 0, "not": []})
        row["runs"] += 1
        row["died"] += died
        row["bad"] += bool(found)
        if not died and "/" in name and count == 1:
            row["not"].append(name.split("/", 1)[1])
    print("%-22s %6s %6s %10s" % ("killed at", "runs", "died", "violations"))
    for name in SERIES:
        if name in rows:
            print("%-22s %6d %6d %10d" % (("redis " + name, ) + tuple(rows[name][k] for k in ("runs", "died", "bad"))))
    for name, row in places.items():
        print("%-22s %6d %6d %10d" % ("places of " + name, row["runs"], row["died"], row["bad"]))
    bad = sum(bool(found) for _, _, found in results)
    print("%-22s %6d %6d %10d   %d s" % ("all", len(results), sum(d for _, d, _ in results), bad, seconds))
    for service, row in places.items():
        for place in row["not"]:
            print("not passed: %s/%s" % (service, place))
    return bad, any(row["not"] for row in places.values())


def sweep(options):
    plan, began, results = Plan(options), time.monotonic(), []
    lanes = {}
    for _ in range(options.jobs):
        here, there = multiprocessing.Pipe()
        process = multiprocessing.Process(target=worker, args=(options, there), daemon=True)
        process.start()
        lanes[here] = process
    idle, said = list(lanes), time.monotonic()
    while True:
        while idle:
            job = plan.take()
            if job is None:
                break
            idle.pop().send(job)
        busy = [link for link in lanes if link not in idle]
        if not busy:
            break
        for link in multiprocessing.connection.wait(busy, 5):
            job, died, found, text, seconds = link.recv()
            idle.append(link)
            plan.done(job, died, found)
            results.append((job, died, found))
            if found or options.only:
                print("%s:%d %s in %.1f s: %s\n%s" % (job[0], job[1], "died" if died else "did not die", seconds,
                                                      "violations" if found else "good", text), flush=True)
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print("sweep: %d runs after %d s" % (len(results), said - began), flush=True)
    for link in lanes:
        link.send(None)
    return results, time.monotonic() - began


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--build", default="build/faults")
    p.add_argument("--root", default=os.path.dirname(os.path.dirname(FAULTS)), help="where etc/ is")
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--only", action="append", default=[])
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--seed", type=int, default=0, help="where a stride begins")
    p.add_argument("--summary", default="", help="a file for the counts")
    options = p.parse_args()
    results, seconds = sweep(options)
    bad, unpassed = table(results, seconds)
    if options.summary:
        with open(options.summary, "w", encoding="utf-8") as out:
            json.dump({"runs": len(results), "died": sum(d for _, d, _ in results), "violations": bad,
                       "seconds": seconds}, out)
    # With --only the person knows what he asked for.
    return 1 if bad or (unpassed and not options.only) else 0


if __name__ == "__main__":
    sys.exit(main())
