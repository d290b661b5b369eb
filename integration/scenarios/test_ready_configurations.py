"""Each configuration that operators copy, started, with stand-ins for its providers and the official clients before it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest

from integration import chain, envoy_config
from integration.chain import Chain, cluster_of
from integration.receiver.client import ReceiverClient
from integration.scenarios.chains import QUICK, reasons, watched
from integration.scenarios.clients import CLIENTS, PNG, TOOL, Client, Question
from integration.scenarios.gateway import Gateway
from integration.scenarios.watch import TRAP
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.standin import tokens
from integration.standin.record import Record
from integration.trace import Trace

pytestmark = [pytest.mark.own_envoy, pytest.mark.since("1.39")]

MAIL = "ada.lovelace@mail.example.org"
PROMPT = f"Write to {MAIL} that the parcel is late"
NOVA = "us.amazon.nova-pro-v1:0"
CLAUDE = "claude-sonnet-4-6"
VERTEX = "/v1/projects/acme/locations/us-east5/publishers/anthropic/models"
CLAUDE_AT_BEDROCK = "us.anthropic.claude-sonnet-4-6"

Started = Callable[[str], Chain]


@pytest.fixture(scope="module")
def all_started(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Starts a configuration by its name; the same again for the same name."""
    chains: dict[str, Chain] = {}

    def start(name: str) -> Chain:
        if name not in chains:
            has_attempts = "attempts" in chain.settings_of(chain.written(name))
            changes = QUICK if has_attempts else {}
            directory = tmp_path_factory.mktemp(name)
            collector = running.endpoints["otel_collector"]
            chains[name] = chain.start(directory, collector, changes, configuration=name)
            if entra := chains[name].standins.get("entra"):
                wait_for_token(entra)
        return chains[name]

    yield start
    for started in chains.values():
        started.stop()


def wait_for_token(entra: StandInClient) -> None:
    """Waits until Envoy has fetched its token, in the way that Entra has it."""
    call = entra.wait_for_end("whole")
    assert call.path == "/00000000-0000-0000-0000-000000000000/oauth2/v2.0/token"
    assert parse_qs(call.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["https://cognitiveservices.azure.com/.default"],
        "client_id": ["11111111-1111-1111-1111-111111111111"],
        "client_secret": [chain.environment_of(chain.written("azure-entra"))["AZURE_CLIENT_SECRET"]],
    }


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request: pytest.FixtureRequest) -> Client:
    """Each official client in turn."""
    return request.param


@pytest.fixture
def bedrock(all_started: Started) -> Iterator[Chain]:
    """Bedrock alone."""
    with watched(all_started("bedrock")) as started:
        yield started


@pytest.fixture
def claude(all_started: Started) -> Iterator[Chain]:
    """Claude at its providers."""
    with watched(all_started("claude")) as started:
        yield started


@pytest.fixture
def entra(all_started: Started) -> Iterator[Chain]:
    """Azure with tokens of Entra."""
    with watched(all_started("azure-entra")) as started:
        yield started


@pytest.fixture
def weighted(all_started: Started) -> Iterator[Chain]:
    """Azure and OpenAI by weight."""
    with watched(all_started("weighted")) as started:
        yield started


@pytest.mark.parametrize("name", chain.names())
def test_every_configuration_answers_for_every_model_that_it_has(all_started: Started, name: str, stream: bool) -> None:
    with watched(all_started(name)) as started:
        settings = chain.settings_of(chain.written(name))
        gateway = Gateway(started.address)
        models = [model["name"] for model in settings.get("models", [])]
        for model in models or ["gpt-4.1-mini"]:
            assert CLIENTS[0].ask(gateway, Question(PROMPT, stream, model=model), {}).text == PROMPT
        if not models and len(settings["providers"]) > 1:
            assert CLIENTS[2].ask(gateway, Question(PROMPT, stream, model=CLAUDE), {}).text == PROMPT
        calls = [(name, call) for name, standin in started.standins.items() for call in standin.calls()]
        assert calls
        for provider, call in calls:
            assert call.header("host") == started.hosts[provider]
            assert MAIL not in call.body.decode() and "[EMAIL_1]" in call.body.decode()
            assert started.shown(call.headers) == ([provider] if provider in started.keys else [])
            names = {name for name, _ in call.headers}
            assert not names & {"x-forwarded-for", "x-forwarded-proto", "x-request-id", "x-tollgate-provider"}


