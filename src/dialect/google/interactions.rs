//! Gemini interactions: <https://ai.google.dev/api/interactions-api> and
//! <https://ai.google.dev/gemini-api/docs/interactions/streaming>, read 2026-11-21, with the types of google-genai
//! 3.4.0.
//!
//! The input is a text, contents, steps or, formerly, turns; [`super::step`] reads the output. A request names a model,
//! or an agent that runs models of its own choice: the agent then takes the model's place. Skips media.

use super::config::{OutputConfig, read_parameter};
use super::content::{one_or_several, read_arguments, read_content_of};
use super::request::read_kept;
use crate::dialect::RequestError;
use crate::dialect::api::{Api, WrittenFrame};
use crate::dialect::members::Members;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::texts::{other, read_other, read_state, span};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    CallName, Channel, Content, Item, Node, Parameter, PartKind, Property, Refusal, Reply, Request, Role, TextKind,
    TextSpan,
};
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer: super::step::read_answer,
    write_text,
    write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let (mut agent, mut output) = (None, OutputConfig::default());
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "agent", "stream", "input", "system_instruction"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "agent" => agent = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "input" => one_or_several(reader, |reader, index| read_input(reader, index, &mut request))?,
            _ => read_member(reader, &key, &mut output, &mut request)?,
        }
        Ok(())
    })?;
    output.write(&mut request);
    crate::dialect::texts::finish(reader, &mut request)?;
    request.model = request.model.or(agent);
    request.parameters.output_type = output.kind();
    unique.check().map(|()| request)
}

fn read_member(reader: &mut Reader<'_>, key: &str, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    match key {
        "system_instruction" => read_content_of(reader, Role::System, None, request),
        "generation_config" => reader.maybe_object(|reader, key| read_config(reader, &key, output, request)).map(drop),
        "response_mime_type" => output.read_media_type(reader),
        "response_modalities" => output.read_modalities(reader, request),
        "response_format" => one_or_several(reader, |reader, _| read_format(reader, output, request)),
        "tools" => one_or_several(reader, |reader, _| super::tools::read_typed_tool(reader, request)),
        "previous_interaction_id" => read_kept(reader, "previous_interaction_id", Parameter::PreviousAnswer, request),
        "cached_content" => read_kept(reader, "cached_content", Parameter::CachedContent, request),
        "continuation_token" => read_state(reader, "continuation_token", request),
        "safety_settings" => reader.stray(),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Members of a request, apart from the generation parameters.
const ROWS: &[Row] = &[row("service_tier", Parameter::ServiceTier), row("store", Parameter::Store)];

/// Generation parameters that generateContent nests in its thinking settings.
const THINKING: &[Row] =
    &[row("thinking_level", Parameter::ReasoningLevel), row("thinking_summaries", Parameter::ReasoningDisplay)];

fn read_config(reader: &mut Reader<'_>, key: &str, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    match key {
        "tool_choice" => super::tools::read_typed_choice(reader, request),
        _ if parameters::read(reader, THINKING, key, request)? => Ok(()),
        _ => read_parameter(reader, key, output, request),
    }
}

/// Reads the output format: a type or, formerly, a JSON schema.
fn read_format(reader: &mut Reader<'_>, output: &mut OutputConfig, request: &mut Request) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let mut is_schema = false;
    request.items.open(Node::OutputFormat);
    reader.maybe_object(|reader, key| {
        FORMAT.read(reader, &key, request, |reader, request| match &*key {
            "type" => {
                is_schema = output.read_type(reader)?;
                Ok(())
            }
            "mime_type" => output.read_format(reader),
            _ => read_other(reader, None, &mut request.items),
        })
    })?;
    if is_schema {
        request.items.push(Item::Property(Property::Schema, span(start, reader.offset())));
    }
    request.items.close();
    Ok(())
}

/// Members of an output format.
const FORMAT: Members =
    Members(&[("type", Property::Type), ("mime_type", Property::MediaType), ("schema", Property::Schema)]);

/// State of an element of the input while it is read.
#[derive(Default)]
struct Element {
    role: Option<Role>,
    /// Node by the type.
    node: Option<Node>,
    /// Set for a content, unset for a step. All contents together are one message.
    is_content: bool,
    is_media: bool,
    is_thought: bool,
    is_signed: bool,
    /// `data`: encoded bytes if the element is a medium.
    data: Option<Span>,
    names: CallName,
    has_arguments: bool,
}

