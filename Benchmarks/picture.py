"""A picture of what users feel: ours as a part of what the C programs need, as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from figures import Figure, number

# What a user waits for or pays for: label, work, unit.
ROWS = (
    ("list 100,000 sessions, real module", "session display --csv --numeric, 100,000 sessions", "s"),
    ("list sessions, the program's own work", "session display --tcp --csv --numeric", "instructions per entry"),
    ("list the BIB, the program's own work", "bib display --tcp --csv --numeric", "instructions per entry"),
    ("follow sessions", "session follow", "instructions per entry"),
    ("list 1,000 hosts with slow names", "names of 1,000 hosts, each answer takes 50 ms", "s"),
    ("start a command", "--version", "ms"),
    ("advertise 100,000 sessions: lost", "session advertise, 100,000 sessions", "sessions lost"),
    ("proxies at 4,000 packets per s", "both proxies, 4,000 packets per s", "µs per packet"),
    ("proxies at 8,000 packets per s", "both proxies, 8,000 packets per s", "µs per packet"),
)
WIDTH, LABELS, C_AT, NUMBERS, ROW, TOP = 940, 290, 540, 630, 30, 46  # pixels
LONGEST = 1.1  # longer bars end here
STYLE = """
  text { font: 14px sans-serif; fill: #222 } .small { font-size: 12px; fill: #666 }
  .less { fill: #2e7d4f } .more { fill: #b5533c } line { stroke: #666 }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .small { fill: #999 } line { stroke: #999 } .less { fill: #58b183 } .more { fill: #db7d65 } }
"""


def drawn(figures: Iterable[Figure]) -> str:
    """The picture. Rows without a figure for both sides are left out."""
    measured = {(figure.work, figure.unit): figure for figure in figures}
    rows = [(label, figure) for label, work, unit in ROWS if (figure := measured.get((work, unit))) and figure.ratio is not None]
    height = TOP + ROW * len(rows) + 10
    bars = "\n".join(_bar(TOP + ROW * index, label, figure) for index, (label, figure) in enumerate(rows))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">
<title>Ours as a part of what the C programs need</title>
<style>{STYLE}</style>
<text x="{LABELS}" y="20">shorter is better</text>
<text x="{C_AT}" y="20" text-anchor="middle">C = 100 %</text>
<line x1="{C_AT}" y1="{TOP - 16}" x2="{C_AT}" y2="{height - 8}" stroke-dasharray="4 3"/>
{bars}
</svg>
"""


def _bar(top: int, label: str, figure: Figure) -> str:
    ratio = figure.ratio or 0
    length = (C_AT - LABELS) * min(ratio, LONGEST)
    text = f"{number(figure.ours)} instead of {number(figure.c)} {figure.unit}"
    return (
        f'<text x="{LABELS - 12}" y="{top + 13}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{LABELS}" y="{top}" width="{max(length, 2):.0f}" height="18" class="{"less" if ratio <= 1 else "more"}"/>'
        f'<text x="{LABELS + max(length, 2) + 8:.0f}" y="{top + 13}">{ratio:.0%}</text>'
        f'<text x="{NUMBERS}" y="{top + 13}" class="small">{escape(text)}</text>'
    )
