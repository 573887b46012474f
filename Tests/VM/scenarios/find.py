"""`session find` and the filters of `display` and `count`, which must give what one finds in the whole table."""

from __future__ import annotations

import random
import socket

from lab.guide import follow
from lab.netlink import Kernel
from lab.network import OURS, VIRTUAL4, jool, make_instance, make_roomy
from lab.process import SCRATCH, expect, expect_equal, run
from lab.records import TCP, UDP, Session
from lab.runner import ENDS, MIDDLE, note, scenario
from lab.synthetic import load, sessions

COUNT = 100_000
MASK, CLIENT, SERVER = (5, 6), (1, 2), (7, 8)  # the columns of an address and its port
SERVER6 = (3, 4)


def rows(*words: str) -> list[tuple[str, ...]]:
    """The rows that a command prints as CSV, without the expirations."""
    result = jool(OURS, "j", *words, "--csv", "--no-headers", check=False)
    expect_equal(result.status, 0, str(result)[:300])
    return [(*cells[:9], *cells[10:]) for cells in (line.split(",") for line in result.out.splitlines())]


def whole_table() -> list[tuple[str, ...]]:
    return [row for protocol in ("--tcp", "--udp", "--icmp") for row in rows("session", "display", "--numeric", protocol)]


def requests(*words: str) -> int:
    """The number of requests that a command sends to the module."""
    trace = SCRATCH / "trace"
    run("strace", "-qq", "-o", trace, "-e", "trace=sendmsg,sendto", OURS / "jool", *words, ns="j")
    sent = sum("AF_NETLINK" in line or "nlmsg_type" in line for line in trace.read_text().splitlines())
    return sent - 1  # the first one asks the kernel for the module's family


@scenario(f"find gives what a search of the whole table gives, in a table of {COUNT}", desk=MIDDLE)
def find() -> None:
    make_instance("j")
    make_roomy("j")
    load("j", sessions(COUNT))
    with Kernel("j") as kernel:
        expect_equal(kernel.session_count(), COUNT, "sessions loaded")
    table = whole_table()
    expect_equal(len(table), COUNT, "rows of the whole table")
    chance = random.Random(7)
    checked = most = 0
    for row in chance.sample(table, 12):
        for columns in (MASK, CLIENT):
            address = "#".join(row[column] for column in columns)
            found = rows("session", "find", address)
            expect_equal(found, [one for one in table if [one[c] for c in columns] == [row[c] for c in columns]], f"find {address}")
            checked += 1
        mask = "#".join(row[column] for column in MASK)
        most = max(most, requests("session", "find", mask, f"--{row[0].lower()}"))
        expect(requests("session", "find", mask) <= 6, f"find {mask} sends too many requests")
    expect(most <= 3, f"find of a pool4 address and port sent {most} requests")
    row = chance.choice(table)
    for column, noun in ((CLIENT[0], "client"), (MASK[0], "mask"), (SERVER[0], "server"), (SERVER6[0], "server in pool6")):
        found = rows("session", "find", row[column])
        expect_equal(found, [one for one in table if one[column] == row[column]], f"find of a {noun} {row[column]}")
    nothing = jool(OURS, "j", "session", "find", "198.51.99.9", check=False)
    expect(nothing.status == 1 and not nothing.out, str(nothing))
    note(f"{checked + 4} addresses; a pool4 address and port took {most} requests with a protocol, {requests('session', 'find', mask)} without")


@scenario("filters give what a search of the whole table gives", desk=ENDS)
def filters() -> None:
    make_instance("j")
    make_roomy("j")
    load("j", sessions(20_000))
    table = whole_table()
    tcp = [row for row in table if row[0] == "TCP"]

    def display(*options: str) -> list[tuple[str, ...]]:
        return rows("session", "display", "--numeric", *options)

    def inside(row: tuple[str, ...], first: int, last: int) -> bool:
        return first <= int(row[MASK[1]]) <= last

    three = ("--tcp", "--udp", "--icmp")
    expect_equal(display(*three), table, "three protocols at once")
    expect_equal(display("--source4", "198.18.0.0/24#2000-2099"), [row for row in tcp if inside(row, 2000, 2099)], "a range of ports")
    expect_equal(display(*three, "--source4", "198.18.0.0/15#5000"), [row for row in table if inside(row, 5000, 5000)], "a port of many addresses")
    expect_equal(display("--source4", "0.0.0.0/0"), tcp, "the whole table")
    expect_equal(display(*three, "--destination4", "192.0.2.8#80"), [row for row in table if row[7:9] == ("192.0.2.8", "80")], "a server")
    expect_equal(display("--state", "V4_FIN_V6_FIN_RCV"), [row for row in tcp if row[9] == "V4_FIN_V6_FIN_RCV"], "a state")
    expect_equal(display("--limit", "1000"), tcp[:1000], "a limit")
    expect_equal(display("--sort", "source4", "--reverse"), display("--sort", "source4")[::-1], "a reversed order")
    short = display(*three, "--expires-under", "5m")
    expect_equal(sorted(short + display(*three, "--expires-over", "299.999")), sorted(table), "shorter and longer times")
    counted = jool(OURS, "j", "session", "count", "--source4", "198.18.0.0#2000-2099").out
    wanted = {name: sum(row[0] == name and inside(row, 2000, 2099) for row in table) for name in ("TCP", "UDP", "ICMP")}
    expect_equal(counted, "".join(f"{name}: {number}\n" for name, number in wanted.items()), "session count")
    shown = jool(OURS, "j", "bib", "display", "--numeric", "--source4", "198.18.0.0/24").out.splitlines()
    expect_equal(len(shown), len({row[5:7] for row in tcp}), "bindings")
    one = ("--source4", "198.18.0.0#5000")
    for words, most in (
        (("display", *one), 1), (("display", "--limit", "26"), 1), (("count", "--tcp", *one), 1),
        (("display", "--source4", "198.18.0.0#2000-2099"), 6),
    ):
        sent = requests("session", *words)
        expect(sent <= most, f"`session {' '.join(words)}` sent {sent} requests")


@scenario("the guide to finding a client, line by line", desk=MIDDLE)
def guide() -> None:
    make_instance("j")
    mask = socket.inet_aton(VIRTUAL4)

    def client(number: int) -> bytes:
        return socket.inet_pton(socket.AF_INET6, f"2001:db8::{number}")

    server, resolver = map(socket.inet_aton, ("198.51.100.7", "203.0.113.77"))
    load("j", [
        Session(TCP, client(9), 40002, mask, 61002, server, 443, 7_000_000),
        Session(TCP, client(8), 40001, mask, 61001, server, 443, 7_199_000),
        Session(UDP, client(8), 40003, mask, 61003, resolver, 53, 299_000),
    ])
    follow("find.md", {"nat64": "j"})
