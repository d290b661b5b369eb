//! The filter: maps Envoy's callbacks to the core, behind one small host trait. Only this module calls the host or
//! returns an action; a crate for each way into Envoy implements the trait (`crates/proxy-wasm/`).

mod answer_body;
mod calls;
mod host;
mod root;
mod shared;
mod stream;
mod upstream;

pub use calls::Calls;
pub use host::{Action, Callout, Counter, FilterState, Host, Level, Side};
pub use root::Root;
pub use shared::Shared;
pub use stream::Stream;
pub use upstream::UpstreamStream;
