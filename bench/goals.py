"""goals - what a run says: medians with spread, ratios within a round, the goal table, the page and the plots."""

import contextlib
import statistics
import subprocess

DEEP, MANY, ONE = "c1 w1000", "c64 w1", "c1 w1"


def by_round(rows, contender, mode, field):
    return {r["round"]: r[field] for r in rows if r["contender"] == contender and r["mode"] == mode and field in r}


def ratio(above, below):
    """Of each round that has both."""
    return [above[n] / below[n] for n in sorted(above) if below.get(n)]


def number(value):
    """1234567 as 1.234.567, small ones with as many decimals as they need."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", ".")
    return (f"{value:.1f}" if value >= 20 else f"{value:.2f}").replace(".", ",")


def spread(values):
    if not values:
        return "–"
    text = number(statistics.median(values))
    return text if len(values) == 1 else f"{text} [{number(min(values))}–{number(max(values))}]"


def goal_list(rows):
    """(what, goal as text, at least?, goal, values of the rounds)."""
    def of(contender, mode=DEEP, field="acked_per_s"):
        return by_round(rows, contender, mode, field)

    disk, way = of("disk", "", "sync_p50_us"), of("oneway", "", "oneway_p50_us")
    limit = {n: 2 * disk[n] + 2 * way[n] for n in disk if n in way}
    alert, last = of("paced", "1000/s", "alert_p50_us"), of("paced", "1000/s", "alert_p99_us")
    told = of("prometheus", "1 s/1 s/0 s", "alert_p50_us")
    idle = [r for r in rows if r["contender"] == "idle"]
    flat = [r["ratio"] for r in rows if r["contender"] == "growth" and "ratio" in r]
    return [
        ("durably acknowledged/s, one reporter with a deep window / floor", ">= 0,60", True, 0.60,
         ratio(of("dondoc"), of("floor"))),
        ("the same / RabbitMQ quorum queue (which does not encrypt)", ">= 3,0", True, 3.0,
         ratio(of("dondoc"), of("rabbitmq"))),
        ("acknowledged and scored and committed and alerted/s / RabbitMQ acknowledgements", ">= 2,6", True, 2.6,
         ratio(of("dondoc", DEEP, "alerted_per_s"), of("rabbitmq"))),
        ("64 reporters with window 1 / RabbitMQ", ">= 1,1", True, 1.1, ratio(of("dondoc", MANY), of("rabbitmq", MANY))),
        ("one reporter with window 1 / RabbitMQ", ">= 1,0", True, 1.0, ratio(of("dondoc", ONE), of("rabbitmq", ONE))),
        ("acknowledged/s / JetStream, synchronous directory", ">= 20", True, 20.0,
         ratio(of("dondoc"), of("jetstream-sync"))),
        ("acknowledged/s / beanstalkd -f0", ">= 20", True, 20.0, ratio(of("dondoc"), of("beanstalkd"))),
        ("report-to-alert p50 at 1.000/s / (2 fdatasync p50 + 2 CURVE one-way p50)", "<= 1,3", False, 1.3,
         ratio(alert, limit)),
        ("report-to-alert p99 at 1.000/s / its own p50", "<= 2", False, 2.0, ratio(last, alert)),
        ("report-to-alert p50, Prometheus + Alertmanager at 1 s/1 s/0 s / ours", ">= 2.000", True, 2000.0,
         ratio(told, alert)),
        ("scored/s / a batching Python script", ">= 6", True, 6.0,
         ratio(of("dondoc", DEEP, "scored_per_s"), of("department", DEEP, "scored_per_s"))),
        ("catch-up of scorer and notifier that were away / live rate of ingest", ">= 3", True, 3.0,
         ratio(of("catch-up", "", "alerted_per_s"), of("catch-up", "", "live_acked_per_s"))),
        ("cost per report, 100 to 100.000 units, 1 to 10 years (make bench-long)", "<= 1,20", False, 1.20, flat),
        ("idle CPU of all services, percent of a core, five provinces", "< 0,5", False, 0.5,
         [r["services_cpu_pct"] for r in idle]),
        ("RSS of the largest service, MiB, five provinces", "<= 16", False, 16.0,
         [r["services_rss_kib_max"] / 1024 for r in idle]),
    ]


def judged(rows):
    result = []
    for what, text, at_least, goal, values in goal_list(rows):
        seen = statistics.median(values) if values else None
        met = None if seen is None else (seen >= goal if at_least else seen <= goal)
        result.append({"what": what, "goal": text, "seen": spread(values), "rounds": len(values), "met": met})
    return result


FIELDS = (
    ("acked_per_s", "acknowledged/s"), ("scored_per_s", "scored/s"), ("alerted_per_s", "alerted/s"),
    ("live_acked_per_s", "live/s"), ("per_s", "fdatasync/s"), ("sync_p50_us", "sync p50"), ("sync_p99_us", "sync p99"),
    ("oneway_p50_us", "one way p50"), ("ack_p50_us", "ack p50"), ("ack_p99_us", "ack p99"),
    ("ack_p999_us", "ack p99,9"), ("alert_p50_us", "alert p50"), ("alert_p99_us", "alert p99"), ("ratio", "ratio"),
    ("us_per_report", "µs a report"), ("lag_first", "lag first, entries"),
    ("lag_end", "lag at the end"), ("rss_kib_max", "peak RSS KiB"), ("redis_kib_max", "Redis KiB"),
    ("ready_s", "ready s"), ("bytes_per_report", "bytes a report"), ("kib_per_reporter", "KiB a reporter"),
    ("us_redis", "Redis µs/report"), ("us_ingest", "ingest"), ("us_scorer", "scorer"), ("us_notifier", "notifier"),
    ("us_floor", "floor"), ("us_load", "generator"), ("other_cpu_pct", "others %"),
)


def page(run):
    """The tables as a page of Markdown."""
    rows = run["rows"]
    m = run["machine"]
    hasty = " (HASTY: nothing here is a measurement)" if run["hasty"] else ""
    lines = [f"# {run['kind']}, {run['began']}{hasty}", "",
             f"{run['rounds']} rounds, {run['minutes']} minutes; commit {m['commit']}; {m['processors']} processors "
             f"{m['processor']}, {m['memory_mib']} MiB, {m['disk']}, Linux {m['kernel']}. All reports are "
             "synthetic.", "",
             "Versions: " + ", ".join(f"{k} {v}" for k, v in m["versions"].items()) + ".", "",
             "| goal | wanted | seen: median [lowest–highest] of the rounds' ratios | met |", "|---|---|---|---|"]
    for g in run["goals"]:
        if g["rounds"] == 0:
            continue
        lines.append(f"| {g['what']} | {g['goal']} | {g['seen']} | {'yes' if g['met'] else '**no**'} |")
    fields = [f for f in FIELDS if any(f[0] in r for r in rows)]
    lines += ["", "| measured | " + " | ".join(f[1] for f in fields) + " | noisy |",
              "|---|" + "---|" * (len(fields) + 1)]
    seen = []
    for r in rows:
        if (r["contender"], r["mode"]) not in seen:
            seen.append((r["contender"], r["mode"]))
    for contender, mode in sorted(seen):
        same = [r for r in rows if (r["contender"], r["mode"]) == (contender, mode)]
        noisy = sum(1 for r in same if r.get("noisy"))
        lines.append(f"| {contender} {mode} | "
                     + " | ".join(spread([r[f] for r in same if f in r]) for f, _ in fields)
                     + f" | {f'{noisy} of {len(same)} NOISY' if noisy else ''} |")
    return "\n".join(lines) + "\n"


BARS = """set terminal svg size 900,420 font "sans,12"
set output "{out}"
set title "{title}" noenhanced
set style fill solid 0.8
set logscale y
set boxwidth 0.7
set grid ytics
set ylabel "{unit}"
set xtics rotate by -30 noenhanced
set yrange [{low}:]
plot "{data}" using 0:2:xtic(1) with boxes notitle lc rgb "#3b6ea5", "" using 0:2:3:4 with yerrorbars notitle lc black
"""


def bars(out, name, title, unit, values):
    """values: (label, list); highest first, lowest and highest as error bars."""
    values = sorted(((label, v) for label, v in values if v), key=lambda pair: -statistics.median(pair[1]))
    if not values:
        return
    data = out / (name + ".dat")
    data.write_text("".join(f"{label.replace(' ', '_')} {statistics.median(v)} {min(v)} {max(v)}\n"
                            for label, v in values))
    low = min(min(v) for _, v in values) / 3 or 1
    script = BARS.format(out=out / (name + ".svg"), title=title, unit=unit, data=data, low=low)
    with contextlib.suppress(OSError): # (no gnuplot, no plots: the tables say all)
        subprocess.run(["gnuplot"], input=script, text=True, check=False)
    data.unlink()


def plots(run, out):
    rows = run["rows"]
    state = "" if not run["hasty"] else " (HASTY)"
    for mode in (DEEP, MANY, ONE):
        names = sorted({r["contender"] for r in rows if r["mode"] == mode})
        bars(out, "acked-" + mode.replace(" ", "-"), f"acknowledged reports a second, {mode}{state}, {run['began']}",
             "a second", [(n, list(by_round(rows, n, mode, "acked_per_s").values())) for n in names])
    rates = [r for r in rows if r["contender"] == "rates"]
    if rates:
        names = sorted({r["mode"] for r in rates}, key=lambda m: int(m.split("/")[0]))
        bars(out, "alert-p50-by-rate", f"report to alert, p50{state}, {run['began']}", "µs",
             [(n, list(by_round(rows, "rates", n, "alert_p50_us").values())) for n in names])
