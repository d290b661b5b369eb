//! Writer of requests and answers of embed: `EmbedRequest` and `EmbedResponse` of the ollama SDK 0.6.3 and
//! <https://github.com/ollama/ollama/blob/main/docs/api.md>, read 2026-11-29.

use crate::dialect::chat_writing::write_model_name;
use crate::dialect::embedding_writing::{EmbeddingForm, TEXTS_ALONE, finish, write_texts, write_vectors};
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingRequest, Losses, Parameter, Truncation, Untranslatable, WriteTarget,
    WrittenRequest,
};

const FORM: EmbeddingForm = EmbeddingForm {
    copied: &[(Parameter::Dimensions, "dimensions")],
    truncation: ("truncate", &[(Truncation::Off, "false"), (Truncation::End, "true")]),
    ..TEXTS_ALONE
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
    write_model_name(&mut json, request.model.as_deref(), target);
    json.name("input");
    write_texts(&mut json, request)?;
    FORM.write_settings(&mut json, request, losses);
    Ok(finish(json, wanted))
}

/// Writes an answer; a bare vector for clients of the older API.
pub(super) fn write_answer(answer: &EmbeddingAnswer<'_>, context: &EmbeddingContext) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("model").escaped(&answer.model);
    match answer.of_form(0).next().filter(|_| context.is_bare) {
        Some(vector) => drop(json.name("embedding").raw(vector)),
        None => write_vectors(json.name("embeddings"), answer, 0),
    }
    if let Some(tokens) = answer.tokens {
        json.name("prompt_eval_count").raw(&tokens.to_string());
    }
    json.end_object();
    json.finish()
}
