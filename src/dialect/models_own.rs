//! Amazon Bedrock's InvokeModel carries the API of the model's maker: which one the model's name tells.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.

use super::Dialect;

/// The dialect of a model by its Bedrock name, its inference profile's or its ARN; `None` where the name does not tell.
pub(super) fn dialect(model: &str) -> Option<Dialect> {
    let name = model.rsplit('/').next().unwrap_or(model);
    let is_maker = |part: &str| MAKERS.iter().any(|(maker, _)| *maker == part);
    // `us.anthropic.claude-…`: an inference profile puts its region before the maker.
    let mut parts = name.split('.');
    let maker = parts.find(|part| is_maker(part))?;
    let behind = name.split_once(maker).map_or("", |(_, behind)| behind.trim_start_matches('.'));
    let (_, rows) = MAKERS.iter().find(|(known, _)| *known == maker)?;
    rows.iter().find(|(prefix, _)| behind.starts_with(prefix)).map(|(_, dialect)| *dialect)
}

/// The makers, and by what their models' names begin.
const MAKERS: &[(&str, &[(&str, Dialect)])] = &[
    ("anthropic", &[("", Dialect::AnthropicMessages)]),
    ("amazon", &[("nova", Dialect::BedrockConverse), ("titan", Dialect::BedrockTitan)]),
    ("meta", &[("", Dialect::BedrockText)]),
    ("mistral", &[("", Dialect::BedrockText)]),
    ("deepseek", &[("", Dialect::BedrockText)]),
    ("ai21", &[("jamba", Dialect::OpenAiChat), ("", Dialect::BedrockText)]),
    ("cohere", &[("embed", Dialect::CohereEmbed), ("rerank", Dialect::Rerank), ("", Dialect::CohereV1)]),
    ("openai", &[("", Dialect::OpenAiChat)]),
    ("qwen", &[("", Dialect::OpenAiChat)]),
];
