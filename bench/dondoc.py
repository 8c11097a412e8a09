"""dondoc - dondoc as a contender: Redis and three services as shipped, through bench/hold."""

import contextlib
import os
import signal
import subprocess
import threading
import time

from machine import BENCH, ROOT, Failed, cpu_ns, rss_kib

SERVICES = ("ingest", "scorer", "notifier")


class Stack:
    """One life of Redis and the services. (bench/hold ends them when its standard input ends, also when we are gone.)
    """

    def __init__(self, machine, programme, province="bench", **settings):
        self.machine, self.dir = machine, machine.directory("dondoc")
        self.log = self.dir / "hold.log"
        self.pids, self.values = {}, {}
        self.hold = machine.spawn([BENCH / "hold", self.dir, programme or "-", province], self.log,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=None,
                                  env={**os.environ, **settings, "DONDOC_BUILD": str(machine.build)})
        self.read_until("ready")

    def read_until(self, end):
        for line in self.hold.stdout:
            words = line.split()
            if words == [end]:
                return
            if words[0] == "pid":
                self.pids[words[1]] = int(words[2])
            elif words[0].startswith("failed"):
                break
            else:
                self.values[words[0]] = words[1]
        raise Failed("dondoc: " + self.log.read_text(errors="replace")[-3000:])

    def tell(self, command, name):
        self.hold.stdin.write(f"{command} {name}\n")
        self.hold.stdin.flush()
        self.read_until("ok")

    def close(self):
        self.hold.stdin.close()
        try:
            self.hold.wait(30)
        finally:
            self.machine.end(self.hold)
        self.machine.remove(self.dir)

    def processes(self, *names):
        return ",".join(f"{n}={self.pids[n]}" for n in names or ("redis", *SERVICES))

    def settings(self):
        v = self.values
        return {"server": v["units"], "server_key": v["server-key"], "key": self.dir / "reporter.key",
                "redis": v["redis"], "redis_user": v["user"], "redis_password_file": v["password-file"]}

    def flood(self, **settings):
        return self.machine.program("load", "flood", processes=self.processes(), **self.settings(), **settings)

    def paced(self, **settings):
        v = self.values
        return self.machine.program("load", "paced", processes=self.processes(), server=v["units"],
                                    leaders=v["leaders"], server_key=v["server-key"], key=self.dir / "reporter.key",
                                    leader_key=self.dir / "listener.key", **settings)

    def redis(self, *words):
        """As the user `ops`, who may only look."""
        done = subprocess.run(["redis-cli", "-s", self.dir / "redis/redis.sock", "--user", "ops", *words],
                              capture_output=True, text=True, check=True,
                              env={**os.environ, "REDISCLI_AUTH": (self.dir / "passwords/ops").read_text().strip()})
        return done.stdout


@contextlib.contextmanager
def stack(machine, units, kind="days", start=2016, province="bench", **settings):
    programme = machine.scratch / f"programme-{kind}-{units}-{start}"
    if not programme.exists():
        words = ["days", str(start)] if kind == "days" else []
        subprocess.run([BENCH / "programme", programme, str(units), *words], check=True)
    running = Stack(machine, programme, province, **settings)
    perf = perf_begin(machine, running) if machine.perf else []
    try:
        yield running
    finally:
        for child in perf:
            machine.end(child, signal.SIGINT)
        running.close()


def perf_begin(machine, running):
    children = []
    for name, pid in running.pids.items():
        children.append(machine.spawn(["perf", "record", "-q", "-g", "-F", "999", "-p", pid, "-o",
                                       machine.perf / f"perf.{machine.counter}.{name}"], machine.perf / "perf.log"))
    time.sleep(0.5)  # perf says nothing when it is attached
    return children


FLOODS = {"c1 w1000": (1, 1000), "c64 w1": (64, 1), "c1 w1": (1, 1),  # of the goal table; and more, once:
          "c16 w1": (16, 1), "c16 w64": (16, 64), "c64 w16": (64, 16), "c1000 w1": (1000, 1)}


def flood(machine, mode, reports):
    reporters, window = FLOODS[mode]
    units = max(64, reporters)
    return machine.measure(lambda: stack(machine, units),
                           lambda s: s.flood(plan="days", units=units, reporters=reporters, window=window,
                                             reports=reports))


def paced(machine, rate, seconds, reporters=16, **settings):
    """Every report opens an alert or resolves one; the programme of months, 384 communes. settings: of the services
    (DONDOC_SEAL="on": each message sealed to its receiver)."""
    return machine.measure(lambda: stack(machine, 384, "months", **settings),
                           lambda s: s.paced(units=384, reporters=reporters, rate=rate, every=int(rate <= 1000),
                                             reports=min(rate * seconds, 384 * 60)))


def catch_up(machine, reports):
    """Scorer and notifier away while ingest takes reports; how fast they follow when they are back."""
    def run(s):
        s.tell("stop", "notifier")
        s.tell("stop", "scorer")
        live = machine.program("load", "flood", processes=s.processes("redis", "ingest"), **s.settings(), plan="days",
                               units=64, reporters=1, window=1000, reports=reports, until="acked")
        rows = []

        def follow():
            v = s.settings()
            rows.append(machine.program("load", "follow", redis=v["redis"], redis_user=v["redis_user"],
                                        redis_password_file=v["redis_password_file"], reports=reports,
                                        processes=s.processes("redis", "ingest")))
        waiting = threading.Thread(target=follow)
        waiting.start()
        s.tell("start", "scorer")
        s.tell("start", "notifier")
        waiting.join()
        if not rows:
            raise Failed("the services did not follow")
        row = rows[0]
        row["live_acked_per_s"] = live["acked_per_s"]
        row["noise_limit_pct"] = 1000  # (the followers themselves are counted as others: started meanwhile)
        return row
    return machine.measure(lambda: stack(machine, 64), run)


PROVINCES = ("tien-giang", "quang-ngai", "tay-ninh", "bac-kan", "phu-tho-illustration")


def idle(machine, seconds):
    """The services with five of the shipped provinces loaded and nothing to do."""
    running = Stack(machine, None, ",".join(PROVINCES))
    try:
        for name in PROVINCES:
            done = subprocess.run([machine.build / "bin/dondoc", "programme", "put", ROOT / "programmes" / name,
                                   "--key", running.dir / "ops.key", "--server", running.values["ops"], "--server-key",
                                   running.values["server-key"], "--province", name],
                                  capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise Failed(f"programme put {name}: {done.stdout} {done.stderr}")
        time.sleep(5)  # what begins with a programme is over
        used = usage_idle(running.pids, seconds)
    finally:
        running.close()
    row = {"seconds": seconds, "provinces": len(PROVINCES)}
    for name, values in used.items():
        row[f"cpu_{name}_pct"], row[f"rss_{name}_kib"] = values["cpu_pct"], values["rss_kib"]
    row["services_cpu_pct"] = round(sum(used[n]["cpu_pct"] for n in SERVICES), 3)
    row["services_rss_kib_max"] = max(used[n]["rss_kib"] for n in SERVICES)
    return row


def usage_idle(pids, seconds):
    """Percent of one processor that each uses in so many seconds, and its memory."""
    before = {n: cpu_ns(p) for n, p in pids.items()}
    time.sleep(seconds)
    return {n: {"cpu_pct": round((cpu_ns(p) - before[n]) / seconds / 1e7, 3), "rss_kib": rss_kib(p)}
            for n, p in pids.items()}
