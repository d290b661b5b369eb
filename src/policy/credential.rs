//! Credentials: the places in a request that can hold a virtual key, and other places where it occurs.

use super::{Keyring, VirtualKey};
use crate::endpoint::split_query;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use memchr::{memchr, memchr_iter, memchr2, memmem};
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::sync::Arc;

/// Headers that clients present a key in, in lower case: bare, as `Bearer <key>`, or as `Basic`. Removed before a
/// request goes to a provider.
///
/// From providers' clients, Azure API Management, proxies (RFC 9110, section 11.7.1), and other gateways whose users
/// move here: LiteLLM, Portkey, Helicone, Cloudflare, Kong.
const KEY_HEADERS: [&str; 14] = [
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "x-auth-token",
    "ocp-apim-subscription-key",
    "proxy-authorization",
    "x-litellm-api-key",
    "x-litellm-key",
    "x-portkey-api-key",
    "helicone-auth",
    "cf-aig-authorization",
    "x-authorization",
    "apikey",
];

/// Query parameters that clients present a key in, in lower case. Removed before a request goes to a provider.
const KEY_PARAMETERS: [&str; 11] = [
    "key",
    "api-key",
    "api_key",
    "apikey",
    "x-api-key",
    "x-goog-api-key",
    "subscription-key",
    "ocp-apim-subscription-key",
    "access_token",
    "oauth_token",
    "auth_token",
];

/// Query parameters of AWS signatures; the token may also be a header:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>, read 2026-11-28.
const AWS_PARAMETERS: [&str; 3] = [AWS_SIGNATURE, "x-amz-credential", AWS_TOKEN];
const AWS_SIGNATURE: &str = "x-amz-signature";
const AWS_TOKEN: &str = "x-amz-security-token";

/// Matches headers that carry a credential of the client, by their names in lower case.
pub fn is_credential(header: &str) -> bool {
    holds_key(header) || header == AWS_TOKEN
}

/// Matches [`KEY_HEADERS`]. Most other headers are rejected by their lengths alone.
fn holds_key(header: &str) -> bool {
    let bit = u32::try_from(header.len()).ok().and_then(|length| 1_u32.checked_shl(length)).unwrap_or_default();
    KEY_HEADER_LENGTHS & bit != 0 && KEY_HEADERS.contains(&header)
}

/// Lengths of [`KEY_HEADERS`], one bit each.
const KEY_HEADER_LENGTHS: u32 = {
    let (mut lengths, mut rest) = (0, KEY_HEADERS.as_slice());
    while let [first, others @ ..] = rest {
        lengths |= 1 << first.len();
        rest = others;
    }
    lengths
};

/// Keys that a client presents: each text once, and at most a few. Has no `Debug`.
#[derive(Clone, Default)]
pub struct Presented {
    keys: KeyTexts,
    /// Index of the known key.
    known: Option<usize>,
    /// Length of the shortest key that is searched for: no shorter value contains one, in any encoding.
    shortest: usize,
    /// Set when the request is signed as AWS's clients do, in place of a key or in addition to one.
    is_signed: bool,
}

/// Texts of keys in one buffer, at most [`MOST_KEYS`].
#[derive(Clone, Default)]
struct KeyTexts {
    text: Vec<u8>,
    /// End of each text; 0 behind the last.
    ends: [usize; MOST_KEYS],
}

impl KeyTexts {
    /// Adds a text that is not empty, if there is room.
    fn push(&mut self, text: &[u8]) {
        if let Some(end) = self.ends.iter_mut().find(|end| **end == 0) {
            self.text.extend_from_slice(text);
            *end = self.text.len();
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().take_while(|end| **end > 0).filter_map(move |end| {
            let text = self.text.get(start..*end);
            start = *end;
            text
        })
    }
}

/// Reasons why no virtual key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// No place that can hold a key has one.
    Missing,
    /// No presented key is known.
    Unknown,
    /// Two different known keys.
    Ambiguous,
    /// An AWS signature in place of a key.
    Signed,
}

