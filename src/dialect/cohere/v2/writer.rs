//! Writer of requests: `V2Client.chat` of the cohere SDK 7.3.1 and <https://docs.cohere.com/reference/chat>, read
//! 2026-11-29.

use super::message_writer::{CohereMessageWriter, documents};
use crate::capability::Effort;
use crate::dialect::chat_writing::{
    FunctionForm, NumberRow, lose_strict, offered, write_functions, write_model, write_number,
};
use crate::dialect::writing::{lose, write_stop};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, OutputRule, Parameter, ReasoningMode, ToolChoice, ToolOffer, Untranslatable,
    WriteTarget, WrittenRequest,
};

/// Maximum number of stop sequences.
const MOST_STOPS: usize = 5;

/// Parameters that are numbers, with their ranges.
const NUMBERS: &[NumberRow] = &[
    (Parameter::MaxTokens, "max_tokens", 0.0, f64::MAX),
    (Parameter::Temperature, "temperature", 0.0, 1.0),
    (Parameter::TopP, "p", 0.01, 0.99),
    (Parameter::TopK, "k", 0.0, 500.0),
    (Parameter::Seed, "seed", 0.0, f64::MAX),
    (Parameter::FrequencyPenalty, "frequency_penalty", 0.0, 1.0),
    (Parameter::PresencePenalty, "presence_penalty", 0.0, 1.0),
];

const FUNCTIONS: FunctionForm = FunctionForm { needs_schema: true, has_strict: false };

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let mut json = JsonWriter::default();
    json.begin_object();
    write_model(&mut json, conversation, target);
    let mut writer = CohereRequestWriter { json, losses, conversation };
    writer.settings();
    writer.thinking();
    writer.messages();
    let schema_tool = writer.tools()?;
    writer.json.end_object();
    Ok(WrittenRequest { body: writer.json.finish(), schema_tool, ..WrittenRequest::default() })
}

struct CohereRequestWriter<'w, 'c, 'a> {
    json: JsonWriter,
    losses: &'w mut Losses,
    conversation: &'c Conversation<'a>,
}

