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
    /// Entries by kind and value.
    by_value: Index,
    /// Entries by placeholder.
    by_name: Index,
    /// Highest number of each kind assigned, or found in a text.
    highest: [u32; Kind::ALL.len()],
    /// Placeholders with high numbers that the texts already contained.
    far: BTreeSet<Placeholder>,
    seal: Option<Rc<Seal>>,
    /// Set when the answer may contain placeholders of other calls.
    expects_others: bool,
}

/// A value and its placeholder, as ranges of [`Placeholders::texts`].
#[derive(Clone)]
struct Entry {
    kind: Kind,
    value: Range<usize>,
    name: Range<usize>,
}

/// Number of values for which memory is taken at first, and bytes for each of them.
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
        let place = self.by_value.place(|entry| self.entry(entry).is_some_and(|entry| self.key(entry) < (kind, value)));
        let known = self.by_value.get(place).and_then(|entry| self.entry(entry));
        if let Some(known) = known.filter(|known| self.key(known) == (kind, value)) {
            out.push_str(self.text(&known.name));
            return;
        }
        if self.entries.capacity() == 0 {
            self.entries.reserve(USUAL);
            self.texts.reserve(USUAL * USUAL_LENGTH);
        }
        let start = self.texts.len();
        self.texts.push_str(value);
        let end = self.texts.len();
        self.write_name(kind, value);
        let name = end..self.texts.len();
        out.push_str(self.text(&name));
        let element = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let place_of_name = self.place_of_name(self.text(&name));
        self.by_value.insert(place, element);
        self.by_name.insert(place_of_name, element);
        self.entries.push(Entry { kind, value: start..end, name });
    }

    /// Appends a new placeholder to the texts.
    fn write_name(&mut self, kind: Kind, value: &str) {
        let keyed = self.seal.as_ref().and_then(|seal| seal.placeholder(kind, value));
        // Two values with one hash practically never occur; the second one then has a number.
        if let Some(name) = keyed.filter(|name| self.named(name).is_none()) {
            self.texts.push_str(&name);
            return;
        }
        let Some(highest) = self.highest.get_mut(kind.index()) else {
            return;
        };
        let mut placeholder = Placeholder { kind, number: *highest + 1 };
        while self.far.contains(&placeholder) {
            placeholder.number += 1;
        }
        *highest = placeholder.number;
        placeholder.write(&mut self.texts);
    }

    fn entry(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.texts.get(range.clone()).unwrap_or_default()
    }

    fn key(&self, entry: &Entry) -> (Kind, &str) {
        (entry.kind, self.text(&entry.value))
    }

    /// Place of a placeholder in the order of all.
    fn place_of_name(&self, name: &str) -> Place {
        self.by_name.place(|entry| self.entry(entry).is_some_and(|entry| self.text(&entry.name) < name))
    }

    /// The entry of the first placeholder that does not come before a text.
    fn first_from(&self, text: &str) -> Option<&Entry> {
        self.entry(self.by_name.get(self.place_of_name(text))?)
    }

    /// The entry of a placeholder.
    fn named(&self, name: &str) -> Option<&Entry> {
        self.first_from(name).filter(|entry| self.text(&entry.name) == name)
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
        let named = Kind::ALL.iter().zip(counts).map(|(kind, count)| (kind.name(), count));
        named.filter(|(_, count)| *count > 0).collect()
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
        let own = |length| Some(Cow::Borrowed(self.text(&self.named(text.get(..length)?)?.value)));
        if let Some((_, length)) = Placeholder::read(text) {
            return Some((own(length)?, length));
        }
        let seal = self.seal.as_ref()?;
        let (keyed, length) = Keyed::read(text)?;
        let value = own(length).or_else(|| seal.open(keyed.kind, keyed.token).map(Cow::Owned))?;
        Some((value, length))
    }

    /// Matches the beginning of a placeholder that will be restored, if not yet complete.
    pub(super) fn has_beginning(&self, text: &str) -> bool {
        let is_other = self.seal.as_ref().is_some_and(|seal| seal.crosses_calls()) && Keyed::may_begin(text);
        let is_own = || self.first_from(text).is_some_and(|entry| self.text(&entry.name).starts_with(text));
        is_other || text.starts_with('[') && !text.ends_with(']') && is_own()
    }
}

impl fmt::Debug for Placeholders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.counts()).finish()
    }
}
