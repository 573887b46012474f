"""Modules before 4.1.12 drop most announcements of a burst without counting them. The proxy finds the sessions in the
table."""

from __future__ import annotations

import json
import socket
import struct
import time

from lab.crowd import Crowd, make_eager
from lab.network import C, jool
from lab.process import SCRATCH, expect, namespace, wait_for
from lab.runner import NOWHERE, note, progress, scenario
from lab.tables import table
from lab.traffic import SERVER6

from .sync import proxies, status

OLD = "4.1.12"
BOUND = 15.0


def missing() -> int:
    return len(table("j", "udp").keys() - table("k", "udp").keys())


def burst_arrives(what: str, crowd: Crowd, count: int) -> None:
    """Opens new sessions at once. All of them must be on k within the time limit."""
    crowd.open(count, pace=0)
    begun = time.monotonic()
    time.sleep(1)
    dropped = missing()
    wait_for(f"k has j's sessions after {what} ({missing()} missing)", lambda: missing() == 0, timeout=BOUND - 1, every=0.25)
    note(f"{what}: {dropped} of {count} were missing after a second, none after {time.monotonic() - begun:.1f} s")
    dropped_in_all.append(dropped)


dropped_in_all: list[int] = []


def flush() -> None:
    jool(C, "j", "pool4", "flush")
    jool(C, "j", "pool4", "add", "--udp", "192.0.2.1", "61001-65535")


def handle() -> None:
    """Loads the same configuration again atomically, which resets the module's counters and keeps its sessions."""
    file = SCRATCH / "again.json"
    file.write_text(json.dumps({
        "instance": "default", "framework": "netfilter",
        "global": {"pool6": "64:ff9b::/96", "ss-enabled": True, "ss-flush-deadline": 100, "ss-capacity": 65536},
        "pool4": [{"protocol": "UDP", "prefix": "192.0.2.1/32", "port range": "61001-65535"}],
    }))
    jool(C, "j", "file", "handle", str(file))


@scenario("sessions that an old module drops from a burst arrive within 15 s, also after a flush and `file handle`", before=OLD)
def bursts() -> None:
    make_eager()
    dropped_in_all.clear()
    proxies()
    crowd = Crowd()
    burst_arrives("the first burst", crowd, 400)
    flush()
    burst_arrives("a flush", crowd, 400)
    flush()
    handle()
    burst_arrives("a flush and file handle at once", crowd, 400)
    handle()
    time.sleep(5)
    burst_arrives("file handle", crowd, 400)
    flush()
    time.sleep(5)
    burst_arrives("a flush after file handle (JSTAT_SESSIONS is below 0)", crowd, 400)
    burst_arrives("another burst", crowd, 40)
    expect(sum(dropped_in_all) > 0, "the module dropped nothing; the scenario proves nothing")
    counters = status("j")["counters"]
    note(f"UNANNOUNCED {counters.get('UNANNOUNCED')}")


@scenario("bursts of an old module arrive while more sessions end than begin", before=OLD, desk=NOWHERE)
def while_others_end() -> None:
    make_eager()
    dropped_in_all.clear()
    proxies()
    crowd = Crowd()
    burst_arrives("the first burst", crowd, 100)
    with namespace("n6"), socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as pings:
        begun = time.monotonic()
        for identifier in range(1, 1501):
            pings.sendto(struct.pack("!BBHHH", 128, 0, 0, identifier, 1), (SERVER6, 0))
            time.sleep(0.01)
    progress("waiting for the pings' sessions to end")
    most = len(table("j", "icmp"))
    expect(most > 1000, f"only {most} pings; the scenario proves nothing")
    # They last a minute in j's module; the proxies add a quarter as slack.
    wait_for("the pings' sessions end", lambda: len(table("j", "icmp")) <= 0.9 * most, timeout=120, every=1)
    note(f"the pings' sessions ended {time.monotonic() - begun:.0f} s after the first")
    for number in range(3):
        left = len(table("j", "icmp"))
        burst_arrives(f"burst {number + 1} beside {left} pings", crowd, 100)
    expect(sum(dropped_in_all) > 0, "the module dropped nothing; the scenario proves nothing")
