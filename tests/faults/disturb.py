"""disturb - the faults of a round that need more than one process or more than one step. Mixed into rounds.Run."""

import os
import re
import signal
import socket
import subprocess
import time

import resp
from stack import PROVINCE, SERVICES, START_S, Broken, end

KEY = "dondoc:{%s}:" % PROVINCE
HEARTBEAT = "dondoc:ops:heartbeat:%s:%s"
# XADD <reports> <seq>-0 k reports b <body>, as the append-only file holds it
ENTRY = rb"dondoc:\{%s\}:reports\r\n\$\d+\r\n(\d+)-0\r\n\$1\r\nk\r\n" % PROVINCE.encode()
ANY_ENTRY = re.compile(ENTRY)
REPORTS_ENTRY = re.compile(ENTRY + rb"\$7\r\nreports\r\n\$1\r\nb\r\n\$(\d+)\r\n")
FLIP_LOOK_S = 1.5  # time enough for ingest to connect and go on, if it did
TRIM_LEAVES = 40  # entries that a trim leaves before the checkpoint
STANDOFF_S = 0.4  # two instances live side by side so long without one taking over from the other
STANDOFF_MOST_S = 6  # sooner or later (connections that Redis lost come back one by one)


def takes_signals(process):
    """A program that is being loaded dies of TERM without a word, whatever it is."""
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with open("/proc/%d/status" % process.pid, encoding="ascii", errors="replace") as source:
            caught = [line.split()[1] for line in source if line.startswith("SigCgt")]
        if caught and int(caught[0], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)


