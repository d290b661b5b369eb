//! Writer of requests of Converse and ConverseStream:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html> and the model `bedrock-runtime` of
//! botocore 1.44.8, read 2026-11-29. The path names the model and selects streaming.

use super::media_writer::MediaWriter;
use super::tool_writer::{ToolPlan, write_output_format, write_tools};
use super::turn_writer::ConverseTurnWriter;
use crate::capability::Effort;
use crate::dialect::anthropic::messages::thinking::{lose as lose_reasoning, write_thinking};
use crate::dialect::bedrock::family::ModelFamily;
use crate::dialect::writing::{betas, clamped, instructions_and_turns, lose, stops_with_text};
use crate::document::{Document, JsonWriter, Reader};
use crate::model::{
    Conversation, ConversationTurn, Loss, Losses, Parameter, ReasoningMode, Setting, Untranslatable, WriteTarget,
    WrittenRequest,
};

/// Bound on output tokens for a request with a budget for reasoning and without a bound: the API's own default may be
/// below the budget.
const MAX_TOKENS: u64 = 32_000;

/// Room for the answer behind a larger budget, in tokens.
const ANSWER_TOKENS: u64 = 4096;

/// Maximum number of entries of the metadata, and of the bytes of a key or a value.
const MOST_METADATA: usize = 16;
const LONGEST_METADATA: usize = 256;

/// Writes a request, adding what Converse cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let family = target.model.or(conversation.settings.model.as_deref()).map_or(ModelFamily::Unknown, ModelFamily::of);
    let (system, turns) = instructions_and_turns(conversation, losses);
    let mut json = JsonWriter::default();
    json.begin_object();
    let mut writer = ConverseTurnWriter { json: &mut json, losses, family, media: MediaWriter::default() };
    let messages = writer.messages(&turns);
    if messages.is_empty() {
        return Err(Untranslatable::Empty);
    }
    writer.write(&messages);
    writer.system(&system);
    let mut request = ConverseWriter { json, losses, conversation, family, effort: None };
    let additional = request.settings(target, &turns);
    let plan = ToolPlan::of(conversation, family, additional.thinks, request.losses);
    write_tools(&mut request.json, conversation, &plan, family, request.losses)?;
    request.output(&plan);
    if let Some(fields) = additional.fields {
        request.json.name("additionalModelRequestFields").raw(&fields);
    }
    request.json.end_object();
    Ok(WrittenRequest { body: request.json.finish(), schema_tool: plan.schema_tool, ..WrittenRequest::default() })
}

/// Fields of the model's own API.
struct AdditionalFields {
    fields: Option<String>,
    /// Set when Claude reasons.
    thinks: bool,
}

struct ConverseWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
    family: ModelFamily,
    /// Level of Claude's thinking.
    effort: Option<Effort>,
}

