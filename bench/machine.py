"""machine - processes, quiet and noise: what every measurement of bench/run needs.

Everything runs in one scratch directory on a disk, on loopback, as a child of this program that is ended by its id.
"""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
NOISE_PCT = 45  # of one processor, by anything that is not measured
QUIET_PCT = 20
START_S = 60
HZ = os.sysconf("SC_CLK_TCK")
libc = ctypes.CDLL(None)


class Failed(Exception):
    """A measurement that cannot be believed, or a program that did not start."""


def die_with_parent():
    libc.prctl(1, signal.SIGKILL)


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def busy_pct(seconds):
    """Processor time used by everybody, percent of one processor."""
    def ticks():
        with open("/proc/stat", encoding="ascii") as source:
            n = [int(x) for x in source.readline().split()[1:9]]
        return sum(n) - n[3] - n[4]
    before = ticks()
    time.sleep(seconds)
    return (ticks() - before) * 100 / HZ / seconds


def cpu_ns(pid):
    """Processor time of all threads of a process so far."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total


def rss_kib(pid, peak=False):
    name = "VmHWM:" if peak else "VmRSS:"
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise Failed(f"process {pid} has no {name}")


class Machine:
    def __init__(self, build, quiet_s, tries):
        self.build, self.quiet_s, self.tries = pathlib.Path(build).resolve(), quiet_s, tries
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="dondoc-bench.", dir=os.environ.get("TMPDIR", "/tmp")))
        self.children = []
        self.counter = 0
        self.perf = None  # directory for profiles
        kind = subprocess.run(["stat", "-f", "-c", "%T", self.scratch], capture_output=True, text=True, check=True)
        if kind.stdout.strip() in ("tmpfs", "ramfs"):
            self.scratch.rmdir()
            sys.exit("bench: TMPDIR is in memory: set it to a directory on a disk")

    def directory(self, name):
        self.counter += 1
        path = self.scratch / f"{name}-{self.counter}"
        path.mkdir()
        return path

    def remove(self, path):
        shutil.rmtree(path, ignore_errors=True)

    def spawn(self, argv, log, **kw):
        with open(log, "ab") as out:
            kw.setdefault("stdin", subprocess.DEVNULL)
            kw.setdefault("stdout", out)
            kw.setdefault("preexec_fn", die_with_parent)
            child = subprocess.Popen([str(a) for a in argv], stderr=out, **kw)
        self.children.append(child)
        return child

    def end(self, child, sig=signal.SIGTERM, wait_s=20):
        if child.poll() is None:
            child.send_signal(sig)
            try:
                child.wait(wait_s)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child in self.children:
            self.children.remove(child)

    def close(self):
        for child in reversed(self.children[:]):
            self.end(child)
        self.remove(self.scratch)

    def until(self, what, test, child=None, log=None):
        """Waits until test() says so."""
        limit = time.monotonic() + START_S
        while not test():
            if time.monotonic() > limit or (child is not None and child.poll() is not None):
                text = pathlib.Path(log).read_text(errors="replace")[-2000:] if log else ""
                raise Failed(f"{what} did not start: {text}")
            time.sleep(0.05)

    def until_text(self, what, path, child, log):
        """A file that is there and not empty."""
        self.until(what, lambda: path.exists() and path.stat().st_size > 0, child, log)

    def until_port(self, what, port, child, log):
        def answers():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0
        self.until(what, answers, child, log)

    def quiet(self):
        for _ in range(self.quiet_s):
            if busy_pct(1) < QUIET_PCT:
                return

    def program(self, name, *words, **settings):
        """One of bench/'s programs; its line of JSON."""
        self.counter += 1
        out = self.scratch / f"out-{self.counter}.json"
        argv = [self.build / "bench" / name, *words, "--out", out]
        for key, value in settings.items():
            argv += ["--" + key.replace("_", "-"), value]
        done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=1800,
                              preexec_fn=die_with_parent, check=False)
        if done.returncode != 0:
            raise Failed(f"{' '.join(str(a) for a in argv)}: {done.stderr[-2000:]}")
        row = json.loads(out.read_text())
        out.unlink()
        return row

    def measure(self, begin, run):
        """begin() a context manager, run(what it gives) a row; again when others used the processors."""
        row = {}
        for attempt in range(self.tries):
            self.quiet()
            with begin() as started:
                row = run(started)
            row["tries"] = attempt + 1
            if row.get("other_cpu_pct", 0) <= row.get("noise_limit_pct", NOISE_PCT):
                break
        row["noisy"] = row.get("other_cpu_pct", 0) > row.get("noise_limit_pct", NOISE_PCT)
        return row

    def facts(self):
        """What ran: machine and versions."""
        def first(argv):
            try:
                done = subprocess.run(argv, capture_output=True, text=True, check=False)
            except OSError:
                return "not installed"
            return (done.stdout + done.stderr).strip().split("\n")[0]
        cpu = [line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="ascii")
               if line.startswith("model name")]
        names = ("rabbitmq-server nats-server beanstalkd mosquitto redis-tools prometheus prometheus-alertmanager "
                 "libzmq5 python3-zmq python3-redis python3-protobuf").split()
        return {
            "processors": len(cpu), "processor": cpu[0] if cpu else "unknown",
            "kernel": os.uname().release.split("-")[0],
            "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
            "disk": first(["findmnt", "-n", "-o", "SOURCE,FSTYPE,OPTIONS", "--target", str(self.scratch)]),
            "commit": first(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
            "versions": {n: first(["dpkg-query", "-W", "-f", "${Version}", n]) for n in names},
        }
