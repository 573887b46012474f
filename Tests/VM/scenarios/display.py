"""The output of `display` commands, which must equal that of the C client on the same table byte by byte, except for
times."""

from __future__ import annotations

import itertools
import re

from lab.golden_compare import without_explanations
from lab.netlink import Kernel, lab_version
from lab.network import C, OURS, jool, make_instance, make_roomy
from lab.process import Result, expect, replace_file, wait_for
from lab.records import TCP, Session
from lab.runner import ENDS, note, scenario
from lab.synthetic import load, sessions

TIME = re.compile(r"\d+:\d{2}:\d{2}(\.\d{3})?")
# Only these counters change by themselves, because the module's timer checks its queue every two seconds.
MOVING = re.compile(r"(JSTAT_JOOLD_(?:EMPTY|TIMEOUT|QUEUING|MISSING_ACK)[:,] ?)\d+")
# Kernels without efficient unaligned access (User-Mode Linux, MIPS) put a padding attribute before each 64-bit value. The C client
# interprets it as a counter. From 4.1.12 on it prints an unknown counter and a warning; earlier clients abort.
PADDING = re.compile(
    r"^\?{4}(: 0\nThis stat is unknown\.\n\n|: 0\n|,0.*\n)|^Warning: Unknown stat\. .*\nKernel module version is .*\n", re.M)
ABORT_MESSAGE = "The kernel module returned an unknown stat counter."


def masked(text: str) -> str:
    text = without_explanations(PADDING.sub("", text))
    return MOVING.sub(r"\1N", TIME.sub("TIME", text))


def answers(result: Result) -> tuple[int, str, str]:
    return result.status, masked(result.out), masked(result.err)


def same(*words: str, lines: int = 0) -> None:
    """Checks that both clients give the same answer to `words`. Tries again if neighbour discovery changed a counter in
    between."""
    last: list[Result] = []

    def agree() -> bool:
        last[:] = [jool(program, "j", *words, check=False) for program in (C, OURS)]
        return answers(last[0]) == answers(last[1])

    try:
        wait_for("both clients give the same answer", agree, timeout=3)
    except AssertionError:
        theirs, ours = (masked(one.out).splitlines() for one in last)
        first = next(((a, b) for a, b in itertools.zip_longest(theirs, ours) if a != b), None)
        raise AssertionError(
            f"`jool {' '.join(words)}`: status {last[0].status} and {last[1].status}, {len(theirs)} and {len(ours)} lines; "
            f"first difference: C {first and first[0]!r}, ours {first and first[1]!r}; stderr C {last[0].err!r}, ours {last[1].err!r}"
        ) from None
    expect(len(last[0].out.splitlines()) >= lines, f"`jool {' '.join(words)}` should print {lines} lines: {last[0]}")


def combinations(*flags: str) -> list[tuple[str, ...]]:
    """All subsets of the flags."""
    return [subset for size in range(len(flags) + 1) for subset in itertools.combinations(flags, size)]


def name_things() -> None:
    """Gives some addresses names, from files only, because there is no DNS server."""
    replace_file("/etc/nsswitch.conf", "hosts: files\nservices: files\n")
    replace_file(
        "/etc/hosts",
        "127.0.0.1 localhost\n::1 localhost\n192.0.2.8 server.example\n2001:db8:1::1:0:1 client.example\n"
        "2001:db8:1:0:0:1:0:3 three.example\n2001:db8:1:0:0:2:0:4 four.example\n"
    )
    replace_file("/etc/services", "http 80/tcp\nhttps 443/tcp\ndomain 53/tcp\ndomain 53/udp\n")


def fill() -> None:
    make_instance("j")
    make_roomy("j")
    table = sessions(180)
    for number, state in enumerate(range(7)):  # one session in each TCP state
        one = table[4]
        table.append(Session(TCP, one.source6, 100 + number, one.source4, 50000 + number, one.destination4, 80, 230_000, state, 1))
    load("j", table)
    with Kernel("j") as kernel:
        expect(kernel.session_count() == len(table), f"{kernel.session_count()} of {len(table)} sessions loaded")


@scenario("session display prints the same as the C client in every format", desk=ENDS)
def session_display() -> None:
    name_things()
    fill()
    count = 0
    for protocol in ("--tcp", "--udp", "--icmp"):
        for flags in combinations("--csv", "--numeric", "--no-headers"):
            same("session", "display", protocol, *flags, lines=25)
            count += 1
    same("session", "display", lines=60)
    note(f"{count + 1} forms, 187 sessions")


@scenario("session display prints the same names as the C client", desk=ENDS)
def session_names() -> None:
    name_things()
    fill()
    text = jool(OURS, "j", "session", "display", "--tcp").out
    expect("server.example#http" in text, f"no name in: {text[:300]}")
    same("session", "display", "--tcp", lines=60)


@scenario("bib display prints the same as the C client in every format", desk=ENDS)
def bib_display() -> None:
    name_things()
    fill()
    for protocol in ("--tcp", "--udp", "--icmp"):
        jool(C, "j", "bib", "add", "2001:db8::77#2000", "198.18.0.200#2000", protocol)
        for flags in combinations("--csv", "--numeric", "--no-headers"):
            same("bib", "display", protocol, *flags, lines=8)


@scenario("pool4, instance, global and stats display print the same as the C client in every format", desk=ENDS)
def other_displays() -> None:
    make_instance("j")
    jool(C, "j", "pool4", "add", "--tcp", "192.0.2.2/31", "1000-1999", "--mark", "5", "--max-iterations", "12", "--force")
    for protocol in ("--tcp", "--udp", "--icmp"):
        for flags in combinations("--csv", "--no-headers"):
            same("pool4", "display", protocol, *flags, lines=1)
    for flags in combinations("--csv", "--no-headers"):
        same("instance", "display", *flags, lines=1)
        same("global", "display", *flags, lines=25)
    same("instance", "status", lines=1)
    if ABORT_MESSAGE in jool(C, "j", "stats", "display", check=False).err:
        note("the C client cannot read this kernel's statistics; the golden command lines test them")
        return
    for flags in combinations("--all", "--explain", "--csv", "--no-headers"):
        same("stats", "display", *flags)
    same("stats", "display", "--all", "--explain", "--csv", lines=60 if lab_version() < (4, 1, 12) else 80)
