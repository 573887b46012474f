"""One node of a group whose modules have different versions, each in its own VM: `versions.py j|k ours|C`.

The guests' network cards (`versions`) connect the two sync links. k translates first, then j. Each prints its table at
the end. A C proxy on k also sends first, so that ours on j knows which layout it needs.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lab import network
from lab.crowd import Crowd
from lab.netlink import session_count
from lab.network import C, NODES, OURS, claim, jool, make_instance, release
from lab.process import run, wait_for
from lab.proxies import Listener, Proxy, wait_ready
from lab.tables import table

FIRST, SECOND = 500, 2000
# Generous, because the other VM may be slower.
TIME_LIMIT = 240.0
# A session that a C proxy loses is sent again only after the session's next packet.
REPEAT = 5.0


def join_links() -> None:
    run("modprobe", "virtio_net", check=False)  # User-Mode Linux has its own network driver
    cards = lambda: [card.name for card in Path("/sys/class/net").iterdir() if (card / "device").exists()]  # noqa: E731
    wait_for("a network card", cards, timeout=20)
    run("ip", "link", "set", cards()[0], "master", "brs", "up")


def wait_count(node: str, count: int, meanwhile: Callable[[], None] = lambda: None) -> float:
    """Waits until a node has `count` sessions, and returns the seconds."""
    begun = time.monotonic()
    due = begun + REPEAT

    def has_all() -> bool:
        nonlocal due
        if time.monotonic() >= due:
            meanwhile()
            due = time.monotonic() + REPEAT
        return session_count(node) == count

    try:
        wait_for(f"{count} sessions on {node}", has_all, TIME_LIMIT, every=0.2)
    finally:
        print(f"has {session_count(node)} of {count} sessions", flush=True)
    return time.monotonic() - begun


def wait_peer(node: str) -> None:
    def answer() -> dict:
        found = jool(OURS, node, "session", "proxy", "status", "--json", check=False)
        return json.loads(found.out) if found.status == 0 else {}

    wait_for("the other node", lambda: answer().get("peers"), TIME_LIMIT, every=0.2)
    wait_ready(node, timeout=TIME_LIMIT)


def send_one_by_one(crowd: Crowd) -> None:
    """Sends a packet of each of k's sessions at a slow pace, because modules up to 4.1.11 drop announcements of a
    burst."""
    for port in range(Crowd.FIRST, Crowd.FIRST + FIRST):
        crowd.send(range(port, port + 1))
        time.sleep(0.05)


def main() -> int:
    node, program = sys.argv[1], {"ours": OURS, "C": C}[sys.argv[2]]
    network.build()
    join_links()
    network.load_modules("jool")
    make_instance(node)
    jool(C, node, "global", "update", "ss-flush-deadline", "100")
    jool(C, node, "global", "update", "ss-capacity", "65536", check=False)
    for other in NODES:
        release(other)
    Proxy(node, OURS if node == "j" else program)
    if program == OURS:
        wait_peer(node)
    elif node == "k":
        listener = Listener(None)  # in the root namespace, because the C proxy does not share its port
        wait_for("a datagram of the other node", lambda: listener.receive_all(1), TIME_LIMIT)
    crowd = Crowd()
    if node == "k":
        claim(node)
        crowd.next += FIRST
        send_one_by_one(crowd)
        print(f"opened {FIRST} sessions", flush=True)
        waited = wait_count(node, FIRST + SECOND, lambda: send_one_by_one(crowd) if program == C else None)
    else:
        waited = wait_count(node, FIRST)
        claim(node)
        # A C proxy requests nothing again that overflows its small receive buffer while its machine is busy.
        crowd.open(SECOND, pace=0.2 if program == C else 0.005)
        print(f"had {FIRST} sessions of k after {waited:.1f} s", flush=True)
        waited = wait_count(node, FIRST + SECOND)
    print(f"had all sessions after {waited:.1f} s", flush=True)
    time.sleep(10)  # so that the other node can finish
    sessions = sorted(table(node, "udp"))
    print(f"table of {len(sessions)} sessions: {hashlib.sha256(os.linesep.join(sessions).encode()).hexdigest()}")
    network.clean_up()
    return 0


if __name__ == "__main__":
    sys.exit(main())
