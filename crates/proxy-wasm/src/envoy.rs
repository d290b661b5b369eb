//! Envoy as the host, through proxy-wasm. The SDK's calls panic on any unexpected status, and a panic is a trap: they
//! are wrapped here, once, and called only in phases where Envoy returns "ok".

use proxy_wasm::hostcalls;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{BufferType, ContextType, LogLevel, MapType, MetricType};
use std::alloc::System;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};
use tollgate::attempt::{HeaderChange, Headers};
use tollgate::call::{Ending, ExternalResponse, LONGEST_ANSWER, LocalReply};
use tollgate::filter::{Action, Callout, Calls, Counter, FilterState, Host, Level, Root, Side, Stream, UpstreamStream};
use tollgate_allocator::Pool;

/// Small blocks from size classes, all others from libc.
#[global_allocator]
static ALLOCATOR: Pool<System> = Pool::new(System);

proxy_wasm::main! {{
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|_| Box::new(EnvoyRoot(Root::sharing(Envoy::default(), CALLS.with(Calls::clone)))));
}}

thread_local! {
    /// Calls of this VM: the roots of the gateway and of upstream instances share them.
    static CALLS: Calls = Calls::default();
}

/// Envoy. Host calls act on the context whose callback is running.
#[derive(Clone, Default)]
struct Envoy {
    counters: Rc<[Cell<Option<u32>>; Counter::ALL.len()]>,
    random: Rc<RefCell<Random>>,
}

/// Random bytes, fetched for many ids at a time: each fetch is a host call.
#[derive(Default)]
struct Random {
    left: Vec<u8>,
}

impl Random {
    fn fill(&mut self, bytes: &mut [u8]) {
        if self.left.len() < bytes.len() {
            self.left.resize(RANDOM_AT_ONCE.max(bytes.len()), 0);
            if getrandom::fill(&mut self.left).is_err() {
                // Ids must be distinct, not unpredictable: the host has at least a clock.
                let now = hostcalls::get_current_time().ok().and_then(|now| now.duration_since(UNIX_EPOCH).ok());
                let now = now.unwrap_or_default().as_nanos().to_le_bytes();
                self.left.iter_mut().zip(now.iter().cycle()).for_each(|(byte, now)| *byte = *now);
            }
        }
        let rest = self.left.len().saturating_sub(bytes.len());
        bytes.iter_mut().zip(self.left.drain(rest..)).for_each(|(byte, random)| *byte = random);
    }
}

