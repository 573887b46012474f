"""Boots the two guests of `versions` with a cable between them, and compares their tables at the end."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


class SocketPairCable:
    """A cable for User-Mode Linux. Each end is an inherited socket."""

    def __init__(self) -> None:
        self.ends = dict(zip("jk", socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)))

    def boot(self, node: str, command: list[str]) -> subprocess.Popen[str]:
        end = self.ends[node].fileno()
        return start(command, {"JOOL_VM_CABLE": str(end)}, (end,))


class PortCable:
    """A cable for QEMU. j listens on a port of this machine when it starts, and k connects to it."""

    def __init__(self) -> None:
        self.port = random.randint(20000, 39999)

    def boot(self, node: str, command: list[str]) -> subprocess.Popen[str]:
        end, mac = ("listen", 4) if node == "j" else ("connect", 5)
        card = f"-netdev socket,id=sync,{end}=127.0.0.1:{self.port} -device virtio-net-pci,netdev=sync,mac=52:54:00:00:00:0{mac}"
        process = start(command, {"JOOL_VM_CPUS": "1", "JOOL_VM_QEMU": card}, ())
        time.sleep(1)
        return process


def start(command: list[str], environment: dict[str, str], descriptors: tuple[int, ...]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, env=dict(os.environ, JOOL_VM_MEMORY="2G", **environment), pass_fds=descriptors, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )


def main() -> int:
    first, second, program = (sys.argv[1:] + ["4.1.13", "4.1.9", "ours"][len(sys.argv) - 1 :])[:3]
    started = time.monotonic()
    cable = SocketPairCable() if os.environ["JOOL_VM_MACHINE"] == "uml" else PortCable()
    guests = {
        node: cable.boot(node, [str(HERE / "boot"), version, "python3", str(HERE / "versions.py"), node, program])
        for node, version in (("j", first), ("k", second))
    }
    tables = set()
    for node, guest in guests.items():
        output, _ = guest.communicate()
        for line in output.splitlines():
            print(f"      {node}: {line}")
        found = re.search(r"^table of .*", output, re.M)
        tables.add(found[0] if found and guest.returncode == 0 else f"none of {node}")
    same = len(tables) == 1
    title = f"Jool {first} with our proxy and Jool {second} with {program}"
    print(f"{'ok  ' if same else 'FAIL'} {time.monotonic() - started:5.1f} s  {title} have the same sessions")
    print(f"{int(same)} passed, {int(not same)} failed ({title}, {time.monotonic() - started:.0f} s)")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