impl CohereRequestWriter<'_, '_, '_> {
    fn settings(&mut self) {
        let settings = &self.conversation.settings;
        self.json.name("stream").raw(if settings.stream { "true" } else { "false" });
        for setting in &settings.others {
            match setting.parameter {
                _ if write_number(&mut self.json, NUMBERS, setting, self.losses) => {}
                Parameter::Stop => {
                    self.json.name("stop_sequences");
                    write_stop(&mut self.json, self.conversation, MOST_STOPS, self.losses);
                }
                Parameter::Logprobs if matches!(&*setting.value, "true" | "false") => {
                    self.json.name("logprobs").raw(&setting.value);
                }
                _ => lose(setting, self.losses),
            }
        }
    }

    /// Writes the switch of reasoning and its budget, to which a level is brought.
    fn thinking(&mut self) {
        let reasoning = &self.conversation.reasoning;
        let budget = reasoning.budget.or_else(|| reasoning.level.map(Effort::budget));
        if reasoning.is_on() {
            self.json.name("thinking").begin_object().name("type").string("enabled");
            if let Some(budget) = budget.filter(|budget| *budget > 0) {
                self.json.name("token_budget").raw(&budget.to_string());
            }
            self.json.end_object();
        } else if reasoning.mode == Some(ReasoningMode::Off) {
            self.json.name("thinking").begin_object().name("type").string("disabled").end_object();
        }
        for (parameter, span) in &reasoning.spans {
            let is_lost = match parameter {
                Parameter::ReasoningLevel => reasoning.is_on() && reasoning.level.is_some(),
                Parameter::ReasoningDisplay => reasoning.is_shown == Some(false),
                _ => false,
            };
            if is_lost {
                self.losses.add_at(Loss::Parameter(*parameter), *span);
            }
        }
    }

    fn messages(&mut self) {
        let documents = documents(self.conversation);
        if !documents.is_empty() {
            self.json.name("documents").begin_array();
            documents.iter().for_each(|document| document.write(&mut self.json, self.losses));
            self.json.end_array();
        }
        self.json.name("messages").begin_array();
        let mut writer =
            CohereMessageWriter { json: &mut self.json, losses: self.losses, has_documents: !documents.is_empty() };
        self.conversation.turns.iter().for_each(|turn| writer.turn(turn));
        self.json.end_array();
    }

    /// Writes the tools, the choice among them, and the form of the output. Returns the name of the tool that stands for
    /// a schema.
    fn tools(&mut self) -> Result<Option<String>, Untranslatable> {
        let conversation = self.conversation;
        let mut tools = offered(conversation);
        let choice = conversation.choice.as_ref();
        match choice {
            // Of a choice of one the others are left out.
            Some((ToolChoice::Tool(name), _)) => tools.retain(|tool| tool.name == *name),
            // The form of the output is refused beside tools.
            Some((ToolChoice::None, _)) if conversation.output.is_some() => tools.clear(),
            _ => {}
        }
        let output = conversation.output.as_ref();
        let stand_in = output.filter(|_| !tools.is_empty()).and_then(|output| self.stand_in(output));
        match output {
            Some(output) if tools.is_empty() => self.format(output),
            Some(output) if stand_in.is_none() => self.losses.add_at(Loss::OutputFormat, output.span),
            _ => {}
        }
        self.functions(&tools, stand_in.as_ref())?;
        self.strict(&tools);
        if let Some((_, span)) = conversation.parallel.filter(|(is_parallel, _)| !is_parallel || tools.is_empty()) {
            self.losses.add_at(Loss::ToolChoice, span);
        }
        self.choice(tools.is_empty(), stand_in.is_some());
        Ok(stand_in.map(|(name, _)| name))
    }

    /// Tool that stands for the schema of the output beside other tools: one of them has to be called. There is none
    /// where the model reasons or where a tool is chosen already.
    fn stand_in<'o>(&self, output: &'o OutputRule<'_>) -> Option<(String, &'o OutputRule<'o>)> {
        let conversation = self.conversation;
        let is_chosen = matches!(&conversation.choice, Some((ToolChoice::Tool(_) | ToolChoice::None, _)));
        if output.schema.is_none() || is_chosen || conversation.reasoning.is_on() {
            return None;
        }
        let mut name = "json_output".to_owned();
        while conversation.offers(&name) {
            name.push('_');
        }
        Some((name, output))
    }

    fn functions(
        &mut self,
        tools: &[&ToolOffer<'_>],
        stand_in: Option<&(String, &OutputRule<'_>)>,
    ) -> Result<(), Untranslatable> {
        let Some((name, output)) = stand_in else {
            return write_functions(&mut self.json, tools, FUNCTIONS, self.losses);
        };
        let schema = ToolOffer::of_output(name, output);
        let all: Vec<&ToolOffer<'_>> = tools.iter().copied().chain([&schema]).collect();
        write_functions(&mut self.json, &all, FUNCTIONS, self.losses)
    }

    /// Writes strictness, which is that of all tools.
    fn strict(&mut self, tools: &[&ToolOffer<'_>]) {
        match !tools.is_empty() && tools.iter().all(|tool| tool.is_strict == Some(true)) {
            true => drop(self.json.name("strict_tools").raw("true")),
            false => lose_strict(tools, self.losses),
        }
    }

    fn choice(&mut self, has_none: bool, has_stand_in: bool) {
        let word = match &self.conversation.choice {
            _ if has_stand_in => Some("REQUIRED"),
            Some((ToolChoice::Auto | ToolChoice::Among { is_required: false, .. }, _)) | None => None,
            Some((ToolChoice::None, _)) => Some("NONE"),
            Some((ToolChoice::Required | ToolChoice::Tool(_) | ToolChoice::Among { .. }, _)) => Some("REQUIRED"),
        };
        match (word, &self.conversation.choice) {
            (Some(word), _) if !has_none => drop(self.json.name("tool_choice").string(word)),
            // There is nothing to choose among.
            (_, Some((choice, span))) if has_none && *choice != ToolChoice::None => {
                self.losses.add_at(Loss::ToolChoice, *span);
            }
            _ => {}
        }
    }

    fn format(&mut self, output: &OutputRule<'_>) {
        self.json.name("response_format").begin_object().name("type").string("json_object");
        if let Some(schema) = &output.schema {
            self.json.name("json_schema").raw(schema);
        }
        self.json.end_object();
    }
}
