//! The rim and all behind it, with a host in memory: one call after the other, and the laws of a call, over recorded
//! traffic of real providers where it lies beside the project, and over the project's own fixtures always. Unoptimised,
//! only short streams are cut at every byte: `make test` runs this once more with `--profile laws`.

#![cfg(test)]

#[path = "gateway/bedrock.rs"]
mod bedrock;
#[path = "gateway/callers.rs"]
mod callers;
#[path = "gateway/calls.rs"]
mod calls;
#[path = "gateway/conversations.rs"]
mod conversations;
#[path = "gateway/costs.rs"]
mod costs;
#[path = "gateway/closed.rs"]
mod closed;
#[path = "traffic/exchanges.rs"]
mod exchanges;
#[path = "gateway/faults.rs"]
mod faults;
#[path = "gateway/google.rs"]
mod google;
#[path = "gateway/growth.rs"]
mod growth;
#[path = "gateway/laws.rs"]
mod laws;
#[path = "gateway/paths.rs"]
mod paths;
#[path = "gateway/pieces.rs"]
mod pieces;
#[path = "gateway/responses.rs"]
mod responses;
#[path = "traffic/splits.rs"]
mod splits;
#[path = "gateway/stored_state.rs"]
mod stored_state;
#[path = "gateway/support.rs"]
mod support;
#[path = "gateway/upgrades.rs"]
mod upgrades;
#[path = "gateway/targets.rs"]
mod targets;
#[path = "gateway/turns.rs"]
mod turns;
#[path = "gateway/two_turns.rs"]
mod two_turns;
#[path = "traffic/whole.rs"]
mod whole;
