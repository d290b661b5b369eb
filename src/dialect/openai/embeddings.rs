//! OpenAI embeddings: <https://platform.openai.com/docs/api-reference/embeddings>, read 2026-11-21; and the similar
//! APIs of Voyage (<https://docs.voyageai.com/reference/embeddings-api>, `/multimodal-embeddings-api` and
//! `/contextualized-embeddings-api`), Mistral and others.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, EmbeddingTranslation};
use crate::dialect::failure::Reported;
use crate::dialect::members::Members;
use crate::dialect::parameters::{self, Row, read_setting, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, read_extra, read_other, read_property, read_rest, text};
use crate::dialect::turns::read_typed_part;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{EmbeddingConvention, Event, Extra, Node, Owner, Parameter, PartKind, Property, Request, Role};
use crate::usage::UsageReport;

pub(in crate::dialect) use super::embeddings_writer::foreign_members;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text: super::chat::write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const EMBEDDING: EmbeddingTranslation = EmbeddingTranslation {
    convention: EmbeddingConvention { sets_each: false, has_bits: false },
    write_request: super::embeddings_writer::write_request,
    write_answer: super::embeddings_writer::write_answer,
    write_error: super::chat::write_error,
    structure: &["object", "data[].object", "created"],
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request::default();
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "input", "inputs"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            // The second is that of Voyage's contextualized and multimodal embeddings.
            "input" | "inputs" => read_inputs(reader, &mut request)?,
            _ if crate::dialect::fallbacks::read(reader, &key, &mut request)? => {}
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Names of parameters: OpenAI's, then Voyage's, of which Mistral has the first two.
const ROWS: &[Row] = &[
    row("dimensions", Parameter::Dimensions),
    row("encoding_format", Parameter::EmbeddingEncoding),
    row("user", Parameter::User),
    row("output_dimension", Parameter::Dimensions),
    row("output_dtype", Parameter::EmbeddingTypes),
    row("input_type", Parameter::EmbeddingPurpose),
    row("truncation", Parameter::Truncation),
];

/// Reads one or several inputs, each as a message of its own.
pub(in crate::dialect) fn read_inputs(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Array {
        return read_input(reader, 0, request);
    }
    reader.array(|reader, index| read_input(reader, index, request))
}

fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    read_content(reader, index, request)?;
    request.items.close();
    request.items.set_role(opened, Some(Role::User));
    Ok(())
}

/// Reads a text, or parts of an input: texts and images. Token numbers are skipped: nobody reads them as text.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => {
            request.items.push_text(text(reader.string()?, index));
            Ok(())
        }
        ValueKind::Array => reader.count_numbers(|reader, _| read_content(reader, index, request)).map(drop),
        ValueKind::Object => read_part(reader, index, request),
        _ => reader.skip(),
    }
}

/// Members of a part, apart from its text.
const PART: Members = Members(&[
    ("type", Property::Type),
    ("role", Property::Role),
    ("image_url", Property::Url),
    ("video_url", Property::Url),
    ("image", Property::Data),
    ("image_base64", Property::Data),
    ("video_base64", Property::Data),
]);

fn read_part(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let read = |reader: &mut Reader<'_>, key: &str, request: &mut Request| match key {
        "role" => reader.api_word().map(drop),
        "image" | "image_url" | "image_base64" | "video_url" | "video_base64" => {
            crate::dialect::texts::read_media(reader, &mut request.items)
        }
        "text" | "content" => read_content(reader, index, request),
        _ => read_other(reader, Some(index), &mut request.items),
    };
    read_typed_part(reader, &PART, part_kind, request, read).map(drop)
}

fn part_kind(kind: &str) -> PartKind {
    match kind {
        "text" => PartKind::Text,
        "image_url" | "image_base64" | "image" => PartKind::Image,
        "video_url" | "video_base64" => PartKind::Video,
        _ => PartKind::Other,
    }
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut reported = Reported::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "created" => events.extend(reader.maybe_count()?.map(Event::Created)),
            "data" => answered |= reader.maybe_array(|reader, position| read_item(reader, position, events))?,
            "usage" => read_usage(reader, events)?,
            // OpenRouter: the upstream provider.
            "provider" => read_extra(Extra::UpstreamProvider, reader, events)?,
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

/// Reads one input's embedding, or those of its chunks (Voyage's contextualized ones). All have the same length, so
/// only the first is measured.
fn read_item(reader: &mut Reader<'_>, position: u32, events: &mut Vec<Event>) -> JsonResult {
    read_embedding(reader, position, position == 0, events)?;
    events.push(Event::Choice(position));
    Ok(())
}

fn read_embedding(reader: &mut Reader<'_>, choice: u32, is_first: bool, events: &mut Vec<Event>) -> JsonResult {
    let vector = (Property::Vector, Owner::Choice(choice));
    reader
        .maybe_object(|reader, key| match &*key {
            "embedding" if is_first => read_property(reader, vector, events, |reader, events| {
                events.extend(read_length(reader)?.map(Event::Dimensions));
                Ok(())
            }),
            "embedding" => read_property(reader, vector, events, |reader, _| reader.skip()),
            "index" => read_property(reader, (Property::DocumentIndex, Owner::Choice(choice)), events, |reader, _| {
                reader.skip()
            }),
            "data" => reader
                .maybe_array(|reader, position| read_embedding(reader, choice, is_first && position == 0, events))
                .map(drop),
            _ => reader.skip(),
        })
        .map(drop)
}

/// Returns the dimensions of an embedding: a list of numbers, or base64 with four bytes per number.
fn read_length(reader: &mut Reader<'_>) -> JsonResult<Option<u32>> {
    match reader.peek()? {
        ValueKind::Array => reader.length().map(Some),
        ValueKind::String => {
            let document = reader.document();
            let encoded = document.text(reader.string()?);
            let digits = encoded.trim_end_matches('=').len();
            Ok(u32::try_from(digits * 3 / 4 / 4).ok())
        }
        _ => reader.skip().map(|()| None),
    }
}

/// Reads usage. Voyage reports only the total, and bills the input by it.
fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    super::usage::read(reader, events)?;
    for event in events.iter_mut().skip(first) {
        if let Event::Usage(counted) = event {
            let UsageReport { counts, .. } = &mut **counted;
            if counts.input.is_none() && counts.output.is_none() {
                counts.billed_input = counts.total;
            }
        }
    }
    Ok(())
}
