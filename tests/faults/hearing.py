"""hearing - who must hear what, when: what follows from the alerts journal, written from programmes/README.md ("How an
alert finds its reader"), proto/README.md and doc/operations.md. Shares no code with dondoc; knows the offices, the
ladder and the holidays of tests/faults/programme. A hold of a person only: its brakes are set so that they never bite.
"""

import datetime

import model

COMMUNES = model.COMMUNES
DISTRICTS = ["HZ%d" % (1 + i) for i in range(4)]
# In the programme's order: id -> (scope, rung for communes, digest).
OFFICES = {"chair": ("51", 3, "weekly"), "council": ("51", 3, "never"), "duty": ("51", 0, "never")}
WHOLE_LEVEL = {"chair": 2, "council": 3}  # a level as a whole is the province's matter
OFFICES.update(("desk-" + d, (d, 2, "daily")) for d in DISTRICTS)
OFFICES.update(("head-" + d, (d, 1, "never")) for d in DISTRICTS)
OFFICES.update(("head-" + u, (u, 1, "never")) for u in COMMUNES)
HEAR_OF_HOLDS = ["duty"]
URGENT = ("7u",)
WINDOWS, WORKING_DAYS, REPEAT_WINDOWS, REPEAT_DAYS = (1, 2), (1, 3), 2, 2
ENDS = ("resolved", "withdrawn")
ROWS_A_MESSAGE = 30
OPEN = datetime.date.max


def district(unit):
    return DISTRICTS[(int(unit[2:]) - 101) % 4]


def under(subject, scope):
    return scope == "51" or scope == subject or (subject in COMMUNES and scope == district(subject))


def rung_of(office, kind, subject):
    """0: never; 1: at once; 2, 3: by climbing."""
    scope, rung, _ = OFFICES[office]
    if subject == model.WHOLE:
        return WHOLE_LEVEL.get(office, 0)
    if rung == 0 or not under(subject, scope):
        return 0
    if kind == "reminder":  # the unit's own matter so far
        return 1 if rung == 1 and scope == subject else 0
    return rung


def may_see(office):
    """Communes whose names the office may be shown."""
    return {u for u in COMMUNES if under(u, OFFICES[office][0])}


def event_of(raw):
    f = model.message(raw)
    due = model.zigzag(model.uint(f, 34))
    return {"code": model.text(f, 1), "n": model.uint(f, 2), "kind": model.text(f, 3), "reason": model.text(f, 4),
            "target": model.text(f, 5), "subject": model.text(f, 6), "window": model.text(f, 8),
            "at_ms": model.int64(f, 24), "opened_ms": model.int64(f, 25), "brake": model.text(f, 37),
            "due": datetime.date(1970, 1, 1) + datetime.timedelta(due) if due else None}


def act_of(body):
    f = model.message(body)
    out = {name: model.text(f, n) for n, name in ((1, "id"), (2, "kind"), (3, "subject"), (4, "note"), (5, "until"),
                                                  (6, "by"), (8, "drop"))}
    return dict(out, at_ms=model.int64(f, 7))


def day_text(day):
    return "open" if day == OPEN else "-" if day is None else day.isoformat()


def until_of(text, otherwise):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return otherwise


