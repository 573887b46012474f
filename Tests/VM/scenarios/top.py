"""`session top` on terminals, with real traffic."""

from __future__ import annotations

import json
import signal
import socket
import termios
import time

from lab.crowd import Crowd
from lab.guide import follow
from lab.network import OURS, VIRTUAL4, VIRTUAL6, jool, make_instance, make_roomy
from lab.process import SCRATCH, Background, expect, expect_equal, run, wait_for
from lab.records import TCP, UDP, Session
from lab.runner import MIDDLE, note, scenario
from lab.screen import PseudoTerminal, Screen
from lab.synthetic import load, sessions

TOP = ("session", "top", "--numeric", "--interval", "0.3")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR1)


def rows(screen: str, name: str) -> list[list[str]]:
    """The words of the lines that begin with a name."""
    return [line.split() for line in screen.splitlines() if line.split()[:1] == [name]]


def fill(node: str, address: str, used: int) -> None:
    """Gives an instance a small pool4, and uses a part of it."""
    jool(OURS, node, "pool4", "add", "--tcp", address, "1001-1010")
    for number in range(used):
        jool(OURS, node, "bib", "add", "--tcp", f"2001:db8::99#{number + 1}", f"{address}#{1001 + number}")


@scenario("top in tmux: traffic, keys, sizes, stop and continue; the terminal is then as before", desk=MIDDLE)
def in_tmux() -> None:
    make_instance("j")
    crowd = Crowd()
    crowd.open(120)
    screen = Screen("j")
    screen.command("stty -a >before")
    screen.command(f"jool {' '.join(TOP)}")
    screen.wait_line(r"session top: instance default, every 0\.3 s")
    screen.wait_line(r"UDP +120 ")
    screen.wait_line(r" +120 +100\.0 % +\S+  2001:db8::8")
    screen.wait_line(r"Synchronization: no proxy")
    screen.wait_line(r"192\.0\.2\.1 +0  UDP +1 +4535 +0\.0 %")
    shown = []
    for _ in range(30):
        crowd.open(2)
        shown += rows(screen.text, "UDP")
    expect(any(float(row[2]) > 0 for row in shown), f"no new sessions per second: {shown}")
    screen.wait_line(r"UDP +180 +0\.0 +0\.0")
    fill("j", "192.0.2.77", 9)
    screen.wait_line(r"192\.0\.2\.77 +0  TCP +9 +10 +90\.0 %  nearly full")

    screen.type("b")
    screen.wait_line(r".* source6/64 ")
    screen.wait_line(r" +180 .*  2001:db8::/64")
    screen.type("bb")
    screen.wait_line(r" +180 .*  192\.0\.2\.8")
    screen.type("p")
    screen.wait("TCP alone", lambda text: "--tcp" in text and not rows(text, "UDP"))
    screen.type("p")
    screen.wait("UDP alone", lambda text: "--udp" in text and not rows(text, "TCP"))
    screen.type("/")
    screen.wait_line(r"/--udp_")
    screen.type(" --destination4 192.0.2.8#2000-2009x")
    screen.press("Enter")
    screen.wait_line(r"'192\.0\.2\.8#2000-2009x' is not a valid value")
    screen.press("BSpace", "Enter")
    screen.wait_line(r"UDP +10 ")
    screen.type("/")
    screen.press("C-u", "Enter")
    screen.wait_line(r"All +180 ")
    screen.press("Up", "Down", "F1")  # not taken for commands
    screen.type("s")
    screen.wait_line(r".*sorted by new sessions")

    screen.type(" ")
    screen.wait_line(r"session top: .*PAUSED")
    crowd.open(20)
    expect(rows(screen.text, "UDP")[0][1] == "180", "a paused view changes")
    screen.type(" ")
    screen.wait_line(r"UDP +200 ")

    for width, height in ((40, 10), (200, 60), (20, 3), (80, 24)):
        screen.resize(width, height)
        text = screen.wait(
            f"a picture of {width}×{height}", lambda text: "q quit" in text and len(text.splitlines()) == height)
        if height >= 10:
            expect("192.0.2.8" in text, text)
    screen.wait_line(r"All +200 ")

    screen.press("C-z")
    screen.wait("the shell while top is stopped", lambda text: "Stopped" in text and "Sessions" not in text)
    screen.command("stty -a >stopped")
    screen.command("fg")
    screen.wait_line(r"All +200 ")
    screen.type("q")
    screen.wait("the shell after top", lambda text: "Stopped" in text and "Sessions" not in text)
    screen.command("stty -a >after; echo ended")
    screen.wait_line("ended")
    before, stopped, after = ((SCRATCH / name).read_text() for name in ("before", "stopped", "after"))
    expect_equal(stopped, before, "settings while top is stopped")
    expect_equal(after, before, "settings after top")


