//! The search: one pass over the bytes of a text that stops only at bytes that may be part of a value.

use super::candidates::each_block;
use super::detect::{Colons, Keys, PrivateKeys, card, email, iban, ipv4, may_mark_key, phone, ssn};
use super::kind::{Kind, Kinds};
use super::lines::plain_line;
use super::placeholder::{Keyed, Placeholder};
use super::seal::{Seal, is_letter};
use super::view::View;
use std::cell::Cell;
use std::ops::{ControlFlow, Range};
use std::rc::Rc;
use tollgate_blocks::BLOCK;

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
        if self.kinds.is_empty() || text.len() < SHORTEST {
            return;
        }
        let _ = Search::new(text, self, findings).run();
    }

    /// Appends the findings in decoded lines of a longer text. Reports whether they are certain: `before`, the source of
    /// the text before the lines, may change them, and so may the text behind a private key's beginning.
    pub fn find_in_lines(&self, lines: &str, before: &str, findings: &mut Vec<Finding>) -> bool {
        let unclear = Cell::new(false);
        let mut search = Search::new(lines, self, findings);
        search.view.before = before;
        search.view.unclear = Some(&unclear);
        let _ = search.run();
        !unclear.get()
    }
}

/// Lower bound on the length of a value, in bytes: no address is shorter than `1::2`.
const SHORTEST: usize = 4;

/// Number of findings for which memory is taken at first.
const USUAL: usize = 8;

/// The search of one text.
pub(super) struct Search<'a, 'f> {
    view: View<'a>,
    seal: Option<&'f Seal>,
    /// Start of the part of the text that is searched.
    from: usize,
    /// End of the finished part of the text.
    cursor: usize,
    /// In a text with escapes, the end of the line that was entered last: a border, or `from`.
    line_end: usize,
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
            view: View { text, floor: 0, line: 0, before: "", unclear: None, kinds: redactor.kinds },
            seal: redactor.seal.as_deref(),
            from: 0,
            cursor: 0,
            line_end: usize::MAX,
            colons: Colons::default(),
            keys: Keys::default(),
            private_keys: PrivateKeys::default(),
            earlier: findings.len(),
            findings,
        }
    }

    /// The search of the inside of a JSON string from a border on.
    pub(super) fn of_raw(
        raw: &'a str,
        from: usize,
        redactor: &'f Redactor,
        unclear: &'a Cell<bool>,
        findings: &'f mut Vec<Finding>,
    ) -> Self {
        let mut search = Self::new(raw, redactor, findings);
        search.view.unclear = Some(unclear);
        (search.from, search.cursor, search.line_end) = (from, from, from);
        search
    }

    /// Searches the text to its end, or to a position in a line with escapes.
    pub(super) fn run(&mut self) -> ControlFlow<usize> {
        let text = self.view.text.as_bytes();
        each_block(text, self.from, |start, places, digits| self.walk(start, places, digits))
    }

    /// The last border known.
    pub(super) const fn border(&self) -> usize {
        self.line_end
    }

    /// Examines the marked positions of the block that begins at `start`. The digits right behind a value or an escape
    /// are a number of their own.
    fn walk(&mut self, start: usize, mut places: u64, digits: u64) -> ControlFlow<usize> {
        let bit = |done: usize| 1u64.checked_shl(done as u32).unwrap_or(0);
        if let Some(done) = self.cursor.checked_sub(start) {
            places |= digits & bit(done);
        }
        while places != 0 {
            let at = start + places.trailing_zeros() as usize;
            if at >= self.cursor {
                self.examine(at)?;
            }
            let done = (self.cursor - start).min(BLOCK);
            places = (places | digits & bit(done)) & u64::MAX.checked_shl(done as u32).unwrap_or(0);
        }
        ControlFlow::Continue(())
    }

    /// Examines one position.
    fn examine(&mut self, at: usize) -> ControlFlow<usize> {
        let view = &self.view;
        // Most hyphens stand in dates, or between words, and most letters begin a word.
        let is_bare = match view.byte(at) {
            b'-' => view.byte(at + 1) != b'-' && !may_mark_key(view.byte_before(at), b'-'),
            letter @ b'G'..=b'J' => !may_mark_key(view.byte_before(at), letter),
            _ => false,
        };
        if !is_bare {
            self.enter_line(at)?;
        }
        self.cursor = at + 1;
        if !is_bare && let Some((kind, range)) = self.value_at(at) {
            self.push(kind, range);
        }
        ControlFlow::Continue(())
    }

    /// Enters the line around a position, in a text with escapes. Stops where the line has some.
    fn enter_line(&mut self, at: usize) -> ControlFlow<usize> {
        if at < self.line_end {
            return ControlFlow::Continue(());
        }
        let text = self.view.text;
        let Some(line) = plain_line(text.as_bytes(), self.line_end, at) else {
            return ControlFlow::Break(at);
        };
        self.line_end = line.end;
        self.view.line = line.start;
        self.view.before = text.get(..line.start).unwrap_or_default();
        ControlFlow::Continue(())
    }

    /// Finds the value around one position.
    fn value_at(&mut self, at: usize) -> Option<(Kind, Range<usize>)> {
        let view = &self.view;
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
            b'_' if let Some(end) = placeholder_end(view, at).or_else(|| keyed_end(self.seal?, view, at)) => {
                self.view.floor = end;
                self.cursor = end;
                None
            }
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
        if self.findings.capacity() == 0 {
            self.findings.reserve(USUAL);
        }
        self.findings.push(finding);
    }
}

