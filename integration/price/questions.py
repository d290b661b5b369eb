"""Questions that both are asked: every model of litellm's table, used in every way that its prices tell apart.

Nothing is drawn by chance: the same table gives the same questions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from integration.price.names import named, thresholds, tiers

# A Friday, at an hour at which DeepSeek's prices are high and at one at which they are not.
PEAK = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
OFF_PEAK = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)

CHAT = {"chat", "completion", "responses"}


@dataclass(frozen=True)
class Question:
    """One call."""

    key: str
    fields: dict[str, Any] = field(repr=False)
    provider: str
    model: str
    kind: str
    usage: dict[str, int]
    tier: str | None = None
    region: str | None = None
    at: datetime = PEAK

    def line(self) -> dict[str, Any]:
        """As `tollgate price` reads it."""
        asked = {"provider": self.provider, "model": self.model, "usage": self.usage, "at": int(self.at.timestamp())}
        return asked | {name: value for name, value in [("tier", self.tier), ("region", self.region)] if value}


def questions(table: dict[str, dict[str, Any]]) -> Iterator[Question]:
    """Every question, model by model."""
    for key, fields in sorted(table.items()):
        name = named(key, fields)
        if name is None:
            continue
        provider, model = name
        plain = Question(key, fields, provider, model, "plain", {"input": 1_234, "output": 567})
        if fields.get("mode") in CHAT:
            yield from _chat(plain)
        elif fields.get("mode") == "embedding":
            for tokens in (1, 1_234, 8_000):
                yield replace(plain, kind="embedding", usage={"input": tokens})
        else:
            yield from _units(plain)


def _chat(plain: Question) -> Iterator[Question]:
    for usage in _usages(plain.fields):
        yield replace(plain, kind=usage[0], usage=usage[1])
    for above in thresholds(plain.fields):
        for tokens in (above, above + 1, above + 4_321):
            long = {"input": tokens - 1_000, "cache_read": 1_000, "output": 567}
            yield replace(plain, kind="long", usage=long)
            for tier in tiers(plain.fields):
                yield replace(plain, kind="long", usage=long, tier=tier)
        written = {"input": above, "cache_write_5m": 800, "cache_write_1h": 70, "output": 567}
        yield replace(plain, kind="long, written", usage=written)
    for tier in tiers(plain.fields):
        for kind, usage in _usages(plain.fields):
            yield replace(plain, kind=kind, usage=usage, tier=tier)
    yield from _places(plain)


def _usages(fields: dict[str, Any]) -> Iterator[tuple[str, dict[str, int]]]:
    """Usages by what is special in them."""
    yield "plain", {"input": 1_234, "output": 567}
    yield "cached", {"input": 234, "cache_read": 1_000, "output": 567}
    yield "only cached", {"input": 0, "cache_read": 1_000, "output": 1}
    yield "written", {"input": 34, "cache_read": 1_000, "cache_write_5m": 200, "output": 567}
    yield "written for long", {"input": 34, "cache_write_5m": 200, "cache_write_1h": 300, "output": 567}
    yield "reasoning", {"input": 1_234, "output": 67, "reasoning": 500}
    if fields.get("supports_audio_input") or any("audio_token" in name for name in fields):
        yield "audio in", {"input": 1_000, "input_audio": 234, "output": 567}
        yield "audio out", {"input": 1_234, "output": 67, "output_audio": 500}
        yield "cached audio", {"input": 34, "input_audio": 200, "cache_read": 600, "cache_read_audio": 400, "output": 5}
    if any("image_token" in name for name in fields):
        yield "images in", {"input": 34, "input_image": 1_200, "output": 567}
        yield "images out", {"input": 1_234, "output": 67, "output_image": 1_290}
    if any("video_token" in name for name in fields):
        yield "video in", {"input": 34, "input_video": 1_200, "output": 567}


def _places(plain: Question) -> Iterator[Question]:
    """Regions, speeds and hours that a model's prices depend on."""
    usage = {"input": 34, "cache_read": 1_000, "output": 567}
    for region in ("eu", "us"):
        if f"regional_processing_uplift_multiplier_{region}" in plain.fields:
            yield replace(plain, kind="region", usage=usage, region=region)
    if "regional_endpoint_uplift_multiplier" in plain.fields:
        for region in ("us-east5", "global"):
            yield replace(plain, kind="region", usage=usage, region=region)
    special = plain.fields.get("provider_specific_entry") or {}
    if "us" in special:
        yield replace(plain, kind="region", usage=usage, region="us")
        yield replace(plain, kind="region", usage=usage, region="global")
    if "fast" in special:
        yield replace(plain, kind="speed", usage=usage, tier="fast")
        yield replace(plain, kind="speed", usage=usage, tier="fast", region="us")
    if "off_peak_pricing" in plain.fields:
        for kind, usage in _usages(plain.fields):
            yield replace(plain, kind=kind, usage=usage, at=OFF_PEAK)


def _units(plain: Question) -> Iterator[Question]:
    """What is not counted in tokens."""
    match plain.fields.get("mode"):
        case "audio_transcription":
            yield replace(plain, kind="transcription", usage={"input_seconds": 97})
        case "audio_speech":
            yield replace(plain, kind="speech", usage={"input_characters": 1_234})
        case "rerank":
            yield replace(plain, kind="rerank", usage={"searches": 3})
        case "search":
            yield replace(plain, kind="search", usage={"searches": 3})
        case "ocr":
            yield replace(plain, kind="ocr", usage={"pages": 7})
        case "image_generation" | "image_edit":
            yield replace(plain, kind="images made", usage={"output_images": 3})
        case "video_generation":
            yield replace(plain, kind="video made", usage={"output_seconds": 8})
