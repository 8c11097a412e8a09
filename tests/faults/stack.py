"""stack - the processes of a round: Redis with the shim, the three services, the relays between them.

All in one short directory, all on Unix sockets; each process dies with the thread that started it, and is ended by its
process id.
"""

import ctypes
import glob
import os
import re
import signal
import subprocess
import time

import resp

FAULTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FAULTS))
PROVINCE = "faults"
SERVICES = ("ingest", "scorer", "notifier")
START_S = 20
SWEEP_MS = 200  # how soon a service looks without a hint
libc = ctypes.CDLL(None)


class Broken(Exception):
    """Something that must never happen did: the run ends as a violation."""


def die_with_parent():
    libc.prctl(1, signal.SIGKILL)


def lives(pid):
    """False for a zombie, too: it holds no lock, and who inherits it may take its time."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as source:
            return source.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def spawn(argv, log, env=None, stdin=subprocess.DEVNULL, stdout=None):
    with open(log, "ab") as out:
        return subprocess.Popen(argv, stdin=stdin, stdout=out if stdout is None else stdout, stderr=out, env=env,
                                preexec_fn=die_with_parent)


def end(process, sig=signal.SIGKILL):
    if process is not None and process.poll() is None:
        process.send_signal(sig)
        process.send_signal(signal.SIGCONT)
    if process is not None:
        process.wait(20)


class Relay:
    def __init__(self, stack, name, front, back):
        self.name = name
        self.process = spawn([stack.build + "/tests/faults/relay", "--seed", str(stack.chance.getrandbits(30)),
                              "unix:" + front, "unix:" + back], stack.dir + "/relay.log", stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE)
        if self.process.stdout.readline().strip() != b"ready":
            raise Broken("relay %s did not start" % name)

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        if self.process.stdout.readline() != b"ok\n":
            raise Broken("relay %s: %s" % (self.name, line))


class Server:
    """redis-server under etc/redis-start (or without it: a mutant), with powercut.so."""

    def __init__(self, stack):
        self.stack = stack
        self.dir, self.side = stack.dir + "/redis", stack.dir + "/durable"
        self.socket = self.dir + "/redis.sock"
        self.log = stack.dir + "/redis.log"
        self.process = None
        self.armed = None
        self.bgrewrite = False
        for path in (self.dir, self.side):
            os.makedirs(path, exist_ok=True)

    def env(self):
        env = dict(os.environ, LC_ALL="C", LD_PRELOAD=self.stack.build + "/tests/faults/powercut.so",
                   DONDOC_POWERCUT=self.side)
        # A slow disk makes batches large and the time between write and sync long.
        delay = self.stack.options.delay_us
        if delay == 0:
            delay = self.stack.chance.choices((0, 20000, 50000), (75, 22, 3))[0]
        if delay > 0:
            env["DONDOC_POWERCUT_DELAY_US"] = str(delay)
        if self.armed and self.armed.startswith("eio:"):
            env["DONDOC_POWERCUT_EIO"] = self.armed[4:]
        elif self.armed:
            env["DONDOC_POWERCUT_KILL"] = self.armed
        return env

    def launch(self, armed=None):
        """Starts it; `armed` is a DONDOC_POWERCUT_KILL."""
        self.armed = armed
        options = self.stack.options
        more = [word for text in options.redis_option for word in ("--" + text).split(" ", 1)]
        if options.no_repair:
            program = "redis-server" if any(os.access(d + "/redis-server", os.X_OK)
                                            for d in os.environ["PATH"].split(":")) else "redis-check-rdb"
            argv = ["bash", "-c", "exec -a redis-server \"$0\" \"$@\"", program,
                    self.stack.root + "/etc/redis.conf", "--dir", self.dir] + more
        else:
            argv = [self.stack.root + "/etc/redis-start", self.dir, self.stack.root + "/etc/redis.conf"] + more
        self.process = spawn(argv, self.log, self.env())

    def wait_ready(self):
        """False when it ended before it answered (it was armed)."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self.ended()
                return False
            try:
                resp.Redis(self.socket).close()
                return True
            except resp.Lost:
                time.sleep(0.01)
        raise Broken("redis gave no answer in %d s; see %s" % (START_S, self.log))

    def ended(self):
        if self.process.poll() not in (None, -9, 137) and not (self.armed or "").startswith("eio"):
            with open(self.log, "rb") as log:
                tail = log.read()[-1500:].decode(errors="replace")
            raise Broken("redis-start ended with status %s:\n%s" % (self.process.poll(), tail))

    def pids(self):
        """The server and its children, not the wrapper."""
        found, look = [], [self.process.pid]
        while look:
            pid = look.pop()
            try:
                with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as source:
                    children = [int(p) for p in source.read().split()]
            except OSError:
                children = []
            found.extend(children)
            look.extend(children)
        return found or [self.process.pid]

    def incremental(self):
        """The file that is appended to."""
        return max(glob.glob(self.dir + "/appendonlydir/*.incr.aof"), key=lambda p: int(p.split(".")[-3]))

    def kill(self, wrapper=False):
        """SIGKILL to the server, its wrapper finds it dead; or to both, as when the power goes."""
        self.armed = None
        pids = self.pids()
        if wrapper and self.process.pid not in pids and self.process.poll() is None:
            pids.insert(0, self.process.pid)
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(20)
        # A child that rewrites holds the lock as long as it lives.
        until = time.monotonic() + 5
        while any(lives(pid) for pid in pids) and time.monotonic() < until:
            time.sleep(0.005)

    def cut(self, seed):
        return subprocess.run([FAULTS + "/cut", self.dir, self.side, str(seed)], check=True,
                              capture_output=True, text=True).stdout.strip().replace("\n", "; ")


