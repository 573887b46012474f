"""Links other than one multicast group on one interface."""

from __future__ import annotations

from lab.crowd import Crowd, make_eager
from lab.network import GROUP6, NODES, OURS
from lab.process import expect_equal, run
from lab.proxies import Proxy, wait_ready
from lab.runner import LATER, note, scenario

from .sync import expect_equal_tables, impair_links, status, take_over, wait_equal


@scenario("peers with configured addresses stay equal without multicast, and accept no other node", before=LATER)
def unicast() -> None:
    make_eager()
    addresses = {node: f"2001:db8:ff08::{number}" for node, number in NODES.items()}
    words = ("--net.mcast.port", "6464", "--net.format", "ss2")
    other = {"j": "k", "k": "j"}
    for node in NODES:
        run("ip", "link", "set", "eth2", "multicast", "off", ns=node)
        argv = (OURS / "jool", "session", "proxy", *words, "--net.peer", f"[{addresses[other[node]]}]:6464")
        Proxy(node, argv=argv, unicast=True)
    wait_ready(*NODES)
    impair_links("loss", "5%")
    crowd = Crowd()
    for active in NODES:
        take_over(active)
        crowd.open(1000)
    note(f"equal {wait_equal('5 % loss', crowd.opened):.1f} s after the last packet")
    impair_links()
    expect_equal_tables(2000)
    expect_equal([peer["address"] for peer in status("j")["peers"]], [addresses["k"]], "j's peers")


@scenario("nothing is lost when one of two sync links is cut during a transfer", before=LATER)
def two_links() -> None:
    make_eager()
    devices = ("--net.dev.in", "eth0", "--net.dev.out", "eth0", "--net.dev.in", "eth2", "--net.dev.out", "eth2")
    for node in NODES:
        Proxy(node, argv=(OURS / "jool", "session", "proxy", "--net.mcast.port", "6464", *devices, GROUP6))
    wait_ready(*NODES)
    crowd = Crowd()
    crowd.open(500)
    impair_links("loss", "100%")
    crowd.open(1500)
    note(f"equal {wait_equal('one link was cut', crowd.opened, timeout=15):.1f} s after the last packet")
    impair_links()
    crowd.open(500)
    wait_equal("the link was restored", crowd.opened)
    expect_equal_tables(2500)
    lost = [peer["lost"] for peer in status("k")["peers"]]
    expect_equal(lost, [0], "updates that k could not recover")
