//! Pieces of requests that dialects with messages like those of chat completions write alike.

use super::json_schema::rewritten;
use super::writing::{clamped, is_sampled, lose, lose_cache, member, most_output, object_schema};
use crate::capability::Capabilities;
use crate::document::JsonWriter;
use crate::model::{
    CallPart, Conversation, ConversationTurn, InputFormat, Loss, Losses, MessagePart, Parameter, PartData, Property,
    Reasoning, ReasoningPart, ResultPart, Setting, ToolOffer, Untranslatable, WriteTarget,
};
use std::borrow::Cow;

/// Parts of a turn by their place in messages.
#[derive(Default)]
pub(super) struct TurnParts<'t, 'a> {
    /// Results of tools, each of which becomes a message.
    pub(super) results: Vec<(&'t MessagePart<'a>, &'t ResultPart<'a>)>,
    /// Reasoning of the model.
    pub(super) reasoning: Vec<(&'t MessagePart<'a>, &'t ReasoningPart<'a>)>,
    /// Texts, refusals and media.
    pub(super) contents: Vec<&'t MessagePart<'a>>,
    /// Calls of tools.
    pub(super) calls: Vec<(&'t MessagePart<'a>, &'t CallPart<'a>)>,
}

impl<'t, 'a> TurnParts<'t, 'a> {
    /// Sorts the parts of a turn. Markers of a prompt cache are lost.
    pub(super) fn of(turn: &'t ConversationTurn<'a>, losses: &mut Losses) -> Self {
        let mut parts = Self::default();
        for part in &turn.parts {
            lose_cache(part, losses);
            match &part.data {
                PartData::Result(result) => {
                    result.parts.iter().for_each(|part| lose_cache(part, losses));
                    parts.results.push((part, result));
                }
                PartData::Reasoning(reasoning) => parts.reasoning.push((part, reasoning)),
                PartData::Call(call) => parts.calls.push((part, call)),
                _ => parts.contents.push(part),
            }
        }
        parts
    }

    /// Matches a turn that says nothing but blank text.
    pub(super) fn is_blank(&self) -> bool {
        self.calls.is_empty() && self.reasoning.is_empty() && self.contents.iter().all(|part| part.is_blank())
    }
}

/// Reports whether reasoning may be sent without its maker's proof: it was given without one.
pub(super) fn is_plain(reasoning: &ReasoningPart<'_>) -> bool {
    reasoning.proof.is_none() && !reasoning.text.is_empty()
}

