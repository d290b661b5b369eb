//! Tollgate: an LLM gateway that is one Envoy filter.
//!
//! The modules are listed in the order of a call's path through them.

/// Settings: checks the operator's text and returns either all its problems, each with its path, or the plan for calls.
pub mod settings;
/// JSON bodies: the bytes and the spans of their parts.
pub use tollgate_document as document;
/// Tokens and other units in disjoint buckets, and what providers report of them.
pub mod usage;
/// Names of models, exact or with `*` for any text.
pub mod pattern;
/// The canonical request, events, reply and refusal: the only words that dialects share.
pub mod model;
/// Bytes to frames and back.
pub mod framing;
/// Dialects: one file or folder per wire API.
pub mod dialect;
/// Method and path to operation and dialect.
pub mod endpoint;
/// The table of providers.
pub mod provider;
/// Virtual keys and routing.
pub mod policy;
/// Redaction: finds personal data and secrets, replaces them, and restores them in answers.
pub use tollgate_redaction as redaction;
/// Price book and its lookup.
pub mod price;
/// Capabilities of models: bounds, inputs, tools, sampling and thinking, by their names.
pub mod capability;
/// One call from first header to last byte, without I/O: admission, the request's body, and its attempts.
pub mod call;
/// One try of a call at one provider, without I/O.
pub mod attempt;
/// Call records: all that is known of a call at its end.
pub mod record;
/// The encoding of call records as spans, and their export to the collector.
pub mod telemetry;
/// The filter: Envoy's callbacks to the core.
pub mod filter;
