//! Gemini embedContent and batchEmbedContents, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/embeddings> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api>, read 2026-11-21.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::gemini_content::{read_content, read_model};
use crate::chat::{Channel, Delta, Leaf, Place, Reply, Request, Role};
use crate::document::{Document, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::JsonArray,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::gemini_generate::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "content", "requests"]);
        match &*key {
            "model" => request.model = read_model(reader)?,
            "requests" => {
                reader.maybe_array(|reader, index| {
                    reader.maybe_object(|reader, key| read_input(reader, &key, index, &mut request)).map(drop)
                })?;
            }
            _ => read_input(reader, &key, 0, &mut request)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// A member of what is to be embedded. The model of each has to be that of the path.
fn read_input(reader: &mut Reader<'_>, key: &str, index: u32, request: &mut Request) -> Read {
    match key {
        "content" => read_content(reader, Some(index), request),
        "title" => {
            let (place, role) = (Place::Text, Some(Role::User));
            let title = reader.maybe_string()?;
            request.leaves.extend(title.map(|span| Leaf { span, place, role, message: Some(index), call: None }));
            Ok(())
        }
        "model" => reader.credential(),
        "taskType" | "task_type" => reader.api_word().map(drop),
        _ => super::leaves::read_other(reader, None, &mut request.leaves),
    }
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut reported = super::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "embedding" => read_embedding(reader, deltas)?,
            "embeddings" => {
                reader.maybe_array(|reader, index| {
                    deltas.push(Delta::Choice(index));
                    read_embedding(reader, deltas)
                })?;
            }
            "usageMetadata" | "usage_metadata" => {
                super::gemini_usage::read(reader, deltas)?;
            }
            _ if reported.read_marked(reader, &key, deltas)? => {}
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    reported.finish(true, deltas);
    reader.finish()
}

fn read_embedding(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "values" => read_vector(reader, deltas),
            _ => super::leaves::read_rest(reader, deltas),
        })
        .map(drop)
}

/// A vector, of which only the length is a fact.
pub(super) fn read_vector(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut length = 0;
    let is_vector = reader.maybe_array(|reader, index| {
        length = index.saturating_add(1);
        reader.skip()
    })?;
    if is_vector {
        deltas.push(Delta::Dimensions(length));
    }
    Ok(())
}

/// Nothing is streamed here, and no text answered.
pub(super) fn write_text(_: &Reply, _: Channel, _: &str) -> Written {
    Written::default()
}
