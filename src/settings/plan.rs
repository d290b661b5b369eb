//! The plan: settings checked and prepared, with every default filled in; the input of calls.

use crate::policy::{Hosts, HttpGuard, Keyring, OperationRules};
use crate::price::Book;
use crate::provider::{Provider, Secret};
use crate::redaction::{Kinds, Redactor, Sealing};
use std::rc::Rc;
use std::time::Duration;

/// All settings that calls need.
#[derive(Debug)]
pub struct Plan {
    /// Upstream providers, in the order written: the first match is chosen. At least one, with unique names.
    pub providers: Vec<Provider>,
    /// The virtual keys, at least one.
    pub keyring: Keyring,
    /// Redaction of requests. Default: every kind.
    pub redactor: Redactor,
    /// Keys of placeholders, and their restoration scope; `None` numbers placeholders anew in each call.
    pub sealing: Option<Rc<Sealing>>,
    /// Operations that are refused, or passed on unsearched. Default: with redaction on, operations with texts that are
    /// not read are refused.
    pub operations: OperationRules,
    /// Guard that decides on calls; `None` asks nobody.
    pub guard: Option<HttpGuard>,
    /// Prices of tokens.
    pub prices: Book,
    /// Telemetry of calls.
    pub telemetry: TelemetryPlan,
    /// Memory limits.
    pub limits: Limits,
    /// Handling of a request whose path no dialect knows.
    pub unknown_paths: UnknownPaths,
    /// Request headers, in lower case, that are removed for every provider; never one that a call needs. Default: none.
    pub strip_headers: Vec<String>,
    /// Hosts of the gateway and of known providers. Default: every name that is not a known provider's is the
    /// gateway's.
    pub hosts: Hosts,
    /// Set when providers may receive headers with the client's address (`x-forwarded-for`, `forwarded`, …). Default:
    /// no.
    pub forward_client_address: bool,
}

/// Handling of a request whose path no dialect knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownPaths {
    /// Answered with 404: a body that cannot be read cannot be redacted. The default.
    Refuse,
    /// Passed on with the provider's credential, its body untouched and not redacted, and recorded as unknown.
    Pass,
}

/// Memory limits of one call, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A longer request body is refused with 413. 1 KiB to 256 MiB, default 32 MiB.
    pub request_body: usize,
    /// A longer whole answer passes unread: its usage is unknown, its placeholders stay. 1 KiB to 256 MiB, default 16
    /// MiB.
    pub response_body: usize,
    /// A longer event of a stream passes unread. An image comes in one event. 1 KiB to 64 MiB, default 16 MiB.
    pub stream_event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request_body: 32 << 20, response_body: 16 << 20, stream_event: 16 << 20 }
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
    pub content_redactor: Redactor,
    /// Set when usage that a provider does not report is estimated. Default: no.
    pub estimate_usage: bool,
    /// Longest captured input, and longest captured output, in bytes. 256 B to 4 MiB, default 64 KiB.
    pub content_limit: usize,
}

impl Default for TelemetryPlan {
    fn default() -> Self {
        Self {
            otlp: None,
            resource: vec![("service.name".to_owned(), "tollgate".to_owned())],
            content: ContentCapture::None,
            names: Names::Latest,
            sampling: Sampling::Always,
            content_redactor: Redactor::new(Kinds::ALL),
            estimate_usage: false,
            content_limit: 64 << 10,
        }
    }
}

/// The collector and the queue towards it.
#[derive(Clone, Debug)]
pub struct OtlpPlan {
    /// Envoy's cluster of the collector.
    pub cluster: String,
    /// `:authority` of the export. Default: the cluster's name.
    pub authority: String,
    /// Path of the export; it begins with `/`. Default `/v1/traces`.
    pub path: String,
    /// Headers of the export, such as a token, with values from the environment; unique names in lower case.
    pub headers: Vec<(String, Secret)>,
    /// Timeout for an answer. 10 ms to 5 min, default 10 s.
    pub timeout: Duration,
    /// Maximum number of spans in one export. 1 to 16 384, default 512.
    pub batch_spans: usize,
    /// Maximum size of one export, in bytes. 4 KiB to 16 MiB (the default limit of collectors is 20 MiB), default 1
    /// MiB.
    pub batch_bytes: usize,
    /// Maximum time a span waits for its batch to fill. 10 ms to 1 min, default 1 s.
    pub batch_interval: Duration,
    /// Maximum number of waiting spans, per worker; further ones are dropped and counted. From a batch's to 1 000 000,
    /// default 8192.
    pub queue_spans: usize,
    /// Maximum size of waiting spans, per worker, in bytes. From a batch's to 256 MiB, default 8 MiB.
    pub queue_bytes: usize,
    /// Maximum time a batch is retried before it is dropped and counted. 0 (one attempt) to 1 h, default 5 min.
    pub retry_for: Duration,
}

impl OtlpPlan {
    /// Creates the plan for an Envoy cluster, with every default.
    pub fn to(cluster: impl Into<String>) -> Self {
        let cluster = cluster.into();
        Self {
            authority: cluster.clone(),
            cluster,
            path: "/v1/traces".to_owned(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            batch_spans: 512,
            batch_bytes: 1 << 20,
            batch_interval: Duration::from_secs(1),
            queue_spans: 8192,
            queue_bytes: 8 << 20,
            retry_for: Duration::from_mins(5),
        }
    }
}

/// Content of the conversation on the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentCapture {
    /// Nothing. The default.
    None,
    /// SHA-256 of input and output.
    Hash,
    /// Text with personal data replaced by placeholders.
    Redacted,
    /// Text as the client sent and received it.
    Full,
}

/// Names of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Names of the current conventions. The default.
    Latest,
    /// Deprecated names that many dashboards use.
    Legacy,
    /// Both.
    Both,
}

/// Handling of the caller's sampling decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Exports every call: billing needs all of them. The default.
    Always,
    /// Does not export a call whose `traceparent` has "not sampled".
    Parent,
}
