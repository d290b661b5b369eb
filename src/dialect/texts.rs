//! Parts of requests and answers shared by several dialects.

use super::request_error::RequestError;
use super::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, is_word};
use crate::model::{Channel, Content, Event, Extra, Item, Items, Owner, Property, Request, TextKind, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
use std::ops::Range;

/// Returns a reader of a request's document, positioned before its object.
///
/// # Errors
/// Not JSON, or not an object.
pub(super) fn object(document: Document<'_>) -> Result<Reader<'_>, RequestError> {
    let mut reader = Reader::new(document).collecting_strays();
    if reader.peek()? != ValueKind::Object {
        reader.skip()?;
        reader.finish()?;
        return Err(RequestError::NotAnObject);
    }
    Ok(reader)
}

/// Reads a request whose members are all read by one function.
///
/// # Errors
/// See [`RequestError`].
pub(super) fn read_members(
    document: Document<'_>,
    read_member: fn(&mut Reader<'_>, &str, &mut UniqueKeys, &mut Request) -> JsonResult,
) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = UniqueKeys::default();
    reader.object(|reader, key| read_member(reader, &key, &mut unique, &mut request))?;
    finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Ends reading a request's document. Unread strays (values of an unexpected type, and member names that are not plain
/// words) become texts like those of unknown members.
///
/// # Errors
/// Trailing text after the document.
pub(super) fn finish(mut reader: Reader<'_>, request: &mut Request) -> JsonResult {
    let (document, strays) = (reader.document(), reader.take_strays());
    reader.finish()?;
    if strays.is_empty() {
        return Ok(());
    }
    let mut texts = Items::default();
    for stray in strays {
        read_stray(&mut Reader::at(document, stray), &mut texts)?;
    }
    request.items.merge(0, &texts);
    Ok(())
}

/// Records the texts of a stray, except for enum-like words. Numbers are skipped.
fn read_stray(reader: &mut Reader<'_>, items: &mut Items) -> JsonResult {
    let document = reader.document();
    reader.scalars(&mut |part| {
        if let Scalar::String(span) | Scalar::Key(span) = part
            && !is_word(document.raw(span))
        {
            items.push_text(other(span, None));
        }
    })
}

/// Skips media: encoded bytes or an address, or a list or object of these, and records them. Other members may be texts.
pub(super) fn read_media(reader: &mut Reader<'_>, items: &mut Items) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, _| read_media(reader, items)),
        ValueKind::Object => reader.object(|reader, key| {
            let kind = reader.peek()?;
            let (is_media, property) = media_member(&key);
            let read = if is_media { read_media } else { read_stray };
            let ((), value) = reader.spanned(|reader| read(reader, items))?;
            if let Some(property) = property.filter(|_| !matches!(kind, ValueKind::Object | ValueKind::Array)) {
                items.push(Item::Property(property, value));
            }
            Ok(())
        }),
        _ => reader.opaque(),
    }
}

/// Reports whether a member holds or identifies media, and its canonical property.
fn media_member(name: &str) -> (bool, Option<Property>) {
    use Property::{Data, Detail, FileId, MediaType, Url};
    match name {
        "audio" | "b64_json" | "base64" | "bytes" | "data" | "image" | "images" | "input_audio" | "video" => {
            (true, Some(Data))
        }
        "audio_url" | "document_url" | "fileUri" | "file_data" | "file_uri" | "file_url" | "image_url" | "uri"
        | "url" | "video_url" => (true, Some(Url)),
        "file_id" => (true, Some(FileId)),
        "bucketOwner" | "s3Location" | "source" => (true, None),
        "detail" => (false, Some(Detail)),
        "format" | "media_type" | "mediaType" | "mime_type" | "mimeType" => (false, Some(MediaType)),
        _ => (false, None),
    }
}

/// Reads one or several stop sequences, both as a parameter and as texts.
pub(super) fn read_stop(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let document = reader.document();
    reader.scalars(&mut |part| {
        if let Scalar::String(span) = part {
            request.parameters.stop.push(document.text(span).into_owned());
            request.items.push_text(other(span, None));
        }
    })
}

/// Creates a text of a message whose role is not known yet.
pub(super) fn text(span: Span, message: u32) -> TextSpan {
    TextSpan { span, place: TextKind::Text, role: None, message: Some(message), call: None }
}

/// Creates a text outside the conversation.
pub(super) fn other(span: Span, message: Option<u32>) -> TextSpan {
    TextSpan { span, place: TextKind::Other, role: None, message, call: None }
}

/// Skips a signature, or data encrypted for the provider alone. Returns whether there is one.
pub(super) fn signature(reader: &mut Reader<'_>) -> JsonResult<bool> {
    Ok(reader.maybe_id()?.is_some_and(|span| span.start < span.end))
}

/// Skips a member that refers to state stored at the provider from earlier calls: an id, or a state that only the
/// provider reads.
pub(super) fn read_state(reader: &mut Reader<'_>, name: &'static str, request: &mut Request) -> JsonResult {
    let kind = reader.peek()?;
    let start = reader.offset();
    reader.opaque()?;
    // An empty string or list is no state.
    if kind != ValueKind::Null && reader.offset() - start > "[]".len() {
        request.stored_state = Some(name);
    }
    Ok(())
}

/// Skips a value of a request and records its texts.
pub(super) fn read_other(reader: &mut Reader<'_>, message: Option<u32>, items: &mut Items) -> JsonResult {
    reader.scalars(&mut |part| {
        if let Scalar::String(span) = part {
            items.push_text(other(span, message));
        }
    })
}

/// Skips a value of an answer and records its texts and member names: all of them may hold placeholders.
pub(super) fn read_rest(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.scalars(&mut |part| {
        if let Scalar::String(span) | Scalar::Key(span) = part {
            events.push(Event::Other(span));
        }
    })
}

/// Sets the choice of the events from `first` on, because its index is read after them.
pub(super) fn set_choice(events: &mut [Event], first: usize, index: u32) {
    for event in events.iter_mut().skip(first) {
        match event {
            Event::Text { channel, .. } | Event::Echo { channel, .. } | Event::Complete { channel, .. } => {
                channel.choice = index;
            }
            Event::Property { owner, .. } => owner.set_choice(index),
            Event::ToolCall { choice, .. }
            | Event::BuiltinCall { choice, .. }
            | Event::Arguments { choice, .. }
            | Event::PartEnd { choice, .. }
            | Event::Part { choice, .. } => *choice = index,
            _ => {}
        }
    }
}

/// Sets the part of the events from `first` on, because its index is read after them.
pub(super) fn set_part(events: &mut [Event], first: usize, index: u32) {
    for event in events.iter_mut().skip(first) {
        match event {
            Event::Text { channel, .. } | Event::Complete { channel, .. } => channel.part = index,
            Event::Property { owner, .. } => owner.set_part(index),
            Event::ToolCall { part, .. }
            | Event::BuiltinCall { part, .. }
            | Event::Arguments { part, .. }
            | Event::PartEnd { part, .. }
            | Event::Part { part, .. } => *part = index,
            _ => {}
        }
    }
}

/// Removes void events from `first` on.
pub(super) fn retract(events: &mut Vec<Event>, first: usize, mut is_void: impl FnMut(&Event) -> bool) {
    events.extract_if(first.min(events.len()).., |event| is_void(event)).for_each(drop);
}

/// Demotes repeated output to texts without facts, which may still hold placeholders.
pub(super) fn demote(events: &mut [Event], range: Range<usize>) {
    for event in events.get_mut(range).unwrap_or_default() {
        match *event {
            Event::Text { text, .. } | Event::Echo { text, .. } => *event = Event::Other(text),
            Event::ToolCall { id, name, .. } => *event = Event::Other(name.or(id).unwrap_or_default()),
            Event::Arguments { .. } | Event::Use(_) | Event::Property { .. } => {
                *event = Event::Other(Default::default())
            }
            _ => {}
        }
    }
}

/// Turns the events from `first` on into texts of other calls: they may hold placeholders and are no facts of this one.
pub(super) fn of_other_calls(first: usize, events: &mut Vec<Event>) {
    for event in events.iter_mut().skip(first) {
        if let Event::Text { channel, text } | Event::Echo { channel, text } | Event::Complete { channel, text, .. } =
            *event
        {
            *event = Event::Repeated { content: channel.content, text };
        }
    }
    retract(events, first, |event| !matches!(event, Event::Repeated { .. } | Event::Other(_)));
}

/// Marks the reasoning in events from `first` on as signed, because the signature is read after it.
pub(super) fn set_signed(events: &mut [Event], first: usize) {
    for event in events.iter_mut().skip(first) {
        match event {
            Event::Text { channel: Channel { content, .. }, .. }
            | Event::Complete { channel: Channel { content, .. }, .. }
            | Event::Repeated { content, .. }
                if *content == Content::Reasoning =>
            {
                *content = Content::SignedReasoning;
            }
            _ => {}
        }
    }
}

/// Marks texts from `first` on as reasoning signed by the provider, because the signature is read after them.
pub(super) fn mark_signed(items: &mut Items, first: usize) {
    for leaf in items.texts_from_mut(first) {
        if matches!(leaf.place, TextKind::Text | TextKind::Reasoning) {
            leaf.place = TextKind::SignedReasoning;
        }
    }
}

/// Creates a span from one offset to another.
pub(super) fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end), escaped: false }
}

