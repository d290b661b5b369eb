//! The outbox: encoded spans on their way to the collector, batched, tried again and bounded, without I/O.
//!
//! A span is in exactly one place: waiting for its batch to fill, in a batch that is being sent or will be sent again,
//! acknowledged, or dropped and counted.

use super::otlp::Envelope;
use super::retry::{ExportOutcome, SECOND, Verdict, backoff, judge};
use super::wire::field;
use crate::settings::OtlpPlan;
use std::collections::VecDeque;
use std::time::Duration;

/// Most batches that are out at once, whether an answer or the next try is awaited.
///
/// Several, so that one slow answer does not hold up the spans behind it; few, so that a collector in trouble gets at
/// most so many requests per worker and wait, while all further spans stay in the queue.
pub const BATCHES_OUT: usize = 4;

/// The spans of one worker that the collector does not have yet.
pub struct Outbox {
    envelope: Envelope,
    limits: QueueLimits,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    batches: Vec<Batch>,
    batches_bytes: usize,
    next_id: u32,
    /// The collector asked to be left alone until then.
    throttled_until: u64,
    flushing: bool,
    exported: u64,
    dropped: Dropped,
}

/// One export to be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// Names this try when its answer comes.
    pub id: u32,
    /// The request's body, `application/x-protobuf`. The outbox keeps it for the next try.
    pub body: &'a [u8],
    /// How many spans are in it.
    pub spans: usize,
}

/// Spans that never reached the collector, since the outbox was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// They found the queue full.
    pub queue_full: u64,
    /// The collector would not have them.
    pub rejected: u64,
    /// The time for which they are tried was over.
    pub expired: u64,
}

impl Dropped {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.queue_full + self.rejected + self.expired
    }
}

impl Outbox {
    /// An empty outbox towards the collector of `plan`.
    pub fn new(plan: &OtlpPlan, envelope: Envelope) -> Self {
        Self {
            limits: QueueLimits::new(plan, &envelope),
            envelope,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            batches: Vec::with_capacity(BATCHES_OUT),
            batches_bytes: 0,
            next_id: 0,
            throttled_until: 0,
            flushing: false,
            exported: 0,
            dropped: Dropped::default(),
        }
    }

    /// Takes in one encoded span. Where it finds no room it is dropped and counted: the oldest spans, those next to be
    /// sent, are kept.
    pub fn push(&mut self, encoded: Vec<u8>, now: u64) {
        let size = field(encoded.len());
        let full = self.queued() >= self.limits.queue_spans
            || self.queued_bytes().saturating_add(size) > self.limits.queue_bytes;
        if full {
            self.dropped.queue_full += 1;
            return;
        }
        self.waiting_bytes += size;
        self.waiting.push_back(Waiting { encoded, since: now });
    }

