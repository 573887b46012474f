"""`jool doctor` finds faults that were made on purpose, one at a time. Its remedy mends each of them, and a healthy node
gets no finding."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lab import network
from lab.instances import add_pool4
from lab.netlink import Kernel, lab_version
from lab.network import C, MODULES, NODES, OURS, PORT, VIRTUAL4, claim, configure, jool, make_both, make_instance, release
from lab.process import SCRATCH, Background, Failed, at_end, expect, expect_equal, namespace, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.records import ICMP, TCP, UDP
from lab.rtnetlink import Links
from lab.runner import ENDS, MIDDLE, note, scenario

from .sealed import key, key_file, with_key

# The remedies are typed as they are printed.
PATHS = {"PATH": f"{SCRATCH / 'bin'}:{OURS}:{os.environ['PATH']}", "XTABLES_LIBDIR": f"{C}:/usr/lib/x86_64-linux-gnu/xtables"}
_counts: list[str] = []


def examine(node: str = "j", *words: str, program: str = "jool") -> list[dict]:
    result = run(OURS / program, *words, "doctor", "--json", ns=node, env=PATHS, check=False)
    findings = json.loads(result.out)
    expect_equal(result.status, 1 if findings else 0, f"exit status of {result}")
    expect('"note"' not in result.err, f"something could not be read: {result}")
    return findings


def checks(*words: str, **options: str) -> list[str]:
    return [finding["check"] for finding in examine(*words, **options)]


def mend(finding: dict, node: str = "j") -> None:
    expect(finding["commands"], f"no command mends {finding}")
    for command in finding["commands"]:
        run("sh", "-c", command, ns=node, env=PATHS)


def found(check: str, *words: str, consequence: str = "", **options: str) -> dict:
    """The only finding, which must be `check`. If it lasts, it may have a `consequence` that is another one."""
    findings = [finding for finding in examine(*words, **options) if finding["check"] != consequence]
    expect_equal([finding["check"] for finding in findings], [check], f"findings {findings}")
    _counts.append(check)
    return findings[0]


def fault(
    check: str, make: Callable[[], object], by_hand: Callable[[], object] | None = None, consequence: str = ""
) -> None:
    """Makes a fault on j, which must be the only finding, and mends it: with the commands of the finding, or by hand if
    the finding only has advice."""
    make()
    finding = found(check, consequence=consequence)
    if by_hand:
        expect(finding["advice"], f"no advice: {finding}")
        by_hand()
    else:
        mend(finding)
    settled()


def sysctl(name: str, value: str) -> Callable[[], object]:
    def write() -> None:
        with namespace("j"):
            Path("/proc/sys", name).write_text(value)

    return write


def in_j(line: str) -> Callable[[], object]:
    return lambda: run("sh", "-c", line, ns="j", env=PATHS)


def listening(kind: socket.SocketKind, port: int) -> Callable[[], object]:
    def listen() -> None:
        with namespace("j"):
            service = socket.socket(socket.AF_INET, kind)
        service.bind(("0.0.0.0", port))
        if kind == socket.SOCK_STREAM:
            service.listen()
        at_end(service.close)

    return listen


def set_clock_status(status: int) -> None:
    """Sets the status bits of the guest's clock: 0 for a synchronized one, 64 (STA_UNSYNC) for another. The kernel sets
    STA_UNSYNC itself when the maximum error is too large, so that becomes 0."""
    timex = (ctypes.c_long * 26)()
    ctypes.cast(timex, ctypes.POINTER(ctypes.c_int))[0] = 0x14  # ADJ_STATUS, ADJ_MAXERROR
    ctypes.cast(ctypes.byref(timex, 40), ctypes.POINTER(ctypes.c_int))[0] = status
    ctypes.CDLL(None).adjtimex(timex)


# ------------------------------------------------------------------------------------------------------------ module


def own_index() -> Path:
    """Replaces the guest's folder of kernel modules, which is the host's, until the scenario ends."""
    folder = Path("/lib/modules", os.uname().release)
    builtin = {file.name: file.read_bytes() for file in folder.glob("modules.builtin*")}
    order = (folder / "modules.order").read_bytes()
    run("mount", "-t", "tmpfs", "tmpfs", folder)
    at_end(lambda: run("umount", folder))
    for name, content in (builtin | {"modules.order": order}).items():
        (folder / name).write_bytes(content)
    (folder / "build").mkdir()
    (folder / "build" / "Makefile").touch()
    run("depmod")
    return folder


def module_faults() -> None:
    network.unload_modules()
    folder = own_index()
    found("module-not-installed")
    # DKMS itself is not in the lab. This stands for it.
    sources = Path("/var/lib/dkms/jool", os.environ["JOOL_VERSION"])
    shutil.rmtree(sources.parent, ignore_errors=True)
    sources.mkdir(parents=True)
    at_end(lambda: shutil.rmtree(sources.parent))
    tool = SCRATCH / "bin" / "dkms"
    tool.parent.mkdir()
    tool.write_text(
        f"#!/bin/sh\nset -e\n[ \"$*\" = 'install jool/{sources.name} -k {folder.name}' ]\n"
        f"mkdir -p {folder}/updates/dkms\ncp {MODULES}/*.ko {folder}/updates/dkms\ndepmod\n")
    tool.chmod(0o755)
    mend(found("module-not-built"))
    expect_equal(checks(), ["no-instance"], "findings with a module")
    run("modprobe", "-r", "jool")
    mend(found("module-not-loaded"))
    run("modprobe", "-r", "jool")
    (folder / "modules.dep").write_text("")
    mend(found("module-not-indexed"))
    mend(found("no-instance"))
    expect_equal(checks(), [], "findings after instance add")
    jool(OURS, "j", "instance", "remove")


@scenario("doctor finds each fault of a single NAT64, its remedy mends it, and a healthy node gets no finding", desk=ENDS)
def single() -> None:
    _counts.clear()
    module_faults()
    make_instance("j", synchronize=False)
    healthy = jool(OURS, "j", "doctor")
    expect_equal((healthy.out, healthy.err), ("", ""), "output on a healthy node")
    fault("instance-disabled", in_j("jool global update manually-enabled false"))
    fault("ipv4-forwarding", sysctl("net/ipv4/conf/all/forwarding", "0"))
    fault("ipv6-forwarding", sysctl("net/ipv6/conf/all/forwarding", "0"))
    fault("offload-gro-list", in_j("ethtool -K eth0 rx-gro-list on; ethtool -K eth1 rx-gro-list on"))
    fault("pool4-interface", in_j("ip link set eth1 down"))
    fault("ipv6-disabled", sysctl("net/ipv6/conf/all/disable_ipv6", "1"))
    network.restore_links("j")
    fault("pool4-address", lambda: release("j"))
    run("ip", "address", "del", f"{VIRTUAL4}/32", "dev", "eth1", ns="j")
    claim("j")
    for protocol in ("icmp", "udp"):
        ports = "0-65535" if protocol == "icmp" else "61001-65535"
        fault("pool4-protocol", in_j(f"jool pool4 remove --{protocol} {VIRTUAL4} {ports}"))
    at_end(sysctl("net/ipv4/ip_local_reserved_ports", "\n"))
    fault("ephemeral-ports", in_j(f"jool pool4 add --tcp {VIRTUAL4} 40000-40999 --force"))
    fault("ephemeral-ports", in_j(f"jool pool4 add --udp {VIRTUAL4} 1024-61000 --force"))
    fault("listening-socket", listening(socket.SOCK_STREAM, 62001))
    fault("listening-socket", listening(socket.SOCK_DGRAM, 62002))
    fault("clock", in_j("jool global update logging-bib true"), by_hand=lambda: set_clock_status(0))
    set_clock_status(64)
    jool(OURS, "j", "global", "update", "logging-bib", "false")

    def without_addresses() -> None:
        jool(OURS, "j", "pool4", "flush")
        for device in ("eth1", "eth2"):
            run("ip", "-4", "address", "flush", "dev", device, ns="j")

    fault("pool4-empty", without_addresses, by_hand=lambda: network.restore_links("j"))
    claim("j")
    with Kernel("j") as kernel:
        add_pool4(kernel, VIRTUAL4, "61001-65535", (TCP, UDP))
        add_pool4(kernel, VIRTUAL4, "0-65535", (ICMP,))
    wrong_name = found("no-instance", "j", "-i", "other")
    expect("'default'" in wrong_name["advice"], f"the advice does not name the instance that exists: {wrong_name}")
    stateless_faults()
    iptables_faults()
    note(f"{len(_counts)} faults: {' '.join(_counts)}")


def stateless_faults() -> None:
    network.load_modules("jool_siit")
    at_end(lambda: run(C / "jool_siit", "instance", "flush", ns="j", check=False))
    mend(found("no-instance", program="jool_siit"))
    expect_equal(checks(program="jool_siit"), [], "findings of a SIIT with pool6")
    run(OURS / "jool_siit", "global", "update", "pool6", "null", ns="j")
    mend(found("no-mapping", program="jool_siit"))
    expect_equal(checks(program="jool_siit"), [], "findings after pool6 was set")


def iptables_faults() -> None:
    """4.1.13 has no iptables. The rules need a library of Debian's jool-tools, which older labs lack."""
    if lab_version()[:3] == (4, 1, 13):
        return
    jool(OURS, "j", "-i", "table", "instance", "add", "--iptables", "--pool6", "2001:db8:64::/96")
    finding = found("iptables-rule", "j", "-i", "table")
    expect_equal(len(finding["commands"]), 2, f"one command for each IP version: {finding}")
    if (C / "libxt_JOOL.so").exists():
        at_end(lambda: [run(program, "-t", "mangle", "-F", ns="j") for program in ("iptables", "ip6tables")])
        mend(finding)
        expect_equal(checks("j", "-i", "table"), [], "findings with rules of iptables")
    jool(OURS, "j", "-i", "table", "instance", "remove")


