"""Configuration files: the verdict of `file check`, compared with that of the module."""

from __future__ import annotations

import os
from random import Random

from lab import network
from lab.configurations import changed_file
from lab.netlink import lab_version
from lab.network import C, OURS
from lab.process import SCRATCH, Result, expect, run
from lab.runner import ENDS, is_thorough, left_out, note, scenario

# $FILES is the number of files; another $SEED selects other files.
FILES = int(os.environ.get("FILES", "0"))
MANY, FEWER = 120, 50
SEED = os.environ.get("SEED", "1")


def ours(program: str, *words: str) -> Result:
    return run(OURS / program, "file", *words, ns="j", check=False, timeout=60)


@scenario("file check accepts a randomly changed file exactly if file handle creates the instance", desk=ENDS)
def check_agrees_with_handle() -> None:
    network.load_modules("jool_siit")
    random = Random(f"{SEED} {lab_version()}")
    count = FILES or (MANY if is_thorough() else FEWER)
    if count < MANY:
        left_out(f"random configuration files: {MANY - count} of {MANY}")
    file = SCRATCH / "changed.json"
    taken, forced, differences = 0, 0, []
    for _ in range(count):
        program, text = changed_file(random)
        options = ("--force",) if random.random() < 0.3 else ()
        file.write_text(text)
        checked, handled = ours(program, "check", str(file), *options), ours(program, "handle", str(file), *options)
        if handled.status == 0:
            taken += 1
            forced += "with --force only" in checked.err
            run(C / program, "instance", "flush", ns="j")
        if (checked.status == 0) != (handled.status == 0) or checked.status < 0 or handled.status < 0:
            differences.append(f"{text}\n{program} {' '.join(options)}\n  check: {checked}\n  handle: {handled}")
    note(f"{count} files, {taken} of them accepted, {forced} with --force only; seed {SEED}")
    expect(not differences, f"{len(differences)} of {count} verdicts differ, such as\n" + "\n".join(differences[:3]))
    expect(count // 10 < taken < count * 9 // 10 or count < 50, f"{taken} of {count} files accepted: too one-sided for a test")
