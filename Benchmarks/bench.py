"""Runs all benchmarks, and prints one table: work, ours, C, ratio, goal, met or missed. `make bench` runs it.

Each benchmark's figures are kept in .build/bench, so that a later run can repeat some of them: `--only REGEX --kept`."""

from __future__ import annotations

import argparse
import datetime
import platform
import re
import subprocess
import sys
from pathlib import Path

import page
from figures import Figure, parse_csv
from goals import without_figure
from parts import PARTS, REPOSITORY, Incomplete, Part, Unavailable
from table import Section, as_text, summary

KEPT = REPOSITORY / ".build/bench"


def where() -> str:
    """The date, the commit and the machine of a measurement."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    count = len(re.findall(r"^processor", Path("/proc/cpuinfo").read_text(), re.M))
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True).stdout.strip()
    version = re.search(r"Swift version (\S+)", swift)
    return ", ".join((
        datetime.date.today().isoformat(), f"commit {commit}", f"{count} × {processor[1] if processor else platform.machine()}",
        f"Linux {platform.release()}", " ".join(platform.libc_ver()), f"Swift {version[1] if version else 'unknown'}", "C: Jool 4.1.13",
    ))


def file_of(part: Part) -> Path:
    return KEPT / f"{part.name}.csv"


def keep(part: Part, figures: list[Figure]) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    file_of(part).write_text("".join(f"{line}\n" for line in (f"# {where()}", *(figure.csv() for figure in figures))))


def kept(part: Part) -> Section:
    text = file_of(part).read_text()
    return Section(part.title, list(parse_csv(text)), part.c, text.partition("\n")[0].removeprefix("# "))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Runs all benchmarks, and prints one table.")
    parser.add_argument("--only", default="", metavar="REGEX", help=f"some of: {', '.join(part.name for part in PARTS)}")
    parser.add_argument("--kept", action="store_true", help="take the other figures from the last run")
    parser.add_argument("--markdown", action="store_true", help="write the table into docs/performance.md")
    parser.add_argument("--svg", action="store_true", help="draw docs/performance.svg")
    options = parser.parse_args()
    sections, left_out, failed = [], [], []
    for part in PARTS:
        if re.search(options.only, part.name):
            print(f"bench: {part.title}", file=sys.stderr, flush=True)
            try:
                keep(part, part.run())
            except Unavailable as problem:
                left_out.append(f"{part.name}: {problem}")
                continue
            except Incomplete as problem:
                failed.append(f"{part.name}: {problem}")
                keep(part, problem.figures)
        elif not options.kept or not file_of(part).exists():
            left_out.append(f"{part.name}: not asked for")
            continue
        sections.append(kept(part))
    figures = [figure for section in sections for figure in section.figures]
    print(*as_text(sections), sep="\n")
    print(f"\n{summary(figures)}; {len(without_figure(figures))} have no figure here")
    for title, reasons in (("left out", left_out), ("failed", failed)):
        for reason in reasons:
            print(f"{title}: {reason}")
    if options.markdown:
        page.write_table(sections, left_out + failed)
    if options.svg:
        page.write_picture(figures)
    return 1 if failed or not figures else 0


if __name__ == "__main__":
    sys.exit(main())
