//! Writer of requests and answers of Titan Text Embeddings:
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html>, read 2026-11-29.

use crate::dialect::embedding_writing::{EmbeddingForm, TEXTS_ALONE, finish, write_texts};
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingRequest, Losses, Parameter, Untranslatable, WriteTarget, WrittenRequest,
};

const FORM: EmbeddingForm = EmbeddingForm {
    most: 1,
    copied: &[(Parameter::Dimensions, "dimensions"), (Parameter::Normalization, "normalize")],
    ..TEXTS_ALONE
};

/// Lengths of vectors, of which the last is the default.
const LENGTHS: [&str; 3] = ["256", "512", "1024"];

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    request: &EmbeddingRequest<'_>,
    _: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let wanted = FORM.check(request, losses)?;
    let length = request.settings.iter().find(|setting| setting.parameter == Parameter::Dimensions);
    if length.is_some_and(|length| !LENGTHS.contains(&&*length.value)) {
        return Err(Untranslatable::VectorLength);
    }
    let mut json = JsonWriter::default();
    json.begin_object().name("inputText");
    write_texts(&mut json, request)?;
    FORM.write_settings(&mut json, request, losses);
    Ok(finish(json, wanted))
}

/// Writes an answer, which has its vector twice: by itself, and by its type.
pub(super) fn write_answer(answer: &EmbeddingAnswer<'_>, _: &EmbeddingContext) -> String {
    let mut json = JsonWriter::default();
    json.begin_object();
    if let Some(vector) = answer.of_form(0).next() {
        json.name("embedding").raw(vector);
        json.name("embeddingsByType").begin_object().name("float").raw(vector).end_object();
    }
    if let Some(tokens) = answer.tokens {
        json.name("inputTextTokenCount").raw(&tokens.to_string());
    }
    json.end_object();
    json.finish()
}
