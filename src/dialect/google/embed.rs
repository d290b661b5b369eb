//! Gemini embedContent and batchEmbedContents, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/embeddings> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api>, read 2026-11-21.

use super::content::{read_content, read_model};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, EmbeddingTranslation, WrittenFrame};
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::read_property;
use crate::dialect::turns::read_node;
use crate::document::{Document, JsonResult, Reader};
use crate::framing::Framing;
use crate::model::{
    Channel, EmbeddingConvention, Event, Node, Owner, Parameter, PartKind, Property, Reply, Request, Role, TextKind,
    TextSpan,
};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonArray,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const EMBEDDING: EmbeddingTranslation = EmbeddingTranslation {
    convention: EmbeddingConvention { sets_each: true, has_bits: false },
    write_request: super::embed_writer::write_request,
    write_answer: super::embed_writer::write_answer,
    write_error: super::error::write_error,
    structure: &[],
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "content", "requests"]);
        match &*key {
            "model" => request.model = read_model(reader, &mut request)?,
            "requests" => {
                reader.maybe_array(|reader, index| {
                    reader.maybe_object(|reader, key| read_input(reader, &key, index, &mut request)).map(drop)
                })?;
            }
            _ => read_input(reader, &key, 0, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads a member of an embedding input. The model in each input has to equal the path's.
fn read_input(reader: &mut Reader<'_>, key: &str, index: u32, request: &mut Request) -> JsonResult {
    match key {
        "content" => read_content(reader, Some(index), request),
        "title" => {
            // Not one of the inputs.
            let title = Node::Part(PartKind::Other);
            read_node(title, request, |request| {
                let (place, role) = (TextKind::Text, Some(Role::User));
                let title = reader.maybe_string()?;
                let text = |span| TextSpan { span, place, role, message: Some(index), call: None };
                request.items.extend(title.map(text));
                Ok(())
            })
        }
        "model" => parameters::record(reader, Parameter::Model, request, |reader, _| reader.credential()),
        "taskType" | "task_type" => parameters::word(reader, Parameter::EmbeddingPurpose, request),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => crate::dialect::texts::read_other(reader, None, &mut request.items),
    }
}

/// Members of an embedding input.
const ROWS: &[Row] =
    &[row("outputDimensionality", Parameter::Dimensions), row("output_dimensionality", Parameter::Dimensions)];

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut reported = crate::dialect::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "embedding" => read_embedding(reader, 0, events)?,
            "embeddings" => {
                reader.maybe_array(|reader, index| {
                    events.push(Event::Choice(index));
                    read_embedding(reader, index, events)
                })?;
            }
            "usageMetadata" | "usage_metadata" => {
                super::usage::read(reader, events)?;
            }
            _ if reported.read_marked(reader, &key, events)? => {}
            _ => crate::dialect::texts::read_rest(reader, events)?,
        }
        Ok(())
    })?;
    reported.finish(true, events);
    reader.finish()
}

fn read_embedding(reader: &mut Reader<'_>, choice: u32, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "values" => read_vector(reader, choice, events),
            _ => crate::dialect::texts::read_rest(reader, events),
        })
        .map(drop)
}

/// Reads a vector.
pub(in crate::dialect) fn read_vector(reader: &mut Reader<'_>, choice: u32, events: &mut Vec<Event>) -> JsonResult {
    read_property(reader, (Property::Vector, Owner::Choice(choice)), events, |reader, events| {
        events.extend(reader.maybe_length()?.map(Event::Dimensions));
        Ok(())
    })
}

/// Writes nothing: embeddings do not stream and answer no text.
pub(in crate::dialect) fn write_text(_: &AnswerState, _: &Reply, _: Channel, _: &str) -> WrittenFrame {
    WrittenFrame::default()
}
