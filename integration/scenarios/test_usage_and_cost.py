"""Tokens and money: from whatever place the provider reports them, exact, or said to be unknown."""

from decimal import Decimal
from typing import Any

import pytest

from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, events
from integration.scenarios.gateway import Gateway
from integration.standin.client import StandInClient
from integration.trace import Trace

OPENAI_USAGE = {
    "prompt_tokens": 1200,
    "completion_tokens": 300,
    "total_tokens": 1500,
    "prompt_tokens_details": {"cached_tokens": 1000},
    "completion_tokens_details": {"reasoning_tokens": 120},
}
ANTHROPIC_USAGE = {
    "input_tokens": 100,
    "cache_creation_input_tokens": 250,
    "cache_read_input_tokens": 1000,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 50},
    "output_tokens": 400,
}


def test_openai_usage_is_counted_in_disjoint_buckets_and_priced(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    headers = trace.headers(usage=OPENAI_USAGE)
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello", stream=stream), headers).status == 200
    attributes = receiver.span_of(trace.trace_id).attributes
    assert of(attributes, "gen_ai.usage.") == {
        "gen_ai.usage.input_tokens": 1200,
        "gen_ai.usage.cache_read.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 300,
        "gen_ai.usage.reasoning.output_tokens": 120,
        "gen_ai.usage.cost": 0.00475,
    }
    # 200 at 2.50, 1000 at 1.25, 180 and 120 at 10 dollars a million.
    assert costs(attributes) == {
        "total": Decimal("0.00475"),
        "input": Decimal("0.0005"),
        "cache_read": Decimal("0.00125"),
        "output": Decimal("0.0018"),
        "reasoning": Decimal("0.0012"),
    }


def test_anthropic_usage_is_counted_in_disjoint_buckets_and_priced(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    headers = trace.headers(usage=ANTHROPIC_USAGE)
    assert gateway.post(ANTHROPIC.path, ANTHROPIC.ask("Hello", stream=stream), headers).status == 200
    attributes = receiver.span_of(trace.trace_id).attributes
    assert of(attributes, "gen_ai.usage.") == {
        "gen_ai.usage.input_tokens": 1350,
        "gen_ai.usage.cache_read.input_tokens": 1000,
        "gen_ai.usage.cache_write.input_tokens": 250,
        "gen_ai.usage.output_tokens": 400,
        "gen_ai.usage.cost": 0.00765,
    }
    # 100 at 3, 1000 at 0.30, 200 at 3.75, 50 at 6, 400 at 15 dollars a million.
    assert costs(attributes) == {
        "total": Decimal("0.00765"),
        "input": Decimal("0.0003"),
        "cache_read": Decimal("0.0003"),
        "cache_write_5m": Decimal("0.00075"),
        "cache_write_1h": Decimal("0.0003"),
        "output": Decimal("0.006"),
    }


@pytest.mark.parametrize("options", [None, {"include_usage": False}, {"include_obfuscation": False}])
def test_where_the_client_does_not_ask_for_usage_the_gateway_does_and_hides_the_answer(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, options: dict[str, Any] | None
) -> None:
    more = {} if options is None else {"stream_options": options}
    response = gateway.post(OPENAI.path, OPENAI.ask("Hello there", stream=True, **more), trace.headers())
    call = standin.call()
    assert call.json()["stream_options"] == (options or {}) | {"include_usage": True}
    without_usage = [event for event in call.sent.split(b"\n\n") if b'"choices":[]' not in event]
    assert len(without_usage) == len(call.sent.split(b"\n\n")) - 1
    assert response.body == b"\n\n".join(without_usage)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["gen_ai.usage.input_tokens"] == 2
    assert attributes["gen_ai.usage.output_tokens"] == 2


def test_where_the_client_asks_for_usage_it_gets_it_and_the_bytes_are_the_same(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    body = OPENAI.ask("Hello there", stream=True, stream_options={"include_usage": True})
    response = gateway.post(OPENAI.path, body, trace.headers())
    assert response.body == standin.call().sent
    assert events(response.body)[-1]["usage"]["total_tokens"] == 4
    assert receiver.span_of(trace.trace_id).attributes["gen_ai.usage.input_tokens"] == 2


def test_a_model_that_is_not_in_the_book_has_no_cost_and_that_is_said(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    gateway.post(OPENAI.path, OPENAI.ask("Hello", model="home-grown-7b"), trace.headers())
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.cost.unknown"] == "model"
    assert attributes["gen_ai.usage.input_tokens"] == 1
    assert not {"gen_ai.usage.cost", "tollgate.cost.total"} & attributes.keys()


def test_an_answer_without_usage_has_no_cost_and_that_is_said(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    gateway.post(OPENAI.path, OPENAI.ask("Hello", stream=stream), trace.headers(usage={}))
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.cost.unknown"] == "usage"
    assert not of(attributes, "gen_ai.usage.")


def test_the_operator_s_own_prices_win(open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace) -> None:
    own = {"provider": "openai", "model": "gpt-4o-acme", "input": "0.123456", "output": "1"}
    acme = open_gateway({"prices": {"overrides": [own]}})
    usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
    acme.post(OPENAI.path, OPENAI.ask("Hello", model="gpt-4o-acme"), trace.headers(usage=usage))
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.cost.total"] == "0.000001370368"


def test_the_answering_model_is_what_is_priced(gateway: Gateway, receiver: ReceiverClient, trace: Trace) -> None:
    headers = trace.headers(model="gpt-4o-2024-08-06", usage=OPENAI_USAGE)
    gateway.post(OPENAI.path, OPENAI.ask("Hello", model="gpt-4o"), headers)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["gen_ai.request.model"] == "gpt-4o"
    assert attributes["gen_ai.response.model"] == "gpt-4o-2024-08-06"
    assert attributes["tollgate.cost.total"] == "0.00475"


def of(attributes: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The attributes whose names begin so."""
    return {name: value for name, value in attributes.items() if name.startswith(prefix)}


def costs(attributes: dict[str, Any]) -> dict[str, Decimal]:
    """The cost and its parts in dollars; a part of nothing is left out."""
    prefix = "tollgate.cost."
    found = {name.removeprefix(prefix): value for name, value in of(attributes, prefix).items()}
    found.pop("entry")
    return {name: Decimal(value) for name, value in found.items() if Decimal(value)}
