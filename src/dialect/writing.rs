//! Pieces of requests that several dialects write alike.

use crate::capability::{Capabilities, PermittedSampling};
use crate::document::JsonWriter;
use crate::model::{
    Author, Conversation, ConversationTurn, Escaped, Loss, Losses, Media, MessagePart, Parameter, PartKind, Property,
    Setting, ToolChoice, ToolOffer, document_type, stable_hash,
};

/// Turns whose author is the system, apart from all others. Where they stood in between, their place is lost.
pub(super) fn hoisted<'c, 'a>(
    conversation: &'c Conversation<'a>,
    losses: &mut Losses,
) -> (Vec<&'c ConversationTurn<'a>>, Vec<&'c ConversationTurn<'a>>) {
    let is_system = |turn: &&ConversationTurn<'_>| turn.author == Author::System;
    let (system, others): (Vec<&ConversationTurn<'a>>, Vec<&ConversationTurn<'a>>) =
        conversation.turns.iter().partition(is_system);
    let late = conversation.turns.iter().skip(system.len()).find(is_system);
    if let Some(turn) = late {
        losses.add_at(Loss::Position, turn.span);
    }
    (system, others)
}

/// Instructions before the conversation, and its turns: at least one, if the request has any.
pub(super) fn instructions_and_turns<'c, 'a>(
    conversation: &'c Conversation<'a>,
    losses: &mut Losses,
) -> (Vec<&'c ConversationTurn<'a>>, Vec<&'c ConversationTurn<'a>>) {
    let (mut system, mut turns) = hoisted(conversation, losses);
    if turns.is_empty()
        && let Some(last) = system.pop()
    {
        // A conversation needs a turn.
        losses.add_at(Loss::Position, last.span);
        turns.push(last);
    }
    (system, turns)
}

/// Writes a number within the range that an API takes. One outside becomes the nearest, and is named as lost.
pub(super) fn clamped(setting: &Setting<'_>, low: f64, high: f64, losses: &mut Losses) -> String {
    match setting.number() {
        Some(value) if value > high => limit(setting, high, losses),
        Some(value) if value < low => limit(setting, low, losses),
        _ => setting.value.clone().into_owned(),
    }
}

fn limit(setting: &Setting<'_>, limit: f64, losses: &mut Losses) -> String {
    losses.add_at(Loss::Limit(setting.parameter), setting.span);
    limit.to_string()
}

/// Reports whether a model takes a setting, if it is one of sampling: newer ones take none, some only one of two. `thinks`:
/// the model reasons.
pub(super) fn is_sampled(
    setting: &Setting<'_>,
    conversation: &Conversation<'_>,
    capabilities: &Capabilities,
    thinks: bool,
) -> bool {
    if !matches!(setting.parameter, Parameter::Temperature | Parameter::TopP | Parameter::TopK) {
        return true;
    }
    match capabilities.sampling {
        Some(PermittedSampling::Refused) => false,
        Some(PermittedSampling::WithoutReasoning) => !thinks,
        Some(PermittedSampling::OneOf) => {
            setting.parameter != Parameter::TopP || conversation.settings.get(Parameter::Temperature).is_none()
        }
        Some(PermittedSampling::Any) | None => true,
    }
}

/// Upper bound on output tokens that a model takes, if it is known.
pub(super) fn most_output(capabilities: &Capabilities) -> f64 {
    capabilities.max_output.map_or(f64::MAX, f64::from)
}

/// Names a setting as lost.
pub(super) fn lose(setting: &Setting<'_>, losses: &mut Losses) {
    losses.add_at(Loss::Parameter(setting.parameter), setting.span);
}

/// Writes the first stop sequences, as many as the API takes. Names the others as lost.
pub(super) fn write_stop(json: &mut JsonWriter, conversation: &Conversation<'_>, most: usize, losses: &mut Losses) {
    let stop = &conversation.settings.stop;
    json.begin_array();
    for stop in stop.iter().take(most) {
        json.escaped(stop);
    }
    json.end_array();
    if stop.len() > most
        && let Some(setting) = conversation.settings.get(Parameter::Stop)
    {
        losses.add_at(Loss::Limit(Parameter::Stop), setting.span);
    }
}

