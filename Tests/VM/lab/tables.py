"""Session tables of nodes, as the C client (the oracle) shows them."""

from __future__ import annotations

import os
from pathlib import Path

from .network import C, jool

PROTOCOLS = ("tcp", "udp", "icmp")


def table(node: str, protocol: str, program: Path = C) -> dict[str, tuple[float, str]]:
    """Session (its nine columns) → seconds left and state."""
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


def same_sessions(origin: str, copy: str, protocol: str) -> bool:
    """Does `copy` have all sessions of `origin`, and are there any?"""
    sessions = table(origin, protocol).keys()
    return bool(sessions) and sessions <= table(copy, protocol).keys()


def show_tables(*nodes: str) -> str:
    return os.linesep.join(f"{node}: {sorted(whole_table(node))}" for node in nodes)
