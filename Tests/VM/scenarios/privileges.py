"""A proxy with restricted rights, and attackers on the same machine."""

from __future__ import annotations

import grp
import os
import pwd
import signal
import stat
import time
from pathlib import Path

from lab.crowd import Crowd, make_eager
from lab.network import C, GROUP6, OURS, jool, make_instance
from lab.process import SCRATCH, Background, expect, expect_equal, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import LATER, ONCE, note, scenario

from .sealed import key, key_file, with_key
from .sync import expect_equal_tables, wait_equal

USER = "nobody"
LEAST = ("--reuid", USER, "--regid", "nogroup", "--clear-groups", "--inh-caps", "-all,+net_admin", "--ambient-caps", "-all,+net_admin",
         "--bounding-set", "-all,+net_admin", "--no-new-privs")  # fmt: skip


@scenario("a proxy with CAP_NET_ADMIN alone does everything, and has no other rights", before=LATER)
def least() -> None:
    make_eager()
    line = key()
    own, theirs = key_file("j", line), key_file("k", line)
    os.chown(theirs, pwd.getpwnam(USER).pw_uid, -1)
    os.chmod(SCRATCH, 0o755)
    config = SCRATCH / "proxy.json"
    config.write_text(f'{{"net.mcast.addr": "{GROUP6}", "net.mcast.port": 6464, "net.dev.in": "eth2", "net.dev.out": "eth2"}}')
    words = ("session", "proxy", "--config", str(config), *with_key(theirs))
    expect_equal(jool(OURS, "k", *words, "--check").out, "", "messages of --check")
    Proxy("j", options=with_key(own))
    # setpriv executes the proxy in the same process.
    proxy = Proxy("k", argv=("setpriv", *LEAST, "--", OURS / "jool", *words))
    wait_ready("j", "k")
    crowd = Crowd()
    crowd.open(1000)
    note(f"equal {wait_equal('the traffic', crowd.opened):.1f} s after the last packet")
    expect_equal_tables(1000)
    status = Path(f"/proc/{proxy.pid}/status").read_text()
    expect("CapEff:\t0000000000001000\n" in status, "the proxy has other capabilities than CAP_NET_ADMIN")
    writable = [Path(f"/proc/{proxy.pid}/fd/{fd}").readlink() for fd in os.listdir(f"/proc/{proxy.pid}/fd")]
    note("descriptors: " + ", ".join(sorted({str(path).split(":")[0] for path in writable})))
    # The same with --user. The instance is recreated and SIGHUP is sent, so that the proxy opens everything again.
    proxy.stop()
    proxy = Proxy("k", argv=(OURS / "jool", *words, "--user", USER))
    wait_ready("k")
    status = Path(f"/proc/{proxy.pid}/status").read_text()
    number = pwd.getpwnam(USER).pw_uid
    for line in (f"Uid:\t{number}\t{number}\t{number}\t{number}", "CapEff:\t0000000000001000", "CapPrm:\t0000000000001000", "NoNewPrivs:\t1"):
        expect(line in status, f"{line!r} is missing in {status}")
    jool(C, "k", "instance", "remove")
    time.sleep(3)
    make_instance("k")
    proxy.signal(signal.SIGHUP)
    crowd.open(500)
    wait_equal("the instance was recreated", crowd.opened)
    expect("The configuration was read again" in proxy.err, proxy.err)
    nobody = jool(OURS, "k", *words, "--user", "nosuchuser", "--check", check=False)
    expect(nobody.status == 234 and "The user 'nosuchuser' does not exist." in nobody.err, str(nobody))
    wrong = run(OURS / "jool", *words[:-2], "--net.key-file", str(own), "--net.dev.in", "nosuch", "--check", ns="k", check=False)
    expect_equal(wrong.status, 234, "status of --check with one device too many")


def proxy_words(*options: str | Path) -> tuple[str | Path, ...]:
    return ("session", "proxy", "--net.mcast.port", "6464", "--net.dev.in", "eth2", "--net.dev.out", "eth2", *options, GROUP6)


