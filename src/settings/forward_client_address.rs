//! `forward_client_address`: headers with the client's address.

use super::problem::{Path, Problems};
use super::section::{Context, Section};
use super::value::deserialize;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// Providers get `forwarded`, `x-forwarded-for`, `x-real-ip`, `true-client-ip`, `cf-connecting-ip` and the like, which
/// say where the client is, those that Envoy adds among them (`x-forwarded-for` is also in the
/// `request_headers_to_remove` of envoy/plain.yaml).
#[derive(Deserialize)]
#[cfg_attr(schema, derive(JsonSchema), schemars(extend("default" = false)))]
#[serde(transparent)]
pub(super) struct ForwardClientAddress(bool);

impl Section for ForwardClientAddress {
    type Checked = bool;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> bool {
        text.and_then(|text| deserialize(text, at, problems)).is_some_and(|Self(is_on)| is_on)
    }
}
