"""Timeouts that are changed while there are sessions, and different timeouts of the nodes."""

from __future__ import annotations

import socket
import struct
import time

from lab.crowd import make_eager
from lab.netlink import session_count
from lab.network import NODES, configure
from lab.process import expect, expect_equal, namespace, wait_for
from lab.proxies import is_ready
from lab.runner import ONCE, note, scenario
from lab.traffic import SERVER6

from .sync import proxies, status, wait_equal

COUNT = 500


def ping(first: int) -> None:
    """Opens an ICMP session per identifier. Only ICMP allows timeouts of seconds."""
    with namespace("n6"), socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as pings:
        for identifier in range(first, first + COUNT):
            pings.sendto(struct.pack("!BBHHH", 128, 0, 0, identifier, 1), (SERVER6, 0))
            if identifier % 50 == 49:
                time.sleep(0.01)


def transfers(node: str) -> dict[str, int]:
    """The counters of a proxy's writes to its module and of its fetches."""
    counters = status(node)["counters"]
    return {name: counters[name] for name in ("KERNEL_SENT_PKTS", "EVICTIONS", "RESYNCS") if name in counters}


@scenario("sessions end on all nodes when a timeout is lowered on all of them, and do not return", **ONCE)
def lowered() -> None:
    make_eager()
    configure(*NODES, icmp_timeout=60_000)
    proxies()
    ping(1)
    wait_equal("the pings", COUNT)
    configure(*NODES, icmp_timeout=6000)
    begun = time.monotonic()
    for node in NODES:
        wait_for(f"the sessions of {node} have ended", lambda node=node: session_count(node) == 0, timeout=20, every=0.2)
    note(f"all had ended {time.monotonic() - begun:.1f} s after the timeout was lowered from 60 to 6 s")
    before = {node: transfers(node) for node in NODES}
    end = time.monotonic() + 6
    while time.monotonic() < end:
        expect_equal([session_count(node) for node in NODES], [0, 0], "sessions that have returned")
        time.sleep(0.1)
    expect_equal({node: transfers(node) for node in NODES}, before, "transfers of the proxies meanwhile")


@scenario("a node with a shorter timeout ends idle sessions earlier, and does not receive them again", **ONCE)
def different() -> None:
    make_eager()
    configure("j", icmp_timeout=30_000)
    configure("k", icmp_timeout=6000)
    proxies()
    ping(1)
    begun = time.monotonic()
    wait_equal("the pings", COUNT)
    wait_for("k's sessions have ended", lambda: session_count("k") == 0, timeout=15, every=0.2)
    note(f"k's sessions ended {time.monotonic() - begun:.1f} s after the last packet, j's timeout is 30 s")
    before = transfers("k")
    while (passed := time.monotonic() - begun) < 22:
        expect_equal((session_count("j"), session_count("k")), (COUNT, 0), f"sessions of j and k {passed:.1f} s after the last packet")
        expect(is_ready("j") and is_ready("k"), "a node may not have the addresses")
        time.sleep(0.2)
    expect_equal(transfers("k"), before, "transfers of k's proxy meanwhile")
    findings = [finding for node in NODES for finding in status(node)["findings"]]
    expect(any("icmp-timeout" in finding for finding in findings), f"no finding names the timeout: {findings}")
    # New sessions still arrive.
    ping(2000)
    wait_for("new pings are on k", lambda: session_count("k") == COUNT, timeout=5)
