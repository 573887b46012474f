"""Normal operation for minutes or hours: sessions begin and end at a steady rate while links, programs and instances
fail."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.netlink import session_count
from lab.network import C, NODES, configure, jool, make_instance, restore_links
from lab.process import Failed, at_end, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import ONCE, is_thorough, left_out, note, progress, scenario
from lab.tables import table

from .sealed import key, key_file, memory, with_key
from .sync import impair_links, status, take_over

# The duration in seconds; $SOAK overrides it.
SOAK = int(os.environ.get("SOAK", "0"))
LONG, SHORT = 60, 30
# New sessions per second, each with a lifetime of two minutes, the module's minimum for UDP, and flows with continuous
# traffic.
RATE, LIFETIME, FLOWS = 20, 120, 100
# The messages at error level that the faults explain.
EXPLAINED = re.compile(r"Could not send a packet to the network|Cannot listen on the network")
OTHER = {"j": "k", "k": "j"}


class Churn:
    """Continuously opens new sessions, and keeps some busy."""

    def __init__(self) -> None:
        self.crowd = Crowd()
        self.flows = self.crowd.open(FLOWS)
        self.made = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        at_end(self.stop)

    def _run(self) -> None:
        crowd = self.crowd
        while not self._end.wait(0.5):
            if crowd.next + RATE > 60_000:
                crowd.next = self.flows.stop  # these sessions have ended
            crowd.open(RATE // 2)
            self.made += RATE // 2
            if self.made % (RATE * 4) == 0:
                crowd.send(self.flows)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


class Group:
    """Both nodes, one of them active, and the faults of the group."""

    def __init__(self) -> None:
        self.file = key_file("group", key())
        self.proxies = {node: self.start(node) for node in NODES}
        self.active = "j"
        wait_ready(*NODES)
        self.logs: list[str] = []

    def start(self, node: str) -> Proxy:
        return Proxy(node, options=with_key(self.file))

    @property
    def standby(self) -> str:
        return OTHER[self.active]

    def links_are_bad(self, chance: random.Random) -> None:
        kinds = (("loss", f"{chance.randrange(1, 21)}%"), ("delay", "20ms", "10ms", "reorder", "25%", "50%", "duplicate", "10%"), ("loss", "100%"))
        impair_links(*chance.choice(kinds))
        time.sleep(chance.uniform(2, 8))
        impair_links()

    def link_flaps(self, _: random.Random) -> None:
        run("ip", "link", "set", "eth2", "down", ns=self.standby)
        time.sleep(1)
        restore_links(self.standby)

    def proxy_is_killed(self, _: random.Random) -> None:
        # Only k's, because the memory of j's is measured over hours.
        self.proxies["k"].signal(signal.SIGKILL)
        self.proxies["k"].wait(10)
        self.logs.append(self.proxies["k"].err)
        time.sleep(1)
        self.proxies["k"] = self.start("k")

    def proxy_stalls(self, chance: random.Random) -> None:
        proxy = self.proxies[chance.choice("jk")]
        proxy.signal(signal.SIGSTOP)
        time.sleep(chance.uniform(1, 7))
        proxy.signal(signal.SIGCONT)

    def instance_is_new(self, _: random.Random) -> None:
        jool(C, self.standby, "instance", "remove")
        time.sleep(3)
        make_instance(self.standby)
        self.configure(self.standby)

    def keys_are_read(self, _: random.Random) -> None:
        for proxy in self.proxies.values():
            proxy.signal(signal.SIGHUP)

    def switch(self, _: random.Random) -> None:
        self.active = self.standby
        take_over(self.active)

    @staticmethod
    def configure(node: str) -> None:
        configure(node, ss_flush_deadline=100, ss_capacity=65536, udp_timeout=LIFETIME * 1000)

    def missing(self) -> set[str]:
        """The sessions of the active node that the standby lacks. Those that began just now are excluded, and so are
        those in their slack time, because the previous active node ends them without slack."""
        at_active = table(self.active, "udp")
        young = {key for key, (left, _) in at_active.items() if left > LIFETIME - 2}
        at_standby = table(self.standby, "udp")
        return {key for key, (left, _) in at_active.items() if left > LIFETIME / 4 + 5} - young - at_standby.keys()

    def describe(self) -> None:
        """Prints the state of the group after a failure."""
        print(f"  soak: {self.active} is active; missing: {sorted(self.missing())[:5]}")
        for node, proxy in self.proxies.items():
            print(f"  soak: {node}: {status(node)}\n" + "\n".join(proxy.err.splitlines()[-15:]), flush=True)

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.proxies['j'].pid}/fd").iterdir()))


@scenario("a group keeps all sessions while they begin and end and something fails every few seconds", **ONCE)
def soak() -> None:
    length = SOAK or (LONG if is_thorough() else SHORT)
    if length < LONG:
        left_out(f"something fails every few seconds: {LONG - length} of {LONG} s")
    make_eager()
    for node in NODES:
        Group.configure(node)
    group = Group()
    churn = Churn()
    chance = random.Random(11)
    faults: tuple[Callable[[random.Random], None], ...] = (
        group.links_are_bad, group.links_are_bad, group.link_flaps, group.proxy_is_killed, group.proxy_stalls,
        group.instance_is_new, group.keys_are_read, group.switch,
    )
    descriptors, resident = group.descriptors(), []
    end, count, slowest, next_progress = time.monotonic() + length, 0, 0.0, 0.0
    while time.monotonic() < end:
        fault = chance.choice(faults)
        fault(chance)
        begun = time.monotonic()
        try:
            wait_ready(*NODES, timeout=60)
            wait_for(f"the standby has all sessions after {fault.__name__}", lambda: not group.missing(), timeout=60, every=0.5)
        except Failed:
            group.describe()
            raise
        slowest = max(slowest, time.monotonic() - begun)
        resident.append(memory(group.proxies["j"]))
        count += 1
        if time.monotonic() > next_progress:
            next_progress = time.monotonic() + 300
            progress(f"soak: {end - time.monotonic():.0f} s to go; {count} faults, {churn.made} sessions, {session_count('j')} now, "
                     f"{resident[-1]} KiB, {group.descriptors()} descriptors")
        time.sleep(chance.uniform(0, 3))
    churn.stop()
    wait_ready(*NODES)
    expect_equal(group.missing(), set(), "missing sessions of the standby at the end")
    first, last = max(resident[: len(resident) // 2]), max(resident[len(resident) // 2:])
    note(f"{length} s: {churn.made} sessions, {count} faults, repaired after at most {slowest:.1f} s (dumps included); "
         f"j's proxy: at most {first} KiB in the first half, {last} KiB in the second")
    expect(churn.made > length * RATE / 4, "too few sessions began; the scenario proves nothing")
    expect(last < first * 1.1 + 1024, "the memory grows")
    expect_equal(group.descriptors(), descriptors, "descriptors of j's proxy")
    logs = "\n".join([*group.logs, *(proxy.err for proxy in group.proxies.values())])
    strange = [line for line in logs.splitlines() if re.match(r"\S+ (error|critical) ", line) and not EXPLAINED.search(line)]
    expect_equal(strange, [], "unexplained errors in the proxies' logs")
