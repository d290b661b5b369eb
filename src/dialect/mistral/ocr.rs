//! Mistral OCR: <https://docs.mistral.ai/api/endpoint/ocr>, read 2026-11-21; and Cohere's parse, which is alike (the
//! types of cohere 7.3.1, read 2026-11-28).
//!
//! The input document is an address or encoded bytes, not a text to change. The recognized text comes page by page.
//! Skips single words with confidence scores, and images.

use crate::dialect::answer_members::{self, AnswerMember, opaque};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api};
use crate::dialect::failure::Reported;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, read_other, read_rest, span};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Extra, Owner, PartKind, Property, Request, Role, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[],
    read_request,
    read_answer,
    write_text: crate::dialect::openai::chat::write_text,
    write_refusal: crate::dialect::openai::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "document"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "document" => {
                reader.maybe_object(|reader, key| match &*key {
                    "type" => reader.api_word().map(drop),
                    "document_url" | "image_url" | "file_id" => {
                        crate::dialect::texts::read_media(reader, &mut request.items)
                    }
                    _ => read_other(reader, None, &mut request.items),
                })?;
            }
            "document_annotation_prompt" if reader.peek()? == ValueKind::String => {
                let span = reader.string()?;
                request.items.push_text(TextSpan { role: Some(Role::User), ..crate::dialect::texts::text(span, 0) });
            }
            "id" | "pages" | "table_format" | "confidence_scores_granularity" => reader.opaque()?,
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "pages" => {
                answered = true;
                reader.maybe_array(|reader, position| read_page(reader, position, events))?;
            }
            "usage_info" => read_usage(reader, events)?,
            "meta" => crate::dialect::cohere::usage::read_usage(reader, events)?,
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

/// Reads a page's text. Tables, header and footer may be part of it, or separate.
fn read_page(reader: &mut Reader<'_>, position: u32, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut page = position;
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => page = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or(position),
            "markdown" if reader.peek()? == ValueKind::Object => {
                reader.object(|reader, key| match &*key {
                    "content" => read_text(reader, events),
                    _ => read_rest(reader, events),
                })?;
            }
            "markdown" => read_text(reader, events)?,
            "images" => {
                reader.maybe_array(|reader, _| read_image(reader, events))?;
            }
            "dimensions" | "confidence_scores" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::set_part(events, first, page);
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

fn read_image(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            _ if answer_members::read(IMAGE, reader, &key, events)? => Ok(()),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Members of an image of a page.
const IMAGE: &[AnswerMember] = &[
    opaque("id", Property::Id, Owner::part(PartKind::Image)),
    opaque("image_base64", Property::Data, Owner::part(PartKind::Image)),
];

fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "pages_processed" => counts.pages = reader.maybe_count()?,
            "doc_size_bytes" => {
                events.extend(reader.scalar()?.map(|value| Event::Extra { name: Extra::DocumentBytes, value }));
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}
