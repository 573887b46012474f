"""The guides in docs/guides, and the examples of the manual, line by line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from lab.crowd import make_eager
from lab.guide import GUIDES, Service, Step, follow
from lab.network import C, GROUP6, NODES, OURS, PORT, VIRTUAL6, jool, load_modules, release
from lab.process import Background, at_end, clean_up, run, wait_for
from lab.proxies import Proxy, wait_ready
from lab.runner import MIDDLE, ONCE, scenario

from .failover import Witnesses, holds, install, keepalived, wait_holder

CONFIGURATION = Path("/etc/jool")
ENDS = {"client": "n6", "server": "n4"}
GROUP = {"J": "j", "K": "k"}


def provide_configuration(options: dict | None) -> None:
    """Makes /etc/jool, with the options of a proxy, until the scenario ends. Both nodes have the same files."""
    shutil.rmtree(CONFIGURATION, ignore_errors=True)
    at_end(lambda: shutil.rmtree(CONFIGURATION, ignore_errors=True))
    if options:
        CONFIGURATION.mkdir()
        (CONFIGURATION / "default.proxy.json").write_text(json.dumps(options))


def our_proxy(node: str) -> Background:
    return Proxy(node, argv=(OURS / "jool", "-i", "default", "session", "proxy", "--config", CONFIGURATION / "default.proxy.json"))


class Group:
    """J and K with keepalived, and flows that must survive whatever the guide does."""

    def __init__(self, proxies: str, start: dict[str, Service]) -> None:
        for node in NODES:
            release(node)
        self.services = {"keepalived": Service(keepalived), **start}
        self.services[proxies].start()
        self.services["keepalived"].start()
        wait_holder("j")
        self.flows = Witnesses()

    def check(self, step: Step) -> None:
        """After keepalived was started or stopped, J has the addresses if it may, and the flows continue."""
        if "keepalived" in step.command:
            wait_holder("j" if "j" in self.services["keepalived"].running else "k")
            self.flows.check(f"`{step.command}` on {step.machine}")


@scenario("the guide to a first NAT64, line by line", desk=MIDDLE)
def first_nat64() -> None:
    provide_configuration(None)
    route = ("64:ff9b::/96", "via", VIRTUAL6)
    run("ip", "route", "del", *route, ns="n6")
    at_end(lambda: run("ip", "route", "replace", *route, ns="n6"))
    for device in ("eth0", "eth1"):
        run("ip", "addr", "flush", "dev", device, "scope", "global", ns="j")
    follow("first-nat64.md", {"nat64": "j", **ENDS})


@scenario("the examples of the manual, page by page", desk=MIDDLE)
def manual() -> None:
    load_modules("jool_siit")
    machines = {"nat64": "j", "siit": "k"}
    for page in sorted((GUIDES.parent / "manual").glob("*.md")):
        provide_configuration(None)
        for program, node in ("jool", "j"), ("jool_siit", "k"):
            at_end(lambda program=program, node=node: run(OURS / program, "instance", "flush", ns=node))
        if re.search(r"^ {4}\w+[#$] ", page.read_text(), re.M):
            follow(f"../manual/{page.name}", machines)
        clean_up()


@scenario("the guide to several instances, line by line", desk=MIDDLE)
def several_instances() -> None:
    for name in ("blue", "green"):
        at_end(lambda name=name: run("ip", "netns", "del", name, check=False))
    at_end(lambda: run("ip", "route", "del", "64:ff9b:1::/48", ns="n6", check=False))
    at_end(lambda: run("ip", "route", "del", "198.51.100.0/24", ns="n4", check=False))
    follow("several-instances.md", {"machine": "j", **ENDS})


@scenario("the guide from joold, line by line: every connection survives", **ONCE)
def from_joold() -> None:
    install(C)  # without the check, which C programs do not have
    make_eager()
    provide_configuration(None)
    group = Group("joold", {"joold": Service(lambda node: Proxy(node, C)), "jool-session-proxy": Service(our_proxy)})
    follow("from-joold.md", GROUP, group.services, after=group.check)
    group.flows.finish()


@scenario("the guide to upgrades, line by line: every connection survives", **ONCE)
def upgrading() -> None:
    install()
    make_eager()
    provide_configuration({"net.mcast.addr": GROUP6, "net.mcast.port": PORT, "net.dev.in": "eth2", "net.dev.out": "eth2"})
    group = Group("jool-session-proxy", {"jool-session-proxy": Service(our_proxy)})
    for section in ("Before", "K, the standby", "J"):
        follow("upgrading.md", GROUP, group.services, section, group.check)
    group.flows.finish()


@scenario("the guide to upgrades, line by line: proxies of two versions of SS2", **ONCE)
def other_version() -> None:
    """The proxies of another version are represented by one that speaks only the C proxies' format. For proxies of this
    version that is what the others are, too."""
    install()
    make_eager()
    options = {"net.mcast.addr": GROUP6, "net.mcast.port": PORT, "net.dev.in": "eth2", "net.dev.out": "eth2"}
    provide_configuration(options)
    proxies = Service(our_proxy)
    Proxy("j", options=("--net.format", "legacy"))
    wait_ready("j")
    flows = Witnesses()
    follow("upgrading.md", GROUP, {"jool-session-proxy": proxies}, "If SS2 has another version")
    wait_for("k has as many sessions as j", lambda: len({jool(OURS, node, "session", "count").out for node in NODES}) == 1, every=0.5)
    flows.finish()
