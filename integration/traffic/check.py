"""All differences of exchanges that have been played, and how they are told."""

from collections import Counter
from collections.abc import Iterable

from integration.traffic.compare import Difference, Played, at_the_client, at_the_provider, on_the_span
from integration.traffic.exceptions import Exceptions


def differences(played: Iterable[Played]) -> list[Difference]:
    """What is not as it was recorded, on all sides, exchange by exchange."""
    exceptions = Exceptions()
    return [
        difference
        for each in played
        for difference in (*at_the_client(each), *at_the_provider(each), *on_the_span(each, exceptions))
    ]


def told(differences: list[Difference], limit: int) -> str:
    """The first of them, and counts of them all."""
    lines = [str(each) for each in differences[:limit]]
    if len(differences) > limit:
        lines.append(f"… and {len(differences) - limit} more")
    for head, counts in {
        "side and field": Counter(f"{each.side}: {each.field}" for each in differences),
        "provider and operation": Counter(each.place for each in differences),
    }.items():
        lines += ["", f"{len(differences)} differences by {head}"]
        lines += [f"{count:6}  {name}" for name, count in counts.most_common()]
    exchanges = {each.exchange.id for each in differences}
    return "\n".join([*lines, "", f"{len(exchanges)} exchanges with a difference"])
