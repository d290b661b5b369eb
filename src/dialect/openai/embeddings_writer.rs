//! Writer of requests and answers: `embedding_create_params` and `create_embedding_response` of the openai SDK 3.57.0,
//! `EmbeddingRequest` and `EmbeddingResponse` of the mistralai SDK 3.7.0, and
//! <https://docs.voyageai.com/reference/embeddings-api>, read 2026-11-29.

use crate::dialect::chat_writing::write_model_name;
use crate::dialect::embedding_writing::{EmbeddingForm, TEXTS_ALONE, finish, write_texts};
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingPurpose, EmbeddingRequest, Losses, NumberType, Parameter, Truncation,
    Untranslatable, Variant, WriteTarget, WrittenRequest,
};

const NUMBERS: &[NumberType] =
    &[NumberType::Float, NumberType::Int8, NumberType::Uint8, NumberType::Binary, NumberType::Ubinary];

const OPENAI: EmbeddingForm = EmbeddingForm {
    most: 2048,
    copied: &[(Parameter::Dimensions, "dimensions"), (Parameter::User, "user")],
    ..TEXTS_ALONE
};

const MISTRAL: EmbeddingForm =
    EmbeddingForm { numbers: NUMBERS, copied: &[(Parameter::Dimensions, "output_dimension")], ..TEXTS_ALONE };

const VOYAGE: EmbeddingForm = EmbeddingForm {
    most: 1000,
    purposes: ("input_type", &[(EmbeddingPurpose::Query, "query"), (EmbeddingPurpose::Document, "document")]),
    truncation: ("truncation", &[(Truncation::Off, "false"), (Truncation::End, "true")]),
    ..MISTRAL
};

/// Members of a request that a form of the API does not have and another has.
pub(in crate::dialect) const fn foreign_members(variant: Variant) -> &'static [&'static str] {
    match variant {
        Variant::Common => &["output_dimension", "output_dtype", "input_type", "truncation"],
        Variant::Mistral => &["dimensions", "user", "input_type", "truncation"],
        Variant::Voyage => &["dimensions", "user"],
        // Other servers have members of both.
        _ => &[],
    }
}

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    request: &EmbeddingRequest<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let form = match target.variant {
        Variant::Mistral => &MISTRAL,
        Variant::Voyage => &VOYAGE,
        _ => &OPENAI,
    };
    let wanted = form.check(request, losses)?;
    let mut json = JsonWriter::default();
    json.begin_object();
    write_model_name(&mut json, request.model.as_deref(), target);
    json.name("input");
    write_texts(&mut json, request)?;
    form.write_settings(&mut json, request, losses);
    let number = wanted.first().map(|form| form.number).unwrap_or_default();
    if number != NumberType::Float {
        json.name("output_dtype").string(number.word());
    }
    if wanted.iter().all(|form| form.is_base64) {
        json.name("encoding_format").string("base64");
    }
    Ok(finish(json, wanted))
}

/// Writes an answer. The type of OpenAI's demands usage, that of Mistral's an id.
pub(super) fn write_answer(answer: &EmbeddingAnswer<'_>, _: &EmbeddingContext) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").escaped(&answer.id).name("object").string("list");
    json.name("data").begin_array();
    for (index, vector) in answer.of_form(0).enumerate() {
        json.begin_object().name("object").string("embedding").name("index").raw(&index.to_string());
        json.name("embedding").raw(vector).end_object();
    }
    json.end_array().name("model").escaped(&answer.model);
    let tokens = answer.tokens.unwrap_or_default().to_string();
    json.name("usage").begin_object().name("prompt_tokens").raw(&tokens).name("total_tokens").raw(&tokens);
    json.end_object().end_object();
    json.finish()
}
