//! The canonical words: request, events, reply, refusal, the only ones that dialects share.

mod event;
mod refusal;
mod reply;
mod request;
mod tool_calls;

pub use event::{Channel, Content, Event, OtherRun};
pub use refusal::{Misdirection, Refusal};
pub use reply::{Failure, Reply, Run};
pub use request::{CallName, Offered, Parameters, Request, Role, TextKind, TextSpan};
pub use tool_calls::{ToolCall, ToolCalls};
