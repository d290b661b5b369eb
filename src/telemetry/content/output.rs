//! Output of a call.

use super::Input;
use super::hash::hexadecimal;
use super::part::{PartWriter, cut};
use crate::document::Document;
use crate::model::{Channel, Content, Event, Reply};
use crate::record::Captured;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The output of one call: its texts, concatenated by channel.
#[derive(Debug)]
pub struct Output {
    limit: usize,
    texts: Vec<(Channel, String)>,
    /// Where each channel's text is.
    positions: BTreeMap<Channel, usize>,
    /// Set when the limit cut something off.
    truncated: bool,
}

impl Output {
    /// Keeps at most `limit` bytes of text.
    pub fn new(limit: usize) -> Self {
        Self { limit, texts: Vec::new(), positions: BTreeMap::new(), truncated: false }
    }

    /// Adds the texts of one answer or event.
    pub fn push(&mut self, document: Document<'_>, events: &[Event]) {
        for event in events {
            match *event {
                Event::Text { channel, text } | Event::Missing { channel, text } => {
                    self.append(channel, &document.text(text))
                }
                Event::ToolCall { choice, part, .. } | Event::BuiltinCall { choice, part, .. } => {
                    self.begin_call(choice, part);
                }
                Event::Arguments { choice, part, value } if document.raw(value) != "{}" => {
                    let channel = Channel { choice, part, content: Content::Arguments };
                    // Some providers repeat as a whole the arguments sent in pieces (Cohere v1).
                    if self.text(channel).is_none_or(str::is_empty) {
                        self.append(channel, document.raw(value));
                    }
                }
                _ => {}
            }
        }
    }

    /// Begins a tool call, once: events report a call repeatedly, when it begins, when it ends, and when the answer
    /// ends.
    fn begin_call(&mut self, choice: u32, part: u32) {
        let [arguments, input] = [Content::Arguments, Content::Input].map(|content| Channel { choice, part, content });
        if self.text(arguments).or_else(|| self.text(input)).is_none() {
            self.append(arguments, "");
        }
    }

    /// Text of a channel so far.
    fn text(&self, channel: Channel) -> Option<&str> {
        self.texts.get(*self.positions.get(&channel)?).map(|(_, text)| text.as_str())
    }

    fn append(&mut self, channel: Channel, text: &str) {
        let kept = cut(text, self.limit);
        self.truncated |= kept.len() < text.len();
        self.limit -= kept.len();
        // A call begins before it is known whether its input is JSON.
        let begun = Channel { content: Content::Arguments, ..channel };
        if channel.content == Content::Input
            && !self.positions.contains_key(&channel)
            && self.text(begun).is_some_and(str::is_empty)
        {
            let place = self.positions.remove(&begun);
            self.positions.extend(place.map(|place| (channel, place)));
        }
        let place = self.positions.get(&channel).and_then(|place| self.texts.get_mut(*place));
        if let Some((known, whole)) = place {
            *known = channel;
            whole.push_str(kept);
        } else if self.texts.len() < MAX_PARTS {
            self.positions.insert(channel, self.texts.len());
            self.texts.push((channel, kept.to_owned()));
        } else {
            self.truncated = true;
        }
    }

    /// All texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|(_, text)| text.as_str())
    }

    /// Changes every text: to restore values, or to redact them.
    pub fn map(&mut self, mut change: impl FnMut(Content, &str) -> String) {
        for (channel, text) in &mut self.texts {
            *text = change(channel.content, text);
        }
    }

    /// SHA-256 over all texts, with a zero byte between them; `None` when they were longer than the limit.
    pub fn hash(&self) -> Option<String> {
        let mut hash = Sha256::new();
        for (number, (_, text)) in self.texts.iter().enumerate() {
            if number > 0 {
                hash.update([0]);
            }
            hash.update(text.as_bytes());
        }
        (!self.truncated).then(|| hexadecimal(&hash.finalize()))
    }

    /// Reports whether a text was truncated.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// Combines input and output in the form of the span.
    pub fn with_input(&self, input: Input, reply: &Reply) -> Captured {
        let output = self.messages(reply);
        Captured::Messages { system: input.system, input: input.messages, output }
    }

    /// `gen_ai.output.messages`: one message per choice.
    fn messages(&self, reply: &Reply) -> String {
        // Cut when they were taken.
        let mut parts = PartWriter::new(usize::MAX);
        parts.json.begin_array();
        let choices = reply.finish_reasons.len().max(usize::from(!self.texts.is_empty()));
        for choice in 0..choices {
            let reason = reply.finish_reasons.get(choice).and_then(Option::as_deref);
            let mut texts = self.texts.iter().filter(|(channel, _)| channel.choice as usize == choice).peekable();
            if reason.is_none() && texts.peek().is_none() {
                // A vector of an embedding is a choice, but not a message.
                continue;
            }
            parts.json.begin_object().name("role").string("assistant").name("parts").begin_array();
            texts.for_each(|(channel, text)| write(*channel, text, reply, &mut parts));
            parts.json.end_array();
            if let Some(reason) = reason {
                parts.json.name("finish_reason").string(reason);
            }
            parts.json.end_object();
        }
        parts.json.end_array();
        parts.json.finish()
    }
}

/// Writes the part of a channel.
fn write(channel: Channel, text: &str, reply: &Reply, parts: &mut PartWriter) {
    match channel.content {
        Content::Text | Content::Refusal | Content::Speech => parts.text("text", text),
        Content::Reasoning | Content::SignedReasoning | Content::Plan => parts.text("reasoning", text),
        Content::Arguments | Content::Input => {
            let calls = &reply.tool_calls;
            let call = calls.iter().find(|call| (call.choice, call.part) == (channel.choice, channel.part));
            let id = call.and_then(|call| call.id.as_deref());
            let name = call.and_then(|call| call.name.as_deref());
            parts.tool_call(id, name, text);
        }
    }
}

/// Maximum number of texts kept of one answer.
const MAX_PARTS: usize = 256;
