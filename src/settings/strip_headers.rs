//! `strip_headers`: request headers that no provider gets.

use super::problem::{Path, Problems};
use super::section::{Context, List, Section};
use super::validate::HeaderName;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// A request header that no provider gets, such as `baggage` or `cookie`. Credentials of the client's, wherever they
/// stand, `proxy-*`, headers of one connection (`connection`, `te`, `upgrade`, …) and `x-tollgate-*` never go on.
#[derive(Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct StrippedHeader(HeaderName);

impl Section for List<StrippedHeader> {
    /// In lower case.
    type Checked = Vec<String>;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Vec<String> {
        let mut headers = Vec::new();
        Self::each(text.unwrap_or("[]"), at, problems, |_, StrippedHeader(name), at, problems| {
            let Some(name) = name.checked(at, problems) else {
                return;
            };
            if NEEDED.contains(&name.as_str()) {
                problems.note(at, "calls need this header");
            } else {
                headers.push(name);
            }
        });
        headers
    }
}

/// Headers without which a provider cannot read the request.
const NEEDED: [&str; 8] = [
    "anthropic-version",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
];
