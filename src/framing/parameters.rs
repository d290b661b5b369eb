//! Parameters of header values: `…; name="value"; name*=UTF-8''value` (RFC 9110, section 5.6.6, and RFC 8187), read as
//! leniently as clients write them.

use std::borrow::Cow;

/// Returns a parameter of a header value as text; bytes that are not UTF-8 are replaced. `name*` precedes `name`.
pub(super) fn text<'a>(header: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    let mut plain = None;
    for (key, value) in parameters(header) {
        let (key, is_extended) = key.strip_suffix(b"*").map_or((key, false), |key| (key, true));
        if !key.eq_ignore_ascii_case(name.as_bytes()) {
            continue;
        }
        if !is_extended {
            plain.get_or_insert(value);
        } else if let Some(text) = extended(&value) {
            return Some(Cow::Owned(text));
        }
    }
    Some(match plain? {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    })
}

/// Counts the parameters of a header value with this name, in its plain or extended form.
pub(super) fn count(header: &[u8], name: &str) -> usize {
    let is_named = |key: &[u8]| key.strip_suffix(b"*").unwrap_or(key).eq_ignore_ascii_case(name.as_bytes());
    parameters(header).filter(|(key, _)| is_named(key)).count()
}

/// All parameters, in their order.
fn parameters(header: &[u8]) -> impl Iterator<Item = (&[u8], Cow<'_, [u8]>)> {
    let mut rest = header;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (key, behind) = cut(rest, memchr::memchr2(b'=', b';', rest));
            rest = behind.get(1..).unwrap_or_default();
            if behind.first() == Some(&b'=') {
                let (value, behind) = value(rest.trim_ascii_start());
                rest = behind;
                return Some((key.trim_ascii(), value));
            }
        }
        None
    })
}

/// Splits at an offset, or at the end if there is none.
fn cut(bytes: &[u8], at: Option<usize>) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at.unwrap_or(bytes.len())).unwrap_or((bytes, &[]))
}

/// Splits the value that the bytes begin with from the bytes behind its semicolon.
fn value(bytes: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let (quoted, rest) = bytes.strip_prefix(b"\"").map(quoted_value).unzip();
    let rest = rest.unwrap_or(bytes);
    let (plain, behind) = cut(rest, memchr::memchr(b';', rest));
    (quoted.unwrap_or_else(|| Cow::Borrowed(plain.trim_ascii_end())), behind.get(1..).unwrap_or_default())
}

/// Reads a value in quotes, behind its opening quote. Returns it and the bytes behind it. Only quotes and backslashes
/// are treated as escaped: some clients write file paths with single backslashes.
fn quoted_value(bytes: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let mut unescaped: Option<Vec<u8>> = None;
    // Start of the bytes not yet copied to `unescaped`, and end of the bytes already searched.
    let (mut begin, mut at) = (0, 0);
    loop {
        let found = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)).map(|found| at + found);
        let end = found.unwrap_or(bytes.len());
        if bytes.get(end) == Some(&b'\\') {
            at = end + 1;
            if matches!(bytes.get(at), Some(b'"' | b'\\')) {
                unescaped.get_or_insert_default().extend_from_slice(bytes.get(begin..end).unwrap_or_default());
                begin = at;
                at += 1;
            }
            continue;
        }
        let last = bytes.get(begin..end).unwrap_or_default();
        let rest = bytes.get(end + 1..).unwrap_or_default();
        return match unescaped {
            None => (Cow::Borrowed(last), rest),
            Some(mut value) => {
                value.extend_from_slice(last);
                (Cow::Owned(value), rest)
            }
        };
    }
}

/// Decodes a value in the form of RFC 8187: the character set, the language, and percent-encoded bytes.
fn extended(value: &[u8]) -> Option<String> {
    let mut parts = value.splitn(3, |byte| *byte == b'\'');
    let (charset, _language, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = percent_decoded(encoded);
    if charset.eq_ignore_ascii_case(b"utf-8") {
        Some(String::from_utf8_lossy(&bytes).into_owned())
    } else if charset.eq_ignore_ascii_case(b"iso-8859-1") {
        Some(bytes.into_iter().map(char::from).collect())
    } else {
        None
    }
}

fn percent_decoded(encoded: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let code = digit(0).zip(digit(1)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        let decoded = code.filter(|_| *first == b'%');
        bytes.push(decoded.unwrap_or(*first));
        rest = if decoded.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    bytes
}
