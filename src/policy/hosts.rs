//! Hosts: the gateway's own, and the hosts of known providers.

use super::authority::{host_of, port_of};
use crate::model::Misdirection;
use crate::provider::{ROWS, is_between};
use std::borrow::Cow;

/// Hosts that a call may address although no provider of the settings has them.
#[derive(Clone, Debug)]
pub struct Hosts {
    /// The gateway's own names; if empty, any host that is not a known provider's.
    gateway: Vec<GatewayHost>,
    /// Hosts of known providers, ascending.
    known: Vec<&'static str>,
    /// Prefixes and suffixes of known providers' hosts that differ by customer or region.
    patterns: Vec<(&'static str, &'static str)>,
    /// Last bytes of the patterns' suffixes, one bit each: most hosts within a network end in another one.
    ends: u128,
}

impl Hosts {
    /// Combines the gateway's names from the settings with the hosts of the table of providers.
    pub fn new(gateway: Vec<GatewayHost>) -> Self {
        let (mut known, mut patterns) = (Vec::<&str>::new(), Vec::new());
        for place in ROWS.iter().flat_map(|row| row.hosts) {
            let host = place.split('/').next().unwrap_or_default();
            // A host with a port is a self-hosted server, and the gateway itself might be there.
            match host.split_once('*') {
                _ if host.contains(':') => {}
                Some(around) => patterns.push(around),
                // Into its place, for there are few of them: sorted, they would need a sort of their own.
                None => known.insert(known.partition_point(|other| *other < host), host),
            }
        }
        let ends = patterns.iter().fold(0, |ends, (_, after)| ends | last_byte(after));
        Self { gateway, known, patterns, ends }
    }

    /// Checks that an authority may be the gateway's.
    ///
    /// # Errors
    /// It is not among the gateway's names, or, where none are set, it is a known provider's.
    pub fn check(&self, authority: &str) -> Result<(), Misdirection> {
        let host = host_of(authority);
        let host = if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(host.to_ascii_lowercase())
        } else {
            Cow::Borrowed(host)
        };
        if self.gateway.is_empty() {
            return if self.is_known(&host) { Err(Misdirection::HostNotConfigured) } else { Ok(()) };
        }
        let port = port_of(authority);
        let is_own = self.gateway.iter().any(|own| own.is(&host, port));
        if is_own { Ok(()) } else { Err(Misdirection::HostNotServed) }
    }

    fn is_known(&self, host: &str) -> bool {
        let has_end = self.ends & last_byte(host) != 0;
        let is_like = || self.patterns.iter().any(|around| is_between(*around, host));
        self.known.binary_search(&host).is_ok() || has_end && is_like()
    }
}

/// Bit of a text's last byte; every bit where it is not ASCII, or there is none.
fn last_byte(text: &str) -> u128 {
    text.bytes().last().filter(u8::is_ascii).map_or(u128::MAX, |byte| 1 << byte)
}

impl Default for Hosts {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// One of the gateway's own names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayHost {
    /// Name in lower case, without a trailing dot or brackets. `*.` before it matches every name with that ending.
    pub name: String,
    /// Port, if only one port matches.
    pub port: Option<u16>,
}

impl GatewayHost {
    fn is(&self, host: &str, port: Option<u16>) -> bool {
        let is_port = self.port.is_none() || self.port == port;
        is_port
            && match self.name.strip_prefix('*') {
                Some(end) => is_between(("", end), host),
                None => host == self.name,
            }
    }
}
