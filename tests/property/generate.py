"""generate.py - small random programmes and reports, and the files they are written as.

Everything comes from one random.Random, so a seed is a case. What is drawn leans on the
edges: figures on the line and one thing beside it, units that begin or end inside a
year, missing windows, corrections, denominators about the smallest one.
"""

from datetime import date, timedelta
from fractions import Fraction

from model import COUNTED, DAY, LEVEL_OF, Window, cadence_windows, ceil, year_days

KINDS = ("steps", "at_least", "above", "at_most", "below", "all", "reduce_by",
         "rank_at_most", "rank_gain", "improve", "by_date", "times_per_year", "info")
LOWER = ("at_most", "below", "reduce_by")
COUNT_MAX = 10 ** 12  # the most that ingest takes
UPPER = ("at_least", "above", "all", "by_date", "times_per_year")


def chance(rng, percent):
    return rng.randrange(100) < percent


def day_in(rng, year, rule="civil"):
    first, last = year_days(year, rule)
    if chance(rng, 40):  # ends of months and of the year, and the days beside them
        day = date(year, rng.randint(1, 12), 1) - DAY * rng.choice((0, 1, 2))
        return min(max(day, first), last)
    return first + DAY * rng.randrange((last - first).days + 1)


def decimals_text(value):
    """A fraction of hundredths as the programme writes it."""
    text = "%d.%02d" % divmod(int(value * 100), 100)
    return text[:-3] if text.endswith(".00") else text


def threshold(rng, low, high):
    if chance(rng, 50):
        return Fraction(rng.randint(low, high))
    return Fraction(rng.randint(low * 100, high * 100), 100)


# --- units ---

def make_units(rng, p):
    units = [{"id": "51", "code": "51", "kind": "province", "parent": "", "from": None,
              "to": None, "exempt": ""}]

    def add(code, kind, parent):
        unit = {"id": code, "code": code, "kind": kind, "parent": parent, "from": None,
                "to": None, "exempt": rng.choice(("", "", "no", "yes", "assumed-no",
                                                  "unknown"))}
        above = next(u for u in units if u["id"] == parent)
        if chance(rng, 30):
            unit["from"] = day_in(rng, rng.randint(p["years_from"], p["years_to"]))
        if chance(rng, 30):
            unit["to"] = day_in(rng, rng.randint(p["years_from"], p["years_to"]))
        if above["from"] and (not unit["from"] or unit["from"] < above["from"]):
            unit["from"] = above["from"]
        if above["to"] and (not unit["to"] or unit["to"] > above["to"]):
            unit["to"] = above["to"]
        if unit["from"] and unit["to"] and unit["to"] < unit["from"]:
            return None
        units.append(unit)
        return code

    for i in range(rng.randint(0, 2)):
        add("D%d" % i, "department", "51")
    for i in range(rng.randint(1, 2)):
        district = add("%03d" % (500 + i), "district", "51")
        for j in range(rng.randint(1, 3)):
            add("%05d" % (21000 + 10 * i + j), "commune", district or "51")
    if rng.random() < 0.3:
        end = day_in(rng, p["years_to"])  # a whole level ends, as on 30/6/2025
        for unit in units:
            if unit["kind"] == "district" and not unit["to"] and (
                    not unit["from"] or unit["from"] <= end):
                if not any(u["parent"] == unit["id"] for u in units):
                    unit["to"] = end
    return units


# --- measures, groups, indicators ---

def make_groups(rng, p):
    """A group for each nature and sort of unit that reports it."""
    for i in range(rng.randint(2, 3)):
        sort = rng.choice(("stock", "stock", "flow", "flow", "value", "rank"))
        make_group(rng, p, "g%d" % i, sort)


