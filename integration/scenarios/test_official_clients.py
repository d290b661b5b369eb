"""The official clients, as applications use them: whole, streamed, asynchronous, with tools."""

import asyncio
import json

import pytest

from integration.keys import SUPPORT
from integration.receiver.client import ReceiverClient
from integration.scenarios.dialects import TOOL_SCHEMA
from integration.scenarios.gateway import Gateway
from integration.scenarios.personal import EMAIL
from integration.standin.client import StandInClient
from integration.standin.signature import sign
from integration.trace import Trace

PROMPT = f"Write to {EMAIL} that the parcel is late"
USER = [{"role": "user", "content": PROMPT}]
CLAUDE = {"model": "claude-sonnet-4-6", "max_tokens": 100}
OPENAI_TOOLS = [{"type": "function", "function": {"name": "send_mail", "parameters": TOOL_SCHEMA}}]
ANTHROPIC_TOOLS = [{"name": "send_mail", "description": "Sends a mail.", "input_schema": TOOL_SCHEMA}]


@pytest.fixture(autouse=True)
def the_provider_never_sees_the_address(standin: StandInClient) -> None:
    """Whatever the client, no address leaves."""
    yield
    assert standin.calls()
    for call in standin.calls():
        assert EMAIL.encode() not in call.body


def test_openai_whole(gateway: Gateway, trace: Trace, receiver: ReceiverClient) -> None:
    answer = gateway.openai().chat.completions.create(model="gpt-4o", messages=USER, extra_headers=trace.headers())
    assert answer.choices[0].message.content == PROMPT
    assert answer.usage.prompt_tokens == len(PROMPT.split())
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "answered"


def test_openai_streamed(gateway: Gateway, trace: Trace, receiver: ReceiverClient) -> None:
    chunks = list(
        gateway.openai().chat.completions.create(
            model="gpt-4o", messages=USER, stream=True, extra_headers=trace.headers()
        )
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == PROMPT
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)
    attributes = receiver.span_of(trace.trace_id).attributes
    assert attributes["gen_ai.request.stream"] is True
    assert attributes["gen_ai.usage.output_tokens"] == len(PROMPT.split())


def test_openai_stream_helper(gateway: Gateway) -> None:
    with gateway.openai().chat.completions.stream(model="gpt-4o", messages=USER) as stream:
        contents = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
    assert "".join(contents) == PROMPT
    assert final.choices[0].message.content == PROMPT


def test_openai_tools_and_their_result(gateway: Gateway) -> None:
    client = gateway.openai(SUPPORT)
    asked = client.chat.completions.create(model="gpt-4o", messages=USER, tools=OPENAI_TOOLS)
    call = asked.choices[0].message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"to": PROMPT, "note": PROMPT}
    result = {"role": "tool", "tool_call_id": call.id, "content": f"sent to {EMAIL}"}
    history = [*USER, asked.choices[0].message, result]
    answer = client.chat.completions.create(model="gpt-4o", messages=history, tools=OPENAI_TOOLS)
    assert answer.choices[0].message.content == f"sent to {EMAIL}"


def test_openai_tools_streamed(gateway: Gateway) -> None:
    stream = gateway.openai().chat.completions.stream(model="gpt-4o", messages=USER, tools=OPENAI_TOOLS)
    with stream as events:
        message = events.get_final_completion().choices[0].message
    assert json.loads(message.tool_calls[0].function.arguments) == {"to": PROMPT, "note": PROMPT}


def test_openai_asynchronous(gateway: Gateway) -> None:
    async def both() -> tuple[str, str]:
        async with gateway.async_openai() as client:
            whole = await client.chat.completions.create(model="gpt-4o", messages=USER)
            stream = await client.chat.completions.create(model="gpt-4o", messages=USER, stream=True)
            parts = [chunk.choices[0].delta.content or "" async for chunk in stream]
        return whole.choices[0].message.content, "".join(parts)

    assert asyncio.run(both()) == (PROMPT, PROMPT)


def test_anthropic_whole(gateway: Gateway, trace: Trace, receiver: ReceiverClient) -> None:
    answer = gateway.anthropic().messages.create(**CLAUDE, messages=USER, extra_headers=trace.headers())
    assert answer.content[0].text == PROMPT
    assert answer.usage.input_tokens == len(PROMPT.split())
    assert receiver.span_of(trace.trace_id).attributes["tollgate.outcome"] == "answered"


def test_anthropic_streamed(gateway: Gateway, trace: Trace, receiver: ReceiverClient) -> None:
    with gateway.anthropic().messages.stream(**CLAUDE, messages=USER, extra_headers=trace.headers()) as stream:
        assert "".join(stream.text_stream) == PROMPT
        assert stream.get_final_message().stop_reason == "end_turn"
    assert receiver.span_of(trace.trace_id).attributes["gen_ai.response.finish_reasons"] == ["end_turn"]


def test_anthropic_thinking_stays_as_it_was_signed(gateway: Gateway, trace: Trace, standin: StandInClient) -> None:
    headers = trace.headers(reasoning=True)
    with gateway.anthropic().messages.stream(**CLAUDE, messages=USER, extra_headers=headers) as stream:
        thinking, text = stream.get_final_message().content
    assert (thinking.type, thinking.thinking) == ("thinking", standin.call().json()["messages"][0]["content"])
    assert thinking.signature == sign(thinking.thinking)
    assert text.text == PROMPT


def test_anthropic_tools_and_their_result(gateway: Gateway) -> None:
    client = gateway.anthropic(SUPPORT)
    asked = client.messages.create(**CLAUDE, messages=USER, tools=ANTHROPIC_TOOLS)
    use = asked.content[0]
    assert use.input == {"to": PROMPT, "note": PROMPT}
    result = {"type": "tool_result", "tool_use_id": use.id, "content": f"sent to {EMAIL}"}
    history = [
        *USER,
        {"role": "assistant", "content": [use.model_dump(include={"type", "id", "name", "input"})]},
        {"role": "user", "content": [result]},
    ]
    answer = client.messages.create(**CLAUDE, messages=history, tools=ANTHROPIC_TOOLS)
    assert answer.content[0].text == f"sent to {EMAIL}"


def test_anthropic_tools_streamed(gateway: Gateway) -> None:
    with gateway.anthropic().messages.stream(**CLAUDE, messages=USER, tools=ANTHROPIC_TOOLS) as stream:
        assert stream.get_final_message().content[0].input == {"to": PROMPT, "note": PROMPT}


def test_anthropic_asynchronous(gateway: Gateway) -> None:
    async def both() -> tuple[str, str]:
        async with gateway.async_anthropic() as client:
            whole = await client.messages.create(**CLAUDE, messages=USER)
            async with client.messages.stream(**CLAUDE, messages=USER) as stream:
                parts = [part async for part in stream.text_stream]
        return whole.content[0].text, "".join(parts)

    assert asyncio.run(both()) == (PROMPT, PROMPT)
