"""Estimates from many short runs that took turns: the mean of the lowest third, and how far it may be off.

Whatever else a machine does only makes a run slower, so the fastest runs say what the work costs. The interval says
between which values the same figure would lie in 95 of 100 repetitions, as far as these runs can tell: rounds are drawn
with replacement, all variants of a round together, and the figure is computed anew.
"""

import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

DRAWS = 1000
COVERED = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval."""

    value: float
    low: float
    high: float

    def spans(self, point: float) -> bool:
        """Whether the figure cannot be told from a point."""
        return self.low <= point <= self.high

    def widened(self, by: float) -> "Estimate":
        """The same figure, that may be off by so much more."""
        return Estimate(self.value, self.low - by, self.high + by)


def lowest_third(values: Sequence[float]) -> float:
    """The mean of the lowest third, of at least one."""
    return statistics.fmean(sorted(values)[: max(1, len(values) // 3)])


def level(values: Sequence[float]) -> Estimate:
    """What one variant takes."""
    return _estimate(lambda rounds: lowest_third([values[number] for number in rounds]), len(values))


def ratio(values: Sequence[float], base: Sequence[float]) -> Estimate:
    """What one variant takes, in times of another's; both have one value of each round."""
    return _paired(values, base, lambda one, other: one / other)


def difference(values: Sequence[float], base: Sequence[float]) -> Estimate:
    """What one variant takes more than another; both have one value of each round."""
    return _paired(values, base, lambda one, other: one - other)


def halves(values: Sequence[float]) -> Estimate:
    """What the method says of two things that are the same: every other round against the rest."""
    count = len(values) // 2
    return ratio(values[: 2 * count : 2], values[1 : 2 * count : 2])


def _paired(values: Sequence[float], base: Sequence[float], combined: Callable[[float, float], float]) -> Estimate:
    if len(values) != len(base):
        raise ValueError(f"{len(values)} rounds of one and {len(base)} of the other")

    def of(rounds: Sequence[int]) -> float:
        return combined(
            lowest_third([values[number] for number in rounds]), lowest_third([base[number] for number in rounds])
        )

    return _estimate(of, len(values))


def _estimate(of: Callable[[Sequence[int]], float], rounds: int) -> Estimate:
    # Seeded, so that a report of the same runs has the same intervals.
    draw = random.Random(rounds)
    drawn = sorted(of(draw.choices(range(rounds), k=rounds)) for _ in range(DRAWS))
    outside = int(DRAWS * (1 - COVERED) / 2)
    value = of(range(rounds))
    return Estimate(value, min(value, drawn[outside]), max(value, drawn[-1 - outside]))