/// Returns the stop sequences that are more than white space. Names the others, which are refused, as lost.
pub(super) fn stops_with_text<'c, 'a>(
    setting: &Setting<'_>,
    conversation: &'c Conversation<'a>,
    losses: &mut Losses,
) -> Vec<&'c Escaped<'a>> {
    let is_blank = |stop: &str| crate::document::unescape(stop).trim().is_empty();
    let (blank, stops): (Vec<_>, Vec<_>) = conversation.settings.stop.iter().partition(|stop| is_blank(stop));
    if !blank.is_empty() {
        losses.add_at(Loss::Limit(Parameter::Stop), setting.span);
    }
    stops
}

/// Functions that the model may call: those that the choice allows. Names the others, which are left out, as lost.
pub(super) fn offered<'c, 'a>(conversation: &'c Conversation<'a>, losses: &mut Losses) -> Vec<&'c ToolOffer<'a>> {
    let mut tools: Vec<&'c ToolOffer<'a>> = conversation.tools.iter().collect();
    if let Some((ToolChoice::Among { names, .. }, _)) = &conversation.choice {
        retain_tools(&mut tools, &|tool| names.contains(&tool.name), losses);
    }
    tools
}

/// Keeps some tools. Names the others as lost.
pub(super) fn retain_tools(
    tools: &mut Vec<&ToolOffer<'_>>,
    is_kept: &dyn Fn(&ToolOffer<'_>) -> bool,
    losses: &mut Losses,
) {
    tools.retain(|tool| {
        let is_kept = is_kept(tool);
        if !is_kept {
            losses.add_at(Loss::Tool, tool.span);
        }
        is_kept
    });
}

/// Name of the tool that a model is forced to call in place of a JSON schema: none of the client's has it.
pub(super) fn schema_tool(conversation: &Conversation<'_>) -> String {
    let mut names = std::collections::BTreeSet::new();
    names.extend(conversation.tools.iter().map(|tool| &*tool.name));
    let mut name = "json_output".to_owned();
    while names.contains(&*name) {
        name.push('_');
    }
    name
}

/// Reports whether the choice among tools leaves none to stand for a JSON schema.
pub(super) fn chooses_other_tool(conversation: &Conversation<'_>) -> bool {
    matches!(conversation.choice, Some((ToolChoice::Tool(_) | ToolChoice::Among { .. }, _)))
}

/// Names the name and the prefix of a turn as lost.
pub(super) fn lose_name_and_prefix(turn: &ConversationTurn<'_>, losses: &mut Losses) {
    for (property, is_said) in [(Property::Prefix, turn.is_prefix), (Property::Name, turn.name.is_some())] {
        if is_said {
            losses.add_at(Loss::Property(property), turn.span);
        }
    }
}

/// Names the marker of a part as lost.
pub(super) fn lose_cache(part: &MessagePart<'_>, losses: &mut Losses) {
    if part.cache.is_some() {
        losses.add_at(Loss::Property(Property::CacheMarker), part.span);
    }
}

/// Matches the text of a JSON object.
pub(super) fn is_object(json: &str) -> bool {
    use crate::document::{Document, Reader, ValueKind};
    let Ok(document) = Document::new(json.as_bytes()) else { return false };
    let mut reader = Reader::strict(document);
    reader.peek() == Ok(ValueKind::Object) && reader.skip().is_ok() && reader.finish().is_ok()
}

/// Matches an address that any provider can fetch: not one in a cloud's own storage.
pub(super) fn is_public(url: &str) -> bool {
    url.starts_with("https:") || url.starts_with("http:")
}

/// Writes arguments of a call where they have to be an object. Any others stand in a member of one.
pub(super) fn write_object(json: &mut JsonWriter, arguments: &str, lose: impl FnOnce()) {
    if is_object(arguments) {
        json.raw(arguments.trim());
    } else {
        lose();
        json.begin_object().name("arguments").string(arguments).end_object();
    }
}

/// Returns media as an address.
pub(super) fn address(media: &Media<'_>) -> String {
    match media {
        Media::Url(url) | Media::File(url) | Media::Text(url) => url.to_string(),
        Media::Inline { kind, data } => format!("data:{};base64,{data}", mime(kind)),
    }
}

/// Type of media that exists. Clients write `image/jpg`, and some APIs a short name.
pub(super) fn mime(kind: &str) -> &str {
    match kind {
        "image/jpg" | "jpeg" | "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        kind => document_type(kind).unwrap_or(kind),
    }
}

/// Writes a member whose value is there.
pub(super) fn member(json: &mut JsonWriter, name: &str, value: Option<&Escaped<'_>>) {
    if let Some(value) = value {
        json.name(name).escaped(value);
    }
}

/// Returns an id that an API takes: letters, digits and some marks, of at most `most` bytes. The same id is written
/// alike everywhere; the client has its own.
pub(super) fn id<'i>(id: &'i str, marks: &str, most: usize) -> std::borrow::Cow<'i, str> {
    let is_fit = |sign: char| sign.is_ascii_alphanumeric() || marks.contains(sign);
    if !id.is_empty() && id.len() <= most && id.chars().all(is_fit) {
        return id.into();
    }
    let hash = stable_hash(id);
    let kept: String = id.chars().filter(|sign| sign.is_ascii_alphanumeric()).collect();
    let room = most.saturating_sub(16).min(kept.len());
    let mut fit = format!("{}{hash:016x}", kept.get(..room).unwrap_or_default());
    fit.truncate(most);
    fit.into()
}

