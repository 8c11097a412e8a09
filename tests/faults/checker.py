#!/usr/bin/python3
"""checker - do the histories and dumps of rounds.py keep the promise? Reads files only, shares no code with dondoc.

    checker.py DIR [--drain-seconds N] [--most N]

C1  nothing acknowledged is lost          C6  effects are the model's, field by field
C2  nothing stands twice                  C7  alerts are the model's, each once
C3  nothing from nowhere                  C8  no leader was shown another's alert
C4  one history: dense, chained, stable   C9  leaders: stable ids, nothing missing
C5  effects and checkpoint are one        C10 who was overtaken writes nothing, nobody is overtaken for ever
C11 counters of ops never go back         C12 everything drains in time
Prints a line a violation (at most --most for each kind) and one line of counts; exit 1 when there was any, 65 when
the histories are too thin to prove anything.
"""

import argparse
import base64
import bisect
import collections
import glob
import hashlib
import json
import os
import re
import sys

sys.dont_write_bytecode = True  # nothing is left in the source
import hearing
import model

CANARY = re.compile(r"XK\d{3}")
COUNTERS = {  # of doc/operations.md; the others of the hashes go up and down
    "ingest": ("accepted", "replaced", "duplicate", "superseded", "rejected", "retry_later", "batches", "ticks", "acts",
               "programmes", "denied", "malformed", "unsent", "dropped", "refused_handshakes"),
    "scorer": ("entries", "reports", "commits", "alerts", "parked", "ticks", "acts"),
    "notifier": ("entries", "events", "routed", "parked", "commits", "sent", "received", "acknowledged", "refused",
                 "cursor_beyond", "malformed", "dropped", "refused_handshakes"),
}


