//! Whole answer in the form from which every dialect is written.

use super::carrier::{Carrier, Proof, ProofKind, ReasoningPart};
use super::custom_input::CustomInput;
use super::logprobs;
use super::maker::{Escaped, Maker};
use super::part::{CallPart, MediaPart, MessagePart, PartData, is_custom};
use crate::document::{EditedDocument, KeySet, Span};
use crate::model::vector::EmbeddingContext;
use crate::model::{AnswerPart, Choice, FinishReason, Loss, Losses, Media, PartKind, Property, Variant, WholeAnswer};
use crate::usage::Usage;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Facts of the call that an answer is written for.
#[derive(Clone, Debug, Default)]
pub struct AnswerContext {
    /// Time, in seconds since 1970: the creation time of an answer that has none.
    pub now: u64,
    /// Id for an answer that has none: letters, digits, `-` and `_`.
    pub id: String,
    /// Model that the client asked for, for an answer that names none.
    pub model: String,
    /// Set when the client wants usage in its stream.
    pub stream_usage: bool,
    /// Name of the tool that the model was forced to call in place of a JSON schema: its arguments are the text.
    pub schema_tool: Option<String>,
    /// Names of functions as the client has them, by those that the provider got: both escaped.
    pub tool_names: Arc<BTreeMap<String, String>>,
    /// Names of the custom tools that the provider got as functions, as the client has them, escaped.
    pub custom_tools: Arc<KeySet<String>>,
    /// Form of the dialect that the client reads.
    pub variant: Variant,
    /// Facts of a request for embeddings.
    pub embedding: EmbeddingContext,
}

/// Support that a client's dialect has for proofs of other makers, and for custom tools.
#[derive(Clone, Copy, Debug)]
pub struct ClientSupport {
    /// Set when reasoning has one. Otherwise the id of the call after it carries it.
    pub reasoning: bool,
    /// Set when a call has one. Otherwise its id carries it.
    pub call: bool,
    /// Set when custom tools are called.
    pub custom: bool,
}

/// Whole answer, ready to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerContent<'a> {
    /// Id.
    pub id: Escaped<'a>,
    /// Model that answered.
    pub model: Escaped<'a>,
    /// Creation time, in seconds since 1970.
    pub created: u64,
    /// Service tier used.
    pub service_tier: Option<Escaped<'a>>,
    /// Choices by their index.
    pub choices: Vec<AnswerChoice<'a>>,
    /// Usage in disjoint buckets.
    pub usage: Option<Usage>,
}

/// Choice of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerChoice<'a> {
    /// Parts in order.
    pub parts: Vec<MessagePart<'a>>,
    /// Reason for its end.
    pub finish: Option<FinishReason>,
    /// Stop sequence that ended it.
    pub stop_sequence: Option<Escaped<'a>>,
    /// Probabilities of its tokens, as a JSON value in the form of chat completions.
    pub logprobs: Option<Cow<'a, str>>,
}

impl AnswerChoice<'_> {
    /// Matches a choice with the model's explanation of a refusal.
    pub fn refuses(&self) -> bool {
        self.parts.iter().any(|part| matches!(&part.data, PartData::Refusal(text) if !text.is_empty()))
    }
}

