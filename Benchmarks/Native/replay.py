"""Runs unmodified Jool clients on answers from files, without a module, a VM or privileges."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tables
from lab.process import NOISE

OURS = Path(os.environ["JOOL_BIN"])
LAB = Path(os.environ["JOOL_LAB"])
WORK = Path(os.environ["REPLAY_WORK"])  # the folder of the library and the tables


@dataclass(frozen=True)
class Release:
    """A release of the C clients."""

    version: str
    programs: Path

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


def releases() -> list[Release]:
    """The releases that Tests/VM/setup has fetched, oldest first."""
    found = [Release(file.read_text().strip(), file.parent / "bin") for file in LAB.glob("*/version")]
    return sorted(found, key=lambda release: release.numbers)


def release(version: str) -> Release:
    """A release that Tests/VM/setup has fetched. Without it, the program ends with status 69 (EX_UNAVAILABLE)."""
    for one in releases():
        if one.version == version:
            return one
    print(f"no C client of {version} in {LAB} (run Tests/VM/setup)", file=sys.stderr)
    sys.exit(os.EX_UNAVAILABLE)


@cache
def table(kind: str, count: int, version: str) -> Path:
    """The folder of a table."""
    folder = WORK / f"{kind}-{count}-{version}"
    tables.write(folder, kind, count, version)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """A fixed environment, so that a program does the same work on every machine."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "REPLAY_TABLE": str(folder), "LD_PRELOAD": str(WORK / "replay.so")}


@dataclass(frozen=True)
class Result:
    status: int
    out: bytes
    err: str


def run(folder: Path, *words: str | Path, before: tuple[str, ...] = ()) -> Result:
    """Runs a client on a table. `before` is a program, with its options, that runs the client."""
    done = subprocess.run([*before, *words], env=environment(folder), stdin=subprocess.DEVNULL, capture_output=True)
    return Result(done.returncode, done.stdout, NOISE.sub("", done.stderr.decode(errors="replace")))
