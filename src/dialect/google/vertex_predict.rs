//! Vertex AI predict, for Google's text and multimodal embeddings and Imagen.
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api>,
//! `/multimodal-embeddings-api` and `/imagen-api`, read 2026-11-21. The Gemini API has it for Imagen, and custom
//! deployed models have it too.

use super::embed::read_vector;
use crate::dialect::answer_members::{self, AnswerMember, PART, media_kind, opaque};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api};
use crate::dialect::members::Members;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{push_property, read_other, set_choice, span};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::framing::Framing;
use crate::model::{Event, Item, Node, Parameter, PartKind, Property, Request, Role, TextKind, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonArray,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text: super::embed::write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["instances", "parameters"]);
        match &*key {
            "instances" => {
                super::content::one_or_several(reader, |reader, index| read_instance(reader, index, &mut request))?;
            }
            "parameters" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads an instance: texts are recorded, media skipped.
fn read_instance(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    request.items.open(Node::Message(Some(Role::User)));
    read_input(reader, index, request)?;
    request.items.close();
    Ok(())
}

/// Reads the contents of an instance.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "task_type" | "taskType" => {
                let start = reader.peek().map(|_| reader.offset())?;
                reader.opaque()?;
                request.items.push(Item::Parameter(Parameter::EmbeddingPurpose, span(start, reader.offset())));
                Ok(())
            }
            "image" | "video" => {
                let kind = if &*key == "image" { PartKind::Image } else { PartKind::Video };
                request.items.open(Node::Part(kind));
                read_input(reader, index, request)?;
                request.items.close();
                Ok(())
            }
            _ => INSTANCE.read(reader, &key, request, |reader, request| match &*key {
                "bytesBase64Encoded" | "gcsUri" | "mimeType" => reader.opaque(),
                _ => read_input(reader, index, request),
            }),
        }),
        ValueKind::Array => reader.array(|reader, _| read_input(reader, index, request)),
        _ => {
            let (place, role) = (TextKind::Text, Some(Role::User));
            let text = reader.maybe_string()?;
            request.items.extend(text.map(|span| TextSpan { span, place, role, message: Some(index), call: None }));
            Ok(())
        }
    }
}

/// Members of an instance, apart from its texts.
const INSTANCE: Members = Members(&[
    ("title", Property::Title),
    ("bytesBase64Encoded", Property::Data),
    ("gcsUri", Property::Url),
    ("mimeType", Property::MediaType),
]);

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "storageUri" => reader.opaque(),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Members of the parameters.
const ROWS: &[Row] = &[
    row("sampleCount", Parameter::Choices),
    row("seed", Parameter::Seed),
    row("outputDimensionality", Parameter::Dimensions),
    row("dimension", Parameter::Dimensions),
];

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut counts = ReportedUsage::default();
    let mut reported = crate::dialect::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "predictions" => {
                reader.maybe_array(|reader, index| {
                    events.push(Event::Choice(index));
                    read_prediction(reader, index, &mut counts, events)
                })?;
            }
            "metadata" => read_metadata(reader, &mut counts, events)?,
            _ if reported.read_marked(reader, &key, events)? => {}
            "deployedModelId" | "model" | "modelDisplayName" | "modelVersionId" => reader.skip()?,
            _ => crate::dialect::texts::read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if !counts.is_empty() {
        let (convention, source, raw) = (UsageConvention::Inclusive, UsageSource::Predictions, Span::default());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    reported.finish(true, events);
    reader.finish()
}

/// Reads a prediction: a vector or several, or an image.
fn read_prediction(
    reader: &mut Reader<'_>,
    choice: u32,
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult {
    // A custom model's prediction has any shape.
    if reader.peek()? != ValueKind::Object {
        return crate::dialect::texts::read_rest(reader, events);
    }
    let document = reader.document();
    let (first, mut has_data, mut media) = (events.len(), false, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "embeddings" => {
                reader.maybe_object(|reader, key| match &*key {
                    "values" => read_vector(reader, choice, events),
                    "statistics" => read_statistics(reader, counts),
                    _ => crate::dialect::texts::read_rest(reader, events),
                })?;
            }
            "textEmbedding" | "imageEmbedding" => read_vector(reader, choice, events)?,
            "bytesBase64Encoded" | "gcsUri" => {
                has_data = true;
                answer_members::read(MEDIA, reader, &key, events)?;
            }
            "mimeType" => {
                media = reader.maybe_string()?;
                push_property(PART, Property::MediaType, media, events);
            }
            _ => crate::dialect::texts::read_rest(reader, events)?,
        }
        Ok(())
    })?;
    let kind = media.map_or(PartKind::Image, |media| media_kind(&document.text(media)));
    answer_members::set_kind(events, first, kind);
    set_choice(events, first, choice);
    if has_data && media.is_none_or(|media| document.raw(media).starts_with("image")) {
        counts.output_images = Some(counts.output_images.unwrap_or_default().saturating_add(1));
    }
    Ok(())
}

/// Data of an image or a video, or its address.
const MEDIA: &[AnswerMember] =
    &[opaque("bytesBase64Encoded", Property::Data, PART), opaque("gcsUri", Property::Url, PART)];

fn read_statistics(reader: &mut Reader<'_>, counts: &mut ReportedUsage) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "token_count" | "tokenCount" => {
                    let tokens = reader.maybe_count()?;
                    counts.input =
                        tokens.map(|tokens| tokens.saturating_add(counts.input.unwrap_or_default())).or(counts.input);
                }
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// Reads the billing unit of the older embeddings.
fn read_metadata(reader: &mut Reader<'_>, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "billableCharacterCount" => counts.input_characters = reader.maybe_count()?,
                _ => crate::dialect::texts::read_rest(reader, events)?,
            }
            Ok(())
        })
        .map(drop)
}
