//! Tollgate: an LLM gateway that is one Envoy filter.
//!
//! The modules stand in the order in which a call meets them.

/// What the operator wrote, checked: problems, all at once, each with its path; or the plan that calls run on.
pub mod settings;
/// A JSON body as bytes plus where its parts lie.
pub mod document;
/// Tokens and other units in disjoint buckets, and what providers report of them.
pub mod usage;
/// The canonical request, events, reply and refusal: the only words that dialects share.
pub mod model;
/// Bytes to frames and back.
pub mod framing;
/// One file per wire API.
pub mod dialect;
/// Method and path to operation and dialect.
pub mod endpoint;
/// The table of providers.
pub mod provider;
/// Virtual keys and routing.
pub mod policy;
/// Personal data and secrets: found, replaced, put back.
pub mod redaction;
/// The price book and its lookup.
pub mod price;
/// One call from first header to last byte, without I/O.
pub mod call;
/// What is known of a call, as a span, on its way to the collector.
pub mod telemetry;
/// The rim: Envoy's callbacks onto the core.
pub mod filter;
