//! Writer of requests of chat completions.
//! <https://platform.openai.com/docs/api-reference/chat/create> and `completion_create_params` of the openai SDK 3.57.0,
//! read 2026-11-29.

use super::form::{COMPATIBLE_BOUND, ChatForm};
use super::message_writer::MessageWriter;
use crate::dialect::chat_writing::{kind, word, write_functions, write_model, write_number};
use crate::dialect::mistral::chat::{call_ids, write_reasoning};
use crate::dialect::openai::effort::{effort, is_sampling};
use crate::dialect::writing::{hoisted, lose, offered, write_stop};
use crate::document::{JsonWriter, KeySet};
use crate::model::{
    Author, Conversation, ConversationTurn, Loss, Losses, OutputRule, Parameter, Setting, ToolChoice, Untranslatable,
    Variant, WriteTarget, WrittenRequest,
};

/// Writes a request, adding what chat completions cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let form = ChatForm::of(target.variant);
    let mut json = JsonWriter::default();
    json.begin_object();
    write_model(&mut json, conversation, target);
    write_settings(&mut json, conversation, target, losses);
    write_messages(&mut json, conversation, form, losses);
    write_tools(&mut json, conversation, form, losses)?;
    if let Some(output) = &conversation.output {
        write_output(&mut json, output);
    }
    json.end_object();
    Ok(json.finish().into())
}

fn write_messages(json: &mut JsonWriter, conversation: &Conversation<'_>, form: &ChatForm, losses: &mut Losses) {
    json.name("messages").begin_array();
    let turns: Vec<&ConversationTurn<'_>> = match form.is_mistral {
        // Instructions behind the model's turns are refused.
        true => {
            let (system, others) = hoisted(conversation, losses);
            system.into_iter().chain(others).collect()
        }
        false => conversation.turns.iter().collect(),
    };
    let ids = form.is_mistral.then(|| call_ids(conversation));
    let mut writer = MessageWriter { json, losses, ids, has_developer: form.has_developer, goes_on: false };
    let last = turns.len().saturating_sub(1);
    for (at, turn) in turns.into_iter().enumerate() {
        writer.goes_on = at == last && turn.author == Author::Assistant;
        writer.turn(turn);
    }
    json.end_array();
}

fn write_settings(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) {
    let (settings, form) = (&conversation.settings, ChatForm::of(target.variant));
    let facts = (conversation, &target.capabilities);
    if settings.stream {
        json.name("stream").raw("true");
    }
    // Mistral reports it unasked.
    if settings.stream && settings.stream_usage && !form.is_mistral {
        json.name("stream_options").begin_object().name("include_usage").raw("true").end_object();
    }
    let effort = match form.is_mistral {
        true => {
            write_reasoning(json, &conversation.reasoning, &target.capabilities, losses);
            None
        }
        false => effort(&conversation.reasoning, &target.capabilities, false, losses),
    };
    if let Some(effort) = effort {
        json.name("reasoning_effort").string(effort.name());
    }
    let is_sampled = form.is_mistral || target.capabilities.takes_sampling(effort) != Some(false);
    for setting in &settings.others {
        match setting.parameter {
            parameter if is_sampling(parameter) && !is_sampled => lose(setting, losses),
            // Others' servers have the older name alone.
            Parameter::MaxTokens
                if target.variant == Variant::Compatible && target.capabilities.max_tokens != Some(false) =>
            {
                write_number(json, &[COMPATIBLE_BOUND], setting, facts, losses);
            }
            Parameter::TopLogprobs if settings.get(Parameter::Logprobs).is_none() => {
                // Asked for by their number alone elsewhere.
                json.name("logprobs").raw("true");
                write_number(json, form.numbers, setting, facts, losses);
            }
            _ if write_number(json, form.numbers, setting, facts, losses) => {}
            _ => write_setting(json, setting, conversation, form, losses),
        }
    }
}

