"""Follows a guide of docs as its reader does: runs each command on its machine, and compares what it prints.

In the indented blocks of a guide, `NAME# COMMAND` is a command on a machine, as root, and `NAME$ COMMAND` one of any
user. The lines after it, up to the next command or the end of the block, are its output.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .network import NODES
from .pages import Ongoing, shell
from .process import Background, Failed, wait_for

GUIDES = Path(__file__).resolve().parents[3] / "docs" / "guides"
COMMAND = re.compile(r"( {4,})(\w+)[#$] (.*)")
# What differs from run to run although the guide prints a value: times, and ports that a program or the module chooses.
VARYING = re.compile(r"(?P<time>\d+:\d\d:\d\d(\.\d+)?)|#(?P<port>\d{5})\b|(?P<rest>…)")
# The seconds that a program in the background has before the next command. A reader needs them to go to another machine.
SETTLING = 3


@dataclass
class Step:
    """A command of a guide, with the lines that it prints."""

    line: int
    machine: str
    command: str
    output: list[str]

    @property
    def pattern(self) -> str:
        """A regular expression for the whole output. A line `…` stands for any lines."""
        return "".join(r"([^\n]*\n)*" if line == "…" else literal(line) + r"\n" for line in self.output)


def literal(line: str) -> str:
    """A regular expression for a line."""
    pattern, end = "", 0
    for match in VARYING.finditer(line):
        varying = {"time": r"\d+:\d\d:\d\d(\.\d+)?", "port": r"#\d+", "rest": r"[^\n]*"}[match.lastgroup or "rest"]
        pattern += re.escape(line[end:match.start()]) + varying
        end = match.end()
    return pattern + re.escape(line[end:])


def steps(lines: Iterable[str]) -> list[Step]:
    """The commands of a guide in their order."""
    found: list[Step] = []
    margin, delimiter = "", ""  # the indentation of the block; the last line of a here-document that has begun
    for number, line in enumerate(lines, 1):
        inside = bool(margin) and (line.startswith(margin) or not line)
        text = line[len(margin):]
        if inside and delimiter:
            found[-1].command += f"\n{text}"
            delimiter = "" if text == delimiter else delimiter
        elif match := COMMAND.fullmatch(line):
            margin, machine, command = match.groups()
            found.append(Step(number, machine, command, []))
            document = re.search(r"<<'(\w+)'", command)
            delimiter = document[1] if document else ""
        elif inside:
            found[-1].output.append(text)
        else:
            margin = ""
    for step in found:
        while step.output and not step.output[-1]:
            step.output.pop()
    return found


class Service:
    """A service of a node, which `systemctl start` and `systemctl stop` refer to."""

    def __init__(self, start: Callable[[str], Background]) -> None:
        self.start_on = start
        self.running: dict[str, Background] = {}

    def control(self, verb: str, node: str) -> None:
        if verb == "stop":
            self.running.pop(node).stop()
        elif verb == "start" and node not in self.running:
            self.running[node] = self.start_on(node)
        else:
            raise Failed(f"the lab has no `systemctl {verb}`, or the service runs already on {node}")

    def start(self, *nodes: str) -> None:
        for node in nodes or NODES:
            self.control("start", node)


def follow(
    guide: str, machines: Mapping[str, str], services: Mapping[str, Service] = {}, section: str = "",
    after: Callable[[Step], None] = lambda step: None,
) -> None:
    """Runs the commands of a guide, or of one section. `machines` are the namespaces of the machines' names; `after`
    is called after each command.

    A command that prints something is repeated until it prints what the guide shows, as a reader would.
    """
    lines = (GUIDES / guide).read_text().splitlines()
    sections = [number for number, line in enumerate(lines) if line.startswith("## ")] + [len(lines)]
    if section:
        begin = lines.index(f"## {section}")
        end = next(number for number in sections if number > begin)
        lines = ["" if not begin <= number < end else line for number, line in enumerate(lines)]
    chosen = steps(lines)
    if not chosen:
        raise Failed(f"{guide} has no command")
    for step in chosen:
        take(step, guide, machines[step.machine], services)
        after(step)


def take(step: Step, guide: str, ns: str, services: Mapping[str, Service]) -> None:
    where = f"{guide}:{step.line}: `{step.command}`"
    words = step.command.split()
    if words[0] == "apt-get":
        return  # the lab has the packages, and must not install others
    if words[0] == "systemctl":
        services[words[2].partition("@")[0]].control(words[1], ns)
        return
    if words[-1] == "&":
        Ongoing(step.command, ns)
        time.sleep(SETTLING)
        return
    last = ""

    def prints_as_shown() -> bool:
        nonlocal last
        result = shell(f"{{ {step.command}\n}} 2>&1", ns)
        last = f"exit status {result.status}, output {result.out!r}"
        return result.status == 0 and re.fullmatch(step.pattern, result.out) is not None

    if step.output:
        try:
            wait_for("the output of the guide", prints_as_shown, timeout=30, every=0.5)
        except Failed:
            raise Failed(f"{where}: {last}\n  expected {step.pattern!r}")
    elif not prints_as_shown():
        raise Failed(f"{where}: {last}")
