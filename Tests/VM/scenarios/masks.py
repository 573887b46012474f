"""Masks that are assigned to other clients while a standby is unreachable, and masks of static BIB entries."""

from __future__ import annotations

import signal
from collections.abc import Callable

from lab.crowd import Crowd, make_eager
from lab.network import C, VIRTUAL4, configure, jool, make_instance
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Proxy, is_ready, wait_ready
from lab.runner import LATER, ONCE, note, scenario
from lab.tables import table

from .sync import impair_links, proxies, status, take_over

MASKS = "61001-61008"
CLIENTS, EACH = 8, 3


def reassign_masks(node: str) -> None:
    """Makes a node drop all its sessions and assign each of its few masks to another client."""
    jool(C, node, "pool4", "flush")
    jool(C, node, "pool4", "add", "--udp", VIRTUAL4, MASKS)
    for _ in range(CLIENTS):
        Crowd().open(EACH)
    expect_equal(len(bib(node)), CLIENTS, f"masks of {node} in use")


def bib(node: str) -> set[str]:
    text = jool(C, node, "bib", "display", "--udp", "--csv", "--no-headers", "--numeric").out
    return set(text.split())


def wait_agreed(what: str) -> None:
    wait_for(
        f"k has j's sessions and masks after {what}",
        lambda: table("j", "udp").keys() == table("k", "udp").keys() and bib("j") == bib("k"), timeout=15, every=0.3,
    )


@scenario("masks that get another client while a standby is unreachable are correct there afterwards", before=LATER)
def while_away() -> None:
    make_eager()
    both = proxies()
    reassign_masks("j")
    wait_agreed("the first clients")

    def kill() -> None:
        both["k"].signal(signal.SIGKILL)
        both["k"].wait(10)

    def start() -> None:
        both["k"] = Proxy("k")

    def remove() -> None:
        jool(C, "k", "instance", "remove")

    def make() -> None:
        make_instance("k")
        configure("k", ss_flush_deadline=100, ss_capacity=65536)

    ways: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "its proxy was killed": (kill, start),
        "its link was cut": (lambda: impair_links("loss", "100%"), impair_links),
        "ss-enabled was off": (lambda: configure("k", ss_enabled=0), lambda: configure("k", ss_enabled=1)),
        "its instance was removed": (remove, make),
    }
    for what, (leave, come_back) in ways.items():
        leave()
        reassign_masks("j")
        expect(what == "its instance was removed" or bib("k") != bib("j"), f"k was reachable although {what}; the scenario proves nothing")
        come_back()
        wait_agreed(what)
        wait_ready("k")


@scenario("a static BIB entry survives conflicting sessions of the group, and a finding reports them", **ONCE)
def static_entries() -> None:
    make_eager()
    jool(C, "j", "bib", "add", "--udp", "2001:db8::77#4000", f"{VIRTUAL4}#61001")
    # k has only this mask, so it assigns the mask to the next client.
    jool(C, "k", "pool4", "flush")
    jool(C, "k", "pool4", "add", "--udp", VIRTUAL4, "61001-61001")
    before = bib("j")
    proxies()
    take_over("k")
    crowd = Crowd()
    crowd.open(EACH)
    expect_equal(len(table("k", "udp")), EACH, "sessions of k")
    wait_for("a finding at j", lambda: any("static" in finding for finding in status("j")["findings"]), timeout=20, every=0.5)
    note(f"j: {status('j')['findings']}")
    expect_equal(bib("j"), before, "BIB of j")
    # The client of the static entry has another mask on the other node.
    port = crowd.socket.getsockname()[1]
    jool(C, "j", "bib", "remove", "--udp", "2001:db8::77#4000", f"{VIRTUAL4}#61001")
    jool(C, "j", "bib", "add", "--udp", f"2001:db8::8#{port}", f"{VIRTUAL4}#61500")
    before = bib("j")
    crowd.open(EACH)
    wait_for("j's proxy has k's sessions", lambda: status("j")["sessions"] >= 2 * EACH, timeout=10)
    # Until an audit has compared the whole table.
    wait_for("a finding at j", lambda: any("static" in finding for finding in status("j")["findings"]), timeout=20, every=0.5)
    expect_equal(bib("j"), before, "BIB of j")
    expect(is_ready("j") and is_ready("k"), "a node may not have the addresses")
