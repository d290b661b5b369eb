//! `unknown_paths`: handling of requests whose path no dialect knows.

use super::problem::{Path, Problems};
use super::section::{Context, Section};
use super::value::deserialize;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(schema)]
use serde::Serialize;

/// Handling of a request whose path no dialect knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(schema, derive(Serialize, JsonSchema), schemars(inline, extend("default" = Self::default())))]
#[serde(rename_all = "snake_case")]
pub enum UnknownPaths {
    /// Answered with 404: a body that cannot be read cannot be redacted.
    #[default]
    Refuse,
    /// Passed on with the provider's credential, untouched **and unredacted**; of JSON what most APIs name alike is
    /// recorded. The administration of the provider's account stays closed.
    Pass,
}

impl Section for UnknownPaths {
    type Checked = Self;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Self {
        text.and_then(|text| deserialize(text, at, problems)).unwrap_or_default()
    }
}
