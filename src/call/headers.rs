//! Headers: bytes, as they came.

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

    /// The media type, in lower case, without its parameters.
    pub fn media_type(&self) -> Option<String> {
        let value = self.text("content-type")?;
        let bare = value.split(';').next().unwrap_or_default().trim();
        Some(bare.to_ascii_lowercase())
    }

    /// Asks for another protocol on the connection, or for a tunnel: `upgrade`, as HTTP/1.1 has it and Envoy's HTTP/2
    /// codec after it, `:protocol` (RFC 8441 section 4), or `CONNECT`. Envoy takes an `upgrade` away that is not named
    /// in `connection`, or that asks for HTTP/2.
    pub fn asks_for_upgrade(&self) -> bool {
        self.0.iter().any(|(name, value)| match name.as_str() {
            "upgrade" | ":protocol" => true,
            ":method" => value.eq_ignore_ascii_case(b"CONNECT"),
            _ => false,
        })
    }

    /// Matches the statuses of errors, 4xx and 5xx.
    pub fn is_error(&self) -> bool {
        self.text(":status").is_some_and(|status| status.starts_with(['4', '5']))
    }

    /// Whether the body is compressed or otherwise encoded.
    pub fn is_encoded(&self) -> bool {
        self.first("content-encoding")
            .is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case(b"identity"))
    }

    /// Gives a header one value, in its place where it is there.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let mut value = Some(value.into());
        self.0.retain_mut(|(known, old)| {
            if known != name {
                return true;
            }
            // Of several the first gets the value, the others go.
            value.take().map(|value| *old = value).is_some()
        });
        self.0.extend(value.map(|value| (name.to_owned(), value)));
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }
}
