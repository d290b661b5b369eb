//! E-mail addresses, found at their `@`.
//!
//! Dot-atoms of RFC 5321 section 4.1.2 and RFC 5322 section 3.4.1 in common use, with the letters of all scripts (RFC
//! 6531 section 3.3) and the length limits of RFC 5321 section 4.5.3.1. Of the marks allowed in an atom only `. _ + -
//! '` are matched: all others stand next to addresses more often than in them (`email=a@b.example`, `**a@b.example**`).
//! Quoted local parts and address literals in brackets are not matched.

use super::super::class::{DIGIT, HYPHEN, JOINT, LOWER, UNDERSCORE, UPPER, class};
use super::super::view::View;
use std::ops::Range;

/// Longest local part, in bytes.
const LOCAL: usize = 64;
/// Longest address, in bytes (RFC 5321's path of 256 without its angle brackets).
const ADDRESS: usize = 254;
/// Longest label of a domain, in bytes (RFC 1035 section 2.3.4).
const LABEL: usize = 63;

/// Finds the address whose `@` is at `at`. Its local part may extend back over earlier findings: a phone number before
/// the `@` is a part of the address.
pub(in super::super) fn email(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    if matches!(view.byte(at.checked_sub(1)?), 0..=b' ' | b'@' | b'"' | b'(' | b'>') {
        return None;
    }
    let end = domain(view, at + 1)?;
    let anywhere = View { floor: view.line, ..*view };
    let start = local(&anywhere, at, end).or_else(|| local(view, at, end))?;
    // The account of every Git server in `git@host:path`: nobody's mailbox, and a placeholder would break the address.
    let is_git = view.text.get(start..at) == Some("git");
    (end - start <= ADDRESS && !is_git).then_some(start..end)
}

/// Scripts, as far as they matter here: in languages without spaces between words, a change of script separates words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Other,
}

/// Start of the local part before `at`.
fn local(view: &View<'_>, at: usize, end: usize) -> Option<usize> {
    let before = view.text.get(view.start()..at)?;
    let mut start = at - plain_tail(before.as_bytes());
    if start > view.start() && !view.back(start, 1).is_ascii() {
        start = script_start(view, at, before)?;
    }
    if at - start > LOCAL {
        return None;
    }
    start += escape_length(view, start);
    let emphasis = view.byte(end) == b'_';
    let leads = |byte| matches!(byte, b'.' | b'+' | b'-' | b'\'') || emphasis && byte == b'_';
    while start < at && leads(view.byte(start)) {
        start += 1;
    }
    (start < at).then_some(start)
}

/// Length of the ASCII characters of a local part at the end of a text, up to one more than [`LOCAL`].
fn plain_tail(before: &[u8]) -> usize {
    let mut next = 0;
    let belongs = |byte: &&u8| {
        let is_double = next == b'.';
        next = **byte;
        class(next) & (LOWER | UPPER | DIGIT | UNDERSCORE | HYPHEN | JOINT) != 0 || next == b'.' && !is_double
    };
    before.iter().rev().take(LOCAL + 1).take_while(belongs).count()
}

/// Start of a local part with characters of any script.
fn script_start(view: &View<'_>, at: usize, before: &str) -> Option<usize> {
    let mut start = at;
    let mut first_letter = at;
    let mut script = None;
    for letter in before.chars().rev() {
        let found = script_of(letter);
        let belongs = match found {
            Some(found) => *script.get_or_insert(found) == found,
            None if letter == '.' => view.byte(start) != b'.',
            None => letter.is_ascii_digit() || matches!(letter, '_' | '+' | '-' | '\''),
        };
        if !belongs {
            if found == Some(Script::Latin) {
                // The digits before the name are the end of another word.
                start = first_letter;
            }
            break;
        }
        start -= letter.len_utf8();
        if found.is_some() {
            first_letter = start;
        }
        if at - start > LOCAL {
            return None;
        }
    }
    Some(start)
}

/// Number of bytes at `at` that belong to an escape begun by the backslash before them.
fn escape_length(view: &View<'_>, at: usize) -> usize {
    match (view.back(at, 1), view.byte(at)) {
        (b'\\', b'n' | b'r' | b't') => 1,
        (b'\\', b'u') if (1..=4).all(|step| view.byte(at + step).is_ascii_hexdigit()) => 5,
        _ => 0,
    }
}

