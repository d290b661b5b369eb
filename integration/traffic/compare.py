"""One exchange's three sides held against its recording: what the client got, what the provider was asked, what the
span says."""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from integration.http11 import Request
from integration.keys import OPENAI_KEY, SEARCH
from integration.receiver.span import Span
from integration.traffic import facts
from integration.traffic.client import Response
from integration.traffic.exceptions import Exceptions
from integration.traffic.exchange import HOP_BY_HOP, Exchange, Headers
from integration.traffic.providers import unsearched

# Envoy's own, or changed by it.
ENVOY_HEADERS = frozenset(("date", "content-encoding", *HOP_BY_HOP))
# Asked of every provider, so that answers can be read.
ASKED_ANEW = frozenset(("accept-encoding", *HOP_BY_HOP))

# Codes of refusals.
UNREADABLE = "unreadable_body"
ADMINISTRATION = "administration_not_allowed"
NOT_SEARCHED = "operation_not_searched"

EVENT = re.compile(rb".*?(?:\r\n\r\n|\n\n|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Played:
    """An exchange that has gone through the gateway."""

    exchange: Exchange
    response: Response | None
    """What the client got; `None` when that broke off."""
    asked: Request | None
    """What the provider was asked; `None` when it was not."""
    span: Span | None
    """The call's span; `None` when none came."""

    @property
    def redacted(self) -> bool:
        """Whether something was taken out of the request."""
        return self.span is not None and any(name.startswith("tollgate.redacted.") for name in self.span.attributes)


@dataclass(frozen=True)
class Difference:
    """Something that is not as it was recorded. `side` is `client`, `provider` or `span`."""

    exchange: Exchange
    side: str
    field: str
    expected: Any
    got: Any

    @property
    def place(self) -> str:
        """Provider and operation, in the recorder's words."""
        streamed = " streamed" if self.exchange.stream else ""
        return f"{self.exchange.provider} {self.exchange.operation}{streamed}"

    def __str__(self) -> str:
        what = f"{self.exchange.id} {self.place} {self.side}: {self.field}"
        return f"{what}\n    expected {_short(self.expected)}\n    got      {_short(self.got)}"


def at_the_client(played: Played) -> Iterator[Difference]:
    """Where the client's answer differs from the recorded one."""
    exchange, response = played.exchange, played.response
    if response is None:
        yield Difference(exchange, "client", "answer", "a whole one", "it broke off")
        return
    if exchange.is_administration:
        yield from _refused(played, response, 403, ADMINISTRATION)
        return
    if exchange.is_unreadable and played.asked is None:
        yield from _refused(played, response, 400, UNREADABLE)
        return
    if response.status != exchange.status:
        yield Difference(exchange, "client", "status", exchange.status, (response.status, b"".join(response.pieces)))
        return
    for name, expected, got in _other_headers(exchange.headers, response.headers, ENVOY_HEADERS):
        yield Difference(exchange, "client", f"header {name}", expected, got)
    try:
        got = response.body
    except zlib.error as problem:
        yield Difference(exchange, "client", "body", "gzip", str(problem))
        return
    expected = without_usage(exchange.answer) if _usage_was_asked_for(played) else exchange.answer
    if got != expected:
        yield Difference(exchange, "client", "body", *_where_they_part(expected, got))


def at_the_provider(played: Played) -> Iterator[Difference]:
    """Where the provider's request differs from the client's, beyond what the gateway is there for."""
    exchange, asked = played.exchange, played.asked
    if (exchange.is_unreadable or exchange.is_administration) and asked is None:
        return
    if asked is None:
        yield Difference(exchange, "provider", "request", "one", "none came")
        return
    if (asked.method, asked.path) != (exchange.method, exchange.path):
        yield Difference(exchange, "provider", "path", exchange.path, asked.path)
    if exchange.host and asked.header("host") != exchange.authority:
        yield Difference(exchange, "provider", "host", exchange.authority, asked.header("host"))
    for name, expected, got in _other_headers(exchange.asked, asked.headers, ASKED_ANEW):
        yield Difference(exchange, "provider", f"header {name}", expected, got)
    head = "\n".join(f"{name}: {value}" for name, value in asked.headers)
    if OPENAI_KEY not in head or SEARCH.secret in head + asked.path:
        yield Difference(exchange, "provider", "credential", "the provider's", head)
    changed = asked.body != exchange.request
    if changed and not played.redacted and not _usage_was_asked_for(played):
        yield Difference(exchange, "provider", "body", *_where_they_part(exchange.request, asked.body))
    if played.redacted and not changed:
        yield Difference(exchange, "provider", "body", "redacted", "the client's")


def on_the_span(played: Played, exceptions: Exceptions) -> Iterator[Difference]:
    """Where the span differs from the expectations without an exception."""
    exchange, span = played.exchange, played.span
    if span is None:
        yield Difference(exchange, "span", "span", "one", "none came")
        return
    is_refused = exchange.is_unreadable or exchange.is_administration
    if not exchange.expected or is_refused and played.asked is None:
        return
    got = facts.of_span(span.attributes)
    for field, expected in facts.known_to_spans(exchange.expected).items():
        if field in facts.ONLY_WHERE_EXPECTED and expected is None:
            continue
        said = exchange.expected.get(field, expected)
        if got[field] != expected and not exceptions.excuse(exchange, field, said, got[field]):
            yield Difference(exchange, "span", field, expected, got[field])


def where_closed(played: Played, open_to_all: Played) -> Iterator[Difference]:
    """Where a gateway that lets nothing pass unsearched differs from one that does, other than in refusing it."""
    told = open_to_all.span.attributes if open_to_all.span else {}
    is_unread = "request_unread" in told.get("tollgate.notes", [])
    response = played.response
    if response is not None and is_unread and told.get("tollgate.api.operation") in unsearched():
        expects_no_body = played.exchange.method in ("GET", "HEAD", "OPTIONS")
        yield from _refused(played, response, *((400, UNREADABLE) if expects_no_body else (403, NOT_SEARCHED)))
        if played.asked is not None:
            yield Difference(played.exchange, "provider", "request", "none", played.asked.body)
    elif (played.asked is None) != (open_to_all.asked is None):
        yield Difference(played.exchange, "provider", "request", open_to_all.asked, played.asked)


def _refused(played: Played, response: Response, status: int, code: str) -> Iterator[Difference]:
    """Where a request was not refused so."""
    got = (response.status, played.span and played.span.attributes.get("error.type"))
    if got != (status, code):
        yield Difference(played.exchange, "client", "refusal", (status, code), got)


def _other_headers(recorded: Headers, got: Headers, but: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Recorded headers that did not pass as they were: name, recorded values, values that came.

    Values of one name count together, however they are spread over lines (RFC 9110, section 5.3).
    """
    for name in dict.fromkeys(name for name, _ in recorded if name not in but):
        expected, came = (_values(headers, name) for headers in (recorded, got))
        if expected != came:
            yield name, expected, came


def _values(headers: Headers, name: str) -> str:
    values = ",".join(value for key, value in headers if key.lower() == name)
    return ",".join(value.strip() for value in values.split(","))


def without_usage(stream: bytes) -> bytes:
    """A stream without the events that say nothing but usage."""
    return b"".join(event for event in EVENT.findall(stream) if not _is_only_usage(event))


def _is_only_usage(event: bytes) -> bool:
    """Whether an event of OpenAI's chat or completions counts tokens and has nothing of a choice."""
    data = b"".join(line[5:] for line in event.splitlines() if line.startswith(b"data:"))
    try:
        said = json.loads(data)
    except ValueError:
        return False
    return isinstance(said, dict) and bool(said.get("usage")) and not said.get("choices") and not said.get("error")


def _usage_was_asked_for(played: Played) -> bool:
    """Whether the gateway has asked for a stream's usage where the client had not; its event is not the client's."""
    if played.asked is None or played.asked.body == played.exchange.request:
        return False
    before, after = _stream_options(played.exchange.request), _stream_options(played.asked.body)
    return bool(after.get("include_usage")) and not before.get("include_usage")


def _stream_options(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return (read.get("stream_options") if isinstance(read, dict) else None) or {}


def _where_they_part(expected: bytes, got: bytes) -> tuple[bytes, bytes]:
    """Both from a little before the first byte in which they differ."""
    pairs = enumerate(zip(expected, got, strict=False))
    at = next((index for index, (one, other) in pairs if one != other), min(len(expected), len(got)))
    start = max(0, at - 40)
    return expected[start : at + 200], got[start : at + 200]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + "…"
