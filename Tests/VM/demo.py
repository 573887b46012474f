"""The demonstration, inside the VM: see `demo`."""

from __future__ import annotations

import sys
import time

from lab import network
from lab.network import NODES, OURS, VIRTUAL4, jool
from lab.process import Failed, clean_up, wait_for
from lab.proxies import GROUP6, PORT, Proxy
from lab.traffic import Ping, TCPTransfer, UDPEcho
from scenarios.tutorial import shut_down

PICTURE = """
        n6  IPv6 client                          n4  IPv4 server
        2001:db8::8                              192.0.2.8
             |        +-------- J --------+          |
             +--------|  NAT64, active    |----------+
             |        +---------+---------+          |
             |            eth2  | session sync       |
             |        +---------+---------+          |
             +--------|  NAT64, standby   |----------+
                      +-------- K --------+
"""
PROTOCOLS = ("tcp", "udp", "icmp")
Row = tuple[str, str, str, str]
begun = time.monotonic()


def log(text: str) -> None:
    print(f"[{time.monotonic() - begun:5.1f} s] {text}", flush=True)


def configure(node: str) -> None:
    commands = [
        "instance add --netfilter --pool6 64:ff9b::/96",
        f"pool4 add --tcp {VIRTUAL4} 61001-65535",
        f"pool4 add --udp {VIRTUAL4} 61001-65535",
        f"pool4 add --icmp {VIRTUAL4} 0-65535",
        "global update ss-enabled true",
    ]
    for command in commands:
        print(f"          {node.upper()}# jool {command}", flush=True)
        jool(OURS, node, *command.split())
    # The module sends a packet of sessions when it is full, or this many milliseconds after the last (default 2000).
    jool(OURS, node, "global", "update", "ss-flush-deadline", "200")


def table(node: str) -> dict[Row, str]:
    """The sessions that `jool session display` prints on a node: session → time left."""
    found: dict[Row, str] = {}
    for protocol in PROTOCOLS:
        text = jool(OURS, node, "session", "display", f"--{protocol}", "--csv", "--numeric", "--no-headers").out
        for line in text.splitlines():
            kind, client, client_port, _, _, mask, mask_port, server, server_port, left = line.split(",")[:10]
            found[kind, f"{client}#{client_port}", f"{mask}#{mask_port}", f"{server}#{server_port}"] = left.partition(".")[0]
    return found


def show(j: dict[Row, str], k: dict[Row, str]) -> None:
    widths = (4, 24, 19, 16)
    heads = ("", "IPv6 client", "seen from IPv4 as", "IPv4 server")
    print()
    print("  " + "  ".join(f"{head:{width}}" for head, width in zip(heads, widths)) + "   left on J  left on K")
    print("  " + "-" * (sum(widths) + 8 + 22))
    for row in sorted(j | k):
        cells = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths))
        print(f"  {cells}   {j.get(row, '-'):>9}  {k.get(row, '-'):>9}")
    print(flush=True)


def demonstrate() -> None:
    print(PICTURE, flush=True)
    log("building the network of the tutorial")
    network.build()
    network.reset()
    log("configuring both NAT64s")
    for node in NODES:
        configure(node)
    proxy = f"session proxy --net.mcast.addr {GROUP6} --net.mcast.port {PORT} --net.dev.in eth2 --net.dev.out eth2"
    typed = proxy.replace(" --net.dev.in", " \\\n                --net.dev.in")
    for node in NODES:
        print(f"          {node.upper()}# jool -i default {typed} &", flush=True)
        Proxy(node, argv=(OURS / "jool", "-i", "default", *proxy.split()))
    log("both proxies are listening; starting a ping, a UDP exchange and a TCP transfer through J")
    ping, echo, tcp = Ping(), UDPEcho(), TCPTransfer()
    ping.wait_more(3)
    echo.exchange()
    tcp.wait_more(8192)
    wait_for("K has J's sessions", lambda: (on_j := table("j").keys()) and on_j <= table("k").keys(), timeout=15)
    log("the sessions on J and on K:")
    on_j, on_k = table("j"), table("k")
    show(on_j, on_k)

    log("J is shut down: links down, instance removed. K takes over the virtual addresses, as with keepalived")
    bytes_before, pings_before = tcp.at_server, len(ping.received)
    shut_down("j")
    network.claim("k")
    moved = time.monotonic()
    tcp.wait_more(8192)
    log(f"TCP continues: new bytes at both ends {time.monotonic() - moved:.2f} s after the move")
    echo.exchange()
    log("UDP continues: the server answers the same source address and port")
    ping.wait_more(3)
    log("ping continues; the table on K, with J's sessions:")
    after = table("k")
    show({}, after)
    if after.keys() != on_k.keys():
        raise Failed("K created its own sessions instead of using J's")
    if len(set(echo.peers)) != 1:
        raise Failed(f"the UDP server saw different clients: {set(echo.peers)}")
    tcp.finish()
    log(f"TCP: {tcp.at_server:,} bytes arrived and were correct; {bytes_before:,} of them through J, the rest through K")
    log(f"ping: {len(ping.received)} answers, {pings_before} of them through J")
    log("every connection through J continues through K, in the same session.")


try:
    demonstrate()
except Failed as failure:
    log(f"FAILED: {failure}")
    sys.exit(1)
finally:
    clean_up()
