"""The statistics server, with the documented text over IPv4 and IPv6 and the documented meaning."""

from __future__ import annotations

import re
import socket

from lab.netlink import Kernel, lab_version, session_count
from lab.network import NODES, OURS, jool, make_both, make_roomy
from lab.process import expect, expect_equal, namespace, wait_for
from lab.proxies import COUNTERS, Proxy, counters, statistics
from lab.runner import MIDDLE, note, scenario
from lab.synthetic import load, sessions

PORT, COUNT = 45678, 500
SSS_RCVD, PKT_RCVD = 77, 80  # JSTAT_JOOLD_*, module 4.1.13 and later


@scenario("the statistics server answers over IPv6 and IPv4 with the six documented lines first")
def answers() -> None:
    make_both()
    Proxy("j", stats=PORT)
    # More lines of the same form may follow. They do not disturb programs that read the documented ones by name or
    # position.
    pattern = "".join(rf"{name},\d+\n" for name in COUNTERS) + r"([A-Z_]+,\d+\n)*"
    for address in ("::1", "127.0.0.1", "2001:db8:ff08::4", "203.0.113.4"):
        text = statistics("j", PORT, address)
        expect(re.fullmatch(pattern, text), f"from {address}: {text!r}")


@scenario("a statistics server does not answer another one, which prevents endless exchanges", desk=MIDDLE)
def not_a_server() -> None:
    make_both()
    Proxy("j", stats=PORT)
    report = statistics("j", PORT).encode()  # the server runs
    with namespace("j"), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.settimeout(1)
        other.connect(("::1", PORT))
        for words in (report, b"KERNEL_SENT_PKTS", b"KERNEL_SENT", b""):
            other.send(words)
            try:
                answered = bool(other.recv(4096))
            except TimeoutError:
                answered = False
            expect_equal(answered, not words.startswith(b"KERNEL_SENT_PKTS"), f"whether {words[:20]!r} is answered")


@scenario("joold's third argument starts the same statistics server", desk=MIDDLE)
def joold_port() -> None:
    from lab.proxies import GROUP6, json_files
    from lab.proxies import PORT as SYNC

    make_both()
    Proxy("j", argv=(OURS / "joold", *json_files("j", GROUP6, SYNC, "eth2"), str(PORT)))
    expect_equal(list(counters("j", PORT))[:6], list(COUNTERS), "counters")


@scenario("the six counters agree with the traffic and with the module's counters")
def meaning() -> None:
    make_both()
    make_roomy(*NODES)
    for node in NODES:
        Proxy(node, stats=PORT, options=("--net.format", "legacy"))  # no frames before the other proxy runs
    load("j", sessions(COUNT))
    jool(OURS, "j", "session", "advertise")
    wait_for("the sessions are on k", lambda: session_count("k") >= COUNT, timeout=30)
    # Both proxies send a datagram now and then, so the counters are compared when they do not change.
    found: dict[str, dict[str, int]] = {}

    def quiet() -> bool:
        found.update({node: counters(node, PORT) for node in NODES})
        again = {node: counters(node, PORT) for node in NODES}
        return again == found

    wait_for("the counters do not change", quiet, timeout=20)
    j, k = found["j"], found["k"]
    note(f"j {list(j.values())}, k {list(k.values())}")
    expect_equal((k["NET_RCVD_PKTS"], k["NET_RCVD_BYTES"]), (j["NET_SENT_PKTS"], j["NET_SENT_BYTES"]), "received by k, sent by j")
    expect_equal((j["NET_RCVD_PKTS"], j["NET_RCVD_BYTES"]), (k["NET_SENT_PKTS"], k["NET_SENT_BYTES"]), "received by j, sent by k")
    record = 140 if lab_version() < (4, 1, 12) else 52 if lab_version() < (4, 1, 13) else 40
    expect(k["KERNEL_SENT_PKTS"] > 0, "KERNEL_SENT_PKTS of the node that received is 0")
    expect(
        COUNT * record <= k["KERNEL_SENT_BYTES"] <= COUNT * record + 64 * k["KERNEL_SENT_PKTS"],
        f"KERNEL_SENT_BYTES is {k['KERNEL_SENT_BYTES']} for {COUNT} records of {record} bytes",
    )
    expect_equal(j["KERNEL_SENT_PKTS"], 0, "KERNEL_SENT_PKTS of the node that sent nothing to its kernel")
    if lab_version() >= (4, 1, 13):
        with Kernel("k") as kernel:
            expect_equal(k["KERNEL_SENT_PKTS"], kernel.statistic(PKT_RCVD), "KERNEL_SENT_PKTS and the module's JSTAT_JOOLD_PKT_RCVD")
            expect_equal(COUNT, kernel.statistic(SSS_RCVD), "the module's JSTAT_JOOLD_SSS_RCVD")
