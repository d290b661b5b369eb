//! Requests.

use super::turn::{read_results, read_turn};
use crate::dialect::cohere::parameters::read_parameter;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::read_other;
use crate::dialect::turns::read_said;
use crate::document::Document;
use crate::model::{Node, Request, Role};

pub(super) fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let (mut turns, mut asked, mut results) = (0, None, 0..0);
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "message", "chat_history", "prompt", "preamble"]);
        reader.peek()?;
        let start = reader.offset();
        match &*key {
            "message" | "prompt" | "text" => {
                let first = request.items.len();
                read_said(reader, Role::User, None, &mut request)?;
                asked = request.items.texts_from(first).next().map(|text| text.span.start);
            }
            "preamble" => read_said(reader, Role::System, None, &mut request)?,
            "chat_history" => {
                reader.maybe_array(|reader, index| {
                    turns = index.saturating_add(1);
                    read_turn(reader, index, &mut request)
                })?;
            }
            "tool_results" => {
                request.items.open(Node::Message(Some(Role::User)));
                read_results(reader, &mut request)?;
                request.items.close();
                results = start..reader.offset();
            }
            "conversation_id" => crate::dialect::texts::read_state(reader, "conversation_id", &mut request)?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.items)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    // The current message follows the history, wherever it stands; tool results follow the question that they are for.
    for leaf in request.items.texts_from_mut(0) {
        if results.contains(&(leaf.span.start as usize)) {
            leaf.message = Some(turns.saturating_add(1));
        } else if asked == Some(leaf.span.start) {
            leaf.message = Some(turns);
        }
    }
    unique.check().map(|()| request)
}
