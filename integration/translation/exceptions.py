"""Differences that are none of the translation, each with its reason."""

# By exchange, the beginning of the difference.
KNOWN: dict[str, tuple[str, ...]] = {
    # Vercel's gateway counts reasoning beside the completion; the oracle does not add it.
    "8b5e51fce0af9ec8": ("norm_output_tokens",),
    "27fa4bfe701973d2": ("norm_output_tokens",),
    "4c27831ff61407b1": ("norm_output_tokens",),
    "e02b859c820377fd": ("norm_output_tokens",),
    # Anthropic's compaction is a run of its own, whose tokens the oracle leaves out.
    "dca9106896eb5e55": ("norm_input_tokens", "norm_output_tokens"),
    "3c8a2aecba6d289a": ("norm_input_tokens", "norm_output_tokens"),
    # A document in bare base64, which its type is added to.
    "8d6ef9f80f82a74c": ("turn 0",),
}


def is_known(exchange: str, difference: str) -> bool:
    """Whether a difference is one of these."""
    return any(difference.startswith(beginning) for beginning in KNOWN.get(exchange, ()))
