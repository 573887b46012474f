"""`session remove`: what is removed ends on all nodes, and does not come back by itself."""

from __future__ import annotations

import json
import socket
import time

from lab.crowd import make_eager
from lab.guide import follow
from lab.network import C, NODES, OURS, VIRTUAL4, configure, jool, make_both, make_instance
from lab.process import expect, expect_equal, wait_for
from lab.proxies import Proxy, is_ready, status, wait_ready
from lab.records import TCP, UDP, Session
from lab.runner import MIDDLE, note, scenario
from lab.screen import Screen
from lab.synthetic import load
from lab.traffic import UDPEcho

from .sync import take_over


def clients(node: str) -> list[str]:
    """The UDP clients of a module, as address#port."""
    shown = jool(OURS, node, "bib", "display", "--udp", "--numeric", "--csv", "--no-headers").out
    return ["#".join(line.split(",")[1:3]) for line in shown.splitlines()]


def remove(node: str, *words: str, status: int = 0) -> str:
    result = jool(OURS, node, "session", "remove", *words, check=False)
    expect_equal(result.status, status, str(result)[:600])
    return result.out


def client(echo: UDPEcho) -> str:
    address, port = echo.client.getsockname()[:2]
    return f"{address}#{port}"


def removals(node: str) -> int:
    return status(node)["counters"].get("REMOVALS", 0)


@scenario("a removed mapping ends on both nodes, and does not come back although a proxy was away")
def on_all_nodes() -> None:
    make_eager()
    both = {node: Proxy(node) for node in NODES}
    wait_ready(*NODES)
    echoes = [UDPEcho(5401), UDPEcho(5402)]
    for echo in echoes:
        echo.exchange()
    gone, away = map(client, echoes)
    wait_for("both clients on both nodes", lambda: all({gone, away} <= set(clients(node)) for node in NODES), timeout=15)

    begun = time.monotonic()
    shown = remove("k", "--source6", gone)
    expect(f"UDP {gone}" in shown and "was removed" in shown and "Sent to 1 peer." in shown, shown)
    wait_for("the mapping has ended on both nodes", lambda: not any(gone in clients(node) for node in NODES), timeout=10, every=0.02)
    took = time.monotonic() - begun

    # The proxy of one node is away while the mapping is removed on the other one.
    both["k"].stop()
    remove("j", "--source6", away)
    wait_for("the mapping has ended", lambda: away not in clients("j"), timeout=10)
    expect(away in clients("k"), "the module of k has lost the mapping without a proxy")
    both["k"] = Proxy("k")
    wait_ready("k")
    wait_for("the mapping has ended on the node that was away", lambda: away not in clients("k"), timeout=15)
    end = time.monotonic() + 12
    while time.monotonic() < end:
        for node in NODES:
            found = {gone, away} & set(clients(node))
            expect(not found, f"{found} came back on {node}")
        time.sleep(0.5)
    expect(all(is_ready(node) for node in NODES), "a node is not ready")
    expect_equal(removals("j"), 2, "removals at j")
    note(f"ended on both nodes after {took * 1000:.0f} ms")


@scenario("a packet before the removal that is announced after it brings nothing back; one after it begins anew")
def begins_anew() -> None:
    make_both()
    configure(*NODES, ss_flush_deadline=2000)
    for node in NODES:
        Proxy(node)
    wait_ready(*NODES)
    silent, chatty = UDPEcho(5411), UDPEcho(5412)
    for echo in (silent, chatty):
        echo.exchange()
    wait_for("both clients on both nodes", lambda: all({client(silent), client(chatty)} <= set(clients(n)) for n in NODES), timeout=20)
    for echo in (silent, chatty):
        echo.exchange()
    # The module announces these packets within two seconds.
    remove("j", "--source6", client(silent).split("#")[0], "--udp", "--all")
    time.sleep(0.2)
    chatty.exchange()
    wait_for("the client that goes on is on both nodes", lambda: all(client(chatty) in clients(node) for node in NODES), timeout=20)
    end = time.monotonic() + 6
    while time.monotonic() < end:
        for node in NODES:
            expect(client(silent) not in clients(node), f"{client(silent)} came back on {node}")
            expect(client(chatty) in clients(node), f"{client(chatty)} ended again on {node}")
        time.sleep(0.3)
    chatty.exchange()


