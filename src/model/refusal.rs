//! Refusals: every reason for not forwarding a call, with one table of statuses, codes and provider error types.

use super::Untranslatable;
use std::borrow::Cow;

/// Reason why the gateway answers by itself. No variant holds a key. Only [`Internal`](Self::Internal) and
/// [`GuardUnavailable`](Self::GuardUnavailable) are worth an unchanged retry: the official SDKs retry 408, 409, 429 and
/// 5xx on their own, so no other refusal of an SDK's HTTP call has such a status. SDKs also choose the exception class
/// by status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The client presented no virtual key.
    KeyMissing,
    /// The client presented a key that is not in the keyring.
    KeyUnknown,
    /// The client presented an expired key.
    KeyExpired,
    /// The client presented two different known keys.
    KeyAmbiguous,
    /// The client signed as AWS's clients do. The signature covers the host, and the gateway can neither verify nor
    /// renew it.
    AwsSignature,
    /// A key stands where it would be forwarded or recorded: in the path, or as the model.
    KeyMisplaced,
    /// The key may not use the model.
    ModelNotAllowed {
        /// The requested model, as the client wrote it.
        model: String,
    },
    /// The key is limited to some models, and the gateway does not read which model this operation runs.
    OperationNotAllowed {
        /// Operation name in the API.
        operation: &'static str,
    },
    /// The settings forbid the operation.
    OperationRefused {
        /// Operation name in the API.
        operation: &'static str,
    },
    /// The body would have to be searched for personal data, but the gateway does not read this operation's bodies.
    OperationNotSearched {
        /// Operation name in the API.
        operation: &'static str,
    },
    /// The path leads to the administration of the provider's account.
    Administration,
    /// The body names no model, or the model is not a string.
    ModelMissing,
    /// No dialect has the path.
    UnknownPath,
    /// The path is known, but not for this method.
    MethodNotAllowed,
    /// The media type is not JSON.
    ContentTypeUnsupported,
    /// The body is compressed, so it cannot be read and redacted.
    ContentEncodingUnsupported,
    /// The body exceeds the limit from the settings.
    BodyTooLarge {
        /// Upper bound on the body length, in bytes.
        limit: usize,
    },
    /// The body is not JSON, or does not match the dialect.
    BodyUnreadable {
        /// Reason, a fixed text.
        reason: &'static str,
        /// Offset of the first unexpected byte.
        at: usize,
    },
    /// A field that policy depends on occurs twice; the provider might use the other occurrence.
    BodyAmbiguous {
        /// The field.
        field: &'static str,
    },
    /// The call continues state that the provider stores from earlier calls. Placeholders in it could not be told from
    /// this call's.
    StoredState {
        /// Member or path that names the state.
        named: &'static str,
    },
    /// The client opens a WebSocket for an operation available over HTTP.
    WebSocketUnsupported,
    /// The client opens a WebSocket for a realtime session.
    RealtimeUnsupported,
    /// The client asks for any other protocol upgrade, or for a tunnel.
    UpgradeUnsupported,
    /// No configured provider speaks the dialect or, for a passed-through unknown path, is at the host.
    NoProvider,
    /// The provider closed a stream before its end.
    StreamCut,
    /// No provider answered.
    NoAnswer,
    /// The settings name no such model, or none that the key may use.
    ModelUnknown {
        /// The requested model, as the client wrote it.
        model: String,
    },
    /// No target of the model takes requests of this API.
    NoTarget,
    /// The request cannot be said in the API of its target.
    Untranslatable {
        /// Reason.
        reason: Untranslatable,
    },
    /// Translated for its target, the request would lose members, and the settings allow no loss.
    TranslationLoss {
        /// Names of what would be lost.
        lost: Vec<String>,
    },
    /// The operator's guard does not allow the call.
    GuardRefused,
    /// The operator's guard gave no answer, and the settings refuse the call then.
    GuardUnavailable,
    /// The client's destination cannot take the call.
    Misdirected(Misdirection),
    /// The gateway failed.
    Internal,
}

/// Reason why a call cannot reach the destination that its client chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdirection {
    /// The host belongs to a known provider that is not configured.
    HostNotConfigured,
    /// The host belongs neither to the gateway nor to a configured provider.
    HostNotServed,
    /// The provider at the host does not speak the path's dialect.
    HostOtherDialect,
    /// No configured provider has this name.
    UnknownTarget,
    /// The named provider is not at the addressed host.
    OtherHost,
    /// The named provider does not speak the path's dialect.
    TargetOtherDialect,
}

