"""Exceptions: where the expectations of recorded traffic are wrong, and why (`tests/traffic/exceptions.jsonl`).

The file is that of `tollgate replay --check`; its help has the form.
"""

import json
import re
from pathlib import Path
from typing import Any

from integration.process import ROOT
from integration.traffic.exchange import Exchange

FILE = ROOT / "tests" / "traffic" / "exceptions.jsonl"


class Exceptions:
    """All of them."""

    def __init__(self, path: Path = FILE) -> None:
        lines = path.read_text().splitlines() if path.exists() else []
        self._all = [json.loads(line) for line in lines if line.strip() and not line.startswith("#")]

    def excuse(self, exchange: Exchange, field: str, expected: Any, got: Any) -> bool:
        """Whether one holds for a difference. `expected` is the value as the expectations have it."""
        found = {
            "id": exchange.id,
            "provider": exchange.provider,
            "operation": exchange.operation,
            "stream": exchange.stream,
            "status": exchange.status,
            "expected": expected,
            "got": got,
        }
        return any(
            _fits(exception["field"], field)
            and all(_holds(name, exception[name], value) for name, value in found.items() if name in exception)
            for exception in self._all
        )


def _holds(name: str, wanted: Any, value: Any) -> bool:
    return _fits(wanted, value) if name in ("provider", "operation") else wanted == value


def _fits(patterns: str | list[str], name: str) -> bool:
    """Whether a name fits a pattern, or one of several, in which `*` stands for anything."""
    several = [patterns] if isinstance(patterns, str) else patterns
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name) for pattern in several)
