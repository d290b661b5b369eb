//! Answers of Anthropic's messages, for calls that are translated: the same texts as in `turn.rs`.

use crate::turn::{said_at, whole_text};

/// A whole answer that contains the address three times.
pub(crate) fn answer(address: &str) -> String {
    let said = whole_text(address);
    format!(
        concat!(
            r#"{{"id":"msg_load0000000000000000000001","type":"message","role":"assistant","#,
            r#""model":"claude-haiku-4-5-20251001","content":[{{"type":"text","text":"{said}"}}],"#,
            r#""stop_reason":"end_turn","stop_sequence":null,"usage":{usage}}}"#
        ),
        said = said,
        usage = USAGE
    )
}

/// Beginning of a stream.
pub(crate) fn beginning() -> Vec<String> {
    let message = concat!(
        r#"{"type":"message_start","message":{"id":"msg_load0000000000000000000001","type":"message","#,
        r#""role":"assistant","model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"#,
        r#""stop_sequence":null,"usage":{"input_tokens":512,"cache_creation_input_tokens":0,"#,
        r#""cache_read_input_tokens":0,"output_tokens":1}}}"#
    );
    let block = r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#;
    vec![named("message_start", message), named("content_block_start", block)]
}

/// The event at an index of a stream.
pub(crate) fn event(index: u64, address: &str) -> String {
    let said = said_at(index, address);
    let delta =
        format!(r#"{{"type":"content_block_delta","index":0,"delta":{{"type":"text_delta","text":"{said}"}}}}"#);
    named("content_block_delta", &delta)
}

/// End of a stream.
pub(crate) fn ending() -> Vec<String> {
    let delta = format!(
        r#"{{"type":"message_delta","delta":{{"stop_reason":"end_turn","stop_sequence":null}},"usage":{USAGE}}}"#
    );
    vec![
        named("content_block_stop", r#"{"type":"content_block_stop","index":0}"#),
        named("message_delta", &delta),
        named("message_stop", r#"{"type":"message_stop"}"#),
    ]
}

fn named(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

const USAGE: &str =
    r#"{"input_tokens":512,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":148}"#;
