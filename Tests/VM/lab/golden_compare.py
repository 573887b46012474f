"""Compares the answer of a case with the expected answer, with masks and waivers."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STREAMS = ("stdout", "stderr", "syslog")
RECORDED_VERSION = f"{os.environ.get('JOOL_VERSION')}.0\n"  # the output of --version when the cases were recorded


@dataclass
class Waiver:
    """A case in which we differ from the C programs on purpose: the reason, and our answer."""

    reason: str
    prints: dict
    case: dict  # the case with the answer `prints`, of this or another version, with the waiver's masks


# The beginning of a reason: the numbers of defects, or a keyword.
REASON = re.compile(r"(([1-9]|[1-4]\d|50)(, ([1-9]|[1-4]\d|50))*|version|new): .")


class Waivers:
    """The contents of waivers.json, whose format is described in golden/README.md. `cases` returns the cases of a
    version by name."""

    def __init__(self, file: Path, version: str, cases: Callable[[str], dict[str, dict]]) -> None:
        self.by_case: dict[str, Waiver] = {}
        listed = json.loads(file.read_text())
        for name, entries in listed.items():
            mine = [entry for entry in entries if version in entry["versions"]]
            if not mine:
                continue
            entry, case = mine[0], cases(version).get(name)
            if len(mine) > 1 or not REASON.match(entry["reason"]):
                raise ValueError(f"{name}: a version needs exactly one waiver, with a reason that begins with a defect's number")
            if case is None or " ".join(case["argv"]) != entry["argv"]:
                raise ValueError(f"{name}: {version} has no such case with this command")
            if "as" in entry:  # our answer is that of the newest C client, or of its waiver
                case = cases(entry["as"])[name]
                entry = next((e for e in entries if entry["as"] in e["versions"]), {"prints": case})
                if " ".join(case["argv"]) != mine[0]["argv"]:
                    raise ValueError(f"{name}: another command in {mine[0]['as']}")
            case = case | {"mask": (case.get("mask") or []) + entry.get("mask", [])}
            self.by_case[name] = Waiver(mine[0]["reason"], entry["prints"], case)


# Each program has its own explanations in `stats display --explain`, so only their positions are compared.
EXPLANATIONS = ((r"^((?:JSTAT\w+|\?{4}): \d+\n)(?:.+\n)+\n", r"\1<EXPLANATION>\n\n"),
                (r'^((?:JSTAT\w+|\?{4}),\d+,)"[^"]*"$', r'\1"<EXPLANATION>"'))


def without_explanations(text: str) -> str:
    for pattern, place in EXPLANATIONS:
        text = re.sub(pattern, place, text, flags=re.M)
    return text


def masked(text: str, masks: list[str]) -> str:
    for mask in masks:
        text = re.sub(mask, "<MASK>", text, flags=re.M)
    return text


def log_text(messages: list[str], killed: bool) -> str:
    """The log without debug messages, and without "Listening...", which another thread may log at any position or not
    at all."""
    messages = [m for m in messages if not m.startswith("daemon.debug")]
    late = [m for m in messages if m.endswith("Listening...")]
    return "\n".join([m for m in messages if m not in late] + (late if killed else []))


def normal(case: dict, answer: dict, stream: str) -> str:
    if stream == "syslog":
        text = log_text(answer.get(stream) or [], str(case["exit"]).startswith("signal"))
    else:
        text = answer.get(stream) or ""
    text = masked(without_explanations(text), case.get("mask") or [])
    if case.get("unordered") and stream == "stdout":
        text = "\n".join(sorted(text.split("\n")))
    return text


def differences(case: dict, expected: dict, got: dict, own_version: str) -> list[str]:
    """The differences between `got` and `expected` as lines; none if they are equal."""
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
    """The reasons why the case fails; empty if it passes."""
    plain = differences(case, case, got, own_version)
    if waiver is None:
        return plain
    if not plain:
        return [f"the waiver ({waiver.reason}) is not needed: the answer equals that of the C program"]
    lines = differences(waiver.case, waiver.prints, got, own_version)
    return [f"waived ({waiver.reason}), but the answer differs from the waiver:", *lines] if lines else []