class Checker:
    def __init__(self, directory, most, drain_seconds):
        self.directory, self.most, self.drain_seconds = directory, most, drain_seconds
        self.found = collections.Counter()
        self.numbers = collections.Counter()

    def wrong(self, claim, text, *values):
        self.found[claim] += 1
        if self.found[claim] <= self.most:
            print("%s VIOLATED: %s" % (claim, text % values if values else text))

    def lines(self, name):
        with open(os.path.join(self.directory, name), encoding="utf-8") as source:
            return [json.loads(line) for line in source]

    # ---- reading ----

    def load(self):
        self.units = self.lines("units.jsonl")
        self.leaders = self.lines("leaders.jsonl")
        self.faults = self.lines("faults.jsonl")
        self.dumps = []
        for path in sorted(glob.glob(os.path.join(self.directory, "dumps", "*.json"))):
            with open(path, encoding="utf-8") as source:
                self.dumps.append((os.path.basename(path)[:-5], json.load(source)))
        if not self.dumps:
            self.wrong("C12", "there is no dump: the run broke before its first round ended")
            return False
        name, last = self.dumps[-1]
        self.last = last
        if not name.endswith("end"):
            self.wrong("C12", "the run did not reach its end (see faults.jsonl)")
        self.archive = {line["row"][0]: line["row"] for line in self.lines("archive.jsonl")}
        rows = dict(self.archive)
        rows.update((row[0], row) for row in last["reports"])
        self.rows = sorted(rows.values(), key=lambda row: int(row[0].split("-")[0]))
        self.log = self.journal(self.rows)
        self.alerts_log = self.journal(last["alerts"])
        self.alerts = [(seq, model.events(body) if kind == "alerts" else None)
                       for seq, kind, body, _ in self.alerts_log]
        self.places = {}
        for seq, kind, body, _ in self.log:
            if kind == "reports":
                try:
                    for index, record in enumerate(model.records(body)):
                        self.places[(seq, index)] = record
                except (ValueError, IndexError) as why:
                    self.wrong("C4", "entry %d cannot be read: %s", seq, why)
        return name.endswith("end")

    @staticmethod
    def journal(rows):
        """(seq, kind, body, chain) of a stream's rows."""
        out = []
        for ident, fields in rows:
            f = dict(zip(fields[::2], fields[1::2]))
            body = f["b"]
            body = base64.b64decode(body["b64"]) if isinstance(body, dict) else body.encode()
            out.append((int(ident.split("-")[0]), f["k"], body, f.get("h", "")))
        return out

    # ---- C1 C2 C3 ----

    def check_reports(self):
        ops, sent = {}, {}
        for line in self.units:
            if line["f"] == "push" and line["type"] == "invoke":
                ops[line["op"]] = line
                sent[(line["unit"], line["period"], line["results"], line["digitised"])] = line
        stands, of_op, refused = collections.Counter(), collections.defaultdict(list), set()
        for place, r in self.places.items():
            stands[(r["unit"], r["group"], r["period"], r["revision"])] += 1
            op = sent.get((r["unit"], r["period"], r["figures"].get("results"), r["figures"].get("digitised")))
            if op is None:
                self.wrong("C3", "entry %s holds a report that nobody sent: %s", place, r)
            elif op["p"] != r["principal"]:
                self.wrong("C3", "entry %s: %s sent it, %s stands in it", place, op["p"], r["principal"])
            else:
                of_op[op["op"]].append(place)
        for key, count in stands.items():
            if count > 1:
                self.wrong("C2", "revision %s stands %d times", key, count)
        for op, places in of_op.items():
            if len(places) > 1:
                self.wrong("C2", "op %d stands %d times: %s", op, len(places), places)
        for line in self.units:
            if line["f"] != "push" or line["type"] not in ("ok", "fail"):
                continue
            self.receipt(line, ops[line["op"]], of_op, refused)
        for line in self.faults:
            if line["f"] == "by-hand" and not of_op.get(line["op"]):
                self.wrong("C1", "dondoc push said that op %d stands; it stands nowhere", line["op"])
        self.check_replaces(of_op, ops)
        self.check_again(ops, of_op)
        for op in refused:
            if of_op.get(op):
                self.wrong("C3", "op %d was refused and stands at %s", op, of_op[op])
        self.numbers["sent"], self.numbers["records"] = len(ops), len(self.places)

    def check_replaces(self, of_op, ops):
        """What stands took the place of exactly what its sender named: nothing is overwritten unseen."""
        names = {(r["unit"], r["period"], r["revision"]): "%d/%s" % (r["revision"], r["hash"])
                 for r in self.places.values()}
        for op, places in of_op.items():
            r = self.places[places[0]]
            before = names.get((r["unit"], r["period"], r["revision"] - 1), "")
            if ops[op]["replaces"] != before:
                self.wrong("C3", "op %d named %s and took the place of %s", op, ops[op]["replaces"] or "nothing",
                           before or "nothing")

    def check_again(self, ops, of_op):
        """The same report once more, from its own key or another one, is never taken."""
        for line in self.units:
            if line["f"] not in ("again", "replay") or line["type"] != "ok":
                continue
            self.numbers[line["f"]] += 1
            if line["outcome"] in ("ACCEPTED", "REPLACED"):
                self.wrong("C2", "op %d, sent %s by %s, was %s at %d:%d; it stood at %s", line["op"], line["f"],
                           line["p"], line["outcome"], line["entry"], line["index"], of_op.get(line["op"]))
            elif line["outcome"] == "REJECTED" and ops[line["op"]]["p"] == line["p"]:
                self.wrong("C2", "op %d, which was taken, was refused when it came again: %s", line["op"], line["code"])

    def receipt(self, line, op, of_op, refused):
        outcome = line["outcome"]
        if outcome == "REJECTED":
            refused.add(op["op"])
            return
        place = (line["entry"], line["index"])
        r = self.places.get(place)
        self.numbers["receipts"] += 1
        if r is None:
            self.wrong("C1", "op %d (%s %s %s): %s said entry %s, which is not there", op["op"], op["p"], op["unit"],
                       op["period"], outcome, place)
            return
        same = (r["unit"], r["period"], r["revision"], r["hash"]) == (
            op["unit"], op["period"], line["revision"], line["hash"])
        if not same:
            self.wrong("C1", "op %d: %s named revision %d %s at %s, where %s stands", op["op"], outcome, line["revision"],
                       line["hash"], place, r)
        elif outcome != "SUPERSEDED" and (r["figures"].get("results"), r["figures"].get("digitised")) != (
                op["results"], op["digitised"]):
            self.wrong("C1", "op %d: %s for other figures: %s", op["op"], outcome, r)
        elif outcome != "SUPERSEDED" and not of_op.get(op["op"]):
            self.wrong("C1", "op %d was acknowledged and stands nowhere", op["op"])

    # ---- C4 ----

    def check_log(self):
        before, seq_before = "", 0
        for seq, kind, body, chain in self.log:
            if seq != seq_before + 1:
                self.wrong("C4", "entry %d follows entry %d", seq, seq_before)
            h = hashlib.blake2b(digest_size=16)
            h.update(before.encode() + b"\0" + kind.encode() + b"\0" + body)
            if h.hexdigest() != chain:
                self.wrong("C4", "entry %d: its chain value does not follow from entry %d", seq, seq_before)
            before, seq_before = chain, seq
        head = self.pairs(self.last["head"])
        if int(head.get("seq", 0)) != seq_before or head.get("chain", "") != before:
            self.wrong("C4", "the head says %s, the journal ends at %d %s", head, seq_before, before)
        final = {row[0]: row for row in self.rows}
        for ident, row in self.archive.items():
            if final[ident] != row:
                self.wrong("C4", "%s was archived and is another one now", ident)
        final_alerts = {row[0]: row for row in self.last["alerts"]}
        for name, dump in self.dumps:
            for stream, now, start in (("reports", final, dump["from"][0]), ("alerts", final_alerts, dump["from"][1])):
                last = start - 1 if start else 0
                for row in dump[stream]:
                    seq = int(row[0].split("-")[0])
                    if seq != last + 1 and not (stream == "reports" and all(
                            "%d-0" % n in self.archive for n in range(last + 1, seq))):
                        self.wrong("C4", "dump %s: %s %d follows %d", name, stream, seq, last)
                    last = seq
                    if now.get(row[0]) != row:
                        self.wrong("C4", "%s %s was seen in dump %s and is %s now", stream, row[0], name,
                                   "another one" if row[0] in now else "gone")
        self.check_reads()
        self.check_receipts()

    def check_reads(self):
        standing = {(r["unit"], r["period"], r["revision"]): r["hash"] for r in self.places.values()}
        for line in self.units:
            if line["f"] == "read" and line["revision"] > 0:
                name = "%d/%s" % (line["revision"], standing.get((line["unit"], line["period"], line["revision"])))
                self.numbers["reads"] += 1
                if name != line["hash"]:
                    self.wrong("C4", "%s read revision %s of %s %s, the journal has %s", line["p"], line["hash"],
                               line["unit"], line["period"], name)

    def check_receipts(self):
        if "receipts" not in self.last:
            return
        have = {k: v.split(" due=")[0] for k, v in self.pairs(self.last["receipts"]).items()}
        want = {"%s/%s/%s/%d" % (r["unit"], r["group"], r["period"], r["revision"]):
                "hash=%s at=%d:%d received=%d" % ((r["hash"],) + place + (r["received"],))
                for place, r in self.places.items()}
        self.compare("C4", "receipts", have, want)

    # ---- C5 C6 C7 ----

    @staticmethod
    def pairs(flat):
        return dict(zip(flat[::2], flat[1::2]))

    def compare(self, claim, what, have, want):
        for key in sorted(set(have) | set(want)):
            if have.get(key) != want.get(key):
                self.wrong(claim, "%s %s is %s, must be %s", what, key, have.get(key), want.get(key))

    def check_effects(self):
        fold, at = model.Model(), 0
        by_checkpoint = sorted(self.dumps, key=lambda d: int(self.pairs(d[1]["checkpoint:scorer"]).get("seq", 0)))
        for name, dump in by_checkpoint:
            mark = self.pairs(dump["checkpoint:scorer"])
            seq = int(mark.get("seq", 0))
            while at < seq and at < len(self.log):
                fold.entry(*self.log[at][:3])
                at += 1
            if at < seq:
                self.wrong("C5", "dump %s: the checkpoint is %d, the journal ends at %d", name, seq, at)
            # In the middle of things a difference means that effects and checkpoint came apart.
            self.effects_of_dump("C6" if name.endswith("end") else "C5", name, dump, fold)
            self.alerts_of_dump(name, dump, fold, int(mark.get("out", 0)))
        while at < len(self.log):
            fold.entry(*self.log[at][:3])
            at += 1
        self.model = fold
        self.numbers["events"], self.numbers["dumps"] = len(fold.events), len(self.dumps)

    def effects_of_dump(self, claim, name, dump, fold):
        for key, flat in dump.items():
            if key.startswith("facts:"):
                unit = key[6:]
                want = {"digitisation/" + p: fold.fact_line(r) for p, r in fold.facts.get(unit, {}).items()}
                self.compare(claim, "dump %s %s" % (name, key), self.pairs(flat), want)
            elif key.startswith("scores:"):
                self.compare(claim, "dump %s %s" % (name, key), *self.scores(key[7:], self.pairs(flat), fold))
        told = {k: v.rsplit(" opened=", 1)[0] for k, v in self.pairs(dump["told"]).items()}
        self.compare(claim, "dump %s told" % name, told, {code: fold.told_line(code) for code in fold.told})
        missing = {k: v.rsplit(" opened=", 1)[0] for k, v in self.pairs(dump["missing"]).items()}
        self.compare(claim, "dump %s missing" % name, missing, {code: fold.missing_line(code) for code in fold.missing})
        self.compare(claim, "dump %s due" % name, self.pairs(dump["due"]), fold.due_lines())
        parked = [self.pairs(row[1])["at"] for row in dump["parked"]]
        if parked != fold.parked:
            self.wrong(claim, "dump %s: parked is %s, must be %s", name, parked, fold.parked)
        if dump["parked:notifier"]:
            self.wrong(claim, "dump %s: notifier parked %s", name, dump["parked:notifier"])

    @staticmethod
    def scores(unit, lines, fold):
        have, want = {}, {}
        for field, line in lines.items():
            words = dict(w.split("=", 1) for w in line.split()[1:])
            have[field] = (line.split()[0], words["window"], int(words.get("num", -1)), int(words.get("den", -1)))
        want.update(fold.scores.get(unit, {}))
        return have, want

    def alerts_of_dump(self, name, dump, fold, out):
        """The events that the journal holds at this checkpoint are the model's so far."""
        got, passed = [], 0
        for seq, told in self.alerts:
            if seq > out:
                break
            if told is not None:
                got.extend(told)
            else:
                passed += 1
        ends = [int(row[0].split("-")[0]) for row in dump["alerts"]]
        if ends and ends[-1] != out:
            self.wrong("C5", "dump %s: the alerts journal ends at %d, the checkpoint says %d", name, ends[-1], out)
        if passed != fold.passed:
            self.wrong("C7", "dump %s: %d entries were passed on, must be %d", name, passed, fold.passed)
        by_code = collections.defaultdict(list)
        for event in got:
            by_code[event[0]].append(event)
        for want in fold.events:
            have = by_code[want[0]].pop(0) if by_code[want[0]] else None
            if have is None or have[:7] != want[:7] or have[7] not in want[7]:
                self.wrong("C7", "dump %s: the event is %s, must be %s", name, have, want)
        for left in by_code.values():
            if left:
                self.wrong("C7", "dump %s: events beside the model's: %s", name, left[:2])

    def check_hearing(self):
        """Inboxes, ladder, digests and holds are what follows from the alerts journal, at every checkpoint."""
        fold, at = hearing.Hearing(), 0
        for name, dump in sorted(self.dumps, key=lambda d: int(self.pairs(d[1]["checkpoint:notifier"]).get("seq", 0))):
            mark = int(self.pairs(dump["checkpoint:notifier"]).get("seq", 0))
            while at < len(self.alerts_log) and self.alerts_log[at][0] <= mark:
                fold.entry(*self.alerts_log[at][:3])
                at += 1
            self.inboxes_of_dump(name, dump, fold)
            for key, lines in (("ladder", fold.ladder_lines()), ("rows", fold.rows_lines()), ("held", fold.held_lines()),
                               ("hold", fold.hold_lines())):
                self.compare("C7", "dump %s %s" % (name, key), self.pairs(dump[key]), lines)
            if not name.endswith("live"):
                self.told_of_dump(name, dump, fold)
        for seq, kind, body, _ in self.alerts_log[at:]:
            fold.entry(seq, kind, body)
        for what in fold.strange:
            self.wrong("C7", "%s", what)
        self.hearing = fold
        for what, count in fold.counts.items():
            self.numbers[what] = count

    def inboxes_of_dump(self, name, dump, fold):
        for key, rows in dump.items():
            if key.startswith("inbox:"):
                have = [[row[0], self.pairs(row[1])] for row in rows]
                want = [row for row in fold.inbox[key[6:]] if int(row[0].split("-")[0]) >= dump["from"][1]]
                if have != want:
                    odd = [r for r in have if r not in want] + [r for r in want if r not in have]
                    self.wrong("C7", "dump %s: %s holds %d rows, must be %d; e.g. %s", name, key, len(have),
                               len(want), odd[:2] or "the order differs")

    def told_of_dump(self, name, dump, fold):
        digests, told = {}, {}
        for key, flat in dump.items():
            if key.startswith("digest:"):
                digests[key[7:]] = {k: v for k, v in self.pairs(flat).items() if k not in ("why", "n")}
            elif key.startswith("alert:"):
                told[key[6:]] = {k[5:]: "row" if v.startswith("d") else "message" for k, v in self.pairs(flat).items()
                                 if k.startswith("told:")}
        self.compare("C7", "dump %s digests" % name, {k: v for k, v in digests.items() if v},
                     {k: v for k, v in fold.digests.items() if v})
        self.compare("C7", "dump %s who was told of" % name, {k: v for k, v in told.items() if v},
                     {k: v for k, v in fold.told.items() if v})

    # ---- C8 C9 ----

    def check_leaders(self):
        watching = {n for line in self.faults if line["f"] == "leaders" for n in line["names"]}
        due = self.hearing.due
        got, at, cursor, most = collections.defaultdict(set), {}, {}, {}
        for line in self.leaders:
            device = line["p"]  # office, or office/2: its second device
            who = device.split("/")[0]
            if line["f"] == "subscribed":
                self.check_cursor(device, line["position"], cursor, most)
                at[(device, line["session"])] = line["position"]
            if line["f"] != "alert":
                continue
            alert = line["alert"]
            self.numbers["messages"] += 1
            foreign = set(CANARY.findall(line["raw"])) - hearing.may_see(who)
            if foreign:
                self.wrong("C8", "%s was shown %s: %s", who, sorted(foreign), alert)
            right = due[who].get(alert["id"])
            if right is None:
                self.wrong("C9", "%s received %s, which no journal entry sends it", who, alert)
                continue
            if (alert["position"], alert["code"], alert["kind"], alert["reason"], alert["window"]) != right[:5]:
                self.wrong("C9", "%s received %s, must be %s", who, alert, right[:5])
            if right[5] is not None and self.codes_in(line["raw"]) != right[5]:
                self.wrong("C9", "%s: digest %s tells of %s, must be %s", who, alert["code"], self.codes_in(line["raw"]),
                           right[5])
            if alert["position"] <= at.get((device, line["session"]), -1):
                self.wrong("C9", "%s: position %d again within a session, or behind its cursor", who, alert["position"])
            at[(device, line["session"])] = alert["position"]
            most[device] = max(most.get(device, 0), alert["position"])
            got[device].add(alert["id"])
        for who in watching:
            missing = sorted(set(due[who]) - got[who])
            if missing:
                self.wrong("C9", "%s never received %d messages, e.g. %s", who, len(missing), missing[0])

    @staticmethod
    def codes_in(raw):
        """Codes in the table of a message."""
        alert = model.message(model.message(raw.encode("latin-1"))[11][0])
        return sorted(model.text(model.message(row), 1) for row in alert.get(22, []))

    def check_cursor(self, who, position, cursor, most):
        """A cursor never goes back, and stands at nothing that its leader did not store."""
        if position < cursor.get(who, 0):
            self.wrong("C9", "%s: the cursor was at %d and is at %d", who, cursor[who], position)
        if position > most.get(who, 0):
            self.wrong("C9", "%s: the cursor is at %d, %d was the last one received", who, position, most.get(who, 0))
        cursor[who] = max(position, cursor.get(who, 0))

    def check_acts(self):
        """An acknowledgement stands once, by its leader, where its answer said."""
        asked = {line["id"]: line for line in self.leaders if line["f"] == "acknowledge" and line["type"] == "invoke"}
        asked.update((line["id"], dict(line, code=line["subject"])) for line in self.faults
                     if line["f"] == "act" and line["type"] == "invoke")
        stands = collections.defaultdict(list)
        for seq, kind, body, _ in self.log:
            if kind == "act":
                act = model.message(body)
                stands[model.text(act, 1)].append(seq)
                line = asked.get(model.text(act, 1))
                if line is None:
                    self.wrong("C3", "entry %d holds an act that nobody sent: %s", seq, act)
                elif (line["p"].split("/")[0], line["code"]) != (model.text(act, 6), model.text(act, 3)):
                    self.wrong("C3", "entry %d: %s took on %s, %s stands in it", seq, line["p"], line["code"], act)
        for ident, places in stands.items():
            if len(places) > 1:
                self.wrong("C2", "act %s stands %d times: %s", ident, len(places), places)
        for line in self.leaders + self.faults:
            if line["f"] in ("acknowledge", "act") and line["type"] == "ok":
                self.numbers["acts"] += 1
                entry = line.get("entry", 0)
                if not stands[line["id"]] or entry not in (0, stands[line["id"]][0]):
                    self.wrong("C1", "act %s was answered with entry %d, it stands at %s", line["id"], entry,
                               stands[line["id"]])

    # ---- C11 ----

    def check_counters(self):
        starts = collections.defaultdict(list)
        for line in self.faults:
            if line["f"] == "start":
                name, _, second = line["part"].partition("-")
                starts["dondoc:ops:%s:%s" % (name, second or "1")].append(line["t"])
        before = {}
        for name, dump in self.dumps:
            for key in starts:
                now = self.pairs(dump.get(key, []))
                if not now:
                    continue
                old, at = before.get(key, ({}, 0.0))
                began = bisect.bisect(starts[key], dump["t"]) != bisect.bisect(starts[key], at)
                if old.get("started") == now["started"] and not began:
                    for counter in COUNTERS[key.split(":")[2]]:
                        self.numbers["counters"] += 1
                        if int(now.get(counter, 0)) < int(old.get(counter, 0)):
                            self.wrong("C11", "dump %s: %s of %s was %s and is %s, and it was not started since", name,
                                       counter, key, old.get(counter), now.get(counter))
                before[key] = (now, dump["t"])

    # ---- C10 C12 ----

    def check_faults(self):
        for line in self.faults:
            if line["f"] == "stale-epoch":
                self.numbers["epoch_probes"] += 1
                if line["type"] != "fail":
                    self.wrong("C10", "%s: a call of epoch %d was answered %s while %d is the present one", line["p"],
                               line["epoch"], line["answer"], line["present"])
            elif line["f"] == "drained":
                self.numbers["drains"] += 1
                if line["type"] != "ok" or line["seconds"] > self.drain_seconds:
                    self.wrong("C12", "not drained after %.1f s: %s", line["seconds"], line.get("why", ""))
            elif line["f"] == "standoff":
                self.numbers["standoffs"] += 1
                if line["before"] != line["after"]:
                    self.wrong("C10", "two of %s take over from each other: epochs %s, then %s", line["p"],
                               line["before"], line["after"])
            elif line["f"] == "dd_trim":
                self.numbers["trims"] += 1
                if line["answer"] == "OK" and line["up_to"] > line["checkpoint"]:
                    self.wrong("C4", "the journal was trimmed up to %d, the scorer had read %d", line["up_to"],
                               line["checkpoint"])
            elif line["f"] == "append-on-flipped":
                self.numbers["flips"] += 1
                if line["type"] != "fail":
                    self.wrong("C4", "entry %d was changed behind the seal, and the journal went on from %s to %s",
                               line["entry"], line["head"], line["after"])
            elif line["f"] == "start-on-flipped":
                self.numbers["flips"] += 1
                if line["type"] != "fail" or line["status"] != 78:
                    self.wrong("C4", "a byte was changed (%s) and Redis started, or ended with status %s", line["where"],
                               line["status"])
            elif line["f"] == "broken":
                self.wrong("C12", "the run broke: %s", line["why"])
            elif line["type"] == "info":
                self.numbers["faults"] += 1

    def run(self):
        if self.load():
            self.check_reports()
            self.check_log()
            self.check_effects()
            self.check_hearing()
            self.check_leaders()
            self.check_acts()
            self.check_counters()
        self.check_faults()
        bad = " ".join("%s=%d" % kv for kv in sorted(self.found.items())) or "none"
        print("checker: violations: %s | %s" % (bad, " ".join("%s=%d" % kv for kv in sorted(self.numbers.items()))))
        if self.found:
            return 1
        thin = [n for n in ("receipts", "reads", "events", "messages", "faults", "drains", "epoch_probes")
                if self.numbers[n] == 0]
        if thin:
            print("checker: proves nothing: no %s" % " ".join(thin))
            return 65
        return 0

    def write(self, path):
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"violations": self.found, "numbers": self.numbers}, out)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    p.add_argument("directory")
    p.add_argument("--most", type=int, default=3)
    p.add_argument("--drain-seconds", type=float, default=40)
    o = p.parse_args()
    checker = Checker(o.directory, o.most, o.drain_seconds)
    code = checker.run()
    checker.write(os.path.join(o.directory, "verdict.json"))
    return code


if __name__ == "__main__":
    sys.exit(main())
