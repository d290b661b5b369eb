//! The table of one call: placeholders and their values.

use super::index::{Index, Place};
use super::kind::Kind;
use super::placeholder::{Keyed, Placeholder};
use super::redactor::Redactor;
use super::seal::Seal;
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

/// Numbers above this are not reserved by raising the highest number, which could exhaust the numbers, but skipped one
/// by one.
const FAR: u32 = 1_000_000_000;

/// The placeholders of one call and their values. Holds each value once; its `Debug` shows none.
///
/// The same value of the same kind always has the same placeholder. With a [`Seal`] it depends on the value alone;
/// without one it is numbered by first appearance: the next turn of a conversation begins with the same text as the
/// last, and finds the provider's prompt cache warm.
#[derive(Clone, Default)]
pub struct Placeholders {
    /// In the order of their first appearance.
    entries: Vec<Entry>,
    /// Values and placeholders, one after another.
    texts: String,
    /// Entries by kind and value, but for the first [`USUAL`].
    by_value: Index,
    /// Entries by placeholder, but for the first [`USUAL`].
    by_name: Index,
    /// Highest number of each kind assigned, or found in a text.
    highest: [u32; Kind::ALL.len()],
    /// Placeholders with high numbers that the texts already contained.
    far: BTreeSet<Placeholder>,
    seal: Option<Rc<Seal>>,
    /// Set when the answer may contain placeholders of other calls.
    expects_others: bool,
}

/// A value and its placeholder.
#[derive(Clone)]
struct Entry {
    kind: Kind,
    /// Number of its placeholder; 0 when that is keyed.
    number: u32,
    hash: u64,
    /// Range of the value in [`Placeholders::texts`].
    value: Range<usize>,
    /// Range of a keyed placeholder there.
    keyed: Range<usize>,
}

/// Number of values that are compared one by one, which is quicker than an index of few, and for which memory is taken
/// at first; and bytes for each of them.
const USUAL: usize = 8;
const USUAL_LENGTH: usize = 48;

impl Placeholders {
    /// Creates a table; with a seal, its placeholders outlive the call.
    pub fn new(seal: Option<Rc<Seal>>) -> Self {
        Self { seal, ..Self::default() }
    }

    /// The seal of its placeholders.
    pub fn seal(&self) -> Option<&Rc<Seal>> {
        self.seal.as_ref()
    }

    /// Records the placeholders already in a text, so that new ones differ from them. Must be called with every text of
    /// the call before the first [`Placeholders::placeholder_for`].
    pub fn reserve(&mut self, text: &str) {
        for at in memchr_iter(b'[', text.as_bytes()) {
            let Some(rest) = text.get(at..) else { continue };
            let Some((own, _)) = Placeholder::read(rest) else {
                self.note_keyed(rest);
                continue;
            };
            if own.number > FAR {
                self.far.insert(own);
            } else if let Some(highest) = self.highest.get_mut(own.kind.index()) {
                *highest = own.number.max(*highest);
            }
        }
    }

    /// Records that the provider stores texts of other calls, with placeholders that the answer may contain.
    pub fn expect_others(&mut self) {
        self.expects_others = self.seal.as_ref().is_some_and(|seal| seal.crosses_calls());
    }

    /// Records a placeholder of another call at the start of a text.
    fn note_keyed(&mut self, text: &str) {
        let Some(seal) = self.seal.as_ref().filter(|seal| !self.expects_others && seal.crosses_calls()) else {
            return;
        };
        self.expects_others = Keyed::read(text).is_some_and(|(keyed, _)| seal.made(keyed.kind, keyed.token));
    }

    /// Returns the placeholder of a value, assigning one if necessary: `[LABEL_n]`, or with a seal `[LABEL_TOKEN]`.
    pub fn placeholder_for(&mut self, kind: Kind, value: &str) -> String {
        let mut placeholder = String::new();
        self.write_placeholder(kind, value, &mut placeholder);
        placeholder
    }

    /// Appends the placeholder of a value, assigning one if necessary.
    pub fn write_placeholder(&mut self, kind: Kind, value: &str, out: &mut String) {
        let key = (hash(value), kind, value.as_bytes());
        let place = match self.find(key) {
            Ok(known) => return self.write_name(known, out),
            Err(place) => place,
        };
        if self.entries.capacity() == 0 {
            self.entries.reserve(USUAL);
            self.texts.reserve(USUAL * USUAL_LENGTH);
        }
        let start = self.texts.len();
        self.texts.push_str(value);
        let end = self.texts.len();
        let number = self.new_name(kind, value);
        let entry = Entry { kind, number, hash: key.0, value: start..end, keyed: end..self.texts.len() };
        self.write_name(&entry, out);
        if let Some(place) = place {
            let element = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let place_of_name = self.place_of_name(self.name(&entry));
            self.by_value.insert(place, element);
            self.by_name.insert(place_of_name, element);
        }
        self.entries.push(entry);
    }

