//! Ids of calls and results: every call has one, every result that of its call and the function's name.

use super::carrier::{Carrier, ReasoningPart};
use super::maker::Escaped;
use super::part::{MessagePart, PartData, ResultPart};
use super::turns::{Author, ConversationTurn};
use crate::document::{KeySet, sort_by_number};
use crate::model::{Loss, Losses, PartKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

/// Text of the result of a call that has none.
const NO_RESULT: &str = "No result of this call was recorded.";

/// Links between the calls and the results of a request so far.
#[derive(Default)]
struct CallLinks<'a> {
    /// Calls by id, as indices of the names of their functions. Maps of one type share their code in the filter.
    ids: BTreeMap<String, usize>,
    names: Vec<Cow<'a, str>>,
    /// Queues by the names of functions: ids of calls of that turn without a result, in order, and those of all names.
    open: BTreeMap<String, usize>,
    queues: Vec<VecDeque<String>>,
    in_order: VecDeque<String>,
    answered: KeySet<String>,
    /// Positions of the calls of the turn before, by id.
    last: BTreeMap<String, usize>,
    late: LateResults<'a>,
    /// Number of calls.
    count: usize,
}

/// Gives ids to calls and results that have none, and names to results. Reasoning that travels in an id becomes a part
/// before its call. The results of a turn's calls follow it at once, in their order. Those of no call, such as one that
/// only its own dialect has, are lost with it: every API refuses them.
pub(super) fn link(turns: &mut Vec<ConversationTurn<'_>>, losses: &mut Losses) {
    let mut calls = CallLinks::default();
    turns.retain_mut(|turn| {
        match turn.author {
            Author::Assistant => {
                link_calls(&mut turn.parts, &mut calls);
                calls.last = positions(&turn.parts);
            }
            Author::User => {
                let count = turn.parts.len();
                link_results(&mut turn.parts, &mut calls, losses);
                merge_results(&mut turn.parts);
                return count == 0 || !turn.parts.is_empty();
            }
            Author::System => calls.last.clear(),
        }
        true
    });
    answer_calls(turns, calls.late, losses);
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
        let name = calls.ids.get(&*result.id).and_then(|at| calls.names.get(*at));
        match name {
            Some(name) => result.name = Some(name.clone()),
            None => losses.add_at(Loss::Part(PartKind::ToolResult), part.span),
        }
        let is_known = name.is_some();
        let is_late = is_known && !calls.last.contains_key(&*result.id);
        if is_late {
            let id = result.id.clone().into_owned();
            calls.late.positions.insert(id, calls.late.parts.len());
            calls.late.parts.push(Some(part.clone()));
        }
        is_known && !is_late
    });
    calls.last.clear();
}

/// Makes one of several results of a call, which most APIs refuse.
fn merge_results(parts: &mut Vec<MessagePart<'_>>) {
    let (mut merged, mut known) = (Vec::with_capacity(parts.len()), BTreeMap::new());
    for mut part in std::mem::take(parts) {
        let PartData::Result(result) = &mut part.data else {
            merged.push(part);
            continue;
        };
        let first = known.get(&*result.id).and_then(|at| merged.get_mut(*at));
        match first.map(|part: &mut MessagePart<'_>| &mut part.data) {
            Some(PartData::Result(first)) => {
                for result in [&mut *first, &mut *result] {
                    result.value_to_text(part.span);
                }
                first.is_error |= result.is_error;
                first.parts.append(&mut result.parts);
            }
            _ => {
                known.insert(result.id.clone().into_owned(), merged.len());
                merged.push(part);
            }
        }
    }
    *parts = merged;
}

/// Results that do not stand in the turn behind their calls, by the ids of these.
#[derive(Default)]
struct LateResults<'a> {
    positions: BTreeMap<String, usize>,
    parts: Vec<Option<MessagePart<'a>>>,
}

