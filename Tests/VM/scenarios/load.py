"""A standby starts while the active node makes thousands of sessions per second."""

from __future__ import annotations

import time

from lab.crowd import make_eager
from lab.flood import Flood
from lab.netlink import session_count
from lab.network import NODES, reset
from lab.process import expect
from lab.proxies import Proxy, state, wait_ready
from lab.runner import ONCE, note, scenario

# New sessions per second, tried in this order until the machine makes as many: one processor does the work of four machines.
RATES = (20_000, 10_000, 5000, 2500)
HEAD_START = 3.0
BOUND = 3.0


def start_under(rate: int) -> bool:
    """Whether the machine made so many; then the standby had to get ready."""
    make_eager()
    active = Proxy("j")
    wait_ready("j")
    flood = Flood(rate)
    time.sleep(HEAD_START)
    standby = Proxy("k")
    begun = time.monotonic()
    has_table = 0.0
    while (said := state("k")) != "ready":
        now = time.monotonic()
        if not has_table and said == "mending":
            has_table = now
        is_late = now > (has_table or begun + 20) + BOUND
        if is_late and flood.achieved < 0.9 * rate:
            break  # the machine, not the proxies
        expect(not is_late, f"k is not ready {now - begun:.1f} s after its start under {flood.achieved:.0f} sessions per second: {said}")
        time.sleep(0.05)
    ready, achieved = time.monotonic(), flood.achieved
    has_table = has_table or ready
    counts = {node: session_count(node) for node in NODES}
    flood.stop()
    expect(active.alive and standby.alive, "a proxy died")
    if achieved < 0.9 * rate:
        return False
    note(f"{achieved:.0f} new sessions per second: k has the table {has_table - begun:.1f} s after its start and is ready {ready - has_table:.1f} s later, "
         f"with {counts['k']} sessions while j has {counts['j']}")
    # At most a second behind, as its state says.
    expect(counts["j"] - counts["k"] < 2 * rate, f"k says ready with {counts['k']} of {counts['j']} sessions")
    return True


@scenario("a standby that starts while thousands of sessions per second are made is ready 3 s after it has the table", **ONCE)
def starts_under_load() -> None:
    for rate in RATES:
        if start_under(rate):
            return
        note(f"this machine does not make {rate} sessions per second")
        reset()
    expect(False, f"this machine does not even make {RATES[-1]} sessions per second; the scenario proves nothing")
