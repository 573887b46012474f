"""Programs that fill a terminal: under tmux, which shows what a user would see, and on a bare pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable

from .network import OURS
from .process import SCRATCH, Failed, at_end, namespace, run, wait_for

LEAVES_SCREEN = b"\x1b[?1049l"


class Screen:
    """A shell under tmux in a namespace. Keys go to it as a user types them, and its screen is read as text."""

    def __init__(self, ns: str, width: int = 80, height: int = 24) -> None:
        self.ns = ns
        self._environment = {
            "TMUX_TMPDIR": str(SCRATCH), "TERM": "xterm-256color", "PATH": f"{OURS}:{os.environ['PATH']}", "HOME": str(SCRATCH),
            "PS1": "$ ", "LANG": "C.UTF-8",
        }
        at_end(lambda: self.tmux("kill-server", check=False))
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(SCRATCH), "bash --norc --noprofile")
        self.wait("the shell's prompt", lambda text: re.search(r"[$#]", text))

    def tmux(self, *words: str, check: bool = True) -> str:
        return run("tmux", "-f", "/dev/null", *words, ns=self.ns, env=self._environment, check=check).out

    @property
    def text(self) -> str:
        return self.tmux("capture-pane", "-p")

    @property
    def colored(self) -> str:
        """The screen with the sequences for its colors."""
        return self.tmux("capture-pane", "-e", "-p")

    def type(self, text: str) -> None:
        """Presses the keys of a text."""
        self.tmux("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Presses keys by tmux's names: Enter, C-c, Up."""
        self.tmux("send-keys", *keys)

    def command(self, line: str) -> None:
        self.type(line)
        self.press("Enter")

    def resize(self, width: int, height: int) -> None:
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait(self, what: str, condition: Callable[[str], object], timeout: float = 20) -> str:
        """Waits until the screen fits, and returns it."""
        last = ""

        def fits() -> bool:
            nonlocal last
            last = self.text
            return bool(condition(last))

        try:
            wait_for(what, fits, timeout, every=0.2)
        except Failed as failure:
            raise Failed(f"{failure}\nThe screen is\n{last}")
        return last

    def wait_line(self, pattern: str, timeout: float = 20) -> str:
        """Waits until a line fits a regular expression, and returns the screen."""
        return self.wait(f"a line {pattern!r}", lambda text: re.search(f"^{pattern}", text, re.M), timeout)


class PseudoTerminal:
    """A program with a pseudo-terminal as its controlling terminal."""

    def __init__(self, *argv: str, ns: str, width: int = 80, height: int = 24, env: dict[str, str] | None = None) -> None:
        self.master, self.slave = os.openpty()
        at_end(self.close)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""
        environment = {**os.environ, "TERM": "xterm", **(env or {})}

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        with namespace(ns):
            self.process = subprocess.Popen(
                argv, stdin=self.slave, stdout=self.slave, stderr=self.slave, preexec_fn=own_terminal, env=environment)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def hang_up(self) -> None:
        """Closes the terminal, as the end of an ssh connection does."""
        if self.master >= 0:
            os.close(self.slave)
            os.close(self.master)
        self.master = self.slave = -1

    def read(self, seconds: float = 0.0) -> None:
        """Reads what the program has written, and what it writes within some time."""
        end = time.monotonic() + seconds
        while select.select([self.master], [], [], max(0.0, end - time.monotonic()))[0]:
            self.seen += os.read(self.master, 65536)

    def wait_text(self, text: bytes, timeout: float = 20) -> None:
        def appears() -> bool:
            self.read()
            return text in self.seen

        wait_for(f"{text!r} on the terminal", appears, timeout)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def wait_end(self, timeout: float = 10) -> int:
        """Waits for the end of the program, and returns its status; it is negative if a signal ended the program."""

        def status() -> tuple[int] | None:
            self.read()
            code = self.process.poll()
            return None if code is None else (code,)

        (code,) = wait_for("the end of the program", status, timeout) or (0,)
        self.read()
        return code

    @property
    def is_restored(self) -> bool:
        """Whether the settings are as before, and the alternate screen was left."""
        rest = self.seen.rpartition(b"\x1b[?1049h")[2]
        return termios.tcgetattr(self.slave) == self.before and LEAVES_SCREEN in rest and b"\x1b[?25h" in rest
