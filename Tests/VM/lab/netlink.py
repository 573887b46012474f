"""A minimal generic-netlink client for Jool's modules, independent of the programs under test.

It fills tables, reads counters during measurements, and sends requests that no correct client would send.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from .process import namespace

GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 16, 3, 1, 2
NLMSG_ERROR, NLM_F_REQUEST, NLA_F_NESTED = 2, 1, 0x8000
OP_INSTANCE_ADD, OP_INSTANCE_FLUSH, OP_STATS_FOREACH, OP_GLOBAL_UPDATE, OP_POOL4_ADD = 1, 4, 7, 9, 19
OP_JOOLD_ADD, OP_JOOLD_ADVERTISE = 27, 28
ATTR_GLOBALS, ATTR_SESSION_ENTRIES, ATTR_OPERAND = 2, 7, 10
HEADER_ERROR, HEADER_FORCE, HEADER_MORE = 1, 2, 8
NAT64, NETLINK_GENERIC = 2, 16  # Python 3.11 does not name the protocol


def module_version() -> tuple[int, ...]:
    return tuple(int(part) for part in Path("/sys/module/jool_common/version").read_text().strip().split("."))


def lab_version() -> tuple[int, ...]:
    """The version of Jool in this boot, whether or not a module is loaded."""
    return tuple(int(part) for part in os.environ["JOOL_VERSION"].split("."))


def attribute(kind: int, payload: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(payload), kind) + payload + bytes(-len(payload) % 4)


def attributes(data: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4 or at + length > len(data):
            break
        found.append((kind & 0x3FFF, data[at + 4 : at + length]))
        at += (length + 3) & ~3
    return found


class Refused(Exception):
    """The module answered with an error."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"error {code}: {text}")
        self.code = code


class Kernel:
    """A socket to the module, for one instance in a network namespace."""

    def __init__(self, ns: str | None, instance: str = "default") -> None:
        self.ns, self.instance, self.sequence = ns, instance, 0
        with namespace(ns):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.socket.bind((0, 0))
        self.socket.settimeout(10)
        body = struct.pack("=BBH", CTRL_CMD_GETFAMILY, 1, 0) + attribute(CTRL_ATTR_FAMILY_NAME, b"Jool\0")
        self._send(GENL_ID_CTRL, body)
        answer = dict(attributes(self._receive()[20:]))
        (self.family,) = struct.unpack("=H", answer[CTRL_ATTR_FAMILY_ID])

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, kind: int, body: bytes) -> None:
        self.sequence += 1
        message = struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST, self.sequence, 0) + body
        with namespace(self.ns):  # the module uses the namespace of the sending thread
            self.socket.send(message)

    def _receive(self) -> bytes:
        while True:
            data = self.socket.recv(1 << 17)
            _, kind, _, sequence, _ = struct.unpack_from("=IHHII", data)
            if sequence != self.sequence:
                continue
            if kind == NLMSG_ERROR:
                (code,) = struct.unpack_from("=i", data, 16)
                if code:
                    raise Refused(-code, os.strerror(-code))
            return data

    def send(self, operation: int, payload: bytes = b"", flags: int = 0) -> None:
        header = b"jool" + bytes(module_version()) + bytes([NAT64, flags, 0, 0]) + self.instance.encode().ljust(16, b"\0")
        self._send(self.family, struct.pack("=BBH", operation, 2, 0) + header + payload)

    def request(self, operation: int, payload: bytes = b"", flags: int = 0) -> list[tuple[int, bytes]]:
        """Sends a request, and returns the attributes of the answer."""
        self.send(operation, payload, flags)
        data = self._receive()
        found = attributes(data[48:])
        if data[29] & HEADER_ERROR:
            values = dict(found)
            raise Refused(struct.unpack("=H", values[1])[0], values.get(2, b"").rstrip(b"\0").decode())
        return found

    def add_sessions(self, container: bytes) -> None:
        """JOOLD_ADD. The module answers only on failure, and before `send` returns."""
        self.send(OP_JOOLD_ADD, attribute(ATTR_SESSION_ENTRIES | NLA_F_NESTED, container))
        self.socket.setblocking(False)
        try:
            data = self.socket.recv(1 << 17)
        except BlockingIOError:
            return
        finally:
            self.socket.settimeout(10)
        raise Refused(22, repr(data[48:248]))

    def statistic(self, number: int) -> int:
        page = self.request(OP_STATS_FOREACH)
        return next((struct.unpack("=Q", value)[0] for kind, value in page if kind == number and len(value) == 8), 0)

    def session_count(self) -> int:
        return self.statistic(5)


def session_count(ns: str) -> int:
    with Kernel(ns) as kernel:
        return kernel.session_count()
