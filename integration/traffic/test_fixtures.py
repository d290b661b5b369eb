"""The project's own exchanges go through a real Envoy, as recorded traffic does where there is some."""

import re
from typing import Any

from integration.traffic.compare import Played, at_the_client, at_the_provider
from integration.traffic.conftest import fail_on, traps
from integration.traffic.play import Harness

# An answer that counts tokens.
COUNTS = re.compile(rb"tokens|Tokens|token_count|TokenCount|eval_count")
# Operations whose answers say why they end.
ENDING = ("chat", "generate_content", "text_completion")
# Operations that run no model themselves: their answers have texts and usage of other calls only.
STORING = ("batches", "cached_contents", "conversations")


def test_clients_get_the_answers_byte_for_byte(own_played: list[Played]) -> None:
    """Where something was redacted, placeholders in the answer are restored: that is the scenarios' affair."""
    fail_on([difference for each in own_played if not each.redacted for difference in at_the_client(each)])


def test_providers_are_asked_what_the_clients_asked(own_played: list[Played]) -> None:
    fail_on([difference for each in own_played for difference in at_the_provider(each)])


def test_spans_have_model_usage_and_finish_reason(own_played: list[Played]) -> None:
    missing = {each.exchange.id: lacking for each in own_played if (lacking := _lacking(each))}
    assert not missing, missing


def test_no_vm_has_trapped(own_played: list[Played], own_harness: Harness) -> None:
    assert own_played
    assert not traps(own_harness)


def test_spans_tell_of_redaction_where_it_is_on(own_played: list[Played], redacting: bool) -> None:
    assert any(each.redacted for each in own_played) == redacting


def _lacking(played: Played) -> list[str]:
    """What the span should have and has not."""
    attributes: dict[str, Any] = played.span.attributes if played.span else {}
    wanted = {
        "operation": "tollgate.api.operation" in attributes,
        "outcome": attributes.get("tollgate.outcome") == "answered",
        "model": bool(attributes.keys() & {"gen_ai.request.model", "gen_ai.response.model"}),
        "usage": any(name.startswith(("gen_ai.usage.", "tollgate.usage.")) for name in attributes),
        "finish": bool(attributes.get("gen_ai.response.finish_reasons")),
    }
    if not COUNTS.search(played.exchange.answer):
        del wanted["usage"]
    # Mistral's conversations do not say why they end.
    has_no_reason = any(each in played.exchange.path for each in ("predictions", "conversations"))
    if attributes.get("gen_ai.operation.name") not in ENDING or has_no_reason:
        del wanted["finish"]
    if "guardrail" in played.exchange.path:
        del wanted["model"]
    if attributes.get("gen_ai.operation.name") in STORING:
        wanted = {name: wanted[name] for name in ("operation", "outcome")}
    return [name for name, is_there in wanted.items() if not is_there]
