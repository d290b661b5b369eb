//! Upgrades: requests that would turn their connection into something else than HTTP, such as a WebSocket. None is
//! carried: what goes over such a connection could neither be read nor redacted.

use super::Route;
use super::operation::{REALTIME, RESPONSES};
use super::table::Endpoint;
use crate::dialect::Dialect;
use crate::model::Refusal;

/// The purpose of an upgrade, by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// OpenAI's responses over a WebSocket, all of which can be had over HTTP.
    Responses,
    /// A realtime session, which exists over such a connection only.
    Realtime,
    /// Anything else, tunnels included.
    Other,
}

impl Upgrade {
    /// The refusal of such an upgrade.
    pub fn refusal(self) -> Refusal {
        match self {
            Self::Responses => Refusal::WebSocketUnsupported,
            Self::Realtime => Refusal::RealtimeUnsupported,
            Self::Other => Refusal::UpgradeUnsupported,
        }
    }
}

impl Route {
    /// The route of an upgrade: that of the request which could stand in its place. The method says nothing, for a
    /// WebSocket is opened by `GET` or by `CONNECT` whatever it is for (RFC 6455 section 4.1, RFC 8441 section 4).
    pub fn of_upgrade(path: &str, own: &[Endpoint]) -> Self {
        let route = if is_gemini_live(path) {
            let (operation, dialect) = (Some(REALTIME), Some(Dialect::GeminiGenerate));
            Self { operation, dialect, ..Self::default() }
        } else {
            Self::of("POST", path, own)
        };
        let upgrade = match route.operation {
            Some(operation) if operation == RESPONSES => Upgrade::Responses,
            Some(operation) if operation == REALTIME => Upgrade::Realtime,
            _ => Upgrade::Other,
        };
        Self { upgrade: Some(upgrade), ..route }
    }
}

/// Recognises Google's paths for sessions in both directions:
/// `/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent`, `…Constrained` and `…Music`
/// (<https://ai.google.dev/gemini-api/docs/live-api/get-started-websocket>, read 2026-11-28), and on Vertex AI
/// `/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent` (python-genai, `live.py`, read 2026-11-28).
fn is_gemini_live(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let service = path.rsplit_once("/ws/google.").map_or("", |(_, service)| service);
    service.rsplit(['.', '/']).next().is_some_and(|method| method.starts_with("Bidi"))
}
