//! `translation`: requests that the API of their target cannot say in full.

use super::problem::{Path, Problems};
use super::section::{Context, Section, object};
use crate::policy::OnLoss;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// Translation of requests for targets that speak another API than the client's (see [fallback.md](fallback.md)).
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct TranslationSettings {
    /// Handling of a request that a target's API cannot say in full.
    #[cfg_attr(schema, schemars(extend("default" = "drop")))]
    on_loss: Option<OnLossSettings>,
}

/// Handling of a request that a target's API cannot say in full.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(super) enum OnLossSettings {
    /// It goes on without what is lost, which its span names.
    Drop,
    /// It goes to the next target that loses nothing; with none left it is refused with 400, which names what would be
    /// lost.
    Refuse,
}

impl Section for TranslationSettings {
    type Checked = OnLoss;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> OnLoss {
        let written = object::<Self>(text, at, problems);
        context.on_loss = written.on_loss.map(OnLoss::from).unwrap_or_default();
        context.on_loss
    }
}

impl From<OnLossSettings> for OnLoss {
    fn from(written: OnLossSettings) -> Self {
        match written {
            OnLossSettings::Drop => Self::Drop,
            OnLossSettings::Refuse => Self::Refuse,
        }
    }
}
