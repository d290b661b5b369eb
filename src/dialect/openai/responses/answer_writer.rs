//! Writer of whole answers of responses.

use super::response_writer::{
    CallWords, ResponseEnd, WrittenResponse, call_item, content_part, item_id, message_item, proof_value,
    reasoning_item, write_response,
};
use crate::document::{Document, JsonWriter, Reader, escape_into};
use crate::model::{
    AnswerChoice, AnswerContent, FinishReason, Loss, Losses, MessagePart, Parameter, PartData, PartKind, Property,
    ReasoningPart,
};

/// Writes an answer, adding what the responses API cannot say to the losses. Of several choices there is room for one.
pub(super) fn write_answer(answer: &AnswerContent<'_>, losses: &mut Losses) -> String {
    if answer.choices.len() > 1 {
        losses.add(Loss::Parameter(Parameter::Choices));
    }
    let choice = answer.choices.first();
    let end = ResponseEnd::Finished(choice.and_then(|choice| choice.finish).unwrap_or(FinishReason::Stop));
    let mut writer = OutputItemWriter { answer: &answer.id, end, items: Vec::new(), contents: Vec::new(), losses };
    if let Some(choice) = choice {
        writer.choice(choice);
    }
    let items = writer.items;
    let mut json = JsonWriter::default();
    write_response(
        &mut json,
        &WrittenResponse {
            id: &answer.id,
            model: &answer.model,
            created: answer.created,
            items: &items,
            end,
            service_tier: answer.service_tier.as_deref(),
            usage: answer.usage.as_ref(),
        },
    );
    json.finish()
}

struct OutputItemWriter<'w> {
    answer: &'w str,
    end: ResponseEnd<'w>,
    items: Vec<String>,
    /// Parts of the message in progress.
    contents: Vec<String>,
    losses: &'w mut Losses,
}

impl OutputItemWriter<'_> {
    fn choice(&mut self, choice: &AnswerChoice<'_>) {
        if choice.stop_sequence.is_some() {
            self.losses.add(Loss::Property(Property::StopSequence));
        }
        let mut logprobs = choice.logprobs.as_deref().and_then(tokens);
        if choice.logprobs.is_some() && logprobs.is_none() {
            self.losses.add(Loss::Property(Property::Logprobs));
        }
        for part in &choice.parts {
            self.part(part, &mut logprobs);
        }
        self.message(self.end.item_status());
    }

    fn part(&mut self, part: &MessagePart<'_>, logprobs: &mut Option<String>) {
        match &part.data {
            PartData::Text(text, citations) => {
                if citations.is_some() {
                    self.losses.add_at(Loss::Property(Property::Citations), part.span);
                }
                self.contents.push(content_part(PartKind::Text, text, logprobs.take().as_deref()));
            }
            PartData::Refusal(text) => self.contents.push(content_part(PartKind::Refusal, text, None)),
            PartData::Reasoning(reasoning) => self.reasoning(reasoning),
            PartData::Call(call) => {
                self.message("completed");
                let mut arguments = String::with_capacity(call.arguments.len());
                escape_into(&call.arguments, &mut arguments);
                let words = CallWords::of(call.is_custom);
                let id = item_id(words.prefix, self.answer, self.items.len());
                self.items.push(call_item(words, &id, "completed", (&call.id, &call.name, &arguments)));
            }
            PartData::Media(media) => self.losses.add_at(Loss::Part(media.kind), part.span),
            PartData::Result(_) => self.losses.add_at(Loss::Part(PartKind::ToolResult), part.span),
        }
    }

    fn reasoning(&mut self, part: &ReasoningPart<'_>) {
        self.message("completed");
        let own = part.id.as_deref().filter(|id| id.starts_with("rs_"));
        let id = own.map_or_else(|| item_id("rs", self.answer, self.items.len()), str::to_owned);
        let proof = part.proof.as_ref().and_then(|proof| proof_value(part, proof));
        if part.proof.is_some() && proof.is_none() {
            self.losses.add(Loss::Property(Property::Signature));
        }
        self.items.push(reasoning_item(&id, &part.text, proof.as_deref()));
    }

    /// Ends the message in progress.
    fn message(&mut self, status: &str) {
        let contents = std::mem::take(&mut self.contents);
        if !contents.is_empty() {
            let id = item_id("msg", self.answer, self.items.len());
            self.items.push(message_item(&id, status, &contents));
        }
    }
}

/// List of tokens with their probabilities, from the object in which chat completions have it. Its bytes are required.
fn tokens(logprobs: &str) -> Option<String> {
    let document = Document::new(logprobs.as_bytes()).ok()?;
    let (mut tokens, mut has_bytes) = (None, true);
    let mut reader = Reader::new(document);
    reader
        .maybe_object(|reader, key| {
            if &*key != "content" {
                return reader.skip();
            }
            let ((), span) = reader.spanned(Reader::skip)?;
            tokens = Some(document.raw(span).to_owned()).filter(|raw| raw.starts_with('['));
            Ok(())
        })
        .ok()?;
    if let Some(raw) = &tokens {
        has_bytes =
            raw.matches("\"bytes\"").count() == raw.matches("\"token\"").count() && !raw.contains("\"bytes\":null");
    }
    tokens.filter(|_| has_bytes)
}
