//! One attempt: an upstream instance of the filter, which writes the request for its target and reads the answer.

use super::answer_body::hand_on;
use super::calls::{Calls, PendingShadow};
use super::host::{Action, FilterState, Host, Level, Side};
use crate::call::{Fallback, LocalReply, OnAttemptBody, SHADOW_CALL_HEADER};
use std::cell::RefCell;
use std::rc::{Rc, Weak};

/// One attempt of a call at one of its targets. Nothing is changed of a request that the gateway has written itself.
pub struct UpstreamStream<H: Host> {
    host: H,
    calls: Calls,
    /// The call, and the index of this attempt.
    attempt: Option<(Weak<RefCell<Fallback>>, usize)>,
    /// The shadow that this instance is, if it is one.
    shadow: Option<PendingShadow>,
    /// Number of bytes of the request's body that the host has kept.
    buffered: usize,
    is_written: bool,
    is_over: bool,
}

impl<H: Host> UpstreamStream<H> {
    /// Creates the instance of one attempt.
    pub fn new(host: H, calls: Calls) -> Self {
        Self { host, calls, attempt: None, shadow: None, buffered: 0, is_written: false, is_over: false }
    }

    /// Handles the request's headers.
    pub fn on_request_headers(&mut self, end: bool) -> Action {
        let Some(key) = self.host.state(FilterState::Call) else {
            return self.begin_shadow(end);
        };
        let found = self.calls.find(&key).and_then(|found| found.upgrade().map(|call| (found, call)));
        let Some((found, call)) = found else {
            self.host.log(Level::Error, NO_CALL);
            return self.refuse(&failure());
        };
        let headers = self.host.headers(Side::Request);
        let provider = self.host.upstream_provider().unwrap_or_default();
        let begun = call.borrow_mut().begin(&provider, headers, self.host.now());
        let Ok(index) = begun else {
            self.host.log(Level::Error, OTHER_CLUSTER);
            return self.refuse(&failure());
        };
        self.attempt = Some((found, index));
        // In case that this attempt has no answer.
        self.set_next(&call.borrow());
        if end { self.write(&[]) } else { Action::Pause }
    }

    /// Begins a mirrored request, which has no filter state. Others without it are not the filter's.
    fn begin_shadow(&mut self, end: bool) -> Action {
        let headers = self.host.headers(Side::Request);
        let Some(named) = headers.text(SHADOW_CALL_HEADER) else {
            return Action::Continue;
        };
        let Some((mut shadow, records)) = self.calls.take_shadow(named) else {
            self.host.log(Level::Error, NO_CALL);
            return self.refuse(&failure());
        };
        let mut span_id = [0; 8];
        self.host.random(&mut span_id);
        let provider = self.host.upstream_provider().unwrap_or_default();
        let Ok(index) = shadow.begin(&provider, span_id, self.host.now()) else {
            self.host.log(Level::Error, OTHER_SHADOW);
            return self.refuse(&failure());
        };
        self.attempt = Some((Rc::downgrade(shadow.attempt()), index));
        self.shadow = Some((shadow, records));
        if end { self.write(&[]) } else { Action::Pause }
    }

    /// Handles the request's body, with `length` bytes buffered.
    pub fn on_request_body(&mut self, length: usize, end: bool) -> Action {
        if self.attempt.is_none() {
            return if self.is_over { Action::Pause } else { Action::Continue };
        }
        self.buffered = length;
        if !end {
            return Action::Pause;
        }
        let body = if length > 0 { self.host.body(Side::Request, length) } else { Vec::new() };
        self.write(&body)
    }

    /// Handles the request's trailers, which end its body.
    pub fn on_request_trailers(&mut self) -> Action {
        self.on_request_body(self.buffered, true)
    }

