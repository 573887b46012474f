"""A proxy needs CAP_NET_ADMIN and nothing else."""

from __future__ import annotations

import os
import pwd
import signal
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


@scenario("a proxy without any right but CAP_NET_ADMIN does everything, and may do nothing else", before=LATER)
def least() -> None:
    make_eager()
    line = key()
    own, theirs = key_file("j", line), key_file("k", line)
    os.chown(theirs, pwd.getpwnam(USER).pw_uid, -1)
    os.chmod(SCRATCH, 0o755)
    config = SCRATCH / "proxy.json"
    config.write_text(f'{{"net.mcast.addr": "{GROUP6}", "net.mcast.port": 6464, "net.dev.in": "eth2", "net.dev.out": "eth2"}}')
    words = ("session", "proxy", "--config", str(config), *with_key(theirs))
    expect_equal(jool(OURS, "k", *words, "--check").out, "", "what --check says")
    Proxy("j", options=with_key(own))
    # setpriv becomes the proxy: the same process.
    proxy = Proxy("k", argv=("setpriv", *LEAST, "--", OURS / "jool", *words))
    wait_ready("j", "k")
    crowd = Crowd()
    crowd.open(1000)
    note(f"equal {wait_equal('the traffic', crowd.opened):.1f} s after the last packet")
    expect_equal_tables(1000)
    status = Path(f"/proc/{proxy.pid}/status").read_text()
    expect("CapEff:\t0000000000001000\n" in status, "CAP_NET_ADMIN is not all that it has")
    writable = [Path(f"/proc/{proxy.pid}/fd/{fd}").readlink() for fd in os.listdir(f"/proc/{proxy.pid}/fd")]
    note("descriptors: " + ", ".join(sorted({str(path).split(":")[0] for path in writable})))
    # The same without setpriv, and the module goes and comes back meanwhile: everything is opened anew.
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
    wait_equal("the module came back", crowd.opened)
    expect("Read the configuration anew" in proxy.err, proxy.err)
    nobody = jool(OURS, "k", *words, "--user", "nosuchuser", "--check", check=False)
    expect(nobody.status == 234 and "There is no user 'nosuchuser'." in nobody.err, str(nobody))
    wrong = run(OURS / "jool", *words[:-2], "--net.key-file", str(own), "--net.dev.in", "nosuch", "--check", ns="k", check=False)
    expect_equal(wrong.status, 234, "status of --check with one device too many")


SQUATTER = """
import contextlib, socket
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind("\\0jool-session-proxy/default")
listener.listen()
print("listening", flush=True)
while True:
    client, _ = listener.accept()
    with contextlib.suppress(OSError):
        client.send(b"state ready\\n")
"""


@scenario("somebody who took the name of a proxy that did not run is not believed, and the proxy gets it back", **ONCE)
def squatter() -> None:
    make_eager()
    impostor = Background("setpriv", "--reuid", USER, "--regid", "nogroup", "--clear-groups", "python3", "-c", SQUATTER, ns="j", name="squatter")
    wait_for("the impostor listens", lambda: "listening" in impostor.out)
    ready = ("session", "proxy", "status", "--ready")
    expect_equal(jool(OURS, "j", *ready, check=False).status, 3, "exit status of status --ready beside an impostor")
    proxy = Proxy("j")
    wait_for("the proxy says that the name is taken", lambda: "serve this instance already" in proxy.err)
    expect(impostor.alive, "the impostor died; the scenario proves nothing")
    impostor.stop()
    wait_ready("j")
