//! Authorities: the host and the port that a client addressed.

use crate::provider::Provider;

/// Matches the host that a client addressed against the provider's. On the loopback interface the port must match too:
/// the gateway itself may be there.
pub fn is_called(provider: &Provider, authority: &str) -> bool {
    // Most authorities are the gateway's, and too short for a provider's host.
    let is_host = authority.len() >= provider.host.len() && provider.host.eq_ignore_ascii_case(host_of(authority));
    is_host && (!is_loopback(&provider.host) || port_of(authority).is_none_or(|port| port == provider.port))
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "0.0.0.0" | "::1" | "::") || host.starts_with("127.")
}

pub(super) fn port_of(authority: &str) -> Option<u16> {
    let at = memchr::memrchr(b':', authority.as_bytes())?;
    authority.get(at + 1..)?.parse().ok()
}

/// Host of an authority, in the form of [`Provider::host`]: without user, port, brackets and the root's dot.
pub(super) fn host_of(authority: &str) -> &str {
    let user = memchr::memrchr(b'@', authority.as_bytes()).map_or(0, |end| end + 1);
    let authority = authority.get(user..).unwrap_or_default();
    let before = |mark: u8, text: &'_ str| memchr::memchr(mark, text.as_bytes()).unwrap_or(text.len());
    if let Some(address) = authority.strip_prefix('[') {
        return address.get(..before(b']', address)).unwrap_or_default();
    }
    let host = authority.get(..before(b':', authority)).unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}
