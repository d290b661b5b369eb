//! Translation: a request's items or an answer's events, written in another dialect. Readers and writers know nothing of
//! each other.

use super::api::Translation;
use super::table::Dialect;
use crate::document::{Document, EditedDocument, Edits, JsonResult};
use crate::model::{Event, Loss, Losses, Request, Tree, WholeAnswer, unmapped, unmapped_in_answer};

impl Dialect {
    fn translation(self) -> Option<&'static Translation> {
        match self {
            Self::OpenAiChat => Some(&super::openai::chat::TRANSLATION),
            Self::AnthropicMessages => Some(&super::anthropic::messages::TRANSLATION),
            _ => None,
        }
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
        let Some(translation) = self.translation() else { return Ok(None) };
        for member in unmapped(document, &request.items)? {
            losses.add(Loss::Member(member.path));
        }
        let source = EditedDocument::new(document, edits);
        Ok(Some((translation.write_request)(&Tree::of(&request.items), &source, losses)))
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
        let Some(translation) = self.translation() else { return Ok(None) };
        let structure = from.translation().map_or(&[][..], |translation| translation.structure);
        for member in unmapped_in_answer(document, events)? {
            if structure.contains(&member.path.as_str()) {
                continue;
            }
            losses.add(Loss::Member(member.path));
        }
        let source = EditedDocument::new(document, edits);
        Ok(Some((translation.write_answer)(&WholeAnswer::of(events, document), &source, now, losses)))
    }
}
