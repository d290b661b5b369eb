"""What litellm computes for a question."""

import json
import os
import re
from pathlib import Path
from typing import Any

# Its own table, as it lies in the package, and not the newest from the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.setdefault("LITELLM_LOG", "CRITICAL")

import litellm
from litellm.cost_calculator import default_image_cost_calculator, ocr_cost
from litellm.litellm_core_utils.llm_cost_calc import utils as calculation
from litellm.llms.base_llm.ocr.transformation import OCRPage, OCRResponse, OCRUsageInfo
from litellm.llms.openai.cost_calculation import video_generation_cost
from litellm.types.utils import (
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    Usage,
)

from integration.price.questions import Question

litellm.suppress_debug_info = True

# The very file that the book is made from.
TABLE_FILE = Path(litellm.__file__).parent / "model_prices_and_context_window_backup.json"
TABLE: dict[str, dict[str, Any]] = json.loads(TABLE_FILE.read_text("utf-8"))

# What litellm calls a provider when it computes; everything else computes under the table's own name.
PROVIDERS = {
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "fireworks_ai-embedding-models": "fireworks_ai",
    "text-completion-openai": "openai",
}


def cost(question: Question) -> float | str:
    """In dollars, or why litellm has none."""
    # The clock is read deep within.
    calculation.current_billing_time = lambda: question.at
    try:
        return _cost(question)
    except Exception as error:  # It raises bare exceptions.
        return f"{type(error).__name__}: {error}".splitlines()[0]


def _cost(question: Question) -> float:
    key, provider, usage = question.key, _provider(question.fields), question.usage
    match question.kind:
        case "transcription":
            seconds = float(usage["input_seconds"])
            return _sum(key, provider, call_type="transcription", audio_transcription_file_duration=seconds)
        case "speech":
            return _sum(key, provider, call_type="speech", prompt_characters=usage["input_characters"])
        case "rerank":
            return _sum(key, provider, call_type="rerank", rerank_billed_units={"search_units": usage["searches"]})
        case "search":
            return _sum(key, provider, call_type="search", number_of_queries=usage["searches"])
        case "ocr":
            info = OCRUsageInfo(pages_processed=usage["pages"])
            page = OCRPage(index=0, markdown="")
            return sum(ocr_cost(key, provider, OCRResponse(pages=[page], model=key, usage_info=info)))
        case "images made":
            return _images(key, provider, usage["output_images"])
        case "video made":
            return video_generation_cost(key, usage["output_seconds"], provider, model_info=question.fields)
        case "embedding":
            return _sum(key, provider, call_type="embedding", usage_object=_usage(question))
    how: dict[str, Any] = {"usage_object": _usage(question)}
    if question.tier == "batch":
        how["call_type"] = "retrieve_batch"
    elif question.tier == "decisions":
        how["call_type"] = "decisions"
    elif question.tier not in (None, "fast"):
        how["service_tier"] = question.tier
    if question.region in ("eu", "us"):
        how["data_residency"] = question.region
    if provider == "vertex_ai":
        how["vertex_location"] = question.region
    return _sum(key, provider, **how)


def _images(key: str, provider: str, count: int) -> float:
    """A key may begin with a quality and a size, which are arguments here."""
    if found := re.fullmatch(r"(?:(\w+)/)?(\d+-x-\d+)/([^/]+)", key):
        quality, size, model = found.groups()
        return default_image_cost_calculator(model, provider, quality, count, size)
    return default_image_cost_calculator(key, provider, n=count)


def _sum(key: str, provider: str, **how: Any) -> float:
    return sum(litellm.cost_per_token(model=key, custom_llm_provider=provider, **how))


def _provider(fields: dict[str, Any]) -> str:
    provider = fields["litellm_provider"]
    return "vertex_ai" if provider.startswith("vertex_ai") else PROVIDERS.get(provider, provider)


def _usage(question: Question) -> Usage:
    """In litellm's form, in which totals include their parts."""
    counts = question.usage
    count = lambda *buckets: sum(counts.get(bucket, 0) for bucket in buckets)
    audio_cached = count("cache_read_audio")
    cached = count("cache_read") + audio_cached
    short, long = count("cache_write_5m"), count("cache_write_1h")
    prompt = count("input", "input_audio", "input_image", "input_video") + cached + short + long
    twelve_hours = any("above_12hr" in name for name in question.fields)
    lifetimes = ("ephemeral_30m", "ephemeral_12h") if twelve_hours else ("ephemeral_5m", "ephemeral_1h")
    written = CacheCreationTokenDetails(**{f"{lifetimes[0]}_input_tokens": short, f"{lifetimes[1]}_input_tokens": long})
    completion = count("output", "reasoning", "output_audio", "output_image")
    usage = Usage(
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        prompt_tokens_details=PromptTokensDetailsWrapper(
            cached_tokens=cached,
            # Modalities include what of them is cached.
            text_tokens=count("input", "cache_read"),
            audio_tokens=count("input_audio") + audio_cached,
            image_tokens=count("input_image"),
            video_tokens=count("input_video"),
            cached_tokens_details={"text_tokens": cached - audio_cached, "audio_tokens": audio_cached},
            cache_creation_tokens=short + long,
            cache_creation_token_details=written if long else None,
        ),
        completion_tokens_details=CompletionTokensDetailsWrapper(
            text_tokens=count("output"),
            reasoning_tokens=count("reasoning"),
            audio_tokens=count("output_audio"),
            image_tokens=count("output_image"),
        ),
    )
    if question.provider == "anthropic" and question.region:
        usage.inference_geo = question.region
    if question.tier == "fast":
        usage.speed = "fast"
    return usage
