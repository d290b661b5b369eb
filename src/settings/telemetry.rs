//! `telemetry`: content of the records and their destination.

use super::plan::{ContentCapture, Names, OtlpPlan, Sampling, TelemetryPlan};
use super::problem::{Path, Problems};
use super::range::{count, period, size};
use super::section::deserialize;
use super::units::{KIB, MIB, Size};
use super::validate::{Environment, from_environment, header_name, is_visible, label, required};
use super::written::{self, AttributeSettings, Named, Object};
use crate::provider::Secret;
use std::collections::BTreeSet;

/// Parses and checks the section.
pub(super) fn telemetry(
    section: Option<&str>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> TelemetryPlan {
    let mut plan = TelemetryPlan::default();
    let Some(Object(written)) =
        section.and_then(|section| deserialize::<Object<written::TelemetrySettings>>(section, at, problems))
    else {
        return plan;
    };
    if let Some(attributes) = written.resource {
        plan.resource = resource(attributes, plan.resource, &at.member("resource"), problems);
    }
    if let Some(content) = written.content {
        plan.content = match content {
            written::ContentSettings::None => ContentCapture::None,
            written::ContentSettings::Hash => ContentCapture::Hash,
            written::ContentSettings::Redacted => ContentCapture::Redacted,
            written::ContentSettings::Full => ContentCapture::Full,
        };
    }
    if let Some(names) = written.names {
        plan.names = match names {
            written::NamesSettings::Latest => Names::Latest,
            written::NamesSettings::Legacy => Names::Legacy,
            written::NamesSettings::Both => Names::Both,
        };
    }
    if let Some(sampling) = written.sampling {
        plan.sampling = match sampling {
            written::SamplingSettings::Always => Sampling::Always,
            written::SamplingSettings::Parent => Sampling::Parent,
        };
    }
    plan.estimate_usage = written.estimate_usage.unwrap_or(plan.estimate_usage);
    size(&mut plan.content_limit, written.content_limit, 256..=4 * MIB, &at.member("content_limit"), problems);
    plan.otlp = written.otlp.and_then(|Object(otlp)| self::otlp(otlp, environment, &at.member("otlp"), problems));
    plan
}

/// Attributes of the resource: the written ones, and those of `defaults` that are not written.
fn resource(
    Named(written): AttributeSettings,
    defaults: Vec<(String, String)>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let mut names = BTreeSet::new();
    for (name, value) in &written {
        let at = at.member(name);
        label(name.clone(), &at, problems);
        if !names.insert(name.as_str()) {
            problems.note(&at, "written twice");
        }
        if value.chars().any(char::is_control) {
            problems.note(&at, "has a control character");
        }
    }
    let absent = defaults.into_iter().filter(|(name, _)| !names.contains(name.as_str())).collect::<Vec<_>>();
    absent.into_iter().chain(written).collect()
}

fn otlp(
    written: written::OtlpSettings,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<OtlpPlan> {
    let cluster = cluster(written.cluster, &at.member("cluster"), problems);
    // Without a cluster there is no plan, but the other members are still checked.
    let mut plan = OtlpPlan::to(cluster.clone().unwrap_or_default());
    if let Some(authority) = written.authority {
        if !is_visible(&authority) || authority.contains("://") {
            let what = "not a host with or without a port, such as \"otel-collector:4318\"";
            problems.note(&at.member("authority"), what);
        }
        plan.authority = authority;
    }
    if let Some(path) = written.path {
        if !path.starts_with('/') || !is_visible(&path) {
            let what = "not a path: it begins with \"/\" and has no white space";
            problems.note(&at.member("path"), what);
        }
        plan.path = path;
    }
    let listed = written.headers.unwrap_or_default();
    plan.headers = headers(listed, environment, &at.member("headers"), problems);
    period(&mut plan.timeout, written.timeout, 10..=300_000, &at.member("timeout"), problems);
    if let Some(Object(written)) = written.batch {
        batch(&mut plan, &written, &at.member("batch"), problems);
    }
    queue(&mut plan, written.queue, &at.member("queue"), problems);
    cluster.map(|_| plan)
}

fn batch(plan: &mut OtlpPlan, written: &written::BatchSettings, at: &Path<'_>, problems: &mut Problems) {
    let bytes = 4 * KIB..=16 * MIB;
    count(&mut plan.batch_spans, written.spans, 1..=16_384, &at.member("spans"), problems);
    size(&mut plan.batch_bytes, written.bytes, bytes, &at.member("bytes"), problems);
    let interval = &at.member("interval");
    period(&mut plan.batch_interval, written.interval, 10..=60_000, interval, problems);
}

/// Checks the queue. It must hold a batch, also where only one of the two is written.
fn queue(plan: &mut OtlpPlan, written: Option<Object<written::QueueSettings>>, at: &Path<'_>, problems: &mut Problems) {
    let (spans, bytes) = (at.member("spans"), at.member("bytes"));
    if let Some(Object(written)) = written {
        count(&mut plan.queue_spans, written.spans, 1..=1_000_000, &spans, problems);
        size(&mut plan.queue_bytes, written.bytes, 4 * KIB..=256 * MIB, &bytes, problems);
        let retry_for = at.member("retry_for");
        period(&mut plan.retry_for, written.retry_for, 0..=3_600_000, &retry_for, problems);
    }
    if plan.queue_spans < plan.batch_spans {
        problems.note(&spans, format_args!("fewer than the {} of a batch", plan.batch_spans));
    }
    if plan.queue_bytes < plan.batch_bytes {
        let batch = Size(plan.batch_bytes as u64);
        problems.note(&bytes, format_args!("fewer than the {batch} of a batch"));
    }
}

fn cluster(written: Option<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let cluster = required(written, "the name of the collector's cluster in Envoy", at, problems)?;
    if cluster.trim().is_empty() || cluster.chars().any(char::is_control) {
        problems.note(at, "not the name of a cluster");
        return None;
    }
    Some(cluster)
}

fn headers(
    written: Vec<Object<written::HeaderSettings>>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Vec<(String, Secret)> {
    let (mut headers, mut names) = (Vec::new(), BTreeSet::new());
    for (index, Object(header)) in written.into_iter().enumerate() {
        let at = at.element(index);
        let value = from_environment(header.env, environment, &at.member("env"), problems);
        let at = at.member("name");
        let name = required(header.name, "the header's name, such as \"authorization\"", &at, problems);
        let Some(name) = name.and_then(|name| header_name(&name, &at, problems)) else {
            continue;
        };
        if EXPORTERS_OWN.contains(&name.as_str()) {
            problems.note(&at, "the exporter writes this header itself");
        }
        if !names.insert(name.clone()) {
            problems.note(&at, "another header has this name");
        }
        headers.extend(value.map(|value| (name, Secret::new(value))));
    }
    headers
}

/// Headers that belong to the export's format, or to the connection.
const EXPORTERS_OWN: [&str; 7] =
    ["connection", "content-encoding", "content-length", "content-type", "host", "te", "transfer-encoding"];
