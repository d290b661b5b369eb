"""Fallback across three APIs with the official clients, by the configuration that operators copy.

OpenAI, then Anthropic, then a server of one's own, each in the words of its own API, whichever client asks.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from integration import chain
from integration.chain import Chain
from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.chains import QUICK, reasons, watched
from integration.scenarios.clients import CLIENTS, PNG, TOOL, Client, Question
from integration.scenarios.gateway import Gateway
from integration.stack import Stack
from integration.standin.record import Record
from integration.trace import Trace

pytestmark = [pytest.mark.own_envoy, pytest.mark.since("1.39")]

MAIL = "ada.lovelace@mail.example.org"
PROMPT = f"Write to {MAIL} that the parcel is late"
TARGETS = ["openai", "anthropic", "local"]
MODELS = {"openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5", "local": "Qwen/Qwen3-8B"}
SPAN_NAMES = {"openai": "openai", "anthropic": "anthropic", "local": "vllm"}
FAILING = {"openai": {"status": 429}, "anthropic": {"status": 503}}
# Those of makers' own clients and APIs, which mean nothing to others.
FOREIGN = {"openai": ("anthropic-", "x-goog-"), "anthropic": ("openai-", "x-goog-"), "local": ("anthropic-", "x-goog-")}


@pytest.fixture(scope="module")
def running_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Three providers, and Envoy before them."""
    directory = tmp_path_factory.mktemp("chain")
    everything = chain.start(directory, running.endpoints["otel_collector"], QUICK)
    yield everything
    everything.stop()


@pytest.fixture
def providers(running_chain: Chain) -> Iterator[Chain]:
    """The providers, with no calls yet."""
    with watched(running_chain):
        yield running_chain


@pytest.fixture
def gateway(providers: Chain) -> Gateway:
    """The gateway before them."""
    return Gateway(providers.address)


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    """Each official client in turn."""
    return request.param


@pytest.fixture(params=TARGETS)
def answering(request: pytest.FixtureRequest) -> str:
    """The target that answers: each in turn, after those before it have failed."""
    return request.param


def path_at(provider: str, client: Client) -> str:
    """The path under which a provider is asked: its own API's, or the client's where the provider speaks it."""
    if provider == "anthropic":
        return "/v1/messages"
    return "/v1/responses" if client.name == "responses" else "/v1/chat/completions"


def check_request(providers: Chain, client: Client, provider: str, call: Record) -> None:
    """The provider got the client's request in its own API, under its own name, with its own key and no other's."""
    assert (call.path, call.header("host")) == (path_at(provider, client), providers.hosts[provider])
    body = call.json()
    assert body["model"] == MODELS[provider]
    assert "Be kind." in call.body.decode()
    assert MAIL not in call.body.decode() and "[EMAIL_1]" in call.body.decode()
    assert int(call.header("content-length") or 0) == len(call.body)
    assert providers.shown(call.headers) == [provider]
    assert SEARCH.secret not in repr(call.headers) and SEARCH.secret not in call.path
    names = [name for name, _ in call.headers]
    assert len(names) == len(set(names)), names
    assert not [name for name in names if name.startswith((*FOREIGN[provider], "x-tollgate", "x-envoy"))], names


def image_of(provider: str, body: dict[str, Any]) -> str:
    """The image of a request, as base64."""
    parts = [part for message in body.get("messages") or body["input"] for part in parts_of(message)]
    [part] = [part for part in parts if "image" in part["type"]]
    if provider == "anthropic":
        assert (part["source"]["type"], part["source"]["media_type"]) == ("base64", "image/png")
        return part["source"]["data"]
    url = part["image_url"] if isinstance(part["image_url"], str) else part["image_url"]["url"]
    return url.removeprefix("data:image/png;base64,")


