"""Replays the pages of Jool 3.5: `--session`, `--global`, and the examples of the other modes."""

from __future__ import annotations

import socket

from lab.network import C, jool, load_modules, make_instance
from lab.pages import HINT, Shown, replay, same, shell
from lab.process import at_end, expect_equal, replace_file, run
from lab.records import ICMP, TCP, Session
from lab.runner import LATER, MIDDLE, ONCE, scenario, some_of
from lab.synthetic import load

CLIENT, SERVER, MASK = (socket.inet_pton(socket.AF_INET6, "2001:db8::2"), *map(socket.inet_aton, ("93.184.216.119", "192.0.2.1")))

# The sessions of the pages, which the module lists in another order.
TABLE = [
    Session(TCP, CLIENT, 58239, MASK, 60477, SERVER, 80, 177_900, 5, 1),
    Session(TCP, CLIENT, 58237, MASK, 6617, SERVER, 80, 232_900, 5, 1),
    Session(ICMP, CLIENT, 13371, MASK, 1402, SERVER, 1402, 50_900),
]
LINE = "---------------------------------\n"
TIME = r"\d+ minutes, \d+ seconds"
IN_TIME = r"\d{2}:\d{2}:\d{2}\.\d{1,3}"


def tcp_session(port: int, port6: int, named: bool, time: str = TIME) -> str:
    """A session of the pages. All releases print it alike, except for the time."""
    server, client, service = ("example.com", "ipv6client.mx", "http") if named else ("93.184.216.119", "2001:db8::2", "80")
    return (
        rf"\(V4_FIN_V6_FIN_RCV\) Expires in {time}\n"
        + same(f"Remote: {server}#{service}\t{client}#{port6}\nLocal: 192.0.2.1#{port}\t64:ff9b::5db8:d877#80\n" + LINE)
    )


def tcp35(named: bool) -> str:
    both = tcp_session(6617, 58237, named) + tcp_session(60477, 58239, named)
    return same("TCP:\n" + LINE) + both + same("  (Fetched 2 entries.)\n\n")


def icmp35(named: bool) -> str:
    server, client = ("example.com", "ipv6client.mx") if named else ("93.184.216.119", "2001:db8::2")
    return (
        same("ICMP:\n" + LINE) + r"Expires in \d+ seconds\n"
        + same(f"Remote: {server}#1402\t{client}#13371\nLocal: 192.0.2.1#1402\t64:ff9b::5db8:d877#13371\n" + LINE)
        + same("  (Fetched 1 entries.)\n\n")
    )


UDP35 = same("UDP:\n" + LINE + "  (empty)\n\n")
ROW = rf"TCP,2001:db8::2,\d+,64:ff9b::5db8:d877,80,192\.0\.2\.1,\d+,93\.184\.216\.119,80,{IN_TIME},V4_FIN_V6_FIN_RCV\n"
CSV = (
    same(
        "Protocol,IPv6 Remote Address,IPv6 Remote L4-ID,IPv6 Local Address,IPv6 Local L4-ID,IPv4 Local Address,"
        "IPv4 Local L4-ID,IPv4 Remote Address,IPv4 Remote L4-ID,Expires in,State\n"
    )
    + ROW * 2 + rf"ICMP,2001:db8::2,13371,64:ff9b::5db8:d877,13371,192\.0\.2\.1,1402,93\.184\.216\.119,1402,{IN_TIME}\n"
)


def prepare_sessions() -> None:
    """Prepares the examples of the pages: names from files, and the table."""
    replace_file("/etc/nsswitch.conf", "hosts: files\nservices: files\n")
    replace_file("/etc/hosts", "93.184.216.119 example.com\n2001:db8::2 ipv6client.mx\n")
    replace_file("/etc/services", "http 80/tcp\n")
    make_instance("j")
    for protocol in ("--tcp", "--icmp"):
        jool(C, "j", "pool4", "add", protocol, "192.0.2.1", "1-65535", "--force")
    load("j", TABLE)


