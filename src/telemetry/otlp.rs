//! The OTLP envelope: combines encoded spans into one export, without decoding or encoding them again.
//!
//! Field numbers are those of `opentelemetry-proto` 1.11.

use super::protobuf::{begin, field, put_bytes};

/// Common part of all spans of a worker: the resource and the instrumentation scope, already encoded.
#[derive(Clone, Debug)]
pub struct Envelope {
    resource: Vec<u8>,
    scope: Vec<u8>,
}

impl Envelope {
    /// Creates the envelope for a resource with these attributes, in this order, followed by `telemetry.sdk.*`.
    ///
    /// Keys must be unique within a resource: of two equal ones the first applies, and `telemetry.sdk.*` is set by
    /// Tollgate only.
    pub fn new(resource: &[(String, String)]) -> Self {
        let own = [
            ("telemetry.sdk.name", "tollgate"),
            ("telemetry.sdk.language", "rust"),
            ("telemetry.sdk.version", env!("CARGO_PKG_VERSION")),
        ];
        let written = resource.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut attributes: Vec<(&str, &str)> = Vec::with_capacity(resource.len() + own.len());
        for (key, value) in written.filter(|(key, _)| !key.starts_with(SDK)).chain(own) {
            if attributes.iter().all(|(known, _)| *known != key) {
                attributes.push((key, value));
            }
        }
        let (mut resource, mut scope) = (Vec::new(), Vec::new());
        for (key, value) in attributes {
            put_attribute(key, value, &mut resource);
        }
        put_bytes(SCOPE_NAME, b"tollgate", &mut scope);
        put_bytes(SCOPE_VERSION, env!("CARGO_PKG_VERSION").as_bytes(), &mut scope);
        Self { resource, scope }
    }

    /// Encodes the body of an export of encoded spans, each [framed](frame).
    ///
    /// The schema's URL stays empty: the conventions have no released one.
    pub(super) fn seal(&self, framed: &[u8]) -> Vec<u8> {
        let scope_spans = field(self.scope.len()) + framed.len();
        let resource_spans = field(self.resource.len()) + field(scope_spans);
        let mut body = Vec::with_capacity(field(resource_spans));
        begin(RESOURCE_SPANS, resource_spans, &mut body);
        put_bytes(RESOURCE, &self.resource, &mut body);
        begin(SCOPE_SPANS, scope_spans, &mut body);
        put_bytes(SCOPE, &self.scope, &mut body);
        body.extend_from_slice(framed);
        body
    }

    /// Upper bound on the bytes that the envelope adds to its framed spans, for any number of them.
    pub fn size(&self) -> usize {
        field(self.resource.len()) + field(self.scope.len()) + 2 * (1 + LONGEST_LENGTH)
    }
}

/// Writes an encoded span as an export has it.
pub(super) fn frame(span: &[u8], into: &mut Vec<u8>) {
    put_bytes(SPANS, span, into);
}

/// Writes `Resource.attributes`: a `KeyValue` whose value is a string.
fn put_attribute(key: &str, value: &str, into: &mut Vec<u8>) {
    let any_value = field(value.len());
    begin(ATTRIBUTES, field(key.len()) + field(any_value), into);
    put_bytes(KEY, key.as_bytes(), into);
    begin(VALUE, any_value, into);
    put_bytes(STRING_VALUE, value.as_bytes(), into);
}

/// Resource attributes that identify the program that made the telemetry; `opentelemetry` is reserved for its own SDKs.
const SDK: &str = "telemetry.sdk.";
/// Bytes of the length of up to 4 GiB, all that the wasm target can address.
const LONGEST_LENGTH: usize = 5;

// Field numbers of `ExportTraceServiceRequest`, `ResourceSpans`, `ScopeSpans`, `InstrumentationScope`, `Resource`,
// `KeyValue` and `AnyValue`.
const RESOURCE_SPANS: u32 = 1;
const RESOURCE: u32 = 1;
const SCOPE_SPANS: u32 = 2;
const SCOPE: u32 = 1;
const SPANS: u32 = 2;
const SCOPE_NAME: u32 = 1;
const SCOPE_VERSION: u32 = 2;
const ATTRIBUTES: u32 = 1;
const KEY: u32 = 1;
const VALUE: u32 = 2;
const STRING_VALUE: u32 = 1;
