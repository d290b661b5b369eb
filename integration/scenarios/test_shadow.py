"""A shadow: the same calls at another target, whose answers no client gets."""

import base64
import copy
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from integration import chain
from integration.chain import Chain, cluster_of
from integration.keys import SEARCH
from integration.receiver.client import ReceiverClient
from integration.receiver.span import Span
from integration.scenarios.chains import QUICK, watched
from integration.scenarios.gateway import Gateway
from integration.scenarios.raw import Response
from integration.settings import changed
from integration.stack import Stack
from integration.trace import Trace

pytestmark = pytest.mark.own_envoy

MAIL = "ada.lovelace@mail.example.org"
PROMPT = f"Write to {MAIL} today"

# The longest that a shadow's request may take.
LONGEST = 1.5


def shadowed(config: dict[str, Any]) -> None:
    """Bounds the cluster that serves as the shadow's."""
    cluster = cluster_of(config, "anthropic")
    cluster["typed_extension_protocol_options"] = copy.deepcopy(cluster["typed_extension_protocol_options"])
    [options] = cluster["typed_extension_protocol_options"].values()
    options["common_http_protocol_options"] = {"max_stream_duration": f"{LONGEST}s"}


def settings(shadow: dict[str, Any] | None, targets: tuple[str, ...] = ("openai",)) -> dict[str, Any]:
    """A model with a shadow, and the same without."""
    models = {"openai": "gpt-4.1-mini", "local": "Qwen/Qwen3-8B"}
    model = {"name": "assistant", "targets": [{"provider": name, "model": models[name]} for name in targets]}
    return changed(QUICK, {"models": [model | {"shadow": shadow}, model | {"name": "plain"}]})


CLAUDE = {"provider": "anthropic", "model": "claude-haiku-4-5"}


@pytest.fixture(scope="module")
def running_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A provider, one more for fallback, and the shadow's."""
    directory = tmp_path_factory.mktemp("shadow")
    everything = chain.start(
        directory, running.endpoints["otel_collector"], settings(CLAUDE, ("openai", "local")), adapt=shadowed
    )
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


def ask(
    gateway: Gateway, headers: dict[str, str], *, stream: bool, text: str = PROMPT, model: str = "assistant"
) -> Response:
    """A call of the model."""
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    return gateway.post("/v1/chat/completions", body | ({"stream": True} if stream else {}), headers)


def spans_of(receiver: ReceiverClient, trace: Trace, *, count: int = 2, wait: float = 10) -> tuple[Span, list[Span]]:
    """The call's own span and those of shadows, once there are `count` of them."""
    deadline = time.monotonic() + wait
    while len(spans := receiver.spans_of(trace.trace_id)) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(spans) == count, spans
    shadows = [span for span in spans if span.attributes.get("tollgate.shadow")]
    [own] = [span for span in spans if span not in shadows]
    for shadow in shadows:
        assert shadow.parent_span_id == own.span_id
    return own, shadows


