"""WebSockets and tunnels: the filter answers each itself, and none reaches a provider."""

import json

import pytest

from integration import envoy_config
from integration.keys import EXPIRED, SEARCH, UNKNOWN
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import OPENAI
from integration.scenarios.gateway import TIMEOUT, Gateway
from integration.scenarios.http2 import ENABLE_CONNECT_PROTOCOL, Http2
from integration.scenarios.raw import Response
from integration.settings import base, changed
from integration.stack import Stack
from integration.standin.client import StandInClient
from integration.trace import Trace

OPENING = {
    "connection": "Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}
# A text frame with a mask of zeros: a client in a hurry sends it with the handshake.
FRAME = b"\x81\x82\0\0\0\0{}"
PATHS = [
    ("/v1/responses", 426, "unsupported_websocket"),
    ("/openai/v1/responses?api-version=preview", 426, "unsupported_websocket"),
    ("/v1/realtime?model=gpt-realtime", 501, "unsupported_realtime"),
    ("/openai/realtime?deployment=voice", 501, "unsupported_realtime"),
    ("/v1/chat/completions", 404, "unsupported_upgrade"),
    ("/v1/oracle", 404, "unsupported_upgrade"),
]


def open_socket(gateway: Gateway, path: str, headers: dict[str, str | bytes | None], method: str = "GET") -> Response:
    """Sends a handshake, and a frame with it; reads the answer, and that the connection ends after it."""
    key = {"authorization": f"Bearer {SEARCH.secret}"}
    with gateway.connect() as connection:
        connection.send_request(method, path, OPENING | key | headers | {"content-length": None}, FRAME)
        response = connection.read_response()
        with pytest.raises((EOFError, ConnectionError)):
            connection.read_head()
        return response


def assert_refused(response: Response, status: int, code: str) -> None:
    """The answer is the filter's own, whole."""
    assert (response.status, response.header("x-tollgate-refusal")) == (status, code)
    assert response.complete and response.header("content-type") == "application/json"
    assert response.json()["error"].keys() == {"message", "type", "param", "code"}
    assert response.json()["error"]["code"] == code


def assert_span(receiver: ReceiverClient, trace: Trace, status: int, code: str) -> None:
    """The call has left its span."""
    span = receiver.span_of(trace.trace_id)
    assert (span.attributes["tollgate.outcome"], span.attributes["error.type"]) == ("refused", code)
    assert span.attributes["http.response.status_code"] == status
    assert "gen_ai.provider.name" not in span.attributes


@pytest.mark.parametrize("unknown_paths", ["refuse", "pass"])
@pytest.mark.parametrize(("path", "status", "code"), PATHS)
def test_a_web_socket_is_answered_by_the_filter_and_reaches_no_provider(
    path: str,
    status: int,
    code: str,
    unknown_paths: str,
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
) -> None:
    gateway = open_gateway({"unknown_paths": unknown_paths})
    assert_refused(open_socket(gateway, path, trace.headers()), status, code)
    assert standin.calls() == []
    assert_span(receiver, trace, status, code)


def test_codex_falls_back_to_http(gateway: Gateway, standin: StandInClient) -> None:
    """It does so on the status 426, on the same path."""
    codex = {"openai-beta": "responses_websockets=2026-02-06", "sec-websocket-extensions": "permessage-deflate"}
    response = open_socket(gateway, "/v1/responses", codex)
    assert (response.status, response.header("upgrade"), response.header("connection")) == (
        426,
        "HTTP/1.1",
        "upgrade, close",
    )
    assert gateway.post("/v1/responses", {"model": "gpt-4o", "input": "Hello"}, {}).status == 200
    assert standin.call().path == "/v1/responses"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"authorization": f"Bearer {UNKNOWN.secret}"}, "invalid_api_key"),
        ({"authorization": f"Bearer {EXPIRED.secret}"}, "expired_api_key"),
        ({"authorization": None}, "missing_api_key"),
    ],
    ids=["unknown", "expired", "none"],
)
@pytest.mark.parametrize("path", ["/v1/responses", "/v1/realtime", "/v1/oracle"])
def test_a_web_socket_without_a_valid_key_is_told_so(
    path: str,
    headers: dict[str, str | bytes | None],
    code: str,
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
) -> None:
    assert_refused(open_socket(gateway, path, headers | trace.headers()), 401, code)
    assert standin.calls() == []
    assert_span(receiver, trace, 401, code)