    /// Finds the entry of a value, or the place of a new one in the index, unless it will be among the first.
    fn find(&self, key: (u64, Kind, &[u8])) -> Result<&Entry, Option<Place>> {
        let is_sought = |entry: &&Entry| entry.hash == key.0 && self.key(entry) == key;
        if let Some(known) = self.entries.iter().take(USUAL).find(is_sought) {
            return Ok(known);
        }
        if self.entries.len() < USUAL {
            return Err(None);
        }
        let place = self
            .by_value
            .place((key.0 >> 32) as u32, |entry| self.entry(entry).is_some_and(|entry| self.key(entry) < key));
        let known = self.by_value.get(place).and_then(|entry| self.entry(entry));
        known.filter(is_sought).ok_or(Some(place))
    }

    /// Assigns a new placeholder. Returns its number, or appends a keyed one to the texts.
    fn new_name(&mut self, kind: Kind, value: &str) -> u32 {
        let keyed = self.seal.as_ref().and_then(|seal| seal.placeholder(kind, value));
        // Two values with one hash practically never occur; the second one then has a number.
        if let Some(keyed) = keyed.filter(|keyed| self.named((kind, 0, keyed)).is_none()) {
            self.texts.push_str(&keyed);
            return 0;
        }
        let Some(highest) = self.highest.get_mut(kind.index()) else {
            return 0;
        };
        let mut placeholder = Placeholder { kind, number: *highest + 1 };
        while self.far.contains(&placeholder) {
            placeholder.number += 1;
        }
        *highest = placeholder.number;
        placeholder.number
    }

    /// Appends the placeholder of an entry.
    fn write_name(&self, entry: &Entry, out: &mut String) {
        match *entry {
            Entry { number: 0, ref keyed, .. } => out.push_str(self.text(keyed)),
            Entry { kind, number, .. } => Placeholder { kind, number }.write(out),
        }
    }

    fn entry(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.texts.get(range.clone()).unwrap_or_default()
    }

    /// Orders values.
    fn key(&self, entry: &Entry) -> (u64, Kind, &[u8]) {
        (entry.hash, entry.kind, self.texts.as_bytes().get(entry.value.clone()).unwrap_or_default())
    }

