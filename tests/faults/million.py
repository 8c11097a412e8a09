#!/usr/bin/python3
"""million - how long until the next acknowledgement when Redis dies with a million reports in its journal?

    million.py [--build DIR] [--reports N] [--tries N] [--limit SECONDS] [--keep] [--reuse DIR]

Fills a journal through the real services (bench/load, SYNTHETIC figures), then, `tries` times each: kills Redis with -9
and starts it again through etc/redis-start while the services stay up; kills everything at once and starts it all. One
reporter goes on sending all the time. The time runs from the kill to the first acknowledgement of a report that was sent
after it. Prints each, the median, and what the time went into; exit 1 when a median is above the limit or when the
receipts in Redis are not exactly the reports acknowledged.
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import zmq

sys.dont_write_bytecode = True  # nothing is left in the source
import resp
from sides import dealer, push
from stack import ROOT, Broken, end, spawn

PROVINCE = "bench"
KEY = "dondoc:{%s}:" % PROVINCE
REPORTERS = 60
GROUPS, MONTHS, FIRST_YEAR = 4, 60, 2021  # as bench/plan.c makes them
SERVICES = ("ingest", "scorer", "notifier")
MAXMEMORY = "6gb"  # every key is a new one, so the receipts alone take hundreds of megabytes
AGAIN_S = 0.5  # no receipt: the same again


class Machine:
    """Redis and the services on Unix sockets in one directory, without anything between them."""

    def __init__(self, build, directory):
        self.build, self.dir = os.path.abspath(build), directory
        self.parts = {}
        os.makedirs(directory + "/redis", exist_ok=True)

    def path(self, name):
        return "%s/%s" % (self.dir, name)

    def redis_start(self):
        self.parts["redis"] = spawn([ROOT + "/etc/redis-start", self.path("redis"), ROOT + "/etc/redis.conf",
                                     "--maxmemory", MAXMEMORY], self.path("redis.log"))

    def service_start(self, name):
        argv = [self.build + "/bin/dondoc-" + name, "--redis", "unix:" + self.path("redis/redis.sock"), "--province",
                PROVINCE, "--key-file", self.path("service.key"), "--keyring", self.path("keyring"), "--simulated",
                "--ready-file", self.path(name + ".ready")]
        if name == "ingest":
            argv += ["--listen", "ipc://" + self.path("units"), "--listen-ops", "ipc://" + self.path("ops"),
                     "--listen-hints", "ipc://" + self.path("hints")]
        else:
            argv += ["--hints-from-key", self.public, "--hints-from",
                     "ipc://" + self.path("hints" if name == "scorer" else "alert-hints")]
        if name == "scorer":
            argv += ["--listen-hints", "ipc://" + self.path("alert-hints")]
        if name == "notifier":
            argv += ["--listen", "ipc://" + self.path("leaders")]
        self.parts[name] = spawn(argv, self.path(name + ".log"))

    def keys_make(self):
        if os.path.exists(self.path("keyring")):  # --reuse
            self.public = push.key_read(self.path("service.key"))[0]
            self.reporter = tuple(k.encode() for k in push.key_read(self.path("reporter.key")))
            return
        lines = []
        for name, rest in (("service", "role=service name=services"), ("ops", "role=ops name=ops"),
                           ("reporter", "role=unit name=reporter scope=*")):
            public, secret = (k.decode() for k in zmq.curve_keypair())
            push.key_write(self.path(name + ".key"), public, secret)
            lines.append("%s %s\n" % (public, rest))
            if name == "service":
                self.public = public
            if name == "reporter":
                self.reporter = (public.encode(), secret.encode())
        with open(self.path("keyring"), "w", encoding="ascii") as out:
            out.writelines(lines)

    def redis_wait(self, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                return resp.Redis(self.path("redis/redis.sock"))
            except resp.Lost:
                time.sleep(0.02)
        raise Broken("redis gave no answer; see %s" % self.path("redis.log"))

    def redis_kill(self):
        """The server, with -9; its wrapper ends by itself."""
        with open(self.path("redis/redis.pid"), encoding="ascii") as source:
            os.kill(int(source.read()), signal.SIGKILL)

    def stop(self):
        for name in ("notifier", "scorer", "ingest", "redis"):
            if name in self.parts:
                end(self.parts[name], signal.SIGTERM if name == "redis" else signal.SIGKILL)


class Reporter(threading.Thread):
    """Sends the reports that the load left out, one at a time, again until each has its receipt."""

    def __init__(self, machine, context, share, own, skip):
        super().__init__(daemon=True)
        self.acks, self.stopping, self.failed = [], False, None
        self.left = [(j % own * REPORTERS + r, j // own % GROUPS, j // own // GROUPS)
                     for j in range(share, own * GROUPS * MONTHS) for r in range(REPORTERS)][skip:]
        self.link = dealer(context, "ipc://" + machine.path("units"), machine.public.encode(), machine.reporter)

    def message(self, number):
        unit, group, month = self.left[number]
        things = "things_%d_" % (group + 1)
        return push.encode("UnitRequest", dict(version=1, request_id=number + 1, province=PROVINCE, push={"reports": [{
            "unit": "U%04d" % (unit + 1), "group": "g%d" % (group + 1),
            "period": "%d-%02d" % (FIRST_YEAR + month // 12, month % 12 + 1), "reason": "synthetic",
            "figures": [{"measure": things + "all", "count": 1000 + number},
                        {"measure": things + "done", "count": 900}]}]}))

    def answered(self, number):
        """True when the answer of this report is there and final."""
        data = self.link.recv(zmq.NOBLOCK)
        reply = push.decode("UnitReply", data)
        if reply["request_id"] != number + 1 or "receipts" not in reply:
            return False
        outcome = push.outcome_of(reply["receipts"]["receipts"][0])
        if outcome not in ("ACCEPTED", "DUPLICATE", "RETRY_LATER"):
            raise Broken("report %d: %s" % (number, reply))
        return outcome != "RETRY_LATER"

    def run(self):
        try:
            for number in range(len(self.left)):
                first = time.monotonic()
                self.one(number)
                if self.stopping:
                    return
                self.acks.append((first, time.monotonic()))
                time.sleep(0.01)
            raise Broken("no report is left to send")
        except (Broken, push.Malformed, zmq.ZMQError) as why:
            self.failed = why

    def one(self, number):
        message, due = self.message(number), 0.0
        while not self.stopping:
            if time.monotonic() >= due:
                due = time.monotonic() + AGAIN_S
                self.link.send(message, zmq.NOBLOCK)
            if self.link.poll(20) and self.answered(number):
                return

    def next_after(self, moment, seconds=120):
        """Seconds from a moment to the first acknowledgement of what was sent, first or again, after it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.failed is not None:
                raise self.failed
            # The report that was on its way at the moment may have been acknowledged before the kill took effect.
            for first, answer in self.acks[-20:]:
                if first > moment or answer > moment + 0.2:
                    return answer - moment
            time.sleep(0.005)
        raise Broken("no acknowledgement in %d s" % seconds)