def check_signed(started: Chain, call: Record) -> None:
    """Bedrock has taken the signature, which is over the body as it came; no key is sent."""
    assert call.ended == "whole"
    assert (call.header("authorization") or "").startswith("AWS4-HMAC-SHA256 Credential=")
    assert "/us-east-1/bedrock/aws4_request" in (call.header("authorization") or "")
    assert started.shown(call.headers) == []
    assert MAIL not in call.body.decode()


def test_bedrock_gets_its_own_api_signed_and_its_event_stream_comes_back_as_the_client_s(
    bedrock: Chain, receiver: ReceiverClient, client: Client, trace: Trace, stream: bool
) -> None:
    gateway, said = Gateway(bedrock.address), len(PROMPT.split())
    heard = client.ask(gateway, Question(PROMPT, stream), trace.headers())
    assert (heard.text, heard.calls, heard.tokens) == (PROMPT, [], (said + 2, said))
    call = bedrock.standins["bedrock"].call()
    assert call.path == f"/model/{quote(NOVA)}/converse" + ("-stream" if stream else "")
    check_signed(bedrock, call)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert (attributes["gen_ai.provider.name"], attributes["tollgate.outcome"]) == ("aws.bedrock", "answered")
    assert attributes["gen_ai.usage.input_tokens"] == said + 2
    bedrock.reset()
    heard = client.ask(gateway, Question(PROMPT, stream, tools=True, image=True), {})
    assert (heard.text, heard.calls) == ("", [(TOOL, {"to": PROMPT})])
    call = bedrock.standins["bedrock"].call()
    check_signed(bedrock, call)
    [image] = [part["image"] for part in call.json()["messages"][0]["content"] if "image" in part]
    assert image == {"format": "png", "source": {"bytes": PNG}}


def test_a_long_body_is_signed_as_it_was_written(bedrock: Chain) -> None:
    text = f"{MAIL} " * 60_000
    heard = CLIENTS[0].ask(Gateway(bedrock.address), Question(text), bedrock.script("long", bedrock={"text": "well"}))
    assert heard.text == "well"
    call = bedrock.standins["bedrock"].call()
    assert len(call.body) > 500_000
    check_signed(bedrock, call)


def test_errors_of_bedrock_are_raised_by_every_client(bedrock: Chain, client: Client, stream: bool) -> None:
    gateway = Gateway(bedrock.address)
    for status in (400, 429, 503):
        with pytest.raises(client.errors) as raised:
            client.ask(gateway, Question(PROMPT, stream), bedrock.script("error", bedrock={"status": status}))
        assert client.status(raised.value) == status
        assert "could not be processed" in str(raised.value)
    if stream:
        with pytest.raises(client.errors):
            client.ask(gateway, Question(PROMPT, stream), bedrock.script("late", bedrock={"error_after": 3}))
        with pytest.raises(client.errors):
            client.ask(gateway, Question(PROMPT, stream), bedrock.script("cut", bedrock={"end_after": 3}))


