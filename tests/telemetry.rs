//! What is known of a call, as a span, on its way to the collector.

#[cfg(test)]
#[path = "telemetry/answers.rs"]
mod answers;
#[cfg(test)]
#[path = "telemetry/attributes.rs"]
mod attributes;
#[cfg(test)]
#[path = "telemetry/calls.rs"]
mod calls;
#[cfg(test)]
#[path = "telemetry/outbox.rs"]
mod outbox;
#[cfg(test)]
#[path = "telemetry/outbox_law.rs"]
mod outbox_law;
#[cfg(test)]
#[path = "telemetry/span.rs"]
mod span;
#[cfg(test)]
#[path = "telemetry/trace_context.rs"]
mod trace_context;
#[cfg(test)]
#[path = "telemetry/written_down.rs"]
mod written_down;
