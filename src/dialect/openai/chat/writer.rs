//! Writer of requests of chat completions.
//! <https://platform.openai.com/docs/api-reference/chat/create> and `completion_create_params` of the openai SDK 3.57.0,
//! read 2026-11-29.

use super::message_writer::MessageWriter;
use crate::dialect::openai::effort::{effort, is_sampling};
use crate::dialect::writing::{clamped, lose, write_stop};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, OutputRule, Parameter, Property, Setting, ToolChoice, ToolOffer, Untranslatable,
    Variant, WriteTarget, WrittenRequest,
};

/// Maximum number of stop sequences.
const MOST_STOPS: usize = 4;

/// Writes a request, adding what chat completions cannot say to the losses.
pub(super) fn write_request(
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let mut json = JsonWriter::default();
    json.begin_object();
    write_settings(&mut json, conversation, target, losses);
    json.name("messages").begin_array();
    let mut writer = MessageWriter { json: &mut json, losses };
    conversation.turns.iter().for_each(|turn| writer.turn(turn));
    json.end_array();
    write_tools(&mut json, &conversation.tools, losses)?;
    write_choice(&mut json, conversation, losses);
    if let Some(output) = &conversation.output {
        write_output(&mut json, output);
    }
    json.end_object();
    Ok(json.finish().into())
}

fn write_settings(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) {
    let settings = &conversation.settings;
    match (target.model, &settings.model) {
        (Some(model), _) => drop(json.name("model").string(model)),
        (None, Some(model)) => drop(json.name("model").escaped(model)),
        (None, None) => {}
    }
    if settings.stream {
        json.name("stream").raw("true");
    }
    if settings.stream && settings.stream_usage {
        json.name("stream_options").begin_object().name("include_usage").raw("true").end_object();
    }
    let effort = effort(&conversation.reasoning, &target.capabilities, false, losses);
    if let Some(effort) = effort {
        json.name("reasoning_effort").string(effort.name());
    }
    let is_sampled = target.capabilities.takes_sampling(effort) != Some(false);
    for setting in &settings.others {
        match setting.parameter {
            parameter if is_sampling(parameter) && !is_sampled => lose(setting, losses),
            Parameter::MaxTokens => {
                // Others' servers have the older name alone.
                let is_old = target.variant == Variant::Compatible && target.capabilities.max_tokens != Some(false);
                json.name(if is_old { "max_tokens" } else { "max_completion_tokens" }).raw(&setting.value);
            }
            _ => write_setting(json, setting, conversation, losses),
        }
    }
}

fn write_setting(json: &mut JsonWriter, setting: &Setting<'_>, conversation: &Conversation<'_>, losses: &mut Losses) {
    let value = match setting.parameter {
        Parameter::Temperature => clamped(setting, 0.0, 2.0, losses),
        Parameter::FrequencyPenalty | Parameter::PresencePenalty => clamped(setting, -2.0, 2.0, losses),
        _ => setting.value.clone().into_owned(),
    };
    let name = match setting.parameter {
        Parameter::Stop => {
            json.name("stop");
            return write_stop(json, conversation, MOST_STOPS, losses);
        }
        Parameter::Temperature => "temperature",
        Parameter::FrequencyPenalty => "frequency_penalty",
        Parameter::PresencePenalty => "presence_penalty",
        Parameter::TopP => "top_p",
        Parameter::Seed => "seed",
        Parameter::Choices => "n",
        Parameter::Logprobs if matches!(&*value, "true" | "false") => "logprobs",
        Parameter::TopLogprobs => {
            // Asked for by their number alone elsewhere.
            if conversation.settings.get(Parameter::Logprobs).is_none() {
                json.name("logprobs").raw("true");
            }
            "top_logprobs"
        }
        Parameter::ServiceTier if is_tier(&value) => "service_tier",
        Parameter::User => "user",
        Parameter::Metadata if value.starts_with('{') => "metadata",
        Parameter::CacheKey => "prompt_cache_key",
        Parameter::CacheRetention => "prompt_cache_retention",
        Parameter::Verbosity => "verbosity",
        Parameter::Store => "store",
        Parameter::Modalities if is_modalities(&value) => "modalities",
        _ => return lose(setting, losses),
    };
    json.name(name).raw(&value);
}

/// Matches kinds of output that the API has.
fn is_modalities(value: &str) -> bool {
    let words = value.split(|sign: char| !sign.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.into_iter().all(|word| matches!(word, "text" | "audio"))
}

/// Matches service tiers that OpenAI has.
pub(in crate::dialect::openai) fn is_tier(value: &str) -> bool {
    matches!(value.trim_matches('"'), "auto" | "default" | "flex" | "scale" | "priority")
}

fn write_tools(json: &mut JsonWriter, tools: &[ToolOffer<'_>], losses: &mut Losses) -> Result<(), Untranslatable> {
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
        json.begin_object().name("type").string("function").name("function").begin_object();
        json.name("name").escaped(&tool.name);
        if let Some(description) = &tool.description {
            json.name("description").escaped(description);
        }
        if let Some(schema) = &tool.schema {
            json.name("parameters").raw(schema);
        }
        if let Some(is_strict) = tool.is_strict {
            json.name("strict").raw(if is_strict { "true" } else { "false" });
        }
        json.end_object().end_object();
    }
    json.end_array();
    Ok(())
}

fn write_choice(json: &mut JsonWriter, conversation: &Conversation<'_>, losses: &mut Losses) {
    if let Some((is_parallel, span)) = conversation.parallel {
        match conversation.tools.is_empty() {
            true => losses.add_at(Loss::ToolChoice, span),
            false => drop(json.name("parallel_tool_calls").raw(if is_parallel { "true" } else { "false" })),
        }
    }
    let Some((choice, span)) = &conversation.choice else { return };
    // A choice without tools is refused.
    if conversation.tools.is_empty() {
        return losses.add_at(Loss::ToolChoice, *span);
    }
    json.name("tool_choice");
    match choice {
        ToolChoice::Auto => drop(json.string("auto")),
        ToolChoice::Required => drop(json.string("required")),
        ToolChoice::None => drop(json.string("none")),
        ToolChoice::Tool(name) => write_function(json, name),
        ToolChoice::Among { names, is_required } => {
            json.begin_object().name("type").string("allowed_tools").name("allowed_tools").begin_object();
            json.name("mode").string(if *is_required { "required" } else { "auto" }).name("tools").begin_array();
            names.iter().for_each(|name| write_function(json, name));
            json.end_array().end_object().end_object();
        }
    }
}

/// Writes the name of a function as a choice.
fn write_function(json: &mut JsonWriter, name: &str) {
    json.begin_object().name("type").string("function").name("function");
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
        json.name("strict").raw(if is_strict { "true" } else { "false" });
    }
    json.name("schema").raw(schema).end_object().end_object();
}
