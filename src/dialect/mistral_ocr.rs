//! Mistral OCR: <https://docs.mistral.ai/api/endpoint/ocr>, read 2026-11-21; and Cohere's parse, which is alike (the types
//! of cohere 7.3.1, read 2026-11-28).
//!
//! The document that is read goes as an address or as encoded bytes, neither of which is a text to be changed; what is
//! read in it comes page by page. Not read: words one by one with how sure the model is of them, and pictures.

use super::Unread;
use super::api::{Api, Frame};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, span};
use crate::chat::{Channel, Content, Counting, Delta, Leaf, Request, Role, Tally};
use crate::document::{Document, Kind, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text: super::openai_chat::write_text,
    write_refusal: super::openai_chat::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "document"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "document" => {
                reader.maybe_object(|reader, key| match &*key {
                    "type" => reader.api_word().map(drop),
                    "document_url" | "image_url" | "file_id" => super::leaves::read_media(reader, &mut request.leaves),
                    _ => read_other(reader, None, &mut request.leaves),
                })?;
            }
            "document_annotation_prompt" if reader.peek()? == Kind::String => {
                let span = reader.string()?;
                request.leaves.push(Leaf { role: Some(Role::User), ..super::leaves::text(span, 0) });
            }
            "id" | "pages" | "table_format" | "confidence_scores_granularity" => reader.opaque()?,
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "pages" => {
                answered = true;
                reader.maybe_array(|reader, position| read_page(reader, position, deltas))?;
            }
            "usage_info" => read_usage(reader, deltas)?,
            "meta" => super::cohere::read_usage(reader, deltas)?,
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    reported.finish(answered, deltas);
    reader.finish()
}

/// A page: its text; its tables, header and footer may be in that too, or apart.
fn read_page(reader: &mut Reader<'_>, position: u32, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    let mut page = position;
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => page = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or(position),
            "markdown" if reader.peek()? == Kind::Object => {
                reader.object(|reader, key| match &*key {
                    "content" => read_text(reader, deltas),
                    _ => read_rest(reader, deltas),
                })?;
            }
            "markdown" => read_text(reader, deltas)?,
            "images" => {
                reader.maybe_array(|reader, _| read_image(reader, deltas))?;
            }
            "dimensions" | "confidence_scores" => reader.skip()?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    super::leaves::set_part(deltas, first, page);
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

fn read_image(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "id" | "image_base64" => reader.skip(),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader.peek()?;
    let start = reader.offset();
    let mut tally = Tally::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "pages_processed" => tally.pages = reader.maybe_count()?,
            "doc_size_bytes" => {
                deltas.extend(reader.scalar()?.map(|value| Delta::Kept { name: "doc_size_bytes", value }));
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    super::leaves::counted(tally, Counting::Within, span(start, reader.offset()), deltas);
    Ok(())
}
