"""longer - `make bench-long`: what grows, what lasts, and what a start costs."""

import subprocess
import threading
import time

import dondoc
from machine import Failed, cpu_ns, rss_kib

RATES = (200, 1000, 5000, 20000)
UNITS = (100, 1000, 10000, 15000)  # one year each; a programme is at most 1 MiB, so no province has 100.000
YEARS = (2025, 2021, 2016)  # first year of the programme, 100 units each: 1, 5, 10 years
GROWTH_REPORTS = 20000
MORE_FLOODS = ("c16 w1", "c16 w64", "c64 w16", "c1000 w1")
FLOOD_REPORTS = 32000
KEYS_UNITS, KEYS_FROM = 91, 2023  # 91 units, 1.096 days: a fixed set of 99.736 keys
KEYS = KEYS_UNITS * 1096


def catch_up(machine, options):
    return dondoc.catch_up(machine, options.catch_up)


def growth(machine, units, start):
    """Processor time of Redis and the services for a report, by how large the province is: every unit has reported
    once, then the same 100 report on."""
    def run(s):
        s.flood(plan="days", units=units, reporters=1, window=1000, reports=units, **{"from": start})
        before = sum(cpu_ns(p) for p in s.pids.values())
        row = s.flood(plan="days", units=100, reporters=1, window=1000, reports=GROWTH_REPORTS, skip=1,
                      **{"from": start})
        row["us_per_report"] = round((sum(cpu_ns(p) for p in s.pids.values()) - before) / 1e3 / GROWTH_REPORTS, 2)
        row["rss_kib_max"] = max(rss_kib(p, peak=True) for n, p in s.pids.items() if n != "redis")
        return row
    return machine.measure(lambda: dondoc.stack(machine, units, "days", start), run)


def growth_all(machine):
    """Both ways to grow, and the dearest over the cheapest of each."""
    def ratio(list_of):
        costs = [growth(machine, units, start)["us_per_report"] for units, start in list_of]
        return {"what": "growth", "costs_us": costs, "us_per_report": costs[0],
                "ratio": round(max(costs) / costs[0], 3)}
    return [("growth", "units", lambda: ratio([(u, 2025) for u in UNITS])),
            ("growth", "years", lambda: ratio([(100, y) for y in YEARS]))]


class Watch:
    """Looks at a running stack each second, from a thread: what is still to be followed, memory; archives and trims."""

    def __init__(self, s, archive_s):
        self.s, self.archive_s, self.ended = s, archive_s, threading.Event()
        self.lags, self.memory, self.redis, self.archived = [], [], [], []
        self.thread = threading.Thread(target=self.run)
        (s.dir / "archive").mkdir()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *why):
        self.ended.set()
        self.thread.join()

    def run(self):
        began = archived = time.monotonic()
        while not self.ended.wait(1):
            head = self.s.redis("HGET", "dondoc:{bench}:head", "seq").strip()
            seen = self.s.redis("HGET", "dondoc:{bench}:checkpoint:scorer", "seq").strip()
            self.lags.append((time.monotonic() - began, int(head or 0) - int(seen or 0)))
            self.memory.append(max(rss_kib(self.s.pids[n]) for n in dondoc.SERVICES))
            self.redis.append(rss_kib(self.s.pids["redis"]))
            if time.monotonic() - archived > self.archive_s:
                self.archived.append(self.archive())
                archived = time.monotonic()

    def archive(self):
        """Its exit status; the clock of a simulated province stands still: all that is archived may go."""
        return subprocess.run([self.s.machine.build / "bin/dondoc", "archive", "--archive", self.s.dir / "archive",
                               "--province", "bench", "--redis", self.s.values["redis"], "--redis-user", "archive",
                               "--redis-password-file", self.s.dir / "passwords/archive", "--keep-days", "0",
                               "--quiet"],
                              check=False, stdout=subprocess.DEVNULL).returncode

    def lag(self, first, last):
        """Entries behind, the mean of a part of the run."""
        part = [n for t, n in self.lags if first <= t <= last]
        return round(sum(part) / max(1, len(part)), 1)


