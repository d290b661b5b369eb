//! Telemetry: the record of a call, its encoding as a span, and its export to the collector.
//!
//! A call's trace begins or continues with [`TraceContext`]. When the call ends, its [`CallRecord`] is [`encode`]d as
//! one span, once; the [`Outbox`] keeps the bytes until the collector has accepted them.

mod attributes;
mod content;
mod note;
mod otlp;
mod outbox;
mod record;
mod retry;
mod span;
mod trace_context;
mod wire;

pub use attributes::{Attribute, Legacy, Source, ValueType, attributes};
pub use content::{Input, Output, input_hash};
pub use note::Note;
pub use otlp::Envelope;
pub use outbox::{BATCHES_OUT, Dropped, Export, Outbox};
pub use record::{CallRecord, Caller, Captured, Outcome, Pace};
pub use retry::ExportOutcome;
pub use span::{encode, is_low_in_cardinality};
pub use trace_context::{FreshIds, TraceContext};
