"""The table of all figures and their goals, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from figures import Figure, number
from goals import goal_of

COLUMNS = ("work", "unit", "ours", "C", "ours : C", "goal", "")
WIDTHS = (70, 24, 11, 11, 9, 12, 7)


@dataclass(frozen=True)
class Section:
    """The figures of one benchmark."""

    title: str
    figures: list[Figure]
    c: str = "C"  # what the right side is
    note: str = ""  # where and when it was measured


def cells(figure: Figure, before: Figure | None) -> tuple[str, ...]:
    goal = goal_of(figure)
    met = goal.is_met(figure) if goal else None
    return (
        "  …" if before and before.work == figure.work else figure.work,
        figure.unit,
        number(figure.ours),
        "" if figure.c is None else number(figure.c),
        "" if figure.ratio is None else f"{figure.ratio:.3g}",
        str(goal or ""),
        {True: "met", False: "missed", None: ""}[met],
    )


def rows(figures: list[Figure]) -> Iterator[tuple[str, ...]]:
    for before, figure in zip([None, *figures], figures):
        yield cells(figure, before)


def as_text(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        titles = [section.c if column == "C" else column.replace("C", section.c) if column == "ours : C" else column for column in COLUMNS]
        yield f"\n{section.title}\n{section.note}\n"
        for row in [titles, *rows(section.figures)]:
            left, right = zip(row[:2], WIDTHS[:2]), zip(row[2:], WIDTHS[2:])
            yield " ".join([*(f"{cell:{width}}" for cell, width in left), *(f"{cell:>{width}}" for cell, width in right)]).rstrip()


def as_markdown(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        yield f"\n### {section.title}\n\n{section.note}.\n"
        yield "| " + " | ".join([*COLUMNS[:3], section.c, f"ours : {section.c}", *COLUMNS[5:]]) + " |"
        yield "|" + "---|" * len(COLUMNS)
        for row in rows(section.figures):
            yield "| " + " | ".join(_emphasized(row)) + " |"


def _emphasized(row: tuple[str, ...]) -> Iterable[str]:
    return (*row[:-1], f"**{row[-1]}**" if row[-1] == "missed" else row[-1])


def summary(figures: Iterable[Figure]) -> str:
    verdicts = [goal.is_met(figure) for figure in figures if (goal := goal_of(figure))]
    return f"{verdicts.count(True)} goals are met, {verdicts.count(False)} are missed"
