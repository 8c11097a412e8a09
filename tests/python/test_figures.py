"""programmes/*/figures/: only published figures, every one with its source beside it.

SOURCES.md has a table for each file, a line for each cell: year, measure, value, number of the source, and whether it is
printed there or derived. Both say the same, in both directions; a rank lies inside its pool; nothing is of a year in
which the province was no longer there (from 2025 on others rank among 34).
"""

import csv
import glob
import os
import re
import unittest

ROOT = os.environ.get("DONDOC_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CELL = {0: r"\d{1,3}", 2: r"\d{1,3},\d{1,2}", 4: r"\d{1,3},(\d{1,2}|\d{4})"}
REMARK = r"(printed|derived: .+?)(, and the same by the scores)?(, with a point: [\d.]+)?(; .+)?"


def text(*path):
    with open(os.path.join(*path), encoding="utf-8") as source:
        return source.read()


def folders():
    return sorted(glob.glob(os.path.join(ROOT, "programmes", "*", "figures")))


def entries(folder, key, name):
    """The entries of a list in a programme's YAML: {name: {key: text}}. (No YAML library is at hand.)"""
    section = ("\n" + text(folder, "..", "measures.yaml")).split(f"\n{key}:", 1)[-1]
    found = {}
    for block in re.split(r"\n  - ", re.split(r"\n(?=[a-z])", section, maxsplit=1)[0])[1:]:
        fields = dict(re.findall(r"(?m)^(?:    )?(\w+): *(.*)$", block))
        found[fields[name]] = fields
    return found


def measures(folder):
    return entries(folder, "measures", "code")


def years(folder):
    line = re.search(r"(?m)^years: *\{from: (\d+), to: (\d+)(?:, history_from: (\d+))?\}", text(folder, "..", "programme.yaml"))
    return int(line[3] or line[1]), int(line[2])


def province(folder):
    """Code and last day of the unit that is the province."""
    code = re.search(r'(?m)^province_unit: *"?([^"\s]+)"?', text(folder, "..", "programme.yaml"))[1]
    with open(os.path.join(folder, "..", "units.csv"), encoding="utf-8", newline="") as source:
        ends = [row["valid_to"] for row in csv.DictReader(source) if row["code"] == code and row["kind"] == "province"]
    return code, ends[0]


def table(path):
    with open(path, encoding="utf-8", newline="") as source:
        return list(csv.reader(source, delimiter=";"))


def cells(folder):
    """{(file, year, measure): value} of all files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.csv"))):
        head, *rows = table(path)
        for row in rows:
            for measure, value in zip(head[2:], row[2:]):
                if value:
                    found[os.path.basename(path), row[1], measure] = value
    return found


def sourced(folder):
    """The tables of SOURCES.md: {(file, year, measure): (value, source number, how)}; and the numbered sources."""
    lines = {}
    sources = {}
    doubled = []
    heading = ""
    for line in text(folder, "SOURCES.md").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        row = re.fullmatch(r"\| (\d{4}) \| (\w+) \| ([\d,]+) \| \[(\d+)\] \| (.+) \|", line)
        if row:
            key = (heading, row[1], row[2])
            doubled += [key] if key in lines else []
            lines[key] = (row[3], int(row[4]), row[5])
        elif heading == "Sources" and re.match(r"\d+\. ", line):
            number, rest = line.split(". ", 1)
            sources[int(number)] = rest
    return lines, sources, doubled


class Files(unittest.TestCase):
    def test_four_provinces_have_published_figures(self):
        names = [os.path.basename(os.path.dirname(folder)) for folder in folders()]
        self.assertEqual(names, ["bac-kan", "quang-ngai", "tay-ninh", "tien-giang"])

    def test_nothing_else_lies_in_the_folder(self):
        for folder in folders():
            others = [name for name in os.listdir(folder) if not name.endswith(".csv")]
            self.assertEqual(others, ["SOURCES.md"], folder)

    def test_a_file_is_as_a_clerk_s_spreadsheet_reads_and_writes_it(self):
        for folder in folders():
            for path in glob.glob(os.path.join(folder, "*.csv")):
                with open(path, "rb") as source:
                    raw = source.read()
                self.assertFalse(raw.startswith(b"\xef\xbb\xbf"), path)
                self.assertNotIn(b"\r", raw, path)
                self.assertTrue(raw.endswith(b"\n"), path)
                self.assertNotIn(b'"', raw, path)
                self.assertNotIn(b" ", raw, path)

    def test_every_column_is_a_measure_of_the_programme(self):
        for folder in folders():
            known = measures(folder)
            self.assertIn("papi_rank", known)
            for path in glob.glob(os.path.join(folder, "*.csv")):
                head = table(path)[0]
                self.assertEqual(head[:2], ["unit", "period"], path)
                self.assertEqual(len(head), len(set(head)), path)
                for measure in head[2:]:
                    self.assertIn(measure, known, path)

    def test_a_measure_stands_in_one_file_only(self):
        for folder in folders():
            heads = [m for path in glob.glob(os.path.join(folder, "*.csv")) for m in table(path)[0][2:]]
            self.assertEqual(len(heads), len(set(heads)), folder)

    def test_a_row_is_a_year_of_the_province_itself_once_and_in_order(self):
        for folder in folders():
            first, last = years(folder)
            code, end = province(folder)
            for path in glob.glob(os.path.join(folder, "*.csv")):
                head, *rows = table(path)
                self.assertTrue(rows, path)
                for row in rows:
                    where = f"{path}: {row}"
                    self.assertEqual(len(row), len(head), where)
                    self.assertEqual(row[0], code, where)
                    self.assertRegex(row[1], r"^\d{4}$", where)
                    self.assertTrue(first <= int(row[1]) <= last, where)
                    self.assertTrue(any(row[2:]), f"{where}: no figure")
                    # The year of a province that ended inside it belongs to its successor, in another pool.
                    self.assertTrue(not end or f"{row[1]}-12-31" <= end, f"{where}: the province ended on {end}")
                periods = [row[1] for row in rows]
                self.assertEqual(periods, sorted(set(periods)), path)

    def test_a_figure_has_the_decimals_of_its_measure_and_a_comma(self):
        for folder in folders():
            known = measures(folder)
            for (name, year, measure), value in cells(folder).items():
                decimals = int(known[measure]["decimals"])
                self.assertRegex(value, f"^({CELL[decimals]})$", f"{folder}/{name} {year} {measure}")

    def test_a_rank_lies_in_its_pool_and_among_those_that_had_a_score(self):
        for folder in folders():
            known = measures(folder)
            found = cells(folder)
            ranks = 0
            for (name, year, measure), value in found.items():
                pool = known[measure].get("pool")
                where = f"{folder}/{name} {year} {measure}"
                if measure.endswith("_rank"):
                    ranks += 1
                    self.assertEqual(pool, "63", where)
                    self.assertTrue(1 <= int(value) <= int(pool), where)
                    scored = found.get((name, year, measure.replace("_rank", "_scored")))
                    self.assertTrue(scored is None or int(value) <= int(scored) <= int(pool), where)
            self.assertGreater(ranks, 5, folder)

    def test_a_stated_baseline_is_the_published_figure_of_that_year(self):
        checked = 0
        for folder in folders():
            indicators = entries(folder, "indicators", "id")
            published = {(year, measure): value for (_, year, measure), value in cells(folder).items()}
            for block in text(folder, "..", "targets.yaml").split("\n  - id: ")[1:]:
                base = re.search(r"baseline: \{year: (\d+), value: ([\d.]+)\}", block)
                indicator = re.search(r"(?m)^    indicator: (\w+)", block)
                measure = indicators.get(indicator[1], {}).get("value") if indicator else None
                if base and (base[1], measure) in published:
                    checked += 1
                    self.assertEqual(published[base[1], measure], base[2].replace(".", ","), f"{folder} {block[:8]}")
        self.assertGreaterEqual(checked, 3)  # Quảng Ngãi 1a and 1b, Bắc Kạn 2.7a


class Sources(unittest.TestCase):
    def test_every_figure_stands_in_sources_and_nothing_else_does(self):
        for folder in folders():
            lines, _, doubled = sourced(folder)
            self.assertEqual(doubled, [], folder)
            self.assertEqual({key: value for key, (value, _, _) in lines.items()}, cells(folder), folder)

    def test_a_line_names_a_source_that_is_there_and_how_the_figure_was_had(self):
        for folder in folders():
            lines, sources, _ = sourced(folder)
            for key, (_, number, how) in lines.items():
                self.assertIn(number, sources, f"{folder} {key}")
                self.assertTrue(re.fullmatch(REMARK, how), f"{folder} {key}: {how}")
                for other in re.findall(r"\[(\d+)\]", how):
                    self.assertIn(int(other), sources, f"{folder} {key}")

    def test_a_source_has_publisher_title_year_and_place_and_is_used(self):
        for folder in folders():
            lines, sources, _ = sourced(folder)
            self.assertEqual(sorted(sources), list(range(1, len(sources) + 1)), folder)
            for number, source in sources.items():
                where = f"{folder} [{number}] {source}"
                self.assertIn(number, {used for _, used, _ in lines.values()}, f"{where}: not used")
                if not source.startswith("The resolution itself, "):
                    self.assertRegex(source, r"^[^,]+, .+, ([\w/ ]*\b20\d\d( \(P\d\d\))?|undated), https://\S+$", where)

    def test_what_was_not_found_and_what_was_not_taken_is_said(self):
        for folder in folders():
            remarks = text(folder, "SOURCES.md").split("## Remarks")[1]
            self.assertIn("* Not found: ", remarks, folder)
            self.assertIn("* Found and not taken", remarks, folder)
            for letter in re.findall(r"remark ([a-z])\b", text(folder, "SOURCES.md")):
                self.assertIn(f"\n* {letter}. ", remarks, folder)


if __name__ == "__main__":
    unittest.main()
