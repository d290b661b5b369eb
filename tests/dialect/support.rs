//! Reads exchanges as a call does.

use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::AnswerState;
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::model::{Channel, Content, Event, Reply, Request};
use tollgate::settings::Limits;

/// Facts decoded from an answer.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    pub(super) notes: Vec<&'static str>,
    /// Texts by channel, in the order of their beginnings.
    pub(super) texts: Vec<(Channel, String)>,
    /// The kinds of parts, in order.
    pub(super) parts: Vec<String>,
    /// State after the last frame.
    pub(super) state: AnswerState,
}

impl Answer {
    /// Itself without the state, in which streams and whole answers differ.
    pub(super) fn without_state(self) -> Self {
        Self { state: AnswerState::default(), ..self }
    }

    /// All text of one kind, of the first choice.
    pub(super) fn text(&self, content: Content) -> String {
        let wanted = |channel: &Channel| channel.choice == 0 && channel.content == content;
        self.texts.iter().filter(|(channel, _)| wanted(channel)).map(|(_, text)| text.as_str()).collect()
    }
}

/// A file of a dialect's fixtures.
pub(super) fn fixture(dialect: &str, file: &str) -> String {
    let path = format!("{}/tests/fixtures/{dialect}/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A stream of AWS's framing from lines of `event-type<TAB>payload`.
pub(super) fn aws_stream(lines: &str) -> Vec<u8> {
    let mut stream = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (name, data) = line.split_once('\t').unwrap();
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut stream);
    }
    stream
}

pub(super) fn route(method: &str, path: &str) -> Route {
    Route::of(method, path, &[])
}

/// Reads a request's body on a route, with the model and the stream flag that the path may hold.
pub(super) fn request(route: &Route, body: &str) -> Request {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut request = route.dialect.unwrap().read_request(document).unwrap();
    request.model = route.model.clone().or(request.model);
    request.stream = route.stream.unwrap_or(request.stream);
    request
}

/// Text spans of a request, decoded.
pub(super) fn leaves(route: &Route, body: &str) -> Vec<String> {
    let document = Document::new(body.as_bytes()).unwrap();
    let request = route.dialect.unwrap().read_request(document).unwrap();
    request.items.texts().map(|leaf| document.text(leaf.span).into_owned()).collect()
}

/// Reads an answer of a media type, whole, then in pieces of one byte: both results must be equal.
pub(super) fn answer(route: &Route, media: &str, body: &[u8]) -> Answer {
    let stream = media != "application/json" || route.stream == Some(true);
    let headers = Headers::from_iter(vec![("content-type".to_owned(), media.as_bytes().to_vec())]);
    let whole = read(route, stream, &headers, &[body]);
    let pieces: Vec<&[u8]> = body.chunks(1).collect();
    assert_eq!(read(route, stream, &headers, &pieces), whole, "in pieces of one byte it says something else");
    whole
}

/// Reads an answer in the given pieces.
pub(super) fn read(route: &Route, stream: bool, headers: &Headers, pieces: &[&[u8]]) -> Answer {
    let mut answer = Answer::default();
    let mut reading = AnswerDecoder::new(route, stream, headers, Limits::default());
    for (index, piece) in pieces.iter().enumerate() {
        reading.push(piece, index + 1 == pieces.len(), &mut |read| match read {
            Decoded::Note(note) => answer.notes.push(note.name()),
            Decoded::Whole { said: Some(said), .. } | Decoded::Frame { said: Some(said), .. } => {
                for delta in said.events {
                    answer.reply.apply(delta, said.document);
                    match delta {
                        Event::Text { channel, text } | Event::Missing { channel, text } => {
                            let text = said.document.text(*text);
                            // A stream sends the signature only after the text.
                            let channel = match channel.content {
                                Content::SignedReasoning => Channel { content: Content::Reasoning, ..*channel },
                                _ => *channel,
                            };
                            match answer.texts.iter_mut().find(|(known, _)| *known == channel) {
                                Some((_, all)) => all.push_str(&text),
                                None => answer.texts.push((channel, text.into_owned())),
                            }
                        }
                        Event::Part { kind, .. } => answer.parts.push(said.document.text(*kind).into_owned()),
                        _ => {}
                    }
                }
            }
            _ => {}
        });
    }
    reading.finish(&mut answer.reply);
    answer.state = reading.state().clone();
    answer
}