impl<'a> AnswerContent<'a> {
    /// Reads an answer. `maker`: company whose signatures its dialect carries. What no other dialect has is added to the
    /// losses.
    pub fn of(
        whole: &WholeAnswer,
        source: &EditedDocument<'a>,
        (maker, proofs): (Maker, ClientSupport),
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Self {
        let text = |span: Option<Span>| span.and_then(|span| source.string(span)).filter(|text| !text.is_empty());
        let id = text(whole.id).unwrap_or_else(|| Cow::Owned(context.id.clone()));
        let mut reader = AnswerReader { source, maker, proofs, context, losses, id: made_id(&id), calls: 0 };
        whole.properties.iter().for_each(|(property, span)| reader.losses.add_at(Loss::Property(*property), *span));
        let choices = whole.choices.iter().map(|choice| reader.choice(choice)).collect();
        Self {
            id,
            model: text(whole.model).unwrap_or_else(|| Cow::Owned(context.model.clone())),
            created: whole.created.unwrap_or(context.now),
            service_tier: text(whole.service_tier),
            choices,
            usage: whole.usage,
        }
    }
}

/// Part of the ids of calls that have none: that of the answer.
pub(super) fn made_id(answer: &str) -> String {
    answer.chars().filter(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_')).take(64).collect()
}

/// Id of a call that has none: unique in a conversation, and the same each time it is made.
pub(super) fn call_id(answer: &str, choice: usize, call: usize) -> String {
    format!("call_{answer}_{choice}_{call}")
}

struct AnswerReader<'r, 'a> {
    source: &'r EditedDocument<'a>,
    maker: Maker,
    proofs: ClientSupport,
    context: &'r AnswerContext,
    losses: &'r mut Losses,
    /// For ids of calls that have none.
    id: String,
    calls: usize,
}

impl<'a> AnswerReader<'_, 'a> {
    fn choice(&mut self, choice: &Choice) -> AnswerChoice<'a> {
        let mut answer = AnswerChoice { finish: choice.finish, ..AnswerChoice::default() };
        for (property, span) in &choice.properties {
            let raw = self.source.raw(*span);
            match property {
                _ if raw == "null" => {}
                Property::StopSequence => answer.stop_sequence = self.source.string(*span),
                Property::Logprobs if raw.contains("\"content\"") => answer.logprobs = Some(raw),
                Property::Logprobs if self.maker == Maker::Google => match logprobs::of_google(&raw) {
                    Some(logprobs) => answer.logprobs = Some(Cow::Owned(logprobs)),
                    None => self.losses.add_at(Loss::Property(*property), *span),
                },
                property => self.losses.add_at(Loss::Property(*property), *span),
            }
        }
        let mut carried = Vec::new();
        let calls = self.calls;
        for part in &choice.parts {
            if let Some(tokens) = self.last(part, Property::Logprobs) {
                answer.logprobs = Some(format!("{{\"content\":{tokens},\"refusal\":null}}").into());
            }
            if let Some(part) = self.part(part, &mut carried) {
                answer.parts.push(part);
            }
        }
        if !carried.is_empty() {
            let mut proofs = choice.parts.iter().flat_map(|part| &part.properties);
            let is_proof =
                |(property, _): &&(Property, Span)| matches!(property, Property::Signature | Property::Encrypted);
            let span = proofs.rfind(is_proof).map(|(_, span)| *span).unwrap_or_default();
            self.losses.add_at(Loss::Property(Property::Signature), span);
        }
        // The tool that stood for a schema is no call.
        if calls == self.calls && answer.finish == Some(FinishReason::ToolCalls) {
            answer.finish = Some(FinishReason::Stop);
        }
        // OpenAI says that the model stopped.
        if answer.finish == Some(FinishReason::Stop) && answer.refuses() {
            answer.finish = Some(FinishReason::Refusal);
        }
        answer
    }

    fn part(&mut self, part: &AnswerPart, carried: &mut Vec<Carrier<'a>>) -> Option<MessagePart<'a>> {
        // A text has nothing else to lose.
        let citations = part.property(Property::Citations).filter(|_| part.kind == PartKind::Text);
        let span = citations.or_else(|| part.texts.first().copied()).or(part.name).unwrap_or_default();
        let kept: &[Property] = match part.kind {
            PartKind::Text => &[Property::Citations, Property::Logprobs],
            PartKind::Reasoning => &[Property::Signature, Property::Encrypted, Property::Id, Property::Format],
            PartKind::ToolCall => &[Property::Signature, Property::ItemId, Property::Type],
            PartKind::Plan | PartKind::Refusal => &[],
            _ => &[Property::Data, Property::Url, Property::MediaType],
        };
        // Ids of messages, and the progress of what is complete, say nothing.
        let is_kept = |property: Property| {
            kept.contains(&property) || !part.builtin && matches!(property, Property::Id | Property::Status)
        };
        let lost = part.properties.iter().filter(|(property, _)| !is_kept(*property));
        lost.for_each(|(property, span)| self.losses.add_at(Loss::Property(*property), *span));
        let data = match part.kind {
            // A tool of the provider's, or one that only its API has.
            PartKind::ToolCall if part.builtin || self.is_foreign(part) => {
                self.losses.add_at(Loss::Tool, span);
                return None;
            }
            PartKind::Text => {
                let text = self.source.joined(&part.texts);
                let citations = self.last(part, Property::Citations);
                if text.is_empty() && citations.is_none() {
                    return None;
                }
                PartData::Text(text.into(), citations)
            }
            PartKind::Plan => PartData::Text(self.source.joined(&part.texts).into(), None),
            PartKind::Refusal => PartData::Refusal(self.source.joined(&part.texts).into()),
            PartKind::Reasoning => PartData::Reasoning(self.reasoning(part, carried)?),
            PartKind::ToolCall => self.call(part, carried),
            PartKind::Image | PartKind::Audio | PartKind::Video | PartKind::File => self.media(part, span)?,
            kind => {
                self.losses.add_at(Loss::Part(kind), span);
                return None;
            }
        };
        // What may be lost of a text are its citations.
        let span = part.property(Property::Citations).filter(|_| part.kind == PartKind::Text).unwrap_or(span);
        Some(MessagePart { data, cache: None, span })
    }

    /// Matches a call of a tool that the client's dialect does not have.
    fn is_foreign(&self, part: &AnswerPart) -> bool {
        part.property(Property::Type).is_some() && !(self.proofs.custom && self.is_custom(part))
    }

    /// Matches a call that its own dialect has as that of a custom tool.
    fn is_custom(&self, part: &AnswerPart) -> bool {
        self.text_of(part, Property::Type).is_some_and(|kind| is_custom(&kind))
    }

    fn last(&self, part: &AnswerPart, property: Property) -> Option<Cow<'a, str>> {
        part.property(property).map(|span| self.source.raw(span)).filter(|raw| !matches!(&**raw, "null" | "[]"))
    }

