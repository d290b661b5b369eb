//! Hugging Face's inference API for one model, and Text Generation Inference, which serves it:
//! <https://huggingface.co/docs/inference-providers/tasks/index> and
//! <https://huggingface.github.io/text-generation-inference>, read 2026-11-21.
//!
//! Input and output differ from task to task, so texts are found in any place. Events of a stream hold one token each,
//! the last one also the whole text. Skips `prefill` and `tokens`, which repeat the text.

use super::answer_state::AnswerState;
use super::api::{AnswerFrame, Api, WrittenFrame};
use super::failure::Reported;
use super::members::Members;
use super::parameters::{self, Row, read_setting, row};
use super::request_error::RequestError;
use super::texts::{non_empty, read_other, read_property, read_rest, text};
use super::turns::read_media_parts;
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Node, Owner, Parameter, PartKind, Property, Refusal, Reply, Request, Role, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = super::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = super::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "inputs"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "inputs" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, index| read_input(reader, index, &mut request))?;
            }
            "inputs" => read_input(reader, 0, &mut request)?,
            "parameters" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    super::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads an input as a message of its own.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    request.items.open(Node::Message(Some(Role::User)));
    read_texts(reader, index, request)?;
    request.items.close();
    Ok(())
}

/// Reads a text, or an object of texts, which may also hold encoded images, audio or video.
fn read_texts(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Object {
        return reader.object(|reader, key| match &*key {
            "image" => read_media_parts(reader, PartKind::Image, Property::Data, request),
            "audio" => read_media_parts(reader, PartKind::Audio, Property::Data, request),
            "video" => read_media_parts(reader, PartKind::Video, Property::Data, request),
            _ => read_texts(reader, index, request),
        });
    }
    reader.scalars(&mut |part| {
        if let Scalar::String(span) = part {
            request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, index) });
        }
    })
}

/// Names of parameters.
const ROWS: &[Row] = &[
    row("max_new_tokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("seed", Parameter::Seed),
    row("stop", Parameter::Stop),
];

/// Members of a grammar.
const GRAMMAR: Members = Members(&[("type", Property::Type), ("value", Property::Schema)]);

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    if key != "grammar" {
        return read_setting(reader, ROWS, key, request);
    }
    let is_object = reader.peek()? == ValueKind::Object;
    request.parameters.output_type = is_object.then_some("json");
    if !is_object {
        return read_other(reader, None, &mut request.items);
    }
    request.items.open(Node::OutputFormat);
    reader.object(|reader, key| {
        GRAMMAR.read(reader, &key, request, |reader, request| read_other(reader, None, &mut request.items))
    })?;
    request.items.close();
    Ok(())
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut counts = ReportedUsage::default();
    match reader.peek()? {
        ValueKind::Array => read_list(&mut reader, &mut counts, events)?,
        _ => read_object(&mut reader, 0, &mut counts, events)?,
    }
    if !counts.is_empty() {
        // The counts stand among other details, in no object of their own.
        let (convention, source, raw) = (UsageConvention::Inclusive, UsageSource::Body, Span::default());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    reader.finish()
}

/// Reads the answers to one or several inputs, or one or several vectors.
fn read_list(reader: &mut Reader<'_>, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    let mut length = 0;
    let (numbers, value) = reader.spanned(|reader| {
        reader.count_numbers(|reader, index| {
            match reader.peek()? {
                ValueKind::Object => read_object(reader, index, counts, events)?,
                ValueKind::Array => {
                    events.push(Event::Choice(index));
                    let (inner, value) = reader.spanned(|reader| read_vector(reader, index, counts, events))?;
                    events.extend((inner > 0).then_some(vector(index, value)));
                    length = if index == 0 { inner } else { length };
                }
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })
    })?;
    if numbers > 0 {
        events.extend([Event::Choice(0), vector(0, value)]);
    }
    events.extend(Some(numbers.max(length)).filter(|numbers| *numbers > 0).map(Event::Dimensions));
    Ok(())
}

fn vector(choice: u32, value: Span) -> Event {
    Event::Property { owner: Owner::Choice(choice), property: Property::Vector, value }
}

/// Returns the length of a vector or, for a list of vectors (one per token), of the first. Also reads the answers to
/// one of several inputs.
fn read_vector(
    reader: &mut Reader<'_>,
    choice: u32,
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult<u32> {
    let mut length = 0;
    let numbers = reader.count_numbers(|reader, index| {
        match reader.peek()? {
            ValueKind::Array if index == 0 => length = read_vector(reader, choice, counts, events)?,
            ValueKind::Array => reader.skip()?,
            ValueKind::Object => read_object(reader, choice, counts, events)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    Ok(if numbers > 0 { numbers } else { length })
}

/// Reads an answer to one input, or an event.
fn read_object(
    reader: &mut Reader<'_>,
    choice: u32,
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult {
    let channel = Channel { choice, part: 0, content: Content::Text };
    let (mut token, mut whole, mut is_event) = (None, None, false);
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "generated_text" | "summary_text" | "translation_text" => whole = non_empty(reader)?,
            "token" => {
                is_event = true;
                read_property(reader, (Property::Logprobs, Owner::Choice(choice)), events, |reader, _| {
                    token = read_token(reader)?;
                    Ok(())
                })?;
            }
            "details" => read_details(reader, choice, counts, events)?,
            "top_tokens" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    if is_event {
        events.extend(token.map(|text| Event::Text { channel, text }));
        // The last event repeats the whole text.
        if let Some(text) = whole {
            events.extend([Event::Other(text), Event::End]);
        }
    } else {
        events.extend(whole.map(|text| Event::Text { channel, text }));
    }
    reported.finish(is_event || whole.is_some(), events);
    Ok(())
}

/// Returns a token's text; `None` for special tokens, which are not part of the text.
fn read_token(reader: &mut Reader<'_>) -> JsonResult<Option<Span>> {
    let (mut text, mut is_special) = (None, false);
    reader.maybe_object(|reader, key| {
        match &*key {
            "text" => text = non_empty(reader)?,
            "special" => is_special = reader.maybe_bool()? == Some(true),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(text.filter(|_| !is_special))
}

fn read_details(
    reader: &mut Reader<'_>,
    choice: u32,
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult {
    let add = |known: Option<u64>, count: Option<u64>| known.map_or(count, |sum| Some(sum + count.unwrap_or(0)));
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "finish_reason" => {
                    events.extend(non_empty(reader)?.map(|reason| Event::Finish { choice, reason }));
                }
                "generated_tokens" => counts.output = add(counts.output, reader.maybe_count()?),
                "input_length" => counts.input = add(counts.input, reader.maybe_count()?),
                "best_of_sequences" => {
                    reader.maybe_array(|reader, _| read_other_sequence(reader, events))?;
                }
                // Single tokens: none holds a whole placeholder.
                "tokens" => {
                    let owner = Owner::Choice(choice);
                    read_property(reader, (Property::Logprobs, owner), events, |reader, _| reader.skip())?;
                }
                "prefill" | "top_tokens" => reader.skip()?,
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })
        .map(drop)
}

/// Reads a generated sequence that was not the best.
fn read_other_sequence(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "prefill" | "tokens" | "top_tokens" => reader.skip(),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

fn write_text(_: &AnswerState, _: &Reply, _: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"index":0,"token":{"id":0,"text":""#);
    escape_into(text, &mut data);
    data.push_str(r#"","logprob":0.0,"special":false},"generated_text":null,"details":null}"#);
    WrittenFrame { name: "", data }
}

/// Writes an error. Clients raise their exception for the status, with this text.
fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
