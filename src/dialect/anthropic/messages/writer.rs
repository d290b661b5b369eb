//! Writer of requests of Anthropic's messages.
//! <https://docs.anthropic.com/en/api/messages> and `message_create_params` of the anthropic SDK 2.14.0, read 2026-11-29.

use super::turn_writer::TurnWriter;
use crate::capability::{Capabilities, Effort, PermittedSampling};
use crate::dialect::anthropic::thinking::{Switch, Thinking};
use crate::dialect::writing::{clamped, hoisted, lose, object_schema};
use crate::document::JsonWriter;
use crate::model::{
    Author, Conversation, ConversationTurn, Loss, Losses, MessagePart, Parameter, PartData, Setting, ToolChoice,
    ToolOffer, Untranslatable, WriteTarget, WrittenRequest,
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
    let schema_tool = schema_tool(conversation, &target.capabilities);
    let mut writer = RequestWriter { json: JsonWriter::default(), losses, conversation, schema_tool };
    writer.json.begin_object();
    let thinking = writer.settings(target, &turns);
    let mut parts = TurnWriter { json: &mut writer.json, losses: writer.losses };
    parts.system(&system);
    parts.turns(&turns);
    writer.tools()?;
    writer.output_config(&thinking, target.capabilities.schema != Some(false));
    writer.json.end_object();
    Ok(WrittenRequest { schema_tool: writer.schema_tool, body: writer.json.finish() })
}

struct RequestWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
    /// Tool in place of a schema of the output.
    schema_tool: Option<String>,
}

