"""The most frequent operations of `ip` and `tc` without starting a process, which is slow in User-Mode Linux."""

from __future__ import annotations

import errno
import os
import socket
import struct

from .netlink import attribute
from .process import Failed, namespace

NETLINK_ROUTE = 0
NLMSG_ERROR, NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE = 2, 1, 4, 0x100, 0x400
RTM_NEWLINK, RTM_NEWADDR, RTM_DELADDR, RTM_DELQDISC = 16, 20, 21, 37
IFLA_IFNAME, IFA_ADDRESS, IFA_LOCAL, IFA_F_NODAD = 3, 1, 2, 2
IFF_UP, IFF_MULTICAST, TC_H_ROOT = 1, 0x1000, 0xFFFFFFFF


class Links:
    """Collects changes to the interfaces of a network namespace. They are made, in order, when the `with` block ends.

    Raises `Failed` for the first change that the kernel refuses, unless it may fail.
    """

    def __init__(self, ns: str | None) -> None:
        self.ns = ns
        self._requests: list[tuple[str, int, bytes]] = []

    def __enter__(self) -> "Links":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._send()

    def up(self, device: str) -> None:
        """`ip link set DEVICE up multicast on`"""
        flags = IFF_UP | IFF_MULTICAST
        body = struct.pack("=BxHiII", 0, 0, 0, flags, flags) + attribute(IFLA_IFNAME, device.encode() + b"\0")
        self._requests.append((f"{device} up", RTM_NEWLINK, body))

    def down(self, device: str) -> None:
        """`ip link set DEVICE down`"""
        body = struct.pack("=BxHiII", 0, 0, 0, 0, IFF_UP) + attribute(IFLA_IFNAME, device.encode() + b"\0")
        self._requests.append((f"{device} down", RTM_NEWLINK, body))

    def replace_address(self, address: str, device: str) -> None:
        """`ip addr replace ADDRESS/LENGTH dev DEVICE nodad`"""
        self._requests.append((f"{address} on {device}", RTM_NEWADDR, self._address(address, device)))

    def remove_address(self, address: str, device: str) -> None:
        """`ip addr del ADDRESS/LENGTH dev DEVICE`, if the address exists."""
        self._requests.append(("", RTM_DELADDR, self._address(address, device)))

    def remove_qdisc(self, device: str) -> None:
        """`tc qdisc del dev DEVICE root`, if there is a qdisc."""
        self._requests.append(("", RTM_DELQDISC, struct.pack("=BxHiIII", 0, 0, self._index(device), 0, TC_H_ROOT, 0)))

    def _address(self, text: str, device: str) -> bytes:
        address, _, length = text.partition("/")
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        packed = socket.inet_pton(family, address)
        header = struct.pack("=BBBBI", family, int(length), IFA_F_NODAD if ":" in address else 0, 0, self._index(device))
        return header + attribute(IFA_LOCAL, packed) + attribute(IFA_ADDRESS, packed)

    def _index(self, device: str) -> int:
        with namespace(self.ns):
            return socket.if_nametoindex(device)

    def _send(self) -> None:
        with namespace(self.ns):
            asker = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_ROUTE)
        with asker:
            asker.settimeout(10)
            for sequence, (what, kind, body) in enumerate(self._requests, 1):
                flags = NLM_F_REQUEST | NLM_F_ACK | (NLM_F_CREATE | NLM_F_REPLACE if kind == RTM_NEWADDR else 0)
                asker.send(struct.pack("=IHHII", 16 + len(body), kind, flags, sequence, 0) + body)
                code = _answer(asker, sequence)
                if code and what:
                    raise Failed(f"{what} in {self.ns or 'the root namespace'}: {errno.errorcode.get(code, code)}, {os.strerror(code)}")


def _answer(asker: socket.socket, sequence: int) -> int:
    """The error number of the acknowledgement; 0 is success."""
    while True:
        data = asker.recv(65536)
        _, kind, _, number = struct.unpack_from("=IHHI", data)
        if kind == NLMSG_ERROR and number == sequence:
            return -struct.unpack_from("=i", data, 16)[0]
