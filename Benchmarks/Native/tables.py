"""Writes the answers of module.c: synthetic tables in the module's wire format, and recorded answers of real modules.

There are two kinds of tables:

mixed  a campus network: privacy, EUI-64 and short IPv6 addresses, 16 IPv4 addresses of pool4, all states, all expirations.
edge   values that are rare in real tables: every pattern of zeros in an address, mapped and compatible addresses,
       numbers of every length, expirations up to 49 days, states that no module has; and statistics with padding
       before each value, as from kernels without efficient unaligned access (MIPS, User-Mode Linux).

The same arguments yield the same bytes.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab import records
from lab.netlink import NLA_F_NESTED, attribute
from lab.records import ICMP, TCP, UDP

CAPTURES = Path(__file__).parents[2] / "Tests/JoolCoreTests/Fixtures/vectors"
HEADERS, CONTROLLER_HEADERS = 48, 20  # the sizes of the headers before the attributes: netlink, generic netlink, Jool
POOL6 = records.POOL6
SS_ENABLED = 27  # the number of a global setting
SESSIONS = 7  # the root attribute of a multicast
PER_MULTICAST = 36
TIMEOUTS = {TCP: 7_200_000, UDP: 300_000, ICMP: 60_000}
TRANSITORY_TIMEOUT = 240_000


@dataclass(frozen=True)
class Session:
    source6: bytes
    source6_port: int
    destination6: bytes
    destination6_port: int
    source4: bytes
    source4_port: int
    destination4: bytes
    destination4_port: int
    state: int
    timer: int
    milliseconds: int

    def entry(self, protocol: int) -> bytes:
        """An entry of the session table."""
        return _nest(
            1,
            _address(1, self.source6, self.source6_port) + _address(2, self.destination6, self.destination6_port)
            + _address(3, self.source4, self.source4_port) + _address(4, self.destination4, self.destination4_port)
            + attribute(5, bytes([protocol])) + attribute(6, bytes([self.state])) + attribute(7, bytes([self.timer]))
            + attribute(8, struct.pack("=I", self.milliseconds)),
        )

    def binding(self, protocol: int, is_static: bool) -> bytes:
        """The BIB entry of the session."""
        return _nest(
            1,
            _address(1, self.source6, self.source6_port) + _address(2, self.source4, self.source4_port)
            + attribute(3, bytes([protocol])) + attribute(4, bytes([is_static])),
        )

    def record(self, protocol: int) -> records.Session:
        """The same session for synchronization."""
        return records.Session(
            protocol, self.source6, self.source6_port, self.source4, self.source4_port, self.destination4,
            self.destination4_port, self.milliseconds,
        )


def _nest(kind: int, payload: bytes) -> bytes:
    return attribute(kind | NLA_F_NESTED, payload)


def _address(kind: int, address: bytes, port: int) -> bytes:
    return _nest(kind, attribute(1, address) + attribute(2, struct.pack("=H", port)))


# ---------------------------------------------------------------------------------------------------------------- mixed


def mixed(protocol: int, count: int) -> list[Session]:
    dice = random.Random(f"mixed {protocol} {count}")
    return [_campus_session(dice, protocol) for _ in range(count)]


def _campus_session(dice: random.Random, protocol: int) -> Session:
    prefix = bytes.fromhex("20010db8") + struct.pack("!HH", dice.randrange(0x10000), dice.choice((0, dice.randrange(0x1000))))
    kind = dice.random()
    if kind < 0.7:
        interface = dice.randbytes(8)
    elif kind < 0.85:
        interface = dice.randbytes(3) + b"\xff\xfe" + dice.randbytes(3)
    else:
        interface = struct.pack("!Q", dice.randrange(1, 0x10000))
    port, mask_port = dice.randrange(1024, 65536), dice.randrange(1024, 65536)
    mask, server = bytes([198, 51, 100, dice.randrange(1, 17)]), dice.randbytes(4)
    if protocol == ICMP:  # identifiers instead of ports
        ends = (port, port, mask_port, mask_port)
    else:
        service = dice.choices((443, 80, 53, dice.randrange(1024, 65536)), (60, 10, 10, 20))[0]
        ends = (port, service, mask_port, service)
    state = dice.choices(range(7), (70, 5, 3, 6, 6, 5, 5))[0] if protocol == TCP else 0
    is_transitory = state in (1, 2, 5, 6)
    milliseconds = dice.randrange(TRANSITORY_TIMEOUT if is_transitory else TIMEOUTS[protocol])
    return Session(
        prefix + interface, ends[0], POOL6 + server, ends[1], mask, ends[2], server, ends[3], state, int(is_transitory), milliseconds
    )


# ----------------------------------------------------------------------------------------------------------------- edge


def edge(protocol: int, count: int) -> list[Session]:
    """`count` sessions or more: each address occurs at least once on either side."""
    dice = random.Random(f"edge {protocol}")
    sixes = _notable_addresses6(dice)
    fours = [bytes(4), b"\xff" * 4, bytes([1, 10, 100, 255]), bytes([99, 9, 199, 200])]
    ports = [0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10000, 65535]
    second, minute, hour = 1000, 60_000, 3_600_000
    limits = (second, 10 * second, minute, 10 * minute, hour, 10 * hour, 24 * hour, 100 * hour)
    times = [0, 1, 9, 10, 99, 100, 1001, 61_010, 0xFFFF_FFFF, *(limit - 1 for limit in limits), *limits]
    return [
        Session(
            sixes[number % len(sixes)], dice.choice(ports), sixes[-1 - number % len(sixes)], dice.choice(ports),
            dice.choice([*fours, dice.randbytes(4)]), dice.choice(ports), dice.choice([*fours, dice.randbytes(4)]), dice.choice(ports),
            dice.choice((number % 7, dice.randrange(256))), number % 3, dice.choice([*times, dice.randrange(1 << 32)]),
        )
        for number in range(max(count, len(sixes)))
    ]


def _notable_addresses6(dice: random.Random) -> list[bytes]:
    short = (1, 0xF, 0x10, 0xFF, 0x100, 0xFFF, 0x1000)
    every_pattern_of_zeros = [
        struct.pack("!8H", *(group() if bits >> index & 1 else 0 for index in range(8)))
        for group in (lambda: dice.randrange(1, 0x10000), lambda: dice.choice(short))
        for bits in range(256)
    ]
    embedded = [
        bytes(zeros) + ones + last
        for zeros, ones in ((10, b"\xff\xff"), (12, b""), (8, b"\xff\xff\0\0"))
        for last in (bytes(4), b"\0\1\0\0", b"\0\0\1\0", b"\0\0\0\1", *(dice.randbytes(4) for _ in range(8)))
    ]
    return [*every_pattern_of_zeros, *embedded, b"\xff" * 16]


# -------------------------------------------------------------------------------------------------------------- answers


def captured(version: str, name: str) -> bytes:
    """The first answer of a real module (or of the kernel) in one of the recorded exchanges."""
    for line in (CAPTURES / f"{version}.jsonl").read_text().splitlines():
        exchange = json.loads(line)
        if exchange["name"] == name:
            return next(bytes.fromhex(message["hex"]) for message in exchange["messages"] if message["dir"] == "from-kernel")
    raise ValueError(f"no exchange {name} of {version} in {CAPTURES}")


def synchronizing(settings: bytes) -> bytes:
    """Global settings with `ss-enabled` on."""
    return settings.replace(attribute(SS_ENABLED, b"\0"), attribute(SS_ENABLED, b"\1"))


def multicasts(version: str, table: list[Session], protocol: int) -> bytes:
    """The messages of the multicast group `joold` that contain a table, without impossible addresses, which our client
    refuses."""
    possible = [session for session in table if any(session.source6) and session.source6[0] != 0xFF]
    numbers = tuple(int(part) for part in version.split("."))
    header = struct.pack("=BBH", 0, 2, 0) + b"jool" + bytes(numbers) + bytes([0, 2, 0, 0, 0]) + b"default".ljust(16, b"\0")
    messages = []
    for start in range(0, len(possible), PER_MULTICAST):
        chosen = [session.record(protocol) for session in possible[start : start + PER_MULTICAST]]
        body = header + _nest(SESSIONS, records.container(chosen, records.layout_of(numbers)))
        messages.append(struct.pack("=IHHII", 16 + len(body), 32, 0, 0, 0) + body)
    return b"".join(messages)


def write(folder: Path, kind: str, count: int, version: str) -> None:
    """Writes the files of a table into a folder for module.c."""
    make: Callable[[int, int], list[Session]] = {"mixed": mixed, "edge": edge}[kind]
    files = {
        "family": captured(version, "nat64-resolve-family")[CONTROLLER_HEADERS:],
        "refusal": captured(version, "neg-version-zero")[HEADERS:],
        "hello": captured(version, "nat64-instance-status-running")[HEADERS:],
        "globals": synchronizing(captured(version, "nat64-global-display-after")[HEADERS:]),
        "statistics": captured(version, "nat64-stats-padded" if kind == "edge" else "nat64-stats-display-busy")[HEADERS:],
    }
    for protocol in (TCP, UDP, ICMP):
        # The module's order, by the IPv4 transport addresses.
        table = sorted(make(protocol, count), key=lambda s: (s.source4, s.source4_port, s.destination4, s.destination4_port))
        files[f"session.{protocol}"] = b"".join(session.entry(protocol) for session in table)
        files[f"bib.{protocol}"] = b"".join(session.binding(protocol, number % 2 == 0) for number, session in enumerate(table))
        if protocol == UDP:
            files["multicasts"] = multicasts(version, table, protocol)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
