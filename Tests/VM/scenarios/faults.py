"""Faults in the environment of a proxy, after which it must continue."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from pathlib import Path

from lab import network
from lab.crowd import make_eager
from lab.netlink import NETLINK_GENERIC, session_count
from lab.network import C, GROUP6, NODES, OURS, configure, jool, make_both, make_instance, restore_links
from lab.process import expect, expect_equal, namespace, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import MIDDLE, ONCE, note, scenario
from lab.tables import same_sessions, table
from lab.traffic import SERVER6, UDPEcho


def start_proxies(deadline: int = 100) -> dict[str, Proxy]:
    make_both()
    configure(*NODES, ss_flush_deadline=deadline)
    return {node: Proxy(node) for node in NODES}


_ports = iter(range(5200, 6000))


def new_session_arrives(origin: str = "j", copy: str = "k", timeout: float = 20) -> float:
    """Opens a UDP session through `origin`, and returns the seconds until it is on `copy`."""
    echo = UDPEcho(next(_ports))
    start = time.monotonic()
    echo.exchange()
    wanted = f"192.0.2.8,{echo.server.getsockname()[1]}"
    wait_for(
        f"a new session (… {wanted}) of {origin} on {copy}",
        lambda: any(key.endswith(wanted) for key in table(copy, "udp")), timeout,
    )
    echo.close()
    return time.monotonic() - start


def event_sockets(proxy: Proxy) -> list[list[str]]:
    """The rows of /proc/net/netlink for those sockets of the process that are members of a group."""
    own = {os.readlink(entry) for entry in Path(f"/proc/{proxy.pid}/fd").iterdir()}
    lines = Path(f"/proc/{proxy.pid}/net/netlink").read_text().splitlines()[1:]
    return [f for f in map(str.split, lines) if f"socket:[{f[9]}]" in own and int(f[3], 16)]


def drops(proxy: Proxy) -> int:
    """The number of multicasts that the kernel could not deliver to the proxy. Its next read fails with ENOBUFS."""
    return sum(int(row[8]) for row in event_sockets(proxy))


def fill_buffers(proxy: Proxy, node: str) -> int:
    """Fills the buffers of the proxy's event sockets with foreign multicasts, and returns their number.

    It fills all of them, because a test cannot know which socket receives the module's messages.
    """
    rubbish = struct.pack("=IHHII", 60000, 0x7F, 0, 0, 0) + bytes(60000 - 16)
    sent = 0
    with namespace(node), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC) as talker:
        talker.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        talker.bind((0, 0))
        while (roomy := [row for row in event_sockets(proxy) if row[8] == "0"]) and sent < 20000:
            for row in roomy:
                with contextlib.suppress(OSError):
                    talker.sendto(rubbish, (0, int(row[3], 16)))
                sent += 1
    return sent


@scenario("a proxy recovers from an overrun of its event buffer (ENOBUFS), and k receives the lost sessions")
def overrun() -> None:
    proxies = start_proxies()
    new_session_arrives()
    proxies["j"].signal(signal.SIGSTOP)
    rubbish = fill_buffers(proxies["j"], "j")
    full = drops(proxies["j"])
    expect(full > 0, f"{rubbish} messages did not fill the proxy's buffer; the scenario proves nothing")
    with namespace("n6"):
        crowd = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    with namespace("n4"):
        Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("1000000")  # no ICMP errors from unused ports
    for port in range(10000, 10300):
        crowd.sendto(b"x", (SERVER6, port))
    wait_for("300 sessions on j", lambda: session_count("j") >= 300, timeout=10)
    wait_for("multicasts of the module are lost", lambda: drops(proxies["j"]) > full, timeout=10)
    note(f"{rubbish} messages filled the buffer; {drops(proxies['j']) - full} multicasts of the module were lost")
    proxies["j"].signal(signal.SIGCONT)
    note(f"a new session arrived after {new_session_arrives(timeout=60):.1f} s")
    expect(proxies["j"].alive, "the proxy ended")
    wait_for("k has all of j's sessions", lambda: session_count("k") >= session_count("j"), timeout=60, every=0.5)
    expect(same_sessions("j", "k", "udp"), "k lacks sessions of j")


@scenario("a proxy continues after it was stopped and the module's queue has overflowed")
def stopped() -> None:
    proxies = start_proxies()
    new_session_arrives()
    proxies["j"].signal(signal.SIGSTOP)
    with namespace("n6"):
        crowd = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for port in range(12000, 15000):
        crowd.sendto(b"x", (SERVER6, port))
    proxies["j"].signal(signal.SIGCONT)
    note(f"a new session arrived after {new_session_arrives(timeout=60):.1f} s")
    note(f"sessions: j {session_count('j')}, k {session_count('k')} (the module queues 512 and drops the rest)")


@scenario("new sessions, and those from during the failure, arrive after a failure of the sync link", desk=MIDDLE)
def link_down() -> None:
    proxies = start_proxies()
    new_session_arrives()
    run("ip", "link", "set", "eth2", "down", ns="j")
    echo = UDPEcho(5190)
    echo.exchange()
    time.sleep(1)  # so that the proxy tries to send and fails
    restore_links("j")
    note(f"a new session arrived {new_session_arrives(timeout=30):.1f} s after the link was up")
    new_session_arrives("j", "k")
    expect(all(proxy.alive for proxy in proxies.values()), "a proxy ended")
    for _ in range(3):
        echo.exchange()
    wait_for("the session from during the failure is on k", lambda: same_sessions("j", "k", "udp"), timeout=30)


@scenario("the proxies wait while the module is removed, and continue when it is loaded again")
def module_reload() -> None:
    proxies = start_proxies()
    new_session_arrives()
    network.unload_modules()
    time.sleep(1.5)  # longer than a series of quick retries
    expect(all(proxy.alive for proxy in proxies.values()), "a proxy ended with the module")
    before = sum(sum(proxy.cpu()) for proxy in proxies.values())
    time.sleep(3)
    used = sum(sum(proxy.cpu()) for proxy in proxies.values()) - before
    expect(used < 1.0, f"the proxies use too much CPU without the module: {used:.2f} s in 3 s")
    network.load_modules("jool")
    make_both()
    configure(*NODES, ss_flush_deadline=100)
    for node in NODES:
        proxies[node].wait_ready(timeout=30)
    note(f"a new session arrived {new_session_arrives(timeout=40):.1f} s after the instances existed again")


@scenario("the proxies continue after an instance was removed and created again", desk=MIDDLE)
def instance_again() -> None:
    proxies = start_proxies()
    new_session_arrives()
    for node in NODES:
        jool(C, node, "instance", "remove")
    time.sleep(1)
    expect(all(proxy.alive for proxy in proxies.values()), "a proxy ended with its instance")
    make_both()
    note(f"a new session arrived after {new_session_arrives(timeout=40):.1f} s")


@scenario("a proxy with --log.target stderr continues after the reader of its log has ended", **ONCE)
def closed_log() -> None:
    make_eager()
    words = f"--net.mcast.port 6464 --net.dev.in eth2 --net.dev.out eth2 --log.target stderr {GROUP6}"
    command = f"exec 2> >(head -c 1 >/dev/null); exec {OURS / 'jool'} session proxy {words}"
    proxy = Proxy("j", argv=("bash", "-c", command))
    wait_ready("j")
    for _ in range(3):
        proxy.signal(signal.SIGHUP)
        time.sleep(0.2)
    expect(proxy.alive, "the proxy ended")
    expect_equal(proxy.stop(), 0, "exit status")


@scenario("SIGTERM and SIGINT end a proxy with status 0, and the next one works", desk=MIDDLE)
def termination() -> None:
    make_instance("j")
    make_instance("k")
    keeper = Proxy("k")
    for number in (signal.SIGTERM, signal.SIGINT):
        proxy = Proxy("j")
        new_session_arrives()
        proxy.signal(number)
        expect_equal(proxy.wait(10), 0, f"exit status after {number.name}")
    Proxy("j")
    new_session_arrives()
    expect_equal(keeper.stop(), 0, "exit status of k's proxy")
