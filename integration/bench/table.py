"""The results as rows, and how they are written: for a terminal, and for a file in Markdown."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integration.bench.samples import Rounds, Sample
from integration.bench.variants import NONE, TOLLGATE, Variant

Format = Callable[[float], str]


@dataclass(frozen=True)
class Row:
    """One figure: what it is, its cells, and what was aimed for."""

    name: str
    cells: tuple[str, ...]
    goal: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under a title and the heads of their columns."""

    title: str
    heads: tuple[str, ...]
    rows: list[Row]


def microseconds(seconds: float) -> str:
    """A short time."""
    return f"{seconds * 1e6:,.1f} µs" if seconds < 1e-4 else f"{seconds * 1e6:,.0f} µs"


def milliseconds(seconds: float) -> str:
    """A longer time."""
    return f"{seconds * 1e3:,.0f} ms"


def per_second(rate: float) -> str:
    """A rate."""
    return f"{rate:,.0f}/s"


def kilobytes(size: float) -> str:
    """Memory of a stream."""
    return f"{size / 1000:,.1f} kB"


def megabytes(size: float) -> str:
    """Memory of a process, size of a file."""
    return f"{size / 1e6:,.2f} MB"


def compared(name: str, rounds: Rounds, of: Callable[[Sample], float], form: Format, goal: float = 0) -> Row:
    """A figure of every variant, with its ratio to no filter: median, lowest and highest of the rounds."""
    cells = []
    for variant in rounds.samples:
        value = form(rounds.median(variant, of))
        cells.append(value if variant == NONE else f"{value}  {_spread(rounds.ratios(variant, of))}")
    ratio = statistics.median(rounds.ratios(TOLLGATE, of))
    return Row(name, tuple(cells), _goal(ratio, goal, f"×{goal:.2f}"))


def added(name: str, rounds: Rounds, of: Callable[[Sample], float]) -> Row:
    """A latency: without a filter as it is, with one what it adds, and the ratio."""
    cells = []
    for variant, samples in rounds.samples.items():
        if variant == NONE:
            cells.append(microseconds(rounds.median(variant, of)))
            continue
        pairs = zip(samples, rounds.samples[NONE], strict=True)
        more = statistics.median(of(sample) - of(base) for sample, base in pairs)
        sign = "−" if more < 0 else "+"
        cells.append(f"{sign}{microseconds(abs(more))}  {_spread(rounds.ratios(variant, of))}")
    return Row(name, tuple(cells))


def plain(name: str, found: Mapping[Variant, float], form: Format) -> Row:
    """One figure of each variant, with its ratio to no filter."""
    cells = []
    for variant, value in found.items():
        ratio = "" if variant == NONE else f"  ×{value / found[NONE]:.2f}"
        cells.append(form(value) + ratio)
    return Row(name, tuple(cells))


def goal_of_size(size: int, goal: float) -> str:
    """Whether a file is as small as aimed for; megabytes of a million bytes."""
    return _goal(size / 1e6, goal, f"{goal:.1f} MB")


def terminal_tables(tables: Sequence[Table]) -> str:
    """The tables with columns under each other."""
    lines = []
    for table in tables:
        rows = [(row.name, *row.cells, row.goal) for row in table.rows]
        heads = (table.title, *table.heads, "")
        columns = list(zip(*[heads, *(row + ("",) * (len(heads) - len(row)) for row in rows)], strict=True))
        widths = [max(map(len, column)) for column in columns]
        lines.append("")
        for number, row in enumerate(zip(*columns, strict=True)):
            first, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append(("" if number == 0 else "  ") + "   ".join([first + "  " * (number == 0), *rest]).rstrip())
    return "\n".join(lines)


def markdown_tables(tables: Sequence[Table]) -> str:
    """The tables in Markdown."""
    parts = []
    for table in tables:
        heads = (table.title, *table.heads, "goal")
        if not any(row.goal for row in table.rows):
            heads = heads[:-1]
        lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        for row in table.rows:
            cells = (row.name, *row.cells, row.goal)[: len(heads)]
            lines.append("| " + " | ".join(cells) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _spread(ratios: Sequence[float]) -> str:
    middle = f"×{statistics.median(ratios):.2f}"
    return middle if len(ratios) == 1 else f"{middle} ({min(ratios):.2f}–{max(ratios):.2f})"


def _goal(value: float, goal: float, written: str) -> str:
    if not goal:
        return ""
    return f"under {written}: " + ("reached" if value < goal else "MISSED")
