"""The span of a call: every attribute, under current and deprecated names."""

import time
from typing import Any

import pytest

from integration.keys import SEARCH, SUPPORT
from integration.receiver.client import ReceiverClient
from integration.receiver.span import Span
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.standin.client import StandInClient
from integration.trace import Trace

CALLER = {
    "tollgate.key.id": "search-prod",
    "tollgate.team": "search",
    "user.id": "svc-search",
    "tollgate.feature": "autocomplete",
}

OPENAI_ATTRIBUTES = {
    "gen_ai.operation.name": "chat",
    "tollgate.api.operation": "chat_completions",
    "gen_ai.provider.name": "openai",
    "openai.api.type": "chat_completions",
    "server.address": "api.openai.com",
    "server.port": 443,
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.id": "chatcmpl-standin1",
    "tollgate.provider.request_id": "req_standin1",
    "gen_ai.response.model": "gpt-4o",
    "gen_ai.response.finish_reasons": ["stop"],
    "openai.response.service_tier": "default",
    "openai.response.system_fingerprint": "fp_standin",
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.cache_read.input_tokens": 0,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.usage.reasoning.output_tokens": 0,
    "gen_ai.usage.cost": 0.0000375,
    "tollgate.cost.total": "0.0000375",
    "tollgate.cost.input": "0.0000075",
    "tollgate.cost.output": "0.00003",
    "tollgate.outcome": "answered",
    "http.response.status_code": 200,
} | CALLER

ANTHROPIC_ATTRIBUTES = {
    "gen_ai.operation.name": "chat",
    "tollgate.api.operation": "messages",
    "gen_ai.provider.name": "anthropic",
    "server.address": "api.anthropic.com",
    "server.port": 443,
    "gen_ai.request.model": "claude-sonnet-4-6",
    "gen_ai.request.max_tokens": 100,
    "gen_ai.response.id": "msg_standin1",
    "tollgate.provider.request_id": "req_standin1",
    "gen_ai.response.model": "claude-sonnet-4-6",
    "gen_ai.response.finish_reasons": ["end_turn"],
    "gen_ai.usage.input_tokens": 3,
    "gen_ai.usage.cache_read.input_tokens": 0,
    "gen_ai.usage.cache_write.input_tokens": 0,
    "gen_ai.usage.output_tokens": 3,
    "gen_ai.usage.cost": 0.000054,
    "tollgate.cost.total": "0.000054",
    "tollgate.cost.input": "0.000009",
    "tollgate.cost.output": "0.000045",
    "tollgate.outcome": "answered",
    "http.response.status_code": 200,
} | CALLER

EXPECTED = {"openai": OPENAI_ATTRIBUTES, "anthropic": ANTHROPIC_ATTRIBUTES}


