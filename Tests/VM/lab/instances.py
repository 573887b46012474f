"""Creates instances through netlink, like `jool`, but without seven program starts per node."""

from __future__ import annotations

import ipaddress
import struct

from .netlink import (
    ATTR_GLOBALS, ATTR_OPERAND, HEADER_FORCE, NLA_F_NESTED, OP_GLOBAL_UPDATE, OP_INSTANCE_ADD, OP_POOL4_ADD, Kernel, attribute,
)
from .records import PROTOCOLS

NETFILTER = 4
# The kernel's number of each global variable, and the format of its value. Times are in milliseconds.
GLOBALS = {
    "tcp-est-timeout": (20, "=I"), "tcp-trans-timeout": (21, "=I"), "udp-timeout": (22, "=I"), "icmp-timeout": (23, "=I"),
    "ss-enabled": (27, "=B"), "ss-flush-deadline": (29, "=I"), "ss-capacity": (30, "=I"), "ss-max-sessions-per-packet": (32, "=I"),
}


def add_instance(kernel: Kernel, pool6: str) -> None:
    """`jool instance add --netfilter --pool6 PREFIX`"""
    kernel.request(OP_INSTANCE_ADD, _operand(attribute(1, bytes([NETFILTER])) + _prefix(2, pool6)))


def add_pool4(kernel: Kernel, prefix: str, ports: str, protocols: tuple[int, ...] = tuple(PROTOCOLS), force: bool = False) -> None:
    """`jool pool4 add PREFIX PORTS` for each of these protocols."""
    first, _, last = ports.partition("-")
    for protocol in protocols:
        entry = (
            b"".join(attribute(kind, struct.pack("=I", 0)) for kind in (1, 2)) + attribute(3, b"\0") + attribute(4, bytes([protocol]))
            + _prefix(5, prefix) + attribute(6, struct.pack("=H", int(first))) + attribute(7, struct.pack("=H", int(last)))
        )
        kernel.request(OP_POOL4_ADD, _operand(entry), HEADER_FORCE if force else 0)


def update(kernel: Kernel, **settings: int) -> None:
    """`jool global update NAME VALUE` for each of these; `_` stands for `-`."""
    for name, value in settings.items():
        number, form = GLOBALS[name.replace("_", "-")]
        kernel.request(OP_GLOBAL_UPDATE, attribute(ATTR_GLOBALS | NLA_F_NESTED, attribute(number, struct.pack(form, value))))


def _operand(body: bytes) -> bytes:
    return attribute(ATTR_OPERAND | NLA_F_NESTED, body)


def _prefix(kind: int, text: str) -> bytes:
    prefix = ipaddress.ip_network(text)
    body = attribute(1, prefix.network_address.packed) + attribute(2, bytes([prefix.prefixlen]))
    return attribute(kind | NLA_F_NESTED, body)
