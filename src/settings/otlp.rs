//! `telemetry.otlp`: the collector and the queue towards it.

use super::distinct::Distinct;
use super::member::Required;
use super::problem::{Path, Problems};
use super::section::Context;
use super::units::{Bytes, HOUR, Integer, KIB, MIB, MINUTE, Period, SECOND, Size};
#[cfg(schema)]
use super::validate::VISIBLE;
use super::validate::{Environment, HeaderName, Variable, from_environment, is_visible};
use crate::provider::Secret;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// Export of spans to a collector.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct OtlpSettings {
    /// Envoy's cluster of the collector.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    cluster: Required<String>,
    /// `:authority` of the export, where it is not the cluster's name.
    #[cfg_attr(schema, schemars(regex(pattern = VISIBLE)))]
    authority: Option<String>,
    /// Path of the export.
    #[cfg_attr(schema, schemars(regex(pattern = "^/[!-~]*$"), extend("default" = PATH)))]
    path: Option<String>,
    /// Headers of the export, such as a token.
    headers: Option<Vec<HeaderSettings>>,
    /// Time to wait for the collector's answer.
    timeout: Option<Period<10, { 10 * SECOND }, { 5 * MINUTE }>>,
    /// A batch leaves when it has so many spans or bytes, or after the interval.
    batch: Option<BatchSettings>,
    /// Spans that wait, in each worker. It holds at least a batch; what it cannot hold is dropped and counted.
    queue: Option<QueueSettings>,
}

/// A header of the export.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct HeaderSettings {
    /// Its name.
    name: Required<HeaderName>,
    /// Variable of Envoy's environment that holds its value.
    env: Required<Variable>,
}

/// Bounds of one export.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct BatchSettings {
    /// Most spans in one export.
    spans: Option<Integer<1, 512, 16_384>>,
    /// Most bytes in one export. Collectors take 20 MiB by default.
    bytes: Option<Size<{ 4 * KIB }, MIB, { 16 * MIB }>>,
    /// Longest time that a span waits for its batch to fill.
    interval: Option<Period<10, SECOND, MINUTE>>,
}

/// Bounds of the spans that wait.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct QueueSettings {
    /// Most spans that wait.
    spans: Option<Integer<1, 8192, 1_000_000>>,
    /// Most bytes of spans that wait.
    bytes: Option<Size<{ 4 * KIB }, { 8 * MIB }, { 256 * MIB }>>,
    /// Longest time that a refused batch (429, 502, 503, 504, no answer) is tried again, with backoff or when
    /// `Retry-After` says, before it is dropped and counted; `0s`: it is sent once.
    retry_for: Option<Period<0, { 5 * MINUTE }, HOUR>>,
}

/// The collector and the queue towards it.
#[derive(Clone, Debug)]
pub struct OtlpPlan {
    /// Envoy's cluster of the collector.
    pub cluster: String,
    /// `:authority` of the export. Default: the cluster's name.
    pub authority: String,
    /// Path of the export; it begins with `/`.
    pub path: String,
    /// Headers of the export, such as a token, with values from the environment; unique names in lower case.
    pub headers: Vec<(String, Secret)>,
    /// Timeout for an answer. 10 ms to 5 min.
    pub timeout: Duration,
    /// Maximum number of spans in one export. 1 to 16 384.
    pub batch_spans: usize,
    /// Maximum size of one export, in bytes. 4 KiB to 16 MiB (the default limit of collectors is 20 MiB).
    pub batch_bytes: usize,
    /// Maximum time a span waits for its batch to fill. 10 ms to 1 min.
    pub batch_interval: Duration,
    /// Maximum number of waiting spans, per worker; further ones are dropped and counted. From a batch's to 1 000 000.
    pub queue_spans: usize,
    /// Maximum size of waiting spans, per worker, in bytes. From a batch's to 256 MiB.
    pub queue_bytes: usize,
    /// Maximum time a batch is retried before it is dropped and counted. 0 (one attempt) to 1 h.
    pub retry_for: Duration,
}

