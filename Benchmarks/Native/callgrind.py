"""The instructions of a program by function, counted by callgrind."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

# What else the counts would depend on: the processor, for which glibc has several versions of memcpy(3) and others, and
# the random keys of hashing. Names of features that another glibc does not know have no effect.
REPEATABLE = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-AVX_Fast_Unaligned_Load,-ERMS,-FSRM,-BMI2,-LZCNT,-MOVBE,-RTM",
    "SWIFT_DETERMINISTIC_HASHING": "1",
}


def profile(words: Iterable[str | Path], environment: dict[str, str], output: Path) -> Counter[str]:
    """Runs a program, and returns each function's own instructions. `output` is a file for callgrind."""
    callgrind = ["valgrind", "--tool=callgrind", "--compress-strings=no", "--compress-pos=no", f"--callgrind-out-file={output}"]
    done = subprocess.run([*callgrind, *words], env=environment | REPEATABLE, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: status {done.returncode}, {done.stderr.decode(errors='replace')[-2000:]}")
    return own_instructions(output.read_text())


def own_instructions(text: str) -> Counter[str]:
    """The sums of the cost lines in callgrind's format. The line after `calls=` is the cost of the called function."""
    counts: Counter[str] = Counter()
    library = function = ""
    is_call = False
    for line in text.splitlines():
        if line.startswith("fn="):
            name = line[3:]
            function = f"(no name, {Path(library).name})" if name.startswith("0x") else name
        elif line.startswith("ob="):
            library = line[3:]
        elif line.startswith("calls="):
            is_call = True
        elif line[:1].isdigit():
            if not is_call:
                counts[function] += int(line.split()[1])
            is_call = False
    return counts


def demangled(counts: Counter[str]) -> Counter[str]:
    """The same with the names of the source."""
    names = list(counts)
    done = subprocess.run(["swift", "demangle", "--simplified"], input="\n".join(names), capture_output=True, text=True, check=True)
    readable: Counter[str] = Counter()
    for name, text in zip(names, done.stdout.splitlines(), strict=True):
        readable[text] += counts[name]
    return readable
