//! Writer of requests of responses.
//! <https://platform.openai.com/docs/api-reference/responses/create> and `response_create_params` of the openai SDK
//! 3.57.0, read 2026-11-29.

use super::item_writer::{ItemWriter, is_own};
use crate::capability::{Capabilities, Effort};
use crate::dialect::chat_writing::{kind, write_model};
use crate::dialect::openai::chat::is_tier;
use crate::dialect::openai::effort::{effort, is_sampling};
use crate::dialect::writing::{clamped, lose, lose_cache, member, most_output, object_schema};
use crate::document::{Document, JsonWriter, KeySet, Reader};
use crate::model::{
    Author, Conversation, ConversationTurn, InputFormat, Loss, Losses, OutputRule, Parameter, Property, ReasoningMode,
    Setting, ToolChoice, ToolOffer, Untranslatable, WriteTarget, WrittenRequest,
};
use std::borrow::Cow;

/// Smallest bound on output tokens that the API takes.
const LEAST_OUTPUT: f64 = 16.0;

/// Highest number of likely tokens that the API gives for each place.
const MOST_LOGPROBS: f64 = 20.0;

/// Writes a request, adding what the responses API cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let (instructions, turns) = apart(&conversation.turns);
    if turns.is_empty() {
        return Err(Untranslatable::Empty);
    }
    let mut writer = ResponsesRequestWriter { json: JsonWriter::default(), losses, conversation };
    writer.json.begin_object();
    writer.settings(target);
    writer.instructions(instructions);
    writer.json.name("input").begin_array();
    let mut items = ItemWriter { json: &mut writer.json, losses: writer.losses, custom: KeySet::default() };
    turns.iter().enumerate().for_each(|(at, turn)| items.turn(at, turn));
    writer.json.end_array();
    writer.tools()?;
    writer.choice();
    writer.text();
    writer.json.end_object();
    Ok(writer.json.finish().into())
}

/// Instructions at the start, apart from the conversation. It needs a turn.
fn apart<'c, 'a>(turns: &'c [ConversationTurn<'a>]) -> (&'c [ConversationTurn<'a>], &'c [ConversationTurn<'a>]) {
    let is_instruction = |turn: &&ConversationTurn<'_>| {
        turn.author == Author::System && turn.parts.iter().all(|part| part.text().is_some())
    };
    let count = turns.iter().take_while(is_instruction).count();
    let count = if count == turns.len() { count.saturating_sub(1) } else { count };
    turns.split_at_checked(count).unwrap_or_default()
}

struct ResponsesRequestWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
}

impl ResponsesRequestWriter<'_, '_> {
    fn settings(&mut self, target: &WriteTarget<'_>) {
        let settings = &self.conversation.settings;
        write_model(&mut self.json, self.conversation, target);
        if settings.stream {
            self.json.name("stream").raw("true");
        }
        let effort = self.reasoning(target);
        let is_sampled = target.capabilities.takes_sampling(effort) != Some(false);
        for setting in &settings.others {
            match is_sampling(setting.parameter) && !is_sampled {
                true => lose(setting, self.losses),
                false => self.setting(setting, &target.capabilities),
            }
        }
        // A translated conversation is not kept at a provider that its client does not know.
        let is_stored = settings.get(Parameter::Store).is_some();
        if !is_stored {
            self.json.name("store").raw("false");
        }
        self.include(target.capabilities.reasoning, is_stored);
    }