/// Positions of the calls of a turn, by id.
fn positions(parts: &[MessagePart<'_>]) -> BTreeMap<String, usize> {
    let mut positions = BTreeMap::new();
    for (part, at) in parts.iter().zip(0..) {
        if let PartData::Call(call) = &part.data {
            positions.insert(call.id.clone().into_owned(), at);
        }
    }
    positions
}

/// Puts the results of calls behind their turn. Of a call without one the model is told so: every API but Ollama's
/// refuses a history without. Calls at the end wait for theirs.
fn answer_calls<'a>(turns: &mut Vec<ConversationTurn<'a>>, mut late: LateResults<'a>, losses: &mut Losses) {
    for mut turn in std::mem::take(turns) {
        if let Some(last) = turns.last().filter(|last| last.has_calls()) {
            let has_results = turn.author == Author::User;
            let mut results = missing(last, has_results.then_some(&*turn.parts), &mut late, losses);
            if has_results {
                turn.parts.append(&mut results);
                let positions = positions(&last.parts);
                sort_by_number(&mut turn.parts, |part| match &part.data {
                    PartData::Result(result) => positions.get(&*result.id).map_or(u64::MAX - 1, |at| *at as u64),
                    _ => u64::MAX,
                });
            } else if let Some(span) = results.first().map(|part| part.span) {
                turns.push(ConversationTurn::new(Author::User, results, span));
            }
        }
        turns.push(turn);
    }
    late.parts.iter().flatten().for_each(|part| losses.add_at(Loss::Part(PartKind::ToolResult), part.span));
}

/// Results of the calls of a turn that have none among the parts behind it, in order.
fn missing<'a>(
    turn: &ConversationTurn<'a>,
    next: Option<&[MessagePart<'a>]>,
    late: &mut LateResults<'a>,
    losses: &mut Losses,
) -> Vec<MessagePart<'a>> {
    let (mut answered, mut results) = (KeySet::default(), Vec::new());
    for part in next.unwrap_or_default() {
        if let PartData::Result(result) = &part.data {
            answered.insert(result.id.clone().into_owned());
        }
    }
    for part in &turn.parts {
        let PartData::Call(call) = &part.data else { continue };
        if answered.contains(&*call.id) {
            continue;
        }
        let place = late.positions.get(&*call.id).copied();
        match place.and_then(|at| late.parts.get_mut(at)?.take()) {
            Some(result) => {
                losses.add_at(Loss::Order, result.span);
                results.push(result);
            }
            None => {
                losses.add_at(Loss::Unanswered, part.span);
                let text = MessagePart { data: PartData::Text(NO_RESULT.into(), None), cache: None, span: part.span };
                let (id, name) = (call.id.clone(), Some(call.name.clone()));
                let result = ResultPart { id, name, parts: vec![text], ..ResultPart::default() };
                results.push(MessagePart { data: PartData::Result(Box::new(result)), cache: None, span: part.span });
            }
        }
    }
    results
}

impl<'a> CallLinks<'a> {
    fn begin_turn(&mut self) {
        self.open.clear();
        self.queues.clear();
        self.in_order.clear();
    }

    /// Adds a call; makes an id where it has none.
    fn add(&mut self, id: &mut Escaped<'a>, name: Escaped<'a>) {
        self.count += 1;
        if id.is_empty() {
            *id = Cow::Owned(format!("call_{}", self.count));
        }
        let key = id.clone().into_owned();
        let queue = *self.open.entry(name.clone().into_owned()).or_insert(self.queues.len());
        if queue == self.queues.len() {
            self.queues.push(VecDeque::new());
        }
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.push_back(key.clone());
        }
        self.ids.insert(key.clone(), self.names.len());
        self.names.push(name);
        self.in_order.push_back(key);
    }

    /// Takes the first call without a result, of a function where its name is given.
    fn next_open(&mut self, name: Option<&str>) -> Option<String> {
        let queue = match name {
            Some(name) => self.queues.get_mut(*self.open.get(name)?)?,
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
