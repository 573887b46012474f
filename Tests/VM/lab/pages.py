"""Replays the examples of manual pages: a shell with our programs in its path runs each command as it is printed."""

from __future__ import annotations

import os
import re
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .network import OURS
from .process import SCRATCH, Background, Result, at_end, expect, expect_equal, run

# Programs that pages use and the machine may lack. `nc` sends its input as a datagram and prints the answers of a
# second.
STAND_INS = {
    "nc": """#!/usr/bin/env python3
import socket, sys
asker = socket.socket(socket.AF_INET6 if ":" in sys.argv[2] else socket.AF_INET, socket.SOCK_DGRAM)
asker.connect((sys.argv[2], int(sys.argv[3])))
asker.settimeout(1)
asker.send(sys.stdin.buffer.read())
try:
    while True: print(asker.recv(65536).decode(), end="")
except TimeoutError: pass
""",
    # The modules were loaded from files, so modprobe does not know them. They stay: all nodes share one kernel.
    "modprobe": """#!/bin/sh
[ "$1" = -r ] && shift
[ "$1" = jool ] || [ "$1" = jool_siit ] || exec /sbin/modprobe "$@"
grep -q "^$1 " /proc/modules
""",
}

COUNTERS = "".join(
    rf"{name},\d+\n" for name in
    ("KERNEL_SENT_PKTS", "KERNEL_SENT_BYTES", "NET_RCVD_PKTS", "NET_RCVD_BYTES", "NET_SENT_PKTS", "NET_SENT_BYTES")
)
HINT = r"Hint: [^\n]+\n"


@dataclass(frozen=True)
class Shown:
    """An example of a page: a command and its expected result."""

    command: str
    # Regular expressions for the whole standard output and standard error; `same` makes one from a literal text.
    out: str = ""
    err: str = ""
    status: int = 0
    # A second command and its output, which show the effect of the first one.
    then: tuple[str, str] | None = None


def same(text: str) -> str:
    return re.escape(text)


def _environment() -> dict[str, str]:
    stand_ins = SCRATCH / "stand-ins"
    stand_ins.mkdir(exist_ok=True)
    for name, script in STAND_INS.items():
        (stand_ins / name).write_text(script)
        (stand_ins / name).chmod(0o755)
    return {"PATH": f"{OURS}:{stand_ins}:{os.environ['PATH']}"}


def directory() -> Path:
    """The directory in which the commands run and find their files."""
    place = SCRATCH / "pages"
    place.mkdir(exist_ok=True)
    return place


def shell(command: str, ns: str) -> Result:
    return run("bash", "-c", f"cd {directory()}\n{command}", ns=ns, check=False, env=_environment())


class Ongoing(Background):
    """A command that keeps running, in the foreground or the background (`&`) of its shell."""

    def __init__(self, command: str, ns: str) -> None:
        path = f"PATH={_environment()['PATH']}"
        super().__init__("env", path, "setsid", "bash", "-c", f"cd {directory()}\n{command}\nwait", ns=ns, name="page")
        at_end(self.end)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)


def replay(page: str, ns: str, commands: list[Shown]) -> None:
    for one in commands:
        result = shell(one.command, ns)
        where = f"{page}: `{one.command}`: {result}"
        expect_equal(result.status, one.status, f"status of {where}")
        expect(re.fullmatch(one.out, result.out), f"output of {where}\n  expected {one.out!r}")
        expect(re.fullmatch(one.err, result.err), f"standard error of {where}\n  expected {one.err!r}")
        if one.then:
            command, text = one.then
            expect_equal(shell(command, ns).out, text, f"`{command}` after {where}")
