"""Compares what a case answered with what it should answer, masks and waivers included."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STREAMS = ("stdout", "stderr", "syslog")
RECORDED_VERSION = f"{os.environ.get('JOOL_VERSION')}.0\n"  # what --version printed when the cases were recorded


@dataclass
class Waiver:
    """A case in which we knowingly do something else than the C programs: why, and what exactly."""

    reason: str
    prints: dict
    case: dict  # the one that `prints` is the answer of: this one, or another version's; with the waiver's own masks


# A defect's number (or several), or why else.
REASON = re.compile(r"(([1-9]|[1-4]\d|50)(, ([1-9]|[1-4]\d|50))*|version|new): .")


class Waivers:
    """waivers.json; its format is described in golden/README.md. `cases`: those of the version, by name."""

    def __init__(self, file: Path, version: str, cases: Callable[[str], dict[str, dict]]) -> None:
        self.by_case: dict[str, Waiver] = {}
        listed = json.loads(file.read_text())
        for name, entries in listed.items():
            mine = [entry for entry in entries if version in entry["versions"]]
            if not mine:
                continue
            entry, case = mine[0], cases(version).get(name)
            if len(mine) > 1 or not REASON.match(entry["reason"]):
                raise ValueError(f"{name}: each version needs one waiver, and a reason with the number of a defect")
            if case is None or " ".join(case["argv"]) != entry["argv"]:
                raise ValueError(f"{name}: {version} has no such case with this command")
            if "as" in entry:  # what we print is what the newest C client does, or the waiver for that
                case = cases(entry["as"])[name]
                entry = next((e for e in entries if entry["as"] in e["versions"]), {"prints": case})
                if " ".join(case["argv"]) != mine[0]["argv"]:
                    raise ValueError(f"{name}: another command in {mine[0]['as']}")
            case = case | {"mask": (case.get("mask") or []) + entry.get("mask", [])}
            self.by_case[name] = Waiver(mine[0]["reason"], entry["prints"], case)


# `stats display --explain`: the words are each program's own, so only their place is compared.
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
    """Debug messages do not count, and "Listening..." comes from another thread: anywhere, and maybe not at all."""
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
    if not plain:
        return [f"the waiver ({waiver.reason}) is no longer needed: this is what the C program answers"]
    lines = differences(waiver.case, waiver.prints, got, own_version)
    return [f"waived ({waiver.reason}), but not what the waiver says:", *lines] if lines else []
