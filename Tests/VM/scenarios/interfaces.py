"""Interfaces of the sync link that are recreated, renamed or readdressed, with every way to name them in the proxies'
options."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.network import C, GROUP4, GROUP6, NODES, OURS, PORT, jool, restore_links
from lab.process import Background, Failed, at_end, expect, namespace, run, wait_for
from lab.proxies import Proxy, statistics, wait_ready
from lab.runner import ONCE, note, scenario, some_of

from .sync import status, take_over, wait_equal

LINK_GROUP = "ff02::db8:64:64"


def addresses(node: str, device: str = "eth2", other: bool = False) -> None:
    """Configures a node's sync interface for all namings below. `other`: with other addresses than before."""
    number = NODES[node] + (40 if other else 0)
    # Without this, the kernel might send from a link-local address that the peer does not know.
    make_link_local_addresses(node, device, False)
    ip(
        node, f"link set {device} up", f"addr flush dev {device} scope link", f"addr replace 2001:db8:ff08::{number}/96 dev {device} nodad",
        f"addr replace 203.0.113.{number}/24 dev {device}", f"addr replace fe80::{number}/64 dev {device} nodad",
        f"route replace {GROUP4} dev {device}", f"route replace multicast {GROUP6} dev {device} table local metric 1",
    )
    trust_neighbours(node, device, 2000)


def make_link_local_addresses(node: str, device: str, wanted: bool) -> None:
    """Sets whether the kernel generates a link-local address for an interface."""
    with namespace(node):
        Path(f"/proc/sys/net/ipv6/conf/{device}/addr_gen_mode").write_text("0" if wanted else "1")


def ip(node: str | None, *commands: str) -> None:
    """Runs several commands with one process."""
    run("ip", "-batch", "-", ns=node, input="\n".join(commands) + "\n")


def trust_neighbours(node: str, device: str, milliseconds: int = 30_000) -> None:
    """Sets how long the kernel trusts a neighbour's link-layer address, within ±50 %. With the default, a neighbour's
    new interface receives no unicast for up to 53 seconds: 45, and 8 until the kernel has detected the change."""
    with namespace(node):
        for family in ("ipv4", "ipv6"):
            Path(f"/proc/sys/net/{family}/neigh/{device}/base_reachable_time_ms").write_text(str(milliseconds))


def remove() -> None:
    run("ip", "link", "del", "keth2", check=False)


def recreate_interface(index: int | None = None, **options: bool) -> None:
    words = f"index {index}" if index else ""
    ip(None, f"link add keth2 type veth peer name eth2 {words} netns k", "link set keth2 master brs up")
    addresses("k", **options)


def index_of(node: str, device: str = "eth2") -> int:
    with namespace(node):
        return socket.if_nametoindex(device)


def both_ways(*words: str) -> Callable[[str], tuple[str, ...]]:
    return lambda node: tuple(word.format(number=NODES[node], index=index_of(node)) for word in words)


def peer(text: str) -> Callable[[str], tuple[str, ...]]:
    return lambda node: ("--net.peer", text.format(number=9 - NODES[node], index=index_of(node)))


def devices(device: str, group: str) -> Callable[[str], tuple[str, ...]]:
    return both_ways("--net.dev.in", device, "--net.dev.out", device, group)


# The ways to name the sync interface in a node's options.
NAMINGS = {
    "IPv6 group, interface by name": devices("eth2", GROUP6),
    "IPv6 group, interface by address": devices("2001:db8:ff08::{number}", GROUP6),
    "IPv6 group with a zone": both_ways(f"{GROUP6}%eth2"),
    "IPv6 group by route": both_ways(GROUP6),
    "link-local group with a zone": both_ways(f"{LINK_GROUP}%eth2"),
    "link-local group with a numeric zone": both_ways(LINK_GROUP + "%{index}"),
    "link-local group, interface by one name": both_ways("--net.dev.in", "eth2", "ff12::db8:64:64"),
    "IPv4 group, interface by name": devices("eth2", GROUP4),
    "IPv4 group, interface by address": devices("203.0.113.{number}", GROUP4),
    "IPv4 group by route": both_ways(GROUP4),
    "peer by IPv6 address": peer("[2001:db8:ff08::{number}]:6464"),
    "peer by link-local address": peer("[fe80::{number}%eth2]:6464"),
    "peer by link-local address, numeric zone": peer("[fe80::{number}%{index}]:6464"),
    "peer by IPv4 address": peer("203.0.113.{number}"),
}


