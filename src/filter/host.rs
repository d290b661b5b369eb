//! The host: all that the rim asks of Envoy. The filter's own implementation calls proxy-wasm, the tests' one keeps
//! everything in memory.

use crate::call::{Ending, Headers, LocalReply};
use std::time::Duration;

/// Whether a stream's iteration goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// What was handed in goes on.
    Continue,
    /// It waits.
    Pause,
}

/// A side of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// From client to provider.
    Request,
    /// From provider to client.
    Response,
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something an operator may want to know.
    Info,
    /// Something is lost, or will be.
    Warn,
    /// Something does not work.
    Error,
}

/// Numbers the rim counts as Envoy stats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Calls that ended, however they ended.
    Calls,
    /// Calls that Tollgate refused.
    Refused,
    /// Spans the collector took.
    Exported,
    /// Spans lost: the queue was full, the collector would not have them, or not in time.
    Dropped,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 4] = [Self::Calls, Self::Refused, Self::Exported, Self::Dropped];

    /// The stat's name; Envoy puts `wasmcustom.` before it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "tollgate_calls_total",
            Self::Refused => "tollgate_calls_refused_total",
            Self::Exported => "tollgate_export_spans_total",
            Self::Dropped => "tollgate_export_dropped_spans_total",
        }
    }
}

/// A request to another service, made by the host.
#[derive(Debug)]
pub struct Callout<'a> {
    /// Envoy's cluster.
    pub cluster: &'a str,
    /// Headers, pseudo-headers included.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The body.
    pub body: &'a [u8],
    /// How long an answer is waited for.
    pub timeout: Duration,
}

/// All that the rim asks of its host. A body is only asked for, or set, in the callback that handed it in.
pub trait Host {
    /// The time, in nanoseconds since 1970.
    fn now(&self) -> u64;
    /// Fills the bytes with randomness.
    fn random(&self, bytes: &mut [u8]);
    /// Writes a log line.
    fn log(&self, level: Level, line: &str);
    /// A variable of the host's environment, where it lets the filter see it.
    fn variable(&self, name: &str) -> Option<String>;
    /// Bytes that the workers of one host share under a key.
    fn shared(&self, key: &str) -> Option<Vec<u8>>;
    /// Shares bytes under a key, in the place of those there.
    fn share(&self, key: &str, bytes: &[u8]);
    /// Calls the root back periodically.
    fn tick_every(&self, period: Duration);
    /// Adds to a stat.
    fn count(&self, counter: Counter, by: u64);
    /// Makes a request; its answer comes to the root with this token. `None`: the host would not.
    fn call_out(&self, callout: &Callout<'_>) -> Option<u32>;
    /// Headers of the current callback's side.
    fn headers(&self, side: Side) -> Headers;
    /// Puts headers in place of the request's, which have not gone on.
    fn set_request_headers(&self, headers: &Headers);
    /// Removes a header of the answer's, which have not gone on.
    fn remove_response_header(&self, name: &str);
    /// The body's bytes at hand.
    fn body(&self, side: Side, length: usize) -> Vec<u8>;
    /// Replaces the `length` bytes at hand.
    fn set_body(&self, side: Side, length: usize, body: &[u8]);
    /// Answers the client.
    fn reply(&self, reply: &LocalReply);
    /// The host's word for why it has answered with an error itself (Envoy's local replies); `None` for an answer that came
    /// from the provider.
    fn local_reply(&self) -> Option<String>;
    /// How a stream ended whose answer did not come to its end.
    fn ending(&self) -> Ending;
    /// Lets the host end the root, after it was asked to wait.
    fn done(&self);
}
