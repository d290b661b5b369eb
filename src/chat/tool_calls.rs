//! Tool calls of a reply, each told of once or again and again; one is found without a look at all others.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;

/// A tool call that the model asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Index of the choice.
    pub choice: u32,
    /// Index of the call, or of its content block, within the choice.
    pub part: u32,
    /// The provider's id.
    pub id: Option<String>,
    /// The function's name.
    pub name: Option<String>,
    /// Whether the provider ran the tool itself.
    pub builtin: bool,
}

/// Tool calls, in the order in which they began.
#[derive(Clone, Default)]
pub struct ToolCalls {
    list: Vec<ToolCall>,
    /// The last call of each part of a choice.
    by_part: BTreeMap<(u32, u32), usize>,
    /// Calls with an id, by the hash of choice, id and name.
    by_id: BTreeMap<u64, usize>,
}

/// Most tool calls that are kept.
const MOST: usize = 1024;

impl ToolCalls {
    /// Takes over what is said of a call: of a new one, or more of one that is known.
    pub(super) fn tell(&mut self, told: ToolCall) {
        // An answer that tells its items once more at its end may tell them at another place (vLLM's responses).
        let again = key(&told).and_then(|key| self.list.get(*self.by_id.get(&key)?));
        if again.is_some_and(|call| call.choice == told.choice && call.id == told.id && call.name == told.name) {
            return;
        }
        let at = self.by_part.get(&(told.choice, told.part)).copied();
        // An index that comes again with another id, or without one with another name, is another call: some providers
        // never count up, and Google's endpoint has given no ids besides.
        let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
        let same = at.and_then(|at| Some((at, self.list.get_mut(at)?))).filter(|(_, call)| {
            let is_known = call.id.is_some() && call.id == told.id;
            is_known || agree(&call.id, &told.id) && agree(&call.name, &told.name)
        });
        if let Some((at, call)) = same {
            call.id = call.id.take().or(told.id);
            call.name = call.name.take().or(told.name);
            self.by_id.extend(key(call).map(|key| (key, at)));
        } else {
            self.push(told);
        }
    }

    fn push(&mut self, call: ToolCall) {
        let at = self.list.len();
        if at < MOST {
            self.by_part.insert((call.choice, call.part), at);
            self.by_id.extend(key(&call).map(|key| (key, at)));
            self.list.push(call);
        }
    }
}

/// Key of a call wherever it is told of; `None` for one without an id. Calls of one key are still compared.
fn key(call: &ToolCall) -> Option<u64> {
    call.id.as_ref()?;
    let mut hasher = DefaultHasher::new();
    (call.choice, &call.id, &call.name).hash(&mut hasher);
    Some(hasher.finish())
}

impl Deref for ToolCalls {
    type Target = [ToolCall];

    fn deref(&self) -> &[ToolCall] {
        &self.list
    }
}

impl FromIterator<ToolCall> for ToolCalls {
    fn from_iter<I: IntoIterator<Item = ToolCall>>(calls: I) -> Self {
        let mut all = Self::default();
        calls.into_iter().for_each(|call| all.push(call));
        all
    }
}

impl IntoIterator for ToolCalls {
    type Item = ToolCall;
    type IntoIter = std::vec::IntoIter<ToolCall>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl PartialEq for ToolCalls {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl fmt::Debug for ToolCalls {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(formatter)
    }
}
