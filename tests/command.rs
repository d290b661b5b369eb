//! The command, run as a program on recordings of our own.
#![cfg(test)]

#[path = "command/support.rs"]
mod support;

#[path = "command/faults.rs"]
mod faults;
#[path = "command/recorded.rs"]
mod recorded;
#[path = "command/readme.rs"]
mod readme;
#[path = "command/replay.rs"]
mod replay;
#[path = "command/replay_check.rs"]
mod replay_check;
