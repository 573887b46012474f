"""Many sessions by real packets: one datagram each, from n6 to ports of n4 that nobody listens to."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from .burst import Burst
from .network import NODES, configure, make_both
from .process import at_end, namespace, wait_for
from .traffic import SERVER6


class Crowd:
    """Opens sessions through whoever holds the virtual addresses. Every port is a session of its own."""

    FIRST = 2000
    AT_A_TIME = 50
    # So many are kept by the kernel for a neighbour that does not answer yet.
    QUEUED = 250

    def __init__(self) -> None:
        self._burst = Burst(SERVER6, self.AT_A_TIME)
        with namespace("n6"):
            self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        with namespace("n4"):
            Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("1000000")  # no answers to ports that nobody listens to
        self.next = self.FIRST
        at_end(self.socket.close)

    @property
    def opened(self) -> int:
        """How many sessions there are."""
        return self.next - self.FIRST

    def forget(self) -> None:
        """The instances were made anew, and have no session any more."""
        self.next = self.FIRST

    def open(self, count: int, pace: float = 0.005) -> range:
        """`count` new sessions; their ports."""
        ports = range(self.next, self.next + count)
        self.next += count
        before = arrived()
        self.send(ports, pace)
        if count > self.QUEUED:
            # What the lab's network loses is no session, and proves nothing.
            all_are_there = lambda: arrived() - before >= count  # noqa: E731
            wait_for(f"{count} packets of a crowd at the server, {before} were there before", all_are_there, timeout=5)
        return ports

    def send(self, ports: range, pace: float = 0.005) -> None:
        """A packet of each of these sessions, 50 at a time."""
        if len(ports) > self.QUEUED:
            # Nobody on the way may know the next one's link-layer address, and a kernel keeps 277 packets until it does.
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
    """How many datagrams have come to ports of n4 that nobody listens to."""
    with namespace("n4"):
        lines = Path("/proc/thread-self/net/snmp").read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Udp:"))
    return int(values[names.index("NoPorts")])


def make_eager() -> None:
    """Instances whose modules announce sessions soon, and do not drop any of a crowd's."""
    make_both()
    configure(*NODES, ss_flush_deadline=100, ss_capacity=65536)
