//! Routing: choice of the provider for a call.

use super::Destination;
use super::authority::{host_of, is_called, port_of};
use crate::dialect::Dialect;
use crate::provider::{Provider, ProviderRow};

/// Chooses the provider of a call. `host_dialect`: the provider's own dialect, when the path tunnels another vendor's
/// API, as Bedrock's and Vertex AI's paths do. Among the providers that speak the call's dialect, the owner of
/// `host_dialect` has priority.
///
/// A provider that the client named, or whose host it addressed, is chosen if it speaks the dialect; no other takes its
/// place. Otherwise the first provider that owns the dialect is chosen, else the first that speaks it. With an unknown
/// dialect only a named or addressed provider is valid: a path of one provider means nothing to another.
pub fn choose<'a>(
    providers: &'a [Provider],
    destination: Destination,
    dialect: Option<Dialect>,
    host_dialect: Option<Dialect>,
    authority: &str,
    path: &str,
) -> Option<&'a Provider> {
    let speaks = |provider: &&Provider| dialect.is_none_or(|dialect| provider.speaks(dialect));
    let speaking = || providers.iter().filter(speaks);
    match destination {
        Destination::Named(index) => providers.get(index).filter(speaks),
        Destination::Host => called(speaking(), authority, path),
        Destination::Gateway => {
            let dialect = dialect?;
            let owning = |dialect| speaking().find(|provider| provider.owns(dialect));
            host_dialect.and_then(owning).or_else(|| owning(dialect)).or_else(|| speaking().next())
        }
    }
}

/// Finds the provider at the authority's host. Several may share a host (servers on one machine, two APIs of one
/// resource). Then the first choice is a provider whose kind the table has at this port and path, then one at this
/// port, then the first.
fn called<'a>(
    providers: impl Iterator<Item = &'a Provider> + Clone,
    authority: &str,
    path: &str,
) -> Option<&'a Provider> {
    let (host, port) = (host_of(authority), port_of(authority));
    let called = providers.filter(|provider| is_called(provider, authority));
    let at_port = || called.clone().filter(|provider| port.is_none_or(|port| port == provider.port));
    let of_path = |provider: &&Provider| {
        ProviderRow::at(host, provider.port, path).is_some_and(|row| std::ptr::eq(row, provider.row))
    };
    match at_port().nth(1) {
        Some(_) => at_port().find(of_path).or_else(|| at_port().next()),
        None => at_port().next().or_else(|| called.clone().next()),
    }
}
