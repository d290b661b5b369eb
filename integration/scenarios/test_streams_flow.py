"""Streams are never held: an event goes on when it is whole, while the provider still thinks about the next."""

import pytest

from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.standin.client import StandInClient
from integration.trace import Trace

AUTHORIZED = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}


@pytest.mark.parametrize("prompt", ["one two three", f"one two {EMAIL}"], ids=["plain", "redacted"])
def test_each_event_arrives_before_the_next_is_sent(
    gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect, prompt: str
) -> None:
    """The provider waits with each event until the client has the one before."""
    body = dialect.encoded(prompt, stream=True)
    received = b""
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, AUTHORIZED | trace.headers(gate=True), body)
        connection.read_head()
        sent = 0
        # The last word may be a placeholder's start, which waits for its end: until then nothing may wait.
        while b"two" not in received:
            received += connection.read_chunk()
            sent += 1
            assert received.count(b"\n\n") == sent
            standin.go()
    standin.wait_for_end("client_gone")


def test_an_event_cut_in_two_goes_on_when_it_is_whole(
    gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect
) -> None:
    body = dialect.encoded(f"one {EMAIL}", stream=True)
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, AUTHORIZED | trace.headers(gate=True, piece=100), body)
        connection.read_head()
        received = b""
        for _ in range(6):
            standin.go()
        while received.count(b"\n\n") < 2:
            received += connection.read_chunk()
        assert received.endswith(b"\n\n")


def test_a_very_long_event_passes(gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect) -> None:
    response = gateway.post(dialect.path, dialect.ask(f"To {EMAIL}", stream=True), trace.headers(large=900_000))
    assert dialect.said(response, "text") == "x" * 900_000 + f"To {EMAIL}"
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "answered"


def test_an_event_beyond_the_limit_passes_unread_and_that_is_noted(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    narrow = open_gateway({"limits": {"stream_event": "64KiB"}})
    response = narrow.post(dialect.path, dialect.ask(f"To {EMAIL}", stream=True), trace.headers(large=300_000))
    assert dialect.said(response, "text") == "x" * 300_000 + f"To {EMAIL}"
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.notes"] == ["stream_event_too_large"]
    assert attributes["gen_ai.usage.output_tokens"] == 2


def test_an_error_within_a_stream_reaches_the_client_and_the_span(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask("one two three", stream=True), trace.headers(error_after=3))
    assert response.body == standin.call().sent
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "failed"
    assert attributes["error.type"] == ("server_error" if dialect is OPENAI else "overloaded_error")
    assert attributes["http.response.status_code"] == 200


def test_trailers_pass(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    headers = trace.headers(trailers=[["x-checksum", "abc"]])
    response = gateway.post(dialect.path, dialect.ask(f"To {EMAIL}", stream=stream), headers)
    assert dialect.said(response, "text") == f"To {EMAIL}"
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "answered"


def test_comments_and_unknown_fields_of_a_stream_stay(gateway: Gateway, standin: StandInClient, trace: Trace) -> None:
    raw = (
        ': PROCESSING\n\nid: 7\nretry: 10\nevent: chunk\ndata: {"id":"c","choices":[{"index":0,"delta":'
        '{"content":"hi"},"finish_reason":"stop"}],"usage":null}\n\ndata: [DONE]\n\n'
    )
    standin.post_script("comments", {"raw": raw})
    response = gateway.post(OPENAI.path, OPENAI.ask(EMAIL, stream=True), trace.headers() | {"x-standin": "comments"})
    assert response.body == raw.encode()
