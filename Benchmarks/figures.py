"""The output of all benchmarks: a line for each figure, with our programs beside the C programs."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADING = f"{'':58} {'unit':22} {'ours':>11} {'C':>11} {'ours : C':>9}"


@dataclass(frozen=True)
class Figure:
    """A measured quantity of a work, its unit, and its values on both sides. `None`: that side does not support it.

    Work and unit together name the figure, so that `goals.py` finds it."""

    work: str
    unit: str
    ours: float | None
    c: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.ours is None or not self.c else self.ours / self.c

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.4f}"
        return f"{self.work:58} {self.unit:22} {number(self.ours):>11} {number(self.c):>11} {ratio:>9}"

    def csv(self) -> str:
        """The work, unit, ours, C and ratio, for other programs."""
        values = ("" if value is None else f"{value:.6g}" for value in (self.ours, self.c, self.ratio))
        return ",".join((f'"{self.work}"', f'"{self.unit}"', *values))


def parse_csv(text: str) -> Iterator[Figure]:
    """The figures among the lines of a benchmark's output."""
    for fields in csv.reader(line for line in text.splitlines() if line.startswith('"')):
        if len(fields) == 5:
            work, unit, *values = fields
            ours, c, _ = (float(value) if value else None for value in values)
            yield Figure(work, unit, ours, c)


def show(figures: Iterable[Figure], as_csv: bool) -> None:
    """Prints figures as they arrive."""
    for figure in figures:
        print(figure.csv() if as_csv else figure.line(), flush=True)


def number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def machine() -> str:
    """A description of the guest in which the benchmark runs."""
    kind = {"uml": "User-Mode Linux", "qemu": "emulated PC"}.get(os.environ.get("JOOL_VM_MACHINE", ""), "Linux")
    return f"{kind} {os.uname().release}, {os.cpu_count()} processor(s)"
