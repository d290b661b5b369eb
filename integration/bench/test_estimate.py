"""Estimates: what is the same is not told apart, what differs is, and how much."""

import random

import pytest

from integration.bench import estimate

ROUNDS = 24


def noisy(level: float, seed: int) -> list[float]:
    """Runs of something that takes so long, some of them slowed by what else the machine does."""
    draw = random.Random(seed)
    return [level * (1 + 0.01 * draw.random() + draw.choice([0, 0, 0, 0.2, 0.9]) * draw.random()) for _ in range(ROUNDS)]


def test_the_lowest_third_is_a_mean_of_the_fastest_runs() -> None:
    assert estimate.lowest_third([9, 1, 2, 8, 7, 3]) == 1.5
    assert estimate.lowest_third([5, 4]) == 4


def test_a_figure_lies_within_its_interval_and_is_the_same_again() -> None:
    found = estimate.level(noisy(100, 1))
    assert found.low <= found.value <= found.high
    assert 100 <= found.value < 102
    assert found == estimate.level(noisy(100, 1))


def test_two_of_the_same_are_seldom_told_apart() -> None:
    told = [
        not estimate.ratio(noisy(100, 2 * seed), noisy(100, 2 * seed + 1)).spans(1)
        for seed in range(100)
    ]
    assert sum(told) <= 15


@pytest.mark.parametrize("times", [1.05, 1.6, 3.0])
def test_what_takes_longer_is_told_by_how_much(times: float) -> None:
    for seed in range(20):
        found = estimate.ratio(noisy(100 * times, seed), noisy(100, seed + 1000))
        assert not found.spans(1)
        assert found.low * 0.99 <= times <= found.high * 1.01


def test_a_difference_has_the_unit_of_its_values() -> None:
    found = estimate.difference(noisy(130, 1), noisy(100, 2))
    assert 28 < found.low < 30.5 < found.high < 33
    assert estimate.difference(noisy(100, 3), noisy(100, 4)).spans(0)


def test_what_happens_to_a_whole_round_cancels_out() -> None:
    slowed = [1 + number % 3 for number in range(ROUNDS)]
    base = [100.0 * times for times in slowed]
    found = estimate.ratio([1.5 * value for value in base], base)
    assert (found.low, found.value, found.high) == pytest.approx((1.5, 1.5, 1.5))


def test_one_round_says_nothing_of_its_own_error_and_unequal_rounds_are_a_mistake() -> None:
    assert estimate.ratio([2.0], [1.0]) == estimate.Estimate(2.0, 2.0, 2.0)
    with pytest.raises(ValueError, match="2 rounds of one and 1 of the other"):
        estimate.ratio([1.0, 2.0], [1.0])