def make_group(rng, p, code, sort):
    nature = "value" if sort == "rank" else sort
    names = ["%s_%s" % (code, part) for part in
             (("part", "whole", "part_b", "whole_b") if nature in ("stock", "flow")
              else ("points",))]
    decimals = rng.randint(0, 4) if sort == "value" else 0
    for name in names:
        measure = {"code": name, "nature": nature, "decimals": decimals}
        if sort == "rank":
            measure["pool"] = rng.choice((63, 34))
        p["measures"].append(measure)
    cadence = rng.choice(("monthly", "monthly", "quarterly", "yearly", "none"))
    if sort == "rank" and chance(rng, 60) or sort == "rank" and cadence == "none":
        cadence = "yearly"
    province = sort == "rank" or (sort == "value" and chance(rng, 40))
    kinds = ["province"] if province else rng.choice(
        (["commune"], ["district", "commune"], ["department", "district", "commune"],
         ["department", "commune"]))
    p["groups"].append({
        "code": code, "measures": names, "reported_by": kinds, "calendar": p["year"],
        "cadence": cadence, "cumulative": cadence == "none" or (
            sort != "rank" and chance(rng, 40)), "sort": sort})
    small = rng.choice((None, None, 1, 30, 100))
    for better in ("up", "down"):
        end = "_" + better
        if nature in ("stock", "flow"):
            both = chance(rng, 20)
            ratio = {"id": code + "_share" + end, "group": code, "better": better,
                     "numerator": names[:1] + names[2:3] * both,
                     "denominator": names[1:2] + names[3:4] * both}
            if small is not None:
                ratio["min_denominator"] = small
            if chance(rng, 30):
                ratio["empty"] = rng.choice(("full", "zero", "not_applicable"))
            p["indicators"].append(ratio)
            p["indicators"].append({"id": code + "_count" + end, "group": code,
                                    "better": better, "numerator": names[:1]})
        elif sort == "rank":
            if better == "down":
                p["indicators"].append({"id": code + "_rank", "group": code,
                                        "better": better, "numerator": names[:1]})
        else:
            p["indicators"].append({"id": code + "_points" + end, "group": code,
                                    "better": better, "numerator": names[:1]})


# --- targets ---

def indicator_fits(p, kind, indicator):
    group = next(g for g in p["groups"] if g["code"] == indicator["group"])
    ratio = "denominator" in indicator
    rank = group["sort"] == "rank"
    if kind in ("rank_at_most", "rank_gain"):
        return rank and (kind == "rank_at_most" or group["cadence"] == "yearly")
    if rank and kind not in ("improve", "info"):
        return False
    if kind == "steps":
        return ratio
    if kind == "all":
        return ratio and indicator["better"] == "up"
    if kind == "times_per_year":
        return not ratio and group["sort"] == "flow" and indicator["better"] == "up"
    if kind == "by_date" and not ratio and group["sort"] == "flow":
        return False
    if kind in UPPER:
        return indicator["better"] == "up"
    if kind in LOWER:
        return indicator["better"] == "down"
    return True


def subject_of(rng, p, indicator, t):
    group = next(g for g in p["groups"] if g["code"] == indicator["group"])
    if group["reported_by"] == ["province"]:
        t["subject"], t["level"] = rng.choice((("province", "province"),
                                               ("each", "province")))
        return
    levels = sorted({LEVEL_OF[k] for k in group["reported_by"]})
    t["subject"] = "each" if group["sort"] == "value" else rng.choice(
        ("each", "each", "level", "province"))
    t["level"] = "all" if t["subject"] == "province" else rng.choice(levels)


