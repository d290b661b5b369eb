"""What the stand-in keeps of one call: the request as it came, and how the answer went."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from integration.http11 import Request


@dataclass
class Record:
    """One call."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    usage: dict[str, Any] | None = None
    """The usage the answer reports."""
    signed: int = 0
    """How many signed thoughts have come back as they were."""
    sent: bytearray = field(default_factory=bytearray)
    """The answer's body, as far as it was sent."""
    ended: str = "open"
    """`open`, `whole`, `cut` (by the script) or `client_gone`; anything else names a fault of the request."""

    @classmethod
    def of(cls, request: Request) -> "Record":
        """The record of a request that has just come."""
        return cls(request.method, request.path, request.headers, request.body)

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    def json(self) -> Any:
        """The request's body, read as JSON."""
        return json.loads(self.body)

    def as_json(self) -> dict[str, Any]:
        """For the way over the control address."""
        encoded = {name: base64.b64encode(getattr(self, name)).decode() for name in ("body", "sent")}
        return vars(self) | encoded

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> "Record":
        """The other way round."""
        decoded = {name: base64.b64decode(written[name]) for name in ("body", "sent")}
        headers = [(name, value) for name, value in written["headers"]]
        return cls(**(written | decoded | {"headers": headers}))
