"""A machine whose memory was saved and is resumed, either later, when the group has newer data of it, or beside the
original."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

from lab.crowd import Crowd, make_eager
from lab.netlink import session_count
from lab.network import GROUP6, NODES, OURS, PORT, add_third, configure, reset
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Listener, Proxy, is_ready, wait_ready
from lab.runner import ONCE, note, scenario
from lab.snapshot import Copy, can_be_copied

from .sealed import key, key_file, with_key
from .sync import status, wait_equal

SEAL = 48  # the bytes of a sealed datagram before the encrypted part: the sender and the number of its seal


def start(node: str, options: tuple[str, ...], namespace: str | None = None) -> Proxy:
    words = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2", *options, GROUP6)
    return Proxy(node, argv=can_be_copied((OURS / "jool", *words), namespace))


def expect_no_seal_twice(datagrams: list[bytes]) -> None:
    """Checks that no key and nonce seal two different texts, because an attacker could then compare them and forge
    frames."""
    sealed: dict[bytes, bytes] = {}
    for datagram in datagrams:
        expect(datagram[:4] == b"\0\0\3\xff", "a datagram was sent unsealed")
        expect_equal(sealed.setdefault(datagram[:SEAL], datagram), datagram, "the datagrams of one seal")
    note(f"{len(sealed)} sealed datagrams with different seals")


def with_and_without_key() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The options of a group's proxies, first without and then with a key, each for a new network."""
    yield "without a key", ()
    reset()
    yield "with a key", with_key(key_file("group", key()))


@scenario("a proxy that is restored from a snapshot becomes a new incarnation, and the group loses nothing", **ONCE)
def restored() -> None:
    for what, options in with_and_without_key():
        make_eager()
        listener = Listener(None)
        original, other = start("j", options), Proxy("k", options=options)
        wait_ready(*NODES)
        crowd = Crowd()
        crowd.open(200)
        wait_equal("the first sessions", crowd.opened)
        before = status("j")["node"]
        copy = Copy(original)
        crowd.open(200)
        wait_equal("the snapshot", crowd.opened)
        original.signal(signal.SIGKILL)
        original.wait(10)
        resumed = time.monotonic()
        copy.resume()
        crowd.open(100)
        wait_for("the copy becomes a new incarnation", lambda: status("j")["node"] != before, timeout=20, every=0.2)
        took = time.monotonic() - resumed
        wait_ready(*NODES)
        crowd.open(100)
        wait_equal(f"the restoration {what}", crowd.opened)
        note(f"{what}: j detected it after {took:.1f} s, and is ready with all sessions after {time.monotonic() - resumed:.1f} s")
        expect(other.alive and copy.alive, "a proxy ended")
        if options:
            expect_no_seal_twice(listener.receive_all(0.5))


@scenario("the older of two machines from one snapshot becomes a new incarnation and does not disturb the other", **ONCE)
def cloned() -> None:
    for what, options in with_and_without_key():
        make_eager()
        add_third()
        configure("l", ss_flush_deadline=100, ss_capacity=65536)
        listener = Listener(None)
        original, other = start("j", options, namespace="l"), Proxy("k", options=options)
        wait_ready(*NODES)
        crowd = Crowd()
        crowd.open(200)
        wait_equal("the first sessions", crowd.opened)
        before = status("j")["node"]
        copy = Copy(original)
        copy.resume()
        begun = time.monotonic()
        while status("l")["node"] == before:
            crowd.open(10)
            expect(is_ready("j"), "the original is not ready")
            expect(time.monotonic() - begun < 20, f"two nodes have the same number after 20 s, {what}")
            time.sleep(0.2)
        took = time.monotonic() - begun
        expect_equal(status("j")["node"], before, "the number of the newer machine")
        wait_ready("j", "k", "l")
        crowd.open(100)
        for node in "jkl":
            wait_for(f"{node} has all sessions, {what}", lambda node=node: session_count(node) == crowd.opened, timeout=20)
        note(f"{what}: the copy has another number after {took:.1f} s, and all sessions after {time.monotonic() - begun:.1f} s")
        expect(original.alive and other.alive and copy.alive, "a proxy ended")
        if options:
            expect_no_seal_twice(listener.receive_all(0.5))
