"""Datagrams that no proxy would send. They must affect neither the module nor the proxy nor the kernel."""

from __future__ import annotations

import random
import struct

from lab.netlink import attribute, lab_version, session_count
from lab.network import make_instance, make_roomy
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Listener, Proxy
from lab.records import ENTRY, POOL6, Session, container, layout_of, record, record_without_port
from lab.runner import MIDDLE, note, scenario
from lab.synthetic import load, sessions
from lab.tables import whole_table

KNOWN = 50  # sessions in the module, which must not change


def target() -> tuple[Proxy, Listener]:
    make_instance("j")
    make_roomy("j")
    load("j", sessions(KNOWN))
    proxy = Proxy("j")
    return proxy, Listener("k")


def expect_no_effect(what: str, datagrams: list[bytes]) -> None:
    proxy, peer = target()
    before = {key: state for key, (_, state) in whole_table("j").items()}
    for datagram in datagrams:
        peer.send(datagram)
    # A valid session behind them shows that the proxy has read all of them and still works.
    (good,) = sessions(1, first=5000)
    peer.send(container([good], layout_of(lab_version())))
    wait_for(f"a valid session after {what}", lambda: session_count("j") >= KNOWN + 1 and good.csv_key in whole_table("j"), timeout=20)
    after = {key: state for key, (_, state) in whole_table("j").items() if key != good.csv_key}
    expect_equal(after, before, f"j's table after {what}")
    expect(proxy.alive, f"the proxy ended after {what}")
    note(f"{len(datagrams)} datagrams")


@scenario("random datagrams have no effect")
def random_bytes() -> None:
    chance = random.Random(3)
    found = [chance.randbytes(chance.randrange(1, 1400)) for _ in range(200)]
    # Random bytes behind a valid attribute header are processed further.
    for length in (40, 52, 140):
        for kind in (ENTRY, ENTRY | 0x8000):
            found += [struct.pack("=HH", length, kind) + chance.randbytes(length - 4)[:-2] + b"\x7f\xff" for _ in range(20)]
    expect_no_effect("random datagrams", found)


@scenario("truncated datagrams have no effect", desk=MIDDLE)
def truncated() -> None:
    """Sends every truncation of a datagram of three records, except those between records."""
    found = []
    for layout in ("nested", "packed48", "packed36"):
        table = sessions(3, first=6000)
        whole = container(table, layout)
        ends = {len(container(table[:n], layout)) for n in range(4)}
        found += [whole[:length] for length in range(1, len(whole)) if length not in ends]
    expect_no_effect("truncated datagrams", found)


@scenario("records with impossible values have no effect", desk=MIDDLE)
def impossible() -> None:
    (good,) = sessions(1, first=7000)
    fields = good.__dict__
    bad = [
        Session(**(fields | {"protocol": 3})),
        Session(**(fields | {"protocol": 0, "timer": 3})),
        Session(**(fields | {"protocol": 0, "state": 7, "timer": 1})),
        Session(**(fields | {"source6": bytes(16)})),
        Session(**(fields | {"source6": bytes.fromhex("ff020000000000000000000000000001")})),
        Session(**(fields | {"source6": POOL6 + b"\xc0\0\2\x09"})),
    ]
    found = [record(session, layout) for session in bad for layout in ("nested", "packed48", "packed36")]
    packed = record(good, "packed36")
    found.append(packed[:-2] + b"\xff\xff")  # undefined bits
    found += [struct.pack("=HH", length, ENTRY) + packed[4:] for length in (36, 37, 38, 39, 44)]  # the module misreads these
    found += [attribute(kind, packed[4:]) for kind in (0, 2, 7)]
    expect_no_effect("impossible records", found)


@scenario("a nested record without a port, which crashes kernels up to 4.1.9 through the C proxy, has no effect")
def without_port() -> None:
    (session,) = sessions(1, first=8000)
    expect_no_effect("a record without a port", [record_without_port(session)] * 3)


@scenario("an expiration of 25 days or more does not make a session immortal")
def immortal() -> None:
    proxy, peer = target()
    (good,) = sessions(1, first=9000)
    forever = Session(**(good.__dict__ | {"milliseconds": 0xFFFFFFF0}))
    peer.send(record(forever, layout_of(lab_version())))
    (witness,) = sessions(1, first=9003)
    peer.send(container([witness], layout_of(lab_version())))
    wait_for("the valid session", lambda: witness.csv_key in whole_table("j"), timeout=20)
    found = whole_table("j")
    left = found.get(good.csv_key, (0.0, ""))[0]
    note(f"the session with an expiration of 49 days has {left:.0f} s left" if left else "the session was refused")
    expect(left <= 7200, f"the session expires in {left} s")
    expect(proxy.alive, "the proxy ended")
