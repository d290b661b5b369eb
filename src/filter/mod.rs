//! The rim: Envoy's callbacks onto the core, behind one small host trait. Only here is a host called or an action
//! returned.

#[cfg(target_arch = "wasm32")]
mod envoy;
mod host;
mod root;
mod shared;
mod stream;

pub use host::{Action, Callout, Counter, Host, Level, Side};
pub use root::Root;
pub use shared::Shared;
pub use stream::Stream;
