"""Session tables of nodes, as printed by the C client, which is the reference."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from .network import C, jool
from .process import namespace

PROTOCOLS = ("tcp", "udp", "icmp")


def table(node: str, protocol: str, program: Path = C) -> dict[str, tuple[float, str]]:
    """The table by session (its nine columns): seconds left and state."""
    text = jool(program, node, "session", "display", f"--{protocol}", "--csv", "--no-headers", "--numeric").out
    found = {}
    for line in text.splitlines():
        key, left, state = _split(line)
        found[key] = (seconds(left), state)
    return found


def _split(line: str) -> tuple[str, str, str]:
    cells = line.split(",")
    return ",".join(cells[:9]), cells[9], cells[10] if len(cells) > 10 else ""


def seconds(text: str) -> float:
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def whole_table(node: str) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    for protocol in PROTOCOLS:
        found |= table(node, protocol)
    return found


def fingerprint(node: str) -> tuple[int, int]:
    """The number of sessions of a node, and a digest of their set. For tables that do not fit into a process, because
    User-Mode Linux maps each page separately and the host limits the number of mappings."""
    count = digest = 0
    words = ("session", "display", "--csv", "--no-headers", "--numeric")
    for protocol in PROTOCOLS:
        with namespace(node), subprocess.Popen([C / "jool", *words, f"--{protocol}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as display:
            assert display.stdout
            for line in display.stdout:
                count += 1
                digest ^= int.from_bytes(hashlib.blake2b(b",".join(line.split(b",")[:9]), digest_size=8).digest())
    return count, digest


def same_sessions(origin: str, copy: str, protocol: str) -> bool:
    """Whether `origin` has sessions and `copy` has all of them."""
    sessions = table(origin, protocol).keys()
    return bool(sessions) and sessions <= table(copy, protocol).keys()


def show_tables(*nodes: str) -> str:
    return os.linesep.join(f"{node}: {sorted(whole_table(node))}" for node in nodes)