impl Element {
    /// Returns the element's node. One without a type is a turn.
    fn node(&self) -> Node {
        match self.node {
            Some(Node::Message(_)) | None => Node::Message(self.role),
            Some(node) => node,
        }
    }
}

/// Returns the node of an element of a type.
fn node_of(kind: &str) -> Node {
    Node::Part(match kind {
        "user_input" | "model_output" => return Node::Message(None),
        "text" => PartKind::Text,
        "image" => PartKind::Image,
        "audio" => PartKind::Audio,
        "video" => PartKind::Video,
        "document" => PartKind::File,
        "thought" => PartKind::Reasoning,
        "function_call" => PartKind::ToolCall,
        "function_result" => PartKind::ToolResult,
        _ => PartKind::Other,
    })
}

/// Members of an element of the input, or of a content within.
const ELEMENT: Members = Members(&[
    ("type", Property::Type),
    ("role", Property::Role),
    ("id", Property::Id),
    ("name", Property::Name),
    ("arguments", Property::Arguments),
    ("call_id", Property::CallId),
    ("result", Property::Result),
    ("is_error", Property::IsError),
    ("data", Property::Data),
    ("uri", Property::Url),
    ("mime_type", Property::MediaType),
    ("resolution", Property::Detail),
    ("signature", Property::Signature),
]);

/// Reads a content, a step or a turn.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(Some(Role::User)));
    let mut element = Element::default();
    if reader.peek()? == ValueKind::Object {
        reader.object(|reader, key| {
            ELEMENT
                .read(reader, &key, request, |reader, request| read_element(reader, &key, index, &mut element, request))
        })?;
        request.items.set(opened, element.node());
    } else {
        element.is_content = true;
        read_text(reader, TextKind::Text, index, request)?;
    }
    let Element { role, is_content, is_media, is_thought, is_signed, data, names, has_arguments, .. } = element;
    if is_thought && is_signed {
        crate::dialect::texts::mark_signed(&mut request.items, opened);
    }
    let message = if is_content { 0 } else { index };
    if has_arguments {
        request.tool_calls.push(names);
    } else {
        // Name of a file, or of the tool whose result this is.
        request.items.extend(names.name.map(|span| other(span, Some(message))));
    }
    request.items.extend(data.filter(|_| !is_media).map(|span| other(span, Some(message))));
    for leaf in request.items.texts_from_mut(opened) {
        leaf.message = Some(message);
        leaf.role = leaf.role.or(role).or(Some(Role::User));
    }
    request.items.close();
    Ok(())
}

fn read_element(
    reader: &mut Reader<'_>,
    key: &str,
    index: u32,
    element: &mut Element,
    request: &mut Request,
) -> JsonResult {
    match key {
        "type" => {
            let kind = reader.api_text()?;
            let kind = kind.as_deref().unwrap_or_default();
            element.node = Some(node_of(kind));
            element.is_media = MEDIA.contains(&kind);
            element.is_content = element.is_media || kind == "text";
            element.is_thought = kind == "thought";
            element.role = role_of_step(kind).or(element.role);
        }
        "role" => {
            let role = reader.api_text()?;
            let is_model = matches!(role.as_deref(), Some("model" | "assistant"));
            element.role = Some(if is_model { Role::Assistant } else { Role::User });
        }
        "text" => read_text(reader, TextKind::Text, index, request)?,
        "content" | "summary" => {
            one_or_several(reader, |reader, _| read_content(reader, index, request))?;
        }
        "id" => element.names.id = reader.maybe_id()?,
        "name" => element.names.name = reader.maybe_id()?,
        "arguments" => {
            element.has_arguments = true;
            read_call(reader, index, element, request)?;
        }
        "result" => read_result(reader, index, request)?,
        "data" => element.data = reader.maybe_id()?,
        "signature" => element.is_signed = crate::dialect::texts::signature(reader)?,
        "call_id" | "uri" | "mime_type" | "resolution" => reader.opaque()?,
        _ => read_other(reader, Some(index), &mut request.items)?,
    }
    Ok(())
}

/// Role of a step's author.
fn role_of_step(kind: &str) -> Option<Role> {
    match kind {
        "user_input" => Some(Role::User),
        "model_output" | "thought" => Some(Role::Assistant),
        _ if kind.ends_with("_call") => Some(Role::Assistant),
        _ if kind.ends_with("_result") => Some(Role::Tool),
        _ => None,
    }
}

/// Types of contents that are encoded bytes or references.
const MEDIA: &[&str] = &["image", "audio", "video", "document"];

