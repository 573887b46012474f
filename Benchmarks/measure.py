"""Measures our programs and the C programs in the same VM, and prints one table. See `run`."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sections
from figures import Figure
from lab import network
from lab.netlink import lab_version, module_version, session_count
from lab.network import C, NODES, OURS, make_both, make_roomy
from lab.process import SCRATCH, namespace, run, wait_for
from lab.proxies import Proxy
from lab.records import UDP
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


def alternately(commands: dict[str, list[str | Path]], rounds: int) -> dict[str, Cost]:
    """The medians of alternating runs, so that other load on the machine affects both sides equally."""
    runs: dict[str, list[Cost]] = {side: [] for side in commands}
    for _ in range(rounds):
        for side, argv in commands.items():
            runs[side].append(cost(argv))
    return medians(runs)


# ------------------------------------------------------------------------------------------------------- the figures


def start_up(rounds: int) -> list[Figure]:
    figures = []
    for title, program, words in (("start-up, jool --version", "jool", ["--version"]), ("start-up, joold without arguments", "joold", [])):
        took = alternately({side: [path / program, *words] for side, path in SIDES.items()}, rounds)
        figures.append(Figure(title, "ms", took["ours"].real * 1000, took["C"].real * 1000))
        figures.append(Figure(title, "ms of processor time", *(took[side].cpu * 1000 for side in SIDES)))
    return figures


DISPLAY = ("session", "display", "--udp", "--csv", "--numeric")


@dataclass(frozen=True)
class Stream:
    """What a reader of a list sees: the seconds until the first line, and the program's largest memory in millions of
    bytes."""

    first: float
    memory: float


def stream(program: Path) -> Stream:
    """Reads a list from a pipe. The program's memory is looked at while it waits for its reader, because the kernel's
    account of an ended process includes the memory of its parent."""
    start = time.monotonic()
    with namespace("j"), subprocess.Popen([program / "jool", *DISPLAY], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as child:
        assert child.stdout
        output = child.stdout.fileno()
        os.read(output, 1 << 16)
        first, largest = time.monotonic() - start, 0
        while True:
            status = Path(f"/proc/{child.pid}/status").read_text()
            if "VmHWM:" in status:
                largest = int(status.partition("VmHWM:")[2].split()[0])
            if not os.read(output, 1 << 16):
                return Stream(first, largest * 1024 / 1e6)


def dump(ns: str, *protocols: int) -> float:
    """The seconds that the module takes for all pages of a list."""
    version = ".".join(map(str, module_version()))
    return float(run(os.environ["JOOL_DUMP"], version, *map(str, protocols), ns=ns).out.split()[1])


def display(count: int, rounds: int) -> list[Figure]:
    network.reset()
    make_both()
    make_roomy("j")
    table = sessions(count, kinds=UDP_ONLY)
    load("j", table)
    wait_for("the table is full", lambda: session_count("j") == len(table), timeout=30)
    runs: dict[str, list[Cost]] = {side: [] for side in SIDES}
    dumps: list[float] = []
    for _ in range(rounds):  # in turn, so that other load on the machine affects all alike
        for side, path in SIDES.items():
            runs[side].append(cost([path / "jool", *DISPLAY], "j"))
        dumps.append(dump("j", UDP))
    took, module = medians(runs), statistics.median(dumps)
    streams = [stream(path) for path in SIDES.values()]
    work = f"session display --csv --numeric, {len(table):,} sessions"
    return [
        Figure(work, "s", took["ours"].real, took["C"].real),
        Figure(work, "s of processor time", took["ours"].cpu, took["C"].cpu),
        Figure(work, "s without the module's", took["ours"].real - module, took["C"].real - module),
        Figure(work, "s until the first line", *(one.first for one in streams)),
        Figure(work, "MB of memory", *(one.memory for one in streams)),
        Figure("the module's part of it: all pages, thrown away", "s", module, module),
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
    seen, grown = session_count("k"), time.monotonic()
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

    work = f"session advertise, {count:,} sessions"
    return [
        Figure(work, "sessions lost", *pick("lost")),
        Figure(work, "s until the last arrived", *pick("seconds")),
        Figure(work, "s of processor time", *pick("cpu")),
    ]


def main() -> int:
    parser = sections.parser()
    parser.add_argument("--quick", action="store_true", help="no tables of 100,000 sessions")
    options = parser.parse_args()
    sizes = [43_000] if options.quick else [43_000, 100_000]
    chosen: sections.Sections = {"start-up": lambda: start_up(40)}
    chosen |= {f"advertise {size}": lambda size=size: transfer(size) for size in sizes}
    chosen["display"] = lambda: display(sizes[-1], 5)
    return sections.measure(chosen, options)


if __name__ == "__main__":
    sys.exit(main())
