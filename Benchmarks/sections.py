"""The sections of a benchmark in a guest: which of them run, and how their figures are printed."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable

from figures import HEADING, Figure, machine, show
from lab import network
from lab.process import Failed

Sections = dict[str, Callable[[], list[Figure]]]


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser()
    options.add_argument("--only", default="", metavar="REGEX", help="sections whose names match")
    options.add_argument("--csv", action="store_true", help="print CSV: work, unit, ours, C, ratio")
    return options


def measure(sections: Sections, options: argparse.Namespace) -> int:
    """Builds the network, and runs the sections that were asked for. The status is 1 if one of them has failed."""
    network.build()
    network.load_modules("jool")
    if not options.csv:
        print(f"\n{machine()}, Jool {os.environ['JOOL_VERSION']}; a ratio below 1 means that ours is better, but for rates\n\n{HEADING}", flush=True)
    status = 0
    for name, section in sections.items():
        if re.search(options.only, name):
            try:
                show(section(), options.csv)
            except Failed as failure:
                print(f"error: {name}: {failure}", file=sys.stderr, flush=True)
                status = 1
    network.clean_up()
    return status
