//! Cohere embed, v1 and v2, also on Amazon Bedrock: <https://docs.cohere.com/reference/embed>, `/v1/reference/embed`
//! and <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html>, read 2026-11-21.

use super::error::write_refusal;
use super::parameters::read_parameter;
use super::usage::read_usage;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, EmbeddingTranslation};
use crate::dialect::failure::Reported;
use crate::dialect::members::Members;
use crate::dialect::parameters::{self, Row, read_setting, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, push_property, read_other, read_property, read_rest, text};
use crate::dialect::turns::{read_media_parts, read_node, read_typed_part};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::framing::Framing;
use crate::model::{EmbeddingConvention, Event, Node, Owner, Parameter, PartKind, Property, Request, Role, TextSpan};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonLines,
    parameters: &[ROWS, super::parameters::ROWS],
    read_request,
    read_answer,
    write_text: crate::dialect::openai::chat::write_text,
    write_refusal,
};

pub(in crate::dialect) const EMBEDDING: EmbeddingTranslation = EmbeddingTranslation {
    convention: EmbeddingConvention { sets_each: false, has_bits: false },
    write_request: super::embed_writer::write_request,
    write_answer: super::embed_writer::write_answer,
    write_error: crate::dialect::embedding_writing::write_message,
    structure: &["response_type", "texts"],
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "texts", "inputs"]);
        match &*key {
            "texts" => {
                reader.maybe_array(|reader, index| {
                    in_message(&mut request, |request| read_text(reader, index, request))
                })?;
            }
            "inputs" => {
                reader.maybe_array(|reader, index| {
                    in_message(&mut request, |request| read_input(reader, index, request))
                })?;
            }
            // Encoded images, then enum values.
            "images" => read_media_parts(reader, PartKind::Image, Property::Url, &mut request)?,
            "input_type" => parameters::stray(reader, Parameter::EmbeddingPurpose, &mut request)?,
            "embedding_types" => parameters::word(reader, Parameter::EmbeddingTypes, &mut request)?,
            "truncate" => parameters::word(reader, Parameter::Truncation, &mut request)?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_setting(reader, ROWS, &key, &mut request)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Names of parameters that a chat does not have.
const ROWS: &[Row] = &[row("output_dimension", Parameter::Dimensions)];

/// Reads an input as a message of its own.
fn in_message(request: &mut Request, read: impl FnOnce(&mut Request) -> JsonResult) -> JsonResult {
    read_node(Node::Message(Some(Role::User)), request, read)
}

fn read_text(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, Some(index), &mut request.items);
    }
    let span = reader.string()?;
    request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, index) });
    Ok(())
}

/// Reads an input of several parts: `{"content":[{"type":"text","text":…},{"type":"image_url","image_url":{…}}]}`.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => read_part(reader, index, request),
        ValueKind::Array => reader.array(|reader, _| read_input(reader, index, request)),
        _ => read_text(reader, index, request),
    }
}

/// Members of a part, apart from its text.
const PART: Members = Members(&[("type", Property::Type), ("image_url", Property::Url)]);

fn read_part(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let read = |reader: &mut Reader<'_>, key: &str, request: &mut Request| match key {
        "content" | "text" => read_input(reader, index, request),
        "image_url" => crate::dialect::texts::read_media(reader, &mut request.items),
        _ => read_other(reader, Some(index), &mut request.items),
    };
    read_typed_part(reader, &PART, part_kind, request, read).map(drop)
}

fn part_kind(kind: &str) -> PartKind {
    match kind {
        "text" => PartKind::Text,
        "image_url" => PartKind::Image,
        _ => PartKind::Other,
    }
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "embeddings" => {
                answered = true;
                read_embeddings(reader, events)?;
            }
            "meta" => read_usage(reader, events)?,
            "response_type" => reader.skip()?,
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

/// Reads a list of vectors, or several such lists by number type. The first list stands for all.
fn read_embeddings(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_vectors(reader, None, 1, events);
    }
    let mut is_first = true;
    reader.object(|reader, key| {
        if !is_first || reader.peek()? != ValueKind::Array {
            return read_again(reader, key.span, events);
        }
        is_first = false;
        // One number packs eight dimensions.
        let packed = if matches!(&*key, "binary" | "ubinary") { 8 } else { 1 };
        read_vectors(reader, Some(key.span), packed, events)
    })
}

/// Reads the vectors in another number type.
fn read_again(reader: &mut Reader<'_>, number: Span, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_array(|reader, index| {
            push_property(Owner::Choice(index), Property::Format, Some(number), events);
            read_property(reader, (Property::Vector, Owner::Choice(index)), events, |reader, _| reader.skip())
        })
        .map(drop)
}

/// Reads vectors whose numbers pack several dimensions each, or base64 of 32-bit floats. `number`: name of their type.
fn read_vectors(reader: &mut Reader<'_>, number: Option<Span>, packed: u32, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let mut dimensions = None;
    reader
        .maybe_array(|reader, index| {
            events.push(Event::Choice(index));
            push_property(Owner::Choice(index), Property::Format, number, events);
            read_property(reader, (Property::Vector, Owner::Choice(index)), events, |reader, _| {
                if index > 0 {
                    return reader.skip();
                }
                let mut numbers = 0_u32;
                match reader.peek()? {
                    ValueKind::Array => numbers = reader.length()?.saturating_mul(packed),
                    ValueKind::String => {
                        let encoded = document.text(reader.string()?).trim_end_matches('=').len();
                        numbers = u32::try_from(encoded / 4 * 3 + encoded % 4 * 3 / 4).unwrap_or(u32::MAX) / 4;
                    }
                    _ => reader.skip()?,
                }
                dimensions = Some(numbers).filter(|numbers| *numbers > 0);
                Ok(())
            })
        })
        .map(drop)?;
    events.extend(dimensions.map(Event::Dimensions));
    Ok(())
}
