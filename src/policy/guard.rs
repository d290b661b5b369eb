//! Guards: a service of the operator's decides whether a call goes on.

use crate::document::{Document, Reader, ValueKind};
use std::borrow::Cow;
use std::time::Duration;

/// A guard that is asked by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpGuard {
    /// Envoy's cluster of the guard; also the `:authority` of its requests.
    pub cluster: String,
    /// Path; it begins with `/`.
    pub path: String,
    /// Longest wait for its answer. 10 ms to 1 min, default 1 s.
    pub timeout: Duration,
    /// Handling of a call on which the guard gave no answer. Default: it is refused.
    pub on_failure: OnFailure,
}

/// Handling of a call on which a guard gave no answer that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// The call goes on.
    Allow,
    /// The call is refused.
    Refuse,
}

/// Decision of a guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardVerdict {
    /// Set when the call may go on.
    pub allow: bool,
    /// Name of the rule that decided.
    pub rule: Option<String>,
}

/// Reason why an answer is no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardFault {
    /// No answer came in time, or the guard was not reached.
    NoAnswer,
    /// The status is not 200.
    Status(u16),
    /// The body is longer than [`LONGEST_VERDICT`].
    TooLong,
    /// The body is not an object of `allow` and `rule`.
    Malformed,
}

impl GuardFault {
    /// Name on spans: a fixed word, or the status.
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::NoAnswer => "no_answer".into(),
            Self::Status(status) => status.to_string().into(),
            Self::TooLong => "too_long".into(),
            Self::Malformed => "malformed".into(),
        }
    }
}

/// Longest verdict, in bytes.
pub const LONGEST_VERDICT: usize = 4 << 10;

/// Longest name of a rule, in bytes.
const LONGEST_RULE: usize = 64;

impl GuardVerdict {
    /// Reads the answer of a guard: status 200 and `{"allow": true}` or `{"allow": false, "rule": "no_secrets"}`, with
    /// no other member. A rule's name has at most 64 letters, digits, `_`, `-`, `.`, `:` and `/`.
    ///
    /// # Errors
    /// The reason why it is no verdict.
    pub fn read(status: u16, body: &[u8]) -> Result<Self, GuardFault> {
        if status != 200 {
            return Err(GuardFault::Status(status));
        }
        if body.len() > LONGEST_VERDICT {
            return Err(GuardFault::TooLong);
        }
        let (allow, rule) = members(body).ok_or(GuardFault::Malformed)?;
        if rule.as_deref().is_some_and(|rule| !is_rule(rule)) {
            return Err(GuardFault::Malformed);
        }
        Ok(Self { allow, rule })
    }
}

/// Reads the members of a verdict, each written once; a rule may be `null`. `None` for anything else.
fn members(body: &[u8]) -> Option<(bool, Option<String>)> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let mut reader = Reader::strict(Document::new(body).ok()?);
    let (mut allow, mut rule, mut is_known) = (None, None, true);
    let read = reader.object(|reader, name| {
        match &*name {
            "allow" if allow.is_none() => allow = Some(reader.maybe_bool()?),
            "rule" if rule.is_none() => {
                let is_null = reader.peek()? == ValueKind::Null;
                let text = reader.maybe_text()?.map(Into::into);
                is_known &= is_null || text.is_some();
                rule = Some(text);
            }
            _ => {
                is_known = false;
                reader.skip()?;
            }
        }
        Ok(())
    });
    read.and_then(|()| reader.finish()).ok()?;
    let allow = allow.flatten().filter(|_| is_known)?;
    Some((allow, rule.flatten()))
}

fn is_rule(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    !name.is_empty() && name.len() <= LONGEST_RULE && name.bytes().all(plain)
}
