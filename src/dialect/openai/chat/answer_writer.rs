//! Writer of whole answers of chat completions, from the events of any dialect.
//! <https://platform.openai.com/docs/api-reference/chat/object>, read 2026-11-21.

use crate::document::{EditedDocument, JsonWriter};
use crate::model::{AnswerPart, Choice, FinishReason, Loss, Losses, PartKind, Property, WholeAnswer};
use crate::usage::{Bucket, Usage};

/// Writes an answer, adding what chat completions cannot say to `losses`. `now`, in seconds since 1970, is the creation
/// time of an answer that has none.
pub(super) fn write_answer(answer: &WholeAnswer, source: &EditedDocument<'_>, now: u64, losses: &mut Losses) -> String {
    let mut writer = ChatAnswerWriter { source, losses, json: JsonWriter::default() };
    writer.json.begin_object();
    writer.json.name("id").escaped(&answer.id.and_then(|id| source.string(id)).unwrap_or_default());
    writer.json.name("object").string("chat.completion");
    writer.json.name("created").raw(&answer.created.unwrap_or(now).to_string());
    writer.json.name("model").escaped(&answer.model.and_then(|model| source.string(model)).unwrap_or_default());
    writer.json.name("choices").begin_array();
    for (index, choice) in answer.choices.iter().enumerate() {
        writer.choice(answer, index, choice);
    }
    writer.json.end_array();
    answer.properties.iter().for_each(|(property, _)| writer.losses.add(Loss::Property(*property)));
    if let Some(usage) = &answer.usage {
        writer.usage(usage);
    }
    writer.json.end_object();
    writer.json.finish()
}

struct ChatAnswerWriter<'w, 'a> {
    source: &'w EditedDocument<'a>,
    losses: &'w mut Losses,
    json: JsonWriter,
}

impl ChatAnswerWriter<'_, '_> {
    fn choice(&mut self, answer: &WholeAnswer, index: usize, choice: &Choice) {
        self.json.begin_object().name("index").raw(&index.to_string());
        self.json.name("message").begin_object().name("role").string("assistant");
        self.texts("content", PartKind::Text, choice);
        self.texts("refusal", PartKind::Refusal, choice);
        if choice.parts.iter().any(|part| part.kind == PartKind::Reasoning && !part.texts.is_empty()) {
            self.texts("reasoning_content", PartKind::Reasoning, choice);
        }
        for part in &choice.parts {
            self.lose(part);
        }
        let calls: Vec<&AnswerPart> =
            choice.parts.iter().filter(|part| part.kind == PartKind::ToolCall && !part.builtin).collect();
        if !calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            calls.into_iter().for_each(|call| self.call(&answer.call_id(index, call, self.source), call));
            self.json.end_array();
        }
        self.json.end_object();
        for (property, value) in &choice.properties {
            match property {
                Property::Logprobs => drop(self.json.name("logprobs").raw(&self.source.raw(*value))),
                property => self.losses.add(Loss::Property(*property)),
            }
        }
        match choice.finish {
            Some(reason) => self.json.name("finish_reason").string(word(reason)),
            None => self.json.name("finish_reason").raw("null"),
        };
        self.json.end_object();
    }

    /// Writes the texts of one kind as one string; `null` where there are none.
    fn texts(&mut self, name: &str, kind: PartKind, choice: &Choice) {
        let mut texts = choice.parts.iter().filter(|part| part.kind == kind).peekable();
        self.json.name(name);
        if texts.peek().is_none() {
            self.json.raw("null");
            return;
        }
        let text: Vec<String> = texts.map(|part| self.source.joined(&part.texts)).collect();
        self.json.escaped(&text.concat());
    }

    fn call(&mut self, id: &str, call: &AnswerPart) {
        self.json.begin_object();
        self.json.name("id").escaped(id);
        self.json.name("type").string("function").name("function").begin_object();
        self.json.name("name").escaped(&call.name.and_then(|name| self.source.string(name)).unwrap_or_default());
        match call.arguments {
            Some(value) => self.json.name("arguments").string(&self.source.raw(value)),
            None => self.json.name("arguments").escaped(&self.source.joined(&call.texts)),
        };
        self.json.end_object().end_object();
    }

    /// Adds what a part has and a message here has not to the losses.
    fn lose(&mut self, part: &AnswerPart) {
        match part.kind {
            PartKind::ToolCall if part.builtin => self.losses.add(Loss::Tool),
            PartKind::Text | PartKind::Refusal | PartKind::Reasoning | PartKind::ToolCall => {}
            kind => self.losses.add(Loss::Part(kind)),
        }
        part.properties.iter().for_each(|(property, _)| self.losses.add(Loss::Property(*property)));
    }

    /// Writes the usage: the prompt includes cached tokens, the completion those spent on reasoning.
    fn usage(&mut self, usage: &Usage) {
        let (input, output) = (usage.input_total(), usage.output_total());
        self.json.name("usage").begin_object();
        self.json.name("prompt_tokens").raw(&input.unwrap_or(0).to_string());
        self.json.name("completion_tokens").raw(&output.unwrap_or(0).to_string());
        let total = input.unwrap_or(0).saturating_add(output.unwrap_or(0));
        self.json.name("total_tokens").raw(&total.to_string());
        let details = [
            ("prompt_tokens_details", "cached_tokens", usage.cache_read_total()),
            ("completion_tokens_details", "reasoning_tokens", usage.count(Bucket::Reasoning)),
        ];
        for (name, member, count) in details {
            if let Some(count) = count {
                self.json.name(name).begin_object().name(member).raw(&count.to_string()).end_object();
            }
        }
        self.json.end_object();
    }
}

/// Returns the word of a finish reason. Clients refuse words that they do not know.
fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Stop | FinishReason::Refusal | FinishReason::Error | FinishReason::Other => "stop",
    }
}
