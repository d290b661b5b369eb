"""Both dialects, as a client sees them: how to ask, and what an answer said."""

import json
from abc import ABC, abstractmethod
from typing import Any

from integration.scenarios.raw import Response

TOOL_SCHEMA = {"type": "object", "properties": {"to": {"type": "string"}, "note": {"type": "string"}}}


class Dialect(ABC):
    """One of the wire APIs."""

    name: str
    path: str
    model: str
    host: str

    @abstractmethod
    def ask(self, text: str, *, stream: bool = False, tools: bool = False, **more: Any) -> dict[str, Any]:
        """A request whose user says the text."""

    def encoded(self, text: str, *, stream: bool = False, **more: Any) -> bytes:
        """The same as it goes over the wire."""
        return json.dumps(self.ask(text, stream=stream, **more)).encode()

    @abstractmethod
    def said(self, response: Response, what: str) -> str:
        """What an answer said: its `text`, `reasoning`, or the `arguments` of its first tool call."""


class OpenAi(Dialect):
    """Chat completions."""

    name = "openai"
    path = "/v1/chat/completions"
    model = "gpt-4o"
    host = "api.openai.com"

    def ask(self, text: str, *, stream: bool = False, tools: bool = False, **more: Any) -> dict[str, Any]:
        """A request whose user says the text."""
        body = {"model": self.model, "messages": [{"role": "user", "content": text}]}
        function = {"name": "send_mail", "parameters": TOOL_SCHEMA}
        offered = {"tools": [{"type": "function", "function": function}]} if tools else {}
        return body | ({"stream": True} if stream else {}) | offered | more

    def said(self, response: Response, what: str) -> str:
        """What an answer said."""
        if is_stream(response):
            parts = [chunk["choices"][0]["delta"] for chunk in events(response.body) if chunk["choices"]]
        else:
            parts = [response.json()["choices"][0]["message"]]
        return "".join(self._part(part, what) for part in parts)

    def _part(self, part: dict[str, Any], what: str) -> str:
        if what == "arguments":
            calls = part.get("tool_calls") or []
            return "".join(call["function"].get("arguments", "") for call in calls)
        return part.get({"text": "content", "reasoning": "reasoning_content"}[what]) or ""


class Anthropic(Dialect):
    """Messages."""

    name = "anthropic"
    path = "/v1/messages"
    model = "claude-sonnet-4-6"
    host = "api.anthropic.com"

    def ask(self, text: str, *, stream: bool = False, tools: bool = False, **more: Any) -> dict[str, Any]:
        """A request whose user says the text."""
        body = {"model": self.model, "max_tokens": 100, "messages": [{"role": "user", "content": text}]}
        offered = {"tools": [{"name": "send_mail", "input_schema": TOOL_SCHEMA}]} if tools else {}
        return body | ({"stream": True} if stream else {}) | offered | more

    def said(self, response: Response, what: str) -> str:
        """What an answer said."""
        key = {"text": "text", "reasoning": "thinking", "arguments": "partial_json"}[what]
        if is_stream(response):
            deltas = [event["delta"] for event in events(response.body) if event["type"] == "content_block_delta"]
            return "".join(delta.get(key, "") for delta in deltas)
        blocks = response.json()["content"]
        if what == "arguments":
            return json.dumps(next(block["input"] for block in blocks if block["type"] == "tool_use"))
        return "".join(block.get(key, "") for block in blocks)


OPENAI = OpenAi()
ANTHROPIC = Anthropic()


def events(body: bytes) -> list[Any]:
    """The data of a stream's events, read as JSON; `[DONE]` and comments left out."""
    found = []
    for event in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = [line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:")]
        if data and data != [b"[DONE]"]:
            found.append(json.loads(b"\n".join(data)))
    return found


def is_stream(response: Response) -> bool:
    """Whether an answer is streamed."""
    return (response.header("content-type") or "").startswith("text/event-stream")
