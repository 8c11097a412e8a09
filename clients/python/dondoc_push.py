#!/usr/bin/env python3
r"""dondoc_push - sends a unit's figures to dondoc, from any desk. One file; Python 3.9 or later and pyzmq.

    pip install pyzmq                     (Debian: apt-get install python3-zmq)

    python dondoc_push.py --new-key D:\dondoc\unit.key
        makes a key pair there and prints the public key: send that line to the programme's contact
    python dondoc_push.py --probe         is everything set up? says who you are and what you report
    python dondoc_push.py report.csv      sends a file; what cannot be sent now is kept in the outbox
    python dondoc_push.py                 sends what the outbox keeps, and nothing else

Settings are flags, environment variables (DONDOC_SERVER, ...) or lines of the file given with --config:

    server: tcp://HOST:5701
    server-key: the 40 characters that the programme's contact gave you
    province: quang-ngai
    key: D:\dondoc\unit.key
    outbox: D:\dondoc\outbox

Windows Task Scheduler, every 15 minutes, sends what was kept (one line, in a command prompt):

    schtasks /Create /TN dondoc /SC MINUTE /MO 15 /TR "py -3 D:\dondoc\dondoc_push.py --config D:\dondoc\dondoc.yaml"

cron:  */15 * * * *  python3 /opt/dondoc/dondoc_push.py --config /etc/dondoc/dondoc.yaml

The file (CSV, UTF-8 with or without BOM; `;` `,` or tab): one row a unit and period.

    unit;period;results_in_force;results_in_force_digitised
    21043;2023-09;2386;1130

Columns unit, period, optional from, to, reason, then one column a measure. An empty cell is "not reported", 0 is zero,
x is "not applicable". A count is digits, or digits in dotted groups of three throughout the file (2.386); a decimal has
a comma (41,09). Everything else (1.20  1,204  1e3, a period that a spreadsheet made a date, a code that lost its leading
zero) is refused with row, column, value and remedy; one bad row does not hold back the others. A row may become several
reports, one for each group of measures; each is taken or refused whole. All of it: doc/report-format.md.

The outbox is a folder. A report is written there and synced before it is sent, and removed only after a final receipt;
every run sends what is there first, in order. Running it again is always safe. What was acknowledged is kept for 7 days
with its receipt (folder kept/) and offered again when the server says that it has lost it. `dondoc push` uses the same
format: doc/outbox.md.

Exit status: 0 all taken (or already there)   64 wrong usage   65 something was refused, the rest was taken
    69 no server, and nothing was kept   70 a fault of this program   75 kept in the outbox, will be sent by a later run
    77 the server refuses this key       78 settings wrong

It speaks the contract of proto/README.md and was written from that page.
"""

import argparse
import csv
import difflib
import hashlib
import io
import json
import os
import random
import re
import sys
import time

VERSION = "0.1.0"
WIRE_VERSION = 1
EXIT_DONE, EXIT_USAGE, EXIT_DATA, EXIT_UNAVAILABLE = 0, 64, 65, 69
EXIT_BUG, EXIT_KEPT, EXIT_REFUSED, EXIT_CONFIG = 70, 75, 77, 78

REPORTS_A_PUSH = 40  # the receipts have to fit into one message too
HELD = ("unit", "group", "period", "revision", "hash", "entry", "index", "received_at_ms", "due", "on_time")
KEPT_MS = 7 * 86400000
PUSH_BYTES = 32768
MESSAGE_BYTES = 65536
FILE_BYTES_MAX = 16 * 1024 * 1024
REASON_BYTES = 500
CODE_BYTES = 64
RETRIES = 3  # rounds of RETRY_LATER within one run


class Stop(Exception):
    """Ends the run with an exit status and a sentence."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


# ---- languages --------------------------------------------------------------------------

LANG = "vi"


def say(vi, en, **values):
    return (vi if LANG == "vi" else en).format(**values)


def show(text, to=None):
    """Prints a line. A reader that is gone, or a full disk behind it, never stops the sending."""
    try:
        print(text, file=to or sys.stdout, flush=True)
    except (OSError, ValueError):
        pass


# ---- the wire format of protobuf, as much of it as we need ------------------------------

class Malformed(Exception):
    """Bytes that are no message of the contract."""


def put_varint(n):
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def get_varint(data, at):
    n = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Malformed("varint")
        byte = data[at]
        at += 1
        n |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return n & 0xFFFFFFFFFFFFFFFF, at


def zigzag(n):
    return n * 2 if n >= 0 else -n * 2 - 1


def unzigzag(n):
    return n >> 1 if n % 2 == 0 else -(n >> 1) - 1


# A schema: name -> (number, type, repeated). Types: u (unsigned or enum), i (int64), b (bool),
# z (sint64), s (text), y (bytes), or the name of another schema. A name that ends in ! is part of a
# oneof: it is written also when it is 0.
SCHEMAS = {
    "UnitRequest": {
        "version": (1, "u"), "request_id": (2, "u"), "province": (3, "s"),
        "hello": (10, "Hello"), "push": (11, "Push"), "standing": (12, "Standing"),
    },
    "Hello": {"log_id": (1, "s"), "software": (2, "s"), "last": (3, "Held")},
    "Held": {
        "unit": (1, "s"), "group": (2, "s"), "period": (3, "s"), "revision": (4, "u"), "hash": (5, "s"),
        "entry": (6, "u"), "index": (7, "u"), "received_at_ms": (8, "i"), "due": (9, "s"), "on_time": (10, "b"),
        "seal": (11, "y"),
    },
    "Push": {"reports": (1, "Report", True), "validate_only": (2, "b")},
    "Report": {
        "unit": (1, "s"), "group": (2, "s"), "period": (3, "s"), "from": (4, "s"), "to": (5, "s"),
        "figures": (6, "Figure", True), "reason": (7, "s"), "made_at_ms": (8, "i"),
        "source_system": (9, "s"), "replaces": (10, "s"), "offered": (11, "Held"),
    },
    "Figure": {"measure": (1, "s"), "count!": (2, "z"), "decimal!": (3, "s"), "not_applicable!": (4, "b")},
    "Standing": {"keys": (1, "Key", True)},
    "Key": {"unit": (1, "s"), "group": (2, "s"), "period": (3, "s")},
    "UnitReply": {
        "version": (1, "u"), "request_id": (2, "u"), "server_info": (10, "ServerInfo"),
        "receipts": (11, "Receipts"), "standings": (12, "Standings"), "done": (13, "Done"),
        "refusal": (14, "Refusal"),
    },
    "ServerInfo": {
        "server_version": (1, "s"), "log_id": (2, "s"), "now_ms": (3, "i"), "programme_digest": (4, "s"),
        "message_bytes_max": (5, "u"), "reports_max": (6, "u"), "principal": (7, "s"),
        "scope": (8, "s", True), "simulated": (9, "b"), "state": (10, "s"),
        "groups": (11, "GroupInfo", True), "re_offer": (12, "b"),
    },
    "GroupInfo": {"code": (1, "s"), "measures": (2, "s", True)},
    "Receipts": {"receipts": (1, "Receipt", True)},
    "Receipt": {
        "outcome": (1, "u"), "unit": (2, "s"), "group": (3, "s"), "period": (4, "s"), "revision": (5, "u"),
        "entry": (6, "u"), "index": (7, "u"), "hash": (8, "s"), "received_at_ms": (9, "i"), "due": (10, "s"),
        "on_time": (11, "b"), "from": (12, "s"), "to": (13, "s"), "old_figures": (14, "Figure", True),
        "refusal": (15, "Refusal"), "seal": (16, "y"), "first_received_at_ms": (17, "i"),
    },
    "Refusal": {
        "code": (1, "s"), "field": (2, "s"), "value": (3, "s"), "message_vi": (4, "s"), "message_en": (5, "s"),
    },
    "Standings": {"standings": (1, "StandingOf", True)},
    "StandingOf": {
        "revision": (1, "u"), "hash": (2, "s"), "received_at_ms": (3, "i"), "figures": (4, "Figure", True),
    },
    "Done": {"entry": (1, "u"), "note": (2, "s")},
}
OUTCOMES = ["?", "ACCEPTED", "REPLACED", "DUPLICATE", "SUPERSEDED", "REJECTED", "RETRY_LATER", "VALID"]


def encode_value(number, kind, value):
    if kind in ("u", "i", "b", "z"):
        n = zigzag(value) if kind == "z" else int(value)
        return put_varint(number << 3) + put_varint(n & 0xFFFFFFFFFFFFFFFF)
    if kind == "s":
        body = value.encode("utf-8")
    elif kind == "y":
        body = value
    else:
        body = encode(kind, value)
    return put_varint(number << 3 | 2) + put_varint(len(body)) + body


def encode(schema, message):
    """A dict as bytes. What is absent, empty, 0 or False is left out, except in a oneof."""
    out = []
    for name, spec in SCHEMAS[schema].items():
        oneof = name.endswith("!")
        value = message.get(name[:-1] if oneof else name)
        if len(spec) == 3:
            out.extend(encode_value(spec[0], spec[1], one) for one in value or [])
        elif value is not None and (value or oneof or isinstance(value, dict)):
            out.append(encode_value(spec[0], spec[1], value))
    return b"".join(out)


def default_of(kind):
    return {"s": "", "y": b"", "b": False}.get(kind, 0)


def decode_value(kind, wire, raw):
    if kind in ("u", "i", "b", "z"):
        if wire != 0:
            raise Malformed("type")
        if kind == "z":
            return unzigzag(raw)
        if kind == "b":
            return raw != 0
        return raw - (1 << 64) if kind == "i" and raw >= 1 << 63 else raw
    if wire != 2:
        raise Malformed("type")
    if kind == "s":
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as why:
            raise Malformed("text") from why
    return raw if kind == "y" else decode(kind, raw)


def fields(data):
    """(number, wire type, value) of each field; lengths are checked."""
    at = 0
    while at < len(data):
        key, at = get_varint(data, at)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise Malformed("field 0")
        if wire == 0:
            value, at = get_varint(data, at)
        else:
            if wire == 2:
                size, at = get_varint(data, at)
            elif wire in (1, 5):
                size = 8 if wire == 1 else 4
            else:
                raise Malformed("wire type")
            if size > len(data) - at:
                raise Malformed("length")
            value = data[at:at + size]
            at += size
        yield number, wire, value


def decode(schema, data):
    """Bytes as a dict with all fields of the schema, at their defaults where absent; those of a oneof and messages
    only when they are there."""
    known, message = {}, {}
    for name, spec in SCHEMAS[schema].items():
        plain = name.rstrip("!")
        known[spec[0]] = (plain, spec, name != plain)
        if len(spec) == 3:
            message[plain] = []
        elif name == plain and len(spec[1]) == 1:
            message[plain] = default_of(spec[1])
    for number, wire, raw in fields(data):
        if number not in known:
            continue  # a newer server; ours to ignore
        plain, spec, oneof = known[number]
        value = decode_value(spec[1], wire, raw)
        if len(spec) == 3:
            message[plain].append(value)
        else:
            if oneof:
                for other, _, is_oneof in known.values():
                    if is_oneof:
                        message.pop(other, None)
            message[plain] = value
    return message


# ---- keys -------------------------------------------------------------------------------

Z85 = re.compile(r"^[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}$")


def fingerprint(key):
    return hashlib.blake2b(key.encode("ascii"), digest_size=16).hexdigest()[:16]


def key_write(path, public, secret):
    """A new key file, mode 0600; never over another."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as why:
        raise Stop(EXIT_USAGE, say(
            "{path}: tệp đã có; khóa không bao giờ bị ghi đè. Đề nghị chọn tên khác.",
            "{path}: there is a file already; a key is never overwritten. Please choose another name.",
            path=path)) from why
    except OSError as why:
        raise Stop(EXIT_CONFIG, "%s: %s" % (path, why.strerror)) from why
    with os.fdopen(fd, "w", encoding="ascii", newline="\n") as out:
        out.write("# dondoc key, made by dondoc_push.py; keep it here\npublic %s\nsecret %s\n" % (public, secret))
        out.flush()
        os.fsync(out.fileno())


