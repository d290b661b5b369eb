//! The search: one pass over the bytes of a text that stops only at bytes that may be part of a value.

use super::detect::{Colons, Keys, PrivateKeys, card, email, iban, ipv4, phone, ssn};
use super::kind::{Kind, Kinds};
use super::placeholder::{Keyed, Placeholder};
use super::seal::{Seal, is_letter};
use super::view::View;
use std::ops::Range;
use std::rc::Rc;

/// A value found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Byte range; never empty, and between characters.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: Kind,
}

/// Finds values of the selected kinds.
///
/// Overlapping candidates become one finding, so that no piece of a value is left: an e-mail address includes the
/// number it begins with, a key the address it ends in. Where several kinds begin at the same position, the order is
/// IBAN, card, social security number, IP address, phone; phone is first when a `+` leads.
///
/// Placeholders already in a text are borders and are not searched, also the client's own: a text with its findings
/// replaced has no findings. Keyed ones are borders only if the seal made them, since their tokens are long enough to
/// hide a value.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    kinds: Kinds,
    seal: Option<Rc<Seal>>,
}

impl Redactor {
    /// Creates a search for these kinds.
    pub const fn new(kinds: Kinds) -> Self {
        Self { kinds, seal: None }
    }

    /// The same search, with recognition of a tenant's placeholders.
    #[must_use]
    pub fn with_seal(&self, seal: Option<&Rc<Seal>>) -> Self {
        Self { kinds: self.kinds, seal: seal.cloned() }
    }

    /// The kinds searched for.
    pub const fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Appends the findings in `text`, in ascending order and without overlaps.
    pub fn find(&self, text: &str, findings: &mut Vec<Finding>) {
        if self.kinds.is_empty() {
            return;
        }
        let mut search = Search::new(text, self, findings);
        let (blocks, rest) = text.as_bytes().as_chunks::<BLOCK>();
        let mut start = 0;
        for block in blocks {
            if block.iter().fold(false, |any, byte| any | stops(*byte)) {
                search.walk(start, stop_mask(block));
            }
            start += BLOCK;
        }
        let mut last = [0; BLOCK];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        search.walk(start, stop_mask(&last));
    }
}

/// Number of bytes tested at once: the compiler turns these tests into vector instructions.
const BLOCK: usize = 32;

/// Matches bytes that may mark a value: digits, `:` (which follows 9), `@`, `-`, `_`, and the letters G to J. H alone
/// has no effect.
const fn stops(byte: u8) -> bool {
    (byte.wrapping_sub(b'0') <= b':' - b'0')
        | (byte.wrapping_sub(b'G') <= b'J' - b'G')
        | (byte == b'@')
        | (byte == b'-')
        | (byte == b'_')
}

/// The places of a block at which the search stops, as bits: the first byte is the lowest bit.
fn stop_mask(block: &[u8; BLOCK]) -> u32 {
    let flags = block.map(|byte| u8::from(stops(byte)));
    let (words, _) = flags.as_chunks::<8>();
    // Byte i of a word is 0 or 1; the product has byte i's bit at 56 + i, and no two summands overlap.
    let bits = words.iter().map(|word| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56);
    bits.zip([0, 8, 16, 24]).fold(0, |places, (bits, at)| places | (bits as u32) << at)
}

/// The search of one text.
struct Search<'a, 'f> {
    view: View<'a>,
    seal: Option<&'f Seal>,
    /// End of the finished part of the text.
    cursor: usize,
    colons: Colons,
    keys: Keys,
    private_keys: PrivateKeys,
    findings: &'f mut Vec<Finding>,
    /// Number of findings before this search.
    earlier: usize,
}

impl<'a, 'f> Search<'a, 'f> {
    fn new(text: &'a str, redactor: &'f Redactor, findings: &'f mut Vec<Finding>) -> Self {
        Self {
            view: View { text, floor: 0, kinds: redactor.kinds },
            seal: redactor.seal.as_deref(),
            cursor: 0,
            colons: Colons::default(),
            keys: Keys::default(),
            private_keys: PrivateKeys::default(),
            earlier: findings.len(),
            findings,
        }
    }

    /// Examines the marked positions of the block that begins at `start`.
    fn walk(&mut self, start: usize, mut places: u32) {
        while places != 0 {
            let at = start + places.trailing_zeros() as usize;
            if at >= self.cursor {
                self.cursor = at + 1;
                if let Some((kind, range)) = self.value_at(at) {
                    self.push(kind, range);
                }
            }
            let done = (self.cursor - start).min(BLOCK);
            places &= u32::MAX.checked_shl(done as u32).unwrap_or(0);
        }
    }

