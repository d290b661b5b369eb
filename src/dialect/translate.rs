//! Translation of a request: its items, written in another dialect. Readers and writers know nothing of each other.

use super::Dialect;
use crate::document::{Document, EditedDocument, Edits, JsonResult};
use crate::model::{Loss, Losses, Request, Tree, unmapped};

/// Writer of a request, which adds what its dialect cannot say to the losses.
type RequestWriter = fn(&Tree, &EditedDocument<'_>, &mut Losses) -> String;

impl Dialect {
    fn request_writer(self) -> Option<RequestWriter> {
        match self {
            Self::OpenAiChat => Some(super::openai::chat::writer::write_request),
            Self::AnthropicMessages => Some(super::anthropic::writer::write_request),
            _ => None,
        }
    }

    /// Reports whether requests can be written in this dialect.
    pub fn writes_requests(self) -> bool {
        self.request_writer().is_some()
    }

    /// Writes a request that was read in any dialect, edited, as a request of this one. What it cannot say is added to
    /// the losses. `None`: nothing is written in this dialect.
    ///
    /// # Errors
    /// The document is not the request's: not JSON.
    pub fn write_request(
        self,
        document: Document<'_>,
        edits: &Edits,
        request: &Request,
        losses: &mut Losses,
    ) -> JsonResult<Option<String>> {
        let Some(write) = self.request_writer() else { return Ok(None) };
        for member in unmapped(document, &request.items)? {
            losses.add(Loss::Member(member.path));
        }
        let source = EditedDocument::new(document, edits);
        Ok(Some(write(&Tree::of(&request.items), &source, losses)))
    }
}
