//! A host in memory, which records its calls.

use super::support::{ANTHROPIC_KEY, OLDER_PLACEHOLDER_KEY, OPENAI_KEY, PLACEHOLDER_KEY};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tollgate::attempt::{HeaderChange, Headers};
use tollgate::call::{Ending, LocalReply};
use tollgate::filter::{Callout, Counter, FilterState, Host, Level, Side};

/// State of the host, and its calls.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) log: Vec<(Level, String)>,
    pub(crate) counts: BTreeMap<&'static str, u64>,
    pub(crate) callouts: Vec<Vec<u8>>,
    pub(crate) refuse_callouts: bool,
    /// Questions to the guard.
    pub(crate) questions: Vec<Vec<u8>>,
    /// Answer of the guard: status and body, or none.
    pub(crate) guard: GuardAnswer,
    /// Set when a paused request was sent on outside of its callbacks.
    pub(crate) resumed: bool,
    pub(crate) done: bool,
    /// Bytes that workers share.
    pub(crate) shared: BTreeMap<String, Vec<u8>>,
    /// Filter state of the stream.
    pub(crate) states: BTreeMap<&'static str, String>,
    /// Cluster of the attempt.
    pub(crate) upstream: Option<String>,
    pub(crate) is_not_reached: bool,
    pub(crate) headers: [Headers; 2],
    pub(crate) buffer: [Vec<u8>; 2],
    pub(crate) reply: Option<LocalReply>,
    pub(crate) ending: Option<Ending>,
    pub(crate) local_reply: Option<String>,
    randomness: u64,
}

/// Token of a question to the guard; those of exports count from 1.
pub(crate) const QUESTION: u32 = 1 << 20;

/// Behaviour of the guard.
#[derive(Clone, Default)]
pub(crate) enum GuardAnswer {
    /// No answer, as after a timeout.
    #[default]
    None,
    /// Status and body.
    Some(u16, Vec<u8>),
    /// The client leaves first; then this verdict comes.
    TooLate(Vec<u8>),
}

/// The host in memory.
#[derive(Clone, Default)]
pub(crate) struct Memory(pub(crate) Rc<RefCell<World>>);

fn index(side: Side) -> usize {
    usize::from(side == Side::Response)
}

impl Host for Memory {
    fn now(&self) -> u64 {
        let mut world = self.0.borrow_mut();
        world.now += 1_000_000;
        world.now
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut world = self.0.borrow_mut();
        for byte in bytes {
            world.randomness = world.randomness.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (world.randomness >> 56) as u8;
        }
    }

    fn log(&self, level: Level, line: &str) {
        self.0.borrow_mut().log.push((level, line.to_owned()));
    }

    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "OPENAI_API_KEY" => Some(OPENAI_KEY.to_owned()),
            "ANTHROPIC_API_KEY" => Some(ANTHROPIC_KEY.to_owned()),
            "PLACEHOLDER_KEY" => Some(PLACEHOLDER_KEY.to_owned()),
            "OLDER_PLACEHOLDER_KEY" => Some(OLDER_PLACEHOLDER_KEY.to_owned()),
            _ => None,
        }
    }

    fn shared(&self, key: &str) -> Option<Vec<u8>> {
        self.0.borrow().shared.get(key).cloned()
    }

    fn share(&self, key: &str, bytes: &[u8]) {
        self.0.borrow_mut().shared.insert(key.to_owned(), bytes.to_vec());
    }

    fn tick_every(&self, _: Duration) {}

    fn count(&self, counter: Counter, by: u64) {
        *self.0.borrow_mut().counts.entry(counter.name()).or_default() += by;
    }

    fn call_out(&self, callout: &Callout<'_>) -> Option<u32> {
        let mut world = self.0.borrow_mut();
        if world.refuse_callouts {
            return None;
        }
        if callout.cluster == "guard" {
            world.questions.push(callout.body.to_vec());
            return Some(QUESTION);
        }
        world.callouts.push(callout.body.to_vec());
        u32::try_from(world.callouts.len()).ok()
    }

    fn headers(&self, side: Side) -> Headers {
        self.0.borrow().headers[index(side)].clone()
    }

    fn set_request_headers(&self, headers: &Headers) {
        self.0.borrow_mut().headers[0] = headers.clone();
    }

    fn change_response_header(&self, change: &HeaderChange) {
        let headers = &mut self.0.borrow_mut().headers[1];
        match change {
            HeaderChange::Set(name, value) => headers.set(name, std::str::from_utf8(value).unwrap()),
            HeaderChange::Remove(name) => headers.remove(name),
        }
    }

    fn body(&self, side: Side, length: usize) -> Vec<u8> {
        self.0.borrow().buffer[index(side)][..length].to_vec()
    }

    fn set_body(&self, side: Side, length: usize, body: &[u8]) {
        self.0.borrow_mut().buffer[index(side)].splice(..length, body.iter().copied());
    }

    fn state(&self, state: FilterState) -> Option<String> {
        self.0.borrow().states.get(state.name()).cloned()
    }

    fn set_state(&self, state: FilterState, value: &str) {
        self.0.borrow_mut().states.insert(state.name(), value.to_owned());
    }

    fn upstream_provider(&self) -> Option<String> {
        self.0.borrow().upstream.clone()
    }

    fn is_not_reached(&self) -> bool {
        self.0.borrow().is_not_reached
    }

    fn resume_request(&self) {
        self.0.borrow_mut().resumed = true;
    }

    fn reply(&self, reply: &LocalReply) {
        self.0.borrow_mut().reply = Some(reply.clone());
    }

    fn local_reply(&self) -> Option<String> {
        self.0.borrow().local_reply.clone()
    }

    fn ending(&self) -> Ending {
        self.0.borrow().ending.clone().unwrap_or(Ending::CutByClient)
    }

    fn done(&self) {
        self.0.borrow_mut().done = true;
    }
}
