//! The credential: where in the request's headers a client puts its virtual key.

/// The virtual key that a client presents, from the values of `authorization` and `x-api-key`; `own` is the one of
/// the two that the dialect's own clients send.
///
/// Either header serves in every dialect, because clients that are pointed at a gateway mix them: `authorization` as
/// `Bearer <key>` (the scheme in any case, RFC 9110 section 11.1), `x-api-key` as the bare key, white space around it
/// ignored. Another scheme, and a header without a key, count as absent. Where both carry a key, the dialect's own
/// header wins.
pub fn presented<'a>(authorization: Option<&'a [u8]>, x_api_key: Option<&'a [u8]>, own: &str) -> Option<&'a [u8]> {
    let bearer = authorization.and_then(bearer);
    let bare = x_api_key.map(trimmed).filter(|key| !key.is_empty());
    if own == "x-api-key" { bare.or(bearer) } else { bearer.or(bare) }
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
