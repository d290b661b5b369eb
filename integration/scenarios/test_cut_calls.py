"""Calls that do not come to their end: recorded, once, with what was seen and why."""

import time

import anthropic
import openai
import pytest

from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.scenarios.raw import Response
from integration.settings import Settings
from integration.standin.client import StandInClient
from integration.trace import Trace

AUTHORIZED = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}


def test_a_client_that_leaves_in_the_middle_of_a_stream(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    body = dialect.encoded(f"To {EMAIL}: hello", stream=True)
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, AUTHORIZED | trace.headers(gate=True), body)
        assert connection.read_head().status == 200
        connection.read_chunk()
        standin.go()
        connection.read_chunk()
    standin.wait_for_end("client_gone")
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["tollgate.outcome"] == "cut_by_client"
    assert span.attributes["error.type"] == "client_disconnected"
    assert span.attributes["gen_ai.response.finish_reasons"] == ["error"]
    assert span.attributes["gen_ai.response.model"] == dialect.model
    assert span.attributes["http.response.status_code"] == 200
    assert span.status["code"] == 2


def test_a_client_that_leaves_before_the_answer_begins(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    headers = AUTHORIZED | trace.headers(never=True)
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, headers, dialect.encoded("Hello"))
        wait_for_call(standin)
    standin.wait_for_end("client_gone")
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_client"
    assert attributes["tollgate.key.id"] == "search-prod"
    assert "http.response.status_code" not in attributes


def test_a_client_that_leaves_before_its_request_is_whole(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    with gateway.connect() as connection:
        headers = AUTHORIZED | trace.headers() | {"content-length": "5000"}
        connection.send_request("POST", dialect.path, headers, dialect.encoded("Hello"))
        time.sleep(0.05)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_client"
    assert standin.calls() == []


def test_an_sdk_that_gives_up_waiting(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    client = gateway.openai(timeout=0.3)
    with pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Hello"}], extra_headers=trace.headers(never=True)
        )
    standin.wait_for_end("client_gone")
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "cut_by_client"


def test_a_client_that_leaves_when_it_has_all_is_no_cut(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    """OpenAI's client goes at `[DONE]`, before the body's own end has come."""
    chunks = gateway.openai().chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Hello there"}],
        stream=True,
        extra_headers=trace.headers(pause=0.1),
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Hello there"
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["tollgate.outcome"] == "answered"
    assert "error.type" not in span.attributes
    assert span.status["code"] == 0


def test_a_provider_that_resets_a_stream(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    """The client notices: its stream is cut, not ended."""
    response = gateway.post(dialect.path, dialect.ask(f"To {EMAIL}: hello", stream=True), trace.headers(cut_after=3))
    assert response.status == 200
    assert not response.complete
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["tollgate.outcome"] == "cut_by_provider"
    assert span.attributes["error.type"].startswith("upstream_reset")
    assert span.attributes["gen_ai.response.finish_reasons"] == ["error"]
    assert span.attributes["tollgate.redacted.email"] == 1
    assert span.status["code"] == 2


def test_a_provider_that_ends_a_stream_too_early(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    """In good form for HTTP: only the dialect tells that something is missing."""
    response = gateway.post(dialect.path, dialect.ask("one two three", stream=True), trace.headers(end_after=3))
    assert response.complete
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_provider"
    assert attributes["error.type"] == "stream_truncated"


def test_a_provider_that_resets_a_whole_answer(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    """Usage that has not come is not known."""
    headers = trace.headers(piece=40, cut_after=2)
    response = gateway.post(dialect.path, dialect.ask("Hello"), headers)
    assert not response.complete or response.status >= 500
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_provider"
    assert attributes["tollgate.cost.unknown"] == "usage"


def test_a_provider_that_resets_before_it_answers(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers(reset=True))
    assert_unreachable(response, receiver, trace)
    assert len(standin.calls()) == 1


def test_a_provider_that_nobody_reaches(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    """Envoy's own answer is one that the official clients understand."""
    gateway = open_gateway({"providers": [provider("unreachable", OPENAI), provider("unreachable-too", ANTHROPIC)]})
    assert_unreachable(gateway.post(dialect.path, dialect.ask("Hello"), trace.headers()), receiver, trace)
    messages = [{"role": "user", "content": "Hello"}]
    with pytest.raises((openai.InternalServerError, anthropic.InternalServerError)) as raised:
        if dialect is OPENAI:
            gateway.openai().chat.completions.create(model="gpt-4o", messages=messages)
        else:
            gateway.anthropic().messages.create(model=dialect.model, max_tokens=9, messages=messages)
    assert "The provider gave no answer" in raised.value.message


def test_a_provider_without_a_cluster(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    gateway = open_gateway({"providers": [provider("not-a-cluster", OPENAI)]})
    assert_unreachable(gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers()), receiver, trace)
    assert standin.calls() == []


def provider(name: str, dialect: Dialect) -> Settings:
    """A provider whose cluster has this name."""
    return {"name": name, "kind": dialect.name, "credential": {"env": f"{dialect.name.upper()}_API_KEY"}}


def assert_unreachable(response: Response, receiver: ReceiverClient, trace: Trace) -> None:
    """The client is told so, and the span says so."""
    assert response.status == 503
    assert response.json()["error"]["code"] == "provider_unreachable"
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["tollgate.outcome"] == "cut_by_provider"
    # Envoy's own word, not the code and type of the answer that it has made up.
    assert span.attributes["error.type"] in UNREACHABLE
    assert not [name for name in span.attributes if name.startswith("tollgate.provider.error")]
    assert span.attributes["http.response.status_code"] == 503
    assert span.status["code"] == 2


UNREACHABLE = {"upstream_reset_before_response_started", "no_healthy_upstream", "cluster_not_found"}


def wait_for_call(standin: StandInClient) -> None:
    """Waits until the provider has got the request."""
    deadline = time.monotonic() + 5
    while not standin.calls():
        assert time.monotonic() < deadline, "nothing has reached the provider"
        time.sleep(0.01)
