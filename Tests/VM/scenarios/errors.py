"""Mistakes: a nonzero exit, at once, and a message on standard error that names the thing."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from lab import network
from lab.netlink import lab_version
from lab.network import C, GROUP6, OURS, jool, make_instance
from lab.process import SCRATCH, Background, Failed, Result, expect, namespace, run, wait_for
from lab.proxies import PORT, json_files
from lab.runner import note, scenario

PROXY = ("session", "proxy", "--net.mcast.port", str(PORT), "--net.dev.in", "eth2", "--net.dev.out", "eth2")

# Modules up to 4.1.10 cannot advertise: ours asks a running proxy instead, and without one has only that to say.
ADVERTISE = (("session", "advertise"),) if lab_version() >= (4, 1, 11) else ()


def refused(result: Result, *names: str) -> None:
    expect(result.status != 0, f"must fail: {result}")
    expect(result.status > 0, f"died of a signal: {result}")
    missing = [name for name in names if name.lower() not in result.err.lower()]
    expect(not missing, f"standard error does not name {missing}: {result}")
    expect(result.err.strip(), f"says nothing: {result}")


def ours(*words: str, **options: object) -> Result:
    return run(OURS / "jool", *words, ns="j", check=False, **{"timeout": 20, **options})  # type: ignore[arg-type]


def all_refused(*attempts: tuple[tuple[str, ...], str]) -> None:
    """Every one of these commands must fail and name the word beside it; all that do not are told."""
    wrong = []
    for words, name in attempts:
        try:
            refused(ours(*words, timeout=10), name)
        except Failed as failure:
            wrong.append(str(failure))
    expect(not wrong, "\n".join(wrong))


@scenario("without the module every command says that it is not loaded")
def no_module() -> None:
    network.unload_modules()
    for words in (
        ("instance", "display"), ("global", "display"), ("session", "display"), ("bib", "display"), ("pool4", "display"),
        ("stats", "display"), ("session", "advertise"), ("session", "follow"), (*PROXY, GROUP6),
    ):
        refused(ours(*words), "jool", "modprobe")
    refused(run(OURS / "joold", *json_files("j", GROUP6, PORT, "eth2"), ns="j", check=False, timeout=20), "modprobe")


@scenario("an instance that does not exist is named")
def no_instance() -> None:
    make_instance("j")
    for words in (("global", "display"), ("session", "display"), *ADVERTISE, ("session", "follow"), (*PROXY, GROUP6)):
        refused(ours("-i", "absent", *words), "absent")
    refused(run(OURS / "joold", *json_files("j", GROUP6, PORT, "eth2", "absent"), ns="j", check=False, timeout=20), "absent")


@scenario("an instance without ss-enabled: advertise fails, proxy and follow say what is off and how to turn it on")
def not_enabled() -> None:
    make_instance("j", synchronize=False)
    refused(ours("session", "advertise"), *(["sync is disabled"] if ADVERTISE else []))
    for words in (("session", "follow"), (*PROXY, GROUP6)):
        # They may wait for it to be enabled, but not in silence.
        program = Background(OURS / "jool", *words, ns="j", name=words[1])
        wait_for(f"`{' '.join(words)}` mentions ss-enabled", lambda: "ss-enabled" in program.err, timeout=10)


@scenario("without privileges commands say so")
def not_root() -> None:
    make_instance("j")
    for words in (("global", "display"), ("session", "display"), *ADVERTISE, ("session", "follow"), (*PROXY, GROUP6)):
        result = ours(*words, user="nobody")
        refused(result)
        expect(
            any(word in result.err.lower() for word in ("cap_net_admin", "root", "privilege", "permitted", "permission")),
            f"does not mention privileges: {result}",
        )


@scenario("bad addresses, ports, interfaces and TTLs are named")
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


@scenario("a statistics port that is taken is named")
def port_in_use() -> None:
    make_instance("j")
    with namespace("j"):
        taken = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        taken.bind(("::", 45678))
    result = ours(*PROXY, "--stats.port", "45678", GROUP6)
    taken.close()
    refused(result, "45678", "in use")


@scenario("joold names the file that is missing, malformed or incomplete, and what is wrong with it")
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


@scenario("bare jool is a health check: status 0 and the globals with an instance, nonzero without instance or module")
def health() -> None:
    make_instance("j", synchronize=False)
    healthy = ours()
    expect(healthy.status == 0, f"with an instance: {healthy}")
    expect("manually-enabled" in healthy.out and "udp-timeout" in healthy.out, f"does not print the globals: {healthy}")
    jool(C, "j", "instance", "remove")
    refused(ours(), "default")
    network.unload_modules()
    refused(ours(), "modprobe")


@scenario("standard output that cannot be written: every command that prints ends with the error's number")
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
