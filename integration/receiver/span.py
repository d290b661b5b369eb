"""A span as it was exported."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Span:
    """Ids are lower-case hexadecimal, times nanoseconds since 1970."""

    trace_id: str
    span_id: str
    parent_span_id: str
    trace_state: str
    flags: int
    name: str
    kind: str
    start: int
    end: int
    status: dict[str, Any]
    attributes: dict[str, Any]
    events: list[dict[str, Any]]
    links: int
    resource: dict[str, Any]
    scope: dict[str, str]
