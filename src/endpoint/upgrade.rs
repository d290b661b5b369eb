//! Upgrades: requests that would turn their connection into another protocol, such as a WebSocket. None is forwarded,
//! because the gateway could neither read nor redact the traffic.

use super::operation::{Operation, REALTIME, RESPONSES};
use crate::model::Refusal;

/// Purpose of an upgrade, determined by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// OpenAI's responses over a WebSocket; all are available over HTTP.
    Responses,
    /// A realtime session, which exists only over such a connection.
    Realtime,
    /// Anything else, tunnels included.
    Other,
}

impl Upgrade {
    /// Determines the purpose from the operation that the path has over HTTP.
    pub(super) fn of(operation: Option<&Operation>) -> Self {
        match operation {
            Some(operation) if operation == RESPONSES => Self::Responses,
            Some(operation) if operation == REALTIME => Self::Realtime,
            _ => Self::Other,
        }
    }

    /// Returns the refusal of such an upgrade.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Responses => Refusal::WebSocketUnsupported,
            Self::Realtime => Refusal::RealtimeUnsupported,
            Self::Other => Refusal::UpgradeUnsupported,
        }
    }
}

/// Matches Google's paths for bidirectional sessions:
/// `/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent`, `…Constrained` and `…Music`
/// (<https://ai.google.dev/gemini-api/docs/live-api/get-started-websocket>, read 2026-11-28), and on Vertex AI
/// `/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent` (python-genai, `live.py`, read 2026-11-28).
pub(super) fn is_gemini_live(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let service = path.rsplit_once("/ws/google.").map_or("", |(_, service)| service);
    service.rsplit(['.', '/']).next().is_some_and(|method| method.starts_with("Bidi"))
}