def recreate(gone: float, same_index: bool = False, other: bool = False, down_before: bool = False) -> None:
    index = index_of("k") if same_index else None
    if down_before:
        ip("k", "addr flush dev eth2", "link set eth2 down")
    remove()
    time.sleep(gone)
    recreate_interface(index, other=other)


def renamed(name: str, then: str) -> None:
    ip("k", f"link set {name} down", f"link set {name} name {then}")
    addresses("k", then)


def down_and_up() -> None:
    run("ip", "link", "set", "eth2", "down", ns="k")
    time.sleep(3)
    addresses("k")


def readdressed() -> None:
    run("ip", "addr", "flush", "dev", "eth2", ns="k")
    time.sleep(3)
    addresses("k")


# For a run at a desk.
AT_A_DESK = ("link-local group, interface by one name", "IPv4 group, interface by address", "peer by link-local address")


# The changes of k's interface. Other addresses are tested with groups only, because peers know k by its addresses.
EVENTS: dict[str, Callable[[], None]] = {
    "removed, and recreated after 3 s": lambda: recreate(3),
    "recreated at once": lambda: recreate(0),
    "recreated at once with the same index": lambda: recreate(0, same_index=True),
    "set down and up": down_and_up,
    "its addresses removed and added again": readdressed,
    "renamed": lambda: renamed("eth2", "sync0"),
    "renamed back": lambda: renamed("sync0", "eth2"),
    "all of these": lambda: recreate(3, same_index=True, down_before=True),
    "recreated with other addresses": lambda: recreate(3, other=True),
}


@scenario("a link to a group survives every change of its interface, however the options name it", **ONCE)
def group_events() -> None:
    namings = [naming for naming in NAMINGS if not naming.startswith("peer")]
    test_namings(some_of("namings of a group's interface", namings, AT_A_DESK))


@scenario("a link to a peer survives every change of its interface, however the options name it", **ONCE)
def peer_events() -> None:
    namings = [naming for naming in NAMINGS if naming.startswith("peer")]
    test_namings(some_of("namings of a peer's interface", namings, AT_A_DESK))


def test_namings(namings: Iterable[str]) -> None:
    """Tests all changes with each of these namings: afterwards new sessions must arrive on the other node, and both
    must receive frames."""
    make_eager()
    at_end(restore_link)
    crowd = Crowd()
    slowest = (0.0, "", "")
    failures = []
    for naming in namings:
        for node in NODES:
            addresses(node)
        both: list[Proxy] = []
        event = "start"
        try:
            for node in NODES:
                argv = (OURS / "jool", "session", "proxy", "--net.mcast.port", str(PORT), *NAMINGS[naming](node))
                both.append(Proxy(node, unicast=True, ipv4="IPv4" in naming, argv=argv))
            wait_ready(*NODES)
            for number, (event, change) in enumerate(EVENTS.items()):
                if naming.startswith("peer") and "other addresses" in event:
                    continue
                change()
                take_over("jk"[number % 2])
                crowd.open(50)
                slowest = max(slowest, (wait_equal(event, crowd.opened, timeout=25), event, naming))
                expect(all(proxy.alive for proxy in both), "a proxy ended")
                # Both must receive each other's frames, not only one of them.
                for node in NODES:
                    wait_for(f"{node} receives frames of the other node", lambda node=node: has_recent_peer(node), timeout=25, every=0.2)
        except Failed as failure:
            failures.append(f"{naming}: {event}: {failure}\n{situation()}")
            Background.stop_all()
        else:
            for proxy in both:
                proxy.stop()
        remove()
        recreate_interface()
        # Sessions that are missing after a failure must not make the next naming fail.
        for node in NODES:
            jool(C, node, "instance", "flush")
        make_eager()
        crowd.restart()
    note("slowest: equal {:.1f} s after the last packet ({}; {})".format(*slowest))
    expect(not failures, "\n".join(failures))


def situation() -> str:
    """Information that may explain the failure of a link."""
    parts = []
    for node in NODES:
        parts += [f"On {node}:", run("ip", "neigh", "show", ns=node).out, run("ip", "-br", "addr", ns=node).out]
        parts.append(run(OURS / "jool", "session", "proxy", "status", ns=node, check=False).out)
    return "\n".join(parts)


