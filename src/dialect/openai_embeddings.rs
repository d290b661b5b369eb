//! OpenAI embeddings: <https://platform.openai.com/docs/api-reference/embeddings>, read 2026-11-21; and those of Voyage
//! (<https://docs.voyageai.com/reference/embeddings-api>, `/multimodal-embeddings-api` and
//! `/contextualized-embeddings-api`), Mistral and others who speak alike.

use super::Unread;
use super::api::{Api, Frame};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, text};
use crate::chat::{Counted, Delta, Request, Role};
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
    let mut request = Request::default();
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "input", "inputs"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            // The latter in Voyage's contextual and multimodal ones.
            "input" | "inputs" => read_inputs(reader, &mut request)?,
            _ if super::other_models::read(reader, &key, &mut request)? => {}
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// One input or several, each as a message of its own.
pub(super) fn read_inputs(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    if reader.peek()? != Kind::Array {
        return read_input(reader, 0, request);
    }
    reader.array(|reader, index| read_input(reader, index, request))
}

fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let first = request.leaves.len();
    read_content(reader, index, request)?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = Some(Role::User);
    }
    Ok(())
}

/// A text, or parts of an input: texts and pictures. The numbers of tokens nobody reads as text.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    match reader.peek()? {
        Kind::String => {
            request.leaves.push(text(reader.string()?, index));
            Ok(())
        }
        Kind::Array => reader.array(|reader, _| read_content(reader, index, request)),
        Kind::Object => reader.object(|reader, key| match &*key {
            "type" | "role" => reader.api_word().map(drop),
            "image" | "image_url" | "image_base64" | "video_url" | "video_base64" => {
                super::leaves::read_media(reader, &mut request.leaves)
            }
            "text" | "content" => read_content(reader, index, request),
            _ => read_other(reader, Some(index), &mut request.leaves),
        }),
        _ => reader.skip(),
    }
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut reported = Reported::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "created" => deltas.extend(reader.maybe_count()?.map(Delta::Created)),
            "data" => answered |= reader.maybe_array(|reader, position| read_item(reader, position, deltas))?,
            "usage" => read_usage(reader, deltas)?,
            "object" | "provider" => reader.skip()?,
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

/// One input's embedding, or those of its chunks (Voyage's contextualized ones). All have the same length, so that the
/// first is measured.
fn read_item(reader: &mut Reader<'_>, position: u32, deltas: &mut Vec<Delta>) -> Read {
    read_embedding(reader, position == 0, deltas)?;
    deltas.push(Delta::Choice(position));
    Ok(())
}

fn read_embedding(reader: &mut Reader<'_>, is_first: bool, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "embedding" if is_first => {
                deltas.extend(read_length(reader)?.map(Delta::Dimensions));
                Ok(())
            }
            "data" if is_first => {
                reader.maybe_array(|reader, position| read_embedding(reader, position == 0, deltas)).map(drop)
            }
            _ => reader.skip(),
        })
        .map(drop)
}

/// How many numbers an embedding has: a list of them, or, in base64, four bytes for each.
fn read_length(reader: &mut Reader<'_>) -> Result<Option<u32>, Unreadable> {
    match reader.peek()? {
        Kind::Array => {
            let mut length = 0;
            reader.array(|reader, index| {
                length = index.saturating_add(1);
                reader.skip()
            })?;
            Ok(Some(length))
        }
        Kind::String => {
            let document = reader.document();
            let encoded = document.text(reader.string()?);
            let digits = encoded.trim_end_matches('=').len();
            Ok(u32::try_from(digits * 3 / 4 / 4).ok())
        }
        _ => reader.skip().map(|()| None),
    }
}

/// Voyage counts but the total, which is what it bills the input by.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    super::openai_usage::read(reader, deltas)?;
    for delta in deltas.iter_mut().skip(first) {
        if let Delta::Usage(counted) = delta {
            let Counted { tally, .. } = &mut **counted;
            if tally.input.is_none() && tally.output.is_none() {
                tally.billed_input = tally.total;
            }
        }
    }
    Ok(())
}
