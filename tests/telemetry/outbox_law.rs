//! The outbox under any sequence of events: every span is in one place, and every bound holds.

use super::outbox::{SECOND, envelope, named, names, plan, status};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tollgate::settings::OtlpPlan;
use tollgate::telemetry::{BATCHES_OUT, ExportOutcome, Outbox};

/// Events of an outbox.
#[derive(Clone, Debug)]
enum Event {
    /// A span of this size, in bytes, is pushed.
    Push(usize),
    /// Time passes, and everything that is due is sent.
    Tick(u64),
    /// One of the exports on their way is answered: which, and how.
    ExportOutcome(usize, Reply),
    /// The worker's end is near.
    Flush,
}

#[derive(Clone, Copy, Debug)]
enum Reply {
    Taken,
    Partly,
    Refused,
    Busy,
    BusyFor(u64),
    None,
}

fn event() -> impl Strategy<Value = Event> {
    let reply = prop_oneof![
        4 => Just(Reply::Taken),
        1 => Just(Reply::Partly),
        1 => Just(Reply::Refused),
        3 => Just(Reply::Busy),
        1 => (0..90_u64).prop_map(Reply::BusyFor),
        2 => Just(Reply::None),
    ];
    prop_oneof![
        6 => (0..300_usize).prop_map(Event::Push),
        3 => (0..5 * SECOND).prop_map(Event::Tick),
        1 => (0..60 * SECOND).prop_map(Event::Tick),
        4 => (0..8_usize, reply).prop_map(|(which, reply)| Event::ExportOutcome(which, reply)),
        1 => Just(Event::Flush),
    ]
}

struct Sent {
    id: u32,
    at: u64,
    names: Vec<String>,
}

/// A collector, and the expected state of the outbox.
struct World {
    plan: OtlpPlan,
    outbox: Outbox,
    now: u64,
    pushed: u64,
    /// Exports without an answer yet.
    out: Vec<Sent>,
    /// Number of accepted or rejected batches that contained a span.
    arrived: HashMap<String, u32>,
}

/// `ExportTraceServiceResponse` that rejects one span.
const ONE_REJECTED: &[u8] = &[0x0a, 0x02, 0x08, 0x01];

impl World {
    fn new(plan: OtlpPlan) -> Self {
        Self {
            outbox: Outbox::new(&plan, envelope()),
            plan,
            now: 1_795_000_000 * SECOND,
            pushed: 0,
            out: Vec::new(),
            arrived: HashMap::new(),
        }
    }

    fn happen(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Push(length) => {
                let name = format!("{} {}", self.pushed, "x".repeat(*length));
                self.pushed += 1;
                self.outbox.push(&named(&name), self.now);
            }
            Event::Tick(time) => {
                self.now += time;
                self.send()?;
            }
            Event::ExportOutcome(which, reply) => self.answer(*which, *reply),
            Event::Flush => self.outbox.flush(),
        }
        self.check()
    }

    fn send(&mut self) -> Result<(), TestCaseError> {
        while let Some(export) = self.outbox.next_export(self.now) {
            let found = names(export.body);
            prop_assert_eq!(found.len(), export.spans);
            prop_assert!(found.len() <= self.plan.batch_spans);
            prop_assert!(export.body.len() <= self.plan.batch_bytes || found.len() == 1);
            self.out.push(Sent { id: export.id, at: self.now, names: found });
        }
        // After this time an answer is taken for lost, and its batch may be in flight once more.
        let lost = self.now.saturating_sub(20 * SECOND);
        let awaited = || self.out.iter().filter(|sent| sent.at >= lost);
        prop_assert!(awaited().count() <= BATCHES_OUT);
        let out: Vec<&String> = awaited().flat_map(|sent| &sent.names).collect();
        let unique: HashSet<&&String> = out.iter().collect();
        prop_assert_eq!(unique.len(), out.len(), "no span is in two batches");
        Ok(())
    }

    fn answer(&mut self, which: usize, reply: Reply) {
        if self.out.is_empty() {
            return;
        }
        let Sent { id, names, .. } = self.out.remove(which % self.out.len());
        let seconds;
        let answer = match reply {
            Reply::Taken => status(200),
            Reply::Partly => ExportOutcome::Status { code: 200, retry_after: None, body: ONE_REJECTED },
            Reply::Refused => status(400),
            Reply::Busy => status(503),
            Reply::BusyFor(wait) => {
                seconds = wait.to_string();
                ExportOutcome::Status { code: 429, retry_after: Some(seconds.as_bytes()), body: b"" }
            }
            Reply::None => ExportOutcome::NoAnswer,
        };
        let before = self.outbox.queued();
        self.outbox.answered(id, answer, self.now, self.now.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let awaited = self.outbox.queued() < before;
        if awaited && matches!(reply, Reply::Taken | Reply::Partly | Reply::Refused) {
            for name in names {
                *self.arrived.entry(name).or_default() += 1;
            }
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let (outbox, plan) = (&self.outbox, &self.plan);
        let placed = outbox.exported() + outbox.dropped().total() + outbox.queued() as u64;
        prop_assert_eq!(placed, self.pushed, "every span is in one place");
        prop_assert!(outbox.queued() <= plan.queue_spans);
        prop_assert!(outbox.queued_bytes() <= plan.queue_bytes);
        prop_assert!(self.arrived.values().all(|times| *times == 1));
        let judged = outbox.exported() + outbox.dropped().rejected;
        prop_assert_eq!(judged, self.arrived.len() as u64);
        prop_assert_eq!(outbox.is_idle(), outbox.queued() == 0);
        prop_assert_eq!(outbox.queued() == 0, outbox.queued_bytes() == 0);
        Ok(())
    }

    /// A recovered collector gets everything that is left.
    fn recover(&mut self) -> Result<(), TestCaseError> {
        for _ in 0..1_000 {
            self.happen(&Event::Tick(SECOND))?;
            while !self.out.is_empty() {
                self.happen(&Event::ExportOutcome(0, Reply::Taken))?;
            }
            if self.outbox.is_idle() {
                return Ok(());
            }
        }
        Err(TestCaseError::fail("something is stuck"))
    }
}

proptest! {
    #[test]
    fn every_span_is_acknowledged_dropped_and_counted_or_still_here(
        events in proptest::collection::vec(event(), 0..250),
        batch_spans in 1..8_usize,
        batch_bytes in 200..1_200_usize,
        queue_spans in 1..64_usize,
        queue_bytes in 100..6_000_usize,
        retry_for in 1..120_u64,
    ) {
        let mut world = World::new(OtlpPlan {
            batch_spans,
            batch_bytes,
            queue_spans,
            queue_bytes,
            retry_for: Duration::from_secs(retry_for),
            ..plan()
        });
        for event in &events {
            world.happen(event)?;
        }
        world.recover()?;
    }
}
