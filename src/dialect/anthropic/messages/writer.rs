//! Writer of requests of Anthropic's messages.
//! <https://docs.anthropic.com/en/api/messages> and `message_create_params` of the anthropic SDK 2.14.0, read 2026-11-29.

use super::thinking::write_thinking;
use super::turn_writer::TurnWriter;
use super::variant;
use crate::capability::Effort;
use crate::dialect::anthropic::thinking::Thinking;
use crate::dialect::bedrock::family::ModelFamily;
use crate::dialect::chat_writing::write_model;
use crate::dialect::writing::{
    betas, chooses_other_tool, clamped, instructions_and_turns, is_sampled, lose, member, object_schema, offered,
    schema_tool, stops_with_text,
};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, ConversationTurn, Loss, Losses, MessagePart, Parameter, Property, Setting, ToolChoice, ToolOffer,
    Untranslatable, Variant, WriteTarget, WrittenRequest,
};

/// Bound on output tokens for a request without one at a model whose own is unknown: the API requires one. A smaller one
/// would cut answers; of the models since 2025 none takes less.
const MAX_TOKENS: u64 = 32_000;

/// Writes a request, adding what the messages API cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let (system, turns) = instructions_and_turns(conversation, losses);
    if turns.iter().all(|turn| turn.parts.iter().all(MessagePart::is_blank)) {
        return Err(Untranslatable::Empty);
    }
    let mut writer = RequestWriter {
        json: JsonWriter::default(),
        losses,
        conversation,
        has_schema: has_schema(conversation, target),
        schema_tool: None,
    };
    writer.json.begin_object();
    let thinking = writer.settings(target, &turns);
    writer.schema_tool(thinking.is_on(), target.capabilities.forced_tools != Some(false));
    let takes_addresses = !target.variant.has_model_in_path();
    let mut parts = TurnWriter { json: &mut writer.json, losses: writer.losses, takes_addresses };
    parts.system(&system);
    parts.turns(&turns);
    writer.tools()?;
    writer.output_config(&thinking);
    writer.json.end_object();
    Ok(WrittenRequest { body: writer.json.finish(), schema_tool: writer.schema_tool, ..WrittenRequest::default() })
}

/// Reports whether the model takes JSON schemas and strict tools. At Amazon Bedrock some do not.
fn has_schema(conversation: &Conversation<'_>, target: &WriteTarget<'_>) -> bool {
    let model = target.model.or(conversation.settings.model.as_deref());
    let is_there = target.capabilities.schema != Some(false);
    is_there && (target.variant != Variant::Bedrock || model.is_none_or(|model| ModelFamily::of(model).has_schema()))
}

struct RequestWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
    has_schema: bool,
    /// Name of the tool that stands for a schema.
    schema_tool: Option<String>,
}

