"""A node without peers reports it, because the state "ready" alone does not show whether another node could take
over."""

from __future__ import annotations

import signal
import time

from lab.crowd import make_eager
from lab.network import GROUP6, NODES, OURS, jool, restore_links
from lab.process import expect, expect_equal, run, wait_for
from lab.proxies import Proxy, is_ready, wait_ready
from lab.runner import ONCE, note, scenario

from .group import Journal
from .sync import impair_links, status

READY = ("session", "proxy", "status", "--ready")


def wait_alone(node: str, reason: str) -> None:
    """Waits until a node reports that it is alone for this reason. The node must stay ready."""
    begun = time.monotonic()
    wait_for(f"{node} is alone: {reason}", lambda: reason in (status(node)["alone_because"] or ""), timeout=20, every=0.2)
    note(f"{node}: {reason!r} after {time.monotonic() - begun:.1f} s")
    expect(status(node)["alone"] is True, "alone")
    expect(jool(OURS, node, "session", "proxy", "status").out.startswith("State: ready, alone\n"), "the state as text")
    expect(is_ready(node), f"{node} is no longer ready")


def wait_not_alone(*nodes: str) -> None:
    for node in nodes:
        wait_for(f"{node} is no longer alone", lambda: status(node)["alone"] is False, timeout=20, every=0.2)
        expect_equal(status(node)["alone_because"], None, "the reason of a node that is not alone")


def ready_status(node: str, count: int) -> int:
    return jool(OURS, node, *READY, "--peers", str(count), check=False).status


@scenario("a node without peers reports the reason, whichever way the link is cut, and stays ready", **ONCE)
def alone() -> None:
    make_eager()
    journal = Journal()
    words = f"--net.mcast.port 6464 --net.dev.in eth2 --net.dev.out eth2 {GROUP6}"
    command = f"exec env JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) {OURS / 'jool'} session proxy {words}"
    Proxy("j", argv=("sh", "-c", command))
    wait_ready("j")
    wait_alone("j", "No peer was received since the start")
    expect_equal(ready_status("j", 1), 1, "status of --ready --peers 1 without peers")
    wait_for("alone in the journal", lambda: journal.has(JOOL_ALONE="yes", JOOL_STATE="ready", MESSAGE="This node is alone."), timeout=15)
    k = Proxy("k")
    wait_ready(*NODES)
    wait_not_alone(*NODES)
    wait_for("no longer alone in the journal", lambda: journal.has(JOOL_ALONE="no", MESSAGE="no longer alone"), timeout=10)
    expect_equal([ready_status("j", count) for count in (0, 1, 2)], [0, 0, 1], "status of --ready --peers 0, 1 and 2")
    # The datagrams of j are lost. k receives none, and reports it in its hellos.
    impair_links("loss", "100%", nodes=("j",))
    wait_alone("j", "This node receives peers (2001:db8:ff08::5), but none of them receives this node.")
    wait_alone("k", "No peer is received; the last one was 2001:db8:ff08::4")
    expect_equal((ready_status("j", 1), ready_status("k", 1)), (0, 1), "status of --ready --peers 1 on j and k")
    check = jool(OURS, "k", "session", "proxy", *words.split(), "--check", check=False)
    expect(check.status == 1 and "No peer is received" in check.err, str(check))
    impair_links()
    wait_not_alone(*NODES)
    impair_links("loss", "100%")
    for node in NODES:
        wait_alone(node, "No peer is received")
    impair_links()
    wait_not_alone(*NODES)
    k.signal(signal.SIGKILL)
    wait_alone("j", "No peer is received")
    Proxy("k")
    wait_ready("k")
    wait_not_alone(*NODES)
    # j cannot send.
    run("ip", "link", "set", "eth2", "down", ns="j")
    wait_alone("j", "Sends fail")
    wait_for("a finding", lambda: any("Nothing can be sent to" in finding for finding in status("j")["findings"]), timeout=15)
    wait_for("a warning", lambda: journal.has(PRIORITY="4", MESSAGE=f"Nothing can be sent to {GROUP6} on eth2: "), timeout=15)
    restore_links("j")
    wait_not_alone(*NODES)
    wait_for("no finding", lambda: status("j")["findings"] == [], timeout=15)
