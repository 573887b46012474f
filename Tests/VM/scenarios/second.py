"""At most one proxy per instance and network namespace."""

from __future__ import annotations

import signal

from lab.crowd import make_eager
from lab.network import GROUP6, NODES, OURS, PORT, jool
from lab.process import SCRATCH, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, is_ready, json_files, statistics, wait_ready
from lab.runner import ONCE, scenario

from .sync import status

WORDS = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2")


@scenario("a second proxy of an instance is refused, and does not disturb the first one", **ONCE)
def second() -> None:
    make_eager()
    track = SCRATCH / "ready"
    first = Proxy("j", options=("--track-file", str(track)), stats=6401)
    Proxy("k")
    wait_ready(*NODES)
    wait_for("the track file shows that j is ready", lambda: track.read_text() == "0\n")
    before = (track.stat().st_ino, track.stat().st_mtime_ns)
    node = status("j")["node"]
    refused = [
        jool(OURS, "j", *WORDS, *options, "--track-file", str(track), GROUP6, check=False)
        for options in ((), ("--stats.port", "6401"), ("--net.format", "legacy"), ("--user", "nobody"))
    ]
    refused.append(run(OURS / "joold", *json_files("j", GROUP6, PORT, "eth2"), ns="j", check=False))
    first.signal(signal.SIGSTOP)  # a proxy that does not answer also counts
    refused.append(jool(OURS, "j", *WORDS, "--track-file", str(track), GROUP6, check=False))
    first.signal(signal.SIGCONT)
    for result in refused:
        expect_equal(result.status, 98, f"exit status of {result}")
        expect(f"in this network namespace: process {first.pid}." in result.err, str(result))
        expect("Config:" not in result.out, f"a banner: {result}")
    expect_equal((track.stat().st_ino, track.stat().st_mtime_ns), before, "the track file's inode and time")
    expect_equal(status("j")["node"], node, "the node that answers")
    expect("NET_SENT_PKTS" in statistics("j", 6401), "the statistics server does not answer")
    expect(is_ready("j") and first.alive, "the first proxy was disturbed")
    expect_equal(jool(OURS, "j", *WORDS, "--check", GROUP6).err, "", "--check beside a running proxy")


@scenario("the proxy restores its track file after another program has changed or removed it", **ONCE)
def track_file() -> None:
    make_eager()
    track = SCRATCH / "ready"
    proxy = Proxy("j", options=("--track-file", str(track)))
    wait_ready("j")
    wait_for("the track file shows that j is ready", lambda: track.read_text() == "0\n")
    track.write_text("1\n")
    wait_for("the track file shows again that j is ready", lambda: track.read_text() == "0\n", timeout=5)
    track.unlink()
    wait_for("the track file exists again", lambda: track.exists() and track.read_text() == "0\n", timeout=5)
    expect("Another program has changed or removed the track file" in proxy.err, proxy.err)
