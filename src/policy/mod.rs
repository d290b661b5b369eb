//! Policy: who may call, what they may ask for, and whom the call goes to.

mod credential;
mod keyring;
mod pattern;
mod routing;

pub use credential::{KeyFault, Presented, is_credential};
pub use keyring::{Digest, Keyring, VirtualKey};
pub use pattern::Pattern;
pub use routing::{choose, is_called};
