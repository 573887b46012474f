"""The benchmarks of `bench.py`: how each is run, and how its output is read."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from figures import Figure, parse_csv

REPOSITORY = Path(__file__).parents[1]
BUILT = REPOSITORY / ".build/release"
TABLE_ROUNDS = {1_000_000: 5, 10_000_000: 2}
EARLIER = "JOOL_EARLIER_TABLE_BENCHMARK"


class Unavailable(Exception):
    """This machine lacks what a benchmark needs."""


class Incomplete(Exception):
    """A benchmark has failed. It may have measured some figures."""

    def __init__(self, reason: str, output: str) -> None:
        super().__init__(reason)
        self.figures = list(parse_csv(output))


@dataclass(frozen=True)
class Part:
    """One benchmark."""

    name: str
    title: str
    run: Callable[[], list[Figure]]
    c: str = "C"  # what the figures on the right side are of


def output_of(*words: str | Path) -> str:
    done = subprocess.run(words, cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode:
        lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
        reason = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else f"status {done.returncode}")
        raise Unavailable(reason) if done.returncode == os.EX_UNAVAILABLE else Incomplete(reason, done.stdout)
    return done.stdout


def script(*words: str) -> Callable[[], list[Figure]]:
    """A benchmark that prints CSV."""
    return lambda: list(parse_csv(output_of(*words, "--csv")))


# -------------------------------------------------------------------------------------------------- benchmarks in Swift


def built(product: str) -> Path:
    output_of("make", "-s", f"product-{product}")
    return BUILT / product


def times_in(text: str) -> Iterator[Figure]:
    """The figures in lines such as `  refreshes to the network: 800 ns per record, 5 allocations, 11.0 per datagram`."""
    for line in text.splitlines():
        found = re.match(r"  (.+?): (\d+) ns\b", line)
        if not found:
            continue
        work = re.sub(r"^(expire|list) \d+ ", r"\1 ", found[1])
        yield Figure(work, "ns", float(found[2]))
        if sealed := re.search(r"sealed (\d+) ns", line):
            yield Figure(f"{work}, sealed", "ns", float(sealed[1]))
        if allocations := re.search(r"([\d.]+) per datagram", line):
            yield Figure(work, "allocations per datagram", float(allocations[1]))


def proxy() -> list[Figure]:
    return best([list(times_in(output_of(built("sync-benchmark")))) for _ in range(3)])


def best(rounds: list[list[Figure]]) -> list[Figure]:
    """The least of each figure, because other programs only add to a time."""
    return [min(same, key=lambda figure: figure.ours or 0) for same in zip(*rounds, strict=True)]


def table() -> list[Figure]:
    return [figure for count in TABLE_ROUNDS for figure in table_of(count)]


def table_of(count: int) -> list[Figure]:
    """The times of the table; beside them those of an earlier build, whose path may be in the environment."""
    programs = [built("table-benchmark"), *([Path(os.environ[EARLIER])] if EARLIER in os.environ else [])]
    rounds: list[list[list[Figure]]] = [[] for _ in programs]
    for _ in range(TABLE_ROUNDS[count]):
        for program, mine in zip(programs, rounds):
            mine.append(table_figures(output_of(program, str(count))))
    ours, *earlier = map(best, rounds)
    before = {figure.work: figure.ours for figure in (earlier[0] if earlier else [])}
    figures = [Figure(f"{count:,} sessions: {one.work}", one.unit, one.ours, before.get(one.work)) for one in ours]
    ratios = [figure.ratio for figure in figures if figure.unit == "ns" and figure.ratio is not None]
    return figures + ([Figure(f"{count:,} sessions: mean of the ratios of all times", "× the earlier time", fmean(ratios))] if ratios else [])


def table_figures(text: str) -> list[Figure]:
    memory = re.search(r"memory: ([\d.]+) bytes", text)
    figures = [figure for figure in times_in(text) if not figure.work.startswith("making the samples")]
    return [*figures, *([Figure("memory", "bytes", float(memory[1]))] if memory else [])]


PARTS = (
    Part("lists", "Lists and start-up: instructions for the same answers, natively", script("Benchmarks/Native/run", "costs")),
    Part("streaming", "Memory and the first line of a list, natively", script("Benchmarks/Native/run", "streaming")),
    Part("names", "Lists with names, natively", script("Benchmarks/Native/run", "names")),
    Part("proxy", "A record on its way through the proxy, natively", proxy),
    Part("table", "The session table, natively", table, c="earlier"),
    Part("module", "Clients and proxies on the real module, in User-Mode Linux", script("Benchmarks/run")),
    Part("synchronization", "Synchronization, in User-Mode Linux", script("Benchmarks/run", "--sync")),
)
