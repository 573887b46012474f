"""Measures the throughput of the proxies and its cost: updates, new sessions, and joining nodes. See `run`."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from figures import Figure
from group import QUIET_TIME, Group, take_over
from lab.crowd import Crowd
from lab.netlink import session_count
from lab.network import NODES, OURS, C, configure, jool, make_both, make_roomy, reset
from lab.process import SCRATCH, run
from lab.proxies import Proxy, wait_ready
from lab.records import PROTOCOLS
from lab.synthetic import load, sessions
from measure import cpu, dump

RATES = (1000, 4000, 8000)
SECONDS, ROUNDS = 12.0, 2  # at each rate
HIGHEST, PRECISION = 64000, 0.1
PROBE = 4.0
AT_A_TIME = 50


def dropped(node: str) -> int:
    """The number of sessions that the module dropped because its queue was full (JSTAT_JOOLD_SSS_ENOSPC)."""
    lines = jool(C, node, "stats", "display", "--all", "--csv", "--no-headers").out.splitlines()
    return next((int(value) for name, value in (line.split(",") for line in lines) if name == "JSTAT_JOOLD_SSS_ENOSPC"), 0)


def send_at(crowd: Crowd, ports: range, rate: int, seconds: float) -> float:
    """Sends packets of existing sessions evenly at a rate, and returns the rate that was reached."""
    begun = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - begun) < seconds:
        due = min(int(passed * rate) - sent, AT_A_TIME)
        if due > 0:
            crowd.resend([ports[number % len(ports)] for number in range(sent, sent + due)])
            sent += due
        else:
            time.sleep(0.001)
    return sent / seconds


@dataclass(frozen=True)
class Load:
    """Packets of existing sessions at a rate."""

    reached: float  # packets per second
    cost: float  # processor time of the whole machine per packet in microseconds
    dropped: int

    def is_carried(self, rate: int) -> bool:
        return not self.dropped and self.reached >= 0.9 * rate


def machine_seconds() -> float:
    """The processor time that the machine has used until the next second (machine_time.py, which runs on the host)."""
    second = int(time.time()) + 1
    time.sleep(second + 0.3 - time.time())  # the host has written the file by then
    return float((Path(os.environ["JOOL_MACHINE_TIME"]) / str(second)).read_text())


def load_at(crowd: Crowd, ports: range, rate: int, seconds: float) -> Load:
    drops, before = dropped("j"), machine_seconds()
    reached = send_at(crowd, ports, rate, seconds)
    cost = (machine_seconds() - before) / (reached * seconds) * 1e6
    time.sleep(2.5)
    return Load(reached, cost, dropped("j") - drops)


def highest_rate(crowd: Crowd, ports: range) -> float:
    """The highest rate that the module and its proxy carry without a drop, found by bisection."""
    low, high, best = RATES[0], HIGHEST, 0.0
    while high - low > PRECISION * low:
        rate = int((low * high) ** 0.5)
        load = load_at(crowd, ports, rate, PROBE)
        if load.is_carried(rate):
            low, best = rate, load.reached
        else:
            high = rate
    return best


def prepare(program: Path | None) -> tuple[Crowd, range]:
    """400 sessions that a module with its default settings announces to proxies of one kind, or to nobody."""
    if program:
        group = Group(program)
        crowd = group.crowd
    else:
        reset()
        make_both()
        crowd = Crowd()
    configure(*NODES, ss_capacity=512, ss_flush_deadline=2000)
    take_over("j")
    ports = crowd.open(400)
    if program:
        group.outcome()
    return crowd, ports


def updates() -> list[Figure]:
    """What both proxies cost per packet, as the difference to a machine that runs none, and the highest rates."""
    sides: dict[str, Path | None] = {"none": None, "ours": OURS, "C": C}
    costs: dict[tuple[str, int], list[float]] = {(side, rate): [] for side in sides for rate in RATES}
    highest: dict[str, float] = {}
    for _ in range(ROUNDS):
        for side, program in sides.items():
            crowd, ports = prepare(program)
            for rate in RATES:
                costs[side, rate].append(load_at(crowd, ports, rate, SECONDS).cost)
            if program and side not in highest:
                highest[side] = highest_rate(crowd, ports)

    def cost(side: str, rate: int) -> float:
        return statistics.mean(costs[side, rate]) - statistics.mean(costs["none", rate])

    figures = [Figure(f"both proxies, {rate:,} packets per s", "µs per packet", cost("ours", rate), cost("C", rate)) for rate in RATES]
    return [*figures, Figure("most packets without ENOSPC", "per s", highest["ours"], highest["C"])]


NEW = 20_000


@dataclass(frozen=True)
class NewSessions:
    """The result for new sessions that are opened as fast as possible."""

    lost: float
    rate: float  # sessions per second, from the first packet until the standby's module has the last session
    cost: float  # processor time of both proxies per session in microseconds


def new_sessions_of(program: Path, *options: str) -> NewSessions:
    group = Group(program, *options)
    take_over("j")
    group.crowd.open(1)
    group.outcome()
    before, begun = group.cpu(), time.monotonic()
    group.crowd.open(NEW, pace=0)
    opened = time.monotonic() - begun
    lost, seconds = group.outcome()
    return NewSessions(lost, (NEW - lost) / (opened + seconds), (group.cpu() - before) / NEW * 1e6)


def new_sessions() -> list[Figure]:
    keys = SCRATCH.with_name("keys")  # because each group empties SCRATCH
    keys.write_text(run(OURS / "jool", "session", "proxy", "keygen").out)
    keys.chmod(0o600)
    kinds: dict[str, tuple[Path, tuple[str, ...]]] = {
        "sealed": (OURS, ("--net.key-file", str(keys))), "plain": (OURS, ("--net.format", "ss2")), "C": (C, ()),
    }
    runs: dict[str, list[NewSessions]] = {kind: [] for kind in kinds}
    for _ in range(3):
        for kind, (program, options) in kinds.items():
            runs[kind].append(new_sessions_of(program, *options))

    def median(kind: str, part: str) -> float:
        return statistics.median(getattr(one, part) for one in runs[kind])

    work = f"{NEW:,} new sessions, opened as fast as possible"
    parts = {"lost": "sessions lost", "rate": "per s reach the standby", "cost": "µs of both proxies each"}
    return [
        *(Figure(work, unit, median("plain", part), median("C", part)) for part, unit in parts.items()),
        *(Figure(f"{work}, --net.key-file", unit, median("sealed", part)) for part, unit in parts.items()),
    ]


# ---------------------------------------------------------------------------------------------------------- joining


def join_ours(count: int) -> tuple[int, float, float]:
    """The number of missing sessions, the seconds until ready, and the seconds of processor time of both proxies."""
    reset()
    make_both()
    make_roomy(*NODES)
    load("j", sessions(count))
    first = Proxy("j")
    wait_ready("j", timeout=600)
    before, begun = cpu([first]), time.monotonic()
    late = Proxy("k")
    wait_ready("k", timeout=600)
    return count - session_count("k"), time.monotonic() - begun, cpu([first, late]) - before


def join_theirs(count: int, patience: float) -> tuple[int, float]:
    """Advertises repeatedly until no session is missing, which is the only way to fill a late node with C proxies."""
    reset()
    make_both()
    make_roomy(*NODES)
    load("j", sessions(count))
    for node in NODES:
        Proxy(node, C)
    begun = time.monotonic()
    while (missing := count - session_count("k")) and time.monotonic() - begun < patience:
        jool(C, "j", "session", "advertise", check=False)
        settled, last = time.monotonic(), -1
        while time.monotonic() - settled < QUIET_TIME and time.monotonic() - begun < patience:
            if (now := session_count("k")) != last:
                last, settled = now, time.monotonic()
            time.sleep(0.2)
    return missing, time.monotonic() - begun


def module_alone(count: int) -> float:
    """The seconds that the modules take for the same table without proxies: one lists it, the other adds it."""
    reset()
    make_both()
    make_roomy(*NODES)
    table = sessions(count)
    load("j", table)
    return dump("j", *PROTOCOLS) + load("k", table)


def joining(counts: list[int]) -> list[Figure]:
    """The smallest table is tried with the C programs, too."""
    figures, times = [], []
    for count in counts:
        missing, seconds, used = join_ours(count)
        theirs = join_theirs(count, 120) if count == counts[0] else (None, None)
        times.append(seconds)
        work = f"a node joins one with {count:,} sessions"
        figures += [
            Figure(f"{work}: ready after", "s", seconds, theirs[1]),
            Figure(work, "sessions missing", missing, theirs[0]),
            Figure(work, "s of processor time", used),
            Figure(f"the modules' part of it: list and add {count:,} sessions", "s", module_alone(count)),
        ]
    if len(times) > 1:
        figures.append(Figure(f"a node joins one with {counts[-1]:,} : {counts[0]:,} sessions", "× the seconds", times[-1] / times[0]))
    return figures
