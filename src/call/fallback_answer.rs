//! Answers of attempts: held until it is clear that the call stays with the target, or goes on to the next.

use super::fallback::{Fallback, Try};
use crate::attempt::{Beginning, HeaderChange, Headers, OnResponseBody, TurnedDown, remaining_rate};
use crate::model::Refusal;
use crate::policy::{Rest, Target};
use crate::record::MovedOn;
use crate::settings::ContentCapture;
use crate::telemetry::{Output, retry_after};
use std::sync::Arc;

/// Changes to an answer whose headers have come.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OnAttemptHeaders {
    /// Changes to the headers.
    pub changes: Vec<HeaderChange>,
    /// Set when the headers wait for a part of the body.
    pub holds: bool,
}

/// Action for a piece of an answer's body.
#[derive(Debug, PartialEq, Eq)]
pub struct OnAttemptBody {
    /// Action for the piece.
    pub body: OnResponseBody,
    /// Changes to the headers, which go on with the piece; empty where they have gone.
    pub changes: Vec<HeaderChange>,
}

/// Header that asks Envoy to try the next target. No client gets it.
pub const RETRY_HEADER: &str = "x-tollgate-retry";

impl Fallback {
    /// Handles the headers of an attempt's answer. `end`: no body follows.
    pub fn on_response_headers(&mut self, index: usize, headers: &Headers, end: bool, now: u64) -> OnAttemptHeaders {
        let telemetry = &self.plan.telemetry;
        let output = (telemetry.content != ContentCapture::None).then(|| Output::new(telemetry.content_limit));
        let limits = self.plan.limits;
        let has_next = self.has_next(index);
        let has_others = !self.choice.on_context_length.is_empty() || !self.choice.on_content_policy.is_empty();
        let remaining = self.measures.as_ref().and_then(|_| remaining_rate(headers));
        let is_stream = self.exchange.stream;
        let Some(target) = self.choice.targets.get(index).map(Arc::clone) else {
            return OnAttemptHeaders::default();
        };
        let Some(answered) = self.last_try(index) else {
            return OnAttemptHeaders::default();
        };
        let Some(attempt) = &mut answered.attempt else {
            return OnAttemptHeaders::default();
        };
        let status: Option<u16> = headers.text(":status").and_then(|status| status.parse().ok());
        answered.record.status = status;
        answered.record.remaining_rate = remaining;
        let mut changes = attempt.on_response_headers(headers, end, limits, output);
        if headers.first(RETRY_HEADER).is_some() {
            // A provider has no say in it.
            changes.push(HeaderChange::Remove(RETRY_HEADER.into()));
        }
        let status = status.unwrap_or_default();
        let is_retriable = is_retriable(status);
        let holds = match status {
            200..=299 => is_stream && !end,
            400.. => has_others && !is_retriable && !end,
            _ => false,
        };
        if holds {
            answered.held = Some(Vec::new());
        }
        if is_retriable && has_next {
            answered.give_up(MovedOn::Status);
            changes.push(retry());
        }
        self.note_rest(&target, status, headers, now);
        OnAttemptHeaders { changes, holds }
    }

    /// Handles a piece of an attempt's answer. `end`: it is the last.
    pub fn on_response_body(
        &mut self,
        index: usize,
        piece: &[u8],
        end: bool,
        now: impl FnOnce() -> u64,
    ) -> OnAttemptBody {
        let started = self.started;
        let passes = OnAttemptBody { body: OnResponseBody::Pass, changes: Vec::new() };
        let Some(answered) = self.last_try(index) else {
            return passes;
        };
        let Some(attempt) = &mut answered.attempt else {
            return passes;
        };
        let mut body = attempt.on_response_body(piece, end, || now().saturating_sub(started));
        if end && let Some(error) = attempt.closing_error(&Refusal::StreamCut) {
            let mut whole = match body {
                OnResponseBody::Pass => piece.to_vec(),
                OnResponseBody::Replace(body) => body,
                OnResponseBody::Hold => Vec::new(),
            };
            whole.extend_from_slice(&error);
            body = OnResponseBody::Replace(whole);
        }
        let Some(held) = &mut answered.held else {
            return OnAttemptBody { body, changes: Vec::new() };
        };
        match body {
            OnResponseBody::Pass => held.extend_from_slice(piece),
            OnResponseBody::Replace(body) => held.extend_from_slice(&body),
            OnResponseBody::Hold => {}
        }
        self.decide(index, end)
    }

