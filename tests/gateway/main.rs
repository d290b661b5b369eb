//! The rim and all behind it, with a host in memory: one call after the other, and the laws of a call, over recorded
//! traffic of real providers where it lies beside the project, and over the project's own fixtures always. Unoptimised,
//! only short streams are cut at every byte: `make test` runs this once more with `--profile laws`.

#![cfg(test)]

mod answers;
mod bedrock;
mod callers;
mod calls;
mod choice;
mod content;
mod conversations;
mod costs;
mod custom_tools;
mod closed;
mod embeddings;
mod endings;
#[path = "../traffic/exchanges.rs"]
mod exchanges;
mod fallback;
mod fallback_law;
mod faults;
mod google;
mod growth;
mod guard;
mod laws;
mod memory;
mod models;
mod paths;
mod permissions;
mod pieces;
mod responses;
mod router;
mod shadow;
#[path = "../traffic/splits.rs"]
mod splits;
mod stored;
mod stored_state;
mod support;
mod translated_headers;
mod translation;
mod upgrades;
mod targets;
mod turns;
mod two_turns;
mod usage;
mod vectors;
mod vertex;
#[path = "../traffic/whole.rs"]
mod whole;
mod whole_answers;