/// Reads a member of an answer by `read` and records it with its value.
pub(super) fn read_property<'a>(
    reader: &mut Reader<'a>,
    (property, owner): (Property, impl Into<Owner>),
    events: &mut Vec<Event>,
    read: impl FnOnce(&mut Reader<'a>, &mut Vec<Event>) -> JsonResult,
) -> JsonResult {
    let ((), value) = reader.spanned(|reader| read(reader, events))?;
    if !matches!(reader.document().raw(value), "null" | "[]") {
        events.push(Event::Property { owner: owner.into(), property, value });
    }
    Ok(())
}

/// Records a string of an answer that was read before as a member, unless there is none.
pub(super) fn push_property(
    owner: impl Into<Owner>,
    property: Property,
    string: Option<Span>,
    events: &mut Vec<Event>,
) {
    let owner = owner.into();
    events.extend(string.map(|string| Event::Property { owner, property, value: string.quoted() }));
}

/// Appends a usage report unless the counts are empty.
pub(super) fn counted(counts: ReportedUsage, convention: UsageConvention, raw: Span, events: &mut Vec<Event>) {
    if !counts.is_empty() {
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source: UsageSource::Body, raw })));
    }
}

/// Reads a string; `None` when it is empty, which some servers send in place of no value.
pub(super) fn non_empty(reader: &mut Reader<'_>) -> JsonResult<Option<Span>> {
    Ok(reader.maybe_string()?.filter(|span| span.start < span.end))
}

/// Appends an event, if there is one: in fewer instructions than by [`Extend`].
#[inline]
pub(super) fn push_some(events: &mut Vec<Event>, event: Option<Event>) {
    if let Some(event) = event {
        events.push(event);
    }
}

/// Reads a string that the reply keeps under a fixed name.
pub(super) fn read_extra(name: Extra, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    events.extend(non_empty(reader)?.map(|value| Event::Extra { name, value }));
    Ok(())
}