impl Misdirection {
    const fn message(self) -> &'static str {
        match self {
            Self::HostNotConfigured => {
                "The gateway has no provider at the host that this call addresses: ask its operator, or use the \
                 gateway's own address."
            }
            Self::HostNotServed => {
                "The host that this call addresses is neither the gateway's nor a provider's that it has: use the \
                 gateway's own address, or ask its operator to add the host to \"gateway_hosts\"."
            }
            Self::HostOtherDialect => {
                "The provider at the host that this call addresses does not have this path's API: use its own, or the \
                 gateway's address."
            }
            Self::UnknownTarget => {
                "The gateway has no provider of the name in \"x-tollgate-target\": ask its operator for the names."
            }
            Self::OtherHost => {
                "\"x-tollgate-target\" names a provider at another host than the one that this call addresses: use \
                 the gateway's own address."
            }
            Self::TargetOtherDialect => {
                "The provider that this call names does not have this path's API: name another, or use its own API."
            }
        }
    }
}

impl Refusal {
    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// Code in snake case: for client programs, and for the call's `error.type`.
    pub fn code(&self) -> &'static str {
        self.row().code
    }

    /// Headers required by the status. A 426 must name the supported protocols in `upgrade`, and `connection` must list
    /// `upgrade` (RFC 9110 sections 15.5.22 and 7.8). Tried with Envoy 1.40: both reach a client over HTTP/1.1, through
    /// another Envoy too, and the connection is closed after the answer; over HTTP/2 Envoy removes them.
    pub fn headers(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::WebSocketUnsupported => &[("upgrade", "HTTP/1.1"), ("connection", "upgrade, close")],
            _ => &[],
        }
    }

    /// `error.type` in OpenAI's error body. OpenAI answers every request error, a wrong key (401) and a model that a
    /// project may not use (403) among them, with `invalid_request_error`, and its own failures with `server_error`:
    /// seen in users' reports of 2023 to 2026, for its documentation lists no types.
    pub fn openai_type(&self) -> &'static str {
        self.row().openai
    }

    /// `error.type` in Anthropic's error body, from the table "HTTP errors" of Anthropic's API documentation. The table
    /// also assigns `invalid_request_error` to every 4xx that it does not list.
    pub fn anthropic_type(&self) -> &'static str {
        self.row().anthropic
    }

    /// Human-readable cause and remedy, one line without secrets, for readers of the client's log.
    pub fn message(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::KeyMissing => {
                "No virtual key: send it as \"authorization: Bearer <key>\" or as \"x-api-key: <key>\"."
            }
            Self::KeyUnknown => {
                "Unknown virtual key: present the one that the gateway's operator gave you, not a provider's own."
            }
            Self::KeyExpired => "This virtual key has expired: ask the gateway's operator for a new one.",
            Self::KeyAmbiguous => {
                "Two virtual keys in one request, and not the same: send one, in \"authorization\" or in \"x-api-key\"."
            }
            Self::AwsSignature => {
                "The gateway takes no AWS signatures (SigV4): send the virtual key as \"authorization: Bearer <key>\"; \
                 AWS's clients do so when AWS_BEARER_TOKEN_BEDROCK holds it."
            }
            Self::KeyMisplaced => {
                "A key stands in the path, or in the place of the model: send it in a header, and name the model there."
            }
            Self::ModelNotAllowed { model } => {
                let fault = format!("This virtual key may not use the model \"{}\"", shown(model));
                return Cow::Owned(fault + ": choose another, or ask the gateway's operator.");
            }
            Self::OperationNotAllowed { operation } => {
                return Cow::Owned(format!(
                    "This virtual key may use only some models, and the gateway does not see which \"{operation}\" \
                     runs: ask its operator for a key without that limit."
                ));
            }
            Self::OperationRefused { operation } => {
                return Cow::Owned(format!("The gateway's operator does not allow the operation \"{operation}\"."));
            }
            Self::OperationNotSearched { operation } => {
                return Cow::Owned(format!(
                    "The gateway cannot search a request of \"{operation}\" for personal data, so that it does not go \
                     on: its operator can let it pass by the setting \"operations\": {{\"{operation}\": \"pass\"}}."
                ));
            }
            Self::Administration => {
                "The administration of a provider's account cannot be reached through the gateway: use the provider's \
                 own console or key."
            }
            Self::ModelMissing => "The body names no model: set \"model\" to a string.",
            Self::UnknownPath => {
                "The gateway does not know this path: use that of a provider's API, such as /v1/chat/completions."
            }
            Self::MethodNotAllowed => {
                "This path takes no such method: use the one that the provider's API has for it, mostly POST."
            }
            Self::ContentTypeUnsupported => {
                "The gateway reads JSON only: send the body with \"content-type: application/json\"."
            }
            Self::ContentEncodingUnsupported => {
                "The gateway reads no compressed body: send it without \"content-encoding\"."
            }
            Self::BodyTooLarge { limit } => {
                return Cow::Owned(format!("The body is longer than the {limit} bytes that the gateway reads."));
            }
            Self::BodyUnreadable { reason, at } => {
                return Cow::Owned(format!("The gateway cannot read the body: {reason} at byte {at}."));
            }
            Self::BodyAmbiguous { field } => {
                return Cow::Owned(format!("The body has \"{field}\" twice: write it once."));
            }
            Self::StoredState { named } => {
                return Cow::Owned(format!(
                    "The call goes on from or adds to what the provider keeps (\"{named}\") and has personal data to take \
                     out, whose placeholders could be taken for those of earlier calls: ask the gateway's operator to set \
                     redaction.placeholder_key, or send the whole conversation."
                ));
            }
            Self::WebSocketUnsupported => {
                "The gateway takes no WebSocket: send the same as HTTP, by POST to this path, with \"stream\": true."
            }
            Self::RealtimeUnsupported => {
                "The gateway carries no realtime sessions, which it could neither read nor redact: use an operation \
                 over HTTP."
            }
            Self::UpgradeUnsupported => {
                "The gateway upgrades no connection to another protocol and opens no tunnel: send the request itself, \
                 over HTTP."
            }
            Self::NoProvider => {
                "The gateway has no provider for this path: ask its operator, or use another provider's API."
            }
            Self::ModelUnknown { model } => {
                let fault = format!("The gateway has no model \"{}\" for this virtual key", shown(model));
                return Cow::Owned(fault + ": its list of models has the names.");
            }
            Self::StreamCut => "The provider closed the stream before its end: what has come is not the whole answer.",
            Self::NoAnswer => "No provider of this model gave an answer: try again later.",
            Self::NoTarget => {
                "None of the targets that the gateway has for this model takes requests of this API: use another model, or \
                 ask the gateway's operator."
            }
            Self::Untranslatable { reason } => {
                return format!("The request cannot be sent to the model's provider: {reason}").into();
            }
            Self::TranslationLoss { lost } => return named_losses(lost).into(),
            Self::GuardRefused => "The gateway's operator does not allow this content: change it, or ask the operator.",
            Self::GuardUnavailable => {
                "The gateway could not check whether this call is allowed: try again, then ask its operator."
            }
            Self::Misdirected(misdirection) => misdirection.message(),
            Self::Internal => "The gateway failed to handle this call: try again, then ask its operator.",
        })
    }

    /// Table of statuses, codes and error types.
    fn row(&self) -> RefusalRow {
        match self {
            Self::KeyMissing => RefusalRow::new(401, "missing_api_key", REQUEST, "authentication_error"),
            Self::KeyUnknown => RefusalRow::new(401, "invalid_api_key", REQUEST, "authentication_error"),
            Self::KeyExpired => RefusalRow::new(401, "expired_api_key", REQUEST, "authentication_error"),
            Self::KeyAmbiguous => RefusalRow::new(401, "key_ambiguous", REQUEST, "authentication_error"),
            Self::AwsSignature => RefusalRow::new(401, "aws_signature", REQUEST, "authentication_error"),
            Self::KeyMisplaced => RefusalRow::new(400, "misplaced_api_key", REQUEST, REQUEST),
            Self::ModelNotAllowed { .. } => RefusalRow::new(403, "model_not_allowed", REQUEST, "permission_error"),
            Self::OperationNotAllowed { .. } => {
                RefusalRow::new(403, "operation_not_allowed", REQUEST, "permission_error")
            }
            Self::OperationRefused { .. } => RefusalRow::new(403, "operation_refused", REQUEST, "permission_error"),
            Self::OperationNotSearched { .. } => {
                RefusalRow::new(403, "operation_not_searched", REQUEST, "permission_error")
            }
            Self::Administration => RefusalRow::new(403, "administration_not_allowed", REQUEST, "permission_error"),
            Self::ModelMissing => RefusalRow::new(400, "missing_model", REQUEST, REQUEST),
            Self::UnknownPath => RefusalRow::new(404, "unknown_path", REQUEST, "not_found_error"),
            Self::MethodNotAllowed => RefusalRow::new(405, "method_not_allowed", REQUEST, REQUEST),
            Self::ContentTypeUnsupported => RefusalRow::new(415, "unsupported_content_type", REQUEST, REQUEST),
            Self::ContentEncodingUnsupported => RefusalRow::new(415, "unsupported_content_encoding", REQUEST, REQUEST),
            Self::BodyTooLarge { .. } => RefusalRow::new(413, "body_too_large", REQUEST, "request_too_large"),
            Self::BodyUnreadable { .. } => RefusalRow::new(400, "unreadable_body", REQUEST, REQUEST),
            Self::BodyAmbiguous { .. } => RefusalRow::new(400, "ambiguous_body", REQUEST, REQUEST),
            Self::StoredState { .. } => RefusalRow::new(400, "stored_state_not_redactable", REQUEST, REQUEST),
            // Codex falls back to HTTP at once on this status only (openai/codex, `core/src/client.rs`, read
            // 2026-11-28). Any other handshake failure it retries five times.
            Self::WebSocketUnsupported => RefusalRow::new(426, "unsupported_websocket", REQUEST, REQUEST),
            Self::RealtimeUnsupported => RefusalRow::new(501, "unsupported_realtime", "server_error", "api_error"),
            Self::UpgradeUnsupported => RefusalRow::new(404, "unsupported_upgrade", REQUEST, "not_found_error"),
            // Not 503: the fault persists until the settings change, and the SDKs would retry.
            Self::NoProvider | Self::Misdirected(_) => RefusalRow::new(404, "no_provider", REQUEST, "not_found_error"),
            Self::ModelUnknown { .. } => RefusalRow::new(404, "model_not_found", REQUEST, "not_found_error"),
            Self::StreamCut => RefusalRow::new(502, "stream_cut", "server_error", "api_error"),
            Self::NoAnswer => RefusalRow::new(503, "provider_unreachable", "server_error", "api_error"),
            Self::NoTarget => RefusalRow::new(400, "no_target", REQUEST, REQUEST),
            Self::Untranslatable { .. } => RefusalRow::new(400, "untranslatable", REQUEST, REQUEST),
            Self::TranslationLoss { .. } => RefusalRow::new(400, "translation_loss", REQUEST, REQUEST),
            Self::GuardRefused => RefusalRow::new(403, "guard_refused", REQUEST, "permission_error"),
            Self::GuardUnavailable => RefusalRow::new(503, "guard_unavailable", "server_error", "api_error"),
            Self::Internal => RefusalRow::new(500, "internal_error", "server_error", "api_error"),
        }
    }
}

struct RefusalRow {
    status: u16,
    code: &'static str,
    openai: &'static str,
    anthropic: &'static str,
}

impl RefusalRow {
    const fn new(status: u16, code: &'static str, openai: &'static str, anthropic: &'static str) -> Self {
        Self { status, code, openai, anthropic }
    }
}

/// Message that names losses, and counts those beyond the first.
fn named_losses(lost: &[String]) -> String {
    let names: Vec<String> = lost.iter().take(NAMED_LOSSES).map(|name| shown(name)).collect();
    let more = match lost.len().saturating_sub(NAMED_LOSSES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "The model's provider cannot be told all of the request, and the gateway's operator allows no part to be left out: \
         remove {}{more}.",
        names.join(", ")
    )
}

/// Name of a model or of a member as shown in a message: truncated, without control characters, line separators and bidirectional
/// overrides.
fn shown(model: &str) -> String {
    let is_shown = |c: &char| {
        !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    model.chars().filter(is_shown).take(SHOWN_CHARACTERS).collect()
}

/// Error type that both providers use for a faulty request.
const REQUEST: &str = "invalid_request_error";

const SHOWN_CHARACTERS: usize = 128;

/// Upper bound on the losses that a message names.
const NAMED_LOSSES: usize = 16;
