//! `providers`: the upstream providers.

use super::problem::{Path, Problems, Unknown};
use super::section::{deserialize, elements};
use super::validate::{
    Environment, LIKE_A_KEY, from_environment, host_name, is_like_a_key, is_visible, label, required,
};
use super::written::{self, Object};
use crate::endpoint::Route;
use crate::provider::{CredentialShape, Provider, ProviderRow, ROWS};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Parses and checks the section. Also returns the names with their indexes in the list.
pub(super) fn providers(
    section: Option<&str>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> (Vec<Provider>, BTreeMap<String, usize>) {
    let (mut providers, mut names, mut count) = (Vec::new(), BTreeMap::new(), 0_usize);
    let Some(section) = required(section, "a list of at least one provider", at, problems) else {
        return (providers, names);
    };
    elements(section, at, problems, |element, at, problems| {
        let index = count;
        count += 1;
        let Some(Object(written)) = deserialize::<Object<written::ProviderSettings>>(element, at, problems) else {
            return;
        };
        match written.name.clone().map(|name| names.entry(name)) {
            Some(Entry::Occupied(_)) => problems.note(&at.member("name"), "another provider has this name"),
            Some(Entry::Vacant(place)) => *place.insert(index) = index,
            None => {}
        }
        providers.extend(provider(written, environment, at, problems));
    });
    if count == 0 {
        problems.note(at, "empty: write at least one provider");
    }
    (providers, names)
}

fn provider(
    written: written::ProviderSettings,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Provider> {
    let name = name(written.name, &at.member("name"), problems);
    let row = row(written.kind.as_deref(), &at.member("kind"), problems);
    let needs_none = written.credential.is_none() && row.is_some_and(|row| row.key_optional);
    let credential = match needs_none {
        true => Some((String::new(), None)),
        false => credential(written.credential, environment, &at.member("credential"), problems),
    };
    let host = match &written.host {
        Some(text) => host(text, &at.member("host"), problems),
        None => row.and_then(|row| default_host(row, &at.member("host"), problems)),
    };
    let port = match written.port {
        Some(number) => port(number, &at.member("port"), problems),
        None => row.map(|row| row.port),
    };
    let base = written.base_path.and_then(|base| base_path(&base, &at.member("base_path"), problems));
    let telemetry_name = written.telemetry_name.and_then(|name| label(name, &at.member("telemetry_name"), problems));
    let streams_usage_by_default = quirks(&written.quirks.unwrap_or_default(), &at.member("quirks"), problems);
    let (key, shape) = credential?;
    let mut provider = Provider::new(name?, row?, &key).at(host?, port?);
    provider.base = base.unwrap_or(provider.base);
    provider.telemetry_name = telemetry_name.unwrap_or(provider.telemetry_name);
    provider.streams_usage_by_default |= streams_usage_by_default;
    Some(match shape {
        _ if needs_none => provider.without_key(),
        Some(shape) => provider.shown(shape, &key),
        None => provider,
    })
}

/// The host of a kind with one host for all customers.
fn default_host(row: &ProviderRow, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    if row.host().is_none() {
        problems.note(at, "missing: this kind of provider has another host for every customer or installation");
    }
    row.host().map(str::to_owned)
}

/// Checks the beginning of a path: `/openai/v1`, or nothing.
fn base_path(written: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let base = written.trim_end_matches('/');
    let is_path = base.is_empty() || base.starts_with('/');
    if !is_path || !base.is_empty() && !is_visible(base) || base.contains(['?', '#']) {
        problems.note(at, "not the beginning of a path, such as \"/openai/v1\"");
        return None;
    }
    Some(base.to_owned())
}

/// Reports whether the quirks include usage in streams by default.
fn quirks(written: &[String], at: &Path<'_>, problems: &mut Problems) -> bool {
    for (index, quirk) in written.iter().enumerate() {
        if quirk != STREAMS_USAGE {
            problems.note(&at.element(index), Unknown { what: "quirk", word: quirk, known: &[STREAMS_USAGE] });
        }
    }
    written.iter().any(|quirk| quirk == STREAMS_USAGE)
}

/// Quirk of a provider that reports usage in streams by default, and may refuse a request for it.
const STREAMS_USAGE: &str = "streams_usage_by_default";

/// Checks a provider's name, which becomes a header's value and is the name of Envoy's cluster.
fn name(written: Option<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let name = required(written, "the provider's name, which is also that of Envoy's cluster", at, problems)?;
    if !is_visible(&name) || name.len() > LONGEST_NAME {
        problems.note(at, "not 1 to 128 visible ASCII characters without a space");
        return None;
    }
    if is_like_a_key(&name) {
        problems.note(at, LIKE_A_KEY);
        return None;
    }
    if begins_paths(&name) {
        problems
            .note(at, "the paths of providers' APIs begin with this word: as \"/{name}/v1/…\" it could not be told");
        return None;
    }
    Some(name)
}

/// Matches names that begin known paths and would be ambiguous there. Words of kinds are not: they precede an API's
/// version.
fn begins_paths(name: &str) -> bool {
    let is_kind = ProviderRow::of(&name.replace('-', "_")).is_some();
    !is_kind && (Route::is_begun_by(name) || ProviderRow::begins_base(name))
}

fn row(written: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Option<&'static ProviderRow> {
    let kind = required(written, "the kind of provider, such as \"openai\"", at, problems)?;
    let row = ProviderRow::of(kind);
    if row.is_none() {
        let known: Vec<&str> = ROWS.iter().map(|row| row.kind).collect();
        problems.note(at, Unknown { what: "kind of provider", word: kind, known: &known });
    }
    row
}

fn credential(
    written: Option<Object<written::CredentialSettings>>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<(String, Option<CredentialShape>)> {
    let what = "{\"env\": \"…\"} with the name of a variable of the host's environment";
    let Object(written) = required(written, what, at, problems)?;
    let shape = written.header.and_then(|header| shape(&header, &at.member("header"), problems));
    let at = at.member("env");
    let key = from_environment(written.env, environment, &at, problems)?;
    if key.contains(' ') {
        problems.note(&at, "the variable holds a space: it must hold the bare key, without \"Bearer\"");
        return None;
    }
    Some((key, shape))
}

/// Form of the credential, by the header's name.
fn shape(header: &str, at: &Path<'_>, problems: &mut Problems) -> Option<CredentialShape> {
    let found = CredentialShape::ALL.into_iter().find(|shape| shape.header() == header);
    if found.is_none() {
        let known = CredentialShape::ALL.map(CredentialShape::header);
        problems.note(at, Unknown { what: "header for a key", word: header, known: &known });
    }
    found
}

/// Checks a DNS name or an IP address.
fn host(written: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let host = host_name(written);
    if host.is_none() {
        problems.note(at, "not the name of a host; write it without scheme and path, and the port in \"port\"");
    }
    host
}

fn port(written: u64, at: &Path<'_>, problems: &mut Problems) -> Option<u16> {
    let port = u16::try_from(written).ok().filter(|port| *port > 0);
    if port.is_none() {
        problems.note(at, "out of range: 1 to 65535");
    }
    port
}

const LONGEST_NAME: usize = 128;
