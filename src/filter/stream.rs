//! One HTTP stream: passes each callback to the call and applies the result.

use super::answer_body::hand_on;
use super::calls::PendingShadow;
use super::host::{Action, Callout, FilterState, Host, Side};
use super::shared::Shared;
use crate::attempt::HeaderChange;
use crate::call::{Call, Ending, ExternalRequest, ExternalResponse, LocalReply, Outbound, SHADOW_CALL_HEADER, Step};
use crate::record::FreshIds;
use std::rc::Rc;

/// One HTTP stream through the gateway.
pub struct Stream<H: Host> {
    host: H,
    shared: Option<Rc<Shared>>,
    call: Option<Call>,
    /// How many bytes of the request's body the host has kept for us.
    buffered: usize,
    /// Questions without an answer yet.
    pending: Vec<PendingRequest>,
    replied: bool,
    /// Key of the call among those that upstream instances make attempts for.
    key: Option<u64>,
    /// Body in place of Envoy's own error reply; empty once the client has it.
    local_body: Option<String>,
}

/// A question that was sent.
struct PendingRequest {
    /// The host's token of the callout.
    token: u32,
    /// The call's own id.
    id: u32,
    /// Time when it was sent, in nanoseconds since 1970.
    at: u64,
}

impl<H: Host + Clone + 'static> Stream<H> {
    /// Creates a stream under a configuration; without one, every call is refused.
    pub fn new(host: H, shared: Option<Rc<Shared>>) -> Self {
        Self { host, shared, call: None, buffered: 0, pending: Vec::new(), replied: false, key: None, local_body: None }
    }

    /// Handles the request's headers.
    pub fn on_request_headers(&mut self, end: bool) -> Action {
        let Some(shared) = &self.shared else {
            // Not configured: anything that could carry a virtual key or personal data must not pass.
            let body = r#"{"error":{"message":"The gateway is not configured.","type":"api_error"}}"#;
            return self.reply(&LocalReply::json(503, "not_configured", body));
        };
        let now = self.host.now();
        let mut fresh = FreshIds { trace_id: [0; 16], span_id: [0; 8] };
        self.host.random(&mut fresh.trace_id);
        self.host.random(&mut fresh.span_id);
        let call = self.call.insert(shared.call(&self.host, now, fresh));
        let step = call.on_request_headers(self.host.headers(Side::Request), end);
        if matches!(step, Step::Wait) && !shared.body_came.get() && shared.held_since.get().is_none() {
            shared.held_since.set(Some(now));
        }
        self.take(step)
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
        let step = if end {
            let body = if length > 0 { self.host.body(Side::Request, length) } else { Vec::new() };
            call.on_request_body(&body)
        } else {
            // The host keeps its buffer and delivers it again with the bytes that follow: the body is fetched once,
            // when complete.
            call.on_request_body_growing(length)
        };
        self.take(step)
    }

    /// Handles the answer to a question; `None` when none came. Answers to nobody's question are ignored.
    pub fn on_callout_answer(&mut self, token: u32, answer: Option<ExternalResponse<'_>>) {
        let Some(at) = self.pending.iter().position(|asked| asked.token == token) else {
            return;
        };
        let PendingRequest { id, at, .. } = self.pending.swap_remove(at);
        let waited = self.host.now().saturating_sub(at);
        let Some(call) = self.call.as_mut().filter(|_| !self.replied) else {
            return;
        };
        let step = call.on_answer(id, answer, waited);
        if self.take(step) == Action::Continue {
            self.host.resume_request();
        }
    }

    /// Takes a step of the call.
    fn take(&mut self, step: Step) -> Action {
        match step {
            Step::Wait => Action::Pause,
            Step::Continue(mut outbound) => {
                self.name_target(&mut outbound);
                self.change_request(&outbound);
                Action::Continue
            }
            Step::Refuse(reply) | Step::Answer(reply) => self.reply(&reply),
            Step::Ask(questions) => self.ask(questions),
        }
    }

    /// Names the first target's provider, and the call, for the route and for upstream instances. The change of headers that
    /// follows makes Envoy choose the route anew.
    fn name_target(&mut self, outbound: &mut Outbound) {
        if let Some(provider) = &outbound.provider {
            self.host.set_state(FilterState::Target, provider);
        }
        if let (Some(fallback), Some(shared)) = (&outbound.fallback, &self.shared) {
            let shadow = outbound.shadow.take();
            let token = shadow.as_ref().map(|shadow| shadow.token().to_owned());
            let shadow = shadow.map(|shadow| -> PendingShadow { (shadow, Rc::<Shared>::clone(shared)) });
            let key = shared.calls_upstream.add(fallback, shadow);
            self.key = Some(key);
            self.host.set_state(FilterState::Call, &key.to_string());
            if let (Some(token), Some(headers)) = (token, &mut outbound.headers) {
                headers.set(SHADOW_CALL_HEADER, &format!("{key}.{token}"));
            }
        }
    }

    fn change_request(&self, outbound: &Outbound) {
        if let Some(headers) = &outbound.headers {
            self.host.set_request_headers(headers);
        }
        if let Some(body) = &outbound.body {
            self.host.set_body(Side::Request, self.buffered, body);
        }
    }

    /// Sends questions. One that the host refuses has no answer.
    fn ask(&mut self, questions: Vec<ExternalRequest>) -> Action {
        for ExternalRequest { id, cluster, headers, body, timeout } in questions {
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let callout = Callout { cluster: &cluster, headers, body: &body, timeout };
            if let Some(token) = self.host.call_out(&callout) {
                self.pending.push(PendingRequest { token, id, at: self.host.now() });
                continue;
            }
            let step = self.call.as_mut().map_or(Step::Wait, |call| call.on_answer(id, None, 0));
            match step {
                Step::Wait => {}
                decided => return self.take(decided),
            }
        }
        Action::Pause
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
                self.local_body = call.on_local_reply(&headers, reason, self.host.now()).filter(|_| !end);
            }
            for change in call.on_response_headers(&headers, end) {
                self.host.change_response_header(&change);
            }
            if let Some(body) = &self.local_body {
                let set = |name: &'static str, value: String| HeaderChange::Set(name.into(), value.into_bytes());
                self.host.change_response_header(&set("content-type", "application/json".to_owned()));
                self.host.change_response_header(&set("content-length", body.len().to_string()));
            }
        }
        Action::Continue
    }

    /// Handles the answer's body, with `length` bytes at hand.
    pub fn on_response_body(&mut self, length: usize, end: bool) -> Action {
        if let Some(body) = &mut self.local_body {
            let body = std::mem::take(body);
            self.host.set_body(Side::Response, length, body.as_bytes());
            return Action::Continue;
        }
        let Some(call) = self.call.as_mut().filter(|call| call.reads_answer()) else {
            return Action::Continue;
        };
        let piece = if length > 0 { self.host.body(Side::Response, length) } else { Vec::new() };
        let piece = call.on_response_body(&piece, end, || self.host.now());
        hand_on(&self.host, length, piece)
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
        if let (Some(call), Some(shared)) = (&mut self.call, &self.shared) {
            if self.key.take().is_some_and(|key| shared.calls_upstream.remove(key)) {
                call.note_shadow_not_begun();
            }
            let ending = if call.is_unfinished() { self.host.ending() } else { Ending::Whole };
            let exported = call.is_exported();
            if let Some(record) = call.end(self.host.now(), &ending) {
                shared.record(record, exported);
            }
        }
        self.call = None;
    }

    fn reply(&mut self, reply: &LocalReply) -> Action {
        self.replied = true;
        self.host.reply(reply);
        Action::Pause
    }
}
