"""Whole tables: `session advertise` of many sessions with varied expirations, two proxies, nothing lost."""

from __future__ import annotations

import time

from lab.netlink import session_count
from lab.network import NODES, OURS, jool, make_both, make_roomy
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Proxy
from lab.runner import note, scenario
from lab.synthetic import KINDS, UDP_ONLY, Kinds, load, sessions
from lab.tables import whole_table


def settle(node: str, wanted: int, timeout: float = 120) -> tuple[int, float]:
    """Waits until a node has `wanted` sessions, or has stopped learning; the count and when it last grew."""
    count, grown = session_count(node), time.monotonic()
    deadline = grown + timeout
    while count < wanted and time.monotonic() < deadline and time.monotonic() - grown < 15:
        time.sleep(0.05)
        now = session_count(node)
        if now > count:
            count, grown = now, time.monotonic()
    return count, grown


def advertise(count: int, early: bool, kinds: Kinds = KINDS) -> None:
    """`early`: the proxies run while j's table is filled (loaded sessions are not sent by the module)."""
    make_both()
    make_roomy(*NODES)
    loaded = sessions(count, kinds=kinds)
    if early:
        proxies = {node: Proxy(node) for node in NODES}
        load("j", loaded)
    else:
        load("j", loaded)
        proxies = {node: Proxy(node) for node in ("k", "j")}
    wait_for("the sessions are in j", lambda: session_count("j") == count, timeout=30)
    before = session_count("k")

    start = time.monotonic()
    jool(OURS, "j", "session", "advertise")
    arrived, end = settle("k", count)
    cpu = {node: sum(proxy.cpu()) for node, proxy in proxies.items()}
    memory = {node: proxy.memory() >> 20 for node, proxy in proxies.items()}
    note(
        f"{count - arrived} of {count} lost ({before} were there before) in {end - start:.1f} s; "
        f"CPU seconds j {cpu['j']:.1f}, k {cpu['k']:.1f}; MiB j {memory['j']}, k {memory['k']}"
    )
    expect_equal(arrived, count, "sessions on k")
    compare(start)


def compare(start: float) -> None:
    """k's table is j's: the same sessions in the same states, none shorter-lived than on j."""
    reading = time.monotonic()
    at_j = whole_table("j")
    at_k = whole_table("k")
    skew = time.monotonic() - reading + 3  # each protocol of k was read later, and the module's sweep is coarse
    missing, extra = at_j.keys() - at_k.keys(), at_k.keys() - at_j.keys()
    expect(not missing and not extra, f"{len(missing)} sessions missing on k, {len(extra)} foreign; e.g. {sorted(missing | extra)[:2]}")
    states = [key for key in at_j if at_j[key][1] != at_k[key][1]]
    expect(not states, f"{len(states)} sessions have another state on k, e.g. {states[:1]}")
    transit = time.monotonic() - start
    short = [key for key, (left, _) in at_j.items() if at_k[key][0] < left - skew]
    expect(not short, f"{len(short)} sessions would die earlier on k than on j, e.g. {[(k, at_j[k], at_k[k]) for k in short[:1]]}")
    long = [key for key, (left, _) in at_j.items() if at_k[key][0] > left + transit + max(60.0, 0.5 * left)]
    expect(not long, f"{len(long)} sessions live far too long on k, e.g. {[(k, at_j[k], at_k[k]) for k in long[:1]]}")


@scenario("43,000 advertised sessions of varied expirations all arrive")
def campus() -> None:
    # All of one protocol and timer: one sorted list in the module, the case in which the C proxies lose half of them.
    advertise(43_000, early=True, kinds=UDP_ONLY)


@scenario("100,000 advertised sessions of varied expirations all arrive")
def large() -> None:
    # Of all protocols, states and timers.
    advertise(100_000, early=True)


@scenario("a proxy that starts beside a full table advertises all of it on request")
def late_start() -> None:
    advertise(5_000, early=False)
