"""keepalived moves the virtual addresses, with the files of docs/failover, and every connection survives."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from lab.crowd import make_eager
from lab.network import C, NODES, OURS, VIRTUAL4, VIRTUAL6, release
from lab.process import Background, Failed, at_end, expect, expect_equal, namespace, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import LATER, NOWHERE, ONCE, note, scenario
from lab.traffic import SERVER4, SERVER6, TCPTransfer, UDPEcho

from .tutorial import shut_down

FILES = Path(__file__).resolve().parents[3] / "docs" / "failover"
GUESTS = Path("/etc/keepalived"), Path("/usr/local/bin/jool")


def install(tools: Path = OURS) -> None:
    """Installs the files as in the guide, inside the VM only. Without `track_script` for the C tools, which have no
    readiness check."""
    folder, program = GUESTS
    folder.mkdir(exist_ok=True)
    shutil.copy(FILES / "backup.sh", folder / "backup.sh")
    text = (FILES / "keepalived.conf").read_text()
    (folder / "keepalived.conf").write_text(text if tools == OURS else re.sub(r"    track_script \{.*?\}\n", "", text, flags=re.S))
    program.unlink(missing_ok=True)
    program.symlink_to(tools / "jool")


def keepalived(node: str) -> Background:
    run_files = [f"--{kind}pid=/run/lab/{kind}{node}.pid" for kind in ("", "vrrp_")]
    return Background("keepalived", "--dont-fork", "--log-console", "--vrrp", "--config-id", node, *run_files, ns=node, name=f"keepalived-{node}")


def holds(node: str) -> bool:
    """Whether a node has both virtual addresses."""
    text = run("ip", "-o", "addr", ns=node).out
    return f" {VIRTUAL6}/" in text and f" {VIRTUAL4}/" in text


def wait_holder(node: str, timeout: float = 30) -> float:
    begun = time.monotonic()
    wait_for(f"{node} holds the virtual addresses", lambda: holds(node), timeout, every=0.02)
    return time.monotonic() - begun


def crash(daemon: Background) -> None:
    # SIGSTOP, because keepalived would otherwise still announce its end.
    (child,) = run("pgrep", "-P", str(daemon.pid)).out.split()
    os.kill(int(child), signal.SIGSTOP)
    at_end(lambda: os.kill(int(child), signal.SIGKILL))
    shut_down("j")


class Witnesses:
    """A ping every 10 ms, a TCP transfer in both directions, an idle TCP connection, and a UDP exchange."""

    def __init__(self) -> None:
        self.ping = Background("ping", "-6", "-n", "-D", "-i", "0.01", SERVER6, ns="n6", name="ping")
        self.transfer, self.echo = TCPTransfer(), UDPEcho()
        with namespace("n4"):
            listener = socket.create_server((SERVER4, 5009))
        with namespace("n6"):
            self.idle = socket.create_connection((SERVER6, 5009), timeout=30)
        self.far, _ = listener.accept()
        self.far.settimeout(30)
        listener.close()
        at_end(self.idle.close)
        at_end(self.far.close)
        self.check("the start")

    def check(self, what: str) -> None:
        """Checks that all of them still work."""
        self.transfer.wait_more(4096)
        self.echo.exchange()
        self.check_ping(what)
        expect_equal(len(set(self.echo.peers)), 1, f"client addresses at the UDP server after {what}")

    def check_ping(self, what: str) -> None:
        answered = len(self.answers())
        wait_for(f"ping is answered after {what}", lambda: len(self.answers()) > answered + 20, timeout=20)

    def finish(self) -> None:
        """Uses the idle connection for the first time, and checks the other connections to their end."""
        self.idle.sendall(b"still there?")
        expect_equal(self.far.recv(100), b"still there?", "the idle connection")
        self.far.sendall(b"yes")
        expect_equal(self.idle.recv(100), b"yes", "the idle connection in the other direction")
        self.transfer.finish()

    def survivors(self) -> str:
        """The connections that still work, where none has to."""
        found = []
        for name, attempt in {"TCP transfer": lambda: self.transfer.wait_more(4096, timeout=15), "UDP": self.echo.exchange}.items():
            try:
                attempt()
                found.append(f"{name} lives")
            except Failed as failure:
                found.append(f"{name}: {failure}")
        masks = len(set(self.echo.peers))
        return ", ".join(found) + ("" if masks == 1 else f", the UDP client has had {masks} masks")

    def answers(self) -> list[tuple[float, int]]:
        return [(float(when), int(number)) for when, number in re.findall(r"\[([\d.]+)\].*icmp_seq=(\d+) ttl", self.ping.out)]

    def gap(self, since: float) -> str:
        """The longest time without an answer, and the number of lost pings."""
        found = [answer for answer in self.answers() if answer[0] >= since - 0.1]
        pairs = list(itertools.pairwise(found))
        longest = max(later[0] - earlier[0] for earlier, later in pairs)
        return f"{longest * 1000:.0f} ms without an answer, {sum(later[1] - earlier[1] - 1 for earlier, later in pairs)} pings lost"


def move(flows: Witnesses, what: str, node: str, act: Callable[[], None], must_live: bool = True) -> None:
    """Makes keepalived move the addresses to a node, and notes the time that it took."""
    since = time.time()
    act()
    wait_holder(node)
    seconds = time.time() - since
    (flows.check if must_live else flows.check_ping)(what)
    text = f"{what}: {node} has the addresses after {seconds:.2f} s; {flows.gap(since)}"
    note(text if must_live else f"{text}; {flows.survivors()}")


@scenario("keepalived moves the addresses, planned and after a crash, and every connection survives", before=LATER)
def failover() -> None:
    install()
    make_eager()
    for node in NODES:
        release(node)
    proxies = {node: Proxy(node) for node in NODES}
    wait_ready(*NODES)
    daemons = {node: keepalived(node) for node in NODES}
    wait_holder("j")
    expect(not holds("k"), "both hold the addresses")
    flows = Witnesses()

    def start(node: str) -> None:
        daemons[node] = keepalived(node)

    move(flows, "planned switch", "k", lambda: daemons["j"].signal(signal.SIGTERM))
    move(flows, "return", "j", lambda: start("j"))

    # A node that is not ready does not take over.
    proxies["k"].signal(signal.SIGKILL)
    proxies["k"].wait(10)
    time.sleep(4)
    daemons["j"].signal(signal.SIGTERM)
    time.sleep(3)
    expect(not holds("k") and not holds("j"), "a node that is not ready has the addresses")
    proxies["k"] = Proxy("k")
    wait_holder("k")
    flows.check("k is ready again")
    move(flows, "return after that", "j", lambda: start("j"))
    move(flows, "crash of the active node", "k", lambda: crash(daemons["j"]))
    flows.finish()
    expect(proxies["k"].alive, "the proxy ended")


@scenario("keepalived beside C proxies moves the addresses", **ONCE, desk=NOWHERE)
def failover_of_c() -> None:
    """Only the move of the addresses is checked. The notes are for comparison with those of the scenario above."""
    install(C)
    make_eager()
    for node in NODES:
        release(node)
        Proxy(node, C)
    daemons = {node: keepalived(node) for node in NODES}
    wait_holder("j")
    flows = Witnesses()

    move(flows, "planned switch", "k", lambda: daemons["j"].signal(signal.SIGTERM), must_live=False)
    daemons["j"] = keepalived("j")
    wait_holder("j")
    time.sleep(2)
    move(flows, "crash of the active node", "k", lambda: crash(daemons["j"]), must_live=False)
