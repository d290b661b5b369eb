//! The search: one pass over the bytes of a text, which stops only at bytes that a value may lie around.

use super::detect::{Colons, Keys, PrivateKeys, card, email, iban, ipv4, phone, ssn};
use super::kind::{Kind, Kinds};
use super::placeholder::Placeholder;
use super::view::View;
use std::ops::Range;

/// A value found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where it lies, in bytes; never empty, and between characters.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// Finds values of the kinds chosen.
///
/// Candidates that overlap become one finding, so that no piece of a value stays behind: an e-mail address takes in the
/// number that it begins with, a key the address that it ends in. Where several kinds begin at the same place, IBAN goes
/// before card, card before social security number, that before IP address, and all before phone, unless a `+` leads.
///
/// Placeholders that a text already has are borders and never looked into, whether they are ours or the client's own: a
/// text whose findings are replaced has no findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redactor {
    kinds: Kinds,
}

impl Redactor {
    /// A search for these kinds.
    pub const fn new(kinds: Kinds) -> Self {
        Self { kinds }
    }

    /// The kinds searched for.
    pub const fn kinds(&self) -> Kinds {
        self.kinds
    }

    /// Appends what is found in `text`, in ascending order and without overlaps.
    pub fn find(&self, text: &str, findings: &mut Vec<Finding>) {
        if self.kinds.is_empty() {
            return;
        }
        let mut search = Search::new(text, self.kinds, findings);
        let (blocks, rest) = text.as_bytes().as_chunks::<BLOCK>();
        let mut start = 0;
        for block in blocks {
            if block.iter().fold(false, |any, byte| any | stops(*byte)) {
                search.walk(start, block);
            }
            start += BLOCK;
        }
        search.walk(start, rest);
    }
}

/// Bytes tested at once: the test is written so that the compiler turns it into vector instructions.
const BLOCK: usize = 32;

/// Whether a byte may be the place around which a value lies: digits, `:` (which follows 9), `@`, `-`, `_` and, among
/// others that do no harm, the letters G, I and J.
const fn stops(byte: u8) -> bool {
    byte.wrapping_sub(b'0') <= b':' - b'0'
        || byte.wrapping_sub(b'G') <= b'J' - b'G'
        || byte == b'@'
        || byte == b'-'
        || byte == b'_'
}

/// One text being searched.
struct Search<'a, 'f> {
    view: View<'a>,
    /// Bytes before it need no more attention.
    cursor: usize,
    colons: Colons,
    keys: Keys,
    private_keys: PrivateKeys,
    findings: &'f mut Vec<Finding>,
    /// How many findings were there before.
    earlier: usize,
}

impl<'a, 'f> Search<'a, 'f> {
    fn new(text: &'a str, kinds: Kinds, findings: &'f mut Vec<Finding>) -> Self {
        Self {
            view: View { text, floor: 0, kinds },
            cursor: 0,
            colons: Colons::default(),
            keys: Keys::default(),
            private_keys: PrivateKeys::default(),
            earlier: findings.len(),
            findings,
        }
    }

    /// Looks at a stretch of the text that begins at `start`.
    fn walk(&mut self, start: usize, bytes: &[u8]) {
        for (at, byte) in (start..).zip(bytes) {
            if at < self.cursor || !stops(*byte) {
                continue;
            }
            let view = self.view;
            match byte {
                b'0'..=b'9' => self.digits(at),
                b'@' => self.try_one(Kind::Email, |_| email(view, at)),
                b':' => self.try_one(Kind::IpAddress, |search| search.colons.ipv6(view, at)),
                b'-' => self.try_one(Kind::ApiKey, |search| {
                    search.private_keys.private_key(view, at).or_else(|| search.keys.key(view, at))
                }),
                b'_' if self.skip_placeholder(at) => {}
                _ => self.try_one(Kind::ApiKey, |search| search.keys.key(view, at)),
            }
        }
    }

    /// Looks around a group of digits that begins at `at`.
    fn digits(&mut self, at: usize) {
        let view = self.view;
        let length = view.text.bytes().skip(at).take_while(u8::is_ascii_digit).count();
        self.cursor = at + length;
        if (view.back(at, 2), view.back(at, 1)) == (b'\\', b'u') {
            // Four digits of an escape such as `\u003c`; what follows them stands alone.
            self.cursor = at + 4;
            return;
        }
        if length >= 2 && view.back(at, 1).is_ascii_alphabetic() {
            self.try_one(Kind::Iban, |_| iban(view, at));
        }
        if self.cursor > at + length || !view.open(at) {
            return;
        }
        let mut detectors: [(Kind, Detector); 4] =
            [(Kind::PaymentCard, card), (Kind::UsSsn, ssn), (Kind::IpAddress, ipv4), (Kind::Phone, phone)];
        if view.back(at, 1) == b'+' {
            detectors.rotate_right(1);
        }
        for (kind, detector) in detectors {
            if view.floor == self.view.floor {
                self.try_one(kind, |_| detector(view, at));
            }
        }
    }

    /// Takes what is found, if its kind is searched for.
    fn try_one(&mut self, kind: Kind, find: impl FnOnce(&mut Self) -> Option<Range<usize>>) {
        if self.view.kinds.contains(kind)
            && let Some(range) = find(self)
        {
            self.push(kind, range);
        }
    }

    /// Takes a finding, and in it those before it which it overlaps.
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

    /// Passes over the placeholder whose last underscore is at `at`, if there is one.
    fn skip_placeholder(&mut self, at: usize) -> bool {
        if !self.view.byte(at + 1).is_ascii_digit() {
            return false;
        }
        let length = Kind::ALL.into_iter().find_map(|kind| {
            let start = at.checked_sub(kind.label().len() + 1)?;
            let (placeholder, length) = Placeholder::read(self.view.text.get(start..)?)?;
            (placeholder.kind == kind).then_some(start + length)
        });
        let Some(end) = length else {
            return false;
        };
        self.view.floor = end;
        self.cursor = end;
        true
    }
}

/// Looks for a value whose first digit is at a place.
type Detector = fn(View<'_>, usize) -> Option<Range<usize>>;
