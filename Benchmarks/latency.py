"""Measures how long a new session takes from the packet at one node until the other node's module has it. See `run`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from figures import Figure
from group import Group, take_over
from lab.netlink import Kernel
from lab.network import NODES, configure
from measure import SIDES

DEADLINES = (0, 10, 100)  # milliseconds
SESSIONS = 40
LOST_AFTER = 5.0


def delays(program: Path, deadline: int) -> list[float]:
    """The milliseconds of sessions that are opened one at a time."""
    group = Group(program)
    configure(*NODES, ss_flush_deadline=deadline)
    take_over("j")
    group.crowd.open(1)
    group.outcome()
    time.sleep(2.5)  # until a proxy has detected the new setting
    with Kernel("k") as standby:
        return [delay(group, standby) for _ in range(SESSIONS)]


def delay(group: Group, standby: Kernel) -> float:
    time.sleep(0.1)
    before, begun = standby.session_count(), time.monotonic()
    group.crowd.open(1)
    while standby.session_count() == before and time.monotonic() - begun < LOST_AFTER:
        time.sleep(0.0002)
    return (time.monotonic() - begun) * 1000


def latency() -> list[Figure]:
    figures = []
    for deadline in DEADLINES:
        runs = [delays(program, deadline) for program in SIDES.values()]
        work = f"a session alone, ss-flush-deadline {deadline}: usable at the other node after"
        figures.append(Figure(work, "ms", *map(statistics.median, runs)))
        figures.append(Figure(work, "ms at most", *map(max, runs)))
    return figures