@scenario("the page of 3.5's --session, as it is printed", desk=MIDDLE)
def session() -> None:
    prepare_sessions()
    replay("--session", "j", [
        Shown("jool --session", tcp35(True) + UDP35 + icmp35(True), HINT),
        Shown("jool --session --display --tcp --numeric", tcp35(False), HINT),
        Shown("jool --session --display --numeric --csv > session.csv", "", HINT),
        Shown("cat session.csv", CSV),
        Shown("jool --session --count", "TCP: 2\nUDP: 0\nICMP: 1\n", HINT),
        # The Syntax block: every operation with every option.
        Shown("jool --session --tcp --udp --icmp --display", tcp35(True) + UDP35 + icmp35(True), HINT),
        Shown("jool --session --udp", UDP35, HINT),
        Shown("jool --session --icmp --udp --numeric", UDP35 + icmp35(False), HINT),
        Shown("jool --session --csv --numeric", CSV, HINT),
        Shown("jool --session --count --tcp", "TCP: 2\n", HINT),
        Shown("jool --session --count --icmp --udp", "UDP: 0\nICMP: 1\n", HINT),
        Shown("JOOL_NO_HINTS=1 jool --session --count --icmp", "ICMP: 1\n"),
    ])


# Each key of the page: its deprecated name, the programs, and two values with the current client's output for them.
TRUE, FALSE = ("true", "1", "yes", "on", "ON"), ("false", "0", "no", "off", "False")
BOTH = ("jool", "jool_siit")
BOOLEAN = (("true", "TRUE"), ("off", "FALSE"))
KEYS = (
    ("address-dependent-filtering", "dropAddr", BOTH[:1], BOOLEAN),
    ("drop-icmpv6-info", "dropInfo", BOTH[:1], BOOLEAN),
    ("drop-externally-initiated-tcp", "dropTCP", BOTH[:1], BOOLEAN),
    ("udp-timeout", "toUDP", BOTH[:1], (("121", "0:02:01"), ("300", "0:05:00"))),
    ("tcp-est-timeout", "toTCPest", BOTH[:1], (("7201", "2:00:01"), ("7200", "2:00:00"))),
    ("tcp-trans-timeout", "toTCPtrans", BOTH[:1], (("241", "0:04:01"), ("240", "0:04:00"))),
    ("icmp-timeout", "toICMP", BOTH[:1], (("61", "0:01:01"), ("60", "0:01:00"))),
    ("maximum-simultaneous-opens", "maxStoredPkts", BOTH[:1], (("11", "11"), ("10", "10"))),
    ("source-icmpv6-errors-better", None, BOTH[:1], BOOLEAN),
    ("logging-bib", None, BOTH[:1], BOOLEAN),
    ("logging-session", None, BOTH[:1], BOOLEAN),
    ("zeroize-traffic-class", "setTC", BOTH, BOOLEAN),
    ("override-tos", "setTOS", BOTH, BOOLEAN),
    ("tos", "TOS", BOTH, (("255", "255"), ("0", "0"))),
    ("amend-udp-checksum-zero", None, BOTH[1:], BOOLEAN),
    ("randomize-rfc6791-addresses", None, BOTH[1:], BOOLEAN),
    ("mtu-plateaus", "plateaus", BOTH, (("'6000, 5000'", '"6000,5000"'), ("3000,4000", '"4000,3000"'))),
)
ALL_PORTS = "0,TCP,192.0.2.1,1,65535,1024,0\n0,UDP,192.0.2.1,1,65535,1024,0\n0,ICMP,192.0.2.1,0,65535,1024,0\n"
GONE = ("allow-atomic-fragments", "setDF", "genFH", "genID", "boostMTU")


def values(program: str) -> dict[str, str]:
    """The variables in the output of the current client."""
    lines = shell(f"{program} global display --csv", "j").out.splitlines()
    return dict(line.split(",", 1) for line in lines)


def make_siit() -> None:
    load_modules("jool_siit")
    jool_siit = C / "jool_siit"
    at_end(lambda: run(jool_siit, "instance", "flush", ns="j"))
    run(jool_siit, "instance", "flush", ns="j")
    run(jool_siit, "instance", "add", "--netfilter", ns="j")


