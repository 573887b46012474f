"""Groups with three nodes, groups of incompatible nodes, and changes of the configuration."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.netlink import session_count
from lab.network import C, GROUP6, NODES, OURS, VIRTUAL4, add_third, jool, make_instance, restore_links
from lab.process import SCRATCH, at_end, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import LATER, ONCE, note, scenario
from lab.tables import table

from .sync import IMPAIRMENTS, impair_links, proxies, status, take_over


@scenario("three nodes that know each other by address stay equal through every fault", before=LATER)
def three_nodes() -> None:
    make_eager()
    add_third()
    nodes = (*NODES, "l")
    addresses = {"j": "2001:db8:ff08::4", "k": "2001:db8:ff08::5", "l": "2001:db8:ff08::6"}

    def start(node: str) -> Proxy:
        peers = [word for other in nodes if other != node for word in ("--net.peer", addresses[other])]
        argv = (OURS / "jool", "session", "proxy", "--net.mcast.port", "6464", "--net.format", "ss2", *peers)
        return Proxy(node, argv=argv, unicast=True)

    running = {node: start(node) for node in nodes}
    wait_ready(*nodes)
    crowd = Crowd()
    slowest: dict[str, float] = {}

    def expect_equal_counts(what: str) -> None:
        begun = time.monotonic()
        while (counts := [session_count(node) for node in nodes]) != [crowd.opened] * len(nodes):
            expect(time.monotonic() - begun < 60, f"not within 60 s after {what}: {crowd.opened} sessions on all nodes, but {counts}")
            time.sleep(0.1)
        slowest[what] = time.monotonic() - begun

    for name, words in IMPAIRMENTS.items():
        impair_links(*words, nodes=nodes)
        for active in NODES:
            take_over(active)
            crowd.open(300)
        expect_equal_counts(name)
    impair_links(nodes=nodes)
    impair_links("loss", "100%", nodes=("l",))
    run("tc", "qdisc", "add", "dev", "leth2", "root", "netem", "loss", "100%")  # and its incoming datagrams
    crowd.open(500)
    time.sleep(10)
    expect(session_count("l") < crowd.opened, "l was not cut off; the scenario proves nothing")
    impair_links(nodes=("l",))
    expect_equal_counts("partition")
    for node in ("l", "k"):  # k is active
        running[node].signal(signal.SIGKILL)
        running[node].wait(10)
        crowd.open(300)
        running[node] = start(node)
        expect_equal_counts(f"{node}'s proxy killed")
        wait_ready(node)
    jool(C, "l", "instance", "remove")
    crowd.open(300)
    time.sleep(3)
    make_instance("l")
    expect_equal_counts("instance recreated")
    for _ in range(2):
        run("ip", "link", "set", "eth2", "down", ns="j")
        crowd.open(200)
        restore_links("j")
        crowd.open(100)
    expect_equal_counts("link flaps")
    tables = [table(node, "udp").keys() for node in nodes]
    expect(tables[0] == tables[1] == tables[2] and len(tables[0]) == crowd.opened, "the tables differ")
    note(", ".join(f"{what} {seconds:.1f} s" for what, seconds in slowest.items()))


@scenario("--check reports settings that prevent nodes from taking over from each other", **ONCE)
def unfit() -> None:
    make_eager()
    jool(C, "k", "pool4", "remove", "--tcp", VIRTUAL4, "61001-61500")
    jool(C, "k", "global", "update", "udp-timeout", "200")
    both = proxies()
    check = ("session", "proxy", "--check", "--net.dev.in", "eth2", "--net.dev.out", "eth2", GROUP6)
    wait_for("j has k's settings", lambda: status("j")["findings"], timeout=20)
    found = jool(OURS, "j", *check, check=False)
    expect_equal(found.status, 1, "exit status of --check")
    for words in (f"lacks TCP {VIRTUAL4} 61001-61500; sessions that use it here", "udp-timeout is 300 s here and 200 s at 2001:db8:ff08::5."):
        expect(words in found.err, found.err)
    wait_for("k's log reports it, too", lambda: f"This node's pool4 lacks TCP {VIRTUAL4} 61001-61500; sessions" in both["k"].err, timeout=45)
    jool(C, "k", "pool4", "add", "--tcp", VIRTUAL4, "61001-65535")
    jool(C, "k", "global", "update", "udp-timeout", "300")
    wait_for("neither node has a finding", lambda: not any(status(node)["findings"] for node in NODES), timeout=75, every=1)
    expect_equal(jool(OURS, "j", *check).err, "", "--check of compatible nodes")


class Journal:
    """A replacement for systemd's journal."""

    def __init__(self) -> None:
        path = Path("/run/systemd/journal/socket")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(0)
        self.entries: list[dict[str, str]] = []
        at_end(lambda: (self.socket.close(), path.unlink()))

    def read(self) -> list[dict[str, str]]:
        while True:
            try:
                text = self.socket.recv(65536).decode()
            except BlockingIOError:
                return self.entries
            self.entries.append(dict(line.split("=", 1) for line in text.splitlines()))

    def has(self, **fields: str) -> bool:
        """Whether there is an entry with these fields; a part of the message is sufficient."""
        def fits(entry: dict[str, str]) -> bool:
            return all(value in entry.get(name, "") if name == "MESSAGE" else entry.get(name) == value for name, value in fields.items())
        return any(fits(entry) for entry in self.read())


