//! Policy: lookup of keys, permissions of a key, choice of the provider, and refusals.
#![cfg(test)]

mod destinations;
mod keys;
mod presented;
mod providers;
mod refusals;
mod routes;

use tollgate::policy::{Digest, Keyring, VirtualKey};
use tollgate::provider::{Provider, ProviderRow};

fn key(id: &str) -> VirtualKey {
    VirtualKey { id: id.into(), team: None, user: None, feature: None, models: None, expires: None }
}

fn keyring<'a>(presented: impl IntoIterator<Item = &'a str>) -> Keyring {
    Keyring::new(presented.into_iter().map(|text| (Digest::of(text.as_bytes()), key(text))).collect())
}

fn provider(name: &str, kind: &str, host: &str) -> Provider {
    Provider::new(name, ProviderRow::of(kind).unwrap(), "sk-1").at(host, 443)
}