/// End of the placeholder whose last underscore is the one at `at`.
fn placeholder_end(view: &View<'_>, at: usize) -> Option<usize> {
    if !view.byte(at + 1).is_ascii_digit() {
        return None;
    }
    labelled(view, at).find_map(|(kind, start, text)| {
        let (placeholder, length) = Placeholder::read(text)?;
        (placeholder.kind == kind).then_some(start + length)
    })
}

/// End of the seal's placeholder whose last underscore is the one at `at`.
fn keyed_end(seal: &Seal, view: &View<'_>, at: usize) -> Option<usize> {
    if !is_letter(view.byte(at + 1)) {
        return None;
    }
    labelled(view, at).find_map(|(kind, start, text)| {
        let (keyed, length) = Keyed::read(text)?;
        (keyed.kind == kind && seal.made(kind, keyed.token)).then_some(start + length)
    })
}

/// Kinds whose label may end before the underscore at `at`, each with the start of the placeholder and the text from
/// there on.
fn labelled<'v>(view: &'v View<'_>, at: usize) -> impl Iterator<Item = (Kind, usize, &'v str)> {
    Kind::by_last_letter(view.byte_before(at)).iter().filter_map(move |kind| {
        let start = at.checked_sub(kind.label().len() + 1)?;
        Some((*kind, start, view.text.get(start..)?))
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// Findings in a text, every position of which is examined.
    fn found_everywhere(text: &str) -> Vec<Finding> {
        let redactor = Redactor::new(Kinds::ALL);
        let mut findings = Vec::new();
        let mut search = Search::new(text, &redactor, &mut findings);
        (0..text.len()).step_by(BLOCK).for_each(|start| {
            let _ = search.walk(start, u64::MAX, u64::MAX);
        });
        findings
    }

    /// Parts of numbers, and of what stands beside them.
    fn piece() -> impl Strategy<Value = String> {
        let marks = select(vec![
            " ",
            "-",
            ".",
            "/",
            "(",
            ")",
            ") ",
            ")-(",
            "+",
            "+(",
            "\u{a0}",
            "\u{202f}",
            "\u{2011}",
            "\u{2013}",
            ":",
            "::",
            "x",
            "n",
            "e",
            "f",
            "\\n",
            "\\u00e9",
            "\\u0031",
            "u",
            "\\",
            "DE",
            "de",
            "ssn ",
            "tel ",
            "@",
            "a@b.example",
            "%e",
            "[EMAIL_1]",
            "_",
            "--",
            "AKIA",
            "sk-",
            "eyJ",
            "é",
            "\n",
            "                              ",
        ]);
        let values = select(vec![
            "4111 1111 1111 1111",
            "3782-822463-10005",
            "5555555555554444",
            "DE89370400440532013000",
            "536-22-8791",
            "GB82 WEST 1234 5698 7654 32",
            "415-555-0132",
            "415.555.0132",
            "(415) 5550132",
            "1) (415)\u{202f}555\u{a0}0132x1",
            "1 (415) 555 0132",
            "0049 30 901820",
            "00 49 30 901820",
            "192.0.2.33",
            "2001:db8::1",
            "+1 415-555-0132",
            "sk-abcdefghABCDEF12345678",
            "fe80::1%abcdefgh123456789",
        ]);
        prop_oneof![4 => marks.prop_map(str::to_owned), 3 => "[0-9]{1,5}", 1 => "[0-9]{6,22}", 2 => values.prop_map(str::to_owned)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_value_lies_where_there_is_no_candidate(pieces in prop::collection::vec(piece(), 0..24)) {
            let text = pieces.concat();
            let mut findings = Vec::new();
            Redactor::new(Kinds::ALL).find(&text, &mut findings);
            prop_assert_eq!(findings, found_everywhere(&text), "{:?}", text);
        }
    }
}
