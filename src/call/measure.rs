//! Measures of the targets that a call's attempts were made at.

use super::Call;
use crate::record::AttemptRecord;

impl Call {
    /// Adds what the call's attempts show of their targets. Tokens are those that providers have counted.
    pub(super) fn measure_attempts(&self) {
        let Some(measures) = &self.measures else {
            return;
        };
        let now = measures.now();
        for attempt in &self.record.attempts {
            let Some(target) = attempt.target.as_deref().filter(|_| attempt.sent) else {
                continue;
            };
            let mut measure = measures.measure(target);
            let usage = attempt.reply.usage.as_ref();
            let tokens = |total: Option<u64>| total.unwrap_or_default();
            let spent =
                usage.map_or(0, |usage| tokens(usage.input_total()).saturating_add(tokens(usage.output_total())));
            measure.count_tokens(now, spent);
            if let Some(time) = self.time(attempt) {
                measure.add_time(now, self.record.stream, time);
            }
            if let Some(remaining) = attempt.remaining_rate {
                measure.note_remaining(now, remaining);
            }
            measures.set_measure(target, measure);
        }
    }

    /// Time that an answer took: to its first token if it is streamed, else to its end, in nanoseconds. `None`: there is
    /// no good answer.
    fn time(&self, attempt: &AttemptRecord) -> Option<u64> {
        if attempt.moved_on.is_some() || attempt.status.is_some_and(|status| status >= 400) {
            return None;
        }
        let ended = self.record.ended.saturating_sub(self.record.started);
        let arrived = if self.record.stream { attempt.first_token.or(attempt.first_chunk)? } else { ended };
        Some(arrived.saturating_sub(attempt.began))
    }
}
