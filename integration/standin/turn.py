"""A turn: what is asked, and what will be said, in no dialect yet."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from integration.standin.script import Script


# As `crates/redaction` writes them.
PLACEHOLDER = re.compile(r"\[(?:EMAIL|PHONE|US_SSN|PAYMENT_CARD|IBAN|IP_ADDRESS|API_KEY)_[A-Z0-9]+\]")


@dataclass(frozen=True)
class ToolCall:
    """One call of a tool. Arguments are the source text of a JSON object."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Turn:
    """What one answer says, whichever dialect says it."""

    number: int
    model: str
    text: str
    reasoning: str | None
    tool_calls: list[ToolCall]
    input_words: int
    output_words: int
    choices: int = 1
    body: dict[str, Any] = field(default_factory=dict)


def plan_turn(number: int, body: dict[str, Any], script: Script) -> Turn:
    """Decides what answers a request, which the dialect has brought into the words of Anthropic's."""
    messages = body.get("messages") or []
    last = messages[-1] if messages else {}
    said = "".join(_texts(last.get("content"))) if script.text is None else script.text
    heard = [text for part in (body.get("system"), *(m.get("content") for m in messages)) for text in _texts(part)]
    if script.recall:
        said = " ".join(dict.fromkeys(PLACEHOLDER.findall(" ".join(heard))))
    tools = [_signature(tool) for tool in body.get("tools") or []]
    from_user = last.get("role") == "user" and "tool_result" not in _types(last.get("content"))
    wanted = from_user if script.tool is None else script.tool
    calls = _tool_calls(number, tools[0], said, script.tools_called) if tools and wanted else []
    text = "" if calls else said
    reasoning = said if script.reasoning else None
    spoken = [text, reasoning or "", *(call.arguments for call in calls)]
    return Turn(
        number=number,
        model=script.model or body.get("model") or "unknown",
        text=text,
        reasoning=reasoning,
        tool_calls=calls,
        input_words=_words(heard),
        output_words=_words(spoken),
        choices=body.get("n") or 1,
        body=body,
    )


def pieces(text: str, size: int) -> list[str]:
    """Cuts a text into pieces of `size` characters; of one word each when it is 0."""
    if size:
        return [text[start : start + size] for start in range(0, len(text), size)]
    return re.findall(r"\s*\S+|\s+", text)


def _texts(content: Any) -> Iterator[str]:
    """Every text of a message's content, of tool results too."""
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else []:
        if "text" in part:
            yield part["text"]
        elif "content" in part:
            yield from _texts(part["content"])


def _types(content: Any) -> set[str]:
    return {part.get("type") for part in content} if isinstance(content, list) else set()


def _signature(tool: dict[str, Any]) -> tuple[str, list[str]]:
    """Name and parameters of a tool as either dialect writes it."""
    function = tool.get("function", tool)
    schema = function.get("parameters") or function.get("input_schema") or {}
    return function["name"], list(schema.get("properties", {"text": {}}))


def _tool_calls(number: int, tool: tuple[str, list[str]], said: str, count: int) -> list[ToolCall]:
    name, parameters = tool
    arguments = json.dumps({parameter: said for parameter in parameters}, ensure_ascii=False)
    return [ToolCall(f"call_standin{number}_{index}", name, arguments) for index in range(count)]


def _words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)
