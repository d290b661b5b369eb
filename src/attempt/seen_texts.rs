//! Completion of streamed texts: a stream may give a text in pieces and then as a whole, which shows the parts that the
//! pieces left out.
//!
//! Some servers of OpenAI's responses write no pieces, or stop writing them early. The whole text then comes at its own
//! end, at that of its part or item, or at the latest at that of the answer. Its index (of the item, or within it) may
//! differ from event to event, so texts are matched by their bytes too.

use crate::document::{Document, Span, locate};
use crate::model::{Channel, Content, Event};

/// Texts seen so far.
#[derive(Debug, Default)]
pub(super) struct SeenTexts {
    /// Pieces whose whole text has not come.
    open: Vec<(Channel, Sum)>,
    /// Texts whose whole has come, with channel and index within the part.
    closed: Vec<(Channel, u32, Sum)>,
}

/// Length and hash of a text, because texts are not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sum {
    length: usize,
    /// `None` for a remainder of pieces after one whole text was taken from them.
    hash: Option<u64>,
}

impl Sum {
    const EMPTY: Self = Self { length: 0, hash: Some(FNV_BASIS) };

    fn of(text: &str) -> Self {
        Self::EMPTY.and(text)
    }

    /// FNV-1a, <https://www.rfc-editor.org/rfc/rfc9923>: it only decides which texts count as equal.
    fn and(self, text: &str) -> Self {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        Self { length: self.length + text.len(), hash: self.hash.map(|hash| text.bytes().fold(hash, step)) }
    }

    /// Returns the offset at which a text continues beyond this one; `None` if it does not extend it.
    fn goes_on(self, text: &str) -> Option<usize> {
        let begun = text.get(..self.length).filter(|begun| begun.len() < text.len())?;
        (Sum::of(begun) == self).then_some(self.length)
    }
}

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl SeenTexts {
    /// Adds events for the parts of complete texts that the pieces left out.
    pub(super) fn complete(&mut self, document: Document<'_>, events: &mut Vec<Event>) {
        let is_last = events.contains(&Event::End);
        let before = self.closed.len();
        let mut left = Vec::new();
        for event in events.iter() {
            match *event {
                Event::Text { channel, text } => self.piece(unsigned(channel), &document.text(text)),
                Event::Complete { channel, place, text } => {
                    let known = if is_last { before } else { 0 };
                    let from = self.whole(unsigned(channel), place, &document.text(text), known);
                    left.extend(from.map(|from| Event::Missing { channel, text: behind(document, text, from) }));
                }
                _ => {}
            }
        }
        events.append(&mut left);
    }

    fn piece(&mut self, channel: Channel, text: &str) {
        if let Some((_, sum)) = self.open.iter_mut().find(|(known, _)| *known == channel) {
            *sum = sum.and(text);
        } else if self.open.len() < MOST {
            self.open.push((channel, Sum::of(text)));
        }
    }

    /// Returns the offset at which the new part of a text starts; `None` when all of it was seen. `known`: number of
    /// closed texts that it may equal under another index.
    fn whole(&mut self, channel: Channel, place: u32, text: &str, known: usize) -> Option<usize> {
        let sum = Sum::of(text);
        let is_it = |(its, at, _): &&mut (Channel, u32, Sum)| (*its, *at) == (channel, place);
        if let Some((.., told)) = self.closed.iter_mut().find(is_it) {
            let from = told.goes_on(text)?;
            *told = sum;
            return Some(from);
        }
        if self.closed.len() >= MOST {
            return None;
        }
        self.closed.push((channel, place, sum));
        let is_pieces =
            |(its, pieces): &(Channel, Sum)| *its == channel || its.content == channel.content && *pieces == sum;
        if let Some(at) = self.open.iter().position(is_pieces) {
            return self.close(at, text);
        }
        let is_same = |(its, _, told): &(Channel, u32, Sum)| its.content == channel.content && *told == sum;
        let mut others = self.closed.iter().rev().skip(1).filter(|told| is_same(told));
        let is_told = others.any(|(its, ..)| *its == channel) || self.closed.iter().take(known).any(is_same);
        (!is_told && !text.is_empty()).then_some(0)
    }

    /// Closes pieces whose whole text has come. If the pieces are longer, the whole of another part is still to come.
    fn close(&mut self, at: usize, text: &str) -> Option<usize> {
        let (_, pieces) = self.open.get_mut(at)?;
        let from = pieces.goes_on(text);
        match pieces.length.checked_sub(text.len()).filter(|rest| *rest > 0) {
            Some(length) => *pieces = Sum { length, hash: None },
            None => drop(self.open.swap_remove(at)),
        }
        from
    }
}

/// Merges signed and unsigned reasoning into one channel: the pieces come before the signature.
fn unsigned(channel: Channel) -> Channel {
    match channel.content {
        Content::SignedReasoning => Channel { content: Content::Reasoning, ..channel },
        _ => channel,
    }
}

/// The rest of a text's span from an offset of the text.
fn behind(document: Document<'_>, span: Span, from: usize) -> Span {
    let mut offsets = [from];
    if span.escaped {
        locate(document.raw(span), &mut offsets);
    }
    let [from] = offsets;
    Span { start: span.start.saturating_add(u32::try_from(from).unwrap_or(u32::MAX)), ..span }
}

/// Upper bound on remembered texts per answer. Beyond it only pieces count.
const MOST: usize = 256;
