//! Exchanges: a recorded request and its answer, from a line of a recording.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, de};
use tollgate::attempt::Headers;

/// One exchange. Other members of a line, on its origin, are ignored.
#[derive(Deserialize)]
pub(crate) struct RecordedExchange {
    /// Id, unique within a recording.
    pub(crate) id: String,
    /// The provider, in the recorder's word.
    #[serde(default, deserialize_with = "or_none")]
    pub(crate) provider: String,
    /// The operation, in the recorder's word.
    #[serde(default, deserialize_with = "or_none")]
    pub(crate) operation: String,
    /// Set when the recorder marks the request as streaming.
    #[serde(default, deserialize_with = "or_none")]
    pub(crate) stream: bool,
    /// The request.
    pub(crate) request: RecordedRequest,
    /// The answer.
    pub(crate) response: RecordedResponse,
}

/// A recorded request.
#[derive(Deserialize)]
pub(crate) struct RecordedRequest {
    /// The method; some recorders write it in lower case.
    #[serde(deserialize_with = "upper")]
    pub(crate) method: String,
    /// The whole URL.
    pub(crate) url: String,
    /// The headers, in order.
    #[serde(default, deserialize_with = "headers")]
    pub(crate) headers: Headers,
    /// The body.
    #[serde(default, rename = "body_b64", deserialize_with = "base64")]
    pub(crate) body: Vec<u8>,
}

/// A recorded answer.
#[derive(Deserialize)]
pub(crate) struct RecordedResponse {
    /// The status.
    pub(crate) status: u16,
    /// The headers, in order.
    #[serde(default, deserialize_with = "headers")]
    pub(crate) headers: Headers,
    /// The body, as received; it is compressed only where its headers have it.
    #[serde(default, rename = "body_b64", deserialize_with = "base64")]
    pub(crate) body: Vec<u8>,
}

/// The parts of a URL.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Address<'a> {
    /// The host, without brackets.
    pub(crate) host: &'a str,
    /// The port; the scheme's where the URL has none.
    pub(crate) port: u16,
    /// The path and the query.
    pub(crate) path: &'a str,
}

impl RecordedRequest {
    /// Address of the request.
    pub(crate) fn address(&self) -> Address<'_> {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("https", &self.url));
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let authority = authority.rsplit_once('@').map_or(authority, |(_, authority)| authority);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port.parse().ok()),
            _ => (authority, None),
        };
        let usual = if scheme.eq_ignore_ascii_case("http") { 80 } else { 443 };
        Address { host: host.trim_matches(['[', ']']), port: port.unwrap_or(usual), path }
    }
}

/// Headers as pairs; a recorder may store several values of one name as a list.
fn headers<'de, D: Deserializer<'de>>(from: D) -> Result<Headers, D::Error> {
    let pairs = Option::<Vec<(String, Option<Values>)>>::deserialize(from)?.unwrap_or_default();
    let flat = pairs.into_iter().flat_map(|(name, values)| {
        let values = match values {
            None => vec![],
            Some(Values::One(value)) => vec![value],
            Some(Values::Several(values)) => values,
        };
        values.into_iter().map(move |value| (name.to_ascii_lowercase(), value.into_bytes()))
    });
    Ok(Headers::from_iter(flat))
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

/// Deserializes a value that a recorder may have set to null.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn upper<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(String::deserialize(from)?.to_ascii_uppercase())
}

fn base64<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = Option::<String>::deserialize(from)?.unwrap_or_default();
    STANDARD.decode(text).map_err(de::Error::custom)
}
