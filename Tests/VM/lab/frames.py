"""SS2 frames (docs/session-sync-protocol.md), for scenarios with frames that no proxy would send."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass, replace

from .network import GROUP6, PORT
from .process import at_end, namespace, run
from .proxies import Listener

HELLO, UPDATE, NAK, UNAVAILABLE, PULL = 1, 2, 3, 4, 5
STARTING, MENDING, READY = 0, 1, 2
MAY = 1  # a flag of a hello
HEARD, HAS_TABLE = 1, 2  # flags of an entry


@dataclass(frozen=True)
class Header:
    type: int
    node: int
    # The number of the sender's latest hello.
    number: int
    sequence: int
    target: int = 0

    def frame(self, body: bytes = b"") -> bytes:
        return struct.pack("!HBBQIQQ", 0, 3, self.type, self.node, self.number, self.sequence, self.target) + body

    def with_(self, **changes: int) -> "Header":
        return replace(self, **changes)


def parse(datagram: bytes) -> Header | None:
    """The header of an unsealed frame; `None` for other datagrams."""
    if len(datagram) < 32 or datagram[:3] != b"\0\0\3" or datagram[3] == 255:
        return None
    return Header(*struct.unpack_from("!xxxBQIQQ", datagram))


def hello(entries: bytes = b"", state: int = READY, flags: int = MAY) -> bytes:
    """The body of a hello from a node with the tutorial's pool6, the module's default timeouts, and more sessions than
    any real node."""
    clock = int(time.time() * 1000) << 20
    pool6 = socket.inet_pton(socket.AF_INET6, "64:ff9b::")
    numbers = struct.pack("!BBHBBHQQQ", state, flags, 1, 0, 96, 0, clock, 1 << 40, 1)
    return numbers + pool6 + struct.pack("!IIIIQ", 7_440_000, 240_000, 300_000, 60_000, 0) + entries


def entry(node: int, next_: int, silence: int, flags: int = 0) -> bytes:
    """The entry of a hello about another node, with the seconds since its last frame."""
    return struct.pack("!QQIHBB", node, next_, 0, silence, flags, 0)


def listen_for(node: int, seconds: float = 2.5) -> Header:
    """The latest header of a node on the sync link."""
    listener = Listener(None)
    found = [header for datagram in listener.receive_all(seconds) if (header := parse(datagram)) and header.node == node]
    listener.close()
    return found[-1]


class Attacker:
    """A machine on the sync link that is not a node. It sends datagrams to the group with any source address."""

    def __init__(self) -> None:
        commands = ["netns add m", "link add meth2 type veth peer name eth2 netns m", "link set meth2 master brs up"]
        run("ip", "-batch", "-", input="\n".join(commands) + "\n")
        at_end(lambda: run("ip", "netns", "del", "m"))
        with namespace("m"):
            run("ip", "link", "set", "eth2", "up", ns="m")
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.socket.bind(("eth2", 0))
        at_end(self.socket.close)

    def send(self, payload: bytes, source: str = "2001:db8:ff08::66") -> None:
        self.send_packet(self.packet(payload, source))

    def send_packet(self, packet: bytes) -> None:
        self.socket.send(packet)

    @staticmethod
    def packet(payload: bytes, source: str = "2001:db8:ff08::66") -> bytes:
        source6, group = (socket.inet_pton(socket.AF_INET6, text) for text in (source, GROUP6))
        datagram = struct.pack("!HHHH", PORT, PORT, 8 + len(payload), 0) + payload
        pseudo = source6 + group + struct.pack("!II", len(datagram), socket.IPPROTO_UDP) + datagram
        total = sum(struct.unpack(f"!{(len(pseudo) + 1) // 2}H", pseudo + bytes(len(pseudo) % 2)))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        datagram = datagram[:6] + struct.pack("!H", ~total & 0xFFFF or 0xFFFF) + datagram[8:]
        header = struct.pack("!IHBB", 6 << 28, len(datagram), socket.IPPROTO_UDP, 1) + source6 + group
        ethernet = b"\x33\x33" + group[-4:] + b"\x02\0\0\0\0\x66" + b"\x86\xdd"
        return ethernet + header + datagram