class Hearing:
    """Folds entries of the alerts journal, in order."""

    def __init__(self):
        self.inbox = {o: [] for o in OFFICES}    # office -> [[id, {field: value}]]
        self.due = {o: {} for o in OFFICES}      # office -> {message id: (position, kind, reason, window, codes in it)}
        self.told = {}                           # code -> {office: "message" or "row"}
        self.rows = {}                           # (office, code) -> row that waits
        self.digests = {}                        # code -> {field: line}
        self.ladder = {}                         # code -> problem
        self.held = {}                           # code -> line
        self.hold = None
        self.notices = {}                        # code of a hold -> number of its last notice
        self.sent = self.decided = self.day = None
        self.strange = []                        # what this programme can never make
        self.programme = False
        self.counts = {"climbs": 0, "digests": 0, "digest_rows": 0, "released": 0, "notices": 0}

    # ---- an entry ----

    def entry(self, seq, kind, body):
        self.seq, self.places, self.moved, self.notice = seq, {}, False, None
        if kind == "alerts":
            for index, raw in enumerate(model.message(body).get(1, [])):
                event = event_of(raw)
                event["at"] = (seq, index)
                self.today = self.day or model.civil_day(event["at_ms"])
                self.event(event)
        elif kind == "tick":
            self.tick(*model.tick(body))
        elif kind == "programme":
            self.programme = True
            self.day = self.day or model.civil_day(model.uint(model.message(body), 4))
        elif kind == "act":
            act = act_of(body)
            self.today = self.day or model.civil_day(act["at_ms"])
            self.act(act)
        self.done()

    def event(self, e):
        if e["brake"]:
            self.strange.append("%s/%d is held by %s" % (e["code"], e["n"], e["brake"]))
        if self.holds_back(e):
            self.ladder_event(e, True)
            return
        climb, quiet = self.ladder_event(e, False)
        self.send(e, e["at"], climb, quiet)

    # ---- sending ----

    def send(self, e, row, climb, quiet, held="", reason=None, unended=False):
        """row None: the next free place of the entry in hand."""
        reason, code = reason or e["reason"], e["code"]
        if e["kind"] == "reminder" and reason in ENDS:  # nobody hears, and nothing of it waits
            for key in [key for key in self.rows if key[1] == code]:
                del self.rows[key]
            return
        told = self.told.setdefault(code, {})
        hearers = [o for o in OFFICES if rung_of(o, e["kind"], e["subject"]) == 1]
        if reason != "new":
            now = hearers if reason == "worse" and e["kind"] in ("missed", "overdue") else []
            hearers = [o for o in OFFICES if told.get(o) == "message" or o in now]
        elif e["n"] > 1:
            waiting = [o for o, c in self.rows if c == code]
            for office in waiting:  # nobody has read that it was over
                del self.rows[(office, code)]
            if not unended:
                kept = {o: "row" for o in waiting if told.get(o) == "row"}
                told.clear()
                told.update(kept)
        if reason == "repeat":
            hearers = [] if quiet else [o for o in hearers if rung_of(o, e["kind"], e["subject"]) < 2]
        for office in hearers:
            self.message(office, e, row, held=held, reason=reason)
        if reason != "new":
            self.rows_move(e, reason)
            if reason != "repeat":
                for office in [o for o, how in told.items() if how == "row" and o not in hearers]:
                    self.row_put(office, e, reason)
                    hearers.append(office)
        if climb:
            self.speak(code, climb, row, hearers)

    def place(self, office):
        self.places[office] = self.places.get(office, -1) + 1
        return self.seq, self.places[office]

    def put(self, office, row, fields, ident, kind, reason, window, codes=None):
        self.inbox[office].append(["%d-%d" % row, fields])
        if ident in self.due[office]:
            self.strange.append("%s hears %s twice" % (office, ident))
        self.due[office][ident] = (row[0] * 1024 + row[1], fields["code"], kind, reason, window, codes)

    def message(self, office, e, row, rung=0, again=0, held="", reason=""):
        row = row or self.place(office)
        fields = {"code": e["code"], "n": str(e["n"])}
        ident = "%s/%d" % (e["code"], e["n"])
        if row != e["at"]:
            fields["at"] = "%d-%d" % e["at"]
        if rung:
            suffix = "%d.%d" % (rung, again) if again else "%d" % rung
            fields.update(r=suffix, t=self.today.isoformat())
            ident += "." + suffix
            reason = "escalated" if rung > 1 else "repeat"
        if held:
            fields["h"] = held
        self.told.setdefault(e["code"], {})[office] = "message"
        self.rows.pop((office, e["code"]), None)
        self.put(office, row, fields, ident, e["kind"], reason, e["window"])

    # ---- rows ----

    def row_put(self, office, e, reason, rung=None, since=None):
        stands = self.rows.get((office, e["code"]))
        if rung is None:
            rung = rung_of(office, e["kind"], e["subject"])
            rung = rung if rung > 1 else 0
        if since is None:
            problem = self.ladder.get(e["code"])
            since = problem["since"] if problem else model.civil_day(e["opened_ms"])
        if stands and stands["reason"] == "escalated":  # not heard of yet: it still opens the matter
            reason, rung, since = stands["reason"], max(rung, stands["rung"]), stands["since"]
        self.rows[(office, e["code"])] = {"reason": reason, "n": e["n"], "at": e["at"], "rung": rung, "since": since}

    def rows_move(self, e, reason):
        for office, code in [key for key in self.rows if key[1] == e["code"]]:
            if reason in ENDS and self.rows[(office, code)]["reason"] == "escalated":
                del self.rows[(office, code)]
            else:
                self.row_put(office, e, reason)

    @staticmethod
    def row_line(row):
        return "reason=%s n=%d at=%d-%d rung=%d since=%s" % (
            (row["reason"], row["n"]) + row["at"] + (row["rung"], row["since"].isoformat()))

    def digests_send(self):
        for office in sorted({o for o, _ in self.rows}):
            weekly = OFFICES[office][2] == "weekly"
            week = self.today.isocalendar()
            if weekly and self.sent is not None and self.sent.isocalendar()[:2] == week[:2]:
                continue
            code = ("%s-%d-W%02d-TH-%s" % (model.PREFIX, week[0], week[1], office) if weekly else
                    "%s-%s-TH-%s" % (model.PREFIX, self.today.isoformat(), office))
            mine = sorted((c for o, c in self.rows if o == office),
                          key=lambda c: (self.rows[(office, c)]["reason"] in ENDS, c))
            digest = {"leader": office, "day": self.today.isoformat()}
            for index, alert in enumerate(mine):
                row = self.rows.pop((office, alert))
                digest[alert] = "%s part=%d" % (self.row_line(row), index // ROWS_A_MESSAGE + 1)
                if row["reason"] == "escalated":
                    self.told.setdefault(alert, {}).setdefault(office, "row")
            if code in self.digests:
                self.strange.append("digest %s twice" % code)
            self.digests[code] = digest
            for part in range(1, -(-len(mine) // ROWS_A_MESSAGE) + 1):
                self.put(office, self.place(office), {"code": code, "n": str(part), "d": "1"}, "%s/%d" % (code, part),
                         "digest", "new", "", sorted(mine[(part - 1) * ROWS_A_MESSAGE:part * ROWS_A_MESSAGE]))
            self.counts["digests"] += 1
            self.counts["digest_rows"] += len(mine)
        self.sent = self.today

    # ---- the ladder ----

    @staticmethod
    def since(e, ms):
        return e["due"] if e["kind"] == "overdue" and e["due"] else model.civil_day(ms)

    def ladder_event(self, e, held):
        p = self.ladder.get(e["code"])
        if e["reason"] in ENDS:
            self.ladder.pop(e["code"], None)
            return None, False
        if p is None or e["reason"] == "new":
            p = self.ladder[e["code"]] = {
                "kind": e["kind"], "rung": 1, "steps": 0, "again": 0, "spoke": None, "acked": None, "paused": None,
                "since": self.since(e, e["opened_ms"] or e["at_ms"])}
        elif p["kind"] != e["kind"]:
            p.update(kind=e["kind"], steps=0, since=self.since(e, e["at_ms"]), spoke=None)
            if p["paused"] == OPEN:  # what was dropped was the other kind
                p["paused"] = None
        p["event"] = e
        if p["kind"] != "behind" or e["reason"] not in ("repeat", "worse"):
            return None, False
        slow = p["rung"] == 3
        p["steps"] += 1
        climb = None if held else self.climb(p)
        self.climbed(p, climb)
        return climb, e["reason"] == "repeat" and (self.stopped(p) or (slow and not climb))

    def stopped(self, p):
        return any(until is not None and self.today <= until for until in (p["acked"], p["paused"]))

    def climb(self, p):
        if self.stopped(p) or p["kind"] == "reminder":
            return None
        slower = 2 ** min(p["again"], 8)
        if p["kind"] == "behind":
            if p["rung"] < 3:
                return "rung" if p["steps"] >= WINDOWS[p["rung"] - 1] else None
            return "repeat" if p["steps"] >= WINDOWS[1] + REPEAT_WINDOWS * slower else None
        if p["rung"] == 1:
            return "rung" if model.workdays_between(p["spoke"] or p["since"], self.today) >= WORKING_DAYS[0] else None
        days = model.workdays_between(p["spoke"] or p["since"], self.today)
        if p["rung"] == 2:
            return "rung" if days >= WORKING_DAYS[1] - WORKING_DAYS[0] else None
        return "repeat" if days >= REPEAT_DAYS * slower else None

    def climbed(self, p, climb):
        if climb is None:
            return
        self.counts["climbs"] += 1
        p["rung" if climb == "rung" else "again"] += 1
        if p["kind"] == "behind":
            p["steps"] = WINDOWS[p["rung"] - 2]
        p["spoke"] = self.today

    def speak(self, code, climb, row, heard):
        p = self.ladder[code]
        e, told = p["event"], self.told.setdefault(code, {})
        for office in OFFICES:
            rung = rung_of(office, p["kind"], e["subject"])
            if climb == "rung":
                hears, again = rung == p["rung"] and office not in told, 0
            else:
                again = p["again"]
                hears = office not in heard and (rung > 1 or (rung == 1 and told.get(office) == "message"))
            if not hears:
                continue
            if rung == 1 or OFFICES[office][2] == "never" or e["target"] in URGENT:
                self.message(office, e, row, rung, again)
            else:
                self.row_put(office, e, "repeat" if again else "escalated", rung, p["since"])

    def problem_line(self, p):
        e = p["event"]
        return ("kind=%s subject=%s target=%s n=%d at=%d-%d rung=%d steps=%d since=%s spoke=%s again=%d acked=%s "
                "paused=%s" % (p["kind"], e["subject"], e["target"] or "-", e["n"], e["at"][0], e["at"][1], p["rung"],
                               p["steps"], day_text(p["since"]), day_text(p["spoke"]), p["again"],
                               day_text(p["acked"]), day_text(p["paused"])))

    # ---- ticks ----

    def tick(self, day, hour, behind):
        self.day = self.today = day
        daily = (self.programme and not behind and hour >= model.DECIDED_HOUR and model.works(day)
                 and (self.decided is None or day > self.decided))
        if self.hold and self.hold["until"] < day:
            self.release("", "")
        elif self.hold and daily and (self.hold["said"] is None or self.hold["said"] < day):
            self.notice = "repeat"
        if not daily:
            return
        if not self.hold:
            for code in sorted(self.ladder):
                p = self.ladder[code]
                if p["kind"] != "behind" and code not in self.held:
                    climb = self.climb(p)
                    if climb:
                        self.climbed(p, climb)
                        self.speak(code, climb, None, [])
            self.digests_send()
        self.decided = day

    # ---- acts, holds ----

    def act(self, act):
        p = self.ladder.get(act["subject"])
        if act["kind"] == "acknowledge" and p:
            p["acked"] = max(until_of(act["until"], OPEN), p["acked"] or datetime.date.min)
        elif act["kind"] == "pause" and p:
            p["paused"] = until_of(act["until"], p["paused"])
        elif act["kind"] == "hold":
            until = until_of(act["until"], None)
            if until is None or until < self.today:
                return
            if self.hold is None:
                self.hold = {"since": self.today, "said": None, "n": 0, "units": 0, "listed": 0, "until": until}
                self.notice = "new"
            else:
                self.notice = "escalated" if until > self.hold["until"] else "repeat"
            self.hold.update(until=until, by=act["by"], act=self.seq, reason=act["note"])
        elif act["kind"] == "release" and self.hold and act["subject"] in ("", "person"):
            self.release(act["drop"], act["by"])

    def holds_back(self, e):
        line = self.held.get(e["code"])
        if e["kind"] == "reminder" and e["reason"] in ENDS:
            taken = self.held.pop(e["code"], None) is not None
            self.moved = self.moved or taken
            return False
        if line is None and self.hold is None:
            return False
        self.moved = True
        ends = e["reason"] in ENDS
        if line is not None and ends and not line["told"]:
            del self.held[e["code"]]  # opened and ended while it was held: nobody hears
            return True
        new = e["reason"] == "new"
        self.held[e["code"]] = {"event": e, "opened": not ends and (new or (line is not None and line["opened"])),
                                "told": line["told"] if line is not None else not new}
        return True

    def release(self, drop, by):
        self.over, self.hold, self.notice = self.hold, None, "resolved"
        kinds = [k for k in drop.replace(",", " ").split() if k]
        for code, line in list(self.held.items()):
            e = line["event"]
            if e["kind"] in kinds and e["reason"] not in ENDS:
                del self.held[code]
                if code in self.ladder:
                    self.ladder[code]["paused"] = OPEN
        self.moved = True

    def done(self):
        """At the end of an entry what was released goes out, and offices hear of holds."""
        if self.hold is None and self.held:
            for line in sorted(self.held.values(), key=lambda l: l["event"]["at"]):
                e = line["event"]
                del self.held[e["code"]]
                self.counts["released"] += 1
                if line["opened"]:
                    self.send(e, None, None, False, "2", "new", line["told"])
                else:
                    self.send(e, None, None, False, "1")
                if e["code"] in self.ladder:  # its days begin now
                    self.ladder[e["code"]]["spoke"] = self.today
        if self.hold and self.moved:
            self.hold.update(units=len({l["event"]["subject"] for l in self.held.values()}), listed=0)
        if self.notice:
            self.notice_send(self.hold or self.over)

    def notice_send(self, hold):
        code = "%s-%s-TG-person" % (model.PREFIX, hold["since"].isoformat())
        if self.notice == "resolved" and hold["said"] is None:
            return
        number = self.notices[code] = self.notices.get(code, 0) + 1
        hold.update(n=number, said=self.today)
        if self.hold is None:
            hold["listed"] = 0
        elif hold["listed"] == 0:
            self.digests["%s/%d" % (code, number)] = {
                l["event"]["code"]: "at=%d-%d reason=%s" % (l["event"]["at"] + (
                    "new" if l["opened"] else l["event"]["reason"],)) for l in self.held.values()}
            hold["listed"] = number
        for office in HEAR_OF_HOLDS:
            self.put(office, self.place(office), {"code": code, "n": str(number), "d": "2"}, "%s/%d" % (code, number),
                     "hold", self.notice, "")
        self.counts["notices"] += 1

    # ---- as Redis holds it ----

    def ladder_lines(self):
        out = {code: self.problem_line(p) for code, p in self.ladder.items()}
        if self.decided:
            out["decided"] = self.decided.isoformat()
        return out

    def rows_lines(self):
        out = {"%s/%s" % key: self.row_line(row) for key, row in self.rows.items()}
        if self.sent:
            out["sent"] = self.sent.isoformat()
        return out

    def held_lines(self):
        return {code: "at=%d-%d n=%d hold=person opened=%d told=%d kind=%s reason=%s subject=%s" % (
            l["event"]["at"] + (l["event"]["n"], l["opened"], l["told"], l["event"]["kind"], l["event"]["reason"],
                                l["event"]["subject"])) for code, l in self.held.items()}

    def hold_lines(self):
        h = self.hold
        if h is None:
            return {}
        return {"person": "since=%s until=%s level=- units=%d of=0 by=%s said=%s n=%d list=%d act=%d reason=%s" % (
            h["since"], h["until"], h["units"], h["by"], day_text(h["said"]), h["n"], h["listed"], h["act"], h["reason"])}
