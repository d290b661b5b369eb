//! The outbox: queue of encoded spans for the collector, batched, retried and bounded, without I/O.
//!
//! A span is in exactly one state: waiting for its batch to fill, in a batch that is being sent or will be sent again,
//! acknowledged, or dropped and counted.

use super::otlp::{Envelope, frame};
use super::protobuf::field;
use super::retry::{ExportOutcome, SECOND, Verdict, backoff, judge};
use crate::settings::OtlpPlan;
use std::collections::VecDeque;
use std::time::Duration;

/// Maximum number of batches out at once, awaiting an answer or a retry.
///
/// Several, so that one slow answer does not hold up the spans behind it; few, so that a collector in trouble gets at
/// most this number of requests per worker and wait, while all further spans stay in the queue.
pub const BATCHES_OUT: usize = 4;

/// The spans of one worker that the collector does not have yet.
pub struct Outbox {
    envelope: Envelope,
    limits: QueueLimits,
    /// Batches to come, the oldest first; only the last takes further spans.
    waiting: VecDeque<Waiting>,
    waiting_spans: usize,
    waiting_bytes: usize,
    batches: Vec<Batch>,
    batches_bytes: usize,
    next_id: u32,
    /// End of the wait that the collector asked for.
    throttled_until: u64,
    flushing: bool,
    exported: u64,
    dropped: Dropped,
}

/// One export to be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Export<'a> {
    /// Identifies this attempt when its answer arrives.
    pub id: u32,
    /// The request's body, `application/x-protobuf`. The outbox keeps it for a retry.
    pub body: &'a [u8],
    /// Number of spans in the body.
    pub spans: usize,
}

/// Spans that never reached the collector, since the outbox was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Dropped because the queue was full.
    pub queue_full: u64,
    /// Rejected by the collector.
    pub rejected: u64,
    /// Dropped at the end of the retry time.
    pub expired: u64,
}

impl Dropped {
    /// Sum of all.
    pub const fn total(&self) -> u64 {
        self.queue_full + self.rejected + self.expired
    }
}

