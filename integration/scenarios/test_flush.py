"""Spans that wait for their batch are not lost when their filter goes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.keys import SEARCH
from integration.proxy import Proxy
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import OPENAI
from integration.scenarios.gateway import Gateway
from integration.settings import Settings, base, changed
from integration.stack import Stack
from integration.trace import Trace

AUTHORIZED = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}


@pytest.fixture
def waiting(request: pytest.FixtureRequest) -> Settings:
    """Settings by which nothing is exported by itself within a test, unlike those of any other listener."""
    telemetry = {
        "otlp": {"batch": {"interval": "60s"}},
        "resource": {"service.name": request.node.name},
    }
    return changed(base(), {"telemetry": telemetry})


@pytest.fixture
def own(running: Stack, tmp_path: Path) -> Iterator[Proxy]:
    """An Envoy that the test may drain and end."""
    proxy = Proxy(tmp_path, running.endpoints)
    yield proxy
    proxy.stop()


def test_a_filter_that_is_replaced_sends_what_it_has(
    running: Stack, receiver: ReceiverClient, trace: Trace, waiting: Settings
) -> None:
    listeners = running.proxy.listeners
    gateway = Gateway(listeners.put("replaced", waiting))
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers()).status == 200
    time.sleep(0.3)
    assert receiver.spans_of(trace.trace_id, wait=0) == []
    listeners.put("replaced", changed(waiting, {"redaction": {"detect": ["email"]}}))
    assert receiver.span_of(trace.trace_id, wait=5).attributes["tollgate.outcome"] == "answered"
    # And the new one works.
    after = Trace()
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), after.headers()).status == 200


def test_a_call_that_outlives_its_filter_is_recorded(
    running: Stack, receiver: ReceiverClient, trace: Trace, waiting: Settings
) -> None:
    """The settings change while the provider thinks; the call ends by the old ones."""
    listeners = running.proxy.listeners
    gateway = Gateway(listeners.put("outlived", waiting))
    with gateway.connect() as connection:
        connection.send_request("POST", OPENAI.path, AUTHORIZED | trace.headers(delay=0.5), OPENAI.encoded("Hello"))
        time.sleep(0.1)
        listeners.put("outlived", changed(waiting, {"redaction": {"detect": ["email"]}}))
        assert connection.read_response().status == 200
    assert receiver.span_of(trace.trace_id, wait=5).attributes["tollgate.outcome"] == "answered"


def test_a_listener_that_is_taken_away_sends_what_it_has(
    running: Stack, receiver: ReceiverClient, trace: Trace, waiting: Settings
) -> None:
    listeners = running.proxy.listeners
    gateway = Gateway(listeners.put("removed", waiting))
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), trace.headers()).status == 200
    listeners.remove("removed")
    assert receiver.span_of(trace.trace_id, wait=5).attributes["tollgate.outcome"] == "answered"


@pytest.mark.own_envoy
def test_a_call_that_ends_while_envoy_drains_is_recorded(own: Proxy, receiver: ReceiverClient, trace: Trace) -> None:
    gateway = Gateway(own.listeners.put("drained", base()))
    with gateway.connect() as connection:
        connection.send_request("POST", OPENAI.path, AUTHORIZED | trace.headers(delay=0.5), OPENAI.encoded("Hello"))
        time.sleep(0.1)
        own.admin.post("/drain_listeners?graceful")
        assert connection.read_response().status == 200
    assert receiver.span_of(trace.trace_id, wait=5).attributes["tollgate.outcome"] == "answered"
