#!/usr/bin/python3
"""rounds - random faults under load; what was seen goes into histories for checker.py.

    rounds.py --out DIR [--seed N] [--rounds N] [--build DIR] ...

Each round: units push and correct, leaders watch, the operator sets the clock forward (by days, through due dates), holds
and releases, and 3 to 6 faults happen, drawn from the seed: kill -9 of a service or of Redis, a power cut
(tests/faults/cut), Redis dying at the k-th write/fdatasync/rename of its files, a rewrite of the files, a service stopped
for a while, a link that delays, loses, resets, flips or cuts. In the middle of it the province is read in one MULTI (a
dump). Then everything is healed, the load rests, all must drain, and a second dump is taken.

The seed decides what is done; the machine's timing decides where it hits. --out gets units.jsonl, leaders.jsonl,
faults.jsonl, dumps/*.json. Exit 0: ran to its end (checker.py judges), 1: something broke that must never break.
"""

import argparse
import base64
import datetime
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import zmq

sys.dont_write_bytecode = True  # nothing is left in the source
import resp
from disturb import Disturb
from sides import History, Leaders, Ops, Units, push
from stack import FAULTS, PROVINCE, SERVICES, Broken, Stack, end

COMMUNES = ["XK%d" % (101 + i) for i in range(24)]
DISTRICTS = ["HZ%d" % (1 + i) for i in range(4)]
LEADERS = ["chair", "council", "duty"] + ["desk-" + u for u in DISTRICTS] + ["head-" + u for u in DISTRICTS + COMMUNES]
PERIODS = ["%d-%02d" % (y, m) for y in (2023, 2024) for m in range(1, 13)]
LATER = ["2025-%02d" % m for m in range(1, 13)]  # fall due while the clock goes forward
DAY_MS = 86400000
START_MS = 1738546200000  # Monday, 2025-02-03 08:30: January's reports are due on Friday
OVERLAP = 200  # entries of a journal that two dumps have in common
RATE = 0.2  # chance of a push, a key and turn of 10 ms or less
WEIGHTS = {"kill": 10, "redis": 12, "rewrite_and_die": 2, "rewrite": 2, "stop": 2, "link": 8, "eio": 2, "restart": 2,
           "box": 3, "second": 4, "frozen": 2, "recovery": 3, "sync_lost": 2, "flip": 1, "swizzle": 2, "hints": 3,
           "trim": 2, "days": 4, "hold": 4, "pause": 2}
IMPOSTORS = {"head-XK124": b"XK101", "head-XK123": b"XK102"}  # second devices, and what their connections announce
KEY = "dondoc:{%s}:" % PROVINCE
OPS = "dondoc:ops:"


def text_of(value):
    """Redis' answer as JSON: texts as texts, other bytes as {"b64": …}."""
    if isinstance(value, list):
        return [text_of(v) for v in value]
    if isinstance(value, bytes):
        try:
            return value.decode("ascii")
        except UnicodeDecodeError:
            return {"b64": base64.b64encode(value).decode()}
    return value


