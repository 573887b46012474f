"""Synchronization by our proxies and by the C programs, in the same VM: bad links, dead programs, load, late nodes. See `run`."""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lab import network
from lab.crowd import Crowd, make_eager
from lab.netlink import Kernel, session_count
from lab.network import NODES, OURS, C, claim, jool, make_both, make_instance, make_roomy, release, reset, restore_links
from lab.process import SCRATCH, run
from lab.proxies import Proxy, wait_ready
from lab.synthetic import load, sessions

from measure import SIDES, Figure

SIZE = 1000
PATIENCE = 8.0


class Group:
    """A proxy of one kind on each node, and a crowd of clients."""

    def __init__(self, program: Path, *options: str) -> None:
        reset()
        weather()
        make_eager()
        self.program, self.options = program, options
        self.proxies = {node: self.start(node) for node in NODES}
        self.crowd = Crowd()

    def start(self, node: str) -> Proxy:
        proxy = Proxy(node, self.program, options=self.options)
        if self.program == OURS:
            wait_ready(node)
        return proxy

    def missing(self) -> int:
        return sum(self.crowd.opened - session_count(node) for node in NODES)

    def outcome(self) -> tuple[int, float]:
        """How many sessions are lost when nothing has changed for long, and when the last change was."""
        begun = changed = time.monotonic()
        last = self.missing()
        while last and time.monotonic() - changed < PATIENCE:
            time.sleep(0.1)
            now = self.missing()
            if now != last:
                last, changed = now, time.monotonic()
        return last, changed - begun


def weather(*words: str) -> None:
    """What the sync link does to datagrams, in both directions. Nothing without words."""
    run("modprobe", "sch_netem")
    for node in NODES:
        run("tc", "qdisc", "del", "dev", "eth2", "root", ns=node, check=False)
        if words:
            run("tc", "qdisc", "add", "dev", "eth2", "root", "netem", *words, ns=node)


def take_over(node: str) -> None:
    for other in NODES:
        release(other)
    claim(node)


def bad_link(*words: str) -> Callable[[Group], None]:
    def happen(group: Group) -> None:
        weather(*words)
        for active in NODES:
            take_over(active)
            group.crowd.open(SIZE)

    return happen


def partition(group: Group) -> None:
    # The client is known on both sides: else each gives it a mask of its own, and one of them must yield in the end.
    group.crowd.open(SIZE)
    group.outcome()
    weather("loss", "100%")
    group.crowd.open(SIZE)
    take_over("k")
    group.crowd.open(SIZE)
    time.sleep(10)
    weather()


def killed(node: str) -> Callable[[Group], None]:
    def happen(group: Group) -> None:
        group.crowd.open(SIZE)
        group.proxies[node].signal(signal.SIGKILL)
        group.proxies[node].wait(10)
        group.crowd.open(SIZE)
        group.proxies[node] = group.start(node)
        group.crowd.open(SIZE)

    return happen


def new_instance(group: Group) -> None:
    group.crowd.open(SIZE)
    group.outcome()
    jool(C, "k", "instance", "remove")
    time.sleep(3)
    make_instance("k")