def parts_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a message that has some."""
    return message["content"] if isinstance(message["content"], list) else []


def test_a_call_goes_on_until_a_target_answers_and_the_answer_is_whole(
    providers: Chain,
    gateway: Gateway,
    receiver: ReceiverClient,
    client: Client,
    answering: str,
    trace: Trace,
    stream: bool,
) -> None:
    tried = TARGETS[: TARGETS.index(answering) + 1]
    headers = trace.headers() | providers.script(
        "until", **{name: script for name, script in FAILING.items() if name != answering and name in tried}
    )
    heard = client.ask(gateway, Question(PROMPT, stream), headers)
    said = len(PROMPT.split())
    # The stand-in counts words, of which the redacted prompt has as many.
    assert (heard.text, heard.calls, heard.tokens) == (PROMPT, [], (said + 2, said))
    assert providers.counts() == {name: int(name in tried) for name in TARGETS}
    for name in tried:
        check_request(providers, client, name, providers.standins[name].call())
    attributes = receiver.span_of(trace.trace_id).attributes
    ends = [(SPAN_NAMES[name], f"status {FAILING[name]['status']}") for name in tried[:-1]]
    assert reasons(attributes) == [*ends, (SPAN_NAMES[answering], "answered")]
    assert (attributes["tollgate.outcome"], attributes["tollgate.redacted.email"]) == ("answered", 1)
    assert (attributes["gen_ai.usage.input_tokens"], attributes["gen_ai.usage.output_tokens"]) == heard.tokens


def test_tools_and_images_go_with_it(
    providers: Chain, gateway: Gateway, client: Client, answering: str, stream: bool
) -> None:
    tried = TARGETS[: TARGETS.index(answering) + 1]
    scripts = {name: script for name, script in FAILING.items() if name != answering and name in tried}
    heard = client.ask(gateway, Question(PROMPT, stream, tools=True, image=True), providers.script("tools", **scripts))
    assert (heard.text, heard.calls) == ("", [(TOOL, {"to": PROMPT})])
    for name in tried:
        call = providers.standins[name].call()
        check_request(providers, client, name, call)
        body = call.json()
        assert image_of(name, body) == PNG
        [tool] = body["tools"]
        function = tool.get("function", tool)
        schema = function.get("parameters") or function["input_schema"]
        assert (function["name"], schema["required"]) == (TOOL, ["to"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_when_all_are_down_the_client_raises_the_last_error(
    providers: Chain, gateway: Gateway, client: Client, status: int, stream: bool
) -> None:
    headers = providers.script("down", openai={"status": 503}, anthropic={"status": 529}, local={"status": status})
    with pytest.raises(client.errors) as raised:
        client.ask(gateway, Question(PROMPT, stream), headers)
    assert client.status(raised.value) == status
    message = {429: "Rate limit reached.", 503: "currently overloaded"}.get(status, "server had an error")
    assert message in str(raised.value)
    assert providers.counts() == dict.fromkeys(TARGETS, 1)


def test_a_provider_that_hangs_is_left_after_the_time_for_a_first_event(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, client: Client, trace: Trace
) -> None:
    headers = trace.headers() | providers.script("hangs", openai={"never": True})
    assert client.ask(gateway, Question(PROMPT, stream=True), headers).text == PROMPT
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "timed_out"), ("anthropic", "answered")]


def test_an_error_as_the_first_event_of_a_stream_goes_on_to_the_next_target(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, client: Client, trace: Trace
) -> None:
    scripts = {"openai": {"error_after": 0}, "anthropic": {"error_after": 0, "piece": 7}}
    headers = trace.headers() | providers.script("event", **scripts)
    assert client.ask(gateway, Question(PROMPT, stream=True), headers).text == PROMPT
    attributes = receiver.span_of(trace.trace_id).attributes
    assert [end for _, end in reasons(attributes)] == ["error_event", "error_event", "answered"]
    # At the last target the client gets the error.
    headers = providers.script("events", **{name: {"error_after": 0} for name in TARGETS})
    with pytest.raises(client.errors):
        client.ask(gateway, Question(PROMPT, stream=True), headers)
    assert providers.counts() == dict.fromkeys(TARGETS, 2)


@pytest.mark.parametrize("dying", TARGETS)
def test_a_provider_that_dies_after_ten_events_ends_the_call_with_an_error(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, client: Client, dying: str, trace: Trace
) -> None:
    tried = TARGETS[: TARGETS.index(dying) + 1]
    scripts: dict[str, Any] = {name: FAILING[name] for name in tried[:-1]}
    scripts[dying] = {"text": " ".join(f"word{number}" for number in range(40)), "end_after": 10}
    headers = trace.headers() | providers.script("dies", **scripts)
    with pytest.raises(client.errors):
        client.ask(gateway, Question(PROMPT, stream=True), headers)
    # What has begun is never asked for again.
    assert providers.counts() == {name: int(name in tried) for name in TARGETS}
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_provider"


def test_a_hundred_calls_of_all_clients_at_once_are_neither_lost_nor_doubled_nor_mixed_up(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient
) -> None:
    headers = providers.script("busy", **FAILING, local={"pause": 0.002})
    traces = [Trace() for _ in range(100)]

    def one(number: int) -> tuple[str, list[tuple[str, Any]]]:
        client, kind = CLIENTS[number % len(CLIENTS)], number // len(CLIENTS)
        question = Question(
            f"Call {number} of person{number}@mail.example.org",
            stream=kind % 2 > 0,
            tools=kind % 3 > 1,
            image=kind % 5 > 3,
        )
        heard = client.ask(gateway, question, traces[number].headers() | headers)
        said = heard.calls[0][1]["to"] if question.tools else heard.text
        assert (said, len(heard.calls)) == (question.text, int(question.tools)), (client.name, question)

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(one, range(100)))
    for name, standin in providers.standins.items():
        for call in standin.calls():
            assert (providers.shown(call.headers), call.json()["model"]) == ([name], MODELS[name])
            assert "@mail.example.org" not in call.body.decode()
    attempts = []
    for trace in traces:
        attributes = receiver.span_of(trace.trace_id).attributes
        assert attributes["tollgate.redacted.email"] == 1
        attempts += reasons(attributes)
    # A target that has just answered 429 rests for a moment, and the calls that begin then try it last.
    ends = {"openai": "status 429", "anthropic": "status 503", "vllm": "answered"}
    assert all(end == ends[provider] for provider, end in attempts)
    told = [sum(provider == name for provider, _ in attempts) for name in ends]
    assert told == list(providers.counts().values())
    assert told[2] == 100 and min(told) > 50
