//! Destinations: the provider a client addresses, by host or by name.

use super::Hosts;
use super::authority::is_called;
use crate::endpoint::Route;
use crate::model::Misdirection;
use crate::provider::{Provider, ProviderRow};
use percent_encoding::percent_decode_str;

/// Destination of a call, as chosen by its client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Destination {
    /// Any provider that speaks the path's dialect: the client addressed the gateway.
    #[default]
    Gateway,
    /// The provider at the addressed host.
    Host,
    /// The provider named by the client, by its index in the settings.
    Named(usize),
}

impl Destination {
    /// Determines the destination of a request from its authority and the values of its header [`TARGET_HEADER`].
    ///
    /// A request that addresses a provider's host goes there or nowhere. A name chooses among the providers at that
    /// host, or, at the gateway's own host, among all.
    ///
    /// # Errors
    /// The host is another provider's or nobody's, the name is unknown, or the two contradict each other.
    pub fn of<'a>(
        providers: &[Provider],
        hosts: &Hosts,
        authority: &str,
        mut names: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Self, Misdirection> {
        let is_host = providers.iter().any(|provider| is_called(provider, authority));
        if !is_host {
            hosts.check(authority)?;
        }
        let Some(name) = names.next().map(<[u8]>::trim_ascii) else {
            return Ok(if is_host { Self::Host } else { Self::Gateway });
        };
        let found = providers.iter().position(|provider| provider.name.as_bytes() == name);
        let is_one = names.all(|other| other.trim_ascii() == name);
        let index = found.filter(|_| is_one).ok_or(Misdirection::UnknownTarget)?;
        let is_there = providers.get(index).is_some_and(|provider| is_called(provider, authority));
        if is_host && !is_there { Err(Misdirection::OtherHost) } else { Ok(Self::Named(index)) }
    }

    /// Returns the provider that a path names with its first segment, as in `/groq/v1/chat/completions`, and the rest
    /// of the path.
    ///
    /// Some names also begin providers' own paths (`/openai/deployments/…`, `/replicate/predictions`). There the
    /// segment is a name only before an API's version, or before the same segment once more.
    pub fn in_path<'a>(providers: &[Provider], method: &str, path: &'a str) -> Option<(usize, &'a str)> {
        let inner = path.strip_prefix('/')?;
        let end = memchr::memchr3(b'/', b'?', b'#', inner.as_bytes()).unwrap_or(inner.len());
        let (segment, rest) = inner.split_at_checked(end)?;
        let is_plain = memchr::memchr(b'%', segment.as_bytes()).is_none();
        let is_name = |provider: &Provider| match is_plain {
            true => segment == provider.name,
            false => percent_decode_str(segment).eq(provider.name.bytes()),
        };
        let index = providers.iter().position(is_name)?;
        let again = rest.strip_prefix('/').and_then(|rest| rest.strip_prefix(segment));
        let is_certain = is_versioned(rest) || again.is_some_and(|rest| rest.starts_with('/'));
        let is_api = || ProviderRow::begins_base(segment) || Route::is_whole(method, path);
        (is_certain || !is_api()).then_some((index, rest))
    }
}

/// Matches paths that begin with an API's version: `/v1/…`, `/v1beta/…`.
fn is_versioned(path: &str) -> bool {
    path.strip_prefix("/v").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// Header with the provider's name, set by the client. It never goes upstream.
pub const TARGET_HEADER: &str = "x-tollgate-target";
