"""Groups with keys: they stay equal, change keys without losing a session, and nobody else gets a word in."""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.netlink import lab_version, session_count
from lab.network import OURS, configure, jool
from lab.process import SCRATCH, expect, expect_equal, run
from lab.proxies import Listener, Proxy, wait_ready
from lab.records import container, layout_of
from lab.runner import LATER, note, progress, scenario
from lab.synthetic import sessions
from lab.tables import table

from .sync import expect_equal_tables, status, take_over, wait_equal

# Of each kind of bad datagram; $HOSTILE for more.
HOSTILE = int(os.environ.get("HOSTILE", "5000"))


def key() -> str:
    return run(OURS / "jool", "session", "proxy", "keygen").out


def key_file(name: str, *lines: str) -> Path:
    file = SCRATCH / f"{name}.keys"
    file.write_text("".join(lines))
    file.chmod(0o600)
    return file


def with_key(file: Path) -> tuple[str, ...]:
    return ("--net.key-file", str(file))


@scenario("a group with a key stays equal, hears nobody without it, and changes it without losing a session", before=LATER)
def rotation() -> None:
    make_eager()
    # Numbers are the seconds in which a key is made.
    old = key()
    time.sleep(1.1)
    new = key()
    files = {node: key_file(node, old) for node in ("j", "k")}
    both = {node: Proxy(node, options=with_key(file)) for node, file in files.items()}
    wait_ready("j", "k")
    ear = Listener(None)
    crowd = Crowd()
    for lines in ((old, new), (new, old), (new,)):
        crowd.open(300)
        for node, file in files.items():
            key_file(node, *lines)
            both[node].signal(signal.SIGHUP)
            crowd.open(100)
        note(f"equal {wait_equal('a change of keys', crowd.opened):.1f} s after it")
    said = ear.everything(1.5)
    expect(bool(said), "nothing was heard")
    expect(all(datagram[:4] == b"\0\0\3\xff" for datagram in said), "something went out unsealed")
    expect_equal_tables(1500)
    # A file that others can read is refused: at a start, and as a change.
    files["k"].chmod(0o644)
    both["k"].signal(signal.SIGHUP)
    crowd.open(100)
    wait_equal("a key file that others can read", crowd.opened)
    both["k"].stop()
    refused = jool(OURS, "k", "session", "proxy", *with_key(files["k"]), "ff08::1", check=False)
    expect_equal(refused.status, 234, "exit status for a key file that others can read")
    expect("chmod 600" in refused.err, refused.err)
    # A node with another key: not a peer, and no harm.
    key_file("k", key())
    Proxy("k", options=with_key(files["k"]))
    wait_ready("k")
    expect_equal(status("k")["peers"], [], "peers of a node with another key")
    take_over("k")
    before = session_count("j")
    Crowd().open(50)
    time.sleep(2)
    expect_equal(session_count("j"), before, "sessions on j")


def memory(proxy: Proxy) -> int:
    """Resident KiB."""
    text = Path(f"/proc/{proxy.pid}/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:"))


@scenario("forged, replayed, truncated, damaged, wrong-key and foreign datagrams do nothing to a group with a key", before=LATER)
def hostile() -> None:
    make_eager()
    configure("j", "k", udp_timeout=86_400_000)  # a million takes its time
    file = key_file("group", key())
    ear = Listener(None)
    both = {node: Proxy(node, options=with_key(file)) for node in ("j", "k")}
    wait_ready("j", "k")
    crowd = Crowd()
    crowd.open(1000)
    wait_equal("the first sessions", crowd.opened)
    recorded = ear.everything(2)
    both["k"].stop()
    # What a group with another key says about the same sessions.
    other = Proxy("k", options=with_key(key_file("other", key())))
    wait_ready("k")
    ear.everything(0.1)
    strangers = [datagram for datagram in ear.everything(3) if datagram[4:8] != recorded[0][4:8]]
    other.stop()
    both["k"] = Proxy("k", options=with_key(file))
    wait_ready("k")
    ear.everything(0.1)
    recorded += ear.everything(1)
    expect(len(recorded) > 20 and bool(strangers), "too little was recorded; the scenario proves nothing")
    chance = random.Random(5)
    foreign = container(sessions(30, first=5000), layout_of(lab_version()))

    def damaged(datagram: bytes) -> bytes:
        bit = chance.randrange(len(datagram) * 8)
        changed = bytearray(datagram)
        changed[bit // 8] ^= 1 << bit % 8
        return bytes(changed)

    kinds = {
        "forged": lambda datagram: datagram[:32] + chance.randbytes(len(datagram) - 32),
        "replayed": lambda datagram: datagram,
        "truncated": lambda datagram: datagram[: chance.randrange(len(datagram))],
        "damaged": damaged,
        "wrong key": lambda _: chance.choice(strangers),
        "foreign": lambda _: foreign,
    }
    before = {node: table(node, "udp").keys() for node in both}
    counters = {node: status(node)["counters"] for node in both}
    resident = {node: memory(proxy) for node, proxy in both.items()}
    slowest = 0.0
    for kind, make in kinds.items():
        for number, datagram in enumerate(itertools.islice(itertools.cycle(recorded), HOSTILE)):
            ear.send(make(datagram))
            if number % 50 == 49:
                time.sleep(0.002)
            if number % 1000 == 500:
                crowd.open(1)
        slowest = max(slowest, wait_equal(f"{kind} datagrams", crowd.opened))
        progress(f"{HOSTILE} {kind}: KiB " + ", ".join(f"{node} {resident[node]} → {memory(both[node])}" for node in both))
    note(f"sessions that came meanwhile: {crowd.opened - len(before['j'])}, equal at most {slowest:.1f} s after each kind")
    for node in both:
        after = status(node)["counters"]
        names = ("UNSEALED", "UNKNOWN_KEYS", "FORGED", "REPLAYED", "UNVALIDATED_STARTS", "MALFORMED")
        grown = {name: after[name] - counters[node][name] for name in names}
        note(f"{node}: " + ", ".join(f"{name} {count}" for name, count in grown.items()) + f"; KiB {resident[node]} → {memory(both[node])}")
        expect(sum(grown.values()) >= HOSTILE * len(kinds) * 0.8, f"only {sum(grown.values())} of {HOSTILE * len(kinds)} were seen at all")
        expect(all(grown[name] for name in names[:4]), f"a kind was not rejected: {grown}")
        expect(memory(both[node]) < resident[node] + 8192, "the memory grows with them")
        gone = before[node] - table(node, "udp").keys()
        expect(not gone, f"{len(gone)} of {node}'s sessions went, e.g. {sorted(gone)[:2]}")
    # As many as there were packets, and the same: none of them came from a bad datagram.
    expect_equal_tables(crowd.opened)
