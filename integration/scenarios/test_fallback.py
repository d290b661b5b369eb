"""Fallback, with the configuration that operators copy: three providers over TLS, tried one after the other."""

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from integration import chain
from integration.chain import Chain, cluster_of
from integration.keys import SEARCH, SUPPORT
from integration.receiver.client import ReceiverClient
from integration.scenarios.chains import FIRST_EVENT, QUICK, reasons, watched
from integration.scenarios.gateway import Gateway
from integration.scenarios.raw import Response
from integration.scenarios.watch import TRAP
from integration.stack import Stack
from integration.trace import Trace

pytestmark = [pytest.mark.own_envoy, pytest.mark.since("1.39")]

MAIL = "ada.lovelace@mail.example.org"
PROMPT = f"Write to {MAIL} today"
MODELS = {"openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5", "local": "Qwen/Qwen3-8B"}
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages", "local": "/v1/chat/completions"}

@pytest.fixture(scope="module")
def running_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Three providers, and Envoy before them."""
    directory = tmp_path_factory.mktemp("chain")
    everything = chain.start(directory, running.endpoints["otel_collector"], QUICK)
    yield everything
    everything.stop()


@pytest.fixture
def providers(running_chain: Chain) -> Iterator[Chain]:
    """The providers, with no calls yet; afterwards no VM has trapped, and Envoy's log shows no secret."""
    with watched(running_chain):
        yield running_chain


@pytest.fixture
def gateway(providers: Chain) -> Gateway:
    """The gateway before them."""
    return Gateway(providers.address)


def ask(gateway: Gateway, headers: dict[str, str], *, stream: bool, text: str = PROMPT) -> Response:
    """A call of the chain's model."""
    body = {"model": "assistant", "messages": [{"role": "user", "content": text}]}
    return gateway.post("/v1/chat/completions", body | ({"stream": True} if stream else {}), headers)


def said(response: Response) -> str:
    """The text of an answer."""
    if "event-stream" not in (response.header("content-type") or ""):
        return response.json()["choices"][0]["message"]["content"]
    data = [line.removeprefix("data: ") for line in response.body.decode().splitlines() if line.startswith("data: ")]
    assert data[-1] == "[DONE]"
    chunks = [json.loads(one) for one in data[:-1]]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])


def check_requests(providers: Chain, tried: list[str]) -> None:
    """Each provider that was tried got the client's request, addressed to it, with its own key and no other's."""
    for name, standin in providers.standins.items():
        assert len(standin.calls()) == (1 if name in tried else 0), name
        for call in standin.calls():
            assert (call.path, call.header("host")) == (PATHS[name], providers.hosts[name])
            body = call.json()
            assert body["model"] == MODELS[name]
            # The target's default; Anthropic's, which has to be there, is the most that the model can write.
            assert body.get("max_tokens") == {"openai": None, "anthropic": 64000, "local": 4096}[name]
            assert MAIL not in call.body.decode() and "[EMAIL_1]" in call.body.decode()
            assert int(call.header("content-length") or 0) == len(call.body)
            assert providers.shown(call.headers) == [name]
            assert SEARCH.secret not in repr(call.headers)
            names = [header for header, _ in call.headers]
            assert not [header for header in names if header.startswith(("x-tollgate", "x-envoy"))], names
            assert len(names) == len(set(names)), names


def test_a_call_goes_on_until_a_target_answers(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    script = providers.script("chain", openai={"status": 429}, anthropic={"status": 503})
    response = ask(gateway, trace.headers() | script, stream=stream)
    assert (response.status, response.complete, said(response)) == (200, True, PROMPT)
    assert response.header("x-tollgate-retry") is None
    check_requests(providers, ["openai", "anthropic", "local"])
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "status 429"), ("anthropic", "status 503"), ("vllm", "answered")]
    assert attributes["tollgate.attempts.models"] == list(MODELS.values())
    assert attributes["tollgate.outcome"] == "answered"
    assert attributes["gen_ai.request.model"] == "assistant"
    assert attributes["gen_ai.provider.name"] == "vllm"
    assert attributes["gen_ai.usage.input_tokens"] == 4
    assert attributes["tollgate.redacted.email"] == 1


def test_the_first_target_that_answers_is_the_only_one(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    response = ask(gateway, trace.headers() | providers.script("well"), stream=stream)
    assert (response.status, said(response)) == (200, PROMPT)
    check_requests(providers, ["openai"])
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "answered")]
    assert attributes["tollgate.cost.total"]


