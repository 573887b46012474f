"""Replays the pages of Jool 4.1: `jool session`, joold(8) and the tutorial. Each table has the commands as they are
printed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from lab.netlink import session_count
from lab.network import POOL4, VIRTUAL4, add_pair, claim, make_both, release
from lab.pages import COUNTERS, Ongoing, Shown, directory, replay, same, shell
from lab.process import expect, run, wait_for
from lab.runner import ENDS, MIDDLE, NOWHERE, ONCE, scenario
from lab.synthetic import load
from lab.traffic import Ping, TCPTransfer, UDPEcho

from .pages35 import LINE, TABLE, prepare_sessions, tcp_session
from .tutorial import shut_down

TIME = r"\d+:\d{2}:\d{2}(\.\d{3})?"


def tcp41(named: bool) -> str:
    return same(LINE) + tcp_session(6617, 58237, named, TIME) + tcp_session(60477, 58239, named, TIME)


ICMP41 = (
    same(LINE) + rf"Expires in {TIME}\n"
    + same("Remote: 93.184.216.119#1402\t2001:db8::2#13371\nLocal: 192.0.2.1#1402\t64:ff9b::5db8:d877#13371\n" + LINE)
)
HEADER = r"Protocol,IPv6 Remote Address,[^\n]+\n"
ROWS = rf"(TCP,2001:db8::2,\d+,64:ff9b::5db8:d877,80,192\.0\.2\.1,\d+,93\.184\.216\.119,80,{TIME},V4_FIN_V6_FIN_RCV\n){{2}}"
STATISTICS = 'echo "" | nc -u 127.0.0.1 45678'


@scenario("the page of `jool session`, as it is printed: display", desk=ENDS)
def session_display() -> None:
    prepare_sessions()
    replay("session display", "j", [
        Shown("jool session display", tcp41(True)),
        Shown("jool session display --tcp --numeric", tcp41(False)),
        Shown("jool session display --numeric --csv > session.csv"), Shown("cat session.csv", HEADER + ROWS),
        # The Syntax block.
        Shown("jool -i default session display --icmp --numeric", ICMP41),
        Shown("jool session display --udp", same(LINE)),
        Shown("jool session display --tcp --numeric --csv --no-headers", ROWS),
        Shown("jool session display --udp --csv --no-headers"),
        Shown("jool session display --icmp --csv --numeric", HEADER + rf"ICMP,2001:db8::2,13371,[^\n]+,1402,{TIME}[^\n]*\n"),
    ])


@scenario("the page of `jool session`, as it is printed: follow, proxy with each option, advertise, the statistics", desk=MIDDLE)
def session_proxy() -> None:
    make_both(synchronize=False)
    replay("session", "j", [Shown('jool -i "default" global update ss-enabled true')])
    replay("session", "k", [Shown("jool global update ss-enabled true")])
    for node in "jk":
        shell("jool global update ss-flush-deadline 100", node)
    follow = Ongoing('jool -i "default" session follow', "j")
    Ping()
    wait_for("follow prints", lambda: "ICMP" in follow.out)
    echo, tcp = UDPEcho(), TCPTransfer()
    echo.exchange()
    tcp.wait_more(1024)
    for protocol in ("TCP", "UDP", "ICMP"):
        row = rf"(?m)^{protocol},2001:db8::8,\d+,192\.0\.2\.1,\d+,192\.0\.2\.8,\d+,{TIME}$"
        wait_for(f"{protocol} in the output of follow", lambda: matches(row, follow.out))
    follow.end()

    full = (
        "jool session proxy --net.mcast.port=6464 --net.dev.in=eth2 --net.dev.out=eth2 --net.ttl=3 "
        "--stats.address=127.0.0.1 --stats.port=45678 ff08::db8:64:64"
    )
    Ongoing(f"{full} &", "j")
    Ongoing(full.replace("=", " "), "k")
    wait_for("k has j's sessions", lambda: session_count("k") >= 3)
    for node in "jk":
        answered(node, STATISTICS)
    replay("session", "j", [Shown("jool session advertise")])
    tcp.finish()
    echo.close()


@scenario("the page of `jool session`, as it is printed: the defaults of the statistics server and of the port", **ONCE, desk=NOWHERE)
def session_proxy_defaults() -> None:
    make_both()
    devices = "--net.dev.in=eth2 --net.dev.out=eth2"
    for option, address, port in (
        ("", "", 0), ("--stats.port=45678", "127.0.0.1", 45678), ("--stats.port=45678", "::1", 45678),
        ("--stats.address=::1", "::1", 6401), ("--stats.address=0.0.0.0", "127.0.0.1", 6401),
    ):
        proxy = Ongoing(f"jool session proxy {devices} {option} ff08::db8:64:64", "j")
        wait_for("the proxy listens on port 6400", lambda: 6400 in ports("j"))
        if port:
            answered("j", f'echo "" | nc -u {address} {port}')
        else:
            expect(6401 not in ports("j"), "there is a statistics server without a request")
        proxy.end()
        wait_for("the proxy ends", lambda: 6400 not in ports("j"))


def matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def answered(node: str, query: str) -> None:
    """Waits until a proxy's statistics server answers with the lines of the page."""
    wait_for(f"an answer to `{query}`", lambda: matches(rf"\A{COUNTERS}\Z", shell(query, node).out))


