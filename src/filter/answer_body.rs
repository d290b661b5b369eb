//! Body of an answer on its way to the client.

use super::host::{Action, Host, Side};
use crate::attempt::OnResponseBody;

/// Hands on what becomes of a piece of an answer. `length`: its bytes at the host.
pub(super) fn hand_on(host: &impl Host, length: usize, piece: OnResponseBody) -> Action {
    match piece {
        OnResponseBody::Pass => Action::Continue,
        OnResponseBody::Replace(body) => {
            host.set_body(Side::Response, length, &body);
            Action::Continue
        }
        OnResponseBody::Hold => {
            if length > 0 {
                host.set_body(Side::Response, length, &[]);
            }
            Action::Pause
        }
    }
}
