//! Amazon Bedrock's InvokeModel tunnels the API of the model's maker, which the model's name determines.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.

use crate::dialect::Dialect;

/// Returns the dialect of a model by its Bedrock name, inference profile or ARN. If the name does not determine it, the
/// bodies do.
pub(super) fn dialect(model: &str) -> Dialect {
    let name = model.rsplit('/').next().unwrap_or(model);
    let is_maker = |part: &str| MAKERS.iter().any(|(maker, _)| *maker == part);
    // `us.anthropic.claude-…`: an inference profile puts its region before the maker.
    let maker = name.split('.').find(|part| is_maker(part)).unwrap_or_default();
    let behind = name.split_once(maker).map_or("", |(_, behind)| behind.trim_start_matches('.'));
    let rows = MAKERS.iter().find(|(known, _)| *known == maker).map_or(&[][..], |(_, rows)| rows);
    let row = rows.iter().find(|(prefix, _)| behind.starts_with(prefix));
    row.map_or(Dialect::BedrockModel, |(_, dialect)| *dialect)
}

/// Makers, with the prefixes of their models' names.
const MAKERS: &[(&str, &[(&str, Dialect)])] = &[
    ("anthropic", &[("", Dialect::AnthropicMessages)]),
    (
        "amazon",
        &[
            ("nova-canvas", Dialect::BedrockTitan),
            ("nova-2-multimodal-embeddings", Dialect::BedrockTitan),
            ("nova", Dialect::BedrockNova),
            ("titan", Dialect::BedrockTitan),
            ("rerank", Dialect::Rerank),
        ],
    ),
    ("meta", &[("", Dialect::BedrockText)]),
    ("ai21", &[("j2", Dialect::BedrockText), ("", Dialect::OpenAiChat)]),
    ("cohere", &[("embed", Dialect::CohereEmbed), ("rerank", Dialect::Rerank), ("", Dialect::CohereV1)]),
    ("openai", &[("", Dialect::OpenAiChat)]),
    ("qwen", &[("", Dialect::OpenAiChat)]),
];