impl Host for Envoy {
    fn now(&self) -> u64 {
        let now = hostcalls::get_current_time().ok();
        let since = now.and_then(|now| now.duration_since(UNIX_EPOCH).ok());
        since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    fn random(&self, bytes: &mut [u8]) {
        self.random.borrow_mut().fill(bytes);
    }

    fn log(&self, level: Level, line: &str) {
        let level = match level {
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        let _ = hostcalls::log(level, line);
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn shared(&self, key: &str) -> Option<Vec<u8>> {
        hostcalls::get_shared_data(key).ok().and_then(|(bytes, _)| bytes)
    }

    fn share(&self, key: &str, bytes: &[u8]) {
        let _ = hostcalls::set_shared_data(key, Some(bytes), None);
    }

    fn tick_every(&self, period: Duration) {
        let _ = hostcalls::set_tick_period(period);
    }

    fn count(&self, counter: Counter, by: u64) {
        let Some(slot) = self.counters.get(counter as usize) else {
            return;
        };
        let id = slot.get().or_else(|| hostcalls::define_metric(MetricType::Counter, counter.name()).ok());
        slot.set(id);
        if let Some(id) = id {
            let _ = hostcalls::increment_metric(id, i64::try_from(by).unwrap_or(i64::MAX));
        }
    }

    fn call_out(&self, callout: &Callout<'_>) -> Option<u32> {
        let Callout { cluster, headers, body, timeout } = callout;
        hostcalls::dispatch_http_call(cluster, headers.clone(), Some(body), Vec::new(), *timeout).ok()
    }

    fn headers(&self, side: Side) -> Headers {
        headers_of(map_of(side))
    }

    fn set_request_headers(&self, headers: &Headers) {
        let headers = headers.iter().collect();
        let _ = hostcalls::set_map_bytes(MapType::HttpRequestHeaders, headers);
    }

    fn change_response_header(&self, change: &HeaderChange) {
        let _ = match change {
            HeaderChange::Set(name, value) => {
                hostcalls::set_map_value_bytes(MapType::HttpResponseHeaders, name, Some(value))
            }
            HeaderChange::Remove(name) => hostcalls::remove_map_value(MapType::HttpResponseHeaders, name),
        };
    }

    fn body(&self, side: Side, length: usize) -> Vec<u8> {
        let body = hostcalls::get_buffer(buffer_of(side), 0, length);
        body.ok().flatten().unwrap_or_default()
    }

    fn set_body(&self, side: Side, length: usize, body: &[u8]) {
        let _ = hostcalls::set_buffer(buffer_of(side), 0, length, body);
    }

    fn state(&self, state: FilterState) -> Option<String> {
        property(&[state.name()]).and_then(|value| String::from_utf8(value).ok())
    }

    fn set_state(&self, state: FilterState, value: &str) {
        let _ = hostcalls::set_property(vec![state.name()], Some(value.as_bytes()));
    }

    fn upstream_provider(&self) -> Option<String> {
        let endpoint = ["xds", "upstream_host_metadata", "filter_metadata", "tollgate", "provider"];
        let name = property(&endpoint).filter(|name| !name.is_empty()).or_else(|| property(&["xds", "cluster_name"]));
        String::from_utf8(name?).ok()
    }

    fn is_not_reached(&self) -> bool {
        property(&["upstream", "transport_failure_reason"]).is_some_and(|reason| !reason.is_empty())
    }

    fn resume_request(&self) {
        let _ = hostcalls::resume_http_request();
    }

    fn reply(&self, reply: &LocalReply) {
        let headers = reply.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let _ = hostcalls::send_http_response(reply.status.into(), headers, Some(&reply.body));
    }

    fn local_reply(&self) -> Option<String> {
        // "Response code details" of Envoy's manual: an answer from the upstream has this word, and no other has it.
        Some(code_details()).filter(|word| !word.is_empty() && word != "via_upstream")
    }

    fn ending(&self) -> Ending {
        let word = code_details();
        let by_client = ["downstream", "http1.", "http2.", "http3."];
        if by_client.iter().any(|beginning| word.starts_with(beginning)) {
            return Ending::CutByClient;
        }
        Ending::CutByProvider(if word.is_empty() { "_OTHER".to_owned() } else { word })
    }

    fn done(&self) {
        let _ = hostcalls::done();
    }
}

/// Envoy's response code details: why an answer was sent or a stream ended, such as
/// `upstream_reset_after_response_started{connection_termination}`. The part in braces is free text and is cut off.
/// (`source/common/http/…` and "Response code details" of Envoy's manual.)
fn code_details() -> String {
    let details = property(&["response", "code_details"]).unwrap_or_default();
    let word = details.split(|byte| *byte == b'{').next().unwrap_or_default();
    String::from_utf8_lossy(word).into_owned()
}

/// Returns a property that exists in every stream.
fn property(path: &[&str]) -> Option<Vec<u8>> {
    hostcalls::get_property(path.to_vec()).ok().flatten()
}

/// Headers of a map, in a callback in which it exists.
fn headers_of(map: MapType) -> Headers {
    let pairs = hostcalls::get_map_bytes(map).unwrap_or_default();
    Headers::of(pairs.iter().map(|(name, value)| (name.as_str(), value.as_slice())))
}

/// Headers of the answer to a callout, in the callback that delivers it.
fn callout_headers() -> Headers {
    headers_of(MapType::HttpCallResponseHeaders)
}

/// The first bytes of the answer to a callout, in the callback that delivers it.
fn callout_body(length: usize) -> Vec<u8> {
    if length == 0 {
        return Vec::new();
    }
    hostcalls::get_buffer(BufferType::HttpCallResponseBody, 0, length).ok().flatten().unwrap_or_default()
}

fn map_of(side: Side) -> MapType {
    match side {
        Side::Request => MapType::HttpRequestHeaders,
        Side::Response => MapType::HttpResponseHeaders,
    }
}

fn buffer_of(side: Side) -> BufferType {
    match side {
        Side::Request => BufferType::HttpRequestBody,
        Side::Response => BufferType::HttpResponseBody,
    }
}

fn action_of(action: Action) -> proxy_wasm::types::Action {
    match action {
        Action::Continue => proxy_wasm::types::Action::Continue,
        Action::Pause => proxy_wasm::types::Action::Pause,
    }
}

struct EnvoyRoot(Root<Envoy>);

impl Context for EnvoyRoot {
    fn on_http_call_response(&mut self, token: u32, headers: usize, body: usize, _trailers: usize) {
        if headers == 0 {
            return self.0.on_callout_answer(token, None, None, &[]);
        }
        let headers = callout_headers();
        let status = headers.text(":status").and_then(|status| status.parse().ok());
        let body = callout_body(body.min(MAX_ANSWER));
        self.0.on_callout_answer(token, status, headers.first("retry-after"), &body);
    }

    fn on_done(&mut self) -> bool {
        self.0.on_done()
    }
}

impl RootContext for EnvoyRoot {
    fn on_configure(&mut self, length: usize) -> bool {
        let settings = match length {
            0 => Vec::new(),
            _ => hostcalls::get_buffer(BufferType::PluginConfiguration, 0, length).ok().flatten().unwrap_or_default(),
        };
        self.0.configure(&settings)
    }

    fn on_tick(&mut self) {
        self.0.on_tick();
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(match self.0.upstream() {
            Some(attempt) => Box::new(EnvoyAttempt(attempt)),
            None => Box::new(EnvoyStream(self.0.stream())),
        })
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

struct EnvoyStream(Stream<Envoy>);

impl Context for EnvoyStream {
    fn on_http_call_response(&mut self, token: u32, headers: usize, body: usize, _trailers: usize) {
        if headers == 0 {
            return self.0.on_callout_answer(token, None);
        }
        let status = callout_headers().text(":status").and_then(|status| status.parse().ok());
        let body = callout_body(body.min(LONGEST_ANSWER + 1));
        self.0.on_callout_answer(token, status.map(|status| ExternalResponse { status, body: &body }));
    }
}

impl HttpContext for EnvoyStream {
    fn on_http_request_headers(&mut self, _: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_headers(end))
    }

    fn on_http_request_body(&mut self, length: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_body(length, end))
    }

    fn on_http_request_trailers(&mut self, _: usize) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_trailers())
    }

    fn on_http_response_headers(&mut self, _: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_headers(end))
    }

