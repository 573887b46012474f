"""Writes an apt source for another suite of Debian, derived from the machine's own source.

usage: apt_source.py SUITE DIRECTORY     (fills DIRECTORY/sources.list.d/lab.sources or DIRECTORY/sources.list)

Only the suite changes. The mirror, keyring and options remain, because they work for the other suites, too. Both
formats are supported: deb822 (*.sources) and the classic line (*.list).
"""

import glob
import re
import sys
from pathlib import Path

ETC = Path("/etc/apt")


def own_codename() -> str:
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', Path("/etc/os-release").read_text(), re.M))
    return release.get("VERSION_CODENAME", "bookworm")


def own_suites() -> set[str]:
    """The names under which this machine may list its main archive."""
    return {own_codename(), "stable", "oldstable", "testing", "unstable", "sid"}


def deb822(suite: str) -> str | None:
    """The first stanza for our own suite's main component, with `suite` in its place."""
    for file in sorted(glob.glob(str(ETC / "sources.list.d/*.sources"))):
        text = re.sub(r"^#.*\n?", "", Path(file).read_text(), flags=re.M)
        for stanza in re.split(r"\n\s*\n", text):
            fields = {k.lower(): v for k, v in re.findall(r"^([\w-]+):\s*(.*)$", stanza, re.M)}
            if fields.get("enabled", "yes").strip().lower() in ("no", "false", "0"):
                continue
            if "deb" not in fields.get("types", "").split() or "main" not in fields.get("components", "").split():
                continue
            if own_suites().isdisjoint(fields.get("suites", "").split()):
                continue
            stanza = re.sub(r"^Types:.*$", "Types: deb", stanza, flags=re.M | re.I)
            stanza = re.sub(r"^Components:.*$", "Components: main", stanza, flags=re.M | re.I)
            return re.sub(r"^Suites:.*$", f"Suites: {suite}", stanza, flags=re.M | re.I).strip() + "\n"
    return None


def classic(suite: str) -> str | None:
    """The same for `deb [options] URI suite components` lines."""
    line = re.compile(r"^\s*deb\s+(?P<options>\[[^\]]*\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<components>.*)$")
    for file in [ETC / "sources.list", *map(Path, sorted(glob.glob(str(ETC / "sources.list.d/*.list"))))]:
        if not file.exists():
            continue
        for match in filter(None, map(line.match, file.read_text().splitlines())):
            if match["suite"] in own_suites() and "main" in match["components"].split():
                return f"deb {match['options'] or ''}{match['uri']} {suite} main\n"
    return None


def main() -> None:
    suite, directory = sys.argv[1], Path(sys.argv[2])
    if text := deb822(suite):
        (directory / "sources.list.d" / "lab.sources").write_text(text)
    elif text := classic(suite):
        (directory / "sources.list").write_text(text)
    else:
        sys.exit(f"no source of {own_codename()} main found in {ETC}; cannot derive one for {suite}")


if __name__ == "__main__":
    main()