def key_read(path):
    """(public, secret) of a key file."""
    def bad(vi, en, why=""):
        raise Stop(EXIT_CONFIG, path + ": " + say(vi, en, path=path, why=why))

    try:
        with open(path, encoding="ascii") as source:
            text = source.read(4097)
            mode = os.fstat(source.fileno()).st_mode
    except FileNotFoundError:
        bad("không có tệp khóa; tạo bằng --new-key", "no such key file; --new-key makes one")
    except (OSError, UnicodeDecodeError) as why:
        bad("không đọc được ({why})", "cannot be read ({why})", why)
    if os.name == "posix" and mode & 0o077:
        bad("người khác đọc được khóa bí mật; chạy: chmod 600 {path}",
            "others can read the secret key; run: chmod 600 {path}")
    found = {}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or words[0] not in ("public", "secret") or words[0] in found or not Z85.match(words[1]):
            bad("không phải tệp khóa: cần đúng hai dòng “public …” và “secret …”",
                "not a key file: it has the lines “public …” and “secret …”, each once")
        found[words[0]] = words[1]
    if len(found) != 2:
        bad("thiếu dòng public hoặc secret", "the line public or secret is missing")
    return found["public"], found["secret"]


# ---- the CSV ----------------------------------------------------------------------------

class Complaint:
    """One thing that is wrong in the file: row and column as a spreadsheet counts them, and a stable code."""

    def __init__(self, row, column, value, code, vi, en, **values):
        self.row, self.column, self.value, self.code = row, column, value, code
        self.text = say(vi, en, **values)

    def __str__(self):
        where = say("dòng {row}", "row {row}", row=self.row)
        if self.column:
            where += say(", cột {column}", ", column {column}", column=self.column)
        if self.value is not None:
            where += ", “%s”" % self.value[:60]
        return "%s: %s (%s)" % (where, self.text, self.code)


class Whole(Stop):
    """Something that holds the whole file back."""

    def __init__(self, code, vi, en, **values):
        super().__init__(EXIT_DATA, "%s (%s)" % (say(vi, en, **values), code))


FIXED = ("unit", "period", "from", "to", "reason")
PERIOD = re.compile(r"^(\d{4})(-(0[1-9]|1[0-2])|-Q[1-4]|-H[12]|-9M|-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
                    r"|@\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$")
# 6/2023  01/06/2023  6.2023  06-2023  Jun-23  Thg6-23  23-Jun  and 45078, a day's number in Excel
DATE_LIKE = re.compile(r"\d[/.]\d|^\d{1,2}[- ]\d{4}$|^[^\W\d]+ ?\d*[- ]\d{2,4}$|^\d{1,2}[- ][^\W\d]|^\d{5}$")
DAY = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")
DIGITS = re.compile(r"^[0-9]+$")
DOTTED = re.compile(r"^[1-9][0-9]{0,2}(\.[0-9]{3})+$")
DECIMAL = re.compile(r"^[0-9]+,([0-9]{1,2}|[0-9]{4})$")
UNIT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(@(first|\d{4}-\d\d-\d\d))?$")
DIGITS_MAX = 15

# What is no figure: a pattern, the code, and what to do.
NO_FIGURES = (
    (re.compile(r"^-\s*[0-9]"), "negative", "số âm; đề nghị ghi số từ 0 trở lên, để trống nếu chưa có",
     "negative; please write 0 or more, or leave it empty if it is not known yet"),
    (re.compile(r"%$"), "percent", "tỷ lệ được hệ thống tự tính; đề nghị ghi số đếm",
     "ratios are computed here; please write the counts"),
    (re.compile(r"^[0-9.,]+[eE][+-]?[0-9]+$"), "exponent", "bảng tính có thể đã làm mất chữ số; đề nghị ghi đủ các chữ số",
     "the spreadsheet may have lost digits; please write all of them"),
    (re.compile(r"^[0-9]+(,[0-9]{3})+$"), "ambiguous_comma", "không rõ là phần nghìn hay phần thập phân; đề nghị ghi 1204, "
     "1.204 hoặc 1,2040", "thousands or a decimal? please write 1204, 1.204 or 1,2040"),
    (re.compile(r"^[0-9]*\.[0-9.]*$"), "decimal_point", "dấu chấm chỉ dùng để nhóm ba chữ số; đề nghị ghi như 120 hoặc 1,20",
     "a point only parts groups of three; please write it like 120 or 1,20"),
    (re.compile(""), "not_a_number", "không phải là số; đề nghị chỉ ghi chữ số, ghi x nếu không áp dụng, để trống nếu chưa có",
     "not a number; please write digits only, x where it does not apply, nothing if it is not known yet"),
)


