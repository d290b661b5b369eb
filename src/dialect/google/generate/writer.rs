//! Writer of requests of generateContent, of the Gemini API and of Vertex AI. The model and the wish for a stream are in
//! the path.
//!
//! <https://ai.google.dev/api/generate-content> and the types of google-genai 3.6.1, read 2026-11-29.

use super::thinking::write_thinking;
use super::turn_writer::ContentWriter;
use crate::capability::{Capabilities, PermittedSampling};
use crate::dialect::google::schema::{is_empty_object, rewritten};
use crate::dialect::writing::{clamped, hoisted, lose, write_stop};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, MessagePart, OutputRule, Parameter, Property, Setting, ToolChoice, ToolOffer,
    Untranslatable, Variant, WriteTarget, WrittenRequest,
};
use std::borrow::Cow;

/// Maximum number of stop sequences.
const MOST_STOPS: usize = 5;

/// Writes a request, adding what Gemini cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let (mut system, mut turns) = hoisted(conversation, losses);
    if turns.is_empty()
        && let Some(last) = system.pop()
    {
        // A conversation needs a turn.
        losses.add_at(Loss::Position, last.span);
        turns.push(last);
    }
    if turns.iter().all(|turn| turn.parts.iter().all(MessagePart::is_blank)) {
        return Err(Untranslatable::Empty);
    }
    let capabilities = capabilities(conversation, target);
    let mut json = JsonWriter::default();
    json.begin_object();
    let mut parts = ContentWriter { json: &mut json, losses, is_signed: capabilities.signed_calls };
    parts.system(&system);
    parts.contents(&turns);
    let mut writer = GenerateWriter { json, losses, conversation, capabilities, schema_tool: None };
    writer.schema_tool = writer.schema_tool();
    writer.tools()?;
    writer.config(target);
    writer.json.end_object();
    Ok(WrittenRequest { body: writer.json.finish(), schema_tool: writer.schema_tool, ..WrittenRequest::default() })
}

/// Facts about a model of Gemini. Those about another company's, for which the request was made, say nothing here.
fn capabilities(conversation: &Conversation<'_>, target: &WriteTarget<'_>) -> Capabilities {
    if target.capabilities.signed_calls.is_some() {
        return target.capabilities;
    }
    let model = target.model.or(conversation.settings.model.as_deref()).unwrap_or_default();
    // A name of whichever is the latest.
    let is_latest = model.contains("gemini-") && model.ends_with("-latest");
    let signed_calls = is_latest.then_some(true);
    Capabilities { max_output: target.capabilities.max_output, signed_calls, ..Capabilities::UNKNOWN }
}

struct GenerateWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
    capabilities: Capabilities,
    /// Name of the function that stands for the schema of the output.
    schema_tool: Option<String>,
}

