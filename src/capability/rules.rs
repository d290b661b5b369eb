//! The rules, by family. The first that holds for a model applies, and only where the list does not know better.

use super::effort::Effort::{High, Low, Max, Medium, Minimal, None as NoReasoning, XHigh};
use super::facts::{Capabilities, PermittedSampling};
use super::rule::{Family, FamilyRule};
use super::thinking::{AdaptiveUse, BudgetRange, ThinkingForm};

/// Facts about a model by its family and version.
pub(super) fn of(bare_name: &str) -> Capabilities {
    FAMILIES.iter().find_map(|family| family.facts(bare_name)).unwrap_or_default()
}

const FAMILIES: [Family; 7] = [
    Family { name: "claude-", rules: CLAUDE },
    Family { name: "gpt-oss", rules: GPT_OSS },
    Family { name: "gpt-35-", rules: GPT_35 },
    Family { name: "gpt-", rules: GPT },
    Family { name: "o", rules: O_SERIES },
    Family { name: "gemini-", rules: GEMINI },
    Family { name: "xai.grok-", rules: GROK_ON_BEDROCK },
];

/// Anthropic's Claude, at every provider.
///
/// - Temperature and `top_p` "cannot both be specified for this model" from Opus 4.1, Sonnet 4.5 and Haiku 4.5 on
///   (docs.aws.amazon.com, Anthropic Claude Messages API; langfuse 9882, open-webui 17922; read 2026-11-29). From Opus 4.7 on
///   none of them is taken (platform.claude.com, Migration guide, read 2026-11-29).
/// - A budget alone up to 4.5, both forms at 4.6, adaptive alone from 4.7 on (docs.aws.amazon.com, Adaptive thinking). Without
///   the form 4.8 does not think, 5 does unless it is disabled (platform.claude.com, Migrating to Claude Opus 5), 5.5 always
///   does, but for Haiku 5.5; so do Fable and Mythos (What's new in Claude Opus 5.5; all read 2026-11-29).
/// - Effort from Opus 4.5 on; `max` from 4.6, `xhigh` from 4.7 on (platform.claude.com, Effort; read 2026-11-29).
/// - A schema by `output_config` from 4.5 on (platform.claude.com, Structured outputs; the list's flag for it).
const CLAUDE: &[FamilyRule] = &[
    adaptive(FamilyRule::of("fable", (0, 0)), AdaptiveUse::Always),
    adaptive(FamilyRule::of("mythos", (0, 0)), AdaptiveUse::Always),
    adaptive(FamilyRule::of("haiku", (5, 0)), AdaptiveUse::ByDefault),
    adaptive(FamilyRule::of("", (5, 5)), AdaptiveUse::Always),
    adaptive(FamilyRule::of("", (5, 0)), AdaptiveUse::ByDefault),
    adaptive(FamilyRule::of("", (4, 7)), AdaptiveUse::OnRequest),
    one_of(FamilyRule::of("", (4, 6)), ThinkingForm::BudgetOrAdaptive).efforts(&[Low, Medium, High, Max]).schema(true),
    one_of(FamilyRule::of("opus", (4, 5)), ThinkingForm::Budget).efforts(&[Low, Medium, High]).schema(true),
    one_of(FamilyRule::of("", (4, 5)), ThinkingForm::Budget).efforts(&[]).schema(true),
    one_of(FamilyRule::of("opus", (4, 1)), ThinkingForm::Budget).efforts(&[]).schema(false),
    any(FamilyRule::of("", (3, 7)), ThinkingForm::Budget).efforts(&[]).schema(false),
    any(FamilyRule::of("", (1, 0)), ThinkingForm::Unavailable).efforts(&[]).schema(false),
];

