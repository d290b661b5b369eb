"""Tables: what is not distinguishable is said to be so, and the file keeps what stands around the figures."""

from pathlib import Path

import pytest

from integration.bench import estimate, report, table
from integration.bench.estimate import Estimate
from integration.bench.samples import Rounds, Sample
from integration.bench.variants import NONE, TOLLGATE, Variant, older_of

OLDER = Variant("older.wasm", Path("older.wasm"), redacts=True)


def rounds(costs: dict[Variant, list[float]], busy: float = 0.5) -> Rounds:
    """Runs of one call each, with the CPU that it took, in seconds."""
    found = Rounds()
    for variant, values in costs.items():
        for cpu in values:
            found.add(variant, Sample(1, 1.0, cpu, 1, cpu, busy, 0.0, 0.0))
    return found


def test_a_ratio_that_may_be_one_is_not_printed() -> None:
    assert table.ratio(Estimate(1.02, 0.98, 1.05)) == "not distinguishable (0.98–1.05)"
    assert table.ratio(Estimate(2.5, 2.4, 2.6)) == "×2.50 (2.40–2.60)"


def test_a_difference_that_may_be_nothing_is_not_printed() -> None:
    assert table.more(Estimate(1e-6, -1e-6, 2e-6), table.microseconds) == "not distinguishable (−1.0 µs to 2.0 µs)"
    assert table.more(Estimate(3e-6, 2e-6, 4e-6), table.nanoseconds) == "+3.00 µs (2.00 µs to 4.00 µs)"
    assert table.more(Estimate(-3e-6, -4e-6, -2e-6), table.microseconds) == "−3.0 µs (−4.0 µs to −2.0 µs)"


def test_an_older_filter_has_a_column_and_a_comparison() -> None:
    found = rounds({NONE: [1e-5] * 6, OLDER: [4e-5] * 6, TOLLGATE: [2e-5] * 6})
    row = table.compared("CPU", found, lambda sample: sample.cpu, table.microseconds, 1.6)
    assert older_of(list(found.samples)) == OLDER
    assert table.heads(list(found.samples)) == ("no filter", "older.wasm", "Tollgate", "Tollgate to older.wasm")
    assert row.cells[0] == "10.0 µs"
    assert row.cells[2] == "20.0 µs  ×2.00 (2.00–2.00)"
    assert row.cells[3] == "×0.50 (0.50–0.50)"
    assert row.goal == "under ×1.60: MISSED"


def test_a_goal_within_the_interval_is_not_decided() -> None:
    found = rounds({NONE: [1.0] * 6, TOLLGATE: [1.55, 1.57, 1.63, 1.66, 1.7, 1.7]})
    assert "not decided" in table.compared("CPU", found, lambda sample: sample.cpu, table.microseconds, 1.6).goal


def test_a_core_that_somebody_waits_for_has_no_latency_to_show() -> None:
    assert report.saturated(rounds({NONE: [1.0] * 3}, busy=0.99))
    assert not report.saturated(rounds({NONE: [1.0] * 3}, busy=0.7))


def test_a_variant_against_itself_is_not_distinguishable() -> None:
    same = rounds({NONE: [1.0, 1.02, 1.01, 1.0, 1.03, 1.0, 1.01, 1.02]})
    assert estimate.halves(same.base(lambda sample: sample.cpu)).spans(1)


def test_what_a_variant_differs_from_itself_is_not_taken_for_a_difference() -> None:
    restless = [1.0, 1.2] * 6
    found = rounds({NONE: restless, TOLLGATE: [1.1 * cpu for cpu in restless]})
    row = table.compared("CPU", found, lambda sample: sample.cpu, table.microseconds)
    assert row.cells[1].endswith("not distinguishable (0.92–1.28)")
    assert table.added("CPU", found, lambda sample: sample.cpu, table.microseconds).cells[1].startswith(table.UNCLEAR)


def test_only_the_figures_of_the_file_are_written_anew() -> None:
    before = f"# Title\n\n{report.BEGIN}\nold\n{report.END}\n\n## Method\n"
    after = report.recorded(before, "new \\1")
    assert after == f"# Title\n\n{report.BEGIN}\nnew \\1\n{report.END}\n\n## Method\n"
    with pytest.raises(ValueError, match="needs one place"):
        report.recorded("# Title\n", "new")


def test_the_file_has_a_place_for_the_figures() -> None:
    assert "new" in report.recorded(report.FILE.read_text(), "new")
