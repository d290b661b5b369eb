"""Where the book and litellm differ, and why: every class of difference that is accepted, as a rule.

A rule has a name, the reason with its source, and a test of one answer. The first rule that fits explains an answer;
what none explains is a fault of the one or the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from integration.price.names import SCRIPT, named
from integration.price.oracle import TABLE
from integration.price.questions import Question

# Both multiply the same numbers, litellm in binary64.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Answer:
    """What both say to one question."""

    question: Question
    # The line of `tollgate price`.
    ours: dict[str, Any]
    # Dollars, or why there are none.
    theirs: float | str

    @property
    def total(self) -> float | None:
        """Ours, in dollars."""
        return float(self.ours["total"]) if "total" in self.ours else None

    def agrees(self) -> bool:
        """Whether both name the same amount."""
        if self.total is None or isinstance(self.theirs, str):
            return False
        return abs(self.total - self.theirs) <= TOLERANCE * max(abs(self.total), abs(self.theirs))

    def differs(self) -> bool:
        """Whether both name an amount, and not the same."""
        return self.total is not None and not isinstance(self.theirs, str) and not self.agrees()

    def unknown(self, why: str) -> bool:
        """Whether ours is unknown for a reason."""
        return self.ours.get("unknown") == why

    def uses(self, *buckets: str) -> bool:
        """Whether any of these buckets is not empty."""
        return any(self.question.usage.get(bucket) for bucket in buckets)


@dataclass(frozen=True)
class Rule:
    """One accepted class of difference."""

    name: str
    reason: str
    fits: Callable[[Answer], bool]


def rule_for(answer: Answer) -> Rule | None:
    """The rule that explains an answer on which both do not agree."""
    return next((rule for rule in RULES if rule.fits(answer)), None)


def _numbers(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as the script reads them."""

    def exact(value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return Decimal(repr(value))
        if isinstance(value, dict):
            return {name: exact(each) for name, each in value.items()}
        return [exact(each) for each in value] if isinstance(value, list) else value

    return exact(fields)


_ENTRIES: dict[str, Any] = {}


def entry(question: Question) -> Any:
    """What the script makes of the table's object alone."""
    if question.key not in _ENTRIES:
        fields = _numbers(question.fields)
        _ENTRIES[question.key] = SCRIPT.entry_of(question.provider, question.model, fields, SCRIPT.Report())
    return _ENTRIES[question.key]


def row(answer: Answer) -> dict[str, Decimal]:
    """The prices under the question's tier, for its length of prompt."""
    rows, question = entry(answer.question).rows, answer.question
    prompt = sum(count for bucket, count in question.usage.items() if bucket in INPUT)
    tier = question.tier or ""
    passed = [above for of, above in rows if of in ("", tier) and above < prompt] or [0]
    return rows.get((tier, max(passed)), {})


def standard(answer: Answer) -> dict[str, Decimal]:
    """The standard tier's prices for short prompts."""
    return entry(answer.question).rows.get(("", 0), {})


INPUT = {
    "input",
    "cache_read",
    "cache_read_audio",
    "cache_write_5m",
    "cache_write_1h",
    "input_audio",
    "input_image",
    "input_video",
}


@cache
def _keys() -> dict[tuple[str, str], list[str]]:
    keys: dict[tuple[str, str], list[str]] = {}
    for key, fields in TABLE.items():
        if name := named(key, fields):
            keys.setdefault(name, []).append(key)
    return keys


def has_another_key(answer: Answer) -> bool:
    """Whether the table has the model twice, and not with the same prices."""
    question = answer.question
    others = [key for key in _keys()[question.provider, question.model] if key != question.key]
    return any(entry(replace(question, key=key, fields=TABLE[key])).rows != entry(question).rows for key in others)


def lacks(answer: Answer, *buckets: str) -> bool:
    """Whether one of these buckets is used and has no price under the tier."""
    return any(answer.uses(bucket) and bucket not in row(answer) for bucket in buckets)


def is_told_apart(answer: Answer) -> bool:
    """Whether a bucket is used that the standard tier tells apart from its stand-in, and this tier does not."""
    stand_ins = {"cache_read": "input", "cache_write_5m": "input", "input_image": "input", "reasoning": "output"}
    return any(
        lacks(answer, bucket) and bucket in standard(answer) and standard(answer)[bucket] != standard(answer).get(other)
        for bucket, other in stand_ins.items()
    )


def is_rounded(answer: Answer) -> bool:
    """Whether a price of the model is finer than a pico-dollar, and the difference no larger than that makes it."""
    fine = any(
        isinstance(value, float) and (Decimal(repr(value)) * 10**12) % 1 and "cost" in name
        for name, value in answer.question.fields.items()
    )
    return fine and abs(answer.total - answer.theirs) < 0.5e-12 * sum(answer.question.usage.values())


RULES = [
    # The book says "unknown".
    Rule(
        "no entry: nothing but zeros",
        "the table's zeros stand for experiments, allowances and gaps alike; unknown is never zero",
        lambda a: a.unknown("model") and not any(any(r.values()) for r in entry(a.question).rows.values())
        and not entry(a.question).sizes,
    ),
    Rule(
        "no entry: the size decides",
        "the table prices the model by the size of its picture, and litellm takes one of the prices",
        lambda a: a.unknown("model") and bool(entry(a.question).sizes),
    ),
    Rule(
        "no price: audio, or images made",
        "litellm bills them as text; they cost from 3 to 16 times as much where both have a price",
        lambda a: a.unknown("bucket")
        and lacks(a, "input_audio", "output_audio", "cache_read_audio", "output_image"),
    ),
    Rule(
        "no price: the other lifetime of a cache write",
        "litellm bills an hour like five minutes; it is 1.6 times as much (platform.claude.com, Pricing)",
        lambda a: a.unknown("bucket") and lacks(a, "cache_write_1h")
        and ("cache_write_5m" in row(a) or "cache_write_5m" in standard(a)),
    ),
    Rule(
        "no price: writes are priced and reads are not",
        "the table's entry is not whole; litellm bills reads as input",
        lambda a: a.unknown("bucket") and lacks(a, "cache_read") and "cache_write_5m" in row(a),
    ),
    Rule(
        "no price: Perplexity's fee for a request",
        "it depends on the size of the search's context, which litellm leaves out (docs.perplexity.ai, Pricing)",
        lambda a: a.unknown("bucket") and a.question.provider == "perplexity" and ("low", 0) in entry(a.question).rows,
    ),
    Rule(
        "no price: under this tier, or for a prompt so long",
        "litellm bills what a tier or a length does not list at the standard tier's price, or the short prompt's",
        lambda a: a.unknown("bucket") and (not row(a) or is_told_apart(a) or lacks(a, "input", "output")),
    ),
    Rule(
        "no price: text",
        "the model is priced by the second of video; litellm bills text at nothing",
        lambda a: a.unknown("bucket") and "input" not in row(a) and "input_seconds" in row(a),
    ),
    Rule(
        "no price: in this unit",
        "the model is priced in tokens or in pixels, whose price is a rounded share of an image's, or by what an "
        "answer does not say; litellm takes what it finds, or zero",
        lambda a: (a.unknown("bucket") or a.unknown("model")) and a.question.kind in UNITS,
    ),
    # litellm has no amount.
    Rule(
        "litellm fails",
        "it raises an exception for a provider that its own table names",
        lambda a: isinstance(a.theirs, str) and a.total is not None,
    ),
    Rule(
        "litellm finds no entry",
        "its batch calculation does not know this provider, and says zero",
        lambda a: a.differs() and a.theirs == 0 and a.question.tier == "batch",
    ),
    # Both name an amount.
    Rule(
        "two keys for one model",
        "the table has a model under its bare name and with a prefix, not at one price; the book takes the bare one",
        lambda a: (a.differs() or a.unknown("bucket")) and has_another_key(a),
    ),
    Rule(
        "finer than a pico-dollar",
        "the price was published for a minute or in another currency; the book rounds it to a pico-dollar",
        lambda a: a.differs() and is_rounded(a),
    ),
    Rule(
        "Perplexity",
        "litellm's calculation for it knows no cached tokens, no long prompts and no fee for a request",
        lambda a: a.differs() and a.question.provider == "perplexity"
        and (
            a.uses("cache_read", "cache_write_5m")
            or "requests" in a.ours["cost"]
            or "(>" in a.ours["entry"]
            # It takes one of the two prefixes for a repetition, and so another entry.
            or a.question.key.startswith("perplexity/perplexity/")
        ),
    ),
    Rule(
        "a fee for each request",
        "OpenAI's search models search in every call (developers.openai.com, Web search); litellm adds it elsewhere",
        lambda a: a.differs() and "requests" in a.ours["cost"]
        and abs(a.total - float(a.ours["cost"]["requests"]) - a.theirs) <= TOLERANCE * a.total,
    ),
    Rule(
        "Fireworks' tiers",
        "litellm's calculation for it knows none, though the table prices them",
        lambda a: a.differs() and a.question.provider == "fireworks" and a.question.tier is not None,
    ),
    Rule(
        "cached audio without a discount",
        "where caching has no price, cached audio is audio; litellm bills it as text",
        lambda a: a.differs() and a.uses("cache_read_audio") and not lacks(a, "input_audio")
        and "cache_read" not in row(a) and "cache_read_audio" not in row(a),
    ),
    Rule(
        "another tier's price for images",
        "litellm bills images at the standard tier's price, which is that of text, where a tier has its own for text",
        lambda a: a.differs() and a.question.tier is not None and lacks(a, "input_image")
        and standard(a).get("input_image") == standard(a).get("input"),
    ),
    Rule(
        "a short prompt's price for a long one",
        "litellm bills cached tokens at the short prompt's price where the long one's list has none, though there "
        "caching is no discount",
        lambda a: a.differs() and a.question.kind.startswith("long") and lacks(a, "cache_read", "cache_write_5m"),
    ),
    Rule(
        "the region of a Claude elsewhere",
        "litellm heeds the table's factor for a region at Anthropic alone",
        lambda a: a.differs() and a.question.kind == "region" and a.question.provider != "anthropic"
        and "us" in entry(a.question).regions,
    ),
    Rule(
        "the first price of an image",
        "litellm takes the price of an image put in, or a zero, before that of one made",
        lambda a: a.differs() and a.question.kind == "images made"
        and "input_cost_per_image" in a.question.fields and "output_cost_per_image" in a.question.fields,
    ),
    Rule(
        "Parallel's searches",
        "litellm has a calculation of its own for them, by the number of results",
        lambda a: a.differs() and a.question.provider == "parallel_ai",
    ),
]

UNITS = {"transcription", "speech", "rerank", "search", "ocr", "images made", "video made"}
