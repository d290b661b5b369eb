//! Telemetry: call records, their spans, and their export to the collector.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod attributes;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod outbox_law;
#[cfg(test)]
mod span;
#[cfg(test)]
mod trace_context;
#[cfg(test)]
mod written_down;