fn write_setting(
    json: &mut JsonWriter,
    setting: &Setting<'_>,
    conversation: &Conversation<'_>,
    form: &ChatForm,
    losses: &mut Losses,
) {
    let value = &*setting.value;
    let is_taken = setting.parameter != Parameter::Modalities || is_modalities(value);
    let copied = form.copied.iter().find(|(parameter, _)| *parameter == setting.parameter);
    let name = match (setting.parameter, copied) {
        (_, Some((_, name))) if is_taken => name,
        (Parameter::Stop, _) => {
            json.name("stop");
            return write_stop(json, conversation, form.most_stops, losses);
        }
        (Parameter::Logprobs, _) if matches!(value, "true" | "false") => "logprobs",
        (Parameter::ServiceTier, _) if form.tiers.contains(&value.trim_matches('"')) => "service_tier",
        (Parameter::Metadata, _) if value.starts_with('{') => "metadata",
        _ => return lose(setting, losses),
    };
    json.name(name).raw(value);
}

/// Matches kinds of output that the API has.
fn is_modalities(value: &str) -> bool {
    let words = value.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.into_iter().all(|word| matches!(word, "text" | "audio"))
}

/// Matches service tiers that OpenAI has.
pub(in crate::dialect::openai) fn is_tier(value: &str) -> bool {
    ChatForm::of(Variant::Common).tiers.contains(&value.trim_matches('"'))
}

/// Writes the tools, and the choice among them.
fn write_tools(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    form: &ChatForm,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    let tools = if form.is_mistral { offered(conversation, losses) } else { conversation.tools.iter().collect() };
    write_functions(json, &tools, form.functions, losses)?;
    if let Some((is_parallel, span)) = conversation.parallel {
        match tools.is_empty() {
            true => losses.add_at(Loss::ToolChoice, span),
            false => drop(json.name("parallel_tool_calls").raw(word(is_parallel))),
        }
    }
    let Some((choice, span)) = &conversation.choice else { return Ok(()) };
    // A choice without tools is refused.
    if tools.is_empty() {
        losses.add_at(Loss::ToolChoice, *span);
        return Ok(());
    }
    json.name("tool_choice");
    let custom = conversation.custom_tools();
    match choice {
        ToolChoice::Auto => drop(json.string("auto")),
        ToolChoice::None => drop(json.string("none")),
        ToolChoice::Tool(name) => write_function(json, name, &custom),
        // The others are left out.
        ToolChoice::Among { is_required: false, .. } if form.is_mistral => drop(json.string("auto")),
        ToolChoice::Required | ToolChoice::Among { .. } if form.is_mistral => drop(json.string("any")),
        ToolChoice::Required => drop(json.string("required")),
        ToolChoice::Among { names, is_required } => {
            json.begin_object().name("type").string("allowed_tools").name("allowed_tools").begin_object();
            json.name("mode").string(if *is_required { "required" } else { "auto" }).name("tools").begin_array();
            names.iter().for_each(|name| write_function(json, name, &custom));
            json.end_array().end_object().end_object();
        }
    }
    Ok(())
}

/// Writes the name of a function, or of a custom tool, as a choice.
fn write_function(json: &mut JsonWriter, name: &str, custom: &KeySet<String>) {
    let kind = kind(custom.contains(name));
    json.begin_object().name("type").string(kind).name(kind);
    json.begin_object().name("name").escaped(name).end_object().end_object();
}

fn write_output(json: &mut JsonWriter, output: &OutputRule<'_>) {
    json.name("response_format").begin_object();
    let Some(schema) = &output.schema else {
        json.name("type").string("json_object").end_object();
        return;
    };
    json.name("type").string("json_schema").name("json_schema").begin_object();
    // A name is required; other dialects have none.
    json.name("name").escaped(output.name.as_deref().unwrap_or("output"));
    if let Some(description) = &output.description {
        json.name("description").escaped(description);
    }
    if let Some(is_strict) = output.is_strict {
        json.name("strict").raw(word(is_strict));
    }
    json.name("schema").raw(schema).end_object().end_object();
}
