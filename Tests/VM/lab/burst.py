"""Sends many datagrams with one system call, sendmmsg(2), because in User-Mode Linux a call costs more than a
packet."""

from __future__ import annotations

import ctypes
import socket
from collections.abc import Sequence

from .process import Failed

_libc = ctypes.CDLL(None, use_errno=True)


class _IOVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(_IOVector)),
        ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Message(ctypes.Structure):
    _fields_ = [("header", _Header), ("sent", ctypes.c_uint32)]


class _Address(ctypes.Structure):
    _fields_ = [
        ("family", ctypes.c_uint16), ("port", ctypes.c_uint16), ("flow", ctypes.c_uint32), ("address", ctypes.c_uint8 * 16),
        ("scope", ctypes.c_uint32),
    ]


class Burst:
    """Sends a byte to each of at most `size` ports of an IPv6 address at a time."""

    def __init__(self, address: str, size: int) -> None:
        self.size = size
        self._vector = _IOVector(b"x", 1)
        self._addresses = (_Address * size)()
        self._messages = (_Message * size)()
        for name, message in zip(self._addresses, self._messages):
            name.family = socket.AF_INET6
            name.address[:] = socket.inet_pton(socket.AF_INET6, address)
            header = message.header
            header.name, header.name_length = ctypes.addressof(name), ctypes.sizeof(name)
            header.vectors, header.vector_count = ctypes.pointer(self._vector), 1

    def send(self, client: socket.socket, ports: Sequence[int]) -> None:
        for name, port in zip(self._addresses, ports):
            name.port = socket.htons(port)
        sent = 0
        while sent < len(ports):
            first = ctypes.byref(self._messages, sent * ctypes.sizeof(_Message))
            done = _libc.sendmmsg(client.fileno(), first, len(ports) - sent, 0)
            if done < 0:
                raise Failed(f"sendmmsg: error {ctypes.get_errno()}")
            sent += done
