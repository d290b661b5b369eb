"""Bodies: what is said, as bytes, in the form the script asks for."""

import gzip
import json
from types import ModuleType
from typing import Any

from integration.standin import anthropic, bedrock, google, openai, openai_responses
from integration.standin.script import Script
from integration.standin.turn import Turn

HTML = b"<html><head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body></html>\r\n"

Headers = list[tuple[str, str]]


def dialect_of(path: str) -> ModuleType | None:
    """The dialect of a path, if there is one."""
    path = path.partition("?")[0]
    if path.endswith("/chat/completions"):
        return openai
    if path.endswith("/responses"):
        return openai_responses
    if path.endswith((":generateContent", ":streamGenerateContent")):
        return google
    if bedrock.PATH.search(path):
        return bedrock
    is_at_vertex = "/publishers/anthropic/models/" in path and path.endswith((":rawPredict", ":streamRawPredict"))
    return anthropic if path.endswith("/messages") or is_at_vertex else None


def asks_for_stream(path: str, body: dict[str, Any]) -> bool:
    """Whether the answer is to be streamed: the body says so, or the path."""
    return body.get("stream") is True or ":streamGenerateContent" in path or path.endswith("/converse-stream")


def stream_type(dialect: ModuleType) -> str:
    """The content type of a streamed answer."""
    return getattr(dialect, "STREAM_TYPE", "text/event-stream; charset=utf-8")


def whole_body(dialect: ModuleType, turn: Turn, script: Script) -> tuple[Headers, bytes]:
    """Headers and body of a whole answer, or of an error."""
    answer = dialect.whole(turn, script) if script.status == 200 else dialect.error(script.status)
    # Anthropic and Bedrock write their whole answers in one line, the others over several.
    indent = None if dialect in (anthropic, bedrock) else 2
    body = json.dumps(answer, ensure_ascii=False, indent=indent).encode()
    if script.raw is not None:
        body = script.raw.encode()
    kind = "application/json"
    more: Headers = []
    match script.body:
        case "html":
            kind, body = "text/html", HTML
        case "gzip":
            more, body = [("content-encoding", "gzip")], gzip.compress(body)
        case "empty":
            body = b""
        case "half":
            body = body[: len(body) // 2]
        case "text":
            kind = "text/plain"
    return [("content-type", kind), *more], body


def stream_events(dialect: ModuleType, turn: Turn, script: Script) -> list[bytes]:
    """The events of a streamed answer, each with the blank line that ends it."""
    if script.raw is not None:
        return [script.raw.encode()]
    events = dialect.stream(turn, script)
    if script.error_after is not None:
        events = [*events[: script.error_after], dialect.error_event()]
    if script.end_after is not None:
        events = events[: script.end_after]
    if dialect is bedrock:
        return [bedrock.framed(name, data) for name, data in events]
    return [_event(name, data, script) for name, data in events]


def cut(events: list[bytes], size: int) -> list[bytes]:
    """The same bytes in chunks of `size`; one event each when it is 0."""
    if not size:
        return events
    body = b"".join(events)
    return [body[start : start + size] for start in range(0, len(body), size)]


def _event(name: str | None, data: Any, script: Script) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    lines = [f"event: {name}"] if name else []
    lines += ["data:" + ("" if script.tight else " ") + text, "", ""]
    return ("\r\n" if script.crlf else "\n").join(lines).encode()
