"""sides - units that push and leaders that watch, each in a thread; what they see goes into histories.

Beside new reports and corrections the units do what must be harmless: the same report again long after it was taken
(`again`), another body for a revision that stands (`conflict`), somebody else's report under one's own key (`replay`).

A history line is {"t": monotonic seconds, "p": who, "type": invoke|ok|fail|info, "f": push|read|alert|…, …}, as Jepsen
writes them: `info` means that the outcome is unknown. Histories are written by this process, which is never killed.
"""

import datetime
import importlib.util
import json
import os
import random
import sys
import threading
import time
import zlib

import zmq

from stack import PROVINCE, ROOT

sys.dont_write_bytecode = True
_spec = importlib.util.spec_from_file_location("dondoc_push", os.path.join(ROOT, "clients", "python", "dondoc_push.py"))
push = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(push)
push.SCHEMAS.update({
    "LeaderRequest": {
        "version": (1, "u"), "request_id": (2, "u"), "province": (3, "s"), "subscribe": (10, "Subscribe"),
        "received": (11, "Received"), "acknowledge": (12, "Acknowledge"), "beat": (13, "Beat"),
    },
    "Clock": {"now_ms": (1, "i")},
    "Acknowledge": {"id": (1, "s"), "alert": (2, "s"), "note": (3, "s"), "until": (4, "s")},
    "Acknowledged": {"alert": (1, "s"), "entry": (2, "u")},
    "Subscribe": {"credit": (1, "u"), "from_start": (2, "b")},
    "Received": {"position": (1, "u")},
    "Beat": {},
    "LeaderReply": {
        "version": (1, "u"), "request_id": (2, "u"), "subscribed": (10, "Subscribed"), "alert": (11, "AlertMessage"),
        "acknowledged": (12, "Acknowledged"), "backlog_end": (13, "Received"), "beat": (14, "Beat"),
        "refusal": (15, "Refusal"),
    },
    "Subscribed": {"leader": (1, "s"), "position": (4, "u"), "waiting": (5, "u")},
    "AlertMessage": {
        "position": (1, "u"), "id": (2, "s"), "code": (3, "s"), "kind": (4, "s"), "reason": (5, "s"),
        "unit": (6, "s"), "target": (7, "s"), "window": (8, "s"), "subject_vi": (9, "s"), "subject_en": (10, "s"),
        "text_vi": (11, "s"), "text_en": (12, "s"),
    },
})
push.SCHEMAS["Act"] = {"id": (1, "s"), "kind": (2, "s"), "subject": (3, "s"), "note": (4, "s"), "until": (5, "s"),
                       "drop": (8, "s")}
push.SCHEMAS["UnitRequest"].update(clock=(15, "Clock"), act=(14, "Act"))
ANSWER_S = 0.5
KEPT = 400  # reports that were taken, kept to be sent again
FINAL = ("ACCEPTED", "REPLACED", "DUPLICATE", "SUPERSEDED")


class History:
    def __init__(self, path):
        self.out = open(path, "w", encoding="utf-8", buffering=1)
        self.lock = threading.Lock()

    def put(self, who, kind, what, /, **more):
        line = json.dumps(dict(t=round(time.monotonic(), 4), p=who, type=kind, f=what, **more))
        with self.lock:
            self.out.write(line + "\n")


def dealer(context, endpoint, server_key, keys, routing_id=None):
    link = context.socket(zmq.DEALER)
    if routing_id is not None:
        link.setsockopt(zmq.ROUTING_ID, routing_id)
    for option, value in ((zmq.LINGER, 0), (zmq.RECONNECT_IVL, 20), (zmq.RECONNECT_IVL_MAX, 200),
                          (zmq.HANDSHAKE_IVL, 2000), (zmq.SNDHWM, 1000), (zmq.IPV6, 0)):
        link.setsockopt(option, value)
    link.curve_serverkey = server_key
    link.curve_publickey, link.curve_secretkey = keys
    link.connect(endpoint)
    return link


