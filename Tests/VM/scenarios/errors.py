"""Mistakes: a command must fail at once, with a nonzero status and a message on standard error that names the
mistake."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from lab import network
from lab.netlink import lab_version
from lab.network import C, GROUP6, OURS, jool, make_instance
from lab.process import SCRATCH, Background, Failed, Result, at_end, expect, namespace, run, wait_for
from lab.proxies import PORT, json_files
from lab.runner import MIDDLE, note, scenario, some_of

PROXY = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2")

# Modules up to 4.1.10 cannot advertise. Our client then uses a running proxy, and fails without one.
ADVERTISE = (("session", "advertise"),) if lab_version() >= (4, 1, 11) else ()


def refused(result: Result, *names: str) -> None:
    expect(result.status != 0, f"must fail: {result}")
    expect(result.status > 0, f"ended by a signal: {result}")
    missing = [name for name in names if name.lower() not in result.err.lower()]
    expect(not missing, f"standard error does not name {missing}: {result}")
    expect(result.err.strip(), f"prints no message: {result}")


def ours(*words: str, **options: object) -> Result:
    return run(OURS / "jool", *words, ns="j", check=False, **{"timeout": 20, **options})  # type: ignore[arg-type]


def all_refused(*attempts: tuple[tuple[str, ...], str]) -> None:
    """Checks that each of these commands fails with a message that contains the word beside it. Reports all
    exceptions."""
    wrong = []
    for words, name in attempts:
        try:
            refused(ours(*words, timeout=10), name)
        except Failed as failure:
            wrong.append(str(failure))
    expect(not wrong, "\n".join(wrong))


@scenario("without the module every command reports that it is not loaded", desk=MIDDLE)
def no_module() -> None:
    network.unload_modules()
    for words in (
        ("instance", "display"), ("global", "display"), ("session", "display"), ("bib", "display"), ("pool4", "display"),
        ("stats", "display"), ("session", "advertise"), ("session", "follow"), (*PROXY, GROUP6),
    ):
        refused(ours(*words), "jool", "modprobe")
    refused(run(OURS / "joold", *json_files("j", GROUP6, PORT, "eth2"), ns="j", check=False, timeout=20), "modprobe")


@scenario("every command names an instance that does not exist")
def no_instance() -> None:
    make_instance("j")
    for words in (("global", "display"), ("session", "display"), *ADVERTISE, ("session", "follow"), (*PROXY, GROUP6)):
        refused(ours("-i", "absent", *words), "absent")
    refused(run(OURS / "joold", *json_files("j", GROUP6, PORT, "eth2", "absent"), ns="j", check=False, timeout=20), "absent")


@scenario("without ss-enabled advertise fails, and proxy and follow warn that it is off", desk=MIDDLE)
def not_enabled() -> None:
    make_instance("j", synchronize=False)
    refused(ours("session", "advertise"), *(["sync is disabled"] if ADVERTISE else []))
    for words in (("session", "follow"), (*PROXY, GROUP6)):
        # They may wait for it to be enabled, but must print a message.
        program = Background(OURS / "jool", *words, ns="j", name=words[1])
        wait_for(f"`{' '.join(words)}` mentions ss-enabled", lambda: "ss-enabled" in program.err, timeout=10)


@scenario("without privileges commands report the lack of them", desk=MIDDLE)
def not_root() -> None:
    make_instance("j")
    for words in (("global", "display"), ("session", "display"), *ADVERTISE, ("session", "follow"), (*PROXY, GROUP6)):
        result = ours(*words, user="nobody")
        refused(result)
        expect(
            any(word in result.err.lower() for word in ("cap_net_admin", "root", "privilege", "permitted", "permission")),
            f"does not mention privileges: {result}",
        )


@scenario("error messages name bad addresses, ports, interfaces and TTLs", desk=MIDDLE)
def bad_arguments() -> None:
    make_instance("j")
    all_refused(
        ((*PROXY, "no.such.address.invalid"), "no.such.address.invalid"),
        ((*PROXY, "2001:db8::1"), "2001:db8::1"),  # not a multicast address
        (PROXY, "addr"),
        ((*PROXY, "--net.mcast.port", "99999", GROUP6), "99999"),
        ((*PROXY, "--net.mcast.port", "nonsense", GROUP6), "nonsense"),
        ((*PROXY, "--net.dev.in", "eth9", GROUP6), "eth9"),
        ((*PROXY, "--net.dev.out", "eth9", GROUP6), "eth9"),
        ((*PROXY, "--net.ttl", "300", GROUP6), "300"),
        ((*PROXY, "--stats.port", "70000", GROUP6), "70000"),
        (("session", "proxy", "--net.dev.in", "203.0.113.99", "233.252.0.64"), "203.0.113.99"),
        (("pool4", "add", "--tcp", "192.0.2.300", "1-2"), "192.0.2.300"),
        (("pool4", "add", "--tcp", "192.0.2.1", "5-99999"), "99999"),
    )


# Unusable options, and a part of the expected message. Each is tested at the start and with --check.
UNUSABLE = (
    (("--net.mcast.port", "0", GROUP6), "--net.mcast.port '0'"),
    (("--net.mcast.port", "", GROUP6), "--net.mcast.port ''"),
    (("ff02::1",), "ff02::1%eth2"),
    (("ff12::1",), "ff12::1"),
    (("ff02::1%eth9",), "eth9"),
    (("ff02::1%",), "''"),
    (("--net.dev.in", "eth0", "ff02::1%eth2"), "--net.dev.in 'eth0'"),
    (("--net.dev.out", "eth0", "ff08::1%eth2"), "--net.dev.out 'eth0'"),
    (("--net.dev.in", "eth2", "--net.dev.out", "eth0", "ff02::1"), "--net.dev.out 'eth0'"),
    (("ff01::1%eth2",), "leave the machine"),
    (("ff11::1%eth2",), "leave the machine"),
    (("ff10::1%eth2",), "reserved"),
    (("--net.dev.in", "eth9", GROUP6), "eth9"),
    (("--net.dev.in", "none", GROUP6), "'none' does not support multicast"),
    (("--net.dev.in", "only4", GROUP6), "'only4' has no IPv6 address"),
    (("--net.dev.in", "only6", "233.252.0.64"), "'only6' has no IPv4 address"),
    (("--net.dev.in", "203.0.113.99", "233.252.0.64"), "203.0.113.99"),
    (("--net.dev.in", "2001:db8::99", GROUP6), "2001:db8::99"),
    (("--net.dev.in", "2001:db8::4%eth2", GROUP6), "'eth2' does not have this address"),
    (("--net.dev.in", "203.0.113.4", GROUP6), "group is IPv6"),
    (("--net.dev.in", "eth2", "--net.dev.out", "2001:db8:ff08::4", "233.252.0.64"), "group is IPv4"),
    (("--net.ttl", "0", "--net.dev.in", "eth2", "233.252.0.64"), "--net.ttl"),
    (("192.0.2.4",), "192.0.2.4"),
    (("192.0.2.99",), "192.0.2.99"),
    (("2001:db8::4",), "2001:db8::4"),
    (("--net.peer", "[2001:db8::5]:0"), "port 0"),
    (("--net.peer", "192.0.2.5:0"), "port 0"),
    (("--net.peer", "192.0.2.5", "--net.mcast.port", "0"), "--net.mcast.port '0'"),
    (("--net.peer", "fe80::5"), "fe80::5%eth2"),
    (("--net.peer", "fe80::5%eth9"), "eth9"),
    (("--net.peer", "ff08::1"), "multicast"),
    (("--net.peer", "::"), "no node"),
    (("--net.peer", "192.0.2.255"), "broadcast"),
    (("--net.peer", "192.0.2.4"), "itself"),
    (("--net.peer", "[2001:db8:ff08::4]:6400"), "itself"),
    (("--net.peer", "192.0.2.5", "--net.peer", "2001:db8::5"), "2001:db8::5"),
    (("--net.peer", "192.0.2.5", "--net.dev.in", "eth2"), "--net.dev.in 'eth2'"),
    (("--stats.port", "0", "--net.dev.in", "eth2", GROUP6), "--stats.port '0'"),
    (("--stats.port", "", "--net.dev.in", "eth2", GROUP6), "--stats.port ''"),
    (("--stats.port", "6400", "--net.dev.in", "eth2", GROUP6), "--stats.port '6400'"),
    (("--stats.address", "2001:db8::99", "--net.dev.in", "eth2", GROUP6), "2001:db8::99"),
    (("--stats.address", "ff08::2", "--net.dev.in", "eth2", GROUP6), "--stats.address 'ff08::2'"),
    (("--stats.address", "fe80::4", "--net.dev.in", "eth2", GROUP6), "fe80::4%eth2"),
    (("--stats.address", "2001:db8::4%eth2", "--net.dev.in", "eth2", GROUP6), "'eth2' does not have this address"),
)


@scenario("unusable addresses, ports and interfaces are refused at the start and by --check", desk=MIDDLE)
def unusable_options() -> None:
    make_instance("j")
    for name, address in (("none", "fd00:1::4/64"), ("only4", "198.18.0.4/24"), ("only6", "fd00:6::4/64")):
        run("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-", ns="j")
        at_end(lambda name=name: run("ip", "link", "del", name, ns="j", check=False))
        for device in (name, f"{name}-"):
            run("ip", "link", "set", device, "up", ns="j")
        if name == "only4":
            with namespace("j"):
                Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("1")
        run("ip", "addr", "add", address, "dev", name, ns="j")
    run("ip", "link", "set", "none", "multicast", "off", ns="j")
    all_refused(*((("session", "proxy", "--check", *words), name) for words, name in UNUSABLE))
    starts = some_of("starts with unusable options (--check is tested with all)", UNUSABLE, UNUSABLE[::4])
    all_refused(*((("session", "proxy", *words), name) for words, name in starts))
    # The same options in files.
    file = SCRATCH / "proxy.json"
    file.write_text(json.dumps({"net.mcast.addr": GROUP6, "net.mcast.port": 0}))
    all_refused((("session", "proxy", "--config", str(file)), "--net.mcast.port '0'"))
    good = json.loads(json_files("j", GROUP6, PORT, "eth2")[0].read_text())
    network_file, module_file = json_files("j", GROUP6, PORT, "eth2")
    for change, name in (
        ({"multicast port": "0"}, '"multicast port"'), ({"multicast address": "ff02::1", "in interface": "eth9"}, "eth9"),
        ({"multicast address": "ff02::1%eth0"}, '"in interface"'),
    ):
        network_file.write_text(json.dumps(good | change))
        refused(run(OURS / "joold", network_file, module_file, ns="j", check=False, timeout=20), name)


@scenario("the error message names a statistics port that is in use", desk=MIDDLE)
def port_in_use() -> None:
    make_instance("j")
    with namespace("j"):
        taken = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        taken.bind(("::", 45678))
    result = ours(*PROXY, "--stats.port", "45678", GROUP6)
    taken.close()
    refused(result, "45678", "in use")


@scenario("joold names a missing, malformed or incomplete file, and the mistake", desk=MIDDLE)
def json_mistakes() -> None:
    make_instance("j")
    network_file, module_file = json_files("j", GROUP6, PORT, "eth2")

    def joold(*files: str | Path) -> Result:
        return run(OURS / "joold", *files, ns="j", check=False, timeout=20)

    def written(name: str, text: str) -> Path:
        file = SCRATCH / name
        file.write_text(text)
        return file

    good = json.loads(network_file.read_text())
    refused(joold("missing-n.json", module_file), "missing-n.json")
    refused(joold(network_file, "missing-m.json"), "missing-m.json")
    refused(joold(written("broken.json", '{"multicast address": "ff08::1", oops}'), module_file), "broken.json")
    refused(joold(network_file, written("broken-m.json", "{")), "broken-m.json")
    refused(joold(written("empty.json", "{}"), module_file), "multicast address")
    refused(joold(written("number.json", json.dumps(good | {"multicast port": 6464})), module_file), "multicast port")
    refused(joold(written("ttl.json", json.dumps(good | {"ttl": 300})), module_file), "ttl")
    refused(joold(written("device.json", json.dumps(good | {"in interface": "eth9"})), module_file), "eth9")


@scenario("jool without arguments is a health check: it prints the globals, or fails without instance or module")
def health() -> None:
    make_instance("j", synchronize=False)
    healthy = ours()
    expect(healthy.status == 0, f"with an instance: {healthy}")
    expect("manually-enabled" in healthy.out and "udp-timeout" in healthy.out, f"does not print the globals: {healthy}")
    jool(C, "j", "instance", "remove")
    refused(ours(), "default")
    network.unload_modules()
    refused(ours(), "modprobe")


@scenario("every command that prints ends with the error's number if standard output cannot be written", desk=MIDDLE)
def full_output() -> None:
    make_instance("j")
    network.load_modules("jool_siit")
    jool(OURS, "j", "bib", "add", "2001:db8::1#80", "192.0.2.1#61001")
    run(C / "jool_siit", "instance", "add", "--netfilter", ns="j")
    run(C / "jool_siit", "eamt", "add", "2001:db8:1::/120", "192.0.2.0/24", ns="j")
    run(C / "jool_siit", "denylist4", "add", "203.0.113.0/24", ns="j")
    printing = [
        (OURS / "jool", words) for words in (
            "", "--help", "--usage", "--version", "pool4 add --help", "session proxy --usage", "complete s", "autocomplete 1 s",
            "instance display", "instance status", "global display", "pool4 display", "bib display", "session count",
            "session follow", "session proxy keygen", "stats display --all", "stats display --explain", "file save",
            "global display --json", "pool4 display --csv", "stats display --json", "--pool4", "--global",
        )
    ] + [(OURS / "jool_siit", words) for words in ("eamt display", "denylist4 display", "address query 192.0.2.7", "--version")]
    printing += [(OURS / "joold", words) for words in ("--help", "--version")]
    wrong = []
    for program, words in printing:
        result = run("sh", "-c", f"exec {program} {words} > /dev/full", ns="j", check=False, timeout=20)
        if result.status != 28 or "No space left on device" not in result.err:
            wrong.append(str(result))
    run(C / "jool_siit", "instance", "flush", ns="j")
    expect(not wrong, "\n".join(wrong))
    note(f"{len(printing)} command lines; the C client's `global display` exits "
         f"{run('sh', '-c', f'exec {C}/jool global display > /dev/full', ns='j', check=False).status}")