def test_claude_is_asked_for_at_bedrock_where_anthropic_fails_and_at_vertex_ai_where_both_do(
    claude: Chain, receiver: ReceiverClient, client: Client, trace: Trace, stream: bool
) -> None:
    gateway = Gateway(claude.address)
    heard = client.ask(gateway, Question(PROMPT, stream, model=CLAUDE), {})
    assert (heard.text, claude.standins["anthropic"].call().json()["model"]) == (PROMPT, CLAUDE)
    claude.reset()
    failing = trace.headers() | claude.script("fails", anthropic={"status": 529})
    heard = client.ask(gateway, Question(PROMPT, stream, tools=True, image=True, model=CLAUDE), failing)
    assert (heard.text, heard.calls) == ("", [(TOOL, {"to": PROMPT})])
    assert claude.shown(claude.standins["anthropic"].call().headers) == ["anthropic"]
    call = claude.standins["bedrock"].call()
    assert call.path.startswith(f"/model/{quote(CLAUDE_AT_BEDROCK)}/")
    check_signed(claude, call)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert reasons(attributes) == [("anthropic", "status 529"), ("aws.bedrock", "answered")]
    assert claude.counts()["vertex_with_token"] == 0
    claude.reset()
    failing = claude.script("fail", anthropic={"status": 529}, bedrock={"status": 429})
    heard = client.ask(gateway, Question(PROMPT, stream, model=CLAUDE), failing)
    assert (heard.text, heard.calls) == (PROMPT, [])
    heard = client.ask(gateway, Question(PROMPT, stream, tools=True, image=True, model=CLAUDE), failing)
    assert (heard.text, heard.calls) == ("", [(TOOL, {"to": PROMPT})])
    calls = claude.standins["vertex_with_token"].calls()
    assert len(calls) == 2
    for call in calls:
        assert call.path == f"{VERTEX}/{CLAUDE}:" + ("streamRawPredict" if stream else "rawPredict")
        assert (call.header("host"), call.header("authorization")) == (
            claude.hosts["vertex_with_token"],
            f"Bearer {tokens.GOOGLE}",
        )
        assert (call.json()["anthropic_version"], call.json().get("model")) == ("vertex-2023-10-16", None)
        assert MAIL not in call.body.decode() and not claude.shown(call.headers)
    down = claude.script("down", **{name: {"status": 429} for name in ("anthropic", "bedrock", "vertex_with_token")})
    with pytest.raises(client.errors) as raised:
        client.ask(gateway, Question(PROMPT, stream, model=CLAUDE), down)
    assert client.status(raised.value) == 429


def test_azure_gets_a_token_of_entra_and_no_key(
    entra: Chain, receiver: ReceiverClient, client: Client, trace: Trace, stream: bool
) -> None:
    heard = client.ask(Gateway(entra.address), Question(PROMPT, stream), trace.headers())
    assert heard.text == PROMPT
    call = entra.standins["azure_with_token"].call()
    assert call.path == "/openai/v1/" + ("responses" if client.name == "responses" else "chat/completions")
    assert (call.header("authorization"), call.header("api-key")) == (f"Bearer {tokens.ENTRA}", None)
    assert MAIL not in call.body.decode()
    assert receiver.span_of(trace.trace_id).attributes["gen_ai.provider.name"] == "azure.ai.openai"
    secret = chain.environment_of(chain.written("azure-entra"))["AZURE_CLIENT_SECRET"]
    shown = entra.envoy.output() + entra.admin.read("GET", "/config_dump").decode()
    assert tokens.ENTRA not in shown and secret not in shown


def test_without_a_token_azure_is_not_asked_and_the_client_is_not_blamed(
    running: Stack, tmp_path: Path
) -> None:
    def adapt(config: envoy_config.Config) -> None:
        chain.endpoint_of(cluster_of(config, "entra"))["address"] = envoy_config.socket_address("127.0.0.1:1")

    collector = running.endpoints["otel_collector"]
    started = chain.start(tmp_path, collector, configuration="azure-entra", adapt=adapt)
    try:
        for client in CLIENTS:
            with pytest.raises(client.errors) as raised:
                client.ask(Gateway(started.address), Question(PROMPT, stream=client.name == "chat"), {})
            assert client.status(raised.value) == 503
        assert started.counts()["azure_with_token"] == 0
    finally:
        started.stop()


def test_calls_are_shared_by_weight_and_the_other_target_is_tried_where_one_fails(
    weighted: Chain, receiver: ReceiverClient
) -> None:
    gateway = Gateway(weighted.address)

    def ask(headers: dict[str, str]) -> str:
        return CLIENTS[0].ask(gateway, Question(PROMPT), headers).text

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, [{}] * 300)) == {PROMPT}
    # Five standard deviations on either side.
    assert abs(weighted.counts()["azure"] - 210) < 40
    assert sum(weighted.counts().values()) == 300
    [path] = {call.path for call in weighted.standins["azure"].calls()}
    assert path == "/openai/v1/chat/completions"
    for failing, other in (("azure", "openai"), ("openai", "azure")):
        weighted.reset()
        failed = weighted.script("fails", **{failing: {"status": 503}})
        traces = [Trace() for _ in range(20)]
        assert {ask(trace.headers() | failed) for trace in traces} == {PROMPT}
        assert weighted.counts()[other] == 20
        ends = [reasons(receiver.span_of(trace.trace_id).attributes)[-1][1] for trace in traces]
        assert ends == ["answered"] * 20
    assert not TRAP.search(weighted.envoy.output())
