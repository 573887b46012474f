"""Opens many sessions with real packets: one datagram each, from n6 to unused ports of n4."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from pathlib import Path

from .burst import Burst
from .network import NODES, configure, make_both
from .process import at_end, namespace, wait_for
from .traffic import SERVER6


class Crowd:
    """Opens sessions through the node with the virtual addresses. There is one session per port."""

    FIRST = 2000
    AT_A_TIME = 50
    # Below the number of packets that the kernel queues for a neighbour that has not answered yet.
    QUEUED = 250

    def __init__(self) -> None:
        self._burst = Burst(SERVER6, self.AT_A_TIME)
        with namespace("n6"):
            self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        with namespace("n4"):
            Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("1000000")  # no ICMP errors from unused ports
        self.next = self.FIRST
        at_end(self.socket.close)

    @property
    def opened(self) -> int:
        """The number of sessions that were opened."""
        return self.next - self.FIRST

    def restart(self) -> None:
        """Starts again from the first port, after the instances were recreated without sessions."""
        self.next = self.FIRST

    def open(self, count: int, pace: float = 0.005) -> range:
        """Opens `count` new sessions, and returns their ports."""
        ports = range(self.next, self.next + count)
        self.next += count
        before = arrived()
        self.send(ports, pace)
        if count > self.QUEUED:
            # A packet that the lab's network loses opens no session, so it must not count.
            all_are_there = lambda: arrived() - before >= count  # noqa: E731
            wait_for(f"{count} packets of a crowd at the server ({before} before)", all_are_there, timeout=5)
        return ports

    def resend(self, ports: Sequence[int]) -> None:
        """Sends a packet of each of at most `AT_A_TIME` sessions that exist."""
        self._burst.send(self.socket, ports)

    def send(self, ports: range, pace: float = 0.005) -> None:
        """Sends a packet of each of these sessions, 50 at a time."""
        if len(ports) > self.QUEUED:
            # A node on the path may not know its neighbour's link-layer address yet; its kernel queues at most 277
            # packets.
            before = arrived()
            self._burst.send(self.socket, ports[:1])
            wait_for("the first packet of a crowd at the server", lambda: arrived() > before, timeout=20, every=0.02)
            ports = ports[1:]
        for first in range(0, len(ports), self.AT_A_TIME):
            some = ports[first : first + self.AT_A_TIME]
            self._burst.send(self.socket, some)
            if len(some) == self.AT_A_TIME:
                time.sleep(pace)


def arrived() -> int:
    """The number of datagrams that have arrived at unused ports of n4."""
    with namespace("n4"):
        lines = Path("/proc/thread-self/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Udp:"))
    return int(values[names.index("NoPorts")])


def make_eager() -> None:
    """Creates instances whose modules announce sessions soon and drop none of a crowd's."""
    make_both()
    configure(*NODES, ss_flush_deadline=100, ss_capacity=65536)
