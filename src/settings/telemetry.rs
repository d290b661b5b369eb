//! `telemetry`: content of the records and their destination.

use super::member::{Named, NamedValue};
use super::otlp::{OtlpPlan, OtlpSettings};
use super::problem::{Path, Problems};
#[cfg(schema)]
use super::schema::Schema;
use super::section::{Context, Section, object};
use super::units::{KIB, MIB, Size};
use super::validate::Label;
use crate::redaction::Kinds;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(schema)]
use serde::Serialize;

/// Spans: what is on them, and where they go.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct TelemetrySettings {
    /// Export of spans over OTLP/HTTP. Absent, nothing is exported.
    otlp: Option<OtlpSettings>,
    /// Attributes of the resource.
    #[cfg_attr(schema, schemars(extend("default" = {SERVICE_NAME.0: SERVICE_NAME.1})))]
    resource: Option<Named<String>>,
    /// Content of the conversation on the span.
    content: Option<ContentCapture>,
    /// Longest captured input, and longest captured output.
    content_limit: Option<Size<256, { 64 * KIB }, { 4 * MIB }>>,
    /// Tokens are estimated where a provider reports none (four bytes a token); such a span says
    /// `tollgate.usage.estimated`.
    #[cfg_attr(schema, schemars(extend("default" = false)))]
    estimate_usage: Option<bool>,
    /// Names of attributes.
    names: Option<Names>,
    /// Handling of the caller's sampling decision.
    sampling: Option<Sampling>,
}

/// Content of the conversation on the span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(schema, derive(Serialize, JsonSchema), schemars(inline, extend("default" = Self::default())))]
#[serde(rename_all = "snake_case")]
pub enum ContentCapture {
    /// Nothing.
    #[default]
    None,
    /// SHA-256 of input and output.
    Hash,
    /// Texts with placeholders.
    Redacted,
    /// Texts as the client sent and got them.
    Full,
}

/// Names of attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(schema, derive(Serialize, JsonSchema), schemars(inline, extend("default" = Self::default())))]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// Names of the current GenAI conventions.
    #[default]
    Latest,
    /// Deprecated names, which many dashboards use (`gen_ai.system`).
    Legacy,
    /// Both.
    Both,
}

/// Handling of the caller's sampling decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(schema, derive(Serialize, JsonSchema), schemars(inline, extend("default" = Self::default())))]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Every call is exported, since bills know no sampling.
    #[default]
    Always,
    /// Every call is exported but those whose `traceparent` says "not sampled".
    Parent,
}

impl NamedValue for String {
    const EXPECTED: &'static str = "an object of names with texts";

    #[cfg(schema)]
    fn names() -> Schema {
        Label::json_schema(&mut schemars::SchemaGenerator::default())
    }
}

/// Telemetry: content of the records and their destination.
#[derive(Clone, Debug)]
pub struct TelemetryPlan {
    /// Destination of spans; `None` exports nothing.
    pub otlp: Option<OtlpPlan>,
    /// Attributes of the resource, in the order written, with unique names. Includes `service.name`: `tollgate`, as the
    /// first one, unless written.
    pub resource: Vec<(String, String)>,
    /// Content of the conversation on the span.
    pub content: ContentCapture,
    /// Names of attributes.
    pub names: Names,
    /// Handling of the caller's sampling decision.
    pub sampling: Sampling,
    /// Redaction of content under [`ContentCapture::Redacted`]: the request's kinds, or all of them where requests are
    /// not redacted.
    pub content_redacted: Kinds,
    /// Set when usage that a provider does not report is estimated.
    pub estimate_usage: bool,
    /// Longest captured input, and longest captured output, in bytes. 256 B to 4 MiB.
    pub content_limit: usize,
}

impl Default for TelemetryPlan {
    fn default() -> Self {
        TelemetrySettings::default().checked(&Context::new(&|_| None), &Path::Top, &mut Problems::default())
    }
}

impl Section for TelemetrySettings {
    type Checked = TelemetryPlan;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> TelemetryPlan {
        object::<Self>(text, at, problems).checked(context, at, problems)
    }
}

impl TelemetrySettings {
    fn checked(self, context: &Context<'_>, at: &Path<'_>, problems: &mut Problems) -> TelemetryPlan {
        let kinds = if context.redacted.is_empty() { Kinds::ALL } else { context.redacted };
        TelemetryPlan {
            resource: resource(self.resource, &at.member("resource"), problems),
            content: self.content.unwrap_or_default(),
            names: self.names.unwrap_or_default(),
            sampling: self.sampling.unwrap_or_default(),
            content_redacted: kinds,
            estimate_usage: self.estimate_usage.unwrap_or_default(),
            content_limit: Size::checked(self.content_limit, &at.member("content_limit"), problems),
            otlp: self.otlp.and_then(|otlp| otlp.checked(context, &at.member("otlp"), problems)),
        }
    }
}

/// Attributes of the resource: the written ones, after the service's name where that is not written.
fn resource(written: Option<Named<String>>, at: &Path<'_>, problems: &mut Problems) -> Vec<(String, String)> {
    let written = written.map(|Named(written)| written).unwrap_or_default();
    for (name, value) in &written {
        let at = at.member(name);
        Label(name.clone()).checked(&at, problems);
        if value.chars().any(char::is_control) {
            problems.note(&at, "has a control character");
        }
    }
    let (name, value) = SERVICE_NAME;
    let absent = written.iter().all(|(written, _)| written != name).then(|| (name.to_owned(), value.to_owned()));
    absent.into_iter().chain(written).collect()
}

/// The attribute of the resource that is always there, with its default.
const SERVICE_NAME: (&str, &str) = ("service.name", "tollgate");