    fn setting(&mut self, setting: &Setting<'_>, capabilities: &Capabilities) {
        let value = match setting.parameter {
            Parameter::MaxTokens => clamped(setting, LEAST_OUTPUT, most_output(capabilities), self.losses),
            Parameter::Temperature => clamped(setting, 0.0, 2.0, self.losses),
            Parameter::TopLogprobs => clamped(setting, 0.0, MOST_LOGPROBS, self.losses),
            _ => setting.value.clone().into_owned(),
        };
        let name = match setting.parameter {
            Parameter::MaxTokens => "max_output_tokens",
            Parameter::Temperature => "temperature",
            Parameter::TopP => "top_p",
            Parameter::TopLogprobs => "top_logprobs",
            Parameter::ServiceTier if is_tier(&value) => "service_tier",
            Parameter::User if value.starts_with('"') => "user",
            Parameter::Metadata if value.starts_with('{') => "metadata",
            Parameter::CacheKey => "prompt_cache_key",
            Parameter::CacheRetention => "prompt_cache_retention",
            Parameter::Store => "store",
            // Written where they belong.
            Parameter::Verbosity => return,
            Parameter::Logprobs if value == "true" => return,
            _ => return lose(setting, self.losses),
        };
        self.json.name(name).raw(&value);
    }

    /// Writes the level of reasoning, and the request for summaries.
    fn reasoning(&mut self, target: &WriteTarget<'_>) -> Option<Effort> {
        let reasoning = &self.conversation.reasoning;
        let effort = effort(reasoning, &target.capabilities, true, self.losses);
        let summary = reasoning.is_shown.filter(|is_shown| *is_shown).map(|_| reasoning.summary.unwrap_or("auto"));
        if effort.is_none() && summary.is_none() {
            return None;
        }
        self.json.name("reasoning").begin_object();
        for (name, word) in [("effort", effort.map(Effort::name)), ("summary", summary)] {
            if let Some(word) = word {
                self.json.name(name).string(word);
            }
        }
        self.json.end_object();
        effort
    }

    /// Writes the list of additional output: probabilities, and reasoning in a form that can be returned, without which
    /// a conversation that is not stored forgets it. Models without reasoning refuse the latter. `reasons`: set for models
    /// that are known to reason, unset for those known not to.
    fn include(&mut self, reasons: Option<bool>, is_stored: bool) {
        let Conversation { settings, reasoning, turns, .. } = self.conversation;
        let has_logprobs =
            [Parameter::Logprobs, Parameter::TopLogprobs].iter().any(|name| settings.get(*name).is_some());
        let is_proven = turns.iter().flat_map(|turn| &turn.parts).any(|part| is_own(&part.data));
        let is_expected =
            reasoning.is_on() || is_proven || reasons == Some(true) && reasoning.mode != Some(ReasoningMode::Off);
        let is_returned = reasons != Some(false) && (reasoning.wants_proof || !is_stored && is_expected);
        if !has_logprobs && !is_returned {
            return;
        }
        self.json.name("include").begin_array();
        if has_logprobs {
            self.json.string("message.output_text.logprobs");
        }
        if is_returned {
            self.json.string("reasoning.encrypted_content");
        }
        self.json.end_array();
    }

