"""Answers that are not as they should be: the client gets them as they are, the record says what they were."""

import gzip

import anthropic
import openai
import pytest

from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.standin.client import StandInClient
from integration.trace import Trace

ERRORS = [
    (OPENAI, 429, openai.RateLimitError, "rate_limit_exceeded"),
    (OPENAI, 500, openai.InternalServerError, "server_error"),
    (OPENAI, 503, openai.InternalServerError, "overloaded"),
    (ANTHROPIC, 429, anthropic.RateLimitError, "rate_limit_error"),
    (ANTHROPIC, 500, anthropic.InternalServerError, "api_error"),
    (ANTHROPIC, 529, anthropic.InternalServerError, "overloaded_error"),
]


@pytest.mark.parametrize(("dialect", "status", "raised", "kind"), ERRORS)
def test_a_provider_s_error_is_the_client_s(
    gateway: Gateway,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    status: int,
    raised: type[Exception],
    kind: str,
    stream: bool,
) -> None:
    headers = trace.headers(status=status, headers=[["retry-after", "7"]])
    messages = [{"role": "user", "content": f"I am {EMAIL}"}]
    with pytest.raises(raised) as error:
        if dialect is OPENAI:
            gateway.openai().chat.completions.create(
                model="gpt-4o", messages=messages, stream=stream, extra_headers=headers
            )
        else:
            gateway.anthropic().messages.create(
                model=dialect.model, max_tokens=9, messages=messages, stream=stream, extra_headers=headers
            )
    assert error.value.response.headers["retry-after"] == "7"
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "failed"
    assert attributes["error.type"] == kind
    assert attributes["http.response.status_code"] == status
    assert "tollgate.cost.unknown" not in attributes, "nothing was bought"
    assert "gen_ai.response.finish_reasons" not in attributes


def test_html_in_place_of_json(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask(EMAIL), trace.headers(status=502, body="html"))
    assert (response.status, response.body) == (502, standin.call().sent)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "failed"
    assert attributes["error.type"] == "502"
    assert attributes["tollgate.notes"] == ["response_content_type"]


def test_gzip_although_identity_was_asked_for(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers(body="gzip"))
    assert response.header("content-encoding") == "gzip"
    assert response.body == standin.call().sent
    assert b"Hello" in gzip.decompress(response.body)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert "tollgate.notes" not in attributes
    assert attributes["gen_ai.usage.output_tokens"] > 0
    assert attributes["tollgate.outcome"] == "answered"


def test_gzip_is_decoded_where_something_is_put_back(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask(f"I am {EMAIL}."), trace.headers(body="gzip"))
    assert response.header("content-encoding") is None
    assert EMAIL.encode() in response.body
    assert "tollgate.notes" not in receiver.span_of(trace.trace_id).attributes


@pytest.mark.parametrize(
    ("body", "note"),
    [("empty", "response_empty"), ("half", "response_unreadable"), ("html", "response_content_type")],
)
def test_a_body_that_is_not_the_dialect_s(
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    body: str,
    note: str,
) -> None:
    response = gateway.post(dialect.path, dialect.ask(EMAIL), trace.headers(body=body))
    assert (response.status, response.body) == (200, standin.call().sent)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.notes"] == [note]
    assert attributes["tollgate.cost.unknown"] == "usage"


def test_json_under_the_media_type_of_plain_text_is_read_all_the_same(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask(f"I am {EMAIL}."), trace.headers(body="text"))
    assert response.header("content-type") == "text/plain"
    assert EMAIL.encode() in response.body
    attributes = receiver.span_of(trace.trace_id).attributes
    assert "tollgate.notes" not in attributes
    assert attributes["gen_ai.usage.output_tokens"] > 0


def test_an_answer_beyond_the_limit_passes_unread_and_that_is_noted(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    narrow = open_gateway({"limits": {"response_body": "64KiB"}})
    standin.post_script("long", {"text": "x" * 200_000})
    response = narrow.post(dialect.path, dialect.ask(EMAIL), trace.headers() | {"x-standin": "long"})
    assert response.body == standin.call().sent
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.notes"] == ["response_too_large"]
    assert attributes["tollgate.cost.unknown"] == "usage"


@pytest.mark.since("1.37")
def test_a_long_answer_within_the_limit_is_restored(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    standin.post_script("long", {"piece": 50_000})
    prompt = f"I am {EMAIL}. " + "x " * 2_000_000
    response = gateway.post(dialect.path, dialect.ask(prompt), {"x-standin": "long"})
    assert dialect.said(response, "text") == prompt


@pytest.mark.parametrize(
    "raw",
    [
        "data: {not json}\n\ndata: [DONE]\n\n",
        "data: 7\n\ndata: null\n\ndata: []\n\n",
        "garbage without any field",
        "\n\n\n",
        "",
        'data: {"choices":[{"index":-1,"delta":{"content":7}}],"usage":{"prompt_tokens":-5}}\n\n',
        'data: {"choices":[],"usage":{"prompt_tokens":1e99,"completion_tokens":99999999999999999999}}\n\n',
        'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":"many"}}\n\n',
        'data: {"choices":[{"index":99999999999,"delta":{"tool_calls":[{"index":88888888888}]}}]}\n\n',
    ],
    ids=range(9),
)
def test_a_stream_of_nonsense_passes_as_it_is(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect, raw: str
) -> None:
    standin.post_script("nonsense", {"raw": raw})
    headers = trace.headers() | {"x-standin": "nonsense"}
    response = gateway.post(dialect.path, dialect.ask(EMAIL, stream=True), headers)
    assert response.complete
    assert response.body == raw.encode()
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] in ("answered", "cut_by_provider")