def fill(machine, options, units):
    scratch = machine.path("programme")
    subprocess.run([ROOT + "/bench/programme", scratch, str(units)], check=True)
    with open(machine.path("begin.play"), "w", encoding="ascii") as out:
        out.write("clock 2026-02-10 08:00\nprogramme %s\n" % scratch)
    env = dict(os.environ, DONDOC_REDIS="unix:" + machine.path("redis/redis.sock"), DONDOC_PROVINCE=PROVINCE,
               DONDOC_SERVER_KEY=machine.public)
    done = subprocess.run([machine.build + "/bin/dondoc", "play", machine.path("begin.play"), "--server",
                           "ipc://" + machine.path("units"), "--key", machine.path("reporter.key"), "--ops-server",
                           "ipc://" + machine.path("ops"), "--ops-key", machine.path("ops.key")], env=env,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken("dondoc play: %s %s" % (done.stdout, done.stderr))
    began = time.monotonic()
    done = subprocess.run([machine.build + "/bench/load", "flood", "--reporters", str(REPORTERS), "--window", "16",
                           "--reports", str(options.reports), "--units", str(units), "--out", machine.path("load.json"),
                           "--server", "ipc://" + machine.path("units"), "--server-key", machine.public, "--key",
                           machine.path("reporter.key"), "--redis", env["DONDOC_REDIS"]],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken("bench/load: %s" % done.stderr)
    with open(machine.path("load.json"), encoding="ascii") as source:
        print("million: filled in %.0f s: %s" % (time.monotonic() - began, source.read().strip()))


def files_say(machine):
    total = sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(machine.path("redis"))
                for name in names)
    with open(machine.path("redis.log"), encoding="utf-8", errors="replace") as source:
        text = source.read()
    loaded = re.findall(r"DB loaded from [^\n]*: ([0-9.]+) seconds", text)
    return "files %.0f MiB, last load %s s" % (total / 1048576, loaded[-1] if loaded else "?")


def everything(machine):
    machine.redis_kill()
    for name in SERVICES:
        end(machine.parts[name])
    machine.parts["redis"].wait(20)
    machine.redis_start()
    for name in SERVICES:
        machine.service_start(name)


def redis_alone(machine):
    machine.redis_kill()
    machine.parts["redis"].wait(20)
    machine.redis_start()


def measure(machine, reporter, what, act, tries):
    took = []
    for _ in range(tries):
        moment = time.monotonic()
        act(machine)
        took.append(reporter.next_after(moment))
        print("million: %s: next acknowledgement after %.2f s (%s)" % (what, took[-1], files_say(machine)), flush=True)
        time.sleep(2)
    return statistics.median(took)


def receipts_count(machine):
    redis = machine.redis_wait()
    count = int(redis.call("HLEN", KEY + "receipts"))
    redis.close()
    return count


def receipts_wrong(machine, reporter, before):
    """What was acknowledged stands, each once; one that has no answer yet may stand, too."""
    have, want = receipts_count(machine), before + len(reporter.acks)
    print("million: %d receipts, %d acknowledged" % (have, want))
    return have not in (want, want + 1)


def run(options, directory):
    units = REPORTERS * -(-options.reports // (REPORTERS * GROUPS * MONTHS))
    share = options.reports // REPORTERS
    if units * GROUPS * MONTHS - options.reports < 3000:  # the reporter needs some
        units += REPORTERS
    machine = Machine(options.build, directory)
    context = zmq.Context()
    reporter = None
    try:
        machine.keys_make()
        machine.redis_start()
        machine.redis_wait().close()
        for name in SERVICES:
            machine.service_start(name)
        if not options.reuse:
            fill(machine, options, units)
        before = receipts_count(machine)
        reporter = Reporter(machine, context, share, units // REPORTERS, before - share * REPORTERS)
        reporter.start()
        reporter.next_after(time.monotonic())
        medians = [(what, measure(machine, reporter, what, act, options.tries))
                   for what, act in (("redis killed", redis_alone), ("everything killed", everything))]
        reporter.stopping = True
        reporter.join(5)
        bad = receipts_wrong(machine, reporter, before)
        for what, median in medians:
            bad |= median > options.limit
            print("%sok million %s: median %.2f s of %d, limit %.1f s" % (
                "" if median <= options.limit else "not ", what.replace(" ", "-"), median, options.tries, options.limit))
        return 1 if bad else 0
    finally:
        if reporter is not None:
            reporter.stopping = True
            reporter.join(5)
            reporter.link.close()
        machine.stop()
        context.destroy(linger=0)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--build", default="build", help="where bin/ and bench/load are")
    p.add_argument("--reports", type=int, default=1000000)
    p.add_argument("--tries", type=int, default=3)
    p.add_argument("--limit", type=float, default=5.0, help="seconds")
    p.add_argument("--keep", action="store_true", help="keep the data directory")
    p.add_argument("--reuse", default="", help="a data directory that --keep left, instead of filling one")
    options = p.parse_args()
    directory = options.reuse or tempfile.mkdtemp(prefix="dd-m", dir=os.environ.get("TMPDIR") or "/tmp")
    code = 1
    try:
        code = run(options, directory)
    except (Broken, resp.Lost, resp.Wrong, OSError, subprocess.SubprocessError) as why:
        print("million: BROKEN: %s" % why)
    if code == 0 and not options.keep and not options.reuse:
        shutil.rmtree(directory, ignore_errors=True)
    else:
        print("million: kept %s" % directory)
    return code


if __name__ == "__main__":
    sys.exit(main())