    /// Writes the instructions at the start as one text.
    fn instructions(&mut self, turns: &[ConversationTurn<'_>]) {
        let mut texts = Vec::new();
        for turn in turns {
            if turn.name.is_some() {
                self.losses.add_at(Loss::Property(Property::Name), turn.span);
            }
            turn.parts.iter().for_each(|part| lose_cache(part, self.losses));
            texts.extend(turn.parts.iter().filter(|part| !part.is_blank()).filter_map(|part| part.text()));
        }
        if !texts.is_empty() {
            self.json.name("instructions").escaped(&texts.join("\\n\\n"));
        }
    }

    fn tools(&mut self) -> Result<(), Untranslatable> {
        if self.conversation.tools.is_empty() {
            return Ok(());
        }
        self.json.name("tools").begin_array();
        for tool in &self.conversation.tools {
            self.tool(tool)?;
        }
        self.json.end_array();
        Ok(())
    }

    fn tool(&mut self, tool: &ToolOffer<'_>) -> Result<(), Untranslatable> {
        if tool.name.is_empty() {
            return Err(Untranslatable::ToolWithoutName);
        }
        if tool.cache.is_some() {
            self.losses.add_at(Loss::Property(Property::CacheMarker), tool.span);
        }
        self.json.begin_object().name("type").string(kind(tool.input.is_some())).name("name").escaped(&tool.name);
        member(&mut self.json, "description", tool.description.as_ref());
        if let Some(input) = &tool.input {
            self.input_format(input);
            self.json.end_object();
            return Ok(());
        }
        self.json.name("parameters").raw(&parameters(tool.schema.as_deref()));
        // Left out, it would be on.
        self.json.name("strict").raw(if tool.is_strict == Some(true) { "true" } else { "false" }).end_object();
        Ok(())
    }

    /// Writes the format of a custom tool's input. Any text is the default.
    fn input_format(&mut self, format: &InputFormat<'_>) {
        if let InputFormat::Grammar { syntax, definition } = format {
            self.json.name("format").begin_object().name("type").string("grammar");
            self.json.name("syntax").escaped(syntax).name("definition").escaped(definition).end_object();
        }
    }

    fn choice(&mut self) {
        let has_tools = !self.conversation.tools.is_empty();
        if let Some((is_parallel, span)) = self.conversation.parallel {
            match has_tools {
                true => drop(self.json.name("parallel_tool_calls").raw(if is_parallel { "true" } else { "false" })),
                false => self.losses.add_at(Loss::ToolChoice, span),
            }
        }
        let Some((choice, span)) = &self.conversation.choice else { return };
        // A choice without tools is refused.
        if !has_tools {
            return self.losses.add_at(Loss::ToolChoice, *span);
        }
        self.json.name("tool_choice");
        let custom = self.conversation.custom_tools();
        match choice {
            ToolChoice::Auto => drop(self.json.string("auto")),
            ToolChoice::Required => drop(self.json.string("required")),
            ToolChoice::None => drop(self.json.string("none")),
            ToolChoice::Tool(name) => self.function(name, &custom),
            ToolChoice::Among { names, is_required } => {
                self.json.begin_object().name("type").string("allowed_tools");
                self.json.name("mode").string(if *is_required { "required" } else { "auto" });
                self.json.name("tools").begin_array();
                names.iter().for_each(|name| self.function(name, &custom));
                self.json.end_array().end_object();
            }
        }
    }

    /// Writes the name of a function, or of a custom tool, as a choice.
    fn function(&mut self, name: &str, custom: &KeySet<String>) {
        let kind = kind(custom.contains(name));
        self.json.begin_object().name("type").string(kind).name("name").escaped(name).end_object();
    }

    /// Writes the form of the output and its length.
    fn text(&mut self) {
        let Conversation { output, settings, .. } = self.conversation;
        let verbosity = settings.get(Parameter::Verbosity);
        if output.is_none() && verbosity.is_none() {
            return;
        }
        self.json.name("text").begin_object();
        if let Some(output) = output {
            self.json.name("format").begin_object().name("type");
            self.format(output);
            self.json.end_object();
        }
        if let Some(verbosity) = verbosity {
            self.json.name("verbosity").raw(&verbosity.value);
        }
        self.json.end_object();
    }

    fn format(&mut self, output: &OutputRule<'_>) {
        let Some(schema) = &output.schema else {
            self.json.string("json_object");
            return;
        };
        // A name is required; other dialects have none.
        self.json.string("json_schema").name("name").escaped(output.name.as_deref().unwrap_or("output"));
        member(&mut self.json, "description", output.description.as_ref());
        if let Some(is_strict) = output.is_strict {
            self.json.name("strict").raw(if is_strict { "true" } else { "false" });
        }
        self.json.name("schema").raw(schema);
    }
}

/// Schema of a function's arguments. Without `properties` the API refuses it, which other protocols allow
/// (`src/agents/mcp/util.py` of openai-agents-python, read 2026-11-29).
fn parameters(schema: Option<&str>) -> Cow<'_, str> {
    let schema = object_schema(schema);
    let mut has_properties = false;
    if let Ok(document) = Document::new(schema.as_bytes()) {
        let _ = Reader::new(document).object(|reader, key| {
            has_properties |= &*key == "properties";
            reader.skip()
        });
    }
    match schema.strip_prefix('{') {
        Some(rest) if !has_properties => format!(r#"{{"properties":{{}},{rest}"#).into(),
        _ => schema,
    }
}
