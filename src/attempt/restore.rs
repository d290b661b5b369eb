//! Restoring: replaces placeholders in an answer by their values, in whole answers and in streams.

use crate::document::{Document, Edits, Span, escape_into, locate};
use crate::model::{Channel, Content, Event};
use crate::redaction::{Escape, PendingText, Placeholders, TextEdit};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Pending text of each channel of a stream: the start of a possible placeholder.
#[derive(Default)]
pub(super) struct StreamRestore {
    /// Set when all reasoning stays as the provider wrote it.
    keeps_reasoning: bool,
    held: BTreeMap<Channel, PendingText>,
    changes: Vec<TextEdit>,
}

impl StreamRestore {
    /// Restores the texts of one answer. `keeps_reasoning`: leaves reasoning alone, because the provider signs it.
    pub(super) fn new(keeps_reasoning: bool) -> Self {
        Self { keeps_reasoning, ..Self::default() }
    }

    /// Adds edits that restore every text of a whole answer.
    pub(super) fn whole(&mut self, document: Document<'_>, events: &[Event], table: &Placeholders, edits: &mut Edits) {
        self.texts(document, events, true, table, edits);
    }

    /// Adds edits that restore the texts of one event.
    pub(super) fn event(&mut self, document: Document<'_>, events: &[Event], table: &Placeholders, edits: &mut Edits) {
        self.texts(document, events, false, table, edits);
    }

    /// Adds edits that restore the texts of one event or of a whole answer, where a text may come in pieces too.
    fn texts(
        &mut self,
        document: Document<'_>,
        events: &[Event],
        is_whole: bool,
        table: &Placeholders,
        edits: &mut Edits,
    ) {
        let mut last_pieces = last_pieces(events, is_whole);
        for (at, event) in events.iter().enumerate() {
            let last = last_pieces.pop_if(|last| *last == at).is_some();
            let Some((span, escape)) = text_of(event, self.keeps_reasoning) else {
                continue;
            };
            let (Event::Text { channel, .. } | Event::Echo { channel, .. }) = *event else {
                restore_span(document, span, escape, table, &mut self.changes, edits);
                continue;
            };
            let text = document.text(span);
            let mut held = self.held.remove(&channel).unwrap_or_default();
            held.push(table, &text, escape, last, &mut self.changes);
            if !held.is_empty() {
                self.held.insert(channel, held);
            }
            apply(document, span, &mut self.changes, edits);
        }
    }

    /// Takes the pending texts of channels that this event ends without continuing them.
    pub(super) fn flush(&mut self, events: &[Event]) -> Vec<(Channel, String)> {
        if self.held.is_empty() {
            return Vec::new();
        }
        let mut ended = self.ended(events);
        if !ended.is_empty() {
            for continued in events.iter().filter_map(channel_of) {
                ended.remove(&continued);
            }
        }
        self.take(ended)
    }

    /// Takes the pending texts of all channels: the stream is over.
    pub(super) fn flush_all(&mut self) -> Vec<(Channel, String)> {
        let all: Vec<Channel> = self.held.keys().copied().collect();
        self.take(all)
    }

    /// Finds the channels with pending text that the event ends, by lookup of the ended ones rather than a scan of all.
    fn ended(&self, events: &[Event]) -> BTreeSet<Channel> {
        let over = Over::of(events);
        if over.all {
            return self.held.keys().copied().collect();
        }
        let parts = events.iter().filter_map(|event| match *event {
            Event::PartEnd { choice, part } => Some(channels(choice, part, part)),
            _ => None,
        });
        let choices = over.choices.iter().map(|choice| channels(*choice, 0, u32::MAX));
        parts.chain(choices).flat_map(|ended| self.held.range(ended)).map(|(channel, _)| *channel).collect()
    }

