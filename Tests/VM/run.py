"""Runs guests in parallel and sums up their results. See `run`."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
LAB, MACHINE = Path(os.environ["JOOL_LAB"]), os.environ["JOOL_VM_MACHINE"]
# The limit of passes at a second try. A machine that shares its cores sometimes stalls, but more of them indicate a
# fault.
MAX_SECOND_TRIES = 3
LEFT_OUT = "left out: "
SUMMARY = re.compile(r"^(\d+) passed(?:, (\d+) of them at a second try)?, (\d+) failed")


@dataclass
class Job:
    """A guest or a pair of guests, and its result."""

    title: str
    prefix: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    # The number of guests in this job.
    weight: int = 1
    seconds: float = 0
    passed: int = 0
    second_tries: int = 0
    failed: int = 0
    left_out: list[str] = field(default_factory=list)
    # The lines about tests that failed, at the first try or for good.
    troubles: list[str] = field(default_factory=list)
    # The folder with the scenarios that guests of this version have claimed; `None` if the job runs no scenarios.
    claims: Path | None = None

    @property
    def is_too_late(self) -> bool:
        """Whether other guests have claimed all scenarios."""
        if self.claims is None or not (number := self.claims / "count").exists():
            return False
        return sum(entry.is_dir() for entry in self.claims.iterdir()) >= int(number.read_text() or 0)

    def run(self) -> None:
        started = time.monotonic()
        process = subprocess.Popen(
            self.command, env=dict(os.environ, **self.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )
        assert process.stdout
        has_summary = False
        for line in process.stdout:
            if found := SUMMARY.match(line):
                has_summary = True
                self.passed, self.second_tries, self.failed = (int(group or 0) for group in found.groups())
            if line.startswith(LEFT_OUT):
                self.left_out.append(line.removeprefix(LEFT_OUT).rstrip())
                continue
            print(f"{self.prefix:6} {line}", end="", flush=True)
            if line.startswith(("FAIL ", "again ")):
                self.troubles.append(f"{self.prefix:6} {line.rstrip()}")
        status = process.wait()
        self.seconds = time.monotonic() - started
        # The output of a guest that ended early names no failed scenario.
        if not has_summary or (status != 0 and self.failed == 0):
            self.failed += 1

    def __str__(self) -> str:
        verdict = "ok" if self.failed == 0 else f"FAILED ({self.failed})"
        return f"{verdict}: {self.title}, {self.seconds:.0f} s"


class Slots:
    """Limits the number of guests that run at once. The first waiting job that fits into the free slots is started
    next."""

    def __init__(self, count: int) -> None:
        self.free, self.count = count, count
        self.condition = threading.Condition()

    def run(self, jobs: list[Job]) -> None:
        waiting, threads = list(jobs), []
        while waiting:
            with self.condition:
                self.condition.wait_for(lambda: any(self._weight(job) <= self.free for job in waiting))
                job = next(job for job in waiting if self._weight(job) <= self.free)
                self.free -= self._weight(job)
            waiting.remove(job)
            if job.is_too_late:
                with self.condition:
                    self.free += self._weight(job)
                continue
            threads.append(threading.Thread(target=self._run, args=(job,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _weight(self, job: Job) -> int:
        return min(job.weight, self.count)

    def _run(self, job: Job) -> None:
        try:
            job.run()
        finally:
            with self.condition:
                self.free += self._weight(job)
                self.condition.notify_all()


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def versions_at_hand() -> dict[str, str]:
    """The Debian suite of each installed version."""
    return {file.read_text().strip(): file.parent.name for file in LAB.glob("*/version")}


def default_versions() -> list[str]:
    at_hand = versions_at_hand()
    newest = max(at_hand, key=numbers)
    for wanted in ("4.1.9", "4.1.13"):
        if wanted not in at_hand:
            print(f"run: no Jool {wanted} in {LAB}", file=sys.stderr)
    # No duplicates, even if the newest is one of the other two.
    return list(dict.fromkeys(version for version in ("4.1.13", "4.1.9", newest) if version in at_hand))


def scenario_jobs(version: str, count: int, options: list[str], claims: Path, is_thorough: bool) -> list[Job]:
    """Several guests for one version. Each takes the next unclaimed scenario."""
    claim = claims / version
    claim.mkdir()
    environment = {"JOOL_VM_TIMEOUT": os.environ.get("JOOL_VM_TIMEOUT", "2400"), "JOOL_TEST_THOROUGH": "1" if is_thorough else ""}
    return [
        Job(
            f"Jool {version}, scenarios ({number} of {count})", version,
            [str(HERE / "boot"), version, "env", f"JOOL_CLAIMS={claim}", "python3", str(HERE / "guest.py"), *options],
            environment, weight=1 if MACHINE == "uml" else 2, claims=claim,
        )
        for number in range(1, count + 1)
    ]


def golden_job(version: str, options: list[str], desk: "Desk") -> Job:
    options = [*options, *desk.golden_options(version)]
    # One processor, because an emulated second processor slows down command lines.
    environment = {"JOOL_VM_TIMEOUT": os.environ.get("JOOL_VM_TIMEOUT", "2400"), "JOOL_VM_CPUS": "1", "JOOL_VM_MEMORY": "2G"}
    command = [str(HERE / "boot"), version, "python3", str(HERE / "replay.py"), *options]
    return Job(f"Jool {version}, golden command lines", version, command, environment)


class Desk:
    """The tests that a run leaves out without JOOL_TEST_THOROUGH and without versions on the command line."""

    # These groups take minutes, mostly waiting, and the answers of our programs in them do not depend on the module's
    # version.
    LONG = ("joold", "session-follow", "session-proxy")

    def __init__(self, options: argparse.Namespace, versions: list[str]) -> None:
        # Other versions must run the tests that one version leaves out, so this applies only to the default versions.
        self.leaves_out_nothing = bool(options.versions) or len(versions) < 3 or os.environ.get("JOOL_TEST_THOROUGH") == "1"
        self.is_thorough = self.leaves_out_nothing or bool(options.golden_only)
        self.versions = versions
        self.newest = max(versions, key=numbers)

    def golden_versions(self) -> list[str]:
        """The oldest and the newest. The answers of the middle one equal those of the newest, except for its number."""
        return [version for version in self.versions if self.is_thorough or version != "4.1.13"]

    def golden_options(self, version: str) -> list[str]:
        groups = self.on_the_newest(version)
        return ["--exclude", f"^({'|'.join(groups)})$"] if groups else []

    def on_the_newest(self, version: str) -> list[str]:
        """The groups of a version that only the newest one answers: long ones, and those whose answers are the same."""
        if self.is_thorough or version == self.newest:
            return []
        names = [file.stem for file in (HERE / "golden" / version).glob("*.json")]
        return sorted(name for name in names if name in self.LONG or answers(version, name) == answers(self.newest, name))

    def left_out(self) -> list[str]:
        found = [f"golden command lines: those of {version}" for version in self.versions if version not in self.golden_versions()]
        for version in self.golden_versions():
            if groups := self.on_the_newest(version):
                found.append(f"golden command lines: {', '.join(groups)} of {version}; {self.newest} answers them")
        return found


def answers(version: str, group: str) -> list[dict]:
    """The recorded cases of a group of golden command lines; none if this version has no such group."""
    file = HERE / "golden" / version / f"{group}.json"
    return json.loads(file.read_text())["cases"] if file.exists() else []


def group_jobs() -> list[Job]:
    """Groups whose nodes have modules of two versions."""
    return [
        Job(f"Jool 4.1.13 and 4.1.9{text} in one group", "both", [str(HERE / "versions"), "4.1.13", "4.1.9", *words], weight=2)
        for text, words in (("", []), (" with a C proxy", ["C"]))
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="Tests/VM/run")
    parser.add_argument("versions", nargs="*", metavar="VERSION")
    parser.add_argument("--only", metavar="REGEX")
    parser.add_argument("--exclude", metavar="REGEX")
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--golden-only", metavar="REGEX")
    default = 2 if MACHINE == "qemu" else 3 * (os.cpu_count() or 1)
    parser.add_argument("--jobs", type=int, default=default, metavar="N")
    return parser.parse_intermixed_args()


def main() -> int:
    options = arguments()
    versions = options.versions or default_versions()
    chosen = [word for name in ("only", "exclude") if (text := getattr(options, name)) is not None for word in (f"--{name}", text)]
    golden_options = ["--only", options.golden_only] if options.golden_only else []
    has_scenarios = options.only != "^$"
    guests = options.jobs if MACHINE == "uml" else 1
    desk = Desk(options, versions)
    with tempfile.TemporaryDirectory(dir=shared_folder()) as claims:
        scenarios = [scenario_jobs(version, guests, chosen, Path(claims), desk.leaves_out_nothing) for version in versions] if has_scenarios else []
        pairs = group_jobs() if has_scenarios and not chosen and {"4.1.9", "4.1.13"} <= set(versions) else []
        is_golden = options.golden or options.golden_only
        golden = [golden_job(version, golden_options, desk) for version in desk.golden_versions()] if is_golden else []
        Slots(options.jobs).run(in_order(scenarios, pairs, golden))
    return sum_up([job for some in (*scenarios, pairs, golden) for job in some], desk.left_out() if is_golden else [])


def in_order(scenarios: list[list[Job]], pairs: list[Job], golden: list[Job]) -> list[Job]:
    """The jobs in the order of their start. The first version, which has the most scenarios, gets two guests at once.
    Pairs start while two slots are free. Guests that are free at the end share the remaining scenarios."""
    busiest, others = scenarios[:1], scenarios[1:]
    jobs = [job for some in busiest for job in some[:1]] + pairs[:1] + [job for some in busiest for job in some[1:2]] + pairs[1:]
    jobs += [job for some in others for job in some[:1]] + golden
    jobs += [job for some in busiest for job in some[2:]]
    return jobs + [job for some in zip(*(some[1:] for some in others)) for job in some]


def shared_folder() -> Path:
    share = Path(os.environ.get("JOOL_SHARE", LAB / "share"))
    share.mkdir(parents=True, exist_ok=True)
    return share


def sum_up(jobs: list[Job], left_out: list[str]) -> int:
    passed, second_tries, failed = (sum(getattr(job, name) for job in jobs) for name in ("passed", "second_tries", "failed"))
    print()
    for job in jobs:
        # Jobs that found no scenario left are not printed.
        if job.passed or job.failed or len(jobs) == 1:
            print(job)
    for line in (line for job in jobs for line in job.troubles):
        print(line)
    if left_out := list(dict.fromkeys([*left_out, *(line for job in jobs for line in job.left_out)])):
        print("Left out without JOOL_TEST_THOROUGH=1:")
        print("\n".join(f"  {line}" for line in left_out))
    if second_tries > MAX_SECOND_TRIES:
        failed += 1
        print(f"FAILED: {second_tries} scenarios passed only at a second try; the limit is {MAX_SECOND_TRIES}")
    if passed == 0 and failed == 0:
        failed = 1
        print("FAILED: no test was selected")
    print(f"{passed} passed, {second_tries} of them at a second try, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