@scenario("the page of 3.5's --global, as it is printed: examples, and each key by both its names", **ONCE)
def global_keys() -> None:
    make_instance("j", synchronize=False)
    make_siit()
    enabled = r"\n  Status: Enabled\n  Manually enabled \(--enable, --disable\): ON\n\n  --zeroize-traffic-class: OFF\n[\s\S]+"
    replay("--global", "j", [
        Shown("jool_siit --global", enabled, HINT),
        Shown("jool --global", enabled, HINT),
        Shown("jool_siit", r"[\s\S]+manually-enabled: true\n[\s\S]+"),
        Shown("jool", r"[\s\S]+manually-enabled: true\n[\s\S]+"),
        Shown("jool --global --disable", "", HINT),
        Shown("jool --global", r"\n  Status: Disabled\n[\s\S]+", HINT),
        Shown("jool --enable", "", HINT),
        Shown("# true, false, 1, 0, yes, no, on and off all count as valid booleans."),
        Shown("jool --address-dependent-filtering true", "", HINT),
        Shown('jool_siit --mtu-plateaus "6000, 5000, 4000, 3000, 2000, 1000"', "", HINT),
        Shown("jool --logging-bib true", "", HINT), Shown("dmesg", r"[\s\S]*"),
        Shown("jool --logging-session true", "", HINT),
        Shown("jool --fragment-arrival-timeout 2", "", r"Hint: --fragment-arrival-timeout does nothing [^\n]+\n"),
        Shown("jool --toFrag 2", "", r"Hint: --toFrag does nothing [^\n]+\n"),
    ])
    expect_equal(values("jool_siit")["mtu-plateaus"], '"6000,5000,4000,3000,2000,1000"', "plateaus")
    expect_equal(values("jool")["manually-enabled"], "TRUE", "translation after --enable")
    words = [*((word, "TRUE") for word in TRUE), *((word, "FALSE") for word in FALSE)]
    for word, shown in some_of("words for true and false in 3.5's --global", words, words[2::4]):
        replay("--global", "j", [Shown(f"jool --drop-icmpv6-info {word}", "", HINT)])
        expect_equal(values("jool")["drop-icmpv6-info"], shown, f"drop-icmpv6-info after {word}")
    names = [key[0] for key in KEYS]
    some = some_of("keys of 3.5's --global", names, names[::4])
    chosen = [key for key in KEYS if key[0] in some]
    for position, number in ((0, 0), (0, 1), (1, 0)):  # the name with both values, the deprecated name with one
        keys = [(key[position], key[0], key[2], key[3][number]) for key in chosen if key[position]]
        for name, _, programs, (given, _) in keys:
            replay("--global", "j", [Shown(f"{program} --{name} {given}", "", HINT) for program in programs])
        for program in BOTH:
            after = values(program)
            for name, key, programs, (given, shown) in keys:
                if program in programs:
                    expect_equal(after[key], shown, f"{key} after `{program} --{name} {given}`")
    for name in GONE:
        replay("--global", "j", [Shown(f"jool --{name} true", "", rf"Jool 3\.5 removed --{name}\. [^\n]+\n", 234)])


