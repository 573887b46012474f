"""`session follow`, which prints a line per session at once for every kind of standard output."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time

from lab.network import OURS, configure, make_both, make_instance
from lab.process import at_end, expect, namespace, wait_for
from lab.proxies import Proxy
from lab.runner import MIDDLE, note, scenario
from lab.tables import same_sessions
from lab.traffic import UDPEcho

LINE = re.compile(r"^(TCP|UDP|ICMP),2001:db8::8,\d+,192\.0\.2\.1,\d+,192\.0\.2\.8,\d+,\d+:\d\d:\d\d(\.\d{3})?$")


class Follower:
    """`jool session follow` with a pipe as standard output, read without waiting."""

    def __init__(self, node: str, *options: str) -> None:
        with namespace(node):
            self.process = subprocess.Popen(
                [OURS / "jool", "session", "follow", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
            )
        assert self.process.stdout
        at_end(self.process.kill)
        self.descriptor = self.process.stdout.fileno()
        os.set_blocking(self.descriptor, False)
        self.text = ""

    def lines(self) -> list[str]:
        try:
            self.text += os.read(self.descriptor, 65536).decode()
        except BlockingIOError:
            pass
        return self.text.splitlines()

    def sessions(self) -> list[str]:
        return [line for line in self.lines() if LINE.match(line)]


@scenario("session follow prints a session at once into a pipe, and ends on SIGTERM")
def follow() -> None:
    make_instance("j")
    configure("j", ss_flush_deadline=100)
    follower = Follower("j")
    wait_for("the follower has printed its header", lambda: follower.lines(), timeout=10)
    time.sleep(0.5)  # its socket joins the module's group later
    echo = UDPEcho(5301)
    start = time.monotonic()
    echo.exchange()
    wait_for("a line for the session", lambda: follower.sessions(), timeout=8)
    note(f"first line after {time.monotonic() - start:.2f} s: {follower.sessions()[0]}")
    expect(follower.sessions()[0].startswith("UDP,2001:db8::8,"), f"unexpected: {follower.sessions()}")
    follower.process.send_signal(signal.SIGTERM)
    expect(follower.process.wait(10) in (0, -signal.SIGTERM), f"status after SIGTERM: {follower.process.returncode}")


@scenario("session follow prints what fits its filter, and ends after its limit", desk=MIDDLE)
def follow_some() -> None:
    make_instance("j")
    configure("j", ss_flush_deadline=100)
    other, wanted = UDPEcho(5303), UDPEcho(5304)
    followers = [Follower("j", *options) for options in (
        ("--destination4", "192.0.2.8#5304", "--limit", "1"), ("--udp", "--source6", "2001:db8::/32"), ("--tcp",))]
    for follower in followers:
        wait_for("the follower has printed its header", lambda follower=follower: follower.lines(), timeout=10)
    time.sleep(0.5)
    other.exchange()
    wanted.exchange()
    wait_for("lines for both sessions", lambda: len(followers[1].sessions()) >= 2, timeout=8)
    expect(followers[0].process.wait(10) == 0, "the status after the limit")
    lines = followers[0].sessions()
    expect(len(lines) == 1 and ",192.0.2.8,5304," in lines[0], f"unexpected: {lines}")
    expect(not followers[2].sessions(), f"no TCP: {followers[2].sessions()}")


@scenario("session follow does not disturb a running proxy of the same instance", desk=MIDDLE)
def follow_beside_proxy() -> None:
    make_both()
    configure("j", "k", ss_flush_deadline=100)
    for node in ("j", "k"):
        Proxy(node)
    follower = Follower("j")
    wait_for("the follower has printed its header", lambda: follower.lines(), timeout=10)
    echo = UDPEcho(5302)
    echo.exchange()
    wait_for("the session is on k", lambda: same_sessions("j", "k", "udp"), timeout=15)
    wait_for("a line for the session", lambda: echo.exchange() or follower.sessions(), timeout=15)