    fn text_of(&self, part: &AnswerPart, property: Property) -> Option<Escaped<'a>> {
        part.property(property).and_then(|span| self.source.string(span)).filter(|text| !text.is_empty())
    }

    fn proof(&self, part: &AnswerPart) -> Option<Proof<'a>> {
        let format = self.text_of(part, Property::Format).and_then(|format| Maker::of_format(&format));
        let maker = if part.kind == PartKind::ToolCall { self.maker.of_call() } else { self.maker };
        let maker = format.unwrap_or(maker);
        let proof = |kind, value| Proof { maker, kind, value };
        match (self.text_of(part, Property::Encrypted), self.text_of(part, Property::Signature)) {
            (Some(value), _) => Some(proof(ProofKind::Encrypted, value)),
            (None, Some(value)) => Some(proof(ProofKind::Signature, value)),
            (None, None) => None,
        }
    }

    /// Reads reasoning. What has no place in the client's dialect waits for the id of the next call.
    fn reasoning(&mut self, part: &AnswerPart, carried: &mut Vec<Carrier<'a>>) -> Option<ReasoningPart<'a>> {
        let (text, proof) = (self.source.joined(&part.texts), self.proof(part));
        if text.is_empty() && proof.is_none() {
            return None;
        }
        let is_proof =
            |(property, _): &&(Property, Span)| matches!(property, Property::Encrypted | Property::Signature);
        if part.properties.iter().filter(is_proof).count() > 1 {
            self.losses.add(Loss::Property(Property::Signature));
        }
        let id = self.text_of(part, Property::Id);
        if proof.is_some() && !self.proofs.reasoning {
            // As it was signed.
            let document = self.source.document();
            let text: String = part.texts.iter().map(|span| document.raw(*span)).collect();
            let reasoning = ReasoningPart { text: text.into(), proof: proof.clone(), id: id.clone() };
            carried.push(Carrier::Reasoning(reasoning));
        }
        Some(ReasoningPart { text: text.into(), proof, id })
    }

    fn call(&mut self, part: &AnswerPart, carried: &mut Vec<Carrier<'a>>) -> PartData<'a> {
        let name = part.name.and_then(|name| self.source.string(name)).unwrap_or_default();
        if self.context.schema_tool.as_deref() == Some(&*name) {
            let text = match part.arguments {
                Some(value) => escaped(&self.source.raw(value)),
                None => self.source.joined(&part.texts),
            };
            return PartData::Text(text.into(), None);
        }
        let name = match self.context.tool_names.get(&*name) {
            Some(name) => Cow::Owned(name.clone()),
            None => name,
        };
        let arguments = match part.arguments {
            Some(value) => self.source.raw(value),
            None => Cow::Owned(crate::document::unescape(&self.source.joined(&part.texts)).into_owned()),
        };
        let (is_custom, is_function) = (self.is_custom(part), !self.context.custom_tools.contains(&*name));
        let arguments = match arguments {
            arguments if is_custom => arguments,
            arguments if !is_function => Cow::Owned(CustomInput::whole(&arguments)),
            arguments if arguments.trim().is_empty() => Cow::Borrowed("{}"),
            arguments => arguments,
        };
        let is_custom = is_custom || !is_function;
        let given = part.id.and_then(|id| self.source.string(id)).filter(|id| !id.is_empty());
        let id = given.unwrap_or_else(|| Cow::Owned(call_id(&self.id, 0, self.calls)));
        self.calls += 1;
        let proof = self.proof(part);
        if !self.proofs.call {
            carried.extend(proof.clone().map(Carrier::Call));
        }
        let entries = std::mem::take(carried);
        let id = match entries.is_empty() {
            true => id,
            false => Carrier::append(&id, &entries).map_or_else(
                || {
                    self.losses.add(Loss::Property(Property::Signature));
                    id
                },
                Cow::Owned,
            ),
        };
        PartData::Call(Box::new(CallPart { id, name, arguments, is_custom, proof, proof_span: None }))
    }

    fn media(&mut self, part: &AnswerPart, span: Span) -> Option<PartData<'a>> {
        let text = |property| self.text_of(part, property);
        let media = match (text(Property::Data), text(Property::Url)) {
            (Some(data), _) => Some(Media::Inline { kind: text(Property::MediaType).unwrap_or_default(), data }),
            (None, Some(url)) => Some(Media::of_url(url)),
            (None, None) => None,
        };
        let Some(media) = media else {
            self.losses.add_at(Loss::Part(part.kind), span);
            return None;
        };
        let (kind, media_type) = (part.kind, text(Property::MediaType));
        let (name, context, detail, citations) = (None, None, None, None);
        Some(PartData::Media(Box::new(MediaPart { kind, media, media_type, name, context, detail, citations })))
    }
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::document::escape_into(text, &mut out);
    out
}
