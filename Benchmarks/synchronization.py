"""Measures synchronization by our proxies and by the C programs in the same VM: bad links, killed programs, load, late
nodes. See `run`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable

import sections
from figures import Figure
from group import Group, impair_links, take_over
from lab.network import NODES, C, jool, make_instance, restore_links
from lab.process import run
from latency import latency
from measure import SIDES
from throughput import joining, new_sessions, updates

SIZE = 1000
JOINED = (100_000, 1_000_000)


def bad_link(*words: str) -> Callable[[Group], None]:
    def inject(group: Group) -> None:
        impair_links(*words)
        for active in NODES:
            take_over(active)
            group.crowd.open(SIZE)

    return inject


def partition(group: Group) -> None:
    # Both nodes must know the client before the partition. Otherwise each assigns another mask, and one mask must be
    # removed.
    group.crowd.open(SIZE)
    group.outcome()
    impair_links("loss", "100%")
    group.crowd.open(SIZE)
    take_over("k")
    group.crowd.open(SIZE)
    time.sleep(10)
    impair_links()


def killed(node: str) -> Callable[[Group], None]:
    def inject(group: Group) -> None:
        group.crowd.open(SIZE)
        group.proxies[node].signal(signal.SIGKILL)
        group.proxies[node].wait(10)
        group.crowd.open(SIZE)
        group.proxies[node] = group.start(node)
        group.crowd.open(SIZE)

    return inject


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
    "the standby's instance is recreated": new_instance,
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
    impair_links()
    work = f"{name}, {total:,} sessions"
    return [
        Figure(work, "sessions lost", lost["ours"], lost["C"]),
        Figure(work, "s until the last arrived", seconds["ours"], seconds["C"]),
    ]


def main() -> int:
    parser = sections.parser()
    parser.add_argument("--largest", type=int, default=1_000_000, metavar="SESSIONS", help="largest table (default 1,000,000)")
    options = parser.parse_args()
    chosen: sections.Sections = {name: lambda name=name: fault(name) for name in FAULTS}
    chosen |= {"updates": updates, "new sessions": new_sessions, "latency": latency}
    chosen["join"] = lambda: joining([count for count in JOINED if count <= options.largest])
    return sections.measure(chosen, options)


if __name__ == "__main__":
    sys.exit(main())
