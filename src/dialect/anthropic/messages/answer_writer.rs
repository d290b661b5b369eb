//! Writer of whole answers of Anthropic's messages, from the events of any dialect.
//! <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.

use super::writer::is_object;
use crate::document::{EditedDocument, JsonWriter};
use crate::model::{AnswerPart, FinishReason, Loss, Losses, Parameter, PartKind, Property, WholeAnswer};
use crate::usage::{Bucket, Usage};

/// Writes an answer, adding what the messages API cannot say to `losses`. Of several choices there is room for one.
pub(super) fn write_answer(
    answer: &WholeAnswer,
    source: &EditedDocument<'_>,
    _now: u64,
    losses: &mut Losses,
) -> String {
    let mut writer = MessageWriter { source, losses, json: JsonWriter::default() };
    writer.json.begin_object();
    writer.json.name("id").escaped(&answer.id.and_then(|id| source.string(id)).unwrap_or_default());
    writer.json.name("type").string("message").name("role").string("assistant");
    writer.json.name("model").escaped(&answer.model.and_then(|model| source.string(model)).unwrap_or_default());
    writer.json.name("content").begin_array();
    let choice = answer.choices.first();
    // Reasoning comes first, whatever the order of members elsewhere.
    let parts = || choice.iter().flat_map(|choice| &choice.parts);
    let is_reasoning = |part: &&AnswerPart| part.kind == PartKind::Reasoning;
    let others = parts().filter(|part| !is_reasoning(part));
    parts().filter(is_reasoning).chain(others).for_each(|part| writer.block(answer, part));
    writer.json.end_array();
    answer.properties.iter().for_each(|(property, _)| writer.losses.add(Loss::Property(*property)));
    if answer.choices.len() > 1 {
        writer.losses.add(Loss::Parameter(Parameter::Choices));
    }
    match choice.and_then(|choice| choice.finish) {
        Some(reason) => writer.json.name("stop_reason").string(word(reason)),
        None => writer.json.name("stop_reason").raw("null"),
    };
    let mut stop = None;
    for (property, value) in choice.iter().flat_map(|choice| &choice.properties) {
        match property {
            Property::StopSequence => stop = Some(source.raw(*value)),
            property => writer.losses.add(Loss::Property(*property)),
        }
    }
    writer.json.name("stop_sequence").raw(stop.as_deref().unwrap_or("null"));
    writer.usage(answer.usage.as_ref());
    writer.json.end_object();
    writer.json.finish()
}

struct MessageWriter<'w, 'a> {
    source: &'w EditedDocument<'a>,
    losses: &'w mut Losses,
    json: JsonWriter,
}

impl MessageWriter<'_, '_> {
    fn block(&mut self, answer: &WholeAnswer, part: &AnswerPart) {
        match part.kind {
            PartKind::Text | PartKind::Refusal => self.text(part),
            PartKind::Reasoning => self.reasoning(part),
            PartKind::ToolCall if part.builtin => self.losses.add(Loss::Tool),
            PartKind::ToolCall => self.call(&answer.call_id(0, part, self.source), part),
            kind => self.losses.add(Loss::Part(kind)),
        }
    }

    fn text(&mut self, part: &AnswerPart) {
        if part.texts.is_empty() {
            self.lose(part, &[]);
            return;
        }
        self.json.begin_object().name("type").string("text");
        self.json.name("text").escaped(&self.source.joined(&part.texts)).end_object();
        self.lose(part, &[]);
    }

    /// Writes reasoning. Without a proof the client cannot return it, but may show it.
    fn reasoning(&mut self, part: &AnswerPart) {
        if let Some(data) = part.property(Property::Encrypted).filter(|_| part.texts.is_empty()) {
            let data = self.source.raw(data);
            self.json.begin_object().name("type").string("redacted_thinking").name("data").raw(&data).end_object();
            return self.lose(part, &[Property::Encrypted]);
        }
        self.json.begin_object().name("type").string("thinking");
        self.json.name("thinking").escaped(&self.source.joined(&part.texts));
        match part.property(Property::Signature) {
            Some(signature) => self.json.name("signature").raw(&self.source.raw(signature)),
            None => self.json.name("signature").string(""),
        };
        self.json.end_object();
        self.lose(part, &[Property::Signature]);
    }

    fn call(&mut self, id: &str, call: &AnswerPart) {
        self.json.begin_object().name("type").string("tool_use");
        self.json.name("id").escaped(id);
        self.json.name("name").escaped(&call.name.and_then(|name| self.source.string(name)).unwrap_or_default());
        let input = match call.arguments {
            Some(value) => self.source.raw(value).into_owned(),
            None => crate::document::unescape(&self.source.joined(&call.texts)).into_owned(),
        };
        self.json.name("input");
        if is_object(&input) {
            self.json.raw(input.trim());
        } else if input.trim().is_empty() {
            self.json.raw("{}");
        } else {
            // Not an object, which the API promises.
            self.losses.add(Loss::Property(Property::Arguments));
            self.json.begin_object().name("arguments").string(&input).end_object();
        }
        self.json.end_object();
        self.lose(call, &[]);
    }

    fn lose(&mut self, part: &AnswerPart, written: &[Property]) {
        let lost = part.properties.iter().filter(|(property, _)| !written.contains(property));
        lost.for_each(|(property, _)| self.losses.add(Loss::Property(*property)));
    }

    /// Writes the usage: the input excludes cached tokens.
    fn usage(&mut self, usage: Option<&Usage>) {
        let Some(usage) = usage else { return };
        let (read, write) = (usage.cache_read_total(), usage.cache_write_total());
        let cached = read.unwrap_or(0).saturating_add(write.unwrap_or(0));
        self.json.name("usage").begin_object();
        let input = usage.input_total().unwrap_or(0).saturating_sub(cached);
        self.json.name("input_tokens").raw(&input.to_string());
        for (name, count) in [("cache_creation_input_tokens", write), ("cache_read_input_tokens", read)] {
            if let Some(count) = count {
                self.json.name(name).raw(&count.to_string());
            }
        }
        let lifetimes = [
            ("ephemeral_5m_input_tokens", usage.count(Bucket::CacheWrite5m)),
            ("ephemeral_1h_input_tokens", usage.count(Bucket::CacheWrite1h)),
        ];
        if let [(_, Some(_)), (_, Some(_))] = lifetimes {
            self.json.name("cache_creation").begin_object();
            for (name, count) in lifetimes {
                self.json.name(name).raw(&count.unwrap_or(0).to_string());
            }
            self.json.end_object();
        }
        self.json.name("output_tokens").raw(&usage.output_total().unwrap_or(0).to_string());
        self.json.end_object();
    }
}

/// Returns the word of a finish reason. Clients refuse words that they do not know.
fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Length => "max_tokens",
        FinishReason::ToolCalls => "tool_use",
        FinishReason::ContentFilter | FinishReason::Refusal => "refusal",
        FinishReason::Stop | FinishReason::Error | FinishReason::Other => "end_turn",
    }
}
