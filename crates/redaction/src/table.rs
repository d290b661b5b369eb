//! The table of one call: placeholders and their values.

use super::kind::Kind;
use super::placeholder::{Keyed, Placeholder};
use super::redactor::Redactor;
use super::seal::Seal;
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
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
    kinds: [Column; Kind::ALL.len()],
    /// Placeholders with high numbers that the texts already contained.
    far: BTreeSet<Placeholder>,
    seal: Option<Rc<Seal>>,
    /// Values by their keyed placeholders.
    keyed: BTreeMap<Rc<str>, Rc<str>>,
    /// Set when the answer may contain placeholders of other calls.
    expects_others: bool,
}

/// The values of one kind.
#[derive(Clone, Default)]
struct Column {
    by_value: BTreeMap<Rc<str>, Name>,
    /// Ascending.
    by_number: Vec<(u32, Rc<str>)>,
    /// Highest number assigned, or found in a text.
    highest: u32,
}

/// Name of a value.
#[derive(Clone)]
enum Name {
    Number(u32),
    /// The whole placeholder.
    Keyed(Rc<str>),
}

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
            } else if let Some(column) = self.kinds.get_mut(own.kind.index()) {
                column.highest = column.highest.max(own.number);
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
        let Some(column) = self.kinds.get_mut(kind.index()) else {
            return;
        };
        match column.by_value.get(value) {
            Some(Name::Number(number)) => return Placeholder { kind, number: *number }.write(out),
            Some(Name::Keyed(placeholder)) => return out.push_str(placeholder),
            None => {}
        }
        let shared: Rc<str> = value.into();
        let keyed = self.seal.as_ref().and_then(|seal| seal.placeholder(kind, value));
        // Two values with one hash practically never occur; the second one then has a number.
        if let Some(placeholder) = keyed.filter(|placeholder| !self.keyed.contains_key(placeholder.as_str())) {
            out.push_str(&placeholder);
            let name: Rc<str> = placeholder.into();
            column.by_value.insert(Rc::clone(&shared), Name::Keyed(Rc::clone(&name)));
            self.keyed.insert(name, shared);
            return;
        }
        let mut placeholder = Placeholder { kind, number: column.highest + 1 };
        while self.far.contains(&placeholder) {
            placeholder.number += 1;
        }
        column.highest = placeholder.number;
        if column.by_number.capacity() == 0 {
            column.by_number.reserve(4);
        }
        column.by_value.insert(Rc::clone(&shared), Name::Number(placeholder.number));
        column.by_number.push((placeholder.number, shared));
        placeholder.write(out);
    }

    /// Reports whether no value has been replaced.
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|column| column.by_value.is_empty())
    }

    /// Reports whether an answer may contain placeholders to restore.
    pub fn restores(&self) -> bool {
        self.expects_others || !self.is_empty()
    }

    /// Numbers of different values replaced, by the kind's name, in the order of [`Kind::ALL`], without zeros.
    pub fn counts(&self) -> Vec<(&'static str, u32)> {
        let counts = Kind::ALL
            .iter()
            .zip(&self.kinds)
            .map(|(kind, column)| (kind.name(), u32::try_from(column.by_value.len()).unwrap_or(u32::MAX)));
        counts.filter(|(_, count)| *count > 0).collect()
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
        if let Some((placeholder, length)) = Placeholder::read(text) {
            return Some((Cow::Borrowed(self.value(placeholder)?), length));
        }
        let seal = self.seal.as_ref()?;
        let (keyed, length) = Keyed::read(text)?;
        let own = self.keyed.get(text.get(..length)?).map(|value| Cow::Borrowed(&**value));
        let value = own.or_else(|| seal.open(keyed.kind, keyed.token).map(Cow::Owned))?;
        Some((value, length))
    }

    /// Value of a numbered placeholder of this table.
    fn value(&self, placeholder: Placeholder) -> Option<&str> {
        let column = self.kinds.get(placeholder.kind.index())?;
        let at = column.by_number.binary_search_by_key(&placeholder.number, |(number, _)| *number);
        column.by_number.get(at.ok()?).map(|(_, value)| &**value)
    }

    /// Matches the beginning of a placeholder that will be restored, if not yet complete.
    pub(super) fn has_beginning(&self, text: &str) -> bool {
        self.begins_keyed(text) || self.begins_numbered(text)
    }

    fn begins_keyed(&self, text: &str) -> bool {
        match &self.seal {
            Some(seal) if seal.crosses_calls() => Keyed::may_begin(text),
            Some(_) => {
                let mut from = self.keyed.range::<str, _>((Bound::Included(text), Bound::Unbounded));
                from.next().is_some_and(|(placeholder, _)| placeholder.starts_with(text))
            }
            None => false,
        }
    }

    fn begins_numbered(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix('[') else {
            return false;
        };
        let mut kinds = Kind::ALL.iter().zip(&self.kinds);
        kinds.any(|(kind, column)| match column.by_number.first() {
            None => false,
            Some(_) => match rest.strip_prefix(kind.label()) {
                None => kind.label().starts_with(rest),
                Some("" | "_") => true,
                Some(rest) => column.has_digits(rest.strip_prefix('_').unwrap_or_default()),
            },
        })
    }
}

impl Column {
    /// Reports whether any value's number begins with these digits.
    fn has_digits(&self, digits: &str) -> bool {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let Some(mut low) = digits.parse::<u64>().ok().filter(|_| plain) else {
            return false;
        };
        let mut high = low;
        while low <= u64::from(self.highest) {
            let at = self.by_number.partition_point(|(number, _)| u64::from(*number) < low);
            if self.by_number.get(at).is_some_and(|(number, _)| u64::from(*number) <= high) {
                return true;
            }
            low *= 10;
            high = high * 10 + 9;
        }
        false
    }
}

impl fmt::Debug for Placeholders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.counts()).finish()
    }
}
