//! Output items of OpenAI's responses, whole and in a stream's events:
//! <https://platform.openai.com/docs/api-reference/responses/object>, read 2026-11-21.

use crate::dialect::answer_members::{self, AnswerMember, PART, opaque, texts};
use crate::dialect::texts::{non_empty, push_property, read_property, read_rest, set_part, set_signed};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Owner, PartKind, Property};
use crate::usage::Fee;

/// Occurrence of an item's texts. A stream mostly gives their pieces first, and then the whole texts up to four times:
/// at the end of the part, of the item, and of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::dialect::openai) enum Occurrence {
    /// The only occurrence of the texts.
    #[default]
    First,
    /// A repetition of texts that came before, or should have.
    Repeated,
    /// Texts that are not part of the answer.
    Aside,
}

impl Occurrence {
    /// Creates the event of a text. It belongs to part 0 until [`set_part`] sets another.
    fn event(self, content: Content, place: u32, text: Span) -> Event {
        let channel = Channel { choice: 0, part: 0, content };
        match self {
            Self::First => Event::Text { channel, text },
            Self::Repeated => Event::Complete { channel, place, text },
            Self::Aside => Event::Repeated { content, text },
        }
    }
}

/// Ids of an item.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::dialect::openai) struct Ids {
    /// Id within the answer.
    pub(super) item: Option<Span>,
    /// Id of the call for the client, when the item is one.
    pub(super) call: Option<Span>,
}

/// Reads the item that is the part with this index.
pub(in crate::dialect::openai) fn read(
    reader: &mut Reader<'_>,
    part: u32,
    occurrence: Occurrence,
    events: &mut Vec<Event>,
) -> JsonResult<Ids> {
    let first = events.len();
    let mut item = OutputItem::default();
    reader.maybe_object(|reader, key| item.read_member(reader, &key, occurrence, events))?;
    item.emit(reader, occurrence, events);
    item.emit_ids(occurrence, first, events);
    if item.is_encrypted {
        set_signed(events, first);
    }
    item.own_members(reader.document(), first, events);
    set_part(events, first, part);
    Ok(item.ids)
}

/// Members of items of any type, apart from those that are texts or decide whose call it is.
const MEMBERS: &[AnswerMember] = &[
    opaque("container_id", Property::Container, PART),
    texts("server_label", Property::Server, PART),
    texts("queries", Property::Arguments, PART),
    texts("output", Property::Result, PART),
    texts("outputs", Property::Result, PART),
    texts("results", Property::Result, PART),
    texts("tools", Property::Result, PART),
    texts("error", Property::IsError, PART),
    opaque("approval_request_id", Property::CallId, PART),
    // Images.
    opaque("result", Property::Data, Owner::part(PartKind::Image)),
    opaque("output_format", Property::MediaType, Owner::part(PartKind::Image)),
    texts("revised_prompt", Property::Description, Owner::part(PartKind::Image)),
];

/// Facts of an item, collected member by member, because the type may come last.
#[derive(Default)]
pub(in crate::dialect::openai) struct OutputItem {
    kind: Option<Span>,
    ids: Ids,
    name: Option<Span>,
    arguments: Option<Span>,
    value: Option<Span>,
    input: Option<Span>,
    /// Set when the item also comes encrypted, to be returned to the provider.
    is_encrypted: bool,
    /// Place where commands run, or party that searches for tools, for items that report it.
    place: Option<Span>,
    status: Option<Span>,
    /// Type of a web search's action.
    action: Option<Span>,
}