def text_of(data):
    """The bytes of a file as text; UTF-8, with or without a byte order mark."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Whole("not_a_table", "Tệp được lưu theo bảng mã UTF-16. Trong Excel, chọn “CSV UTF-8” khi lưu và gửi lại.",
                    "The file is UTF-16. In Excel choose “CSV UTF-8” when saving, and send again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise Whole("not_a_table", "Dòng {line}: không đúng bảng mã UTF-8. Trong Excel, chọn “CSV UTF-8” khi lưu và gửi lại.",
                    "Line {line}: not UTF-8. In Excel choose “CSV UTF-8” when saving, and send again.",
                    line=data[:why.start].count(b"\n") + 1) from why


def rows_of(text):
    """(row number as a spreadsheet shows it, cells) of each row that is not empty."""
    number, separator = 0, None
    if re.match(r"^sep=[;,\t]\r?\n", text):
        separator, number = text[4], 1
        text = text.split("\n", 1)[1]
    if separator is None:
        first = next((line for line in text.splitlines() if line.strip()), "")
        separator = next((one for one in ";\t," if one in first), ";")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            raise Whole("not_a_table", "Dòng {row}: dấu ngoặc kép không khớp ({why}). Đề nghị sửa và gửi lại cả tệp.",
                        "Row {row}: the quotes do not match ({why}). Please mend it and send the whole file again.",
                        row=number, why=why) from why
        cells = [cell.strip(" \u00a0\r\n") for cell in cells]
        if any(cells):
            yield number, cells


def header_check(names, groups):
    """{column: name}; what is wrong in the first row holds the whole file back."""
    measures = {m for g in groups for m in g["measures"]}
    while names and names[-1] == "":
        names = names[:-1]  # a spreadsheet's empty columns; a cell under them is refused
    for name in names:
        if name == "":
            raise Whole("unnamed_column", "Có cột không tên ở dòng đầu; đề nghị ghi tên hoặc bỏ cột.",
                        "A column has no name in the first row; please name it or remove it.")
        if names.count(name) > 1:
            raise Whole("duplicate_column", "Cột “{name}” có hai lần; đề nghị bỏ một cột.",
                        "The column “{name}” is there twice; please remove one.", name=name)
        if name not in FIXED and name not in measures:
            near = difflib.get_close_matches(name, sorted(measures | set(FIXED)), 1)
            raise Whole("unknown_column", "“{name}” không phải cột hay mã số liệu của chương trình{near}.",
                        "“{name}” is neither a column nor a measure of the programme{near}.", name=name,
                        near=say("; có phải {it}?", "; is it {it}?", it=near[0]) if near else "")
    for name in ("unit", "period"):
        if name not in names:
            raise Whole("missing_column", "Thiếu cột “{name}”.", "The column “{name}” is missing.", name=name)
    if not measures & set(names):
        raise Whole("missing_column", "Không có cột số liệu nào.", "There is no column of figures.")
    return dict(enumerate(names))


def grouping_check(rows, columns):
    """Thousands are written one way in a file: one of two ways may be a slip."""
    found = {}
    for row, cells in rows:
        for at, cell in enumerate(cells):
            if columns.get(at, "unit") in FIXED:
                continue
            if DOTTED.match(cell):
                found.setdefault("dotted", (row, cell))
            elif DIGITS.match(cell) and len(cell.lstrip("0")) > 3:
                found.setdefault("plain", (row, cell))
    if len(found) == 2:
        raise Whole("mixed_grouping", "Dòng {a[0]} ghi {a[1]}, dòng {b[0]} ghi {b[1]}: đề nghị ghi hàng nghìn thống nhất "
                    "trong cả tệp và gửi lại.", "Row {a[0]} has {a[1]}, row {b[0]} has {b[1]}: please write thousands one "
                    "way throughout the file and send again.", a=found["dotted"], b=found["plain"])


def unit_wrong(row, value, scope):
    if value == "":
        return Complaint(row, "unit", None, "missing_unit", "thiếu mã đơn vị", "the unit code is missing")
    if not UNIT.match(value) or re.match(r"^[0-9.]*\.[0-9]*$", value) or len(value.encode("utf-8")) > CODE_BYTES:
        return Complaint(row, "unit", value, "bad_unit", "không phải mã đơn vị (bảng tính đã đổi thành số?); đề nghị ghi mã "
                         "theo danh mục, định dạng ô là văn bản", "not a unit code (did the spreadsheet make it a number?); "
                         "please write the code of the list, the cells formatted as text")
    codes = {code.split("@")[0] for code in scope}
    if "*" not in codes and value.split("@")[0] not in codes:
        for zeros in ("0", "00", "000"):
            if zeros + value in codes:
                return Complaint(row, "unit", value, "zero_lost", "mã bị mất số 0 ở đầu; đề nghị ghi {right}, định dạng ô là "
                                 "văn bản", "the code lost its leading zero; please write {right}, the cells formatted as "
                                 "text", right=zeros + value)
    return None


def period_wrong(row, value):
    if value == "":
        return Complaint(row, "period", None, "missing_period", "thiếu kỳ báo cáo", "the period is missing")
    if PERIOD.match(value):
        return None
    if DATE_LIKE.search(value):
        return Complaint(row, "period", value, "period_date", "bảng tính đã đổi kỳ báo cáo thành ngày; đề nghị định dạng cột "
                         "là văn bản và ghi như 2023-06", "the spreadsheet made a date of it; please format the column as "
                         "text and write it like 2023-06")
    return Complaint(row, "period", value, "bad_period", "không phải mã kỳ báo cáo; đề nghị ghi như 2023-06, 2023-Q3, "
                     "2023-H1, 2023-9M, 2023 hoặc 2026@2026-09-26", "not a period code; please write it like 2023-06, "
                     "2023-Q3, 2023-H1, 2023-9M, 2023 or 2026@2026-09-26")


def figure_of(row, column, value):
    """(figure, None), (None, complaint), or (None, None) for what is not reported."""
    if value == "":
        return None, None
    if value in ("x", "X"):
        return {"measure": column, "not_applicable": True}, None
    if DIGITS.match(value) or DOTTED.match(value) or DECIMAL.match(value):
        if sum(c.isdigit() for c in value) > DIGITS_MAX:
            return None, Complaint(row, column, value, "too_large", "số quá lớn; đề nghị kiểm tra",
                                   "the number is too large; please check it")
        if "," in value:
            return {"measure": column, "decimal": value.replace(",", ".")}, None
        return {"measure": column, "count": int(value.replace(".", ""))}, None
    for pattern, code, vi, en in NO_FIGURES:
        if pattern.search(value):
            return None, Complaint(row, column, value, code, vi, en)
    raise AssertionError(value)  # the last pattern matches everything


def row_read(row, cells, columns, scope):
    """({name: text}, [figures], [complaints]) of one row."""
    wrong, fixed, figures = [], dict.fromkeys(FIXED, ""), []
    for at, cell in enumerate(cells):
        name = columns.get(at)
        if name is None and cell:
            wrong.append(Complaint(row, None, cell, "extra_field", "ô nằm ngoài các cột có tên; ô có dấu ngăn cách cần đặt "
                                   "trong ngoặc kép", "the cell is beyond the named columns; a cell that holds the separator "
                                   "needs quotes"))
        elif name in FIXED:
            fixed[name] = cell
        elif name is not None:
            figure, complaint = figure_of(row, name, cell)
            if complaint:
                wrong.append(complaint)
            elif figure:
                figures.append(figure)
    wrong.extend(filter(None, (unit_wrong(row, fixed["unit"], scope), period_wrong(row, fixed["period"]))))
    for name in ("from", "to"):
        if fixed[name] and not DAY.match(fixed[name]):
            wrong.append(Complaint(row, name, fixed[name], "bad_day", "không phải ngày; đề nghị ghi như 2023-06-30",
                                   "not a day; please write it like 2023-06-30"))
    if len(fixed["reason"].encode("utf-8")) > REASON_BYTES:
        wrong.append(Complaint(row, "reason", None, "too_long", "lý do dài quá {n} byte; đề nghị rút gọn",
                               "the reason is longer than {n} bytes; please shorten it", n=REASON_BYTES))
    return fixed, figures, wrong


def reports_of(row, fixed, figures, groups):
    """A row as one report for each group of which it has a figure."""
    by_measure = {f["measure"]: f for f in figures}
    for group in groups:
        own = [by_measure[m] for m in group["measures"] if m in by_measure]
        if own:
            report = {"unit": fixed["unit"], "group": group["code"], "period": fixed["period"], "figures": own}
            report.update({name: fixed[name] for name in ("from", "to", "reason") if fixed[name]})
            yield {"row": row, "report": report}


def parse(data, groups, scope):
    """The bytes of a file as ([{row, report}], [complaints]). groups and scope as in ServerInfo. Rows without any figure
    are left out."""
    rows = list(rows_of(text_of(data)))
    if not rows:
        raise Whole("empty_file", "Tệp trống.", "The file is empty.")
    columns = header_check(rows[0][1], groups)
    grouping_check(rows[1:], columns)
    good, wrong, seen = [], [], {}
    for row, cells in rows[1:]:
        if not any(cell for at, cell in enumerate(cells) if columns.get(at) not in FIXED):
            continue
        fixed, figures, bad = row_read(row, cells, columns, scope)
        key = (fixed["unit"], fixed["period"])
        if not bad and key in seen:
            bad = [Complaint(row, "unit", fixed["unit"], "same_report", "đơn vị và kỳ báo cáo này đã có ở dòng {other}; cả hai "
                             "dòng chưa được gửi, đề nghị chỉ giữ một", "this unit and period stand in row {other} too; "
                             "neither was sent, please keep one", other=seen[key])]
            good = [one for one in good if one["row"] != seen[key]]
        if not bad:
            seen[key] = row
            good.extend(reports_of(row, fixed, figures, groups))
        wrong.extend(bad)
    return good, wrong


# ---- the outbox -------------------------------------------------------------------------

class Outbox:
    """A folder with one file a report, named by a number that grows. Written, synced, renamed; moved to kept/ (or, when it
    was refused, removed) only after a final receipt. One run at a time holds it. The format: doc/outbox.md."""

    NAME = re.compile(r"^(\d{10})\.json$")
    TAKEN = ("ACCEPTED", "REPLACED", "DUPLICATE")

    def __init__(self, folder):
        self.folder = folder
        try:
            for name in ("", "kept"):  # each of them 0700: makedirs gives its mode to the last one only
                os.makedirs(self._path(name), mode=0o700, exist_ok=True)
            if os.name == "posix" and os.stat(folder).st_mode & 0o022:  # what they put there would be sent with our key
                raise Stop(EXIT_CONFIG, say("{folder}: người khác ghi được vào thư mục này; đề nghị chạy: chmod 700 {folder}",
                                            "{folder}: others can write to this folder; please run: chmod 700 {folder}",
                                            folder=folder))
            self.lock = self._open("lock", os.O_RDWR | os.O_CREAT, "r+")
        except OSError as why:
            raise Stop(EXIT_CONFIG, "%s: %s" % (folder, why.strerror)) from why
        self._take_lock()
        try:
            self._sync_folder(os.pardir)  # the folder's own name may be new
        except OSError:
            pass  # not ours to read
        self.server = self._server_read()
        self.items = self._list("")
        self.kept = self._list("kept")
        if self.kept and not self.server.get("log_id"):  # of which journal nobody knows: doubles are harmless
            self.server["offering"] = True
        self.promised = {self._promise(item["receipt"]) for item in self.kept}  # what we have a receipt of
        self.next = max(self._numbers(), default=0) + 1

    def _open(self, name, flags, mode):
        """Ours alone to read (0600). O_EXCL among the flags: what stands there, a link perhaps, is not written to."""
        path, flags = self._path(name), flags | getattr(os, "O_BINARY", 0)
        try:
            fd = os.open(path, flags, 0o600)
        except FileExistsError:
            os.unlink(path)
            fd = os.open(path, flags, 0o600)
        return os.fdopen(fd, mode, encoding="utf-8", newline="\n")

    def _numbers(self):
        """All that are taken, also of what was put aside: a new file never takes the place of one that nobody has seen."""
        for where in ("", "kept", "refused"):
            if os.path.isdir(self._path(where)):
                yield from (int(name[:10]) for name in os.listdir(self._path(where)) if self.NAME.match(name[:15]))

    def _path(self, *names):
        return os.path.join(self.folder, *names)

    def _take_lock(self):
        try:
            if os.name == "nt":
                import msvcrt
                self.lock.seek(0)
                msvcrt.locking(self.lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as why:
            raise Stop(EXIT_KEPT, say(
                "{folder}: một lần gửi khác đang chạy; đề nghị chờ lần đó kết thúc. Lần này chưa làm gì.",
                "{folder}: another run is using this outbox; please wait until it has ended. This one has changed nothing.",
                folder=self.folder)) from why

    def _list(self, where):
        found = []
        for name in sorted(os.listdir(self._path(where))):
            if name.endswith(".new"):
                os.unlink(self._path(where, name))  # never finished, so never sent
            elif self.NAME.match(name):
                item = self._read(where, name)
                if item:
                    found.append(item)
        return found

    def _read(self, where, name):
        """A report; or None, with the file put aside under another name, when it is none."""
        path = self._path(where, name)
        try:
            with open(path, encoding="utf-8") as source:
                item = json.load(source)
            if where == "kept":
                item["receipt"]["seal"] = bytes.fromhex(item["receipt"]["seal"])
                for field in HELD:  # what is empty may have been left out
                    item["receipt"].setdefault(field, default_of(SCHEMAS["Held"][field][1]))
                encode("Held", item["receipt"])
            if not isinstance(item["province"], str):
                raise ValueError("province")
            for field, default in (("row", 0), ("file", ""), ("asked", False)):
                item.setdefault(field, default)
            encode("Report", item["report"])
            figures_text(item["report"]["figures"])
            key_of(item["report"])
        except OSError as why:
            raise Stop(EXIT_CONFIG, "%s: %s" % (path, why.strerror)) from why
        except (ValueError, KeyError, TypeError, AttributeError) as why:
            os.replace(path, path + ".bad")
            show(say("{path}: không đọc được ({why}); tệp được đổi tên thành {path}.bad, các báo cáo khác vẫn được gửi. Đề nghị "
                     "báo đầu mối của chương trình.", "{path}: cannot be read ({why}) and is now called {path}.bad; the other "
                     "reports are sent. Please tell the programme's contact.", path=path, why=why), to=sys.stderr)
            return None
        item["number"] = int(name[:10])
        return item

    def _write(self, texts, where=""):
        """Files by name, in a folder of the outbox: all written and synced, then all named, then the names synced."""
        for name, text in texts.items():
            with self._open(os.path.join(where, name + ".new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, "w") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
        for name in texts:
            os.replace(self._path(where, name + ".new"), self._path(where, name))
        self._sync_folder(where)

    def _sync_folder(self, where=""):
        if os.name == "posix":
            fd = os.open(self._path(where), os.O_RDONLY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    @staticmethod
    def _name(item):
        return "%010d.json" % item["number"]

    @staticmethod
    def _text(item):
        stored = {name: item[name] for name in ("province", "row", "file", "report", "asked", "newer") if name in item}
        if "receipt" in item:
            stored["receipt"] = dict(item["receipt"])
            if "seal" in item["receipt"]:
                stored["receipt"]["seal"] = item["receipt"]["seal"].hex()
        return json.dumps(stored, ensure_ascii=False, indent=1)

    def save(self, items):
        self._write({self._name(item): self._text(item) for item in items})

    def add(self, items):
        """items: province, row, file, report each. Asked: was Standing asked for `replaces`? All of them, or none."""
        for item in items:
            item["number"], item["asked"] = self.next, False
            self.next += 1
        self.save(items)
        self.items.extend(items)

    def without_waiting(self, reports):
        """Without those that wait already as the last word on their key: the same file sent every quarter of an hour to a
        server that is away is kept once."""
        last = {key_of(item["report"]): item["report"] for item in self.items}
        parts = ("unit", "group", "period", "from", "to", "reason", "figures")
        return [one for one in reports if key_of(one["report"]) not in last or any(
            last[key_of(one["report"])].get(part) != one["report"].get(part) for part in parts)]

    @staticmethod
    def _promise(receipt):
        return key_of(receipt) + ("%d/%s" % (receipt["revision"], receipt["hash"]),)

    def ours(self, report, name):
        """Is the revision "2/<hash>" of this report's key one that we have a receipt of, kept or of this run?"""
        return key_of(report) + (name,) in self.promised

    def settle(self, pairs, of_before):
        """(item, final receipt) of what was sent: taken ones with a seal go to kept/, others go. What waited since an
        earlier run (of_before: numbers) and was refused, or was never sent before and finds newer figures of others, goes to
        refused/ (item["aside"]): a person has to see it."""
        keep, seen = [], []
        for item, receipt in pairs:
            outcome = outcome_of(receipt)
            if outcome not in self.TAKEN:
                self.log(item, receipt)
                if item["number"] in of_before and (outcome == "REJECTED" or outcome == "SUPERSEDED" and (
                        item.get("newer") or item.get("fresh"))):
                    item["aside"] = "refused/" + self._name(item)
                    item["receipt"] = dict({name: receipt[name] for name in HELD}, outcome=outcome,
                                           code=receipt.get("refusal", {}).get("code", ""),
                                           stands=figures_text(receipt["old_figures"]))
                    seen.append(item)
            elif len(receipt["seal"]) != 16:
                self.log(item, receipt)
            elif self._promise(receipt) not in self.promised:
                item["receipt"] = dict({name: receipt[name] for name in HELD + ("seal",)}, outcome=outcome)
                keep.append(item)
            if outcome in self.TAKEN:
                self.promised.add(self._promise(receipt))
        self._write({self._name(item): self._text(item) for item in keep}, "kept")
        self.kept.extend(keep)
        if seen:
            os.makedirs(self._path("refused"), mode=0o700, exist_ok=True)
            self._sync_folder()
            self._write({self._name(item): self._text(item) for item in seen}, "refused")
        for item, _ in pairs:
            os.unlink(self._path(self._name(item)))
            self.items.remove(item)
        self._sync_folder()

    def settle_offered(self, pairs):
        """The same of kept reports: the new receipt takes the old one's place; what was overtaken stays as it is for its 7
        days, since it belongs to the history; what is refused now goes to refused/, since it was acknowledged once."""
        stand = []
        for item, receipt in pairs:
            outcome = outcome_of(receipt)
            if outcome in self.TAKEN:
                self.promised.add(self._promise(receipt))
                item["receipt"] = dict({name: receipt[name] for name in HELD + ("seal",)}, outcome=outcome)
                stand.append(item)
        self._write({self._name(item): self._text(item) for item in stand}, "kept")
        for item, receipt in pairs:
            if item in stand:
                continue
            self.log(item, receipt)
            if outcome_of(receipt) == "REJECTED":
                os.makedirs(self._path("refused"), mode=0o700, exist_ok=True)
                os.replace(self._path("kept", self._name(item)), self._path("refused", self._name(item)))
                item["aside"] = "refused/" + self._name(item)
                self.kept.remove(item)

    def last(self):
        """The newest receipt that we keep, or None."""
        held = [item["receipt"] for item in self.kept]
        return max(held, key=lambda r: (r["received_at_ms"], r["entry"], r["index"]), default=None)

    def prune(self, now_ms):
        """Removes what was kept long enough. Both clocks have to say so: a wrong one alone removes nothing."""
        for item in list(self.kept):
            if item["receipt"]["received_at_ms"] + KEPT_MS < min(now_ms, int(time.time() * 1000)):
                os.unlink(self._path("kept", self._name(item)))
                self.kept.remove(item)

    def log(self, item, receipt):
        report, refusal = item["report"], receipt.get("refusal", {})
        with self._open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, "a") as out:
            out.write("%s outcome=%s number=%d unit=%s group=%s period=%s revision=%d at=%d:%d code=%s %s\n" % (
                time.strftime("%Y-%m-%dT%H:%M:%S%z"), outcome_of(receipt), item["number"], report["unit"],
                report["group"], report["period"], receipt["revision"], receipt["entry"], receipt["index"],
                refusal.get("code", "-"), figures_text(report["figures"])))

    # What the server last said: who we are, groups and scope, so that a file can be taken while it is away; the journal that
    # it holds, and whether it is being offered again what it has lost.

    def _server_read(self):
        try:
            with open(self._path("server.json"), encoding="utf-8") as source:
                found = json.load(source)
            return found if isinstance(found, dict) else {}
        except (OSError, ValueError):
            return {}

    def _server_write(self, **change):
        now = dict(self.server, **change)
        if now != self.server:
            self._write({"server.json": json.dumps(now, ensure_ascii=False, indent=1)})
            self.server = now

    def learn(self, info, key):
        other = self.server.get("principal") or info["principal"]
        if other != info["principal"] and (self.items or self.kept):
            raise Stop(EXIT_CONFIG, say(
                "{folder}: hộp thư đi đang giữ báo cáo của {other}, còn khóa này là của {who}; mỗi khóa cần một hộp thư đi riêng.",
                "{folder}: the outbox holds reports of {other}, and this key is of {who}; each key needs an outbox of its own.",
                folder=self.folder, other=other, who=info["principal"]))
        change = {"principal": info["principal"], "key": key, "scope": info["scope"], "reports_max": info["reports_max"]}
        if info["groups"]:
            change["groups"] = info["groups"]
        self._server_write(**change)

    def journal(self, log_id, offering):
        self._server_write(log_id=log_id, offering=offering)

    def info(self, key):
        """ServerInfo as this key was told last, or None."""
        known = self.server
        if not known.get("groups") or known.get("key", key) != key:
            return None
        return {"groups": known["groups"], "scope": known.get("scope", []), "reports_max": known.get("reports_max", 0)}