@scenario("a proxy switches to a user and a group given by name or number, and refuses unknown ones", before=LATER)
def numbers() -> None:
    make_eager()
    entry = pwd.getpwnam(USER)
    user, group = entry.pw_uid, entry.pw_gid
    for text, uid, gid in (
        (str(user), user, group), (f"{user}:0", user, 0), (f"{USER}:nogroup", user, grp.getgrnam("nogroup").gr_gid),
        ("4000000000:4000000001", 4000000000, 4000000001),
    ):  # fmt: skip
        proxy = Proxy("j", argv=(OURS / "jool", *proxy_words("--user", text)))
        wait_ready("j")
        status = Path(f"/proc/{proxy.pid}/status").read_text()
        for line in (f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\n", f"Gid:\t{gid}\t{gid}\t{gid}\t{gid}\n", "Groups:\t \n", "CapEff:\t0000000000001000\n"):
            expect(line in status, f"--user {text}: {line!r} is missing in {status}")
        proxy.stop()
    for text, reason in (
        ("4000000000", "No user has the number 4000000000, so its group is unknown. Give the group, too: --user 4000000000:GROUP"),
        ("4294967295:0", "The user '4294967295' does not exist."), ("nosuchuser", "The user 'nosuchuser' does not exist."),
        (f"{USER}:nosuchgroup", "The group 'nosuchgroup' does not exist."), (f"{USER}:", "The group '' does not exist."),
    ):  # fmt: skip
        for more in ((), ("--check",)):
            refused = jool(OURS, "j", *proxy_words("--user", text, *more), check=False)
            expect_equal((refused.status, refused.err), (234, f"Error: {reason}\n"), f"--user {text} {more}")


@scenario("a proxy does not touch a file that an attacker has planted in place of its track file", before=LATER)
def planted() -> None:
    make_eager()
    owner = pwd.getpwnam(USER)
    os.chmod(SCRATCH, 0o755)
    folder, private, secret = SCRATCH / "planted", SCRATCH / "private", SCRATCH / "private" / "shadow"
    folder.mkdir()
    private.mkdir(0o755)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    secret.write_text("secret")
    secret.chmod(0o600)
    track = folder / "ready"
    before = (secret.stat().st_uid, secret.stat().st_mode, sorted(private.iterdir()))

    def refused(what: str, path: Path, reason: str, *options: str) -> None:
        for more in ((), ("--check",)):
            done = jool(OURS, "j", *proxy_words("--track-file", str(path), *options, *more), check=False, timeout=10)
            expect(done.status != 0 and f"Cannot write the track file '{path}': {reason}" in done.err, f"{what}, {options} {more}: {done}")
            after = (secret.stat().st_uid, secret.stat().st_mode, sorted(private.iterdir()))
            expect_equal((secret.read_text(), after), ("secret", before), f"the file behind {what}")

    user = ("--user", USER)
    plants = (
        ("a symbolic link", lambda: track.symlink_to(secret), "It is a symbolic link", track.unlink),
        ("a symbolic link to a missing file", lambda: track.symlink_to(private / "new"), "It is a symbolic link", track.unlink),
        ("a hard link", lambda: os.link(secret, track), "It has other names", track.unlink),
        ("a directory", track.mkdir, "Is a directory", track.rmdir),
        ("a device", lambda: os.mknod(track, stat.S_IFCHR | 0o666, os.makedev(1, 3)), "It is neither a regular file", track.unlink),
        ("a socket", lambda: os.mknod(track, stat.S_IFSOCK | 0o666), "It is neither a regular file", track.unlink),
    )  # fmt: skip
    for what, plant, reason, remove in plants:
        plant()
        refused(what, track, reason, *user)
        refused(what, track, reason)
        remove()
    # A link in the path of folders. Root could create files there, the user cannot.
    (folder / "sub").symlink_to(private)
    refused("a link to a folder", folder / "sub" / "ready", "Permission denied", *user)
    # A folder that only root may write. The proxy could not write there after it has switched to the user.
    refused("root's folder", private / "ready", "Permission denied", *user)

    proxy = Proxy("j", argv=(OURS / "jool", *proxy_words("--track-file", str(track), *user)))
    wait_ready("j")
    expect_equal((track.read_text(), track.stat().st_uid, track.stat().st_gid), ("0\n", owner.pw_uid, owner.pw_gid), "the track file")
    # A link that is planted while the proxy runs.
    track.unlink()
    track.symlink_to(secret)
    proxy.stop()
    expect_equal(secret.read_text(), "secret", "the file behind a link that was planted later")
    track.unlink()
    os.mkfifo(track, 0o600)
    os.chown(track, owner.pw_uid, owner.pw_gid)
    proxy = Proxy("j", argv=(OURS / "jool", *proxy_words("--track-file", str(track), *user)))
    wait_ready("j")
    reader = os.open(track, os.O_RDONLY | os.O_NONBLOCK)
    expect_equal(proxy.stop(), 0, "status of a proxy whose track file is a pipe")
    expect_equal(os.read(reader, 16), b"1\n", "the last text in the pipe")
    os.close(reader)
    # A pipe for --config must not block a proxy that reloads it.
    config = SCRATCH / "proxy.json"
    config.write_text(f'{{"net.mcast.addr": "{GROUP6}", "net.mcast.port": 6464, "net.dev.in": "eth2", "net.dev.out": "eth2"}}')
    proxy = Proxy("j", argv=(OURS / "jool", "session", "proxy", "--config", str(config), "--log.target", "stderr"))
    wait_ready("j")
    config.unlink()
    os.mkfifo(config)
    proxy.signal(signal.SIGHUP)
    wait_for("the pipe is refused", lambda: "is not a regular file, so it cannot be read again" in proxy.err)
    expect_equal(jool(OURS, "j", "session", "proxy", "status", "--ready", check=False).status, 0, "status after SIGHUP with a pipe")


SQUATTER = """
import contextlib, socket, sys, time
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind("\\0jool-session-proxy/default")
if len(sys.argv) == 1:
    listener.listen()
print("listening", flush=True)
while len(sys.argv) > 1:
    time.sleep(1)
while True:
    client, _ = listener.accept()
    with contextlib.suppress(OSError):
        client.send(b"state ready\\n")
"""


@scenario("clients do not trust an impostor with the control name of a proxy, and the proxy gets the name back", **ONCE)
def squatter() -> None:
    make_eager()
    become = ("setpriv", "--reuid", USER, "--regid", "nogroup", "--clear-groups")
    ready = ("session", "proxy", "status", "--ready")
    # One impostor answers, the other one binds the name without listening.
    for words in (("python3", "-c", SQUATTER), ("python3", "-c", SQUATTER, "deaf")):
        impostor = Background(*become, *words, ns="j", name="squatter")
        wait_for("the impostor has the name", lambda: "listening" in impostor.out)
        expect_equal(jool(OURS, "j", *ready, check=False).status, 3, "exit status of status --ready beside an impostor")
        proxy = Proxy("j")
        owner = f"process {impostor.pid} of user {pwd.getpwnam(USER).pw_uid} has the control name"
        wait_for("the proxy reports the process with the name", lambda: owner in proxy.err)
        expect(impostor.alive, "the impostor ended; the scenario proves nothing")
        impostor.stop()
        wait_ready("j")
        proxy.stop()
