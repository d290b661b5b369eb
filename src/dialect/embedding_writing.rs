//! Pieces of requests for embeddings, and of their answers, that several dialects write alike.

use super::writing::lose;
use crate::document::JsonWriter;
use crate::model::{
    EmbeddingAnswer, EmbeddingContext, EmbeddingPurpose, EmbeddingRequest, Loss, Losses, NumberType, Parameter,
    ProviderError, Truncation, Untranslatable, VectorForm, WrittenRequest,
};
use std::borrow::Cow;

/// Form of a request for embeddings.
pub(super) struct EmbeddingForm {
    /// Maximum number of inputs.
    pub(super) most: usize,
    /// Number types of its vectors.
    pub(super) numbers: &'static [NumberType],
    /// Set when one call gives vectors of several number types.
    pub(super) gives_several: bool,
    /// Parameters that are copied.
    pub(super) copied: &'static [(Parameter, &'static str)],
    /// Name and words of the purpose.
    pub(super) purposes: (&'static str, &'static [(EmbeddingPurpose, &'static str)]),
    /// Purpose that is written where none is known.
    pub(super) default_purpose: Option<&'static str>,
    /// Name and values of truncation, as JSON.
    pub(super) truncation: (&'static str, &'static [(Truncation, &'static str)]),
}

/// Form of an API that has texts and nothing else.
pub(super) const TEXTS_ALONE: EmbeddingForm = EmbeddingForm {
    most: usize::MAX,
    numbers: &[NumberType::Float],
    gives_several: false,
    copied: &[],
    purposes: ("", &[]),
    default_purpose: None,
    truncation: ("", &[]),
};

impl EmbeddingForm {
    /// Checks that the inputs can be said. Returns the wanted forms of vectors that the API can give.
    ///
    /// # Errors
    /// There are too many inputs, or none of those forms.
    pub(super) fn check(
        &self,
        request: &EmbeddingRequest<'_>,
        losses: &mut Losses,
    ) -> Result<Vec<VectorForm>, Untranslatable> {
        match (self.most, request.inputs.len()) {
            (1, 2..) => return Err(Untranslatable::SeveralInputs),
            (most, inputs) if inputs > most => return Err(Untranslatable::TooManyInputs),
            _ => {}
        }
        let (mut known, others): (Vec<VectorForm>, Vec<VectorForm>) =
            request.wanted.iter().partition(|form| self.numbers.contains(&form.number));
        let mut is_lost = !others.is_empty();
        if !self.gives_several {
            let first = known.first().map(|form| form.number);
            let has_float = known.iter().any(|form| form.number == NumberType::Float);
            let number = if has_float { Some(NumberType::Float) } else { first };
            let count = known.len();
            known.retain(|form| Some(form.number) == number);
            is_lost |= known.len() < count;
        }
        if is_lost {
            losses.add_at(Loss::Limit(Parameter::EmbeddingTypes), request.types);
        }
        if known.is_empty() { Err(Untranslatable::NumberType) } else { Ok(known) }
    }

    /// Writes the settings other than the number types, and adds those that the API does not have to the losses.
    pub(super) fn write_settings(&self, json: &mut JsonWriter, request: &EmbeddingRequest<'_>, losses: &mut Losses) {
        for setting in &request.settings {
            match word_of(self.copied, setting.parameter) {
                Some(name) => drop(json.name(name).raw(&setting.value)),
                None => lose(setting, losses),
            }
        }
        if let Some(word) = self.purpose(request, losses) {
            json.name(self.purposes.0).string(word);
        }
        if let Some((truncation, span)) = request.truncation {
            match truncation.and_then(|truncation| word_of(self.truncation.1, truncation)) {
                Some(value) => drop(json.name(self.truncation.0).raw(value)),
                None => losses.add_at(Loss::Parameter(Parameter::Truncation), span),
            }
        }
    }

    fn purpose(&self, request: &EmbeddingRequest<'_>, losses: &mut Losses) -> Option<&'static str> {
        let Some((purpose, span)) = request.purpose else { return self.default_purpose };
        let word = |purpose| word_of(self.purposes.1, purpose);
        match (purpose.and_then(word), purpose.and_then(|purpose| word(purpose.broader()))) {
            (Some(word), _) => Some(word),
            (None, Some(broader)) => {
                losses.add_at(Loss::Limit(Parameter::EmbeddingPurpose), span);
                Some(broader)
            }
            (None, None) => {
                // Of what kind the inputs are shows in themselves.
                if purpose != Some(EmbeddingPurpose::Image) {
                    losses.add_at(Loss::Parameter(Parameter::EmbeddingPurpose), span);
                }
                self.default_purpose
            }
        }
    }
}

fn word_of<T: Copy + PartialEq, W: Copy>(rows: &[(T, W)], wanted: T) -> Option<W> {
    rows.iter().find(|(known, _)| *known == wanted).map(|(_, word)| *word)
}

/// Ends a request. `wanted`: the forms of vectors that its answer can give.
pub(super) fn finish(mut json: JsonWriter, wanted: Vec<VectorForm>) -> WrittenRequest {
    json.end_object();
    let number = wanted.first().map(|form| form.number).unwrap_or_default();
    let embedding = EmbeddingContext { wanted, number, is_bare: false };
    WrittenRequest { body: json.finish(), embedding, ..WrittenRequest::default() }
}

/// Writes the texts of the inputs: one by itself, several as a list.
///
/// # Errors
/// An input is no text.
pub(super) fn write_texts(json: &mut JsonWriter, request: &EmbeddingRequest<'_>) -> Result<(), Untranslatable> {
    let texts = request.texts().ok_or(Untranslatable::InputKind)?;
    match texts.as_slice() {
        [text] => drop(json.escaped(text)),
        texts => write_list(json, texts),
    }
    Ok(())
}

/// Writes texts as a list.
pub(super) fn write_list(json: &mut JsonWriter, texts: &[Cow<'_, str>]) {
    json.begin_array();
    for text in texts {
        json.escaped(text);
    }
    json.end_array();
}

/// Writes the vectors of all inputs in the form at an index, each as it is.
pub(super) fn write_vectors(json: &mut JsonWriter, answer: &EmbeddingAnswer<'_>, index: usize) {
    json.begin_array();
    for vector in answer.of_form(index) {
        json.raw(vector);
    }
    json.end_array();
}

/// Writes an error whose text is `message` (Cohere, AWS).
pub(super) fn write_message(error: &ProviderError) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("message").string(&error.message).end_object();
    json.finish()
}
