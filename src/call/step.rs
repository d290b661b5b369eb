//! Steps: what a call wants of its stream next, and replies of the gateway's own.

use super::fallback::Fallback;
use super::shadow::Shadow;
use crate::attempt::Headers;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

/// Next step of a call, after headers, a part of the body, or an answer from outside.
pub enum Step {
    /// Send on what has come, with these changes.
    Continue(Outbound),
    /// Hold what has come until the call gets more.
    Wait,
    /// Reply to the client.
    Refuse(LocalReply),
    /// Answer the client from the settings.
    Answer(LocalReply),
    /// Hold what has come and ask. [`Call::on_answer`](super::Call::on_answer) takes the answer to each question.
    Ask(Vec<ExternalRequest>),
}

/// Changes to a request on its way to the provider.
#[derive(Default)]
pub struct Outbound {
    /// Headers, in place of the held ones; `None` leaves them.
    pub headers: Option<Headers>,
    /// The whole body, in place of the held one; `None` leaves it.
    pub body: Option<Vec<u8>>,
    /// Provider whose cluster Envoy's route is to choose, where it chooses by filter state.
    pub provider: Option<String>,
    /// The attempts, where upstream instances make them.
    pub fallback: Option<Rc<RefCell<Fallback>>>,
    /// The shadow, where the call has one.
    pub shadow: Option<Box<Shadow>>,
}

impl fmt::Debug for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Continue(outbound) => formatter.debug_tuple("Continue").field(&outbound.headers).finish(),
            Self::Wait => formatter.write_str("Wait"),
            Self::Refuse(reply) => formatter.debug_tuple("Refuse").field(reply).finish(),
            Self::Answer(reply) => formatter.debug_tuple("Answer").field(reply).finish(),
            Self::Ask(questions) => formatter.debug_tuple("Ask").field(questions).finish(),
        }
    }
}

/// A reply of the gateway's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// Body.
    pub body: Vec<u8>,
}

impl LocalReply {
    /// Creates a reply with a JSON body; `code` is the refusal's.
    pub fn json(status: u16, code: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let headers = [("content-type", "application/json"), ("x-tollgate-refusal", code)];
        let headers = headers.map(|(name, value)| (name.into(), value.into())).into();
        Self { status, headers, body: body.into() }
    }

    /// Creates an answer with a JSON body.
    pub fn answer(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: vec![("content-type".into(), "application/json".into())], body: body.into() }
    }

    /// Adds headers.
    #[must_use]
    pub fn with(mut self, headers: &[(&'static str, &'static str)]) -> Self {
        self.headers.extend(headers.iter().map(|(name, value)| (Cow::from(*name), Cow::from(*value))));
        self
    }
}

/// A question to a service outside, as an HTTP request.
#[derive(Debug)]
pub struct ExternalRequest {
    /// Identifies the question within its call.
    pub id: u32,
    /// Envoy's cluster of the service.
    pub cluster: String,
    /// Headers, pseudo-headers included.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Longest wait for the answer.
    pub timeout: Duration,
}

/// Answer to a question.
#[derive(Clone, Copy, Debug)]
pub struct ExternalResponse<'a> {
    /// HTTP status.
    pub status: u16,
    /// Body, or its beginning if it is longer than [`LONGEST_ANSWER`].
    pub body: &'a [u8],
}

/// Longest body of an answer that is read, in bytes.
pub const LONGEST_ANSWER: usize = crate::policy::LONGEST_VERDICT;
