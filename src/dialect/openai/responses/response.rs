//! A response: the body of a whole answer, and what events of a stream wrap of it.

use super::output::{self as item, Occurrence};
use crate::dialect::answer_members::{self, AnswerMember, texts};
use crate::dialect::hosted_tools;
use crate::dialect::openai::usage;
use crate::dialect::texts::{non_empty, read_rest};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Event, Extra, OtherRun, Owner, Property};
use crate::usage::{Fee, ReportedUsage, UsageConvention};

/// Members that only repeat the structure of a request or an answer.
pub(super) const STRUCTURE: &[&str] = &[
    "object",
    "created_at",
    "completed_at",
    "status",
    "output[].role",
    "output[].phase",
    "output[].content[].type",
    "output[].summary[].type",
];

/// Members of an answer that only repeat its request, or its usage in another form.
pub(super) const REPEATED: &[&str] = &[
    "background",
    "billing",
    "frequency_penalty",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tool_usage",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];

/// Facts of a response, collected member by member.
#[derive(Default)]
pub(super) struct ResponseFacts {
    /// Type of the object; absent in an error.
    pub(super) object: Option<Span>,
    status: Option<Span>,
    incomplete: Option<Span>,
    web_searches: Option<u64>,
    /// Tokens used by the image tool.
    images: ReportedUsage,
    /// Model that makes the images.
    image_model: Option<Span>,
}

impl ResponseFacts {
    /// Reads a member of a response and returns true. Returns false for any other member, which is then still unread.
    pub(super) fn read_member(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        occurrence: Occurrence,
        events: &mut Vec<Event>,
    ) -> JsonResult<bool> {
        match key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "created_at" => events.extend(reader.maybe_count()?.map(Event::Created)),
            "service_tier" => events.extend(non_empty(reader)?.map(Event::ServiceTier)),
            "object" => self.object = reader.maybe_string()?,
            "status" => self.status = non_empty(reader)?,
            "incomplete_details" => self.read_incomplete(reader, events)?,
            "output" if reader.peek()? == ValueKind::Array => {
                let first = events.len();
                reader.array(|reader, part| item::read(reader, part, occurrence, events).map(drop))?;
                hosted_tools::add_up(events, first);
            }
            "tools" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| self.read_tool(reader, events))?;
            }
            "usage" => usage::read(reader, events)?,
            "tool_usage" => self.read_tool_usage(reader, events)?,
            "input_tokens" => read_counted(reader, events)?,
            "prompt_cache_key" | "previous_response_id" => reader.skip()?,
            _ => return answer_members::read(RESPONSE, reader, key, events),
        }
        Ok(true)
    }

    fn read_incomplete(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "reason" => self.incomplete = non_empty(reader)?,
                    _ => read_rest(reader, events)?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads the usage of the provider's own tools: web searches, and another model's tokens for images (`ToolUsage` of
    /// the openai SDK 3.57.0, read 2026-11-28).
    fn read_tool_usage(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "image_gen" => self.images = usage::read_tool(reader, events)?,
                    "web_search" => {
                        reader.maybe_object(|reader, key| {
                            match &*key {
                                "num_requests" => self.web_searches = reader.maybe_count()?,
                                _ => reader.skip()?,
                            }
                            Ok(())
                        })?;
                    }
                    _ => reader.skip()?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads an offered tool, for the model that makes images and for the older web search tool.
    fn read_tool(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        let document = reader.document();
        let (mut kind, mut model) = (None, None);
        if reader.peek()? != ValueKind::Object {
            return read_rest(reader, events);
        }
        reader.object(|reader, key| {
            let slot = match &*key {
                "type" => &mut kind,
                "model" => &mut model,
                _ => {
                    events.push(Event::Other(key.span));
                    return read_rest(reader, events);
                }
            };
            *slot = non_empty(reader)?;
            events.extend(slot.map(Event::Other));
            Ok(())
        })?;
        match kind.map(|kind| document.raw(kind)) {
            Some("image_generation") => self.image_model = model,
            Some(word) if word.starts_with("web_search_preview") => {
                events.extend(kind.map(|value| Event::Extra { name: Extra::PreviewSearch, value }));
            }
            _ => {}
        }
        Ok(())
    }

    /// Appends another model's tokens for images. If the tool does not name the model, they become a fee of unknown
    /// amount.
    fn emit_images(&self, events: &mut Vec<Event>) {
        let ReportedUsage { input, output, .. } = self.images;
        if input.unwrap_or_default() == 0 && output.unwrap_or_default() == 0 {
            return;
        }
        let Some(model) = self.image_model else {
            events.push(Event::Fee(Fee::ImageGeneration));
            return;
        };
        let output_image = self.images.output_image.or(output);
        let counts = ReportedUsage { output_image, ..self.images };
        events.push(Event::OtherRuns(vec![OtherRun {
            model: Some(model),
            counts,
            convention: UsageConvention::Inclusive,
        }]));
    }

    /// Appends the collected facts after the events already read. `over`: the response goes no further.
    pub(super) fn emit(&self, document: Document<'_>, over: bool, events: &mut Vec<Event>) {
        if self.object.is_some_and(|object| document.raw(object) == "response.compaction") {
            retract(events);
        }
        let usage = events.iter_mut().rev().find_map(|event| match event {
            Event::Usage(counted) => Some(counted),
            _ => None,
        });
        if let Some(counted) = usage {
            counted.counts.web_searches = self.web_searches.or(counted.counts.web_searches);
        }
        self.emit_images(events);
        events.extend(self.status.map(|value| Event::Extra { name: Extra::Status, value }));
        let reason = self.incomplete.or(self.status).filter(|_| over);
        events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    }
}

/// Members of a response: verdicts of OpenAI's moderation and of Azure's filters.
const RESPONSE: &[AnswerMember] = &[
    texts("moderation", Property::Verdicts, Owner::Answer),
    texts("content_filters", Property::Verdicts, Owner::Answer),
];

/// Reads the answer to a request that only counts its input tokens.
fn read_counted(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let counts = ReportedUsage { input: reader.maybe_count()?, ..ReportedUsage::default() };
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, Span::default(), events);
    Ok(())
}

/// Retracts output of a compacted conversation: its items are those of earlier turns.
fn retract(events: &mut Vec<Event>) {
    events.retain(|event| {
        let is_of_an_item = matches!(event, Event::Part { .. } | Event::ToolCall { .. } | Event::Arguments { .. });
        !is_of_an_item && !matches!(event, Event::Uses(..) | Event::Fee(_))
    });
    for event in events {
        if let Event::Text { channel, text } | Event::Complete { channel, text, .. } = *event {
            *event = Event::Repeated { content: channel.content, text };
        }
    }
}
