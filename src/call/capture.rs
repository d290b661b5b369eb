//! Capture of a request's texts for the span.

use super::Call;
use super::body::{ParsedBody, RequestBody};
use super::phase::CapturedInput;
use crate::document::{Document, EditedDocument, Edits};
use crate::model::{Items, Request, TextKind, TextSpan};
use crate::settings::ContentCapture;
use crate::telemetry::{Input, input_hash};

impl Call {
    /// Captures the input for the span. It is computed here, because the body is gone after forwarding.
    pub(super) fn capture_input(&self, body: &RequestBody<'_>) -> CapturedInput {
        let ParsedBody::Json(document) = body.kind else {
            return CapturedInput::default();
        };
        let telemetry = &self.plan.telemetry;
        let (request, limit) = (&body.request, telemetry.content_limit);
        let of = |input| CapturedInput { input: Some(input), hash: None };
        match telemetry.content {
            ContentCapture::None => CapturedInput::default(),
            ContentCapture::Hash => CapturedInput { hash: Some(input_hash(document, request)), input: None },
            ContentCapture::Full => {
                let edits = Edits::default();
                let source = EditedDocument::new(document, &edits);
                of(Input::of(&source, &request.items, limit, &mut str::to_owned))
            }
            ContentCapture::Redacted => of(self.redacted_input(document, request)),
        }
    }

    /// The input, redacted by the kinds set for content, which may be more than the provider's.
    fn redacted_input(&self, document: Document<'_>, request: &Request) -> Input {
        let telemetry = &self.plan.telemetry;
        let (mut table, mut edits) = (self.placeholders(None), Edits::default());
        let redactor = self.content_redactor();
        // Signed texts are redacted too: a span's texts never go back to the provider.
        let readable = |leaf: &TextSpan| match leaf.place {
            TextKind::SignedReasoning => TextSpan { place: TextKind::Reasoning, ..*leaf },
            _ => *leaf,
        };
        let items: Items = request.items.texts().map(readable).collect();
        super::redact::redact(document, &items, &redactor, &mut table, &mut edits);
        let source = EditedDocument::new(document, &edits);
        // An address often has a credential in its query.
        let mut clean = |address: &str| {
            let bare = address.split(['?', '#']).next().unwrap_or_default();
            table.redact_text(&redactor, bare).into_owned()
        };
        Input::of(&source, &request.items, telemetry.content_limit, &mut clean)
    }
}
