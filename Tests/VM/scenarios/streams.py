"""Datagrams of another version. Our proxy reads every layout and writes that of its own module."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from lab.netlink import lab_version, session_count
from lab.network import NODES, OURS, jool, make_both, make_roomy
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Listener, Proxy
from lab.records import Session, container, decode, layout_of
from lab.runner import note, scenario
from lab.synthetic import load, sessions
from lab.tables import whole_table

COUNT, PER_DATAGRAM = 400, 10
COMMITTED = Path(__file__).resolve().parent.parent / "streams"
RECORDED = Path(os.environ["JOOL_SHARE"]) / "streams"


def write_stream(file: Path, datagrams: list[bytes]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(struct.pack("!H", len(d)) + d for d in datagrams))


def read_stream(file: Path) -> list[bytes]:
    data, at, found = file.read_bytes(), 0, []
    while at < len(data):
        (length,) = struct.unpack_from("!H", data, at)
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return found


def identity(session: Session) -> tuple[str, int, int]:
    return session.csv_key, session.state, session.timer


def expect_in_module(node: str, wanted: list[Session]) -> None:
    keys = {session.csv_key for session in wanted}
    wait_for(f"{len(keys)} sessions in {node}", lambda: session_count(node) >= len(keys), timeout=20)
    found = whole_table(node)
    expect(found.keys() == keys, f"{len(keys - found.keys())} missing, {len(found.keys() - keys)} foreign in {node}")
    for session in wanted:
        left, _ = found[session.csv_key]
        advertised = session.milliseconds / 1000  # plus up to a quarter, the slack of the proxy
        expect(advertised - 30 < left < advertised * 1.26 + 30, f"{session.csv_key} expires in {left} s, not in {session.milliseconds} ms")


@scenario("datagrams of all three layouts become the same sessions in the module")
def every_layout() -> None:
    make_both()
    make_roomy("j")
    Proxy("j")
    peer = Listener("k")
    wanted: list[Session] = []
    for number, layout in enumerate(("nested", "packed48", "packed36")):
        table = sessions(COUNT, first=number * COUNT)
        for start in range(0, COUNT, PER_DATAGRAM):
            peer.send(container(table[start : start + PER_DATAGRAM], layout))
        wanted += table
        wait_for(f"sessions in layout {layout} have arrived", lambda: session_count("j") >= len(wanted), timeout=20)
    expect_in_module("j", wanted)


@scenario("our proxy sends every session in the module's layout, like the C program of that version")
def own_layout() -> None:
    make_both()
    make_roomy(*NODES)
    table = sessions(COUNT)
    Proxy("j")
    load("j", table)
    listener = Listener("k")
    jool(OURS, "j", "session", "advertise")
    datagrams = listener.receive_legacy(quiet=3)
    expect(datagrams, "no datagram was sent")
    write_stream(RECORDED / f"{os.environ['JOOL_VERSION']}.stream", datagrams)
    received = [session for datagram in datagrams for session in decode(datagram)]
    expect({identity(s) for s in received} == {identity(s) for s in table}, f"{len(received)} sessions received, {len(table)} advertised")
    layout = layout_of(lab_version())
    for datagram in datagrams:
        expect_equal(container(decode(datagram), layout), datagram, f"bytes of a datagram in layout {layout}")
    largest = max(map(len, datagrams))
    note(f"{len(datagrams)} datagrams, {len(received)} records, at most {largest} bytes")
    expect(largest <= 1452, f"a datagram of {largest} bytes does not fit an Ethernet frame")


@scenario("our proxy accepts recorded streams of other versions")
def other_versions() -> None:
    files = {f.stem: f for directory in (COMMITTED, RECORDED) if directory.is_dir() for f in sorted(directory.glob("*.stream"))}
    expect(files, f"no recorded stream in {COMMITTED} or {RECORDED}")
    played = []
    for version, file in sorted(files.items()):
        recreate_instance()
        Proxy("j", port=6464)
        peer = Listener("k")
        datagrams = read_stream(file)
        for datagram in datagrams:
            peer.send(datagram)
        latest = {session.csv_key: session for datagram in datagrams for session in decode(datagram)}
        expect_in_module("j", list(latest.values()))
        peer.close()
        played.append(version)
    note(f"played: {', '.join(played)}")


def recreate_instance() -> None:
    from lab import network

    network.reset()
    network.make_instance("j")
    make_roomy("j")


