//! The table of one call: which placeholder stands for which value.

use super::kind::Kind;
use super::placeholder::Placeholder;
use super::redactor::Redactor;
use memchr::memchr_iter;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

/// Numbers above are not reserved by counting on from them, which could run out of numbers, but passed over one by one.
const FAR: u32 = 1_000_000_000;

/// The placeholders of one call and the values they stand for. Holds each value once; its `Debug` shows none.
///
/// The same value of the same kind always has the same placeholder, numbered by first appearance: the next turn of a
/// conversation begins with the same text as the last, and finds the provider's prompt cache warm.
#[derive(Clone, Default)]
pub struct Placeholders {
    kinds: [Column; Kind::ALL.len()],
    /// Placeholders of high numbers that the texts had by themselves.
    far: BTreeSet<Placeholder>,
}

/// The values of one kind.
#[derive(Clone, Default)]
struct Column {
    by_value: BTreeMap<Rc<str>, u32>,
    /// Ascending.
    by_number: Vec<(u32, Rc<str>)>,
    /// Highest number given out, or found in a text as such.
    highest: u32,
}

impl Placeholders {
    /// Notes the placeholders that a text has by itself, so that ours differ from them. To be called with every text of
    /// the call before the first [`Placeholders::placeholder_for`].
    pub fn reserve(&mut self, text: &str) {
        for at in memchr_iter(b'[', text.as_bytes()) {
            let Some((own, _)) = text.get(at..).and_then(Placeholder::read) else {
                continue;
            };
            if own.number > FAR {
                self.far.insert(own);
            } else if let Some(column) = self.kinds.get_mut(own.kind.index()) {
                column.highest = column.highest.max(own.number);
            }
        }
    }

    /// The placeholder that stands for a value from now on: `[LABEL_n]`.
    pub fn placeholder_for(&mut self, kind: Kind, value: &str) -> String {
        let Some(column) = self.kinds.get_mut(kind.index()) else {
            return String::new();
        };
        if let Some(number) = column.by_value.get(value) {
            return Placeholder { kind, number: *number }.write();
        }
        let mut placeholder = Placeholder { kind, number: column.highest + 1 };
        while self.far.contains(&placeholder) {
            placeholder.number += 1;
        }
        let value: Rc<str> = value.into();
        column.highest = placeholder.number;
        column.by_value.insert(Rc::clone(&value), placeholder.number);
        column.by_number.push((placeholder.number, value));
        placeholder.write()
    }

    /// Whether a value has its placeholder already.
    pub fn knows(&self, kind: Kind, value: &str) -> bool {
        let column = self.kinds.get(kind.index());
        column.is_some_and(|column| column.by_value.contains_key(value))
    }

    /// Whether nothing has been replaced.
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|column| column.by_number.is_empty())
    }

    /// How many different values of each kind have been replaced: the kind's name and the number, in the order of
    /// [`Kind::ALL`], without those of which there are none.
    pub fn counts(&self) -> Vec<(&'static str, u32)> {
        let counts = Kind::ALL
            .iter()
            .zip(&self.kinds)
            .map(|(kind, column)| (kind.name(), u32::try_from(column.by_number.len()).unwrap_or(u32::MAX)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// The value that a placeholder stands for.
    pub fn value_of(&self, placeholder: &str) -> Option<&str> {
        let (read, length) = Placeholder::read(placeholder)?;
        if length == placeholder.len() { self.value(read) } else { None }
    }

    /// A plain text with every finding replaced. The placeholders that it has by itself are reserved first.
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
            redacted.push_str(&self.placeholder_for(finding.kind, value));
        }
        redacted.push_str(text.get(done..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// The value of a placeholder of this table.
    pub(super) fn value(&self, placeholder: Placeholder) -> Option<&str> {
        let column = self.kinds.get(placeholder.kind.index())?;
        let at = column.by_number.binary_search_by_key(&placeholder.number, |(number, _)| *number);
        column.by_number.get(at.ok()?).map(|(_, value)| &**value)
    }

    /// Whether a text is the beginning of a placeholder of this table, and not yet the whole.
    pub(super) fn has_beginning(&self, text: &str) -> bool {
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
    /// Whether the number of any value begins with these digits.
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
