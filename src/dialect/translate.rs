//! Translation: a request's items or an answer's events, written in another dialect. Readers and writers know nothing of
//! each other.

use super::Dialect;
use crate::document::{Document, EditedDocument, Edits, JsonResult};
use crate::model::{Event, Loss, Losses, Request, Tree, WholeAnswer, unmapped, unmapped_in_answer};

/// Writer of a request, which adds what its dialect cannot say to the losses.
type RequestWriter = fn(&Tree, &EditedDocument<'_>, &mut Losses) -> String;

/// Writer of a whole answer, with the time in seconds since 1970.
type AnswerWriter = fn(&WholeAnswer, &EditedDocument<'_>, u64, &mut Losses) -> String;

impl Dialect {
    fn request_writer(self) -> Option<RequestWriter> {
        match self {
            Self::OpenAiChat => Some(super::openai::chat::writer::write_request),
            Self::AnthropicMessages => Some(super::anthropic::writer::write_request),
            _ => None,
        }
    }

    fn answer_writer(self) -> Option<AnswerWriter> {
        match self {
            Self::OpenAiChat => Some(super::openai::chat::answer_writer::write_answer),
            Self::AnthropicMessages => Some(super::anthropic::answer_writer::write_answer),
            _ => None,
        }
    }

    /// Members of an answer that only repeat its structure, by path.
    fn structure(self) -> &'static [&'static str] {
        match self {
            Self::OpenAiChat => super::openai::chat::answer::STRUCTURE,
            Self::AnthropicMessages => super::anthropic::messages::STRUCTURE,
            _ => &[],
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

    /// Writes a whole answer that was read in the dialect `from`, edited, as an answer of this one. What it cannot say is added
    /// to the losses. `now`: the time, in seconds since 1970. `None`: nothing is written in this dialect.
    ///
    /// # Errors
    /// The document is not the answer's: not JSON.
    pub fn write_answer(
        self,
        document: Document<'_>,
        edits: &Edits,
        (from, events): (Self, &[Event]),
        now: u64,
        losses: &mut Losses,
    ) -> JsonResult<Option<String>> {
        let Some(write) = self.answer_writer() else { return Ok(None) };
        let structure = from.structure();
        for member in unmapped_in_answer(document, events)? {
            if structure.contains(&member.path.as_str()) {
                continue;
            }
            losses.add(Loss::Member(member.path));
        }
        let source = EditedDocument::new(document, edits);
        Ok(Some(write(&WholeAnswer::of(events, document), &source, now, losses)))
    }
}
