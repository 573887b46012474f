"""A mirror: a copy of a group's sessions on a machine without a module, as an ordinary user."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.netlink import lab_version, session_count
from lab.network import (
    C, GROUP6, NODES, OURS, PORT, add_host, add_third, jool, load_modules, make_both, make_instance, make_roomy, unload_modules)
from lab.process import SCRATCH, Background, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.records import Session
from lab.runner import note, scenario
from lab.synthetic import load, sessions
from lab.table_snapshot import newest
from lab.tables import fingerprint, whole_table
from lab.traffic import Ping

from .sync import take_over, wait_equal

NOBODY = "65534:65534"
MIRROR6, THIRD6 = "2001:db8:ff08::7", "2001:db8:ff08::6"
SETTINGS = {"instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96", "udp-timeout": "0:05:00"}}


class Mirror(Background):
    """A running mirror on the machine m, which writes a snapshot each second."""

    def __init__(self, *options: str) -> None:
        if not Path("/run/netns/m").exists():
            add_host("m", 7)
        self.state = SCRATCH / "mirror"
        self.state.mkdir(exist_ok=True)
        run("chown", NOBODY, self.state)
        run("chmod", "755", SCRATCH)
        group = ("--net.mcast.addr", GROUP6, "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2")
        words = ("--user", NOBODY, "--state", str(self.state), "--state-interval", "1", "--log.target", "stderr")
        super().__init__(OURS / "jool", "session", "mirror", "default", *group, *words, *options, ns="m", name="mirror")

    def status(self) -> dict:
        result = jool(OURS, "m", "session", "mirror", "status", "default", "--json", check=False)
        expect(self.alive, f"the mirror ended: {self.describe()}")
        return json.loads(result.out) if result.status == 0 else {}

    @property
    def count(self) -> int:
        return self.status().get("sessions", -1)

    def wait_ready(self) -> None:
        wait_for("the mirror is ready", lambda: self.status().get("state") == "ready", timeout=30, every=0.2)

    def dump(self) -> set[str]:
        """The sessions of the newest snapshot, as rows of a dump."""
        _, records = newest(self.state)
        return {row(record) for record in records}


def row(record: bytes) -> str:
    milliseconds, port6, port4, port = (int.from_bytes(record[start:end]) for start, end in ((24, 28), (28, 30), (30, 32), (32, 34)))
    flags = record[35]
    return Session(
        flags >> 5, record[:16], port6, record[16:20], port4, record[20:24], port, milliseconds, flags >> 2 & 7, flags & 3).csv_key


@scenario("a mirror without a module or rights stays equal to the dumps of two NAT64s under traffic")
def equal() -> None:
    make_eager()
    for node in NODES:
        Proxy(node)
    mirror = Mirror()
    wait_ready(*NODES)
    mirror.wait_ready()
    rights = Path(f"/proc/{mirror.pid}/status").read_text()
    expect("CapEff:\t0000000000000000" in rights and "Uid:\t65534" in rights, "the mirror has a capability or another user")
    ping = Ping(0.2)
    ping.wait_more(2)
    crowd = Crowd()
    for active in NODES:
        take_over(active)
        for _ in range(3):
            ports = crowd.open(500)
            crowd.send(ports)
        wait_equal(f"traffic through {active}", crowd.opened + 1)  # with that of the ping
        begun = time.monotonic()
        wait_for(f"the mirror is equal after traffic through {active}", lambda: mirror.dump() == whole_table("j").keys() == whole_table("k").keys(), timeout=30, every=0.3)
        note(f"{active} active: the mirror's snapshot is equal after {time.monotonic() - begun:.1f} s")
    ping.wait_more(5)
    status = mirror.status()
    expect_equal(status["findings"], [], "findings of the mirror")
    expect_equal(sum(peer["ready"] for peer in status["peers"]), 2, "nodes that may have the addresses, as the mirror sees them")
    seen = json.loads(jool(OURS, "j", "session", "proxy", "status", "--json").out)
    expect_equal((len(seen["peers"]), sum(peer["ready"] for peer in seen["peers"]), seen["findings"]), (2, 1, []), "peers of j, those that may have the addresses, findings")
    expect_equal(mirror.stop(), 0, "exit status of the mirror")


@scenario("both modules removed and loaded again get 20,000 sessions back from a mirror, which was killed meanwhile")
def reloaded() -> None:
    make_both()
    make_roomy(*NODES)
    load("j", sessions(20_000))
    proxies = [Proxy(node) for node in NODES]
    mirror = Mirror()
    wait_ready(*NODES, timeout=60)
    wait_for("the mirror has the table", lambda: mirror.count >= 20_000, timeout=60, every=0.3)
    before = fingerprint("j")
    wait_for("a snapshot of the table", lambda: len(newest(mirror.state)[1]) >= 20_000, timeout=30, every=0.3)
    for proxy in proxies:
        proxy.signal(signal.SIGKILL)
        proxy.wait(10)
    mirror.signal(signal.SIGKILL)
    mirror.wait(10)
    unload_modules()
    load_modules("jool")
    make_both()
    make_roomy(*NODES)
    expect_equal(session_count("j"), 0, "sessions of the new module")
    mirror = Mirror()
    # A NAT64 that starts beside a mirror that starts may be the group's first, and gets the sessions after it is ready.
    mirror.wait_ready()
    proxies = [Proxy(node) for node in NODES]
    begun = time.monotonic()
    wait_ready(*NODES, timeout=60)
    for node in NODES:
        expect_equal(fingerprint(node), before, f"number and digest of {node}'s sessions")
    note(f"ready with all sessions {time.monotonic() - begun:.1f} s after the proxies")
    expect(mirror.alive and all(proxy.alive for proxy in proxies), "a program ended")


@scenario("a NAT64 that replaces lost ones gets the table by the address of the mirror alone, without multicast")
def replaced() -> None:
    make_both()
    make_roomy(*NODES)
    load("j", sessions(20_000))
    proxies = [Proxy(node) for node in NODES]
    add_third()
    make_roomy("l")
    mirror = Mirror("--net.peer", THIRD6)
    wait_ready(*NODES, timeout=60)
    wait_for("the mirror has the table", lambda: mirror.count >= 20_000, timeout=60, every=0.3)
    before = fingerprint("j")
    for proxy in proxies:
        proxy.signal(signal.SIGKILL)
        proxy.wait(10)
    words = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.peer", f"[{MIRROR6}]:{PORT}")
    begun = time.monotonic()
    Proxy("l", argv=(OURS / "jool", *words), unicast=True)
    wait_ready("l", timeout=60)
    expect_equal(fingerprint("l"), before, "number and digest of l's sessions")
    note(f"ready with all sessions {time.monotonic() - begun:.1f} s after its start")


@scenario("a mirror keeps the sessions of C proxies, and gives them back when it is told to")
def of_c_proxies() -> None:
    make_eager()
    settings = SCRATCH / "default.conf"
    settings.write_text(json.dumps(SETTINGS))
    mirror = Mirror("--settings", str(settings))
    mirror.wait_ready()
    for node in NODES:
        Proxy(node, C)
    crowd = Crowd()
    crowd.open(300, pace=0.02)
    # Modules up to 4.1.11 drop announcements, which a C proxy cannot detect.
    least = 300 if lab_version() >= (4, 1, 12) else 5
    wait_for("the mirror has the sessions", lambda: mirror.count >= least, timeout=20, every=0.3)
    count = mirror.count
    jool(C, "k", "instance", "remove")
    make_instance("k")
    jool(OURS, "m", "session", "mirror", "advertise", "default")
    wait_for("k has the sessions again", lambda: session_count("k") >= count, timeout=20, every=0.2)
    note(f"{count} sessions of {crowd.opened} were given back")
