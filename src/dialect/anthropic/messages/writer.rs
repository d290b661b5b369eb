//! Writer of requests of Anthropic's messages.
//! <https://docs.anthropic.com/en/api/messages> and `message_create_params` of the anthropic SDK 2.14.0, read 2026-11-29.

use super::turn_writer::TurnWriter;
use crate::dialect::writing::{clamped, hoisted, lose, object_schema};
use crate::document::JsonWriter;
use crate::model::{
    Author, Conversation, ConversationTurn, Loss, Losses, MessagePart, Parameter, PartData, ReasoningMode, Setting,
    Target, ToolChoice, ToolOffer, Untranslatable, WrittenRequest,
};

/// Bound on output tokens for a request without one at a model whose own is unknown: the API requires one. A smaller one
/// would cut answers; of the models since 2025 none takes less.
const MAX_TOKENS: u64 = 32_000;

/// Smallest budget for reasoning, in tokens.
const LEAST_BUDGET: u64 = 1024;

/// Writes a request, adding what the messages API cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &Target<'_>,
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
    let mut writer = RequestWriter { json: JsonWriter::default(), losses, conversation };
    writer.json.begin_object();
    writer.settings(target, &turns);
    let mut parts = TurnWriter { json: &mut writer.json, losses: writer.losses };
    parts.system(&system);
    parts.turns(&turns);
    writer.tools()?;
    writer.output_config();
    writer.json.end_object();
    Ok(writer.json.finish().into())
}

struct RequestWriter<'w, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'w Conversation<'a>,
}

impl RequestWriter<'_, '_> {
    fn settings(&mut self, target: &Target<'_>, turns: &[&ConversationTurn<'_>]) {
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
        let bound = bound.unwrap_or_else(|| target.max_output.unwrap_or(MAX_TOKENS));
        let bound = target.max_output.map_or(bound, |most| bound.min(most));
        self.json.name("max_tokens").raw(&bound.to_string());
        let thinks = self.thinking(bound, turns);
        for setting in &settings.others {
            self.setting(setting, thinks);
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

    /// Writes the switch of reasoning. Returns whether it is on. A forced choice forbids it, and so does a turn with calls
    /// whose own reasoning is missing: it was made elsewhere.
    fn thinking(&mut self, bound: u64, turns: &[&ConversationTurn<'_>]) -> bool {
        let reasoning = &self.conversation.reasoning;
        if reasoning.is_shown == Some(false) && reasoning.budget.is_none() {
            self.lose_reasoning(Parameter::ReasoningDisplay);
        }
        match reasoning.mode {
            Some(ReasoningMode::Off) => {
                self.json.name("thinking").begin_object().name("type").string("disabled").end_object();
                return false;
            }
            None if reasoning.budget.is_none() => return false,
            _ => {}
        }
        let is_forced = matches!(
            self.conversation.choice,
            Some((ToolChoice::Required | ToolChoice::Tool(_) | ToolChoice::Among { is_required: true, .. }, _))
        );
        if is_forced || lacks_thinking(turns) {
            self.lose_reasoning(Parameter::ReasoningMode);
            self.lose_reasoning(Parameter::ReasoningBudget);
            return false;
        }
        match reasoning.budget {
            Some(budget) => {
                let most = bound.saturating_sub(1);
                if most < LEAST_BUDGET {
                    self.lose_reasoning(Parameter::ReasoningBudget);
                    return false;
                }
                let fit = budget.clamp(LEAST_BUDGET, most);
                if fit != budget
                    && let Some(span) = reasoning.span(Parameter::ReasoningBudget)
                {
                    self.losses.add_at(Loss::Limit(Parameter::ReasoningBudget), span);
                }
                self.json.name("thinking").begin_object().name("type").string("enabled");
                self.json.name("budget_tokens").raw(&fit.to_string());
            }
            None => drop(self.json.name("thinking").begin_object().name("type").string("adaptive")),
        }
        if reasoning.is_shown == Some(false) {
            self.json.name("display").string("omitted");
        }
        self.json.end_object();
        true
    }

    fn lose_reasoning(&mut self, parameter: Parameter) {
        if let Some(span) = self.conversation.reasoning.span(parameter) {
            self.losses.add_at(Loss::Parameter(parameter), span);
        }
    }

    /// Writes the tools, and the choice among them.
    fn tools(&mut self) -> Result<(), Untranslatable> {
        let conversation = self.conversation;
        let is_allowed = |tool: &&ToolOffer<'_>| match &conversation.choice {
            Some((ToolChoice::Among { names, .. }, _)) => names.contains(&tool.name),
            _ => true,
        };
        let tools: Vec<&ToolOffer<'_>> = conversation.tools.iter().filter(is_allowed).collect();
        if !tools.is_empty() {
            self.json.name("tools").begin_array();
            for tool in &tools {
                self.tool(tool)?;
            }
            self.json.end_array();
        }
        self.tool_choice(!tools.is_empty());
        Ok(())
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

    /// Writes the level of reasoning, and the form of the output.
    fn output_config(&mut self) {
        let reasoning = &self.conversation.reasoning;
        let level = reasoning.level.filter(|_| reasoning.is_on());
        let word = level.map(|level| match level.word() {
            // The lowest here.
            "minimal" | "none" => "low",
            word => word,
        });
        if level.is_some_and(|level| Some(level.word()) != word)
            && let Some(span) = reasoning.span(Parameter::ReasoningLevel)
        {
            self.losses.add_at(Loss::Limit(Parameter::ReasoningLevel), span);
        }
        let output = self.conversation.output.as_ref();
        if let Some(output) = output.filter(|output| output.schema.is_none()) {
            self.losses.add_at(Loss::OutputFormat, output.span);
        }
        let schema = output.and_then(|output| output.schema.as_deref());
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

/// Reports whether the last turn of the model, if its calls have just been answered, comes without its reasoning.
fn lacks_thinking(turns: &[&ConversationTurn<'_>]) -> bool {
    let [.., called, answered] = turns else { return false };
    let is_answered =
        answered.author == Author::User && answered.parts.iter().any(|part| matches!(part.data, PartData::Result(_)));
    let proven = |part: &PartData<'_>| super::turn_writer::is_proven(part);
    is_answered && called.author == Author::Assistant && !called.parts.iter().any(|part| proven(&part.data))
}
