//! The canonical words: request, refusal, deltas, reply and usage, the only ones that dialects share.

mod event;
mod estimate;
mod fee;
mod refusal;
mod reply;
mod request;
mod reported_usage;
mod tool_calls;
mod usage;

pub use estimate::estimate;
pub use event::{Channel, Content, Event, OtherRun};
pub use fee::{Fee, Fees};
pub use refusal::{Misdirection, Refusal};
pub use reply::{Failure, Reply, Run};
pub use reported_usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
pub use request::{CallName, Offered, Parameters, Request, Role, TextKind, TextSpan};
pub use tool_calls::{ToolCall, ToolCalls};
pub use usage::{Bucket, Unit, Usage};