    /// Orders placeholders: kind, number, and text of a keyed one.
    fn name(&self, entry: &Entry) -> Name<'_> {
        (entry.kind, entry.number, self.text(&entry.keyed))
    }

    /// Place of a placeholder in the order of all.
    fn place_of_name(&self, name: Name<'_>) -> Place {
        // By kind first.
        self.by_name.place(name.0 as u32, |entry| self.entry(entry).is_some_and(|entry| self.name(entry) < name))
    }

    /// The entry of the first placeholder that does not come before another one.
    fn first_from(&self, name: Name<'_>) -> Option<&Entry> {
        let indexed = self.by_name.get(self.place_of_name(name)).and_then(|entry| self.entry(entry));
        let keyed = |entry: &Entry| self.text(&entry.keyed);
        let is_from = |entry: &&Entry| {
            let number = (entry.kind, entry.number);
            number > (name.0, name.1) || number == (name.0, name.1) && keyed(entry) >= name.2
        };
        let order = |one: &&Entry, other: &&Entry| {
            let numbers = (one.kind, one.number).cmp(&(other.kind, other.number));
            numbers.then_with(|| keyed(one).cmp(keyed(other)))
        };
        self.entries.iter().take(USUAL).filter(is_from).chain(indexed).min_by(order)
    }

    /// The entry of a placeholder.
    fn named(&self, name: Name<'_>) -> Option<&Entry> {
        let is_named =
            |entry: &&Entry| (entry.kind, entry.number) == (name.0, name.1) && self.text(&entry.keyed) == name.2;
        let indexed = || self.entry(self.by_name.get(self.place_of_name(name))?).filter(is_named);
        self.entries.iter().take(USUAL).find(is_named).or_else(indexed)
    }

    /// Reports whether no value has been replaced.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reports whether an answer may contain placeholders to restore.
    pub fn restores(&self) -> bool {
        self.expects_others || !self.is_empty()
    }

    /// Numbers of different values replaced, by the kind's name, in the order of [`Kind::ALL`], without zeros.
    pub fn counts(&self) -> Vec<(&'static str, u32)> {
        let mut counts = [0u32; Kind::ALL.len()];
        for entry in &self.entries {
            if let Some(count) = counts.get_mut(entry.kind.index()) {
                *count += 1;
            }
        }
        let mut named = Vec::with_capacity(if self.entries.is_empty() { 0 } else { Kind::ALL.len() });
        let all = Kind::ALL.iter().zip(counts).map(|(kind, count)| (kind.name(), count));
        named.extend(all.filter(|(_, count)| *count > 0));
        named
    }

    /// Value of a placeholder.
    pub fn value_of(&self, placeholder: &str) -> Option<Cow<'_, str>> {
        let (value, length) = self.value_at(placeholder)?;
        (length == placeholder.len()).then_some(value)
    }

    /// Replaces every finding in a plain text. The placeholders already in it are reserved first.
    pub fn redact_text<'t>(&mut self, redactor: &Redactor, text: &'t str) -> Cow<'t, str> {
        let mut findings = Vec::new();
        redactor.find(text, &mut findings);
        if findings.is_empty() {
            return Cow::Borrowed(text);
        }
        self.reserve(text);
        let mut redacted = String::with_capacity(text.len());
        let mut done = 0;
        for finding in findings {
            redacted.push_str(text.get(done..finding.range.start).unwrap_or_default());
            done = finding.range.end;
            let value = text.get(finding.range).unwrap_or_default();
            self.write_placeholder(finding.kind, value, &mut redacted);
        }
        redacted.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// Value of the placeholder that a text begins with, and the placeholder's length. A keyed placeholder of another
    /// call is opened if the settings' scope includes it.
    pub(super) fn value_at(&self, text: &str) -> Option<(Cow<'_, str>, usize)> {
        let own = |name| Some(Cow::Borrowed(self.text(&self.named(name)?.value)));
        if let Some((Placeholder { kind, number }, length)) = Placeholder::read(text) {
            return Some((own((kind, number, ""))?, length));
        }
        let seal = self.seal.as_ref()?;
        let (keyed, length) = Keyed::read(text)?;
        let known = own((keyed.kind, 0, text.get(..length)?));
        let value = known.or_else(|| seal.open(keyed.kind, keyed.token).map(Cow::Owned))?;
        Some((value, length))
    }

    /// Matches the beginning of a placeholder that will be restored, if not yet complete.
    pub(super) fn has_beginning(&self, text: &str) -> bool {
        match &self.seal {
            Some(seal) if seal.crosses_calls() && Keyed::may_begin(text) => true,
            Some(_) if Kind::ALL.into_iter().any(|kind| self.begins_keyed(kind, text)) => true,
            _ => self.begins_numbered(text),
        }
    }

    /// Matches the beginning of a keyed placeholder of this table.
    fn begins_keyed(&self, kind: Kind, text: &str) -> bool {
        let first = self.first_from((kind, 0, text));
        first.is_some_and(|entry| {
            let keyed = self.text(&entry.keyed);
            entry.kind == kind && keyed.len() > text.len() && keyed.starts_with(text)
        })
    }

    fn begins_numbered(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix('[') else {
            return false;
        };
        Kind::ALL.into_iter().any(|kind| match rest.strip_prefix(kind.label()) {
            None => kind.label().starts_with(rest) && self.has_number(kind, 1, u64::MAX),
            Some("" | "_") => self.has_number(kind, 1, u64::MAX),
            Some(rest) => self.has_digits(kind, rest.strip_prefix('_').unwrap_or_default()),
        })
    }

    /// Reports whether the number of any value of a kind begins with these digits.
    fn has_digits(&self, kind: Kind, digits: &str) -> bool {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let Some(mut low) = digits.parse::<u64>().ok().filter(|_| plain) else {
            return false;
        };
        let mut high = low;
        while low <= u64::from(u32::MAX) {
            if self.has_number(kind, low, high) {
                return true;
            }
            low *= 10;
            high = high * 10 + 9;
        }
        false
    }

    /// Reports whether a value of a kind has a number in a range.
    fn has_number(&self, kind: Kind, low: u64, high: u64) -> bool {
        let first = u32::try_from(low).ok().and_then(|low| self.first_from((kind, low, "")));
        first.is_some_and(|entry| entry.kind == kind && u64::from(entry.number) <= high)
    }
}

/// Kind and number of a placeholder; with number 0 also its text.
type Name<'t> = (Kind, u32, &'t str);

/// A number that differs for most values.
fn hash(value: &str) -> u64 {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = value.as_bytes().as_chunks();
    let hash = words.iter().fold(0, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, byte| mix(hash, u64::from(*byte)))
}

impl fmt::Debug for Placeholders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.counts()).finish()
    }
}
