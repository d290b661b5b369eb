"""A script: what the stand-in does differently for one request."""

import json
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Script:
    """What the header `x-standin` holds: a JSON object with some of these fields, or the name of a posted one."""

    # What the answer says.
    text: str | None = None
    """The text, instead of the user's last one."""
    recall: bool = False
    """Whether the text names, instead, every placeholder that the request has in its texts."""
    model: str | None = None
    """The model that says it answered, instead of the one asked for."""
    tool: bool | None = None
    """Whether to call the request's tools; by default, when the request has some and ends with the user's turn."""
    tools_called: int = 1
    """How many calls of the first tool."""
    reasoning: bool = False
    """Whether reasoning with the same text comes first."""
    usage: dict[str, Any] | None = None
    """The usage, word for word, instead of counted words. An empty object leaves it out."""

    # The status.
    status: int = 200
    """Any other status comes with an error body in the dialect."""
    headers: tuple[tuple[str, str], ...] = ()
    """More headers of the answer."""
    body: str | None = None
    """`html`, `gzip`, `empty`, `half` (the first half of the body) or `text` (JSON called text/plain)."""
    raw: str | None = None
    """The whole body, word for word, whatever the request asked for."""

    # How a stream is cut and written.
    delta: int = 0
    """Characters per delta; 0 sends word by word."""
    piece: int = 0
    """Bytes per chunk of the body; 0 sends event by event."""
    crlf: bool = False
    """Whether lines end with carriage return and line feed."""
    tight: bool = False
    """Whether `data:` stands without a space after it."""
    large: int = 0
    """Adds an event whose text has this many characters before the others."""
    trailers: tuple[tuple[str, str], ...] = ()
    """Trailers after the body."""

    # When, and how far.
    delay: float = 0
    """Seconds before the head."""
    pause: float = 0
    """Seconds between chunks."""
    gate: bool = False
    """Whether each event after the first waits for a `POST /go`."""
    error_after: int | None = None
    """After this many events comes an error event instead of the rest."""
    cut_after: int | None = None
    """The connection is reset after this many chunks of the body; 0 is right after the head."""
    end_after: int | None = None
    """The body ends, in good form, after this many events."""
    reset: bool = False
    """Whether the connection is reset instead of an answer."""
    never: bool = False
    """Whether no answer ever comes."""


def read_script(header: str | None, posted: dict[str, dict[str, Any]]) -> Script:
    """Reads the header. Raises `ValueError` for what is neither a posted name nor an object of known fields."""
    if header is None:
        return Script()
    written = json.loads(header) if header.startswith("{") else posted.get(header)
    if not isinstance(written, dict):
        raise ValueError(f"no script named {header} was posted")
    if unknown := written.keys() - {field.name for field in fields(Script)}:
        raise ValueError(f"unknown fields of a script: {', '.join(sorted(unknown))}")
    for name in ("headers", "trailers"):
        if name in written:
            written = {**written, name: tuple((key, value) for key, value in written[name])}
    return Script(**written)
