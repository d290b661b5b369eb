//! The cases: every place of the fixtures that can grow, and what no fixture shows.

use crate::exchanges::{Exchange, fixtures};
use crate::grown::{Text, TextKind, Way, grown, places};
use crate::own;
use std::collections::BTreeSet;
use std::sync::Arc;
use tollgate::dialect::{unwrap_chunk, wrap_chunk};
use tollgate::document::{Document, ValueKind};
use tollgate::framing::{Decoder, Framing, Piece};
use tollgate::model::TextKind as Kept;

/// How far a case is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// By the clock only, unless that finds it suspicious.
    Timed,
    /// From 64 to 256 kB, and by the clock up to 4 MB.
    Counted,
    /// From 32 kB to 2 MB, and by the clock up to 4 MB.
    Far,
}

/// Something that grows.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) reach: Reach,
    /// Bytes of the answer's pieces.
    pub(crate) piece: usize,
    /// Keeps texts for the span too.
    pub(crate) keeps: bool,
    /// The exchange at a size in bytes.
    pub(crate) make: Arc<dyn Fn(usize) -> Exchange + Sync + Send>,
}

impl Case {
    pub(crate) fn new(
        name: impl Into<String>,
        reach: Reach,
        piece: usize,
        make: impl Fn(usize) -> Exchange + Sync + Send + 'static,
    ) -> Self {
        // To count is dear.
        Self { name: name.into(), reach, piece, keeps: reach == Reach::Timed, make: Arc::new(make) }
    }

    /// The same, its texts kept for the span too.
    pub(crate) fn kept(&self) -> Self {
        let (name, make) = (format!("{}, kept for the span", self.name), Arc::clone(&self.make));
        Self { name, keeps: true, make, ..*self }
    }
}

/// As Envoy hands an answer on.
pub(crate) const USUAL: usize = 4096;

/// All cases, each under a name of its own.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = own::cases();
    let mut asked = BTreeSet::new();
    for exchange in fixtures() {
        let (dialect, _) = exchange.id.split_once('/').unwrap();
        if asked.insert(dialect.to_owned()) {
            requests(dialect, &exchange, &mut cases);
        }
        match framing(&exchange) {
            Some(framing) => streams(&exchange, framing, &mut cases),
            None => wholes(&exchange, &mut cases),
        }
    }
    let mut names = BTreeSet::new();
    assert!(cases.iter().all(|case| names.insert(&case.name)));
    cases
}

fn framing(exchange: &Exchange) -> Option<Framing> {
    let framing = match exchange.id.rsplit('.').next() {
        Some("sse") => Framing::ServerSentEvents,
        Some("ndjson") => Framing::JsonLines,
        Some("array") => Framing::JsonArray,
        Some("txt") => Framing::AwsEventStream,
        _ => return None,
    };
    Some(framing)
}

/// The places that differ in more than an index; each with a name.
fn distinct(json: &str, seen: &mut BTreeSet<String>) -> Vec<(String, TextKind)> {
    let named = places(json).into_iter().map(|place| {
        let steps = place.path.split('/').map(|step| if step.parse::<u32>().is_ok() { "*" } else { step });
        (format!("{:?} {}", place.kind, steps.collect::<Vec<_>>().join("/")), place)
    });
    named.filter(|(name, _)| seen.insert(name.clone())).collect()
}

/// Lists and objects grow by what they have.
const AGAIN: [Way; 2] = [Way::Again, Way::Anew];

fn requests(dialect: &str, exchange: &Exchange, cases: &mut Vec<Case>) {
    let body = String::from_utf8(exchange.request.clone()).unwrap();
    let document = Document::new(body.as_bytes()).unwrap();
    let read = exchange.route.dialect.unwrap().read_request(document).unwrap();
    let mut kept = Vec::new();
    for (name, place) in distinct(&body, &mut BTreeSet::new()) {
        let leaf = read.items.texts().find(|leaf| leaf.span.range() == place.inside).map(|leaf| leaf.place);
        let is_first = leaf.is_some_and(|leaf| !kept.contains(&leaf));
        kept.extend(leaf);
        let ways: &[Way] = match (place.kind, leaf) {
            (ValueKind::String, Some(Kept::Encoded)) => &[Way::Text(Text::Encoded)],
            (ValueKind::String, Some(Kept::Arguments | Kept::ToolResult)) => &[
                Way::Text(Text::JsonOfOne),
                Way::Text(Text::JsonOfMany),
                Way::Text(Text::JsonOfKeys),
                Way::Text(Text::JsonOfNumbers),
            ],
            (ValueKind::String, _) => &[Way::Text(Text::Lines)],
            _ => &AGAIN,
        };
        for (number, way) in ways.iter().copied().enumerate() {
            let reach = if is_first && number == 0 { Reach::Counted } else { Reach::Timed };
            let (exchange, body, inside, path) =
                (exchange.clone(), body.clone(), place.inside.clone(), place.path.clone());
            let kind = place.kind;
            cases.push(Case::new(format!("{dialect} request {name} {way:?}"), reach, USUAL, move |size| {
                let place = TextKind { path: path.clone(), kind, inside: inside.clone() };
                Exchange { request: grown(&body, &place, way, size).into_bytes(), ..exchange.clone() }
            }));
        }
    }
}

/// A text of an answer in which there is something to put back, and much that only looks so.
const ANSWERED: Text = Text::Piece("[EMAIL_1] \"[EMAIL_12][PHONE_ [[\\é\n");

