//! Headers as raw bytes.

/// Headers of a request or an answer, pseudo-headers included. Names are in lower case, as Envoy keeps them.
#[derive(Clone, Debug, Default)]
pub struct Headers(pub Vec<(String, Vec<u8>)>);

impl Headers {
    /// Returns the first value of a header.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// Returns the first value of a header if it is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Returns the media type in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.text("content-type")?;
        let bare = value.split(';').next().unwrap_or_default().trim();
        Some(bare.to_ascii_lowercase())
    }

    /// Reports whether the request asks for another protocol on the connection, or for a tunnel: `upgrade`, as in
    /// HTTP/1.1 and in Envoy's HTTP/2 codec, `:protocol` (RFC 8441 section 4), or `CONNECT`. Envoy removes an `upgrade`
    /// that `connection` does not list, or that asks for HTTP/2.
    pub fn asks_for_upgrade(&self) -> bool {
        self.0.iter().any(|(name, value)| match name.as_str() {
            "upgrade" | ":protocol" => true,
            ":method" => value.eq_ignore_ascii_case(b"CONNECT"),
            _ => false,
        })
    }

    /// Matches error statuses, 4xx and 5xx.
    pub fn is_error(&self) -> bool {
        self.text(":status").is_some_and(|status| status.starts_with(['4', '5']))
    }

    /// Reports whether the body is compressed or otherwise encoded.
    pub fn is_encoded(&self) -> bool {
        self.first("content-encoding")
            .is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"identity"))
    }

    /// Sets a header to one value, in place if it exists. Of several values the first is replaced and the others are
    /// removed.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let value = value.into();
        let mut known = self.0.iter_mut().filter(|(known, _)| known == name);
        match (known.next(), known.next().is_some()) {
            (Some((_, old)), false) => *old = value,
            (Some(_), true) => self.set_first(name, value),
            (None, _) => self.0.push((name.to_owned(), value)),
        }
    }

    fn set_first(&mut self, name: &str, value: Vec<u8>) {
        let mut value = Some(value);
        self.0.retain_mut(|(known, old)| known != name || value.take().map(|value| *old = value).is_some());
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }
}
