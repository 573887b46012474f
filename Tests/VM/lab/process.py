"""Processes, network namespaces and waiting, for all scenarios."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
# The folder for the files of a scenario; it is empty when the next one starts.
SCRATCH = Path(os.environ.get("TMPDIR", "/run/lab"), "scratch")
SCRATCH.mkdir(parents=True, exist_ok=True)

# The dynamic loader prints this about libnl when it starts a C client of another Debian suite.
NOISE = re.compile(r"^[^\n]*: no version information available \(required by [^\n]*\)\n?", re.M)


class Failed(AssertionError):
    """The failure of a scenario; the text names the unmet expectation."""


# ------------------------------------------------------------------------------------------- network namespaces

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000


@contextmanager
def namespace(name: str | None) -> Iterator[None]:
    """Moves this thread, and the processes that it starts, into a network namespace. This is faster than `ip netns
    exec`."""
    if name is None:
        yield
        return
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _enter(other)
        try:
            yield
        finally:
            _enter(own)
    finally:
        os.close(own)
        os.close(other)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


# ------------------------------------------------------------------------------------------------- short commands


@dataclass(frozen=True)
class Result:
    argv: tuple[str, ...]
    status: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"`{' '.join(self.argv)}` exited {self.status}\n  stdout: {self.out!r}\n  stderr: {self.err!r}"


def run(
    *argv: str | Path,
    ns: str | None = None,
    check: bool = True,
    timeout: float = 120,
    input: str = "",
    user: str | None = None,
    env: dict[str, str] | None = None,
) -> Result:
    """Runs a command to its end. With `check`, a status other than 0 fails the scenario."""
    words = tuple(str(word) for word in argv)
    with namespace(ns):
        try:
            done = subprocess.run(
                words, input=input.encode(), capture_output=True, timeout=timeout, user=user, extra_groups=[] if user else None,
                env=dict(os.environ, **env) if env else None,
            )
        except subprocess.TimeoutExpired as late:
            raise Failed(f"`{' '.join(words)}` did not end within {timeout} s; so far: {late.stdout!r} {late.stderr!r}")
    result = Result(words, done.returncode, done.stdout.decode(errors="replace"), NOISE.sub("", done.stderr.decode(errors="replace")))
    if check and result.status != 0:
        raise Failed(str(result))
    return result


# -------------------------------------------------------------------------------------------- background processes


class Background:
    """A process that runs beside the scenario, with its output in files. `Background.stop_all()` ends all that still
    run."""

    _running: list["Background"] = []

    def __init__(self, *argv: str | Path, ns: str | None = None, name: str = "process") -> None:
        self.argv = tuple(str(word) for word in argv)
        self.ns, self.name = ns, name
        serial = sum(1 for _ in SCRATCH.glob("*.out"))
        self.out_file, self.err_file = (SCRATCH / f"{serial}-{name}.{kind}" for kind in ("out", "err"))
        with namespace(ns), open(self.out_file, "wb") as out, open(self.err_file, "wb") as err:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        self.pid = self.process.pid
        Background._running.append(self)

    @property
    def out(self) -> str:
        return self.out_file.read_text(errors="replace")

    @property
    def err(self) -> str:
        return NOISE.sub("", self.err_file.read_text(errors="replace"))

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self.process.send_signal(number)

    def wait(self, timeout: float) -> int:
        """Waits for the end, and returns the exit status; it is negative if a signal ended the process."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.describe()} is still running after {timeout} s")

    def stop(self, timeout: float = 10) -> int:
        """Ends the process with SIGTERM, like systemd, and returns its status."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"{self.describe()} ignored SIGTERM for {timeout} s")

    def cpu(self) -> tuple[float, float]:
        """The processor time in user and system mode so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        return int(fields[11]) / ticks, int(fields[12]) / ticks

    def memory(self) -> int:
        """The resident memory in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def describe(self) -> str:
        return f"{self.name} (`{' '.join(self.argv)}`; stdout {self.out[-400:]!r}; stderr {self.err[-400:]!r})"

    @classmethod
    def stop_all(cls) -> None:
        for process in cls._running:
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGKILL)
            process.process.wait()
        cls._running.clear()


_cleanups: list[Callable[[], None]] = []


def at_end(action: Callable[[], None]) -> None:
    """Registers an action for the end of the scenario, whether it passes or fails."""
    _cleanups.append(action)


def replace_file(path: str, text: str) -> None:
    """Replaces the contents of a file until the scenario ends. The guest's /etc is an overlay in RAM."""
    file = Path(path)
    before = file.read_bytes() if file.exists() else None
    at_end(file.unlink if before is None else lambda: file.write_bytes(before))
    file.write_text(text)


def clean_up() -> None:
    Background.stop_all()
    while _cleanups:
        _cleanups.pop()()
    shutil.rmtree(SCRATCH)
    SCRATCH.mkdir()


# ---------------------------------------------------------------------------------------------------------- waiting


def wait_for(what: str, condition: Callable[[], T], timeout: float = 20, every: float = 0.05) -> T:
    """Polls until `condition` is true, and returns its value. Emulation is slow, so time limits must be generous."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Failed(f"not within {timeout} s: {what} (last value: {value!r})")
        time.sleep(every)


def expect(condition: object, text: str) -> None:
    if not condition:
        raise Failed(text)


def expect_equal(got: T, expected: T, what: str) -> None:
    if got != expected:
        raise Failed(f"{what}: expected {expected!r}, got {got!r}")


def words(text: str) -> Sequence[str]:
    return text.split()
