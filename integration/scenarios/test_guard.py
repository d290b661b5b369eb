"""The guard: a service that is asked about each call before it goes on."""

import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.trace import Trace

AUTHORIZED = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
TIMEOUT = 0.3

# Longest wait for a guard that answers, on a machine that does much else.
PATIENCE = 20.0


class Guard(http.server.ThreadingHTTPServer):
    """A guard that decides by a word in the texts."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        self.questions: list[dict[str, Any]] = []
        self.asked = threading.Event()
        super().__init__(("127.0.0.1", port), Handler)

    def answer(self, question: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body for a question."""
        self.questions.append(question)
        self.asked.set()
        text = " ".join(question["texts"])
        if "forbidden" in text:
            return 200, b'{"allow": false, "rule": "no_plans"}'
        if "slow" in text:
            time.sleep(4 * TIMEOUT)
        if "malformed" in text:
            return 200, b'{"allow": "yes"}'
        if "endless" in text:
            return 200, b" " * 2_000_000
        if "broken" in text:
            return 500, b"{}"
        return 200, b'{"allow": true}'


class Handler(http.server.BaseHTTPRequestHandler):
    """One question."""

    server: Guard

    def do_POST(self) -> None:
        """Answers."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        status, answer = self.server.answer(json.loads(body) | {"path": self.path})
        try:
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except ConnectionError:
            pass

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def guard(running: Stack) -> Iterator[Guard]:
    """A guard that is up. It is in this process, where an Envoy in a container does not reach it."""
    if "TOLLGATE_STACK" in os.environ:
        pytest.skip("the guard is in this process, and Envoy in a container")
    server = Guard(int(running.endpoints["guard"].rpartition(":")[2]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def opened(
    open_gateway: OpenGateway, on_failure: str = "refuse", cluster: str = "guard", timeout: float = PATIENCE
) -> Gateway:
    """A gateway that asks the guard."""
    milliseconds = f"{round(timeout * 1000)}ms"
    http_guard = {"cluster": cluster, "path": "/check", "timeout": milliseconds, "on_failure": on_failure}
    return open_gateway({"guards": {"http": http_guard}})


def test_an_allowed_call_goes_on_and_its_answer_is_restored(
    guard: Guard,
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    stream: bool,
) -> None:
    body = dialect.ask(f"Write to {EMAIL}", stream=stream)
    response = opened(open_gateway).post(dialect.path, body, trace.headers())
    assert response.status == 200
    assert response.complete
    assert EMAIL in dialect.said(response, "text")
    assert guard.questions == [{"model": dialect.model, "texts": ["Write to [EMAIL_1]"], "path": "/check"}]
    assert EMAIL not in standin.call().body.decode()
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.guard"] == "allowed"
    assert attributes["tollgate.guard.duration"] > 0
    assert attributes["tollgate.outcome"] == "answered"


def test_a_refused_call_is_an_error_of_the_dialect_and_never_leaves(
    guard: Guard,
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    stream: bool,
) -> None:
    gateway = opened(open_gateway)
    messages = [{"role": "user", "content": "the forbidden plan"}]
    with pytest.raises(openai.PermissionDeniedError) as raised:
        gateway.openai().chat.completions.create(
            model="gpt-4o", messages=messages, stream=stream, extra_headers=trace.headers()
        )
    assert raised.value.code == "guard_refused"
    with pytest.raises(anthropic.PermissionDeniedError):
        gateway.anthropic().messages.create(model="claude-sonnet-4-6", max_tokens=9, messages=messages, stream=stream)
    assert standin.calls() == []
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.guard"] == "refused"
    assert attributes["tollgate.guard.rule"] == "no_plans"
    assert attributes["tollgate.outcome"] == "refused"
    assert len(guard.questions) == 2


@pytest.mark.parametrize(
    ("text", "error"),
    [("slow", "504"), ("malformed", "malformed"), ("endless", "too_long"), ("broken", "500")],
)
@pytest.mark.parametrize(("on_failure", "status"), [("refuse", 503), ("allow", 200)])
def test_without_a_verdict_the_settings_decide(
    guard: Guard,
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    text: str,
    error: str,
    on_failure: str,
    status: int,
) -> None:
    response = opened(open_gateway, on_failure, timeout=TIMEOUT).post(dialect.path, dialect.ask(text), trace.headers())
    assert response.status == status
    assert len(standin.calls()) == (1 if status == 200 else 0)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert (attributes["tollgate.guard"], attributes["tollgate.guard.error"]) == ("failed", error)
    assert len(guard.questions) == 1


@pytest.mark.parametrize(("cluster", "error"), [("unreachable", "503"), ("nowhere", "no_answer")])
@pytest.mark.parametrize(("on_failure", "status"), [("refuse", 503), ("allow", 200)])
def test_a_guard_that_is_not_there(
    open_gateway: OpenGateway,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    cluster: str,
    error: str,
    on_failure: str,
    status: int,
) -> None:
    response = opened(open_gateway, on_failure, cluster, TIMEOUT).post(dialect.path, dialect.ask("hello"), trace.headers())
    assert response.status == status
    attributes = receiver.span_of(trace.trace_id).attributes
    assert (attributes["tollgate.guard"], attributes["tollgate.guard.error"]) == ("failed", error)


def test_a_client_that_leaves_while_the_guard_thinks(
    guard: Guard,
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
) -> None:
    gateway = opened(open_gateway)
    with gateway.connect() as connection:
        connection.send_request("POST", dialect.path, AUTHORIZED | trace.headers(), dialect.encoded("slow"))
        assert guard.asked.wait(5)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert (attributes["tollgate.guard"], attributes["tollgate.outcome"]) == ("abandoned", "cut_by_client")
    time.sleep(5 * TIMEOUT)
    assert gateway.post(dialect.path, dialect.ask("hello"), {}).status == 200
    assert len(standin.calls()) == 1


def test_bodies_in_pieces_and_with_trailers(
    guard: Guard, open_gateway: OpenGateway, standin: StandInClient, dialect: Dialect
) -> None:
    gateway = opened(open_gateway)
    text = f"{EMAIL} and {'much more ' * 20_000}"
    headers = {"transfer-encoding": "chunked"}
    response = gateway.post(dialect.path, dialect.ask(text), headers)
    assert response.status == 200
    assert guard.questions[0]["texts"][0] == text.replace(EMAIL, "[EMAIL_1]")
    assert "[EMAIL_1] and much more" in standin.call().body.decode()


def test_many_calls_at_once_each_get_their_own_verdict(
    guard: Guard, open_gateway: OpenGateway, dialect: Dialect
) -> None:
    gateway = opened(open_gateway)
    found: dict[int, int] = {}

    def ask(number: int) -> None:
        text = f"{'forbidden' if number % 2 else 'fine'} {number}"
        found[number] = gateway.post(dialect.path, dialect.ask(text), {}).status

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: 403 if number % 2 else 200 for number in range(24)}
    assert len(guard.questions) == 24
