//! The host interface: everything the filter needs from Envoy. The filter's implementation calls proxy-wasm; the one
//! for tests keeps everything in memory.

use crate::attempt::{HeaderChange, Headers};
use crate::call::{Ending, LocalReply};
use std::time::Duration;

/// Result of a callback: continue or pause the iteration of the filter chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Continues with the data passed in.
    Continue,
    /// Pauses.
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

/// Level of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something an operator may want to know.
    Info,
    /// Something is lost, or will be.
    Warn,
    /// Something does not work.
    Error,
}

/// Envoy stats of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Calls that ended, for any reason.
    Calls,
    /// Calls that Tollgate refused.
    Refused,
    /// Spans the collector accepted.
    Exported,
    /// Spans lost: queue full, rejected by the collector, or not accepted in time.
    Dropped,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 4] = [Self::Calls, Self::Refused, Self::Exported, Self::Dropped];

    /// Name of the stat; Envoy prefixes it with `wasmcustom.`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Calls => "tollgate_calls_total",
            Self::Refused => "tollgate_calls_refused_total",
            Self::Exported => "tollgate_export_spans_total",
            Self::Dropped => "tollgate_export_dropped_spans_total",
        }
    }
}

/// Filter state that Envoy keeps with a stream, readable by the route, by upstream instances and by access logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterState {
    /// Key of the call, by which upstream instances find it.
    Call,
    /// Provider of the next attempt's target: the route chooses the cluster by it.
    Target,
}

impl FilterState {
    /// Every name.
    pub const ALL: [Self; 2] = [Self::Call, Self::Target];

    /// Name of the property; Envoy prefixes it with `wasm.`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "tollgate.call",
            Self::Target => "tollgate.target",
        }
    }
}

/// A request to another service, made by the host.
#[derive(Debug)]
pub struct Callout<'a> {
    /// Envoy's cluster.
    pub cluster: &'a str,
    /// Headers, including pseudo-headers.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The body.
    pub body: &'a [u8],
    /// Timeout for the answer.
    pub timeout: Duration,
}

/// Everything the filter needs from its host. A body is only read, or set, in the callback that delivered it.
pub trait Host {
    /// Current time, in nanoseconds since 1970.
    fn now(&self) -> u64;
    /// Fills the bytes with random data.
    fn random(&self, bytes: &mut [u8]);
    /// Writes a log line.
    fn log(&self, level: Level, line: &str);
    /// Returns an environment variable of the host, if the host exposes it to the filter.
    fn variable(&self, name: &str) -> Option<String>;
    /// Returns the bytes that the workers of one host share under a key.
    fn shared(&self, key: &str) -> Option<Vec<u8>>;
    /// Shares bytes under a key, replacing the previous ones.
    fn share(&self, key: &str, bytes: &[u8]);
    /// Sets the period of the root's ticks.
    fn tick_every(&self, period: Duration);
    /// Adds to a stat.
    fn count(&self, counter: Counter, by: u64);
    /// Sends a request; its answer is delivered with the returned token, later, to the root or the stream whose callback
    /// is running. `None` when the host refuses.
    fn call_out(&self, callout: &Callout<'_>) -> Option<u32>;
    /// Headers of the current callback's side.
    fn headers(&self, side: Side) -> Headers;
    /// Replaces the request's headers, which have not been sent yet.
    fn set_request_headers(&self, headers: &Headers);
    /// Changes a header of the answer, whose headers have not been sent yet.
    fn change_response_header(&self, change: &HeaderChange);
    /// Returns the buffered bytes of the body.
    fn body(&self, side: Side, length: usize) -> Vec<u8>;
    /// Replaces the `length` buffered bytes.
    fn set_body(&self, side: Side, length: usize, body: &[u8]);
    /// Returns filter state of the stream.
    fn state(&self, state: FilterState) -> Option<String>;
    /// Sets filter state of the stream.
    fn set_state(&self, state: FilterState, value: &str);
    /// Name of the provider of this upstream instance: that in the endpoint's metadata, else the cluster's.
    fn upstream_provider(&self) -> Option<String>;
    /// Reports whether no connection to the provider came about.
    fn is_not_reached(&self) -> bool;
    /// Sends on a request that was paused, outside of its own callbacks.
    fn resume_request(&self);
    /// Sends a local reply to the client.
    fn reply(&self, reply: &LocalReply);
    /// Response code details of Envoy's own error reply (local reply); `None` for an answer from the provider.
    fn local_reply(&self) -> Option<String>;
    /// Reason why a stream ended before its answer was complete.
    fn ending(&self) -> Ending;
    /// Allows the host to end the root, after it was asked to wait.
    fn done(&self);
}