# ---- the connection ---------------------------------------------------------------------

class Silence(Exception):
    """No answer in time; the argument says why, as far as it can be known."""


class Refused(Exception):
    """The request as a whole was refused."""

    def __init__(self, refusal):
        super().__init__(refusal["message_vi"] if LANG == "vi" else refusal["message_en"])
        self.code = refusal["code"]


class KeyRefused(Exception):
    """The handshake says that our key is not wanted here."""


class Link:
    """One DEALER with CURVE, a monitor that explains silence, and a deadline for every answer."""

    def __init__(self, settings):
        import zmq
        from zmq.utils import monitor
        self.zmq, self.monitor_module = zmq, monitor
        self.settings = settings
        self.ahead_ms = 0  # the server's clock before ours
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        public, secret = key_read(settings.key)
        self.public = public
        for name, value in (("CURVE_SERVERKEY", settings.server_key.encode("ascii")),
                            ("CURVE_PUBLICKEY", public.encode("ascii")),
                            ("CURVE_SECRETKEY", secret.encode("ascii")),
                            ("IMMEDIATE", 1), ("LINGER", 2000), ("HANDSHAKE_IVL", 2000), ("HEARTBEAT_IVL", 5000),
                            ("HEARTBEAT_TIMEOUT", 15000), ("HEARTBEAT_TTL", 20000), ("RECONNECT_IVL", 100),
                            ("RECONNECT_IVL_MAX", 30000), ("CONNECT_TIMEOUT", 5000), ("MAXMSGSIZE", MESSAGE_BYTES)):
            try:
                self.socket.setsockopt(getattr(zmq, name), value)
            except zmq.ZMQError as why:
                raise Stop(EXIT_CONFIG, "%s: %s" % (name.lower(), why)) from why
        if settings.server.startswith("tcp://["):
            self.socket.setsockopt(zmq.IPV6, 1)
        self.monitor = self.socket.get_monitor_socket()
        self.sight, self.cuts, self.connected_at, self.attempted = "nothing", 0, 0.0, False
        self.request_id = random.getrandbits(32)
        try:
            self.socket.connect(settings.server)
        except zmq.ZMQError as why:
            raise Stop(EXIT_CONFIG, say(
                "{server}: địa chỉ không đúng ({why}); đề nghị ghi như tcp://HOST:5701",
                "{server}: not an address ({why}); please write it like tcp://HOST:5701",
                server=settings.server, why=why)) from why

    def close(self):
        self.socket.disable_monitor()
        self.monitor.close(0)
        self.socket.close()
        self.context.term()

    def _events(self):
        """What the monitor has seen; raises KeyRefused. libzmq does not try again after that."""
        zmq = self.zmq
        while self.monitor.poll(0):
            event = self.monitor_module.recv_monitor_message(self.monitor)
            kind = event["event"]
            if kind == zmq.EVENT_CONNECTED:
                self.attempted, self.connected_at = True, time.monotonic()
                if self.sight != "server key":
                    self.sight = "connected"
            elif kind == zmq.EVENT_CONNECT_DELAYED:
                self.attempted = True
            elif kind == zmq.EVENT_CLOSED:
                self.attempted, self.sight = True, "not reachable"
            elif kind == zmq.EVENT_CONNECT_RETRIED:
                if not self.attempted and self.sight in ("nothing", "name"):
                    self.sight = "name"
                self.attempted = False
            elif kind == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.sight, self.cuts = "ready", 0
            elif kind == zmq.EVENT_DISCONNECTED and self.sight == "ready":
                self.sight = "nothing"
            elif kind == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                raise KeyRefused()
            elif kind == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
                self.sight = "server key"
            elif kind == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL and time.monotonic() - self.connected_at < 1.5:
                self.cuts += 1  # one may be a server that is stopping
                if self.cuts >= 2:
                    self.sight = "server key"

    def why(self):
        server = self.settings.server
        texts = {
            "nothing": ("{server} chưa trả lời.", "{server} does not answer."),
            "name": ("Không tìm thấy địa chỉ của máy chủ {server}; đề nghị kiểm tra tên.",
                     "The server name in {server} has no address; please check it."),
            "not reachable": ("Không kết nối được {server}: cổng không mở hoặc bị tường lửa chặn.",
                              "{server} cannot be reached: nobody listens there, or a firewall is between."),
            "connected": ("{server} có mở cổng nhưng không bắt tay xong.",
                          "{server} is there but does not finish the handshake."),
            "server key": ("{server}: khóa công khai của máy chủ khác với khóa đã khai báo (--server-key).",
                           "{server} has another key than the one given (--server-key)."),
            "ready": ("Đã kết nối {server} nhưng chưa nhận được trả lời trong thời hạn.",
                      "{server} is connected, but no answer came in time."),
        }
        return say(*texts[self.sight], server=server)

    def _wait(self, flag, deadline):
        while True:
            self._events()
            left = deadline - time.monotonic()
            if left <= 0 or (self.sight == "server key" and left < self.settings.timeout - 3):
                raise Silence(self.why())
            if self.socket.poll(int(min(left, 0.1) * 1000) + 1, flag):
                return

    def ask(self, body, message):
        """One request and the body of its answer."""
        zmq = self.zmq
        self.request_id += 1
        request = {"version": WIRE_VERSION, "request_id": self.request_id, "province": self.settings.province,
                   body: message}
        deadline = time.monotonic() + self.settings.timeout
        self._wait(zmq.POLLOUT, deadline)
        self.socket.send(encode("UnitRequest", request), zmq.DONTWAIT)
        while True:
            self._wait(zmq.POLLIN, deadline)
            frames = self.socket.recv_multipart(zmq.DONTWAIT)
            try:
                reply = decode("UnitReply", frames[0]) if len(frames) == 1 else None
            except Malformed:
                reply = None
            if reply is None:
                raise Stop(EXIT_BUG, say("Trả lời của máy chủ không đọc được.", "The server's answer is unreadable."))
            if reply["request_id"] not in (self.request_id, 0):
                continue  # of an attempt that was given up
            if "refusal" in reply:
                raise Refused(reply["refusal"])
            return reply