def restore_link() -> None:
    """Restores the sync link for other scenarios."""
    remove()
    ip(None, "link add keth2 type veth peer name eth2 netns k", "link set keth2 master brs up")
    for words in (
        ("addr", "del", "fe80::4/64", "dev", "eth2"), ("route", "del", GROUP4, "dev", "eth2"),
        ("-6", "route", "del", "multicast", GROUP6, "dev", "eth2", "table", "local"),
    ):
        run("ip", *words, ns="j", check=False)
    restore_links("k")
    make_link_local_addresses("j", "eth2", True)
    trust_neighbours("j", "eth2")


def has_recent_peer(node: str) -> bool:
    return any(heard["silence_ms"] < 1500 for heard in status(node)["peers"])


def largest(crowd: Crowd) -> int:
    """The size of the largest packet to the proxy on k, with its IP header, while sessions are opened on j."""
    sizes = [0]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as tap:
        tap.bind(("keth2", 3))
        tap.settimeout(0.5)
        crowd.open(1500)
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            try:
                frame, source = tap.recvfrom(4096)
            except TimeoutError:
                continue
            header = {b"\x86\xdd": 54, b"\x08\x00": 34}.get(frame[12:14])
            is_outgoing = source[2] == socket.PACKET_OUTGOING
            if is_outgoing and header and frame[header + 2:header + 4] == PORT.to_bytes(2, "big"):
                sizes.append(len(frame) - 14)
    return max(sizes)


@scenario("datagrams use the interface's MTU and follow its changes, however the options name it", **ONCE)
def mtu() -> None:
    make_eager()
    at_end(restore_link)
    at_end(lambda: run("ip", "link", "set", "eth2", "mtu", "1500", ns="j"))
    crowd = Crowd()
    for node in NODES:
        addresses(node)
    for naming in some_of("namings of an interface with another MTU", list(NAMINGS), AT_A_DESK):
        words = NAMINGS[naming]
        run("ip", "link", "set", "eth2", "mtu", "1400", ns="j")
        argv = (OURS / "jool", "session", "proxy", "--net.mcast.port", str(PORT), "--net.format", "ss2", *words("j"))
        proxy = Proxy("j", unicast=True, ipv4="IPv4" in naming, argv=argv)
        wait_ready("j")
        at_start = largest(crowd)
        run("ip", "link", "set", "eth2", "mtu", "1320", ns="j")
        time.sleep(2.5)
        then = largest(crowd)
        # A frame contains only whole records, and leaves room for a seal.
        expect(1280 < at_start <= 1400, f"{naming}: packets of up to {at_start} bytes with an MTU of 1400")
        expect(1200 < then <= 1320, f"{naming}: packets of up to {then} bytes with an MTU of 1320")
        proxy.stop()


@scenario("a group and a peer are two links, and a link-local statistics server survives its interface", **ONCE)
def both_kinds() -> None:
    make_eager()
    at_end(restore_link)
    for node in NODES:
        addresses(node)
    # Separate addresses, because j would send from its virtual address in the network of eth0, which is not a peer's
    # address.
    own = {node: f"2001:db8:e0::{number}" for node, number in NODES.items()}
    for node in NODES:
        run("ip", "addr", "add", f"{own[node]}/64", "dev", "eth0", "nodad", ns=node)
        at_end(lambda node=node: run("ip", "addr", "del", f"{own[node]}/64", "dev", "eth0", ns=node))
    serve = ("--stats.address", "fe80::5%eth2", "--stats.port", "45678")
    other = {"j": "k", "k": "j"}
    for node in NODES:
        link = ("--net.dev.in", "eth2", GROUP6, "--net.peer", own[other[node]])
        argv = (OURS / "jool", "session", "proxy", "--net.mcast.port", str(PORT), *link, *(serve if node == "k" else ()))
        Proxy(node, argv=argv)
    wait_ready(*NODES)
    crowd = Crowd()
    crowd.open(300)
    wait_equal("both links", crowd.opened)
    statistics("j", 45678, "fe80::5%eth2")
    remove()
    crowd.open(300)
    wait_equal("the group's link was removed", crowd.opened)
    recreate_interface()
    # j still has the link-layer address of the removed interface.
    run("ip", "neigh", "flush", "dev", "eth2", ns="j")
    statistics("j", 45678, "fe80::5%eth2")