# ------------------------------------------------------------------------------------------------------------- group


def settled(check: str = "") -> None:
    """Waits until j's only finding is `check`; without it, until j has none."""
    expected = [check] if check else []
    findings: list[dict] = []

    def is_settled() -> bool:
        findings[:] = examine()
        return [finding["check"] for finding in findings] == expected

    try:
        wait_for(f"findings {expected}", is_settled, timeout=25, every=0.3)
    except Failed as failure:
        raise Failed(f"{failure}; but {findings}")
    if check:
        _counts.append(check)


@scenario("doctor finds each fault of a group's node, its remedy mends it, and neither active nor standby node gets a finding", desk=MIDDLE)
def group() -> None:
    _counts.clear()
    make_both()
    secret = key()
    files = {node: key_file(node, secret) for node in NODES}
    # Nodes send their settings when they start, and seldom later.
    configure("k", udp_timeout=200_000)
    both = {node: Proxy(node, options=with_key(file)) for node, file in files.items()}
    wait_ready(*NODES)
    settled("group")
    configure("k", udp_timeout=300_000)
    both["k"].stop()
    settled("proxy-alone")
    both["k"] = Proxy("k", options=with_key(files["k"]))
    wait_ready(*NODES)
    settled()
    expect_equal(checks("k"), [], "findings of the standby, which does not have the address of pool4")
    configure("j", ss_enabled=0)
    mend(found("ss-disabled"))
    settled()
    if lab_version() >= (4, 1, 11):
        configure("j", ss_capacity=100)
        mend(found("ss-capacity"))
    jool(OURS, "j", "global", "update", "ss-flush-asap", "false")
    jool(OURS, "j", "global", "update", "ss-flush-deadline", "60000")
    mend(found("ss-deadline"))
    if lab_version() >= (4, 1, 11):
        configure("j", ss_max_sessions_per_packet=200)
        mend(found("ss-packet-size"))
    settled()
    fault("key-file", lambda: files["j"].chmod(0o644))
    fault("key-file", lambda: files["j"].write_text(secret[:40]), by_hand=lambda: shutil.copy(files["k"], files["j"]))
    fault("key-file", files["j"].unlink, by_hand=lambda: shutil.copy(files["k"], files["j"]))
    firewall_faults()
    proxy_faults(both["j"], files["j"])
    note(f"{len(_counts)} faults: {' '.join(_counts)}")


