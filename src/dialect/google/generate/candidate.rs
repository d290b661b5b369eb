//! Gemini's answers: candidates and their parts, the same in whole answers and in chunks.
//!
//! `Candidate` of <https://ai.google.dev/api/generate-content#candidate> and of
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#Candidate>, read
//! 2026-11-21. All text of a candidate forms one text, and so do its thoughts, because a stream's chunks do not assign
//! their pieces to parts of the answer.

use crate::dialect::answer_members::{self, AnswerMember, PART, media_kind, opaque, texts};
use crate::dialect::answer_state::{AnswerState, bounded};
use crate::dialect::google::arguments::read_json;
use crate::dialect::texts::{non_empty, push_property, read_property, read_rest};
use crate::document::{Document, JsonResult, KeySet, Reader, ValueKind};
use crate::model::{Channel, Content, Event, Owner, PartKind, Property};
use crate::usage::{Bucket, Fee};

/// Reads the candidate at `position` of its document. The number of tool calls so far in the answer serves as their part
/// index, because each chunk restarts its own index. Part 0 holds the texts.
pub(in crate::dialect) fn read(
    reader: &mut Reader<'_>,
    position: u32,
    state: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    let first = events.len();
    let mut index = position;
    let mut finish = None;
    let is_candidate = reader.maybe_object(|reader, key| {
        match &*key {
            "index" => index = reader.maybe_number()?.unwrap_or(position),
            "content" => read_content(reader, state, events)?,
            "finishReason" | "finish_reason" => finish = reader.scalar()?,
            "groundingMetadata" | "grounding_metadata" => {
                read_property(reader, (Property::Citations, Owner::CHOICE), events, read_grounding)?;
            }
            "avgLogprobs" | "avg_logprobs" | "tokenCount" | "token_count" | "continuationToken"
            | "continuation_token" => reader.skip()?,
            _ if answer_members::read(CANDIDATE, reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if !is_candidate {
        return Ok(());
    }
    crate::dialect::texts::set_choice(events, first, index);
    events.push(Event::Choice(index));
    let document = reader.document();
    let reason = finish.filter(|reason| !UNSPECIFIED.contains(&document.raw(*reason)));
    events.extend(reason.map(|reason| Event::Finish { choice: index, reason }));
    Ok(())
}

/// Members of a candidate. Probabilities are of single tokens: none holds a whole placeholder.
const CANDIDATE: &[AnswerMember] = &[
    opaque("logprobsResult", Property::Logprobs, Owner::CHOICE),
    opaque("logprobs_result", Property::Logprobs, Owner::CHOICE),
    opaque("safetyRatings", Property::Verdicts, Owner::CHOICE),
    opaque("safety_ratings", Property::Verdicts, Owner::CHOICE),
    texts("finishMessage", Property::StopDetails, Owner::CHOICE),
    texts("finish_message", Property::StopDetails, Owner::CHOICE),
    texts("citationMetadata", Property::Citations, Owner::CHOICE),
    texts("citation_metadata", Property::Citations, Owner::CHOICE),
    texts("urlContextMetadata", Property::Sources, Owner::CHOICE),
    texts("url_context_metadata", Property::Sources, Owner::CHOICE),
];

/// Values that mean that a candidate has not ended.
const UNSPECIFIED: &[&str] = &["", "0", "FINISH_REASON_UNSPECIFIED"];

fn read_content(reader: &mut Reader<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "role" => reader.skip(),
            "parts" => crate::dialect::google::content::one_or_several(reader, |reader, at| {
                read_part(reader, at, state, events)
            }),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

fn read_part(reader: &mut Reader<'_>, position: u32, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let (mut text, mut content, mut signature, mut is_call) = (None, Content::Text, None, false);
    reader.maybe_object(|reader, key| {
        match &*key {
            "text" => text = non_empty(reader)?,
            "thought" => {
                if reader.maybe_bool()? == Some(true) {
                    content = Content::Reasoning;
                }
            }
            "thoughtSignature" | "thought_signature" => signature = non_empty(reader)?,
            "functionCall" | "function_call" => {
                is_call = true;
                read_call(reader, state, false, events)?;
            }
            "toolCall" | "tool_call" => {
                is_call = true;
                read_call(reader, state, true, events)?;
            }
            "executableCode" | "executable_code" => {
                is_call = true;
                read_code(reader, state, events)?;
            }
            // Of a tool that Google ran.
            "codeExecutionResult" | "code_execution_result" | "toolResponse" | "tool_response" => {
                let owner = Owner::Part { choice: 0, part: state.calls, kind: PartKind::ToolResult };
                read_property(reader, (Property::Result, owner), events, read_rest)?;
            }
            "inlineData" | "inline_data" | "fileData" | "file_data" => read_media(reader, position, events)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if signature.is_some() && content == Content::Reasoning {
        content = Content::SignedReasoning;
    }
    let channel = Channel { choice: 0, part: 0, content };
    events.extend(text.map(|text| Event::Text { channel, text }));
    let owner = match is_call {
        true => Owner::Part { choice: 0, part: state.calls, kind: PartKind::ToolCall },
        false => content.into(),
    };
    push_property(owner, Property::Signature, signature, events);
    Ok(())
}

/// Reads a call of a function, or of a tool that Google runs, named by its type. With streamed arguments only the first
/// chunk has the name, and the arguments come as values with their paths.
fn read_call(reader: &mut Reader<'_>, state: &mut AnswerState, builtin: bool, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let (mut id, mut name, mut arguments) = (None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "name" | "toolType" | "tool_type" => name = non_empty(reader)?,
            "args" => arguments = Some(read_json(reader, events)?),
            "partialArgs" | "partial_args" => {
                crate::dialect::google::content::one_or_several(reader, |reader, _| read_piece(reader, state, events))?;
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    state.calls = state.calls.saturating_add(u32::from(name.is_some()));
    let part = state.calls;
    crate::dialect::texts::set_part(events, first, part);
    if name.is_some() {
        events.push(Event::ToolCall { choice: 0, part, id, name, builtin });
        events.extend(arguments.map(|value| Event::Arguments { choice: 0, part, value }));
    }
    Ok(())
}

/// Reads `PartialArg` of Vertex AI
/// (<https://googleapis.github.io/js-genai/release_docs/interfaces/types.PartialArg.html>, read 2026-11-28): one
/// argument of a call, or a piece of a text argument. Values come one after the other.
fn read_piece(reader: &mut Reader<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let (mut path, mut text, mut goes_on) = (None, None, false);
    let is_piece = reader.maybe_object(|reader, key| {
        match &*key {
            "jsonPath" | "json_path" => path = non_empty(reader)?,
            "stringValue" | "string_value" => text = reader.maybe_string()?,
            "willContinue" | "will_continue" => goes_on = reader.maybe_bool()? == Some(true),
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.extend(path.map(Event::Other));
    if let Some(path) = path.filter(|_| goes_on) {
        state.argument = bounded(&reader.document().text(path));
    }
    // An empty last piece is kept as the place for text held back from earlier pieces.
    let channel = Channel { choice: 0, part: 0, content: Content::Input };
    let text = text.filter(|text| !goes_on || text.start < text.end);
    events.extend(text.map(|text| Event::Text { channel, text }));
    if is_piece && !goes_on {
        events.push(Event::PartEnd { choice: 0, part: 0 });
    }
    Ok(())
}

/// Reads code that Google executes for the model. The tool is `code_execution`; its SDKs name a call of it
/// `executable_code`.
fn read_code(reader: &mut Reader<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut id = None;
    let start = reader.peek().map(|_| reader.offset())?;
    let is_code = reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if is_code {
        state.calls = state.calls.saturating_add(1);
        let (part, value) = (state.calls, crate::dialect::texts::span(start, reader.offset()));
        events.push(Event::BuiltinCall { choice: 0, part, id, name: "executable_code" });
        events.push(Event::Arguments { choice: 0, part, value });
    }
    Ok(())
}

fn read_media(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut kind = PartKind::File;
    let document = reader.document();
    reader.maybe_object(|reader, key| {
        let property = match &*key {
            "data" => Property::Data,
            "fileUri" | "file_uri" => Property::Url,
            "mimeType" | "mime_type" => Property::MediaType,
            _ => return read_rest(reader, events),
        };
        let value = non_empty(reader)?;
        if let Some(media) = value.filter(|_| property == Property::MediaType) {
            kind = media_kind(&document.text(media));
        }
        push_property(PART, property, value, events);
        Ok(())
    })?;
    answer_members::set_kind(events, first, kind);
    crate::dialect::texts::set_part(events, first, part);
    Ok(())
}

/// Reads the sources of a grounded answer: pieces of its own text, titles and addresses.
pub(in crate::dialect) fn read_grounding(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut queries = KeySet::default();
    reader
        .maybe_object(|reader, key| match &*key {
            "groundingChunks" | "grounding_chunks" => {
                reader.maybe_array(|reader, _| read_source(reader, events)).map(drop)
            }
            "searchEntryPoint" | "search_entry_point" => reader
                .maybe_object(|reader, key| match &*key {
                    "sdkBlob" | "sdk_blob" => reader.skip(),
                    _ => read_rest(reader, events),
                })
                .map(drop),
            "webSearchQueries" | "web_search_queries" | "imageSearchQueries" | "image_search_queries" => {
                read_queries(reader, &mut queries, events)
            }
            "googleMapsWidgetContextToken" | "google_maps_widget_context_token" => reader.skip(),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Reads one source. Its kind determines the fee, and for some kinds the answer does not report the number of queries.
fn read_source(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_rest(reader, events);
    }
    reader.object(|reader, key| {
        let fee = match &*key {
            "web" | "image" => Some(Fee::WebSearch),
            "maps" => Some(Fee::MapSearch),
            // The Gemini API's own stores cost only tokens; Vertex AI's searches are billed.
            "retrievedContext" | "retrieved_context" => Some(Fee::FileSearch),
            _ => None,
        };
        events.extend(fee.map(Event::Fee));
        read_rest(reader, events)
    })
}

/// Reads Google's search queries, the unit of its billing: each distinct one counts once, empty ones do not count
/// (<https://ai.google.dev/gemini-api/docs/google-search>, read 2026-11-28).
fn read_queries(reader: &mut Reader<'_>, queries: &mut KeySet<String>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    reader.maybe_array(|reader, _| {
        if let Some(query) = non_empty(reader)? {
            queries.insert(document.raw(query).to_owned());
            events.push(Event::Other(query));
        }
        Ok(())
    })?;
    let searches = u64::try_from(queries.len()).ok().filter(|searches| *searches > 0);
    events.extend(searches.map(|searches| Event::Uses(Bucket::WebSearches, searches)));
    Ok(())
}

/// Spells out finish reasons written as numbers (`$alt=json;enum-encoding=int`). The Gemini API and Vertex AI number
/// them differently; an unknown number is kept.
pub(in crate::dialect) fn spell_reasons(document: Document<'_>, is_vertex: bool, events: &mut [Event]) {
    let words = if is_vertex { VERTEX_REASONS } else { GEMINI_REASONS };
    for event in events {
        let Event::Finish { choice, reason } = *event else {
            continue;
        };
        let number = document.raw(reason).parse::<usize>().ok();
        if let Some(reason) = number.and_then(|number| words.get(number)) {
            *event = Event::FinishWord { choice, reason };
        }
    }
}

/// `google.ai.generativelanguage.v1beta.Candidate.FinishReason` of google-ai-generativelanguage 0.12.1, read
/// 2026-11-21.
const GEMINI_REASONS: &[&str] = &[
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_OTHER",
    "NO_IMAGE",
    "IMAGE_RECITATION",
];

/// `google.cloud.aiplatform.v1beta1.Candidate.FinishReason` of googleapis (content.proto), read 2026-11-21.
const VERTEX_REASONS: &[&str] = &[
    "FINISH_REASON_UNSPECIFIED",
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "MODEL_ARMOR",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "IMAGE_OTHER",
    "UNEXPECTED_TOOL_CALL",
    "NO_IMAGE",
];