/// OpenAI's models, at every provider.
///
/// - Reasoning models take temperature and the like at most as the default, and no `max_tokens`
///   (developers.openai.com, Reasoning models; community.openai.com/t/1110750; read 2026-11-29). From 5.1 on they are taken
///   with effort `none`: "When reasoning effort is not none, remove temperature, top_p, and top_logprobs"
///   (developers.openai.com, Deployment checklist; vercel/ai 10932; read 2026-11-29). It is the default of 5.1, 5.2 and 5.4
///   (the list's `default_reasoning_effort`).
/// - Levels as OpenAI's API takes them (community.openai.com/t/1371738, a table measured by model, 2026; read 2026-11-29).
/// - "Function tools with reasoning_effort are not supported for gpt-5.6-luna in /v1/chat/completions" (the API's message;
///   Deployment checklist, for GPT-6; read 2026-11-29).
const GPT: &[FamilyRule] = &[
    refused("search-api", (5, 0)).thinking(ThinkingForm::Unavailable).efforts(&[]),
    refused("chat", (5, 1)).thinking(ThinkingForm::Effort).efforts(&[Medium]),
    any(FamilyRule::of("chat", (5, 0)), ThinkingForm::Unavailable).efforts(&[]).max_tokens(true),
    refused("codex", (5, 2)).thinking(ThinkingForm::Effort).efforts(&[Low, Medium, High, XHigh]),
    refused("codex-max", (5, 1)).thinking(ThinkingForm::Effort).efforts(&[Low, Medium, High, XHigh]),
    refused("codex", (5, 0)).thinking(ThinkingForm::Effort).efforts(&[Low, Medium, High]),
    refused("pro", (5, 2)).thinking(ThinkingForm::Effort).efforts(&[Medium, High, XHigh]),
    refused("pro", (5, 0)).thinking(ThinkingForm::Effort).efforts(&[High]),
    gpt((6, 0)).tools_while_reasoning(false),
    gpt((5, 6)).efforts(&[NoReasoning, Low, Medium, High, XHigh]).tools_while_reasoning(false),
    gpt((5, 5)).efforts(&[NoReasoning, Low, Medium, High, XHigh]),
    gpt((5, 2)).efforts(&[NoReasoning, Low, Medium, High, XHigh]).default_effort(NoReasoning),
    gpt((5, 1)).efforts(&[NoReasoning, Low, Medium, High]).default_effort(NoReasoning),
    refused("", (5, 0)).thinking(ThinkingForm::Effort).efforts(&[Minimal, Low, Medium, High]),
    // "Search models: do not accept temperature" (measured by zeroclaw, OpenAI Temperature Compatibility, 2026).
    FamilyRule::of("search-preview", (4, 0))
        .sampling(PermittedSampling::Refused)
        .thinking(ThinkingForm::Unavailable)
        .efforts(&[]),
    any(FamilyRule::of("", (3, 0)), ThinkingForm::Unavailable).efforts(&[]).max_tokens(true),
];

/// OpenAI's reasoning models before GPT-5: as there.
const O_SERIES: &[FamilyRule] = &[
    refused("deep-research", (1, 0)).thinking(ThinkingForm::Effort),
    refused("preview", (1, 0)).thinking(ThinkingForm::Unavailable).efforts(&[]),
    refused("mini", (3, 0)).thinking(ThinkingForm::Effort).efforts(&[Low, Medium, High]),
    refused("mini", (1, 0)).thinking(ThinkingForm::Unavailable).efforts(&[]),
    refused("", (1, 0)).thinking(ThinkingForm::Effort).efforts(&[Low, Medium, High]),
];

/// OpenAI's open models, at every host (developers.openai.com, gpt-oss; read 2026-11-29).
const GPT_OSS: &[FamilyRule] = &[any(FamilyRule::of("", (0, 0)), ThinkingForm::Effort).efforts(&[Low, Medium, High])];

/// Azure's name for GPT-3.5.
const GPT_35: &[FamilyRule] = &[any(FamilyRule::of("", (0, 0)), ThinkingForm::Unavailable).efforts(&[])];

