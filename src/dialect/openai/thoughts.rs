//! Member names of reasoning in OpenAI's dialect and Ollama's. OpenAI itself has none.
//!
//! `reasoning_content`: DeepSeek, older vLLM; `reasoning`: OpenRouter, Groq, newer vLLM; `reasoning_text`: GitHub
//! Copilot; `thinking`: Ollama and servers in front of it; in detail OpenRouter, Snowflake and LiteLLM; in parts of the
//! content Mistral. As recorded answers and users' reports have them, 2026-11-28.
//!
//! Some servers write one text under several names at once, in each piece of it. It counts once, and placeholders are
//! restored under each name: so each name is a part of its own.

use crate::model::{Event, Owner, PartKind};

/// Names of plain reasoning.
const PLAIN: [&str; 4] = ["reasoning_content", "reasoning", "reasoning_text", "thinking"];

/// Part index of OpenRouter's reasoning details.
const DETAILS: u32 = 4;

/// Part index of LiteLLM's thinking blocks.
const BLOCKS: u32 = 5;

/// Part index of reasoning in parts of the content.
pub(in crate::dialect) const PARTS: u32 = 6;

/// Returns the part index of a name of reasoning; `None` for any other name.
pub(in crate::dialect) fn part(name: &str) -> Option<u32> {
    match name {
        "reasoning_details" => Some(DETAILS),
        "thinking_blocks" => Some(BLOCKS),
        _ => (0..).zip(PLAIN).find(|(_, plain)| *plain == name).map(|(part, _)| part),
    }
}

/// Returns the JSON before and after a reasoning text of this part, as a member of a message.
pub(in crate::dialect) const fn around(part: u32) -> (&'static str, &'static str) {
    match part {
        1 => (r#""reasoning":""#, "\""),
        2 => (r#""reasoning_text":""#, "\""),
        3 => (r#""thinking":""#, "\""),
        DETAILS => (r#""reasoning_details":[{"type":"reasoning.text","text":""#, "\"}]"),
        BLOCKS => (r#""thinking_blocks":[{"type":"thinking","thinking":""#, "\"}]"),
        PARTS => (r#""content":[{"type":"thinking","thinking":[{"type":"text","text":""#, "\"}]}]"),
        _ => (r#""reasoning_content":""#, "\""),
    }
}

/// Reasoning of one message. It counts once, though some servers write it under two names and in detail besides. The
/// first plain one wins.
#[derive(Default)]
pub(in crate::dialect) struct Thoughts {
    plain: bool,
    details: Option<(usize, usize)>,
}

impl Thoughts {
    /// Records that events from `start` on are the reasoning of a part.
    pub(in crate::dialect) fn say(&mut self, part: u32, start: usize, events: &mut [Event]) {
        crate::dialect::texts::set_part(events, start, part);
        if matches!(part, DETAILS | BLOCKS) { self.detail(start, events) } else { self.plain(start, events) }
    }

    fn plain(&mut self, start: usize, events: &mut [Event]) {
        let end = events.len();
        let repeated = if self.plain { Some((start, end)) } else { self.details.take() };
        if start < end {
            self.plain = true;
            if let Some((start, end)) = repeated {
                echo(start, end, events);
            }
        } else if !self.plain {
            self.details = repeated;
        }
    }

    fn detail(&mut self, start: usize, events: &mut [Event]) {
        let end = events.len();
        if self.plain || self.details.is_some() {
            echo(start, end, events);
        } else if start < end {
            self.details = Some((start, end));
        }
    }
}

/// Turns pieces of a text into echoes of the same text under another name.
fn echo(start: usize, end: usize, events: &mut [Event]) {
    for event in events.get_mut(start..end).unwrap_or_default() {
        if let Event::Text { channel, text } = *event {
            *event = Event::Echo { channel, text };
        }
    }
}

/// Moves reasoning read in parts of a content to its own part.
pub(in crate::dialect) fn set_apart(start: usize, events: &mut [Event]) {
    for event in events.iter_mut().skip(start) {
        match event {
            Event::Text { channel, .. } if channel.content.part_kind() == PartKind::Reasoning => channel.part = PARTS,
            Event::Property { owner: owner @ Owner::Part { kind: PartKind::Reasoning, .. }, .. } => {
                owner.set_part(PARTS);
            }
            _ => {}
        }
    }
}
