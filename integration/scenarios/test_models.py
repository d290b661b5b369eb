"""Models of the settings: the official clients ask for names of the operator's, and list them."""

import anthropic
import openai
import pytest

from integration.keys import GEMINI_KEY, OPENAI_KEY, SMALL
from integration.listeners import Rejected
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.settings import base
from integration.standin.client import StandInClient
from integration.trace import Trace

MODELS = [
    {"name": "assistant", "targets": [{"provider": "openai", "model": "gpt-4o-mini"}]},
    {"name": "claude-haiku-own", "targets": [{"provider": "anthropic", "model": "claude-haiku-4-5"}]},
    {"name": "gemini-own", "targets": [{"provider": "gemini", "model": "gemini-2.5-flash"}]},
    {"name": "gpt-*", "targets": [{"provider": "openai", "defaults": {"temperature": 0.5}}]},
]
PROVIDERS = [*base()["providers"], {"name": "gemini", "kind": "gemini", "credential": {"env": "GEMINI_API_KEY"}}]
CHANGES = {"models": MODELS, "providers": PROVIDERS}
USER = [{"role": "user", "content": "Hello"}]


def test_official_clients_get_the_target_s_model(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, stream: bool
) -> None:
    gateway = open_gateway(CHANGES)
    client = gateway.openai(default_headers=trace.headers())
    answer = client.chat.completions.create(model="assistant", messages=USER, stream=stream)
    if stream:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices) == "Hello"
    else:
        assert answer.choices[0].message.content == "Hello"
    call = standin.call()
    assert (call.json()["model"], call.header("authorization")) == ("gpt-4o-mini", f"Bearer {OPENAI_KEY}")
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["gen_ai.request.model"] == "assistant"
    assert attributes["tollgate.attempts.models"] == ["gpt-4o-mini"]
    assert attributes["tollgate.attempts.ends"] == ["answered"]
    assert attributes["tollgate.cost.entry"].endswith("gpt-4o-mini")
    standin.reset()
    gateway.anthropic().messages.create(model="claude-haiku-own", max_tokens=9, messages=USER)
    assert standin.call().json()["model"] == "claude-haiku-4-5"
    standin.reset()
    google = gateway.google()
    google.models.generate_content(model="gemini-own", contents="Hello")
    call = standin.call()
    assert call.path.endswith("/models/gemini-2.5-flash:generateContent")
    assert call.header("x-goog-api-key") == GEMINI_KEY
    standin.reset()
    gateway.openai().chat.completions.create(model="gpt-5", messages=USER)
    assert (standin.call().json()["model"], standin.call().json()["temperature"]) == ("gpt-5", 0.5)


def test_official_clients_list_the_models_that_their_key_may_use(
    open_gateway: OpenGateway, standin: StandInClient
) -> None:
    gateway = open_gateway(CHANGES)
    names = ["assistant", "claude-haiku-own", "gemini-own"]
    # The clients are kept: one that is forgotten closes its connections.
    openai_client, anthropic_client, google = gateway.openai(), gateway.anthropic(), gateway.google()
    assert [model.id for model in openai_client.models.list()] == names
    assert [model.id for model in anthropic_client.models.list()] == names
    assert [model.name for model in google.models.list()] == [f"models/{name}" for name in names]
    assert openai_client.models.retrieve("gpt-5").id == "gpt-5"
    assert anthropic_client.models.retrieve("assistant").id == "assistant"
    limited, limited_anthropic = gateway.openai(SMALL), gateway.anthropic(SMALL)
    assert [model.id for model in limited.models.list()] == ["claude-haiku-own"]
    assert [model.id for model in limited_anthropic.models.list()] == ["claude-haiku-own"]
    with pytest.raises(openai.NotFoundError):
        openai_client.models.retrieve("nobody")
    with pytest.raises(anthropic.NotFoundError):
        limited_anthropic.models.retrieve("assistant")
    assert standin.calls() == []


def test_several_targets_in_turn_are_refused_without_upstream_instances(open_gateway: OpenGateway) -> None:
    targets = [{"provider": "openai", "model": "gpt-4o"}, {"provider": "openai", "model": "gpt-4o-mini"}]
    with pytest.raises(Rejected):
        open_gateway({"models": [{"name": "assistant", "targets": targets}]})


def test_a_header_chooses_the_target_and_the_span_says_why(
    open_gateway: OpenGateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    intent = {"headers": [{"name": "x-intent", "values": ["classify"]}]}
    targets = [
        {"provider": "openai", "model": "gpt-4o-mini", "when": intent},
        {"provider": "openai", "model": "gpt-4o"},
    ]
    gateway = open_gateway({"models": [{"name": "assistant", "targets": targets}]})
    gateway.openai().chat.completions.create(
        model="assistant", messages=USER, extra_headers={"x-intent": "classify"}
    )
    assert standin.call().json()["model"] == "gpt-4o-mini"
    standin.reset()
    gateway.openai(default_headers=trace.headers()).chat.completions.create(model="assistant", messages=USER)
    assert standin.call().json()["model"] == "gpt-4o"
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.route.reason"] == "order"
    assert attributes["tollgate.route.passed_over"] == ["openai/gpt-4o-mini: header"]


def test_the_least_used_target_is_known_to_all_workers(open_gateway: OpenGateway, standin: StandInClient) -> None:
    targets = [
        {"provider": "openai", "model": name, "rate": {"requests": 1000}} for name in ("gpt-4o", "gpt-4o-mini")
    ]
    gateway = open_gateway({"models": [{"name": "assistant", "prefer": "least_used", "targets": targets}]})
    # Each client has a connection of its own, and so any of the workers.
    clients = [gateway.openai() for _ in range(10)]
    for client in clients:
        client.chat.completions.create(model="assistant", messages=USER)
    used = [call.json()["model"] for call in standin.calls()]
    # A new minute may begin in between, and begins at nothing.
    assert abs(used.count("gpt-4o") - used.count("gpt-4o-mini")) <= 2, used