@scenario("top ends by every signal, by errors and by a lost terminal, which is then as before", desk=MIDDLE)
def signals() -> None:
    make_instance("j")
    program = str(OURS / "jool")

    def begin(*options: str, env: dict[str, str] | None = None) -> PseudoTerminal:
        terminal = PseudoTerminal(program, *TOP, *options, ns="j", env=env)
        terminal.wait_text(b"Synchronization: no proxy")
        expect(termios.tcgetattr(terminal.slave) != terminal.before, "the terminal is not raw")
        return terminal

    for number in SIGNALS:
        terminal = begin()
        terminal.process.send_signal(number)
        expect_equal(terminal.wait_end(), -number, f"status after {number.name}")
        expect(terminal.is_restored, f"the terminal after {number.name}: {terminal.seen[-200:]!r}")
    for keys, status in ((b"q", 0), (b"\x03", -signal.SIGINT), (b"\x1c", -signal.SIGQUIT), (b"/--tcp\x03", -signal.SIGINT)):
        terminal = begin()
        terminal.press(keys)
        expect_equal(terminal.wait_end(), status, f"status after {keys!r}")
        expect(terminal.is_restored, f"the terminal after {keys!r}")

    terminal = begin()
    terminal.process.kill()
    terminal.wait_end()
    expect(not terminal.is_restored, "the check of the terminal cannot fail: nothing restores it after SIGKILL")

    terminal = begin()
    jool(OURS, "j", "instance", "remove")
    expect_equal(terminal.wait_end(), 3, "status after the instance was removed")
    expect(terminal.is_restored, "the terminal after the instance was removed")
    _, _, rest = terminal.seen.rpartition(b"\x1b[?1049l")
    expect(b"lacks an instance named 'default'" in rest, f"the error is not on the shell's screen: {rest!r}")

    make_instance("j")
    terminal = begin()
    terminal.hang_up()
    wait_for("the end after the terminal was closed", lambda: terminal.process.poll() is not None, timeout=10)

    # A terminal that takes no output, like one at the end of a broken connection.
    terminal = PseudoTerminal(program, "session", "top", "--interval", "0.1", ns="j", width=500, height=200)
    terminal.wait_text(b"Synchronization: no proxy")
    termios.tcflow(terminal.slave, termios.TCOOFF)
    time.sleep(1)
    terminal.process.send_signal(signal.SIGTERM)
    wait_for("the end although the terminal takes no output", lambda: terminal.process.poll() is not None, timeout=10)
    expect_equal(termios.tcgetattr(terminal.slave), terminal.before, "settings of a terminal that takes no output")

    for env, sequence, wanted in (
        ({"TERM": "dumb"}, b"\x1b", False), ({"NO_COLOR": "1"}, b"\x1b[36m", False), ({}, b"\x1b[36m", True),
    ):
        terminal = PseudoTerminal(program, *TOP, ns="j", env=env)
        terminal.wait_text(b"sorted by sessions" if env.get("TERM") == "dumb" else b"q quit")
        expect((sequence in terminal.seen) == wanted, f"{env}: {terminal.seen!r}")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.wait_end()
    note(f"{len(SIGNALS)} signals, keys, an error, a closed terminal, and one that takes no output")


@scenario("top in a pipe: counts and rates are those of the traffic", desk=MIDDLE)
def in_a_pipe() -> None:
    make_instance("j")
    make_roomy("j")
    table = sessions(20_000)
    load("j", table)
    report = json.loads(jool(OURS, "j", "session", "top", "--once", "--json", "--limit", "3").out)
    expect_equal(report["sessions"], len(table), "sessions")
    clients = sorted((sum(one.source6 == client for one in table) for client in {one.source6 for one in table}), reverse=True)
    expect_equal([group["sessions"] for group in report["top"]], clients[:3], "sessions of the first clients")
    expect_equal(report["groups"], len(clients), "clients")
    masks = {(one.protocol, one.source4, one.port4) for one in table}
    expect_equal(sum(row["in_use"] for row in report["pool4"]), len(masks), "masks in use")
    capacity = {row["address"]: row["capacity"] for row in report["pool4"] if row["protocol"] == "TCP"}
    expect_equal((capacity[VIRTUAL4], capacity["198.18.0.0"]), (4535, 64512), "masks of an address")

    live = Background(OURS / "jool", "session", "top", "--json", "--interval", "0.5", ns="j", name="top")
    reports = lambda: [json.loads(line) for line in live.out.splitlines()]  # noqa: E731
    wait_for("two reports", lambda: len(reports()) >= 2)
    opened = Crowd().open(500)
    wait_for("the new sessions", lambda: sum((one["protocols"][1]["begun"] or 0) for one in reports()) >= len(opened))
    last = reports()
    expect_equal(sum((one["protocols"][1]["begun"] or 0) for one in last), len(opened), "new sessions")
    expect_equal(sum((one["protocols"][1]["ended"] or 0) for one in last), 0, "ended sessions")
    live.stop()

    piped = run("bash", "-c", f"{OURS}/jool {' '.join(TOP)} | head -n 3", ns="j", timeout=20)
    expect(piped.out.startswith("session top: instance default"), piped.out)
    closed = run(OURS / "jool", *TOP, "--once", ns="j")
    expect_equal(closed.err, "", "standard error")


@scenario("the guide to the users of pool4, line by line", desk=MIDDLE)
def guide() -> None:
    make_instance("j")
    load("j", guide_table())
    follow("top.md", {"nat64": "j"})


def guide_table() -> list[Session]:
    """A client that opens thousands of connections to one server, and some others."""
    mask, server, resolver = map(socket.inet_aton, (VIRTUAL4, "198.51.100.7", "203.0.113.77"))

    def client(text: str) -> bytes:
        return socket.inet_pton(socket.AF_INET6, text)

    table = [
        Session(TCP, client("2001:db8:0:66::13"), 20_000 + number, mask, 61_001 + number, server, 25, 200_000 + number, 1, 1)
        for number in range(3600)
    ]
    table += [
        Session(TCP, client(f"2001:db8::{number % 5 + 1}"), 30_000 + number, mask, 65_000 + number, server, 443, 7_000_000 + number)
        for number in range(180)
    ]
    table += [
        Session(UDP, client(f"2001:db8::{number % 7 + 1}"), 30_000 + number, mask, 62_000 + number, resolver, 53, 290_000 + number)
        for number in range(60)
    ]
    return table
