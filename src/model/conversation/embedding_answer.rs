//! Answer with embeddings in the form from which every dialect is written.

use super::answer::AnswerContext;
use super::maker::Escaped;
use crate::document::{EditedDocument, Span, sort_by_number};
use crate::model::vector::{NumberType, VectorForm, encoded};
use crate::model::{Choice, Event, Loss, Losses, Property, Untranslatable, WholeAnswer};
use std::borrow::Cow;

/// Answer with embeddings, ready to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmbeddingAnswer<'a> {
    /// Id.
    pub id: Escaped<'a>,
    /// Model that answered.
    pub model: Escaped<'a>,
    /// Tokens of the input, where the provider counts them.
    pub tokens: Option<u64>,
    /// Forms of the vectors that the client wants: at least one.
    pub forms: Vec<VectorForm>,
    /// Vectors of each input: JSON, in the order of the forms.
    pub vectors: Vec<Vec<Cow<'a, str>>>,
}

impl<'a> EmbeddingAnswer<'a> {
    /// Reads an answer. What no other dialect has is added to the losses.
    ///
    /// # Errors
    /// The provider's vectors are of another kind than those that the client wants.
    pub fn of(
        events: &[Event],
        source: &EditedDocument<'a>,
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Result<Self, Untranslatable> {
        let whole = WholeAnswer::of(events, source.document());
        let text = |span: Option<Span>| span.and_then(|span| source.string(span)).filter(|text| !text.is_empty());
        let mut forms = context.embedding.wanted.clone();
        if forms.is_empty() {
            forms.push(VectorForm::default());
        }
        whole.properties.iter().for_each(|(property, span)| losses.add_at(Loss::Property(*property), *span));
        let mut choices: Vec<&Choice> = whole.choices.iter().collect();
        if choices.iter().all(|choice| position(choice, source).is_some()) {
            sort_by_number(&mut choices, |choice| position(choice, source).unwrap_or_default());
        }
        let mut reader = VectorReader { source, number: context.embedding.number, losses };
        let vectors: Option<Vec<_>> = choices.iter().map(|choice| reader.choice(choice, &forms)).collect();
        Ok(Self {
            id: text(whole.id).unwrap_or_else(|| Cow::Owned(context.id.clone())),
            model: text(whole.model).unwrap_or_else(|| Cow::Owned(context.model.clone())),
            tokens: whole.usage.and_then(|usage| usage.input_total()).or_else(|| billed(events)),
            vectors: vectors.ok_or(Untranslatable::NumberType)?,
            forms,
        })
    }

    /// Vectors of all inputs in the form at an index.
    pub fn of_form(&self, index: usize) -> impl Iterator<Item = &str> {
        self.vectors.iter().filter_map(move |vectors| vectors.get(index)).map(|vector| &**vector)
    }
}

/// Tokens that are billed, of a provider that reports nothing else.
fn billed(events: &[Event]) -> Option<u64> {
    events.iter().find_map(|event| if let Event::Usage(report) = event { report.counts.billed_input } else { None })
}

/// Position of a vector's input in the request, where the answer says it.
fn position(choice: &Choice, source: &EditedDocument<'_>) -> Option<u64> {
    let index = choice.properties.iter().find(|(property, _)| *property == Property::DocumentIndex);
    source.raw(index?.1).parse().ok()
}

struct VectorReader<'r, 'a> {
    source: &'r EditedDocument<'a>,
    number: NumberType,
    losses: &'r mut Losses,
}

impl<'a> VectorReader<'_, 'a> {
    /// Returns an input's vectors in several forms. `None`: the answer does not have one of them.
    fn choice(&mut self, choice: &Choice, forms: &[VectorForm]) -> Option<Vec<Cow<'a, str>>> {
        let mut known: Vec<(NumberType, Cow<'a, str>)> = Vec::new();
        let mut number = self.number;
        for (property, span) in &choice.properties {
            match property {
                // The word stands before the vector.
                Property::Format => number = VectorForm::of(&self.source.string(*span)?)?.number,
                Property::Vector if forms.iter().any(|form| form.number == number) => {
                    known.push((number, self.source.raw(*span)));
                }
                Property::DocumentIndex => {}
                property => self.losses.add_at(Loss::Property(*property), *span),
            }
        }
        let find = |form: &VectorForm| {
            let mut same = known.iter().filter(|(number, _)| *number == form.number).map(|(_, raw)| raw);
            let as_is = same.clone().find(|raw| raw.starts_with('"') == form.is_base64);
            encoded(as_is.or_else(|| same.next())?, *form)
        };
        forms.iter().map(find).collect()
    }
}
