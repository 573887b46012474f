"""Opens thousands of new sessions per second with real packets."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

from .burst import Burst
from .process import at_end, namespace
from .traffic import SERVER6

BATCH = 100


class Flood:
    """Opens new sessions through the node with the virtual addresses, at a steady rate, until it is stopped. Each
    client has a session with each port of the server."""

    FIRST, LAST = 2000, 61_999

    def __init__(self, rate: int) -> None:
        self.rate, self.sent = rate, 0
        self._burst = Burst(SERVER6, BATCH)
        with namespace("n4"):
            Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("1000000")  # no ICMP errors from unused ports
        self._client = self._new_client()
        self._end = threading.Event()
        self.begun = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        at_end(self.stop)

    @property
    def achieved(self) -> float:
        """The mean number of packets per second so far."""
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
            self._burst.send(self._client, range(port, port + BATCH))
            self.sent, port = self.sent + BATCH, port + BATCH

    def _new_client(self) -> socket.socket:
        with namespace("n6"):
            client = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
        return client