/// End of the domain that begins at `start`; `None` when it has no top-level domain.
fn domain(view: &View<'_>, start: usize) -> Option<usize> {
    let mut end = None;
    let mut at = start;
    let mut numbers = 0;
    for labels in 1.. {
        let label_end = label(view, at);
        if label_end == at || label_end - start > ADDRESS {
            break;
        }
        if labels > 1 {
            end = top_level(view, at, label_end).or(end);
        }
        if label_end - at > LABEL {
            break;
        }
        numbers += usize::from(labels < 3 && view.digits(at, LABEL) == label_end - at);
        if view.byte(label_end) != b'.' {
            break;
        }
        at = label_end + 1;
    }
    let end = end?;
    let (first, last) = view.text.get(start..end)?.rsplit_once('.')?;
    // `package@1.2.3-rc.one` is a version, `logo@2x.png` an image for high-resolution screens.
    let image = matches!(last, "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif");
    (numbers < 2 && !(image && matches!(first, "1x" | "2x" | "3x" | "4x"))).then_some(end)
}

/// End of the label that begins at `start`, without trailing hyphens.
fn label(view: &View<'_>, start: usize) -> usize {
    let bytes = view.text.as_bytes().get(start..).unwrap_or_default();
    let belongs = |byte: &&u8| class(**byte) & (LOWER | UPPER | DIGIT | HYPHEN) != 0;
    let length = bytes.iter().take(LABEL + 1).take_while(belongs).count();
    if length <= LABEL && bytes.get(length).is_some_and(|byte| !byte.is_ascii()) {
        return script_label(view, start);
    }
    let label = bytes.get(..length).unwrap_or_default();
    let hyphens = label.iter().rev().take_while(|byte| **byte == b'-').count();
    if label.first() == Some(&b'-') { start } else { start + length - hyphens }
}

/// [`label`] with characters of any script.
fn script_label(view: &View<'_>, start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    let mut script = None;
    for letter in view.text.get(start..).unwrap_or_default().chars() {
        let belongs = match script_of(letter) {
            Some(found) => *script.get_or_insert(found) == found,
            None => letter.is_ascii_digit() || letter == '-' && at > start,
        };
        if !belongs || at - start > LABEL {
            break;
        }
        at += letter.len_utf8();
        if letter != '-' {
            end = at;
        }
    }
    end
}

/// End of the address if this label is its last: after its leading letters, at least two (`a@b.example-and-so-on`,
/// `a@b.example2024`). Encoded labels (`xn--…`) are taken whole.
fn top_level(view: &View<'_>, start: usize, end: usize) -> Option<usize> {
    if view.has(start, "xn--") {
        return Some(end);
    }
    let label = view.text.get(start..end)?;
    let letters = label.split(|letter: char| letter.is_ascii_digit() || letter == '-').next()?;
    letters.chars().nth(1)?;
    (letters.len() <= LABEL).then(|| start + letters.len())
}

/// Script of a letter; `None` when it is not a letter of a name.
fn script_of(letter: char) -> Option<Script> {
    match letter {
        'a'..='z' | 'A'..='Z' => Some(Script::Latin),
        '\0'..='\u{bf}' => None,
        'À'..='\u{24f}' | '\u{300}'..='\u{36f}' | '\u{1e00}'..='\u{1eff}' => {
            letter_or_mark(letter).then_some(Script::Latin)
        }
        _ => letter_or_mark(letter).then_some(Script::Other),
    }
}

/// Matches characters beyond ASCII that are letters or joined to letters: accents (U+0300…), and the signs that join
/// consonants or dot them in the scripts of India, whose blocks have one layout (U+0900 to U+0DFF).
fn letter_or_mark(letter: char) -> bool {
    let code = u32::from(letter);
    let indic = (0x900..0xe00).contains(&code) && matches!(code % 0x80, 0x3c | 0x4d);
    letter.is_alphanumeric() || indic || matches!(code, 0x300..=0x36f | 0x200c | 0x200d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kinds;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ascii_is_read_like_any_script(text in "[a-zA-Z0-9._+'é用@ -]{0,12}[a-z.-]{0,70}", floor in 0..4_usize) {
            let view = View { text: &text, floor, line: 0, before: "", unclear: None, kinds: Kinds::ALL };
            prop_assert_eq!(label(&view, 0), script_label(&view, 0));
            let before = text.get(view.start()..);
            let expected = before.and_then(|before| script_start(&view, text.len(), before));
            let plain = before.map(|before| text.len() - plain_tail(before.as_bytes()));
            let plain = plain.filter(|start| text.len() - start <= LOCAL);
            if before.is_some_and(str::is_ascii) {
                prop_assert_eq!(plain, expected);
            }
        }
    }
}
