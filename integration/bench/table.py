"""The results as rows, and how they are written: for a terminal, and for a file in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from integration.bench import estimate
from integration.bench.estimate import Estimate
from integration.bench.samples import Figure, Rounds
from integration.bench.variants import NONE, TOLLGATE, Variant, older_of

Format = Callable[[float], str]

UNCLEAR = "not distinguishable"


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


def heads(variants: Sequence[Variant]) -> tuple[str, ...]:
    """A column for each, and one for the comparison with an older filter."""
    older = older_of(list(variants))
    return tuple(variant.name for variant in variants) + ((f"Tollgate to {older.name}",) if older else ())


def microseconds(seconds: float) -> str:
    """A short time."""
    return _signed(seconds * 1e6, ".1f" if abs(seconds) < 1e-4 else ".0f", "µs")


def nanoseconds(seconds: float) -> str:
    """A very short time, in microseconds."""
    return _signed(seconds * 1e6, ".2f", "µs")


def milliseconds(seconds: float) -> str:
    """A longer time."""
    return _signed(seconds * 1e3, ".1f" if abs(seconds) < 1e-2 else ".0f", "ms")


def kilobytes(size: float) -> str:
    """Memory of a stream."""
    return _signed(size / 1000, ".1f", "kB")


def megabytes(size: float) -> str:
    """Memory of a process, size of a file."""
    return _signed(size / 1e6, ".2f", "MB")


def compared(name: str, rounds: Rounds, of: Figure, form: Format, goal: float = 0) -> Row:
    """A figure of every variant, with its ratio to no filter."""
    cells = []
    for variant in rounds.samples:
        value = form(estimate.lowest_third(rounds.values(variant, of)))
        if variant != NONE:
            value += "  " + ratio(_times(rounds, variant, NONE, of))
        cells.append(value)
    own = _times(rounds, TOLLGATE, NONE, of)
    return Row(name, (*cells, *_to_older(rounds, of)), _goal(own, goal, f"×{goal:.2f}"))


def against(name: str, rounds: Rounds, base: Variant, of: Figure, form: Format, goal: float = 0) -> Row:
    """A figure of two variants, and the ratio of the other to the one that is the base."""
    [other] = [variant for variant in rounds.samples if variant not in (NONE, base)]
    values = [form(estimate.lowest_third(rounds.values(variant, of))) for variant in (base, other)]
    found = _times(rounds, other, base, of)
    return Row(name, (*values, ratio(found)), _goal(found, goal, f"×{goal:.2f}"))


def added(name: str, rounds: Rounds, of: Figure, form: Format) -> Row:
    """A figure without a filter as it is, and with one what that adds."""
    cells = []
    for variant in rounds.samples:
        if variant == NONE:
            cells.append(form(estimate.lowest_third(rounds.base(of))))
        else:
            found = estimate.difference(rounds.values(variant, of), rounds.base(of))
            cells.append(more(found.widened(noise(rounds, of) * estimate.lowest_third(rounds.base(of))), form))
    return Row(name, (*cells, *_to_older(rounds, of)))


def noise(rounds: Rounds, of: Figure) -> float:
    """The part by which bare Envoy differs from itself: on a busy machine, drawing rounds does not show all of it."""
    return abs(estimate.halves(rounds.base(of)).value - 1)


def plain(name: str, variants: Sequence[Variant], found: Mapping[Variant, float], form: Format) -> Row:
    """One figure of each variant that has it."""
    return Row(name, tuple(form(found[variant]) if variant in found else "–" for variant in variants))


def ratio(found: Estimate) -> str:
    """A ratio with its interval; one that may as well be 1 is not printed."""
    interval = f"({found.low:.2f}–{found.high:.2f})"
    return f"{UNCLEAR} {interval}" if found.spans(1) else f"×{found.value:.2f} {interval}"


def more(found: Estimate, form: Format) -> str:
    """A difference with its interval; one that may as well be 0 is not printed."""
    interval = f"({form(found.low)} to {form(found.high)})"
    if found.spans(0):
        return f"{UNCLEAR} {interval}"
    return f"{'+' if found.value > 0 else ''}{form(found.value)} {interval}"


def goal_of_size(size: int, goal: float) -> str:
    """Whether a file is as small as aimed for; both in bytes."""
    return _goal(Estimate(size, size, size), goal, megabytes(goal))


def terminal_tables(tables: Sequence[Table]) -> str:
    """The tables with columns under each other."""
    lines = []
    for table in tables:
        rows = [(row.name, *row.cells, row.goal) for row in table.rows]
        names = (table.title, *table.heads, "")
        columns = list(zip(*[names, *(row + ("",) * (len(names) - len(row)) for row in rows)], strict=True))
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
        names = (table.title, *table.heads, "goal")
        if not any(row.goal for row in table.rows):
            names = names[:-1]
        lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
        for row in table.rows:
            cells = (row.name, *row.cells, row.goal)[: len(names)]
            lines.append("| " + " | ".join(cells) + " |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _to_older(rounds: Rounds, of: Figure) -> tuple[str, ...]:
    """The ratio to an older filter, if there is one."""
    older = older_of(list(rounds.samples))
    return (ratio(_times(rounds, TOLLGATE, older, of)),) if older else ()


def _times(rounds: Rounds, variant: Variant, base: Variant, of: Figure) -> Estimate:
    found = estimate.ratio(rounds.values(variant, of), rounds.values(base, of))
    return found.widened(noise(rounds, of) * found.value)


def _signed(value: float, form: str, unit: str) -> str:
    return f"{'−' if value < 0 else ''}{abs(value):,{form}} {unit}"


def _goal(found: Estimate, goal: float, written: str) -> str:
    if not goal:
        return ""
    reached = "reached" if found.high < goal else "MISSED" if found.low >= goal else "not decided by this run"
    return f"under {written}: {reached}"
