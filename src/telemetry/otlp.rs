//! The OTLP envelope: combines encoded spans into one export, without decoding or encoding them again.
//!
//! Field numbers are those of `opentelemetry-proto` 1.11: `ExportTraceServiceRequest`, `ResourceSpans` and
//! `ScopeSpans`, with `bytes` where those have a message. On the wire the two are the same.

use super::wire::field;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;

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
        let mut attributes: Vec<KeyValue> = Vec::with_capacity(resource.len() + own.len());
        let written = resource.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        for (key, value) in written.filter(|(key, _)| !key.starts_with(SDK)).chain(own) {
            if attributes.iter().all(|attribute| attribute.key != key) {
                attributes.push(string_attribute(key, value));
            }
        }
        let resource = Resource { attributes, ..Resource::default() };
        let scope = InstrumentationScope {
            name: "tollgate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..InstrumentationScope::default()
        };
        Self { resource: resource.encode_to_vec(), scope: scope.encode_to_vec() }
    }

    /// Encodes the body of an export of encoded spans.
    pub fn seal(&self, spans: Vec<Vec<u8>>) -> Vec<u8> {
        let request = TraceRequest {
            resource_spans: vec![ResourceSpans {
                resource: self.resource.clone(),
                scope_spans: vec![ScopeSpans { scope: self.scope.clone(), spans }],
            }],
        };
        request.encode_to_vec()
    }

    /// Upper bound on the bytes that the envelope adds to its framed spans, for any number of them.
    pub fn size(&self) -> usize {
        field(self.resource.len()) + field(self.scope.len()) + 2 * (1 + LONGEST_LENGTH)
    }
}

fn string_attribute(key: &str, value: &str) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) }),
        ..KeyValue::default()
    }
}

/// `ExportTraceServiceRequest`.
#[derive(Clone, PartialEq, Message)]
struct TraceRequest {
    #[prost(message, repeated, tag = "1")]
    resource_spans: Vec<ResourceSpans>,
}

/// `ResourceSpans`, its resource and spans already encoded. The schema's URL stays empty: the conventions have no
/// released one.
#[derive(Clone, PartialEq, Message)]
struct ResourceSpans {
    #[prost(bytes = "vec", tag = "1")]
    resource: Vec<u8>,
    #[prost(message, repeated, tag = "2")]
    scope_spans: Vec<ScopeSpans>,
}

/// `ScopeSpans`, its scope and spans already encoded.
#[derive(Clone, PartialEq, Message)]
struct ScopeSpans {
    #[prost(bytes = "vec", tag = "1")]
    scope: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    spans: Vec<Vec<u8>>,
}

/// Resource attributes that identify the program that made the telemetry; `opentelemetry` is reserved for its own SDKs.
const SDK: &str = "telemetry.sdk.";
/// Bytes of the length of up to 4 GiB, all that the wasm target can address.
const LONGEST_LENGTH: usize = 5;