    /// Finds the value around one position.
    fn value_at(&mut self, at: usize) -> Option<(Kind, Range<usize>)> {
        let view = &self.view;
        if let Some(end) = placeholder_end(view, at).or_else(|| keyed_end(self.seal?, view, at)) {
            self.view.floor = end;
            self.cursor = end;
            return None;
        }
        match view.byte(at) {
            b'0'..=b'9' => {
                let length = view.digits(at, usize::MAX);
                let escape = view.back(at, 1) == b'u' && view.back(at, 2) == b'\\';
                // The four digits of an escape such as `\u003c` belong to it; the text behind them stands alone.
                self.cursor = at + if escape { 4 } else { length };
                if escape { None } else { number(view, at, length) }
            }
            b'@' => view.seek(Kind::Email, || email(view, at)),
            b':' => view.seek(Kind::IpAddress, || self.colons.ipv6(view, at)),
            b'-' if view.byte(at + 1) == b'-' => view.seek(Kind::ApiKey, || self.private_keys.private_key(view, at)),
            _ => view.seek(Kind::ApiKey, || self.keys.key(view, at)),
        }
    }

    /// Adds a finding, and merges the earlier ones that it overlaps.
    fn push(&mut self, kind: Kind, range: Range<usize>) {
        let mut finding = Finding { range, kind };
        while self.findings.len() > self.earlier {
            let overlaps = |last: &mut Finding| last.range.end > finding.range.start;
            let Some(last) = self.findings.pop_if(overlaps) else {
                break;
            };
            finding.range.start = finding.range.start.min(last.range.start);
            finding.range.end = finding.range.end.max(last.range.end);
            if last.kind == Kind::ApiKey {
                finding.kind = last.kind;
            }
        }
        self.view.floor = finding.range.end;
        self.cursor = self.cursor.max(finding.range.end);
        self.findings.push(finding);
    }
}

/// End of the placeholder whose last underscore is at `at`.
fn placeholder_end(view: &View<'_>, at: usize) -> Option<usize> {
    if view.byte(at) != b'_' || !view.byte(at + 1).is_ascii_digit() {
        return None;
    }
    Kind::ALL.into_iter().find_map(|kind| {
        let start = at.checked_sub(kind.label().len() + 1)?;
        let (placeholder, length) = Placeholder::read(view.text.get(start..)?)?;
        (placeholder.kind == kind).then_some(start + length)
    })
}

/// End of the seal's placeholder whose last underscore is at `at`.
fn keyed_end(seal: &Seal, view: &View<'_>, at: usize) -> Option<usize> {
    if view.byte(at) != b'_' || !is_letter(view.byte(at + 1)) {
        return None;
    }
    Kind::ALL.into_iter().find_map(|kind| {
        let start = at.checked_sub(kind.label().len() + 1)?;
        let (keyed, length) = Keyed::read(view.text.get(start..)?)?;
        (keyed.kind == kind && seal.made(kind, keyed.token)).then_some(start + length)
    })
}

/// Finds the value that begins with, or around, a group of digits. Each kind is tried only where the length of the
/// group and the bytes beside it allow it.
fn number(view: &View<'_>, at: usize, length: usize) -> Option<(Kind, Range<usize>)> {
    let before = view.back(at, 1);
    if before.is_ascii_alphabetic()
        && let found @ Some(_) = view.seek(Kind::Iban, || iban(view, at))
    {
        return found;
    }
    if !view.open(at) {
        return None;
    }
    let next = view.byte(at + length);
    let parted = matches!(next, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | 0xc2 | 0xe2);
    let plus = before == b'+' || before == b'(' && view.back(at, 2) == b'+';
    if plus && let found @ Some(_) = view.seek(Kind::Phone, || phone(view, at)) {
        return found;
    }
    if (length > 12 || length > 3 && parted)
        && let found @ Some(_) = view.seek(Kind::PaymentCard, || card(view, at))
    {
        return found;
    }
    if (length == 9 || length == 3 && parted)
        && let found @ Some(_) = view.seek(Kind::UsSsn, || ssn(view, at))
    {
        return found;
    }
    if length < 4
        && next == b'.'
        && let found @ Some(_) = view.seek(Kind::IpAddress, || ipv4(view, at))
    {
        return found;
    }
    let national = length == 3 || length == 1 && view.byte(at) == b'1';
    let zeros = length < 6 && view.has(at, "00");
    if parted && (national || zeros) { view.seek(Kind::Phone, || phone(view, at)) } else { None }
}
