//! Personal data and secrets: found, replaced, put back.
//!
//! A [`Redactor`] finds them in a text. [`Placeholders`] is the table of one call: it gives every value its placeholder
//! on the way out, and puts the values back into what returns, whole or in pieces ([`PendingText`]). With a [`Seal`] placeholders
//! outlive the call. Nothing here knows JSON documents or dialects: texts are decoded when they come in.
//!
//! What cannot be known by its shape is not looked for: names, postal addresses, birthdays, passwords, secrets without a
//! prefix (AWS secret access keys, Twilio's auth tokens; Twilio's `AC…` and `SK…` are identifiers, not secrets).

mod detect;
mod kind;
mod placeholder;
mod redactor;
mod restore;
mod seal;
mod slots;
mod table;
mod view;

pub use kind::{Kind, Kinds};
pub use redactor::{Finding, Redactor};
pub use restore::{Escape, PendingText, TextEdit, apply};
pub use seal::{PlaceholderKey, RestoreScope, Seal, Sealing, Tenant};
pub use slots::Slots;
pub use table::Placeholders;
