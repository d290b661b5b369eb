//! Amazon Bedrock InvokeModel of text completion models: Llama, Mistral, DeepSeek, AI21's Jurassic; and the chat
//! answers of Mistral and Writer, which mostly match OpenAI's.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html>, `model-parameters-mistral.html`,
//! `model-parameters-deepseek.html`, `model-parameters-jurassic2.html`, read 2026-11-21.
//!
//! Each model has a list or member of its own for its output, the same in whole answers and in events.

use super::aws::Common;
use crate::dialect::answer_state::{AnswerState, TextForm};
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::members::Members;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{counted, non_empty, read_other, read_property, read_rest, set_choice};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Node, Owner, Parameter, PartKind, Property, Reply, Request, Role, TextKind, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention};
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["prompt"]);
        read_parameter(reader, &key, &mut request)
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match (key, reader.peek()?) {
        ("prompt", ValueKind::String) => {
            let (place, role) = (TextKind::Text, Some(Role::User));
            request.items.push_text(TextSpan { span: reader.string()?, place, role, message: Some(0), call: None });
            Ok(())
        }
        ("frequencyPenalty", ValueKind::Object) => read_penalty(reader, Parameter::FrequencyPenalty, request),
        ("presencePenalty", ValueKind::Object) => read_penalty(reader, Parameter::PresencePenalty, request),
        // Llama's, in base64.
        ("images", _) => read_images(reader, request),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Members of a request, of all models together.
const ROWS: &[Row] = &[
    row("max_gen_len", Parameter::MaxTokens),
    row("max_tokens", Parameter::MaxTokens),
    row("maxTokens", Parameter::MaxTokens),
    row("maxOutputTokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("topP", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("topK", Parameter::TopK),
    row("seed", Parameter::Seed),
    row("numResults", Parameter::Choices),
    row("frequencyPenalty", Parameter::FrequencyPenalty),
    row("presencePenalty", Parameter::PresencePenalty),
    row("stop", Parameter::Stop),
    row("stopSequences", Parameter::Stop),
];

/// Reads Jurassic's penalties: a scale, with the targets that it applies to.
fn read_penalty(reader: &mut Reader<'_>, parameter: Parameter, request: &mut Request) -> JsonResult {
    reader.object(|reader, key| {
        if parameters::read(reader, &[row("scale", parameter)], &key, request)? { Ok(()) } else { reader.stray() }
    })
}

/// Reads an encoded image, or a list of them.
pub(super) fn read_images(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Array {
        return reader.array(|reader, _| read_images(reader, request));
    }
    request.items.open(Node::Part(PartKind::Image));
    IMAGE.read(reader, "image", request, |reader, request| {
        crate::dialect::texts::read_media(reader, &mut request.items)
    })?;
    request.items.close();
    Ok(())
}

/// An image that is no object.
const IMAGE: Members = Members(&[("image", Property::Data)]);

/// Facts of an answer besides its texts.
#[derive(Default)]
struct TextAnswer {
    is_whole: bool,
    counts: ReportedUsage,
    reason: Option<Span>,
    /// Set when `message` is the answer.
    answers: bool,
    common: Common,
}

fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut facts = TextAnswer { is_whole: frame.is_whole, ..TextAnswer::default() };
    reader.maybe_object(|reader, key| read_member(reader, &key, &mut facts, state, events))?;
    reader.finish()?;
    let TextAnswer { counts, reason, answers, mut common, .. } = facts;
    // Llama's stream reports the input only at its start, and the output so far in each event.
    counted(counts, UsageConvention::CacheExcluded, Span::default(), events);
    if answers {
        let channel = channel(0, Content::Text);
        events.extend(common.take_message().map(|text| Event::Text { channel, text }));
    }
    events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    common.push(frame.is_exception, events);
    Ok(())
}

fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    facts: &mut TextAnswer,
    state: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    match key {
        "generation" => {
            state.text_form = TextForm::Generation;
            events.push(Event::Choice(0));
            events.extend(read_text(reader, Content::Text)?);
        }
        "outputs" | "choices" | "completions" if reader.peek()? == ValueKind::Array => {
            state.text_form = match (key, state.text_form) {
                ("outputs", _) => TextForm::Outputs,
                ("completions", _) => TextForm::Generation,
                // A choice that ends may have no message.
                (_, form @ (TextForm::Messages | TextForm::Deltas)) => form,
                _ => TextForm::Choices,
            };
            reader.array(|reader, choice| read_choice(reader, choice, facts.is_whole, state, events))?;
        }
        "model" => events.extend(non_empty(reader)?.map(Event::Model)),
        "created" => events.extend(reader.maybe_count()?.map(Event::Created)),
        "usage" => crate::dialect::openai::usage::read(reader, events)?,
        "object" => reader.skip()?,
        "id" => events.extend(reader.scalar()?.filter(|id| id.start < id.end).map(Event::Id)),
        "prompt_token_count" => facts.counts.input = reader.maybe_count()?,
        "generation_token_count" => facts.counts.output = reader.maybe_count()?,
        "stop_reason" => facts.reason = non_empty(reader)?,
        // TwelveLabs' Pegasus answers in `message`, recognizable by this member.
        "finishReason" => {
            facts.reason = non_empty(reader)?;
            facts.answers = true;
        }
        "prompt" => read_echo(reader, events)?,
        _ if facts.common.read(reader, key, events)? => {}
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads one of several choices. Jurassic nests text and reason one level deeper, and Mistral's chat has a message.
fn read_choice(
    reader: &mut Reader<'_>,
    position: u32,
    is_whole: bool,
    state: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    let (first, mut index, mut reason) = (events.len(), position, None);
    events.push(Event::Choice(0));
    let is_reason = |key: &str| matches!(key, "stop_reason" | "finish_reason" | "reason");
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => {
                index = reader.maybe_count()?.and_then(|index| u32::try_from(index).ok()).unwrap_or(position);
            }
            "text" => events.extend(read_text(reader, Content::Text)?),
            "data" => read_data(reader, events)?,
            "message" | "delta" => {
                state.text_form = if &*key == "delta" { TextForm::Deltas } else { TextForm::Messages };
                crate::dialect::openai::chat::message::read_message(reader, is_whole, events)?;
            }
            "finishReason" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "reason" => reason = non_empty(reader)?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            key if is_reason(key) => reason = non_empty(reader)?.or(reason),
            "logprobs" => read_property(reader, LOGPROBS, events, |reader, _| reader.skip())?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    set_choice(events, first, index);
    if let Some(choice @ Event::Choice(_)) = events.get_mut(first) {
        *choice = Event::Choice(index);
    }
    events.extend(reason.map(|reason| Event::Finish { choice: index, reason }));
    Ok(())
}

/// Probabilities are of single tokens: none holds a whole placeholder.
const LOGPROBS: (Property, Owner) = (Property::Logprobs, Owner::CHOICE);

/// Reads Jurassic's `data`: a text, and the same text token by token.
fn read_data(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "text" => events.extend(read_text(reader, Content::Text)?),
                "tokens" => read_property(reader, LOGPROBS, events, |reader, _| reader.skip())?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// Reads Jurassic's `prompt`: the text of the request, and the same text token by token.
fn read_echo(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => read_rest(reader, events),
            _ => reader.skip(),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, content: Content) -> JsonResult<Option<Event>> {
    Ok(non_empty(reader)?.map(|text| Event::Text { channel: channel(0, content), text }))
}

const fn channel(part: u32, content: Content) -> Channel {
    Channel { choice: 0, part, content }
}

fn write_text(state: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let (before, after) = match state.text_form {
        TextForm::Messages => return write_message("message", channel, text),
        TextForm::Deltas => return write_message("delta", channel, text),
        TextForm::Choices => (format!(r#"{{"choices":[{{"index":{},"text":""#, channel.choice), END_OF_ELEMENT),
        TextForm::Outputs => (r#"{"outputs":[{"text":""#.to_owned(), END_OF_ELEMENT),
        TextForm::Generation => {
            (r#"{"prompt_token_count":null,"generation_token_count":null,"generation":""#.to_owned(), END)
        }
    };
    let mut data = before;
    escape_into(text, &mut data);
    data.push_str(after);
    WrittenFrame { name: "", data }
}

/// Writes a piece of a message, for choices with messages.
fn write_message(member: &str, channel: Channel, text: &str) -> WrittenFrame {
    let Channel { choice, part, content } = channel;
    let mut data = format!(r#"{{"choices":[{{"index":{choice},"{member}":{{"role":"assistant","#);
    let after = match content {
        Content::Arguments | Content::Input => {
            let _ = write!(data, r#""content":"","tool_calls":[{{"index":{part},"function":{{"arguments":""#);
            r#""}}]},"stop_reason":null}]}"#
        }
        Content::Reasoning | Content::SignedReasoning => {
            data.push_str(r#""content":"","reasoning_content":""#);
            r#""},"stop_reason":null}]}"#
        }
        Content::Text | Content::Plan | Content::Refusal | Content::Speech => {
            data.push_str(r#""content":""#);
            r#""},"stop_reason":null}]}"#
        }
    };
    escape_into(text, &mut data);
    data.push_str(after);
    WrittenFrame { name: "", data }
}

const END: &str = r#"","stop_reason":null}"#;
const END_OF_ELEMENT: &str = r#"","stop_reason":null}]}"#;
