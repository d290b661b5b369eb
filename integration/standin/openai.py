"""Answers as OpenAI's chat completions give them.

https://platform.openai.com/docs/api-reference/chat (the shapes of the official client's types, 3.52). Not carried:
log probabilities, audio, annotations.
"""

from typing import Any

from integration.standin.script import Script
from integration.standin.turn import Turn, pieces

CREATED = 1_764_000_000
FINGERPRINT = "fp_standin"


def plain(body: dict[str, Any], _path: str) -> dict[str, Any]:
    """The request in the words of `integration.standin.turn`: these."""
    return body


def signed(_body: dict[str, Any]) -> list[tuple[str, str]]:
    """The signed thoughts that have come back: this dialect has none."""
    return []


def usage_of(turn: Turn, script: Script) -> dict[str, Any] | None:
    """The usage that an answer reports; `None` when the script leaves it out."""
    if script.usage is not None:
        return script.usage or None
    return {
        "prompt_tokens": turn.input_words,
        "completion_tokens": turn.output_words,
        "total_tokens": turn.input_words + turn.output_words,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def whole(turn: Turn, script: Script) -> dict[str, Any]:
    """A whole answer."""
    message: dict[str, Any] = {"role": "assistant", "content": turn.text or None, "refusal": None}
    if turn.reasoning is not None:
        message["reasoning_content"] = turn.reasoning
    if turn.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in turn.tool_calls
        ]
    choices = [
        {"index": index, "message": message, "logprobs": None, "finish_reason": _finish(turn)}
        for index in range(turn.choices)
    ]
    answer = _envelope(turn, "chat.completion") | {"choices": choices}
    if usage := usage_of(turn, script):
        answer["usage"] = usage
    return answer


def stream(turn: Turn, script: Script) -> list[tuple[str | None, Any]]:
    """The events of a streamed answer: the event's name, which this dialect has not, and its data."""
    asked = (turn.body.get("stream_options") or {}).get("include_usage") is True
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": "", "refusal": None}]
    if script.large:
        deltas.append({"content": "x" * script.large})
    deltas += [{"reasoning_content": piece} for piece in pieces(turn.reasoning or "", script.delta)]
    deltas += [{"content": piece} for piece in pieces(turn.text, script.delta)]
    deltas += _tool_deltas(turn, script)
    chunks = [_chunk(turn, [_choice(index, delta, None)], asked) for index in range(turn.choices) for delta in deltas]
    chunks += [_chunk(turn, [_choice(index, {}, _finish(turn))], asked) for index in range(turn.choices)]
    if asked and (usage := usage_of(turn, script)):
        chunks.append(_chunk(turn, [], asked) | {"usage": usage})
    return [(None, chunk) for chunk in chunks] + [(None, "[DONE]")]


def error(status: int, message: str | None = None) -> dict[str, Any]:
    """The body of an error answer."""
    kind, code, usual = {
        400: ("invalid_request_error", None, "Invalid request."),
        401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
        429: ("requests", "rate_limit_exceeded", "Rate limit reached."),
        503: ("server_error", "overloaded", "The engine is currently overloaded."),
    }.get(status, ("server_error", None, "The server had an error while processing your request."))
    return {"error": {"message": message or usual, "type": kind, "param": None, "code": code}}


def error_event() -> tuple[str | None, Any]:
    """An error in the middle of a stream."""
    return None, error(500)


def headers(turn: Turn, _script: Script) -> list[tuple[str, str]]:
    """Headers that an answer carries beside its content type."""
    return [("x-request-id", f"req_standin{turn.number}"), ("openai-processing-ms", "7")]


def _finish(turn: Turn) -> str:
    return "tool_calls" if turn.tool_calls else "stop"


def _tool_deltas(turn: Turn, script: Script) -> list[dict[str, Any]]:
    deltas = []
    for index, call in enumerate(turn.tool_calls):
        opening = {"name": call.name, "arguments": ""}
        deltas.append({"tool_calls": [{"index": index, "id": call.id, "type": "function", "function": opening}]})
        deltas += [
            {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
            for piece in pieces(call.arguments, script.delta)
        ]
    return deltas


def _choice(index: int, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}


def _chunk(turn: Turn, choices: list[dict[str, Any]], asked: bool) -> dict[str, Any]:
    """One chunk; each says `usage: null` where usage was asked for."""
    return _envelope(turn, "chat.completion.chunk") | {"choices": choices} | ({"usage": None} if asked else {})


def _envelope(turn: Turn, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-standin{turn.number}",
        "object": kind,
        "created": CREATED,
        "model": turn.model,
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }
