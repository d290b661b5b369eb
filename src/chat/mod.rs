//! The canonical words: request, deltas, reply and usage, the only ones that dialects share.

mod delta;
mod reply;
mod request;
mod usage;

pub use delta::{Channel, Content, Delta};
pub use reply::{Failure, Reply, ToolCall};
pub use request::{CallName, Leaf, Parameters, Place, Request, Role};
pub use usage::{Bucket, Usage};
