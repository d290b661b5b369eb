//! Forms of a placeholder: `[LABEL_n]`, n from 1, without leading zeros; with a key `[LABEL_TOKEN]`.

use super::kind::Kind;
use super::seal::{LONGEST_TOKEN, SHORTEST_TOKEN, is_letter};

/// A placeholder parsed from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Placeholder {
    pub(super) kind: Kind,
    pub(super) number: u32,
}

/// A keyed placeholder parsed from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Keyed<'t> {
    pub(super) kind: Kind,
    pub(super) token: &'t str,
}

/// Longest placeholder, in bytes: `[PAYMENT_CARD_…]` with the longest token.
pub(super) const LONGEST: usize = "[PAYMENT_CARD_]".len() + LONGEST_TOKEN;

impl Placeholder {
    /// Parses the placeholder that `text` begins with; returns its length too. Numbers of more than 32 bits are never
    /// assigned: a text with one is not a placeholder.
    pub(super) fn read(text: &str) -> Option<(Self, usize)> {
        let (kind, rest) = after_label(text)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at_checked(digits)?;
        let rest = rest.strip_prefix(']')?;
        let number = if digits.starts_with('0') { None } else { digits.parse().ok() }?;
        Some((Self { kind, number }, text.len() - rest.len()))
    }

    /// Appends its text.
    pub(super) fn write(self, out: &mut String) {
        out.push('[');
        out.push_str(self.kind.label());
        out.push('_');
        let digits = self.number.checked_ilog10().unwrap_or(0);
        for power in (0..=digits).rev() {
            out.push(char::from(b'0' + (self.number / 10u32.pow(power) % 10) as u8));
        }
        out.push(']');
    }
}

impl<'t> Keyed<'t> {
    /// Parses the keyed placeholder that `text` begins with, also one made by someone else; returns its length too.
    pub(super) fn read(text: &'t str) -> Option<(Self, usize)> {
        let (kind, rest) = after_label(text)?;
        let letters = rest.bytes().take(LONGEST_TOKEN + 1).take_while(|byte| is_letter(*byte)).count();
        let (token, rest) = rest.split_at_checked(letters)?;
        let rest = rest.strip_prefix(']')?;
        let fits = (SHORTEST_TOKEN..=LONGEST_TOKEN).contains(&token.len());
        fits.then_some((Self { kind, token }, text.len() - rest.len()))
    }

    /// Matches texts that may continue as a keyed placeholder: bracket, label and letters of a token, or a prefix of
    /// that.
    pub(super) fn may_begin(text: &str) -> bool {
        let Some(rest) = text.strip_prefix('[') else {
            return false;
        };
        Kind::ALL.into_iter().any(|kind| match rest.strip_prefix(kind.label()) {
            None => kind.label().starts_with(rest),
            Some(rest) => match rest.strip_prefix('_') {
                None => rest.is_empty(),
                Some(token) => token.len() <= LONGEST_TOKEN && token.bytes().all(is_letter),
            },
        })
    }
}

/// The kind of the placeholder that a text may begin with, and the text after bracket, label and underscore.
fn after_label(text: &str) -> Option<(Kind, &str)> {
    let rest = text.strip_prefix('[')?;
    // Decided by one letter, since texts may be full of brackets.
    let kinds = Kind::by_first_letter(*rest.as_bytes().first()?);
    kinds.iter().find_map(|kind| Some((*kind, rest.strip_prefix(kind.label())?.strip_prefix('_')?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_placeholder_is_longer_than_the_longest() {
        let number = u32::MAX;
        let lengths = Kind::ALL.map(|kind| {
            let mut text = String::new();
            Placeholder { kind, number }.write(&mut text);
            assert_eq!(text, format!("[{}_4294967295]", kind.label()));
            text.len()
        });
        assert!(lengths.into_iter().max() < Some(LONGEST));
        let lengths = Kind::ALL.map(|kind| kind.label().len() + "[_]".len() + LONGEST_TOKEN);
        assert_eq!(lengths.into_iter().max(), Some(LONGEST));
    }

    #[test]
    fn only_what_would_be_written_is_read() {
        for text in ["[EMAIL_1", "[EMAIL_]", "[EMAIL_0]", "[EMAIL_01]", "[email_1]", "[EMAIL_+1]", "[EMAIL_4294967296]"]
        {
            assert_eq!(Placeholder::read(text), None, "{text}");
        }
        let kind = Kind::UsSsn;
        let read = Placeholder::read("[US_SSN_4294967295]]");
        assert_eq!(read, Some((Placeholder { kind, number: u32::MAX }, 19)));
    }
}
