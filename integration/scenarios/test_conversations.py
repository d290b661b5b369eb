"""Law 5 over conversations: no value leaves in any turn, and every one comes back, with the official clients."""

from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from integration import stack
from integration.keys import SUPPORT
from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import ALL, EMAIL, OTHERS, VALUES
from integration.scenarios.talks import Anthropic, Google, KeptResponses, OpenAiChat, OpenAiResponses, Talk
from integration.scenarios.watch import Watch, leaked
from integration.settings import Settings, base, changed
from integration.standin.client import StandInClient
from integration.trace import Trace

SYSTEM = f"You serve {EMAIL}."
SAID = (
    f"Ring {VALUES['phone']} or charge {VALUES['payment_card']}.",
    f"{OTHERS[0]} pays from {VALUES['iban']}, as {EMAIL} does.",
    f"Their server is {VALUES['ip_address']}. Who is {OTHERS[0]}?",
)
# The values that are known after each turn.
KNOWN = (
    (EMAIL, VALUES["phone"], VALUES["payment_card"]),
    (EMAIL, VALUES["phone"], VALUES["payment_card"], OTHERS[0], VALUES["iban"]),
    (EMAIL, VALUES["phone"], VALUES["payment_card"], OTHERS[0], VALUES["iban"], VALUES["ip_address"]),
)

KEY = {"env": "PLACEHOLDER_KEY"}
REDACTIONS = {
    "no key": {},
    "anywhere": {"placeholder_key": KEY},
    "envoy": {"placeholder_key": KEY, "restore_scope": "envoy"},
    "call": {"placeholder_key": KEY, "restore_scope": "call"},
}
TALKS = {
    "openai": (OpenAiChat, False),
    "openai thinking": (OpenAiResponses, True),
    "anthropic": (Anthropic, False),
    "anthropic thinking": (Anthropic, True),
    "google": (Google, False),
    "google thinking": (Google, True),
}


def settings(redaction: Settings) -> Settings:
    """All three providers, spans with redacted content."""
    gemini = {"name": "gemini", "kind": "gemini", "credential": {"env": "GEMINI_API_KEY"}}
    providers = [*base()["providers"], gemini]
    return {"providers": providers, "redaction": redaction, "telemetry": {"content": "redacted"}}


@pytest.fixture(autouse=True)
def the_provider_never_sees_a_value(standin: StandInClient) -> Iterator[None]:
    """Whatever the client, whichever the turn."""
    yield
    for call in standin.calls():
        assert not leaked(call.body.decode()), call.body
        assert call.ended == "whole", call.ended
        for value in ALL:
            assert value not in repr(call.headers)


@pytest.mark.parametrize("redaction", REDACTIONS.values(), ids=REDACTIONS)
@pytest.mark.parametrize(("talk", "thinking"), TALKS.values(), ids=TALKS)
def test_every_turn_comes_back_and_nothing_signed_changes(
    open_gateway: OpenGateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    talk: type[Talk],
    thinking: bool,
    redaction: Settings,
    stream: bool,
) -> None:
    conversation = talk(open_gateway(settings(redaction)), SYSTEM, thinking=thinking, stream=stream)
    for turn, said in enumerate(SAID):
        trace = Trace()
        text, thought = conversation.say(said, trace)
        assert [value for value in KNOWN[turn] if value not in text] == []
        assert bool(thought) == thinking
        if thinking:
            assert [value for value in KNOWN[turn] if (value in thought) == conversation.signs] == [], thought
        span = receiver.span_of(trace.trace_id)
        assert "gen_ai.input.messages" in span.attributes
        assert not leaked(repr(span)), span
        signed = turn if thinking else 0
        assert standin.calls()[turn].signed == signed, "a thought has not come back"
    if redaction:
        assert_prefix_is_kept(standin)


def assert_prefix_is_kept(standin: StandInClient) -> None:
    """The same values have the same placeholders in every turn: what was sent comes first again."""
    sent = [call.json() for call in standin.calls()]
    for name in ("messages", "contents", "input"):
        for earlier, later in zip(sent, sent[1:], strict=False):
            if name in earlier:
                assert later[name][: len(earlier[name])] == earlier[name]


@pytest.mark.parametrize("scope", ["anywhere", "envoy"])
def test_a_conversation_that_the_provider_keeps_comes_back(
    open_gateway: OpenGateway, scope: str, stream: bool
) -> None:
    gateway = open_gateway(settings(REDACTIONS[scope]))
    conversation = KeptResponses(gateway, SYSTEM, thinking=False, stream=stream)
    for said, known in zip(SAID, KNOWN, strict=True):
        text, _ = conversation.say(said, Trace())
        assert [value for value in known if value not in text] == []


def test_where_only_the_call_restores_an_earlier_value_stays_a_placeholder(
    open_gateway: OpenGateway, stream: bool
) -> None:
    gateway = open_gateway(settings(REDACTIONS["call"]))
    conversation = KeptResponses(gateway, SYSTEM, thinking=False, stream=stream)
    conversation.say(SAID[0], Trace())
    text, _ = conversation.say("Who is it?", Trace())
    assert not leaked(text) and text.count("[EMAIL_") == 1


@pytest.mark.parametrize("scope", ["anywhere", "envoy"])
def test_another_team_that_goes_on_from_it_reads_placeholders(
    open_gateway: OpenGateway, scope: str, stream: bool
) -> None:
    gateway = open_gateway(settings(REDACTIONS[scope]))
    first = KeptResponses(gateway, SYSTEM, thinking=False, stream=stream)
    first.say(SAID[0], Trace())
    other = KeptResponses(gateway, "", thinking=False, stream=stream, key=SUPPORT)
    other.previous = first.previous
    text, _ = other.say("Who is it?", Trace())
    assert not leaked(text) and text.count("[EMAIL_") == 1


def test_without_a_key_a_conversation_that_the_provider_keeps_is_refused(
    open_gateway: OpenGateway, standin: StandInClient, stream: bool
) -> None:
    conversation = KeptResponses(open_gateway(settings({})), SYSTEM, thinking=False, stream=stream)
    conversation.say(SAID[0], Trace())
    with pytest.raises(openai.BadRequestError, match="redaction.placeholder_key") as refused:
        conversation.say(SAID[1], Trace())
    assert refused.value.code == "stored_state_not_redactable"
    assert len(standin.calls()) == 1


@pytest.mark.own_envoy
def test_one_worker_restores_what_another_has_made(tmp_path: Path) -> None:
    running = stack.start(tmp_path, workers=2)
    try:
        gateway = Gateway(running.proxy.listeners.put("gateway", changed(base(), settings(REDACTIONS["envoy"]))))
        first = KeptResponses(gateway, SYSTEM, thinking=False, stream=False)
        first.say(SAID[0], Trace())
        previous = first.previous
        # Each on a connection of its own; the kernel chooses the worker.
        for _ in range(24):
            later = KeptResponses(gateway, "", thinking=False, stream=False)
            later.previous = previous
            text, _ = later.say("Who is it?", Trace())
            assert [value for value in KNOWN[0] if value not in text] == []
        taken = running.proxy.admin.stats(r"listener\..*worker_.\.downstream_cx_total")
        busy = [name for name, count in taken.items() if count and "admin" not in name]
        assert len(busy) == 2, taken
        assert not any(leaked(call.body.decode()) for call in running.standin.calls())
        Watch(running).look()
    finally:
        running.stop()
