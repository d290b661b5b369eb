//! Writer of requests and answers: `_EmbedContentParametersPrivate_to_mldev` and `EmbedContentResponse` of the
//! google-genai SDK 3.6.1 and <https://ai.google.dev/api/embeddings>, read 2026-11-29. One input is one of embedContent,
//! several are those of batchEmbedContents.

use crate::dialect::embedding_writing::{EmbeddingForm, TEXTS_ALONE, finish};
use crate::dialect::writing::mime;
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingPurpose, EmbeddingRequest, Losses, Media, MessagePart, Parameter,
    PartData, Untranslatable, WriteTarget, WrittenRequest,
};

const FORM: EmbeddingForm = EmbeddingForm {
    copied: &[(Parameter::Dimensions, "outputDimensionality")],
    purposes: (
        "taskType",
        &[
            (EmbeddingPurpose::Query, "RETRIEVAL_QUERY"),
            (EmbeddingPurpose::Document, "RETRIEVAL_DOCUMENT"),
            (EmbeddingPurpose::Classification, "CLASSIFICATION"),
            (EmbeddingPurpose::Clustering, "CLUSTERING"),
            (EmbeddingPurpose::Similarity, "SEMANTIC_SIMILARITY"),
            (EmbeddingPurpose::QuestionAnswering, "QUESTION_ANSWERING"),
            (EmbeddingPurpose::FactVerification, "FACT_VERIFICATION"),
            (EmbeddingPurpose::CodeQuery, "CODE_RETRIEVAL_QUERY"),
        ],
    ),
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
    match request.inputs.as_slice() {
        [parts] => write_input(&mut json, parts, request, target, losses)?,
        inputs => {
            json.name("requests").begin_array();
            // Each input loses the same.
            let mut others = Losses::default();
            for (index, parts) in inputs.iter().enumerate() {
                json.begin_object();
                let losses = if index == 0 { &mut *losses } else { &mut others };
                write_input(&mut json, parts, request, target, losses)?;
                json.end_object();
            }
            json.end_array();
        }
    }
    Ok(finish(json, wanted))
}

/// Writes the members of an input: each names the model, and has the settings of all.
fn write_input(
    json: &mut JsonWriter,
    parts: &[MessagePart<'_>],
    request: &EmbeddingRequest<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    match (target.model, &request.model) {
        (Some(model), _) => drop(json.name("model").string(&format!("models/{model}"))),
        (None, Some(model)) => drop(json.name("model").escaped(&format!("models/{model}"))),
        (None, None) => {}
    }
    json.name("content").begin_object().name("parts").begin_array();
    for part in parts {
        json.begin_object();
        match &part.data {
            PartData::Text(text, _) => drop(json.name("text").escaped(text)),
            PartData::Media(part) => write_media(json, &part.media),
            _ => return Err(Untranslatable::InputKind),
        }
        json.end_object();
    }
    json.end_array().end_object();
    FORM.write_settings(json, request, losses);
    Ok(())
}

fn write_media(json: &mut JsonWriter, media: &Media<'_>) {
    match media {
        Media::Inline { kind, data } => {
            json.name("inlineData").begin_object().name("mimeType").escaped(mime(kind)).name("data").escaped(data);
        }
        Media::Url(url) | Media::File(url) | Media::Text(url) => {
            json.name("fileData").begin_object().name("fileUri").escaped(url);
        }
    }
    json.end_object();
}

/// Writes an answer: one embedding, or a list for clients that ask for several.
pub(super) fn write_answer(answer: &EmbeddingAnswer<'_>, context: &EmbeddingContext) -> String {
    let mut json = JsonWriter::default();
    json.begin_object();
    match answer.of_form(0).next().filter(|_| context.is_bare) {
        Some(vector) => {
            json.name("embedding").begin_object().name("values").raw(vector).end_object();
        }
        None => {
            json.name("embeddings").begin_array();
            for vector in answer.of_form(0) {
                json.begin_object().name("values").raw(vector).end_object();
            }
            json.end_array();
        }
    }
    if let Some(tokens) = answer.tokens {
        let tokens = tokens.to_string();
        json.name("usageMetadata").begin_object().name("promptTokenCount").raw(&tokens);
        json.name("totalTokenCount").raw(&tokens).end_object();
    }
    json.end_object();
    json.finish()
}
