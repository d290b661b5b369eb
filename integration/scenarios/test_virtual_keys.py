"""Who may call, and what becomes of the key."""

from collections.abc import Callable

import anthropic
import openai
import pytest

from integration.keys import ANTHROPIC_KEY, EXPIRED, OPENAI_KEY, SEARCH, SMALL, SUPPORT, UNKNOWN, VirtualKey
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.standin.client import StandInClient
from integration.trace import Trace

Ask = Callable[[Gateway, VirtualKey, Trace], object]


def with_openai(gateway: Gateway, key: VirtualKey, trace: Trace) -> object:
    """A call by OpenAI's client."""
    messages = [{"role": "user", "content": "Hello"}]
    client = gateway.openai(key)
    return client.chat.completions.create(model="gpt-4o", messages=messages, extra_headers=trace.headers())


def with_anthropic(gateway: Gateway, key: VirtualKey, trace: Trace) -> object:
    """A call by Anthropic's client."""
    messages = [{"role": "user", "content": "Hello"}]
    client = gateway.anthropic(key)
    return client.messages.create(
        model="claude-sonnet-4-6", max_tokens=9, messages=messages, extra_headers=trace.headers()
    )


@pytest.mark.parametrize(
    ("key", "code"), [(UNKNOWN, "invalid_api_key"), (EXPIRED, "expired_api_key")], ids=["unknown", "expired"]
)
@pytest.mark.parametrize(
    ("ask", "expected"),
    [(with_openai, openai.AuthenticationError), (with_anthropic, anthropic.AuthenticationError)],
    ids=["openai", "anthropic"],
)
def test_a_key_that_is_not_valid_is_an_authentication_error(
    ask: Ask,
    expected: type[openai.APIStatusError],
    key: VirtualKey,
    code: str,
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
) -> None:
    with pytest.raises(expected) as raised:
        ask(gateway, key, trace)
    assert raised.value.status_code == 401
    assert raised.value.response.headers["x-tollgate-refusal"] == code
    assert standin.calls() == []
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["tollgate.outcome"] == "refused"
    assert span.attributes["error.type"] == code
    assert span.attributes["http.response.status_code"] == 401
    assert span.status["code"] == 2
    assert span.attributes.get("tollgate.key.id") == ("expired" if key is EXPIRED else None)


@pytest.mark.parametrize(
    ("ask", "expected"),
    [(with_openai, openai.PermissionDeniedError), (with_anthropic, anthropic.PermissionDeniedError)],
    ids=["openai", "anthropic"],
)
def test_a_model_that_the_key_may_not_use_is_a_permission_error(
    ask: Ask,
    expected: type[openai.APIStatusError],
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
) -> None:
    with pytest.raises(expected) as raised:
        ask(gateway, SMALL, trace)
    assert raised.value.status_code == 403
    assert standin.calls() == []
    span = receiver.span_of(trace.trace_id)
    assert span.attributes["error.type"] == "model_not_allowed"
    assert span.attributes["tollgate.key.id"] == "small-models"
    assert span.attributes["tollgate.team"] == "research"
    assert "tollgate.cost.unknown" not in span.attributes


def test_a_key_may_use_the_models_that_its_patterns_name(gateway: Gateway, standin: StandInClient) -> None:
    key = {"authorization": f"Bearer {SMALL.secret}"}
    for dialect, model in ((OPENAI, "gpt-4o-mini"), (ANTHROPIC, "claude-haiku-4-5")):
        assert gateway.post(dialect.path, dialect.ask("Hello", model=model), key).status == 200
    assert [call.json()["model"] for call in standin.calls()] == ["gpt-4o-mini", "claude-haiku-4-5"]


def test_a_call_without_a_key_is_refused_in_its_dialect(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    response = gateway.post(dialect.path, dialect.ask("Hello"), {"authorization": None})
    assert response.status == 401
    assert response.header("content-type") == "application/json"
    error = response.json()["error"]
    if dialect is OPENAI:
        assert (error["type"], error["code"]) == ("invalid_request_error", "missing_api_key")
    else:
        assert (response.json()["type"], error["type"]) == ("error", "authentication_error")
    assert standin.calls() == []


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_provider_gets_its_own_key_and_not_the_client_s(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, header: str
) -> None:
    value = f"Bearer {SUPPORT.secret}" if header == "authorization" else SUPPORT.secret
    response = gateway.post(dialect.path, dialect.ask("Hello"), {"authorization": None, header: value})
    assert response.status == 200
    call = standin.call()
    credentials = [(name, value) for name, value in call.headers if name in ("authorization", "x-api-key")]
    if dialect is OPENAI:
        assert credentials == [("authorization", f"Bearer {OPENAI_KEY}")]
    else:
        assert credentials == [("x-api-key", ANTHROPIC_KEY)]
    everything = repr(call.headers) + call.body.decode()
    assert SUPPORT.secret not in everything


def test_the_provider_learns_nothing_of_the_network_behind(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    private = {
        "baggage": "tenant=acme",
        "cookie": "session=1",
        "x-tollgate-user": "ann",
        "x-tollgate-feature": "mail",
        "x-tollgate-provider": "somewhere-else",
        "x-forwarded-for": "10.0.0.7",
    }
    assert gateway.post(dialect.path, dialect.ask("Hello"), private).status == 200
    sent = dict(standin.call().headers)
    assert sent["host"] == dialect.host
    credential = "authorization" if dialect is OPENAI else "x-api-key"
    needed = {"host", "content-type", "content-length", "accept-encoding", "traceparent", credential}
    assert sent.keys() == needed
    assert sent["accept-encoding"] == "identity"


def test_two_keys_in_one_request_cannot_confuse(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    """The dialect's own header wins, and neither of the two leaves."""
    both = {"authorization": f"Bearer {SEARCH.secret}", "x-api-key": UNKNOWN.secret}
    response = gateway.post(dialect.path, dialect.ask("Hello"), both)
    assert response.status == (200 if dialect is OPENAI else 401)
    sent = repr([call.headers for call in standin.calls()])
    assert SEARCH.secret not in sent and UNKNOWN.secret not in sent
