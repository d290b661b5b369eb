//! Headers: bytes, as they came, and the few edits of them.

use std::borrow::Cow;

/// Headers of a request or an answer, pseudo-headers included; names in lower case, as Envoy keeps them.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, Vec<u8>)>);

impl Headers {
    /// The first value of a header.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// The first value of a header, when it is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// How often a header is there.
    pub fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(known, _)| known == name).count()
    }

    /// The media type, in lower case, without its parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.text("content-type")?;
        let bare = value.split(';').next().unwrap_or_default().trim();
        Some(bare.to_ascii_lowercase())
    }

    /// Whether the body is compressed or otherwise encoded.
    pub fn is_encoded(&self) -> bool {
        self.first("content-encoding")
            .is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"identity"))
    }
}

/// Edits of headers, in the order in which they are to be made.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct HeaderEdits(pub Vec<(Cow<'static, str>, Option<Vec<u8>>)>);

impl HeaderEdits {
    /// Sets a header to one value.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Vec<u8>>) {
        self.0.push((name.into(), Some(value.into())));
    }

    /// Removes a header.
    pub fn remove(&mut self, name: impl Into<Cow<'static, str>>) {
        self.0.push((name.into(), None));
    }
}
