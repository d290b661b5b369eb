//! The plan: settings checked and made ready, with every default filled in; what calls run on.

use crate::policy::{Hosts, Keyring, OperationRules};
use crate::price::Book;
use crate::provider::{Provider, Secret};
use crate::redaction::{Kinds, Redactor, Sealing};
use std::rc::Rc;
use std::time::Duration;

/// Everything a call needs to know of the settings.
#[derive(Debug)]
pub struct Plan {
    /// Whom calls may go to, in the order written: the first that fits is chosen. At least one, no two of one name.
    pub providers: Vec<Provider>,
    /// The virtual keys, at least one.
    pub keyring: Keyring,
    /// What is taken out of requests. Default: every kind.
    pub redactor: Redactor,
    /// Keys of placeholders, and how far they are restored; `None` numbers them in each call anew.
    pub sealing: Option<Rc<Sealing>>,
    /// Operations that are refused, or passed on unsearched. Default: where redaction is on, those with texts that are
    /// not read are refused.
    pub operations: OperationRules,
    /// What tokens cost.
    pub prices: Book,
    /// What is kept of a call, and where it goes.
    pub telemetry: TelemetryPlan,
    /// How much is held in memory.
    pub limits: Limits,
    /// What becomes of a request whose path no dialect knows.
    pub unknown_paths: UnknownPaths,
    /// Request headers, in lower case, that no provider gets; none of those that a call needs. Default: none.
    pub strip_headers: Vec<String>,
    /// The gateway's own names, and those that are a provider's. Default: every name that is no known provider's is the
    /// gateway's.
    pub hosts: Hosts,
    /// Lets providers get headers that carry the client's address (`x-forwarded-for`, `forwarded`, …). Default: no.
    pub forward_client_address: bool,
}

/// What becomes of a request whose path no dialect knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownPaths {
    /// Answered with 404: what cannot be read cannot be redacted. The default.
    Refuse,
    /// Passed on with the provider's credential, its body untouched and not redacted, and recorded as unknown.
    Pass,
}

/// Bounds of what one call holds in memory, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A longer request body is refused with 413. 1 KiB to 256 MiB, default 32 MiB.
    pub request_body: usize,
    /// A longer whole answer passes unread: its usage is unknown, its placeholders stay. 1 KiB to 256 MiB,
    /// default 16 MiB.
    pub response_body: usize,
    /// A longer event of a stream passes unread. An image comes in one event. 1 KiB to 64 MiB, default 16 MiB.
    pub stream_event: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { request_body: 32 << 20, response_body: 16 << 20, stream_event: 16 << 20 }
    }
}

/// What is kept of a call, and where it goes.
#[derive(Clone, Debug)]
pub struct TelemetryPlan {
    /// Where spans go; `None` exports nothing.
    pub otlp: Option<OtlpPlan>,
    /// Attributes of the resource, in the order written, no name twice, `service.name` among them: `tollgate` unless
    /// written, and then the first.
    pub resource: Vec<(String, String)>,
    /// What of the conversation is put on the span.
    pub content: ContentCapture,
    /// Which names attributes have.
    pub names: Names,
    /// Whether the caller's sampling decision is heeded.
    pub sampling: Sampling,
    /// What is taken out of content under [`ContentCapture::Redacted`]: the request's kinds, or all of them where
    /// requests are not redacted.
    pub content_redactor: Redactor,
    /// Whether usage that a provider does not report is estimated. Default: no.
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
    /// Headers of the export, such as a token, with values from the environment; names in lower case, none twice.
    pub headers: Vec<(String, Secret)>,
    /// How long an answer is waited for. 10 ms to 5 min, default 10 s.
    pub timeout: Duration,
    /// Most spans in one export. 1 to 16 384, default 512.
    pub batch_spans: usize,
    /// Most bytes in one export. 4 KiB to 16 MiB (collectors take 20 MiB unless told otherwise), default 1 MiB.
    pub batch_bytes: usize,
    /// Longest time a span waits for its batch to fill. 10 ms to 1 min, default 1 s.
    pub batch_interval: Duration,
    /// Most spans waiting, per worker; further ones are dropped and counted. From a batch's to 1 000 000,
    /// default 8192.
    pub queue_spans: usize,
    /// Most bytes waiting, per worker. From a batch's to 256 MiB, default 8 MiB.
    pub queue_bytes: usize,
    /// How long a batch is tried before it is dropped and counted. 0 (it is tried once) to 1 h, default 5 min.
    pub retry_for: Duration,
}

impl OtlpPlan {
    /// To a cluster of Envoy's, with every default.
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

/// What of the conversation is put on the span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentCapture {
    /// Nothing. The default.
    None,
    /// SHA-256 of input and output.
    Hash,
    /// Text with personal data replaced by placeholders.
    Redacted,
    /// Text as the client sent and got it.
    Full,
}

/// Which names attributes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// The current conventions'. The default.
    Latest,
    /// The deprecated ones that many dashboards use.
    Legacy,
    /// Both.
    Both,
}

/// Whether the caller's sampling decision is heeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Every call is exported: the bill has no sampling. The default.
    Always,
    /// A call whose `traceparent` says "not sampled" is not exported.
    Parent,
}
