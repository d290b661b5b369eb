"""Bodies that need no change pass as the very same bytes, both ways."""

import json

import pytest

from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import Dialect
from integration.scenarios.gateway import Gateway
from integration.standin.client import StandInClient
from integration.trace import Trace

# What a parser and a writer between would change: spaces, escapes, numbers, order, unknown fields.
ODD = """{ "messages" :[\t{"role":"user",\r\n"content":"caf\\u00e9 \\/ \\ud83d\\ude42 \U0001f642 \\"x\\""} ],
  "temperature": 1.0e0, "seed":12345678901234567890, "zero": -0.0, "unknown":{"b":1,"a":[ ]},
  "max_tokens" :100 , "model" : "%s"  }
"""


def test_a_request_with_nothing_to_redact(
    gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect
) -> None:
    body = (ODD % dialect.model).encode()
    assert gateway.post(dialect.path, body, trace.headers(text="fine")).status == 200
    assert standin.call().body == body
    assert standin.call().header("content-length") == str(len(body))


def test_a_request_sent_in_chunks(gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect) -> None:
    body = (ODD % dialect.model).encode()
    headers = trace.headers(text="fine") | {"transfer-encoding": "chunked"}
    assert gateway.post(dialect.path, body, headers).status == 200
    assert standin.call().body == body


def test_a_request_whose_client_waits_to_be_asked_for_the_body(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    """As curl does with long bodies."""
    body = (ODD % dialect.model).encode()
    headers = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
    waiting = {"expect": "100-continue", "content-length": str(len(body))}
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, headers | waiting, b"")
        assert connection.read_head().status == 100
        connection.send(body)
        assert connection.read_response().status == 200
    assert standin.call().body == body
    assert standin.call().header("expect") is None


def test_only_what_is_redacted_changes(
    gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect
) -> None:
    before, after = (ODD % dialect.model).encode().split(b"caf")
    body = before + b"ann@example.org caf" + after
    assert gateway.post(dialect.path, body, trace.headers(text="fine")).status == 200
    sent = standin.call().body
    assert sent.startswith(before) and sent.endswith(b" caf" + after)
    assert b"ann@example.org" not in sent


@pytest.mark.parametrize("piece", [0, 1, 50])
def test_a_whole_answer(gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect, piece: int) -> None:
    raw = '\n\n  {"id":"a",\n "choices" : [], "content":[],"n":1.0,"caf\\u00e9":"\\/"}  \n'
    standin.post_script("odd", {"raw": raw, "piece": piece})
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers() | {"x-standin": "odd"})
    assert response.body == raw.encode()


@pytest.mark.parametrize("shape", [{}, {"crlf": True}, {"tight": True}, {"piece": 1}, {"delta": 1, "piece": 13}])
def test_a_stream(
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    shape: dict[str, object],
) -> None:
    body = dialect.ask("caf\u00e9 one two", stream=True, stream_options={"include_usage": True})
    response = gateway.post(dialect.path, body, trace.headers(reasoning=True, **shape))
    assert response.body == standin.call().sent
    assert standin.call().json() == body
    assert receiver.span_of(trace.trace_id).attributes["gen_ai.usage.input_tokens"] == 3


def test_an_error_answer(gateway: Gateway, standin: StandInClient, trace: Trace, dialect: Dialect) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers(status=500))
    assert (response.status, response.body) == (500, standin.call().sent)
    assert json.loads(response.body)["error"]


def test_headers_of_the_answer_pass(gateway: Gateway, trace: Trace, dialect: Dialect, stream: bool) -> None:
    limits = [["x-ratelimit-remaining-tokens", "149984"], ["server", "cloudflare"], ["x-odd", "caf\u00e9"]]
    response = gateway.post(dialect.path, dialect.ask("Hello", stream=stream), trace.headers(headers=limits))
    assert response.header("x-ratelimit-remaining-tokens") == "149984"
    assert response.header("server") == "cloudflare"
    assert response.header("x-odd") == "caf\u00e9"
    assert response.header("x-request-id") or response.header("request-id")
