#!/usr/bin/env python3
"""guard - counts the instructions of the hot paths and compares them with tests/perf/figures.

  guard.py [--build DIR] [--only NAME] [--figures FILE] [--runs N]
  guard.py --update      write the figures anew
  guard.py --self-test   figures that are wrong by 6 % must be noticed, both ways
  guard.py --where NAME  what the instructions of a path are spent on, by function

Fails when a path needs over 5 % more than its figure. Under 5 % less is only said: then
somebody made it faster, and the figure should be lowered so that it stays so.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIGURES = HERE / "figures"
TOLERANCE_PCT = 5
PROGRAMS = ("wire", "ingest", "scorer", "notifier")
# Nothing of the caller's environment: its size alone moves the stack.
ENVIRONMENT = {"LC_ALL": "C", "LD_BIND_NOW": "1", "PATH": "/usr/bin:/bin"}
HEAD = """\
# Instructions of the hot paths, as `make perf-guard` counts them: a program of tests/perf
# under valgrind's callgrind, only what happens inside counted(), divided by the units.
# gcc -O2 of Debian 12, its libc, libsodium and protobuf-c, on any x86-64 with AVX2 (valgrind
# shows them the same processor everywhere). Written by `make perf-guard-update`.
# path  instructions  unit  how it is made
"""


class Trouble(Exception):
    """What a person has to mend before anything can be counted."""


def paths_of(build):
    """name -> (program, unit, what), in the order of the programs."""
    found = {}
    for part in PROGRAMS:
        program = build / "tests" / "perf" / f"perf_{part}"
        if not program.exists():
            raise Trouble(f"{program} is not built: run make perf-guard")
        listed = subprocess.run([program, "--list"], check=True, capture_output=True, text=True)
        for line in listed.stdout.splitlines():
            name, unit, what = line.split("\t")
            found[name] = (program, unit, what)
    return found


def callgrind(program, name, out):
    """Instructions inside counted(), and how many units they made."""
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=counted",
         f"--callgrind-out-file={out}", str(program), name],
        env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise Trouble(f"{name}: {program} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    totals = re.search(r"^totals: (\d+)", Path(out).read_text(encoding="utf-8"), re.M)
    if totals is None or int(totals[1]) == 0:
        raise Trouble(f"{name}: nothing was counted: was counted() inlined?")
    return int(totals[1]), int(run.stdout)


def count(program, name):
    """Instructions of one unit."""
    with tempfile.TemporaryDirectory() as folder:
        total, units = callgrind(program, name, Path(folder) / "out")
    return round(total / units)


def figures_read(file):
    figures = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, instructions = line.split(None, 2)[:2]
            figures[name] = int(instructions)
    return figures


def figures_write(file, paths, counted):
    lines = [f"{name:<20} {counted[name]:>8}  {unit:<8} {what}\n"
             for name, (_, unit, what) in paths.items()]
    file.write_text(HEAD + "".join(lines), encoding="utf-8")


def judge(name, instructions, figure):
    """One line, and whether it fails."""
    if figure is None:
        return f"{name:<20} {instructions:>8}  has no figure: make perf-guard-update", True
    pct = 100 * (instructions - figure) / figure
    line = f"{name:<20} {instructions:>8}  figure {figure:>8}  {pct:+6.2f} %"
    # In whole numbers, so that the limit is where it is said to be.
    if 100 * instructions > (100 + TOLERANCE_PCT) * figure:
        return f"{line}  TOO MANY: guard.py --where {name} says where", True
    if 100 * instructions < (100 - TOLERANCE_PCT) * figure:
        return f"{line}  fewer: lower the figure with make perf-guard-update", False
    return line, False


def compare(paths, figures, runs):
    failed = False
    for name, (program, _, _) in paths.items():
        counted = sorted(count(program, name) for _ in range(runs))
        line, bad = judge(name, counted[-1], figures.get(name))
        if runs > 1:
            line += f"  spread of {runs} runs {100 * (counted[-1] - counted[0]) / counted[0]:.3f} %"
        print(line, flush=True)
        failed |= bad
    for name in figures.keys() - paths.keys():
        print(f"{name:<20} has a figure and no program: make perf-guard-update")
        failed = True
    return failed


def self_test(build, paths):
    """The script itself, as make calls it, with figures that are wrong by a little."""
    name = next(iter(paths))
    instructions = count(paths[name][0], name)
    cases = (("6 % lower", 94, 1, "TOO MANY"), ("4 % lower", 96, 0, ""),
             ("equal", 100, 0, ""), ("6 % higher", 106, 0, "fewer"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figures"
        for title, pct, status, word in cases:
            file.write_text(f"{name} {instructions * pct // 100} report x\n", encoding="utf-8")
            run = subprocess.run(
                [sys.executable, __file__, "--build", build, "--only", name,
                 "--figures", file], capture_output=True, text=True, check=False)
            if run.returncode != status or word not in run.stdout:
                print(f"perf-guard: a figure {title}: got {run.returncode} {run.stdout!r}, "
                      f"want {status} {word!r}")
                return True
    print(f"perf-guard: a figure of {name} that is 6 % lower fails, 6 % higher is said")
    return False


def where(program, name):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        _, units = callgrind(program, name, out)
        shown = subprocess.run(["callgrind_annotate", "--threshold=97", str(out)], check=True,
                               capture_output=True, text=True).stdout
    for line in shown.splitlines():
        line = re.sub(r"(\S*/)?([^/ ]+:)", r"\2", line)
        got = re.match(r"\s*([\d,]+)\s*(\(.*)", line)
        if got:
            print(f"{int(got[1].replace(',', '')) / units:>9.1f} {got[2]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--only", default="")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--where", default="")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    args = parser.parse_args()
    if shutil.which("valgrind") is None:
        raise Trouble("valgrind is missing: run tools/deps --long")
    if os.uname().machine != "x86_64":
        raise Trouble(f"the figures are those of x86_64, this is {os.uname().machine}")
    paths = paths_of(args.build)
    wanted = args.only or args.where
    if wanted:
        paths = {name: path for name, path in paths.items() if name == wanted}
        if not paths:
            raise Trouble(f"there is no path {wanted}")
    if args.where:
        where(paths[wanted][0], wanted)
        return 0
    if args.self_test:
        return self_test(args.build, paths)
    if args.update:
        figures_write(FIGURES, paths, {name: count(path[0], name) for name, path in paths.items()})
        return 0
    figures = figures_read(args.figures)
    if wanted:
        figures = {name: n for name, n in figures.items() if name == wanted}
    return compare(paths, figures, args.runs)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(f"perf-guard: {trouble}", file=sys.stderr)
        sys.exit(69)
