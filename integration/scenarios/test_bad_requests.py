"""Requests that cannot be read: refused clearly, in the client's dialect, and never passed."""

import json
from typing import Any

import pytest

from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.scenarios.raw import Response
from integration.scenarios.watch import leaked
from integration.standin.client import StandInClient
from integration.trace import Trace

MIB = 1 << 20


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"model":"gpt-4o","messages":[{"role":"user","content":"Hel',
        b'{"model":"gpt-4o",}',
        b'{"model":"gpt-4o"} trailing',
        b'"a string"',
        b"[]",
        b"null",
        b"not json at all, from " + EMAIL.encode(),
        b'{"model":"gpt-4o","messages":"\xff\xfe"}',
        b'{"model":"gpt-4o","x":"\\ud800"}\x00',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=range(12),
)
def test_a_body_that_is_no_json_object_is_refused(
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    body: bytes,
) -> None:
    response = gateway.post(dialect.path, body, trace.headers())
    assert_refused(response, dialect, 400, "unreadable_body")
    assert standin.calls() == []
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["error.type"] == "unreadable_body"
    assert attributes["tollgate.key.id"] == "search-prod"


def test_a_request_without_a_body_is_refused(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    assert_refused(gateway.post(dialect.path, b"", {}), dialect, 400, "unreadable_body")
    assert standin.calls() == []


@pytest.mark.parametrize("model", [None, 7, {"$ref": "gpt-4o"}])
def test_a_body_without_a_model_is_refused(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, model: Any
) -> None:
    body = dialect.ask("Hello") | {"model": model}
    assert_refused(gateway.post(dialect.path, body, {}), dialect, 400, "missing_model")
    assert standin.calls() == []


def test_a_model_written_twice_cannot_slip_past_the_key(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    body = dialect.encoded("Hello")[:-1] + b', "model": "another"}'
    assert_refused(gateway.post(dialect.path, body, {}), dialect, 400, "ambiguous_body")
    assert standin.calls() == []


def test_deep_nesting_within_what_is_usual_passes(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    deep: Any = EMAIL
    for _ in range(60):
        deep = {"x": [deep]}
    assert gateway.post(dialect.path, dialect.ask("Hello", metadata=deep), {}).status == 200
    assert standin.call().json()["messages"] == dialect.ask("Hello")["messages"]


@pytest.mark.since("1.37")
def test_a_body_of_20_mb_passes(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    text = "All work and no play makes Jack a dull boy. " * (20 * MIB // 44)
    body = dialect.encoded(text)
    assert len(body) > 20_000_000
    response = gateway.post(dialect.path, body, trace.headers(text="fine"))
    assert response.status == 200
    assert standin.call().body == body
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "answered"


@pytest.mark.since("1.37")
def test_a_body_of_20_mb_is_redacted(gateway: Gateway, standin: StandInClient, trace: Trace) -> None:
    text = f"All work and no play makes {EMAIL} dull. " * 300_000
    response = gateway.post(OPENAI.path, OPENAI.encoded(text), trace.headers(text="fine"))
    assert response.status == 200
    assert EMAIL.encode() not in standin.call().body


@pytest.mark.since("1.37")
@pytest.mark.parametrize("framing", [{}, {"transfer-encoding": "chunked"}], ids=["announced", "in chunks"])
def test_a_body_beyond_the_limit_is_refused(
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    framing: dict[str, str],
) -> None:
    narrow = open_gateway({"limits": {"request_body": "1MiB"}})
    response = narrow.post(dialect.path, dialect.encoded("x" * 2 * MIB), trace.headers() | framing)
    assert_refused(response, dialect, 413, "body_too_large")
    assert standin.calls() == []
    assert receiver.span_of(trace.trace_id).attributes["error.type"] == "body_too_large"


@pytest.mark.parametrize("media", ["text/plain", "multipart/form-data; boundary=x", "application/jsonl"])
def test_another_content_type_is_refused(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, media: str
) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), {"content-type": media})
    assert_refused(response, dialect, 415, "unsupported_content_type")
    assert standin.calls() == []


def test_a_compressed_body_is_refused(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    response = gateway.post(dialect.path, b"\x1f\x8b\x08", {"content-encoding": "gzip"})
    assert_refused(response, dialect, 415, "unsupported_content_encoding")
    assert standin.calls() == []


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON", None])
def test_json_by_any_of_its_names_passes(gateway: Gateway, dialect: Dialect, media: str | None) -> None:
    assert gateway.post(dialect.path, dialect.ask("Hello"), {"content-type": media}).status == 200


def test_an_unknown_path_is_refused_and_its_body_does_not_pass(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    body = {"input": EMAIL, "model": "text-embedding-3-small"}
    response = gateway.post("/v1/oracle", body, trace.headers())
    assert_refused(response, OPENAI, 404, "unknown_path")
    response = gateway.post("/v1/oracle", body, {"anthropic-version": "2023-06-01"})
    assert_refused(response, ANTHROPIC, 404, "unknown_path")
    assert standin.calls() == []
    assert receiver.span_of(trace.trace_id).attributes["error.type"] == "unknown_path"


def test_an_unknown_path_passes_where_the_settings_say_so(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    passing = open_gateway({"unknown_paths": "pass"})
    response = passing.post("/v1/oracle", b'{"input":  "x"}', trace.headers())
    assert response.status == 200
    assert standin.call().body == b'{"input":  "x"}'
    assert SEARCH.secret not in repr(standin.call().headers)
    receiver.span_of(trace.trace_id)


@pytest.mark.parametrize("unknown_paths", ["refuse", "pass"])
@pytest.mark.parametrize("path", ["/v1/files/..%2foracle", "/v1/files/%2e%2E%5Coracle", "/v1/files/x%2f..%2f..%2foracle"])
def test_a_path_cannot_lead_out_of_a_known_one_in_disguise(
    path: str, unknown_paths: str, open_gateway: OpenGateway, standin: StandInClient
) -> None:
    response = open_gateway({"unknown_paths": unknown_paths}).post(path, OPENAI.ask("Hello"), {})
    assert_refused(response, OPENAI, 404, "unknown_path")
    assert standin.calls() == []


@pytest.mark.parametrize("path", ["/v1/files/../oracle", "/v1/files/%2e%2E/oracle", "/v1/files/x/../..\\oracle"])
def test_a_path_is_judged_by_where_it_leads(path: str, gateway: Gateway, standin: StandInClient) -> None:
    assert_refused(gateway.post(path, OPENAI.ask("Hello"), {}), OPENAI, 404, "unknown_path")
    assert standin.calls() == []
    to_a_known_one = path.replace("oracle", "chat/completions")
    assert gateway.post(to_a_known_one, OPENAI.ask("Hello"), {}).status == 200
    assert standin.call().path == "/v1/chat/completions"


def test_an_operation_that_cannot_be_searched_is_refused_unless_the_settings_let_it_pass(
    gateway: Gateway, open_gateway: OpenGateway, standin: StandInClient
) -> None:
    body = json.dumps({"metadata": {"owner": EMAIL}}).encode()
    assert_refused(gateway.post("/v1/batches", body, {}), OPENAI, 403, "operation_not_searched")
    assert standin.calls() == []
    passing = open_gateway({"operations": {"batches": "pass", "chat_completions": "refuse"}})
    assert passing.post("/v1/batches", body, {}).status == 200
    assert standin.call().body == body
    assert_refused(passing.post(OPENAI.path, OPENAI.ask("Hello"), {}), OPENAI, 403, "operation_refused")


def test_a_get_with_a_body_is_refused(gateway: Gateway, standin: StandInClient) -> None:
    with gateway.connect() as connection:
        headers = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
        connection.send_request("GET", "/v1/models", headers, json.dumps({"prompt": EMAIL}).encode())
        assert_refused(connection.read_response(), OPENAI, 400, "unreadable_body")
    assert standin.calls() == []


def test_the_administration_of_an_account_is_never_reached(
    open_gateway: OpenGateway, standin: StandInClient
) -> None:
    passing = open_gateway({"unknown_paths": "pass", "redaction": {"detect": []}})
    for path in ("/v1/organization/admin_api_keys", "/v1/organizations/users", "/v1/files/..%2forganization/users"):
        assert_refused(passing.post(path, b"{}", {}), OPENAI, 403, "administration_not_allowed")
    assert standin.calls() == []


def test_another_method_is_refused(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    with gateway.connect() as connection:
        connection.send_request("PUT", dialect.path, {"authorization": f"Bearer {SEARCH.secret}"}, b"")
        assert_refused(connection.read_response(), dialect, 405, "method_not_allowed")
    assert standin.calls() == []


@pytest.mark.parametrize(
    "name", ["user-agent", "x-tollgate-user", "authorization", "x-api-key", "traceparent", "tracestate"]
)
def test_header_bytes_that_are_not_utf_8_trap_nothing(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, name: str
) -> None:
    odd = b"Bearer \xff\xfe\xc3\x28" if name == "authorization" else b"\xff\xfe\xc3\x28"
    response = gateway.post(dialect.path, dialect.ask("Hello"), {name: odd})
    # There alone it is all that stands where a key could.
    assert response.status == (401 if name == "authorization" else 200)
    # A header that is none of the gateway's business passes byte for byte.
    if name == "user-agent":
        assert standin.call().header("user-agent").encode("latin-1") == odd


def test_header_bytes_that_are_not_utf_8_in_the_path_trap_nothing(gateway: Gateway, standin: StandInClient) -> None:
    with gateway.connect() as connection:
        headers = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
        connection.send_request("POST", "/v1/chat/completions?x=%FF%FE", headers, OPENAI.encoded("Hello"))
        assert connection.read_response().status == 200
    assert standin.call().path == "/v1/chat/completions?x=%FF%FE"


def assert_refused(response: Response, dialect: Dialect, status: int, code: str) -> None:
    """The answer is Tollgate's own, complete, and in the dialect."""
    assert (response.status, response.header("x-tollgate-refusal")) == (status, code)
    assert response.complete
    body = json.loads(response.body)
    if dialect is OPENAI:
        assert body.keys() == {"error"}
        assert body["error"]["code"] == code
        assert body["error"].keys() >= {"message", "type", "param", "code"}
    else:
        assert body["type"] == "error"
        assert body["error"].keys() == {"type", "message"}
    assert body["error"]["message"]
    assert not leaked(response.body.decode())
