//! Fold over the decoded parts of one answer: the reply, and further facts for the command.

use super::read::merges;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tollgate::attempt::{Decoded, FrameFacts};
use tollgate::dialect;
use tollgate::document::{Document, Span};
use tollgate::model::{Channel, Content, Event, Reply};

/// Facts decoded so far.
#[derive(Default)]
pub(crate) struct Fold {
    /// The core's own fold.
    pub(crate) reply: Reply,
    /// Text of choice 0, part by part.
    texts: BTreeMap<u32, String>,
    /// Order of the parts' beginnings.
    order: Vec<u32>,
    /// Reasoning of choice 0.
    pub(crate) reasoning: String,
    /// Refusal of choice 0.
    pub(crate) refusal: String,
    /// The first error's message.
    pub(crate) message: Option<String>,
    /// Kinds of parts.
    pub(crate) kinds: BTreeSet<String>,
    /// Kinds of events.
    pub(crate) events: BTreeSet<String>,
    /// The usage object, as its dialect merges it over a stream.
    pub(crate) raw_usage: Option<Map<String, Value>>,
    /// Counts that Bedrock adds to a stream.
    pub(crate) metrics: Option<Value>,
    /// Parts that could not be read.
    pub(crate) notes: Vec<&'static str>,
    seen: BTreeSet<u32>,
    parts: BTreeSet<u32>,
}

impl Fold {
    /// Adds one decoded part.
    pub(crate) fn take(&mut self, read: &Decoded<'_>) {
        match read {
            Decoded::Whole { said: Some(said), .. } => self.said(*said),
            Decoded::Frame { said: Some(said), wrapped, .. } => {
                if *wrapped && let Some(counted) = dialect::invocation_metrics(said.document) {
                    self.metrics = serde_json::from_str(said.document.raw(counted.raw)).ok();
                }
                self.said(*said);
            }
            Decoded::Note(note) => self.notes.push(note.name()),
            Decoded::Whole { said: None, .. } | Decoded::Frame { said: None, .. } | Decoded::Rest { .. } => {}
        }
    }

    /// Text of choice 0.
    pub(crate) fn text(&self) -> String {
        self.order.iter().filter_map(|part| self.texts.get(part)).map(String::as_str).collect()
    }

    /// Number of choices; in the Responses API, of items. `None` where neither the operation nor the answer has
    /// choices.
    pub(crate) fn choices(&self, operation: &str) -> Option<usize> {
        if matches!(operation, "responses" | "responses_get") {
            return Some(self.parts.len());
        }
        let chooses = matches!(operation, "chat_completions" | "completions" | "generate_content");
        (chooses || !self.seen.is_empty()).then_some(self.seen.len())
    }

    fn said(&mut self, said: FrameFacts<'_>) {
        for event in said.events {
            self.reply.apply(event, said.document);
            self.event(event, said.document);
        }
    }

    fn event(&mut self, event: &Event, document: Document<'_>) {
        match event {
            Event::Text { channel, text } | Event::Missing { channel, text } => {
                self.seen.insert(channel.choice);
                self.piece(*channel, &document.text(*text));
            }
            Event::Choice(choice)
            | Event::Finish { choice, .. }
            | Event::FinishWord { choice, .. }
            | Event::ToolCall { choice, .. }
            | Event::BuiltinCall { choice, .. } => {
                self.seen.insert(*choice);
            }
            Event::Part { choice, part, kind } => {
                self.seen.insert(*choice);
                self.parts.insert(*part);
                self.kinds.insert(document.text(*kind).into_owned());
            }
            Event::EventName(kind) => {
                self.events.insert(document.text(*kind).into_owned());
            }
            Event::Usage(counted) => self.usage(counted.raw, merges(counted.convention), document),
            Event::Failure { message: Some(message), .. } if self.message.is_none() => {
                self.message = Some(document.text(*message).into_owned());
            }
            _ => {}
        }
    }

    fn piece(&mut self, channel: Channel, text: &str) {
        if channel.choice != 0 {
            return;
        }
        match channel.content {
            Content::Text => {
                if !self.texts.contains_key(&channel.part) {
                    self.order.push(channel.part);
                }
                self.texts.entry(channel.part).or_default().push_str(text);
            }
            Content::Reasoning | Content::SignedReasoning | Content::Plan => self.reasoning.push_str(text),
            Content::Refusal => self.refusal.push_str(text),
            Content::Speech | Content::Arguments | Content::Input => {}
        }
    }

    /// Adds a usage object. It replaces an earlier one or, where a dialect reports some counts at the beginning and
    /// others at the end, only the members it repeats.
    fn usage(&mut self, raw: Span, merges: bool, document: Document<'_>) {
        let Ok(members) = serde_json::from_str::<Map<String, Value>>(document.raw(raw)) else {
            return;
        };
        match &mut self.raw_usage {
            Some(known) if merges => known.extend(members.into_iter().filter(|(_, value)| !value.is_null())),
            known => *known = Some(members),
        }
    }
}