class Run(Disturb):
    text_of = staticmethod(text_of)

    def __init__(self, options):
        self.options = options
        self.chance = random.Random(options.seed)
        self.directory = tempfile.mkdtemp(prefix="dd-f", dir=os.environ.get("TMPDIR") or "/tmp")
        self.stack = Stack(options, self.directory, self.chance)
        self.context = zmq.Context()
        shutil.rmtree(options.out + "/dumps", ignore_errors=True)  # of a run before
        os.makedirs(options.out + "/dumps")
        self.faults = History(options.out + "/faults.jsonl")
        # In some runs nobody has reported when it is due: a whole level is silent.
        self.slow = datetime.timedelta(12 if options.seed % 3 == 2 else 0)
        self.began = time.monotonic()
        self.counts = {}
        self.dumps = 0
        self.slowest = 0.0
        self.drains = []
        self.units = self.leaders = self.ops = None
        self.seen = [0, 0]
        self.archive, self.archived, self.trimmed, self.chains = History(options.out + "/archive.jsonl"), 0, 0, {}
        self.hints_held = False  # until the round is drained

    # ---- setting up ----

    def keys_make(self):
        stack = self.stack
        public, secret = (k.decode() for k in zmq.curve_keypair())
        push.key_write(stack.path("service.key"), public, secret)
        stack.service_public = public
        lines = ["%s role=service name=services" % public]
        keys = {}

        def key(name, rest):
            keys[name] = zmq.curve_keypair()
            lines.append("%s %s" % (keys[name][0].decode(), rest))

        key("ops", "role=ops name=ops")
        push.key_write(stack.path("ops.key"), *(k.decode() for k in keys["ops"]))
        scopes = {"sys-%d" % (i + 1): COMMUNES[i * 6:i * 6 + 6] for i in range(4)}
        scopes["sys-2"] = scopes["sys-2"] + [COMMUNES[0]]  # two keys report for one commune
        for name, scope in scopes.items():
            key(name, "role=unit name=%s scope=%s" % (name, ",".join(scope)))
        for name in LEADERS:
            key(name, "role=leader name=" + name)
        for name in IMPOSTORS:
            key("impostor " + name, "role=leader name=" + name)
        with open(stack.path("keyring"), "w", encoding="ascii") as out:
            out.write("\n".join(lines) + "\n")
        return keys, scopes

    def start(self):
        stack, options = self.stack, self.options
        keys, scopes = self.keys_make()
        stack.redis.launch()
        stack.redis.wait_ready()
        stack.relays_start()
        for name in SERVICES:
            self.service_start(name)
        server = stack.service_public.encode()
        if options.simulated:
            self.ops = Ops(self.context, "ipc://" + stack.path("ops"), server, keys["ops"], self.faults)
            self.ops.start()
            self.ops.clock(START_MS)
            while not self.ops.idle():
                self.look()
                time.sleep(0.02)
        put = [stack.build + "/bin/dondoc", "programme", "put", FAULTS + "/programme", "--server",
               "ipc://" + stack.path("ops"), "--key", stack.path("ops.key"), "--province", PROVINCE, "--lang", "en"]
        env = dict(os.environ, DONDOC_SERVER_KEY=stack.service_public,
                   DONDOC_REDIS="unix:" + stack.redis.socket)
        for attempt in range(10):
            done = subprocess.run(put, env=env, capture_output=True, text=True, timeout=60)
            if done.returncode == 0:
                break
            time.sleep(0.3)
        else:
            raise Broken("dondoc programme put: %s %s" % (done.stdout, done.stderr))
        self.units = Units(self.context, "ipc://" + stack.path("units"), server, History(options.out + "/units.jsonl"),
                           PERIODS + (LATER if options.simulated else []))
        for name, scope in scopes.items():
            self.units.add(name, scope, keys[name], self.chance.getrandbits(40))
        self.leaders = Leaders(self.context, "ipc://" + stack.path("leaders"), server,
                               History(options.out + "/leaders.jsonl"))
        self.leaders.day = self.ops.day if self.ops is not None else None
        for name in LEADERS:
            self.leaders.add(name, keys[name])
        for name, pretends in IMPOSTORS.items():
            self.leaders.add_impostor(name, keys["impostor " + name], pretends)
        self.faults.put("rounds", "ok", "leaders", names=LEADERS)
        self.units.start()
        self.leaders.start()

    def service_start(self, part):
        self.faults.put("rounds", "ok", "start", part=part)
        self.stack.service_start(part)

    # ---- looking ----

    def dump(self, kind):
        """The province in one instant; None when Redis is away. Journals and inboxes from a little before the last
        dump on; all of them, and the receipts, when kind is "end"."""
        reports, alerts = ("-", "-") if kind == "end" else (str(max(1, n - OVERLAP)) for n in self.seen)
        wanted = [("XRANGE", KEY + "reports", reports, "+"), ("XRANGE", KEY + "alerts", alerts, "+")]
        wanted += [("HGETALL", KEY + n) for n in ("head", "told", "missing", "due", "checkpoint:scorer", "checkpoint:notifier",
                                                "ladder", "rows", "hold", "held")]
        wanted += [("XRANGE", KEY + n, "-", "+") for n in ("parked", "parked:notifier")]
        wanted += [("HGETALL", KEY + n + ":" + u) for u in COMMUNES for n in ("facts", "scores")]
        wanted += [("XRANGE", KEY + "inbox:" + leader, alerts, "+") for leader in LEADERS]
        wanted += [("HGETALL", KEY + "receipts")] if kind == "end" else []
        wanted += [("HGETALL", OPS + s + i) for s in SERVICES for i in (":1", ":2")]
        try:
            redis = resp.Redis(self.stack.redis.socket)
            if kind != "live":  # nothing moves
                for name in ("digest", "alert"):
                    wanted += [("HGETALL", k.decode()) for k in sorted(redis.call("KEYS", KEY + name + ":*"))]
            answers = redis.together(wanted)
            redis.close()
        except (resp.Lost, resp.Wrong):
            return None
        self.dumps += 1
        content = {c[1][len(KEY):] if c[1].startswith(KEY) else c[1]: text_of(a) for c, a in zip(wanted, answers)}
        content["t"] = time.monotonic()
        content["from"] = [0 if n == "-" else int(n) for n in (reports, alerts)]
        self.seen = [int(a[-1][0].split(b"-")[0]) if a else 0 for a in answers[:2]]
        path = "%s/dumps/%05d-%s.json" % (self.options.out, self.dumps, kind)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(content, out)
        return content

    def probe_epoch(self):
        """A call as an instance would make it that was overtaken: the answer must be FENCED."""
        redis = resp.Redis(self.stack.redis.socket)
        version = self.stack.functions_version
        for service in ("scorer", "notifier"):
            mark = redis.call("HGETALL", KEY + "checkpoint:" + service)
            mark = dict(zip(mark[::2], mark[1::2]))
            epoch = int(redis.call("GET", KEY + "epoch:" + service))
            if not mark:
                continue
            try:
                answer = redis.call("FCALL", "dd_apply_" + version, 2, KEY + "epoch:" + service,
                                    KEY + "checkpoint:" + service, version, epoch - 1, mark[b"seq"], mark[b"seq"], mark.get(b"out", b"0"),
                                    mark.get(b"programme", b""), mark.get(b"tick", b"0"), mark.get(b"updated", b""), "")
                word = answer[0].decode()
            except resp.Wrong as why:
                word = str(why)
            self.faults.put(service, "fail" if word == "FENCED" else "ok", "stale-epoch", answer=word, epoch=epoch - 1,
                            present=epoch)
        redis.close()

    def drained(self):
        try:
            redis = resp.Redis(self.stack.redis.socket)
            head = int(redis.call("HGET", KEY + "head", "seq") or 0)
            scorer = redis.call("HMGET", KEY + "checkpoint:scorer", "seq", "out")
            notifier = int(redis.call("HGET", KEY + "checkpoint:notifier", "seq") or 0)
            behind = []
            for name in self.leaders.all:
                last = redis.call("XREVRANGE", KEY + "inbox:" + name, "+", "-", "COUNT", "1")
                if last:
                    seq, index = last[0][0].decode().split("-")
                    if self.leaders.all[name].last < int(seq) * 1024 + int(index):
                        behind.append(name)
            redis.close()
        except (resp.Lost, resp.Wrong) as why:
            return "redis: %s" % why
        if not self.units.idle():
            return "units wait for %d receipts" % sum(len(p.ops) for u in self.units.all for p in u.pushes)
        if not self.leaders.idle():
            return "leaders wait for their acts"
        if self.ops is not None and not self.ops.idle():
            return "the operator waits for %s" % self.ops.queue[0]
        if int(scorer[0] or 0) != head:
            return "scorer at %s of %d" % (scorer[0], head)
        if notifier != int(scorer[1] or 0):
            return "notifier at %d of %s" % (notifier, scorer[1])
        if behind:
            return "leaders wait: %s" % " ".join(behind)
        return None

    def drain(self):
        began = time.monotonic()
        waited = why = None
        while True:
            waited = why or waited
            why = self.drained()
            took = time.monotonic() - began
            if why is None:
                self.faults.put("rounds", "ok", "drained", seconds=round(took, 3), last=waited)
                self.slowest = max(self.slowest, took)
                self.drains.append(took)
                return True
            if took > self.options.drain_wait:
                self.faults.put("rounds", "fail", "drained", seconds=round(took, 3), why=why)
                return False
            self.look()
            time.sleep(0.05)

    def look(self):
        self.stack.services_look()
        for side in (self.units, self.leaders, self.ops):
            if side is not None and side.failed is not None:
                raise side.failed
        if time.monotonic() - self.began > self.options.max_seconds:
            raise Broken("longer than --max-seconds %d" % self.options.max_seconds)

    def pause(self, seconds):
        """Waits; a Redis that was armed may die meanwhile and comes back."""
        until = time.monotonic() + seconds
        while True:
            self.look()
            if self.stack.redis.process.poll() is not None:
                self.redis_back()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.05))

    # ---- faults ----

    def note(self, what, /, **more):
        self.counts[what] = self.counts.get(what, 0) + 1
        self.faults.put("rounds", "info", what, **more)

    def redis_back(self, armed=None, cut=None):
        redis = self.stack.redis
        while True:
            if redis.process.poll() is not None and redis.armed:
                redis.ended()
                self.note("redis-died-at", where=redis.armed)
                cut = self.chance.random() < 0.5 if cut is None else cut
            if cut:
                self.note("power-cut", files=redis.cut(self.chance.getrandbits(30)))
            if self.chance.random() < 0.3:
                time.sleep(self.chance.random() * 0.3)
            redis.launch(armed)
            if redis.wait_ready():
                return
            armed = cut = None

    def fault_kill(self):
        name = self.chance.choice(SERVICES)
        self.note("kill-" + name)
        end(self.stack.parts[name])
        self.stack.parts[name] = None
        self.pause(self.chance.random() * 0.4)
        self.service_start(name)

    def fault_redis(self):
        cut = self.chance.random() < 0.6
        self.note("kill-redis", cut=cut)
        self.stack.redis.kill()
        armed = None
        if self.chance.random() < 0.4:
            call = self.chance.choice(("write", "write", "fdatasync"))
            when = self.chance.choice(("before", "after") + (("middle",) if call == "write" else ()))
            armed = "%s:%d:%s" % (call, self.chance.randint(1, 300), when)
        self.redis_back(armed, cut)

    def fault_rewrite_and_die(self):
        """Redis dies while it puts new files in place of the old."""
        self.note("rewrite-and-die")
        self.stack.redis.kill()
        call, most = self.chance.choice((("rename", 6), ("ftruncate", 2), ("fdatasync", 60)))
        self.redis_back("%s:%d:%s" % (call, self.chance.randint(1, most), self.chance.choice(("before", "after"))), False)
        self.rewrite()
        self.pause(0.3)

    def fault_eio(self):
        """An fdatasync fails: Redis ends, the kernel counts the pages as written, and they are not."""
        self.note("eio")
        self.stack.redis.kill()
        self.redis_back("eio:%d" % self.chance.randint(5, 60), False)
        redis, until = self.stack.redis, time.monotonic() + 2
        while redis.process.poll() is None and time.monotonic() < until:
            self.look()
            time.sleep(0.01)
        if redis.process.poll() is not None:
            self.redis_back(cut=False)  # back at once, its files written anew by etc/redis-start
            self.pause(0.3 + self.chance.random() * 0.3)
            redis.kill()
            self.redis_back(cut=True)

    def rewrite(self):
        try:
            redis = resp.Redis(self.stack.redis.socket)
            redis.call("BGREWRITEAOF")
            redis.close()
        except (resp.Lost, resp.Wrong):
            pass

    def fault_rewrite(self):
        self.note("rewrite")
        self.rewrite()

    def fault_stop(self):
        name = self.chance.choice(SERVICES)
        self.note("stop-" + name)
        process = self.stack.parts[name]
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.1 + self.chance.random() * 0.6)
        process.send_signal(signal.SIGCONT)

    def fault_link(self):
        name = self.chance.choice(sorted(self.stack.relays))
        # RESP carries no checksum: on a link to Redis a changed bit is TCP's business.
        what = self.chance.choice(["delay 60", "hole both", "hole up", "hole down", "reset", "cut", "refuse", "half"] +
                                  ([] if name.startswith("redis") else ["flip"]))
        self.note("link-" + what.replace(" ", "-").replace("-60", ""), link=name)
        relay = self.stack.relays[name]
        relay.say(what)
        if what != "reset":
            self.pause(0.1 + self.chance.random() * 0.6)
            relay.say("heal")

    # ---- the operator ----

    def fault_days(self):
        """The clock goes on by some days: reports fall due, problems climb, digests go out."""
        if self.ops is not None:
            days = self.chance.randint(1, 3)
            self.note("days", days=days)
            self.ops.clock(self.ops.wanted_ms + days * DAY_MS)

    def fault_hold(self):
        """Everything is held back, a little later released or not: then it ends by itself."""
        if self.ops is None:
            return
        self.note("hold")
        until = self.ops.day() + datetime.timedelta(self.chance.randint(0, 3))
        self.ops.act("hold", note="a test", until=until.isoformat())
        self.pause(self.chance.random() * 0.6)
        if self.chance.random() < 0.5:
            self.release()

    def release(self):
        self.note("release")
        drop = self.chance.choice(("", "", "reminder", "behind,overdue"))
        self.ops.act("release", subject=self.chance.choice(("", "person")), drop=drop, note="looked at")

    def fault_pause(self):
        codes = sorted({l.code for l in self.leaders.all.values() if l.code is not None}) if self.ops else []
        if codes:
            self.note("pause")
            until = self.ops.day() + datetime.timedelta(self.chance.randint(1, 4))
            self.ops.act("pause", subject=self.chance.choice(codes), note="known", until=until.isoformat())

    def fault(self):
        only = self.options.only.split(",") if self.options.only else list(WEIGHTS)
        name = self.chance.choices(only, [WEIGHTS[n] for n in only])[0]
        getattr(self, "fault_" + name)()

    # ---- the run ----

    def round(self, number):
        self.faults.put("rounds", "invoke", "round", number=number)
        if self.ops is not None:  # an instance that starts in this round knows as much
            self.units.month = (self.ops.day() - self.slow).isoformat()[:7]
        self.units.rate = RATE
        self.pause(0.15)
        count = self.chance.randint(3, 6)
        look_after = self.chance.randrange(count)
        forward = {self.chance.randrange(count) for _ in range(2)}
        for at in range(count):
            if at in forward:
                self.fault_days()
            self.fault()
            self.pause(self.chance.random() * 0.25)
            if at == look_after:
                self.dump("live")
        for name, relay in self.stack.relays.items():
            if not self.hints_held or name not in ("hints", "alert-hints"):
                relay.say("heal")
        self.units.rate = 0.0
        for name in SERVICES:
            if self.stack.parts[name] is None:
                self.service_start(name)
        if self.stack.redis.process.poll() is not None:
            self.redis_back()
        elif self.stack.redis.armed:
            self.note("disarm")
            self.stack.redis.kill()
            self.redis_back(cut=True)
        for part in [p for p, process in self.stack.parts.items() if process is None]:
            # (its last word may have come through the relay after we ended its heartbeat)
            self.heartbeat_end(part.partition("-")[0], 2)
        drained = self.drain()
        self.hints_heal()
        if self.dump("rest") is None:
            raise Broken("redis gave no dump at rest")
        self.probe_epoch()
        return drained

    def end(self):
        if self.dump("end") is None:
            raise Broken("redis gave no dump at the end")

    def close(self):
        for side in (self.units, self.leaders, self.ops):
            if side is not None and side.is_alive():
                side.stopping = True
                side.join(10)
        self.stack.stop()
        self.context.destroy(linger=0)