class Disturb:
    # ---- whole services ----

    def fault_restart(self):
        """As an upgrade does it: TERM, an end in good order, a new start."""
        name = self.chance.choice(SERVICES)
        self.note("restart-" + name)
        process = self.stack.parts[name]
        takes_signals(process)
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(10)
        except subprocess.TimeoutExpired:
            raise Broken("dondoc-%s did not end within 10 s of TERM" % name) from None
        if status != 0:
            raise Broken("dondoc-%s ended with status %d after TERM" % (name, status))
        self.service_start(name)

    def fault_box(self):
        """The machine loses its power, and everything starts at once."""
        self.note("whole-box")
        for name in SERVICES:
            end(self.stack.parts[name])
            self.stack.parts[name] = None
        self.stack.redis.kill()
        self.cut()
        order = list(SERVICES)
        self.chance.shuffle(order)
        for name in order[:2]:
            self.service_start(name)  # before Redis answers
        self.redis_back(cut=False)
        self.service_start(order[2])

    def epochs(self):
        redis = resp.Redis(self.stack.redis.socket)
        out = [int(redis.call("GET", KEY + "epoch:" + s) or 0) for s in ("scorer", "notifier")]
        redis.close()
        return out

    def heartbeat_end(self, service, instance):
        """What 15 s of silence do."""
        try:
            redis = resp.Redis(self.stack.redis.socket)
            redis.call("DEL", HEARTBEAT % (service, instance))
            redis.close()
        except (resp.Lost, resp.Wrong):
            pass

    def standoff(self, name):
        """Neither may take over from the other again and again: soon the epochs stand still."""
        pid, until = self.stack.redis.process.pid, time.monotonic() + STANDOFF_MOST_S
        try:
            before = self.epochs()
            while True:
                self.pause(STANDOFF_S)
                after = self.epochs()
                if after == before or time.monotonic() > until:
                    break
                before = after
        except resp.Lost:
            return
        if self.stack.redis.process.pid == pid and not self.stack.redis.armed:
            self.faults.put(name, "ok", "standoff", before=before, after=after)

    def endpoints(self, name, which):
        """Where clients of a service connect: 1, 2 or both."""
        side = {"ingest": self.units, "notifier": self.leaders}.get(name)
        if side is not None:
            front = "units" if name == "ingest" else "leaders"
            side.endpoints = ["ipc://" + self.stack.path(front if n == 1 else "b-%s-2" % front) for n in which]

    def fault_second(self):
        """A second instance beside the first; either is killed or frozen; in the end the first is alone again."""
        name = self.chance.choice(SERVICES)
        first, second = name, name + "-2"
        how = self.chance.choice(("kill-first", "kill-second", "freeze-first", "freeze-second"))
        self.note("second-%s-%s" % (name, how))
        if how == "freeze-first":  # it may hold a batch that is computed and not committed
            self.stack.parts[first].send_signal(signal.SIGSTOP)
        self.service_start(second)
        self.endpoints(name, (1, 2))
        self.pause(0.15 + self.chance.random() * 0.2)
        if how == "freeze-first":
            self.stack.parts[first].send_signal(signal.SIGCONT)
            self.pause(0.1)
        self.standoff(name)
        if how == "freeze-second":
            self.stack.parts[second].send_signal(signal.SIGSTOP)
            self.heartbeat_end(name, 2)
            self.pause(0.3 + self.chance.random() * 0.9)
            self.stack.parts[second].send_signal(signal.SIGCONT)
            self.pause(0.15)
        if how == "kill-first":
            end(self.stack.parts[first])
            self.stack.parts[first] = None
            self.endpoints(name, (2,))
            self.pause(0.3)
            self.endpoints(name, (1, 2))
            self.service_start(first)  # takes over from the second
            self.pause(0.15)
        end(self.stack.parts[second])
        self.stack.parts[second] = None
        self.endpoints(name, (1,))
        self.heartbeat_end(name, 2)

    # ---- Redis ----

    def fault_frozen(self):
        """Redis gives no answer for a while, and goes on."""
        self.note("freeze-redis")
        for sig in (signal.SIGSTOP, signal.SIGCONT):
            for pid in self.stack.redis.pids():
                try:
                    os.kill(pid, sig)
                except ProcessLookupError:
                    pass
            if sig == signal.SIGSTOP:
                time.sleep(self.chance.choice((0.2, 0.4, 0.6, 0.8, 2.0)))

    def fault_recovery(self):
        """Power cuts while Redis comes back from one: in the check, while it loads, at its first writes."""
        redis = self.stack.redis
        self.note("power-cut-in-recovery")
        redis.kill()
        self.cut()
        for _ in range(self.chance.randint(1, 2)):
            if self.chance.random() < 0.5:
                call = self.chance.choice(("write", "fdatasync"))
                redis.launch("%s:%d:%s" % (call, self.chance.randint(1, 3), self.chance.choice(("before", "after"))))
                until = time.monotonic() + 0.6
                while redis.process.poll() is None and time.monotonic() < until:
                    time.sleep(0.005)
            else:
                redis.launch()
                time.sleep(self.chance.random() * 0.12)
            redis.kill(wrapper=True)
            self.cut()
        self.redis_back(cut=False)

    def alive(self):
        """Does Redis answer? Asked without writing anything."""
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(1.0)
        try:
            link.connect(self.stack.redis.socket)
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
        except OSError:
            return False
        finally:
            link.close()

    def died(self, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.stack.redis.process.poll() is not None:
                return True
            time.sleep(0.005)
        return False

    def fault_sync_lost(self):
        """Killed between write and sync; what it then reads back was never on disk, and the power goes before any
        sync. Whoever believed a read before his first write has promised too much."""
        redis = self.stack.redis
        self.note("killed-before-sync")
        for name in ("scorer", "notifier"):
            self.stack.parts[name].send_signal(signal.SIGSTOP)
        redis.kill()
        redis.launch("fdatasync:%d:before" % self.chance.randint(4, 30))
        if redis.wait_ready() and not self.died(1.5):
            redis.kill()
        redis.launch("fdatasync:1:before")
        until = time.monotonic() + START_S
        while redis.process.poll() is None and not self.alive() and time.monotonic() < until:
            time.sleep(0.01)
        if not self.died(2.5):
            redis.kill()
        self.cut()
        self.redis_back(cut=False)
        for name in ("scorer", "notifier"):
            self.stack.parts[name].send_signal(signal.SIGCONT)

    def cut(self):
        self.note("power-cut", files=self.stack.redis.cut(self.chance.getrandbits(30)))

    # ---- the journal gets shorter ----

    def trim(self, redis, up_to, mark):
        """Exports what nobody exported yet, then asks dd_trim; its first word."""
        for ident, fields in redis.call("XRANGE", KEY + "reports", self.archived + 1, up_to):
            self.archive.put("archive", "ok", "row", row=[ident.decode(), self.text_of(fields)])
            self.archived = int(ident.split(b"-")[0])
            self.chains[self.archived] = dict(zip(fields[::2], fields[1::2]))[b"h"]
        version = self.stack.functions_version
        try:
            answer = redis.call("FCALL", "dd_trim_" + version, 4, KEY + "reports", KEY + "head",
                                KEY + "checkpoint:scorer", KEY + "parked", version,
                                redis.call("HGET", KEY + "head", "seq"), up_to, self.chains[up_to])[0].decode()
        except resp.Wrong as why:
            answer = str(why)
        self.faults.put("redis", "ok" if answer == "OK" else "fail", "dd_trim", answer=answer, up_to=up_to,
                        checkpoint=mark)
        return answer

    def fault_trim(self):
        """The scorer is behind: what it has not read must stay. What it has read may go, the newest excepted."""
        self.note("trim")
        scorer = self.stack.parts["scorer"]
        scorer.send_signal(signal.SIGSTOP)
        self.pause(0.15)
        try:
            redis = resp.Redis(self.stack.redis.socket)
            mark = int(redis.call("HGET", KEY + "checkpoint:scorer", "seq") or 0)
            for _ in range(5):
                head = int(redis.call("HGET", KEY + "head", "seq") or 0)
                if head - 1 <= mark or self.trim(redis, head - 1, mark) != "HEAD":
                    break
            for _ in range(5):
                up_to = min(mark, int(redis.call("HGET", KEY + "head", "seq") or 0)) - TRIM_LEAVES
                if up_to <= self.trimmed:
                    break
                answer = self.trim(redis, up_to, mark)
                if answer != "HEAD":
                    self.trimmed = up_to if answer == "OK" else self.trimmed
                    break
            redis.close()
        except resp.Lost:
            pass
        scorer.send_signal(signal.SIGCONT)

    # ---- a changed byte ----

    def flip_place(self):
        """A byte of the framing in the first part of the last incremental file; None: it is too short."""
        path = self.stack.redis.incremental()
        with open(path, "rb") as source:
            data = source.read()
        places = [m.start() + 1 for m in re.finditer(rb"\n[$*]", data[:len(data) * 3 // 4])]
        return (path, self.chance.choice(places)) if len(places) > 20 else None

    @staticmethod
    def flip_bit(path, at, bit):
        with open(path, "r+b") as out:
            out.seek(at)
            byte = out.read(1)[0]
            out.seek(at)
            out.write(bytes([byte ^ bit]))

    def fault_flip(self):
        """One changed bit. In the framing: Redis must not start on it. In a report that the scorer has not sealed:
        Redis starts, and nothing may be acknowledged behind it. Then the byte is what it was, as a backup brings it."""
        if self.chance.random() < 0.5:
            self.flip_framing()
        else:
            self.flip_report()

    def flip_framing(self):
        redis = self.stack.redis
        redis.kill()
        place = self.flip_place()
        if place is not None:
            path, at = place
            bit = 1 << self.chance.randrange(7)
            where = "%s offset %d" % (os.path.basename(path), at)
            self.note("flipped-framing", where=where)
            self.flip_bit(path, at, bit)
            self.launch_and_look()
            started = redis.process.poll() is None
            self.faults.put("redis", "ok" if started else "fail", "start-on-flipped", where=where,
                            status=redis.process.poll())
            if started:
                return  # nobody noticed: the checker will
            self.flip_bit(path, at, bit)
        self.redis_back(cut=False)

    def launch_and_look(self):
        redis = self.stack.redis
        redis.launch()
        until = time.monotonic() + START_S
        while redis.process.poll() is None and not self.alive() and time.monotonic() < until:
            time.sleep(0.01)

    def report_place(self, sealed):
        """A byte in the body of an entry of the journal behind `sealed`: (path, offset, entry, the file's last one)."""
        path = self.stack.redis.incremental()
        with open(path, "rb") as source:
            data = source.read()
        found = []
        for match in REPORTS_ENTRY.finditer(data):
            seq, size = int(match[1]), int(match[2])
            if seq > sealed and size > 8 and match.end() + size < len(data):
                found.append((path, match.end() + self.chance.randrange(size), seq))
        last = max((int(m[1]) for m in ANY_ENTRY.finditer(data)), default=0)
        return self.chance.choice(found) + (last,) if found else None

    def flip_report(self):
        redis, scorer = self.stack.redis, self.stack.parts["scorer"]
        scorer.send_signal(signal.SIGSTOP)
        self.pause(0.25)
        try:
            link = resp.Redis(redis.socket)
            sealed = int(link.call("HGET", KEY + "checkpoint:scorer", "sealed") or 0)
            link.close()
        except resp.Lost:
            sealed = None
        redis.kill()
        place = self.report_place(sealed) if sealed is not None else None
        if place is not None:
            path, at, entry, head = place
            bit = 1 << self.chance.randrange(8)
            self.note("flipped-report", entry=entry, sealed=sealed)
            self.flip_bit(path, at, bit)
            self.launch_and_look()
            time.sleep(FLIP_LOOK_S)
            after = self.head_of(redis.socket)
            self.faults.put("ingest", "fail" if after == head else "ok", "append-on-flipped", entry=entry, head=head,
                            after=after)
            redis.kill()
            self.flip_bit(path, at, bit)
        self.redis_back(cut=False)
        scorer.send_signal(signal.SIGCONT)
        self.stack.parts["ingest"].send_signal(signal.SIGHUP)  # look again: it was mended

    @staticmethod
    def head_of(path):
        try:
            link = resp.Redis(path)
            seq = int(link.call("HGET", KEY + "head", "seq") or 0)
            link.close()
            return seq
        except resp.Lost:
            return None

    # ---- links ----

    def fault_swizzle(self):
        """Links go one by one and come back in another order."""
        self.note("swizzle")
        names = sorted(self.stack.relays)
        self.chance.shuffle(names)
        for name in names:
            self.stack.relays[name].say(self.chance.choice(("hole both", "refuse", "hole up", "hole down")))
            self.pause(self.chance.random() * 0.08)
        self.chance.shuffle(names)
        for name in names:
            self.stack.relays[name].say("heal")
            self.pause(self.chance.random() * 0.08)

    def fault_hints(self):
        """No hint arrives any more, the last one included, until all is drained: the sweep must find everything."""
        self.note("hints-lost")
        self.hints_held = True
        for name in ("hints", "alert-hints"):
            self.stack.relays[name].say("hole both")

    def hints_heal(self):
        if self.hints_held:
            self.hints_held = False
            for name in ("hints", "alert-hints"):
                self.stack.relays[name].say("reset")  # what waited in it is gone
                self.stack.relays[name].say("heal")
