"""Answers as Anthropic's messages give them.

https://docs.anthropic.com/en/api/messages and …/messages-streaming (the shapes of the official client's types,
2.11). Not carried: citations, server tools, containers.
"""

import json
from typing import Any

from integration.standin.script import Script
from integration.standin.signature import sign
from integration.standin.turn import ToolCall, Turn, pieces


def plain(body: dict[str, Any], _path: str) -> dict[str, Any]:
    """The request in the words of `integration.standin.turn`: these."""
    return body


def signed(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The thoughts that have come back, with their signatures."""
    contents = [message.get("content") for message in body.get("messages") or []]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return [(block["thinking"], block.get("signature", "")) for block in blocks if block.get("type") == "thinking"]


def usage_of(turn: Turn, script: Script) -> dict[str, Any] | None:
    """The usage that an answer reports; `None` when the script leaves it out."""
    if script.usage is not None:
        return script.usage or None
    return {
        "input_tokens": turn.input_words,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": turn.output_words,
        "service_tier": "standard",
    }


def whole(turn: Turn, script: Script) -> dict[str, Any]:
    """A whole answer."""
    content: list[dict[str, Any]] = []
    if turn.reasoning is not None:
        content.append({"type": "thinking", "thinking": turn.reasoning, "signature": sign(turn.reasoning)})
    if turn.text:
        content.append({"type": "text", "text": turn.text})
    content += [_tool_use(call) | {"input": json.loads(call.arguments)} for call in turn.tool_calls]
    answer = _message(turn) | {"content": content, "stop_reason": _stop(turn)}
    if usage := usage_of(turn, script):
        answer["usage"] = usage
    return answer


def stream(turn: Turn, script: Script) -> list[tuple[str | None, Any]]:
    """The events of a streamed answer: name and data."""
    usage = usage_of(turn, script)
    opening = _message(turn) | ({"usage": usage | {"output_tokens": 1}} if usage else {})
    events = [("message_start", {"type": "message_start", "message": opening})]
    for index, (block, deltas) in enumerate(_blocks(turn, script)):
        events.append(_block_event("start", index, content_block=block))
        if index == 0:
            events.append(("ping", {"type": "ping"}))
        events += [_block_event("delta", index, delta=delta) for delta in deltas]
        events.append(_block_event("stop", index))
    closing = {"type": "message_delta", "delta": {"stop_reason": _stop(turn), "stop_sequence": None}}
    if usage:
        closing["usage"] = {key: value for key, value in usage.items() if key.endswith("_tokens")}
    return [*events, ("message_delta", closing), ("message_stop", {"type": "message_stop"})]


def error(status: int, message: str | None = None) -> dict[str, Any]:
    """The body of an error answer."""
    kind, usual = {
        400: ("invalid_request_error", "Invalid request"),
        401: ("authentication_error", "invalid x-api-key"),
        429: ("rate_limit_error", "This request would exceed your rate limit."),
        529: ("overloaded_error", "Overloaded"),
    }.get(status, ("api_error", "Internal server error"))
    return {"type": "error", "error": {"type": kind, "message": message or usual}, "request_id": "req_standin"}


def error_event() -> tuple[str | None, Any]:
    """An error in the middle of a stream."""
    return "error", error(529)


def headers(turn: Turn, _script: Script) -> list[tuple[str, str]]:
    """Headers that an answer carries beside its content type."""
    return [("request-id", f"req_standin{turn.number}")]


def _blocks(turn: Turn, script: Script) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each content block with its deltas."""
    blocks = []
    if turn.reasoning is not None:
        thought = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(turn.reasoning, script.delta)]
        signed = {"type": "signature_delta", "signature": sign(turn.reasoning)}
        blocks.append(({"type": "thinking", "thinking": "", "signature": ""}, [*thought, signed]))
    if script.large or turn.text:
        parts = ["x" * script.large] if script.large else []
        said = [{"type": "text_delta", "text": piece} for piece in [*parts, *pieces(turn.text, script.delta)]]
        blocks.append(({"type": "text", "text": ""}, said))
    for call in turn.tool_calls:
        parts = ["", *pieces(call.arguments, script.delta)]
        blocks.append((_tool_use(call), [{"type": "input_json_delta", "partial_json": piece} for piece in parts]))
    return blocks


def _block_event(what: str, index: int, **fields: Any) -> tuple[str, dict[str, Any]]:
    name = f"content_block_{what}"
    return name, {"type": name, "index": index, **fields}


def _tool_use(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}


def _stop(turn: Turn) -> str:
    return "tool_use" if turn.tool_calls else "end_turn"


def _message(turn: Turn) -> dict[str, Any]:
    return {
        "id": f"msg_standin{turn.number}",
        "type": "message",
        "role": "assistant",
        "model": turn.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
