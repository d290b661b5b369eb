"""What of a conversation is on its span: nothing, unless the settings say so."""

import hashlib
import json

import pytest

from integration.receiver.client import ReceiverClient
from integration.scenarios.conftest import OpenGateway
from integration.scenarios.dialects import ANTHROPIC, OPENAI, Dialect
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.scenarios.watch import FULL_CONTENT, leaked
from integration.trace import Trace

PROMPT = f"Please write to {EMAIL} today"
CONTENT = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions")


def test_by_default_no_content_is_kept(
    gateway: Gateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    gateway.post(dialect.path, dialect.ask(PROMPT, stream=stream), trace.headers())
    span = receiver.span_of(trace.trace_id)
    assert not [name for name in span.attributes if name in CONTENT or name.startswith("tollgate.content")]
    assert "Please write" not in repr(span)


def test_full_keeps_what_the_client_sent_and_got(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    full = open_gateway({"telemetry": {"content": "full", "resource": {"service.name": FULL_CONTENT}}})
    full.post(dialect.path, dialect.ask(PROMPT, stream=stream), trace.headers())
    said = [{"type": "text", "content": PROMPT}]
    assert messages(receiver, trace) == ([{"role": "user", "parts": said}], [{"role": "assistant", "parts": said}])


def test_redacted_keeps_placeholders(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    redacted = open_gateway({"telemetry": {"content": "redacted"}})
    redacted.post(dialect.path, dialect.ask(PROMPT, stream=stream), trace.headers())
    (question,), (answer,) = messages(receiver, trace)
    assert (question["role"], answer["role"]) == ("user", "assistant")
    for message in (question, answer):
        (part,) = message["parts"]
        assert part["content"].startswith("Please write to ") and part["content"].endswith(" today")
        assert not leaked(part["content"])


def test_redacted_takes_out_also_where_requests_are_not_redacted(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect
) -> None:
    passing = open_gateway({"redaction": {"detect": []}, "telemetry": {"content": "redacted"}})
    passing.post(dialect.path, dialect.ask(PROMPT), trace.headers())
    messages(receiver, trace)
    assert not leaked(repr(receiver.span_of(trace.trace_id)))


def test_redacted_takes_out_what_the_model_made_up(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    redacted = open_gateway({"telemetry": {"content": "redacted"}})
    redacted.post(dialect.path, dialect.ask("Who?", stream=stream), trace.headers(text=f"Ask {EMAIL}"))
    _, (answer,) = messages(receiver, trace)
    assert answer["parts"][0]["content"].startswith("Ask ")
    assert not leaked(repr(answer))


def test_hash_keeps_hashes_of_what_the_client_sent_and_got(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    hashed = open_gateway({"telemetry": {"content": "hash"}})
    hashed.post(dialect.path, dialect.ask(PROMPT, stream=stream), trace.headers())
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["tollgate.content.input.sha256"] == sha256(PROMPT.encode() + b"\0")
    assert attributes["tollgate.content.output.sha256"] == sha256(PROMPT.encode())
    assert not [name for name in CONTENT if name in attributes]


def test_system_prompts_stand_where_each_dialect_has_them(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace
) -> None:
    full = open_gateway({"telemetry": {"content": "full", "resource": {"service.name": FULL_CONTENT}}})
    full.post(ANTHROPIC.path, ANTHROPIC.ask("Hello", system="Be kind"), trace.headers())
    attributes = receiver.span_of(trace.trace_id).attributes
    assert json.loads(attributes["gen_ai.system_instructions"]) == [{"type": "text", "content": "Be kind"}]
    other = Trace()
    system = {"role": "system", "content": "Be kind"}
    full.post(OPENAI.path, OPENAI.ask("", messages=[system, {"role": "user", "content": "Hello"}]), other.headers())
    asked, _ = messages(receiver, other)
    assert asked[0] == {"role": "system", "parts": [{"type": "text", "content": "Be kind"}]}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_tool_calls_are_kept_as_the_conventions_write_them(
    open_gateway: OpenGateway, receiver: ReceiverClient, trace: Trace, dialect: Dialect, stream: bool
) -> None:
    full = open_gateway({"telemetry": {"content": "full", "resource": {"service.name": FULL_CONTENT}}})
    full.post(dialect.path, dialect.ask(PROMPT, tools=True, stream=stream), trace.headers())
    _, (answer,) = messages(receiver, trace)
    (part,) = answer["parts"]
    assert (part["type"], part["name"]) == ("tool_call", "send_mail")
    arguments = part["arguments"]
    assert (json.loads(arguments) if isinstance(arguments, str) else arguments) == {"to": PROMPT, "note": PROMPT}


def messages(receiver: ReceiverClient, trace: Trace) -> tuple[list[dict], list[dict]]:
    """Input and output messages, without the finish reason, which has an attribute of its own."""
    attributes = receiver.span_of(trace.trace_id).attributes
    output = json.loads(attributes["gen_ai.output.messages"])
    for message in output:
        message.pop("finish_reason", None)
    return json.loads(attributes["gen_ai.input.messages"]), output


def sha256(data: bytes) -> str:
    """In lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()
