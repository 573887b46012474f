"""Measures `session display` with names: 1,000 hosts, and a name server that is slow, or that never answers. See
README.md.

The program runs itself again in namespaces of its own (unshare(1)), whose /etc/resolv.conf names its own server."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import replay
from figures import HEADING, Figure, show
from nameserver import NameServer
from replay import OURS, WORK

WORDS = ("session", "display", "--tcp", "--csv")
HOSTS, DELAY = 1000, 0.05
# The C client waits 10 s for each host: two attempts of 5 s, the resolver's defaults.
HOSTS_WITHOUT_ANSWER = 2
SERVER = "127.0.0.1"
INSIDE = "REPLAY_NAMES"  # is set in the namespaces
CONFIGURATION = {"/etc/resolv.conf": f"nameserver {SERVER}\n", "/etc/nsswitch.conf": "hosts: files dns\nservices: files\n"}


def enter_namespaces(words: list[str]) -> int:
    """Runs this program in a mount and a network namespace of its own. 69 (EX_UNAVAILABLE) if this machine forbids
    that."""
    unshare = ["unshare", "--map-root-user", "--mount", "--net"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode:
        print("names: this machine allows no user namespaces (unshare --map-root-user --mount --net)", file=sys.stderr)
        return os.EX_UNAVAILABLE
    return subprocess.run([*unshare, sys.executable, __file__, *words], env={**os.environ, INSIDE: "1"}).returncode


def configure() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for path, text in CONFIGURATION.items():
        file = WORK / Path(path).name
        file.write_text(text)
        subprocess.run(["mount", "--bind", file, path], check=True)


def seconds(program: Path, release: replay.Release, hosts: int, names: int) -> float:
    """The time that a table takes in which each session has two hosts. `names` of them must have a name."""
    folder = replay.table("mixed", hosts // 2, release.version)
    begun = time.monotonic()
    result = replay.run(folder, program / "jool", *WORDS)
    took = time.monotonic() - begun
    found = result.out.count(b".example,")
    if result.status != 0 or found != names:
        raise RuntimeError(f"{program}: status {result.status}, {found} names instead of {names}: {result.err[-1000:]}")
    return took


def figures(release: replay.Release) -> list[Figure]:
    with NameServer(SERVER, DELAY):
        slow = [seconds(program, release, HOSTS, HOSTS) for program in (OURS, release.programs)]
    with NameServer(SERVER, None):
        ours = seconds(OURS, release, HOSTS, 0)
        c = seconds(release.programs, release, HOSTS_WITHOUT_ANSWER, 0) * HOSTS / HOSTS_WITHOUT_ANSWER
    return [
        Figure(f"names of {HOSTS:,} hosts, each answer takes {DELAY * 1000:g} ms", "s", *slow),
        Figure(f"names of {HOSTS:,} hosts, the server never answers", "s", ours, c),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="names", description="Measures `session display` with names of slow and silent name servers.")
    parser.add_argument("--version", default="4.1.13", help="release of the C client (default 4.1.13)")
    parser.add_argument("--csv", action="store_true", help="print CSV: work, unit, ours, C, ratio")
    options = parser.parse_args()
    release = replay.release(options.version)
    if INSIDE not in os.environ:
        return enter_namespaces(sys.argv[1:])
    configure()
    if not options.csv:
        print(f"natively, C client of {release.version}; without an answer, C: {HOSTS_WITHOUT_ANSWER} hosts, extrapolated\n\n{HEADING}")
    show(figures(release), options.csv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
