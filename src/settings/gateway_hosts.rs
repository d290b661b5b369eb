//! `gateway_hosts`: host names of the gateway itself.

use super::problem::{Path, Problems};
use super::section::{Context, List, Section};
use super::validate::host_name;
use crate::policy::{GatewayHost, Hosts};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// A name of the gateway's own: `llm.example`, `llm.example:10000`, `*.mesh.example`. Once some are there, calls to
/// every other host are refused, but for the hosts of `providers`. With none, only those of known providers that are not
/// in `providers` are refused.
#[derive(Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct HostPattern(#[cfg_attr(schema, schemars(regex(pattern = HOST_PATTERN)))] String);

impl Section for List<HostPattern> {
    type Checked = Hosts;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Hosts {
        let mut hosts = Vec::new();
        Self::each(text.unwrap_or("[]"), at, problems, |_, HostPattern(written), at, problems| {
            let host = gateway_host(&written);
            if host.is_none() {
                let what = "not a host with or without a port, such as \"llm.example:10000\" or \"*.mesh.example\"";
                problems.note(at, what);
            }
            hosts.extend(host);
        });
        Hosts::new(hosts)
    }
}

fn gateway_host(written: &str) -> Option<GatewayHost> {
    // The colons of an IPv6 address are in brackets, or belong to no port.
    let (name, port) = match written.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(self::port(port)?)),
        _ => (written, None),
    };
    let name = match name.strip_prefix("*.") {
        Some(end) => ["*.", &host_name(end)?].concat(),
        None => host_name(name)?,
    };
    (port != Some(0)).then_some(GatewayHost { name, port })
}

/// Parses a port. Unlike a number of Rust's, it has no sign.
fn port(written: &str) -> Option<u16> {
    written.bytes().all(|byte| byte.is_ascii_digit()).then(|| written.parse().ok())?
}

/// Names and addresses with or without a port, and some more that only the check refuses.
#[cfg(schema)]
const HOST_PATTERN: &str =
    r"^(\*\.)?(\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|[0-9A-Za-z_-]+(\.[0-9A-Za-z_-]+)*\.?)(:[0-9]{1,5})?$";