@scenario("SIGHUP changes peers and log level without losing a session, and journal entries have fields", **ONCE)
def reload() -> None:
    make_eager()
    journal = Journal()
    file = SCRATCH / "proxy.json"

    def configure(peer: str, level: str) -> None:
        file.write_text(json.dumps({"net.peer": peer, "net.mcast.port": 6464, "log.level": level}))

    configure("2001:db8:ff08::99", "notice")
    command = f"exec env JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) {OURS / 'jool'} session proxy --config {file}"
    first = Proxy("j", argv=("sh", "-c", command), unicast=True)
    argv = (OURS / "jool", "session", "proxy", "--net.mcast.port", "6464", "--net.peer", "2001:db8:ff08::4")
    Proxy("k", argv=argv, unicast=True)
    wait_ready(*NODES)
    wait_for("ready in the journal", lambda: journal.has(JOOL_STATE="ready", JOOL_INSTANCE="default", PRIORITY="5"), timeout=5)
    expect(not any(entry["PRIORITY"] == "6" for entry in journal.read()), "messages below the level in the journal")
    crowd = Crowd()
    crowd.open(500)
    expect_equal(status("j")["peers"], [], "j's peers before it has the correct address")
    first.signal(signal.SIGHUP)
    file.write_text('{"net.peer": 5,')
    first.signal(signal.SIGHUP)
    wait_for("an error message", lambda: journal.has(MESSAGE=f"{file}:1:", PRIORITY="3"), timeout=5)
    configure("2001:db8:ff08::5", "info")
    first.signal(signal.SIGHUP)
    wait_for("500 sessions on k", lambda: session_count("k") == 500, timeout=30)
    crowd.open(100)
    wait_for("600 sessions on k", lambda: session_count("k") == 600, timeout=30)
    expect(first.alive, "the proxy ended")


@scenario("after SIGHUP without an answering name server, the proxy serves the watchdog and sends sessions", **ONCE)
def dead_resolver() -> None:
    make_eager()
    resolver, file, path = SCRATCH / "resolv.conf", SCRATCH / "proxy.json", SCRATCH / "manager"
    for server in ("203.0.113.77", "203.0.113.78"):  # datagrams to it are lost
        run("ip", "neigh", "replace", server, "lladdr", "02:00:00:00:00:77", "dev", "eth2", ns="j")
    resolver.write_text("nameserver 203.0.113.77\nnameserver 203.0.113.78\n")
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path.unlink(missing_ok=True)
    manager.bind(str(path))
    at_end(manager.close)

    def configure(peer: str) -> None:
        file.write_text(json.dumps({"net.peer": peer, "net.mcast.port": 6464}))

    def wait_as_systemd(seconds: float, until: Callable[[], bool]) -> float:
        """Receives the proxy's notifications until a condition is true, and returns the seconds. Fails like
        WatchdogSec=10."""
        begun = last_ping = time.monotonic()
        manager.settimeout(0.2)
        while not until():
            expect(time.monotonic() - begun < seconds, f"not within {seconds} s; the log: {proxy.err[-400:]}")
            with contextlib.suppress(TimeoutError):
                if "WATCHDOG=1" in manager.recv(4096).decode():
                    last_ping = time.monotonic()
            expect(time.monotonic() - last_ping < 10, "systemd would have killed the proxy")
        return time.monotonic() - begun

    configure("2001:db8:ff08::5")
    command = (f"mount --bind {resolver} /etc/resolv.conf && "
               f"exec env NOTIFY_SOCKET={path} WATCHDOG_USEC=10000000 {OURS / 'jool'} session proxy --config {file}")
    proxy = Proxy("j", argv=("unshare", "-m", "sh", "-c", command), unicast=True)
    Proxy("k", argv=(OURS / "jool", "session", "proxy", "--net.mcast.port", "6464", "--net.peer", "2001:db8:ff08::4"), unicast=True)
    wait_ready(*NODES)
    crowd = Crowd()
    configure("backup.example.net")
    proxy.signal(signal.SIGHUP)
    crowd.open(100)
    wait_as_systemd(10, lambda: session_count("k") == 100)
    took = wait_as_systemd(90, lambda: "The configuration was not changed. getaddrinfo() failed" in proxy.err)
    expect(took > 10, f"the look-up failed after {took:.1f} s; the scenario proves nothing")
    note(f"the look-up failed after {took:.0f} s")
    # An address takes effect at once, although another look-up is in progress.
    proxy.signal(signal.SIGHUP)
    time.sleep(0.5)
    configure("2001:db8:ff08::5")
    proxy.signal(signal.SIGHUP)
    wait_as_systemd(5, lambda: "The configuration was read again" in proxy.err)
    # No process writes into this pipe.
    file.unlink()
    os.mkfifo(file)
    proxy.signal(signal.SIGHUP)
    wait_as_systemd(5, lambda: "so it cannot be read again" in proxy.err)
    crowd.open(100)
    wait_as_systemd(10, lambda: session_count("k") == 200)
