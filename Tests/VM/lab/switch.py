"""A switch between network namespaces of this machine, which loses, delays, repeats and reorders frames.

Its ports are TAP devices, so it needs no kernel module, and works in a user namespace, too."""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time
from dataclasses import dataclass
from itertools import count

TUNSETIFF, IFF_TAP, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0002, 0x1000, 0x40000000
LONGEST_FRAME = 9000
libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Faults:
    """What happens to frames from one port to another. Shares are between 0 and 1, delays in seconds."""

    loss: float = 0
    repetition: float = 0
    delay: float = 0
    jitter: float = 0


class Port:
    """A network namespace with the device eth2, which is connected to a switch."""

    def __init__(self, name: str) -> None:
        self.name = name
        # It ends with this program, because then its input does.
        self.holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        path = f"/proc/{self.holder.pid}/ns/net"
        while not os.path.exists(path) or os.readlink(path) == os.readlink("/proc/self/ns/net"):
            time.sleep(0.002)
        self.tap = self._open_tap(path)
        # Otherwise the address could not be used for a second.
        self.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth2/accept_dad")
        for device in "lo", "eth2":
            self.run("ip", "link", "set", device, "up")

    def command(self, *words: object) -> list[str]:
        """A command line that runs in the namespace."""
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *map(str, words)]

    def run(self, *words: object) -> None:
        subprocess.run(self.command(*words), check=True)

    def close(self) -> None:
        self.holder.kill()
        self.holder.wait()
        os.close(self.tap)

    @staticmethod
    def _open_tap(namespace: str) -> int:
        """Opens the device in the namespace: only the calling thread enters it, and leaves it again."""
        with open("/proc/self/ns/net") as own, open(namespace) as other:
            enter(other.fileno())
            try:
                tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
                fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"eth2", IFF_TAP | IFF_NO_PI))
            finally:
                enter(own.fileno())
        return tap


def enter(namespace: int) -> None:
    if libc.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Switch:
    """Passes each frame on to all other ports, until `close`."""

    def __init__(self, *names: str, seed: int = 1) -> None:
        self.ports = {name: Port(name) for name in names}
        self.faults: dict[tuple[str, str], Faults] = {}
        self.random = random.Random(seed)
        self.lost = 0
        self._waiting: list[tuple[float, int, str, bytes]] = []
        self._numbers = count()
        self._is_closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def impair(self, faults: Faults, sources: list[str] | None = None, destinations: list[str] | None = None) -> None:
        """Sets the faults of all frames from some ports to some others; of all by default."""
        for source in sources or self.ports:
            for destination in destinations or self.ports:
                self.faults[source, destination] = faults

    def heal(self) -> None:
        self.faults.clear()

    def cut(self, *sides: list[str]) -> None:
        """Parts the ports of the first side from those of the second, in both directions."""
        first, second = sides
        self.impair(Faults(loss=1), first, second)
        self.impair(Faults(loss=1), second, first)

    def close(self) -> None:
        self._is_closed.set()
        self._thread.join()
        for port in self.ports.values():
            port.close()

    def _serve(self) -> None:
        poller = select.poll()
        by_descriptor = {port.tap: port for port in self.ports.values()}
        for descriptor in by_descriptor:
            poller.register(descriptor, select.POLLIN)
        while not self._is_closed.is_set():
            timeout = min(0.1, max(0.0, self._waiting[0][0] - time.monotonic())) if self._waiting else 0.1
            for descriptor, _ in poller.poll(timeout * 1000):
                self._read(by_descriptor[descriptor])
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                _, _, destination, frame = heapq.heappop(self._waiting)
                self._write(destination, frame)

    def _read(self, port: Port) -> None:
        for _ in range(64):
            try:
                frame = os.read(port.tap, LONGEST_FRAME)
            except BlockingIOError:
                return
            except OSError:  # the device is down
                time.sleep(0.001)
                return
            for destination in self.ports:
                if destination != port.name:
                    self._pass(frame, destination, self.faults.get((port.name, destination)))

    def _pass(self, frame: bytes, destination: str, faults: Faults | None) -> None:
        if faults is None:
            return self._write(destination, frame)
        if self.random.random() < faults.loss:
            self.lost += 1
            return
        for _ in range(2 if self.random.random() < faults.repetition else 1):
            due = time.monotonic() + faults.delay + self.random.uniform(0, faults.jitter)
            heapq.heappush(self._waiting, (due, next(self._numbers), destination, frame))

    def _write(self, destination: str, frame: bytes) -> None:
        try:
            os.write(self.ports[destination].tap, frame)
        except OSError:  # the device is down, or its queue is full: the frame is lost, as on a real link
            self.lost += 1
