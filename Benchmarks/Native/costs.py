"""Counts the instructions and allocations of our programs and the C clients for the same answers. See README.md."""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import replay
from figures import HEADING, Figure, show
from replay import OURS, WORK, Release

ENTRIES, STARTS = 10_000, 200
COMMANDS = (
    ("session", "display", "--tcp", "--csv", "--numeric"),
    ("session", "display", "--udp", "--csv", "--numeric"),
    ("session", "display", "--icmp", "--csv", "--numeric"),
    ("session", "display", "--tcp", "--csv", "--no-headers", "--numeric"),
    ("session", "display", "--tcp", "--numeric"),
    ("bib", "display", "--tcp", "--csv", "--numeric"),
    ("bib", "display", "--tcp", "--numeric"),
    ("session", "follow"),
)
ONLY_OURS = (
    ("session", "display", "--tcp", "--json", "--numeric"),
    ("bib", "display", "--tcp", "--json", "--numeric"),
    ("session", "follow", "--json"),
)
CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
MEMCHECK = ("valgrind", "--leak-check=no", "--undef-value-errors=no")


def stripped(program: Path, name: str) -> Path:
    """A copy of the program without debug information, which the valgrind of Debian 12 cannot read. The symbols
    remain."""
    copy = WORK / name
    subprocess.run(["strip", "-g", "-o", copy, program], check=True)
    return copy


def counted(pattern: str, before: tuple[str, ...], folder: Path, words: tuple[str | Path, ...]) -> int:
    """The number that valgrind prints after `pattern` for a run on a table."""
    result = replay.run(folder, *words, before=before)
    found = re.search(pattern + r"\s*([\d,]+)", result.err)
    if result.status != 0 or not found:
        raise RuntimeError(f"{' '.join(map(str, words))} on {folder}: status {result.status}, {result.err[-2000:]}")
    return int(found[1].replace(",", ""))


def instructions(folder: Path, *words: str | Path) -> int:
    return counted(r"Collected :", CALLGRIND, folder, words)


def allocations(folder: Path, *words: str | Path) -> int:
    return counted(r"total heap usage:", MEMCHECK, folder, words)


@dataclass(frozen=True)
class Cost:
    """The cost of a command per entry of the table."""

    instructions: float
    allocations: float


class Bench:
    def __init__(self, release: Release, entries: int) -> None:
        self.entries = entries
        self.large, self.small = (replay.table("mixed", count, release.version) for count in (entries, 1))
        self.ours, self.c = stripped(OURS / "jool", "ours"), stripped(release.programs / "jool", "c")

    def cost(self, program: Path, words: tuple[str, ...]) -> Cost:
        """The difference between a large table and one of a single entry, so that start-up is not counted."""
        counts = ((count(self.large, program, *words) - count(self.small, program, *words)) for count in (instructions, allocations))
        return Cost(*(count / (self.entries - 1) for count in counts))

    def figures(self, words: tuple[str, ...]) -> list[Figure]:
        ours = self.cost(self.ours, words)
        c = None if words in ONLY_OURS else self.cost(self.c, words)
        return [
            Figure(" ".join(words), "instructions per entry", ours.instructions, c.instructions if c else None),
            Figure(" ".join(words), "allocations per entry", ours.allocations, c.allocations if c else None),
        ]

    def start_up(self) -> list[Figure]:
        def each(count) -> tuple[float, float]:  # noqa: ANN001
            return count(self.ours), count(self.c)

        return [
            Figure("--version", "instructions", *each(lambda program: instructions(self.small, program, "--version"))),
            Figure("--version", "allocations", *each(lambda program: allocations(self.small, program, "--version"))),
            Figure("--version", "page faults", *each(page_faults)),
            Figure("--version", "ms", *each(milliseconds)),
            Figure("the program, as installed", "MB", *each(lambda program: installed_size(program) / 1e6)),
            Figure("the program", "libraries", *each(libraries)),
        ]


def start(program: Path) -> resource.struct_rusage:
    """What the kernel has counted during `--version`, without the library of this harness."""
    with open(os.devnull, "wb") as nothing:
        actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 1)]
        child = os.posix_spawn(program, [program, "--version"], {"PATH": "/usr/bin:/bin"}, file_actions=actions)
    return os.wait4(child, 0)[2]


def page_faults(program: Path) -> int:
    """The minor page faults of `--version`."""
    return start(program).ru_minflt


def milliseconds(program: Path) -> float:
    """The least processor time of `--version` among many starts, because other load only adds to it."""
    usages = [start(program) for _ in range(STARTS)]
    return min(usage.ru_utime + usage.ru_stime for usage in usages) * 1000


def installed_size(program: Path) -> int:
    """The size of the program without symbols, in bytes."""
    copy = WORK / "installed"
    subprocess.run(["strip", "-o", copy, program], check=True)
    return copy.stat().st_size


def libraries(program: Path) -> int:
    return len(subprocess.run(["ldd", program], capture_output=True, check=True).stdout.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(prog="costs", description="Counts the instructions and allocations of our programs and the C clients.")
    parser.add_argument("--entries", type=int, default=ENTRIES, help=f"size of the table (default {ENTRIES})")
    parser.add_argument("--version", default="4.1.13", help="release of the C client (default 4.1.13)")
    parser.add_argument("--only", default="", metavar="REGEX", help="commands whose words match")
    parser.add_argument("--csv", action="store_true", help="print CSV: work, unit, ours, C, ratio")
    options = parser.parse_args()
    release = replay.release(options.version)
    bench = Bench(release, options.entries)
    if not options.csv:
        print(f"natively, C client of {release.version}, {options.entries:,} entries; a ratio below 1 means that ours is better\n\n{HEADING}")
    sections = [("--version", bench.start_up)]
    sections += [(" ".join(words), lambda words=words: bench.figures(words)) for words in COMMANDS + ONLY_OURS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the counts do not depend on other load
        for figures in pool.map(lambda section: section[1](), [one for one in sections if re.search(options.only, one[0])]):
            show(figures, options.csv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
