"""`session save`, `session restore` and `session diff`: the sessions outlive the module, with the right times left."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from pathlib import Path

from lab.guide import Step, follow
from lab.netlink import session_count
from lab.network import NODES, OURS, VIRTUAL4, jool, load_modules, make_instance, make_roomy, unload_modules
from lab.process import SCRATCH, Background, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.records import TCP, UDP, Session
from lab.runner import ENDS, MIDDLE, ONCE, note, scenario
from lab.synthetic import load, sessions

COUNT = 20_000
PROTOCOLS = ("--tcp", "--udp", "--icmp")


def milliseconds(text: str) -> int:
    """`H:MM:SS.mmm` as a number."""
    hours, minutes, seconds = text.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


def table(ns: str, *before: str) -> dict[tuple[str, ...], int]:
    """The sessions, each with its time left in milliseconds."""
    found = {}
    for protocol in PROTOCOLS:
        shown = jool(OURS, ns, *before, "session", "display", protocol, "--numeric", "--csv", "--no-headers").out
        for cells in (line.split(",") for line in shown.splitlines()):
            found[(*cells[:9], *cells[10:])] = milliseconds(cells[9])
    return found


def save(ns: str, file: Path, *options: str) -> float:
    """Saves the sessions, and returns the time."""
    jool(OURS, ns, "session", "save", str(file), *options)
    return time.monotonic()


def restore(ns: str, file: Path, status: int = 0) -> dict[str, int]:
    result = jool(OURS, ns, "session", "restore", "--json", str(file), check=False)
    expect_equal(result.status, status, str(result)[:600])
    return json.loads(result.out)


def same(ns: str, *words: str, status: int = 0) -> str:
    result = jool(OURS, ns, "session", "diff", *words, check=False)
    expect_equal(result.status, status, str(result)[:600])
    return result.out


def make(ns: str) -> None:
    make_instance(ns)
    make_roomy(ns)


def replace_module() -> None:
    """Removes the instances with their sessions, and loads the module again, as a reboot does."""
    for node in NODES:
        jool(OURS, node, "instance", "flush", check=False)
    unload_modules()
    load_modules("jool")


@scenario(f"{COUNT} sessions outlive the module, and their times left are right", desk=ENDS)
def outlive() -> None:
    make("j")
    load("j", sessions(COUNT))
    file = SCRATCH / "kept"
    before, read = table("j"), time.monotonic()
    save("j", file)
    expect_equal(stat.S_IMODE(os.stat(file).st_mode), 0o600, "mode of the file")
    expect_equal(len(before), COUNT, "sessions before")
    same("j", str(file), "running")
    seen = table("j", "--snapshot", str(file))
    expect_equal(set(seen), set(before), "the sessions that the file shows")
    replace_module()
    make("j")
    time.sleep(3)
    report = restore("j", file)
    after, again = table("j"), time.monotonic()
    lost = set(before) - set(after)
    expect_equal(report["stored"], COUNT, "sessions restored")
    expect(not lost, f"{len(lost)} sessions are missing: {sorted(lost)[:2]}")
    expect_equal(set(after), set(before), "the sessions afterwards")
    # The tables are read row by row, which takes a while each time.
    passed = (again - read) * 1000
    wrong = max(abs(before[key] - after[key] - passed) for key in before)
    expect(wrong < 4000, f"a time left is wrong by {wrong:.0f} ms after {passed:.0f} ms")
    same("j", str(file), "running")
    same("j", str(file), "running", "--tolerance", "4s")
    report = restore("j", file)
    expect_equal((report["stored"], report["already_there"], report["missing"]), (0, COUNT, 0), "a second restoration")
    expect_equal(session_count("j"), COUNT, "sessions after the second restoration")
    same("j", str(file), "running", "--tolerance", "4s")
    note(f"{COUNT} sessions; the greatest error of a time left is {wrong:.0f} ms after {passed / 1000:.1f} s")


@scenario("sessions that have expired meanwhile are not restored, and are no difference", desk=MIDDLE)
def expired() -> None:
    make("j")
    short = [one for one in sessions(3000) if one.protocol == UDP]
    load("j", [Session(**{**vars(one), "milliseconds": 6000 if number % 2 else 200_000}) for number, one in enumerate(short)])
    file = SCRATCH / "kept"
    save("j", file)
    old = SCRATCH / "old"
    old.write_bytes(file.read_bytes())
    replace_module()
    make("j")
    time.sleep(7)
    report = restore("j", file)
    expect_equal((report["stored"], report["expired"]), ((len(short) + 1) // 2, len(short) // 2), "stored and expired sessions")
    same("j", str(file), "running")
    # Two files are compared as of the later one's time.
    save("j", file)
    same("j", str(old), str(file))
    same("j", str(file), str(old))


@scenario("each reason why a session is not restored is counted and named", desk=ENDS)
def refused() -> None:
    make("j")
    load("j", sessions(3000))
    file = SCRATCH / "kept"
    save("j", file)
    everything = table("j")
    replace_module()
    jool(OURS, "j", "instance", "add", "--netfilter", "--pool6", "64:ff9b:1::/96")
    other = jool(OURS, "j", "session", "restore", str(file), check=False)
    expect(other.status == 1 and "have pool6 64:ff9b::/96, and the instance has 64:ff9b:1::/96" in other.err, str(other))
    expect_equal(jool(OURS, "j", "session", "diff", str(file), "running", check=False).status, 2, "status of a diff with another pool6")
    jool(OURS, "j", "instance", "remove")
    make("j")
    jool(OURS, "j", "global", "update", "ss-enabled", "false")
    disabled = jool(OURS, "j", "session", "restore", str(file), check=False)
    expect(disabled.status == 1 and "global update ss-enabled true" in disabled.err, str(disabled))
    expect_equal(session_count("j"), 0, "sessions after refused restorations")
    jool(OURS, "j", "global", "update", "ss-enabled", "true")
    # A client has another address already, and an address another client. pool4 has no ICMP any more.
    tcp = [key for key in everything if key[0] == "TCP"]
    first, second = tcp[0], next(key for key in tcp if key[1:3] != tcp[0][1:3] and key[5:7] != tcp[0][5:7])
    jool(OURS, "j", "bib", "add", "--tcp", "#".join(first[1:3]), "198.18.0.0#65000")
    jool(OURS, "j", "bib", "add", "--tcp", "2001:db8:77::7#77", "#".join(second[5:7]))
    jool(OURS, "j", "pool4", "remove", "--icmp", "198.18.0.0/24", "1024-65535")
    contradicting = sum(key[1:3] == first[1:3] or key[5:7] == second[5:7] for key in tcp)
    outside = sum(key[0] == "ICMP" for key in everything)
    report = restore("j", file, status=1)
    expect_equal(
        (report["stored"], report["contradicting"], report["outside_pool4"], report["missing"]),
        (len(everything) - contradicting - outside, contradicting, outside, 0), "the reasons")
    # A session outside pool4 would have the module refuse every change of a variable.
    jool(OURS, "j", "global", "update", "udp-timeout", "0:05:00")
    shown = jool(OURS, "j", "session", "restore", str(file), check=False)
    expect(f"- {outside}: Their IPv4 addresses and ports are not in pool4" in shown.err and f"- {contradicting}: The instance has bindings" in shown.err, str(shown))
    jool(OURS, "j", "pool4", "add", "--icmp", "198.18.0.0/24", "1024-65535", "--force")
    jool(OURS, "j", "bib", "remove", "--tcp", "#".join(first[1:3]), "198.18.0.0#65000")
    jool(OURS, "j", "bib", "remove", "--tcp", "2001:db8:77::7#77", "#".join(second[5:7]))
    expect_equal(restore("j", file)["stored"], contradicting + outside, "sessions that a rerun adds")
    same("j", str(file), "running")
    missing = jool(OURS, "k", "session", "restore", str(file), check=False)
    expect(missing.status == 3, str(missing))


@scenario("sessions of a static binding are restored under it", desk=MIDDLE)
def static() -> None:
    make("j")
    chosen = [one for one in sessions(300) if one.protocol == TCP]
    load("j", chosen)
    client = f"{socket.inet_ntop(socket.AF_INET6, chosen[0].source6)}#{chosen[0].port6}"
    mask = f"{socket.inet_ntoa(chosen[0].source4)}#{chosen[0].port4}"
    jool(OURS, "j", "bib", "add", "--tcp", client, mask)
    file = SCRATCH / "kept"
    save("j", file)
    replace_module()
    make("j")
    jool(OURS, "j", "bib", "add", "--tcp", client, mask)
    expect_equal(restore("j", file)["stored"], len(chosen), "sessions restored")
    expect(f"[Static TCP] {mask} - {client}" in jool(OURS, "j", "bib", "display", "--numeric").out, "the binding is static")


@scenario("a file that cannot be written stays as it was, and one that is not whole is refused", desk=MIDDLE)
def disks() -> None:
    make("j")
    load("j", sessions(2000))
    disk = SCRATCH / "disk"
    disk.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", disk)
    try:
        file = disk / "kept"
        save("j", file, "--tcp", "--source4", "198.18.0.0#1024-1400")
        small = file.read_bytes()
        full = jool(OURS, "j", "session", "save", str(file), check=False)
        expect(full.status == 1 and "No space left on device" in full.err, str(full))
        expect_equal(file.read_bytes(), small, "the file after a full disk")
        expect_equal(os.listdir(disk), ["kept"], "files after a full disk")
        run("mount", "-o", "remount,ro", disk)
        locked = jool(OURS, "j", "session", "save", str(file), check=False)
        expect(locked.status == 1 and "Read-only file system" in locked.err, str(locked))
        run("mount", "-o", "remount,rw", disk)
        file.write_bytes(small[:-1])
        for words in (("session", "restore", str(file)), ("--snapshot", str(file), "session", "count")):
            torn = jool(OURS, "j", *words, check=False)
            expect(torn.status == 1 and "It ends too early" in torn.err, str(torn))
        expect_equal(jool(OURS, "j", "session", "diff", str(file), "running", check=False).status, 2, "status of a diff with a torn file")
    finally:
        run("umount", "-l", disk)


@scenario("a restoration that a signal interrupts says how much was restored, and a rerun completes it", **ONCE)
def interrupted() -> None:
    make("j")
    count = 100_000
    load("j", sessions(count))
    file = SCRATCH / "kept"
    save("j", file)
    replace_module()
    make("j")
    restoring = Background(OURS / "jool", "session", "restore", "--json", str(file), ns="j", name="restore")
    wait_for("the first sessions", lambda: session_count("j") > 0, every=0.001)
    restoring.signal(signal.SIGINT)
    status = restoring.wait(60)
    report = json.loads(restoring.out_file.read_text())
    expect(report["interrupted"] and status == 1, str(report))
    expect_equal(report["stored"], session_count("j"), "the number that an interrupted restoration reports")
    expect(0 < report["stored"] < count, f"{report['stored']} sessions were stored before the signal")
    rest = restore("j", file)
    expect_equal((rest["already_there"], rest["stored"]), (report["stored"], count - report["stored"]), "the rerun")
    same("j", str(file), "running")


@scenario("a session proxy sends restored sessions to its peers when it is asked to", **ONCE)
def beside_a_proxy() -> None:
    make("j")
    load("j", sessions(3000))
    file = SCRATCH / "kept"
    save("j", file)
    replace_module()
    make("j")
    make("k")
    for node in NODES:
        Proxy(node)
    wait_ready(*NODES)
    restored = jool(OURS, "j", "session", "restore", str(file))
    expect("session advertise` sends them to its peers" in restored.err, str(restored))
    time.sleep(3)
    at_once = session_count("k")
    jool(OURS, "j", "session", "advertise")
    wait_for("the peer's sessions", lambda: session_count("k") == 3000)
    same("j", str(file), "running")
    same("k", str(file), "running")
    note(f"{at_once} of 3000 sessions are at the peer before `session advertise`")


@scenario("sessions pass from one machine to another through a pipe", desk=MIDDLE)
def piped() -> None:
    make("j")
    make("k")
    load("j", sessions(3000))
    program = OURS / "jool"
    run("bash", "-c", f"set -o pipefail; {program} session save - | ip netns exec k {program} session restore -", ns="j")
    expect_equal(table("k").keys(), table("j").keys(), "the sessions of both machines")
    run("bash", "-c", f"set -o pipefail; {program} session save - | ip netns exec k {program} session diff - running", ns="j")


@scenario("the times of saving, restoring and comparing 100,000 sessions", desk=MIDDLE)
def measured() -> None:
    make("j")
    load("j", sessions(100_000))
    file = SCRATCH / "kept"

    def timed(*words: str) -> str:
        begun = time.monotonic()
        result = run("/usr/bin/time", "-f", "%U %S %M", OURS / "jool", *words, ns="j", check=False, timeout=300)
        seconds = time.monotonic() - begun
        expect_equal(result.status, 0, str(result)[:400])
        user, system, memory = result.err.split()[-3:]
        return f"{seconds:.2f} s (user {user}, system {system}, {int(memory) // 1024} MB)"

    times = {"save": timed("session", "save", str(file)), "diff": timed("session", "diff", str(file), "running")}
    replace_module()
    make("j")
    times["restore"] = timed("session", "restore", str(file))
    times["restore again"] = timed("session", "restore", str(file))
    times["diff of files"] = timed("session", "diff", str(file), str(file))
    times["count of a file"] = timed("--snapshot", str(file), "session", "count")
    note("; ".join(f"{what}: {took}" for what, took in times.items()) + f"; the file has {file.stat().st_size / 1e6:.1f} MB")


@scenario("the guide to keeping sessions over a reboot, line by line", desk=MIDDLE)
def guide() -> None:
    make_instance("j", synchronize=False)
    mask = socket.inet_aton(VIRTUAL4)

    def client(number: int) -> bytes:
        return socket.inet_pton(socket.AF_INET6, f"2001:db8::{number}")

    server, resolver = map(socket.inet_aton, ("198.51.100.7", "203.0.113.77"))
    jool(OURS, "j", "global", "update", "ss-enabled", "true")
    load("j", [
        Session(TCP, client(9), 40002, mask, 61002, server, 443, 7_000_000),
        Session(TCP, client(8), 40001, mask, 61001, server, 443, 7_199_000),
        Session(UDP, client(8), 40003, mask, 61003, resolver, 53, 299_000),
    ])
    jool(OURS, "j", "global", "update", "ss-enabled", "false")

    def reboot(step: Step) -> None:
        if "session save before.sessions" in step.command:
            replace_module()
            make_instance("j", synchronize=False)

    follow("keep-sessions.md", {"nat64": "j"}, after=reboot)
