//! JSON string escapes: text to source, source to text, and offsets in a text to offsets in its source.

use super::plain::plain_length;
use std::borrow::Cow;

/// Appends `text`, escaped as the inside of a JSON string (RFC 8259, section 7).
pub fn escape_into(text: &str, out: &mut String) {
    let mut rest = text;
    loop {
        // A byte that has to be escaped is a character of its own.
        let (plain, tail) = rest.split_at_checked(plain_length(rest.as_bytes())).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(control) => {
                out.push_str("\\u00");
                for nibble in [u32::from(control) >> 4, u32::from(control) & 0xf] {
                    out.push(char::from_digit(nibble, 16).unwrap_or('0'));
                }
            }
            None => return,
        }
        rest = chars.as_str();
    }
}

/// Decodes the inside of a JSON string. Half of a surrogate pair, which no text can hold, becomes U+FFFD; callers that
/// only read leave the source as it is.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let (plain, mut rest) = raw.split_at_checked(first).unwrap_or((raw, ""));
    text.push_str(plain);
    while !rest.is_empty() {
        let (decoded, used) = escape_at(rest);
        text.push(decoded);
        let tail = rest.get(used..).unwrap_or_default();
        let next = memchr::memchr(b'\\', tail.as_bytes()).unwrap_or(tail.len());
        let (plain, after) = tail.split_at_checked(next).unwrap_or((tail, ""));
        text.push_str(plain);
        rest = after;
    }
    Cow::Owned(text)
}

/// Maps offsets in a text to offsets in its escaped source, in one walk. The offsets must ascend and lie between
/// characters; an offset beyond the text becomes the source's length.
pub fn locate(raw: &str, offsets: &mut [usize]) {
    let (mut source, mut text) = (0, 0);
    for offset in offsets {
        while text < *offset && source < raw.len() {
            let rest = raw.get(source..).unwrap_or_default();
            if rest.starts_with('\\') {
                let (decoded, used) = escape_at(rest);
                source += used;
                text += decoded.len_utf8();
            } else {
                // No further than the offset: the next escape may lie far behind many offsets.
                let reach = rest.as_bytes().get(..*offset - text).unwrap_or(rest.as_bytes());
                let step = memchr::memchr(b'\\', reach).unwrap_or(reach.len());
                source += step;
                text += step;
            }
        }
        *offset = source;
    }
}

/// Decodes the escape at the start of `rest`. Returns its character and its length in bytes.
pub(super) fn escape_at(rest: &str) -> (char, usize) {
    let replacement = char::REPLACEMENT_CHARACTER;
    match rest.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => match (unit_at(rest, 0), unit_at(rest, 6)) {
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                (char::from_u32(code).unwrap_or(replacement), 12)
            }
            (Some(unit), _) => (char::from_u32(unit).unwrap_or(replacement), 6),
            (None, _) => (replacement, rest.len()),
        },
        Some(&plain) if matches!(plain, b'"' | b'\\' | b'/') => (char::from(plain), 2),
        _ => (replacement, rest.len()),
    }
}

/// Decodes the UTF-16 unit of an escape (`\u` and four hexadecimal digits) at `at`.
fn unit_at(rest: &str, at: usize) -> Option<u32> {
    let digits = rest.get(at..at + 6)?.strip_prefix("\\u")?;
    digits.bytes().try_fold(0, |unit, digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_escape_is_read() {
        assert_eq!(unescape(r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#), "a\"\\/\u{8}\u{c}\n\r\té😀z");
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced_not_refused() {
        assert_eq!(unescape(r"\ud83dx\ude00"), "\u{fffd}x\u{fffd}");
    }

    proptest! {
        #[test]
        fn unescaping_undoes_escaping(text in any::<String>()) {
            let mut raw = String::new();
            escape_into(&text, &mut raw);
            prop_assert_eq!(unescape(&raw), text.as_str());
            prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{raw}\"")).unwrap(), text);
        }

        #[test]
        fn unescaping_agrees_with_serde_json(text in any::<String>()) {
            let ascii: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(unescape(&ascii), text.as_str());
        }

        #[test]
        fn a_place_in_the_text_is_found_in_its_source(before in any::<String>(), after in any::<String>()) {
            let mut raw = String::new();
            escape_into(&before, &mut raw);
            let expected = raw.len();
            escape_into(&after, &mut raw);
            let mut offsets = [0, before.len(), before.len() + after.len()];
            locate(&raw, &mut offsets);
            prop_assert_eq!(offsets, [0, expected, raw.len()]);
        }
    }
}