class Stack:
    def __init__(self, options, directory, chance):
        self.options, self.dir, self.chance = options, directory, chance
        self.build = os.path.abspath(options.build)
        self.root = os.path.abspath(options.root)
        self.redis = Server(self)
        self.parts = dict.fromkeys(SERVICES)
        self.relays = {}
        with open(self.root + "/lib/functions.lua", encoding="utf-8") as source:
            self.functions_version = re.search(r"^local VERSION = '(\d+)'", source.read(), re.M)[1]

    def path(self, name):
        return "%s/%s" % (self.dir, name)

    def relays_start(self):
        links = [("units", "units", "b-units"), ("leaders", "leaders", "b-leaders"), ("hints", "hints", "b-hints")]
        links += [("alert-hints", "alert-hints", "b-alert-hints")]
        links += [("redis-" + s, "r-" + s, "redis/redis.sock") for s in SERVICES]
        for name, front, back in links:
            self.relays[name] = Relay(self, name, self.path(front), self.path(back))

    def service_start(self, part, fault=None):
        """`part` is a service, or its second instance: scorer-2. That one listens beside the first; a relay stands
        before its Redis only."""
        name, _, second = part.partition("-")
        end = "-2" if second else ""
        argv = [self.build + "/bin/dondoc-" + name, "--redis", "unix:" + self.path("r-" + name), "--province", PROVINCE,
                "--key-file", self.path("service.key"), "--keyring", self.path("keyring"), "--redis-timeout-ms", "500",
                "--instance", second or "1", "--ready-file", self.path(part + ".ready")]
        if not self.relays:
            argv[2] = "unix:" + self.redis.socket
        if self.options.simulated:
            argv += ["--simulated"]
        if name == "ingest":
            argv += ["--listen", self.at("units", end), "--listen-ops", "ipc://" + self.path("ops" + end),
                     "--listen-hints", self.at("hints", end)]
        else:
            argv += ["--sweep-ms", str(SWEEP_MS), "--hints-from-key", self.service_public, "--hints-from",
                     "ipc://" + self.path("hints" if name == "scorer" else "alert-hints")]
        if name == "scorer":
            argv += ["--listen-hints", self.at("alert-hints", end)]
        if name == "notifier":
            argv += ["--listen", self.at("leaders", end)]
        env = dict(os.environ, DONDOC_FAULT=fault) if fault else None
        self.parts[part] = spawn(argv, self.path(part + ".log"), env)

    def at(self, front, end):
        """Where a service listens: behind its relay, if there is one."""
        return "ipc://" + self.path(("b-" if self.relays or end else "") + front + end)

    def services_look(self):
        """A service that ended by itself is a finding: Redis being away never ends one."""
        for name, process in self.parts.items():
            if process is not None and process.poll() is not None:
                with open(self.path(name + ".log"), "rb") as log:
                    tail = log.read()[-1500:].decode(errors="replace")
                raise Broken("dondoc-%s ended by itself with status %s:\n%s" % (name, process.poll(), tail))

    def stop(self):
        for process in self.parts.values():
            end(process)
        if self.redis.process is not None:
            if self.redis.process.poll() is None:
                self.redis.kill()
            end(self.redis.process)
        for relay in self.relays.values():
            end(relay.process)

    def leftovers(self):
        return glob.glob(self.dir + "/redis/appendonlydir/*.cut.*")
