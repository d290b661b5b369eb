"""What a span says of an exchange, in the field names of the expectations.

A span carries no texts and no counts that say nothing, so it says less than the expectations do; `known_to_spans` takes
out of an expectation what no span can say.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

Facts = dict[str, Any]

TEXTS = {
    "provider": "gen_ai.provider.name",
    "operation": "tollgate.api.operation",
    "request_model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model",
    "response_id": "gen_ai.response.id",
    "service_tier": "openai.response.service_tier",
    "error.type": "tollgate.provider.error.type",
    "error.code": "tollgate.provider.error.code",
}
NUMBERS = {
    "status": "http.response.status_code",
    "norm_input_tokens": "gen_ai.usage.input_tokens",
    "norm_output_tokens": "gen_ai.usage.output_tokens",
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_creation_tokens": "gen_ai.usage.cache_write.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "embedding_dims": "gen_ai.embeddings.dimension.count",
    "request_params.max_tokens": "gen_ai.request.max_tokens",
    "request_params.temperature": "gen_ai.request.temperature",
    "request_params.top_p": "gen_ai.request.top_p",
    "request_params.top_k": "gen_ai.request.top_k",
    "request_params.frequency_penalty": "gen_ai.request.frequency_penalty",
    "request_params.presence_penalty": "gen_ai.request.presence_penalty",
    "request_params.seed": "gen_ai.request.seed",
}
# Not on a span while it is nothing.
COUNTS = {
    "audio_input_tokens": "gen_ai.usage.audio.input_tokens",
    "audio_output_tokens": "gen_ai.usage.audio.output_tokens",
    "tool_use_prompt_tokens": "tollgate.usage.tool_input",
    "search_units": "tollgate.usage.searches",
}
LISTS = {
    "finish_reasons": "gen_ai.response.finish_reasons",
    "tool_calls": "tollgate.tool_calls",
    "builtin_tool_calls": "tollgate.tool_calls.builtin",
    "request_params.stop": "gen_ai.request.stop_sequences",
}
# Not on a span while there is one.
SEVERAL = {"choices": "tollgate.response.choices", "request_params.n": "gen_ai.request.choice.count"}
FLAGS = {"stream": "gen_ai.request.stream", "refusal": "tollgate.response.refused"}

# Where a provider bills other counts than it counts, spans have what is billed.
BILLED = {"norm_input_tokens": "billed_input_tokens", "norm_output_tokens": "billed_output_tokens"}
# What is part of which count. Some providers report more cached tokens than input, or more reasoning than output.
PARTS = {
    "norm_input_tokens": ("cached_tokens", "audio_input_tokens"),
    "norm_output_tokens": ("reasoning_tokens", "audio_output_tokens"),
}

# Which counts of one round are part of which sum.
ROUNDS = {
    "norm_input_tokens": ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
    "norm_output_tokens": ("output_tokens",),
    "cached_tokens": ("cache_read_input_tokens",),
    "cache_creation_tokens": ("cache_creation_input_tokens",),
}

# Errors' types and codes are on spans where they are words and no sentences.
WORD = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
# What the expectations tell of some providers only.
ONLY_WHERE_EXPECTED = ("embedding_dims",)
# Operations whose answers have choices; what the expectations count elsewhere are items and vectors.
WITH_CHOICES = ("chat_completions", "completions", "generate_content")


def of_span(attributes: dict[str, Any]) -> Facts:
    """The facts of a span."""
    is_answered = attributes.get("tollgate.outcome") == "answered"
    attributes = {_counted_here(name): value for name, value in attributes.items()}
    facts: Facts = {field: attributes.get(name) for field, name in (TEXTS | NUMBERS | COUNTS | SEVERAL).items()}
    facts |= {field: attributes.get(name, []) for field, name in LISTS.items()}
    facts |= {field: attributes.get(name, False) for field, name in FLAGS.items()}
    facts["operation"] = facts["operation"] or "other"
    # What broke off has this reason, which no provider has given.
    facts["finish_reasons"] = [each for each in facts["finish_reasons"] if is_answered or each != "error"]
    facts["usage_present"] = any(name.startswith(("gen_ai.usage.", "tollgate.usage.")) for name in attributes)
    facts["reported_cost"] = _number(attributes.get("tollgate.cost.reported"))
    facts["error"] = not is_answered
    return facts


def _counted_here(name: str) -> str:
    """The name of a count, where it has another one because it was counted of another call."""
    count = name.removeprefix("tollgate.counted.")
    if count == name:
        return name
    return ("gen_ai.usage." if count.endswith("_tokens") else "tollgate.usage.") + count


def known_to_spans(expected: Facts) -> Facts:
    """What a span should say, by the expectations."""
    flat = dict(expected) | {f"request_params.{name}": value for name, value in expected["request_params"].items()}
    flat |= {f"error.{name}": value for name, value in (expected["error"] or {}).items()}
    wanted: Facts = {field: flat.get(field) or None for field in (*TEXTS, *COUNTS)}
    wanted |= {field: flat.get(field) for field in NUMBERS}
    wanted |= {field: _only(flat.get(field), lambda count: count > 1) for field in SEVERAL}
    wanted |= {field: _list(flat.get(field)) for field in LISTS}
    wanted |= {field: bool(flat.get(field)) for field in (*FLAGS, "error")}
    # Usage without a single count leaves nothing on a span.
    counts = [flat.get(field) for field in (*NUMBERS, *COUNTS, "total_tokens") if "token" in field or "units" in field]
    wanted["usage_present"] = bool(flat.get("usage_present")) and any(count is not None for count in counts)
    for field in ("error.type", "error.code"):
        wanted[field] = _only(wanted[field], lambda word: WORD.fullmatch(word) is not None)
    if expected["provider"] != "openai":
        wanted["service_tier"] = None
    if expected["operation"] not in WITH_CHOICES:
        wanted["choices"] = None
    wanted["reported_cost"] = _number(flat.get("reported_cost"))
    for field, billed in BILLED.items():
        wanted[field] = flat[billed] if flat.get(billed) is not None else wanted[field]
    _count_what_is_billed(wanted, flat)
    for whole, parts in PARTS.items():
        if whole in wanted:
            _take_out(wanted, whole, parts)
    return wanted


def _count_what_is_billed(wanted: Facts, flat: Facts) -> None:
    """Spans have what is billed, where that is told otherwise than by the counts of input and output."""
    total, raw = flat.get("total_tokens"), flat.get("raw_usage") or {}
    is_counting = "count_tokens" in flat["operation"]
    if wanted["norm_input_tokens"] is None and wanted["norm_output_tokens"] is None and not is_counting:
        # Embeddings and rerankings of which only a total is told.
        wanted["norm_input_tokens"] = total
    put_out, thought = flat.get("norm_output_tokens"), flat.get("reasoning_tokens")
    if put_out is not None and thought is not None and thought > put_out:
        # Vercel's gateway says so of Gemini, whose thoughts stand beside what it puts out and are billed with it, as the
        # gateway's own word for the cost shows; the total it gives leaves them out.
        wanted["norm_output_tokens"] = put_out + thought
    heard = flat.get("audio_input_tokens")
    if heard and total == (flat["norm_input_tokens"] or 0) + heard + (flat["norm_output_tokens"] or 0):
        # Voxtral's audio stands beside the prompt, as its total says.
        wanted["norm_input_tokens"] += heard
    rounds = raw.get("iterations") or []
    if "compaction" in (flat.get("block_types") or []) and not rounds:
        # The expectations of a stream leave the rounds out, from which to sum up.
        for field in ROUNDS:
            del wanted[field]
    if any(each.get("type") == "compaction" for each in rounds):
        # Billed, and left out of Anthropic's sums: "Compaction", Claude's documentation.
        for field, names in ROUNDS.items():
            counts = [each[name] for each in rounds for name in names if each.get(name) is not None]
            wanted[field] = sum(counts) if counts else wanted[field]


def _take_out(wanted: Facts, whole: str, parts: tuple[str, ...]) -> None:
    """A part is no more than those before it leave of the whole: the buckets that a cost is made of are disjoint."""
    left = wanted[whole]
    for part in parts:
        if left is not None and wanted[part] is not None:
            wanted[part] = min(wanted[part], left)
            left -= wanted[part]
        if part in COUNTS:
            wanted[part] = wanted[part] or None


def _only(value: Any, holds: Callable[[Any], bool]) -> Any:
    """The value, where there is one and the condition holds for it."""
    return value if value is not None and holds(value) else None


def _list(value: str | Iterable[str | None] | None) -> list[str]:
    """A list without what says nothing; a text stands for a list of it."""
    return [each for each in ([value] if isinstance(value, str) else value or []) if each]


def _number(value: Any) -> Any:
    """A number, also of a text that is one."""
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return value
