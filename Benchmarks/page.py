"""Writes the results into docs/performance.md and docs/performance.svg."""

from __future__ import annotations

from pathlib import Path

import picture
from figures import Figure
from table import Section, as_markdown, summary

PAGE = Path(__file__).parents[1] / "docs/performance.md"
BEGIN, END = "<!-- The following is written by `make performance`. -->", "<!-- The end of what `make performance` writes. -->"


def write_table(sections: list[Section], left_out: list[str]) -> None:
    """Replaces the table between the two marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    figures = [figure for section in sections for figure in section.figures]
    lines = [BEGIN, "", f"{summary(figures)}.", *as_markdown(sections), "", *(f"Left out: {reason}.\n" for reason in left_out), END]
    PAGE.write_text(before + "\n".join(lines) + after)


def write_picture(figures: list[Figure]) -> None:
    PAGE.with_suffix(".svg").write_text(picture.drawn(figures))
