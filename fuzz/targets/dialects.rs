//! Any bytes as a request, an answer or a frame of any name, in every dialect: spans lie within the document, no text
//! is found twice, and output is JSON. An input: the dialect; flags for an exception and for a whole answer; its name
//! up to a line feed; the document.

use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, WrittenFrame, chunk, invocation_metrics, unwrap_chunk, wrap_chunk};
use tollgate::document::{Document, Reader, Span};
use tollgate::model::{Channel, Content, Event, Refusal, Reply};

pub(crate) fn run(input: &[u8]) {
    let Some(([dialect, flags], rest)) = input.split_first_chunk::<2>() else { return };
    let dialect = Dialect::ALL[usize::from(*dialect) % Dialect::ALL.len()];
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (name, bytes) = (String::from_utf8_lossy(&rest[..end]), rest.get(end + 1..).unwrap_or_default());
    wrapped(bytes);
    let Ok(document) = Document::new(bytes) else { return };
    if let Ok(request) = dialect.read_request(document) {
        apart(document, request.items.texts().map(|leaf| leaf.span).collect());
        for call in request.tool_calls {
            [call.id, call.name, call.input].into_iter().flatten().for_each(|span| within(document, span));
        }
        if let Some((range, _)) = request.ask_usage {
            assert!(document.as_str().get(range).is_some());
        }
    }
    let (mut deltas, mut reply, mut state) = (Vec::new(), Reply::default(), AnswerState::default());
    let (is_exception, is_whole) = (flags & 1 > 0, flags & 2 > 0);
    let frame = AnswerFrame { name: &name, is_exception, is_whole, document };
    let _ = dialect.read_answer(frame, &mut state, &mut deltas);
    let text = |delta: &Event| match delta {
        Event::Text { text, .. } | Event::Other(text) => Some(*text),
        _ => None,
    };
    apart(document, deltas.iter().filter_map(text).collect());
    for delta in &deltas {
        reply.apply(delta, document);
        if let Event::Text { channel, text } = delta {
            written(dialect, (&state, &reply), *channel, &document.text(*text));
        }
    }
    for content in [
        Content::Text,
        Content::Reasoning,
        Content::SignedReasoning,
        Content::Plan,
        Content::Refusal,
        Content::Speech,
        Content::Arguments,
    ] {
        written(dialect, (&state, &reply), Channel { choice: 1, part: 2, content }, &name);
    }
    assert!(is_json(&dialect.write_refusal(&Refusal::ModelNotAllowed { model: name.into_owned() })));
}

/// Unwrapping restores the bytes that Bedrock's form wraps.
fn wrapped(bytes: &[u8]) {
    assert_eq!(unwrap_chunk(&chunk(bytes)).as_deref(), Some(bytes));
    if unwrap_chunk(bytes).is_some() {
        let other = wrap_chunk(bytes, b"{}").expect("what can be unwrapped can be wrapped");
        assert_eq!(unwrap_chunk(&other).as_deref(), Some(&b"{}"[..]));
    }
    if let Ok(document) = Document::new(bytes) {
        let _ = invocation_metrics(document);
    }
}

/// Checks that a written frame contains its text, and no other.
fn written(dialect: Dialect, (state, reply): (&AnswerState, &Reply), channel: Channel, text: &str) {
    let WrittenFrame { name, data } = dialect.write_text(state, reply, channel, text);
    // Replicate's events are bare text.
    if data.is_empty() || data == text {
        return;
    }
    assert!(is_json(&data), "{data}");
    let Ok(document) = Document::new(data.as_bytes()) else { return };
    let mut deltas = Vec::new();
    let frame = AnswerFrame { name, is_exception: false, is_whole: false, document };
    assert!(dialect.read_answer(frame, &mut AnswerState::default(), &mut deltas).is_ok(), "{data}");
    // watsonx's frames are written for both of its APIs at once.
    for delta in &deltas {
        assert!(!matches!(delta, Event::Text { text: said, .. } if document.text(*said) != text), "{data}");
    }
}

fn within(document: Document<'_>, span: Span) {
    assert!(document.as_str().get(span.range()).is_some());
}

/// Checks that texts do not overlap, since then they could not both be edited.
fn apart(document: Document<'_>, mut spans: Vec<Span>) {
    spans.iter().for_each(|span| within(document, *span));
    spans.sort_by_key(|span| (span.start, span.end));
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{:?} twice", document.raw(pair[0]));
    }
}

fn is_json(text: &str) -> bool {
    let Ok(document) = Document::new(text.as_bytes()) else { return false };
    let mut reader = Reader::new(document);
    reader.skip().is_ok() && reader.finish().is_ok()
}
