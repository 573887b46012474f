"""Makes a picture of `session top` in a terminal, in SVG: `make screenshot` runs this in the VM and on the host.

`python3 screenshot.py` inside the VM prints the screen of tmux, with the sequences for its colors, after some seconds
of traffic. `python3 screenshot.py --picture <SCREEN >PICTURE` makes the picture.
"""

from __future__ import annotations

import re
import sys
from html import escape

WIDTH, HEIGHT = 92, 24
LINE, CHARACTER, MARGIN = 17, 7.25, 12
COLORS = {"31": "#ff7b72", "36": "#76c7d0"}
SEQUENCE = re.compile(r"\x1b\[([0-9;]*)m|\x0f")


def capture() -> str:
    """The screen after some seconds of traffic."""
    from lab import network
    from lab.crowd import Crowd
    from lab.process import clean_up
    from lab.screen import Screen
    from lab.synthetic import load
    from scenarios.top import guide_table

    network.build()
    network.reset()
    try:
        network.make_instance("j")
        load("j", guide_table())
        screen = Screen("j", WIDTH, HEIGHT)
        screen.command("jool session top --numeric")
        screen.wait_line("TCP +3780")
        crowd = Crowd()
        for _ in range(12):
            crowd.open(40)
            if re.search(r"^UDP +\d+ +[1-9]", screen.text, re.M):
                break
        return screen.colored
    finally:
        clean_up()


def spans(line: str) -> str:
    """A line of the terminal as parts of a text."""
    parts, position, bold, reverse, color = [], 0, False, False, ""
    shown = 0
    for match in [*SEQUENCE.finditer(line), None]:
        text = line[position:match.start() if match else len(line)]
        if text:
            style = (' font-weight="bold"' if bold else "") + (f' fill="{COLORS[color]}"' if color else "")
            if reverse:
                style = ' fill="#14181d"'
                parts.append(f'<tspan x="{shown * CHARACTER:.2f}"{style}>{escape(text)}</tspan>')
            else:
                parts.append(f'<tspan x="{shown * CHARACTER:.2f}"{style}>{escape(text)}</tspan>')
            shown += len(text)
        if match is None:
            return "".join(parts)
        position = match.end()
        for code in (match[1] or "0").split(";"):
            if code == "0":
                bold, reverse, color = False, False, ""
            elif code in COLORS:
                color = code
            elif code == "39":
                color = ""
            bold = True if code == "1" else False if code == "22" else bold
            reverse = True if code == "7" else False if code == "27" else reverse
    return ""


def picture(screen: str) -> str:
    lines = screen.splitlines()[:HEIGHT]
    width, height = round(WIDTH * CHARACTER) + 2 * MARGIN, HEIGHT * LINE + 2 * MARGIN
    rows = []
    for number, line in enumerate(lines, 1):
        if any("7" in (match[1] or "").split(";") for match in SEQUENCE.finditer(line)):
            length = len(SEQUENCE.sub("", line).rstrip())
            rows.append(
                f'<rect y="{(number - 1) * LINE}" width="{length * CHARACTER:.1f}" height="{LINE}" fill="#c9d1d9"/>')
        if SEQUENCE.sub("", line).strip():
            rows.append(f'<text y="{number * LINE - 4}">{spans(line)}</text>')
    body = "\n".join(rows)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>jool session top on a terminal</title>
<style>text {{ font: 12px monospace; fill: #c9d1d9; white-space: pre }}</style>
<rect width="{width}" height="{height}" rx="8" fill="#14181d"/>
<svg x="{MARGIN}" y="{MARGIN}" width="{width - 2 * MARGIN}" height="{HEIGHT * LINE}"><g xml:space="preserve">
{body}
</g></svg>
</svg>
"""


if __name__ == "__main__":
    if sys.argv[1:] == ["--picture"]:
        sys.stdout.write(picture(sys.stdin.read()))
    else:
        sys.stdout.write(capture())
