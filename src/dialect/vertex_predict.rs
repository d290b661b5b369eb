//! Vertex AI predict, for the models of Google's that have it: text and multimodal embeddings, and Imagen.
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api>,
//! `/multimodal-embeddings-api` and `/imagen-api`, read 2026-11-21. The Gemini API has it for Imagen, and models that one
//! has deployed oneself have it too.

use super::Unread;
use super::api::{Api, Frame};
use super::gemini_embed::read_vector;
use crate::chat::{Counted, Counting, Delta, Leaf, Place, Request, Role, Tally, UsageSource};
use crate::document::{Document, Kind, Reader, Span, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::JsonArray,
    read_request,
    read_answer,
    write_text: super::gemini_embed::write_text,
    write_refusal: super::gemini_generate::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["instances", "parameters"]);
        match &*key {
            "instances" => {
                super::gemini_content::one_or_several(reader, |reader, index| read_input(reader, index, &mut request))?;
            }
            "parameters" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            _ => super::leaves::read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// An instance, and what is in it: texts, and media that are left alone.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    match reader.peek()? {
        Kind::Object => reader.object(|reader, key| match &*key {
            "bytesBase64Encoded" | "gcsUri" | "mimeType" | "task_type" | "taskType" => reader.opaque(),
            _ => read_input(reader, index, request),
        }),
        Kind::Array => reader.array(|reader, _| read_input(reader, index, request)),
        _ => {
            let (place, role) = (Place::Text, Some(Role::User));
            let text = reader.maybe_string()?;
            request.leaves.extend(text.map(|span| Leaf { span, place, role, message: Some(index), call: None }));
            Ok(())
        }
    }
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "sampleCount" => parameters.choices = reader.maybe_count()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "storageUri" => reader.opaque()?,
        _ => super::leaves::read_other(reader, None, &mut request.leaves)?,
    }
    Ok(())
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut tally = Tally::default();
    let mut reported = super::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "predictions" => {
                reader.maybe_array(|reader, index| {
                    deltas.push(Delta::Choice(index));
                    read_prediction(reader, &mut tally, deltas)
                })?;
            }
            "metadata" => read_metadata(reader, &mut tally, deltas)?,
            _ if reported.read_marked(reader, &key, deltas)? => {}
            "deployedModelId" | "model" | "modelDisplayName" | "modelVersionId" => reader.skip()?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    if !tally.is_empty() {
        let (counting, source, raw) = (Counting::Within, UsageSource::Predictions, Span::default());
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source, raw })));
    }
    reported.finish(true, deltas);
    reader.finish()
}

/// One prediction: a vector or several, or an image.
fn read_prediction(reader: &mut Reader<'_>, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    // What a model of one's own predicts is of any shape.
    if reader.peek()? != Kind::Object {
        return super::leaves::read_rest(reader, deltas);
    }
    let document = reader.document();
    let (mut has_data, mut media) = (false, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "embeddings" => {
                reader.maybe_object(|reader, key| match &*key {
                    "values" => read_vector(reader, deltas),
                    "statistics" => read_statistics(reader, tally),
                    _ => super::leaves::read_rest(reader, deltas),
                })?;
            }
            "textEmbedding" | "imageEmbedding" => read_vector(reader, deltas)?,
            "bytesBase64Encoded" | "gcsUri" => {
                has_data = true;
                reader.skip()?;
            }
            "mimeType" => media = reader.maybe_string()?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    if has_data && media.is_none_or(|media| document.raw(media).starts_with("image")) {
        tally.output_images = Some(tally.output_images.unwrap_or_default().saturating_add(1));
    }
    Ok(())
}

fn read_statistics(reader: &mut Reader<'_>, tally: &mut Tally) -> Read {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "token_count" | "tokenCount" => {
                    let tokens = reader.maybe_count()?;
                    tally.input =
                        tokens.map(|tokens| tokens.saturating_add(tally.input.unwrap_or_default())).or(tally.input);
                }
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// What the older embeddings are billed by.
fn read_metadata(reader: &mut Reader<'_>, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "billableCharacterCount" => tally.input_characters = reader.maybe_count()?,
                _ => super::leaves::read_rest(reader, deltas)?,
            }
            Ok(())
        })
        .map(drop)
}
