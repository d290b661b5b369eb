"""Answers as Gemini's generateContent and streamGenerateContent give them.

https://ai.google.dev/api/generate-content and …/gemini-api/docs/thought-signatures, read 2026-11-28. Not carried: the
JSON array of a stream without `alt=sse`, several candidates.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from integration.standin.script import Script
from integration.standin.signature import sign
from integration.standin.turn import Turn, pieces


def plain(body: dict[str, Any], path: str) -> dict[str, Any]:
    """The request in the words of `integration.standin.turn`."""
    contents = body.get("contents") or []
    tools = [tool for group in body.get("tools") or [] for tool in group.get("functionDeclarations") or []]
    model = re.search(r"/models/([^:/]+)", path)
    return {
        "model": model[1] if model else None,
        "system": _said((body.get("systemInstruction") or {}).get("parts")),
        "messages": [{"role": content.get("role"), "content": _said(content.get("parts"))} for content in contents],
        "tools": tools,
    }


def signed(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The thoughts that have come back, with their signatures."""
    return list(_signed(body))


def usage_of(turn: Turn, script: Script) -> dict[str, Any] | None:
    """The usage that an answer reports; `None` when the script leaves it out."""
    if script.usage is not None:
        return script.usage or None
    counts = {"promptTokenCount": turn.input_words, "candidatesTokenCount": turn.output_words}
    return counts | {"totalTokenCount": sum(counts.values())}


def whole(turn: Turn, script: Script) -> dict[str, Any]:
    """A whole answer."""
    parts: list[dict[str, Any]] = []
    if turn.reasoning is not None:
        parts.append({"text": turn.reasoning, "thought": True, "thoughtSignature": sign(turn.reasoning)})
    if turn.text:
        parts.append({"text": turn.text})
    parts += _calls(turn)
    return _chunk(turn, script, parts, "STOP")


def stream(turn: Turn, script: Script) -> list[tuple[str | None, Any]]:
    """The chunks of a streamed answer. The last thought is signed, and by itself: a part is never split."""
    parts: list[dict[str, Any]] = []
    if turn.reasoning is not None:
        parts += [{"text": piece, "thought": True} for piece in pieces(turn.reasoning, script.delta)]
        parts.append({"text": turn.reasoning, "thought": True, "thoughtSignature": sign(turn.reasoning)})
    parts += [{"text": piece} for piece in pieces(turn.text, script.delta)]
    parts += _calls(turn)
    chunks = [_chunk(turn, script, [part], None) for part in parts]
    return [(None, chunk) for chunk in [*chunks, _chunk(turn, script, [{"text": ""}], "STOP")]]


def error(status: int, message: str | None = None) -> dict[str, Any]:
    """The body of an error answer."""
    word = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED"}.get(status, "INTERNAL")
    return {"error": {"code": status, "message": message or "An error has occurred.", "status": word}}


def error_event() -> tuple[str | None, Any]:
    """An error in the middle of a stream."""
    return None, error(500)


def headers(_turn: Turn, _script: Script) -> list[tuple[str, str]]:
    """Headers that an answer carries beside its content type."""
    return [("server-timing", "gfet4t7; dur=7")]


def _said(parts: Any) -> list[dict[str, Any]]:
    """Texts and results of functions; thoughts are the model's own."""
    said = []
    for part in parts or []:
        if "text" in part and not part.get("thought"):
            said.append({"type": "text", "text": part["text"]})
        if "functionResponse" in part:
            result = json.dumps(part["functionResponse"].get("response"), ensure_ascii=False)
            said.append({"type": "tool_result", "content": result})
    return said


def _signed(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for content in body.get("contents") or []:
        for part in content.get("parts") or []:
            if part.get("thought") and part.get("thoughtSignature"):
                yield part.get("text", ""), part["thoughtSignature"]


def _calls(turn: Turn) -> list[dict[str, Any]]:
    return [{"functionCall": {"name": call.name, "args": json.loads(call.arguments)}} for call in turn.tool_calls]


def _chunk(turn: Turn, script: Script, parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}} | (
        {"finishReason": finish} if finish else {}
    )
    chunk = {"responseId": f"standin{turn.number}", "modelVersion": turn.model, "candidates": [candidate]}
    usage = usage_of(turn, script)
    return chunk | ({"usageMetadata": usage} if usage else {})
