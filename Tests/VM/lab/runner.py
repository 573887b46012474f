"""A small runner: scenarios are functions named by a sentence; one line is printed for each."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from . import network
from .netlink import lab_version
from .process import Failed, clean_up

# No scenario takes as long as this, in seconds, on a machine that does nothing else. The emulated PC is slower.
LIMIT = 600 if os.environ["JOOL_VM_MACHINE"] == "uml" else 3600
# How long scenarios took once, in seconds: who takes long comes first, so that several guests end at about the same time.
DURATIONS = Path(__file__).resolve().parent / "durations.json"
# `run` gathers the lines that begin with these words, and prints them once more in the end.
LEFT_OUT = "left out: "
T = TypeVar("T")


@dataclass(frozen=True)
class Scenario:
    name: str
    body: Callable[[], None]
    since: tuple[int, ...]
    before: tuple[int, ...]
    desk: str

    @property
    def key(self) -> str:
        """Its name in the table of durations."""
        return f"{self.body.__module__.rpartition('.')[2]}.{self.body.__name__}"

    @property
    def is_for_this_version(self) -> bool:
        return self.since <= lab_version() < self.before

    @property
    def waits_for_thorough(self) -> bool:
        """Whether this version's turn is left out at a desk."""
        is_middle = parsed(ONCE["since"]) <= lab_version() < parsed(LATER)
        where = self.desk or (MIDDLE if self.before == parsed(LATER) else "")
        return {MIDDLE: not is_middle, ENDS: is_middle, NOWHERE: True}.get(where, False)


def parsed(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


class Skip(Exception):
    """The scenario cannot be tried here; the text says why. Never because of the programs under test."""


# What hardly depends on the module's version runs on the two oldest (at a desk, without JOOL_TEST_THOROUGH, on the middle one),
# what does not at all, or takes long, on the middle one.
LATER = "4.1.14"
ONCE = {"since": "4.1.12", "before": LATER}
# What runs wherever it applies when thorough, but at a desk on the middle version alone, on the oldest and the newest, or not at all.
MIDDLE, ENDS, NOWHERE = "middle", "ends", "nowhere"
_scenarios: list[Scenario] = []
_notes: list[str] = []
_is_everything_asked_for = False


def scenario(name: str, since: str = "0", before: str = "99", desk: str = "") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Registers a scenario, for module versions from `since` to just before `before`; `desk`: MIDDLE, ENDS, NOWHERE or all of them."""

    def register(body: Callable[[], None]) -> Callable[[], None]:
        _scenarios.append(Scenario(name, body, parsed(since), parsed(before), desk))
        return body

    return register


def note(text: str) -> None:
    """A measured value or another fact worth a line below the scenario's."""
    _notes.append(text)


def is_thorough() -> bool:
    """Whether nothing may be left out: as CI wants it, or because scenarios are named on the command line."""
    return _is_everything_asked_for or os.environ.get("JOOL_TEST_THOROUGH") == "1"


def some_of(what: str, everything: Sequence[T], at_a_desk: Sequence[T]) -> Sequence[T]:
    """Everything when thorough; at a desk these few, and the run says what it leaves out."""
    if is_thorough():
        return everything
    rest = [one for one in everything if one not in at_a_desk]
    if rest:
        names = f": {', '.join(rest)}" if all(isinstance(one, str) for one in rest) else ""
        left_out(f"{what}: {len(rest)} of {len(everything)}{names}")
    return [one for one in everything if one in at_a_desk]


def left_out(text: str) -> None:
    print(f"{LEFT_OUT}{text}", flush=True)


def progress(text: str) -> None:
    """Something to read while a scenario goes on that may take hours."""
    signal.alarm(LIMIT)
    print(f"      … {text}", flush=True)


class KernelLog:
    """Notices warnings and oopses: a scenario during which the kernel complains has failed."""

    TROUBLE = re.compile(r"(BUG:|WARNING:|Oops|general protection|Call Trace|We're out of sync)[^\n]*")

    def __init__(self) -> None:
        self.descriptor = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.descriptor, 0, os.SEEK_END)

    def trouble(self) -> str:
        lines = []
        while True:
            try:
                lines.append(os.read(self.descriptor, 8192).decode(errors="replace"))
            except BlockingIOError:
                break
            except BrokenPipeError:  # overwritten while we read; go on with what is left
                continue
        found = self.TROUBLE.search("".join(lines))
        return found[0] if found else ""


@dataclass
class Tally:
    passed: int = 0
    second_tries: int = 0
    failed: int = 0
    skipped: int = 0

    def count(self, outcome: str, at_second_try: bool) -> None:
        self.passed += outcome == "ok"
        self.second_tries += outcome == "ok" and at_second_try
        self.failed += outcome == "FAIL"
        self.skipped += outcome == "skip"

    def __str__(self) -> str:
        second = f", {self.second_tries} of them at a second try" if self.second_tries else ""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed{second}, {self.failed} failed{skipped}"


def claim(one: Scenario) -> bool:
    """Several guests may share the scenarios of a version: whoever makes the folder first runs the scenario."""
    folder = os.environ.get("JOOL_CLAIMS")
    if not folder:
        return True
    try:
        os.mkdir(f"{folder}/{_scenarios.index(one)}")
    except FileExistsError:
        return False
    return True


def choose(only: str, exclude: str) -> list[Scenario]:
    """The scenarios of this run on this version, the longest first."""
    named = [
        s for s in _scenarios
        if s.is_for_this_version and re.search(only, s.name, re.I) and not (exclude and re.search(exclude, s.name, re.I))
    ]
    chosen = [s for s in named if is_thorough() or not s.waits_for_thorough]
    elsewhere = [s for s in named if s not in chosen and s.desk != NOWHERE]
    if elsewhere:
        left_out(f"Jool {os.environ['JOOL_VERSION']}: {len(elsewhere)} scenarios that other versions run")
    for one in named:
        if one not in chosen and one not in elsewhere:
            left_out(one.name)
    durations = json.loads(DURATIONS.read_text())
    return sorted(chosen, key=lambda s: -durations.get(s.key, 0))


def run_all(only: str = "", exclude: str = "") -> int:
    global _is_everything_asked_for
    _is_everything_asked_for = bool(only)
    signal.signal(signal.SIGALRM, give_up)
    chosen = choose(only, exclude)
    print(f"Jool {os.environ['JOOL_VERSION']}: {len(chosen)} scenarios", flush=True)
    if folder := os.environ.get("JOOL_CLAIMS"):
        Path(folder, "count").write_text(str(len(chosen)))  # `run` starts no more guests than there are scenarios left
    log = KernelLog()
    tally = Tally()
    started = time.monotonic()
    is_built = False
    for one in chosen:
        if not claim(one):
            continue
        if not is_built:
            network.build()
            is_built = True
        _notes.clear()
        begun = time.monotonic()
        outcome, detail = _run_one(one, log)
        is_second_try = outcome == "FAIL" and "kernel" not in detail
        if is_second_try:
            # A machine that shares its cores stalls now and then. What is broken fails twice; what passes at the second try
            # is counted, and reported with what the first one said.
            first = detail
            print(f"again {time.monotonic() - begun:5.1f} s  {one.name}: {first}", flush=True)
            outcome, detail = _run_one(one, log)
            note("second try; the first: " + first)
        tally.count(outcome, is_second_try)
        lines = [f"{outcome:4} {time.monotonic() - begun:5.1f} s  {one.name}", *(f"{'':16}{line}" for line in [*_notes, *detail.splitlines()])]
        print("\n".join(lines), flush=True)
    clean_up()
    print(f"{tally} (Jool {os.environ['JOOL_VERSION']}, {time.monotonic() - started:.0f} s)", flush=True)
    # A guest of several may come too late, or its version may have none of them; the last line of `run` tells if all had none.
    return 1 if tally.failed or not (chosen or "JOOL_CLAIMS" in os.environ) else 0


def give_up(*_: object) -> None:
    """A scenario that waits for something without an end fails, with the line where it waits."""
    raise Failed(f"not over within {LIMIT} s")


def _run_one(one: Scenario, log: KernelLog) -> tuple[str, str]:
    signal.alarm(LIMIT)
    try:
        network.reset()
        log.trouble()
        one.body()
    except Skip as reason:
        return "skip", str(reason)
    except (Failed, AssertionError) as failure:
        where = traceback.extract_tb(failure.__traceback__)
        line = next((f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in reversed(where) if "/scenarios/" in f.filename), "")
        trouble = log.trouble()
        return "FAIL", f"{line} {failure}" + (f"\nkernel: {trouble}" if trouble else "")
    except Exception:  # a mistake in the scenario must not end the run
        return "FAIL", traceback.format_exc(limit=-2)
    finally:
        signal.alarm(0)
    trouble = log.trouble()
    return ("FAIL", f"the kernel logged: {trouble}") if trouble else ("ok", "")


def main(argv: list[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--exclude", default="", metavar="REGEX")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args(argv)
    if options.list:
        print("\n".join(f"{s.key:32} {s.name}" for s in _scenarios))
        return 0
    return run_all(options.only, options.exclude)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
