"""A standby that starts while thousands of sessions per second begin on the active node."""

from __future__ import annotations

import os
import time
from pathlib import Path

from lab.crowd import make_eager
from lab.flood import Flood
from lab.netlink import session_count
from lab.network import NODES, reset
from lab.process import expect, wait_for
from lab.proxies import Proxy, state, wait_ready
from lab.runner import ONCE, Skip, note, scenario

# New sessions per second. The first rate at which the processor is still partly idle is used, because it does the work
# of four machines and the start of the standby needs time, too.
RATES = (20_000, 10_000, 5000, 2500)
HEAD_START = 3.0
LEAST_IDLE = 0.4
BOUND = 3.0


def idle_time() -> float:
    """The idle time of the guest's processor in seconds."""
    return int(Path("/proc/stat").read_text().split()[4]) / os.sysconf("SC_CLK_TCK")


def flood_through(node: str) -> Flood:
    """A flood at the highest rate that this machine reaches while only the proxy of the active node runs."""
    for rate in RATES:
        reset()
        make_eager()
        Proxy(node)
        wait_ready(node)
        flood = Flood(rate)
        idle, begun = idle_time(), time.monotonic()
        time.sleep(HEAD_START)
        share = (idle_time() - idle) / (time.monotonic() - begun)
        note(f"{flood.achieved:.0f} new sessions per second of {rate}: the processor is idle for {100 * share:.0f} % of the time")
        if flood.achieved > 0.9 * rate and share > LEAST_IDLE:
            return flood
        flood.stop()
    raise Skip(f"this machine does not reach {RATES[-1]} sessions per second with idle time")


@scenario("a standby that starts amid thousands of new sessions per second is ready 3 s after it has the table", **ONCE)
def starts_under_load() -> None:
    flood = flood_through("j")
    standby = Proxy("k")
    begun = time.monotonic()
    has_table = 0.0
    while (said := state("k")) != "ready":
        now = time.monotonic()
        if not has_table and said == "mending":
            has_table = now
        limit = has_table + BOUND if has_table else begun + 20
        expect(now < limit, f"k is not ready {now - begun:.1f} s after its start, but {said}, and has had the table for {now - (has_table or begun):.1f} s")
        time.sleep(0.02)
    ready = time.monotonic()
    counts = {node: session_count(node) for node in NODES}
    flood.stop()
    expect(standby.alive, "the proxy ended")
    has_table = has_table or ready
    note(f"k has the table {has_table - begun:.1f} s after its start and is ready {ready - has_table:.1f} s later, "
         f"with {counts['k']} sessions while j has {counts['j']}")
    # A ready node may be behind by at most a second.
    expect(counts["j"] - counts["k"] < 2 * flood.rate, f"k is ready with only {counts['k']} of {counts['j']} sessions")
    wait_for("k has all of them", lambda: session_count("k") >= session_count("j") > 0, timeout=10)