def test_when_all_are_down_the_client_gets_the_last_error(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    script = providers.script("down", openai={"status": 503}, anthropic={"status": 500}, local={"status": 429})
    response = ask(gateway, trace.headers() | script, stream=stream)
    assert (response.status, response.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    attributes = receiver.span_of(trace.trace_id).attributes
    assert [end for _, end in reasons(attributes)] == ["status 503", "status 500", "status 429"]
    assert (attributes["tollgate.outcome"], attributes["error.type"]) == ("failed", "rate_limit_exceeded")
    with pytest.raises(openai.RateLimitError):
        gateway.openai(default_headers=script).chat.completions.create(
            model="assistant", messages=[{"role": "user", "content": "Hello"}], stream=stream
        )


def test_a_provider_that_hangs_is_left_after_the_time_for_a_first_event(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    script = providers.script("hangs", openai={"never": True}, anthropic={"delay": 0.1})
    response = ask(gateway, trace.headers() | script, stream=True)
    assert (response.status, said(response)) == (200, PROMPT)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "timed_out"), ("anthropic", "answered")]
    assert attributes["tollgate.notes"] == ["attempt_usage_unknown"]
    # Headers alone are no event, and a stream that has begun is not cut, however long it takes.
    script = providers.script("slow", openai={"gate": True, "piece": 1}, anthropic={"pause": FIRST_EVENT / 4})
    response = ask(gateway, script, stream=True, text=f"{PROMPT} and then another six words")
    assert (response.status, said(response)) == (200, f"{PROMPT} and then another six words")


def test_an_error_as_the_first_event_of_a_stream_goes_on_to_the_next_target(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    script = providers.script("event", openai={"error_after": 0}, anthropic={"error_after": 0, "piece": 7})
    response = ask(gateway, trace.headers() | script, stream=True)
    assert (response.status, said(response)) == (200, PROMPT)
    assert response.header("x-tollgate-retry") is None
    check_requests(providers, ["openai", "anthropic", "local"])
    attributes = receiver.span_of(trace.trace_id).attributes
    assert [end for _, end in reasons(attributes)] == ["error_event", "error_event", "answered"]
    # At the last target the client gets the event.
    script = providers.script("events", **{name: {"error_after": 0} for name in providers.hosts})
    response = ask(gateway, script, stream=True)
    assert (response.status, response.header("x-tollgate-retry")) == (200, None)
    assert b'"server_error"' in response.body


def test_a_stream_that_breaks_off_ends_with_an_error(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace
) -> None:
    words = " ".join(f"word{number}" for number in range(40))
    ended = providers.script("ends", openai={"text": words, "end_after": 10})
    response = ask(gateway, trace.headers() | ended, stream=True)
    lines = [line for line in response.body.decode().splitlines() if line]
    assert (response.status, response.complete, len(lines)) == (200, True, 11)
    assert json.loads(lines[-1].removeprefix("data: "))["error"]["code"] == "stream_cut"
    stream = gateway.openai(default_headers=ended).chat.completions.create(
        model="assistant", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    with pytest.raises(openai.APIError):
        list(stream)
    # One whose connection breaks is broken off at the client too: Envoy has no way to add to it.
    cut = providers.script("cut", openai={"text": words, "cut_after": 10})
    broken = Trace()
    response = ask(gateway, broken.headers() | cut, stream=True)
    assert (response.status, response.complete) == (200, False)
    assert len([line for line in response.body.decode().splitlines() if line]) == 10
    assert [len(standin.calls()) for standin in providers.standins.values()] == [3, 0, 0]
    attributes = receiver.span_of(broken.trace_id).attributes
    assert attributes["tollgate.outcome"] == "cut_by_provider"


def test_a_connection_that_is_reset_goes_on_to_the_next_target(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    script = providers.script("reset", openai={"reset": True})
    response = ask(gateway, trace.headers() | script, stream=stream)
    assert (response.status, said(response)) == (200, PROMPT)
    check_requests(providers, ["openai", "anthropic"])
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "reset"), ("anthropic", "answered")]


def test_calls_without_a_route_of_their_own_have_one_attempt(providers: Chain, gateway: Gateway) -> None:
    script = providers.script("once", local={"status": 429})
    headers = script | {"x-tollgate-target": "local", "authorization": f"Bearer {SUPPORT.secret}"}
    body = {"model": "mine", "messages": [{"role": "user", "content": "Hello"}]}
    response = gateway.post("/v1/chat/completions", body, headers)
    assert (response.status, providers.counts()) == (429, {"openai": 0, "anthropic": 0, "local": 1})


def test_a_hundred_calls_at_once_are_neither_lost_nor_doubled_nor_mixed_up(
    providers: Chain, gateway: Gateway, receiver: ReceiverClient
) -> None:
    script = providers.script("busy", openai={"status": 429}, anthropic={"status": 503}, local={"pause": 0.002})
    traces = [Trace() for _ in range(100)]

    def one(number: int) -> None:
        text = f"Call {number} of person{number}@mail.example.org"
        response = ask(gateway, traces[number].headers() | script, stream=number % 2 > 0, text=text)
        assert (response.status, said(response)) == (200, text)

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(one, range(100)))
    for name, standin in providers.standins.items():
        for call in standin.calls():
            assert providers.shown(call.headers) == [name]
            assert call.json()["model"] == MODELS[name]
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


TOOL = {
    "type": "function",
    "function": {"name": "send_mail", "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}},
}


def test_the_official_client_calls_tools_through_a_fallback(providers: Chain, gateway: Gateway, stream: bool) -> None:
    script = providers.script("tools", openai={"status": 429}, anthropic={"error_after": 0} if stream else {"status": 502})
    client = gateway.openai(default_headers=script)
    asked: dict[str, Any] = {"model": "assistant", "messages": [{"role": "user", "content": MAIL}], "tools": [TOOL]}
    if stream:
        chunks: list[ChatCompletionChunk] = list(client.chat.completions.create(**asked, stream=True))
        pieces = [call for chunk in chunks if chunk.choices for call in chunk.choices[0].delta.tool_calls or []]
        name = pieces[0].function.name
        arguments = "".join(piece.function.arguments or "" for piece in pieces)
    else:
        [call] = client.chat.completions.create(**asked).choices[0].message.tool_calls
        name, arguments = call.function.name, call.function.arguments
    assert (name, json.loads(arguments)) == ("send_mail", {"to": MAIL})
    assert list(providers.counts().values()) == [1, 1, 1]
    assert providers.standins["local"].call().json()["tools"] == [TOOL]


@pytest.fixture(scope="module")
def broken_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Two workers; nobody listens where the first provider is, and of the second Envoy has no host."""

    def adapt(config: dict[str, Any]) -> None:
        [endpoint] = cluster_of(config, "openai")["load_assignment"]["endpoints"][0]["lb_endpoints"]
        endpoint["endpoint"]["address"]["socket_address"]["port_value"] = 1
        second = cluster_of(config, "anthropic")
        second["type"] = "STATIC"
        second["load_assignment"]["endpoints"] = []

    directory = tmp_path_factory.mktemp("broken")
    changes = {"attempts": {"rest": "60s", "longest_rest": "60s"}}
    everything = chain.start(directory, running.endpoints["otel_collector"], changes, workers=2, adapt=adapt)
    yield everything
    everything.stop()


def test_a_target_without_a_host_ends_one_call_and_rests_in_all_workers(
    broken_chain: Chain, receiver: ReceiverClient, trace: Trace
) -> None:
    gateway = Gateway(broken_chain.address)
    response = ask(gateway, trace.headers(), stream=False)
    assert (response.status, response.json()["error"]["code"]) == (503, "provider_unreachable")
    assert response.header("content-type") == "application/json"
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "not_reached"), ("anthropic", "no_host")]
    assert attributes["tollgate.outcome"] == "cut_by_provider"
    assert "tollgate.notes" not in attributes
    for _ in range(8):
        again = Trace()
        response = ask(gateway, again.headers(), stream=True)
        assert (response.status, said(response)) == (200, PROMPT)
        ends = reasons(receiver.span_of(again.trace_id).attributes)
        assert ends == [("openai", "not_reached"), ("vllm", "answered")]
    assert not TRAP.search(broken_chain.envoy.output())


@pytest.fixture(scope="module")
def nested_chain(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """The second provider's cluster is an aggregate: its own, of which Envoy has no host, and the third one's."""

    def adapt(config: dict[str, Any]) -> None:
        clusters = config["static_resources"]["clusters"]
        second, local = cluster_of(config, "anthropic"), cluster_of(config, "local")
        hosts = []
        for cluster in (second, local):
            host = copy.deepcopy(cluster) | {"name": f"{cluster['name']}_hosts"}
            host["load_assignment"]["cluster_name"] = host["name"]
            for endpoint in host["load_assignment"]["endpoints"][0]["lb_endpoints"]:
                endpoint["metadata"] = {"filter_metadata": {"tollgate": {"provider": cluster["name"]}}}
            # Upstream filters of an aggregate's clusters do not run.
            del next(iter(host["typed_extension_protocol_options"].values()))["http_filters"]
            hosts.append(host)
        hosts[0] |= {"type": "STATIC", "load_assignment": {"cluster_name": "anthropic_hosts", "endpoints": []}}
        kind = "type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig"
        names = [host["name"] for host in hosts]
        nested = {"name": "envoy.clusters.aggregate", "typed_config": {"@type": kind, "clusters": names}}
        for field in ("type", "load_assignment", "transport_socket", "dns_lookup_family"):
            second.pop(field, None)
        # The aggregate itself has no TLS that could agree on a protocol.
        options = copy.deepcopy(second["typed_extension_protocol_options"])
        for written in options.values():
            del written["auto_config"]
            written["explicit_http_config"] = {"http_protocol_options": {}}
        second |= {"cluster_type": nested, "lb_policy": "CLUSTER_PROVIDED", "typed_extension_protocol_options": options}
        clusters += hosts

    directory = tmp_path_factory.mktemp("nested")
    everything = chain.start(directory, running.endpoints["otel_collector"], adapt=adapt)
    yield everything
    everything.stop()


def test_in_an_aggregate_a_target_without_a_host_loses_no_call(
    nested_chain: Chain, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    nested_chain.reset()
    script = nested_chain.script("nested", openai={"status": 500})
    response = ask(Gateway(nested_chain.address), trace.headers() | script, stream=stream)
    assert (response.status, said(response)) == (200, PROMPT)
    call = nested_chain.standins["local"].call()
    assert (call.header("host"), call.json()["model"]) == (nested_chain.hosts["local"], MODELS["local"])
    assert nested_chain.shown(call.headers) == ["local"]
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("openai", "status 500"), ("vllm", "answered")]
    assert not TRAP.search(nested_chain.envoy.output())