class Push:
    """Some reports under way together; the same bytes until each has a final receipt."""

    def __init__(self, ops):
        self.ops, self.due, self.asked = ops, 0.0, []


def lags(slot):
    """Some units are short all year, so that leaders hear of one further window after the other."""
    return zlib.crc32((slot[0] + slot[1][:4]).encode()) % 3 == 0


class Unit:
    """One key: pushes first reports, corrections, and now and then asks what stands."""

    def __init__(self, units, name, scope, keys, seed):
        self.units, self.name, self.keys, self.scope = units, name, keys, set(scope)
        self.chance = random.Random(seed)
        self.taken = []  # ops that have their final receipt
        self.link = None
        self.slots = {(u, p): None for u in scope for p in units.periods}  # revision name as far as known
        self.busy = set()
        self.pushes = []
        self.waiting = {}  # request id -> Push, or the key of a Standing
        self.request = 0
        self.connect()

    def connect(self):
        if self.link is not None:
            self.units.poller.unregister(self.link)
            self.link.close()
        self.endpoint = self.chance.choice(self.units.endpoints)
        self.link = dealer(self.units.context, self.endpoint, self.units.server_key, self.keys)
        self.units.poller.register(self.link, zmq.POLLIN)

    def send(self, body, what):
        self.request += 1
        message = push.encode("UnitRequest", dict(version=1, request_id=self.request, province=PROVINCE, **body))
        try:
            self.link.send(message, zmq.NOBLOCK)
        except zmq.Again:
            return
        self.waiting[self.request] = what
        self.waiting.pop(self.request - 5000, None)

    def op_make(self, slot):
        number = self.units.number()
        den = 100000 + number  # no two reports have the same figures
        num = self.chance.randint(0, den // 5 if lags(slot) else den)
        op = dict(op=number, unit=slot[0], period=slot[1], results=den, digitised=num, replaces=self.slots[slot] or "")
        if op["replaces"] and self.chance.random() < 0.03:
            op["replaces"] = ""  # as if nothing stood: must never be taken
        self.units.history.put(self.name, "invoke", "push", **op)
        return op

    def push_new(self):
        free = [s for s in self.slots if s not in self.busy and s[1] < self.units.month]
        if not free:
            return
        slots = self.chance.sample(free, min(len(free), self.chance.choice((1, 1, 1, 1, 2, 2, 4, 30))))
        self.busy.update(slots)
        one = Push([self.op_make(slot) for slot in slots])
        self.pushes.append(one)
        self.push_send(one)

    @staticmethod
    def report(op):
        return {
            "unit": op["unit"], "group": "digitisation", "period": op["period"], "replaces": op["replaces"],
            "reason": "corrected" if op["replaces"] else "",
            "figures": [{"measure": "results", "count": op["results"]},
                        {"measure": "digitised", "count": op["digitised"]}]}

    def push_send(self, one):
        one.due = time.monotonic() + self.units.answer_s * (0.7 + 0.6 * self.chance.random())
        self.send({"push": {"reports": [self.report(op) for op in one.ops]}}, (one, list(one.ops)))

    def push_again(self):
        """What was taken before, from this key or from another one: changes nothing, whenever it comes."""
        other = self.chance.choice(self.units.all)
        if not other.taken:
            return
        op = self.chance.choice(other.taken)
        what = "again" if other is self else "replay"
        self.units.history.put(self.name, "invoke", what, op=op["op"])
        self.units.extra[what] = self.units.extra.get(what, 0) + 1
        self.send({"push": {"reports": [self.report(op)]}}, (what, op))

    def ask(self, slot=None):
        if slot is None:
            slot = self.chance.choice([s for s in self.slots if s[1] < self.units.month])
        key = {"unit": slot[0], "group": "digitisation", "period": slot[1]}
        self.send({"standing": {"keys": [key]}}, slot)

    def receipt(self, one, op, receipt):
        outcome = push.outcome_of(receipt)
        slot = (op["unit"], op["period"])
        late = op not in one.ops
        if outcome == "RETRY_LATER":
            return
        known = {k: receipt[k] for k in ("unit", "period", "revision", "entry", "index", "hash")}
        self.units.history.put(self.name, "ok" if outcome in FINAL else "fail", "push", op=op["op"], outcome=outcome,
                               late=late, code=receipt.get("refusal", {}).get("code", ""), **known)
        if late:
            return
        one.ops.remove(op)
        self.units.done += 1
        self.slots[slot] = "%d/%s" % (receipt["revision"], receipt["hash"]) if receipt["hash"] else None
        if outcome in ("ACCEPTED", "REPLACED", "DUPLICATE"):
            self.busy.discard(slot)
        else:
            self.ask(slot)  # somebody else was first: what stands now?
        if outcome in ("ACCEPTED", "REPLACED"):
            self.taken.append(op)
            if len(self.taken) > KEPT:
                del self.taken[self.chance.randrange(KEPT)]
        elif outcome == "SUPERSEDED" and not op["replaces"]:
            self.units.extra["conflict"] = self.units.extra.get("conflict", 0) + 1
        if not one.ops:
            self.pushes.remove(one)

    def again_receipt(self, what, op, receipt):
        outcome = push.outcome_of(receipt)
        if outcome != "RETRY_LATER":
            self.units.history.put(self.name, "ok", what, op=op["op"], outcome=outcome,
                                   code=receipt.get("refusal", {}).get("code", ""), entry=receipt["entry"],
                                   index=receipt["index"])

    def standing(self, slot, answer):
        revision, name = answer["revision"], answer["hash"]
        self.units.history.put(self.name, "ok", "read", unit=slot[0], period=slot[1], revision=revision, hash=name)
        if any((op["unit"], op["period"]) == slot for one in self.pushes for op in one.ops):
            return
        self.slots[slot] = name or None
        self.busy.discard(slot)

    def receive(self):
        while True:
            try:
                data = self.link.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            reply = push.decode("UnitReply", data)
            what = self.waiting.get(reply["request_id"])
            if what is None:
                continue
            if "receipts" in reply and what[0] in ("again", "replay"):
                self.again_receipt(*what, reply["receipts"]["receipts"][0])
            elif "receipts" in reply and isinstance(what[0], Push):
                one, ops = what
                for op, receipt in zip(ops, reply["receipts"]["receipts"]):
                    self.receipt(one, op, receipt)
            elif "standings" in reply and isinstance(what[0], str):
                self.standing(what, reply["standings"]["standings"][0])

    def turn(self, rate):
        now = time.monotonic()
        if self.endpoint not in self.units.endpoints:
            self.connect()
        for one in list(self.pushes):
            if now >= one.due:
                for op in one.ops:
                    self.units.history.put(self.name, "info", "push", op=op["op"])
                if self.chance.random() < 0.2:
                    self.connect()
                self.push_send(one)
        stuck = [s for s in self.busy if not any((op["unit"], op["period"]) == s for one in self.pushes
                                                 for op in one.ops)]
        if stuck and self.chance.random() < 0.05:
            self.ask(stuck[0])
        if rate > 0 and len(self.pushes) < 12 and self.chance.random() < rate:
            self.push_new()
            if self.chance.random() < 0.1:
                self.ask()
            if self.chance.random() < 0.15:
                self.push_again()

    def idle(self):
        return not self.pushes and not self.busy


class Units(threading.Thread):
    def __init__(self, context, endpoint, server_key, history, periods, answer_s=ANSWER_S):
        super().__init__(daemon=True)
        self.context, self.endpoints, self.server_key, self.history = context, [endpoint], server_key, history
        self.periods, self.poller, self.all, self.answer_s, self.extra = periods, zmq.Poller(), [], answer_s, {}
        self.made, self.done, self.rate, self.stopping, self.failed = 0, 0, 0.0, False, None
        self.month = "9999-99"  # what ends before it can be reported

    def number(self):
        self.made += 1
        return self.made

    def add(self, name, scope, keys, seed):
        self.all.append(Unit(self, name, scope, keys, seed))

    def run(self):
        try:
            while not self.stopping:
                self.turn(dict(self.poller.poll(10)))
        except Exception as why:  # the main thread ends the run
            self.failed = why

    def turn(self, ready):
        """`ready`: the sockets that have something."""
        for unit in self.all:
            if unit.link in ready:
                unit.receive()
            unit.turn(self.rate)

    def idle(self):
        return all(unit.idle() for unit in self.all)


class Leader:
    def __init__(self, leaders, name, keys, pretends=None):
        self.leaders, self.name, self.keys, self.pretends = leaders, name, keys, pretends
        self.link, self.request, self.last, self.session, self.due, self.spoke = None, 0, 0, 0, 0.0, 0.0
        self.refused = False
        self.act = self.act_due = None  # an acknowledgement without an answer, the same bytes until it has one
        self.acts, self.code = 0, None  # the newest alert
        self.connect()

    def connect(self):
        if self.link is not None:
            self.leaders.poller.unregister(self.link)
            self.link.close()
        self.endpoint = random.choice(self.leaders.endpoints)
        self.link = dealer(self.leaders.context, self.endpoint, self.leaders.server_key, self.keys, self.pretends)
        self.leaders.poller.register(self.link, zmq.POLLIN)
        self.subscribe()

    def send(self, **body):
        self.request += 1
        message = push.encode("LeaderRequest", dict(version=1, request_id=self.request, province=PROVINCE, **body))
        try:
            self.link.send(message, zmq.NOBLOCK)
        except zmq.Again:
            pass

    def subscribe(self):
        self.due = time.monotonic() + 1.5
        self.send(subscribe={"credit": 64})

    def acknowledge(self, code):
        """A person takes an alert on."""
        self.acts += 1
        self.act = {"id": "%s-act-%04d" % (self.name.replace("/", "-"), self.acts), "alert": code, "note": "seen"}
        if self.leaders.day is not None and random.random() < 0.5:
            self.act["until"] = (self.leaders.day() + datetime.timedelta(random.randint(0, 3))).isoformat()
        self.leaders.history.put(self.name, "invoke", "acknowledge", id=self.act["id"], code=code)
        self.act_send()

    def act_send(self):
        self.act_due = time.monotonic() + 0.8
        self.send(acknowledge=self.act)

    def act_answer(self, reply):
        if "acknowledged" in reply and reply["acknowledged"]["alert"] == self.act["alert"]:
            self.leaders.history.put(self.name, "ok", "acknowledge", id=self.act["id"],
                                     entry=reply["acknowledged"]["entry"])
            self.act = None
        elif reply.get("refusal", {}).get("code") == "not_yours":  # opened again, and not for us so far
            self.leaders.history.put(self.name, "fail", "acknowledge", id=self.act["id"])
            self.act = None

    def receive(self):
        while True:
            try:
                data = self.link.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            reply = push.decode("LeaderReply", data)
            self.spoke = time.monotonic()
            if self.act is not None:
                self.act_answer(reply)
            if "subscribed" in reply:
                self.session += 1
                self.leaders.history.put(self.name, "ok", "subscribed", session=self.session,
                                         position=reply["subscribed"]["position"])
            if "alert" in reply:
                alert = {k: reply["alert"][k] for k in ("position", "id", "code", "kind", "reason", "window")}
                self.leaders.history.put(self.name, "ok", "alert", session=self.session,
                                         raw=data.decode("latin-1"), alert=alert)
                self.last = max(self.last, alert["position"])
                own = alert["kind"] not in ("digest", "hold")
                self.code = alert["code"] if own else self.code
                self.send(received={"position": alert["position"]})
                self.due = self.spoke + 1.5
                if own and self.act is None and random.random() < self.leaders.acknowledge_rate:
                    self.acknowledge(alert["code"])
            if "refusal" in reply:
                self.due = self.spoke + 0.3
                self.refused = True

    def turn(self):
        now = time.monotonic()
        if self.endpoint not in self.leaders.endpoints:
            self.connect()
        if self.act is not None and now >= self.act_due:
            self.act_send()
        if now < self.due:
            return
        if self.refused and len(self.leaders.endpoints) > 1:
            self.refused = False
            self.connect()  # this one stands by
        elif now - self.spoke > 6:
            self.spoke = now
            self.connect()  # the connection may be dead without a word
        else:
            self.subscribe()


class Leaders(threading.Thread):
    def __init__(self, context, endpoint, server_key, history):
        super().__init__(daemon=True)
        self.context, self.endpoints, self.server_key, self.history = context, [endpoint], server_key, history
        self.poller, self.all, self.stopping, self.failed = zmq.Poller(), {}, False, None
        self.impostors, self.acknowledge_rate, self.day = [], 0.02, None

    def add(self, name, keys):
        self.all[name] = Leader(self, name, keys)

    def add_impostor(self, name, keys, pretends):
        """A second device of `name` whose connection announces another leader's name as its routing id."""
        self.impostors.append(Leader(self, name + "/2", keys, pretends))

    def run(self):
        try:
            while not self.stopping:
                self.turn(dict(self.poller.poll(20)))
        except Exception as why:
            self.failed = why

    def turn(self, ready):
        for leader in list(self.all.values()) + self.impostors:
            if leader.link in ready:
                leader.receive()
            leader.turn()

    def idle(self):
        return all(leader.act is None for leader in self.all.values())


class Ops(threading.Thread):
    """The operator: sets the player's clock forward, holds, releases, pauses; one thing after the other, each asked
    until it is answered."""

    def __init__(self, context, endpoint, server_key, keys, history):
        super().__init__(daemon=True)
        self.link_make = lambda: dealer(context, endpoint, server_key, keys)
        self.history, self.queue, self.request, self.stopping, self.failed = history, [], 0, False, None
        self.now_ms = self.wanted_ms = 0  # the clock as it was answered, and as it shall be
        self.acts = 0

    def clock(self, ms):
        self.wanted_ms = max(ms, self.wanted_ms)
        self.queue.append({"clock": {"now_ms": self.wanted_ms}})

    def day(self):
        """Of the clock as it shall be; civil."""
        return datetime.date(1970, 1, 1) + datetime.timedelta((self.wanted_ms + 7 * 3600000) // 86400000)

    def act(self, kind, **more):
        self.acts += 1
        act = dict(id="ops-act-%04d" % self.acts, kind=kind, **more)
        self.history.put("ops", "invoke", "act", **{"id": act["id"], "kind": kind, "subject": act.get("subject", "")})
        self.queue.append({"act": act})

    def run(self):
        try:
            link = self.link_make()
            while not self.stopping:
                if self.queue:
                    link = self.ask(link, self.queue[0])
                else:
                    time.sleep(0.02)
        except Exception as why:
            self.failed = why

    def ask(self, link, body):
        self.request += 1
        try:
            link.send(push.encode("UnitRequest", dict(version=1, request_id=self.request, province=PROVINCE, **body)),
                      zmq.NOBLOCK)
        except zmq.Again:
            pass
        until = time.monotonic() + 2 * ANSWER_S
        while time.monotonic() < until and not self.stopping:
            if link.poll(50):
                reply = push.decode("UnitReply", link.recv())
                if reply["request_id"] == self.request and self.answered(body, reply):
                    self.queue.pop(0)
                    return link
        if self.request % 6 == 0:  # the connection may be dead without a word
            link.close()
            link = self.link_make()
        return link

    def answered(self, body, reply):
        code = reply.get("refusal", {}).get("code", "")
        if "done" not in reply and code in ("", "not_ready", "busy"):
            return False
        if "clock" in body:
            self.now_ms = max(self.now_ms, body["clock"]["now_ms"])
            return "done" in reply or code == "clock_backward"
        self.history.put("ops", "ok" if "done" in reply else "fail", "act", id=body["act"]["id"], code=code)
        return True

    def idle(self):
        return not self.queue
