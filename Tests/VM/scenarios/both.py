"""Groups in which both nodes translate (docs/failover.md)."""

from __future__ import annotations

import statistics
import time

from lab.crowd import Crowd
from lab.netlink import Kernel
from lab.network import C, NODES, VIRTUAL4, VIRTUAL6, announce, jool, release
from lab.process import at_end, expect, expect_equal, namespace, run, wait_for
from lab.runner import ONCE, note, scenario
from lab.traffic import UDPEcho

from .sync import proxies, status


def latency(crowd: Crowd) -> list[float]:
    """The sorted delays of sessions from j to k, on which flows with another return path depend."""
    seconds = []
    with Kernel("k") as kernel:
        for count in range(kernel.session_count() + 1, kernel.session_count() + 31):
            begun = time.monotonic()
            crowd.open(1)
            wait_for(f"{count} sessions on k", lambda: kernel.session_count() >= count, timeout=10, every=0.001)
            seconds.append(time.monotonic() - begun)
            time.sleep(0.05)
    return sorted(seconds)


@scenario("both nodes translate, each with its own mask, and one takes over from the other", **ONCE)
def active_active() -> None:
    """docs/failover.md, "Both nodes translate": the mark of a node's packets selects their part of pool4."""
    gateways, masks, servers = {"j": VIRTUAL6, "k": "2001:db8::2"}, {"j": VIRTUAL4, "k": "192.0.2.2"}, {"j": "192.0.2.8", "k": "192.0.2.9"}
    run("modprobe", "-a", "sch_ingress", "cls_matchall", "act_skbedit")

    def serve(node: str, at: str) -> None:
        """Moves the gateway address and the mask of `node` to the node `at`."""
        with namespace(at):
            run("ip", "addr", "add", f"{gateways[node]}/96", "dev", "eth0", "nodad", ns=at)
            run("ip", "addr", "add", f"{masks[node]}/24", "dev", "eth1", ns=at)
            announce(gateways[node], masks[node])

    run("ip", "addr", "add", "192.0.2.9/24", "dev", "eth0", ns="n4")
    at_end(lambda: run("ip", "addr", "del", "192.0.2.9/24", "dev", "eth0", ns="n4"))
    run("ip", "route", "add", "64:ff9b::192.0.2.9/128", "via", gateways["k"], ns="n6")
    at_end(lambda: run("ip", "route", "del", "64:ff9b::192.0.2.9/128", ns="n6"))
    for mark, node in enumerate(NODES, 1):
        release(node)
        jool(C, node, "instance", "add", "--netfilter", "--pool6", "64:ff9b::/96")
        for name, value in {"ss-enabled": "true", "ss-capacity": "65536"}.items():
            jool(C, node, "global", "update", name, value)
        for other, owner in enumerate(NODES, 1):
            for protocol, ports in (("--tcp", "61001-65535"), ("--udp", "61001-65535"), ("--icmp", "0-65535")):
                jool(C, node, "pool4", "add", protocol, masks[owner], ports, "--mark", str(other))
        run("tc", "qdisc", "add", "dev", "eth0", "clsact", ns=node)
        at_end(lambda node=node: run("tc", "qdisc", "del", "dev", "eth0", "clsact", ns=node))
        run("tc", "filter", "add", "dev", "eth0", "ingress", "matchall", "action", "skbedit", "mark", str(mark), ns=node)
        serve(node, node)
    at_end(lambda: [run("ip", "addr", "del", f"{address}", "dev", device, ns="k", check=False)
                    for address, device in ((f"{gateways['k']}/96", "eth0"), (f"{masks['k']}/24", "eth1"))])
    proxies()
    flows = {node: UDPEcho(5007, servers[node]) for node in NODES}
    for node, flow in flows.items():
        flow.exchange()
        expect_equal({peer[0] for peer in flow.peers}, {masks[node]}, f"masks of {node}'s clients")

    crowd = Crowd()
    for deadline in ("100", "10", "0"):
        jool(C, "j", "global", "update", "ss-flush-deadline", deadline)
        time.sleep(2.5)  # until the proxy has detected it
        seconds = latency(crowd)
        note(f"from a packet at j to its session on k with ss-flush-deadline {deadline}: "
             f"median {statistics.median(seconds) * 1000:.0f} ms, at most {seconds[-1] * 1000:.0f} ms")
        # Without the second acknowledgement (Nudge) most of them take two seconds with 100.
        expect(seconds[-1] < 1, f"sessions are late: {seconds}")

    wait_for("both nodes have each other's settings", lambda: all(status(node)["peers"] for node in NODES), timeout=10)
    time.sleep(2)
    expect_equal([status(node)["findings"] for node in NODES], [[], []], "findings although both nodes translate")

    release("j")
    for device in ("eth0", "eth1"):
        run("ip", "link", "set", device, "down", ns="j")
    serve("j", "k")
    for node, flow in flows.items():
        flow.exchange()
        expect_equal({peer[0] for peer in flow.peers}, {masks[node]}, f"masks of {node}'s clients after k took over")
    later = UDPEcho(5008, servers["j"])
    later.exchange()
    expect_equal({peer[0] for peer in later.peers}, {masks["k"]}, "masks of later sessions")
