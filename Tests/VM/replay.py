"""Replays the golden command-line cases of this boot's version, inside the VM.

usage: replay.py [--only REGEX] [--exclude REGEX] [-v] [--answers FILE]

--only and --exclude select scenarios by name. --answers writes what every failing case answered, for waivers.json.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from lab import network
from lab.golden_compare import Waivers, judge
from lab.process import SCRATCH, run
from lab.runner import KernelLog

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden"


def set_modules(wanted: list[str], fresh: bool) -> None:
    """Exactly these modules; `fresh` forgets the instances of earlier scenarios."""
    loaded = {"jool", "jool_siit"} & network.loaded()
    if fresh or not wanted or loaded - set(wanted):
        network.unload_modules()
    if wanted:
        network.load_modules(*wanted)


def replay(directory: Path) -> dict | None:
    answers = SCRATCH / "golden-answers.json"
    answers.unlink(missing_ok=True)
    subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "python3", "-m", "lab.golden_run", directory, answers],
        cwd=HERE, check=False, timeout=900,
    )
    return json.loads(answers.read_text()) if answers.exists() else None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--exclude", default="")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("--answers", type=Path)
    options = parser.parse_args()
    version = os.environ["JOOL_VERSION"]
    root = GOLDEN / version
    if not root.is_dir():
        print(f"no golden cases for Jool {version}")
        return 0
    specs = [(d, json.loads((d / "cases.json").read_text())) for d in sorted(root.iterdir())]
    specs = [
        (d, s) for d, s in specs
        if re.search(options.only, s["name"]) and not (options.exclude and re.search(options.exclude, s["name"]))
    ]
    specs.sort(key=lambda pair: (sorted(pair[1]["modules"]), pair[1]["name"]))  # few module changes
    own_version = run(network.OURS / "jool", "--version", check=False).out
    waivers, log = Waivers(GOLDEN / "waivers.json", version).by_case, KernelLog()
    passed = failed = waived = 0
    failing: dict[str, dict] = {}
    started = time.monotonic()
    for directory, spec in specs:
        begun = time.monotonic()
        set_modules(spec["modules"], spec.get("fresh", False))
        outcome = replay(directory)
        bad = []
        for case, got in zip(spec["cases"], outcome["answers"] if outcome else []):
            name = f"{spec['name']}/{case['id']}"
            reasons = judge(case, got, waivers.get(name), own_version)
            if reasons:
                bad.append((name, case, reasons))
                failing[name] = {"argv": " ".join(case["argv"]), "prints": got}
            waived += name in waivers
        missing = len(spec["cases"]) - (len(outcome["answers"]) if outcome else 0)
        passed, failed = passed + len(spec["cases"]) - len(bad) - missing, failed + len(bad) + missing
        trouble = log.trouble()
        failed += bool(trouble)
        print(
            f"{'FAIL' if bad or missing or trouble else 'ok':4} {time.monotonic() - begun:5.1f} s  {spec['name']}: "
            f"{len(spec['cases']) - len(bad) - missing} of {len(spec['cases'])} cases", flush=True,
        )
        if trouble:
            print(f"      the kernel complained: {trouble}")
        if outcome and outcome["notes"] and options.verbose:
            print(f"      setup said: {outcome['notes'].strip()}")
        for name, case, reasons in bad:
            print(f"      {name}  {' '.join(case['argv'])}")
            print("\n".join(f"        {line}" for line in reasons), flush=True)
    network.unload_modules()
    if options.answers:
        options.answers.write_text(json.dumps(failing, indent=1, ensure_ascii=False))
    print(f"{passed} passed ({waived} of them waived), {failed} failed (golden cases of Jool {version}, {time.monotonic() - started:.0f} s)")
    return 1 if failed or not specs else 0


if __name__ == "__main__":
    sys.exit(main())
