"""One half of a group whose nodes have modules of different versions, each in a VM of its own: `versions.py j|k`.

The VMs' network cards (`versions`) join the two sync links. j translates first, then k; each prints what it has in the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path

from lab import network
from lab.crowd import Crowd
from lab.netlink import session_count
from lab.network import C, NODES, OURS, claim, jool, make_instance, release
from lab.process import run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.tables import table

FIRST, SECOND = 2000, 1000
# The other VM may be slower.
PATIENCE = 240.0


def join_links() -> None:
    run("modprobe", "virtio_net")
    cards = lambda: [card.name for card in Path("/sys/class/net").iterdir() if (card / "device").exists()]  # noqa: E731
    wait_for("a network card", cards, timeout=20)
    run("ip", "link", "set", cards()[0], "master", "brs", "up")


def peers(node: str) -> int:
    answer = jool(OURS, node, "session", "proxy", "status", "--json", check=False)
    return len(json.loads(answer.out)["peers"]) if answer.status == 0 else 0


def wait_count(node: str, count: int) -> float:
    begun = time.monotonic()
    wait_for(f"{count} sessions on {node}", lambda: session_count(node) == count, PATIENCE, every=0.2)
    return time.monotonic() - begun


def main() -> int:
    node = sys.argv[1]
    network.build()
    join_links()
    network.load_modules("jool")
    make_instance(node)
    jool(C, node, "global", "update", "ss-flush-deadline", "100")
    jool(C, node, "global", "update", "ss-capacity", "65536", check=False)
    for other in NODES:
        release(other)
    Proxy(node)
    wait_for("the other node", lambda: peers(node), PATIENCE, every=0.2)
    wait_ready(node, timeout=PATIENCE)
    crowd = Crowd()
    if node == "j":
        claim(node)
        crowd.open(FIRST)
        print(f"opened {FIRST} sessions", flush=True)
        waited = wait_count(node, FIRST + SECOND)
    else:
        waited = wait_count(node, FIRST)
        claim(node)
        crowd.open(SECOND)
        print(f"had {FIRST} sessions of j after {waited:.1f} s", flush=True)
        waited = wait_count(node, FIRST + SECOND)
    print(f"had all sessions after {waited:.1f} s", flush=True)
    time.sleep(10)  # for the other one
    sessions = sorted(table(node, "udp"))
    print(f"table of {len(sessions)} sessions: {hashlib.sha256(os.linesep.join(sessions).encode()).hexdigest()}")
    network.clean_up()
    return 0


if __name__ == "__main__":
    sys.exit(main())
