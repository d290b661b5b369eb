//! Routing: which provider a call goes to.

use crate::dialect::Dialect;
use crate::provider::Provider;

/// Chooses the provider of a call.
///
/// A provider whose host is the request's `authority` (its port ignored, in any case) and that speaks the dialect
/// wins: the client called it by name, and the gateway stands on the way out of the mesh. Else the first whose own the
/// dialect is, else the first that speaks it. With a dialect unknown, only the provider that was called by name is right: a path that one of them
/// knows means nothing to another.
pub fn choose<'a>(providers: &'a [Provider], dialect: Option<Dialect>, authority: &str) -> Option<&'a Provider> {
    let host = host_of(authority);
    let is_called = |provider: &&Provider| provider.host.eq_ignore_ascii_case(host);
    let Some(dialect) = dialect else {
        return providers.iter().find(is_called);
    };
    let speaking = || providers.iter().filter(|provider| provider.speaks(dialect));
    let own = || speaking().find(|provider| provider.owns(dialect));
    speaking().find(is_called).or_else(own).or_else(|| speaking().next())
}

/// The host of an authority, as [`Provider::host`] is written: without port, brackets and the root's dot.
fn host_of(authority: &str) -> &str {
    if let Some(address) = authority.strip_prefix('[') {
        return address.split(']').next().unwrap_or_default();
    }
    let host = authority.split(':').next().unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}
