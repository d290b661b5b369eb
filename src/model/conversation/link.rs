//! Ids of calls and results: every call has one, every result that of its call and the function's name.

use super::carrier::{Carrier, ReasoningPart};
use super::maker::Escaped;
use super::part::{MessagePart, PartData};
use super::turns::{Author, ConversationTurn};
use crate::document::sort_by_number;
use crate::model::{Loss, Losses, PartKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Links between the calls and the results of a request so far.
#[derive(Default)]
struct CallLinks<'a> {
    /// Name of the function of each call, by id.
    names: BTreeMap<String, Cow<'a, str>>,
    /// Position of each call of the last turn with calls, by id.
    positions: BTreeMap<String, u64>,
    /// Ids of calls of that turn without a result, in order, by name and for all names.
    open: BTreeMap<String, VecDeque<String>>,
    in_order: VecDeque<String>,
    answered: BTreeSet<String>,
    /// Number of calls.
    count: usize,
}

/// Gives ids to calls and results that have none, and names to results. Reasoning that travels in an id becomes a part
/// before its call. Results of a turn come first, in the order of their calls. Those of no call, such as one that only
/// its own dialect has, are lost with it: every API refuses them.
pub(super) fn link(turns: &mut Vec<ConversationTurn<'_>>, losses: &mut Losses) {
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
    sort_by_number(parts, |part| match &part.data {
        PartData::Result(result) => calls.positions.get(&*result.id).copied().unwrap_or(u64::MAX - 1),
        _ => u64::MAX,
    });
}

impl<'a> CallLinks<'a> {
    fn begin_turn(&mut self) {
        self.positions.clear();
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
        self.positions.insert(key.clone(), self.positions.len() as u64);
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
