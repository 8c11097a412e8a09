#!/usr/bin/python3
"""department - the whole job as a department's own programmer would write it: one Python script on pyzmq and Redis.

    department.py --messages DIR --key-file FILE --redis SOCKET --user NAME --password-file FILE --ready-file FILE

Takes the same messages as ingest (DIR holds report_pb2.py), drains the socket, stores the batch in one pipeline, says
ACCEPTED, then scores it: share of what was done, alert below 50 %, resolved above, the newest day of a unit decides;
score, state and alert go into Redis in a second pipeline. No transaction holds the two together, no programme is read,
nobody's key is checked: it does less than dondoc. It is here to be measured against, not to be used.
"""

import argparse
import os
import sys

import redis
import zmq

BATCH_MAX = 512
PREFIX = "dondoc:{bench}:"  # where bench/load looks how far the scores are
THRESHOLD = 50


def key_read(path):
    with open(path, encoding="ascii") as source:
        words = dict(line.split() for line in source if line.startswith(("public ", "secret ")))
    return words["public"].encode(), words["secret"].encode()


class Department:
    def __init__(self, options):
        sys.path.insert(0, options.messages)
        import report_pb2
        self.pb = report_pb2
        with open(options.password_file, encoding="ascii") as source:
            password = source.readline().strip()
        self.redis = redis.Redis(unix_socket_path=options.redis, username=options.user, password=password)
        self.socket = zmq.Context().socket(zmq.ROUTER)
        public, secret = key_read(options.key_file)
        self.socket.curve_server = True
        self.socket.curve_publickey, self.socket.curve_secretkey = public, secret
        self.socket.rcvhwm = self.socket.sndhwm = 8192
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        with open(options.ready_file + ".tmp", "w", encoding="ascii") as ready:
            ready.write("tcp://127.0.0.1:%d\n" % port)
        os.rename(options.ready_file + ".tmp", options.ready_file)
        self.entry = 0
        self.seen = {}  # (unit, group, period): figures, so that a repeat is told from a correction
        self.newest = {}  # unit: (day, alerting)

    def hello(self, peer, request):
        reply = self.pb.UnitReply(version=1, request_id=request.request_id)
        reply.server_info.state = "ready"
        self.socket.send_multipart([peer, reply.SerializeToString()])

    def drain(self):
        """All that has come: (peer, request id, report, the message's bytes)."""
        batch = []
        while len(batch) < BATCH_MAX:
            try:
                peer, body = self.socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                break
            request = self.pb.UnitRequest.FromString(body)
            if request.WhichOneof("body") == "hello":
                self.hello(peer, request)
                continue
            for report in request.push.reports:
                batch.append((peer, request.request_id, report, body))
        return batch

    def store(self, batch):
        """Durable (appendfsync always), then acknowledged."""
        pipe = self.redis.pipeline(transaction=False)
        for _, _, report, body in batch:
            pipe.xadd(PREFIX + "reports", {"p": body})
        pipe.execute()
        self.entry += 1
        for index, (peer, request_id, report, _) in enumerate(batch):
            key = (report.unit, report.group, report.period)
            figures = {f.measure: f.count for f in report.figures}
            before = self.seen.get(key)
            self.seen[key] = figures
            reply = self.pb.UnitReply(version=1, request_id=request_id)
            receipt = reply.receipts.receipts.add()
            receipt.outcome = self.pb.ACCEPTED if before is None else self.pb.REPLACED
            receipt.unit, receipt.group, receipt.period = key
            receipt.entry, receipt.index, receipt.revision = self.entry, index, 1
            self.socket.send_multipart([peer, reply.SerializeToString()])

    def score(self, batch):
        pipe = self.redis.pipeline(transaction=False)
        for _, _, report, _ in batch:
            figures = self.seen[(report.unit, report.group, report.period)]
            every = figures["things_1_all"]
            percent = 100.0 * figures["things_1_done"] / every if every else 0.0
            pipe.hset(PREFIX + "scores:" + report.unit, report.period, "%.1f" % percent)
            day, was_short = self.newest.get(report.unit, ("", False))
            if report.period >= day:
                is_short = percent < THRESHOLD
                self.newest[report.unit] = (report.period, is_short)
                if is_short != was_short:
                    state = "behind" if is_short else "ended"
                    text = "%s %s: %.1f %%, %s" % (report.unit, report.period, percent, state)
                    pipe.xadd(PREFIX + "inbox", {"unit": report.unit, "text": text})
        pipe.hset(PREFIX + "checkpoint:scorer", "seq", self.entry)
        pipe.execute()

    def run(self):
        while True:
            self.socket.poll()
            batch = self.drain()
            if batch:
                self.store(batch)
                self.score(batch)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for name in ("messages", "key-file", "redis", "user", "password-file", "ready-file"):
        p.add_argument("--" + name, required=True)
    Department(p.parse_args()).run()


if __name__ == "__main__":
    main()
