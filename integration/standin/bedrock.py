"""Answers as Amazon Bedrock's Converse and ConverseStream give them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and …_ConverseStream.html (the shapes of
botocore 1.44). Not carried: guardrails, citations, documents.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from integration.aws_event_stream import message
from integration.standin.script import Script
from integration.standin.signature import sign
from integration.standin.turn import Turn, pieces

STREAM_TYPE = "application/vnd.amazon.eventstream"
PATH = re.compile(r"/model/([^/]+)/converse(-stream)?$")


def plain(body: dict[str, Any], path: str) -> dict[str, Any]:
    """The request in the words of `integration.standin.turn`."""
    model = PATH.search(path)
    specs = [tool.get("toolSpec", {}) for tool in (body.get("toolConfig") or {}).get("tools") or []]
    messages = body.get("messages") or []
    return {
        "model": unquote(model[1]) if model else None,
        "system": _said(body.get("system")),
        "messages": [{"role": one.get("role"), "content": _said(one.get("content"))} for one in messages],
        "tools": [{"name": spec.get("name"), "input_schema": spec.get("inputSchema", {}).get("json")} for spec in specs],
    }


def signed(body: dict[str, Any]) -> list[tuple[str, str]]:
    """The thoughts that have come back, with their signatures."""
    return list(_signed(body))


def usage_of(turn: Turn, script: Script) -> dict[str, Any] | None:
    """The usage that an answer reports; `None` when the script leaves it out."""
    if script.usage is not None:
        return script.usage or None
    total = turn.input_words + turn.output_words
    return {"inputTokens": turn.input_words, "outputTokens": turn.output_words, "totalTokens": total}


def whole(turn: Turn, script: Script) -> dict[str, Any]:
    """A whole answer."""
    content: list[dict[str, Any]] = []
    if turn.reasoning is not None:
        thought = {"text": turn.reasoning, "signature": sign(turn.reasoning)}
        content.append({"reasoningContent": {"reasoningText": thought}})
    if turn.text:
        content.append({"text": turn.text})
    for call in turn.tool_calls:
        content.append({"toolUse": {"toolUseId": call.id, "name": call.name, "input": json.loads(call.arguments)}})
    answer = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": _stop(turn)}
    usage = usage_of(turn, script)
    return answer | {"metrics": {"latencyMs": 7}} | ({"usage": usage} if usage else {})


def stream(turn: Turn, script: Script) -> list[tuple[str | None, Any]]:
    """The events of a streamed answer: name and data. A block that is no tool's has no start."""
    events: list[tuple[str | None, Any]] = [("messageStart", {"role": "assistant"})]
    for index, (start, deltas) in enumerate(_blocks(turn, script)):
        at = {"contentBlockIndex": index}
        if start:
            events.append(("contentBlockStart", at | {"start": start}))
        events += [("contentBlockDelta", at | {"delta": delta}) for delta in deltas]
        events.append(("contentBlockStop", at))
    events.append(("messageStop", {"stopReason": _stop(turn)}))
    usage = usage_of(turn, script)
    return [*events, ("metadata", {"metrics": {"latencyMs": 7}} | ({"usage": usage} if usage else {}))]


def framed(name: str, data: dict[str, Any]) -> bytes:
    """An event in AWS's framing; the padding hides the length of what is said."""
    kind = "exception" if name.endswith("Exception") else "event"
    padding = {} if kind == "exception" else {"p": "abcdefghijklmnop"}
    return message(kind, name, json.dumps(data | padding, ensure_ascii=False).encode())


def error(_status: int, said: str | None = None) -> dict[str, Any]:
    """The body of an error answer, whose type is in a header."""
    return {"message": said or "The request could not be processed."}


def error_event() -> tuple[str | None, Any]:
    """An exception in the middle of a stream."""
    return "internalServerException", error(500)


def headers(turn: Turn, script: Script) -> list[tuple[str, str]]:
    """Headers that an answer carries beside its content type."""
    named = {
        400: "ValidationException",
        403: "AccessDeniedException",
        429: "ThrottlingException",
        503: "ServiceUnavailableException",
    }.get(script.status, "InternalServerException")
    kind = [] if script.status == 200 else [("x-amzn-errortype", named)]
    return [("x-amzn-requestid", f"standin-{turn.number}"), *kind]


def _said(blocks: Any) -> list[dict[str, Any]]:
    """Texts and results of tools."""
    said = []
    for block in blocks or []:
        if "text" in block:
            said.append({"type": "text", "text": block["text"]})
        if "toolResult" in block:
            parts = block["toolResult"].get("content") or []
            texts = [part["text"] if "text" in part else json.dumps(part.get("json")) for part in parts]
            said.append({"type": "tool_result", "content": "".join(texts)})
    return said


def _signed(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in body.get("messages") or []:
        for block in one.get("content") or []:
            thought = (block.get("reasoningContent") or {}).get("reasoningText")
            if thought:
                yield thought["text"], thought.get("signature", "")


def _blocks(turn: Turn, script: Script) -> Iterator[tuple[dict[str, Any] | None, list[dict[str, Any]]]]:
    """Each content block: its start, where it has one, and its deltas."""
    if turn.reasoning is not None:
        thought = [{"text": piece} for piece in pieces(turn.reasoning, script.delta)]
        yield None, [{"reasoningContent": part} for part in [*thought, {"signature": sign(turn.reasoning)}]]
    if turn.text:
        yield None, [{"text": piece} for piece in pieces(turn.text, script.delta)]
    for call in turn.tool_calls:
        deltas = [{"toolUse": {"input": piece}} for piece in pieces(call.arguments, script.delta)]
        yield {"toolUse": {"toolUseId": call.id, "name": call.name}}, deltas


def _stop(turn: Turn) -> str:
    return "tool_use" if turn.tool_calls else "end_turn"