def options_read():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("--out", required=True, help="directory of the histories")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rounds", type=int, default=10)
    p.add_argument("--build", default="build", help="where bin/ is")
    p.add_argument("--root", default=os.path.dirname(os.path.dirname(FAULTS)), help="where etc/ is")
    p.add_argument("--max-seconds", type=int, default=900)
    p.add_argument("--delay-us", type=int, default=0, help="every fdatasync takes so long (0: drawn, -1: none)")
    p.add_argument("--redis-option", action="append", default=[], help="'appendfsync everysec' (mutants)")
    p.add_argument("--no-repair", action="store_true", help="start Redis without etc/redis-start (a mutant)")
    p.add_argument("--only", default="", help="faults with commas: " + " ".join(WEIGHTS))
    p.add_argument("--drain-wait", type=float, default=60, help="seconds before a round is given up")
    p.add_argument("--own-clock", dest="simulated", action="store_false", help="the services' own clock: no day passes")
    p.add_argument("--keep", action="store_true", help="keep the data directory")
    return p.parse_args()


def main():
    options = options_read()
    options.out = os.path.abspath(options.out)
    run = Run(options)
    code = 0
    done = 0
    try:
        run.start()
        for number in range(1, options.rounds + 1):
            if not run.round(number):
                code = 1
                break
            done = number
        run.end()
    except (Broken, resp.Lost, resp.Wrong, OSError, subprocess.SubprocessError, push.Malformed) as why:
        run.faults.put("rounds", "fail", "broken", why=str(why))
        print("rounds: BROKEN in round %d: %s" % (done + 1, why))
        code = 1
    finally:
        run.close()
    print("rounds: seed=%d rounds=%d/%d ops=%d done=%d dumps=%d slowest_drain=%.1fs took=%.0fs" % (
        options.seed, done, options.rounds, run.units.made if run.units else 0, run.units.done if run.units else 0,
        run.dumps, run.slowest, time.monotonic() - run.began))
    print("rounds: " + " ".join("%s=%d" % kv for kv in sorted(run.counts.items())))
    with open(options.out + "/rounds.json", "w", encoding="utf-8") as out:
        json.dump({"seed": options.seed, "rounds": done, "faults": run.counts, "drains": run.drains, "code": code,
                   "extra": run.units.extra if run.units else {}, "seconds": time.monotonic() - run.began}, out)
    if code == 0 and not options.keep:
        shutil.rmtree(run.directory, ignore_errors=True)
    else:
        print("rounds: kept %s" % run.directory)
    return code


if __name__ == "__main__":
    sys.exit(main())
