"""A name server that answers each question for the name of an address after the same time, or never."""

from __future__ import annotations

import heapq
import os
import signal
import socket
import struct
import time

PTR, IN, RESPONSE, POINTER_TO_QUESTION = 12, 1, 0x8580, 0xC00C
NAME = b"\x04host\x07example\0"


def answer(question: bytes) -> bytes:
    """The answer to a question for the name of an address; all addresses have the same name."""
    end = question.index(b"\0", 12) + 5
    head = struct.pack("!2s5H", question[:2], RESPONSE, 1, 1, 0, 0)
    return head + question[12:end] + struct.pack("!HHHIH", POINTER_TO_QUESTION, PTR, IN, 0, len(NAME)) + NAME


def serve(listener: socket.socket, delay: float | None) -> None:
    """Answers each question `delay` seconds after it arrived; `None`: never."""
    waiting: list[tuple[float, bytes, tuple[str, int]]] = []
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        listener.settimeout(pause or (0.000_001 if waiting else None))
        try:
            question, sender = listener.recvfrom(512)
            if delay is not None:
                heapq.heappush(waiting, (time.monotonic() + delay, question, sender))
        except TimeoutError:
            pass
        while waiting and waiting[0][0] <= time.monotonic():
            _, question, sender = heapq.heappop(waiting)
            listener.sendto(answer(question), sender)


class NameServer:
    """A name server on port 53 of an address of this machine, in a process of its own."""

    def __init__(self, address: str, delay: float | None) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        listener.bind((address, 53))
        self._process = os.fork()
        if self._process == 0:
            serve(listener, delay)
        listener.close()

    def __enter__(self) -> "NameServer":
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process, signal.SIGTERM)
        os.waitpid(self._process, 0)
