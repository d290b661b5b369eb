//! One HTTP stream: passes each callback to the call and applies the result.

use super::host::{Action, Host, Side};
use super::shared::Shared;
use crate::attempt::OnResponseBody;
use crate::call::{Call, Ending, LocalReply, OnRequestBody, OnRequestHeaders};
use crate::record::FreshIds;
use std::rc::Rc;

/// One HTTP stream through the gateway.
pub struct Stream<H: Host> {
    host: H,
    shared: Option<Rc<Shared>>,
    call: Option<Call>,
    /// How many bytes of the request's body the host has kept for us.
    buffered: usize,
    replied: bool,
}

impl<H: Host + Clone + 'static> Stream<H> {
    /// Creates a stream under a configuration; without one, every call is refused.
    pub fn new(host: H, shared: Option<Rc<Shared>>) -> Self {
        Self { host, shared, call: None, buffered: 0, replied: false }
    }

    /// Handles the request's headers.
    pub fn on_request_headers(&mut self, end: bool) -> Action {
        let Some(shared) = &self.shared else {
            // Not configured: anything that could carry a virtual key or personal data must not pass.
            return self.reply(&LocalReply {
                status: 503,
                headers: &[],
                body: r#"{"error":{"message":"The gateway is not configured.","type":"api_error"}}"#.to_owned(),
                code: "not_configured",
            });
        };
        let now = self.host.now();
        let mut fresh = FreshIds { trace_id: [0; 16], span_id: [0; 8] };
        self.host.random(&mut fresh.trace_id);
        self.host.random(&mut fresh.span_id);
        let call = self.call.insert(shared.call(&self.host, now, fresh));
        match call.on_request_headers(self.host.headers(Side::Request), end) {
            OnRequestHeaders::Hold => {
                if !shared.body_came.get() && shared.held_since.get().is_none() {
                    shared.held_since.set(Some(now));
                }
                Action::Pause
            }
            OnRequestHeaders::Pass(headers) => {
                self.host.set_request_headers(&headers);
                Action::Continue
            }
            OnRequestHeaders::Refuse(reply) => self.reply(&reply),
        }
    }

    /// Handles the request's body, with `length` bytes buffered.
    pub fn on_request_body(&mut self, length: usize, end: bool) -> Action {
        if self.replied {
            return Action::Pause;
        }
        let Some(call) = &mut self.call else {
            return Action::Continue;
        };
        if let Some(shared) = &self.shared {
            shared.body_came.set(true);
        }
        self.buffered = length;
        if !end {
            // The host keeps its buffer and delivers it again with the bytes that follow: the body is fetched once,
            // when complete.
            return match call.on_request_body_growing(length) {
                OnRequestBody::Refuse(reply) => self.reply(&reply),
                OnRequestBody::Pass => Action::Continue,
                OnRequestBody::Hold | OnRequestBody::Forward(_) => Action::Pause,
            };
        }
        let body = if length > 0 { self.host.body(Side::Request, length) } else { Vec::new() };
        match call.on_request_body(body) {
            OnRequestBody::Pass => Action::Continue,
            OnRequestBody::Hold => Action::Pause,
            OnRequestBody::Forward(forward) => {
                self.host.set_request_headers(&forward.headers);
                if !forward.unchanged {
                    self.host.set_body(Side::Request, length, &forward.body);
                }
                Action::Continue
            }
            OnRequestBody::Refuse(reply) => self.reply(&reply),
        }
    }

    /// Handles the request's trailers, which end its body.
    pub fn on_request_trailers(&mut self) -> Action {
        self.on_request_body(self.buffered, true)
    }

    /// Handles the answer's headers.
    pub fn on_response_headers(&mut self, end: bool) -> Action {
        if self.replied {
            return Action::Continue;
        }
        if let Some(call) = &mut self.call {
            let headers = self.host.headers(Side::Response);
            // The question is a host call, and only errors can be local replies.
            if let Some(reason) = headers.is_error().then(|| self.host.local_reply()).flatten() {
                call.on_local_reply(&headers, reason);
            }
            let changes = call.on_response_headers(&headers, end);
            if changes.length_changes {
                self.host.remove_response_header("content-length");
            }
            if changes.is_decoded {
                self.host.remove_response_header("content-encoding");
            }
        }
        Action::Continue
    }

    /// Handles the answer's body, with `length` bytes at hand.
    pub fn on_response_body(&mut self, length: usize, end: bool) -> Action {
        let Some(call) = self.call.as_mut().filter(|call| call.reads_answer()) else {
            return Action::Continue;
        };
        let piece = if length > 0 { self.host.body(Side::Response, length) } else { Vec::new() };
        match call.on_response_body(&piece, end, || self.host.now()) {
            OnResponseBody::Pass => Action::Continue,
            OnResponseBody::Replace(body) => {
                self.host.set_body(Side::Response, length, &body);
                Action::Continue
            }
            OnResponseBody::Hold => {
                if length > 0 {
                    self.host.set_body(Side::Response, length, &[]);
                }
                Action::Pause
            }
        }
    }

    /// Handles the answer's trailers, which end its body.
    pub fn on_response_trailers(&mut self) -> Action {
        let held = self.call.as_mut().and_then(Call::on_response_trailers);
        if let Some(held) = held {
            self.host.set_body(Side::Response, 0, &held);
        }
        Action::Continue
    }

    /// Handles the end of the stream, complete or not: records its call, once.
    pub fn on_log(&mut self) {
        let (Some(call), Some(shared)) = (self.call.take(), &self.shared) else {
            return;
        };
        let ending = if call.is_unfinished() { self.host.ending() } else { Ending::Whole };
        let exported = call.is_exported();
        if let Some(record) = call.finish(self.host.now(), &ending) {
            shared.record(&record, exported);
        }
    }

    fn reply(&mut self, reply: &LocalReply) -> Action {
        self.replied = true;
        self.host.reply(reply);
        Action::Pause
    }
}
