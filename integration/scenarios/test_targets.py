"""Where a call goes: to the provider whose host it addresses or that it names, or nowhere."""

import openai
import pytest

from integration.keys import OPENAI_KEY, SEARCH
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.settings import base
from integration.standin.client import StandInClient
from integration.trace import Trace

USER = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize("host", ["api.mistral.ai", "api.groq.com", "api.deepseek.com", "openrouter.ai"])
def test_a_call_to_a_provider_that_is_not_set_up_goes_to_nobody_else(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect, host: str
) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers() | {"host": host})
    assert (response.status, response.header("x-tollgate-refusal")) == (404, "no_provider")
    assert standin.calls() == []
    assert receiver.span_of(trace.trace_id).attributes["error.type"] == "no_provider"


def test_an_api_that_the_addressed_provider_does_not_have_goes_nowhere(
    gateway: Gateway, standin: StandInClient
) -> None:
    response = gateway.post(ANTHROPIC.path, ANTHROPIC.ask("Hello"), {"host": OPENAI.host})
    assert (response.status, response.header("x-tollgate-refusal")) == (404, "no_provider")
    assert standin.calls() == []


def test_with_its_own_hosts_set_the_gateway_serves_no_other(open_gateway: OpenGateway, standin: StandInClient) -> None:
    gateway = open_gateway({"gateway_hosts": ["llm.example", "*.mesh.example:10000"]})
    for host, status in (
        ("llm.example", 200),
        ("llm.example:8080", 200),
        ("a.mesh.example:10000", 200),
        (OPENAI.host, 200),
        ("a.mesh.example", 404),
        ("other.example", 404),
    ):
        assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), {"host": host}).status == status, host
    assert len(standin.calls()) == 4


def test_the_official_client_chooses_a_provider_by_its_base_url(
    open_gateway: OpenGateway, standin: StandInClient
) -> None:
    """Here the one named `anthropic` is another one of OpenAI's dialect, and not the first."""
    providers = base()["providers"]
    providers[1] |= {"kind": "groq", "credential": {"env": "ANTHROPIC_API_KEY"}}
    gateway = open_gateway({"providers": providers})
    for name, path, host in (
        ("openai", "/v1/chat/completions", "api.openai.com"),
        ("anthropic", "/openai/v1/chat/completions", "api.groq.com"),
    ):
        standin.reset()
        client = openai.OpenAI(base_url=f"http://{gateway.address}/{name}/v1", api_key=SEARCH.secret, max_retries=0)
        stream = client.chat.completions.create(model="gpt-4o", messages=USER, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Hello"
        call = standin.call()
        assert (call.path, call.header("host")) == (path, host)


def test_a_header_chooses_a_provider_and_never_leaves(gateway: Gateway, standin: StandInClient) -> None:
    named = {"x-tollgate-target": "openai", "x-tollgate-customer": "acme", "x-tollgate-provider": "anthropic"}
    client = gateway.openai(default_headers=named)
    client.chat.completions.create(model="gpt-4o", messages=USER)
    call = standin.call()
    assert call.header("host") == OPENAI.host
    assert call.header("authorization") == f"Bearer {OPENAI_KEY}"
    assert not [name for name, _ in call.headers if name.startswith("x-tollgate")]
    for target in ("nobody", "OpenAI", "anthropic,openai"):
        with pytest.raises(openai.NotFoundError) as raised:
            gateway.openai(default_headers={"x-tollgate-target": target}).models.list()
        assert raised.value.code == "no_provider"
    # One that does not speak the path's API.
    response = gateway.post(ANTHROPIC.path, ANTHROPIC.ask("Hello"), {"x-tollgate-target": "openai"})
    assert (response.status, response.header("x-tollgate-refusal")) == (404, "no_provider")
    assert len(standin.calls()) == 1


def test_a_server_without_a_key_is_sent_none(open_gateway: OpenGateway, standin: StandInClient) -> None:
    providers = base()["providers"]
    providers[0] = {"name": "openai", "kind": "vllm", "host": "models.mesh"}
    gateway = open_gateway({"providers": providers})
    gateway.openai().chat.completions.create(model="gpt-4o", messages=USER)
    call = standin.call()
    assert (call.header("authorization"), call.header("host")) == (None, "models.mesh:8000")
    assert SEARCH.secret not in repr(call.headers)
