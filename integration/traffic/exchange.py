"""Exchanges: what a client asked a provider, and what it was answered."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from integration.aws_event_stream import message
from integration.process import ROOT

RECORDED = ROOT.parent / "shared" / "traffic" / "dev.jsonl"
EXPECTED = RECORDED.with_suffix(".expected.jsonl")
FIXTURES = ROOT / "tests" / "fixtures"

# Each connection has its own of these.
HOP_BY_HOP = frozenset(("connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade"))

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Exchange:
    """One exchange. Names of headers are in lower case, bodies as they were before a compression."""

    id: str
    provider: str
    """The provider, as the recorder names it."""
    operation: str
    """The operation, as the recorder names it."""
    stream: bool
    """Whether the recorder says that a stream was asked for."""
    host: str
    """The host, without port; empty where the client only knows the gateway."""
    port: int
    method: str
    path: str
    """The path with its query."""
    asked: Headers
    """The request's headers."""
    request: bytes
    status: int
    headers: Headers
    """The answer's headers."""
    answer: bytes
    compressed: bool = False
    """Whether the answer came compressed."""
    expected: dict[str, Any] = field(default_factory=dict)
    """What there is to be read in it, by field; empty where nobody has said so."""

    def header(self, name: str) -> str | None:
        """The first value of one of the answer's headers."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_unreadable(self) -> bool:
        """Whether the request says that it is JSON and is not. Some providers take a comma too many."""
        media = next((value for key, value in self.asked if key == "content-type"), "")
        if self.method != "POST" or not media.startswith("application/json"):
            return False
        try:
            json.loads(self.request)
        except ValueError:
            return True
        return False

    @property
    def is_administration(self) -> bool:
        """Whether it is administration of the provider's account, which no virtual key may do."""
        return re.search(r"/(organizations?|user_profiles)(/|$)", self.path.partition("?")[0]) is not None

    @property
    def authority(self) -> str:
        """The host, and the port where it is not that of HTTP or HTTPS."""
        return self.host if self.port in (80, 443) else f"{self.host}:{self.port}"


def recorded(recording: Path = RECORDED, expected: Path = EXPECTED) -> list[Exchange]:
    """All exchanges of a recording, in recorded order; none where it does not lie there."""
    if not recording.exists():
        return []
    facts = {line["id"]: line for line in _lines(expected)} if expected.exists() else {}
    return [_of_record(line, facts.get(line["id"], {})) for line in _lines(recording)]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        yield from (json.loads(line) for line in lines)


def _of_record(line: dict[str, Any], expected: dict[str, Any]) -> Exchange:
    asked, answered = line["request"], line["response"]
    url = urlsplit(asked["url"])
    request = base64.b64decode(asked["body_b64"] or "")
    return Exchange(
        id=line["id"],
        provider=line["provider"],
        operation=line["operation"],
        stream=bool(line["stream"]),
        host=url.hostname or "",
        port=url.port or (80 if url.scheme == "http" else 443),
        method=asked["method"],
        path=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        asked=_with_a_media_type(_headers(asked["headers"]), request),
        request=request,
        status=answered["status"],
        headers=_headers(answered["headers"]),
        answer=base64.b64decode(answered["body_b64"] or ""),
        compressed=(line.get("stored_encoding") or "").startswith("gzip"),
        expected=expected,
    )


def _headers(recorded: list[list[Any]]) -> Headers:
    """Headers that pass a proxy.

    A recorder may keep several values of one name as a list, or the next header's line in the value of one.
    """
    found = [
        (name.lower(), each.partition("\n")[0].strip())
        for name, value in recorded
        for each in (value if isinstance(value, list) else [value])
    ]
    return [(name, value) for name, value in found if name not in HOP_BY_HOP]


def _with_a_media_type(headers: Headers, body: bytes) -> Headers:
    """Some recorders hide the media type behind a word that is none. The bodies where they did are JSON."""
    found = []
    for name, value in headers:
        if name != "content-type" or "/" in value:
            found.append((name, value))
        elif body.lstrip()[:1] in (b"{", b"["):
            found.append((name, "application/json"))
    return found


# A fixture's answers, each with the media type it has on the wire.
MEDIA = {
    "answer.json": "application/json",
    "stream.sse": "text/event-stream; charset=utf-8",
    "stream.ndjson": "application/x-ndjson",
    "stream.array": "application/json",
    "stream.aws.txt": "application/vnd.amazon.eventstream",
}

# The paths of the first two fixtures, which have no file that says so.
USUAL_ROUTES = {"openai_chat": "POST /v1/chat/completions", "anthropic_messages": "POST /v1/messages"}

# A path under which an answer comes whole, and the one under which the same is streamed.
STREAMED_PATHS = {
    ":generateContent": ":streamGenerateContent",
    "/converse": "/converse-stream",
    "/invoke": "/invoke-with-response-stream",
    "/text/generation?": "/text/generation_stream?",
}


def fixtures(hosts: dict[str, tuple[str, int]]) -> list[Exchange]:
    """The project's own: each answer of each folder of `tests/fixtures`.

    A folder that is named like a kind of provider holds what is asked of that one at its host; `hosts` has them.
    """
    return [
        _of_fixture(folder, file, *hosts.get(folder.name, ("", 443)))
        for folder in sorted(FIXTURES.iterdir())
        for file in MEDIA
        if (folder / file).exists()
    ]  # fmt: skip


def _of_fixture(folder: Path, file: str, host: str, port: int) -> Exchange:
    route = folder / "route"
    method, path = (route.read_text().strip() if route.exists() else USUAL_ROUTES[folder.name]).split(" ", 1)
    stream = file != "answer.json"
    request = folder / "request.json"
    answer = (folder / file).read_bytes()
    return Exchange(
        id=f"{folder.name}/{file}",
        provider=folder.name,
        operation="",
        stream=stream,
        host=host,
        port=port,
        method=method,
        path=_streamed(path) if stream else path,
        asked=[("content-type", "application/json"), ("accept", "*/*")],
        request=request.read_bytes() if request.exists() else b"",
        status=200,
        headers=[("content-type", MEDIA[file])],
        answer=aws_event_stream(answer.decode()) if file.endswith(".aws.txt") else answer,
    )


def _streamed(path: str) -> str:
    for whole, stream in STREAMED_PATHS.items():
        before, found, after = path.partition(whole)
        if found and not after.startswith("-"):
            return before + stream + after
    return path


def aws_event_stream(lines: str) -> bytes:
    """AWS's framing of lines of `event type<TAB>payload`."""
    written = (line.split("\t", 1) for line in lines.splitlines() if line)
    return b"".join(message("event", event, payload.encode()) for event, payload in written)
