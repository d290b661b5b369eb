//! Request headers of an attempt: the provider's address and credential.

use super::Headers;
use crate::endpoint::Route;
use crate::provider::Provider;

/// Addresses a request to a provider. `headers` hold no credential; `is_at_host`: the client chose the provider by its
/// host, and so by its path.
pub fn address(headers: &mut Headers, provider: &Provider, route: &Route, is_at_host: bool) {
    let path = headers.text(":path").unwrap_or_default();
    if let Some(path) = provider.path(path, route, is_at_host) {
        headers.set(":path", &path);
    }
    if let Some(credential) = &provider.credential {
        headers.set(provider.credential_header, credential.reveal());
    }
    headers.set(":authority", &provider.authority());
    headers.set(PROVIDER_HEADER, &provider.name);
    headers.set("accept-encoding", "identity");
}

/// Header that Envoy's route matches to select the provider's cluster; the route removes it.
const PROVIDER_HEADER: &str = "x-tollgate-provider";
