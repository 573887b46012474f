"""Measures our programs and the C programs in the same VM, and prints one table. See `run`."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from figures import HEADING, Figure, machine
from lab import network
from lab.netlink import lab_version, session_count
from lab.network import C, NODES, OURS, make_both, make_roomy
from lab.process import SCRATCH, namespace, wait_for
from lab.proxies import Proxy
from lab.synthetic import UDP_ONLY, load, sessions

SIDES = {"ours": OURS, "C": C}


# ------------------------------------------------------------------------------------------------- one program run


@dataclass(frozen=True)
class Cost:
    """Real time and processor time in seconds. User-Mode Linux counts all processor time as system time, so `cpu` is
    the sum."""

    real: float
    cpu: float


def cost(argv: list[str | Path], ns: str | None = None) -> Cost:
    """Runs a command with its output in a file (in RAM), and returns its cost."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with namespace(ns), open(SCRATCH / "output", "wb") as output:
        subprocess.run(argv, stdout=output, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
    real, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(real, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def cpu(proxies: Iterable[Proxy]) -> float:
    """The processor time, in seconds, that the proxies have used so far in user space and in the kernel."""
    return sum(sum(proxy.cpu()) for proxy in proxies)


def medians(runs: dict[str, list[Cost]]) -> dict[str, Cost]:
    return {
        side: Cost(*(statistics.median(getattr(one, part) for one in costs) for part in ("real", "cpu")))
        for side, costs in runs.items()
    }


def alternately(commands: dict[str, list[str | Path]], rounds: int, ns: str | None = None) -> dict[str, Cost]:
    """The medians of alternating runs, so that other load on the machine affects both sides equally."""
    runs: dict[str, list[Cost]] = {side: [] for side in commands}
    for _ in range(rounds):
        for side, argv in commands.items():
            runs[side].append(cost(argv, ns))
    return medians(runs)


# ------------------------------------------------------------------------------------------------------- the figures


def start_up(rounds: int) -> list[Figure]:
    figures = []
    for title, program, words in (("start-up, jool --version", "jool", ["--version"]), ("start-up, joold without arguments", "joold", [])):
        took = alternately({side: [path / program, *words] for side, path in SIDES.items()}, rounds)
        figures.append(Figure(f"{title} (median of {rounds})", "ms", took["ours"].real * 1000, took["C"].real * 1000))
        figures.append(Figure("  processor time", "ms", *(took[side].cpu * 1000 for side in SIDES)))
    return figures


def display(count: int, rounds: int) -> list[Figure]:
    network.reset()
    make_both()
    make_roomy("j")
    table = sessions(count, kinds=UDP_ONLY)
    load("j", table)
    wait_for("the table is full", lambda: session_count("j") == len(table), timeout=30)
    words = ["session", "display", "--udp", "--csv", "--numeric"]
    took = alternately({side: [path / "jool", *words] for side, path in SIDES.items()}, rounds, ns="j")
    return [
        Figure(f"session display --csv --numeric, {len(table):,} sessions", "s", took["ours"].real, took["C"].real),
        Figure("  processor time (the module's part included)", "s", took["ours"].cpu, took["C"].cpu),
    ]


@dataclass(frozen=True)
class Transfer:
    lost: int
    seconds: float
    cpu: float


def advertise(count: int, program: Path) -> Transfer | None:
    """Transfers a table through two proxies of one kind; `None` if the C programs do not support it."""
    if program == C and lab_version() < (4, 1, 11):
        return None  # the C programs rely on the module's advertisement, which these modules never send
    network.reset()
    make_both()
    make_roomy(*NODES)
    proxies = [Proxy(node, program) for node in NODES]
    load("j", sessions(count, kinds=UDP_ONLY))  # one list in the module, where the order of arrival matters most
    before = cpu(proxies)
    start = time.monotonic()
    cost([program / "jool", "session", "advertise"], ns="j")
    seen, grown = session_count("k"), start
    while seen < count and time.monotonic() - grown < 12:
        time.sleep(0.05)
        now = session_count("k")
        if now > seen:
            seen, grown = now, time.monotonic()
    return Transfer(count - seen, grown - start, cpu(proxies) - before)


def transfer(count: int) -> list[Figure]:
    ours, theirs = advertise(count, OURS), advertise(count, C)

    def pick(part: str) -> tuple[float | None, float | None]:
        return tuple(one and getattr(one, part) for one in (ours, theirs))  # type: ignore[return-value]

    return [
        Figure(f"session advertise, {count:,} sessions: lost", "sessions", *pick("lost")),
        Figure("  until the last one arrived", "s", *pick("seconds")),
        Figure("  processor time of both proxies (the module's included)", "s", *pick("cpu")),
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="no tables of 100,000 sessions")
    options = parser.parse_args()
    network.build()
    network.load_modules("jool")
    print(f"\n{machine()}, Jool {os.environ['JOOL_VERSION']}; a ratio below 1 means that ours is better\n\n{HEADING}", flush=True)
    sizes = [43_000] if options.quick else [43_000, 100_000]
    sections = [lambda: start_up(40), *(lambda size=size: transfer(size) for size in sizes), lambda: display(sizes[-1], 3)]
    for section in sections:
        for figure in section():
            print(figure.line(), flush=True)
    network.clean_up()
    return 0


if __name__ == "__main__":
    sys.exit(main())
