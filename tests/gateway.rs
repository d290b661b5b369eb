//! The rim and all behind it, with a host in memory: one call after the other, and the laws of a call.

#![cfg(test)]

#[path = "gateway/calls.rs"]
mod calls;
#[path = "gateway/laws.rs"]
mod laws;
#[path = "gateway/support.rs"]
mod support;