impl RequestWriter<'_, '_> {
    fn settings(&mut self, target: &WriteTarget<'_>, turns: &[&ConversationTurn<'_>]) -> Thinking {
        let settings = &self.conversation.settings;
        match (target.model, &settings.model) {
            (Some(model), _) => drop(self.json.name("model").string(model)),
            (None, Some(model)) => drop(self.json.name("model").escaped(model)),
            (None, None) => {}
        }
        if settings.stream {
            self.json.name("stream").raw("true");
        }
        let bound = settings.count(Parameter::MaxTokens).filter(|bound| *bound > 0);
        let most = target.capabilities.max_output.map(u64::from);
        let bound = bound.unwrap_or_else(|| most.unwrap_or(MAX_TOKENS));
        let bound = most.map_or(bound, |most| bound.min(most));
        self.json.name("max_tokens").raw(&bound.to_string());
        let is_barred = lacks_thinking(turns);
        let thinking = Thinking::plan(self.conversation, &target.capabilities, bound, is_barred, self.losses);
        self.thinking(&thinking);
        for setting in &settings.others {
            match setting.parameter {
                Parameter::Temperature | Parameter::TopP | Parameter::TopK
                    if !self.is_sampled(setting, target, thinking) =>
                {
                    lose(setting, self.losses);
                }
                _ => self.setting(setting, thinking.is_on()),
            }
        }
        thinking
    }

    /// Reports whether the model takes a setting of sampling: newer ones none, some only one of two.
    fn is_sampled(&self, setting: &Setting<'_>, target: &WriteTarget<'_>, thinking: Thinking) -> bool {
        match target.capabilities.sampling {
            Some(PermittedSampling::Refused) => false,
            Some(PermittedSampling::WithoutReasoning) => !thinking.is_on(),
            Some(PermittedSampling::OneOf) => {
                let has_temperature = self.conversation.settings.get(Parameter::Temperature).is_some();
                setting.parameter != Parameter::TopP || !has_temperature
            }
            Some(PermittedSampling::Any) | None => true,
        }
    }

    fn setting(&mut self, setting: &Setting<'_>, thinks: bool) {
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
            Parameter::ServiceTier if matches!(value, "\"auto\"" | "\"standard_only\"") => {
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
        let is_blank = |stop: &str| crate::document::unescape(stop).trim().is_empty();
        let (blank, stops): (Vec<_>, Vec<_>) = self.conversation.settings.stop.iter().partition(|stop| is_blank(stop));
        if !blank.is_empty() {
            self.losses.add_at(Loss::Limit(Parameter::Stop), setting.span);
        }
        if !stops.is_empty() {
            self.json.name("stop_sequences").begin_array();
            for stop in stops {
                self.json.escaped(stop);
            }
            self.json.end_array();
        }
    }

    /// Writes the switch of thinking.
    fn thinking(&mut self, thinking: &Thinking) {
        let kind = match thinking.switch {
            Switch::Unset => return,
            Switch::Disabled => "disabled",
            Switch::Enabled(_) => "enabled",
            Switch::Adaptive => "adaptive",
        };
        self.json.name("thinking").begin_object().name("type").string(kind);
        if let Switch::Enabled(budget) = thinking.switch {
            self.json.name("budget_tokens").raw(&budget.to_string());
        }
        if let Some(is_shown) = thinking.is_shown {
            self.json.name("display").string(if is_shown { "summarized" } else { "omitted" });
        }
        self.json.end_object();
    }

    /// Writes the tools, and the choice among them.
    fn tools(&mut self) -> Result<(), Untranslatable> {
        let conversation = self.conversation;
        let is_allowed = |tool: &&ToolOffer<'_>| match &conversation.choice {
            Some((ToolChoice::Among { names, .. }, _)) => names.contains(&tool.name),
            _ => true,
        };
        let tools: Vec<&ToolOffer<'_>> = conversation.tools.iter().filter(is_allowed).collect();
        if tools.is_empty() && self.schema_tool.is_none() {
            self.tool_choice(false);
            return Ok(());
        }
        self.json.name("tools").begin_array();
        for tool in &tools {
            self.tool(tool)?;
        }
        self.write_schema_tool();
        self.json.end_array();
        match (&self.schema_tool, tools.is_empty()) {
            (None, _) => self.tool_choice(true),
            (Some(name), true) => {
                self.json.name("tool_choice").begin_object().name("type").string("tool").name("name").string(name);
                self.json.end_object();
            }
            // One of the client's tools, or the answer.
            (Some(_), false) => {
                self.json.name("tool_choice").begin_object().name("type").string("any").end_object();
            }
        }
        Ok(())
    }

    /// Writes the tool whose arguments are the output.
    fn write_schema_tool(&mut self) {
        let Some(name) = &self.schema_tool else { return };
        let output = self.conversation.output.as_ref();
        let Some(schema) = output.and_then(|output| output.schema.as_deref()) else { return };
        self.json.begin_object().name("name").string(name);
        self.json.name("description").string("Gives the answer, in the form that is asked for.");
        self.json.name("input_schema").raw(&object_schema(Some(schema))).end_object();
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
        if tool.is_strict == Some(true) {
            self.json.name("strict").raw("true");
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

    /// Writes the level of thinking, and the form of the output.
    fn output_config(&mut self, thinking: &Thinking, has_schemas: bool) {
        let word = thinking.effort.map(Effort::name);
        let output = self.conversation.output.as_ref();
        let output = output.filter(|_| self.schema_tool.is_none());
        if let Some(output) = output.filter(|output| output.schema.is_none() || !has_schemas) {
            self.losses.add_at(Loss::OutputFormat, output.span);
        }
        let schema = output.and_then(|output| output.schema.as_deref()).filter(|_| has_schemas);
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

/// Name of the tool whose arguments are the output, for a model without schemas. A model that reasons cannot be made to
/// call one.
fn schema_tool(conversation: &Conversation<'_>, capabilities: &Capabilities) -> Option<String> {
    let is_wanted = conversation.output.as_ref().is_some_and(|output| output.schema.is_some());
    let can = capabilities.schema == Some(false) && capabilities.forced_tools != Some(false);
    let is_free = conversation.choice.is_none() || matches!(conversation.choice, Some((ToolChoice::Auto, _)));
    if !is_wanted || !can || !is_free || conversation.reasoning.is_on() {
        return None;
    }
    let mut name = "answer_in_json".to_owned();
    while conversation.offers(&name) {
        name.push('_');
    }
    Some(name)
}

/// Reports whether the last turn of the model, if its calls have just been answered, comes without its reasoning.
fn lacks_thinking(turns: &[&ConversationTurn<'_>]) -> bool {
    let [.., called, answered] = turns else { return false };
    let is_answered =
        answered.author == Author::User && answered.parts.iter().any(|part| matches!(part.data, PartData::Result(_)));
    let proven = |part: &PartData<'_>| super::turn_writer::is_proven(part);
    is_answered && called.author == Author::Assistant && !called.parts.iter().any(|part| proven(&part.data))
}