impl Presented {
    /// Collects the keys of a request from its headers, names in lower case, and the query of its path.
    ///
    /// Clients pointed at a gateway mix the places: a leftover in one of them must not hide the key in another.
    pub fn of<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>, path: &str) -> Self {
        let mut presented = Self { shortest: usize::MAX, ..Self::default() };
        for (name, value) in headers.filter(|(name, _)| holds_key(name)) {
            presented.take_header(name, value);
        }
        for (name, value) in parameters(path) {
            presented.is_signed |= is_named(name, &[AWS_SIGNATURE]);
            if is_named(name, &KEY_PARAMETERS) {
                presented.take(token(&decoded(value.as_bytes())));
            }
        }
        presented
    }

    fn take_header(&mut self, name: &str, value: &[u8]) {
        let is_bare = name != "authorization" && name != "proxy-authorization";
        self.is_signed |= trimmed(value).starts_with(AWS_SCHEME);
        match scheme(value) {
            Some((word, key)) if word.eq_ignore_ascii_case(BEARER) => self.take(key),
            Some((word, encoded)) if word.eq_ignore_ascii_case(BASIC) => {
                let pair = basic(encoded);
                pair.splitn(2, |byte| *byte == b':').for_each(|part| self.take(part));
            }
            _ if is_bare => self.take(trimmed(value)),
            _ => {}
        }
    }

    fn take(&mut self, key: &[u8]) {
        let key = trimmed(key);
        if !key.is_empty() && self.keys.iter().all(|known| known != key) {
            if key.len() >= SHORTEST_NEEDLE {
                self.shortest = self.shortest.min(key.len());
            }
            self.keys.push(key);
        }
    }

    /// Finds the one known key, in any of the places.
    ///
    /// # Errors
    /// See [`KeyFault`].
    pub fn find<'k>(&mut self, keyring: &'k Keyring) -> Result<&'k Arc<VirtualKey>, KeyFault> {
        let mut known =
            self.keys.iter().enumerate().filter_map(|(at, text)| Some((at, text.len(), keyring.find(text)?)));
        match (known.next(), known.next()) {
            (Some((at, length, key)), None) => {
                self.shortest = self.shortest.min(length);
                self.known = Some(at);
                Ok(key)
            }
            (Some(_), Some(_)) => Err(KeyFault::Ambiguous),
            (None, _) if self.is_signed => Err(KeyFault::Signed),
            (None, _) if self.keys.iter().next().is_none() => Err(KeyFault::Missing),
            (None, _) => Err(KeyFault::Unknown),
        }
    }

    /// Reports whether a value of this length is long enough to contain one of the keys.
    pub fn may_stand_in(&self, length: usize) -> bool {
        length >= self.shortest
    }

    /// Reports whether a header's value, a parameter, a path or a name contains one of the keys: bare or with anything
    /// around it, percent-encoded, or in base64 after `Basic`.
    pub fn stands_in(&self, value: &[u8]) -> bool {
        if !self.may_stand_in(value.len()) {
            return false;
        }
        let known = self.known.and_then(|at| self.keys.iter().nth(at));
        let within = |value: &[u8]| {
            let is_known_word = known.is_some_and(|key| is_word_of(key, value));
            is_known_word || self.keys.iter().any(|key| is_within(key, value))
        };
        within(value)
            || memchr(b'%', value).is_some() && within(&decoded(value))
            || scheme(value).is_some_and(|(word, rest)| word.eq_ignore_ascii_case(BASIC) && within(&basic(rest)))
    }

    /// Keys that are long enough to search for in any text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(|key| key.len() >= SHORTEST_NEEDLE).filter_map(|key| std::str::from_utf8(key).ok())
    }

    /// Returns the path without the parameters that carry a key, the others byte for byte; `None` where there are none.
    pub fn removed_from(&self, path: &str) -> Option<String> {
        let (bare, Some(query)) = split_query(path) else {
            return None;
        };
        let carries = |member: &&str| {
            let name = member.split_once('=').map_or(*member, |(name, _)| name);
            is_named(name, &KEY_PARAMETERS) || is_named(name, &AWS_PARAMETERS) || self.stands_in(member.as_bytes())
        };
        if !query.split('&').any(|member| carries(&member)) {
            return None;
        }
        let mut rest = bare.to_owned();
        let mut mark = '?';
        for member in query.split('&').filter(|member| !carries(member)) {
            rest.push(mark);
            rest.push_str(member);
            mark = '&';
        }
        Some(rest)
    }
}