/// Joins the texts of parts, each on lines of its own.
pub(super) fn joined(parts: &[&MessagePart<'_>]) -> String {
    let texts = parts.iter().filter_map(|part| match &part.data {
        PartData::Text(text, _) | PartData::Refusal(text) => Some(&**text),
        _ => None,
    });
    texts.collect::<Vec<&str>>().join("\\n")
}

/// Names what a call or a text says besides and these dialects cannot.
pub(super) fn lose_details(part: &MessagePart<'_>, losses: &mut Losses) {
    match &part.data {
        PartData::Call(call) if call.proof.is_some() => {
            losses.add_at(Loss::Property(Property::Signature), call.proof_span.unwrap_or(part.span));
        }
        PartData::Text(_, Some(_)) => losses.add_at(Loss::Property(Property::Citations), part.span),
        _ => {}
    }
}

/// Writes the model asked for.
pub(super) fn write_model(json: &mut JsonWriter, conversation: &Conversation<'_>, target: &WriteTarget<'_>) {
    write_model_name(json, conversation.settings.model.as_deref(), target);
}

/// Writes the target's model, or the one that the client named.
pub(super) fn write_model_name(json: &mut JsonWriter, named: Option<&str>, target: &WriteTarget<'_>) {
    match (target.model, named) {
        (Some(model), _) => drop(json.name("model").string(model)),
        (None, Some(model)) => drop(json.name("model").escaped(model)),
        (None, None) => {}
    }
}

/// Names reasoning that is asked of a model without any as lost. Returns whether nothing of it is to be written.
pub(super) fn lose_reasoning(reasoning: &Reasoning, capabilities: &Capabilities, losses: &mut Losses) -> bool {
    let cannot = capabilities.reasoning == Some(false);
    if cannot && reasoning.is_on() {
        reasoning.spans.iter().for_each(|(parameter, span)| losses.add_at(Loss::Parameter(*parameter), *span));
    }
    cannot
}

/// Number that an API takes: its parameter, its name and its range.
pub(super) type NumberRow = (Parameter, &'static str, f64, f64);

/// Writes a setting that is a number with a row, if the model takes it. Returns whether it is one.
pub(super) fn write_number(
    json: &mut JsonWriter,
    rows: &[NumberRow],
    setting: &Setting<'_>,
    (conversation, capabilities): (&Conversation<'_>, &Capabilities),
    losses: &mut Losses,
) -> bool {
    let Some((_, name, low, high)) = rows.iter().find(|row| row.0 == setting.parameter) else { return false };
    if !is_sampled(setting, conversation, capabilities, false) {
        lose(setting, losses);
        return true;
    }
    let most = if setting.parameter == Parameter::MaxTokens { most_output(capabilities) } else { f64::MAX };
    let high = &high.min(most);
    match setting.number() {
        None => lose(setting, losses),
        // Some write counts as `2.0`.
        Some(count) if is_count(setting.parameter) && count.fract() == 0.0 && (*low..=*high).contains(&count) => {
            json.name(name).raw(setting.value.split('.').next().unwrap_or_default());
        }
        Some(_) => {
            let value = clamped(setting, *low, *high, losses);
            if !setting.parameter.is_default(&value) {
                json.name(name).raw(&value);
            }
        }
    }
    true
}

const fn is_count(parameter: Parameter) -> bool {
    use Parameter::{Choices, MaxTokens, Seed, TopK, TopLogprobs};
    matches!(parameter, MaxTokens | TopK | Seed | Choices | TopLogprobs)
}

/// Members of a function that an API takes or requires.
#[derive(Clone, Copy)]
pub(super) struct FunctionForm {
    /// Set when the schema of the arguments is required.
    pub(super) needs_schema: bool,
    /// Set when a function says whether its schema is strict.
    pub(super) has_strict: bool,
    /// Set when schemas have all keywords; unset for an API without references.
    pub(super) has_references: bool,
}

/// Word of OpenAI's for custom tools, or for functions: the type, and the member that has the rest.
pub(super) const fn kind(is_custom: bool) -> &'static str {
    if is_custom { "custom" } else { "function" }
}

/// Name of the input of a custom tool, or of the arguments of a function.
pub(super) const fn call_member(is_custom: bool) -> &'static str {
    if is_custom { "input" } else { "arguments" }
}

/// Writes the format of a custom tool's input. Any text is the default.
fn write_input_format(json: &mut JsonWriter, format: &InputFormat<'_>) {
    if let InputFormat::Grammar { syntax, definition } = format {
        json.name("format").begin_object().name("type").string("grammar").name("grammar").begin_object();
        json.name("syntax").escaped(syntax).name("definition").escaped(definition).end_object().end_object();
    }
}

/// Writes functions, and OpenAI's custom tools, as tools.
///
/// # Errors
/// A function has no name.
pub(super) fn write_functions(
    json: &mut JsonWriter,
    tools: &[&ToolOffer<'_>],
    form: FunctionForm,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    if tools.is_empty() {
        return Ok(());
    }
    json.name("tools").begin_array();
    for tool in tools {
        if tool.name.is_empty() {
            return Err(Untranslatable::ToolWithoutName);
        }
        if tool.cache.is_some() {
            losses.add_at(Loss::Property(Property::CacheMarker), tool.place(Property::CacheMarker));
        }
        let kind = kind(tool.input.is_some());
        json.begin_object().name("type").string(kind).name(kind).begin_object();
        json.name("name").escaped(&tool.name);
        member(json, "description", tool.description.as_ref());
        if let Some(input) = &tool.input {
            write_input_format(json, input);
            json.end_object().end_object();
            continue;
        }
        let schema = tool.schema.as_deref().map(|schema| match form.has_references {
            true => Cow::Borrowed(schema),
            false => rewritten(schema, losses),
        });
        match schema.as_deref() {
            schema if form.needs_schema => drop(json.name("parameters").raw(&object_schema(schema))),
            Some(schema) => drop(json.name("parameters").raw(schema)),
            None => {}
        }
        match tool.is_strict {
            Some(is_strict) if form.has_strict => drop(json.name("strict").raw(word(is_strict))),
            _ => {}
        }
        json.end_object().end_object();
    }
    json.end_array();
    Ok(())
}

/// Names strictness that a function asks for.
pub(super) fn lose_strict(tools: &[&ToolOffer<'_>], losses: &mut Losses) {
    for tool in tools.iter().filter(|tool| tool.is_strict == Some(true)) {
        losses.add_at(Loss::Property(Property::Strict), tool.place(Property::Strict));
    }
}

/// Writes a call whose arguments are the text of JSON, or that of a custom tool.
pub(super) fn write_call(json: &mut JsonWriter, id: &str, call: &CallPart<'_>) {
    let kind = kind(call.is_custom);
    json.begin_object().name("id").escaped(id).name("type").string(kind);
    json.name(kind).begin_object().name("name").escaped(&call.name);
    json.name(call_member(call.is_custom)).string(&call.arguments).end_object().end_object();
}

/// Word of a switch.
pub(super) const fn word(is_on: bool) -> &'static str {
    if is_on { "true" } else { "false" }
}
