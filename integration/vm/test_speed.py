"""The measurement of speed: what is too slow, or not linear, is a fault, and the slowest stands out."""

from integration.vm import baits, speed
from integration.vm.baits import Bait
from integration.vm.speed import NUMBERED, Row


def row(bait: Bait, *speeds: float) -> Row:
    """Figures of all lengths."""
    return Row(NUMBERED, bait, dict(zip(speed.LENGTHS, speeds, strict=True)))


def test_a_text_that_is_too_slow_at_one_length_is_a_fault() -> None:
    assert row(Bait("[["), 40.0, 30.0, 25.0, 21.0).faults == []
    assert row(Bait("[["), 40.0, 30.0, 25.0, 19.0).faults == ["19.0 MB/s at 32 MB"]


def test_time_that_is_not_linear_is_a_fault() -> None:
    assert row(Bait("[["), 90.0, 90.0, 80.0, 30.0).faults == ["a byte of 32 MB takes 3.0 × one of 1 MB"]
    assert row(Bait("[["), 900.0, 900.0, 800.0, 200.0).faults == []


def test_values_that_are_new_each_time_have_a_limit_of_their_own() -> None:
    assert row(Bait("{n}", by_value=True), 20.0, 15.0, 10.0, 7.0).faults == []
    assert row(Bait("{n}", by_value=True), 20.0, 15.0, 10.0, 4.0).faults != []


def test_the_slowest_comes_first_in_bold() -> None:
    rows = [row(Bait("quick"), 90.0, 90.0, 90.0, 90.0), row(Bait("slow"), 40.0, 30.0, 25.0, 21.0)]
    lines = speed.table(rows, list(speed.LENGTHS), "V8").splitlines()
    assert lines[4] == "| `slow` | numbered | 40.0 | 30.0 | 25.0 | **21.0** |"
    assert lines[5] == "| `quick` | numbered | 90.0 | 90.0 | 90.0 | 90.0 |"


def test_no_two_texts_have_one_name() -> None:
    names = [bait.name for bait in baits.ALL]
    assert len(names) == len(set(names))
