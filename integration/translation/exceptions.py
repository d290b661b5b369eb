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
    # The legacy API of Anthropic's models on Bedrock counts in headers and metrics only, which no SDK of a client reads.
    "d407210dddfc747e": ("norm_input_tokens", "norm_output_tokens"),
    "8d269601771fa7f2": ("norm_input_tokens", "norm_output_tokens"),
    "90b3296ae09d761d": ("norm_input_tokens", "norm_output_tokens"),
    "93baec0bf92716e2": ("norm_input_tokens", "norm_output_tokens"),
    # Text with citations, which the oracle leaves out.
    "cc32cf9de36388a7": ("text of",),
    "07dd44954ce65c0d": ("text of",),
    # A stream that ends in an error, which the SDKs raise.
    "b14ee900b4b8f715": ("the SDK says",),
    # Files of plain text, which Anthropic takes as the text of a document.
    "aba2367d6b574e91": ("turn 0",),
    "195a3cf7bad38c93": ("turn 0",),
    # References in a schema, which Gemini takes written out.
    "592a301346bbad2f": ("format",),
    "b04bbc35c352ea6e": ("format",),
    # Visible thoughts are asked of Anthropic together with thinking.
    "5397a94e1de0e1c1": ("reasoning",),
}


def is_known(exchange: str, difference: str) -> bool:
    """Whether a difference is one of these."""
    return any(difference.startswith(beginning) for beginning in KNOWN.get(exchange, ()))
