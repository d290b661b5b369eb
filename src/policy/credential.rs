//! The credential: where in the request's headers a client puts its virtual key.

/// The headers in which clients present a key, in lower case: `authorization` as `Bearer <key>`, the others as the bare
/// key. None of them goes on to a provider.
pub const KEY_HEADERS: [&str; 4] = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/// The virtual key that a client presents; `header` gives a header's value, `own` is the one of [`KEY_HEADERS`] that the
/// dialect's own clients send.
///
/// Any of them serves in every dialect, because clients that are pointed at a gateway mix them: `authorization` as
/// `Bearer <key>` (the scheme in any case, RFC 9110 section 11.1), the others with white space around the key ignored.
/// Another scheme, and a header without a key, count as absent. Where several carry a key, the dialect's own header
/// wins, and then the first.
pub fn presented<'a>(header: impl Fn(&str) -> Option<&'a [u8]>, own: &str) -> Option<&'a [u8]> {
    let key = |name: &str| {
        let value = header(name)?;
        if name == "authorization" { bearer(value) } else { Some(trimmed(value)).filter(|key| !key.is_empty()) }
    };
    key(own).or_else(|| KEY_HEADERS.into_iter().find_map(key))
}

/// The token of a `Bearer` credential.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let value = trimmed(value);
    let (scheme, rest) = value.split_at_checked(SCHEME.len())?;
    let token = trimmed(rest);
    let is_apart = token.len() < rest.len();
    (scheme.eq_ignore_ascii_case(SCHEME) && is_apart && !token.is_empty()).then_some(token)
}

/// Without the white space that RFC 9110 allows around a header's value: spaces and tabs.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

const SCHEME: &[u8] = b"bearer";
