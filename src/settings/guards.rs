//! `guards`: services that are asked about a call before it goes on.

use super::member::Required;
use super::problem::{Path, Problems};
use super::section::{Context, Section, object};
use super::units::{MINUTE, Period, SECOND};
use crate::policy::{HttpGuard, OnFailure};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// Services that are asked about a call before it goes on. Absent, nobody is asked.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct GuardsSettings {
    /// A service that is asked by HTTP (see [operations.md](operations.md)).
    http: Option<HttpGuardSettings>,
}

/// A guard that is asked by HTTP.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct HttpGuardSettings {
    /// Envoy's cluster of the guard; also the `:authority`.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    cluster: Required<String>,
    /// Path of the question.
    #[cfg_attr(schema, schemars(regex(pattern = "^/[!-~]*$")))]
    path: Required<String>,
    /// Longest wait for its answer.
    timeout: Option<Period<10, SECOND, MINUTE>>,
    /// Handling of a call on which the guard gave no verdict.
    #[cfg_attr(schema, schemars(extend("default" = "refuse")))]
    on_failure: Option<OnFailureSettings>,
}

/// Handling of a call on which the guard gave no verdict.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
enum OnFailureSettings {
    /// It goes on.
    Allow,
    /// It is refused with 503.
    Refuse,
}

impl Section for GuardsSettings {
    type Checked = Option<HttpGuard>;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Self::Checked {
        let written = object::<Self>(text, at, problems);
        written.http.and_then(|http| http.checked(&at.member("http"), problems))
    }
}

impl HttpGuardSettings {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Option<HttpGuard> {
        let cluster = cluster(self.cluster, &at.member("cluster"), problems);
        let path = path(self.path, &at.member("path"), problems);
        let timeout = Period::checked(self.timeout, &at.member("timeout"), problems);
        let on_failure = match self.on_failure {
            Some(OnFailureSettings::Allow) => OnFailure::Allow,
            Some(OnFailureSettings::Refuse) | None => OnFailure::Refuse,
        };
        Some(HttpGuard { cluster: cluster?, path: path?, timeout, on_failure })
    }
}

fn cluster(written: Required<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let cluster = written.or_note("the name of the guard's cluster in Envoy", at, problems)?;
    if cluster.trim().is_empty() || cluster.chars().any(char::is_control) {
        problems.note(at, "not the name of a cluster");
        return None;
    }
    Some(cluster)
}

fn path(written: Required<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let path = written.or_note("the guard's path, such as \"/check\"", at, problems)?;
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        problems.note(at, "not a path: it begins with `/` and has no space");
        return None;
    }
    Some(path)
}
