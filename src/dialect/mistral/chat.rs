//! Mistral's own form of messages of chat completions: `contentchunk` and `assistantmessage` of the mistralai SDK 3.7.0
//! and <https://docs.mistral.ai/api/#tag/chat>, read 2026-11-29.

use crate::capability::Capabilities;
use crate::dialect::chat_writing::lose_reasoning;
use crate::dialect::writing::{address, member};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, Maker, Media, MediaPart, Parameter, PartData, PartKind, Reasoning, ReasoningMode,
    ReasoningPart, stable_hash,
};
use std::collections::{BTreeMap, BTreeSet};

/// Length of an id of a call; older models refuse any other.
const ID_LENGTH: usize = 9;

/// Ids of calls as Mistral takes them: letters and digits, of one length. An id that is one already stays.
pub(in crate::dialect) fn call_ids(conversation: &Conversation<'_>) -> BTreeMap<String, String> {
    let parts = conversation.turns.iter().flat_map(|turn| &turn.parts);
    let ids: Vec<&str> = parts
        .filter_map(|part| match &part.data {
            PartData::Call(call) => Some(&*call.id),
            PartData::Result(result) => Some(&*result.id),
            _ => None,
        })
        .collect();
    let is_fit = |id: &&str| id.len() == ID_LENGTH && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (mut taken, mut known) = (BTreeSet::new(), BTreeMap::new());
    taken.extend(ids.iter().filter(|id| is_fit(id)).map(|id| (*id).to_owned()));
    known.extend(taken.iter().map(|id| (id.clone(), id.clone())));
    for id in ids {
        if known.contains_key(id) {
            continue;
        }
        let mut made = made_id(id);
        // Two ids are never the same here.
        while !taken.insert(made.clone()) {
            made = made_id(&made);
        }
        known.insert(id.to_owned(), made);
    }
    known
}

/// Makes an id from another one, the same each time.
fn made_id(id: &str) -> String {
    const SIGNS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut hash = stable_hash(id);
    let count = SIGNS.len() as u64;
    let mut made = String::with_capacity(ID_LENGTH);
    for _ in 0..ID_LENGTH {
        let sign = usize::try_from(hash % count).ok().and_then(|at| SIGNS.get(at));
        made.push(char::from(sign.copied().unwrap_or(b'0')));
        hash /= count;
    }
    made
}

/// Reports whether media have a form: images, documents and audio by address or encoded. Files that another provider
/// keeps have none.
pub(in crate::dialect) fn is_media(media: &MediaPart<'_>) -> bool {
    matches!(
        (media.kind, &media.media),
        (PartKind::Image | PartKind::Audio | PartKind::File, Media::Url(_) | Media::Inline { .. })
    )
}

/// Writes media.
pub(in crate::dialect) fn write_media(json: &mut JsonWriter, content: &MediaPart<'_>) {
    json.begin_object().name("type");
    match (content.kind, &content.media) {
        (PartKind::Audio, Media::Inline { data, .. }) => {
            json.string("input_audio").name("input_audio").escaped(data);
        }
        (PartKind::Audio, media) => drop(json.string("input_audio").name("input_audio").escaped(&address(media))),
        (PartKind::Image, media) => {
            json.string("image_url").name("image_url").begin_object().name("url").escaped(&address(media));
            let detail = content.detail.as_ref();
            member(json, "detail", detail.filter(|detail| matches!(&***detail, "low" | "high" | "auto")));
            json.end_object();
        }
        (_, media) => {
            json.string("document_url").name("document_url").escaped(&address(media));
            member(json, "document_name", content.name.as_ref());
        }
    }
    json.end_object();
}

/// Reports whether reasoning may be sent: it comes from no other maker whose proof would be lost.
pub(in crate::dialect) fn is_own(reasoning: &ReasoningPart<'_>) -> bool {
    let is_own = reasoning.proof.as_ref().is_none_or(|proof| proof.maker == Maker::Other);
    is_own && !reasoning.text.is_empty()
}

/// Writes reasoning of an earlier turn, with its signature.
pub(in crate::dialect) fn write_thinking(json: &mut JsonWriter, reasoning: &ReasoningPart<'_>) {
    json.begin_object().name("type").string("thinking").name("thinking").begin_array();
    json.begin_object().name("type").string("text").name("text").escaped(&reasoning.text).end_object();
    json.end_array();
    member(json, "signature", reasoning.proof.as_ref().map(|proof| &proof.value));
    json.end_object();
}

/// Writes the reasoning that is asked for: a level, to which a budget is brought, or a mode without one. It is always
/// shown.
pub(in crate::dialect) fn write_reasoning(
    json: &mut JsonWriter,
    reasoning: &Reasoning,
    capabilities: &Capabilities,
    losses: &mut Losses,
) {
    if lose_reasoning(reasoning, capabilities, losses) {
        return;
    }
    let has_none = reasoning.mode == Some(ReasoningMode::Off) && reasoning.span(Parameter::ReasoningLevel).is_some();
    let wanted = reasoning.level_or_budget();
    let level = wanted.map(|wanted| capabilities.efforts.and_then(|efforts| efforts.nearest(wanted)).unwrap_or(wanted));
    match level {
        Some(level) if reasoning.is_on() => drop(json.name("reasoning_effort").string(level.name())),
        None if reasoning.is_on() => drop(json.name("prompt_mode").string("reasoning")),
        // Only where the client itself has the word: not every model does.
        _ if has_none => drop(json.name("reasoning_effort").string("none")),
        _ => {}
    }
    for (parameter, span) in &reasoning.spans {
        let is_lost = match parameter {
            Parameter::ReasoningMode => reasoning.mode == Some(ReasoningMode::Off) && !has_none,
            Parameter::ReasoningBudget => reasoning.budget.is_some(),
            Parameter::ReasoningDisplay => reasoning.is_shown == Some(false),
            Parameter::ReasoningLevel if reasoning.is_on() && reasoning.level.is_some() && level != wanted => {
                losses.add_at(Loss::Limit(*parameter), *span);
                false
            }
            _ => false,
        };
        if is_lost {
            losses.add_at(Loss::Parameter(*parameter), *span);
        }
    }
}
