//! `limits`: memory limits of one call.

use super::problem::{Path, Problems};
use super::section::{Context, Section, object};
use super::units::{KIB, MIB, Size};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// Bounds of what one call holds in memory.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSettings {
    /// A longer request is refused with 413.
    request_body: Option<Size<KIB, { 32 * MIB }, { 256 * MIB }>>,
    /// A longer whole answer passes unread, and its span says so: its usage is unknown, its placeholders stay.
    response_body: Option<Size<KIB, { 16 * MIB }, { 256 * MIB }>>,
    /// A longer event of a stream passes unread, and its span says so. An image comes in one event.
    stream_event: Option<Size<KIB, { 16 * MIB }, { 64 * MIB }>>,
}

/// Memory limits of one call, in bytes: those of `limits` in the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A longer request body is refused with 413. 1 KiB to 256 MiB.
    pub request_body: usize,
    /// A longer whole answer passes unread. 1 KiB to 256 MiB.
    pub response_body: usize,
    /// A longer event of a stream passes unread. 1 KiB to 64 MiB.
    pub stream_event: usize,
}

impl Section for LimitsSettings {
    type Checked = Limits;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Limits {
        object::<Self>(text, at, problems).checked(at, problems)
    }
}

impl LimitsSettings {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Limits {
        Limits {
            request_body: Size::checked(self.request_body, &at.member("request_body"), problems),
            response_body: Size::checked(self.response_body, &at.member("response_body"), problems),
            stream_event: Size::checked(self.stream_event, &at.member("stream_event"), problems),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        LimitsSettings::default().checked(&Path::Top, &mut Problems::default())
    }
}
