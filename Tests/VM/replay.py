"""Replays the golden command-line cases of this boot's version, inside the VM.

usage: replay.py [--only REGEX] [--exclude REGEX] [-v] [--answers FILE]

--only and --exclude select scenarios by name. --answers writes what every failing case answered, for waivers.json.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab import golden_run, network
from lab.golden_compare import Waivers, judge
from lab.process import SCRATCH, run
from lab.runner import KernelLog

HERE = Path(__file__).resolve().parent
GOLDEN = HERE / "golden"
SIDE_BY_SIDE, LIMIT = 4, 900.0


def set_modules(wanted: list[str], fresh: bool) -> None:
    """Exactly these modules; `fresh` forgets the instances of earlier scenarios."""
    loaded = {"jool", "jool_siit"} & network.loaded()
    if fresh or not wanted or loaded - set(wanted):
        network.unload_modules()
    if wanted:
        network.load_modules(*wanted)


@dataclass
class Running:
    spec: dict
    answers: Path
    begun: float
    process: int


def waits(spec: dict) -> float:
    """Seconds in which a scenario's programs do nothing."""
    return sum((case.get("wait") or 0) + (case.get("timeout") or 0) for case in spec["cases"])


def replay(specs: list[dict]) -> Iterator[tuple[dict, dict | None, float]]:
    """Runs the scenarios; yields each with its answers (none if it did not end well) and its seconds.

    Instances belong to a network namespace, so scenarios that want the same modules run side by side: some mostly wait.
    Those that see or need more than their namespace (`fresh`) run alone.
    """
    def alone(spec: dict) -> bool:
        return bool(spec.get("fresh")) or not spec["modules"]

    waiting = sorted(specs, key=lambda spec: (sorted(spec["modules"]), alone(spec), -waits(spec), spec["name"]))
    running: list[Running] = []
    while waiting or running:
        if waiting:
            spec = waiting[0]
            same = running and running[0].spec["modules"] == spec["modules"]
            if not running or (same and not alone(spec) and not alone(running[0].spec) and len(running) < SIDE_BY_SIDE):
                if not running:
                    set_modules(spec["modules"], spec.get("fresh", False))
                waiting.pop(0)
                answers = SCRATCH / f"golden-{spec['name']}.json"
                answers.unlink(missing_ok=True)
                process = golden_run.start(GOLDEN / "setup" / f"{spec['name']}.sh", spec["cases"], answers)
                running.append(Running(spec, answers, time.monotonic(), process))
                continue
        for one in running:
            ended, _ = os.waitpid(one.process, os.WNOHANG)
            if not ended and time.monotonic() > one.begun + LIMIT:
                os.kill(one.process, signal.SIGKILL)
            if ended:
                running.remove(one)
                found = json.loads(one.answers.read_text()) if one.answers.exists() else None
                yield one.spec, found, time.monotonic() - one.begun
                break
        else:
            time.sleep(0.05)


@cache
def cases(version: str) -> dict[str, dict]:
    """All recorded cases of a version, by name."""
    return {
        f"{file.stem}/{case['id']}": case
        for file in sorted((GOLDEN / version).glob("*.json")) for case in json.loads(file.read_text())["cases"]
    }


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
    specs = [
        json.loads(file.read_text()) for file in sorted(root.iterdir())
        if re.search(options.only, file.stem) and not (options.exclude and re.search(options.exclude, file.stem))
    ]
    own_version = run(network.OURS / "jool", "--version", check=False).out
    waivers, log = Waivers(GOLDEN / "waivers.json", version, cases).by_case, KernelLog()
    passed = failed = waived = 0
    failing: dict[str, dict] = {}
    started = time.monotonic()
    for spec, outcome, seconds in replay(specs):
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
            f"{'FAIL' if bad or missing or trouble else 'ok':4} {seconds:5.1f} s  {spec['name']}: "
            f"{len(spec['cases']) - len(bad) - missing} of {len(spec['cases'])} cases", flush=True,
        )
        if trouble:
            print(f"      the kernel logged: {trouble}")
        if outcome and outcome["notes"] and options.verbose:
            print(f"      setup printed: {outcome['notes'].strip()}")
        for name, case, reasons in bad:
            print(f"      {name}  {' '.join(case['argv'])}")
            print("\n".join(f"        {line}" for line in reasons), flush=True)
    network.unload_modules()
    if options.answers:
        options.answers.write_text(json.dumps(failing, indent=1, ensure_ascii=False))
    print(f"{passed} passed, {failed} failed (golden cases of Jool {version}, {waived} of them waived, {time.monotonic() - started:.0f} s)")
    return 1 if failed or not specs else 0


if __name__ == "__main__":
    sys.exit(main())