def test_a_shadow_gets_the_translated_request_with_its_own_key_and_a_span(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    script = providers.script("shadow", anthropic={"text": "of the shadow"})
    response = ask(gateway, trace.headers() | script, stream=stream)
    assert (response.status, response.complete) == (200, True)
    assert b"of the shadow" not in response.body and b"ada.lovelace" in response.body
    own, [shadow] = spans_of(receiver, trace)
    assert providers.counts() == {"openai": 1, "anthropic": 1, "local": 0}
    for name, standin in providers.standins.items():
        for call in standin.calls():
            assert providers.shown(call.headers) == [name]
            assert SEARCH.secret not in repr(call.headers)
            assert call.header("host") == providers.hosts[name]
            assert MAIL not in call.body.decode() and "[EMAIL_1]" in call.body.decode()
            names = [header for header, _ in call.headers]
            assert not [one for one in names if one.startswith(("x-tollgate", "x-envoy", "x-forwarded"))], names
            assert int(call.header("content-length") or 0) == len(call.body)
    call = providers.standins["anthropic"].call()
    assert (call.path, call.json()["model"]) == ("/v1/messages", "claude-haiku-4-5")
    assert call.json().get("stream", False) == stream
    assert "tollgate.notes" not in own.attributes
    assert own.attributes["gen_ai.provider.name"] == "openai"
    assert shadow.attributes["gen_ai.provider.name"] == "anthropic"
    assert shadow.attributes["tollgate.outcome"] == "answered"
    assert shadow.attributes["http.response.status_code"] == 200
    assert shadow.attributes["gen_ai.usage.output_tokens"] == 3
    assert shadow.attributes["tollgate.cost.total"]
    assert ("tollgate.response.time_to_first_token" in shadow.attributes) == stream


SHADOWS = {
    "answers": {},
    "fails": {"status": 529},
    "turns down": {"status": 400},
    "resets": {"reset": True},
    "hangs": {"never": True},
    "is slow": {"delay": 0.5},
    "breaks off": {"text": " ".join("word" for _ in range(40)), "cut_after": 5},
    "ends early": {"text": " ".join("word" for _ in range(40)), "end_after": 5},
    "has an error event": {"error_after": 1},
}


@pytest.mark.parametrize("kind", SHADOWS)
def test_whatever_a_shadow_does_the_client_has_the_same_bytes_at_once(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool, kind: str
) -> None:
    plain = ask(gateway, providers.script("plain", openai={}), stream=stream, model="plain")
    providers.reset()
    script = providers.script(kind.replace(" ", "-"), anthropic=SHADOWS[kind])
    begun = time.monotonic()
    response = ask(gateway, trace.headers() | script, stream=stream)
    assert time.monotonic() - begun < LONGEST / 3
    varying = {"date", "x-request-id"}
    assert (response.status, response.complete, response.body) == (200, True, plain.body)
    assert [one for one in response.headers if one[0] not in varying] == [
        one for one in plain.headers if one[0] not in varying
    ]
    own, [shadow] = spans_of(receiver, trace)
    assert own.attributes["tollgate.outcome"] == "answered"
    expected = {
        "answers": "answered", "is slow": "answered", "fails": "failed", "turns down": "failed",
        "resets": "cut_by_provider", "hangs": "cut_by_provider",
    }
    if stream:
        expected |= {"breaks off": "cut_by_provider", "ends early": "cut_by_provider", "has an error event": "failed"}
    if kind in expected:
        assert shadow.attributes["tollgate.outcome"] == expected[kind], shadow.attributes
    if kind == "hangs":
        assert LONGEST * 0.9 < (shadow.end - shadow.start) / 1e9 < LONGEST * 2


def test_calls_that_fall_back_or_whose_client_leaves_have_one_shadow(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    script = providers.script("back", openai={"status": 503})
    assert ask(gateway, trace.headers() | script, stream=False).status == 200
    own, [shadow] = spans_of(receiver, trace)
    assert own.attributes["tollgate.attempts.ends"] == ["status 503", "answered"]
    assert shadow.attributes["tollgate.outcome"] == "answered"
    assert providers.counts() == {"openai": 1, "anthropic": 1, "local": 1}
    # The shadow has its answer also where the client has left.
    left = Trace()
    script = providers.script("left", openai={"delay": 5}, anthropic={"delay": 0.6})
    body = json.dumps({"model": "assistant", "messages": [{"role": "user", "content": PROMPT}]}).encode()
    usual = {"authorization": f"Bearer {SEARCH.secret}", "content-type": "application/json"}
    with gateway.connect() as connection:
        connection.send_request("POST", "/v1/chat/completions", usual | left.headers() | script, body)
        time.sleep(0.3)
    own, [shadow] = spans_of(receiver, left)
    assert own.attributes["tollgate.outcome"] == "cut_by_client"
    assert shadow.attributes["tollgate.outcome"] == "answered"


def test_a_large_request_is_the_shadow_s_too(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    image = base64.b64encode(bytes(3_000_000)).decode()
    url = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}"}}
    body = {"model": "assistant", "messages": [{"role": "user", "content": [{"type": "text", "text": PROMPT}, url]}]}
    response = gateway.post("/v1/chat/completions", body, trace.headers() | providers.script("large"))
    assert response.status == 200
    _, [shadow] = spans_of(receiver, trace)
    assert shadow.attributes["tollgate.outcome"] == "answered", shadow.attributes
    assert image in providers.standins["anthropic"].call().body.decode()


def test_a_hundred_calls_at_once_each_have_their_own_shadow(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient
) -> None:
    script = providers.script("busy", anthropic={"pause": 0.002})
    traces = [Trace() for _ in range(100)]

    def one(number: int) -> None:
        text = f"Call {number} of person{number}@mail.example.org"
        response = ask(gateway, traces[number].headers() | script, stream=number % 2 > 0, text=text)
        assert (response.status, response.complete) == (200, True)
        assert f"person{number}@" in response.body.decode().replace('"}', "") or number % 2

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(one, range(100)))
    sent = {}
    for number, trace in enumerate(traces):
        _, [shadow] = spans_of(receiver, trace)
        assert shadow.attributes["tollgate.outcome"] == "answered"
        sent[f"Call {number} of [EMAIL_1]"] = shadow
    told = [call.json()["messages"][0]["content"] for call in providers.standins["anthropic"].calls()]
    texts = [text if isinstance(text, str) else text[0]["text"] for text in told]
    assert sorted(texts) == sorted(sent)


@pytest.fixture(scope="module")
def absent_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Envoy has no host of the shadow's."""

    def adapt(config: dict[str, Any]) -> None:
        shadow = cluster_of(config, "anthropic")
        shadow["type"] = "STATIC"
        shadow["load_assignment"]["endpoints"] = []

    directory = tmp_path_factory.mktemp("absent")
    everything = chain.start(directory, running.endpoints["otel_collector"], settings(CLAUDE), adapt=adapt)
    yield everything
    everything.stop()


def test_a_shadow_without_a_host_is_noted_and_harms_nothing(
    absent_chain: Chain, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    with watched(absent_chain):
        response = ask(Gateway(absent_chain.address), trace.headers() | absent_chain.script("absent"), stream=stream)
        assert (response.status, response.complete) == (200, True)
        own, _ = spans_of(receiver, trace, count=1)
        assert own.attributes["tollgate.notes"] == ["shadow_not_begun"]
        assert own.attributes["tollgate.outcome"] == "answered"
