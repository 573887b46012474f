"""The tutorial's network: two NAT64s, an IPv6 client and an IPv4 server, each a network namespace.

      n6 ──── br6 ──── j eth0        j eth1 ──── br4 ──── n4
    2001:db8::8  └──── k eth0        k eth1 ──────┘   192.0.2.8
                       j eth2 ──── brs ──── k eth2          the synchronization link

j is .4 and k is .5 on every link; the active node has 2001:db8::1 and 192.0.2.1, too.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from .instances import add_instance, add_pool4, update
from .netlink import OP_INSTANCE_FLUSH, Kernel
from .process import at_end, clean_up, namespace, run, wait_for
from .records import ICMP, TCP, UDP
from .rtnetlink import Links
from .synthetic import POOL4, POOL4_PORTS

NODES = {"j": 4, "k": 5}
NAMESPACES = ("j", "k", "n6", "n4")
VIRTUAL6, VIRTUAL4 = "2001:db8::1", "192.0.2.1"
GROUP6, GROUP4, PORT = "ff08::db8:64:64", "233.252.0.64", 6464
OURS, C = Path(os.environ["JOOL_BIN"]), Path(os.environ["JOOL_C"])
MODULES = Path(os.environ["JOOL_MODULES"])

# ------------------------------------------------------------------------------------------------------- modules


def loaded() -> set[str]:
    return {line.split()[0] for line in Path("/proc/modules").read_text().splitlines()}


def load_modules(*names: str) -> None:
    if "jool_common" not in loaded():
        run("modprobe", "-a", "nf_defrag_ipv4", "nf_defrag_ipv6", "x_tables")
        run("insmod", MODULES / "jool_common.ko")
    for name in names or ("jool",):
        if name not in loaded():
            run("insmod", MODULES / f"{name}.ko")


def unload_modules() -> None:
    for name in ("jool", "jool_siit", "jool_common"):
        if name in loaded():
            wait_for(f"rmmod {name}", lambda: run("rmmod", name, check=False).status == 0, timeout=15, every=0.2)


# ------------------------------------------------------------------------------------------------------ topology


def _batch(lines: Iterable[str]) -> None:
    run("ip", "-batch", "-", input="\n".join(lines) + "\n")


def build() -> None:
    """Creates namespaces, links and addresses, without Jool."""
    run("modprobe", "-a", "veth", "bridge")
    # No snooping, because a bridge without a querier forgets the members of a group after a while.
    lines = [f"netns add {name}" for name in NAMESPACES]
    for bridge in ("br6", "br4", "brs"):
        lines += [f"link add {bridge} type bridge mcast_snooping 0", f"link set {bridge} up"]
    links = [(node, device, bridge) for node in NODES for device, bridge in (("eth0", "br6"), ("eth1", "br4"), ("eth2", "brs"))]
    for node, device, bridge in [*links, ("n6", "eth0", "br6"), ("n4", "eth0", "br4")]:
        lines += [
            f"link add {node}{device} type veth peer name {device} netns {node}",
            f"link set {node}{device} master {bridge} up",
        ]
    _batch(lines)
    for name in NAMESPACES:
        devices = ["lo", "eth0", "eth1", "eth2"] if name in NODES else ["lo", "eth0"]
        with namespace(name):
            # Without promote_secondaries, a node whose virtual address is the first of its network on eth1 loses its
            # own address with it.
            ones = "net/ipv6/conf/all/forwarding", "net/ipv4/conf/all/forwarding", "net/ipv4/conf/all/promote_secondaries"
            for setting in ones:
                Path("/proc/sys", setting).write_text("1")
            for setting in ("net/ipv6/conf/default/accept_dad", "net/ipv6/conf/all/accept_dad"):
                Path("/proc/sys", setting).write_text("0")
            _batch(f"link set {device} up" for device in devices)
    with namespace("n6"):
        _batch(["addr add 2001:db8::8/96 dev eth0 nodad", f"route add 64:ff9b::/96 via {VIRTUAL6}"])
    with namespace("n4"):
        _batch(["addr add 192.0.2.8/24 dev eth0", f"route add {POOL4} via {VIRTUAL4}"])
    for node in NODES:
        restore_links(node)
    claim("j")


def restore_links(node: str) -> None:
    """Brings a node's links up, with its permanent addresses (a link that goes down loses its IPv6 addresses)."""
    number = NODES[node]
    with Links(None) as links:
        links.remove_qdisc(f"{node}eth2")
    with Links(node) as links:
        for device in ("eth0", "eth1", "eth2"):
            links.up(device)
        for address, device in (
            (f"2001:db8::{number}/96", "eth0"), (f"192.0.2.{number}/24", "eth1"),
            (f"2001:db8:ff08::{number}/96", "eth2"), (f"203.0.113.{number}/24", "eth2"),
        ):
            links.replace_address(address, device)


def release(node: str) -> None:
    """Removes the virtual addresses from a node."""
    with Links(node) as links:
        links.remove_address(f"{VIRTUAL6}/96", "eth0")
        links.remove_address(f"{VIRTUAL4}/24", "eth1")


def claim(node: str) -> None:
    """Adds the virtual addresses to a node and announces them to the neighbours, as keepalived does."""
    with Links(node) as links:
        links.replace_address(f"{VIRTUAL6}/96", "eth0")
        links.replace_address(f"{VIRTUAL4}/24", "eth1")
    with namespace(node):
        announce()


