"""Shows the functions of a command that cost the most instructions. See README.md."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys

import replay
from costs import ENTRIES, stripped
from replay import OURS, WORK


def main() -> int:
    parser = argparse.ArgumentParser(prog="hottest", description="The functions of a command that cost the most instructions.")
    parser.add_argument("--entries", type=int, default=ENTRIES, help=f"size of the table (default {ENTRIES})")
    parser.add_argument("--inclusive", action="store_true", help="include the functions that a function calls")
    parser.add_argument("words", nargs=argparse.REMAINDER, help="default: session display --csv --numeric")
    options = parser.parse_args()
    words = options.words or ["session", "display", "--csv", "--numeric"]
    counts = WORK / "callgrind.out"
    table = replay.table("mixed", options.entries, replay.releases()[-1].version)
    callgrind = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}")
    result = replay.run(table, stripped(OURS / "jool", "ours"), *words, before=callgrind)
    if result.status != 0:
        sys.exit(result.err)
    annotate = ["callgrind_annotate", f"--inclusive={'yes' if options.inclusive else 'no'}", counts]
    lines = subprocess.run(annotate, capture_output=True, text=True, check=True).stdout
    if shutil.which("swift"):
        lines = subprocess.run(["swift", "demangle", "--compact"], input=lines, capture_output=True, text=True, check=True).stdout
    head, _, functions = lines.partition("file:function\n")
    print(*(line[:160] for line in functions.splitlines()[1:40]), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
