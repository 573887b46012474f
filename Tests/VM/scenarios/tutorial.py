"""The tutorial to its end, spelled as the tutorial spells it, with our programs alone."""

from __future__ import annotations

import time

from lab.netlink import session_count
from lab.network import NODES, OURS, VIRTUAL4, claim, jool, release
from lab.process import expect, expect_equal, run, wait_for
from lab.proxies import GROUP6, Proxy, wait_ready
from lab.runner import ENDS, MIDDLE, note, scenario
from lab.traffic import Ping, TCPTransfer, UDPEcho

PROXY = f"-i default session proxy --net.mcast.addr {GROUP6} --net.mcast.port 6464 --net.dev.in eth2 --net.dev.out eth2"


def configure(node: str, pool4_style: str) -> None:
    """The commands that the tutorial types on each node."""
    jool(OURS, node, "instance", "add", "--netfilter", "--pool6", "64:ff9b::/96")
    for protocol, ports in (("tcp", "61001-65535"), ("udp", "61001-65535"), ("icmp", "0-65535")):
        jool(OURS, node, "pool4", "add", pool4_style + protocol, VIRTUAL4, ports)
    jool(OURS, node, "global", "update", "ss-enabled", "true")


def start_proxy(node: str) -> Proxy:
    return Proxy(node, argv=(OURS / "jool", *PROXY.split()))


def rows(node: str, protocol: str) -> set[str]:
    """The sessions of a node without expiration and state, which change over time."""
    text = jool(OURS, node, "session", "display", f"--{protocol}", "--csv", "--no-headers", "--numeric").out
    return {",".join(line.split(",")[:9]) for line in text.splitlines()}


def seconds_until_on_k(start: float, protocol: str, timeout: float) -> float:
    """The seconds from `start` until k has all of j's sessions of a protocol, at least one."""
    wait_for(
        f"{protocol} sessions of j on k",
        lambda: (on_j := rows("j", protocol)) and on_j <= rows("k", protocol), timeout, every=0.02,
    )
    return time.monotonic() - start


def shut_down(node: str) -> None:
    """Shuts a node down: first its links, then its instance.

    A node that has failed must send nothing. In any other order, without the instance or with eth1 but without eth0, its
    own network stack would answer packets for 192.0.2.1 with resets.
    """
    run("ip", "-batch", "-", ns=node, input="".join(f"link set {device} down\n" for device in ("eth1", "eth0", "eth2")))
    jool(OURS, node, "instance", "remove")


@scenario("the tutorial works to its end with our programs: j's connections continue through k", desk=ENDS)
def tutorial() -> None:
    configure("j", "--")
    configure("k", "")
    for node in NODES:
        jool(OURS, node, "global", "update", "ss-flush-deadline", "100")
        start_proxy(node)

    ping, echo, tcp = Ping(), UDPEcho(), TCPTransfer()
    start = time.monotonic()
    ping.wait_more(3)
    echo.exchange()
    tcp.wait_more(4096)
    note(f"traffic through j after {time.monotonic() - start:.2f} s")
    for protocol in ("tcp", "udp", "icmp"):
        seconds_until_on_k(start, protocol, timeout=10)
    before = {protocol: rows("k", protocol) for protocol in ("tcp", "udp", "icmp")}

    shut_down("j")
    claim("k")
    moved = time.monotonic()
    tcp.wait_more(4096)
    note(f"TCP continues through k {time.monotonic() - moved:.2f} s after the move")
    echo.exchange()
    ping.wait_more(3)
    for protocol in ("tcp", "udp", "icmp"):
        expect_equal(rows("k", protocol), before[protocol], f"k's {protocol} sessions after it took over")
    expect_equal(len(set(echo.peers)), 1, "client addresses at the UDP server")
    tcp.finish()
    note(f"TCP bytes: {tcp.at_server} to the server, {tcp.at_client} to the client; pings answered: {len(ping.received)}")
    echo.close()


@scenario("a session of each protocol is on k within a second of its first packet on j", desk=MIDDLE)
def latency() -> None:
    for node in NODES:
        configure(node, "--")
        jool(OURS, node, "global", "update", "ss-flush-deadline", "100")
        start_proxy(node)
    wait_ready(*NODES)
    measured: dict[str, float] = {}

    def expect_arrival(protocol: str, start: float) -> None:
        count = len(measured) + 1  # counted through netlink, because the start-up of a command would distort the time
        wait_for(f"{count} sessions on k", lambda: session_count("k") >= count, timeout=10, every=0.01)
        measured[protocol] = time.monotonic() - start
        expect_equal(rows("k", protocol), rows("j", protocol), f"{protocol} sessions of k")

    start = time.monotonic()
    ping = Ping()
    expect_arrival("icmp", start)
    echo = UDPEcho()
    start = time.monotonic()
    echo.exchange()
    expect_arrival("udp", start)
    start = time.monotonic()
    tcp = TCPTransfer()
    expect_arrival("tcp", start)
    expect(ping.process.alive, "ping ended")
    note(", ".join(f"{protocol} {seconds:.2f} s" for protocol, seconds in measured.items()))
    tcp.finish()
    echo.close()
    late = {protocol: seconds for protocol, seconds in measured.items() if seconds > 1.0}
    expect(not late, f"sessions arrived late: {late}")


@scenario("j returns, receives k's advertisement and takes over again without losing a connection", desk=MIDDLE)
def comeback() -> None:
    for node in NODES:
        configure(node, "--")
        jool(OURS, node, "global", "update", "ss-flush-deadline", "100")
    proxies = {node: start_proxy(node) for node in NODES}
    tcp, ping = TCPTransfer(), Ping()
    tcp.wait_more(2048)
    ping.wait_more(2)
    seconds_until_on_k(time.monotonic(), "tcp", 10)
    seconds_until_on_k(time.monotonic(), "icmp", 10)
    release("j")
    claim("k")
    tcp.wait_more(2048)
    proxies["j"].stop()
    jool(OURS, "j", "instance", "remove")

    configure("j", "--")
    start_proxy("j")
    jool(OURS, "k", "session", "advertise")
    wait_for("j has k's sessions", lambda: rows("k", "tcp") and rows("k", "tcp") <= rows("j", "tcp"), 15)
    release("k")
    claim("j")
    tcp.wait_more(1024)
    jool(OURS, "k", "instance", "remove")
    tcp.wait_more(2048)
    ping.wait_more(2)
    tcp.finish()