    /// The next export that is due, to be sent and later [answered](Self::answered). To be called on each tick until
    /// there is none.
    ///
    /// Batches that are to be sent again come first, in the order in which they were first sent.
    pub fn next_export(&mut self, now: u64) -> Option<Export<'_>> {
        self.expire(now);
        if !self.limits.reached(self.throttled_until, now) {
            return None;
        }
        let again = self.batches.iter().position(|batch| match batch.state {
            BatchState::Backoff { until } => self.limits.reached(until, now),
            BatchState::Sent { .. } => false,
        });
        let index = match again {
            Some(index) => index,
            None => self.form(now)?,
        };
        let batch = self.batches.get_mut(index)?;
        batch.id = self.next_id;
        batch.tries = batch.tries.saturating_add(1);
        batch.state = BatchState::Sent { at: now };
        self.next_id = self.next_id.wrapping_add(1);
        Some(Export { id: batch.id, body: &batch.body, spans: batch.spans })
    }

    /// Takes the answer to an export. `jitter` is a random number, to spread the workers' next tries.
    ///
    /// An answer to an export that is no longer awaited changes nothing.
    pub fn answered(&mut self, id: u32, answer: ExportOutcome<'_>, now: u64, jitter: u64) {
        let is_it = |batch: &Batch| batch.id == id && matches!(batch.state, BatchState::Sent { .. });
        if let Some(index) = self.batches.iter().position(is_it) {
            self.settle(index, judge(answer, now), now, jitter);
        }
    }

    /// Makes all that is here due at once, for when the worker's end is near: spans no longer wait for their batch to
    /// fill until none waits any more, and batches that rest are sent again, once, now.
    pub fn flush(&mut self) {
        self.flushing = !self.waiting.is_empty();
        self.throttled_until = 0;
        for batch in &mut self.batches {
            if let BatchState::Backoff { until } = &mut batch.state {
                *until = 0;
            }
        }
    }

    /// Whether nothing is left to send or to wait for.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.batches.is_empty()
    }

    /// Spans that are here.
    pub fn queued(&self) -> usize {
        let out: usize = self.batches.iter().map(|batch| batch.spans).sum();
        self.waiting.len() + out
    }

    /// Bytes of the spans that are here, as they lie in an export; the envelopes of at most [`BATCHES_OUT`] exports
    /// come on top.
    pub fn queued_bytes(&self) -> usize {
        self.waiting_bytes + self.batches_bytes
    }

    /// Spans that the collector has acknowledged, since the outbox was made.
    pub fn exported(&self) -> u64 {
        self.exported
    }

    /// Spans that never reached the collector, since the outbox was made.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Gives up batches whose time is over, and takes an answer that is long overdue for none: should the host ever
    /// lose one, its place must not be lost with it.
    fn expire(&mut self, now: u64) {
        // From the back, since a batch may go.
        for index in (0..self.batches.len()).rev() {
            let Some(batch) = self.batches.get(index) else {
                continue;
            };
            match batch.state {
                BatchState::Backoff { .. } if now > self.limits.deadline(batch) => self.give_up(index),
                BatchState::Sent { at } if now > at.saturating_add(self.limits.answer_within) => {
                    self.settle(index, Verdict::Retry { after: None }, now, EVEN_JITTER);
                }
                BatchState::Backoff { .. } | BatchState::Sent { .. } => {}
            }
        }
    }

    /// Makes a batch of the oldest spans, if it is due and may go out, and returns its index.
    fn form(&mut self, now: u64) -> Option<usize> {
        if self.batches.len() >= BATCHES_OUT || !self.is_due(now) {
            return None;
        }
        let mut spans = Vec::with_capacity(self.waiting.len().min(self.limits.batch_spans));
        let mut bytes = 0;
        while let Some(next) = self.waiting.front() {
            let size = field(next.encoded.len());
            let full = spans.len() >= self.limits.batch_spans || size > self.limits.batch_bytes.saturating_sub(bytes);
            if full && !spans.is_empty() {
                break;
            }
            bytes += size;
            spans.extend(self.waiting.pop_front().map(|first| first.encoded));
        }
        self.waiting_bytes -= bytes;
        self.batches_bytes += bytes;
        self.flushing &= !self.waiting.is_empty();
        self.batches.push(Batch {
            id: 0,
            spans: spans.len(),
            body: self.envelope.seal(spans),
            bytes,
            first_sent: now,
            tries: 0,
            state: BatchState::Backoff { until: 0 },
        });
        Some(self.batches.len() - 1)
    }

    /// Whether the waiting spans fill a batch, or the first of them has waited long enough.
    fn is_due(&self, now: u64) -> bool {
        let Some(oldest) = self.waiting.front() else {
            return false;
        };
        // A clock that was set back says nothing of how long: better early than never.
        let waited = now.checked_sub(oldest.since).unwrap_or(u64::MAX);
        self.flushing
            || waited >= self.limits.batch_interval
            || self.waiting.len() >= self.limits.batch_spans
            || self.waiting_bytes >= self.limits.batch_bytes
    }

    fn settle(&mut self, index: usize, verdict: Verdict, now: u64, jitter: u64) {
        let Some(batch) = self.batches.get_mut(index) else {
            return;
        };
        let spans = batch.spans as u64;
        match verdict {
            Verdict::Taken { rejected } => {
                let rejected = rejected.min(spans);
                self.dropped.rejected += rejected;
                self.exported += spans - rejected;
                self.remove(index);
            }
            Verdict::Refused => {
                self.dropped.rejected += spans;
                self.remove(index);
            }
            Verdict::Retry { after } => {
                let asked = after.map(|after| after.max(backoff(1, jitter)));
                let until = now.saturating_add(asked.unwrap_or_else(|| backoff(batch.tries, jitter)));
                batch.state = BatchState::Backoff { until };
                let over = until > self.limits.deadline(batch);
                if asked.is_some() {
                    let longest = now.saturating_add(self.limits.retry_for);
                    self.throttled_until = self.throttled_until.max(until.min(longest));
                }
                if over {
                    self.give_up(index);
                }
            }
        }
    }

    fn give_up(&mut self, index: usize) {
        if let Some(batch) = self.batches.get(index) {
            self.dropped.expired += batch.spans as u64;
            self.remove(index);
        }
    }

    fn remove(&mut self, index: usize) {
        if index < self.batches.len() {
            self.batches_bytes -= self.batches.remove(index).bytes;
        }
    }
}

/// A span that waits for its batch.
struct Waiting {
    encoded: Vec<u8>,
    /// When it came.
    since: u64,
}

/// Spans that go, and are answered, together.
struct Batch {
    /// Of its newest try.
    id: u32,
    body: Vec<u8>,
    spans: usize,
    /// Of its framed spans, without the envelope.
    bytes: usize,
    first_sent: u64,
    tries: u32,
    state: BatchState,
}

#[derive(Clone, Copy)]
enum BatchState {
    /// An answer is awaited.
    Sent { at: u64 },
    /// It waits for its next try.
    Backoff { until: u64 },
}

/// The plan's limits; times in nanoseconds.
struct QueueLimits {
    batch_spans: usize,
    /// For framed spans: what the envelope takes is off.
    batch_bytes: usize,
    batch_interval: u64,
    queue_spans: usize,
    queue_bytes: usize,
    retry_for: u64,
    answer_within: u64,
}

impl QueueLimits {
    fn new(plan: &OtlpPlan, envelope: &Envelope) -> Self {
        Self {
            batch_spans: plan.batch_spans,
            batch_bytes: plan.batch_bytes.saturating_sub(envelope.size()),
            batch_interval: nanoseconds(plan.batch_interval),
            queue_spans: plan.queue_spans,
            queue_bytes: plan.queue_bytes,
            retry_for: nanoseconds(plan.retry_for),
            answer_within: nanoseconds(plan.timeout).saturating_add(GRACE),
        }
    }

    /// After which a batch is not sent again.
    fn deadline(&self, batch: &Batch) -> u64 {
        batch.first_sent.saturating_add(self.retry_for)
    }

    /// Whether a rest is over. None was meant to be longer than tries last: if it seems so, the clock was set back.
    fn reached(&self, until: u64, now: u64) -> bool {
        until <= now || until - now > self.retry_for
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// How much later than its timeout an answer may come before it is taken for lost.
const GRACE: u64 = 10 * SECOND;
/// Jitter that changes nothing.
const EVEN_JITTER: u64 = u64::MAX / 2;