impl OutputItem {
    /// Reads a member of an item.
    pub(in crate::dialect::openai) fn read_member(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        occurrence: Occurrence,
        events: &mut Vec<Event>,
    ) -> JsonResult {
        match key {
            "type" => self.kind = non_empty(reader)?,
            "id" => self.ids.item = non_empty(reader)?,
            "call_id" => self.ids.call = non_empty(reader)?,
            "name" => self.name = non_empty(reader)?,
            "content" => read_content(reader, 0, occurrence, events)?,
            "summary" => read_content(reader, SUMMARY, occurrence, events)?,
            "arguments" => self.read_arguments(reader, events)?,
            "input" | "code" if reader.peek()? == ValueKind::String => self.input = non_empty(reader)?,
            "action" => read_property(reader, (Property::Arguments, PART), events, |reader, events| {
                self.action = read_action(reader, occurrence, events)?;
                Ok(())
            })?,
            "operation" => read_property(reader, (Property::Arguments, PART), events, |reader, events| {
                self.read_operation(reader, events)
            })?,
            "encrypted_content" => {
                let data = non_empty(reader)?;
                self.is_encrypted = data.is_some();
                push_property(PART, Property::Encrypted, data, events);
            }
            "execution" => self.place = non_empty(reader)?,
            "environment" => self.read_environment(reader, events)?,
            "status" => {
                self.status = reader.maybe_string()?;
                push_property(PART, Property::Status, self.status, events);
            }
            "role" | "phase" | "fingerprint" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Reads arguments: JSON text or, for a tool search, a JSON value.
    fn read_arguments(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        match reader.peek()? {
            ValueKind::String => self.arguments = non_empty(reader)?,
            ValueKind::Object => {
                self.value = Some(reader.spanned(|reader| read_rest(reader, events))?.1);
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Reads a patch's operation on a file.
    fn read_operation(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        let diff = &mut self.input;
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "diff" => *diff = non_empty(reader)?,
                    "type" => reader.skip()?,
                    _ => read_rest(reader, events)?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads the environment of commands: the client's shell (`local`), or a container of the provider.
    fn read_environment(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "type" => self.place = non_empty(reader)?,
                    "container_id" => reader.skip()?,
                    _ => read_rest(reader, events)?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Matches calls for the client to run: functions, and those OpenAI-defined tools that act on the client's own
    /// machine. A shell is the client's unless its environment is a container, a tool search only when it says so.
    /// Types of `openai` 3.57.0 (`response_output_item.py`), read 2026-11-28.
    fn is_clients(&self, document: Document<'_>, kind: &str) -> bool {
        let place = self.place.map(|place| document.raw(place));
        match kind {
            "shell_call" => !place.is_some_and(|place| place.starts_with("container")),
            "tool_search_call" => place == Some("client"),
            _ => CLIENTS.contains(&kind),
        }
    }

    /// Reports whether the type has been read.
    pub(in crate::dialect::openai) fn has_type(&self) -> bool {
        self.kind.is_some()
    }

    /// Reports whether the item also comes encrypted, to be returned to the provider.
    pub(in crate::dialect::openai) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// Appends the collected facts after the events already read.
    pub(in crate::dialect::openai) fn emit(
        &self,
        reader: &Reader<'_>,
        occurrence: Occurrence,
        events: &mut Vec<Event>,
    ) {
        let Some(kind) = self.kind else {
            self.emit_texts(Occurrence::Aside, events);
            return;
        };
        let (choice, part) = (0, 0);
        events.push(Event::Part { choice, part, kind });
        events.extend(self.charge(reader.document(), kind));
        let id = self.ids.call.or(self.ids.item);
        match &*reader.document().text(kind) {
            word if self.is_clients(reader.document(), word) => {
                // Functions and custom tools have names; other tools are named by their kind.
                let has_name = matches!(word, "function_call" | "custom_tool_call");
                let name = if has_name { self.name } else { Some(kind) };
                events.push(Event::ToolCall { choice, part, id, name, builtin: false });
                // Tools that only this API has.
                push_property(PART, Property::Type, Some(kind).filter(|_| word != "function_call"), events);
            }
            // Some providers renumber their own calls in each repetition.
            word if word.ends_with("_call") => {
                push_property(PART, Property::Name, self.name, events);
                let id = id.filter(|_| occurrence == Occurrence::First);
                events.push(Event::ToolCall { choice, part, id, name: Some(kind), builtin: true });
            }
            // The provider verifies by a fingerprint that the returned program is its own.
            "program" => return,
            _ => {
                push_property(PART, Property::Name, self.name, events);
                return self.emit_texts(Occurrence::Aside, events);
            }
        }
        self.emit_texts(occurrence, events);
    }

    /// Appends the ids that the item has besides the one of its call.
    fn emit_ids(&self, occurrence: Occurrence, first: usize, events: &mut Vec<Event>) {
        let Ids { item, call } = self.ids;
        let property = if call.is_some() { Property::ItemId } else { Property::Id };
        let has_call = events.iter().skip(first).any(Event::is_call);
        let is_told = call.is_none() && occurrence == Occurrence::First && has_call;
        push_property(PART, property, item.filter(|_| !is_told), events);
    }

    /// Gives the members that have come to the part that the item is.
    fn own_members(&self, document: Document<'_>, first: usize, events: &mut [Event]) {
        let kind = self.kind.map(|kind| document.text(kind)).unwrap_or_default();
        let kind = match &*kind {
            "message" => PartKind::Text,
            "reasoning" => PartKind::Reasoning,
            kind if kind.ends_with("_call") || kind == "mcp_approval_request" => PartKind::ToolCall,
            kind if kind.ends_with("_output") || kind == "mcp_list_tools" => PartKind::ToolResult,
            _ => PartKind::Other,
        };
        answer_members::set_kind(events, first, kind);
    }

    /// Returns the charge for a tool run by OpenAI. Among a web search's actions only searches are billed; opening and
    /// scanning pages costs only tokens ("Web search actions",
    /// <https://developers.openai.com/api/docs/guides/tools-web-search>, read 2026-11-28).
    fn charge(&self, document: Document<'_>, kind: Span) -> Option<Event> {
        let is = |span: Option<Span>, word: &str| span.is_some_and(|span| document.raw(span) == word);
        let kind = document.text(kind);
        if is(self.status, "failed") || kind == "web_search_call" && self.action.is_some() && !is(self.action, "search")
        {
            return None;
        }
        let is_hosted = self.place.is_some_and(|kind| document.raw(kind).starts_with("container"));
        let hosted = (kind == "shell_call" && is_hosted).then_some(Event::Fee(Fee::CodeExecution));
        hosted.or_else(|| crate::dialect::hosted_tools::of_item(&kind))
    }

    fn emit_texts(&self, occurrence: Occurrence, events: &mut Vec<Event>) {
        events.extend(self.arguments.map(|text| occurrence.event(Content::Arguments, 0, text)));
        events.extend(self.input.map(|text| occurrence.event(Content::Input, 0, text)));
        if let Some(value) = self.value.filter(|_| occurrence == Occurrence::First) {
            events.push(Event::Arguments { choice: 0, part: 0, value });
        }
    }
}

/// Types of items that ask the client to run something.
const CLIENTS: &[&str] =
    &["function_call", "custom_tool_call", "computer_call", "local_shell_call", "apply_patch_call"];

/// Reads the action of a provider's tool (a search, a click, commands), and returns its type.
fn read_action(reader: &mut Reader<'_>, occurrence: Occurrence, events: &mut Vec<Event>) -> JsonResult<Option<Span>> {
    if reader.peek()? != ValueKind::Object {
        return read_rest(reader, events).map(|()| None);
    }
    let mut kind = None;
    reader.object(|reader, key| match &*key {
        "type" => {
            kind = non_empty(reader)?;
            Ok(())
        }
        "commands" if reader.peek()? == ValueKind::Array => reader.array(|reader, place| {
            events.extend(non_empty(reader)?.map(|text| occurrence.event(Content::Input, place, text)));
            Ok(())
        }),
        _ => read_rest(reader, events),
    })?;
    Ok(kind)
}

/// Reads the content of a message or of reasoning: parts, or one text.
fn read_content(reader: &mut Reader<'_>, first: u32, occurrence: Occurrence, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => {
            reader.array(|reader, place| read_part(reader, first.saturating_add(place), occurrence, events))
        }
        ValueKind::String => {
            events.extend(non_empty(reader)?.map(|text| occurrence.event(Content::Text, first, text)));
            Ok(())
        }
        _ => read_rest(reader, events),
    }
}

/// First index of summaries, which keeps them apart from contents.
pub(super) const SUMMARY: u32 = 1 << 16;

/// Members of a part of a content. Probabilities are of single tokens: none holds a whole placeholder.
const CONTENT: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::part(PartKind::Text)),
    opaque("encrypted_content", Property::Encrypted, Owner::part(PartKind::Reasoning)),
    texts("annotations", Property::Citations, Owner::part(PartKind::Text)),
];

/// Reads one part of a content.
pub(super) fn read_part(
    reader: &mut Reader<'_>,
    place: u32,
    occurrence: Occurrence,
    events: &mut Vec<Event>,
) -> JsonResult {
    let (mut kind, mut text, mut refusal) = (None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "type" => kind = non_empty(reader)?,
            "text" if reader.peek()? == ValueKind::String => text = non_empty(reader)?,
            "refusal" => refusal = non_empty(reader)?,
            _ if answer_members::read(CONTENT, reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    let (content, occurrence) = match kind.map(|kind| reader.document().text(kind)).as_deref() {
        Some("reasoning_text" | "summary_text") => (Content::Reasoning, occurrence),
        // The user's input, in an answer that repeats it.
        Some("input_text") => (Content::Text, Occurrence::Aside),
        _ => (Content::Text, occurrence),
    };
    events.extend(text.map(|text| occurrence.event(content, place, text)));
    events.extend(refusal.map(|text| occurrence.event(Content::Refusal, place, text)));
    Ok(())
}
