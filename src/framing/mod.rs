//! Bytes to frames and back. A framing knows neither JSON nor providers.

mod sse;

pub use sse::{Decoder, Event, Piece};
