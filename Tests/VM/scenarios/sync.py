"""Session synchronization that loses nothing: bad links, dead programs, new modules, a late node."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterable

from lab.crowd import Crowd, make_eager
from lab.netlink import lab_version, session_count
from lab.network import C, GROUP6, NODES, OURS, claim, configure, jool, make_both, make_instance, make_roomy, release, reset, restore_links
from lab.process import SCRATCH, Background, at_end, expect, expect_equal, run, wait_for
from lab.proxies import Listener, Proxy, is_ready, status, wait_ready
from lab.records import decode
from lab.runner import LATER, is_thorough, left_out, note, scenario
from lab.synthetic import load, sessions
from lab.tables import table
from lab.traffic import SERVER6, Ping

from .bulk import compare

SS2 = ("--net.format", "ss2")


def proxies(*options: str) -> dict[str, Proxy]:
    both = {node: Proxy(node, options=options) for node in NODES}
    wait_ready(*NODES)
    return both


WEATHER = {
    "1 % loss": ("loss", "1%"), "5 % loss": ("loss", "5%"), "20 % loss": ("loss", "20%"),
    "reordering and duplication": ("delay", "20ms", "10ms", "reorder", "25%", "50%", "duplicate", "10%"),
    "jitter": ("delay", "50ms", "40ms", "loss", "2%"),
}


def weather(*words: str, nodes: Iterable[str] = NODES) -> None:
    """What the sync link does to datagrams, in both directions. Nothing without words."""
    run("modprobe", "sch_netem")
    for node in nodes:
        run("tc", "qdisc", "del", "dev", f"{node}eth2", "root", check=False)
        run("tc", "qdisc", "del", "dev", "eth2", "root", ns=node, check=False)
        if words:
            run("tc", "qdisc", "add", "dev", "eth2", "root", "netem", *words, ns=node)


def wait_equal(what: str, count: int, timeout: float = 60) -> float:
    """Until both modules have so many sessions; how long it took."""
    begun = time.monotonic()
    counts = lambda: [session_count(node) for node in NODES]  # noqa: E731
    while (now := counts()) != [count, count]:
        took = time.monotonic() - begun
        expect(took < timeout, f"not within {timeout} s: {count} sessions on both after {what}, but {now}")
        time.sleep(0.1)
    return time.monotonic() - begun


def expect_equal_tables(least: int) -> None:
    at_j, at_k = table("j", "udp"), table("k", "udp")
    expect(len(at_j) >= least, f"only {len(at_j)} sessions; the scenario proves nothing")
    missing, extra = at_j.keys() - at_k.keys(), at_k.keys() - at_j.keys()
    expect(not missing and not extra, f"{len(missing)} sessions missing on k, {len(extra)} on j; e.g. {sorted(missing | extra)[:2]}")


def take_over(node: str) -> None:
    # The module announces sessions up to 100 ms late. A client that came to the other node before that would get another mask there.
    time.sleep(0.3)
    for other in NODES:
        release(other)
    claim(node)


@scenario("loss of 1, 5 and 20 %, reordering, duplication, delay and jitter cost no session in either direction", before=LATER)
def bad_links() -> None:
    make_eager()
    both = proxies(*SS2)
    crowd = Crowd()
    for name, words in WEATHER.items():
        weather(*words)
        for active in NODES:
            take_over(active)
            crowd.open(2000)
        note(f"{name}: equal {wait_equal(name, crowd.opened):.1f} s after the last packet ({session_count('k')} sessions)")
    weather()
    expect_equal_tables(20_000)
    for node in NODES:
        counters = status(node)["counters"]
        note(f"{node}: " + ", ".join(f"{name} {counters[name]}" for name in ("NAKS", "RETRANSMITTED", "RESYNCS", "REPAIRS")))
    expect(all(proxy.alive for proxy in both.values()), "a proxy died")


@scenario("a partition of 10 s, with sessions made on both sides of it, heals", before=LATER)
def partition() -> None:
    make_eager()
    proxies()
    crowd = Crowd()
    crowd.open(1000)
    wait_equal("the first sessions", crowd.opened)
    weather("loss", "100%")
    crowd.open(1500)
    take_over("k")
    crowd.open(1500)
    time.sleep(10)
    expect(session_count("j") < crowd.opened, "the link was not cut; the scenario proves nothing")
    weather()
    note(f"equal {wait_equal('the partition', crowd.opened):.1f} s after the link was back")
    expect_equal_tables(4000)


@scenario("a proxy is killed and started again, on the standby and on the active node: nothing is lost", before=LATER)
def killed() -> None:
    make_eager()
    both = proxies()
    crowd = Crowd()
    crowd.open(2000)
    wait_equal("the first sessions", crowd.opened)
    for node in ("k", "j"):
        both[node].signal(signal.SIGKILL)
        both[node].wait(10)
        crowd.open(1000)
        both[node] = Proxy(node)
        crowd.open(500)
        begun = time.monotonic()
        wait_ready(node)
        wait_equal(f"{node}'s proxy was killed", crowd.opened)
        note(f"{node}'s proxy: ready and equal {time.monotonic() - begun:.1f} s after the last packet")
    expect_equal_tables(5000)


@scenario("a standby whose instance is made anew gets everything back from its own proxy", before=LATER)
def new_instance() -> None:
    make_eager()
    proxies()
    crowd = Crowd()
    crowd.open(3000)
    wait_equal("the first sessions", crowd.opened)
    # The second time so quickly that the proxy does not see the instance go; old modules' counters do not show it.
    for pause in (3.0, 0.0) if lab_version() >= (4, 1, 12) else (3.0,):
        jool(C, "k", "instance", "remove")
        time.sleep(pause)
        make_instance("k")
        begun = time.monotonic()
        wait_for("k has j's sessions", lambda: session_count("k") == session_count("j"), timeout=60, every=0.1)
        note(f"complete {time.monotonic() - begun:.1f} s after the instance was back")
    expect_equal_tables(3000)


@scenario("the sync link of the standby flaps while sessions come: nothing is lost", before=LATER)
def flap() -> None:
    make_eager()
    proxies()
    crowd = Crowd()
    for _ in range(3):
        run("ip", "link", "set", "eth2", "down", ns="k")
        crowd.open(500)
        restore_links("k")
        crowd.open(500)
    note(f"equal {wait_equal('the link flapped', crowd.opened):.1f} s after the last packet")
    expect_equal_tables(3000)


@scenario("a node that joins an active one with 100,000 sessions becomes ready with all of them", before=LATER)
def join() -> None:
    make_both()
    make_roomy(*NODES)
    load("j", sessions(100_000))
    first = Proxy("j")
    wait_ready("j", timeout=90)
    ping = Ping(0.05)
    ping.wait_more(20)
    begun = time.monotonic()
    late = Proxy("k")
    wait_ready("k", timeout=120)
    ready = time.monotonic() - begun
    expect_equal(session_count("k"), 100_001, "sessions on k when it says that it is ready")
    ping.wait_more(20)
    answered = ping.received
    expect_equal(len(answered), max(answered), "pings through j that were answered, of all")
    note(f"complete and ready in {ready:.1f} s; CPU seconds j {sum(first.cpu()):.1f}, k {sum(late.cpu()):.1f}")
    compare(begun)


FLOWS, PACKETS = 2000, 30


def records_for(program_is_ours: bool) -> int:
    """How many records leave j for FLOWS flows with PACKETS packets each."""
    make_eager()
    if program_is_ours:
        proxies(*SS2)
    else:
        ear = Listener("k")
        Proxy("j", C)
    crowd = Crowd()
    ports = crowd.open(FLOWS)
    for _ in range(PACKETS - 1):
        crowd.send(ports)
        time.sleep(0.1)
    if program_is_ours:
        wait_equal("the traffic", crowd.opened)
        counters = status("j")["counters"]
        return counters["CHANGES"] + counters["REFRESHES"]
    return sum(len(decode(datagram)) for datagram in ear.heard())


@scenario("constant traffic costs at most a record for twenty packets, and k has every session when j dies", before=LATER)
def coalescing() -> None:
    """A module announces each packet. Before 4.1.12 it drops what the C proxy is too slow for, so its records tell less."""
    theirs = records_for(False)
    expect(theirs >= 1000, f"the C proxy sent only {theirs} records; the scenario proves nothing")
    reset()
    ours = records_for(True)
    note(f"records sent: ours {ours}, C {theirs}: {100 * (1 - ours / theirs):.1f} % fewer")
    expect(ours * 20 <= FLOWS * PACKETS and ours < theirs, f"{ours} records of {FLOWS * PACKETS} packets, C {theirs}")
    at_j = table("j", "udp")
    jool(C, "j", "instance", "remove")
    at_k = table("k", "udp")
    expect_equal(at_j.keys() - at_k.keys(), set(), "sessions that died with j")


@scenario("the slack is enough: a standby has every session of the active one at every moment, with timeouts of seconds", before=LATER)
def slack() -> None:
    make_eager()
    configure(*NODES, icmp_timeout=8000)
    proxies()
    pings = [Background("ping", "-6", "-n", "-i", "0.5", SERVER6, ns="n6", name=f"ping-{number}") for number in range(8)]
    wait_for("sessions of the pings", lambda: len(table("j", "icmp")) >= len(pings), timeout=20)
    time.sleep(1)
    length = 40 if is_thorough() else 16
    if length < 40:
        left_out("looks at a standby whose sessions last seconds: 24 of 40 s")
    end = time.monotonic() + length
    looks = 0
    while time.monotonic() < end:
        at_j, at_k = table("j", "icmp"), table("k", "icmp")
        missing = at_j.keys() - at_k.keys()
        expect(not missing, f"k let sessions die that j has: {sorted(missing)[:2]}")
        looks += 1
        time.sleep(0.1)  # each look starts two programs
    counters = status("j")["counters"]
    note(f"{looks} looks in {length} s; j's proxy sent {counters['CHANGES']} news, {counters['REFRESHES']} refreshes, kept back {counters['COALESCED']}")
    expect(counters["REFRESHES"] > 0 and counters["COALESCED"] > 0, "the traffic did not need the slack")


# Modules up to 4.1.11 drop announcements; a C proxy beside one cannot know.
@scenario("a mixed group stays equal under traffic: ours is active, then the C program", since="4.1.12")
def mixed() -> None:
    make_eager()
    Proxy("j")
    Proxy("k", C)
    wait_ready("j")
    crowd = Crowd()
    for active in NODES:
        take_over(active)
        ports = crowd.open(1000)
        for _ in range(3):
            crowd.send(ports)
        note(f"{active} active: equal {wait_equal(f'traffic through {active}', crowd.opened):.1f} s after the last packet")
    expect_equal_tables(2000)


@scenario("keepalived's file and systemd hear when a node is ready, and when it is not")
def readiness() -> None:
    make_eager()
    file, path = SCRATCH / "track", SCRATCH / "notify"
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ear.bind(str(path))
    ear.settimeout(10)
    at_end(ear.close)
    command = (OURS / "jool", "session", "proxy", "--net.dev.in", "eth2", "--net.dev.out", "eth2", "--track-file", file, GROUP6)
    proxy = Background("env", f"NOTIFY_SOCKET={path}", "WATCHDOG_USEC=1000000", *command, ns="k", name="proxy-k")
    wait_ready("k")
    wait_for("the file says that k is ready", lambda: file.read_text() == "0\n", timeout=10)
    words: list[str] = []
    while sum("WATCHDOG=1" in word for word in words) < 3 or not any("READY=1" in word for word in words):
        words.append(ear.recv(4096).decode())
    jool(C, "k", "global", "update", "ss-enabled", "false")
    wait_for("the file says that k is not ready", lambda: file.read_text() == "1\n", timeout=10)
    expect(not is_ready("k"), "ready without ss-enabled")
    jool(C, "k", "global", "update", "ss-enabled", "true")
    wait_ready("k")
    expect_equal(proxy.stop(), 0, "exit status")
    expect_equal(file.read_text(), "1\n", "the file after the end")
    missing = jool(OURS, "k", "session", "proxy", "status", check=False)
    expect_equal(missing.status, 3, "exit status without a proxy")


@scenario("the mask of a session that the active node gave to another client is free on the standby, too", before=LATER)
def reused_mask() -> None:
    make_eager()
    proxies()
    crowd = Crowd()
    crowd.open(20)
    wait_equal("the first sessions", crowd.opened)
    # The active node forgets its sessions, and gives their masks to others.
    jool(C, "j", "pool4", "flush")
    jool(C, "j", "pool4", "add", "--udp", "192.0.2.1", "61001-61040")
    Crowd().open(40)
    wait_for("k has what j has", lambda: table("j", "udp").keys() <= table("k", "udp").keys(), timeout=30, every=0.2)
