"""The caller's side of a trace: by it a test finds the one span of its call again."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trace:
    """A caller's trace and span, sampled."""

    trace_id: str = field(default_factory=lambda: secrets.token_hex(16))
    span_id: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def traceparent(self) -> str:
        """The header's value."""
        return f"00-{self.trace_id}-{self.span_id}-01"

    def headers(self, **script: Any) -> dict[str, str]:
        """The headers of a call within this trace, with a script for the stand-in."""
        return {"traceparent": self.traceparent} | ({"x-standin": json.dumps(script)} if script else {})
