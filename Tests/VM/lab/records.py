"""Sessions in the wire format of the modules, which has three layouts.

    up to 4.1.11   nested attributes, host order        (140 bytes with its header)
    4.1.12         48 bytes packed, network order
    from 4.1.13    36 bytes packed, network order

A container is a sequence of attributes of type 1, one per session. The UDP datagrams of the C proxies are containers.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from .netlink import NLA_F_NESTED, attribute, attributes

TCP, UDP, ICMP = 0, 1, 2
PROTOCOLS = {TCP: "tcp", UDP: "udp", ICMP: "icmp"}
STATES = ("ESTABLISHED", "V6_INIT", "V4_INIT", "V4_FIN_RCV", "V6_FIN_RCV", "V4_FIN_V6_FIN_RCV", "TRANS")
ESTABLISHED_TIMER, TRANSITORY_TIMER, SYN4_TIMER = 0, 1, 2
POOL6 = ipaddress.IPv6Address("64:ff9b::").packed[:12]
ENTRY = 1


@dataclass(frozen=True)
class Session:
    protocol: int
    source6: bytes
    port6: int
    source4: bytes
    port4: int
    destination4: bytes
    destination_port: int
    milliseconds: int
    state: int = 0
    timer: int = 0

    @property
    def flags(self) -> int:
        return self.protocol << 5 | self.state << 2 | self.timer

    @property
    def csv_key(self) -> str:
        """The row of `session display --csv --numeric` up to the expiration, without the protocol's name."""
        source6 = ipaddress.IPv6Address(self.source6)
        destination6 = ipaddress.IPv6Address(POOL6 + self.destination4)
        if self.protocol == ICMP:
            port6 = self.port6
            destination4_port = self.port4
        else:
            port6 = destination4_port = self.destination_port
        return (
            f"{PROTOCOLS[self.protocol].upper()},{source6},{self.port6},{destination6},{port6},"
            f"{ipaddress.IPv4Address(self.source4)},{self.port4},"
            f"{ipaddress.IPv4Address(self.destination4)},{destination4_port}"
        )


def layout_of(version: tuple[int, ...]) -> str:
    if version >= (4, 1, 13):
        return "packed36"
    return "packed48" if version >= (4, 1, 12) else "nested"


def _address(kind: int, address: bytes, port: int | None) -> bytes:
    body = attribute(1, address)
    if port is not None:
        body += attribute(2, struct.pack("=H", port))
    return attribute(kind | NLA_F_NESTED, body)


def record(session: Session, layout: str) -> bytes:
    """One session with its attribute header."""
    s = session
    port6_remote = s.port6 if s.protocol == ICMP else s.destination_port
    port4_remote = s.port4 if s.protocol == ICMP else s.destination_port
    if layout == "packed36":
        return attribute(
            ENTRY,
            s.source6 + s.source4 + s.destination4
            + struct.pack("!IHHHH", s.milliseconds, s.port6, s.port4, port4_remote, s.flags),
        )
    if layout == "packed48":
        return attribute(
            ENTRY,
            s.source6 + POOL6 + s.destination4 + s.source4
            + struct.pack("!IHHHH", s.milliseconds, s.port6, port6_remote, s.port4, s.flags),
        )
    return attribute(
        ENTRY | NLA_F_NESTED,
        _address(1, s.source6, s.port6)
        + _address(2, POOL6 + s.destination4, port6_remote)
        + _address(3, s.source4, s.port4)
        + _address(4, s.destination4, port4_remote)
        + attribute(5, bytes([s.protocol]))
        + attribute(6, bytes([s.state]))
        + attribute(7, bytes([s.timer]))
        + attribute(8, struct.pack("=I", s.milliseconds)),
    )


def container(sessions: Iterable[Session], layout: str) -> bytes:
    return b"".join(record(session, layout) for session in sessions)


def record_without_port(session: Session) -> bytes:
    """A nested record whose first transport address has no port. It crashes the kernel up to 4.1.9."""
    whole = attributes(record(session, "nested"))[0][1]
    rest = whole[32:]  # SRC6 is the first attribute: 4 + 20 (address) + 8 (port)
    return attribute(ENTRY | NLA_F_NESTED, _address(1, session.source6, None) + rest)


def decode(datagram: bytes) -> list[Session]:
    """The sessions of a container in any layout. Raises ValueError if `datagram` is not a container."""
    found = []
    for kind, payload in attributes(datagram):
        if kind != ENTRY:
            raise ValueError(f"attribute {kind} in a container")
        if len(payload) == 36:
            ms, port6, port4, remote, flags = struct.unpack_from("!IHHHH", payload, 24)
            found.append(_session(flags, payload[:16], port6, payload[16:20], port4, payload[20:24], remote, ms))
        elif len(payload) == 48:
            ms, port6, remote, port4, flags = struct.unpack_from("!IHHHH", payload, 36)
            found.append(_session(flags, payload[:16], port6, payload[32:36], port4, payload[28:32], remote, ms))
        else:
            found.append(_decode_nested(payload))
    return found


def _session(flags: int, src6: bytes, port6: int, src4: bytes, port4: int, dst4: bytes, remote: int, ms: int) -> Session:
    return Session(flags >> 5, src6, port6, src4, port4, dst4, remote, ms, flags >> 2 & 7, flags & 3)


def _decode_nested(payload: bytes) -> Session:
    fields = dict(attributes(payload))
    if set(fields) != set(range(1, 9)):
        raise ValueError(f"nested record with attributes {sorted(fields)}")
    ends = {}
    for number in range(1, 5):
        end = dict(attributes(fields[number]))
        ends[number] = (end[1], struct.unpack("=H", end[2])[0])
    (ms,) = struct.unpack("=I", fields[8])
    return Session(fields[5][0], *ends[1], *ends[3], *ends[4], ms, fields[6][0], fields[7][0])