    fn take(&mut self, channels: impl IntoIterator<Item = Channel>) -> Vec<(Channel, String)> {
        channels
            .into_iter()
            .filter_map(|channel| Some((channel, self.held.remove(&channel)?.take())))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// Indices of the events that are the last pieces of their texts, in descending order. A part may end and another text
/// start in its channel, as with arguments that come value by value: each of them then has a last piece.
fn last_pieces(events: &[Event], is_whole: bool) -> Vec<usize> {
    let mut lasts = Vec::new();
    let over = Over::of(events);
    // For each channel with a later piece: true when its part ends before that piece. And all parts that end.
    let mut behind = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for (at, event) in events.iter().enumerate().rev() {
        match *event {
            Event::PartEnd { choice, part } => {
                behind.range_mut(channels(choice, part, part)).for_each(|(_, ends)| *ends = true);
                ended.insert((choice, part));
            }
            Event::Text { channel, .. } | Event::Echo { channel, .. } => {
                let part = (channel.choice, channel.part);
                let is_last = match behind.insert(channel, false) {
                    Some(ends) => ends,
                    None => is_whole || ended.contains(&part) || over.has(channel.choice),
                };
                if is_last {
                    lasts.push(at);
                }
            }
            _ => {}
        }
    }
    lasts
}

/// Choices that an event ends.
#[derive(Default)]
struct Over {
    choices: BTreeSet<u32>,
    /// Set when the whole answer has ended.
    all: bool,
}

impl Over {
    fn of(events: &[Event]) -> Self {
        let mut over = Self::default();
        for event in events {
            match *event {
                Event::Finish { choice, .. } | Event::FinishWord { choice, .. } => {
                    over.choices.insert(choice);
                }
                Event::End | Event::Failure { .. } => over.all = true,
                _ => {}
            }
        }
        over
    }

    fn has(&self, choice: u32) -> bool {
        self.all || self.choices.contains(&choice)
    }
}

/// Range of all channels of a range of parts.
const fn channels(choice: u32, first: u32, last: u32) -> RangeInclusive<Channel> {
    let first = Channel { choice, part: first, content: Content::Text };
    first..=Channel { choice, part: last, content: Content::Input }
}

/// Returns the channel that an event continues.
fn channel_of(event: &Event) -> Option<Channel> {
    match *event {
        Event::Text { channel, .. } | Event::Echo { channel, .. } => Some(channel),
        _ => None,
    }
}

/// Returns the text of an event that may hold a placeholder, with its JSON escaping.
fn text_of(event: &Event, keeps_reasoning: bool) -> Option<(Span, Escape)> {
    let is_kept = |content| content == Content::SignedReasoning || keeps_reasoning && content == Content::Reasoning;
    match *event {
        Event::Text { channel: Channel { content, .. }, .. }
        | Event::Echo { channel: Channel { content, .. }, .. }
        | Event::Complete { channel: Channel { content, .. }, .. }
        | Event::Repeated { content, .. }
            if is_kept(content) =>
        {
            None
        }
        Event::Text { channel, text } | Event::Echo { channel, text } => Some((text, escape(channel.content))),
        Event::Repeated { content, text } => Some((text, escape(content))),
        Event::Complete { channel, text, .. } => Some((text, escape(channel.content))),
        Event::Other(text) => Some((text, Escape::None)),
        _ => None,
    }
}

/// Escaping of a value within a text.
pub fn escape(content: Content) -> Escape {
    match content {
        Content::Arguments => Escape::Json,
        Content::Text
        | Content::Reasoning
        | Content::SignedReasoning
        | Content::Refusal
        | Content::Speech
        | Content::Input => Escape::None,
    }
}

fn restore_span(
    document: Document<'_>,
    span: Span,
    escape: Escape,
    table: &Placeholders,
    changes: &mut Vec<TextEdit>,
    edits: &mut Edits,
) {
    let raw = document.raw(span);
    if !span.escaped && memchr::memchr(b'[', raw.as_bytes()).is_none() {
        return;
    }
    table.restore(&document.text(span), escape, changes);
    apply(document, span, changes, edits);
}

/// Maps changes of a span's text to edits of its document.
fn apply(document: Document<'_>, span: Span, changes: &mut Vec<TextEdit>, edits: &mut Edits) {
    let mut offsets: Vec<usize> = changes.iter().flat_map(|change| [change.range.start, change.range.end]).collect();
    if span.escaped {
        locate(document.raw(span), &mut offsets);
    }
    let start = span.start as usize;
    for (change, place) in changes.drain(..).zip(offsets.chunks_exact(2)) {
        let &[from, to] = place else { continue };
        let mut with = String::with_capacity(change.with.len());
        escape_into(&change.with, &mut with);
        edits.replace(start + from..start + to, with);
    }
}
