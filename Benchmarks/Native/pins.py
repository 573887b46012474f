"""Compares the instructions of some works with pinned counts (pins.json), and names the functions that have grown. See
README.md."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import replay
from callgrind import demangled, profile
from costs import stripped
from replay import OURS, WORK

FILE = Path(__file__).with_name("pins.json")
BUILT = Path(__file__).parents[2] / ".build/release"
ENTRIES, TURNS, FEWER_TURNS = 1000, 1000, 200
# Above the pinned count. Other compilers and libraries need other counts, so there a check finds only much slower code.
MARGIN, MARGIN_ELSEWHERE = 0.03, 0.25
LISTED = 0.002  # functions with less than this part of the work are not listed in the file
SHOWN = 12
RENEW = "Benchmarks/Native/run pins --renew"
Functions = Counter[str]  # the instructions of each function


@dataclass(frozen=True)
class Work:
    """Something whose instructions are pinned."""

    name: str
    unit: str
    count: Callable[[], Functions]


def works() -> list[Work]:
    release = replay.release("4.1.13")
    small, large = (replay.table("mixed", count, release.version) for count in (1, ENTRIES))
    jool = stripped(OURS / "jool", "pinned")
    benchmark = stripped(BUILT / "sync-benchmark", "pinned-sync-benchmark")

    def run(folder: Path, *words: str | Path) -> Functions:
        name = re.sub(r"\W+", "-", f"callgrind {folder.name} {' '.join(map(str, words[1:]))}")
        return profile(words, replay.environment(folder), WORK / name)

    def per_entry(line: str) -> Work:
        words = line.split()
        return Work(line, "instructions per entry", lambda: difference(run(large, jool, *words), run(small, jool, *words), ENTRIES - 1))

    def turns() -> Functions:
        more, fewer = (run(small, benchmark, "turns", str(count)) for count in (TURNS, FEWER_TURNS))
        return difference(more, fewer, TURNS - FEWER_TURNS)

    return [
        per_entry("session display --csv --numeric"),
        per_entry("session display --numeric"),
        per_entry("session display --json --numeric"),
        per_entry("bib display --csv --numeric"),
        per_entry("session follow"),
        Work("--version", "instructions", lambda: run(small, jool, "--version")),
        Work("a turn of the proxy's event loop", "instructions", turns),
    ]


def difference(more: Functions, less: Functions, divisor: int) -> Functions:
    """The functions' instructions per unit; start-up is in both, and so in neither."""
    return Counter({name: (more[name] - less[name]) / divisor for name in more.keys() | less.keys()})


def toolchain() -> dict[str, str]:
    """What else determines the counts."""

    def version(*words: str) -> str:
        text = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        return re.search(r"\d+(\.\d+)+", text)[0]  # type: ignore[index]

    return {
        "processor": os.uname().machine, "Swift": version("swift", "--version"), "glibc": version("getconf", "GNU_LIBC_VERSION"),
        "valgrind": version("valgrind", "--version"),
    }


def text_of(tools: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in tools.items())


def measured(chosen: list[Work]) -> dict[str, Functions]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return {work.name: demangled(counts) for work, counts in zip(chosen, pool.map(lambda work: work.count(), chosen))}


# ------------------------------------------------------------------------------------------------------------ the file


def written(chosen: list[Work], counts: dict[str, Functions]) -> dict[str, object]:
    """The content of the file. `Counter.total` is the count of the work."""
    entries = {}
    for work in chosen:
        total = counts[work.name].total()
        listed = {name: round(count, 1) for name, count in counts[work.name].most_common() if count >= LISTED * total}
        entries[work.name] = {"unit": work.unit, "count": round(total, 1), "functions": listed}
    return {"toolchain": toolchain(), "works": entries}


def grown(before: dict[str, float], now: Functions) -> list[str]:
    """Lines about the functions that cost more than before, the largest growth first."""
    unlisted = min(before.values())  # at most this much before
    growth = Counter({name: count - before.get(name, unlisted) for name, count in now.items()})
    return [
        f"    {more:+10,.0f}  {name}  ({f'before: {before[name]:,.0f}' if name in before else 'was not listed'})"
        for name, more in growth.most_common(SHOWN)
        if more >= 1
    ]


def check(work: Work, pin: dict, now: Functions, margin: float) -> list[str]:
    """What is wrong with a work; empty if it costs no more than its pin and the margin."""
    total, before = now.total(), pin["count"]
    print(f"  {work.name}: {total:,.0f} {work.unit} ({total / before - 1:+.1%})")
    if total <= before * (1 + margin):
        return []
    head = f"{work.name}: {total:,.0f} {work.unit}, {total / before - 1:.1%} more than the pinned {before:,.0f}. Functions that have grown:"
    return [head, *grown(pin["functions"], now)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="pins", description="Compares the instructions of some works with pinned counts.")
    parser.add_argument("--renew", action="store_true", help="write the counts of this build into pins.json")
    parser.add_argument("--exact", action="store_true", help="fail if the pins were made with another toolchain (CI)")
    options = parser.parse_args()
    chosen = works()
    tools = toolchain()
    if options.renew:
        FILE.write_text(json.dumps(written(chosen, measured(chosen)), indent=1, ensure_ascii=False) + "\n")
        print(f"{FILE.name}: the counts of {text_of(tools)}")
        return 0
    pins = json.loads(FILE.read_text())
    margin, problems = MARGIN, []
    if tools != pins["toolchain"]:
        print(f"The pins are of {text_of(pins['toolchain'])}; here are {text_of(tools)}.")
        if options.exact:
            sys.exit(f"pins: renew them on the last commit that passed: {RENEW}")
        margin = MARGIN_ELSEWHERE
    print(f"pinned instructions, at most {margin:.0%} more:")
    for work in chosen:
        if work.name not in pins["works"]:
            problems.append(f"{work.name}: has no pin")
    counts = measured([work for work in chosen if work.name in pins["works"]])
    for work in chosen:
        if work.name in counts:
            problems += check(work, pins["works"][work.name], counts[work.name], margin)
    if problems:
        print("\n".join(["pins: a work costs more:", *problems, f"If it must cost that: {RENEW}"]), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
