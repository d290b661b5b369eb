//! Request for embeddings in the form from which every dialect is written.

use super::maker::{Escaped, Maker};
use super::part::{MessagePart, PartData, PartReader};
use super::settings::{self, Setting};
use crate::document::{EditedDocument, Span};
use crate::model::vector::{EmbeddingPurpose, NumberType, Truncation, VectorForm};
use crate::model::{Branch, Child, Loss, Losses, Node, Parameter, PartKind, Property, Tree, Untranslatable};
use std::borrow::Cow;

/// Request for embeddings, ready to be written.
#[derive(Clone, Debug, Default)]
pub struct EmbeddingRequest<'a> {
    /// Model, as the client named it.
    pub model: Option<Escaped<'a>>,
    /// Parts of each input: at least one input.
    pub inputs: Vec<Vec<MessagePart<'a>>>,
    /// Purpose; `None` within for one that is unknown.
    pub purpose: Option<(Option<EmbeddingPurpose>, Span)>,
    /// Truncation of long inputs.
    pub truncation: Option<(Option<Truncation>, Span)>,
    /// Forms of the vectors that the client wants: at least one.
    pub wanted: Vec<VectorForm>,
    /// Place of their number types.
    pub types: Span,
    /// Other settings.
    pub settings: Vec<Setting<'a>>,
}

/// Conventions of a dialect's requests for embeddings.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbeddingConvention {
    /// Set when each input has its own settings.
    pub sets_each: bool,
    /// Set when numbers of binary vectors stand for one dimension each. Elsewhere they pack eight.
    pub has_bits: bool,
}

impl<'a> EmbeddingRequest<'a> {
    /// Reads a request's tree. What no other dialect has is added to the losses.
    ///
    /// # Errors
    /// The inputs, or their settings, are of a kind that no other dialect has.
    pub fn of(
        tree: &Tree,
        source: &EditedDocument<'a>,
        convention: EmbeddingConvention,
        losses: &mut Losses,
    ) -> Result<Self, Untranslatable> {
        let inputs = read_inputs(tree, source, losses)?;
        if convention.sets_each {
            check_alike(tree, source, inputs.len())?;
        }
        let (settings, reasoning, _) = settings::read(tree, source);
        reasoning.spans.iter().for_each(|(parameter, span)| losses.add_at(Loss::Parameter(*parameter), *span));
        let mut request = Self { model: settings.model, inputs, ..Self::default() };
        let mut is_base64 = false;
        for setting in settings.others {
            let Setting { parameter, value, span } = &setting;
            match parameter {
                Parameter::EmbeddingPurpose => {
                    request.purpose = Some((EmbeddingPurpose::of(value.trim_matches('"')), *span));
                }
                Parameter::Truncation => request.truncation = Some((Truncation::of(value), *span)),
                Parameter::EmbeddingEncoding => is_base64 = value == "\"base64\"",
                Parameter::EmbeddingTypes => {
                    request.types = *span;
                    let words = settings::words(value);
                    let forms = words.iter().map(|word| VectorForm::of(word).ok_or(Untranslatable::NumberType));
                    request.wanted = forms.collect::<Result<_, _>>()?;
                }
                _ => request.settings.push(setting),
            }
        }
        if request.wanted.is_empty() {
            request.wanted.push(VectorForm::default());
        }
        for form in &mut request.wanted {
            form.is_base64 |= is_base64;
            if convention.has_bits && form.number == NumberType::Binary {
                form.number = NumberType::Bit;
            }
        }
        Ok(request)
    }

    /// Texts of the inputs: parts of one are on lines of their own. `None`: there is an input that is no text.
    pub fn texts(&self) -> Option<Vec<Cow<'_, str>>> {
        self.inputs.iter().map(|parts| text_of(parts)).collect()
    }
}

/// Text of an input. `None`: it is none.
fn text_of<'p>(parts: &'p [MessagePart<'_>]) -> Option<Cow<'p, str>> {
    if let [part] = parts {
        return part.text().map(Cow::Borrowed);
    }
    let texts: Option<Vec<&str>> = parts.iter().map(MessagePart::text).collect();
    Some(texts?.join("\\n").into())
}

fn read_inputs<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
    losses: &mut Losses,
) -> Result<Vec<Vec<MessagePart<'a>>>, Untranslatable> {
    let mut reader = PartReader { source, maker: Maker::Other, losses };
    // Texts beside all messages are those of the only input.
    let mut single: Vec<Child> = tree.texts.iter().map(|text| Child::Text(*text)).collect();
    let is_single = !single.is_empty();
    let mut inputs = Vec::with_capacity(tree.branches.len());
    for branch in &tree.branches {
        match branch.node {
            Node::Message(_) => {
                inputs.push(reader.children(parts_of(branch)?));
            }
            Node::Part(PartKind::Image | PartKind::Audio | PartKind::Video) => {
                let child = Child::Branch(branch.clone());
                match is_single {
                    true => single.push(child),
                    false => inputs.push(reader.children(&[child])),
                }
            }
            _ => {
                let place = branch.texts().next().map(|text| text.span).unwrap_or_default();
                reader.losses.add_at(Loss::Property(Property::Title), place);
            }
        }
    }
    if is_single {
        inputs.push(reader.children(&single));
    }
    for part in inputs.iter().flatten() {
        match &part.data {
            PartData::Text(..) | PartData::Media(_) => {}
            _ => return Err(Untranslatable::InputKind),
        }
    }
    if inputs.is_empty() { Err(Untranslatable::Empty) } else { Ok(inputs) }
}

/// Texts and media of an input, which may stand in an object around them. Refuses tokens, several texts that each get a
/// vector, and what is neither text nor media.
fn parts_of(input: &Branch) -> Result<&[Child], Untranslatable> {
    let is_unknown = |child: &Child| matches!(child, Child::Branch(part) if part.node == Node::Part(PartKind::Other));
    match input.texts().count() {
        0 if input.children.is_empty() => return Err(Untranslatable::TokenInput),
        0 | 1 => {}
        _ => return Err(Untranslatable::InputKind),
    }
    let parts = match input.children.as_slice() {
        [Child::Branch(around)] if around.node == Node::Part(PartKind::Other) => around.children.as_slice(),
        children => children,
    };
    if parts.iter().any(is_unknown) { Err(Untranslatable::InputKind) } else { Ok(parts) }
}

/// Refuses settings that are not those of all inputs.
fn check_alike(tree: &Tree, source: &EditedDocument<'_>, inputs: usize) -> Result<(), Untranslatable> {
    let mut known: Vec<(Parameter, Cow<'_, str>, usize)> = Vec::new();
    for (parameter, span) in tree.parameters.iter().filter(|(parameter, _)| *parameter != Parameter::Model) {
        let value = source.raw(*span);
        match known.iter_mut().find(|(known, ..)| known == parameter) {
            Some((_, same, count)) if *same == value => *count += 1,
            Some(_) => return Err(Untranslatable::MixedSettings),
            None => known.push((*parameter, value, 1)),
        }
    }
    let is_of_all = known.iter().all(|(.., count)| *count == inputs);
    if is_of_all { Ok(()) } else { Err(Untranslatable::MixedSettings) }
}
