#!/usr/bin/python3
"""peer_prometheus - Prometheus and Alertmanager as the whole job: a figure changes, somebody is told.

    peer_prometheus.py --dir DIR --alerts N --out FILE

One gauge a unit at an exporter, scraped each second, a rule evaluated each second, group_wait 0 s, each alert for
itself: the shortest times in practical use. A unit's gauge rises at a random moment; the time runs until the webhook
hears of that unit. SYNTHETIC. Exporter and webhook live in this process. Writes one line of JSON.
"""

import argparse
import ctypes
import http.server
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time

PROMETHEUS = """global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: ["%(dir)s/rules.yml"]
alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%(am)d"]}]}]}
scrape_configs: [{job_name: bench, static_configs: [{targets: ["127.0.0.1:%(here)d"]}]}]
"""
RULES = 'groups: [{name: bench, rules: [{alert: Behind, expr: "behind > 0"}]}]\n'
ALERTMANAGER = """route: {receiver: here, group_by: ['...'], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: here, webhook_configs: [{url: "http://127.0.0.1:%(here)d/", send_resolved: false}]}]
"""
START_S = 30
WAIT_S = 20
libc = ctypes.CDLL(None)
behind, raised, heard = {}, {}, {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        lines = ['behind{unit="%s"} %d' % pair for pair in list(behind.items())]
        self.answer(("\n".join(lines) + "\n").encode())

    def do_POST(self):
        now = time.monotonic()
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            heard.setdefault(alert["labels"]["unit"], now)
        self.answer(b"")

    def log_message(self, *args):
        pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(argv, log):
    with open(log, "ab") as out:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                preexec_fn=lambda: libc.prctl(1, signal.SIGKILL))


def wait(test, seconds, what):
    limit = time.monotonic() + seconds
    while not test():
        if time.monotonic() > limit:
            sys.exit("peer_prometheus: " + what)
        time.sleep(0.02)


def raise_one(unit):
    raised[unit] = time.monotonic()
    behind[unit] = 1


def measure(alerts):
    """The first unit is not counted: it waits for the start."""
    behind["U0000"] = 0
    raise_one("U0000")
    wait(lambda: "U0000" in heard, START_S + WAIT_S, "nothing is heard")
    for i in range(1, alerts + 1):
        behind["U%04d" % i] = 0
    time.sleep(2.5)
    for i in range(1, alerts + 1):
        time.sleep(random.uniform(0.4, 1.4))
        raise_one("U%04d" % i)
    wait(lambda: len(heard) == alerts + 1, WAIT_S, "not every alert was heard")
    return sorted((heard[u] - raised[u]) * 1e6 for u in raised if u != "U0000")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--dir", required=True)
    p.add_argument("--alerts", type=int, default=12)
    p.add_argument("--out", required=True)
    options = p.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port, am = free_port(), free_port()
    names = {"dir": options.dir, "am": am, "here": server.server_address[1]}
    for name, text in (("prometheus.yml", PROMETHEUS % names), ("rules.yml", RULES),
                       ("alertmanager.yml", ALERTMANAGER % names)):
        with open(os.path.join(options.dir, name), "w", encoding="ascii") as out:
            out.write(text)
    children = [
        start(["prometheus-alertmanager", "--config.file", options.dir + "/alertmanager.yml", "--storage.path",
               options.dir + "/alertmanager", "--web.listen-address", "127.0.0.1:%d" % am,
               "--cluster.listen-address", ""], options.dir + "/alertmanager.log"),
        start(["prometheus", "--config.file", options.dir + "/prometheus.yml", "--storage.tsdb.path",
               options.dir + "/data", "--web.listen-address", "127.0.0.1:%d" % port], options.dir + "/prometheus.log"),
    ]
    try:
        us = measure(options.alerts)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(20)
    with open(options.out, "w", encoding="ascii") as out:
        json.dump({"what": "prometheus", "alerts": len(us), "alert_p50_us": round(us[len(us) // 2]),
                   "alert_min_us": round(us[0]), "alert_max_us": round(us[-1])}, out)
        out.write("\n")


if __name__ == "__main__":
    main()
