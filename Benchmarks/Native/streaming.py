"""Measures whether our client and the C client print a table while it arrives: their memory, and what they wait for
before the first line. See README.md."""

from __future__ import annotations

import argparse
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import replay
from costs import stripped
from figures import HEADING, Figure, show
from replay import OURS

WORDS = ("session", "display", "--tcp", "--csv", "--numeric", "--no-headers")
SMALL, LARGE = 10_000, 100_000
PER_PAGE = 26
PIPE_SIZE = 1 << 20
RUNS = 9


@contextmanager
def stopped_after(pages: int, folder: Path, program: Path, output: int) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has received this many pages and asks for the next one."""
    environment = {**replay.environment(folder), "REPLAY_PAGES": str(pages)}
    child = subprocess.Popen([program, *WORDS], env=environment, stdin=subprocess.DEVNULL, stdout=output)
    try:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            raise RuntimeError(f"{program} has ended before page {pages}: status {status}")
        yield child
    finally:
        child.kill()
        child.wait()


def pages_before_output(folder: Path, program: Path) -> int:
    """The number of pages that the program receives before a line is out."""
    pages, is_printing = 0, False
    while not is_printing:
        pages += 1
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        with stopped_after(pages, folder, program, writer), open(reader, "rb") as lines:
            os.close(writer)
            is_printing = bool(lines.read(1))
    return pages


def memory(entries: int, folder: Path, program: Path) -> float:
    """The largest resident memory until the last page, in millions of bytes: the median of some runs, because the number
    of shared pages differs by a twentieth.

    The kernel's own account of an ended process (`ru_maxrss`) includes the memory of this program, its parent."""
    found = []
    for _ in range(RUNS):
        with stopped_after((entries - 1) // PER_PAGE, folder, program, subprocess.DEVNULL) as child:
            status = Path(f"/proc/{child.pid}/status").read_text()
        found.append(int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6)
    return median(found)


def main() -> int:
    parser = argparse.ArgumentParser(prog="streaming", description="Measures whether clients print a table while it arrives.")
    parser.add_argument("--version", default="4.1.13", help="release of the C client (default 4.1.13)")
    parser.add_argument("--csv", action="store_true", help="print CSV: work, unit, ours, C, ratio")
    options = parser.parse_args()
    release = replay.release(options.version)
    programs = stripped(OURS / "jool", "ours"), stripped(release.programs / "jool", "c")
    small, large = (replay.table("mixed", count, release.version) for count in (SMALL, LARGE))
    in_small = [memory(SMALL, small, program) for program in programs]
    in_large = [memory(LARGE, large, program) for program in programs]
    if not options.csv:
        print(f"natively, C client of {release.version}\n\n{HEADING}")
    show(
        [
            Figure("session display, 10,000 sessions", "MB of memory", *in_small),
            Figure("session display, 100,000 sessions", "MB of memory", *in_large),
            Figure("session display, 100,000 : 10,000 sessions", "× the memory", *(b / a for a, b in zip(in_small, in_large))),
            Figure("session display, before the first line", "pages", *(pages_before_output(small, program) for program in programs)),
        ],
        options.csv,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
