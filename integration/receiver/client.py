"""What a test asks of the receiver."""

import base64
import time
from dataclasses import dataclass
from typing import Any

from integration.control import Control
from integration.receiver.span import Span


@dataclass(frozen=True)
class Export:
    """One attempt to export. `at` is in seconds since 1970; `status` is `None` when it was left without an answer."""

    at: float
    method: str
    path: str
    headers: list[list[str]]
    body: bytes
    status: int | None
    spans: list[str]
    problem: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


class ReceiverClient(Control):
    """Reads spans and exports, and scripts answers."""

    def spans(self, *, count: int = 1, wait: float = 5) -> list[Span]:
        """All spans, once there are `count` of them, or after `wait` seconds."""
        return self._find(f"count={count}&wait={wait}", wait)

    def spans_of(self, trace_id: str, *, wait: float = 5) -> list[Span]:
        """The spans of one trace, once there is one."""
        return self._find(f"trace={trace_id}&wait={wait}", wait)

    def span_of(self, trace_id: str, *, wait: float = 5) -> Span:
        """The only span of a trace."""
        spans = self.spans_of(trace_id, wait=wait)
        assert len(spans) == 1, f"{len(spans)} spans came for the trace {trace_id} within {wait} s"
        return spans[0]

    def exports(self, *, since: int = 0) -> list[Export]:
        """Every attempt, after the first `since` ones."""
        return [
            Export(**(written | {"body": base64.b64decode(written["body"])}))
            for written in self.ask("GET", f"/exports?{since}")
        ]

    def exports_to(self, path: str, *, count: int = 1, spans: int = 0, wait: float = 10) -> list[Export]:
        """Every attempt to export to a path, once there are so many, with so many spans, or after `wait` seconds."""
        deadline = time.monotonic() + wait
        while True:
            found = [export for export in self.exports() if export.path == path]
            enough = len(found) >= count and sum(len(export.spans) for export in found) >= spans
            if enough or time.monotonic() > deadline:
                return found
            time.sleep(0.02)

    def answer_with(self, path: str, *answers: dict[str, Any]) -> None:
        """Scripts the answers to the next exports to a path, see `integration.receiver.server.Receiver`."""
        self.ask("POST", f"/answers{path}", list(answers))

    def _find(self, query: str, wait: float) -> list[Span]:
        return [Span(**written) for written in self.ask("GET", f"/spans?{query}", timeout=wait + 10)]