/// Length of the time for which a marker asks the provider to keep the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CacheTime {
    /// The usual one, which is five minutes.
    Usual,
    /// Five minutes.
    Minutes,
    /// One hour.
    Hour,
}

/// Reads the marker of a part, whatever its dialect's form.
pub(super) fn cache_time(marker: &str) -> CacheTime {
    match marker {
        marker if marker.contains("\"1h\"") => CacheTime::Hour,
        marker if marker.contains("\"5m\"") => CacheTime::Minutes,
        _ => CacheTime::Usual,
    }
}

/// Returns the schema of a function's arguments with the type `object`, which several APIs require.
pub(super) fn object_schema(schema: Option<&str>) -> std::borrow::Cow<'_, str> {
    use crate::document::{Document, Reader};
    const EMPTY: &str = r#"{"type":"object","properties":{}}"#;
    let Some(schema) = schema.map(str::trim).filter(|schema| is_object(schema)) else { return EMPTY.into() };
    let (mut has_type, mut is_empty) = (false, true);
    if let Ok(document) = Document::new(schema.as_bytes()) {
        let _ = Reader::new(document).object(|reader, key| {
            is_empty = false;
            has_type |= &*key == "type";
            reader.skip()
        });
    }
    match (is_empty, has_type) {
        (true, _) => EMPTY.into(),
        (false, true) => schema.into(),
        (false, false) => format!(r#"{{"type":"object",{}"#, schema.get(1..).unwrap_or_default()).into(),
    }
}

/// Escaped text without the white space at its end.
pub(super) fn trimmed(escaped: &str) -> &str {
    let mut text = escaped;
    loop {
        let shorter = text.trim_end_matches(' ');
        let is_escape = |mark: &str| shorter.ends_with(mark) && !shorter.ends_with(&format!("\\{mark}"));
        match ["\\n", "\\t", "\\r"].into_iter().find(|mark| is_escape(mark)) {
            Some(mark) => text = shorter.strip_suffix(mark).unwrap_or(shorter),
            None => return shorter,
        }
    }
}

/// Base64 in the standard alphabet with padding, whichever it came in.
pub(super) fn standard_base64(data: &str) -> std::borrow::Cow<'_, str> {
    let missing = data.len().wrapping_neg() % 4;
    if missing == 0 && !data.contains(['-', '_', '\\']) {
        return data.into();
    }
    // Clients may escape the slash.
    let data = data.replace("\\/", "/").replace("\\n", "").replace('-', "+").replace('_', "/");
    let padding = "=".repeat(data.len().wrapping_neg() % 4);
    (data + &padding).into()
}

/// Writes names of trials as a list.
pub(super) fn betas(betas: &[&str]) -> Option<String> {
    let mut json = JsonWriter::default();
    json.begin_array();
    for beta in betas {
        json.string(beta);
    }
    json.end_array();
    (!betas.is_empty()).then(|| json.finish())
}

/// Decodes a document that is text in base64.
pub(super) fn text_of(kind: PartKind, media_type: &str, data: &str) -> Option<String> {
    use base64::Engine as _;
    if kind != PartKind::File || !mime(media_type).starts_with("text/") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(&*standard_base64(data)).ok()?;
    String::from_utf8(bytes).ok()
}