/// Names and values of a path's query, as written.
fn parameters(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let (_, query) = split_query(path);
    query.into_iter().flat_map(|query| query.split('&')).map(|member| member.split_once('=').unwrap_or((member, "")))
}

/// Matches a parameter's name, in any case and percent-encoded or not.
fn is_named(written: &str, names: &[&str]) -> bool {
    let name = decoded(written.as_bytes());
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

fn decoded(written: &[u8]) -> Cow<'_, [u8]> {
    percent_decode(written).into()
}

/// Finds a key anywhere in a value. Short texts occur in many values and are not searched for here.
fn is_within(key: &[u8], value: &[u8]) -> bool {
    value.len() >= key.len() && key.len() >= SHORTEST_NEEDLE && contains(value, key)
}

/// Finds a key in a value. Most values are short: looking at each place with the key's first byte then takes less time
/// than making a searcher.
pub fn contains(value: &[u8], key: &[u8]) -> bool {
    let (Some(first), Some(last)) = (key.first(), value.len().checked_sub(key.len())) else {
        return key.is_empty();
    };
    if value.len() > LONGEST_SHORT {
        return memmem::find(value, key).is_some();
    }
    let places = value.get(..=last).unwrap_or_default();
    memchr_iter(*first, places).any(|at| value.get(at..).is_some_and(|rest| rest.starts_with(key)))
}

/// Length of a short value, in bytes.
const LONGEST_SHORT: usize = 256;

/// Compares a value, and each word of it, with a short key.
fn is_word_of(key: &[u8], value: &[u8]) -> bool {
    let is_border = |byte: &u8| b" \t,;:=&/\"".contains(byte);
    let is_short = key.len() < SHORTEST_NEEDLE && value.len() >= key.len();
    is_short && (trimmed(value) == key || value.split(is_border).any(|word| word == key))
}

/// Splits a credential into its scheme and the text after the white space (RFC 9110, section 11.4).
fn scheme(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let value = trimmed(value);
    let (word, rest) = value.split_at_checked(memchr2(b' ', b'\t', value)?)?;
    Some((word, trimmed(rest)))
}

/// Strips the word `Bearer` from a key.
fn token(value: &[u8]) -> &[u8] {
    match scheme(value) {
        Some((word, key)) if word.eq_ignore_ascii_case(BEARER) => key,
        _ => value,
    }
}

/// Decodes `user:password` of a `Basic` credential (RFC 7617); empty where it is not base64.
fn basic(encoded: &[u8]) -> Vec<u8> {
    if encoded.len() > LONGEST_BASIC {
        return Vec::new();
    }
    STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).unwrap_or_default()
}

/// Strips the white space that RFC 9110 allows around a header's value: spaces and tabs.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

const BEARER: &[u8] = b"bearer";
const BASIC: &[u8] = b"basic";
/// `AWS4-HMAC-SHA256`, and `AWS4-ECDSA-P256-SHA256` for several regions.
const AWS_SCHEME: &[u8] = b"AWS4-";
/// Maximum number of keys tried, so that no client can make the gateway hash without end.
const MOST_KEYS: usize = 8;
/// Keys shorter than this are only matched as whole words.
const SHORTEST_NEEDLE: usize = 16;
const LONGEST_BASIC: usize = 8192;
