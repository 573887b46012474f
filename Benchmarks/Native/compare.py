"""Compares our programs' output with that of the C clients, byte by byte, on the same answers. See README.md."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator

import replay
from replay import OURS, Release, Result

COUNT = 2000
FOLLOWS = SURVIVES_PADDING = (4, 1, 13)  # the first release whose client has `session follow`, and does not give up at padding
FORMATS = ((), ("--no-headers",), ("--csv",), ("--csv", "--no-headers"))
# The C client takes the padding before a 64-bit value for a statistic. Ours skips it.
PADDING_SHOWN = re.compile(rb"^\?\?\?\?[:,][^\n]*\n(  [^\n]*\n)*", re.M)


def commands(release: Release, kind: str) -> Iterator[tuple[str, ...]]:
    for noun in ("session", "bib"):
        for protocol in ("--tcp", "--udp", "--icmp"):
            for form in FORMATS:
                yield noun, "display", protocol, "--numeric", *form
    if kind != "edge" or release.numbers >= SURVIVES_PADDING:
        for form in FORMATS:
            yield "stats", "display", "--all", *form
    if release.numbers >= FOLLOWS:
        yield "session", "follow"


def difference(theirs: Result, ours: Result) -> str:
    """Where the two begin to differ, or nothing."""
    if theirs.status != ours.status:
        return f"status {theirs.status} of the C client, {ours.status} of ours: {ours.err or theirs.err}"
    if theirs.out == ours.out:
        return ""
    lines = [result.out.splitlines(keepends=True) for result in (theirs, ours)]
    number = next((n for n, (a, b) in enumerate(zip(*lines)) if a != b), min(map(len, lines)))
    there, here = (text[number] if number < len(text) else b"(the end)" for text in lines)
    return f"line {number + 1}\n    C    {there!r}\n    ours {here!r}"


def compare(release: Release, kind: str, words: tuple[str, ...]) -> str:
    folder = replay.table(kind, COUNT, release.version)
    theirs, ours = (replay.run(folder, programs / "jool", *words) for programs in (release.programs, OURS))
    theirs = Result(theirs.status, PADDING_SHOWN.sub(b"", theirs.out), theirs.err)
    return difference(theirs, ours)


def notices_one_bit(release: Release) -> bool:
    """Whether the comparison fails if our program gets a table in which one bit of one address differs."""
    whole = replay.table("mixed", COUNT, release.version)
    damaged = whole.with_name("damaged")
    shutil.copytree(whole, damaged, dirs_exist_ok=True)
    sessions = bytearray((whole / "session.0").read_bytes())
    address = sessions.index(b"\x20\x01\x0d\xb8", len(sessions) // 2)
    sessions[address + 15] ^= 1
    (damaged / "session.0").write_bytes(sessions)
    words = ("session", "display", "--tcp", "--csv", "--numeric")
    return difference(replay.run(whole, release.programs / "jool", *words), replay.run(damaged, OURS / "jool", *words)).startswith("line ")


def main() -> int:
    parser = argparse.ArgumentParser(prog="compare", description="Our programs' output beside that of the C clients, byte by byte.")
    parser.add_argument("--verbose", action="store_true", help="name what is equal, too")
    options = parser.parse_args()
    equal = different = 0
    for release in replay.releases():
        for kind in ("mixed", "edge"):
            for words in commands(release, kind):
                found = compare(release, kind, words)
                equal, different = equal + (not found), different + bool(found)
                name = f"Jool {release.version}, table {kind}: jool {' '.join(words)}"
                if found:
                    print(f"differs  {name}: {found}", flush=True)
                elif options.verbose:
                    print(f"equal    {name}", flush=True)
    print(f"{equal} outputs equal those of the C clients, {different} differ")
    if not equal or not notices_one_bit(replay.releases()[-1]):
        sys.exit("compare: nothing was compared, or a bit that differs was not detected")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