    fn on_http_response_body(&mut self, length: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_body(length, end))
    }

    fn on_http_response_trailers(&mut self, _: usize) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_trailers())
    }

    fn on_log(&mut self) {
        self.0.on_log();
    }
}

struct EnvoyAttempt(UpstreamStream<Envoy>);

impl Context for EnvoyAttempt {
    fn on_done(&mut self) -> bool {
        self.0.on_done();
        true
    }
}

impl HttpContext for EnvoyAttempt {
    fn on_http_request_headers(&mut self, _: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_headers(end))
    }

    fn on_http_request_body(&mut self, length: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_body(length, end))
    }

    fn on_http_request_trailers(&mut self, _: usize) -> proxy_wasm::types::Action {
        action_of(self.0.on_request_trailers())
    }

    fn on_http_response_headers(&mut self, _: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_headers(end))
    }

    fn on_http_response_body(&mut self, length: usize, end: bool) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_body(length, end))
    }

    fn on_http_response_trailers(&mut self, _: usize) -> proxy_wasm::types::Action {
        action_of(self.0.on_response_trailers())
    }
}

/// Maximum number of bytes read from a collector's answer.
const MAX_ANSWER: usize = 64 << 10;

/// Number of random bytes fetched at once.
const RANDOM_AT_ONCE: usize = 4096;
