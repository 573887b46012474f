"""Proxies that are restarted repeatedly, for longer than the group remembers each start."""

from __future__ import annotations

import signal
import time

from lab.crowd import Crowd, make_eager
from lab.network import GROUP6, NODES, OURS, PORT
from lab.process import expect, expect_equal
from lab.proxies import Proxy, is_ready, wait_ready
from lab.runner import NOWHERE, ONCE, note, scenario

from .sync import expect_equal_tables, status, take_over, wait_equal

# The time, in seconds instead of an hour, for which peers remember a start. Each start sends frames and then ends for
# good.
MEMORY = 16
OTHER = {"j": "k", "k": "j"}


def start(node: str) -> Proxy:
    words = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2", GROUP6)
    return Proxy(node, argv=("env", f"JOOL_TEST_PEER_MEMORY={MEMORY}", OURS / "jool", *words))


def fetched(node: str) -> int:
    """The number of times that a node has fetched a table or a part of one."""
    counters = status(node)["counters"]
    return sum(counters.get(name, 0) for name in ("JOINS", "RESYNCS", "PULLS"))


@scenario("a rolling restart longer than the memory of starts completes, and forgotten starts cause no fetch", **ONCE, desk=NOWHERE)
def rolling() -> None:
    make_eager()
    both = {node: start(node) for node in NODES}
    wait_ready(*NODES)
    crowd = Crowd()
    begun = time.monotonic()
    starts = 0
    while time.monotonic() - begun < 1.5 * MEMORY:
        for node in NODES:
            take_over(node)
            crowd.open(10)
            wait_equal("the start", crowd.opened)
            both[node].signal((signal.SIGKILL, signal.SIGTERM)[starts % 2])
            both[node].wait(10)
            expect(is_ready(OTHER[node]), f"{OTHER[node]} may not have the addresses while {node}'s proxy starts")
            both[node] = start(node)
            wait_ready(node)
            starts += 1
    wait_equal("the restarts", crowd.opened)
    before = {node: fetched(node) for node in NODES}
    # Until all those starts are forgotten, and five seconds longer.
    end = time.monotonic() + MEMORY + 5
    while time.monotonic() < end:
        for node in NODES:
            expect(is_ready(node), f"{node} is no longer ready, {end - time.monotonic():.1f} s before the end")
        time.sleep(0.2)
    expect_equal({node: fetched(node) for node in NODES}, before, "tables fetched after the restarts")
    crowd.open(10)
    wait_equal("all starts were forgotten", crowd.opened)
    expect_equal_tables(crowd.opened)
    note(f"{starts} starts; tables fetched since the last one: {before}")