# ---- sending ----------------------------------------------------------------------------

def outcome_of(receipt):
    return OUTCOMES[receipt["outcome"]] if 0 < receipt["outcome"] < len(OUTCOMES) else "?"


def figure_text(figure):
    if figure.get("not_applicable"):
        return "x"
    return figure["decimal"] if "decimal" in figure else str(figure.get("count", ""))


def figures_text(figures):
    return " ".join("%s=%s" % (f["measure"], figure_text(f)) for f in figures)


def key_of(report):
    return report["unit"].split("@")[0], report["group"], report["period"]


def batch_of(items, reports_max):
    """The first items that may go in one push: each key once, in order."""
    batch, keys, size = [], set(), 0
    for item in items:
        size += len(encode("Report", item["report"])) + 4
        if len(batch) >= min(reports_max, REPORTS_A_PUSH) or size > PUSH_BYTES or key_of(item["report"]) in keys:
            break
        keys.add(key_of(item["report"]))
        batch.append(item)
    return batch


def is_overtaken(link, outbox, item, standing):
    """A report that waited and was never asked for: was what stands received after it was made (by the server's clock), from
    somebody else? When our clock was set back since, nobody knows which came first."""
    made_ms = item["report"].get("made_at_ms", 0)
    return not outbox.ours(item["report"], standing["hash"]) and (
        made_ms > int(time.time() * 1000) or standing["received_at_ms"] > made_ms + link.ahead_ms)


