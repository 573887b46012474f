"""Real traffic through the translators: ping, a UDP echo, and a TCP transfer of numbered bytes."""

from __future__ import annotations

import re
import socket
import threading
import time

from .process import Background, at_end, expect, namespace, wait_for

SERVER6, SERVER4 = "64:ff9b::192.0.2.8", "192.0.2.8"


def numbered(start: int, count: int) -> bytes:
    """A part of the stream. Byte n depends only on n, so that lost, duplicated and foreign bytes are detected."""
    return bytes((n * 31 + (n >> 8) * 7) & 0xFF for n in range(start, start + count))


class Ping:
    """An endless ping from n6 to n4, through the node with the virtual addresses."""

    def __init__(self, interval: float = 0.2) -> None:
        self.process = Background("ping", "-6", "-n", "-O", "-i", str(interval), SERVER6, ns="n6", name="ping")

    @property
    def received(self) -> list[int]:
        return [int(n) for n in re.findall(r"bytes from \S+: icmp_seq=(\d+)", self.process.out)]

    def wait_more(self, count: int, timeout: float = 30) -> None:
        """Waits until `count` more answers have arrived."""
        wanted = len(self.received) + count
        wait_for(f"{count} more ping replies", lambda: len(self.received) >= wanted, timeout)


class UDPEcho:
    """A UDP server on n4 that returns each datagram, and a client on n6 with a fixed port."""

    def __init__(self, port: int = 5007, address: str = SERVER4) -> None:
        with namespace("n4"):
            self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.server.bind((address, port))
        with namespace("n6"):
            self.client = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            self.client.connect((f"64:ff9b::{address}", port))
        self.client.settimeout(1)
        self.server.settimeout(0.2)
        self._end = threading.Event()
        self.peers: list[tuple[str, int]] = []
        at_end(self.close)
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while not self._end.is_set():
            try:
                data, peer = self.server.recvfrom(2048)
            except TimeoutError:  # check _end regularly, because closing a socket does not wake a waiting thread
                continue
            except OSError:
                return
            self.peers.append(peer)
            self.server.sendto(data, peer)

    def exchange(self, timeout: float = 20) -> None:
        """Sends a datagram until the answer arrives."""
        serial = str(time.monotonic_ns()).encode()

        def attempt() -> bool:
            try:
                self.client.send(serial)
                return self.client.recv(2048) == serial
            except OSError:
                return False

        wait_for("a UDP datagram comes back", attempt, timeout)

    def close(self) -> None:
        self._end.set()
        self.thread.join(2)
        self.server.close()
        self.client.close()


class TCPTransfer:
    """A connection from n6 to n4 on which both sides send numbered bytes until `finish`."""

    CHUNK = 512

    def __init__(self, port: int = 5008, pause: float = 0.02) -> None:
        self.pause, self.error = pause, ""
        self.at_server = self.at_client = 0
        self._end = threading.Event()
        with namespace("n4"):
            listener = socket.create_server((SERVER4, port))
        with namespace("n6"):
            self.client = socket.create_connection((SERVER6, port), timeout=30)
        listener.settimeout(30)
        self.server, self.peer = listener.accept()
        listener.close()
        at_end(self.close)
        for end in (self.client, self.server):
            end.settimeout(None)
        self.threads = [
            threading.Thread(target=self._send, args=(self.client,), daemon=True),
            threading.Thread(target=self._send, args=(self.server,), daemon=True),
            threading.Thread(target=self._receive, args=(self.server, "at_server"), daemon=True),
            threading.Thread(target=self._receive, args=(self.client, "at_client"), daemon=True),
        ]
        for thread in self.threads:
            thread.start()

    def _send(self, end: socket.socket) -> None:
        sent = 0
        try:
            while not self._end.is_set():
                end.sendall(numbered(sent, self.CHUNK))
                sent += self.CHUNK
                time.sleep(self.pause)
            end.shutdown(socket.SHUT_WR)
        except OSError as broken:
            self.error = self.error or f"sending: {broken}"

    def _receive(self, end: socket.socket, counter: str) -> None:
        try:
            while data := end.recv(65536):
                if data != numbered(getattr(self, counter), len(data)):
                    self.error = self.error or f"wrong bytes {counter} near {getattr(self, counter)}"
                setattr(self, counter, getattr(self, counter) + len(data))
        except OSError as broken:
            self.error = self.error or f"receiving: {broken}"

    def wait_more(self, count: int, timeout: float = 60) -> None:
        """Waits until `count` more bytes have arrived in each direction."""
        wanted = self.at_server + count, self.at_client + count
        wait_for(
            f"{count} more TCP bytes each way (now {self.at_server}, {self.at_client}) {self.error}",
            lambda: self.error or (self.at_server >= wanted[0] and self.at_client >= wanted[1]), timeout,
        )
        expect(not self.error, f"the TCP connection broke: {self.error}")

    def finish(self, timeout: float = 30) -> None:
        """Stops both senders. All bytes that were sent must arrive in order."""
        self._end.set()
        for thread in self.threads:
            thread.join(timeout)
        expect(not any(thread.is_alive() for thread in self.threads), "the TCP connection did not end")
        expect(not self.error, f"the TCP connection broke: {self.error}")
        self.close()

    def close(self) -> None:
        self._end.set()
        self.client.close()
        self.server.close()
