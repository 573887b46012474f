"""Our proxy and the C program of the same version exchange sessions in both directions."""

from __future__ import annotations

from lab.netlink import session_count
from lab.network import C, NODES, OURS, claim, configure, make_both, release
from lab.process import expect_equal, wait_for
from lab.proxies import Proxy
from lab.runner import MIDDLE, scenario
from lab.tables import same_sessions, table
from lab.traffic import UDPEcho


def both_ways(program_j: object, program_k: object, ipv4: bool = False) -> None:
    make_both()
    configure(*NODES, ss_flush_deadline=100)
    Proxy("j", program_j, ipv4=ipv4)  # type: ignore[arg-type]
    Proxy("k", program_k, ipv4=ipv4)  # type: ignore[arg-type]

    first = UDPEcho(5101)
    first.exchange()
    wait_for("the session from j is on k", lambda: same_sessions("j", "k", "udp"), timeout=15)
    release("j")
    claim("k")
    second = UDPEcho(5102)
    second.exchange()
    wait_for("the session from k is on j", lambda: same_sessions("k", "j", "udp"), timeout=15)
    expect_equal((session_count("j"), session_count("k")), (2, 2), "sessions on j and k")
    expect_equal(len(table("k", "udp")), 2, "UDP sessions displayed on k")


@scenario("ours on j and the C program on k exchange sessions in both directions")
def ours_and_c() -> None:
    both_ways(OURS, C)


@scenario("the C program on j and ours on k exchange sessions in both directions")
def c_and_ours() -> None:
    both_ways(C, OURS)


@scenario("ours and the C program exchange sessions over an IPv4 multicast group")
def over_ipv4() -> None:
    both_ways(OURS, C, ipv4=True)


@scenario("two of ours exchange sessions over an IPv4 multicast group", desk=MIDDLE)
def ours_over_ipv4() -> None:
    both_ways(OURS, OURS, ipv4=True)