@pytest.mark.parametrize(
    "headers", [{"connection": "keep-alive, UPGRADE", "upgrade": "WebSocket"}, {"transfer-encoding": "chunked"}]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_web_socket_in_another_spelling_is_one(
    headers: dict[str, str | bytes | None], method: str, gateway: Gateway, standin: StandInClient
) -> None:
    assert_refused(open_socket(gateway, "/v1/responses", headers, method), 426, "unsupported_websocket")
    assert standin.calls() == []


@pytest.mark.parametrize("protocol", ["TLS/1.2", "foo", "websocket, foo"])
def test_an_upgrade_to_anything_else_ends_at_envoy(protocol: str, gateway: Gateway, standin: StandInClient) -> None:
    assert open_socket(gateway, "/v1/responses", {"upgrade": protocol}).status == 403
    assert standin.calls() == []


def test_an_offer_of_http_2_is_no_upgrade(gateway: Gateway, standin: StandInClient) -> None:
    """Java's client makes it with every first request; Envoy takes it away."""
    offer = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMAAABkAARAAAAA"}
    assert gateway.post(OPENAI.path, OPENAI.ask("Hello"), offer).status == 200
    assert not {"upgrade", "connection", "http2-settings"} & {name for name, _ in standin.call().headers}


def test_a_tunnel_is_not_opened(
    gateway: Gateway, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    tunnel: dict[str, str | bytes | None] = {"connection": None, "upgrade": None} | trace.headers()
    response = open_socket(gateway, "api.openai.com:443", tunnel, "CONNECT")
    assert_refused(response, 404, "unsupported_upgrade")
    assert standin.calls() == []
    assert_span(receiver, trace, 404, "unsupported_upgrade")


@pytest.mark.parametrize("allow_connect", [False, True])
def test_a_tunnel_over_http_2_is_not_opened(
    allow_connect: bool, running: Stack, standin: StandInClient, receiver: ReceiverClient, trace: Trace
) -> None:
    http2 = Http2(connectable(running, allow_connect), TIMEOUT)
    headers = {":method": "CONNECT", ":authority": "api.openai.com:443", "authorization": f"Bearer {SEARCH.secret}"}
    assert json.loads(http2.ask(headers | trace.headers()))["error"]["code"] == "unsupported_upgrade"
    assert http2.settings[ENABLE_CONNECT_PROTOCOL] == int(allow_connect)
    http2.close()
    assert standin.calls() == []
    assert_span(receiver, trace, 404, "unsupported_upgrade")


@pytest.mark.parametrize(("path", "status", "code"), PATHS)
def test_a_web_socket_over_http_2_is_answered_as_one_over_http_1_is(
    path: str,
    status: int,
    code: str,
    running: Stack,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
) -> None:
    http2 = Http2(connectable(running, True), TIMEOUT)
    headers = {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "http",
        ":path": path,
        ":authority": "gateway",
        "authorization": f"Bearer {SEARCH.secret}",
    }
    assert json.loads(http2.ask(headers | trace.headers()))["error"]["code"] == code
    http2.close()
    assert standin.calls() == []
    assert_span(receiver, trace, status, code)


def connectable(running: Stack, allow: bool) -> str:
    """A listener that tells clients, or does not, that a WebSocket could be opened over HTTP/2."""

    def adapt(config: envoy_config.Config) -> None:
        envoy_config.connection_manager(config)["http2_protocol_options"] = {"allow_connect": allow}

    settings = changed(base(), {"unknown_paths": "pass"})
    return running.proxy.listeners.put(f"connectable-{allow}", settings, adapt=adapt)
