"""Synthetic session tables: many sessions, of all protocols and timers, with varied expirations."""

from __future__ import annotations

import random
import socket
import struct
from collections import defaultdict

from .netlink import Kernel, module_version
from .records import ICMP, TCP, UDP, Session, container, layout_of

# What the nodes have as pool4 besides the tutorial's: room for every binding below.
POOL4 = "198.18.0.0/24"
POOL4_PORTS = "1024-65535"
PORTS_PER_ADDRESS = 60000

# (protocol, state, timer, shortest and longest expiration in seconds). All live long enough for a slow machine, and all
# were idle for some seconds: the timeout of their kind is longer (ICMP's is raised by `network.roomy`).
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
    """`count` different sessions. Up to three share a binding, as a client's connections do."""
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


def load(ns: str, table: list[Session], per_message: int = 300) -> None:
    """Puts sessions into an instance. In ascending order of expiration: the module's insertion is quadratic else."""
    layout = layout_of(module_version())
    lists: dict[tuple[int, int], list[Session]] = defaultdict(list)
    for session in table:
        lists[session.protocol, session.timer].append(session)
    with Kernel(ns) as kernel:
        for group in lists.values():
            group.sort(key=lambda session: session.milliseconds)
            for start in range(0, len(group), per_message):
                kernel.add_sessions(container(group[start : start + per_message], layout))
