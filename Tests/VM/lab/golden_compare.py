"""Compares what a case answered with what it should answer, masks and waivers included."""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

STREAMS = ("stdout", "stderr", "syslog")
RECORDED_VERSION = f"{os.environ.get('JOOL_VERSION')}.0\n"  # what --version printed when the cases were recorded


@dataclass
class Waiver:
    """A case in which we knowingly do something else than the C programs: why, and what exactly."""

    reason: str
    prints: dict
    used: bool = field(default=False)


class Waivers:
    """waivers.json: {"SCENARIO/ID": [{"versions": [...], "reason": "...", "argv": "...", "prints": {...}}, ...]}."""

    def __init__(self, file: Path, version: str) -> None:
        self.by_case: dict[str, Waiver] = {}
        listed = json.loads(file.read_text()) if file.exists() else {}
        for case, entries in listed.items():
            for entry in entries:
                if version in entry["versions"]:
                    self.by_case[case] = Waiver(entry["reason"], entry["prints"])


def masked(text: str, masks: list[str]) -> str:
    for mask in masks:
        text = re.sub(mask, "<MASK>", text, flags=re.M)
    return text


def log_text(messages: list[str], killed: bool) -> str:
    """Debug messages do not count, and "Listening..." comes from another thread: anywhere, and maybe not at all."""
    messages = [m for m in messages if not m.startswith("daemon.debug")]
    late = [m for m in messages if m.endswith("Listening...")]
    return "\n".join([m for m in messages if m not in late] + (late if killed else []))


def normal(case: dict, answer: dict, stream: str) -> str:
    if stream == "syslog":
        text = log_text(answer.get(stream) or [], str(case["exit"]).startswith("signal"))
    else:
        text = answer.get(stream) or ""
    text = masked(text, case.get("mask") or [])
    if case.get("unordered") and stream == "stdout":
        text = "\n".join(sorted(text.split("\n")))
    return text


def differences(case: dict, expected: dict, got: dict, own_version: str) -> list[str]:
    """Lines that tell how `got` differs from `expected`; none if it does not."""
    lines = []
    if expected["exit"] != got["exit"]:
        lines.append(f"exit: expected {expected['exit']!r}, got {got['exit']!r}")
    for stream in STREAMS:
        if expected.get(stream) is None:
            continue
        if stream == "syslog" and stream not in got:
            continue
        wanted, found = normal(case, expected, stream), normal(case, got, stream)
        if wanted == RECORDED_VERSION:  # a program prints its own version, not the C client's
            wanted = own_version
        if wanted != found:
            lines.append(f"{stream}:")
            diff = difflib.unified_diff(wanted.split("\n"), found.split("\n"), "expected", "got", lineterm="", n=1)
            lines += [f"    {line}" for line in list(diff)[2:]]
    return lines


def judge(case: dict, got: dict, waiver: Waiver | None, own_version: str) -> list[str]:
    """Nothing if the case passes, else why not."""
    plain = differences(case, case, got, own_version)
    if waiver is None:
        return plain
    waiver.used = True
    if not plain:
        return [f"the waiver ({waiver.reason}) is no longer needed: this is what the C program answers"]
    lines = differences(case, waiver.prints, got, own_version)
    return [f"waived ({waiver.reason}), but not what the waiver says:", *lines] if lines else []