def ports(node: str) -> set[int]:
    """The UDP ports in use."""
    lines = shell("cat /proc/net/udp /proc/net/udp6", node).out.splitlines()
    return {int(line.split()[1].rpartition(":")[2], 16) for line in lines if ":" in line}


CONFIGURATION = {
    "instance": "default", "framework": "netfilter",
    "global": {"pool6": "64:ff9b::/96", "ss-enabled": True, "ss-flush-deadline": 100},
    "pool4": [{"protocol": name, "prefix": "192.0.2.1", "port range": "61001-65535"} for name in ("TCP", "UDP", "ICMP")],
}
BASIC = [
    Shown("jool --file same-config-as-everyone-else.json", err=r"Hint: Jool 4 spells this: jool file handle [^\n]+\n"),
    Shown("jool instance status", r"Running\n"),
]
IPV6 = ["ip addr add 2001:db8:ff08::{number}/96 dev eth0", "ip link set eth0 up"]
IPV4 = ["ip addr add 192.0.2.{number}/24 dev eth0", "ip link set eth0 up"]
NETSOCKET = {
    "ipv6": '{\n"multicast address": "ff08::db8:64:64",\n"multicast port": "6464",\n'
    '"in interface": "eth0",\n"out interface": "eth0",\n"ttl": 3\n}\n',
    "ipv4": '{\n"multicast address": "233.252.0.64",\n"multicast port": "6464",\n'
    '"in interface": "192.0.2.1",\n"out interface": "192.0.2.1",\n"ttl": 3\n}\n',
}


def joold_example(family: str, commands: list[str]) -> None:
    """Runs an example of the page on two nodes; the second one has another address."""
    add_pair("a", "b")
    (directory() / "same-config-as-everyone-else.json").write_text(json.dumps(CONFIGURATION))
    (directory() / "modsocket.json").write_text('{ "instance": "default" }\n')
    for number, node in ((4 if family == "ipv6" else 1, "a"), (5, "b")):
        text = NETSOCKET[family].replace("192.0.2.1", f"192.0.2.{number}")
        (directory() / f"{family}-netsocket.json").write_text(text)
        replay("joold(8)", node, [
            *BASIC, *(Shown(command.format(number=number)) for command in commands),
            Shown(f"cat {family}-netsocket.json", same(text)), Shown("cat modsocket.json", same('{ "instance": "default" }\n')),
        ])
        Ongoing(f"joold {family}-netsocket.json modsocket.json 45678 &", node)
        answered(node, STATISTICS)
    # Ports outside the machine's ephemeral range, because newer modules refuse files with such ports.
    load("a", [replace(one, port4=61001 + number) for number, one in enumerate(TABLE)])
    replay("joold(8)", "a", [Shown("jool session advertise")])
    wait_for("b has a's sessions", lambda: session_count("b") == len(TABLE))
    answered("b", STATISTICS)


@scenario("joold(8), as it is printed: the IPv6 example and the statistics", desk=MIDDLE)
def joold_ipv6() -> None:
    joold_example("ipv6", IPV6)


@scenario("joold(8), as it is printed: the IPv4 example and the statistics", **ONCE, desk=NOWHERE)
def joold_ipv4() -> None:
    joold_example("ipv4", IPV4)


@scenario("joold(8), as it is printed: default file names, and invalid configurations", **ONCE)
def joold_defaults() -> None:
    add_pair("a", "b")
    (directory() / "broken.json").write_text('{ "instance": "default" ')
    (directory() / "netsocket.json").write_text(NETSOCKET["ipv6"])
    (directory() / "modsocket.json").write_text('{ "instance": "default" }\n')
    (directory() / "same-config-as-everyone-else.json").write_text(json.dumps(CONFIGURATION))
    hint = r"Hint: Jool 4 spells this: [^\n]+\n"
    replay("joold(8)", "a", [
        Shown("jool --file missing.json", err=hint + r'Error: Could not open file "missing\.json": No such file or directory\n', status=2),
        Shown("jool --file broken.json", err=hint + r"Error: [\s\S]+\(broken\.json:\d+:\d+: [\s\S]+", status=234),
        Shown("jool -i other --file same-config-as-everyone-else.json", err=hint + r"Error: The -i command line argument \(other\)[\s\S]+", status=234),
        Shown("jool --file same-config-as-everyone-else.json instance status", r"Dead\n[\s\S]+"),
        *BASIC,
        Shown("jool --file same-config-as-everyone-else.json --force", err=hint),
        Shown("ip link set eth0 up"),
    ])
    Ongoing("joold", "a")
    wait_for("joold listens", lambda: 6464 in ports("a"))