impl<'a> GenerateWriter<'_, 'a> {
    /// Name of the function that the model is to call in place of a schema: before Gemini 3 no schema may stand beside
    /// functions. `None`: none is needed, or the choice among the functions forbids it.
    fn schema_tool(&self) -> Option<String> {
        let conversation = self.conversation;
        let choice = conversation.choice.as_ref().map(|(choice, _)| choice);
        let may_choose = matches!(choice, None | Some(ToolChoice::Auto | ToolChoice::Required));
        let output = conversation.output.as_ref().filter(|output| output.schema.is_some())?;
        if conversation.tools.is_empty() || !self.is_before_3() || !may_choose {
            return None;
        }
        let name = output.name.as_deref().unwrap_or("output");
        let names = std::iter::once(name.to_owned()).chain((1..).map(|at| format!("{name}_{at}")));
        names.take(conversation.tools.len() + 1).find(|name| !conversation.offers(name))
    }

    /// Reports whether the model is known to take no schema beside functions.
    fn is_before_3(&self) -> bool {
        self.capabilities.signed_calls == Some(false)
    }

    /// Output by a schema or as JSON, where it can be said as such.
    fn native_output(&self) -> Option<&OutputRule<'a>> {
        let is_beside = !self.conversation.tools.is_empty() && self.is_before_3();
        self.conversation.output.as_ref().filter(|_| !is_beside)
    }

    /// Writes the functions, and the choice among them.
    fn tools(&mut self) -> Result<(), Untranslatable> {
        let conversation = self.conversation;
        if let Some((false, span)) = conversation.parallel {
            self.losses.add_at(Loss::Parameter(Parameter::ParallelTools), span);
        }
        if conversation.tools.is_empty() {
            // A choice without functions is refused.
            if let Some((_, span)) = conversation.choice {
                self.losses.add_at(Loss::ToolChoice, span);
            }
            return Ok(());
        }
        self.json.name("tools").begin_array().begin_object().name("functionDeclarations").begin_array();
        for tool in &conversation.tools {
            self.tool(tool)?;
        }
        let schema_tool = self.schema_tool.clone();
        if let Some((name, output)) = schema_tool.as_deref().zip(conversation.output.as_ref()) {
            let description = output.description.as_deref().unwrap_or("Gives the answer. Call it once, at the end.");
            self.json.begin_object().name("name").escaped(name).name("description").escaped(description);
            self.schema("parametersJsonSchema", output.schema.as_deref());
            self.json.end_object();
        }
        self.json.end_array().end_object().end_array();
        match &conversation.choice {
            _ if schema_tool.is_some() => self.choice("ANY", &[]),
            None => {}
            Some((choice, _)) => match choice {
                ToolChoice::Auto => self.choice("AUTO", &[]),
                ToolChoice::Required => self.choice("ANY", &[]),
                ToolChoice::None => self.choice("NONE", &[]),
                ToolChoice::Tool(name) => self.choice("ANY", std::slice::from_ref(name)),
                ToolChoice::Among { names, is_required: true } => self.choice("ANY", names),
                // Names go with AUTO nowhere.
                ToolChoice::Among { names, is_required: false } => self.choice("VALIDATED", names),
            },
        }
        Ok(())
    }

    fn tool(&mut self, tool: &ToolOffer<'_>) -> Result<(), Untranslatable> {
        if tool.name.is_empty() {
            return Err(Untranslatable::ToolWithoutName);
        }
        let lost = [(Property::CacheMarker, tool.cache.is_some()), (Property::Strict, tool.is_strict == Some(true))];
        for (property, _) in lost.into_iter().filter(|(_, is_lost)| *is_lost) {
            self.losses.add_at(Loss::Property(property), tool.place(property));
        }
        self.json.begin_object().name("name").escaped(&tool.name);
        if let Some(description) = &tool.description {
            self.json.name("description").escaped(description);
        }
        self.schema("parametersJsonSchema", tool.schema.as_deref().filter(|schema| !is_empty_object(schema)));
        self.json.end_object();
        Ok(())
    }

    fn schema(&mut self, name: &str, schema: Option<&str>) {
        if let Some(schema) = schema {
            self.json.name(name).raw(&rewritten(schema, self.losses));
        }
    }

    fn choice(&mut self, mode: &str, names: &[Cow<'_, str>]) {
        self.json.name("toolConfig").begin_object().name("functionCallingConfig").begin_object();
        self.json.name("mode").string(mode);
        if !names.is_empty() {
            self.json.name("allowedFunctionNames").begin_array();
            for name in names {
                self.json.escaped(name);
            }
            self.json.end_array();
        }
        self.json.end_object().end_object();
    }

    /// Writes `generationConfig`, and the settings beside it.
    fn config(&mut self, target: &WriteTarget<'_>) {
        let mut beside = Vec::new();
        let mut config = JsonWriter::default();
        std::mem::swap(&mut config, &mut self.json);
        self.json.begin_object();
        for setting in &self.conversation.settings.others {
            match setting.parameter {
                Parameter::ServiceTier | Parameter::Metadata => beside.push(setting),
                _ => self.setting(setting),
            }
        }
        write_thinking(&mut self.json, &self.conversation.reasoning, &self.capabilities, self.losses);
        self.output();
        self.json.end_object();
        std::mem::swap(&mut config, &mut self.json);
        let config = config.finish();
        if config != "{}" {
            self.json.name("generationConfig").raw(&config);
        }
        beside.into_iter().for_each(|setting| self.setting_beside(setting, target));
    }

    fn setting(&mut self, setting: &Setting<'_>) {
        let value = match setting.parameter {
            Parameter::Temperature => clamped(setting, 0.0, 2.0, self.losses),
            Parameter::FrequencyPenalty | Parameter::PresencePenalty => clamped(setting, -2.0, 2.0, self.losses),
            Parameter::TopP => clamped(setting, 0.0, 1.0, self.losses),
            Parameter::TopLogprobs => clamped(setting, 0.0, 20.0, self.losses),
            Parameter::Choices => clamped(setting, 1.0, 8.0, self.losses),
            Parameter::MaxTokens => match self.capabilities.max_output.map(f64::from) {
                Some(most) => clamped(setting, 0.0, most, self.losses),
                None => setting.value.clone().into_owned(),
            },
            _ => setting.value.clone().into_owned(),
        };
        let is_refused = self.capabilities.sampling == Some(PermittedSampling::Refused);
        let name = match setting.parameter {
            Parameter::MaxTokens => "maxOutputTokens",
            Parameter::Stop => {
                self.json.name("stopSequences");
                return write_stop(&mut self.json, self.conversation, MOST_STOPS, self.losses);
            }
            Parameter::Temperature | Parameter::TopP | Parameter::TopK if is_refused => {
                return lose(setting, self.losses);
            }
            Parameter::Temperature => "temperature",
            Parameter::TopP => "topP",
            Parameter::TopK => "topK",
            Parameter::FrequencyPenalty => "frequencyPenalty",
            Parameter::PresencePenalty => "presencePenalty",
            // 32 bits.
            Parameter::Seed if value.parse::<i32>().is_ok() => "seed",
            Parameter::Choices => "candidateCount",
            Parameter::Logprobs if value == "true" => "responseLogprobs",
            Parameter::TopLogprobs if self.conversation.settings.get(Parameter::Logprobs).is_some() => "logprobs",
            Parameter::Modalities => {
                self.json.name("responseModalities").raw(&value.to_ascii_uppercase());
                return;
            }
            _ => return lose(setting, self.losses),
        };
        self.json.name(name).raw(&value);
    }

    /// Writes a setting that stands beside `generationConfig`.
    fn setting_beside(&mut self, setting: &Setting<'_>, target: &WriteTarget<'_>) {
        let tier = match setting.value.trim_matches('"') {
            "flex" => Some("flex"),
            "priority" => Some("priority"),
            "default" | "standard" | "standard_only" => Some("standard"),
            _ => None,
        };
        match (setting.parameter, tier) {
            (Parameter::ServiceTier, Some(tier)) => drop(self.json.name("serviceTier").string(tier)),
            (Parameter::Metadata, _) if target.variant == Variant::Vertex && setting.value.starts_with('{') => {
                self.json.name("labels").raw(&setting.value);
            }
            _ => lose(setting, self.losses),
        }
    }

    fn output(&mut self) {
        let Some(output) = &self.conversation.output else { return };
        if self.native_output().is_none() {
            if self.schema_tool.is_none() {
                self.losses.add_at(Loss::OutputFormat, output.span);
            }
            return;
        }
        self.json.name("responseMimeType").string("application/json");
        self.schema("responseJsonSchema", output.schema.as_deref());
    }
}
