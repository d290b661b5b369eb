//! Content: captured text of a conversation, where the settings ask for it.

mod hash;
mod input;
mod output;
mod part;

pub use hash::input_hash;
pub use input::Input;
pub use output::Output;