def make_target(rng, p, code):
    fits = {kind: [i for i in p["indicators"] if indicator_fits(p, kind, i)]
            for kind in KINDS}
    kind = rng.choice([kind for kind in KINDS if fits[kind]])
    indicator = rng.choice(fits[kind])
    ratio = "denominator" in indicator
    t = {"id": code, "indicator": indicator["id"], "kind": kind, "version": 1,
         "pace": "flat"}
    subject_of(rng, p, indicator, t)
    first, last = p["years_from"], p["years_to"]
    if chance(rng, 20) and first < last:
        t["years"] = (first, last - 1) if chance(rng, 50) else (first + 1, last)
        first, last = t["years"]
    if kind == "steps":
        t["pace"] = rng.choice(("linear", "linear", "flat"))
        down = indicator["better"] == "down"
        steps = sorted((threshold(rng, 1, 100) for _ in range(first, last + 1)),
                       reverse=down)
        t["steps"] = {first + i: s for i, s in enumerate(steps)}
    elif kind in ("at_least", "above", "at_most", "below", "by_date"):
        if ratio:
            t["threshold"] = min(threshold(rng, 1, 100), Fraction(9950, 100)) \
                if kind == "above" else threshold(rng, 1, 100)
        else:
            t["threshold"] = threshold(rng, 1, 60)
        if kind == "by_date" and chance(rng, 30):
            del t["threshold"]
    elif kind == "rank_at_most":
        t["threshold"] = Fraction(rng.randint(1, 34))
    elif kind == "rank_gain":
        t["threshold"] = threshold(rng, 1, 8)
        t["baseline"] = {"year": first - rng.randint(1, 2),
                         "value": Fraction(rng.randint(1, 34))}
    elif kind == "times_per_year":
        t["times"] = rng.choice((1, 2, 4, 12, 60))
    elif kind == "reduce_by":
        t["percent"] = rng.choice((1, 5, 10, 50, 100))
        t["baseline"] = {"year": first - 1, "value": threshold(rng, 1, 80)
                         if chance(rng, 50) or p["history_from"] is None else None}
    elif kind == "improve" and chance(rng, 40):
        t["baseline"] = {"year": first - 1, "value": threshold(rng, 1, 80)}
    dueable = kind in ("at_least", "above", "at_most", "below", "all", "reduce_by",
                       "rank_at_most")
    if kind == "by_date" or (dueable and chance(rng, 35)):
        t["pace"] = "due"
        t["due"] = day_in(rng, rng.randint(first, last + (
            "years" not in t and chance(rng, 15))))
    elif kind == "reduce_by":
        t["pace"] = "due"
    t["exempt"] = chance(rng, 40)
    t["confirmed"] = chance(rng, 50)
    if chance(rng, 25):
        t["open"] = {"windows": rng.randint(1, 3), "points": threshold(rng, 0, 4),
                     "things": rng.randint(1, 20)}
    if chance(rng, 30):
        t["close"] = {"windows": rng.randint(1, 3),
                      "points": threshold(rng, 0, 4) if ratio else Fraction(0)}
    if kind in ("at_least", "at_most") and t["pace"] == "flat" and chance(rng, 10):
        t["full_marks"] = True
    if chance(rng, 15):
        t["valid_from"] = min(day_in(rng, first), date(p["years_to"], 12, 1))
    return t


def make_targets(rng, p):
    for i in range(rng.randint(4, 6)):
        t = make_target(rng, p, "t%d" % i)
        p["targets"].append(t)
        first, last = t.get("years") or (p["years_from"], p["years_to"])
        if t["kind"] in ("at_least", "steps", "all") and t["pace"] != "due" and \
                "valid_from" not in t and first < last and chance(rng, 25):
            later = dict(t, version=2, valid_from=year_days(last, p["year"])[0])
            if "threshold" in later:
                later["threshold"] = threshold(rng, 1, 100)
            p["targets"].append(later)


def make_programme(rng):
    first = rng.randint(2019, 2023)
    p = {"year": rng.choice(("civil", "civil", "statutory")), "years_from": first,
         "years_to": first + rng.randint(1, 2), "history_from": None,
         "coverage": rng.choice((None, None, 100, 90, 75, 50, 1)),
         "illustrative": chance(rng, 5), "measures": [], "groups": [], "indicators": [],
         "targets": [], "province_unit": "51"}
    if chance(rng, 40):
        p["history_from"] = first - rng.randint(1, 2)
    p["alerts_from"] = date(first, 1, 1)
    if chance(rng, 30):
        p["alerts_from"] = day_in(rng, first)
    p["units"] = make_units(rng, p)
    make_groups(rng, p)
    make_targets(rng, p)
    return p


# --- reports ---

def figures_of(rng, p, group):
    """One report's figures: near a line of a target, or anything."""
    figures = {}
    if group["sort"] == "rank":
        return {group["measures"][0]: rng.randint(1, 34)}
    if group["sort"] == "value":
        decimals = next(m for m in p["measures"]
                        if m["code"] == group["measures"][0])["decimals"]
        lines = [t["threshold"] for t in p["targets"] if t.get("threshold") is not None]
        near = rng.choice(lines) if lines and chance(rng, 40) else threshold(rng, 0, 99)
        value = ceil(near * 10 ** decimals) + rng.choice((-1, 0, 0, 1))
        return {group["measures"][0]: max(0, value)}
    for top, low in (group["measures"][:2], group["measures"][2:]):
        whole = rng.choice((0, 1, 29, 30, 31, 40, 100, 365, 1000, rng.randint(1, 5000),
                            rng.randint(1, 5000), rng.randint(1, 10 ** 6),
                            rng.randint(1, COUNT_MAX), COUNT_MAX))
        lines = [t["threshold"] for t in p["targets"] if t.get("threshold") is not None]
        lines += [s for t in p["targets"] for s in t.get("steps", {}).values()]
        if lines and chance(rng, 50):
            part = ceil(rng.choice(lines) * whole / 100) + rng.choice((-1, 0, 0, 1))
        else:
            part = whole if chance(rng, 30) else rng.randint(0, whole)
        if chance(rng, 10):
            part = rng.randint(0, 70)  # a count on its own
        figures[top] = min(max(0, part), COUNT_MAX)
        figures[low] = whole
    return figures


