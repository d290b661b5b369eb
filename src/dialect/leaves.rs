//! Parts of requests and answers that several dialects read alike.

use super::Unread;
use crate::chat::{Channel, Content, Counted, Counting, Delta, Leaf, Place, Request, Tally, UsageSource};
use crate::document::{Document, Kind, Loose, Reader, Span, Unreadable, is_word};

/// The reader of a request's document, before its object.
///
/// # Errors
/// Not JSON, or not an object.
pub(super) fn object(document: Document<'_>) -> Result<Reader<'_>, Unread> {
    let mut reader = Reader::new(document).collecting_strays();
    if reader.peek()? != Kind::Object {
        reader.skip()?;
        reader.finish()?;
        return Err(Unread::NotAnObject);
    }
    Ok(reader)
}

/// Ends the reading of a request's document. What nobody has read, values of an unexpected type and names that are no
/// words, are texts like those of members that are not known.
///
/// # Errors
/// Something follows.
pub(super) fn finish(mut reader: Reader<'_>, request: &mut Request) -> Result<(), Unreadable> {
    let (document, strays) = (reader.document(), reader.take_strays());
    reader.finish()?;
    if strays.is_empty() {
        return Ok(());
    }
    for stray in strays {
        read_stray(&mut Reader::at(document, stray), &mut request.leaves)?;
    }
    request.leaves.sort_by_key(|leaf| leaf.span.start);
    request.leaves.dedup_by_key(|leaf| leaf.span.start);
    Ok(())
}

/// Notes the texts of a stray, but for words of the API and media. Numbers are none.
fn read_stray(reader: &mut Reader<'_>, leaves: &mut Vec<Leaf>) -> Result<(), Unreadable> {
    let document = reader.document();
    reader.loose(&mut |part| {
        if let Loose::String(span) | Loose::Key(span) = part
            && !is_word(document.raw(span))
        {
            leaves.push(other(span, None));
        }
    })
}

/// Passes over media: encoded bytes or an address, a list or an object with such. What else is in it may be a text.
pub(super) fn read_media(reader: &mut Reader<'_>, leaves: &mut Vec<Leaf>) -> Result<(), Unreadable> {
    match reader.peek()? {
        Kind::Array => reader.array(|reader, _| read_media(reader, leaves)),
        Kind::Object => reader.object(|reader, key| match &*key {
            _ if MEDIA.contains(&&*key) => read_media(reader, leaves),
            _ => read_stray(reader, leaves),
        }),
        _ => reader.opaque(),
    }
}

/// Members that hold media, or say which they are.
const MEDIA: &[&str] = &[
    "audio",
    "audio_url",
    "b64_json",
    "base64",
    "bucketOwner",
    "bytes",
    "data",
    "document_url",
    "fileUri",
    "file_data",
    "file_id",
    "file_uri",
    "file_url",
    "image",
    "image_url",
    "images",
    "input_audio",
    "s3Location",
    "source",
    "uri",
    "url",
    "video",
    "video_url",
];

/// Stop sequences, one or several: a parameter, and texts.
pub(super) fn read_stop(reader: &mut Reader<'_>, request: &mut Request) -> Result<(), Unreadable> {
    let document = reader.document();
    reader.loose(&mut |part| {
        if let Loose::String(span) = part {
            request.parameters.stop.push(document.text(span).into_owned());
            request.leaves.push(other(span, None));
        }
    })
}

/// A text of a message, whose role is not known yet.
pub(super) fn text(span: Span, message: u32) -> Leaf {
    Leaf { span, place: Place::Text, role: None, message: Some(message), call: None }
}

/// A text that is none of a conversation's.
pub(super) fn other(span: Span, message: Option<u32>) -> Leaf {
    Leaf { span, place: Place::Other, role: None, message, call: None }
}

/// Passes over a signature, or what is encrypted for the provider alone. Whether there is one.
pub(super) fn signature(reader: &mut Reader<'_>) -> Result<bool, Unreadable> {
    Ok(reader.maybe_id()?.is_some_and(|span| span.start < span.end))
}

/// Passes over a member that names what the provider keeps of earlier calls: an id, or a state that only it reads.
pub(super) fn read_state(reader: &mut Reader<'_>, name: &'static str, request: &mut Request) -> Result<(), Unreadable> {
    let kind = reader.peek()?;
    let start = reader.offset();
    reader.opaque()?;
    // An empty string or list is no state.
    if kind != Kind::Null && reader.offset() - start > "[]".len() {
        request.stored_state = Some(name);
    }
    Ok(())
}

/// Passes over a value of a request, noting its texts.
pub(super) fn read_other(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    leaves: &mut Vec<Leaf>,
) -> Result<(), Unreadable> {
    reader.loose(&mut |part| {
        if let Loose::String(span) = part {
            leaves.push(other(span, message));
        }
    })
}

/// Passes over a value of an answer, noting its texts and names: a placeholder may be in any of them.
pub(super) fn read_rest(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<(), Unreadable> {
    reader.loose(&mut |part| {
        if let Loose::String(span) | Loose::Key(span) = part {
            deltas.push(Delta::Other(span));
        }
    })
}

/// Gives deltas from `first` on the choice whose index was read only after them.
pub(super) fn set_choice(deltas: &mut [Delta], first: usize, index: u32) {
    for delta in deltas.iter_mut().skip(first) {
        match delta {
            Delta::Text { channel, .. } | Delta::Echo { channel, .. } | Delta::Complete { channel, .. } => {
                channel.choice = index;
            }
            Delta::ToolCall { choice, .. }
            | Delta::BuiltinCall { choice, .. }
            | Delta::Arguments { choice, .. }
            | Delta::PartEnd { choice, .. }
            | Delta::Part { choice, .. } => *choice = index,
            _ => {}
        }
    }
}

/// Gives deltas from `first` on the part whose index was read only after them.
pub(super) fn set_part(deltas: &mut [Delta], first: usize, index: u32) {
    for delta in deltas.iter_mut().skip(first) {
        match delta {
            Delta::Text { channel, .. } | Delta::Complete { channel, .. } => channel.part = index,
            Delta::ToolCall { part, .. }
            | Delta::BuiltinCall { part, .. }
            | Delta::Arguments { part, .. }
            | Delta::PartEnd { part, .. }
            | Delta::Part { part, .. } => *part = index,
            _ => {}
        }
    }
}

/// Removes deltas from `first` on that do not hold after all.
pub(super) fn retract(deltas: &mut Vec<Delta>, first: usize, mut is_void: impl FnMut(&Delta) -> bool) {
    deltas.extract_if(first.min(deltas.len()).., |delta| is_void(delta)).for_each(drop);
}

/// Marks reasoning of deltas from `first` on as signed, which was read only after it.
pub(super) fn set_signed(deltas: &mut [Delta], first: usize) {
    for delta in deltas.iter_mut().skip(first) {
        match delta {
            Delta::Text { channel: Channel { content, .. }, .. }
            | Delta::Complete { channel: Channel { content, .. }, .. }
            | Delta::Repeated { content, .. }
                if *content == Content::Reasoning =>
            {
                *content = Content::SignedReasoning;
            }
            _ => {}
        }
    }
}

/// Marks texts of leaves from `first` on as reasoning that the provider has signed, which was read only after them.
pub(super) fn set_signed_leaves(leaves: &mut [Leaf], first: usize) {
    for leaf in leaves.iter_mut().skip(first) {
        if matches!(leaf.place, Place::Text | Place::Reasoning) {
            leaf.place = Place::SignedReasoning;
        }
    }
}

/// A span of a document's values, from one offset to another.
pub(super) fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end), escaped: false }
}

/// Notes counts, where there are any.
pub(super) fn counted(tally: Tally, counting: Counting, raw: Span, deltas: &mut Vec<Delta>) {
    if !tally.is_empty() {
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source: UsageSource::Body, raw })));
    }
}

/// A string that says something: some servers write empty ones where they have nothing to say.
pub(super) fn non_empty(reader: &mut Reader<'_>) -> Result<Option<Span>, Unreadable> {
    Ok(reader.maybe_string()?.filter(|span| span.start < span.end))
}
