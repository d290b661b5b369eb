//! Policy: who may call, what they may ask for, and whom the call goes to.

mod credential;
mod keyring;
mod pattern;
mod routing;

pub use credential::{KEY_HEADERS, presented};
pub use keyring::{Digest, Keyring, VirtualKey};
pub use pattern::Pattern;
pub use routing::{choose, is_called};
