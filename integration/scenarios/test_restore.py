"""What a client gets back: its own values, however the answer is cut on its way."""

import json

import pytest

from integration.scenarios.dialects import ANTHROPIC, Dialect, events
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import ALL, EMAIL, VALUES
from integration.standin.client import StandInClient
from integration.trace import Trace

PROMPT = f"Grüße an {EMAIL}, Tel. {VALUES['phone']} 🙂, und [EMAIL_7] <b> bleibt."

# Each byte on its own, with time enough that Envoy sees it alone; so the text is a short one.
BYTE_BY_BYTE = {"piece": 1, "pause": 0.0001}
SHORT = f"An {EMAIL} 🙂"


@pytest.mark.parametrize("what", ["text", "reasoning", "arguments"])
@pytest.mark.parametrize(
    "cut",
    [{}, {"delta": 1}, {"delta": 3}, {"piece": 7}, {"piece": 1000}, {"crlf": True, "delta": 2}, {"tight": True}],
    ids=["by word", "by character", "by three", "seven bytes", "large pieces", "crlf", "no space"],
)
def test_a_streamed_answer_comes_back_as_it_was_asked(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, trace: Trace, what: str, cut: dict[str, object]
) -> None:
    assert_restored(gateway, standin, dialect, trace, what, cut)


@pytest.mark.parametrize("what", ["text", "reasoning", "arguments"])
def test_a_stream_cut_at_every_byte_comes_back_as_it_was_asked(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, trace: Trace, what: str
) -> None:
    assert_restored(gateway, standin, dialect, trace, what, BYTE_BY_BYTE, prompt=SHORT)


@pytest.mark.parametrize("what", ["text", "reasoning", "arguments"])
@pytest.mark.parametrize("cut", [{}, {"piece": 1}], ids=["at once", "byte by byte"])
def test_a_whole_answer_comes_back_as_it_was_asked(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, trace: Trace, what: str, cut: dict[str, object]
) -> None:
    assert_restored(gateway, standin, dialect, trace, what, cut, stream=False)


def test_every_kind_at_once_comes_back_from_a_stream(gateway: Gateway, dialect: Dialect, trace: Trace) -> None:
    prompt = " | ".join(ALL)
    response = gateway.post(dialect.path, dialect.ask(prompt, stream=True), trace.headers(delta=2))
    assert dialect.said(response, "text") == prompt


def test_what_looks_like_the_start_of_a_placeholder_is_not_lost(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, trace: Trace, stream: bool
) -> None:
    """The answer ends with the first half of a placeholder."""
    gateway.post(dialect.path, dialect.ask(EMAIL), {})
    placeholder = standin.call().json()["messages"][0]["content"]
    half = f"so far {placeholder[: len(placeholder) // 2]}"
    headers = trace.headers(text=half, delta=1)
    response = gateway.post(dialect.path, dialect.ask(EMAIL, stream=stream), headers)
    assert dialect.said(response, "text") == half


def test_a_model_s_own_addresses_stay_as_they_are(
    gateway: Gateway, dialect: Dialect, trace: Trace, stream: bool
) -> None:
    said = "Write to sales@vendor.example or call +1 212-555-0199."
    headers = trace.headers(text=said)
    response = gateway.post(dialect.path, dialect.ask(f"I am {EMAIL}", stream=stream), headers)
    assert dialect.said(response, "text") == said


def assert_restored(
    gateway: Gateway,
    standin: StandInClient,
    dialect: Dialect,
    trace: Trace,
    what: str,
    cut: dict[str, object],
    *,
    stream: bool = True,
    prompt: str = PROMPT,
) -> None:
    """Asks, has the answer cut so, and compares it with what was asked."""
    headers = trace.headers(reasoning=what == "reasoning", **cut)
    response = gateway.post(dialect.path, dialect.ask(prompt, stream=stream, tools=what == "arguments"), headers)
    assert response.complete
    assert EMAIL not in standin.call().body.decode()
    said = dialect.said(response, what)
    if what == "arguments":
        assert json.loads(said) == {"to": prompt, "note": prompt}
    elif what == "reasoning" and dialect is ANTHROPIC:
        # It is signed: the client reads what the provider thought.
        assert said == standin.call().json()["messages"][0]["content"]
    else:
        assert said == prompt
    if stream:
        assert len(events(response.body)) >= 3
