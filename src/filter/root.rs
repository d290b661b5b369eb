//! The root context: takes the settings and exports the call records.

use super::calls::Calls;
use super::host::{Callout, Counter, Host, Level};
use super::shared::Shared;
use super::stream::Stream;
use super::upstream::UpstreamStream;
use crate::settings::{self, OtlpPlan};
use crate::telemetry::{Dropped, Export, ExportOutcome};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Root context of one worker.
pub struct Root<H: Host> {
    host: H,
    current: Option<Generation>,
    /// Replaced configurations, kept until their exports are done.
    retired: Vec<Generation>,
    /// Set while the host waits for the last exports: end of the wait, in nanoseconds since 1970.
    shutdown_deadline: Option<u64>,
    warned: bool,
    /// Calls of the VM that upstream instances make attempts for.
    calls: Calls,
    /// Set for the root of upstream instances.
    is_upstream: bool,
}

/// One configuration and its exports in flight.
struct Generation {
    shared: Rc<Shared>,
    in_flight: BTreeMap<u64, usize>,
    exported: u64,
    dropped: Dropped,
}

impl<H: Host + Clone + 'static> Root<H> {
    /// Creates a root that is not configured yet.
    pub fn new(host: H) -> Self {
        Self::sharing(host, Calls::default())
    }

    /// Creates a root that is not configured yet. `calls`: those of the VM that upstream instances make attempts for.
    pub fn sharing(host: H, calls: Calls) -> Self {
        Self {
            host,
            current: None,
            retired: Vec::new(),
            shutdown_deadline: None,
            warned: false,
            calls,
            is_upstream: false,
        }
    }

    /// Applies the settings. Returns `false` if they have problems: all are logged, and the current configuration
    /// stays.
    pub fn configure(&mut self, bytes: &[u8]) -> bool {
        if settings::is_attempt(bytes) {
            self.is_upstream = true;
            return true;
        }
        match settings::read(bytes, &|name| self.host.variable(name)) {
            Err(problems) => {
                for problem in &problems.0 {
                    self.host.log(Level::Error, &format!("tollgate settings: {problem}"));
                }
                false
            }
            Ok(plan) => {
                let generation = Generation {
                    shared: Rc::new(Shared::new(plan, self.calls.clone())),
                    in_flight: BTreeMap::new(),
                    exported: 0,
                    dropped: Dropped::default(),
                };
                if let Some(old) = self.current.replace(generation) {
                    old.shared.with_outbox(|outbox| outbox.flush());
                    self.retired.push(old);
                }
                self.host.tick_every(TICK);
                true
            }
        }
    }

    /// Creates the instance of one attempt, where the configuration is that of upstream instances.
    pub fn upstream(&self) -> Option<UpstreamStream<H>> {
        self.is_upstream.then(|| UpstreamStream::new(self.host.clone(), self.calls.clone()))
    }

    /// Creates a stream under the current configuration.
    pub fn stream(&self) -> Stream<H> {
        let shared = self.current.as_ref().map(|generation| Rc::clone(&generation.shared));
        Stream::new(self.host.clone(), shared)
    }

    /// Sends the exports that are due and updates the stats.
    pub fn on_tick(&mut self) {
        let now = self.host.now();
        for generation in self.current.iter_mut().chain(&mut self.retired) {
            generation.send(&self.host, now);
            generation.count(&self.host);
        }
        self.retired.retain(|generation| !generation.is_idle());
        self.calls.sweep();
        self.warn_of_missing_bodies(now);
        self.leave(now);
    }

    /// Handles the answer to a callout; `status` is `None` when there was no answer.
    pub fn on_callout_answer(&mut self, token: u32, status: Option<u32>, retry_after: Option<&[u8]>, body: &[u8]) {
        let now = self.host.now();
        let answer = match status {
            Some(code) => ExportOutcome::Status { code, retry_after, body },
            None => ExportOutcome::NoAnswer,
        };
        let mut jitter = [0; 8];
        self.host.random(&mut jitter);
        for generation in self.current.iter_mut().chain(&mut self.retired) {
            if let Some(export) = generation.in_flight.remove(&token.into()).and_then(|id| u32::try_from(id).ok()) {
                generation.shared.with_outbox(|outbox| {
                    outbox.answered(export, answer, now, u64::from_le_bytes(jitter));
                });
                generation.count(&self.host);
                break;
            }
        }
        self.leave(now);
    }

    /// Handles the end of the root. Returns `false` while exports are in flight; [`Host::done`] follows.
    pub fn on_done(&mut self) -> bool {
        let now = self.host.now();
        for generation in self.current.iter().chain(&self.retired) {
            generation.shared.with_outbox(|outbox| outbox.flush());
        }
        self.on_tick();
        if self.is_idle() {
            return true;
        }
        self.shutdown_deadline = Some(now.saturating_add(SHUTDOWN_TIMEOUT));
        false
    }

    fn leave(&mut self, now: u64) {
        let Some(until) = self.shutdown_deadline else {
            return;
        };
        if self.is_idle() || now >= until {
            self.shutdown_deadline = None;
            self.host.done();
        }
    }

    fn is_idle(&self) -> bool {
        self.current.iter().chain(&self.retired).all(Generation::is_idle)
    }

    /// Logs an error when the host holds bodies back together with their headers: no call would ever continue.
    fn warn_of_missing_bodies(&mut self, now: u64) {
        let Some(shared) = self.current.as_ref().map(|generation| &generation.shared) else {
            return;
        };
        let held = shared.held_since.get().filter(|_| !shared.body_came.get());
        if !self.warned && held.is_some_and(|since| now.saturating_sub(since) > BODY_WITHIN) {
            self.warned = true;
            self.host.log(
                Level::Error,
                "tollgate: no request body has come although headers are held: set \
                 allow_on_headers_stop_iteration: true in the plugin's configuration (Envoy 1.35, Istio 1.28 or later)",
            );
        }
    }
}