def replaces_ask(link, outbox, batch, of_before):
    """Asks what stands, once in the life of a report, and keeps the answer with it."""
    fresh = [item for item in batch if not item["asked"]]
    if not fresh:
        return
    keys = [{name: item["report"][name] for name in ("unit", "group", "period")} for item in fresh]
    standings = link.ask("standing", {"keys": keys}).get("standings", {"standings": []})["standings"]
    if len(standings) != len(fresh):
        raise Stop(EXIT_BUG, say("Máy chủ trả lời thiếu.", "The server answered too little."))
    for item, standing in zip(fresh, standings):
        waited = item["number"] in of_before
        if standing["revision"] and waited and is_overtaken(link, outbox, item, standing):
            item["newer"] = True
        elif standing["revision"]:
            item["report"]["replaces"] = standing["hash"]
        item["asked"], item["fresh"] = True, waited
    outbox.save(fresh)


def push(link, reports, validate_only=False):
    reply = link.ask("push", {"reports": reports, "validate_only": validate_only})
    receipts = reply.get("receipts", {"receipts": []})["receipts"]
    if len(receipts) != len(reports) or any(outcome_of(r) == "?" for r in receipts):
        raise Stop(EXIT_BUG, say("Biên nhận của máy chủ không đầy đủ; báo cáo được giữ lại.",
                                 "The server's receipts are not complete; the reports are kept."))
    return receipts


def receipt_print(row, report, receipt):
    outcome = outcome_of(receipt)
    line = "%-6s %-16s %-14s %-16s %-12s" % (row or "-", report["unit"], report["group"], report["period"], outcome)
    if outcome in ("ACCEPTED", "REPLACED", "DUPLICATE"):
        line += say("lần {n}, số {e}:{i}", "revision {n}, at {e}:{i}", n=receipt["revision"], e=receipt["entry"],
                    i=receipt["index"])
        if not receipt["on_time"]:
            line += say(" (sau thời hạn {due})", " (after the due date {due})", due=receipt["due"])
    show(line.rstrip())
    if outcome == "REPLACED" and receipt["old_figures"]:
        show("       " + say("trước: {a}\n       nay:   {b}", "before: {a}\n       now:    {b}",
                              a=figures_text(receipt["old_figures"]), b=figures_text(report["figures"])))
    if outcome == "SUPERSEDED":
        show("       " + say("đang có: {a}", "what stands: {a}", a=figures_text(receipt["old_figures"])))
    refusal = receipt.get("refusal")
    if refusal:
        show("       %s: %s" % (refusal["code"], refusal["message_vi"] if LANG == "vi" else refusal["message_en"]))


