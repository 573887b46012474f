"""Synthetic session tables: many sessions of all protocols and timers, with varied expirations."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections import defaultdict

from .netlink import Kernel, module_version
from .records import ICMP, TCP, UDP, Session, container, layout_of

# An additional pool4 of the nodes with room for all bindings below.
POOL4 = "198.18.0.0/24"
POOL4_PORTS = "1024-65535"
PORTS_PER_ADDRESS = 60000

# (protocol, state, timer, shortest and longest expiration in seconds). The expirations are long enough for a slow
# machine, and below the timeouts, as after some idle seconds (`network.make_roomy` raises that of ICMP).
KINDS = (
    (UDP, 0, 0, 180, 290),
    (TCP, 0, 0, 600, 7190),
    (TCP, 5, 1, 180, 230),
    (UDP, 0, 0, 180, 290),
    (ICMP, 0, 0, 180, 290),
    (TCP, 0, 0, 3000, 7190),
)
UDP_ONLY = (KINDS[0],)
DESTINATIONS = tuple(socket.inet_aton(text) for text in ("192.0.2.8", "198.51.100.7", "203.0.113.77"))


Kinds = tuple[tuple[int, int, int, int, int], ...]


def sessions(count: int, first: int = 0, seed: int = 7, kinds: Kinds = KINDS) -> list[Session]:
    """`count` different sessions. Up to three share a binding, like the connections of a client."""
    chance = random.Random(seed)
    return [_session(number, kinds, chance) for number in range(first, first + count)]


def _session(number: int, kinds: Kinds, chance: random.Random) -> Session:
    binding, inside = divmod(number, 3)
    protocol, state, timer, shortest, longest = kinds[binding % len(kinds)]
    port = 1024 + binding % PORTS_PER_ADDRESS
    mask = bytes([198, 18, 0, binding // PORTS_PER_ADDRESS])
    client = bytes.fromhex("20010db800010000") + struct.pack("!IHH", binding // 7, 0, binding % 5)
    return Session(
        protocol, client, port, mask, port, DESTINATIONS[inside], port if protocol == ICMP else (80, 443, 53)[inside],
        chance.randrange(shortest * 1000, longest * 1000), state, timer,
    )


def load(ns: str, table: list[Session], per_message: int = 300) -> float:
    """Adds sessions to an instance in ascending order of expiration; in other orders, the module's insertion is
    quadratic. Returns the seconds that the module took."""
    layout, seconds = layout_of(module_version()), 0.0
    lists: dict[tuple[int, int], list[Session]] = defaultdict(list)
    for session in table:
        lists[session.protocol, session.timer].append(session)
    with Kernel(ns) as kernel:
        for group in lists.values():
            group.sort(key=lambda session: session.milliseconds)
            for start in range(0, len(group), per_message):
                message = container(group[start : start + per_message], layout)
                begun = time.monotonic()
                kernel.add_sessions(message)
                seconds += time.monotonic() - begun
    return seconds