J = """
ip addr add 2001:db8::4/96 dev eth0
ip addr add 192.0.2.4/24 dev eth1
ip addr add 2001:db8:ff08::4/96 dev eth2

ip addr add 2001:db8::1/96 dev eth0
ip addr add 192.0.2.1/24 dev eth1
"""
K = """
ip addr add 2001:db8::5/96 dev eth0
ip addr add 192.0.2.5/24 dev eth1
ip addr add 2001:db8:ff08::5/96 dev eth2
"""
BOTH = """
sysctl -w net.ipv4.conf.all.forwarding=1
sysctl -w net.ipv6.conf.all.forwarding=1

modprobe jool
# Notice that the instance name will default to "default" in this example.
jool instance add --netfilter --pool6 64:ff9b::/96
jool pool4 add --tcp 192.0.2.1 61001-65535
jool pool4 add --udp 192.0.2.1 61001-65535
jool pool4 add --icmp 192.0.2.1 0-65535
"""
N6 = """
ip addr add 2001:db8::8/96 dev eth0
ip route add 64:ff9b::/96 via 2001:db8::1
"""
N4 = "ip addr add 192.0.2.8/24 dev eth0\n"
FLAGS = "--net.mcast.addr ff08::db8:64:64 --net.mcast.port 6464 --net.dev.in eth2 --net.dev.out eth2"
DAEMON = """jool -i "default" session proxy			\\
	--net.mcast.addr ff08::db8:64:64	\\
	--net.mcast.port 6464			\\
	--net.dev.in eth2			\\
	--net.dev.out eth2			\\
	&
"""
RESTART = r"""modprobe jool \
		&& jool instance add --netfilter --pool6 64:ff9b::/96 \
		&& jool pool4 add tcp 192.0.2.1 61001-65535 \
		&& jool pool4 add udp 192.0.2.1 61001-65535 \
		&& jool pool4 add icmp 192.0.2.1 0-65535 \
		&& jool global update ss-enabled true \
		&& jool session proxy (...) &
""".replace("(...)", FLAGS)
PINGED = same(LINE) + (
    rf"(Expires in {TIME}\nRemote: 192\.0\.2\.8#(\d+)\t2001:db8::8#\d+\n"
    r"Local: 192\.0\.2\.1#\d+\t64:ff9b::c000:208#\d+\n-{33}\n)+"
)
PING_DISPLAY = "jool session display --icmp --numeric"


@scenario("the tutorial, as it is printed, to its end", desk=MIDDLE)
def tutorial() -> None:
    run("ip", "route", "del", "64:ff9b::/96", ns="n6")
    for node, commands in (("j", J + BOTH), ("k", K + BOTH), ("n6", N6), ("n4", N4)):
        for device in ("eth0", "eth1", "eth2") if node in "jk" else ("eth0",):
            run("ip", "addr", "flush", "dev", device, "scope", "global", ns=node)
        replay("tutorial", node, [Shown(line, r"(net\.[^\n]+\n)?") for line in commands.splitlines()])
    run("ip", "route", "replace", POOL4, "via", VIRTUAL4, ns="n4")
    for node in "jk":
        replay("tutorial", node, [Shown("jool global update ss-enabled true")])
    proxies = {node: Ongoing(DAEMON, node) for node in "jk"}
    claim("j")
    # n6 sends from its link-local address while the other one is tentative.
    wait_for("n6's address", lambda: not run("ip", "-6", "addr", "show", "tentative", ns="n6").out)
    ping = Ongoing("ping6 64:ff9b::192.0.2.8", "n6")
    for node in "jk":
        wait_for(f"the ping's session on {node}", lambda: matches(rf"\A{PINGED}\Z", shell(PING_DISPLAY, node).out))
    before = addresses("k")
    replay("tutorial", "j", [Shown("jool", r"[\s\S]+")])  # keepalived's check

    proxies["j"].end()
    shut_down("j")
    expect(shell("jool", "j").status != 0, "keepalived's check `jool` succeeds without an instance")
    claim("k")
    answers = ping.out.count(" bytes from ")
    wait_for("the ping continues through k", lambda: ping.out.count(" bytes from ") > answers + 2)
    expect(addresses("k") == before, f"k has another session: {addresses('k')}, before {before}")

    replay("tutorial", "j", [Shown(f"ip link set {device} up") for device in ("eth0", "eth1", "eth2")])
    replay("tutorial", "j", [Shown("ip addr replace 2001:db8:ff08::4/96 dev eth2")])
    Ongoing(RESTART, "j")
    wait_for("the proxy of j runs again", lambda: 6464 in ports("j"))
    replay("tutorial", "k", [Shown("jool session advertise")])
    wait_for("j has k's session", lambda: before <= addresses("j"))
    release("k")


def addresses(node: str) -> set[str]:
    """Both ends of each ICMP session."""
    return {line for line in shell(PING_DISPLAY, node).out.splitlines() if line.startswith(("Remote", "Local"))}
