"""Makes an animated picture of a terminal, in SVG, from a program's output: `python3 recording.py PROGRAM >PICTURE`.

Lines appear as the program prints them, `SLOWER` times slower, so that they can be read, but no pause is longer than
`LONGEST_PAUSE`. Lines of the lab's setup are left out. The picture has a single
animation: each new line moves the text up by a line. Where animations are off, it shows the last lines.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable
from html import escape

ROWS, COLUMNS = 26, 112
LINE, CHARACTER, MARGIN = 17, 7.25, 12
SLOWER, LONGEST_PAUSE, PAUSE_AT_THE_END = 2.0, 3.0, 12.0
Timed = tuple[float, str]


def timed(lines: Iterable[str]) -> list[Timed]:
    """Lines with the seconds at which the picture shows them."""
    found: list[Timed] = []
    shown, last = 0.0, time.monotonic()
    for line in lines:
        if line.startswith("lab: "):
            continue
        now = time.monotonic()
        shown += min((now - last) * SLOWER, LONGEST_PAUSE) if found else 0
        last = now
        found.append((shown, line.rstrip("\n")))
    return found


def kind(line: str) -> str:
    """The class of a line: progress, a command, or another one."""
    if line.startswith("["):
        return ' class="progress"'
    return ' class="command"' if "# jool " in line or line.endswith(" &") else ""


def steps(lines: list[Timed], duration: float) -> str:
    """The keyframes: after the time of its last line, the text is as high as the number of lines demands."""
    heights = {f"{when / duration * 100:.2f}": (ROWS - number) * LINE for number, (when, _) in enumerate(lines, 1)}
    return " ".join(f"{percent}% {{ transform: translateY({height}px) }}" for percent, height in heights.items())


def picture(lines: list[Timed], title: str) -> str:
    width, height = round(COLUMNS * CHARACTER) + 2 * MARGIN, ROWS * LINE + 2 * MARGIN
    duration = lines[-1][0] + PAUSE_AT_THE_END
    rows = "\n".join(
        f'<text y="{number * LINE - 4}"{kind(line)}>{escape(line)}</text>'
        for number, (_, line) in enumerate(lines, 1) if line
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>{escape(title)}</title>
<style>
  text {{ font: 12px monospace; fill: #c9d1d9 }} .progress {{ fill: #7ee2a8; font-weight: bold }} .command {{ fill: #8ab8ff }}
  #screen {{ transform: translateY({(ROWS - len(lines)) * LINE}px); animation: scroll {duration:.1f}s step-end infinite }}
  @keyframes scroll {{ {steps(lines, duration)} }}
  @media (prefers-reduced-motion: reduce) {{ #screen {{ animation: none }} }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#14181d"/>
<svg x="{MARGIN}" y="{MARGIN}" width="{width - 2 * MARGIN}" height="{ROWS * LINE}"><g id="screen" xml:space="preserve">
{rows}
</g></svg>
</svg>
"""


def main() -> int:
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, text=True) as program:
        lines = timed(program.stdout or ())
    if program.returncode != 0 or not lines:
        print(f"recording: the program printed {len(lines)} lines and ended with {program.returncode}", file=sys.stderr)
        return 1
    sys.stdout.write(picture(lines, lines[-1][1].rpartition("] ")[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
