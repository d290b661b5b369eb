"""A server of one's own behind an endpoint picker, by the configuration that operators copy; OpenAI where it fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from integration import chain, envoy_config
from integration.chain import Chain, cluster_of
from integration.picker.client import PickerClient
from integration.process import Process, free_port, python_module
from integration.receiver.client import ReceiverClient
from integration.scenarios.chains import QUICK, reasons, watched
from integration.scenarios.clients import CLIENTS, TOOL, Client, Question
from integration.scenarios.gateway import Gateway
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.trace import Trace

pytestmark = [pytest.mark.own_envoy, pytest.mark.since("1.39")]

MAIL = "ada.lovelace@mail.example.org"
PROMPT = f"Write to {MAIL} that the parcel is late"
HEADER = "x-gateway-destination-endpoint"


@dataclass
class Pool:
    """Two pods, the picker that chooses between them, and OpenAI besides."""

    chain: Chain
    picker: PickerClient
    pods: dict[str, StandInClient]

    def reset(self) -> None:
        """Both pods are there, and nothing was asked yet."""
        self.picker.pods(*self.pods)
        for pod in self.pods.values():
            pod.reset()

    def counts(self) -> list[int]:
        """The number of calls that each pod got."""
        return [len(pod.calls()) for pod in self.pods.values()]


@pytest.fixture(scope="module")
def running_pool(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """The configuration, with a picker and a second pod."""
    directory = tmp_path_factory.mktemp("pool")
    processes: list[Process] = []

    def start(module: str) -> tuple[str, str]:
        port, control = free_port(), free_port()
        log = directory / f"{module}-beside.log"
        processes.append(python_module(f"integration.{module}", log, port=port, control_port=control))
        return f"127.0.0.1:{port}", f"127.0.0.1:{control}"

    address, control = start("picker")
    second, second_control = start("standin")
    picker, pod = PickerClient(control), StandInClient(second_control)

    def adapt(config: envoy_config.Config) -> None:
        chain.endpoint_of(cluster_of(config, "endpoint_picker"))["address"] = envoy_config.socket_address(address)

    collector = running.endpoints["otel_collector"]
    everything = chain.start(directory, collector, QUICK, configuration="endpoint-picker", adapt=adapt)
    picker.wait_until_up()
    pod.wait_until_up()
    yield Pool(everything, picker, {everything.addresses["pool"]: everything.standins["pool"], second: pod})
    everything.stop()
    for process in processes:
        process.stop()


@pytest.fixture
def pool(running_pool: Pool) -> Iterator[Pool]:
    """The same, with no calls yet."""
    with watched(running_pool.chain):
        running_pool.reset()
        yield running_pool


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    """Each official client in turn."""
    return request.param


def test_the_picker_reads_what_the_pod_gets_and_names_the_pod(
    pool: Pool, receiver: ReceiverClient, client: Client, trace: Trace, stream: bool
) -> None:
    gateway = Gateway(pool.chain.address)
    # The client does not choose the pod.
    headers = trace.headers() | {HEADER: pool.chain.addresses["openai"]}
    heard = client.ask(gateway, Question(PROMPT, stream, image=True), headers)
    assert heard.text == PROMPT
    heard = client.ask(gateway, Question(PROMPT, stream, tools=True), {})
    assert heard.calls == [(TOOL, {"to": PROMPT})]
    assert (pool.counts(), pool.chain.counts()["openai"]) == ([1, 1], 0)
    asked = pool.picker.asked()
    assert len(asked) == 2
    for one in asked:
        [call] = pool.pods[one["pod"]].calls()
        assert (one["path"], one["body"]) == (call.path, call.json())
        assert one["body"]["model"] == "Qwen/Qwen3-8B"
        assert MAIL not in call.body.decode() and "[EMAIL_1]" in call.body.decode()
        assert call.header("host") == pool.chain.hosts["pool"]
        assert call.header(HEADER) == one["pod"]
        names = [name for name, _ in call.headers]
        assert not [name for name in names if name.startswith(("x-tollgate", "x-envoy", "x-forwarded"))], names
        assert not pool.chain.shown(call.headers) and "authorization" not in names
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("vllm", "answered")]


def test_a_long_body_and_a_long_stream_go_through_the_picker(pool: Pool, client: Client) -> None:
    text = " ".join(f"word{number}" for number in range(2000))
    question = Question(f"{MAIL} " * 60_000, stream=True)
    script = pool.chain.script("long", pool={"text": text, "piece": 1000})
    for pod in pool.pods.values():
        pod.post_script("long", {"text": text, "piece": 1000})
    assert client.ask(Gateway(pool.chain.address), question, script).text == text
    assert len(pool.picker.asked()[0]["body"][{"responses": "input"}.get(client.name, "messages")]) >= 1


def test_a_stream_reaches_the_client_event_by_event(pool: Pool) -> None:
    [first, *_] = pool.pods
    pool.picker.pods(first)
    headers = pool.chain.script("gated", pool={"gate": True})
    client = Gateway(pool.chain.address).openai(default_headers=headers)
    asked = {"model": "assistant", "messages": [{"role": "user", "content": "one two three"}]}
    said = ""
    with client.chat.completions.create(**asked, stream=True) as chunks:
        for chunk in chunks:
            said += chunk.choices[0].delta.content or ""
            # The next event leaves the pod only when this one has arrived. The last two are no chunks of this client's:
            # usage that it has not asked for, and the end marker.
            for _ in range(3 if chunk.choices[0].finish_reason else 1):
                pool.pods[first].go()
    assert said == "one two three"


def test_where_no_pod_is_named_or_the_pod_fails_the_next_target_is_asked(
    pool: Pool, receiver: ReceiverClient, client: Client, stream: bool
) -> None:
    gateway = Gateway(pool.chain.address)

    def ends(script: dict[str, str]) -> list[str]:
        trace = Trace()
        assert client.ask(gateway, Question(PROMPT, stream), trace.headers() | script).text == PROMPT
        found = reasons(receiver.span_of(trace.trace_id).attributes)
        assert [provider for provider, _ in found] == ["vllm", "openai"]
        return [end for _, end in found]

    pool.picker.pods()
    assert ends({}) == ["status 503", "answered"]
    # Nobody listens there.
    pool.picker.pods("127.0.0.1:1")
    assert ends({}) == ["status 503", "answered"]
    pool.picker.pods(next(iter(pool.pods)))
    assert ends(pool.chain.script("busy", pool={"status": 429})) == ["status 429", "answered"]
    if stream:
        assert ends(pool.chain.script("fails", pool={"error_after": 0})) == ["error_event", "answered"]
        assert ends(pool.chain.script("hangs", pool={"never": True})) == ["timed_out", "answered"]


def test_where_the_picker_does_not_answer_the_next_target_is_asked(
    running: Stack, receiver: ReceiverClient, tmp_path: Path, trace: Trace, stream: bool
) -> None:
    def adapt(config: envoy_config.Config) -> None:
        nowhere = envoy_config.socket_address("127.0.0.1:1")
        chain.endpoint_of(cluster_of(config, "endpoint_picker"))["address"] = nowhere

    collector = running.endpoints["otel_collector"]
    started = chain.start(tmp_path, collector, QUICK, configuration="endpoint-picker", adapt=adapt)
    try:
        heard = CLIENTS[0].ask(Gateway(started.address), Question(PROMPT, stream), trace.headers())
        assert heard.text == PROMPT
        attributes = receiver.span_of(trace.trace_id).attributes
        assert [provider for provider, _ in reasons(attributes)] == ["vllm", "openai"]
    finally:
        started.stop()
