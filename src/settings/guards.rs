//! `guards`: services that are asked about a call before it goes on.

use super::problem::{Path, Problems};
use super::range;
use super::section::deserialize;
use super::units::Period;
use super::validate::required;
use super::written::Object;
use crate::policy::{HttpGuard, OnFailure};
use serde::Deserialize;
use std::time::Duration;

/// `guards`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardsSettings {
    /// A guard that is asked by HTTP.
    http: Option<Object<HttpGuardSettings>>,
}

/// `guards.http`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpGuardSettings {
    cluster: Option<String>,
    path: Option<String>,
    timeout: Option<Period>,
    on_failure: Option<OnFailureSettings>,
}

/// `guards.http.on_failure`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnFailureSettings {
    Allow,
    Refuse,
}

/// Checks the section, and returns the guard by HTTP.
pub(super) fn http(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Option<HttpGuard> {
    let Object(written) = section.and_then(|section| deserialize::<Object<GuardsSettings>>(section, at, problems))?;
    let (Object(written), at) = (written.http?, &at.member("http"));
    let cluster = cluster(written.cluster, &at.member("cluster"), problems);
    let path = path(written.path, &at.member("path"), problems);
    let mut timeout = Duration::from_secs(1);
    range::period(&mut timeout, written.timeout, 10..=60_000, &at.member("timeout"), problems);
    let on_failure = match written.on_failure {
        Some(OnFailureSettings::Allow) => OnFailure::Allow,
        Some(OnFailureSettings::Refuse) | None => OnFailure::Refuse,
    };
    Some(HttpGuard { cluster: cluster?, path: path?, timeout, on_failure })
}

fn cluster(written: Option<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let cluster = required(written, "the name of the guard's cluster in Envoy", at, problems)?;
    if cluster.trim().is_empty() || cluster.chars().any(char::is_control) {
        problems.note(at, "not the name of a cluster");
        return None;
    }
    Some(cluster)
}

fn path(written: Option<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let path = required(written, "the guard's path, such as \"/check\"", at, problems)?;
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        problems.note(at, "not a path: it begins with `/` and has no space");
        return None;
    }
    Some(path)
}