impl Generation {
    /// Passes every export that is due to the host.
    fn send(&mut self, host: &impl Host, now: u64) {
        let shared = Rc::clone(&self.shared);
        let Some(otlp) = &shared.plan().telemetry.otlp else {
            return;
        };
        loop {
            // The host answers a callout later, never within the call.
            let sent = shared.with_outbox(|outbox| {
                let Export { id, body, .. } = outbox.next_export(now)?;
                Some((id, host.call_out(&callout(otlp, body))))
            });
            match sent.flatten() {
                Some((id, Some(token))) => {
                    self.in_flight.insert(token.into(), id as usize);
                }
                Some((id, None)) => {
                    shared.with_outbox(|outbox| outbox.answered(id, ExportOutcome::NoAnswer, now, id.into()));
                }
                None => break,
            }
        }
    }

    /// Adds the changes since the last call to the host's stats.
    fn count(&mut self, host: &impl Host) {
        let add = |counter, by| {
            if by > 0 {
                host.count(counter, by);
            }
        };
        add(Counter::Calls, self.shared.calls.take());
        add(Counter::Refused, self.shared.refused.take());
        let now = self.shared.with_outbox(|outbox| (outbox.exported(), outbox.dropped()));
        let Some((exported, dropped)) = now else {
            return;
        };
        let lost = dropped.total().saturating_sub(self.dropped.total());
        add(Counter::Exported, exported.saturating_sub(self.exported));
        add(Counter::Dropped, lost);
        if lost > 0 {
            let Dropped { queue_full, rejected, expired } = dropped;
            host.log(
                Level::Warn,
                &format!(
                    "tollgate: {lost} spans lost; so far {queue_full} by a full queue, {rejected} rejected by the \
                     collector, {expired} after retrying in vain"
                ),
            );
        }
        (self.exported, self.dropped) = (exported, dropped);
    }

    fn is_idle(&self) -> bool {
        let outbox = self.shared.with_outbox(|outbox| outbox.is_idle());
        // Streams that still hold the configuration will have records to send.
        outbox.unwrap_or(true) && Rc::strong_count(&self.shared) == 1
    }
}

fn callout<'a>(otlp: &'a OtlpPlan, body: &'a [u8]) -> Callout<'a> {
    let mut headers = vec![
        (":method", "POST"),
        (":path", otlp.path.as_str()),
        (":authority", otlp.authority.as_str()),
        ("content-type", "application/x-protobuf"),
        ("user-agent", USER_AGENT),
    ];
    headers.extend(otlp.headers.iter().map(|(name, value)| (name.as_str(), value.reveal())));
    Callout { cluster: &otlp.cluster, headers, body, timeout: otlp.timeout }
}

/// Interval of the checks for exports that are due.
const TICK: Duration = Duration::from_millis(100);

/// Maximum time the host waits for the last exports, in nanoseconds.
const SHUTDOWN_TIMEOUT: u64 = 10_000_000_000;

/// Time without any body after which the host is assumed to hold bodies back, in nanoseconds.
const BODY_WITHIN: u64 = 5_000_000_000;

const USER_AGENT: &str = concat!("Tollgate-OTLP-Exporter/", env!("CARGO_PKG_VERSION"));