def announce(text6: str = VIRTUAL6, text4: str = VIRTUAL4) -> None:
    """Sends a gratuitous ARP on eth1 and an unsolicited neighbour advertisement on eth0 for the virtual addresses."""
    mac0, mac1 = _mac("eth0"), _mac("eth1")
    address4, address6 = socket.inet_aton(text4), socket.inet_pton(socket.AF_INET6, text6)
    arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac1 + address4 + b"\xff" * 6 + address4
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind(("eth1", 0))
        raw.send(b"\xff" * 6 + mac1 + b"\x08\x06" + arp)
    all_nodes = socket.inet_pton(socket.AF_INET6, "ff02::1")
    advertisement = struct.pack("!BBHI", 136, 0, 0, 0xA0000000) + address6 + bytes([2, 1]) + mac0
    pseudo = address6 + all_nodes + struct.pack("!II", len(advertisement), 58)
    checksum = _checksum(pseudo + advertisement)
    advertisement = advertisement[:2] + struct.pack("!H", checksum) + advertisement[4:]
    header = struct.pack("!IHBB", 6 << 28, len(advertisement), 58, 255) + address6 + all_nodes
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind(("eth0", 0))
        raw.send(b"\x33\x33\x00\x00\x00\x01" + mac0 + b"\x86\xdd" + header + advertisement)


def _mac(device: str) -> bytes:
    # Not from /sys, which shows the namespace in which it was mounted.
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind((device, 0))
        return raw.getsockname()[4]


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def add_third() -> None:
    """Adds a third node, l, with only a sync link, so that it never translates. It is removed at the end of the
    scenario."""
    add_host("l", 6)
    make_instance("l")


def add_host(name: str, number: int) -> None:
    """Adds a machine without an instance to the sync link, until the end of the scenario."""
    _batch([f"netns add {name}", f"link add {name}eth2 type veth peer name eth2 netns {name}", f"link set {name}eth2 master brs up"])
    at_end(lambda: run("ip", "netns", "del", name))
    with namespace(name):
        Path("/proc/sys/net/ipv6/conf/all/accept_dad").write_text("0")
        addresses = [f"addr add 2001:db8:ff08::{number}/96 dev eth2 nodad", f"addr add 203.0.113.{number}/24 dev eth2"]
        _batch(["link set lo up", "link set eth2 up", *addresses])


def add_pair(first: str, second: str) -> None:
    """Adds two nodes that are connected by their eth0, which is down. They are removed at the end of the scenario."""
    _batch([f"netns add {first}", f"netns add {second}"])
    for name in (first, second):
        at_end(lambda name=name: run("ip", "netns", "del", name))
        with namespace(name):
            Path("/proc/sys/net/ipv6/conf/default/accept_dad").write_text("0")
            Path("/proc/sys/net/ipv6/conf/all/accept_dad").write_text("0")
            _batch(["link set lo up"])
    _batch([f"link add eth0 netns {first} type veth peer name eth0 netns {second}"])


# ----------------------------------------------------------------------------------------------------- instances


def jool(program: Path, ns: str, *words: str, check: bool = True, **options: object):
    """Runs `jool` of OURS or C in a namespace."""
    return run(program / "jool", *words, ns=ns, check=check, **options)  # type: ignore[arg-type]


def make_instance(node: str, synchronize: bool = True) -> None:
    """Creates an instance as on J and K in the tutorial."""
    with Kernel(node) as kernel:
        add_instance(kernel, "64:ff9b::/96")
        add_pool4(kernel, VIRTUAL4, "61001-65535", (TCP, UDP))
        add_pool4(kernel, VIRTUAL4, "0-65535", (ICMP,))
        if synchronize:
            update(kernel, ss_enabled=1)


def make_roomy(*nodes: str) -> None:
    """Gives instances a pool4 that is large enough for `synthetic` sessions, and timeouts that are long enough."""
    for node in nodes:
        with Kernel(node) as kernel:
            add_pool4(kernel, POOL4, POOL4_PORTS, force=True)
            update(kernel, icmp_timeout=300_000)


def configure(*nodes: str, **settings: int) -> None:
    """Changes global variables of the nodes' instances: `configure("j", udp_timeout=200_000)`. Times are in
    milliseconds."""
    for node in nodes:
        with Kernel(node) as kernel:
            update(kernel, **settings)


def reset() -> None:
    """Restores the initial state of a scenario: modules, links, the virtual addresses on j, no instances, no
    processes."""
    clean_up()
    load_modules("jool")
    for node in NODES:
        with Kernel(node) as kernel:
            kernel.request(OP_INSTANCE_FLUSH)
        restore_links(node)
        release(node)
        sabotage(node)
    claim("j")


def sabotage(node: str) -> None:
    """Breaks the sync link on purpose: $BREAK=loss drops a third of its datagrams, $BREAK=cut all of them.

    This shows that scenarios detect the loss (README.md, "Shown to fail"). Normal runs do not set it.
    """
    percent = {"loss": "30%", "cut": "100%"}.get(os.environ.get("BREAK", ""))
    if percent:
        run("modprobe", "sch_netem")
        run("tc", "qdisc", "add", "dev", f"{node}eth2", "root", "netem", "loss", percent)


def make_both(synchronize: bool = True) -> None:
    for node in NODES:
        make_instance(node, synchronize=synchronize)
