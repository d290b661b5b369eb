//! Phases of a call, each with the state that it owns.

use super::body::BodyReader;
use super::fallback::Fallback;
use crate::attempt::{AnswerTranslation, Attempt, Exchange, Headers};
use crate::dialect::Dialect;
use crate::endpoint::Route;
use crate::policy::{RouteChoice, VirtualKey};
use crate::telemetry::Input;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Progress of a call. Each phase owns its state.
pub(super) enum Phase {
    /// No headers yet.
    Idle,
    /// The request's body is arriving; its headers are held.
    Reading(Box<HeldRequest>),
    /// The request waits for an answer from outside.
    Asking(Box<Asking>),
    /// The request is forwarded.
    Forwarded(Box<Forwarded>),
    /// The request is with upstream instances.
    Upstream(Box<Upstream>),
    /// Tollgate has replied itself; nothing more is read.
    Over,
}

/// A request whose headers are held until its body has been read.
pub(super) struct HeldRequest {
    pub(super) headers: Headers,
    pub(super) route: Route,
    pub(super) key: Arc<VirtualKey>,
    pub(super) body: BodyReader,
}

impl HeldRequest {
    /// Dialect of the error body, in case the call is refused.
    pub(super) fn error_dialect(&self) -> Dialect {
        self.route.error_dialect().or(self.body.dialect).unwrap_or_else(|| error_dialect_of(&self.headers))
    }
}

/// A request that is ready to be sent.
pub(super) struct Prepared {
    pub(super) headers: Headers,
    /// Index of the provider in the plan.
    pub(super) provider: usize,
    /// Targets, where the settings have some for the model; the first is the provider's.
    pub(super) choice: RouteChoice,
    /// Parts of the request that attempts need, where upstream instances make them.
    pub(super) fallback: Option<FallbackInput>,
    pub(super) exchange: Exchange,
    /// Translation of the answer.
    pub(super) translation: Option<Box<AnswerTranslation>>,
    pub(super) hides_usage: bool,
    pub(super) input: CapturedInput,
    /// The whole body, if changed.
    pub(super) body: Option<Vec<u8>>,
}

/// Parts of a request that its attempts need.
#[derive(Clone)]
pub(super) struct FallbackInput {
    /// The model that the client asks for.
    pub(super) requested: String,
    pub(super) reader: BodyReader,
}

/// A request that waits for an answer from outside.
pub(super) struct Asking {
    pub(super) prepared: Prepared,
    /// Dialect of the error body, in case the call is refused.
    pub(super) error_dialect: Dialect,
}

/// A forwarded request and its attempt.
pub(super) struct Forwarded {
    pub(super) exchange: Rc<Exchange>,
    pub(super) attempt: Attempt,
    pub(super) input: CapturedInput,
}

/// A request with upstream instances.
pub(super) struct Upstream {
    pub(super) fallback: Rc<RefCell<Fallback>>,
    pub(super) input: CapturedInput,
}

/// Captured input: its texts, or their hash.
#[derive(Clone, Default)]
pub(super) struct CapturedInput {
    pub(super) input: Option<Input>,
    pub(super) hash: Option<String>,
}

/// Dialect of the error body for a client whose path has none.
pub(super) fn error_dialect_of(headers: &Headers) -> Dialect {
    match headers.first("anthropic-version") {
        Some(_) => Dialect::AnthropicMessages,
        None => Dialect::OpenAiChat,
    }
}
