//! Provider-neutral types shared by all dialects: request, events, reply and refusal.

mod event;
mod item;
mod refusal;
mod reply;
mod request;
mod tool_calls;

pub use event::{Channel, Content, Event, OtherRun};
pub use item::{Item, Items};
pub use refusal::{Misdirection, Refusal};
pub use reply::{Failure, Reply, Run};
pub use request::{CallName, Offered, Parameters, Request, Role, TextKind, TextSpan};
pub use tool_calls::{ToolCall, ToolCalls};