impl Outbox {
    /// Creates an empty outbox for the collector of `plan`.
    pub fn new(plan: &OtlpPlan, envelope: Envelope) -> Self {
        Self {
            limits: QueueLimits::new(plan, &envelope),
            envelope,
            waiting: VecDeque::new(),
            waiting_spans: 0,
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

    /// Queues one encoded span. If the queue is full the span is dropped and counted: the oldest spans, which are sent
    /// next, are kept.
    pub fn push(&mut self, encoded: &[u8], now: u64) {
        let size = field(encoded.len());
        let full = self.queued() >= self.limits.queue_spans
            || self.queued_bytes().saturating_add(size) > self.limits.queue_bytes;
        if full {
            self.dropped.queue_full += 1;
            return;
        }
        self.waiting_spans += 1;
        self.waiting_bytes += size;
        if let Some(last) = self.waiting.back_mut() {
            if self.limits.has_room(last, size) {
                return last.take(encoded);
            }
            // A full batch may wait long; unused capacity would wait with it.
            last.framed.shrink_to_fit();
        }
        let mut next = Waiting { framed: Vec::new(), spans: 0, since: now };
        next.take(encoded);
        self.waiting.push_back(next);
    }

    /// Returns the next export that is due, to be sent and later [answered](Self::answered). Must be called on each
    /// tick until it returns `None`.
    ///
    /// Batches to be retried come first, in the order of their first attempts.
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

    /// Handles the answer to an export. `jitter` is a random number that spreads the workers' retries.
    ///
    /// An answer to an export that is no longer awaited changes nothing.
    pub fn answered(&mut self, id: u32, answer: ExportOutcome<'_>, now: u64, jitter: u64) {
        let is_it = |batch: &Batch| batch.id == id && matches!(batch.state, BatchState::Sent { .. });
        if let Some(index) = self.batches.iter().position(is_it) {
            self.settle(index, judge(answer, now), now, jitter);
        }
    }

    /// Makes everything queued due at once, for the worker's shutdown: spans no longer wait for their batch to fill
    /// until none is waiting, and batches in backoff are retried once, now.
    pub fn flush(&mut self) {
        self.flushing = !self.waiting.is_empty();
        self.throttled_until = 0;
        for batch in &mut self.batches {
            if let BatchState::Backoff { until } = &mut batch.state {
                *until = 0;
            }
        }
    }

    /// Reports whether nothing is left to send or to wait for.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.batches.is_empty()
    }

    /// Number of spans in the outbox.
    pub fn queued(&self) -> usize {
        let out: usize = self.batches.iter().map(|batch| batch.spans).sum();
        self.waiting_spans + out
    }

    /// Size of the spans in the outbox, in bytes, as framed in an export; the envelopes of at most [`BATCHES_OUT`]
    /// exports are not included.
    pub fn queued_bytes(&self) -> usize {
        self.waiting_bytes + self.batches_bytes
    }

    /// Memory that the spans in the outbox hold, unused capacity included, in bytes.
    pub fn held_bytes(&self) -> usize {
        let waiting: usize = self.waiting.iter().map(|waiting| waiting.framed.capacity()).sum();
        let out: usize = self.batches.iter().map(|batch| batch.body.capacity()).sum();
        waiting + out
    }

    /// Number of spans acknowledged by the collector, since the outbox was created.
    pub fn exported(&self) -> u64 {
        self.exported
    }

    /// Spans that never reached the collector, since the outbox was created.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// Drops batches whose retry time is over. Treats an answer that is long overdue as no answer: if the host ever
    /// lost one, its batch would occupy a slot forever.
    fn expire(&mut self, now: u64) {
        // From the back, since a batch may be removed.
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

    /// Forms a batch of the oldest spans, if it is due and may go out, and returns its index.
    fn form(&mut self, now: u64) -> Option<usize> {
        if self.batches.len() >= BATCHES_OUT || !self.is_due(now) {
            return None;
        }
        let Waiting { framed, spans, .. } = self.waiting.pop_front()?;
        self.waiting_spans -= spans;
        self.waiting_bytes -= framed.len();
        self.batches_bytes += framed.len();
        self.flushing &= !self.waiting.is_empty();
        self.batches.push(Batch {
            id: 0,
            spans,
            body: self.envelope.seal(&framed),
            bytes: framed.len(),
            first_sent: now,
            tries: 0,
            state: BatchState::Backoff { until: 0 },
        });
        Some(self.batches.len() - 1)
    }

    /// Reports whether the waiting spans fill a batch, or the first of them has waited long enough.
    fn is_due(&self, now: u64) -> bool {
        let Some(oldest) = self.waiting.front() else {
            return false;
        };
        // If the clock was set back, the wait is unknown: better early than never.
        let waited = now.checked_sub(oldest.since).unwrap_or(u64::MAX);
        self.flushing
            || waited >= self.limits.batch_interval
            || self.waiting_spans >= self.limits.batch_spans
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

/// Spans that wait for their batch to fill.
struct Waiting {
    /// The spans, as an export has them.
    framed: Vec<u8>,
    spans: usize,
    /// Time when the first arrived.
    since: u64,
}

impl Waiting {
    fn take(&mut self, encoded: &[u8]) {
        frame(encoded, &mut self.framed);
        self.spans += 1;
    }
}

/// Spans that are sent, and answered, together.
struct Batch {
    /// Id of its latest attempt.
    id: u32,
    body: Vec<u8>,
    spans: usize,
    /// Size of its framed spans, without the envelope.
    bytes: usize,
    first_sent: u64,
    tries: u32,
    state: BatchState,
}

#[derive(Clone, Copy)]
enum BatchState {
    /// Awaits an answer.
    Sent { at: u64 },
    /// Awaits its next attempt.
    Backoff { until: u64 },
}

/// The plan's limits; times in nanoseconds.
struct QueueLimits {
    batch_spans: usize,
    /// Limit for framed spans: without the envelope's share.
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

    /// Reports whether a batch to come takes another span of this size, framed.
    fn has_room(&self, waiting: &Waiting, size: usize) -> bool {
        waiting.spans < self.batch_spans && size <= self.batch_bytes.saturating_sub(waiting.framed.len())
    }

    /// Time after which a batch is not sent again.
    fn deadline(&self, batch: &Batch) -> u64 {
        batch.first_sent.saturating_add(self.retry_for)
    }

    /// Reports whether a wait is over. No wait is longer than the retry time: if one seems so, the clock was set back.
    fn reached(&self, until: u64, now: u64) -> bool {
        until <= now || until - now > self.retry_for
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Time after the timeout before an answer is taken for lost.
const GRACE: u64 = 10 * SECOND;
/// Jitter that changes nothing.
const EVEN_JITTER: u64 = u64::MAX / 2;
