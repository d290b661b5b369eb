//! Output of a call.

use super::Input;
use super::hash::hexadecimal;
use super::part::{cut, member, separate, tool_call};
use crate::document::Document;
use crate::model::{Channel, Content, Event, Reply};
use crate::record::Captured;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

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
        let mut json = String::from("[");
        let choices = reply.finish_reasons.len().max(usize::from(!self.texts.is_empty()));
        for choice in 0..choices {
            let reason = reply.finish_reasons.get(choice).and_then(Option::as_deref);
            let has_texts = self.texts.iter().any(|(channel, _)| channel.choice as usize == choice);
            if reason.is_none() && !has_texts {
                // A vector of an embedding is a choice, but not a message.
                continue;
            }
            separate(&mut json);
            json.push_str(r#"{"role":"assistant","parts":["#);
            for (channel, text) in &self.texts {
                if channel.choice as usize == choice {
                    self.part(*channel, text, reply, &mut json);
                }
            }
            json.push(']');
            if let Some(reason) = reason {
                member("finish_reason", reason, &mut json);
            }
            json.push('}');
        }
        json.push(']');
        json
    }

    fn part(&self, channel: Channel, text: &str, reply: &Reply, json: &mut String) {
        separate(json);
        let kind = match channel.content {
            Content::Text | Content::Refusal | Content::Speech => Some("text"),
            Content::Reasoning | Content::SignedReasoning => Some("reasoning"),
            Content::Arguments | Content::Input => None,
        };
        if let Some(kind) = kind {
            let _ = write!(json, r#"{{"type":"{kind}""#);
            member("content", text, json);
            json.push('}');
            return;
        }
        let call = reply.tool_calls.iter().find(|call| (call.choice, call.part) == (channel.choice, channel.part));
        let id = call.and_then(|call| call.id.as_deref());
        let name = call.and_then(|call| call.name.as_deref());
        tool_call(id, name, text, json);
    }
}

/// Maximum number of texts kept of one answer.
const MAX_PARTS: usize = 256;
