from __future__ import annotations
import time
from lab.network import OURS, configure, make_instance, jool
from lab.process import wait_for
from lab.runner import note, scenario
from lab.traffic import UDPEcho
from .follow import Follower

@scenario("zzprobe")
def probe() -> None:
    make_instance("j")
    for late in (100, 3000):
        configure("j", ss_flush_deadline=late)
        f = Follower("j")
        wait_for("header", lambda: f.lines(), timeout=20)
        time.sleep(1)
        echo = UDPEcho(5301 + late)
        start = time.monotonic()
        echo.exchange()
        echo.exchange()
        jool(OURS, "j", "bib", "remove", "--udp", *[w for w in ()] or ["2001:db8::8#" + str(1)], check=False)
        seen = 0
        while time.monotonic() - start < 9:
            n = len(f.lines())
            if n > seen:
                note(f"late {late}: {time.monotonic()-start:.2f} {f.lines()[seen:]}")
                seen = n
            time.sleep(0.05)
        f.process.kill()
    # removed before it is announced
    f = Follower("j")
    wait_for("header", lambda: f.lines(), timeout=20)
    time.sleep(1)
    echo = UDPEcho(6000)
    echo.exchange()
    start = time.monotonic()
    time.sleep(0.5)
    out = jool(OURS, "j", "bib", "display", "--udp", "--numeric", "--csv").out
    note(out)
    line = out.splitlines()[-1].split(",")
    r = jool(OURS, "j", "bib", "remove", "--udp", f"{line[1]}#{line[2]}", f"{line[3]}#{line[4]}", check=False)
    note(str(r))
    time.sleep(6)
    note(f"after removal: {f.lines()}")
