//! State that one configuration's streams share with their root: the plan and the outbox.

use super::calls::{Calls, Records};
use super::host::Host;
use crate::call::Call;
use crate::policy::{Measure, Measures, Rest, Rests};
use crate::record::{CallRecord, FreshIds, Outcome};
use crate::redaction::{RestoreScope, Slots};
use crate::settings::Plan;
use crate::telemetry::{Envelope, Outbox, encode_into};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// One configuration in use. Streams hold it until they end, also after it was replaced.
pub struct Shared {
    plan: Arc<Plan>,
    outbox: Option<RefCell<Outbox>>,
    /// Calls ended, and calls refused among them, since the stats were last updated.
    pub(super) calls: Cell<u64>,
    pub(super) refused: Cell<u64>,
    /// Time when headers were first held. The first body shows that the host delivers bodies while headers are held.
    pub(super) held_since: Cell<Option<u64>>,
    pub(super) body_came: Cell<bool>,
    /// Calls of the VM that upstream instances make attempts for.
    pub(super) calls_upstream: Calls,
    /// Memory of the last span.
    span: Cell<Vec<u8>>,
}

/// Longest span whose memory is kept for the next, in bytes.
const MOST_KEPT: usize = 64 << 10;

impl Shared {
    /// Creates the state of a plan. `calls`: those of the VM that upstream instances make attempts for.
    pub fn new(plan: Plan, calls: Calls) -> Self {
        let outbox = plan.telemetry.otlp.as_ref();
        let outbox = outbox.map(|otlp| RefCell::new(Outbox::new(otlp, Envelope::new(&plan.telemetry.resource))));
        Self {
            plan: Arc::new(plan),
            outbox,
            calls: Cell::new(0),
            refused: Cell::new(0),
            held_since: Cell::new(None),
            body_came: Cell::new(false),
            calls_upstream: calls,
            span: Cell::default(),
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Begins a call.
    pub(super) fn call<H: Host + Clone + 'static>(&self, host: &H, now: u64, fresh: FreshIds) -> Call {
        let mut call = Call::new(Arc::clone(&self.plan), now, fresh);
        if self.plan.attempts.upstream {
            call = call.with_rests(Rc::new(HostRests(host.clone())));
        }
        if self.plan.models.measures() {
            call = call.with_measures(Rc::new(HostMeasures(host.clone())));
        }
        match &self.plan.redaction.sealing {
            Some(sealing) if sealing.scope == RestoreScope::Envoy => call.with_slots(Rc::new(HostSlots(host.clone()))),
            _ => call,
        }
    }

    /// Counts a record, and queues it for export if `exported` is set.
    pub(super) fn record(&self, record: &CallRecord, exported: bool) {
        self.calls.set(self.calls.get().saturating_add(1));
        if matches!(record.outcome, Outcome::Refused { .. }) {
            self.refused.set(self.refused.get().saturating_add(1));
        }
        if exported {
            self.export(record);
        }
    }

    /// Runs `work` on the outbox, if there is one.
    pub(super) fn with_outbox<T>(&self, work: impl FnOnce(&mut Outbox) -> T) -> Option<T> {
        // Borrowed only during one closure that calls nothing back, so it is always free.
        let mut outbox = self.outbox.as_ref()?.try_borrow_mut().ok()?;
        Some(work(&mut outbox))
    }
}

impl Records for Shared {
    fn export(&self, record: &CallRecord) {
        // One buffer for the spans of all calls.
        let mut span = self.span.take();
        encode_into(record, self.plan.telemetry.names, &mut span);
        self.with_outbox(|outbox| outbox.push(&span, record.ended));
        span.clear();
        if span.capacity() <= MOST_KEPT {
            self.span.set(span);
        }
    }
}

/// Rests of targets in the memory that the workers of one host share.
struct HostRests<H>(H);

impl<H: Host> HostRests<H> {
    fn key(target: &str) -> String {
        format!("tollgate.rest.{target}")
    }
}

impl<H: Host> Rests for HostRests<H> {
    fn rest(&self, target: &str) -> Rest {
        self.0.shared(&Self::key(target)).map_or_else(Rest::default, |bytes| Rest::read(&bytes))
    }

    fn set_rest(&self, target: &str, rest: Rest) {
        self.0.share(&Self::key(target), &rest.bytes());
    }

    fn now(&self) -> u64 {
        self.0.now()
    }
}

/// Measures of targets in the memory that the workers of one host share.
struct HostMeasures<H>(H);

impl<H: Host> HostMeasures<H> {
    fn key(target: &str) -> String {
        format!("tollgate.measure.{target}")
    }
}

impl<H: Host> Measures for HostMeasures<H> {
    fn measure(&self, target: &str) -> Measure {
        self.0.shared(&Self::key(target)).map_or_else(Measure::default, |bytes| Measure::read(&bytes))
    }

    fn set_measure(&self, target: &str, measure: Measure) {
        self.0.share(&Self::key(target), &measure.bytes());
    }

    fn now(&self) -> u64 {
        self.0.now()
    }
}

/// Slots in the memory that the workers of one host share.
struct HostSlots<H>(H);

impl<H: Host> HostSlots<H> {
    fn key(slot: u32) -> String {
        format!("tollgate.placeholder.{slot}")
    }
}

impl<H: Host> Slots for HostSlots<H> {
    fn read(&self, slot: u32) -> Option<Vec<u8>> {
        self.0.shared(&Self::key(slot))
    }

    fn write(&self, slot: u32, bytes: &[u8]) {
        self.0.share(&Self::key(slot), bytes);
    }

    fn now(&self) -> u64 {
        self.0.now()
    }
}
