//! Trace context: parent of a call's span, by [W3C Trace Context Level 2](https://www.w3.org/TR/trace-context-2/) (text
//! of 2026-06-29).

/// Ids of one span and its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace; never all zero.
    pub trace_id: [u8; 16],
    /// The span; never all zero.
    pub span_id: [u8; 8],
    /// The caller's span, where it sent one.
    pub parent_id: Option<[u8; 8]>,
    /// The W3C flags as the caller sent them: bit 0 sampled, bit 1 random trace id, all others zero.
    pub flags: u8,
    /// The caller's `tracestate`: its members in their order, at most 512 characters of them.
    pub state: Option<String>,
}

/// Random ids for one call.
#[derive(Clone, Copy, Debug)]
pub struct FreshIds {
    /// Id of the trace, if the caller has not begun one.
    pub trace_id: [u8; 16],
    /// Id of the call's own span.
    pub span_id: [u8; 8],
}

/// Value of a `traceparent` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent([u8; 55]);

impl TraceParent {
    /// Returns the value, which is ASCII.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl TraceContext {
    /// Continues the caller's trace with a new span, or starts a trace where there is none to continue.
    ///
    /// Takes the two headers' values as received. An invalid `traceparent` counts as none, and its `tracestate` is
    /// ignored; an invalid `tracestate` is dropped and changes nothing else. A trace started here is sampled.
    pub fn continue_or_start(traceparent: Option<&[u8]>, tracestate: Option<&[u8]>, fresh: FreshIds) -> Self {
        let span_id = nonzero(fresh.span_id);
        match traceparent.and_then(Parent::read) {
            Some(parent) => Self {
                trace_id: parent.trace_id,
                span_id,
                parent_id: Some(parent.span_id),
                flags: parent.flags,
                state: tracestate.and_then(read_state),
            },
            None => Self {
                trace_id: nonzero(fresh.trace_id),
                span_id,
                parent_id: None,
                flags: SAMPLED | RANDOM,
                state: None,
            },
        }
    }

    /// Begins a span below this one.
    #[must_use]
    pub fn child(&self, span_id: [u8; 8]) -> Self {
        Self { span_id: nonzero(span_id), parent_id: Some(self.span_id), ..self.clone() }
    }

    /// Reports whether the caller asked for the trace to be recorded, or started none.
    pub fn sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The `traceparent` for the provider: the call's span as the parent, with the sampled flag if that span is
    /// `recorded`.
    pub fn traceparent(&self, recorded: bool) -> TraceParent {
        let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
        let flags = [self.flags_when(recorded)];
        for (place, bytes) in [(3..35, self.trace_id.as_slice()), (36..52, &self.span_id), (53..55, &flags)] {
            let (digits, _) = text.get_mut(place).unwrap_or_default().as_chunks_mut();
            for ([high, low], byte) in digits.iter_mut().zip(bytes) {
                (*high, *low) = (as_hex(byte >> 4), as_hex(byte & 0xf));
            }
        }
        TraceParent(text)
    }

    /// Flags of the call's span: the trace's, with the sampled bit set if the span is `recorded`.
    pub(crate) fn flags_when(&self, recorded: bool) -> u8 {
        (self.flags & RANDOM) | if recorded { SAMPLED } else { 0 }
    }
}

/// Fields of a `traceparent`.
struct Parent {
    trace_id: [u8; 16],
    span_id: [u8; 8],
    flags: u8,
}

impl Parent {
    /// Parses `00-<trace id>-<span id>-<flags>`; for a later version, which may be longer, the same first fields.
    fn read(header: &[u8]) -> Option<Self> {
        let (fields, rest) = header.split_at_checked(55)?;
        let [version] = hex::<1>(fields.get(..2)?)?;
        let fits = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.first().is_none_or(|next| *next == b'-'),
        };
        let dashes = [2, 35, 52].map(|at| fields.get(at).copied());
        if !fits || dashes != [Some(b'-'); 3] {
            return None;
        }
        let trace_id = hex::<16>(fields.get(3..35)?)?;
        let span_id = hex::<8>(fields.get(36..52)?)?;
        let [flags] = hex::<1>(fields.get(53..55)?)?;
        if trace_id == [0; 16] || span_id == [0; 8] {
            return None;
        }
        Some(Self { trace_id, span_id, flags: flags & (SAMPLED | RANDOM) })
    }
}

/// Parses exactly `N` bytes in lower-case hexadecimal.
fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// Replaces an id of zeros, which means "no id": should randomness fail that way, the id becomes 1.
fn nonzero<const N: usize>(mut id: [u8; N]) -> [u8; N] {
    if id == [0; N]
        && let Some(last) = id.last_mut()
    {
        *last = 1;
    }
    id
}

/// Parses the members of a `tracestate`; `None` when one of them is invalid or none is left.
///
/// If it is too long, whole members are removed, in the order of the specification: members over 128 characters first,
/// then from the right.
fn read_state(header: &[u8]) -> Option<String> {
    let mut members: Vec<&str> = Vec::new();
    for member in std::str::from_utf8(header).ok()?.split(',') {
        let member = member.trim_matches([' ', '\t']);
        if member.is_empty() {
            continue;
        }
        if members.len() == STATE_MEMBERS || !is_member(member) {
            return None;
        }
        members.push(member);
    }
    let mut length = members.iter().map(|member| member.len() + 1).sum::<usize>();
    while length > STATE_LENGTH + 1 {
        let last = members.len().saturating_sub(1);
        let longest = members.iter().rposition(|member| member.len() > LONG_MEMBER);
        length -= members.remove(longest.unwrap_or(last)).len() + 1;
    }
    (!members.is_empty()).then(|| members.join(","))
}

/// Matches members of a `tracestate`: `key=value` in the characters and lengths allowed.
fn is_member(member: &str) -> bool {
    let Some((key, value)) = member.split_once('=') else {
        return false;
    };
    let mut letters = key.bytes();
    let is_start = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    letters.next().is_some_and(is_start)
        && letters.all(|byte| is_start(byte) || b"_-*/@".contains(&byte))
        && key.len() <= STATE_PART
        && (1..=STATE_PART).contains(&value.len())
        && value.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=')
}

/// Flag: the sender may have recorded the trace.
const SAMPLED: u8 = 0x01;
/// Flag: the right seven bytes of the trace id are random.
const RANDOM: u8 = 0x02;
/// Maximum number of members of a `tracestate`.
const STATE_MEMBERS: usize = 32;
/// Longest key, and longest value, in a `tracestate`.
const STATE_PART: usize = 256;
/// Minimum length of a `tracestate` that must be propagated, and the maximum that is kept.
const STATE_LENGTH: usize = 512;
/// Members longer than this are removed first when a `tracestate` is too long.
const LONG_MEMBER: usize = 128;

/// Lower-case hexadecimal digit of a number below 16.
const fn as_hex(number: u8) -> u8 {
    match number {
        0..10 => b'0' + number,
        _ => b'a' + number - 10,
    }
}
