//! Tool calls of a reply, reported once or repeatedly, with lookup by part and by id.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;

/// A tool call requested by the model.
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
    /// Set when the provider runs the tool itself.
    pub builtin: bool,
}

/// Progress of a tool call's arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ArgumentsState {
    /// No arguments yet.
    #[default]
    None,
    /// Arguments end inside a value.
    Open,
    /// Arguments end where a value may end.
    Closed,
}

/// Tool calls, in order of their start.
#[derive(Clone, Default)]
pub struct ToolCalls {
    list: Vec<ToolCall>,
    /// Progress of each call's arguments.
    arguments: Vec<ArgumentsState>,
    /// Last call of each part of a choice.
    by_part: BTreeMap<u64, usize>,
    /// Calls with an id, by the hash of choice, id and name.
    by_id: BTreeMap<u64, usize>,
}

/// Upper bound on stored tool calls.
const MOST: usize = 1024;

/// Upper bound on extending a name, in bytes.
const LONGEST_NAME: usize = 1024;

/// Number of a part of a choice.
const fn place(choice: u32, part: u32) -> u64 {
    (choice as u64) << 32 | part as u64
}

impl ToolCalls {
    /// Records a new call, or further facts of a known one.
    pub(super) fn record(&mut self, piece: ToolCall) {
        // An answer that repeats its items at the end may repeat them at another index (vLLM's responses).
        let again = key(&piece).and_then(|key| self.list.get(*self.by_id.get(&key)?));
        if again.is_some_and(|call| call.choice == piece.choice && call.id == piece.id && call.name == piece.name) {
            return;
        }
        let at = self.by_part.get(&place(piece.choice, piece.part)).copied();
        let known = at.and_then(|at| Some((at, *self.arguments.get(at)?, self.list.get_mut(at)?)));
        match known.filter(|(_, arguments, call)| call.goes_on_with(*arguments, &piece)) {
            Some((at, _, call)) => {
                call.take(piece);
                self.by_id.extend(key(call).map(|key| (key, at)));
            }
            None => self.push(piece),
        }
    }

    /// Records the progress of the arguments of a part's last call.
    pub(super) fn argue(&mut self, choice: u32, part: u32, arguments: ArgumentsState) {
        let known = self.by_part.get(&place(choice, part)).and_then(|at| self.arguments.get_mut(*at));
        if let Some(known) = known {
            *known = arguments;
        }
    }

    /// Iterates mutably over the calls, for changes after the answer has ended.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, ToolCall> {
        self.list.iter_mut()
    }

    fn push(&mut self, call: ToolCall) {
        let at = self.list.len();
        if at < MOST {
            self.by_part.insert(place(call.choice, call.part), at);
            self.by_id.extend(key(&call).map(|key| (key, at)));
            self.list.push(call);
            self.arguments.push(ArgumentsState::None);
        }
    }
}

impl ToolCall {
    /// Reports whether `called`, at the same index, continues this call instead of starting a new one. Another id, or
    /// another name without ids, starts a new call: some providers never increment the index, and Google's endpoint has
    /// omitted ids too. A piece without a name never starts a call, whatever its id. Until the arguments are whole no
    /// other call starts: a name then extends or repeats this call's name.
    fn goes_on_with(&self, arguments: ArgumentsState, called: &Self) -> bool {
        let is_same_id = self.id.is_none() || called.id.is_none() || self.id == called.id;
        let is_same_name = self.name == called.name;
        match (&self.name, &called.name) {
            (_, None) => true,
            (None, Some(_)) => is_same_id,
            _ if is_same_id && self.id == called.id && self.id.is_some() => true,
            _ if is_same_id => is_same_name || arguments != ArgumentsState::Closed,
            _ => is_same_name && arguments == ArgumentsState::Open,
        }
    }

    /// Merges later facts of the call. Names come whole, repeated, or in pieces, which the SDKs of OpenAI
    /// (`accumulate_delta`, openai 2.x) and of Mistral concatenate, read 2026-11-28.
    fn take(&mut self, later: Self) {
        if self.id.is_none() {
            self.id = later.id;
        }
        match (&mut self.name, later.name) {
            (Some(known), Some(piece)) if *known != piece && known.len() < LONGEST_NAME => known.push_str(&piece),
            (Some(_), _) => {}
            (name, later) => *name = later,
        }
    }
}

/// Index-independent key of a call; `None` without an id. Calls with equal keys are still compared.
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
