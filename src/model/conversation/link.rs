//! Ids of calls and results: every call has one, every result that of its call and the function's name.

use super::carrier::{Carrier, ReasoningPart};
use super::maker::Escaped;
use super::part::{MessagePart, PartData, ResultPart};
use super::turns::{Author, ConversationTurn};
use crate::document::{Span, sort_by_number};
use crate::model::{Loss, Losses, PartKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Text of the result of a call that has none.
const NO_RESULT: &str = "No result of this call was recorded.";

/// Links between the calls and the results of a request so far.
#[derive(Default)]
struct CallLinks<'a> {
    /// Name of the function of each call, by id.
    names: BTreeMap<String, Cow<'a, str>>,
    /// Ids of calls of that turn without a result, in order, by name and for all names.
    open: BTreeMap<String, VecDeque<String>>,
    in_order: VecDeque<String>,
    answered: BTreeSet<String>,
    /// Number of calls.
    count: usize,
}

/// Gives ids to calls and results that have none, and names to results. Reasoning that travels in an id becomes a part
/// before its call. The results of a turn's calls follow it at once, in their order. Those of no call, such as one that
/// only its own dialect has, are lost with it: every API refuses them.
pub(super) fn link(turns: &mut Vec<ConversationTurn<'_>>, losses: &mut Losses) {
    // Anthropic takes neighbours of one author as one: parallel calls may be apart.
    turns.dedup_by(|next, last| {
        let is_more = last.has_calls() && next.has_calls();
        if is_more {
            last.parts.append(&mut next.parts);
        }
        is_more
    });
    let mut calls = CallLinks::default();
    turns.retain_mut(|turn| {
        match turn.author {
            Author::Assistant => link_calls(&mut turn.parts, &mut calls),
            Author::User => {
                let count = turn.parts.len();
                link_results(&mut turn.parts, &mut calls, losses);
                return count == 0 || !turn.parts.is_empty();
            }
            Author::System => {}
        }
        true
    });
    let late = take_late_results(turns, losses);
    answer_calls(turns, late, losses);
}

fn link_calls<'a>(parts: &mut Vec<MessagePart<'a>>, calls: &mut CallLinks<'a>) {
    calls.begin_turn();
    let mut linked = Vec::with_capacity(parts.len());
    for mut part in std::mem::take(parts) {
        if let PartData::Call(call) = &mut part.data {
            let (id, carriers) = Carrier::split(&call.id);
            call.id = id;
            for carrier in carriers {
                match carrier {
                    Carrier::Reasoning(reasoning) if !is_said(&linked, &reasoning) => {
                        linked.push(MessagePart { data: PartData::Reasoning(reasoning), cache: None, span: part.span });
                    }
                    Carrier::Reasoning(_) => {}
                    Carrier::Call(proof) => call.proof = Some(proof),
                }
            }
            calls.add(&mut call.id, call.name.clone());
        }
        linked.push(part);
    }
    *parts = linked;
}

/// Reports whether the client sent the same reasoning in a place of its own too: the last one before the call.
fn is_said(parts: &[MessagePart<'_>], reasoning: &ReasoningPart<'_>) -> bool {
    let last = parts.iter().rev().find_map(|part| match &part.data {
        PartData::Reasoning(known) => Some(known),
        _ => None,
    });
    last.is_some_and(|known| known.proof == reasoning.proof)
}

fn link_results<'a>(parts: &mut Vec<MessagePart<'a>>, calls: &mut CallLinks<'a>, losses: &mut Losses) {
    parts.retain_mut(|part| {
        let PartData::Result(result) = &mut part.data else { return true };
        result.id = Carrier::split(&result.id).0;
        if result.id.is_empty()
            && let Some(id) = calls.next_open(result.name.as_deref())
        {
            result.id = Cow::Owned(id);
        }
        calls.answered.insert(result.id.clone().into_owned());
        let name = calls.names.get(&*result.id);
        match name {
            Some(name) => result.name = Some(name.clone()),
            None => losses.add_at(Loss::Part(PartKind::ToolResult), part.span),
        }
        name.is_some()
    });
}