@scenario("the pages of 3.5's other modes, as they are printed: --pool4, --pool6, --pool6791, --bib, --eamt, --blacklist", **ONCE)
def other_modes() -> None:
    jool(C, "j", "instance", "add", "--netfilter", "--pool6", "64:ff9b::/96")
    make_siit()
    rows = "jool --pool4 --display --csv --no-headers"
    replay("--pool4", "j", [
        Shown("jool --pool4 --add 192.0.2.1", "", HINT, then=(rows, ALL_PORTS)),
        Shown("jool --pool4 --add          --tcp 192.0.2.2 7000-7999", "", HINT),
        Shown("jool --pool4 --add --mark 1 --tcp 192.0.2.2 8000-8999", "", HINT),
        Shown("jool --pool4 --add          --tcp 192.0.2.4/31", "", HINT),
        Shown("jool --pool4 --remove --mark 0 192.0.2.0/24 0-65535", "", HINT, then=(rows, "1,TCP,192.0.2.2,8000,8999,1024,0\n")),
        Shown("jool --pool4 --update --mark 1 --tcp --max-iterations 9999", "", HINT, then=(rows, "1,TCP,192.0.2.2,8000,8999,9999,1\n")),
        Shown("jool --pool4 --flush", "", HINT, then=(rows, "")),
        Shown("jool --pool4 --add 192.0.2.10", "", HINT),
        Shown("jool --pool4 --remove 192.0.2.10", "", HINT, then=(rows, "")),
        Shown("jool --pool4 --add 192.0.2.1 40001-61000", "", HINT),
        Shown("jool --pool4 --add 192.0.2.1 10000-19999 --mark 10", "", HINT),
        Shown("jool --pool4 --flush --quick", "", HINT, then=(rows, "")),
        Shown("jool --pool4 --add 4.4.4.4", "", HINT),
    ])
    replay("--bib", "j", [
        Shown("jool --bib --add --tcp 6::6#6 4.4.4.4#4", "", HINT), Shown("jool --bib --add --tcp 6::6#66 4.4.4.4#44", "", HINT),
        Shown(
            "jool --bib --display --tcp --numeric",
            same("TCP:\n[Static] 4.4.4.4#4 - 6::6#6\n[Static] 4.4.4.4#44 - 6::6#66\n  (Fetched 2 entries.)\n"), HINT,
        ),
        Shown("jool --bib --add --udp 6::6#6666 4.4.4.4#4444", "", HINT),
        Shown("jool --bib --display --numeric --csv > bib.csv", "", HINT),
        Shown("jool --bib --count --tcp --icmp", "TCP: 2\nICMP: 0\n", HINT),
        Shown("jool --bib --remove --udp 6::6#6666", "", HINT),
        Shown("jool --bib --add 4.4.4.4#11 1::1#22", "", HINT, then=("jool --bib --count", "TCP: 3\nUDP: 1\nICMP: 1\n")),
        Shown("jool --bib --remove 4.4.4.4#11 1::1#22", "", HINT, then=("jool --bib --count", "TCP: 2\nUDP: 0\nICMP: 0\n")),
    ])
    replay("--pool6", "j", [
        Shown("jool --pool6 --display", same("64:ff9b::/96\n  (Fetched 1 entries.)\n"), HINT), Shown("jool --pool6 --count", "1\n", HINT),
        Shown("jool --pool6 --add 2001:db8::/64", "", r"Since Jool 4\.0 the pool6 of a NAT64 [\s\S]+", 234),
        Shown("jool_siit --pool6 --add 2001:db8::/96", "", HINT), Shown("jool_siit --pool6 --count", "1\n", HINT),
        Shown("jool_siit --pool6 --remove 2001:db8::/96", "", HINT), Shown("jool_siit --pool6 --display", same("  (empty)\n"), HINT),
    ])
    replay("--pool6791", "j", [
        Shown("jool_siit --pool6791 --add 192.0.2.0/24", "", HINT), Shown("jool_siit --pool6791 --count", "256\n", HINT),
        Shown("jool_siit --pool6791 --display", same("192.0.2.0/24\n  (Fetched 1 entries.)\n"), HINT),
        Shown("jool_siit --pool6791 --remove 192.0.2.0/24", "", HINT), Shown("jool_siit --pool6791 --flush", "", HINT),
    ])
    replay("--eamt", "j", [
        Shown("jool_siit --eamt --add 192.0.2.1      2001:db8:aaaa::", "", HINT),
        Shown("jool_siit --eamt --add 192.0.2.2/32   2001:db8:bbbb::b/128", "", HINT),
        Shown("jool_siit --eamt --add 192.0.2.16/28  2001:db8:cccc::/124", "", HINT),
        Shown("jool_siit --eamt --add 192.0.2.128/26 2001:db8:dddd::/64", "", HINT),
        Shown("jool_siit --eamt --add 192.0.2.192/31 64:ff9b::/127", "", HINT),
        Shown("jool_siit --eamt --display --csv > eamt.csv", "", HINT), Shown("jool_siit --eamt --count", "5\n", HINT),
        Shown("jool_siit --eamt --remove 2001:db8:aaaa::", "", HINT, then=("jool_siit --eamt --count", "4\n")),
        Shown("jool_siit --eamt --flush", "", HINT, then=("jool_siit --eamt --count", "0\n")),
    ])
    replay("--blacklist", "j", [
        *(Shown(f"jool_siit --blacklist --add {prefix}", "", HINT) for prefix in ("192.0.2.0/28", "198.51.100.0/30", "203.0.113.8")),
        Shown("jool_siit --blacklist --count", "21\n", HINT),
        Shown("jool_siit --blacklist --remove 192.0.2.0/28", "", HINT), Shown("jool_siit --blacklist --remove 198.51.100.0/30", "", HINT),
        Shown("jool_siit --blacklist --add 192.0.2.0/28", "", HINT, then=("jool_siit --blacklist --count", "17\n")),
    ])


@scenario("--pool4 --add of 3.5 also adds ephemeral ports, with a warning from newer modules", since=LATER)
def ephemeral_ports() -> None:
    jool(C, "j", "instance", "add", "--netfilter", "--pool6", "64:ff9b::/96")
    warning = HINT + r"Warning: Port range 1-65535 intersects with the namespace's ephemeral range [^\n]+\nPlease read [^\n]+\n"
    rows = "jool --pool4 --display --csv --no-headers"
    replay("--pool4", "j", [
        Shown("jool --pool4 --add 192.0.2.1", "", warning, then=(rows, ALL_PORTS)),
        Shown("jool --pool4 --flush", "", HINT),
        Shown('sysctl -w net.ipv4.ip_local_port_range="32768 40000"', r"net[^\n]+\n"),
        Shown("jool --pool4 --add 192.0.2.1 40001-61000", "", HINT),
    ])
    shell('sysctl -w net.ipv4.ip_local_port_range="32768 60999"', "j")