/// Reads a content within a step or turn.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_text(reader, TextKind::Text, index, request);
    }
    let opened = request.items.open(Node::Part(PartKind::Other));
    let mut element = Element::default();
    reader.object(|reader, key| {
        ELEMENT.read(reader, &key, request, |reader, request| match &*key {
            // A content nests nothing else.
            "type" | "text" | "data" | "uri" | "mime_type" | "resolution" | "signature" => {
                read_element(reader, &key, index, &mut element, request)
            }
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.set(opened, element.node.unwrap_or(Node::Part(PartKind::Other)));
    let data = element.data.filter(|_| !element.is_media);
    request.items.extend(data.map(|span| other(span, Some(index))));
    request.items.close();
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, place: TextKind, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, Some(index), &mut request.items);
    }
    let span = reader.string()?;
    let role = (place == TextKind::ToolResult).then_some(Role::Tool);
    request.items.push_text(TextSpan { span, place, role, message: Some(index), call: None });
    Ok(())
}

/// Reads arguments of an earlier call: a JSON value, or JSON text.
fn read_call(reader: &mut Reader<'_>, index: u32, element: &mut Element, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    if reader.peek()? == ValueKind::String {
        let span = reader.string()?;
        let (place, call) = (TextKind::Arguments, Some(call));
        request.items.push_text(TextSpan { span, place, role: None, message: Some(index), call });
        return Ok(());
    }
    let ((), input) = reader.spanned(|reader| read_arguments(reader, Some(index), call, request))?;
    element.names.input = Some(input);
    Ok(())
}

/// Reads a tool's result: a text, contents, or any JSON.
fn read_result(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => read_text(reader, TextKind::ToolResult, index, request),
        ValueKind::Array => reader.array(|reader, _| read_result(reader, index, request)),
        ValueKind::Object => {
            let mut element = Element::default();
            reader.object(|reader, key| {
                let role = Some(Role::Tool);
                request.items.push_text(TextSpan { role, ..other(key.span, Some(index)) });
                match &*key {
                    "type" => read_result_type(reader, index, &mut element, request),
                    "data" if reader.peek()? == ValueKind::String => {
                        element.data = reader.maybe_id()?;
                        Ok(())
                    }
                    _ => read_result(reader, index, request),
                }
            })?;
            let (place, role, call) = (TextKind::ToolResult, Some(Role::Tool), None);
            let data = element.data.filter(|_| !element.is_media);
            request.items.extend(data.map(|span| TextSpan { span, place, role, message: Some(index), call }));
            Ok(())
        }
        ValueKind::Number => {
            let span = reader.value()?;
            let (place, role, call) = (TextKind::ArgumentNumber, Some(Role::Tool), None);
            request.items.push_text(TextSpan { span, place, role, message: Some(index), call });
            Ok(())
        }
        ValueKind::Bool | ValueKind::Null => reader.skip(),
    }
}

/// Reads the type of a content in a result. Any other value of that member is text of the tool.
fn read_result_type(reader: &mut Reader<'_>, index: u32, element: &mut Element, request: &mut Request) -> JsonResult {
    let document = reader.document();
    if reader.peek()? != ValueKind::String {
        return read_result(reader, index, request);
    }
    let span = reader.string()?;
    let kind = document.raw(span);
    element.is_media = MEDIA.contains(&kind);
    if !element.is_media && kind != "text" {
        let (place, role) = (TextKind::ToolResult, Some(Role::Tool));
        request.items.push_text(TextSpan { span, place, role, message: Some(index), call: None });
    }
    Ok(())
}

fn write_text(_: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let (before, after) = match channel.content {
        Content::Text | Content::Refusal | Content::Speech => (r#""type":"text","text":""#, "\""),
        Content::Reasoning | Content::SignedReasoning => {
            (r#""type":"thought_summary","content":{"type":"text","text":""#, "\"}")
        }
        Content::Arguments | Content::Input => (r#""type":"arguments_delta","arguments":""#, "\""),
    };
    let mut data = String::new();
    let _ = write!(data, r#"{{"event_type":"step.delta","index":{},"delta":{{{before}"#, channel.part);
    escape_into(text, &mut data);
    data.push_str(after);
    data.push_str("}}");
    WrittenFrame { name: "step.delta", data }
}

/// Writes an error: `Error` of the same page. Unlike in Google's other APIs its code is a string.
fn write_refusal(refusal: &Refusal) -> String {
    let mut body = format!(r#"{{"error":{{"code":"{}","message":""#, refusal.code());
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}}");
    body
}