/// Takes the results that do not stand in the turn behind their calls.
fn take_late_results<'a>(
    turns: &mut Vec<ConversationTurn<'a>>,
    losses: &mut Losses,
) -> BTreeMap<String, MessagePart<'a>> {
    let (mut late, mut calls) = (BTreeMap::new(), TurnCalls::default());
    turns.retain_mut(|turn| {
        let (before, count) = (std::mem::replace(&mut calls, TurnCalls::of(turn)), turn.parts.len());
        turn.parts.retain(|part| {
            let PartData::Result(result) = &part.data else { return true };
            let is_late = !before.0.contains_key(&*result.id);
            if is_late && let Some(other) = late.insert(result.id.clone().into_owned(), part.clone()) {
                losses.add_at(Loss::Part(PartKind::ToolResult), other.span);
            }
            !is_late
        });
        count == 0 || !turn.parts.is_empty()
    });
    late
}

/// Puts the results of calls behind their turn. Of a call without one the model is told so: every API but Ollama's
/// refuses a history without. Calls at the end wait for theirs.
fn answer_calls<'a>(
    turns: &mut Vec<ConversationTurn<'a>>,
    mut late: BTreeMap<String, MessagePart<'a>>,
    losses: &mut Losses,
) {
    let mut rest = std::mem::take(turns).into_iter().peekable();
    while let Some(turn) = rest.next() {
        let calls = TurnCalls::of(&turn);
        turns.push(turn);
        let Some(next) = rest.peek_mut().filter(|_| !calls.0.is_empty()) else { continue };
        let mut missing = calls.0.clone();
        let is_user = next.author == Author::User;
        for part in next.parts.iter().filter(|_| is_user) {
            if let PartData::Result(result) = &part.data {
                missing.remove(&*result.id);
            }
        }
        let mut results = Vec::with_capacity(missing.len());
        for (id, (_, name, span)) in missing {
            results.push(match late.remove(&id) {
                Some(result) => {
                    losses.add_at(Loss::Order, result.span);
                    result
                }
                None => {
                    losses.add_at(Loss::Unanswered, span);
                    no_result(id, name, span)
                }
            });
        }
        match is_user {
            true => {
                next.parts.append(&mut results);
                calls.sort(&mut next.parts);
            }
            false if results.is_empty() => {}
            false => {
                calls.sort(&mut results);
                let span = results.first().map(|part| part.span).unwrap_or_default();
                turns.push(ConversationTurn::new(Author::User, results, span));
            }
        }
    }
    late.values().for_each(|part| losses.add_at(Loss::Part(PartKind::ToolResult), part.span));
}

fn no_result<'a>(id: String, name: Escaped<'a>, span: Span) -> MessagePart<'a> {
    let text = MessagePart { data: PartData::Text(NO_RESULT.into(), None), cache: None, span };
    let result = ResultPart { id: id.into(), name: Some(name), parts: vec![text], ..ResultPart::default() };
    MessagePart { data: PartData::Result(Box::new(result)), cache: None, span }
}

/// Calls of a turn by id: the position, the name and the place of each.
#[derive(Default)]
struct TurnCalls<'a>(BTreeMap<String, (u64, Escaped<'a>, Span)>);

impl<'a> TurnCalls<'a> {
    fn of(turn: &ConversationTurn<'a>) -> Self {
        let mut calls = BTreeMap::new();
        for (part, at) in turn.parts.iter().zip(0..) {
            if let PartData::Call(call) = &part.data {
                calls.insert(call.id.clone().into_owned(), (at, call.name.clone(), part.span));
            }
        }
        Self(calls)
    }

    /// Puts results first, in the order of their calls.
    fn sort(&self, parts: &mut Vec<MessagePart<'a>>) {
        sort_by_number(parts, |part| match &part.data {
            PartData::Result(result) => self.0.get(&*result.id).map_or(u64::MAX - 1, |(at, ..)| *at),
            _ => u64::MAX,
        });
    }
}

impl<'a> CallLinks<'a> {
    fn begin_turn(&mut self) {
        self.open.clear();
        self.in_order.clear();
    }

    /// Adds a call; makes an id where it has none.
    fn add(&mut self, id: &mut Escaped<'a>, name: Escaped<'a>) {
        self.count += 1;
        if id.is_empty() {
            *id = Cow::Owned(format!("call_{}", self.count));
        }
        let key = id.clone().into_owned();
        self.open.entry(name.clone().into_owned()).or_default().push_back(key.clone());
        self.names.insert(key.clone(), name);
        self.in_order.push_back(key);
    }

    /// Takes the first call without a result, of a function where its name is given.
    fn next_open(&mut self, name: Option<&str>) -> Option<String> {
        let queue = match name {
            Some(name) => self.open.get_mut(name)?,
            None => &mut self.in_order,
        };
        while let Some(id) = queue.pop_front() {
            if !self.answered.contains(&id) {
                return Some(id);
            }
        }
        None
    }
}
