"""Runs the cases of a golden scenario in a forked process with its own network, mounts and processes.

All processes, interfaces, mounts and instances of the scenario end with it. It is forked, because starting another
Python would take longer than the cases. The format of the cases is described in golden/README.md.
"""

from __future__ import annotations

import ctypes
import json
import os
import pty
import re
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
from pathlib import Path

from .process import NOISE

SEARCH = f"{os.environ['JOOL_BIN']}:/usr/sbin:/usr/bin:/sbin:/bin"
FACILITIES = {0: "kern", 1: "user", 3: "daemon"}
LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
DURING_DELAY, SETTLING, GRACE, LIMIT = 1.5, 1.0, 20.0, 60.0
MARK = "the end of what was logged before"


class SystemLog(threading.Thread):
    """A replacement for the syslog daemon."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.messages: list[str] = []
        self.path = str(path)
        self.is_empty = threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        path.chmod(0o666)

    def run(self) -> None:
        while True:
            text = self.socket.recv(65536).decode(errors="replace").rstrip("\0\n")
            if text == MARK:
                self.is_empty.set()
                continue
            if match := re.match(r"<(\d+)>(?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?(.*)", text, re.S):
                priority = int(match[1])
                text = f"{FACILITIES.get(priority >> 3, priority >> 3)}.{LEVELS[priority & 7]} {match[2]}"
            self.messages.append(text)

    def take(self) -> list[str]:
        """The messages that were logged so far: those that arrive before our own mark."""
        self.is_empty.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(MARK.encode(), self.path)
        self.is_empty.wait(GRACE)
        taken, self.messages = self.messages, []
        return taken


class Case:
    """Runs a command with its input until its end."""

    def __init__(self, case: dict, log: SystemLog) -> None:
        self.case, self.log = case, log
        self.env = {"PATH": SEARCH, "LC_ALL": "C", "TZ": "UTC", "HOME": "/", "TERM": "dumb"} | (case.get("env") or {})
        self.helper: subprocess.Popen | None = None

    def run(self) -> dict:
        time.sleep(self.case.get("wait") or 0)
        self.log.take()
        out, process = self._start()
        if process is None:
            return {"exit": 127, "stdout": "", "stderr": f"{self.case['argv'][0]}: not found\n"}
        assert process.stdin and process.stderr
        try:
            process.stdin.write((self.case.get("stdin") or "").encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        texts = self._watch(process, {out: b"", process.stderr.fileno(): b""})
        status = process.wait()
        if self.helper:
            self.helper.kill()
            self.helper.wait()
        answer = {
            "exit": f"signal {-status}" if status < 0 else status,
            "stdout": texts[out].decode(errors="backslashreplace"),
            "stderr": NOISE.sub("", texts[process.stderr.fileno()].decode(errors="backslashreplace")),
        }
        if self.case.get("syslog") is not None:
            answer["syslog"] = self.log.take()
        return answer

    def _start(self) -> tuple[int, subprocess.Popen | None]:
        user = self.case.get("user")
        stdout: int = subprocess.PIPE
        master = -1
        if self.case.get("tty"):
            master, stdout = pty.openpty()
            settings = termios.tcgetattr(stdout)
            settings[1] &= ~termios.OPOST
            termios.tcsetattr(stdout, termios.TCSANOW, settings)
        try:
            process = subprocess.Popen(
                self.case["argv"], env=self.env, stdin=subprocess.PIPE, stdout=stdout, stderr=subprocess.PIPE,
                user=user, group=user and "nogroup", extra_groups=[] if user else None,
            )
        except FileNotFoundError:
            return master, None
        if master >= 0:
            os.close(stdout)
            return master, process
        assert process.stdout
        return process.stdout.fileno(), process

    def _watch(self, process: subprocess.Popen, texts: dict[int, bytes]) -> dict[int, bytes]:
        started = time.monotonic()
        terminate_at, give_up_at = started + (self.case.get("timeout") or LIMIT), started + 2 * LIMIT
        needs_help = bool(self.case.get("during"))
        busy_until = asked = 0.0
        with selectors.DefaultSelector() as selector:
            for descriptor in texts:
                selector.register(descriptor, selectors.EVENT_READ)
            while selector.get_map():
                now = time.monotonic()
                # The program must have its full time on a slow machine.
                if is_busy(process.pid):
                    busy_until = now + SETTLING
                if needs_help and not self.helper and now >= max(started + DURING_DELAY, busy_until):
                    self.helper = subprocess.Popen(
                        ["sh", "-c", self.case["during"]], env=self.env, stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    )
                if needs_help and self.helper and self.helper.poll() is not None:
                    needs_help, terminate_at = False, terminate_at + now - started - DURING_DELAY
                if asked and now >= asked + GRACE:
                    process.send_signal(signal.SIGKILL)
                    break
                has_had_its_time = now >= max(terminate_at, busy_until) and not needs_help
                if not asked and (has_had_its_time or now >= give_up_at):
                    asked = now
                    process.send_signal(signal.SIGTERM)
                for key, _ in selector.select(0.2):
                    try:
                        chunk = os.read(key.fd, 65536)
                    except OSError:  # the terminal's program has ended
                        chunk = b""
                    if chunk:
                        texts[key.fd] += chunk
                    else:
                        selector.unregister(key.fd)
        return texts


def is_busy(process: int) -> bool:
    """Whether the process runs or is ready to run."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "RD"
    except OSError:
        return False


_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNS, _CLONE_NEWPID, _CLONE_NEWNET = 0x20000, 0x20000000, 0x40000000
_PR_SET_PDEATHSIG = 1


def start(setup: Path, cases: list[dict], answers: Path) -> int:
    """Forks a process that runs the cases and writes their answers to the file `answers` as JSON.

    Returns the process number. Killing this process ends all processes of the scenario.
    """
    outer = os.fork()
    if outer:
        return outer
    status = 1
    try:
        if _libc.unshare(_CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        inner = os.fork()  # the first process of the new namespace, with which all others end
        if inner == 0:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _run(setup, cases, answers)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status != 0)


def _run(setup: Path, cases: list[dict], answers: Path) -> None:
    for command in ("mount --make-rprivate /", "mount -t proc proc /proc", "mount -t tmpfs tmpfs /run/netns"):
        Path("/run/netns").mkdir(exist_ok=True)
        subprocess.run(command.split(), check=True)
    work = Path(tempfile.mkdtemp(prefix="golden-"))
    work.chmod(0o755)
    os.chdir(work)
    log = SystemLog(work / ".log")
    Path("/dev/log").touch()
    subprocess.run(["mount", "--bind", work / ".log", "/dev/log"], check=True)
    log.start()
    with open(work / ".setup", "wb") as said:  # a file, because servers that the setup starts keep it open
        prepared = subprocess.run(
            ["sh", setup], env=dict(os.environ, PATH=SEARCH, LC_ALL="C", TZ="UTC"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
        )
    ready = time.monotonic()
    given = [Case(case, log).run() for case in cases]
    notes = NOISE.sub("", (work / ".setup").read_text(errors="replace"))
    seconds = time.monotonic() - ready
    answers.write_text(json.dumps({"setup": prepared.returncode, "seconds": seconds, "notes": notes, "answers": given}))
