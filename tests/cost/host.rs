//! A host in memory. What it does itself is not counted.

use crate::ALLOCATOR;
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;
use tollgate::attempt::{HeaderChange, Headers};
use tollgate::call::{Ending, LocalReply};
use tollgate::filter::{Callout, Counter, FilterState, Host, Level, Side};

/// State of the host for the current stream.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) headers: [Headers; 2],
    pub(crate) body: [Vec<u8>; 2],
    /// Set while calls are counted.
    pub(crate) is_counted: bool,
    /// Blocks that the host has taken itself.
    pub(crate) taken: u64,
    random: u8,
}

/// The host.
#[derive(Clone, Default)]
pub(crate) struct Memory(pub(crate) Rc<RefCell<World>>);

const fn index(side: Side) -> usize {
    side as usize
}

impl Memory {
    /// Does something that is not counted.
    fn apart<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.0.borrow_mut();
        let taken = ALLOCATOR.taken();
        let done = if world.is_counted { host_side(&mut world, work) } else { work(&mut world) };
        world.taken += ALLOCATOR.taken() - taken;
        done
    }
}

/// Stops the count while it works; where nothing is counted it would begin it.
#[inline(never)]
fn host_side<T>(world: &mut World, work: impl FnOnce(&mut World) -> T) -> T {
    work(world)
}

impl Host for Memory {
    fn now(&self) -> u64 {
        self.apart(|world| {
            world.now += 1_000_000;
            world.now
        })
    }

    fn random(&self, bytes: &mut [u8]) {
        self.apart(|world| {
            for byte in bytes {
                world.random = world.random.wrapping_mul(5).wrapping_add(1);
                *byte = world.random;
            }
        });
    }

    fn log(&self, level: Level, line: &str) {
        panic!("{level:?}: {line}");
    }

    fn variable(&self, _: &str) -> Option<String> {
        Some("sk-real-openai-key-0000000".to_owned())
    }

    fn shared(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    fn share(&self, _: &str, _: &[u8]) {}

    fn tick_every(&self, _: Duration) {}

    fn count(&self, _: Counter, _: u64) {}

    fn call_out(&self, _: &Callout<'_>) -> Option<u32> {
        Some(1)
    }

    fn headers(&self, side: Side) -> Headers {
        self.apart(|world| Headers::of(world.headers[index(side)].iter()))
    }

    fn set_request_headers(&self, headers: &Headers) {
        black_box(headers);
    }

    fn change_response_header(&self, _: &HeaderChange) {}

    fn resume_request(&self) {}

    fn state(&self, _: FilterState) -> Option<String> {
        None
    }

    fn set_state(&self, _: FilterState, _: &str) {}

    fn upstream_provider(&self) -> Option<String> {
        None
    }

    fn is_not_reached(&self) -> bool {
        false
    }

    fn body(&self, side: Side, length: usize) -> Vec<u8> {
        self.apart(|world| world.body[index(side)][..length].to_vec())
    }

    fn set_body(&self, side: Side, _: usize, body: &[u8]) {
        self.apart(|world| world.body[index(side)] = body.to_vec());
    }

    fn reply(&self, reply: &LocalReply) {
        panic!("{reply:?}");
    }

    fn local_reply(&self) -> Option<String> {
        None
    }

    fn ending(&self) -> Ending {
        Ending::CutByClient
    }

    fn done(&self) {}
}
