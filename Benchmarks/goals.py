"""The goals of performance: what each work may cost. The row of a figure in the table of `bench.py` shows its goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from figures import Figure, number

EXACT = 1e-9  # a rounding error is no miss


@dataclass(frozen=True)
class Goal:
    """A limit for a figure with this work and unit."""

    work: str
    unit: str
    limit: float
    is_ratio: bool  # whether the limit is for ours : C, or for ours
    is_minimum: bool = False

    def __str__(self) -> str:
        sign = "≥" if self.is_minimum else "≤"
        return f"{sign} {self.limit:g} ×" if self.is_ratio else f"{sign} {number(self.limit)}"

    def is_met(self, figure: Figure) -> bool | None:
        """`None` if the figure lacks a side that the goal compares."""
        value = figure.ratio if self.is_ratio else figure.ours
        if value is None:
            return None
        return value >= self.limit - EXACT if self.is_minimum else value <= self.limit + EXACT


def at_most(work: str, unit: str, limit: float) -> Goal:
    return Goal(work, unit, limit, is_ratio=False)


def at_most_of_c(work: str, unit: str, limit: float) -> Goal:
    return Goal(work, unit, limit, is_ratio=True)


def at_least_of_c(work: str, unit: str, limit: float) -> Goal:
    return Goal(work, unit, limit, is_ratio=True, is_minimum=True)


LISTS = (
    at_most_of_c("session display --tcp --csv --numeric", "instructions per entry", 0.25),
    at_most_of_c("session display --tcp --numeric", "instructions per entry", 0.25),
    at_most_of_c("bib display --tcp --csv --numeric", "instructions per entry", 0.25),
    at_most_of_c("session follow", "instructions per entry", 0.25),
    at_most("session display --tcp --json --numeric", "instructions per entry", 10_000),
    at_most("session display --tcp --csv --numeric", "allocations per entry", 0.5),
    at_most("session display, 100,000 sessions", "MB of memory", 12),
    at_most("session display, 100,000 : 10,000 sessions", "× the memory", 1.02),
    at_most("session display, before the first line", "pages", 1),
    at_most_of_c("session display --csv --numeric, 100,000 sessions", "s", 0.5),
    at_most("session display --csv --numeric, 100,000 sessions", "MB of memory", 12),
)
NAMES = (
    at_most_of_c("names of 1,000 hosts, each answer takes 50 ms", "s", 0.05),
    at_most("names of 1,000 hosts, the server never answers", "s", 3),
)
START = (
    at_most("--version", "instructions", 1_400_000),
    at_most("--version", "page faults", 350),
    at_most("the program, as installed", "MB", 14),
)
PROXY = (
    at_most("a packet alone, and a turn of the event loop", "ns", 500),
    at_most("new sessions to the network (the table grows)", "ns", 900),
    at_most("new sessions to the network (the table grows)", "allocations per datagram", 4),
    at_most("new sessions from the network to the module (the table grows)", "ns", 1250),
    at_most("new sessions from the network to the module (the table grows)", "allocations per datagram", 4),
    at_most_of_c("both proxies, 4,000 packets per s", "µs per packet", 0.5),
    at_most_of_c("both proxies, 8,000 packets per s", "µs per packet", 0.5),
    at_least_of_c("most packets without ENOSPC", "per s", 2),
)
LATENCY = (
    at_most("a session alone, ss-flush-deadline 0: usable at the other node after", "ms", 5),
    at_most("a session alone, ss-flush-deadline 10: usable at the other node after", "ms", 15),
    at_most("a node joins one with 100,000 sessions: ready after", "s", 2),
    at_most("a node joins one with 1,000,000 sessions: ready after", "s", 20),
    at_most("a node joins one with 1,000,000 : 100,000 sessions", "× the seconds", 10),
)
# In comparison with an earlier build. Two runs of the same build differ by up to 5 %.
TABLE = tuple(
    goal
    for count in ("1,000,000", "10,000,000")
    for goal in (
        *(
            at_most_of_c(f"{count} sessions: {operation}", unit, 1.05)
            for operation, unit in (
                ("insert, growing from empty", "ns"), ("update: expiration only", "ns"), ("update: timer, shorter expiration", "ns"),
                ("look up, IPv6 side", "ns"), ("look up, IPv4 side", "ns"), ("look up, missing", "ns"), ("remove, and insert again", "ns"),
                ("visit all", "ns"), ("sort all by expiration", "ns"), ("visit all in that order", "ns"),
                ("expire within 5 minutes", "ns"), ("list UDP sessions by pages", "ns"), ("memory", "bytes"),
            )
        ),
        at_most(f"{count} sessions: mean of the ratios of all times", "× the earlier time", 0.8),
    )
)
GOALS = {(goal.work, goal.unit): goal for goal in (*LISTS, *NAMES, *START, *PROXY, *LATENCY, *TABLE)}


def goal_of(figure: Figure) -> Goal | None:
    return GOALS.get((figure.work, figure.unit))


def without_figure(figures: Iterable[Figure]) -> list[Goal]:
    """The goals that no figure of these has."""
    measured = {(figure.work, figure.unit) for figure in figures}
    return [goal for key, goal in GOALS.items() if key not in measured]
