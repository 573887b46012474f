"""Copies a running proxy, like a machine whose memory was saved and is resumed later or twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from .process import SCRATCH, Background, at_end, run, wait_for

SOURCE = Path(__file__).resolve().parent / "snapshot.c"
LIBRARY = Path(os.environ.get("TMPDIR", "/run/lab"), "snapshot.so")


def can_be_copied(argv: tuple[str | Path, ...], namespace: str | None = None) -> tuple[str | Path, ...]:
    """The command line of a proxy that `Copy` can copy. `namespace`: the copy runs there with its own sockets."""
    if not LIBRARY.exists():
        run("cc", "-shared", "-fPIC", "-o", LIBRARY, SOURCE)
    settings = [f"LD_PRELOAD={LIBRARY}", f"SNAPSHOT_FILE={SCRATCH / 'snapshot'}"]
    if namespace:
        settings.append(f"SNAPSHOT_NAMESPACE=/run/netns/{namespace}")
    return ("env", *settings, *argv)


class Copy:
    """A copy of a proxy's process, which is stopped until it is resumed."""

    def __init__(self, original: Background) -> None:
        file = SCRATCH / "snapshot"
        file.unlink(missing_ok=True)
        original.signal(signal.SIGUSR2)
        self.pid = int(wait_for("the copy's process number", lambda: file.exists() and file.read_text().strip(), timeout=10))
        at_end(self.end)
        wait_for("the copy is stopped", lambda: self._state() == "T", timeout=10)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    @property
    def alive(self) -> bool:
        return self._state() not in ("", "Z")

    def end(self) -> None:
        if self.alive:
            os.kill(self.pid, signal.SIGKILL)

    def _state(self) -> str:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return ""