def firewall_faults() -> None:
    drops = partial(fault, "firewall", consequence="proxy-alone")
    at_end(in_j("nft flush ruleset; ip6tables-legacy -F"))
    base = "nft add table inet filter; nft add chain inet filter input '{ type filter hook input priority 0; policy %s; }'; "
    rules = "nft add rule inet filter input ct state vmap '{ established : accept, related : accept, invalid : drop }'; " \
        "nft add rule inet filter input iifname lo accept; nft add rule inet filter input tcp dport 22 accept"
    drops(in_j(base % "drop" + rules + "; nft add rule inet filter input meta l4proto icmpv6 accept"))
    run("nft", "flush", "ruleset", ns="j")
    drops(in_j(base % "accept" + f"nft add rule inet filter input iifname eth2 udp dport {PORT} drop"))
    run("nft", "flush", "ruleset", ns="j")
    drops(in_j(f"ip6tables-legacy -A INPUT -i eth2 -p udp -m udp --dport {PORT} -j DROP"))
    run("ip6tables-legacy", "-F", ns="j")
    settled()
    # The other direction.
    in_j(base % "accept" + f"nft add chain inet filter output '{{ type filter hook output priority 0; policy drop; }}'")()
    wait_for("the firewall is found", lambda: set(checks()) >= {"firewall", "proxy-alone"}, timeout=15)
    finding = next(finding for finding in examine() if finding["check"] == "firewall")
    expect("to the other nodes: chain output" in finding["problem"], f"another problem: {finding}")
    mend(finding)
    settled()
    run("nft", "flush", "ruleset", ns="j")


def proxy_faults(proxy: Proxy, file: Path) -> None:
    proxy.stop()
    with_options = {"net.mcast.addr": network.GROUP6, "net.mcast.port": PORT, "net.dev.in": "eth2", "net.dev.out": "eth2"}
    options = Path("/etc/jool/default.proxy.json")
    options.parent.mkdir(exist_ok=True)
    options.write_text(json.dumps(with_options | {"net.key-file": str(file)}))
    at_end(options.unlink)
    program = "import socket, time; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); " \
        "s.bind('\\0jool-session-proxy/default'); s.listen(); time.sleep(600)"
    impostor = Background("setpriv", "--reuid", "65534", "--clear-groups", "python3", "-c", program, ns="j")
    wait_for("the impostor has the name", lambda: checks() == ["proxy-impostor"], timeout=10)
    mend(found("proxy-impostor"))
    wait_for("the impostor ends", lambda: not impostor.alive)
    finding = found("proxy-missing")
    Background("sh", "-c", f"PATH={PATHS['PATH']}; exec {finding['commands'][0]}", ns="j", name="proxy")
    settled()
    # A file that was spoilt before the proxy's start is found without a proxy, too.
    Background.stop_all()
    file.chmod(0o640)
    expect_equal(sorted(checks()), ["key-file", "proxy-missing"], "findings without a proxy")