impl ConverseWriter<'_, '_> {
    fn settings(&mut self, target: &WriteTarget<'_>, turns: &[&ConversationTurn<'_>]) -> AdditionalFields {
        let settings = &self.conversation.settings;
        let bound = self.bound(target);
        let mut additional = JsonWriter::default();
        additional.begin_object();
        let thinks = match self.family {
            ModelFamily::Nova { reasons: true } => self.nova_reasoning(&mut additional),
            family if family.is_claude() => {
                let most = bound.unwrap_or(u64::MAX);
                let capabilities = &target.capabilities;
                let thinking =
                    write_thinking(&mut additional, self.conversation, capabilities, most, turns, self.losses);
                self.effort = thinking.effort;
                thinking.is_on()
            }
            _ => {
                let spans = self.conversation.reasoning.spans.iter();
                spans.for_each(|(parameter, span)| self.losses.add_at(Loss::Parameter(*parameter), *span));
                false
            }
        };
        if let Some(betas) = betas(target.betas).filter(|_| self.family.is_claude()) {
            additional.name("anthropic_beta").raw(&betas);
        }
        let mut inference = JsonWriter::default();
        inference.begin_object();
        if let Some(bound) = bound {
            inference.name("maxTokens").raw(&bound.to_string());
        }
        for setting in &settings.others {
            self.setting(setting, thinks, (&mut inference, &mut additional));
        }
        let finished = |mut object: JsonWriter| {
            object.end_object();
            Some(object.finish()).filter(|text| text != "{}")
        };
        if let Some(inference) = finished(inference) {
            self.json.name("inferenceConfig").raw(&inference);
        }
        AdditionalFields { fields: finished(additional), thinks }
    }

    /// Bound on output tokens.
    fn bound(&mut self, target: &WriteTarget<'_>) -> Option<u64> {
        let setting = self.conversation.settings.get(Parameter::MaxTokens);
        let asked = self.conversation.settings.count(Parameter::MaxTokens).filter(|bound| *bound > 0);
        let Some(asked) = asked else {
            let budget = self.conversation.reasoning.budget.filter(|_| self.family.is_claude());
            let least = budget.map(|budget| MAX_TOKENS.max(budget.saturating_add(ANSWER_TOKENS)));
            return target.capabilities.max_output.map(u64::from).or(least);
        };
        if let (Some(setting), true) =
            (setting, target.capabilities.max_output.map(u64::from).is_some_and(|most| asked > most))
        {
            self.losses.add_at(Loss::Limit(Parameter::MaxTokens), setting.span);
        }
        Some(target.capabilities.max_output.map(u64::from).map_or(asked, |most| asked.min(most)))
    }

    /// Writes the reasoning of Amazon Nova: a level. Returns whether it is at its highest.
    fn nova_reasoning(&mut self, json: &mut JsonWriter) -> bool {
        let reasoning = &self.conversation.reasoning;
        if reasoning.is_unsaid() {
            return false;
        }
        if reasoning.budget.is_some() {
            lose_reasoning(reasoning, Parameter::ReasoningBudget, self.losses);
        }
        if reasoning.is_shown.is_some() {
            lose_reasoning(reasoning, Parameter::ReasoningDisplay, self.losses);
        }
        json.name("reasoningConfig").begin_object().name("type");
        if reasoning.mode == Some(ReasoningMode::Off) || !reasoning.is_on() {
            json.string("disabled").end_object();
            return false;
        }
        let level = reasoning.level_or_budget();
        let fit = level.map(|level| level.clamp(Effort::Low, Effort::High));
        if fit != level
            && let Some(span) = reasoning.span(Parameter::ReasoningLevel)
        {
            self.losses.add_at(Loss::Limit(Parameter::ReasoningLevel), span);
        }
        json.string("enabled").name("maxReasoningEffort").string(fit.unwrap_or(Effort::Medium).name());
        json.end_object();
        fit == Some(Effort::High)
    }

    /// Writes a setting into `inferenceConfig`, or among the model's own fields.
    fn setting(
        &mut self,
        setting: &Setting<'_>,
        thinks: bool,
        (inference, additional): (&mut JsonWriter, &mut JsonWriter),
    ) {
        let value = &*setting.value;
        // At its highest level of reasoning Nova takes no sampling.
        let is_nova = matches!(self.family, ModelFamily::Nova { .. });
        match setting.parameter {
            Parameter::MaxTokens => {}
            Parameter::Temperature | Parameter::TopP | Parameter::TopK if thinks && is_nova => {
                lose(setting, self.losses);
            }
            // With reasoning the temperature is 1.
            Parameter::Temperature | Parameter::TopK if thinks && value != "1" => lose(setting, self.losses),
            Parameter::Temperature => {
                let value = clamped(setting, 0.0, 1.0, self.losses);
                inference.name("temperature").raw(&value);
            }
            Parameter::TopP => {
                let value = clamped(setting, if thinks { 0.95 } else { 0.0 }, 1.0, self.losses);
                inference.name("topP").raw(&value);
            }
            Parameter::TopK if is_nova => {
                additional.name("inferenceConfig").begin_object().name("topK").raw(value).end_object();
            }
            Parameter::TopK if self.family.is_claude() => drop(additional.name("top_k").raw(value)),
            Parameter::Stop => {
                let stops = stops_with_text(setting, self.conversation, self.losses);
                if !stops.is_empty() {
                    inference.name("stopSequences").begin_array();
                    for stop in stops {
                        inference.escaped(stop);
                    }
                    inference.end_array();
                }
            }
            Parameter::ServiceTier => match value.trim_matches('"') {
                "auto" => {}
                "standard_only" => drop(self.json.name("serviceTier").raw(r#"{"type":"default"}"#)),
                "priority" | "default" | "flex" | "reserved" => {
                    self.json.name("serviceTier").begin_object().name("type").raw(value).end_object();
                }
                _ => lose(setting, self.losses),
            },
            Parameter::Metadata | Parameter::User => self.metadata(setting),
            _ => lose(setting, self.losses),
        }
    }

    /// Writes the metadata, and with them the user, who has no other place.
    fn metadata(&mut self, setting: &Setting<'_>) {
        let settings = &self.conversation.settings;
        let metadata = settings.get(Parameter::Metadata).filter(|metadata| metadata.value.starts_with('{'));
        let user = settings.get(Parameter::User);
        match setting.parameter {
            Parameter::Metadata if metadata.is_none() => return lose(setting, self.losses),
            // Written with the metadata.
            Parameter::User if metadata.is_some() => return,
            _ => {}
        }
        let given = metadata.map(|metadata| entries(&metadata.value)).unwrap_or_default();
        let is_fit = |(name, value): &&(String, String)| !name.is_empty() && is_metadata(name) && is_metadata(value);
        let mut kept: Vec<&(String, String)> = given.iter().filter(is_fit).take(MOST_METADATA).collect();
        if let Some(metadata) = metadata.filter(|_| kept.len() < given.len()) {
            self.losses.add_at(Loss::Limit(Parameter::Metadata), metadata.span);
        }
        let text = user.and_then(|user| user.value.strip_prefix('"')?.strip_suffix('"'));
        let entry = text.map(|text| ("user_id".to_owned(), text.to_owned()));
        let is_free = kept.len() < MOST_METADATA && kept.iter().all(|(name, _)| name != "user_id");
        match (&entry, user) {
            (Some(entry), _) if is_free && is_fit(&entry) => kept.push(entry),
            (Some(entry), _) if kept.contains(&entry) => {}
            (_, Some(user)) => lose(user, self.losses),
            (_, None) => {}
        }
        if !kept.is_empty() {
            self.json.name("requestMetadata").begin_object();
            for (name, value) in kept {
                self.json.name(name).escaped(value);
            }
            self.json.end_object();
        }
    }

    /// Writes the level of reasoning, and the form of the output.
    fn output(&mut self, plan: &ToolPlan<'_, '_>) {
        let word = self.effort.map(Effort::name);
        if word.is_none() && plan.format.is_none() {
            return;
        }
        self.json.name("outputConfig").begin_object();
        if let Some(format) = plan.format {
            write_output_format(&mut self.json, format);
        }
        if let Some(word) = word {
            self.json.name("effort").string(word);
        }
        self.json.end_object();
    }
}

/// Entries of an object of strings: the insides of names and values. Others are left out.
fn entries(object: &str) -> Vec<(String, String)> {
    let mut entries = Vec::new();
    let Ok(document) = Document::new(object.as_bytes()) else { return entries };
    let _ = Reader::new(document).object(|reader, key| {
        let value = reader.value()?;
        let raw = document.raw(value);
        let text = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
        entries.push((key.to_string(), text.to_owned()));
        Ok(())
    });
    entries
}

/// Matches a key or a value of the metadata.
fn is_metadata(text: &str) -> bool {
    let is_fit = |sign: char| sign.is_ascii_alphanumeric() || " :_@$#=/+,-.".contains(sign);
    text.len() <= LONGEST_METADATA && text.chars().all(is_fit)
}
