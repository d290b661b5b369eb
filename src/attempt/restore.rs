//! Restoring: replaces placeholders in an answer by their values, in whole answers and in streams.

use crate::document::{Document, Edits, KeySet, Span, escape_into, locate};
use crate::model::{Channel, Content, Event};
use crate::redaction::{Escape, PendingText, Placeholders, TextEdit};
use memchr::memmem::Finder;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

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
        if is_whole && self.held.is_empty() && events.iter().filter_map(channel_of).nth(1).is_none() {
            // Its only piece is the whole of a text.
            for event in events {
                if let Some((span, escape)) = text_of(event, self.keeps_reasoning) {
                    self.restore_whole_text(document, span, escape, table, edits);
                }
            }
            return;
        }
        let may_hold = |(span, _)| may_hold_placeholder(document.raw(span));
        let mut texts = events.iter().filter_map(|event| text_of(event, self.keeps_reasoning));
        if self.held.is_empty() && !texts.any(may_hold) {
            return;
        }
        let mut last_pieces = last_pieces(events, is_whole);
        for (at, event) in events.iter().enumerate() {
            let last = last_pieces.pop_if(at);
            let Some((span, escape)) = text_of(event, self.keeps_reasoning) else {
                continue;
            };
            let channel = channel_of(event).filter(|channel| !last || self.held.contains_key(channel));
            let Some(channel) = channel else {
                self.restore_whole_text(document, span, escape, table, edits);
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

    /// Adds edits that restore a text no piece of which has been held.
    fn restore_whole_text(
        &mut self,
        document: Document<'_>,
        span: Span,
        escape: Escape,
        table: &Placeholders,
        edits: &mut Edits,
    ) {
        let raw = document.raw(span);
        // Placeholders are ASCII without escapes. Only one that the provider has escaped is not found as written.
        if !span.escaped || !has_escaped_ascii(raw) {
            return Self::restore_as_written(raw, span.start as usize, escape, table, edits);
        }
        table.restore(&document.text(span), escape, &mut self.changes);
        apply(document, span, &mut self.changes, edits);
    }

    /// Adds edits for the placeholders in the inside of a JSON string that begins at `start`.
    fn restore_as_written(raw: &str, start: usize, escape: Escape, table: &Placeholders, edits: &mut Edits) {
        table.each_placeholder(raw, |range, value| {
            edits.replace_by(start + range.start..start + range.end, |written| match escape {
                Escape::None => escape_into(value, written),
                Escape::Json => escape_into(&escape.write(value), written),
            });
        });
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
        // Extended, not collected: that would sort first, by code that the filter would need for it alone.
        let mut found = BTreeSet::new();
        if over.all {
            found.extend(self.held.keys().copied());
            return found;
        }
        let parts = events.iter().filter_map(|event| match *event {
            Event::PartEnd { choice, part } => Some(channels(choice, part, part)),
            _ => None,
        });
        let choices =
            over.choices.iter().filter_map(|choice| Some(channels(u32::try_from(*choice).ok()?, 0, u32::MAX)));
        found.extend(parts.chain(choices).flat_map(|ended| self.held.range(ended)).map(|(channel, _)| *channel));
        found
    }

    fn take(&mut self, channels: impl IntoIterator<Item = Channel>) -> Vec<(Channel, String)> {
        channels
            .into_iter()
            .filter_map(|channel| Some((channel, self.held.remove(&channel)?.take())))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// Indices of the events that are the last pieces of their texts.
#[derive(Default)]
struct LastPieces {
    /// The only piece: most answers and events have one.
    only: Option<usize>,
    /// In descending order.
    several: Vec<usize>,
}

impl LastPieces {
    /// Reports whether an event is the last piece of its text. Events are asked for in their order.
    fn pop_if(&mut self, at: usize) -> bool {
        self.only == Some(at) || self.several.pop_if(|last| *last == at).is_some()
    }
}

/// Finds the last pieces of texts. A part may end and another text start in its channel, as with arguments that come
/// value by value: each of them then has a last piece.
fn last_pieces(events: &[Event], is_whole: bool) -> LastPieces {
    let mut pieces = events.iter().enumerate().filter(|(_, event)| channel_of(event).is_some());
    let (Some((first, piece)), others) = (pieces.next(), pieces.next()) else {
        return LastPieces::default();
    };
    if others.is_none() {
        let is_last = is_whole || ends_piece(events, first, piece);
        return LastPieces { only: is_last.then_some(first), several: Vec::new() };
    }
    LastPieces { only: None, several: last_of_several(events, is_whole) }
}

fn last_of_several(events: &[Event], is_whole: bool) -> Vec<usize> {
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

/// Reports whether the only piece among these events is the last of its text.
fn ends_piece(events: &[Event], at: usize, piece: &Event) -> bool {
    let Some(channel) = channel_of(piece) else {
        return false;
    };
    let ends = |(later, event): (usize, &Event)| match *event {
        Event::PartEnd { choice, part } => later > at && (choice, part) == (channel.choice, channel.part),
        Event::Finish { choice, .. } | Event::FinishWord { choice, .. } => choice == channel.choice,
        Event::End | Event::Failure { .. } => true,
        _ => false,
    };
    events.iter().enumerate().any(ends)
}

/// Choices that an event ends.
#[derive(Default)]
struct Over {
    choices: KeySet<u64>,
    /// Set when the whole answer has ended.
    all: bool,
}

impl Over {
    fn of(events: &[Event]) -> Self {
        let mut over = Self::default();
        for event in events {
            match *event {
                Event::Finish { choice, .. } | Event::FinishWord { choice, .. } => {
                    over.choices.insert(choice.into());
                }
                Event::End | Event::Failure { .. } => over.all = true,
                _ => {}
            }
        }
        over
    }

    fn has(&self, choice: u32) -> bool {
        self.all || self.choices.contains(&u64::from(choice))
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
    let is_kept = |content| match content {
        Content::SignedReasoning => true,
        Content::Reasoning | Content::Plan => keeps_reasoning,
        _ => false,
    };
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
        | Content::Plan
        | Content::Refusal
        | Content::Speech
        | Content::Input => Escape::None,
    }
}

/// Reports whether the inside of a JSON string may hold a placeholder, or the beginning of one.
fn may_hold_placeholder(raw: &str) -> bool {
    memchr::memchr(b'[', raw.as_bytes()).is_some() || has_escaped_ascii(raw)
}

/// Reports whether the inside of a JSON string may have an ASCII character written as `\u00..`.
fn has_escaped_ascii(raw: &str) -> bool {
    ESCAPED_ASCII.find(raw.as_bytes()).is_some()
}

/// Made once: that takes as long as a search in a short text.
static ESCAPED_ASCII: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\\u00"));

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
