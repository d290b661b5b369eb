//! The command, run as a program on recordings of our own.
#![cfg(test)]

mod support;

mod faults;
mod recorded;
mod readme;
mod replay;
mod replay_check;
