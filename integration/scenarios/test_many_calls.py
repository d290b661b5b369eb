"""Many calls at once: every one gets its own answer, and leaves its own span."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integration.proxy import Proxy
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import ANTHROPIC, OPENAI
from integration.scenarios.gateway import Gateway
from integration.scenarios.watch import TRAP, leaked
from integration.settings import base
from integration.stack import Stack
from integration.trace import Trace

CALLS = 200
AT_ONCE = 50


@pytest.fixture
def own(running: Stack, tmp_path: Path) -> Iterator[Proxy]:
    """An Envoy with two workers, each with a VM of its own."""
    proxy = Proxy(tmp_path, running.endpoints, workers=2)
    yield proxy
    proxy.stop()


@pytest.mark.own_envoy
def test_no_call_is_mixed_up_with_another(own: Proxy, receiver: ReceiverClient) -> None:
    gateway = Gateway(own.listeners.put("busy", base()))
    traces = [Trace() for _ in range(CALLS)]

    def one(number: int) -> None:
        dialect = (OPENAI, ANTHROPIC)[number % 2]
        prompt = f"Call {number} of person{number}@mail.example.org"
        headers = traces[number].headers(delta=number % 5, pause=0.001)
        response = gateway.post(dialect.path, dialect.ask(prompt, stream=number % 3 > 0), headers)
        assert dialect.said(response, "text") == prompt

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(CALLS)))
    for trace in traces:
        attributes = receiver.span_of(trace.trace_id).attributes
        assert attributes["tollgate.outcome"] == "answered"
        assert attributes["tollgate.redacted.email"] == 1
        assert attributes["gen_ai.usage.input_tokens"] == 4
    assert not TRAP.search(own.log())
    assert not leaked(own.log())
