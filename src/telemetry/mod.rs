//! Telemetry: a call's record as a span, and its export to the collector.
//!
//! When a call ends, its record is [`encode`]d as one span, once; the [`Outbox`] keeps the bytes until the collector has
//! accepted them.

mod attributes;
mod content;
mod otlp;
mod outbox;
mod protobuf;
mod retry;
mod span;
mod wire;

pub use attributes::{Attribute, Legacy, Source, ValueType, attributes};
pub use content::{Input, Output, input_hash};
pub use otlp::Envelope;
pub use outbox::{BATCHES_OUT, Dropped, Export, Outbox};
pub use retry::{ExportOutcome, wait as retry_after};
pub use span::{encode, encode_into, is_low_in_cardinality};
