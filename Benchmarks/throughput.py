"""Measures the throughput of the proxies and its cost: updates, new sessions, and joining nodes. See `run`."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from figures import Figure
from group import QUIET_TIME, Group, take_over
from lab.crowd import Crowd
from lab.netlink import session_count
from lab.network import NODES, OURS, C, jool, make_both, make_roomy, reset
from lab.process import SCRATCH, run
from lab.proxies import Proxy, wait_ready
from lab.synthetic import load, sessions
from measure import cpu

RATES = (250, 1000, 2000, 4000, 8000, 16000)
SECONDS, PACKETS = 6.0, 8000  # the minima at each rate, because the guest counts processor time in steps of 10 ms


def dropped(node: str) -> int:
    """The number of sessions that the module dropped because its queue was full (JSTAT_JOOLD_SSS_ENOSPC)."""
    lines = jool(C, node, "stats", "display", "--all", "--csv", "--no-headers").out.splitlines()
    return next((int(value) for name, value in (line.split(",") for line in lines) if name == "JSTAT_JOOLD_SSS_ENOSPC"), 0)


def send_at(crowd: Crowd, ports: range, rate: int, seconds: float) -> float:
    """Sends packets of existing sessions evenly at a rate, and returns the rate that was reached."""
    begun = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - begun) < seconds:
        due = int(passed * rate) - sent
        if due > 0:
            for number in range(sent, sent + due):
                crowd.send(range(ports[number % len(ports)], ports[number % len(ports)] + 1))
            sent += due
        else:
            time.sleep(0.001)
    return sent / seconds


def updates_of(program: Path) -> tuple[float, dict[int, float]]:
    """The highest rate of packets per second without a drop, and the processor time of both proxies per packet, in
    microseconds, by rate."""
    group = Group(program)
    for node in NODES:  # the module's defaults
        jool(C, node, "global", "update", "ss-capacity", "512")
        jool(C, node, "global", "update", "ss-flush-deadline", "2000")
    take_over("j")
    ports = group.crowd.open(400)
    group.outcome()
    best, costs = 0.0, {}
    for rate in RATES:
        drops, before, seconds = dropped("j"), group.cpu(), max(SECONDS, PACKETS / rate)
        reached = send_at(group.crowd, ports, rate, seconds)
        costs[rate] = (group.cpu() - before) / (reached * seconds) * 1e6
        time.sleep(2.5)
        if dropped("j") > drops or reached < 0.8 * rate:
            break
        best = reached
    return best, costs


def updates() -> list[Figure]:
    ours, theirs = updates_of(OURS), updates_of(C)
    return [
        Figure("updates: packets of 400 sessions without ENOSPC", "per s", ours[0], theirs[0]),
        *(Figure(f"  processor time of both proxies at {rate:,} per s", "µs per packet", ours[1].get(rate), theirs[1].get(rate)) for rate in RATES),
    ]


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
    keys = SCRATCH / "keys"
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

    return [
        Figure(f"{NEW:,} new sessions, opened as fast as possible: lost", "sessions", median("plain", "lost"), median("C", "lost")),
        Figure("  until the standby has them", "sessions per s", median("plain", "rate"), median("C", "rate")),
        Figure("  processor time of both proxies", "µs per session", median("plain", "cost"), median("C", "cost")),
        Figure("  … with --net.key-file: lost", "sessions", median("sealed", "lost")),
        Figure("  …", "sessions per s", median("sealed", "rate")),
        Figure("  …", "µs per session", median("sealed", "cost")),
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


def joining(count: int, beside: bool) -> list[Figure]:
    missing, seconds, used = join_ours(count)
    theirs = join_theirs(count, 120) if beside else (None, None)
    return [
        Figure(f"a node joins one with {count:,} sessions: missing", "sessions", missing, theirs[0]),
        Figure("  until ready; C: advertised repeatedly for 120 s", "s", seconds, theirs[1]),
        Figure("  processor time of both proxies", "µs per session", used / count * 1e6),
    ]