/// Google's Gemini, at both of Google's APIs.
///
/// - Thinking is asked by level from 3 on, by budget at 2.5, with these ranges (ai.google.dev, Thinking; firebase.google.com,
///   Thinking; read 2026-11-29). Levels: docs.cloud.google.com, Developer's guide to Gemini 3.5 Flash, and the list's
///   `supports_minimal_reasoning_effort` for 3.7 and 3.8.
/// - From 3 on a function call without its signature is answered with 400 (ai.google.dev, Thought signatures).
/// - Sampling parameters are gone with 3.5 Flash-Lite and 3.6 Flash (ai.google.dev, What's new in Gemini 3.6).
const GEMINI: &[FamilyRule] = &[
    level("flash", (3, 7)).efforts(&[Low, Medium, High]).sampling(PermittedSampling::Refused),
    level("flash", (3, 6)).efforts(&[Minimal, Low, Medium, High]).sampling(PermittedSampling::Refused),
    level("flash-lite", (3, 5)).efforts(&[Minimal, Low, Medium, High]).sampling(PermittedSampling::Refused),
    level("image", (3, 0)),
    level("flash", (3, 0)).efforts(&[Minimal, Low, Medium, High]).sampling(PermittedSampling::Any),
    level("pro", (3, 1)).efforts(&[Low, Medium, High]).sampling(PermittedSampling::Any),
    level("pro", (3, 0)).efforts(&[Low, High]).sampling(PermittedSampling::Any),
    level("", (3, 0)),
    before_three("image", (2, 0), ThinkingForm::Unavailable),
    before_three("tts", (2, 0), ThinkingForm::Unavailable),
    before_three("pro", (2, 5), budget(128, 32_768, false)),
    before_three("flash-lite", (2, 5), budget(512, 24_576, true)),
    before_three("flash", (2, 5), budget(1, 24_576, true)),
    FamilyRule::of("", (2, 5)).sampling(PermittedSampling::Any).signed_calls(false),
    before_three("", (1, 0), ThinkingForm::Unavailable),
];

/// "This model doesn't support the temperature field", says Bedrock Converse of Grok 4.6 (NousResearch/hermes-agent 111043,
/// read 2026-11-29); of Grok 4.3 Amazon's model card has it as a parameter.
const GROK_ON_BEDROCK: &[FamilyRule] = &[FamilyRule::of("", (4, 6)).sampling(PermittedSampling::Refused)];

const fn adaptive(rule: FamilyRule, usage: AdaptiveUse) -> FamilyRule {
    let rule = rule.sampling(PermittedSampling::Refused).thinking(ThinkingForm::Adaptive(usage));
    rule.efforts(&[Low, Medium, High, XHigh, Max]).schema(true)
}

const fn one_of(rule: FamilyRule, form: ThinkingForm) -> FamilyRule {
    rule.sampling(PermittedSampling::OneOf).thinking(form)
}

const fn any(rule: FamilyRule, form: ThinkingForm) -> FamilyRule {
    rule.sampling(PermittedSampling::Any).thinking(form)
}

/// A reasoning model of OpenAI's that takes no sampling parameters.
const fn refused(line: &'static str, since: (u8, u8)) -> FamilyRule {
    FamilyRule::of(line, since).sampling(PermittedSampling::Refused).max_tokens(false)
}

/// A reasoning model of OpenAI's that can be asked not to reason.
const fn gpt(since: (u8, u8)) -> FamilyRule {
    let rule = FamilyRule::of("", since).sampling(PermittedSampling::WithoutReasoning);
    rule.thinking(ThinkingForm::Effort).max_tokens(false)
}

/// A Gemini model whose thinking has levels.
const fn level(line: &'static str, since: (u8, u8)) -> FamilyRule {
    FamilyRule::of(line, since).thinking(ThinkingForm::GeminiLevel).signed_calls(true)
}

/// A Gemini model that takes calls without signatures.
const fn before_three(line: &'static str, since: (u8, u8), form: ThinkingForm) -> FamilyRule {
    any(FamilyRule::of(line, since), form).signed_calls(false)
}

const fn budget(least: u16, most: u16, can_be_off: bool) -> ThinkingForm {
    ThinkingForm::GeminiBudget(BudgetRange { least, most, can_be_off })
}
