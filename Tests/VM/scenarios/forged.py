"""A group without a key, and an attacker on its network: the effect of forged datagrams and of a flood."""

from __future__ import annotations

import signal
import socket
import struct
import threading
import time
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.frames import HELLO, NAK, PULL, UNAVAILABLE, UPDATE, Attacker, entry, hello, listen_for
from lab.netlink import (
    CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL, NETLINK_GENERIC, Kernel, attribute, attributes, lab_version,
)
from lab.network import C, NODES, jool
from lab.process import at_end, expect, expect_equal, namespace, wait_for
from lab.proxies import Proxy, is_ready, wait_ready
from lab.records import container, layout_of
from lab.runner import ONCE, note, scenario, some_of
from lab.synthetic import sessions
from lab.tables import table

from .sync import proxies, status, take_over

ABSURD = 1 << 60


@scenario("one forged frame disturbs no node of a group without a key, and a finding recommends a key", **ONCE)
def one_frame() -> None:
    make_eager()
    proxies()
    take_over("k")
    crowd = Crowd()
    crowd.open(20)
    wait_for("the first sessions", lambda: len(table("j", "udp")) >= 20, timeout=20)
    expect_equal(status("j")["findings"], [], "findings before")
    attacker = Attacker()
    addresses = {"k's address": "2001:db8:ff08::5", "another": "2001:db8:ff08::66"}
    kinds = ("another start", "a hello far ahead", "update 2^60", "unavailable", "an entry of a silent node", "a hello of an unknown node", "a NAK for everything", "a pull")
    slowest = 0.0
    for name, source in addresses.items():
        for what in some_of("forged frames", kinds, kinds[1:4]) if source.endswith("::5") else kinds[::5]:
            # k may have restarted as a new incarnation after a forged frame with its own number.
            wait_ready("k")
            real = listen_for(int(status("k")["node"], 16))
            lie = hello(entry(4711, ABSURD, 6))
            forged = {
                "another start": real.with_(type=HELLO, node=real.node ^ 1).frame(hello()),
                "a hello far ahead": real.with_(type=HELLO, number=real.number + (1 << 30) & 0xFFFFFFFF).frame(hello()),
                "update 2^60": real.with_(type=UPDATE, sequence=ABSURD).frame(),
                "unavailable": real.with_(type=UNAVAILABLE, sequence=ABSURD).frame(struct.pack("!QQ", 1, ABSURD)),
                "an entry of a silent node": real.with_(type=HELLO, number=real.number + 1).frame(lie),
                "a hello of an unknown node": real.with_(type=HELLO, node=4712, sequence=ABSURD).frame(lie),
                "a NAK for everything": real.with_(type=NAK).frame(struct.pack("!QII", 1, 0xFFFFFFFF, 0)),
                "a pull": real.with_(type=PULL).frame(struct.pack("!IIII", 7, 0, 256, 0)),
            }[what]
            attacker.send(forged, source)
            before = len(table("j", "udp"))
            begun = time.monotonic()
            crowd.open(1)
            while len(table("j", "udp")) == before:
                expect(is_ready("j"), f"j is not ready after {what} from {name}")
                expect(time.monotonic() - begun < 5, f"k's new session is not at j 5 s after {what} from {name}")
                time.sleep(0.05)
            slowest = max(slowest, time.monotonic() - begun)
            while time.monotonic() - begun < 6:
                expect(is_ready("j"), f"j is not ready {time.monotonic() - begun:.1f} s after {what} from {name}")
                time.sleep(0.1)
            crowd.open(1)
            wait_for(f"a session after {what} from {name}", lambda: len(table("j", "udp")) == crowd.opened, timeout=2)
    note(f"the slowest session took {slowest:.1f} s")
    note(f"UNVALIDATED {status('j')['counters']['UNVALIDATED']}")
    # k received an update with its own number that it never sent, as if there were a copy of it.
    found = status("k")
    expect(found["counters"].get("COPIES", 0) >= 1, "k did not count the frame under its own number")
    expect(any("--net.key-file" in finding for finding in found["findings"]), f"no finding names the key: {found['findings']}")


class Announcements:
    """Receives the module's announcements, like the proxy, and records their times. It acknowledges none."""

    def __init__(self, node: str) -> None:
        kernel = Kernel(node)
        kernel._send(GENL_ID_CTRL, struct.pack("=BBH", CTRL_CMD_GETFAMILY, 1, 0) + attribute(CTRL_ATTR_FAMILY_NAME, b"Jool\0"))
        groups = attributes(dict(attributes(kernel._receive()[20:]))[7])
        (number,) = struct.unpack("=I", dict(attributes(groups[0][1]))[2])
        kernel.close()
        with namespace(node):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
        self.socket.setsockopt(270, 1, number)  # SOL_NETLINK, NETLINK_ADD_MEMBERSHIP
        self.socket.settimeout(0.1)
        self.times: list[float] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        at_end(self._end)
        self._thread.start()

    def _listen(self) -> None:
        while not self._is_over.is_set():
            try:
                self.socket.recv(1 << 17)
            except OSError:
                continue
            self.times.append(time.monotonic())

    def _end(self) -> None:
        # The thread first: a socket that is closed while a thread receives from it stays a member of the group.
        self._is_over.set()
        self._thread.join()
        self.socket.close()


@scenario("during a flood of datagrams the module waits for an acknowledgement no longer than one batch takes", **ONCE)
def flood() -> None:
    make_eager()
    for node in NODES:
        jool(C, node, "global", "update", "ss-max-sessions-per-packet", "1")  # one session per message
        jool(C, node, "global", "update", "ss-flush-deadline", "60000")  # otherwise the module continues without one
    both = proxies()
    received = Announcements("j")
    # Records of new sessions, because they cost most.
    attacker = Attacker()
    crowd = Crowd()
    crowd.open(200)
    time.sleep(1)
    # All of them are queued when the proxy continues. New sessions of the module are queued, too, and more follow.
    new_sessions = sessions(4096 * 30)
    packets = [attacker.packet(container(new_sessions[at : at + 30], layout_of(lab_version()))) for at in range(0, len(new_sessions), 30)]
    both["j"].signal(signal.SIGSTOP)
    for packet in packets:
        attacker.send_packet(packet)
    crowd.open(50)
    before, begun = len(received.times), time.monotonic()
    both["j"].signal(signal.SIGCONT)
    while waiting(both["j"]):
        crowd.open(5, pace=0)
        time.sleep(0.002)
    taken = time.monotonic() - begun
    time.sleep(0.5)
    times = [begun, *(at for at in received.times[before:] if at < begun + taken), begun + taken]
    longest = max(later - at for at, later in zip(times, times[1:]))
    turn = status("j")["counters"].get("LONGEST_TURN", 0) / 1000
    note(f"{len(packets)} datagrams were read in {taken * 1000:.0f} ms; longest gap {longest * 1000:.0f} ms; longest turn {turn:.0f} ms")
    expect(longest < taken / 4, f"the module waited {longest * 1000:.0f} ms for an acknowledgement, of {taken * 1000:.0f}")


def waiting(proxy: Proxy) -> int:
    """The number of bytes in the proxy's receive buffer."""
    rows = map(str.split, Path(f"/proc/{proxy.pid}/net/udp6").read_text().splitlines()[1:])
    return sum(int(row[4].split(":")[1], 16) for row in rows if row[1].endswith(f":{proxy.port:04X}"))
