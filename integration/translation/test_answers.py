"""Every recorded answer, and every fixture, written for every client: its official SDK reads the same from it that the
provider's own reads from the original."""

import hashlib
import json
from collections.abc import Callable

import pytest

from integration.traffic.exchange import Exchange
from integration.translation import exceptions
from integration.translation.answers import READERS, Said
from integration.translation.command import CLIENTS, PROVIDERS, of_dialects, translate

# So many faults are shown.
SHOWN = 20


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_is_read_by_the_client_s_sdk(
    provider: str, client: str, exchanges: list[Exchange], tell: Callable[[str], None]
) -> None:
    """Text, calls and usage; whole and streamed."""
    read, found = 0, []
    for _, exchange in of_dialects(iter(exchanges), (provider,)):
        expected = exchange.expected
        if expected.get("error"):
            continue
        is_stream = expected["response_kind"] != "json" if expected else exchange.stream
        translated = translate(provider, client, exchange.answer, "--stream" if is_stream else "--answer")
        if translated.status != 0:
            found.append(f"{exchange.id}: {translated.reason}")
            continue
        try:
            said = READERS[client](translated.out, is_stream)
        except Exception as error:
            text = f"the SDK says {error!r}"
            if not exceptions.is_known(exchange.id, text):
                found.append(f"{exchange.id}: {text}")
            continue
        read += 1
        # Nobody has read the fixtures before.
        faults = [text for text in (unlike(expected, said) if expected else []) if not exceptions.is_known(exchange.id, text)]
        if faults:
            found.append(f"{exchange.id}: {faults} lost: {translated.lost[:6]}")
    tell(f"{provider} for a client of {client}: {read} read, {len(found)} wrong")
    assert not found, "\n".join(text[:600] for text in found[:SHOWN])


def unlike(expected: dict[str, object], said: Said) -> list[str]:
    """What the provider's SDK read in another way."""
    found = []
    digest = expected["output_text_sha256"]
    if digest and hashlib.sha256(said.text.encode()).hexdigest() != digest:
        found.append(f"text of {expected['output_text_bytes']} bytes became {said.text[:80]!r}")
    if expected["choices"] in (None, 0, 1) and (expected["tool_calls"] or []) != [name for name, _ in said.calls]:
        found.append(f"calls {expected['tool_calls']} became {said.calls}")
    for name, arguments in said.calls:
        try:
            json.loads(arguments or "{}")
        except ValueError:
            found.append(f"arguments of {name} are no JSON: {arguments[:80]}")
    for name, count in (("norm_input_tokens", said.input), ("norm_output_tokens", said.output)):
        if expected[name] is not None and expected[name] != count:
            found.append(f"{name} {expected[name]} became {count}")
    return found
