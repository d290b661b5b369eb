"""Codex's custom tool at providers that have none, and the requests of Codex and of Claude Code everywhere: they fit the
SDKs' types, and OpenAI's SDK reads the model's call as that of the custom tool."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageCustomToolCall
from openai.types.responses import ResponseCustomToolCall

from integration.process import ROOT
from integration.translation.answers import openai_client
from integration.translation.command import PROVIDERS, translate
from integration.translation.compare import differences
from integration.translation.meaning import READERS
from integration.translation.types import REQUESTS

CLIENTS = {"codex": "openai_responses", "claude_code": "anthropic_messages"}
OTHERS = ("openai_compatible", *(name for name in PROVIDERS if name not in ("openai_chat", "openai_responses")))
FOLDER = ROOT / "tests" / "translation" / "clients"
PATCH = "*** Begin Patch\n+\t\"a\\b\" é 😀\n*** End Patch\n"


@pytest.mark.parametrize("target", ("openai_compatible", *PROVIDERS))
@pytest.mark.parametrize("client", CLIENTS)
def test_the_clients_requests_fit_and_mean_the_same(client: str, target: str) -> None:
    """Long instructions, tools, cache markers, thinking, parallel calls, a custom tool."""
    source, request = CLIENTS[client], (FOLDER / f"{client}.json").read_bytes()
    if {source, target} in ({"openai_responses"}, {"anthropic_messages"}, {"anthropic_messages", "bedrock_anthropic"}):
        pytest.skip("passes as it is")
    translated = translate(source, target, request)
    assert translated.status == 0, translated.reason
    body = json.loads(translated.out)
    faults = REQUESTS[target](body)
    reader = READERS["openai_chat" if target == "openai_compatible" else target]
    faults += differences(READERS[source](json.loads(request)), reader(body), translated.lost)
    assert not faults, faults


def event(data: dict[str, Any]) -> str:
    """A server-sent event."""
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"


def answer_of(stream: bool) -> bytes:
    """Claude's answer that calls the function."""
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None, "usage": usage}
    call = {"type": "tool_use", "id": "toolu_1", "name": "apply_patch"}
    if not stream:
        whole = {**message, "content": [{**call, "input": {"input": PATCH}}], "stop_reason": "tool_use"}
        return json.dumps(whole).encode()
    text = json.dumps({"input": PATCH})
    pieces = [{"type": "input_json_delta", "partial_json": text[at : at + 3]} for at in range(0, len(text), 3)]
    events = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {**call, "input": {}}},
        *({"type": "content_block_delta", "index": 0, "delta": piece} for piece in pieces),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    return "".join(event(data) for data in events).encode()


def test_responses_have_the_call_of_the_custom_tool() -> None:
    """Whole."""
    words = ("--answer", "--request", str(FOLDER / "codex.json"))
    translated = translate("anthropic_messages", "openai_responses", answer_of(False), *words)
    answer = openai_client(translated.out, "application/json").responses.create(model="m", input="i")
    call = answer.output[0]
    assert isinstance(call, ResponseCustomToolCall)
    ResponseCustomToolCall.model_validate(call.to_dict(), strict=True)
    assert (call.call_id, call.name, call.input) == ("toolu_1", "apply_patch", PATCH)


def test_a_stream_of_responses_has_the_input_in_pieces() -> None:
    """As `client.responses.stream` reads it."""
    words = ("--stream", "--request", str(FOLDER / "codex.json"))
    translated = translate("anthropic_messages", "openai_responses", answer_of(True), *words)
    kinds, said = [], ""
    with openai_client(translated.out, "text/event-stream").responses.stream(model="m", input="i") as events:
        for one in events:
            kinds.append(one.type)
            type(one).model_validate(one.to_dict())
            if one.type == "response.custom_tool_call_input.delta":
                said += one.delta
            if one.type == "response.custom_tool_call_input.done":
                assert one.input == PATCH
            if one.type == "response.output_item.done":
                assert isinstance(one.item, ResponseCustomToolCall)
                assert one.item.input == PATCH
        assert events.get_final_response().output[0].input == PATCH
    assert said == PATCH
    assert kinds[2] == "response.output_item.added"
    assert kinds[-3:] == ["response.custom_tool_call_input.done", "response.output_item.done", "response.completed"]


def chat_request(folder: Path) -> str:
    """Codex's tool, as a client of chat completions offers it."""
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream_options": {"include_usage": True},
            "tools": [{"type": "custom", "custom": {"name": "apply_patch"}}]}  # fmt: skip
    file = folder / "request.json"
    file.write_text(json.dumps(body))
    return str(file)


def test_chat_completions_have_the_call_of_the_custom_tool(tmp_path: Path) -> None:
    """Whole, and streamed in chunks whose custom member the SDK's types lack."""
    request = ("--request", chat_request(tmp_path))
    translated = translate("anthropic_messages", "openai_chat", answer_of(False), "--answer", *request)
    answer = openai_client(translated.out, "application/json").chat.completions.create(model="m", messages=[])
    call = answer.choices[0].message.tool_calls[0]
    assert isinstance(call, ChatCompletionMessageCustomToolCall)
    ChatCompletionMessageCustomToolCall.model_validate(call.to_dict(), strict=True)
    assert (call.id, call.custom.name, call.custom.input) == ("toolu_1", "apply_patch", PATCH)
    translated = translate("anthropic_messages", "openai_chat", answer_of(True), "--stream", *request)
    said, calls = "", []
    for chunk in openai_client(translated.out, "text/event-stream").chat.completions.create(model="m", messages=[], stream=True):
        for piece in [piece for choice in chunk.choices for piece in choice.delta.tool_calls or []]:
            calls.append(piece)
            said += piece.custom["input"]
    assert (calls[0].id, calls[0].type, calls[0].custom["name"]) == ("toolu_1", "custom", "apply_patch")
    assert said == PATCH


def test_every_provider_s_call_is_that_of_the_custom_tool() -> None:
    """The name alone says so: no provider but OpenAI has custom tools."""
    for target in OTHERS:
        translated = translate("openai_responses", target, (FOLDER / "codex.json").read_bytes())
        assert b'"custom"' not in translated.out, target
        assert "tools[].format" in translated.lost, target
