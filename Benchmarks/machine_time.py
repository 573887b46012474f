"""Run on the host as `machine_time.py FOLDER PID`: at each whole second, writes the processor time, in seconds, that the
descendants of a process have used so far into a file whose name is that second of the clock.

A guest reads it to learn what all of its work has cost, the kernel's part included. User-Mode Linux itself counts
processor time in steps of 10 ms, and charges a step to whoever runs when it ends. Each second has a file of its own,
because a guest keeps what it has read of a file of the host.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

PROC = Path("/proc")


def parents() -> dict[int, int]:
    """The parent of each process."""
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # the process has ended
    return found


def descendants(root: int) -> set[int]:
    of, found, more = parents(), set(), {root}
    while more:
        found |= more
        more = {process for process, parent in of.items() if parent in more} - found
    return found - {root, os.getpid()}


def nanoseconds(process: int) -> dict[tuple[int, str], int]:
    """The processor time of each thread of a process."""
    try:
        return {(process, task.name): int((task / "schedstat").read_text().split()[0]) for task in (PROC / str(process) / "task").iterdir()}
    except OSError:
        return {}


def is_running(process: int) -> bool:
    """Whether a process has not ended. One that has ended exists until its parent asks for its status, and that parent may
    be waiting for the end of this program."""
    try:
        return (PROC / str(process) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main() -> None:
    folder, root = Path(sys.argv[1]), int(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    total, last = 0, {}
    while is_running(root):
        now = {thread: used for process in descendants(root) for thread, used in nanoseconds(process).items()}
        total += sum(used - last.get(thread, 0) for thread, used in now.items())
        last = now
        second = round(time.time())
        (folder / "new").write_text(f"{total / 1e9:.6f}\n")
        (folder / "new").rename(folder / str(second))
        time.sleep(max(0, second + 1 - time.time()))


if __name__ == "__main__":
    main()