# Modules up to 4.1.11 drop announcements, which a C proxy cannot detect.
@scenario("a C proxy's module keeps what was removed, the command says so, and a new packet there begins it anew", since="4.1.12")
def beside_c() -> None:
    make_eager()
    Proxy("j")
    Proxy("k", C)
    wait_ready("j")
    take_over("k")
    echoes = [UDPEcho(5441), UDPEcho(5442)]
    for echo in echoes:
        echo.exchange()
    silent, chatty = map(client, echoes)
    wait_for("both clients on both nodes", lambda: all({silent, chatty} <= set(clients(node)) for node in NODES), timeout=20)
    for mapping in silent, chatty:
        shown = remove("j", "--source6", mapping)
        expect("1 C proxy of the group keeps them." in shown, shown)
    wait_for("the mappings have ended", lambda: clients("j") == [], timeout=10)
    expect({silent, chatty} <= set(clients("k")), "the module of the C proxy has lost a mapping")
    time.sleep(1)
    echoes[1].exchange()
    wait_for("the client that goes on is back", lambda: clients("j") == [chatty], timeout=20)
    # The C proxy sends its whole table, with the packet from before the removal.
    jool(C, "k", "session", "advertise")
    end = time.monotonic() + 6
    while time.monotonic() < end:
        expect_equal(clients("j"), [chatty], "the clients of j")
        time.sleep(0.3)


@scenario("without a proxy the module removes, a static mapping stays, and what is refused changes nothing", desk=MIDDLE)
def alone() -> None:
    make_instance("j")
    echoes = [UDPEcho(5421), UDPEcho(5422)]
    for echo in echoes:
        echo.exchange()
    first, second = map(client, echoes)
    jool(OURS, "j", "bib", "add", "--udp", "2001:db8::8#7777", f"{VIRTUAL4}#61777")
    before = clients("j")
    for words, number in (
        ((), 234), (("--udp",), 234), (("--udp", "--all"), 234), (("--source6", "2001:db8::8"), 1),
        (("--source6", "2001:db8::77"), 1), (("--source6", "2001:db8::8", "--all", "--dry-run"), 0), (("--sort", "source6"), 234),
    ):
        remove("j", *words, status=number)
        expect_equal(clients("j"), before, f"clients after {words}")
    result = jool(OURS, "j", "session", "remove", "--source6", first)
    expect("No session proxy of instance" in result.err, str(result))
    expect_equal(set(before) - set(clients("j")), {first}, "what was removed")
    report = json.loads(jool(OURS, "j", "session", "remove", "--json", "--source6", second).out)
    expect_equal((report["removed"], report["group"], len(report["mappings"])), (1, None, 1), "the report")
    expect_equal(clients("j"), ["2001:db8::8#7777"], "what is left")
    echoes[0].exchange()
    expect(first in clients("j"), "the client cannot begin anew")


@scenario("the guide to ending sessions, line by line", desk=MIDDLE)
def guide() -> None:
    make_eager()
    for node in NODES:
        Proxy(node)
    wait_ready(*NODES)
    mask = socket.inet_aton(VIRTUAL4)

    def address(number: int) -> bytes:
        return socket.inet_pton(socket.AF_INET6, f"2001:db8::{number}")

    server, resolver = map(socket.inet_aton, ("198.51.100.7", "203.0.113.77"))
    load("j", [
        Session(TCP, address(8), 40001, mask, 61001, server, 443, 7_199_000),
        Session(TCP, address(8), 40001, mask, 61001, resolver, 443, 7_198_000),
        Session(TCP, address(9), 40002, mask, 61002, server, 443, 7_199_000),
        Session(UDP, address(8), 40003, mask, 61003, resolver, 53, 299_000),
    ])
    jool(OURS, "j", "session", "advertise")
    wait_for("all sessions on both nodes", lambda: all(len(clients(node)) == 1 for node in NODES), timeout=15)
    follow("end-sessions.md", {"nat64": "j", "other": "k"})


@scenario("remove beside top in tmux, with traffic", desk=MIDDLE)
def beside_top() -> None:
    make_eager()
    for node in NODES:
        Proxy(node)
    wait_ready(*NODES)
    echoes = [UDPEcho(5431 + number) for number in range(3)]
    for echo in echoes:
        echo.exchange()
    wait_for("the clients on both nodes", lambda: all(len(clients(node)) == 3 for node in NODES), timeout=15)
    screen = Screen("j")
    screen.command("jool session top --numeric --interval 0.3")
    screen.wait_line(r"UDP +3 ")
    screen.wait_line(r"Synchronization: ready")
    shown = remove("k", "--source6", client(echoes[0]))
    note(shown)
    note(screen.wait_line(r"UDP +2 "))
    echoes[0].exchange()
    note(screen.wait_line(r"UDP +3 "))
    screen.type("q")
