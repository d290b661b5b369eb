//! Replicate predictions: <https://replicate.com/docs/reference/http> and
//! <https://replicate.com/docs/topics/predictions/streaming>, read 2026-11-21.
//!
//! Input and output are the model's own: every string of `input` is a text, and `output` is a text, a list of its
//! pieces, or addresses of files. A stream's events carry no JSON, but the plain text.

use super::answer_state::AnswerState;
use super::api::{AnswerFrame, Api, WrittenFrame};
use super::failure::Reported;
use super::parameters::{self, Row, row};
use super::request_error::RequestError;
use super::texts::{non_empty, push_property, read_other, read_rest, span, text};
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Extra, Node, Owner, Parameter, PartKind, Property, Refusal, Reply, Request, Role, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention};

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
        unique.observe(&key, &["version", "input", "stream"]);
        match &*key {
            "version" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "input" => {
                reader.maybe_object(|reader, key| read_input(reader, &key, &mut request))?;
            }
            "webhook" | "webhook_events_filter" => reader.opaque()?,
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    super::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Names of parameters of Replicate's language models.
const ROWS: &[Row] = &[
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("max_tokens", Parameter::MaxTokens),
    row("max_new_tokens", Parameter::MaxTokens),
    row("max_output_tokens", Parameter::MaxTokens),
    row("max_completion_tokens", Parameter::MaxTokens),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("seed", Parameter::Seed),
    row("reasoning_effort", Parameter::ReasoningLevel),
];

/// Reads a member of a model's input.
fn read_input(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    if parameters::read(reader, ROWS, key, request)? {
        return Ok(());
    }
    let role = if matches!(key, "system_prompt" | "system") { Role::System } else { Role::User };
    request.items.open(Node::Message(Some(role)));
    read_texts(reader, role, request)?;
    request.items.close();
    Ok(())
}

fn read_texts(reader: &mut Reader<'_>, role: Role, request: &mut Request) -> JsonResult {
    let document = reader.document();
    reader.scalars(&mut |part| match part {
        // Address of a file, or a file encoded in a data URL: it would break once changed.
        Scalar::String(span) if is_file(&document.text(span)) => {}
        Scalar::String(span) => request.items.push_text(TextSpan { role: Some(role), ..text(span, 0) }),
        Scalar::Key(_) | Scalar::Number(_) => {}
    })
}

/// Matches addresses of files and data URLs. Replicate's own clients check only the prefix, but a prompt may start with
/// an address too.
fn is_file(text: &str) -> bool {
    let is_address = ["https:", "http:", "data:"].iter().any(|scheme| text.starts_with(scheme));
    is_address && !text.bytes().any(|byte| byte.is_ascii_whitespace())
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let all = span(0, frame.document.as_str().len());
    match frame.name {
        "output" => events.push(Event::Text { channel: OUTPUT, text: all }),
        "error" => events.push(Event::Failure { kind: None, code: None, status: None, message: Some(all) }),
        "logs" => events.push(Event::Other(all)),
        "done" => events.push(Event::End),
        _ => return read_prediction(frame.document, events),
    }
    Ok(())
}

/// Channel of the only text.
const OUTPUT: Channel = Channel { choice: 0, part: 0, content: Content::Text };

fn read_prediction(document: Document<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut status: Option<Span> = None;
    let mut reported = Reported::default();
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            // In an error `status` is a number.
            "status" if reader.peek()? == ValueKind::String => status = non_empty(reader)?,
            "output" => read_output(reader, 0, events)?,
            "metrics" => read_metrics(reader, events)?,
            "version" | "urls" | "created_at" | "started_at" | "completed_at" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    events.extend(status.map(|value| Event::Extra { name: Extra::Status, value }));
    if status.is_some_and(|status| matches!(document.raw(status), "succeeded" | "failed" | "canceled" | "aborted")) {
        events.push(Event::End);
    }
    reported.finish(status.is_some(), events);
    reader.finish()
}

/// Reads the output: a text, or its pieces, or addresses of files.
fn read_output(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    match reader.peek()? {
        ValueKind::String => {
            let text = non_empty(reader)?;
            if text.is_some_and(|text| is_file(&document.text(text))) {
                events.extend(text.map(Event::Other));
                push_property(Owner::Part { choice: 0, part, kind: PartKind::File }, Property::Url, text, events);
            } else {
                events.extend(text.map(|text| Event::Text { channel: OUTPUT, text }));
            }
            Ok(())
        }
        ValueKind::Array => reader.array(|reader, part| match reader.peek()? {
            ValueKind::String => read_output(reader, part, events),
            _ => read_rest(reader, events),
        }),
        _ => read_rest(reader, events),
    }
}

fn read_metrics(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "input_token_count" => counts.input = reader.maybe_count()?,
            "output_token_count" => counts.output = reader.maybe_count()?,
            // Seconds, the billing unit of models without tokens.
            "predict_time" => {
                events.extend(reader.scalar()?.map(|value| Event::Extra { name: Extra::PredictTime, value }));
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    super::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}

/// Writes the plain text.
fn write_text(_: &AnswerState, _: &Reply, _: Channel, text: &str) -> WrittenFrame {
    WrittenFrame { name: "output", data: text.to_owned() }
}

/// Writes problem details (RFC 7807): <https://replicate.com/docs/reference/http#errors>, read 2026-11-21.
fn write_refusal(refusal: &Refusal) -> String {
    let status = refusal.status();
    let mut body = format!(r#"{{"title":"{}","status":{status},"detail":""#, refusal.code());
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
