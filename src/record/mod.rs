//! Records: all that is known of one call when it ends, and the only source of its span, stats and cost.

mod attempt;
mod call;
mod guard;
mod note;
mod route;
mod trace_context;

pub use attempt::{AttemptRecord, MovedOn, Pace};
pub use call::{CallRecord, Caller, Captured, Outcome};
pub use guard::{GuardDecision, GuardRecord};
pub use note::Note;
pub use route::RouteRecord;
pub use trace_context::{FreshIds, TraceContext};