impl OtlpSettings {
    /// Checks the collector. Without a cluster there is no plan, but the other members are still checked.
    pub(super) fn checked(self, context: &Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Option<OtlpPlan> {
        let cluster = cluster(self.cluster, &at.member("cluster"), problems);
        let authority = self.authority.map(|written| authority(written, &at.member("authority"), problems));
        let path = self.path.map(|written| path(written, &at.member("path"), problems));
        let listed = self.headers.unwrap_or_default();
        let headers = headers(listed, context.environment, &at.member("headers"), problems);
        let timeout = Period::checked(self.timeout, &at.member("timeout"), problems);
        let batch = self.batch.unwrap_or_default();
        let batch_at = at.member("batch");
        let batch_spans = count(Integer::checked(batch.spans, &batch_at.member("spans"), problems));
        let batch_bytes = Size::checked(batch.bytes, &batch_at.member("bytes"), problems);
        let batch_interval = Period::checked(batch.interval, &batch_at.member("interval"), problems);
        let queue = self.queue.unwrap_or_default();
        let queue_at = at.member("queue");
        let queue_spans = count(Integer::checked(queue.spans, &queue_at.member("spans"), problems));
        let queue_bytes = Size::checked(queue.bytes, &queue_at.member("bytes"), problems);
        let retry_for = Period::checked(queue.retry_for, &queue_at.member("retry_for"), problems);
        // The queue holds a batch, also where only one of the two is written.
        if queue_spans < batch_spans {
            problems.note(&queue_at.member("spans"), format_args!("fewer than the {batch_spans} of a batch"));
        }
        if queue_bytes < batch_bytes {
            let batch = Bytes(batch_bytes as u64);
            problems.note(&queue_at.member("bytes"), format_args!("fewer than the {batch} of a batch"));
        }
        let cluster = cluster?;
        Some(OtlpPlan {
            authority: authority.unwrap_or_else(|| cluster.clone()),
            cluster,
            path: path.unwrap_or_else(|| PATH.to_owned()),
            headers,
            timeout,
            batch_spans,
            batch_bytes,
            batch_interval,
            queue_spans,
            queue_bytes,
            retry_for,
        })
    }
}

fn count(written: u64) -> usize {
    usize::try_from(written).unwrap_or(usize::MAX)
}

fn authority(written: String, at: &Path<'_>, problems: &mut Problems) -> String {
    if !is_visible(&written) || written.contains("://") {
        problems.note(at, "not a host with or without a port, such as \"otel-collector:4318\"");
    }
    written
}

fn path(written: String, at: &Path<'_>, problems: &mut Problems) -> String {
    if !written.starts_with('/') || !is_visible(&written) {
        problems.note(at, "not a path: it begins with \"/\" and has no white space");
    }
    written
}

fn cluster(written: Required<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let cluster = written.or_note("the name of the collector's cluster in Envoy", at, problems)?;
    if cluster.trim().is_empty() || cluster.chars().any(char::is_control) {
        problems.note(at, "not the name of a cluster");
        return None;
    }
    Some(cluster)
}

fn headers(
    written: Vec<HeaderSettings>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Vec<(String, Secret)> {
    let (mut headers, mut names) = (Vec::new(), Distinct::default());
    for (index, header) in written.into_iter().enumerate() {
        let at = at.element(index);
        let value = from_environment(header.env, environment, &at.member("env"), problems);
        let at = at.member("name");
        let name = header.name.or_note("the header's name, such as \"authorization\"", &at, problems);
        let Some(name) = name.and_then(|name| name.checked(&at, problems)) else {
            continue;
        };
        if EXPORTERS_OWN.contains(&name.as_str()) {
            problems.note(&at, "the exporter writes this header itself");
        }
        if names.add(&name, index).is_some() {
            problems.note(&at, "another header has this name");
        }
        headers.extend(value.map(|value| (name, Secret::new(value))));
    }
    headers
}

/// Headers that belong to the export's format, or to the connection.
const EXPORTERS_OWN: [&str; 7] =
    ["connection", "content-encoding", "content-length", "content-type", "host", "te", "transfer-encoding"];

const PATH: &str = "/v1/traces";