@pytest.mark.usefixtures("standin")
def test_a_whole_call_leaves_exactly_this_span(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    before = time.time_ns()
    gateway.post(dialect.path, dialect.ask("Hello dear world"), trace.headers(delay=0.05))
    after = time.time_ns()
    span = receiver.span_of(trace.trace_id)
    assert attributes_of(span) == EXPECTED[dialect.name]
    assert span.name == f"chat {dialect.model}"
    assert span.kind == "CLIENT"
    assert span.status == {"code": 0, "message": ""}
    assert (span.events, span.links) == ([], 0)
    assert before <= span.start and span.end <= after
    assert span.end - span.start >= 50_000_000
    assert span.resource == {"service.name": "tollgate-integration"} | {
        name: value for name, value in span.resource.items() if name != "service.name"
    }
    assert span.scope["name"]


@pytest.mark.usefixtures("standin")
def test_a_streamed_call_leaves_the_same_span_and_the_time_to_its_first_chunk(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    gateway.post(dialect.path, dialect.ask("Hello dear world", stream=True), trace.headers(delay=0.2, pause=0.02))
    span = receiver.span_of(trace.trace_id)
    attributes = attributes_of(span)
    first_chunk = attributes.pop("gen_ai.response.time_to_first_chunk")
    first_token = attributes.pop("tollgate.response.time_to_first_token")
    between, longest = (attributes.pop(f"tollgate.response.{each}") for each in ("time_between_tokens", "longest_gap"))
    assert first_token >= first_chunk
    assert 0.015 <= between <= longest
    assert attributes == EXPECTED[dialect.name] | {"gen_ai.request.stream": True}
    assert first_chunk >= 0.2
    assert (span.end - span.start) / 1e9 >= first_chunk + 0.05


def test_parameters_of_the_request_are_on_the_span(gateway: Gateway, receiver: ReceiverClient, trace: Trace) -> None:
    asked = {
        "max_completion_tokens": 50,
        "temperature": 0.25,
        "top_p": 0.9,
        "frequency_penalty": 0.5,
        "presence_penalty": -0.5,
        "seed": 42,
        "n": 2,
        "stop": ["END", "STOP"],
        "reasoning_effort": "low",
        "response_format": {"type": "json_object"},
        "service_tier": "flex",
    }
    gateway.post(OPENAI.path, OPENAI.ask("Hello", **asked), trace.headers())
    attributes = receiver.span_of(trace.trace_id).attributes
    expected = {
        "gen_ai.request.max_tokens": 50,
        "gen_ai.request.temperature": 0.25,
        "gen_ai.request.top_p": 0.9,
        "gen_ai.request.frequency_penalty": 0.5,
        "gen_ai.request.presence_penalty": -0.5,
        "gen_ai.request.seed": 42,
        "gen_ai.request.choice.count": 2,
        "gen_ai.request.stop_sequences": ["END", "STOP"],
        "gen_ai.request.reasoning.level": "low",
        "gen_ai.output.type": "json",
        "openai.request.service_tier": "flex",
        "gen_ai.response.finish_reasons": ["stop", "stop"],
    }
    assert {name: attributes.get(name) for name in expected} == expected


def test_parameters_of_anthropic_are_on_the_span(gateway: Gateway, receiver: ReceiverClient, trace: Trace) -> None:
    asked = {"temperature": 1, "top_k": 5, "top_p": 0.5, "stop_sequences": ["END"]}
    gateway.post(ANTHROPIC.path, ANTHROPIC.ask("Hello", **asked), trace.headers())
    attributes = receiver.span_of(trace.trace_id).attributes
    expected = {
        "gen_ai.request.max_tokens": 100,
        "gen_ai.request.temperature": 1.0,
        "gen_ai.request.top_k": 5,
        "gen_ai.request.top_p": 0.5,
        "gen_ai.request.stop_sequences": ["END"],
    }
    assert {name: attributes.get(name) for name in expected} == expected


def test_tools_that_the_model_called_are_named(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    body = dialect.ask("Hello", tools=True, stream=stream)
    gateway.post(dialect.path, body, trace.headers(tools_called=2))
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.tool_calls"] == ["send_mail", "send_mail"]
    reason = "tool_calls" if dialect is OPENAI else "tool_use"
    assert attributes["gen_ai.response.finish_reasons"] == [reason]


def test_the_client_names_user_and_feature_where_the_key_does_not(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    named = {
        "authorization": f"Bearer {SUPPORT.secret}",
        "x-tollgate-user": "ann",
        "x-tollgate-feature": "ticket-summary",
    }
    gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers() | named)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.key.id"] == "support-desk"
    assert attributes["tollgate.team"] == "support"
    assert attributes["user.id"] == "ann"
    assert attributes["tollgate.feature"] == "ticket-summary"
    assert not [name for name, _ in standin.call().headers if name.startswith("x-tollgate")]


def test_what_the_key_says_cannot_be_overruled_by_the_client(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    named = {"authorization": f"Bearer {SEARCH.secret}", "x-tollgate-user": "mallory", "x-tollgate-feature": "other"}
    gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers() | named)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert {name: attributes[name] for name in CALLER} == CALLER


LEGACY = {
    "gen_ai.provider.name": "gen_ai.system",
    "gen_ai.usage.input_tokens": "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.output_tokens": "gen_ai.usage.completion_tokens",
    "openai.response.service_tier": "gen_ai.openai.response.service_tier",
    "openai.response.system_fingerprint": "gen_ai.openai.response.system_fingerprint",
}


@pytest.mark.parametrize("names", ["legacy", "both"])
@pytest.mark.usefixtures("standin")
def test_deprecated_names_are_a_setting(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, names: str
) -> None:
    renamed = open_gateway({"telemetry": {"names": names}})
    renamed.post(OPENAI.path, OPENAI.ask("Hello dear world"), trace.headers())
    legacy = {LEGACY.get(name, name): value for name, value in OPENAI_ATTRIBUTES.items()}
    expected = legacy if names == "legacy" else OPENAI_ATTRIBUTES | legacy
    assert attributes_of(receiver.span_of(trace.trace_id)) == expected


def attributes_of(span: Span) -> dict[str, Any]:
    """A span's attributes, without the book's entry, whose wording is the book's affair."""
    attributes = dict(span.attributes)
    assert attributes.pop("tollgate.cost.entry")
    return attributes
