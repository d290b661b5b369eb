//! Names of the events that end a stream with an error.

use crate::dialect::Dialect;

/// Returns the name of a dialect's error event; empty where its events have none.
pub(super) fn error_event(dialect: Dialect) -> &'static str {
    match dialect.primary() {
        Dialect::AnthropicMessages
        | Dialect::AnthropicComplete
        | Dialect::OpenAiResponses
        | Dialect::GeminiInteractions => "error",
        _ => "",
    }
}
