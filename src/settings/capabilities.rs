//! `capabilities`: the operator's own facts about models, which override the built-in ones.

use super::member::Required;
use super::problem::{Path, Problems, Unknown};
#[cfg(schema)]
use super::schema::{Schema, json_schema, schemas};
use super::section::{Context, List, Section};
use super::validate::Label;
use crate::capability::{
    AdaptiveUse, Capabilities, CapabilityOverride, CapabilityTable, Effort, PermittedSampling, ThinkingForm,
};
use crate::pattern::Pattern;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// Facts about models, over the built-in ones (see docs/capabilities.md). They decide what a translated request may have.
/// The first element with a fact about a model decides it.
#[cfg(schema)]
#[derive(JsonSchema)]
#[schemars(rename = "CapabilitySettings")]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "a declaration for the schema")]
struct CapabilitySchema {
    /// Names of models in requests to providers, with `*` anywhere for any text.
    model: Required<Label>,
    /// Upper bound on output tokens.
    #[schemars(range(min = 1, max = u32::MAX))]
    max_output_tokens: Option<u64>,
    /// Upper bound on input tokens.
    #[schemars(range(min = 1, max = u32::MAX))]
    max_input_tokens: Option<u64>,
    /// It takes images.
    images: Option<bool>,
    /// It takes audio.
    audio: Option<bool>,
    /// It takes documents (PDF).
    documents: Option<bool>,
    /// It calls tools.
    tools: Option<bool>,
    /// It may call several tools in one turn.
    parallel_tools: Option<bool>,
    /// It takes a tool choice that makes it call a tool.
    forced_tools: Option<bool>,
    /// It takes a JSON schema for its output.
    schema: Option<bool>,
    /// It reasons, or can.
    reasoning: Option<bool>,
    /// Chat completions take the bound on output as `max_tokens`.
    max_tokens: Option<bool>,
    /// Permitted sampling parameters: `any`, `one_of` temperature and `top_p`, those `without_reasoning` only, or `refused`.
    #[schemars(with = "Option<SamplingWord>")]
    sampling: Option<Label>,
    /// Form in which it is asked to think: `unavailable`, Anthropic's `budget`, `budget_or_adaptive`, `adaptive`,
    /// `adaptive_by_default` or `adaptive_always`, Gemini's `gemini_level`, OpenAI's `effort`.
    #[schemars(with = "Option<ThinkingWord>")]
    thinking: Option<Label>,
    /// Levels of effort, or of thinking, that it takes.
    #[schemars(with = "Option<Vec<EffortWord>>")]
    efforts: Option<Vec<Label>>,
    /// Level without one in the request.
    #[schemars(with = "Option<EffortWord>")]
    default_effort: Option<Label>,
}

/// Words of a member, for the schema.
#[cfg(schema)]
struct SamplingWord;
#[cfg(schema)]
struct ThinkingWord;
#[cfg(schema)]
struct EffortWord;

#[cfg(schema)]
schemas! {
    [] CapabilitySettings = CapabilitySchema::json_schema;
}

/// Facts about models, as written. Serde's derived code for sixteen members would take 10 KB of the filter.
#[derive(Debug, Default)]
pub(super) struct CapabilitySettings {
    model: Required<Label>,
    bounds: [Option<u64>; BOUNDS.len()],
    flags: [Option<bool>; FLAGS.len()],
    sampling: Option<Label>,
    thinking: Option<Label>,
    efforts: Option<Vec<Label>>,
    default_effort: Option<Label>,
}

impl<'de> Deserialize<'de> for CapabilitySettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("CapabilitySettings", &MEMBERS, CapabilityVisitor)
    }
}

struct CapabilityVisitor;

impl<'de> Visitor<'de> for CapabilityVisitor {
    type Value = CapabilitySettings;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<CapabilitySettings, A::Error> {
        let mut written = CapabilitySettings::default();
        while let Some(Member(name)) = members.next_key()? {
            match name {
                "model" => written.model = members.next_value()?,
                "sampling" => written.sampling = members.next_value()?,
                "thinking" => written.thinking = members.next_value()?,
                "efforts" => written.efforts = members.next_value()?,
                "default_effort" => written.default_effort = members.next_value()?,
                _ => {
                    let bounds = BOUNDS.iter().zip(&mut written.bounds).find(|(known, _)| **known == name);
                    let flags = FLAGS.iter().zip(&mut written.flags).find(|(known, _)| **known == name);
                    if let Some((_, bound)) = bounds {
                        *bound = members.next_value()?;
                    } else if let Some((_, flag)) = flags {
                        *flag = members.next_value()?;
                    }
                }
            }
        }
        Ok(written)
    }
}

/// Name of a member of [`CapabilitySettings`].
struct Member(&'static str);

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(MemberVisitor)
    }
}

struct MemberVisitor;

impl Visitor<'_> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Member, E> {
        let found = MEMBERS.into_iter().find(|known| *known == name);
        found.map(Member).ok_or_else(|| E::unknown_field(name, &MEMBERS))
    }
}

