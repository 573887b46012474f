"""`apply`: an instance becomes that of a file by the fewest changes, and keeps its sessions."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import time
from random import Random

from lab import network, pairs
from lab.configurations import Document
from lab.netlink import Kernel, lab_version
from lab.network import C, OURS
from lab.process import SCRATCH, Result, expect, expect_equal, namespace, run
from lab.records import ICMP, TCP, UDP, Session
from lab.runner import ENDS, is_thorough, left_out, note, scenario
from lab.synthetic import load
from lab.tables import whole_table
from lab.traffic import Ping, TCPTransfer, UDPEcho

# $PAIRS is the number of pairs of files; another $SEED selects other files.
PAIRS = int(os.environ.get("PAIRS", "0"))
MANY, FEWER = 100, 15
SEED = os.environ.get("SEED", "1")
FILE = SCRATCH / "next.json"
BIB_ENTRIES = 4  # JSTAT_BIB_ENTRIES
NUMBERS = {"TCP": TCP, "UDP": UDP, "ICMP": ICMP}


def ours(program: str, *words: str, ns: str = "j") -> Result:
    return run(OURS / program, *words, ns=ns, check=False, timeout=60)


def write(document: Document) -> str:
    FILE.write_text(json.dumps(document, indent=1))
    return str(FILE)


def saved(program: str, ns: str = "j") -> Document:
    return pairs.normalized(run(OURS / program, "file", "save", ns=ns).out)


def as_created(program: str, document: Document, *options: str) -> Document:
    """The configuration of an instance that `file handle` creates, in another namespace."""
    run(C / program, "instance", "flush", ns="k")
    run(OURS / program, "file", "handle", write(document), *options, ns="k")
    return saved(program, "k")


def number_of_pairs() -> int:
    count = PAIRS or (MANY if is_thorough() else FEWER)
    if count < MANY:
        left_out(f"pairs of configuration files for apply: {MANY - count} of {MANY}")
    return count


def apply_and_check(program: str, document: Document, place: str, *options: str) -> Result:
    """Applies the file, and checks that the instance is that of the file and that a second run changes nothing."""
    done = ours(program, "apply", write(document), *options)
    expect(done.status in (0, 2) and "Error" not in done.err, f"{place}: {done}\n{FILE.read_text()}")
    expect_equal(done.status == 2, bool(done.out), f"{place}: something is printed if something was changed")
    again = ours(program, "apply", str(FILE), *options)
    expect(again.status == 0 and not again.out, f"{place}: the second run: {again}")
    wanted, got = as_created(program, document, *options), saved(program)
    expect_equal(got, wanted, f"{place}: file save after\n{done.out}")
    return done


@scenario("apply leads from any SIIT file to any other", desk=ENDS)
def siit_files() -> None:
    network.load_modules("jool_siit")
    random = Random(f"{SEED} {lab_version()} siit")
    document, changes = pairs.first("jool_siit"), 0
    try:
        for number in range(number_of_pairs()):
            document = pairs.changed("jool_siit", document, random)
            done = apply_and_check("jool_siit", document, f"seed {SEED}, file {number}", "--force")
            changes += done.out.count("\n")
    finally:
        for node in ("j", "k"):
            run(C / "jool_siit", "instance", "flush", ns=node)
    note(f"{changes} lines of changes")


@scenario("apply leads from any NAT64 file to any other and keeps the sessions that both allow", desk=ENDS)
def nat64_files() -> None:
    random = Random(f"{SEED} {lab_version()} nat64")
    document, changes, kept, ended = pairs.first("jool"), 0, 0, 0
    run(OURS / "jool", "file", "handle", write(document), ns="j")
    for number in range(number_of_pairs()):
        target = pairs.changed("jool", document, random)
        load("j", sessions(document, target, random))
        begun, before = time.monotonic(), whole_table("j")
        done = apply_and_check("jool", target, f"seed {SEED}, file {number}")
        lost = before.keys() - whole_table("j").keys()
        elapsed = time.monotonic() - begun
        excused = {key for key, (left, _) in before.items() if left < elapsed + 1 or must_end(key, document, target)}
        expect(not lost - excused, f"seed {SEED}, file {number}: lost {sorted(lost - excused)[:5]} by\n{done.out}")
        changes, kept, ended = changes + done.out.count("\n"), kept + len(before) - len(lost), ended + len(lost)
        document = target
    note(f"{changes} lines of changes; kept {kept} sessions (again and again), ended {ended}")
    expect(kept > 100, f"only {kept} sessions: the scenario proves nothing")


def sessions(document: Document, target: Document, random: Random) -> list[Session]:
    """Sessions of some masks of the file: of its static bindings, of masks that the next file gives to others, and of
    any other."""
    found = []
    static = {(e["protocol"], e["ipv4 address"]): e["ipv6 address"] for e in document["bib"]}
    wanted = [(e["protocol"], e["ipv4 address"]) for e in target["bib"]]
    masks = random.sample(list(static), min(2, len(static))) + random.sample(wanted, min(2, len(wanted)))
    for entry in random.sample(document["pool4"], min(3, len(document["pool4"]))):
        address = random.choice(list(ipaddress.ip_network(entry["prefix"])))
        masks.append((entry["protocol"], f"{address}#{random.choice(pairs.ports(entry))}"))
    for protocol, mask in masks:
        address, _, port = mask.partition("#")
        if not pairs.has_mask(document, protocol, address, int(port)):
            continue
        client, _, port6 = static.get((protocol, mask), f"2001:db8:2::{random.randint(1, 65535):x}#{random.randint(1, 65535)}").partition("#")
        found.append(Session(
            NUMBERS[protocol], ipaddress.IPv6Address(client).packed, int(port6), ipaddress.IPv4Address(address).packed, int(port),
            ipaddress.IPv4Address("198.51.100.7").packed, int(port) if protocol == "ICMP" else 80, 50_000 if protocol == "ICMP" else 250_000,
        ))
    return found


def must_end(key: str, document: Document, target: Document) -> bool:
    """Whether the module cannot keep a session (a row of the table): its binding contradicts one of the file, or it was
    a static one that is removed."""
    cells = key.split(",")
    protocol, client, mask = cells[0], f"{cells[1]}#{cells[2]}", f"{cells[5]}#{cells[6]}"
    own = {"protocol": protocol, "ipv6 address": client, "ipv4 address": mask}
    if own in target["bib"]:
        return False
    contradicted = any(e["protocol"] == protocol and (e["ipv6 address"] == client or e["ipv4 address"] == mask) for e in target["bib"])
    return contradicted or own in document["bib"]


TUTORIAL = {
    "instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96"},
    "pool4": [
        {"protocol": "TCP", "prefix": "192.0.2.1", "port range": "61001-62000", "max-iterations": 100},
        {"protocol": "UDP", "prefix": "192.0.2.1", "port range": "61001-62000"},
        {"protocol": "ICMP", "prefix": "192.0.2.1", "port range": "0-40000"},
        {"protocol": "TCP", "prefix": "198.51.100.0/28", "port range": "1000-2000", "mark": 5},
    ],
    "bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::77#80", "ipv4 address": "198.51.100.1#1080"}],
}
OTHER = {
    "instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96", "udp-timeout": "7:00", "f-args": 10},
    "pool4": [
        {"protocol": "TCP", "prefix": "192.0.2.1", "port range": "61001-65535", "max-iterations": "infinity"},
        {"protocol": "UDP", "prefix": "192.0.2.1", "port range": "61001-65535"},
        {"protocol": "ICMP", "prefix": "192.0.2.1", "port range": "0-65535"},
        {"protocol": "TCP", "prefix": "203.0.113.0/28", "port range": "1000-2000", "mark": 7},
    ],
    "bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::77#80", "ipv4 address": "192.0.2.1#65000"}],
}


@scenario("connections go on while apply changes everything around them", desk=ENDS)
def under_traffic() -> None:
    run(OURS / "jool", "file", "handle", write(TUTORIAL), ns="j")
    ping, echo, transfer = Ping(), UDPEcho(), TCPTransfer()
    for document in (OTHER, TUTORIAL) * 3:
        ping.wait_more(2)
        echo.exchange()
        transfer.wait_more(5000)
        apply_and_check("jool", document, "under traffic")
        # No other session, and so no other mask, replaces the ones of the connections.
        expect_equal(len(set(echo.peers)), 1, "masks of the UDP client")
    ping.wait_more(2)
    transfer.wait_more(5000)
    transfer.finish()


@scenario("apply that is killed at any moment ends right when it runs again", desk=ENDS)
def killed() -> None:
    random = Random(f"{SEED} {lab_version()} killed")
    files = [{**TUTORIAL, "bib": many_bindings(first)} for first in (0, 1)]
    wanted = [as_created("jool", document) for document in files]
    run(OURS / "jool", "file", "handle", write(files[0]), ns="j")
    halves = 0
    for number in range(12):
        goal = 1 - number % 2
        with namespace("j"):
            process = subprocess.Popen([OURS / "jool", "apply", write(files[goal])], stdout=subprocess.DEVNULL)
        wait_for_changes(random.randrange(500), process)
        process.kill()
        process.wait()
        halves += saved("jool") not in wanted
        done = ours("jool", "apply", str(FILE))
        expect(done.status in (0, 2), str(done))
        expect_equal(saved("jool"), wanted[goal], f"file save after kill {number}")
    note(f"{halves} of 12 runs ended in the middle of their changes")
    expect(halves > 0, "no run was killed between two changes: the scenario proves nothing")


def wait_for_changes(count: int, process: subprocess.Popen) -> None:
    """Waits until about this number of BIB entries were removed, or the process has ended."""
    with Kernel("j") as kernel:
        while process.poll() is None and kernel.statistic(BIB_ENTRIES) > 500 - count:
            pass


def many_bindings(first: int) -> list[Document]:
    """Static BIB entries, because each of them takes a request. The rest is changed in one transaction."""
    return [
        {"protocol": "TCP", "ipv6 address": f"2001:db8::{number:x}#80", "ipv4 address": f"198.51.100.1#{1000 + number}"}
        for number in range(first, 1000, 2)
    ]


@scenario("apply creates an instance, and recreates it only with --recreate", desk=ENDS)
def recreated() -> None:
    dry = ours("jool", "apply", "--dry-run", write(TUTORIAL))
    created = ours("jool", "apply", str(FILE))
    expect_equal((dry.status, dry.out), (created.status, created.out), "status and output of --dry-run")
    expect(created.status == 2 and created.out.startswith('+ framework "netfilter"\n'), str(created))
    expect_equal(saved("jool"), as_created("jool", TUTORIAL), "file save")
    other = {**TUTORIAL, "global": {"pool6": "64:ff9b:1::/96"}}
    refused = ours("jool", "apply", write(other))
    expect(refused.status == 1 and "--recreate" in refused.err, str(refused))
    expect_equal(saved("jool"), as_created("jool", TUTORIAL), "file save after a refusal")
    done = ours("jool", "apply", "--recreate", write(other))
    expect(done.status == 2 and done.out == refused.out, str(done))
    expect_equal(saved("jool"), as_created("jool", other), "file save after --recreate")
    expect_equal(ours("jool", "apply", "--recreate", write(other)).status, 0, "status of a second run")
    expect_equal(ours("jool", "apply", "/no/such/file").status, 1, "status without a file")
