"""What a provider sees of personal data: placeholders, wherever in the request it stands."""

import json
from typing import Any

import pytest

from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import ALL, EMAIL, OTHERS, VALUES
from integration.scenarios.watch import leaked
from integration.standin.client import StandInClient
from integration.trace import Trace


@pytest.mark.parametrize("kind", VALUES)
def test_each_kind_is_replaced_counted_and_put_back(
    gateway: Gateway,
    standin: StandInClient,
    receiver: ReceiverClient,
    trace: Trace,
    dialect: Dialect,
    kind: str,
) -> None:
    prompt = f"My note says {VALUES[kind]} and nothing else."
    response = gateway.post(dialect.path, dialect.ask(prompt), trace.headers())
    assert dialect.said(response, "text") == prompt
    seen = standin.call().json()["messages"][0]["content"]
    assert seen.startswith("My note says ") and seen.endswith(" and nothing else.")
    assert not leaked(seen)
    attributes = receiver.span_of(trace.trace_id).attributes
    counted = {name: value for name, value in attributes.items() if name.startswith("tollgate.redacted.")}
    assert counted == {f"tollgate.redacted.{kind}": 1}


@pytest.mark.parametrize("value", OTHERS)
def test_other_shapes_of_the_kinds_are_replaced_too(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, value: str
) -> None:
    prompt = f"It is {value}, as I said."
    response = gateway.post(dialect.path, dialect.ask(prompt), {})
    assert dialect.said(response, "text") == prompt
    assert value not in standin.call().body.decode()


@pytest.mark.parametrize(
    "harmless",
    [
        "The SSN 666-12-3456 was never issued, nor 900-12-3456, nor 123-00-4567.",
        "Card 4539 1488 0343 6468 fails the Luhn check.",
        "IBAN DE89 3704 0044 0532 0130 01 fails mod 97.",
        "Version 1.2.3 of 2026-11-21, at 10:30, costs 1,299.00, see RFC 9110.",
    ],
)
def test_what_only_looks_like_personal_data_stays(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, harmless: str
) -> None:
    gateway.post(dialect.path, dialect.ask(harmless), {})
    assert standin.call().json()["messages"][0]["content"] == harmless


def test_the_same_value_gets_the_same_placeholder_and_another_gets_another(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    gateway.post(dialect.path, dialect.ask(f"{EMAIL} {OTHERS[0]} {EMAIL}"), {})
    first, second, third = standin.call().json()["messages"][0]["content"].split(" ")
    assert first == third
    assert first != second


def test_placeholders_belong_to_one_call(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    """What another call was told does not come back in this one."""
    gateway.post(dialect.path, dialect.ask(EMAIL), {})
    placeholder = standin.call().json()["messages"][0]["content"]
    response = gateway.post(dialect.path, dialect.ask(f"Say {placeholder}"), {})
    assert dialect.said(response, "text") == f"Say {placeholder}"


def conversation_of_openai(value: str) -> dict[str, Any]:
    """A conversation that has the value in every place that OpenAI's requests know."""
    arguments = json.dumps({"to": value, "note": f'She said "{value}"\n', value: [1, {"deep": value}]})
    call = {"id": "call_1", "type": "function", "function": {"name": "send_mail", "arguments": arguments}}
    return {
        "model": OPENAI.model,
        "messages": [
            {"role": "system", "content": f"system {value}"},
            {"role": "developer", "content": f"developer {value}"},
            {"role": "user", "name": "ann", "content": f"user {value}"},
            {"role": "user", "content": [{"type": "text", "text": f"part {value}"}, {"type": "text", "text": value}]},
            {"role": "assistant", "content": f"assistant {value}", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": f"result {value}"},
            {"role": "user", "content": f"last {value}"},
        ],
    }


def conversation_of_anthropic(value: str) -> dict[str, Any]:
    """A conversation that has the value in every place that Anthropic's requests know."""
    use = {"type": "tool_use", "id": "toolu_1", "name": "send_mail", "input": {"to": value, value: [{"deep": value}]}}
    results = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": f"result {value}"},
        {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": f"result {value}"}]},
    ]
    return {
        "model": ANTHROPIC.model,
        "max_tokens": 100,
        "system": [{"type": "text", "text": f"system {value}", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": f"user {value}"},
            {"role": "assistant", "content": [{"type": "text", "text": f"assistant {value}"}, use]},
            {"role": "user", "content": results},
            {"role": "user", "content": [{"type": "text", "text": f"last {value}"}]},
        ],
    }


CONVERSATIONS = {"openai": conversation_of_openai, "anthropic": conversation_of_anthropic}


@pytest.mark.parametrize("value", ALL)
def test_no_place_of_a_conversation_is_forgotten(
    gateway: Gateway, standin: StandInClient, dialect: Dialect, value: str
) -> None:
    written = CONVERSATIONS[dialect.name](value)
    response = gateway.post(dialect.path, written, {})
    assert dialect.said(response, "text") == f"last {value}"
    call = standin.call()
    assert value not in call.body.decode()
    assert value not in json.dumps(call.json(), ensure_ascii=False)
    placeholder = (call.json()["messages"][-1]["content"] if dialect is OPENAI
                   else call.json()["messages"][-1]["content"][0]["text"]).removeprefix("last ")  # fmt: skip
    # With the placeholder in the value's place it is the very same conversation.
    assert call.json() == CONVERSATIONS[dialect.name](placeholder)


def test_what_was_said_before_is_replaced_as_it_was_before(
    gateway: Gateway, standin: StandInClient, dialect: Dialect
) -> None:
    """A next turn begins with the same bytes, so that the provider's cache, and its signatures, still hold."""
    turn = CONVERSATIONS[dialect.name](EMAIL)
    later = [*turn["messages"], {"role": "assistant", "content": "Yes."}, {"role": "user", "content": OTHERS[0]}]
    gateway.post(dialect.path, turn, {})
    gateway.post(dialect.path, turn | {"messages": later}, {})
    first, second = (call.json() for call in standin.calls())
    assert second["messages"][: len(turn["messages"])] == first["messages"]
    assert not leaked(json.dumps(second))


def test_a_system_prompt_of_one_string_is_read_too(gateway: Gateway, standin: StandInClient) -> None:
    gateway.post(ANTHROPIC.path, ANTHROPIC.ask("Hello", system=f"You serve {EMAIL}"), {})
    assert EMAIL not in standin.call().body.decode()
    assert standin.call().json()["system"].startswith("You serve ")


def test_escapes_do_not_hide_a_value(gateway: Gateway, standin: StandInClient, dialect: Dialect) -> None:
    body = json.dumps(dialect.ask("@@")).replace("@@", "".join(f"\\u{ord(letter):04x}" for letter in EMAIL))
    response = gateway.post(dialect.path, body.encode(), {})
    assert dialect.said(response, "text") == EMAIL
    assert standin.call().json()["messages"][0]["content"] != EMAIL


def test_only_the_kinds_of_the_settings_are_replaced(
    open_gateway: OpenGateway, standin: StandInClient, dialect: Dialect
) -> None:
    only_email = open_gateway({"redaction": {"detect": ["email"]}})
    only_email.post(dialect.path, dialect.ask(f"{EMAIL} from 198.51.100.9"), {})
    seen = standin.call().json()["messages"][0]["content"]
    assert EMAIL not in seen and seen.endswith(" from 198.51.100.9")
