//! A whole answer as choices and parts: a fold over its events, for whoever writes it anew.

use super::{Channel, Content, Event, Extra, FinishReason, Owner, PartKind, Property};
use crate::document::{Document, EditedDocument, Span};
use crate::usage::Usage;
use std::collections::BTreeMap;

/// Whole answer. Spans refer to the document that its events were read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WholeAnswer {
    /// The provider's id.
    pub id: Option<Span>,
    /// The model that answered.
    pub model: Option<Span>,
    /// Creation time, in seconds since 1970.
    pub created: Option<u64>,
    /// Service tier used.
    pub service_tier: Option<Span>,
    /// Usage in disjoint buckets.
    pub usage: Option<Usage>,
    /// Choices by their index.
    pub choices: Vec<Choice>,
    /// Members of the answer itself.
    pub properties: Vec<(Property, Span)>,
}

/// Choice of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Parts in the order in which they begin.
    pub parts: Vec<AnswerPart>,
    /// Finish reason.
    pub finish: Option<FinishReason>,
    /// Members of the choice itself.
    pub properties: Vec<(Property, Span)>,
}

/// Part of a choice.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerPart {
    /// Kind.
    pub kind: PartKind,
    /// Position among the parts of the choice.
    position: usize,
    /// Pieces of its text, or of a call's arguments.
    pub texts: Vec<Span>,
    /// Id of a call.
    pub id: Option<Span>,
    /// Name of a call.
    pub name: Option<Span>,
    /// Name of a tool of the provider that the answer itself does not name.
    pub tool: Option<&'static str>,
    /// Arguments that are a JSON value.
    pub arguments: Option<Span>,
    /// Set when the provider runs the tool itself.
    pub builtin: bool,
    /// Other members.
    pub properties: Vec<(Property, Span)>,
}

/// Upper bound on the index of a choice that others are missing before: a provider's index must not determine an
/// allocation.
const MAX_INDEX: usize = 127;

impl WholeAnswer {
    /// Folds the events of a whole answer.
    pub fn of(events: &[Event], document: Document<'_>) -> Self {
        let mut fold = AnswerFold::default();
        events.iter().for_each(|event| fold.apply(event, document));
        fold.finish()
    }
}

/// Fold of a whole answer.
#[derive(Default)]
struct AnswerFold {
    answer: WholeAnswer,
    /// Position of each part of a choice, by its kind and index.
    positions: BTreeMap<(u32, PartKind, u32), usize>,
}

impl AnswerFold {
    fn apply(&mut self, event: &Event, document: Document<'_>) {
        let answer = &mut self.answer;
        match *event {
            Event::Id(span) => answer.id = answer.id.or(Some(span)),
            Event::Model(span) => answer.model = answer.model.or(Some(span)),
            Event::Successor(span) => answer.model = Some(span),
            Event::Created(seconds) => answer.created = Some(seconds),
            Event::ServiceTier(span) => answer.service_tier = Some(span),
            Event::Usage(ref report) => answer.usage = Some(report.counts.counted().usage(report.convention)),
            Event::Choice(choice) => drop(self.choice(choice)),
            Event::Text { channel, text } | Event::Missing { channel, text } => {
                if let Some(part) = self.part(channel) {
                    part.texts.push(text);
                }
            }
            Event::ToolCall { choice, part, id, name, builtin } => {
                if let Some(call) = self.part(Channel { choice, part, content: Content::Arguments }) {
                    (call.id, call.name, call.builtin) = (id.or(call.id), name.or(call.name), builtin || call.builtin);
                }
            }
            Event::BuiltinCall { choice, part, id, name } => {
                if let Some(call) = self.part(Channel { choice, part, content: Content::Arguments }) {
                    (call.id, call.tool, call.builtin) = (id, Some(name), true);
                }
            }
            Event::Arguments { choice, part, value } => {
                if let Some(call) = self.part(Channel { choice, part, content: Content::Arguments }) {
                    call.arguments = Some(value);
                }
            }
            Event::Property { owner, property, value } => self.add_property(owner, property, value),
            Event::Finish { choice, reason } => self.end(choice, FinishReason::of(&document.text(reason))),
            Event::FinishWord { choice, reason } => self.end(choice, FinishReason::of(reason)),
            // A blocked prompt has no choice.
            Event::Extra { name: Extra::BlockReason, .. } => self.end(0, FinishReason::ContentFilter),
            _ => {}
        }
    }

