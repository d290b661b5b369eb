//! Redaction: finds personal data and secrets, replaces them, and restores them in answers.
//!
//! A [`Redactor`] finds them in a text. [`Placeholders`] is the table of one call: it assigns every value a placeholder
//! in the request, and restores the values in the answer, whole or in pieces ([`PendingText`]). With a [`Seal`]
//! placeholders outlive the call. Nothing here knows JSON documents or dialects: texts arrive
//! decoded, or as a string of JSON is written ([`RawSearch`]).
//!
//! Values without a recognizable shape are not searched for: names, postal addresses, birthdays, passwords, secrets
//! without a prefix (AWS secret access keys, Twilio's auth tokens; Twilio's `AC…` and `SK…` are identifiers, not
//! secrets).

mod candidates;
mod class;
mod detect;
mod index;
mod kind;
mod lines;
mod placeholder;
mod raw;
mod redactor;
mod restore;
mod seal;
mod slots;
mod stops;
mod table;
mod view;

pub use kind::{Kind, Kinds};
pub use raw::{RawSearch, RawStep};
pub use redactor::{Finding, Redactor};
pub use restore::{Escape, PendingText, TextEdit, apply};
pub use seal::{PlaceholderKey, RestoreScope, Seal, Sealing, Tenant};
pub use slots::Slots;
pub use table::Placeholders;
