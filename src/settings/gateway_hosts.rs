//! `gateway_hosts`: host names of the gateway itself.

use super::problem::{Path, Problems};
use super::section::{deserialize, elements};
use super::validate::host_name;
use crate::policy::{GatewayHost, Hosts};

/// Parses and checks the section.
pub(super) fn gateway_hosts(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Hosts {
    let mut hosts = Vec::new();
    elements(section.unwrap_or("[]"), at, problems, |element, at, problems| {
        let Some(written) = deserialize::<String>(element, at, problems) else {
            return;
        };
        let host = gateway_host(&written);
        if host.is_none() {
            problems.note(at, "not a host with or without a port, such as \"llm.example:10000\" or \"*.mesh.example\"");
        }
        hosts.extend(host);
    });
    Hosts::new(hosts)
}

fn gateway_host(written: &str) -> Option<GatewayHost> {
    // The colons of an IPv6 address are in brackets, or belong to no port.
    let (name, port) = match written.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port.parse().ok()?)),
        _ => (written, None),
    };
    let name = match name.strip_prefix("*.") {
        Some(end) => ["*.", &host_name(end)?].concat(),
        None => host_name(name)?,
    };
    (port != Some(0)).then_some(GatewayHost { name, port })
}
