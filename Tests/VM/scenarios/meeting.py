"""Two nodes that meet with a full table each, and a node with an empty table that joins them."""

from __future__ import annotations

import os
import time

from lab.crowd import Crowd, make_eager
from lab.netlink import session_count
from lab.network import NODES, OURS, add_third, configure, make_both, make_roomy
from lab.process import expect, expect_equal, run, wait_for
from lab.proxies import Proxy, is_ready, state, status_fields, wait_ready
from lab.records import TCP, UDP
from lab.runner import ONCE, is_thorough, left_out, note, progress, scenario
from lab.synthetic import load, sessions
from lab.tables import fingerprint
from lab.traffic import Ping

from .sync import impair_links, status

# The number of sessions of each node if thorough, and at a desk.
MANY, FEWER = 200_000, 50_000
# The sessions of j and k have different protocols, because the module keeps those of a protocol and timer in a list by
# expiration and searches it from one end. With all of them in one list, adding would take minutes. The expirations
# exceed the scenario's duration.
OF_NODE = {"j": ((UDP, 0, 0, 3000, 7190),), "k": ((TCP, 0, 0, 3000, 7190),)}

class Watch:
    """Checks the nodes while they synchronize: at least one may always have the addresses, and a ready node has all
    sessions."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.not_ready: set[str] = set()
        self.checks = 0
        self.begun = time.monotonic()
        self.lines: list[str] = []

    def check(self, *nodes: str) -> None:
        self.checks += 1
        found = {node: status_fields(node) for node in nodes}
        counts = {node: session_count(node) for node in nodes}
        words = ", ".join(
            f"{node} {said.get('state')}{' with the right' if said.get('ready') == 'yes' else ''}, table {said.get('sessions')}, module {counts[node]}"
            for node, said in found.items()
        )
        self.lines.append(f"{time.monotonic() - self.begun:.1f} s: {words}")
        expect(any(said.get("ready") == "yes" for said in found.values()), "no node may have the addresses:\n" + self.history())
        for node, said in found.items():
            if said.get("state") != "ready":
                self.not_ready.add(node)
            elif node in self.not_ready:
                # The pings' sessions come in addition.
                expect(counts[node] >= self.count, f"{node} is ready with only {counts[node]} of {self.count} sessions:\n" + self.history())

    def history(self) -> str:
        return "\n".join(self.lines[-40:])

    def until_equal(self, timeout: float, *nodes: str) -> float:
        begun = time.monotonic()
        while not all(session_count(node) >= self.count and state(node) == "ready" for node in nodes):
            self.check(*nodes)
            expect(time.monotonic() - begun < timeout, f"not equal within {timeout} s:\n" + self.history())
            time.sleep(0.2)
        return time.monotonic() - begun


@scenario("two full nodes that meet have each other's sessions within 15 s, and a joining node receives all", **ONCE)
def full_nodes_meet() -> None:
    each = int(os.environ.get("MEETING", "0")) or (MANY if is_thorough() else FEWER)
    limit, patience = (15, 60) if each <= MANY else (90, 300)
    if each < MANY:
        left_out(f"two full nodes that meet: {MANY - each} of {MANY} sessions of each")
    make_both()
    add_third()
    make_roomy(*NODES, "l")
    configure(*NODES, "l", udp_timeout=7_200_000)
    impair_links("loss", "100%")
    for number, node in enumerate(NODES):
        load(node, sessions(each, first=number * each, seed=number, kinds=OF_NODE[node]))
        progress(f"{node}'s module has {session_count(node)} sessions")
    proxies = [Proxy(node) for node in NODES]
    # Each is the first node of its own group.
    wait_ready(*NODES, timeout=patience)
    for node in NODES:
        wait_for(f"{node}'s proxy has its table", lambda node=node: status(node)["sessions"] >= each, timeout=patience, every=0.5)
    ping = Ping(0.2)
    ping.wait_more(3)
    impair_links()
    wait_for("the nodes have found each other", lambda: all(status(node)["peers"] for node in NODES), timeout=10)
    watch = Watch(2 * each)
    took = watch.until_equal(limit, *NODES)
    note(f"{each} sessions each: equal after {took:.1f} s, {watch.checks} checks; it was mending: {sorted(watch.not_ready)}")
    expect(watch.not_ready == set(NODES), "a node did not report that it lacked the other one's sessions")
    expect_equal(fingerprint("k"), fingerprint("j"), "number and digest of k's sessions")
    late = Proxy("l")
    begun = time.monotonic()
    wait_ready("l", timeout=patience)
    count = session_count("l")
    note(f"l joined with {count} sessions in {time.monotonic() - begun:.1f} s")
    expect(count >= 2 * each, f"l is ready with only {count} of {2 * each} sessions")
    expect(late.alive and all(proxy.alive for proxy in proxies), "a proxy ended")


ADDRESSES = {"j": "2001:db8:ff08::4", "k": "2001:db8:ff08::5", "l": "2001:db8:ff08::6"}


def cut(sender: str, receiver: str) -> None:
    """Directs the datagrams of one node for the other to a machine that does not exist."""
    words = ("lladdr", "02:00:00:00:00:77", "dev", "eth2", "nud", "permanent")
    run("ip", "neigh", "replace", ADDRESSES[receiver], *words, ns=sender)


def reconnect(sender: str, receiver: str) -> None:
    run("ip", "neigh", "del", ADDRESSES[receiver], "dev", "eth2", ns=sender)


@scenario("a node that another one cannot reach follows it through a third, and a finding names both", **ONCE)
def one_way() -> None:
    make_eager()
    add_third()
    nodes = tuple(ADDRESSES)
    for node in nodes:
        peers = [word for other in nodes if other != node for word in ("--net.peer", ADDRESSES[other])]
        words = ("session", "proxy", "--net.mcast.port", "6464", "--net.format", "ss2", *peers)
        Proxy(node, argv=(OURS / "jool", *words), unicast=True)
    wait_ready(*nodes)
    crowd = Crowd()
    crowd.open(500)
    slowest = 0.0

    def expect_arrival(what: str, timeout: float) -> None:
        nonlocal slowest
        begun = time.monotonic()
        for node in nodes:
            text = f"{node} has all {crowd.opened} sessions {what}"
            wait_for(text, lambda node=node: session_count(node) == crowd.opened, timeout)
        slowest = max(slowest, time.monotonic() - begun)

    expect_arrival("before", 10)
    cut("j", "k")
    wait_for("a finding at j", lambda: any("does not receive this node" in finding for finding in status("j")["findings"]), timeout=20, every=0.5)
    note(f"j: {status('j')['findings']}")
    for _ in range(5):
        crowd.open(100)
        expect_arrival("although j does not reach k", 10)
    note(f"k had the latest sessions after at most {slowest:.1f} s")
    for node in nodes:
        # k is mending whenever it is a second behind. It may then give up its readiness, because j and l have promised
        # to keep theirs.
        wait_for(f"{node} may have the addresses", lambda node=node: is_ready(node), timeout=5, every=0.1)
    reconnect("j", "k")
    crowd.open(100)
    expect_arrival("after the link is back", 10)
    wait_for("no finding", lambda: not status("j")["findings"], timeout=20, every=0.5)
    wait_for("all are ready", lambda: all(state(node) == "ready" for node in nodes), timeout=20, every=0.2)
