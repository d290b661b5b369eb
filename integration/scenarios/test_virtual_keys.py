"""Who may call, and what becomes of the key."""

import base64
from collections.abc import Callable

import anthropic
import openai
import pytest

from integration import envoy_config
from integration.envoy_config import Config
from integration.keys import ANTHROPIC_KEY, EXPIRED, OPENAI_KEY, SEARCH, SMALL, SUPPORT, UNKNOWN, VirtualKey
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.settings import base, changed
from integration.stack import Stack
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


def test_a_stale_credential_beside_the_key_does_not_hide_it(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    """Whichever header holds the key that is known; neither of the two leaves."""
    for known, stale in (("authorization", "x-api-key"), ("x-api-key", "authorization")):
        values = {name: f"Bearer {key}" if name == "authorization" else key
                  for name, key in ((known, SEARCH.secret), (stale, UNKNOWN.secret))}  # fmt: skip
        assert gateway.post(dialect.path, dialect.ask("Hello"), values).status == 200
    sent = repr([call.headers for call in standin.calls()])
    assert SEARCH.secret not in sent and UNKNOWN.secret not in sent


def test_two_keys_that_are_known_are_refused(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    both = {"authorization": f"Bearer {SEARCH.secret}", "x-api-key": SUPPORT.secret}
    response = gateway.post(dialect.path, dialect.ask("Hello"), trace.headers() | both)
    assert (response.status, response.header("x-tollgate-refusal")) == (401, "key_ambiguous")
    assert standin.calls() == []
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["error.type"] == "key_ambiguous"
    assert "tollgate.key.id" not in attributes


def test_the_key_leaves_in_no_header_cookie_or_parameter(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    key = SEARCH.secret
    pair = base64.b64encode(f"me:{key}".encode()).decode()
    headers = {
        "proxy-authorization": f"Basic {pair}",
        "ocp-apim-subscription-key": key,
        "x-auth-token": f"Bearer {key}",
        "x-anything": f"key={key}",
        "cookie": f"a=1; session={key}",
        "x-kept": "kept",
    }
    query = f"?b=%20+&KEY={key}&&%6bey={key.replace('-', '%2D')}&any={key}&beta=true"
    response = gateway.post(dialect.path + query, dialect.ask("Hello"), headers)
    assert response.status == 200
    call = standin.call()
    assert call.path == dialect.path + "?b=%20+&&beta=true"
    assert call.header("x-kept") == "kept"
    assert key not in repr(call.headers) and pair not in repr(call.headers)


@pytest.mark.parametrize("forwarded", [False, True])
def test_where_the_client_is_goes_on_only_where_the_settings_say_so(
    open_gateway: OpenGateway, standin: StandInClient, dialect: Dialect, forwarded: bool
) -> None:
    gateway = open_gateway({"forward_client_address": forwarded})
    names = ("forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip")
    headers = dict.fromkeys(names, "10.0.0.7") | {"connection": "x-hop", "x-hop": "1", "te": "trailers"}
    assert gateway.post(dialect.path, dialect.ask("Hello"), headers).status == 200
    call = standin.call()
    assert {name for name in names if call.header(name)} == (set(names) if forwarded else set())
    assert call.header("x-hop") is None and call.header("te") is None


def test_envoy_s_own_word_for_where_the_client_is_stays_here_too(
    running: Stack, standin: StandInClient, dialect: Dialect
) -> None:
    """The route of the configuration removes it as well; without that, the filter does."""
    for forwarded in (False, True):
        settings = changed(base(), {"forward_client_address": forwarded})
        gateway = Gateway(running.proxy.listeners.put(f"appends-{forwarded}", settings, adapt=appending))
        standin.reset()
        assert gateway.post(dialect.path, dialect.ask("Hello"), {}).status == 200
        assert bool(standin.call().header("x-forwarded-for")) is forwarded


def appending(listener: Config) -> None:
    """Lets Envoy add the client's address, and the route let it pass."""
    manager = envoy_config.connection_manager(listener)
    manager["skip_xff_append"] = False
    manager["route_config"]["virtual_hosts"][0].pop("request_headers_to_remove", None)
    manager["route_config"]["request_headers_to_remove"] = ["x-tollgate-provider"]


def test_a_request_signed_for_aws_is_told_which_key_works(gateway: Gateway, standin: StandInClient) -> None:
    signature = "AWS4-HMAC-SHA256 Credential=AKIA/20261128/us-east-1/bedrock/aws4_request, Signature=00"
    response = gateway.post("/model/m/converse", {"messages": []}, {"authorization": signature})
    assert (response.status, response.header("x-tollgate-refusal")) == (401, "aws_signature")
    assert b"AWS_BEARER_TOKEN_BEDROCK" in response.body
    assert standin.calls() == []