    fn add_property(&mut self, owner: Owner, property: Property, value: Span) {
        let properties = match owner {
            Owner::Answer => Some(&mut self.answer.properties),
            Owner::Choice(choice) => self.choice(choice).map(|choice| &mut choice.properties),
            Owner::Part { choice, part, kind } => self.part_of(choice, part, kind).map(|part| &mut part.properties),
        };
        if let Some(properties) = properties {
            properties.push((property, value));
        }
    }

    fn end(&mut self, index: u32, reason: FinishReason) {
        if let Some(choice) = self.choice(index) {
            choice.finish = Some(reason);
        }
    }

    fn choice(&mut self, index: u32) -> Option<&mut Choice> {
        let choices = &mut self.answer.choices;
        let at = index as usize;
        // Vectors of embeddings are more, but have no gaps.
        if at > choices.len().max(MAX_INDEX) {
            return None;
        }
        if choices.len() <= at {
            choices.resize(at + 1, Choice::default());
        }
        choices.get_mut(at)
    }

    /// Returns the part that a channel belongs to; begins it where it is new.
    fn part(&mut self, channel: Channel) -> Option<&mut AnswerPart> {
        self.part_of(channel.choice, channel.part, channel.content.part_kind())
    }

    fn part_of(&mut self, choice: u32, index: u32, kind: PartKind) -> Option<&mut AnswerPart> {
        let known = self.positions.get(&(choice, kind, index)).copied();
        let parts = &mut self.choice(choice)?.parts;
        let at = known.unwrap_or(parts.len());
        if known.is_none() {
            parts.push(AnswerPart::new(kind, at));
            self.positions.insert((choice, kind, index), at);
        }
        self.choice(choice)?.parts.get_mut(at)
    }

    /// Returns the answer. Some providers say that the model stopped when it calls tools.
    fn finish(mut self) -> WholeAnswer {
        for choice in self.answer.choices.iter_mut().filter(|choice| choice.finish == Some(FinishReason::Stop)) {
            if choice.parts.iter().any(|part| part.kind == PartKind::ToolCall && !part.builtin) {
                choice.finish = Some(FinishReason::ToolCalls);
            }
        }
        self.answer
    }
}

impl WholeAnswer {
    /// Returns the id of a call. Where the provider gave none, it is made from the answer's id and the position of the
    /// call: unique in a conversation, and the same each time it is made.
    pub fn call_id(&self, choice: usize, call: &AnswerPart, source: &EditedDocument<'_>) -> String {
        let given = call.id.and_then(|id| source.string(id));
        given.map_or_else(|| self.made_id(choice, call, source), |id| id.into_owned())
    }

    fn made_id(&self, choice: usize, call: &AnswerPart, source: &EditedDocument<'_>) -> String {
        let id = self.id.and_then(|id| source.string(id)).unwrap_or_default();
        let id: String = id.chars().filter(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_')).collect();
        format!("call_of_{id}_{choice}_{}", call.position)
    }
}

impl AnswerPart {
    fn new(kind: PartKind, position: usize) -> Self {
        let (texts, properties) = (Vec::new(), Vec::new());
        let (id, name, tool, arguments) = (None, None, None, None);
        Self { kind, position, texts, id, name, tool, arguments, builtin: false, properties }
    }

    /// Returns the value of a member; of a repeated one, the last.
    pub fn property(&self, property: Property) -> Option<Span> {
        self.properties.iter().rev().find(|(name, _)| *name == property).map(|(_, value)| *value)
    }
}
