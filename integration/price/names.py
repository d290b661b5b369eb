"""Which entry of the book a key of litellm's table is about: by the rules of `scripts/prices` itself."""

import importlib.machinery
import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("prices", str(ROOT / "scripts/prices"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


SCRIPT = _script()


def named(key: str, fields: dict[str, Any]) -> tuple[str, str] | None:
    """Provider and model as the book has them; None for what is not a model."""
    if key in SCRIPT.NOT_MODELS or any(re.search(pattern, key) for pattern, _ in SCRIPT.NO_MODEL):
        return None
    return SCRIPT.named(key, fields)


def thresholds(fields: dict[str, Any]) -> list[int]:
    """The lengths of prompt at which the prices of a model change."""
    found = {SCRIPT.split(name)[2] for name in fields}
    found |= {int(step["range"][0]) for step in fields.get("tiered_pricing") or [] if "range" in step}
    return sorted(found - {0})


def tiers(fields: dict[str, Any]) -> list[str]:
    """The service tiers under which a model has prices of its own."""
    return sorted({SCRIPT.split(name)[1] for name in fields if SCRIPT.is_money(name)} - {""})
