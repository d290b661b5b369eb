//! Writer of requests and answers: `V2Client.embed`, `EmbedByTypeResponse` and `EmbedFloatsResponse` of the cohere SDK
//! 7.3.1 and <https://docs.cohere.com/reference/embed>; for Amazon Bedrock
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html>; read 2026-11-29.

use crate::dialect::chat_writing::write_model_name;
use crate::dialect::embedding_writing::{EmbeddingForm, finish, write_list, write_vectors};
use crate::dialect::writing::address;
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingPurpose, EmbeddingRequest, Losses, MessagePart, NumberType, Parameter,
    PartData, PartKind, Truncation, Untranslatable, VectorForm, WriteTarget, WrittenRequest,
};

/// A purpose is required: without one inputs are documents, which others' are by default.
const FORM: EmbeddingForm = EmbeddingForm {
    most: 96,
    numbers: &[NumberType::Float, NumberType::Int8, NumberType::Uint8, NumberType::Binary, NumberType::Ubinary],
    gives_several: true,
    copied: &[(Parameter::Dimensions, "output_dimension"), (Parameter::MaxTokens, "max_tokens")],
    purposes: (
        "input_type",
        &[
            (EmbeddingPurpose::Query, "search_query"),
            (EmbeddingPurpose::Document, "search_document"),
            (EmbeddingPurpose::Classification, "classification"),
            (EmbeddingPurpose::Clustering, "clustering"),
            (EmbeddingPurpose::Image, "image"),
        ],
    ),
    default_purpose: Some("search_document"),
    truncation: (
        "truncate",
        &[(Truncation::Off, "\"NONE\""), (Truncation::Start, "\"START\""), (Truncation::End, "\"END\"")],
    ),
};

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    request: &EmbeddingRequest<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let wanted = FORM.check(request, losses)?;
    let mut json = JsonWriter::default();
    json.begin_object();
    if !target.variant.has_model_in_path() {
        write_model_name(&mut json, request.model.as_deref(), target);
    }
    match request.texts() {
        Some(texts) => write_list(json.name("texts"), &texts),
        None => {
            json.name("inputs").begin_array();
            request.inputs.iter().try_for_each(|parts| write_input(&mut json, parts))?;
            json.end_array();
        }
    }
    FORM.write_settings(&mut json, request, losses);
    json.name("embedding_types").begin_array();
    // Bedrock has no base64.
    let has_base64 = !target.variant.has_model_in_path();
    let mut words: Vec<&str> = Vec::new();
    for form in &wanted {
        let word = if has_base64 { word(*form) } else { form.number.word() };
        if !words.contains(&word) {
            words.push(word);
            json.string(word);
        }
    }
    json.end_array();
    Ok(finish(json, wanted))
}

/// Word of a form. Only floats may be encoded.
fn word(form: VectorForm) -> &'static str {
    match form {
        VectorForm { number: NumberType::Float, is_base64: true } => "base64",
        form => form.number.word(),
    }
}

fn write_input(json: &mut JsonWriter, parts: &[MessagePart<'_>]) -> Result<(), Untranslatable> {
    json.begin_object().name("content").begin_array();
    for part in parts {
        json.begin_object().name("type");
        match &part.data {
            PartData::Text(text, _) => drop(json.string("text").name("text").escaped(text)),
            PartData::Media(media) if media.kind == PartKind::Image => {
                json.string("image_url").name("image_url").begin_object().name("url").escaped(&address(&media.media));
                json.end_object();
            }
            _ => return Err(Untranslatable::InputKind),
        }
        json.end_object();
    }
    json.end_array().end_object();
    Ok(())
}

/// Writes an answer: vectors by their type, or bare floats for clients of the older API.
pub(super) fn write_answer(answer: &EmbeddingAnswer<'_>, context: &EmbeddingContext) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").escaped(&answer.id).name("embeddings");
    if context.is_bare {
        write_vectors(&mut json, answer, 0);
        json.name("texts").begin_array().end_array();
    } else {
        json.begin_object();
        for (index, form) in answer.forms.iter().enumerate() {
            write_vectors(json.name(word(*form)), answer, index);
        }
        json.end_object();
    }
    let version = if context.is_bare { "1" } else { "2" };
    json.name("meta").begin_object().name("api_version").begin_object().name("version").string(version).end_object();
    if let Some(tokens) = answer.tokens {
        json.name("billed_units").begin_object().name("input_tokens").raw(&tokens.to_string()).end_object();
    }
    json.end_object();
    json.name("response_type").string(if context.is_bare { "embeddings_floats" } else { "embeddings_by_type" });
    json.end_object();
    json.finish()
}
