"""The demonstration, inside the VM: see `demo`."""

from __future__ import annotations

import sys
import time

from lab import network
from lab.network import NODES, OURS, VIRTUAL4, jool
from lab.process import Failed, clean_up, wait_for
from lab.proxies import GROUP6, PORT, Proxy
from lab.traffic import Ping, TCPTransfer, UDPEcho
from scenarios.tutorial import lose

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
started = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - started:5.1f} s] {text}", flush=True)


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
    # Sessions travel when a packet of them is full or this many milliseconds after the last: 2000 unless told.
    jool(OURS, node, "global", "update", "ss-flush-deadline", "200")


def table(node: str) -> dict[Row, str]:
    """What `jool session display` says on a node: session → time left."""
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
    say("making the network of the tutorial")
    network.build()
    network.reset()
    say("configuring both NAT64s")
    for node in NODES:
        configure(node)
    proxy = f"session proxy --net.mcast.addr {GROUP6} --net.mcast.port {PORT} --net.dev.in eth2 --net.dev.out eth2"
    typed = proxy.replace(" --net.dev.in", " \\\n                --net.dev.in")
    for node in NODES:
        print(f"          {node.upper()}# jool -i default {typed} &", flush=True)
        Proxy(node, argv=(OURS / "jool", "-i", "default", *proxy.split()))
    say("both proxies are listening; starting a ping, a UDP exchange and a TCP transfer through J")
    ping, echo, tcp = Ping(), UDPEcho(), TCPTransfer()
    ping.wait_more(3)
    echo.exchange()
    tcp.wait_more(8192)
    wait_for("K knows J's sessions", lambda: (on_j := table("j").keys()) and on_j <= table("k").keys(), timeout=15)
    say("the sessions of J and what K knows of them:")
    on_j, on_k = table("j"), table("k")
    show(on_j, on_k)

    say("J is taken away: links down, instance removed. K claims the virtual addresses, as keepalived would")
    bytes_before, pings_before = tcp.at_server, len(ping.received)
    lose("j")
    network.claim("k")
    moved = time.monotonic()
    tcp.wait_more(8192)
    say(f"TCP goes on: new bytes at both ends {time.monotonic() - moved:.2f} s after the move")
    echo.exchange()
    say("UDP goes on: the server answers the same source address and port")
    ping.wait_more(3)
    say("ping goes on; K's table, in which J's sessions serve:")
    after = table("k")
    show({}, after)
    if after.keys() != on_k.keys():
        raise Failed("K made sessions of its own instead of using J's")
    if len(set(echo.peers)) != 1:
        raise Failed(f"the UDP server saw different clients: {set(echo.peers)}")
    tcp.finish()
    say(f"TCP: {tcp.at_server:,} bytes arrived, each checked; {bytes_before:,} of them through J, the rest through K")
    say(f"ping: {len(ping.received)} answers, {pings_before} of them through J")
    say("every connection that J had lives on K, in the same session.")


try:
    demonstrate()
except Failed as failure:
    say(f"FAILED: {failure}")
    sys.exit(1)
finally:
    clean_up()