def flap(group: Group) -> None:
    for _ in range(3):
        run("ip", "link", "set", "eth2", "down", ns="k")
        group.crowd.open(SIZE // 2)
        restore_links("k")
        group.crowd.open(SIZE // 2)


FAULTS: dict[str, Callable[[Group], None]] = {
    "a perfect link": bad_link(),
    "1 % loss": bad_link("loss", "1%"),
    "5 % loss": bad_link("loss", "5%"),
    "20 % loss": bad_link("loss", "20%"),
    "reordering 25 %, duplication 10 %, 20±10 ms": bad_link("delay", "20ms", "10ms", "reorder", "25%", "50%", "duplicate", "10%"),
    "jitter 50±40 ms, 2 % loss": bad_link("delay", "50ms", "40ms", "loss", "2%"),
    "a partition of 10 s": partition,
    "the standby's proxy is killed": killed("k"),
    "the active node's proxy is killed": killed("j"),
    "the standby's instance is made anew": new_instance,
    "the standby's sync link flaps": flap,
}


def fault(name: str) -> list[Figure]:
    lost, seconds, total = {}, {}, 0
    for side, program in SIDES.items():
        group = Group(program)
        take_over("j")
        FAULTS[name](group)
        total = 2 * group.crowd.opened
        lost[side], seconds[side] = group.outcome()
    weather()
    return [
        Figure(f"{name}: lost of {total:,}", "sessions", lost["ours"], lost["C"]),
        Figure("  until nothing more came", "s", seconds["ours"], seconds["C"]),
    ]


# ----------------------------------------------------------------------------------------------------------- load


RATES = (250, 1000, 2000, 4000, 8000)


def dropped(node: str) -> int:
    """JSTAT_JOOLD_SSS_ENOSPC: sessions that found the module's queue full."""
    lines = jool(C, node, "stats", "display", "--all", "--csv", "--no-headers").out.splitlines()
    return next((int(value) for name, value in (line.split(",") for line in lines) if name == "JSTAT_JOOLD_SSS_ENOSPC"), 0)


def send_at(crowd: Crowd, ports: range, rate: int, seconds: float) -> float:
    """Packets of existing sessions at a rate, evenly; the rate that was reached."""
    begun = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - begun) < seconds:
        due = int(passed * rate) - sent
        if due > 0:
            for number in range(sent, sent + due):
                crowd.send(range(ports[number % len(ports)], ports[number % len(ports)] + 1))
            sent += due
        else:
            time.sleep(0.001)
    return sent / seconds


def load_of(program: Path) -> tuple[float, dict[int, float]]:
    """The highest rate of packets per second without a drop; by rate, processor time of both proxies per packet in microseconds."""
    group = Group(program)
    for node in NODES:  # the module's defaults
        jool(C, node, "global", "update", "ss-capacity", "512")
        jool(C, node, "global", "update", "ss-flush-deadline", "2000")
    take_over("j")
    ports = group.crowd.open(400)
    group.outcome()
    best, cpu = 0.0, {}
    for rate in RATES:
        before, used = dropped("j"), sum(sum(proxy.cpu()) for proxy in group.proxies.values())
        reached = send_at(group.crowd, ports, rate, 6)
        used = sum(sum(proxy.cpu()) for proxy in group.proxies.values()) - used
        time.sleep(2.5)
        cpu[rate] = used / (reached * 6) * 1e6
        if dropped("j") > before or reached < 0.8 * rate:
            break
        best = reached
    return best, cpu


def pressure() -> list[Figure]:
    ours, theirs = load_of(OURS), load_of(C)
    return [
        Figure("packets per second without ENOSPC, 400 sessions", "1/s", ours[0], theirs[0]),
        *(Figure(f"  CPU of both proxies per packet at {rate}/s", "µs", ours[1].get(rate), theirs[1].get(rate)) for rate in RATES),
    ]


def cost_of_news(*options: str) -> float:
    """Processor time of both proxies for each new session, in microseconds."""
    group = Group(OURS, *options)
    take_over("j")
    group.crowd.open(1)
    group.outcome()
    before = sum(sum(proxy.cpu()) for proxy in group.proxies.values())
    group.crowd.open(8000, pace=0.02)
    lost, _ = group.outcome()
    if lost:
        raise RuntimeError(f"{lost} sessions lost")
    return (sum(sum(proxy.cpu()) for proxy in group.proxies.values()) - before) / 8000 * 1e6


def sealing() -> list[Figure]:
    keys = SCRATCH / "keys"
    keys.write_text(run(OURS / "jool", "session", "proxy", "keygen").out)
    keys.chmod(0o600)
    costs = {True: [], False: []}
    for _ in range(3):
        for sealed, found in costs.items():
            found.append(cost_of_news(*(("--net.key-file", str(keys)) if sealed else ("--net.format", "ss2"))))
    return [Figure("CPU of both proxies per new session: sealed, and not", "µs", *(statistics.median(found) for found in costs.values()))]


# ---------------------------------------------------------------------------------------------------------- joining


def join_ours(count: int) -> tuple[int, float]:
    reset()
    make_both()
    make_roomy(*NODES)
    load("j", sessions(count))
    Proxy("j")
    wait_ready("j", timeout=600)
    begun = time.monotonic()
    Proxy("k")
    wait_ready("k", timeout=600)
    return count - session_count("k"), time.monotonic() - begun


def join_theirs(count: int, patience: float) -> tuple[int, float]:
    """What an administrator can do: advertise again and again until nothing is missing."""
    reset()
    make_both()
    make_roomy(*NODES)
    load("j", sessions(count))
    for node in NODES:
        Proxy(node, C)
    begun = time.monotonic()
    while (missing := count - session_count("k")) and time.monotonic() - begun < patience:
        jool(C, "j", "session", "advertise", check=False)
        settled, last = time.monotonic(), -1
        while time.monotonic() - settled < PATIENCE and time.monotonic() - begun < patience:
            if (now := session_count("k")) != last:
                last, settled = now, time.monotonic()
            time.sleep(0.2)
    return missing, time.monotonic() - begun


def joining(count: int, beside: bool) -> list[Figure]:
    lost, seconds = join_ours(count)
    theirs = join_theirs(count, 400) if beside else (None, None)
    return [
        Figure(f"a node joins one with {count:,} sessions: missing", "sessions", lost, theirs[0]),
        Figure("  until ready (ours); advertised again and again, 400 s (C)", "s", seconds, theirs[1]),
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="figures whose name matches")
    options = parser.parse_args()
    network.build()
    network.load_modules("jool")
    print(f"\nJool {os.environ['JOOL_VERSION']}; a ratio below 1 means that ours is better, but for rates\n")
    print(f"{'':58} {'':9} {'ours':>9}  {'C':>9}  {'ours / C':>8}")
    sections: dict[str, Callable[[], list[Figure]]] = {name: lambda name=name: fault(name) for name in FAULTS}
    sections |= {"load": pressure, "sealing": sealing, "join 100,000": lambda: joining(100_000, True), "join 1,000,000": lambda: joining(1_000_000, False)}
    for name, section in sections.items():
        if re.search(options.only, name):
            for figure in section():
                print(figure.line(), flush=True)
    network.clean_up()
    return 0


if __name__ == "__main__":
    sys.exit(main())