const BOUNDS: [&str; 2] = ["max_output_tokens", "max_input_tokens"];
const FLAGS: [&str; 9] =
    ["images", "audio", "documents", "tools", "parallel_tools", "forced_tools", "schema", "reasoning", "max_tokens"];
const MEMBERS: [&str; 16] = [
    "model",
    "max_output_tokens",
    "max_input_tokens",
    "images",
    "audio",
    "documents",
    "tools",
    "parallel_tools",
    "forced_tools",
    "schema",
    "reasoning",
    "max_tokens",
    "sampling",
    "thinking",
    "efforts",
    "default_effort",
];

#[cfg(schema)]
schemas! {
    [] SamplingWord = |_| words(&SAMPLING.map(|(word, _)| word));
    [] ThinkingWord = |_| words(&THINKING.map(|(word, _)| word));
    [] EffortWord = |_| words(&Effort::ALL.map(Effort::name));
}

#[cfg(schema)]
fn words(words: &[&str]) -> Schema {
    json_schema!({ "type": "string", "enum": words })
}

const SAMPLING: [(&str, PermittedSampling); 4] = [
    ("any", PermittedSampling::Any),
    ("one_of", PermittedSampling::OneOf),
    ("without_reasoning", PermittedSampling::WithoutReasoning),
    ("refused", PermittedSampling::Refused),
];
const THINKING: [(&str, ThinkingForm); 8] = [
    ("unavailable", ThinkingForm::Unavailable),
    ("budget", ThinkingForm::Budget),
    ("budget_or_adaptive", ThinkingForm::BudgetOrAdaptive),
    ("adaptive", ThinkingForm::Adaptive(AdaptiveUse::OnRequest)),
    ("adaptive_by_default", ThinkingForm::Adaptive(AdaptiveUse::ByDefault)),
    ("adaptive_always", ThinkingForm::Adaptive(AdaptiveUse::Always)),
    ("gemini_level", ThinkingForm::GeminiLevel),
    ("effort", ThinkingForm::Effort),
];

impl Section for List<CapabilitySettings> {
    type Checked = CapabilityTable;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> CapabilityTable {
        let mut overrides = Vec::new();
        Self::each(text.unwrap_or("[]"), at, problems, |_, written, at, problems| {
            overrides.extend(checked(written, at, problems));
        });
        CapabilityTable::new(overrides)
    }
}

fn checked(written: CapabilitySettings, at: &Path<'_>, problems: &mut Problems) -> Option<CapabilityOverride> {
    let mut bounds = [None; BOUNDS.len()];
    for ((bound, written), name) in bounds.iter_mut().zip(written.bounds).zip(BOUNDS) {
        *bound = checked_bound(written, &at.member(name), problems);
    }
    let [max_output, max_input] = bounds;
    let [images, audio, documents, tools, parallel_tools, forced_tools, schema, reasoning, max_tokens] = written.flags;
    let sampling =
        position(written.sampling.as_ref(), &SAMPLING.map(|(word, _)| word), &at.member("sampling"), problems);
    let thinking =
        position(written.thinking.as_ref(), &THINKING.map(|(word, _)| word), &at.member("thinking"), problems);
    let efforts_at = at.member("efforts");
    let efforts = written.efforts.map(|levels| {
        let levels = levels.iter().enumerate();
        levels.filter_map(|(index, level)| effort(Some(level), &efforts_at.element(index), problems)).collect()
    });
    let facts = Capabilities {
        max_output,
        max_input,
        images,
        audio,
        documents,
        tools,
        parallel_tools,
        forced_tools,
        schema,
        reasoning,
        sampling: sampling.and_then(|at| SAMPLING.get(at)).map(|(_, sampling)| *sampling),
        thinking: thinking.and_then(|at| THINKING.get(at)).map(|(_, form)| *form),
        efforts,
        default_effort: effort(written.default_effort.as_ref(), &at.member("default_effort"), problems),
        max_tokens,
        ..Capabilities::UNKNOWN
    };
    let at = at.member("model");
    let model = written.model.or_note("names of models, such as \"my-deployment\"", &at, problems)?;
    Some(CapabilityOverride { models: Pattern::new(&model.checked(&at, problems)?), facts })
}

fn checked_bound(written: Option<u64>, at: &Path<'_>, problems: &mut Problems) -> Option<u32> {
    let written = written?;
    let bound = u32::try_from(written).ok().filter(|bound| *bound > 0);
    if bound.is_none() {
        problems.note(at, "out of range: 1 to 4294967295");
    }
    bound
}

fn effort(written: Option<&Label>, at: &Path<'_>, problems: &mut Problems) -> Option<Effort> {
    let at = position(written, &Effort::ALL.map(Effort::name), at, problems);
    at.and_then(|at| Effort::ALL.get(at)).copied()
}

/// Position of a word among those that are known, or a problem. Not generic: each type would take 2 KB of the filter.
fn position(written: Option<&Label>, known: &[&str], at: &Path<'_>, problems: &mut Problems) -> Option<usize> {
    let Label(word) = written?;
    let found = known.iter().position(|known| known == word);
    if found.is_none() {
        problems.note(at, Unknown { what: "word", word, known });
    }
    found
}
