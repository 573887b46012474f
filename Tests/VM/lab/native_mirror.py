"""What tests of mirrors on this machine have in common: the settings of their NAT64s, and sessions that a C proxy sends."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator

SETTINGS = '{"instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96", "udp-timeout": "0:05:00"}}'


def session(number: int, milliseconds: int = 299_000) -> bytes:
    """The 36 bytes of a UDP session: each has a client and a mask of its own."""
    client = bytes.fromhex("20010db800010000") + struct.pack("!Q", number)
    mask = struct.pack("!I", 0xC6120000 + number // 60_000)
    port = 1024 + number % 60_000
    return client + mask + socket.inet_aton("192.0.2.8") + struct.pack("!IHHHH", milliseconds, 4000, port, 53, 1 << 5)


def datagrams(numbers: range) -> Iterator[bytes]:
    """The sessions with these numbers as a C proxy sends them, 30 in a datagram."""
    for start in range(numbers.start, numbers.stop, 30):
        records = map(session, range(start, min(start + 30, numbers.stop)))
        yield b"".join(struct.pack("=HH", 40, 1) + record for record in records)


def sessions_of(records: Iterable[bytes]) -> set[bytes]:
    """The sessions of records, without times and versions."""
    return {record[:24] + record[28:36] for record in records}
