//! Request headers without everything that is not meant for a provider.

use super::Call;
use crate::attempt::Headers;
use crate::policy::is_credential;

impl Call {
    /// Removes what no provider gets, and names the call's span.
    pub(super) fn strip(&self, headers: &mut Headers) {
        self.take_out(headers);
        if let Some(path) = headers.text(":path").and_then(|path| self.presented.removed_from(path)) {
            headers.set(":path", &path);
        }
        headers.set("traceparent", self.record.trace.traceparent(self.is_exported()).as_str());
        if self.record.trace.state.is_none() {
            headers.remove("tracestate");
        }
    }

    /// Removes headers that no provider gets: credentials wherever they stand, the gateway's own headers, hop-by-hop
    /// headers, and headers that reveal the network behind the gateway.
    fn take_out(&self, headers: &mut Headers) {
        let connection = headers.text("connection").map(str::to_ascii_lowercase).unwrap_or_default();
        let is_named = |name: &str| connection.split(',').any(|named| named.trim() == name);
        let is_stripped = |name: &str| self.plan.strip_headers.iter().any(|strip| strip == name);
        let hides_client = !self.plan.forward_client_address;
        let taken = |name: &str, value: &[u8]| {
            name.starts_with("x-tollgate-")
                || is_credential(name)
                || is_of_connection(name)
                || hides_client && is_client_address(name)
                || is_stripped(name)
                || !connection.is_empty() && is_named(name)
                || self.presented.stands_in(value)
        };
        headers.retain(|name, value| name.starts_with(':') || !taken(name, value));
    }
}

/// Matches hop-by-hop headers (RFC 9110, section 7.6.1) and headers meant for a proxy. Envoy frames bodies itself.
fn is_of_connection(name: &str) -> bool {
    matches!(name, "connection" | "keep-alive" | "te" | "trailer" | "transfer-encoding" | "upgrade" | "http2-settings")
        || name.starts_with("proxy-")
}

/// Matches headers that carry the client's address: RFC 7239's, and those of proxies and content delivery networks.
/// Envoy itself adds some.
fn is_client_address(name: &str) -> bool {
    matches!(
        name,
        "forwarded"
            | "x-forwarded-for"
            | "x-forwarded-host"
            | "x-forwarded-server"
            | "x-forwarded-by"
            | "x-forwarded-client-cert"
            | "x-original-forwarded-for"
            | "x-envoy-external-address"
            | "x-real-ip"
            | "x-client-ip"
            | "x-cluster-client-ip"
            | "x-remote-ip"
            | "x-remote-addr"
            | "x-originating-ip"
            | "x-host"
            | "client-ip"
            | "true-client-ip"
            | "cf-connecting-ip"
            | "cf-connecting-ipv6"
            | "cf-pseudo-ipv4"
            | "fastly-client-ip"
            | "fly-client-ip"
            | "do-connecting-ip"
            | "x-appengine-user-ip"
            | "x-azure-clientip"
            | "x-azure-socketip"
            | "cloudfront-viewer-address"
            | "via"
    )
}
