//! Lookup of rows, by their kind and by their addresses.

use super::row::ProviderRow;
use super::rows::ROWS;

impl ProviderRow {
    /// Returns the row of a kind, by its word in the settings.
    pub fn of(kind: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.kind == kind)
    }

    /// Returns the row of the provider at a host, a port and a path.
    pub fn at(host: &str, port: u16, path: &str) -> Option<&'static Self> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        ROWS.iter().find(|row| row.hosts.iter().any(|place| is_at(place, &host, port, path)))
    }

    /// Matches first segments of some provider's paths, before the API's version.
    pub fn begins_base(segment: &str) -> bool {
        let begins = |path: &str| path.split('/').nth(1) == Some(segment);
        ROWS.iter().any(|row| begins(row.base) || row.hosts.iter().any(|place| begins(place)))
    }
}

/// Reports whether a row's address matches a host, a port and a path.
fn is_at(place: &str, host: &str, port: u16, path: &str) -> bool {
    let (authority, base) = place.find('/').and_then(|at| place.split_at_checked(at)).unwrap_or((place, ""));
    let (name, at) = authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port)));
    let is_port = at.is_none_or(|at| at.parse() == Ok(port));
    let is_host = match name.split_once('*') {
        Some(around) => is_between(around, host),
        None => host == name,
    };
    is_port && is_host && path.starts_with(base)
}

/// Matches hosts with a non-empty text in the place of a pattern's `*`.
pub fn is_between((before, after): (&str, &str), host: &str) -> bool {
    host.len() > before.len() + after.len() && host.ends_with(after) && host.starts_with(before)
}
