//! Time: a call with a repeated part takes about four times as long for four times as many repetitions. An input: a
//! line with an offset in the bodies, the length of the part there, and the separator of its repetitions; in the
//! separator and in the part, `~` is the number of the repetition. Then a call, as in [`super::call`].

use super::call;
use crate::message::{Message, two};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tollgate::settings::Plan;

thread_local! {
    static PLAN: Arc<Plan> = Arc::new(call::plan("{}"));
}

/// Sizes in bytes of the smaller body; the larger has four times as many. The first pair shows whether the second is
/// worth measuring.
const GLANCE: usize = 16 << 10;
const LOOK: usize = 256 << 10;

/// Maximum factor of time for four times as much input: linear time is four times as long, quadratic time sixteen.
const MOST: u32 = 10;

/// Shortest time that is distinguishable from noise.
const LEAST: Duration = Duration::from_millis(4);

pub(crate) fn run(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let line = String::from_utf8_lossy(&input[..end]).into_owned();
    let mut words = line.splitn(3, ' ');
    let mut number = || words.next().and_then(|word| word.parse::<usize>().ok()).unwrap_or_default();
    let (place, length) = (number(), number());
    let parting = words.next().unwrap_or_default();
    let (request, answer) = two(input.get(end + 1..).unwrap_or_default());
    let (request, answer) = (Message::of(request), Message::of(answer));
    let grow = |size: usize| match place.checked_sub(request.body.len()) {
        None => (grown(request.body, place, length, parting, size), answer.body.to_vec()),
        Some(place) => (request.body.to_vec(), grown(answer.body, place, length, parting, size)),
    };
    let is_slow = |size: usize, most: u32, times: u32| {
        let [few, many] = [grow(size), grow(4 * size)];
        let time = |bodies: &(Vec<u8>, Vec<u8>), times: u32| {
            let (request, answer) = (request.with_body(&bodies.0), answer.with_body(&bodies.1));
            time(&request, &answer, times)
        };
        // The best of several measurements, since other programs may use the machine. Runs of similar length are
        // interrupted about equally often.
        let mut best = [Duration::MAX; 2];
        (0..times).all(|_| {
            best = [best[0].min(time(&few, 4)), best[1].min(time(&many, 1))];
            best[1] > LEAST.max(best[0] * most / 4)
        })
    };
    if is_slow(GLANCE, MOST / 2, 3) && is_slow(LOOK, MOST, 8) {
        panic!("more than {MOST} times as long for four times as much");
    }
}

/// A body whose part at an offset repeats until there are about `size` bytes.
fn grown(body: &[u8], place: usize, length: usize, parting: &str, size: usize) -> Vec<u8> {
    let place = place.min(body.len());
    let end = place.saturating_add(length).min(body.len());
    let unit = [parting.as_bytes(), &body[place..end]].concat();
    let mut grown = Vec::with_capacity(size + unit.len() + body.len());
    grown.extend_from_slice(&body[..end]);
    if !unit.is_empty() {
        for number in 0.. {
            if grown.len() >= size {
                break;
            }
            for part in unit.split_inclusive(|byte| *byte == b'~') {
                match part.strip_suffix(b"~") {
                    Some(before) => grown.extend_from_slice(&[before, number.to_string().as_bytes()].concat()),
                    None => grown.extend_from_slice(part),
                }
            }
        }
    }
    grown.extend_from_slice(&body[end..]);
    grown
}

fn time(request: &Message<'_>, answer: &Message<'_>, times: u32) -> Duration {
    let plan = PLAN.with(Arc::clone);
    let start = Instant::now();
    for _ in 0..times {
        call::called(&plan, request, answer, request.number(2).max(64));
    }
    start.elapsed()
}