    /// Writes the request for the target.
    fn write(&mut self, body: &[u8]) -> Action {
        let Some((call, _)) = self.call().filter(|_| !self.is_written) else {
            return Action::Continue;
        };
        self.is_written = true;
        let written = match &mut self.shadow {
            Some((shadow, _)) => shadow.write(body),
            None => call.borrow_mut().write(body),
        };
        let request = match written {
            Ok(request) => request,
            Err(refusal) => {
                let body = call.borrow().write_refusal(&refusal);
                return self.refuse(&LocalReply::json(refusal.status(), refusal.code(), body));
            }
        };
        self.host.set_request_headers(&request.headers);
        if let Some(body) = &request.body {
            self.host.set_body(Side::Request, self.buffered, body);
        }
        Action::Continue
    }

    /// Handles the answer's headers.
    pub fn on_response_headers(&mut self, end: bool) -> Action {
        let Some((call, index)) = self.call() else {
            return Action::Continue;
        };
        let headers = self.host.headers(Side::Response);
        let answered = call.borrow_mut().on_response_headers(index, &headers, end, self.host.now());
        for change in &answered.changes {
            self.host.change_response_header(change);
        }
        if answered.holds { Action::Pause } else { Action::Continue }
    }

    /// Handles the answer's body, with `length` bytes at hand.
    pub fn on_response_body(&mut self, length: usize, end: bool) -> Action {
        let Some((call, index)) = self.call() else {
            return Action::Continue;
        };
        let piece = if length > 0 { self.host.body(Side::Response, length) } else { Vec::new() };
        let answered = call.borrow_mut().on_response_body(index, &piece, end, || self.host.now());
        self.take(&call, answered, length)
    }

    /// Handles the answer's trailers, which end its body.
    pub fn on_response_trailers(&mut self) -> Action {
        let Some((call, index)) = self.call() else {
            return Action::Continue;
        };
        let answered = call.borrow_mut().on_response_trailers(index);
        if let Some(answered) = answered {
            self.take(&call, answered, 0);
        }
        Action::Continue
    }

    fn take(&self, call: &Rc<RefCell<Fallback>>, answered: OnAttemptBody, length: usize) -> Action {
        if !answered.changes.is_empty() {
            // The answer may have chosen another target than the one set before.
            self.set_next(&call.borrow());
        }
        for change in &answered.changes {
            self.host.change_response_header(change);
        }
        hand_on(&self.host, length, answered.body)
    }

    /// Handles the end of the attempt.
    pub fn on_done(&mut self) {
        if let Some((call, index)) = self.call() {
            let (is_not_reached, now) = (self.host.is_not_reached(), self.host.now());
            call.borrow_mut().on_end(index, is_not_reached, now);
        }
        self.attempt = None;
        if let Some((mut shadow, records)) = self.shadow.take() {
            let exported = shadow.is_exported();
            if let Some(record) = shadow.end(self.host.now(), &self.host.ending()).filter(|_| exported) {
                records.export(record);
            }
        }
    }

    fn call(&self) -> Option<(Rc<RefCell<Fallback>>, usize)> {
        let (call, index) = self.attempt.as_ref()?;
        Some((call.upgrade()?, *index))
    }

    /// Names the provider of the attempt after this one.
    fn set_next(&self, call: &Fallback) {
        if let Some(provider) = call.next_provider() {
            self.host.set_state(FilterState::Target, provider);
        }
    }

    /// Answers in the provider's place: the host of the request is none of its targets, or nothing can be written for it.
    fn refuse(&mut self, reply: &LocalReply) -> Action {
        (self.attempt, self.is_over) = (None, true);
        self.host.reply(reply);
        Action::Pause
    }
}

/// Reply to a request whose call is not known, nor so its dialect.
fn failure() -> LocalReply {
    let body = r#"{"error":{"message":"The gateway failed to handle this call.","type":"api_error"}}"#;
    LocalReply::json(500, "internal_error", body)
}

const OTHER_SHADOW: &str = "tollgate: Envoy has mirrored a call to a cluster that is not its shadow's: let the mirror \
    policy of the route have cluster_header: x-tollgate-shadow";
const NO_CALL: &str =
    "tollgate: an attempt has found no call: give the upstream filter the very vm_config of the gateway's";
const OTHER_CLUSTER: &str = "tollgate: Envoy has chosen a cluster that is none of the call's targets: let the route choose it by \
    the filter state wasm.tollgate.target, with refresh_cluster_on_retry";
