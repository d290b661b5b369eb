//! Restoring: placeholders in an answer become the values they stand for, in whole answers and in streams.

use crate::chat::{Channel, Content, Delta};
use crate::document::{Document, Edits, Span, escape_into, locate};
use crate::redaction::{Escape, Held, Placeholders, TextEdit};
use std::collections::{BTreeMap, BTreeSet};

/// What is held of each text of a stream: the beginning of what may become a placeholder.
#[derive(Default)]
pub(super) struct StreamRestore {
    /// Whether all reasoning stays as the provider wrote it.
    keeps_reasoning: bool,
    held: BTreeMap<Channel, Held>,
    changes: Vec<TextEdit>,
}

impl StreamRestore {
    /// Restores the texts of one answer; its reasoning only where the provider does not sign that.
    pub(super) fn new(keeps_reasoning: bool) -> Self {
        Self { keeps_reasoning, ..Self::default() }
    }

    /// Edits that restore every text of a whole answer.
    pub(super) fn whole(&mut self, document: Document<'_>, deltas: &[Delta], table: &Placeholders, edits: &mut Edits) {
        self.texts(document, deltas, true, table, edits);
    }

    /// Edits that restore the texts of one event.
    pub(super) fn event(&mut self, document: Document<'_>, deltas: &[Delta], table: &Placeholders, edits: &mut Edits) {
        self.texts(document, deltas, false, table, edits);
    }

    /// Edits that restore the texts of one event, or of a whole answer, in which a text may come in pieces too.
    fn texts(
        &mut self,
        document: Document<'_>,
        deltas: &[Delta],
        is_whole: bool,
        table: &Placeholders,
        edits: &mut Edits,
    ) {
        let mut last_pieces = last_pieces(deltas, is_whole);
        for (at, delta) in deltas.iter().enumerate() {
            let last = last_pieces.pop_if(|last| *last == at).is_some();
            let Some((span, escape)) = text_of(delta, self.keeps_reasoning) else {
                continue;
            };
            let Delta::Text { channel, .. } = *delta else {
                restore_span(document, span, escape, table, &mut self.changes, edits);
                continue;
            };
            let text = document.text(span);
            let held = self.held.entry(channel).or_default();
            held.push(table, &text, escape, last, &mut self.changes);
            apply(document, span, &mut self.changes, edits);
        }
    }

    /// Texts still held of channels that this event ends, though it does not continue them.
    pub(super) fn flush(&mut self, deltas: &[Delta]) -> Vec<(Channel, String)> {
        let ended = self.held.keys().copied().filter(|channel| ends(deltas, *channel));
        let ended: Vec<Channel> = ended.filter(|channel| !continues(deltas, *channel)).collect();
        self.take(ended)
    }

    /// Texts still held of all channels: the stream is over.
    pub(super) fn flush_all(&mut self) -> Vec<(Channel, String)> {
        let all = self.held.keys().copied().collect();
        self.take(all)
    }

    fn take(&mut self, channels: Vec<Channel>) -> Vec<(Channel, String)> {
        channels
            .into_iter()
            .filter_map(|channel| Some((channel, self.held.remove(&channel)?.take())))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

/// Which deltas are the last pieces of their texts, from the last one on. A part may end and another text begin in its
/// channel, for arguments that come value by value: then each of them has a last piece.
fn last_pieces(deltas: &[Delta], is_whole: bool) -> Vec<usize> {
    let mut lasts = Vec::new();
    // Of the channels that go on behind, whether their parts end before that; and all parts that end.
    let mut behind = BTreeMap::new();
    let mut ended = BTreeSet::new();
    for (at, delta) in deltas.iter().enumerate().rev() {
        match *delta {
            Delta::PartEnd { choice, part } => {
                let [first, last] = [Content::Text, Content::Input].map(|content| Channel { choice, part, content });
                behind.range_mut(first..=last).for_each(|(_, ends)| *ends = true);
                ended.insert((choice, part));
            }
            Delta::Text { channel, .. } => {
                let part = (channel.choice, channel.part);
                let is_last = match behind.insert(channel, false) {
                    Some(ends) => ends,
                    None => is_whole || ended.contains(&part) || is_over(deltas, channel.choice),
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

/// Whether the event says that a channel's text is over.
fn ends(deltas: &[Delta], channel: Channel) -> bool {
    let is_its = |delta: &Delta| match *delta {
        Delta::PartEnd { choice, part } => (choice, part) == (channel.choice, channel.part),
        _ => false,
    };
    is_over(deltas, channel.choice) || deltas.iter().any(is_its)
}

/// Whether the event says that a choice is over, or the answer.
fn is_over(deltas: &[Delta], wanted: u32) -> bool {
    deltas.iter().any(|delta| match *delta {
        Delta::Finish { choice, .. } | Delta::FinishWord { choice, .. } => choice == wanted,
        Delta::End | Delta::Failure { .. } => true,
        _ => false,
    })
}

fn continues(deltas: &[Delta], wanted: Channel) -> bool {
    deltas.iter().any(|delta| matches!(delta, Delta::Text { channel, .. } if *channel == wanted))
}

/// The text of a delta in which a placeholder may be, and how deep in JSON it lies.
fn text_of(delta: &Delta, keeps_reasoning: bool) -> Option<(Span, Escape)> {
    let is_kept = |content| content == Content::SignedReasoning || keeps_reasoning && content == Content::Reasoning;
    match *delta {
        Delta::Text { channel: Channel { content, .. }, .. } | Delta::Repeated { content, .. } if is_kept(content) => {
            None
        }
        Delta::Text { channel, text } => Some((text, escape(channel.content))),
        Delta::Repeated { content, text } => Some((text, escape(content))),
        Delta::Other(text) => Some((text, Escape::None)),
        _ => None,
    }
}

/// How a value has to be written within a text.
pub(super) fn escape(content: Content) -> Escape {
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

/// Turns changes of a span's text into edits of its document.
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
