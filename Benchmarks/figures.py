"""The output of all benchmarks: a line for each figure, with our programs beside the C programs."""

from __future__ import annotations

import os
from dataclasses import dataclass

HEADING = f"{'':58} {'unit':22} {'ours':>11} {'C':>11} {'ours : C':>9}"


@dataclass(frozen=True)
class Figure:
    """A measured quantity, its unit, and its values on both sides. `None`: that side does not support it."""

    what: str
    unit: str
    ours: float | None
    c: float | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.ours is None or not self.c else self.ours / self.c

    def line(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.4f}"
        return f"{self.what:58} {self.unit:22} {_number(self.ours):>11} {_number(self.c):>11} {ratio:>9}"

    def csv(self) -> str:
        """The quantity, unit, ours, C and ratio, for programs that compare runs."""
        values = ("" if value is None else f"{value:.6g}" for value in (self.ours, self.c, self.ratio))
        return ",".join((f'"{self.what}"', self.unit, *values))


def _number(value: float | None) -> str:
    if value is None:
        return "n/a"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def machine() -> str:
    """A description of the guest in which the benchmark runs."""
    kind = {"uml": "User-Mode Linux", "qemu": "emulated PC"}.get(os.environ.get("JOOL_VM_MACHINE", ""), "Linux")
    return f"{kind} {os.uname().release}, {os.cpu_count()} processor(s)"
