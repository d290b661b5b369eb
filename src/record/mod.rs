//! Records: all that is known of one call when it ends, and the only source of its span, stats and cost.

mod call;
mod note;
mod trace_context;

pub use call::{CallRecord, Caller, Captured, Outcome, Pace};
pub use note::Note;
pub use trace_context::{FreshIds, TraceContext};