fn wholes(exchange: &Exchange, cases: &mut Vec<Case>) {
    let body = String::from_utf8(exchange.answer.clone()).unwrap();
    let mut is_counted = false;
    for (name, place) in distinct(&body, &mut BTreeSet::new()) {
        for way in ways(place.kind) {
            let reach = reach_of_answer(&body, &place, &mut is_counted);
            let (exchange, body, inside, path) =
                (exchange.clone(), body.clone(), place.inside.clone(), place.path.clone());
            let (kind, way) = (place.kind, *way);
            cases.push(Case::new(format!("{} {name} {way:?}", exchange.id), reach, USUAL, move |size| {
                let place = TextKind { path: path.clone(), kind, inside: inside.clone() };
                Exchange { answer: grown(&body, &place, way, size).into_bytes(), ..exchange.clone() }
            }));
        }
    }
}

fn ways(kind: ValueKind) -> &'static [Way] {
    if kind == ValueKind::String { &[Way::Text(ANSWERED)] } else { &AGAIN }
}

/// The first text that is said is counted, the rest only timed.
fn reach_of_answer(body: &str, place: &TextKind, is_counted: &mut bool) -> Reach {
    let says = body.get(place.inside.clone()).is_some_and(|text| text.contains("[EM"));
    if place.kind != ValueKind::String || !says || std::mem::replace(is_counted, true) {
        return Reach::Timed;
    }
    Reach::Counted
}

/// A frame of a stream.
struct Frame {
    raw: Vec<u8>,
    /// Its data, and whether that is wrapped in a chunk.
    data: Option<(String, bool)>,
}

fn frames(body: &[u8], framing: Framing) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut each = |piece: Piece<'_>| {
        let data = match &piece {
            Piece::Frame(frame) => {
                let chunk = unwrap_chunk(&frame.data);
                let is_wrapped = chunk.is_some();
                String::from_utf8(chunk.unwrap_or_else(|| frame.data.to_vec())).ok().map(|data| (data, is_wrapped))
            }
            _ => None,
        };
        frames.push(Frame { raw: piece.bytes().to_vec(), data });
    };
    let mut decoder = Decoder::new(framing, 1 << 24);
    decoder.push(body, &mut each);
    decoder.finish(&mut each);
    frames
}

/// The same frame around other data.
fn around(raw: &[u8], framing: Framing, data: &str, is_wrapped: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut each = |piece: Piece<'_>| {
        if let Piece::Frame(frame) = piece {
            let wrapped = is_wrapped.then(|| wrap_chunk(&frame.data, data.as_bytes()).unwrap());
            frame.rewrite(framing, wrapped.as_deref().unwrap_or(data.as_bytes()), &mut out);
        } else {
            out.extend_from_slice(piece.bytes());
        }
    };
    let mut decoder = Decoder::new(framing, 1 << 24);
    let opened = if framing == Framing::JsonArray { [b"[", raw].concat() } else { raw.to_vec() };
    decoder.push(&opened, &mut each);
    decoder.finish(&mut each);
    if framing == Framing::JsonArray { out.split_off(1) } else { out }
}

fn streams(exchange: &Exchange, framing: Framing, cases: &mut Vec<Case>) {
    let all = frames(&exchange.answer, framing);
    let (mut seen, mut shapes) = (BTreeSet::new(), BTreeSet::new());
    let (mut is_counted, mut is_repeated) = (false, false);
    for (number, frame) in all.iter().enumerate() {
        let Some((data, is_wrapped)) = &frame.data else { continue };
        let joined = |frames: &[Frame]| frames.iter().flat_map(|frame| frame.raw.clone()).collect::<Vec<u8>>();
        let (before, after) = (joined(&all[..number]), joined(&all[number + 1..]));
        let shape: Vec<String> = places(data).into_iter().map(|place| place.path).collect();
        for (name, place) in distinct(data, &mut seen) {
            for way in ways(place.kind).iter().copied() {
                let reach = reach_of_answer(data, &place, &mut is_counted);
                let exchange = exchange.clone();
                let (before, after, raw) = (before.clone(), after.clone(), frame.raw.clone());
                let (data, is_wrapped, kind) = (data.clone(), *is_wrapped, place.kind);
                let (inside, path) = (place.inside.clone(), place.path.clone());
                let title = format!("{} one event {name} {way:?}", exchange.id);
                cases.push(Case::new(title, reach, USUAL, move |size| {
                    let place = TextKind { path: path.clone(), kind, inside: inside.clone() };
                    let grown = around(&raw, framing, &grown(&data, &place, way, size), is_wrapped);
                    Exchange { answer: [before.as_slice(), &grown, &after].concat(), ..exchange.clone() }
                }));
            }
        }
        if shapes.insert(shape) {
            // The text that is said piece by piece is counted.
            let is_first = data.contains("[EM") && !std::mem::replace(&mut is_repeated, true);
            let reach = if is_first { Reach::Counted } else { Reach::Timed };
            let (exchange, raw) = (exchange.clone(), frame.raw.clone());
            let title = format!("{} event {number} again and again", exchange.id);
            cases.push(Case::new(title, reach, 7, move |size| {
                let parted = if framing == Framing::JsonArray { [b",", raw.as_slice()].concat() } else { raw.clone() };
                let again = parted.repeat(size / parted.len());
                let answer = [before.as_slice(), &raw, &again, &after].concat();
                Exchange { answer, ..exchange.clone() }
            }));
        }
    }
}