def spoil(rng, figures):
    """Not reported, and not applicable: whole sides and single figures."""
    if chance(rng, 3):
        return {code: "x" for code in figures}
    return {code: "x" if rng.randrange(1000) < 7 else f for code, f in figures.items()
            if rng.randrange(1000) >= 7}


def make_reports(rng, p):
    """In the order of their arrival; a correction has the next revision."""
    reports = []
    years = range(p["history_from"] or p["years_from"], p["years_to"] + 1)
    for group in p["groups"]:
        rule = group["calendar"]
        for unit in (u for u in p["units"] if u["kind"] in group["reported_by"]):
            diligence = rng.choice((100, 100, 100, 100, 100, 97, 90, 60, 0))
            for year in years:
                base = None
                windows = cadence_windows(group, year)
                if group["cumulative"]:
                    first, last = year_days(year, rule)
                    days = {first + DAY * rng.randrange((last - first).days + 1)
                            for _ in range(rng.randint(0, 3))}
                    if chance(rng, 60):
                        days.add(last)
                    if windows and chance(rng, 50):
                        days.add(rng.choice(windows).last)
                    windows += [Window("%04d@%s" % (year, d), rule) for d in sorted(days)]
                for w in windows:
                    if (unit["from"] and w.last < unit["from"]) or (
                            unit["to"] and w.last > unit["to"]):
                        continue
                    if not chance(rng, diligence):
                        continue
                    for revision in range(1, rng.choice((1, 1, 1, 1, 2, 3)) + 1):
                        if base is None or chance(rng, 60):
                            base = figures_of(rng, p, group)
                        reports.append({"unit": unit["id"], "group": group["code"],
                                        "period": w.code, "revision": revision,
                                        "figures": spoil(rng, base)})
    rng.shuffle(reports)  # late ones and corrections in any order
    for i, report in enumerate(reports):
        report["entry"] = i + 1
    return reports


# --- as files and lines ---

def line_of(p, report, rule):
    w = Window(report["period"], rule)
    decimals = {m["code"]: m["decimals"] for m in p["measures"]}
    words = ["rev=%d at=%d:0 from=%s to=%s received=%d000" % (
        report["revision"], report["entry"], w.first, w.last, report["entry"])]
    group = next(g for g in p["groups"] if g["code"] == report["group"])
    for code in group["measures"]:
        figure = report["figures"].get(code)
        if figure is None:
            continue
        text = "x"
        if figure != "x":
            whole, rest = divmod(figure, 10 ** decimals[code])
            text = "%d" % whole
            if decimals[code]:
                text += ".%0*d" % (decimals[code], rest)
        words.append("%s=%s" % (code, text))
    return "put %s %s %s %s" % (report["unit"], report["group"], report["period"],
                                " ".join(words))


