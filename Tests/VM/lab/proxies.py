"""Starts session proxies, ours and the C programs', each with its own options."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time
from pathlib import Path

from .netlink import lab_version
from .network import C, GROUP4, GROUP6, NODES, OURS, PORT, jool
from .process import SCRATCH, Background, Failed, at_end, namespace, wait_for


class Proxy(Background):
    """A running proxy. The constructor returns when the proxy listens to the module and to the network."""

    def __init__(
        self, node: str, program: Path = OURS, ipv4: bool = False, stats: int | None = None, port: int = PORT,
        options: tuple[str, ...] = (), argv: tuple[str | Path, ...] = (), unicast: bool = False,
    ) -> None:
        self.group, self.port, self.unicast = (GROUP4 if ipv4 else GROUP6), port, unicast
        device = f"203.0.113.{NODES[node]}" if ipv4 else "eth2"
        if argv:
            pass  # the scenario gives the whole command line
        elif program == C and lab_version() < (4, 1, 12):
            argv = (C / "joold", *json_files(node, self.group, port, device))
        else:
            group = ("--net.mcast.addr", self.group) if program == OURS else (self.group,)
            argv = (
                program / "jool", "-i", "default", "session", "proxy", "--net.mcast.port", str(port),
                "--net.dev.in", device, "--net.dev.out", device, *options,
                *(("--stats.port", str(stats)) if stats else ()), *group,
            )
        super().__init__(*argv, ns=node, name=f"proxy-{node}")
        self.wait_ready()

    def wait_ready(self, timeout: float = 20) -> None:
        def ready() -> bool:
            try:
                return self.listens_to_network() and self.listens_to_module()
            except OSError:  # the process has ended
                return not self.alive

        wait_for(f"{self.name} listens", lambda: not self.alive or ready(), timeout)
        if not self.alive:
            raise Failed(f"proxy ended with {self.wait(1)}: {self.describe()}")

    def listens_to_module(self) -> bool:
        """Whether a generic netlink socket of this process is a member of a group."""
        own = set()
        for descriptor in Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                own.add(os.readlink(descriptor))
        for line in Path(f"/proc/{self.pid}/net/netlink").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[1] == "16" and int(fields[3], 16) and f"socket:[{fields[9]}]" in own:
                return True
        return False

    def listens_to_network(self) -> bool:
        """Whether there is a UDP socket on the port, and eth2 is a member of the group."""
        table, members = ("udp", "igmp") if ":" not in self.group else ("udp6", "igmp6")
        bound = any(
            line.split()[1].endswith(f":{self.port:04X}")
            for line in Path(f"/proc/{self.pid}/net/{table}").read_text().splitlines()[1:]
        )
        if self.unicast:
            return bound
        joined = Path(f"/proc/{self.pid}/net/{members}").read_text()
        if table == "udp":
            return bound and f"{struct.unpack('=I', socket.inet_aton(self.group))[0]:08X}" in joined
        return bound and socket.inet_pton(socket.AF_INET6, self.group).hex() in joined


def status_fields(node: str) -> dict[str, str]:
    """The status of our proxy on a node, by the first word of each line; empty without a proxy. The control socket is
    queried directly, because starting `jool session proxy status` each time would take longer than most scenarios."""
    with namespace(node), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as control:
        control.settimeout(10)
        try:
            control.connect("\0jool-session-proxy/default")
            control.send(b"status")
            lines = control.recv(1 << 16).decode().splitlines()
        except OSError:
            return {}
    return {word: rest for word, _, rest in (line.partition(" ") for line in lines)}


def state(node: str) -> str:
    """The state of our proxy on a node: starting, mending, ready, disabled or absent; "" without a proxy."""
    return status_fields(node).get("state", "")


def is_ready(node: str) -> bool:
    """Whether a node may have the addresses according to our proxy, like `jool session proxy status --ready`."""
    return status_fields(node).get("ready") == "yes"


def status(node: str) -> dict:
    return json.loads(jool(OURS, node, "session", "proxy", "status", "--json").out)


def wait_ready(*nodes: str, timeout: float = 30) -> None:
    for node in nodes:
        wait_for(f"{node} is ready", lambda: is_ready(node), timeout, every=0.2)


def json_files(node: str, group: str, port: int, device: str, instance: str = "default") -> tuple[Path, Path]:
    """The two files of `joold`."""
    network, module = SCRATCH / f"netsocket-{node}.json", SCRATCH / f"modsocket-{node}.json"
    network.write_text(json.dumps({
        "multicast address": group, "multicast port": str(port),
        "in interface": device, "out interface": device, "ttl": 3,
    }))
    module.write_text(json.dumps({"instance": instance}))
    return network, module


COUNTERS = ("KERNEL_SENT_PKTS", "KERNEL_SENT_BYTES", "NET_RCVD_PKTS", "NET_RCVD_BYTES", "NET_SENT_PKTS", "NET_SENT_BYTES")


def statistics(node: str, port: int, address: str = "::1") -> str:
    """The answer of a proxy's statistics server, as with `echo | nc -u`."""
    with namespace(node):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as asker:
            asker.settimeout(1)
            asker.connect(socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM)[0][4])

            def ask() -> str:
                try:
                    asker.send(b"\n")
                    return asker.recv(4096).decode()
                except OSError:
                    return ""

            return wait_for(f"statistics from [{address}]:{port}", ask, timeout=10)


def counters(node: str, port: int, address: str = "::1") -> dict[str, int]:
    return {name: int(value) for name, value in (line.split(",") for line in statistics(node, port, address).splitlines())}


class Listener:
    """A plain member of the group on a node (None: on the sync link between the nodes). It receives the datagrams of
    proxies and sends those of a scenario."""

    def __init__(self, node: str | None, ipv4: bool = False, port: int = PORT) -> None:
        with namespace(node):
            index = socket.if_nametoindex("eth2" if node else "brs")
            if ipv4:
                self.destination: tuple[str, int] | tuple[str, int, int, int] = (GROUP4, port)
                self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                member = socket.inet_aton(GROUP4) + socket.inet_aton(f"203.0.113.{NODES[node or 'j']}")
                level, join, interface = socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member[4:]
                out, loop = socket.IP_MULTICAST_IF, socket.IP_MULTICAST_LOOP
            else:
                self.destination = (GROUP6, port, 0, index)
                self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                member = socket.inet_pton(socket.AF_INET6, GROUP6) + struct.pack("=I", index)
                level, join, interface = socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("=i", index)
                out, loop = socket.IPV6_MULTICAST_IF, socket.IPV6_MULTICAST_LOOP
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
            self.socket.setsockopt(level, out, interface)
            self.socket.setsockopt(level, loop, 0)
            self.socket.bind((self.destination[0], port))
            self.socket.setsockopt(level, join, member)
        at_end(self.close)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.destination)

    def receive_legacy(self, quiet: float = 1.0, timeout: float = 30) -> list[bytes]:
        """The datagrams for C proxies (without SS2 frames) that arrive until none arrives for `quiet` seconds."""
        found: list[bytes] = []
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                datagram = self.socket.recv(65536)
            except TimeoutError:
                break
            if datagram[:2] != bytes(2):
                found.append(datagram)
                deadline = time.monotonic() + quiet
        return found

    def receive_all(self, seconds: float) -> list[bytes]:
        """All datagrams that arrive within `seconds`, unchanged."""
        found: list[bytes] = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                found.append(self.socket.recv(65536))
            except TimeoutError:
                break
        return found

    def close(self) -> None:
        self.socket.close()
