"""Every recorded request of a client's dialect, and every fixture, written for every provider: it fits the types of the
provider's SDK, and it means the same but for the losses that are named."""

import json
from collections.abc import Callable

import pytest

from integration.traffic.exchange import Exchange
from integration.translation import exceptions
from integration.translation.command import CLIENTS, PROVIDERS, of_dialects, translate
from integration.translation.compare import differences
from integration.translation.meaning import READERS
from integration.translation.types import REQUESTS

# Pairs of one dialect.
SAME = {(client, client) for client in CLIENTS} | {("anthropic_messages", "bedrock_anthropic")}
# So many faults are shown.
SHOWN = 20


@pytest.mark.parametrize("target", PROVIDERS)
@pytest.mark.parametrize("source", CLIENTS)
def test_a_request_fits_and_means_the_same(
    source: str, target: str, exchanges: list[Exchange], tell: Callable[[str], None]
) -> None:
    """Its types by the SDK, its meaning by a reading of its own."""
    written, refused, found = 0, 0, []
    for _, exchange in of_dialects(iter(exchanges), (source,)):
        # The path names the model where the body does not.
        words = () if json.loads(exchange.request).get("model") else ("--model", "m")
        translated = translate(source, target, exchange.request, *words)
        if translated.status != 0:
            assert translated.status == 1 and translated.reason, f"{exchange.id}: {translated}"
            refused += 1
            continue
        written += 1
        body = json.loads(translated.out)
        # A request that stays in its dialect passes as it came, with members that no SDK has.
        faults = REQUESTS[target](body) if (source, target) not in SAME else []
        before, after = READERS[source](json.loads(exchange.request)), READERS[target](body)
        faults += [text for text in differences(before, after, translated.lost) if not exceptions.is_known(exchange.id, text)]
        if faults:
            found.append(f"{exchange.id}: {faults[:3]} lost: {translated.lost[:8]}")
    tell(f"{source} to {target}: {written} written, {refused} refused with a reason, {len(found)} wrong")
    assert not found, "\n".join(text[:600] for text in found[:SHOWN])
    assert written > 0, "no exchange of this dialect"
