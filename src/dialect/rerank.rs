//! Reranking: sorts documents by their relevance to a query. Cohere v1 and v2
//! (<https://docs.cohere.com/reference/rerank>), also on Amazon Bedrock, Voyage
//! (<https://docs.voyageai.com/reference/reranker-api>), Jina (<https://api.jina.ai/redoc>), OpenRouter and vLLM: read
//! 2026-11-21. Requests are alike; Cohere counts searches, in `meta`, the others tokens, in `usage`.

use super::answer_members::{self, AnswerMember, opaque};
use super::answer_state::AnswerState;
use super::api::{AnswerFrame, Api};
use super::failure::Reported;
use super::parameters::{self, Row, read_setting, row};
use super::request_error::RequestError;
use super::texts::{non_empty, push_property, read_rest, set_choice, span, text};
use super::turns::{read_media_parts, read_part_of};
use crate::document::{Document, JsonResult, Reader, Scalar, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Event, Extra, Node, Owner, Parameter, PartKind, Property, Refusal, Request, Role, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention};
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::JsonLines,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text: super::openai::chat::write_text,
    write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = super::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = super::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "query", "documents"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "query" => {
                request.items.open(Node::Message(Some(Role::User)));
                read_document(reader, 0, &mut request)?;
                request.items.close();
            }
            // The second is Text Embeddings Inference's.
            "documents" | "texts" => {
                reader.maybe_array(|reader, index| {
                    read_part_of(PartKind::File, &mut request, |request| {
                        read_document(reader, index.saturating_add(1), request)
                    })
                })?;
            }
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    super::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Names of parameters. Voyage's and OpenAI's name for Cohere's `top_n`.
const ROWS: &[Row] = &[
    row("top_k", Parameter::TopK),
    row("top_n", Parameter::MostResults),
    row("return_documents", Parameter::ReturnDocuments),
    row("truncation", Parameter::Truncation),
];

/// Reads a query or a document: a text, or an object of texts.
fn read_document(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? == ValueKind::Object {
        return reader.object(|reader, key| match &*key {
            // Address or encoded bytes (Jina).
            "image" => read_media_parts(reader, PartKind::Image, Property::Data, request),
            "image_url" => read_media_parts(reader, PartKind::Image, Property::Url, request),
            _ => read_document(reader, index, request),
        });
    }
    reader.scalars(&mut |part| {
        if let Scalar::String(span) = part {
            request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, index) });
        }
    })
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    // Text Embeddings Inference answers with a bare list:
    // <https://huggingface.github.io/text-embeddings-inference/#/Text%20Embeddings%20Inference/rerank>.
    if reader.peek()? == ValueKind::Array {
        read_results(&mut reader, events)?;
        return reader.finish();
    }
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "results" | "data" => {
                answered = true;
                read_results(reader, events)?;
            }
            "meta" => super::cohere::usage::read_usage(reader, events)?,
            "usage" => read_usage(reader, events)?,
            "object" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    reported.finish(answered, events);
    reader.finish()
}

fn read_results(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_array(|reader, index| {
            events.push(Event::Choice(index));
            if reader.peek()? != ValueKind::Object {
                return read_rest(reader, events);
            }
            let first = events.len();
            reader.object(|reader, key| {
                if &*key == "document" {
                    return read_answered_document(reader, events);
                }
                let is_read = answer_members::read(RESULT, reader, &key, events)?;
                if is_read { Ok(()) } else { read_rest(reader, events) }
            })?;
            set_choice(events, first, index);
            Ok(())
        })
        .map(drop)
}

/// Reads a document that a result repeats: its text, alone or in an object.
fn read_answered_document(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => {
            let text = reader.string()?;
            events.push(Event::Other(text));
            push_property(Owner::CHOICE, Property::Result, Some(text), events);
            Ok(())
        }
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "text" if reader.peek()? == ValueKind::String => read_answered_document(reader, events),
            _ => read_rest(reader, events),
        }),
        _ => read_rest(reader, events),
    }
}

/// Members of a result.
const RESULT: &[AnswerMember] = &[
    opaque("index", Property::DocumentIndex, Owner::CHOICE),
    opaque("relevance_score", Property::Score, Owner::CHOICE),
    opaque("score", Property::Score, Owner::CHOICE),
];

/// Reads usage of providers that bill tokens. The output is only scores, so all tokens are input, labelled so or not.
fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "prompt_tokens" | "input_tokens" => counts.input = reader.maybe_count()?,
            "completion_tokens" | "output_tokens" => counts.output = reader.maybe_count()?,
            "total_tokens" => counts.total = reader.maybe_count()?,
            "search_units" => counts.searches = reader.maybe_count()?,
            // OpenRouter: <https://openrouter.ai/docs/use-cases/usage-accounting>.
            "cost" => events.extend(reader.scalar()?.map(|value| Event::Extra { name: Extra::Cost, value })),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if counts.input.is_none() {
        counts.billed_input = counts.total;
    }
    super::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}

/// Writes an error. Cohere's and Bedrock's clients read `message`, Voyage's `detail`.
fn write_refusal(refusal: &Refusal) -> String {
    let mut message = String::new();
    escape_into(&refusal.message(), &mut message);
    let mut body = String::new();
    let _ = write!(body, r#"{{"message":"{message}","detail":"{message}"}}"#);
    body
}