def aside_print(outbox, item, receipt):
    """What was put aside: where it lies now, and what a person can do."""
    if "aside" not in item:
        return
    if outcome_of(receipt) == "SUPERSEDED":
        show("       " + say(
            "Báo cáo này (tệp {file}) chờ trong hộp thư đi và chưa gửi được lần nào; trước đó máy chủ đã nhận số liệu khác từ "
            "nơi khác ({when}), nên báo cáo này không được ghi nhận. Nếu số liệu của báo cáo này mới đúng: đề nghị ghi riêng "
            "dòng này vào một tệp rồi gửi bằng tay: dondoc_push.py TỆP",
            "It (file {file}) waited in the outbox and was never sent before; other figures reached the server first ({when}), "
            "from elsewhere, and this report was not taken. If its figures are the right ones, please put this row alone into "
            "a file and send it by hand: dondoc_push.py FILE",
            file=item["file"], when=time.strftime("%d/%m/%Y %H:%M", time.localtime(receipt["received_at_ms"] // 1000))))
    show("       " + say("Báo cáo được giữ lại trong {path}", "The report is kept in {path}",
                         path=os.path.join(outbox.folder, item["aside"])))


class Result:
    """What a run has done, and the exit status that follows."""

    def __init__(self):
        self.refused = 0
        self.kept_because = None
        self.offered = {}  # outcome -> how many


def settle(outbox, batch, receipts, of_before, result):
    """Removes what is final; True when something has to be sent again."""
    final = [(item, receipt) for item, receipt in zip(batch, receipts) if outcome_of(receipt) != "RETRY_LATER"]
    outbox.settle(final, of_before)
    for item, receipt in final:
        if outcome_of(receipt) == "SUPERSEDED" and item["number"] in of_before and "aside" not in item:
            continue  # a later report has won; the log has the line
        receipt_print(item["row"], item["report"], receipt)
        aside_print(outbox, item, receipt)
        result.refused += outcome_of(receipt) in ("REJECTED", "SUPERSEDED")
    return len(final) < len(batch)


def later_why(receipts):
    return " ".join({r["refusal"]["message_" + LANG] for r in receipts
                     if outcome_of(r) == "RETRY_LATER" and "refusal" in r})


def patiently(link, rounds):
    """A pause before the next attempt; False: it was the last one."""
    if rounds > RETRIES:
        return False
    time.sleep(min(2**rounds, link.settings.timeout / 4) * (0.75 + random.random() / 2))
    return True


def outbox_send(link, outbox, info, of_before, result):
    """Everything in the outbox, in order, until it is empty or has to wait."""
    rounds = 0
    while outbox.items:
        batch = batch_of(outbox.items, info["reports_max"] or REPORTS_A_PUSH)
        try:
            replaces_ask(link, outbox, batch, of_before)
            receipts = push(link, [item["report"] for item in batch])
            again = settle(outbox, batch, receipts, of_before, result)
            why = later_why(receipts)
        except Refused as refused:
            if refused.code not in ("busy", "not_ready"):
                raise
            again, why = True, str(refused)
        if again:
            rounds += 1
            if not patiently(link, rounds):
                result.kept_because = why
                return


def offer_batches(link, outbox, info, left, result):
    """Sends `left` in order, each with its old receipt; takes out what has its final answer."""
    rounds = 0
    while left:
        batch = batch_of(left, info["reports_max"] or REPORTS_A_PUSH)
        try:
            receipts = push(link, [dict(item["report"], offered=item["receipt"]) for item in batch])
            why = later_why(receipts)
        except Refused as refused:
            if refused.code not in ("busy", "not_ready", "no_programme"):
                raise
            receipts, why = [{"outcome": OUTCOMES.index("RETRY_LATER")}] * len(batch), str(refused)
        final = [(i, r) for i, r in zip(batch, receipts) if outcome_of(r) != "RETRY_LATER"]
        outbox.settle_offered(final)
        for item, receipt in final:
            left.remove(item)
            result.offered[outcome_of(receipt)] = result.offered.get(outcome_of(receipt), 0) + 1
            if outcome_of(receipt) == "REJECTED":
                receipt_print(item["row"], item["report"], receipt)
                aside_print(outbox, item, receipt)
                result.refused += 1
        if len(final) < len(batch):
            rounds += 1
            if not patiently(link, rounds):
                result.kept_because = why
                return


def offer(link, outbox, info, result):
    """When the server has lost what it had acknowledged: what we keep, again, oldest first. The new name of its journal is
    stored only after the last answer, so a run that is cut short does it all again; doubles are harmless."""
    if not outbox.kept or not (info["re_offer"] or outbox.server.get("offering")):
        outbox.journal(info["log_id"], False)
        return
    outbox.journal(outbox.server.get("log_id", ""), True)
    left = list(outbox.kept)
    count = len(left)
    try:
        offer_batches(link, outbox, info, left, result)
    except Silence as why:
        result.kept_because = str(why)
    if not left:
        outbox.journal(info["log_id"], False)
    done = result.offered
    stand = sum(done.get(name, 0) for name in ("ACCEPTED", "REPLACED", "DUPLICATE"))
    show(say("Máy chủ không còn giữ báo cáo đã tiếp nhận trước đây. Đã gửi lại {n} báo cáo lưu tại máy này: {m} báo cáo nay đã "
             "được ghi nhận, {k} báo cáo đã có số liệu mới hơn, {r} báo cáo không được chấp nhận, {l} báo cáo chưa gửi lại được.",
             "The server had lost reports that it had acknowledged. Reports kept here and offered again: {n}; they stand now: "
             "{m}; overtaken by newer figures: {k}; refused: {r}; not answered yet: {l}.",
             n=count, m=stand, k=done.get("SUPERSEDED", 0), r=done.get("REJECTED", 0), l=len(left)))


def file_take(path):
    try:
        with open(path, "rb") if path != "-" else sys.stdin.buffer as source:
            data = source.read(FILE_BYTES_MAX + 1)
    except OSError as why:
        raise Stop(EXIT_USAGE, "%s: %s" % (path, why.strerror)) from why
    if len(data) > FILE_BYTES_MAX:
        raise Stop(EXIT_DATA, say("{path}: tệp quá lớn.", "{path}: the file is too large.", path=path))
    return data


def file_read(settings, info, result):
    """The reports of the file given, complaints printed."""
    reports, complaints = parse(file_take(settings.file), info["groups"], info["scope"])
    for one in complaints:
        show("%s: %s" % (os.path.basename(settings.file), one), to=sys.stderr)
    result.refused += len(complaints)
    for one in reports:
        if settings.reason and "reason" not in one["report"]:
            one["report"]["reason"] = settings.reason
        one["report"]["made_at_ms"] = int(time.time() * 1000)
        one["report"]["source_system"] = "dondoc_push.py"
        one["province"], one["file"] = settings.province, os.path.basename(settings.file)
    return reports


def dry_run(link, info, reports, result):
    left = [dict(one, number=0) for one in reports]
    while left:
        batch = batch_of(left, info["reports_max"] or REPORTS_A_PUSH)
        for one, receipt in zip(batch, push(link, [item["report"] for item in batch], True)):
            receipt_print(one["row"], one["report"], receipt)
            result.refused += outcome_of(receipt) != "VALID"
        left = left[len(batch):]


def probe(link, info):
    show(say("{server}: đã kết nối, phiên bản {version}, tình trạng: {state}",
              "{server}: connected, version {version}, state: {state}",
              server=link.settings.server, version=info["server_version"], state=info["state"]))
    show(say("khóa {key}: {who}, gửi cho: {scope}", "key {key}: {who}, reports for: {scope}",
              key=fingerprint(link.public), who=info["principal"], scope=" ".join(info["scope"]) or "-"))
    for group in info["groups"]:
        show("%-16s %s" % (group["code"], " ".join(group["measures"])))
    if info["simulated"]:
        show(say("Đây là dịch vụ mô phỏng.", "This is a simulated service."))


def info_ask(link, outbox):
    message = {"software": "dondoc_push.py " + VERSION}
    if outbox:
        message["log_id"] = outbox.server.get("log_id", "")
        if outbox.last():
            message["last"] = outbox.last()
    info = link.ask("hello", message)["server_info"]
    if info["now_ms"] > 0:
        link.ahead_ms = info["now_ms"] - int(time.time() * 1000)
    return info


def hello(settings, link, outbox, result):
    """ServerInfo; or what the last one said, when the server does not answer and reports can be kept."""
    key = fingerprint(link.public)
    try:
        info = info_ask(link, outbox)
        rounds = 1
        while outbox and info["state"] != "ready" and rounds < RETRIES and patiently(link, rounds):
            info, rounds = info_ask(link, outbox), rounds + 1  # it may only be starting
    except Silence as why:
        if link.sight == "server key":
            raise Stop(EXIT_CONFIG, str(why)) from why
        info = outbox.info(key) if outbox else None
        if outbox is None or (settings.file and info is None):
            raise Stop(EXIT_UNAVAILABLE, str(why) + " " + say("Chưa lưu được gì.", "Nothing was kept.")) from why
        result.kept_because = str(why)
        return info
    if outbox:
        outbox.learn(info, key)
        if info["state"] != "ready":  # nor does it say now whether it has lost anything
            result.kept_because = say("Máy chủ đang tạm dừng tiếp nhận: {state}", "The server does not acknowledge now: {state}",
                                      state=info["state"])
        else:
            offer(link, outbox, info, result)
            outbox.prune(info["now_ms"])
        if not info["groups"] and outbox.info(key):
            info["groups"] = outbox.info(key)["groups"]
    if settings.file and not info["groups"]:
        raise Stop(EXIT_CONFIG, say("Tỉnh “{p}” chưa có chương trình đang áp dụng ({state}); chưa gửi gì.",
                                    "No programme is in force for “{p}” ({state}); nothing was sent.",
                                    p=settings.province, state=info["state"]))
    return info


def outbox_try(link, outbox, info, of_before, result):
    """outbox_send, unless this run has found already that it is of no use."""
    if result.kept_because is None and outbox.items:
        try:
            outbox_send(link, outbox, info, of_before, result)
        except Silence as why:
            result.kept_because = str(why)


def run_with(settings, link, outbox, result):
    info = hello(settings, link, outbox, result)
    if settings.probe:
        probe(link, info)
    elif settings.dry_run:
        try:
            dry_run(link, info, file_read(settings, info, result), result)
        except Silence as why:
            raise Stop(EXIT_UNAVAILABLE, str(why)) from why
    else:
        of_before = {item["number"] for item in outbox.items}
        if settings.file:
            outbox.add(outbox.without_waiting(file_read(settings, info, result)))
        outbox_try(link, outbox, info, of_before, result)


def province_check(settings, outbox):
    other = next((i["province"] for i in outbox.items + outbox.kept if i["province"] != settings.province), None)
    if other is not None:
        raise Stop(EXIT_CONFIG, say(
            "{folder}: hộp thư đi đang giữ báo cáo của tỉnh “{p}”; mỗi tỉnh cần một hộp thư đi riêng.",
            "{folder}: the outbox holds reports of the province “{p}”; each province needs an outbox of its own.",
            folder=settings.outbox, p=other))


def status_of(outbox, result):
    """What asks for another run comes first."""
    if result.kept_because is not None and (outbox.items or not result.refused):
        return EXIT_KEPT if outbox.items or outbox.server.get("offering") else EXIT_UNAVAILABLE
    return EXIT_DATA if result.refused else EXIT_DONE


def run(settings):
    result, outbox = Result(), None
    if not settings.probe and not settings.dry_run:
        outbox = Outbox(settings.outbox)
        province_check(settings, outbox)
    link = Link(settings)
    try:
        run_with(settings, link, outbox, result)
        status = status_of(outbox, result)
    except KeyRefused:
        result.kept_because = say(
            "Máy chủ chưa chấp nhận khóa {f}; đề nghị đầu mối của chương trình đăng ký khóa công khai {key}",
            "The server does not accept the key {f}; please have the programme's contact register the public key {key}",
            f=fingerprint(link.public), key=link.public)
        status = EXIT_REFUSED
    except Refused as why:
        result.kept_because = str(why)
        status = EXIT_REFUSED if why.code == "denied" else (
            EXIT_BUG if why.code in ("bad_frame", "too_many") else EXIT_CONFIG)
    finally:
        link.close()
    if result.kept_because is not None:
        show(result.kept_because, to=sys.stderr)
        if outbox and outbox.items:
            show(say("{n} báo cáo đang được giữ trong {folder}; chúng được gửi khi chạy lại lệnh này, có hoặc không có tệp (dòng "
                     "cho cron hoặc Task Scheduler: ở đầu tệp dondoc_push.py).",
                     "{n} reports are kept in {folder}; they go when this program is run again, with or without a file (the "
                     "lines for cron and Task Scheduler stand at the head of dondoc_push.py).",
                      n=len(outbox.items), folder=settings.outbox), to=sys.stderr)
    return status


# ---- settings ---------------------------------------------------------------------------

class Parser(argparse.ArgumentParser):
    """Wrong usage is 64 here, as in all of dondoc."""

    def error(self, message):
        self.exit(EXIT_USAGE, "%s: %s (--help)\n" % (self.prog, message))


SETTINGS = ("server", "server-key", "province", "key", "outbox", "lang")


def config_read(path):
    """Lines `name: value` of a settings file; quotes around a value and lines that start with # are left out."""
    found = {}
    try:
        with open(path, encoding="utf-8-sig") as source:
            lines = source.read(65536).splitlines()
    except (OSError, UnicodeDecodeError) as why:
        raise Stop(EXIT_CONFIG, "%s: %s" % (path, why)) from why
    for number, line in enumerate(lines, 1):
        name, colon, value = line.partition(":")
        if line.strip() == "" or line.lstrip().startswith("#"):
            continue
        if not colon or name.strip() not in SETTINGS:
            raise Stop(EXIT_CONFIG, say("{path}:{n}: không phải thiết lập; tên hợp lệ: {names}",
                                        "{path}:{n}: not a setting; the names are {names}",
                                        path=path, n=number, names=" ".join(SETTINGS)))
        found[name.strip()] = value.strip().strip("\"'")
    return found


def settings_read(argv):
    p = Parser(prog="dondoc_push.py", description=(__doc__ or "").split("\n", 1)[0],
               epilog="A flag goes before the environment (DONDOC_SERVER, DONDOC_SERVER_KEY, ...), that before the "
               "settings file.")
    p.add_argument("file", nargs="?", help="the CSV file; - is standard input; none: send the outbox")
    p.add_argument("--server", help="tcp://HOST:5701")
    p.add_argument("--server-key", help="the server's public key, 40 characters (write --server-key=KEY)")
    p.add_argument("--province", help="slug, e.g. quang-ngai")
    p.add_argument("--key", help="our key file, made by --new-key")
    p.add_argument("--outbox", help="folder for what is not sent yet (default ~/.dondoc-outbox)")
    p.add_argument("--config", help="settings file: lines such as  server: tcp://HOST:5701")
    p.add_argument("--reason", default="", help="for rows without one; asked for after the due date")
    p.add_argument("--lang", choices=("vi", "en"), help="language of messages (default: LANG)")
    p.add_argument("--timeout", type=float, default=30.0, help="seconds an answer may take (%(default)s)")
    p.add_argument("--dry-run", action="store_true", help="check the file with the server, store nothing")
    p.add_argument("--probe", action="store_true", help="only say whether everything is set up")
    p.add_argument("--new-key", metavar="FILE", help="make a key pair in FILE and print the public key")
    p.add_argument("--version", action="version", version="dondoc_push.py " + VERSION)
    return p, p.parse_args(argv)


def settings_fill(s):
    """What no flag has said: from the environment, the settings file, the defaults."""
    path = s.config or os.environ.get("DONDOC_CONFIG")
    from_file = config_read(path) if path else {}
    for name in SETTINGS:
        field = name.replace("-", "_")
        if getattr(s, field) is None:
            setattr(s, field, os.environ.get("DONDOC_" + field.upper()) or from_file.get(name) or "")
    s.outbox = s.outbox or os.path.join(os.path.expanduser("~"), ".dondoc-outbox")
    return s


def settings_check(parser, s):
    for name in ("server", "server_key", "province", "key"):
        if not getattr(s, name):
            raise Stop(EXIT_CONFIG, say("Thiếu --{flag} (hoặc {env}).", "--{flag} (or {env}) is missing.",
                                        flag=name.replace("_", "-"), env="DONDOC_" + name.upper()))
    if not Z85.match(s.server_key):
        raise Stop(EXIT_CONFIG, say("--server-key không phải khóa Z85 gồm 40 ký tự.",
                                    "--server-key is not a key of 40 characters in Z85."))
    if not 0 < s.timeout <= 600:
        parser.error("--timeout: 0 < seconds <= 600")
    if s.dry_run and not s.file:
        parser.error("--dry-run needs a file")
    if len(s.reason.encode("utf-8")) > REASON_BYTES:
        parser.error("--reason: at most %d bytes" % REASON_BYTES)


def language_of(asked):
    given = asked or os.environ.get("DONDOC_LANG") or os.environ.get("LANG") or "vi"
    return "en" if given.lower().startswith("en") else "vi"


def main(argv=None):
    global LANG
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may be cp1252
    parser, settings = settings_read(argv)
    LANG = language_of(settings.lang)
    try:
        try:
            import zmq
        except ImportError as why:
            raise Stop(EXIT_CONFIG, "pyzmq: pip install pyzmq (Debian: apt-get install python3-zmq)") from why
        if not zmq.has("curve"):
            raise Stop(EXIT_CONFIG, say("pyzmq này không có CURVE; đề nghị cài bản khác: pip install pyzmq",
                                        "this pyzmq has no CURVE; please install another: pip install pyzmq"))
        if settings.new_key:
            public, secret = (key.decode("ascii") for key in zmq.curve_keypair())
            key_write(settings.new_key, public, secret)
            show(public)
            return EXIT_DONE
        settings_fill(settings)
        LANG = language_of(settings.lang)
        settings_check(parser, settings)
        return run(settings)
    except Stop as stop:
        show(stop, to=sys.stderr)
        return stop.status
    except OSError as why:
        show(why, to=sys.stderr)  # the disk of the outbox, mostly
        return EXIT_CONFIG
    except KeyboardInterrupt:
        return EXIT_KEPT


if __name__ == "__main__":
    code = main()
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python complains at its end
    sys.exit(code)
