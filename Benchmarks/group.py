"""Two proxies of one kind that synchronize the sessions of a crowd of clients, for the benchmarks of
synchronization."""

from __future__ import annotations

import time
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.netlink import session_count
from lab.network import NODES, OURS, claim, release, reset
from lab.process import run
from lab.proxies import Proxy, wait_ready
from measure import cpu

QUIET_TIME = 8.0


class Group:
    """A proxy of one kind on each node, and a crowd of clients."""

    def __init__(self, program: Path, *options: str) -> None:
        reset()
        impair_links()
        make_eager()
        self.program, self.options = program, options
        self.proxies = {node: self.start(node) for node in NODES}
        self.crowd = Crowd()

    def start(self, node: str) -> Proxy:
        proxy = Proxy(node, self.program, options=self.options)
        if self.program == OURS:
            wait_ready(node)
        return proxy

    def cpu(self) -> float:
        return cpu(self.proxies.values())

    def missing(self) -> int:
        return sum(self.crowd.opened - session_count(node) for node in NODES)

    def outcome(self) -> tuple[int, float]:
        """The number of missing sessions when it has not changed for `QUIET_TIME` seconds, and the time of the last
        change."""
        begun = changed = time.monotonic()
        last = self.missing()
        while last and time.monotonic() - changed < QUIET_TIME:
            time.sleep(0.1)
            now = self.missing()
            if now != last:
                last, changed = now, time.monotonic()
        return last, changed - begun


def impair_links(*words: str) -> None:
    """Makes the sync link lose, delay or reorder datagrams in both directions; without arguments, it works normally."""
    run("modprobe", "sch_netem")
    for node in NODES:
        run("tc", "qdisc", "del", "dev", "eth2", "root", ns=node, check=False)
        if words:
            run("tc", "qdisc", "add", "dev", "eth2", "root", "netem", *words, ns=node)


def take_over(node: str) -> None:
    for other in NODES:
        release(other)
    claim(node)