def sustained(machine, seconds):
    """70 percent of the highest rate that is scored and alerted; a fixed set of 100.000 keys, again and again."""
    peak = dondoc.flood(machine, "c1 w1000", 20000)
    rate = int(min(peak["acked_per_s"], peak["alerted_per_s"]) * 0.7)

    def run(s):
        with Watch(s, min(30, seconds / 3)) as watch:
            row = keys_flood(s, rate * seconds, pace=rate)
        row.update(what="sustained", rate=rate, lag_first=watch.lag(0, seconds / 5), lag_end=watch.lag(seconds * 4 / 5,
                   seconds), rss_kib_max=max(watch.memory), redis_kib_max=max(watch.redis), archived=watch.archived)
        return row
    return machine.measure(lambda: dondoc.stack(machine, KEYS_UNITS, "days", KEYS_FROM), run)


def keys_flood(s, reports, **more):
    return s.flood(plan="days", units=KEYS_UNITS, reporters=1, window=1000, reports=reports,
                   **{"from": KEYS_FROM}, **more)


def cold_start(machine, reports):
    """Scorer and notifier end, and start again on a journal of so many reports of 100.000 keys. (Redis and ingest
    after a crash: `make million`.)"""
    def run(s):
        keys_flood(s, reports)
        for name in ("notifier", "scorer"):
            s.tell("stop", name)
        began = time.monotonic()
        s.tell("start", "scorer")
        scorer = time.monotonic() - began
        s.tell("start", "notifier")
        return {"what": "cold start", "reports": reports, "scorer_s": round(scorer, 3),
                "ready_s": round(time.monotonic() - began, 3), "rss_kib_max": rss_kib(s.pids["scorer"], peak=True)}
    return machine.measure(lambda: dondoc.stack(machine, KEYS_UNITS, "days", KEYS_FROM), run)


def sizes(machine):
    """Bytes in Redis of a report, and memory of a service for a unit-year."""
    def memory(s):
        for line in s.redis("INFO", "memory").splitlines():
            if line.startswith("used_memory_dataset:"):
                return int(line.split(":")[1])
        raise Failed("Redis does not say its memory")

    def run(s):
        before, services = memory(s), rss_kib(s.pids["scorer"])
        row = s.flood(plan="days", units=64, reporters=1, window=1000, reports=46720)  # two years of 64 units
        return {"what": "sizes", "bytes_per_report": (memory(s) - before) // row["reports"],
                "scorer_bytes_per_report": (rss_kib(s.pids["scorer"]) - services) * 1024 // row["reports"]}
    return machine.measure(lambda: dondoc.stack(machine, 64), run)


def reporters(machine, count):
    """Memory of ingest for a connected reporter: all are connected at the end of a short flood."""
    def run(s):
        before = rss_kib(s.pids["ingest"])
        seen = []
        ended = threading.Event()

        def look():
            while not ended.wait(0.05):
                seen.append(rss_kib(s.pids["ingest"]))
        looking = threading.Thread(target=look)
        looking.start()
        try:
            s.flood(plan="days", units=count, reporters=count, window=1, reports=count * 4)
        finally:
            ended.set()
            looking.join()
        return {"what": "reporters", "reporters": count, "kib_per_reporter": round((max(seen) - before) / count, 2)}
    return machine.measure(lambda: dondoc.stack(machine, count), run)


def measurements(machine, options):
    list_of = [("catch-up", "", lambda: catch_up(machine, options))]
    list_of += growth_all(machine)
    for mode in MORE_FLOODS:
        list_of.append(("dondoc", mode, lambda m=mode: dondoc.flood(machine, m, FLOOD_REPORTS)))
    for rate in RATES:
        list_of.append(("rates", f"{rate}/s", lambda r=rate: dondoc.paced(machine, r, 6 if r <= 1000 else 4)))
    list_of.append(("sustained", "70 %", lambda: sustained(machine, options.sustained_s)))
    list_of.append(("cold-start", "1.000.000", lambda: cold_start(machine, 1000000)))
    list_of.append(("sizes", "", lambda: sizes(machine)))
    list_of.append(("reporters", "1000", lambda: reporters(machine, 1000)))
    return list_of
