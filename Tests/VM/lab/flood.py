"""Thousands of new sessions per second by real packets: sendmmsg(2), since a system call for each would cost more than the packet."""

from __future__ import annotations

import ctypes
import socket
import threading
import time
from pathlib import Path

from .process import at_end, namespace
from .traffic import SERVER6

_libc = ctypes.CDLL(None, use_errno=True)
BATCH = 100


class _IOVector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class _Message(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(_IOVector)), ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t), ("flags", ctypes.c_int), ("sent", ctypes.c_uint32),
    ]


class _Address(ctypes.Structure):
    _fields_ = [("family", ctypes.c_uint16), ("port", ctypes.c_uint16), ("flow", ctypes.c_uint32), ("address", ctypes.c_uint8 * 16), ("scope", ctypes.c_uint32)]


class Flood:
    """New sessions through whoever holds the virtual addresses, at a steady rate, until it is stopped. A client has a session with
    each port of the server."""

    FIRST, LAST = 2000, 61_999

    def __init__(self, rate: int) -> None:
        self.rate, self.sent = rate, 0
        self._vector = _IOVector(b"x", 1)
        self._addresses = (_Address * BATCH)()
        self._messages = (_Message * BATCH)()
        for address, message in zip(self._addresses, self._messages):
            address.family = socket.AF_INET6
            address.address[:] = socket.inet_pton(socket.AF_INET6, SERVER6)
            message.name, message.name_length = ctypes.addressof(address), ctypes.sizeof(address)
            message.vectors, message.vector_count = ctypes.pointer(self._vector), 1
        with namespace("n4"):
            Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("1000000")  # no answers to ports that nobody listens to
        self._client = self._new_client()
        self._end = threading.Event()
        self.begun = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        at_end(self.stop)

    @property
    def achieved(self) -> float:
        """Packets per second so far."""
        return self.sent / (time.monotonic() - self.begun)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        port = self.FIRST
        while not self._end.is_set():
            due = int((time.monotonic() - self.begun) * self.rate) - self.sent
            if due < BATCH:
                time.sleep((BATCH - due) / self.rate)
                continue
            if port + BATCH > self.LAST:
                self._client.close()
                self._client, port = self._new_client(), self.FIRST
            for number in range(BATCH):
                self._addresses[number].port = socket.htons(port + number)
            done = _libc.sendmmsg(self._client.fileno(), self._messages, BATCH, 0)
            # What finds no room is not sent again: it is no session then.
            self.sent, port = self.sent + max(0, done), port + BATCH

    def _new_client(self) -> socket.socket:
        with namespace("n6"):
            client = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
        return client
