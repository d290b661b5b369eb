//! Writer of requests of chat: `ChatRequest` of the ollama SDK 0.6.3 and
//! <https://github.com/ollama/ollama/blob/main/docs/api.md>, read 2026-11-29.

use super::message_writer::OllamaMessageWriter;
use crate::capability::{Capabilities, Effort};
use crate::dialect::chat_writing::{
    FunctionForm, NumberRow, lose_reasoning, lose_strict, write_functions, write_model, write_number,
};
use crate::dialect::writing::{lose, offered, retain_tools, write_stop};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, Parameter, ReasoningMode, ToolChoice, Untranslatable, WriteTarget, WrittenRequest,
};

/// Options that are numbers. They have no ranges.
const OPTIONS: &[NumberRow] = &[
    (Parameter::MaxTokens, "num_predict", f64::MIN, f64::MAX),
    (Parameter::Temperature, "temperature", f64::MIN, f64::MAX),
    (Parameter::TopP, "top_p", f64::MIN, f64::MAX),
    (Parameter::TopK, "top_k", f64::MIN, f64::MAX),
    (Parameter::FrequencyPenalty, "frequency_penalty", f64::MIN, f64::MAX),
    (Parameter::PresencePenalty, "presence_penalty", f64::MIN, f64::MAX),
    (Parameter::Seed, "seed", f64::MIN, f64::MAX),
];

const FUNCTIONS: FunctionForm = FunctionForm { needs_schema: true, has_strict: false, has_references: false };

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let mut json = JsonWriter::default();
    json.begin_object();
    write_model(&mut json, conversation, target);
    // The default is a streamed answer.
    json.name("stream").raw(if conversation.settings.stream { "true" } else { "false" });
    write_settings(&mut json, conversation, &target.capabilities, losses);
    write_think(&mut json, conversation, &target.capabilities, losses);
    json.name("messages").begin_array();
    let mut writer = OllamaMessageWriter { json: &mut json, losses };
    conversation.turns.iter().for_each(|turn| writer.turn(turn));
    json.end_array();
    write_tools(&mut json, conversation, losses)?;
    if let Some(output) = &conversation.output {
        match &output.schema {
            Some(schema) => json.name("format").raw(schema),
            None => json.name("format").string("json"),
        };
    }
    json.end_object();
    Ok(json.finish().into())
}

fn write_settings(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    capabilities: &Capabilities,
    losses: &mut Losses,
) {
    let is_option = |parameter| parameter == Parameter::Stop || OPTIONS.iter().any(|row| row.0 == parameter);
    let (options, others): (Vec<_>, Vec<_>) =
        conversation.settings.others.iter().partition(|setting| is_option(setting.parameter));
    for setting in others {
        match setting.parameter {
            Parameter::Logprobs if matches!(&*setting.value, "true" | "false") => {
                json.name("logprobs").raw(&setting.value);
            }
            Parameter::TopLogprobs => drop(json.name("top_logprobs").raw(&setting.value)),
            _ => lose(setting, losses),
        }
    }
    if options.is_empty() {
        return;
    }
    json.name("options").begin_object();
    for setting in options {
        if !write_number(json, OPTIONS, setting, (conversation, capabilities), losses) {
            json.name("stop");
            write_stop(json, conversation, usize::MAX, losses);
        }
    }
    json.end_object();
}

/// Writes the switch of reasoning, or its level, to which a budget is brought.
fn write_think(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    capabilities: &Capabilities,
    losses: &mut Losses,
) {
    let reasoning = &conversation.reasoning;
    if lose_reasoning(reasoning, capabilities, losses) {
        return;
    }
    // "think value \"high\" is not supported for this model", a model without levels answers
    // (<https://github.com/musistudio/claude-code-router/issues/1093>, read 2026-11-29); <https://docs.ollama.com/capabilities/thinking>.
    let has_levels = capabilities.efforts.is_some_and(|efforts| !efforts.is_empty());
    let level = reasoning.level_or_budget().filter(|_| reasoning.is_on() && has_levels);
    let word = level.map(|level| match level {
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High | Effort::XHigh | Effort::Max => "high",
    });
    match (word, reasoning.mode) {
        (Some(word), _) => drop(json.name("think").string(word)),
        (None, Some(ReasoningMode::Off)) => drop(json.name("think").raw("false")),
        _ if reasoning.is_on() => drop(json.name("think").raw("true")),
        _ => {}
    }
    for (parameter, span) in &reasoning.spans {
        match parameter {
            Parameter::ReasoningLevel if reasoning.level.is_some_and(|level| Some(level.name()) != word) => {
                losses.add_at(Loss::Limit(*parameter), *span);
            }
            Parameter::ReasoningBudget if reasoning.budget.is_some() => {
                losses.add_at(Loss::Parameter(*parameter), *span);
            }
            // It is always shown.
            Parameter::ReasoningDisplay if reasoning.is_shown == Some(false) => {
                losses.add_at(Loss::Parameter(*parameter), *span);
            }
            _ => {}
        }
    }
}

/// Writes the tools. There is no choice among them: those that may not be called are left out.
fn write_tools(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    let mut tools = offered(conversation, losses);
    match &conversation.choice {
        Some((ToolChoice::None, _)) => retain_tools(&mut tools, &|_| false, losses),
        Some((ToolChoice::Tool(name), span)) => {
            retain_tools(&mut tools, &|tool| tool.name == *name, losses);
            losses.add_at(Loss::ToolChoice, *span);
        }
        Some((ToolChoice::Required | ToolChoice::Among { is_required: true, .. }, span)) => {
            losses.add_at(Loss::ToolChoice, *span);
        }
        _ => {}
    }
    lose_strict(&tools, losses);
    if let Some((false, span)) = conversation.parallel {
        losses.add_at(Loss::ToolChoice, span);
    }
    write_functions(json, &tools, FUNCTIONS, losses)
}
