//! The canonical words: request, refusal, deltas, reply and usage, the only ones that dialects share.

mod delta;
mod estimate;
mod fee;
mod refusal;
mod reply;
mod request;
mod tally;
mod tool_calls;
mod usage;

pub use delta::{Channel, Content, Delta, OtherRun};
pub use estimate::estimate;
pub use fee::{Fee, Fees};
pub use refusal::{Misdirection, Refusal};
pub use reply::{Failure, Reply, Run};
pub use request::{CallName, Leaf, Offered, Parameters, Place, Request, Role};
pub use tally::{Counted, Counting, Tally, UsageSource};
pub use tool_calls::{ToolCall, ToolCalls};
pub use usage::{Bucket, Unit, Usage};