impl RequestWriter<'_, '_> {
    /// Writes the settings. Returns the model's thinking.
    fn settings(&mut self, target: &WriteTarget<'_>, turns: &[&ConversationTurn<'_>]) -> Thinking {
        let settings = &self.conversation.settings;
        if !target.variant.has_model_in_path() {
            write_model(&mut self.json, self.conversation, target);
        }
        if let Some(version) = variant::version(target.variant) {
            self.json.name("anthropic_version").string(version);
        }
        if let Some(betas) = betas(target.betas).filter(|_| target.variant == Variant::Bedrock) {
            self.json.name("anthropic_beta").raw(&betas);
        }
        // The path says so at Amazon Bedrock.
        if settings.stream && target.variant != Variant::Bedrock {
            self.json.name("stream").raw("true");
        }
        let bound = settings.count(Parameter::MaxTokens).filter(|bound| *bound > 0);
        let most = target.capabilities.max_output.map(u64::from);
        let asked = bound.unwrap_or_else(|| most.unwrap_or(MAX_TOKENS));
        let bound = most.map_or(asked, |most| asked.min(most));
        if let Some(setting) = settings.get(Parameter::MaxTokens).filter(|_| bound < asked) {
            self.losses.add_at(Loss::Limit(Parameter::MaxTokens), setting.span);
        }
        self.json.name("max_tokens").raw(&bound.to_string());
        let capabilities = &target.capabilities;
        let thinking = write_thinking(&mut self.json, self.conversation, capabilities, bound, turns, self.losses);
        for setting in &settings.others {
            match setting.parameter {
                _ if !is_sampled(setting, self.conversation, capabilities, thinking.is_on()) => {
                    lose(setting, self.losses)
                }
                _ => self.setting(setting, thinking.is_on(), target.variant),
            }
        }
        thinking
    }

    /// Decides whether a tool stands for the schema of the output. Reasoning forbids to force one.
    fn schema_tool(&mut self, thinks: bool, may_force: bool) {
        let schema = self.conversation.output.as_ref().filter(|output| output.is_object());
        if schema.is_some() && !self.has_schema && !thinks && may_force && !chooses_other_tool(self.conversation) {
            self.schema_tool = Some(schema_tool(self.conversation));
        }
    }

    fn setting(&mut self, setting: &Setting<'_>, thinks: bool, variant: Variant) {
        let value = &*setting.value;
        match setting.parameter {
            Parameter::MaxTokens => {}
            // With reasoning the temperature is 1.
            Parameter::Temperature | Parameter::TopK if thinks && value != "1" => lose(setting, self.losses),
            Parameter::Temperature => {
                let value = clamped(setting, 0.0, 1.0, self.losses);
                self.json.name("temperature").raw(&value);
            }
            Parameter::TopP => {
                let least = if thinks { 0.95 } else { 0.0 };
                let value = clamped(setting, least, 1.0, self.losses);
                self.json.name("top_p").raw(&value);
            }
            Parameter::TopK => drop(self.json.name("top_k").raw(value)),
            Parameter::Stop => self.stop(setting),
            Parameter::ServiceTier
                if matches!(value, "\"auto\"" | "\"standard_only\"") && !variant.has_model_in_path() =>
            {
                self.json.name("service_tier").raw(value);
            }
            Parameter::User if value.starts_with('"') => {
                self.json.name("metadata").begin_object().name("user_id").raw(value).end_object();
            }
            _ => lose(setting, self.losses),
        }
    }

    /// Writes the stop sequences. Those of white space are refused.
    fn stop(&mut self, setting: &Setting<'_>) {
        let stops = stops_with_text(setting, self.conversation, self.losses);
        if !stops.is_empty() {
            self.json.name("stop_sequences").begin_array();
            for stop in stops {
                self.json.escaped(stop);
            }
            self.json.end_array();
        }
    }

    /// Writes the tools, and the choice among them.
    fn tools(&mut self) -> Result<(), Untranslatable> {
        let conversation = self.conversation;
        let tools = offered(conversation, self.losses);
        if !tools.is_empty() || self.schema_tool.is_some() {
            self.json.name("tools").begin_array();
            for tool in &tools {
                self.tool(tool)?;
            }
            if let (Some(name), Some(output)) = (&self.schema_tool, &conversation.output) {
                self.json.begin_object().name("name").string(name);
                member(&mut self.json, "description", output.description.as_ref());
                self.json.name("input_schema").raw(&object_schema(output.schema.as_deref())).end_object();
            }
            self.json.end_array();
        }
        match self.schema_tool.clone() {
            Some(name) => self.choose_schema(&name, !tools.is_empty()),
            None => self.tool_choice(!tools.is_empty()),
        }
        Ok(())
    }

    /// Forces the tool that stands for a schema, or any beside real ones.
    fn choose_schema(&mut self, name: &str, has_tools: bool) {
        let is_none = matches!(self.conversation.choice, Some((ToolChoice::None, _)));
        self.json.name("tool_choice").begin_object().name("type");
        match has_tools && !is_none {
            true => self.json.string("any"),
            false => self.json.string("tool").name("name").string(name),
        };
        if self.conversation.parallel.is_some_and(|(is_parallel, _)| !is_parallel) {
            self.json.name("disable_parallel_tool_use").raw("true");
        }
        self.json.end_object();
    }

    fn tool(&mut self, tool: &ToolOffer<'_>) -> Result<(), Untranslatable> {
        if tool.name.is_empty() {
            return Err(Untranslatable::ToolWithoutName);
        }
        self.json.begin_object().name("name").escaped(&tool.name);
        if let Some(description) = &tool.description {
            self.json.name("description").escaped(description);
        }
        self.json.name("input_schema").raw(&object_schema(tool.schema.as_deref()));
        match tool.is_strict {
            Some(true) if self.has_schema => drop(self.json.name("strict").raw("true")),
            Some(true) => self.losses.add_at(Loss::Property(Property::Strict), tool.span),
            _ => {}
        }
        super::turn_writer::write_cache(&mut self.json, tool.cache.as_deref());
        self.json.end_object();
        Ok(())
    }

    /// Writes the choice among the tools, which also holds the prohibition to call several at once.
    fn tool_choice(&mut self, has_tools: bool) {
        let is_serial = self.conversation.parallel.is_some_and(|(is_parallel, _)| !is_parallel);
        let (choice, span) = match (&self.conversation.choice, self.conversation.parallel) {
            (Some((choice, span)), _) => (choice, *span),
            (None, Some((false, span))) => (&ToolChoice::Auto, span),
            (None, _) => return,
        };
        // A choice without tools is refused.
        if !has_tools {
            return self.losses.add_at(Loss::ToolChoice, span);
        }
        self.json.name("tool_choice").begin_object().name("type");
        match choice {
            ToolChoice::Auto | ToolChoice::Among { is_required: false, .. } => self.json.string("auto"),
            ToolChoice::Required | ToolChoice::Among { is_required: true, .. } => self.json.string("any"),
            ToolChoice::None => self.json.string("none"),
            ToolChoice::Tool(name) => self.json.string("tool").name("name").escaped(name),
        };
        if is_serial && *choice != ToolChoice::None {
            self.json.name("disable_parallel_tool_use").raw("true");
        }
        self.json.end_object();
    }

    /// Writes the level of reasoning, and the form of the output.
    fn output_config(&mut self, thinking: &Thinking) {
        let word = thinking.effort.map(Effort::name);
        let output = self.conversation.output.as_ref().filter(|_| self.schema_tool.is_none());
        let has_schema = self.has_schema;
        if let Some(output) = output.filter(|output| output.schema.is_none() || !has_schema) {
            self.losses.add_at(Loss::OutputFormat, output.span);
        }
        let schema = output.and_then(|output| output.schema.as_deref()).filter(|_| has_schema);
        if word.is_none() && schema.is_none() {
            return;
        }
        self.json.name("output_config").begin_object();
        if let Some(word) = word {
            self.json.name("effort").string(word);
        }
        if let Some(schema) = schema {
            self.json.name("format").begin_object().name("type").string("json_schema");
            self.json.name("schema").raw(schema).end_object();
        }
        self.json.end_object();
    }
}
