//! Capabilities: what models take and give, by their names. They belong to a model, not to the dialect it is asked in.
//!
//! Three sources are laid over each other, fact by fact: the operator's settings, `models.txt`, and rules for families of
//! models. `scripts/capabilities` makes `models.txt` from a public list; the rules are in `rules.rs`, each with its source.
//! A fact that none of them knows is unknown, and never guessed.

mod effort;
mod facts;
mod listed;
mod lookup;
mod rule;
mod rules;
mod spelling;
mod table;
mod thinking;

pub use effort::{Effort, Efforts};
pub use facts::{Capabilities, PermittedSampling};
pub use lookup::lookup;
pub use table::{CapabilityOverride, CapabilityTable};
pub use thinking::{AdaptiveUse, BudgetRange, ThinkingForm};