    /// Decides on an answer whose headers are held.
    fn decide(&mut self, index: usize, end: bool) -> OnAttemptBody {
        let waits = OnAttemptBody { body: OnResponseBody::Hold, changes: Vec::new() };
        let has_next = self.has_next(index);
        let Some(answered) = self.last_try(index) else {
            return waits;
        };
        let status = answered.record.status.unwrap_or_default();
        let length = answered.held.as_ref().map_or(0, Vec::len);
        let is_over = end || length > MOST_HELD;
        let reason = match answered.attempt.as_ref().map(crate::attempt::Attempt::beginning) {
            _ if status >= 400 && !is_over => return waits,
            _ if status >= 400 => {
                let turned = TurnedDown::of(status, answered.held.as_deref().unwrap_or_default());
                turned.and_then(|turned| self.turn_to_others(index, turned))
            }
            Some(Beginning::Failed) => has_next.then_some(MovedOn::ErrorEvent),
            Some(Beginning::Open) if !is_over => return waits,
            _ => None,
        };
        let Some(answered) = self.last_try(index) else {
            return waits;
        };
        let held = answered.held.take().unwrap_or_default();
        let mut changes = Vec::new();
        if let Some(reason) = reason {
            answered.give_up(reason);
            changes.push(retry());
        }
        OnAttemptBody { body: OnResponseBody::Replace(held), changes }
    }

    /// Handles trailers, which end an answer. Returns the part of the body still held, and the changes to its headers where
    /// they are.
    pub fn on_response_trailers(&mut self, index: usize) -> Option<OnAttemptBody> {
        let answered = self.last_try(index)?;
        let rest = answered.attempt.as_mut()?.on_response_trailers();
        match &mut answered.held {
            Some(held) => {
                held.extend(rest.unwrap_or_default());
                Some(self.decide(index, true))
            }
            None => rest.map(|rest| OnAttemptBody { body: OnResponseBody::Replace(rest), changes: Vec::new() }),
        }
    }

    /// Puts the targets for a turned-down request next. `None` where there are none, or no attempt is left for them.
    fn turn_to_others(&mut self, index: usize, turned: TurnedDown) -> Option<MovedOn> {
        let (others, reason) = match turned {
            TurnedDown::ContextLength => (&mut self.choice.on_context_length, MovedOn::ContextLength),
            TurnedDown::ContentPolicy => (&mut self.choice.on_content_policy, MovedOn::ContentPolicy),
        };
        let others = std::mem::take(others);
        if others.is_empty() || index + 1 >= self.plan.attempts.max {
            return None;
        }
        self.choice.targets.truncate(index + 1);
        self.choice.targets.extend(others);
        Some(reason)
    }

    /// Reports whether a target follows the attempt's, and the bound on attempts allows it.
    fn has_next(&self, index: usize) -> bool {
        index + 1 < self.choice.targets.len().min(self.plan.attempts.max)
    }

    /// Returns an attempt, if it is the last one.
    fn last_try(&mut self, index: usize) -> Option<&mut Try> {
        let is_last = index + 1 == self.tries.len();
        self.tries.last_mut().filter(|_| is_last)
    }

    /// Lets a target rest that is overloaded, and ends the rest of one that answers.
    fn note_rest(&self, target: &Target, status: u16, headers: &Headers, now: u64) {
        match status {
            429 | 503 | 529 => {
                let wait = headers.first("retry-after").and_then(|value| retry_after(value, now));
                self.rest(target, wait);
            }
            200..=299 => {
                let (Some(rests), Some(name)) = (&self.rests, self.rest_name(target)) else {
                    return;
                };
                if rests.rest(&name) != Rest::default() {
                    rests.set_rest(&name, Rest::default());
                }
            }
            _ => {}
        }
    }

    /// Lets a target rest that Envoy has no host of.
    pub(super) fn rest_without_host(&self, target: &Target) {
        self.rest(target, None);
        if let (Some(rests), Some(name)) = (&self.rests, self.rest_name(target)) {
            rests.set_rest(&name, Rest { has_no_host: true, ..rests.rest(&name) });
        }
    }

    /// Lets a target rest. `wait`: the time that it asks for, in nanoseconds.
    fn rest(&self, target: &Target, wait: Option<u64>) {
        let (Some(rests), Some(name)) = (&self.rests, self.rest_name(target)) else {
            return;
        };
        let attempts = self.plan.attempts;
        let rest = rests.rest(&name).after_failure(rests.now(), wait, attempts.rest, attempts.longest_rest);
        rests.set_rest(&name, rest);
    }

    fn rest_name(&self, target: &Target) -> Option<String> {
        self.provider(target).map(|provider| target.rest_name(provider))
    }
}

impl Try {
    /// Notes that Envoy is asked to try the next target.
    fn give_up(&mut self, reason: MovedOn) {
        self.is_given_up = true;
        self.record.moved_on = Some(reason);
    }
}

fn retry() -> HeaderChange {
    HeaderChange::Set(RETRY_HEADER.into(), b"1".to_vec())
}

/// Matches statuses after which another target may answer.
const fn is_retriable(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// Upper bound on the bytes of an answer that wait with its headers. A first event is shorter.
const MOST_HELD: usize = 64 << 10;