def target_text(t):
    parts = ["id: %s" % t["id"], "indicator: %s" % t["indicator"],
             "subject: %s" % t["subject"], "level: %s" % t["level"],
             "kind: %s" % t["kind"], "version: %d" % t["version"]]
    if t["kind"] not in ("info", "by_date", "reduce_by"):
        parts.append("pace: %s" % t["pace"])
    if t["pace"] == "due" and t["kind"] in ("by_date", "reduce_by"):
        parts.append("pace: due")
    if "steps" in t:
        parts.append("steps: {%s}" % ", ".join(
            "%d: %s" % (y, decimals_text(s)) for y, s in sorted(t["steps"].items())))
    for key in ("threshold",):
        if key in t:
            parts.append("%s: %s" % (key, decimals_text(t[key])))
    for key in ("percent", "times", "due", "valid_from"):
        if key in t:
            parts.append("%s: %s" % (key, t[key]))
    if t.get("baseline"):
        value = t["baseline"]["value"]
        parts.append("baseline: {year: %d%s}" % (
            t["baseline"]["year"],
            "" if value is None else ", value: " + decimals_text(value)))
    if "years" in t:
        parts.append("years: {from: %d, to: %d}" % t["years"])
    if t.get("exempt"):
        parts.append("exempt: by_unit")
        parts.append('exempt_confirmed: {by: "%s", date: "%s"}' % (
            ("office", "2019-01-01") if t.get("confirmed") else ("", "")))
    if "open" in t:
        parts.append("open: {windows: %d, points: %s, things: %d}" % (
            t["open"]["windows"], decimals_text(t["open"]["points"]),
            t["open"]["things"]))
    if "close" in t:
        parts.append("close: {windows: %d, points: %s}" % (
            t["close"]["windows"], decimals_text(t["close"]["points"])))
    if t.get("full_marks"):
        parts.append("full_marks: true")
    parts.append("title_vi: t, title_en: t")
    parts.append('citation: {document: d, section: "1"}')
    return "  - {%s}" % ", ".join(parts)


def files_of(p):
    """A programme as the files that `dondoc check` reads."""
    history = "" if p["history_from"] is None else ", history_from: %d" % p["history_from"]
    programme = ["programme: random", "version: 1", "prefix: RND", 'province_unit: "51"',
                 "title_vi: t", "title_en: t", "word_vi: t", "word_en: t",
                 "years: {from: %d, to: %d%s}" % (p["years_from"], p["years_to"], history),
                 "year: %s" % p["year"], "alerts_from: %s" % p["alerts_from"],
                 "illustrative: %s" % str(p["illustrative"]).lower(),
                 "contact_vi: c", "contact_en: c",
                 "documents:", "  - {id: d, title_vi: d, title_en: d}"]
    if p["coverage"] is not None:
        programme.insert(10, "coverage: %d" % p["coverage"])
    measures = ["measures:"]
    for m in p["measures"]:
        measures.append("  - {code: %s, name_vi: m, name_en: m, count_vi: m, count_en: m, "
                        "nature: %s, decimals: %d%s}" % (
                            m["code"], m["nature"], m["decimals"],
                            ", pool: %d" % m["pool"] if m.get("pool") else ""))
    measures.append("groups:")
    for g in p["groups"]:
        due = "" if g["cadence"] == "none" else ", due: {working_days: 5}"
        measures.append(
            "  - {code: %s, name_vi: g, name_en: g, measures: [%s], reported_by: [%s], "
            "calendar: %s, cadence: %s, cumulative: %s%s}" % (
                g["code"], ", ".join(g["measures"]), ", ".join(g["reported_by"]),
                g["calendar"], g["cadence"], str(g["cumulative"]).lower(), due))
    measures.append("indicators:")
    for i in p["indicators"]:
        what = "value: %s" % i["numerator"][0] if "denominator" not in i else \
            "numerator: [%s], denominator: [%s]" % (", ".join(i["numerator"]),
                                                    ", ".join(i["denominator"]))
        small = ", min_denominator: %d" % i["min_denominator"] \
            if "min_denominator" in i else ""
        if "empty" in i:
            small += ", empty: %s" % i["empty"]
        measures.append("  - {id: %s, name_vi: i, name_en: i, %s, better: %s%s, "
                        "legal_basis: x}" % (i["id"], what, i["better"], small))
    units = ["code,name_vi,name_en,kind,level,parent,valid_from,valid_to,exempt,head_vi,"
             "head_en,code_system,note"]
    for u in p["units"]:
        units.append("%s,u,u,%s,%s,%s,%s,%s,%s,h,h,local," % (
            u["code"], u["kind"], LEVEL_OF[u["kind"]], u["parent"], u["from"] or "",
            u["to"] or "", u["exempt"]))
    leaders = ["leaders:", "  - id: chair", "    title_vi: c", "    title_en: c",
               '    scope: "51"', "    levels: [province, district, commune]"]
    holidays = ["holidays:"] + ["  - {date: %d-01-02, name: n}" % y for y in
                                range(p["years_from"] - 2, p["years_to"] + 3)]
    return {"programme.yaml": programme, "measures.yaml": measures, "units.csv": units,
            "targets.yaml": ["targets:"] + [target_text(t) for t in p["targets"]],
            "leaders.yaml": leaders, "holidays.yaml": holidays}
