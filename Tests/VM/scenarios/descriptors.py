"""Programs with closed standard streams, which must not write into other files instead."""

from __future__ import annotations

import os
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.network import GROUP6, OURS, PORT
from lab.process import SCRATCH, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import LATER, scenario

from .sync import wait_equal

EBADF = 9


def without(closed: int, *words: str | Path) -> tuple[str | Path, ...]:
    """The command with some descriptors closed; `closed` has a bit for each."""
    closing = " ".join(f"{fd}>&-" for fd in range(3) if closed >> fd & 1)
    return ("bash", "-c", f'exec "$@" {closing}', "closed", *words)


@scenario("programs with closed standard streams work, and write into no socket or file", before=LATER)
def closed_streams() -> None:
    make_eager()
    track = SCRATCH / "ready"
    proxy_words = ("--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2", "--track-file", str(track), GROUP6)
    command = (OURS / "jool", "session", "proxy")
    Proxy("k")
    crowd = Crowd()
    for closed in range(8):
        proxy = Proxy("j", argv=without(closed, *command, "--log.target", "stderr", *proxy_words))
        wait_ready("j", "k")
        for fd in range(3):
            file = os.readlink(f"/proc/{proxy.pid}/fd/{fd}")
            expect_equal(file == "/dev/null", bool(closed >> fd & 1) or fd == 0, f"descriptor {fd} of a proxy without {closed:03b} is {file}")
        crowd.open(20)
        wait_equal(f"without {closed:03b}", crowd.opened)
        expect_equal(track.read_text(), "0\n", f"track file of a proxy without {closed:03b}")
        data_fails = EBADF if closed & 2 else 0
        for words, status in (
            (("status",), data_fails), (("--check", *proxy_words), 0), (("keygen",), data_fails),
        ):  # fmt: skip
            done = run(*without(closed, *command, *words), ns="j", check=False)
            expect_equal(done.status, status, f"{words[0]} without {closed:03b}: {done}")
        for words in (("session", "display"), ("session", "follow")) if closed & 2 else ():
            done = run(*without(closed, OURS / "jool", *words), ns="j", check=False, timeout=20)
            expect_equal(done.status, EBADF, f"{words} without {closed:03b}: {done}")
        expect_equal(proxy.stop(), 0, f"status of a proxy without {closed:03b}")
        expect_equal(track.read_text(), "1\n", f"track file after a proxy without {closed:03b}")


@scenario("a proxy survives the end of the reader of its log", before=LATER)
def log_reader() -> None:
    make_eager()
    script = f'exec "$@" 2> >(head -n 1 >/dev/null)'
    proxy = Proxy(
        "j",
        argv=(
            "bash", "-c", script, "proxy", OURS / "jool", "session", "proxy", "--log.target", "stderr", "--log.level", "debug",
            "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2", GROUP6,
        ),
    )  # fmt: skip
    wait_ready("j")
    # Each SIGHUP causes a log message, which no process reads.
    for _ in range(3):
        run("kill", "-HUP", str(proxy.pid))
        wait_for("the proxy answers", lambda: run(OURS / "jool", "session", "proxy", "status", ns="j", check=False).status == 0)
    expect(proxy.alive, "the proxy ended with the reader of its log")
    expect_equal(proxy.stop(), 0, "status of the proxy")
