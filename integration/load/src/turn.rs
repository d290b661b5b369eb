//! A turn: one kind of call in the benchmark, with its request and its answer.

use crate::embeddings;
use crate::prompt::{REPLY_MARK, REPLY_TO, openai_large, openai_small};
use std::io;
use std::str::FromStr;

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A prompt of 2 KB, an answer of 1.2 KB.
    Small,
    /// A prompt of 480 KB, the same answer.
    Large,
    /// A prompt of 2 KB, an answer of many events.
    Stream,
    /// A hundred texts, an answer of their vectors.
    Embeddings,
}

impl FromStr for Turn {
    type Err = io::Error;

    fn from_str(name: &str) -> io::Result<Self> {
        match name {
            "small" => Ok(Self::Small),
            "large" => Ok(Self::Large),
            "stream" => Ok(Self::Stream),
            "embeddings" => Ok(Self::Embeddings),
            _ => Err(io::Error::other(format!("no such turn: {name}"))),
        }
    }
}

impl Turn {
    /// The body of the request.
    pub(crate) fn prompt(self) -> String {
        match self {
            Self::Small => openai_small(false),
            Self::Large => openai_large(480_000),
            Self::Stream => openai_small(true),
            Self::Embeddings => embeddings::request(),
        }
    }

    /// The path of the request.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Small | Self::Large | Self::Stream => "/v1/chat/completions",
            Self::Embeddings => "/v1/embeddings",
        }
    }
}

/// The address to reply to, as in a prompt: itself, or its replacement.
pub(crate) fn reply_to(prompt: &str) -> Option<&str> {
    let (_, rest) = prompt.split_once(REPLY_MARK)?;
    rest.split_once(';').map(|(address, _)| address)
}

/// Text of a whole answer, as the inside of a JSON string: the address is in it three times.
pub(crate) fn whole_text(address: &str) -> String {
    format!(
        "Ticket 88412-7\\n\\nDear Ms Fournier,\\n\\nthank you for writing. We have asked the team that looks after \
         invoices to compare both versions with your order, and will write to {address} as soon as they know more. \
         Please send us the last two hundred lines of the log; where it lies is said on the page \\\"Where is my \
         log?\\\". The refund goes back the way the payment came, which takes five working days from today. Please do not send \
         numbers of cards or accounts by mail: a link to a form is on its way to {address}.\\n\\nKind regards\\n\\n\
         Summary: rounding differs since 4.18.2; log asked for; {address} waits."
    )
}

/// A whole answer of 1.2 KB.
pub(crate) fn answer(address: &str) -> String {
    let said = whole_text(address);
    format!(
        concat!(
            r#"{{"id":"chatcmpl-load0000000000000000000001","object":"chat.completion","created":1764000000,"#,
            r#""model":"gpt-4o-mini-2024-07-18","choices":[{{"index":0,"message":{{"role":"assistant","#,
            r#""content":"{said}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],"usage":{usage},"#,
            r#""service_tier":"default","system_fingerprint":"fp_load"}}"#
        ),
        said = said,
        usage = USAGE
    )
}

/// Text of the event at an index of a stream: tokens, and from time to time the address, split in three.
pub(crate) fn said_at(index: u64, address: &str) -> &str {
    let third = address.len() / 3;
    let (head, rest) = address.split_at_checked(third).unwrap_or((address, ""));
    let (middle, tail) = rest.split_at_checked(third).unwrap_or((rest, ""));
    match index % EVENTS_PER_ADDRESS {
        ADDRESS_AT => head,
        n if n == ADDRESS_AT + 1 => middle,
        n if n == ADDRESS_AT + 2 => tail,
        n if n % 3 == 0 => " rounding",
        n if n % 3 == 1 => " of the",
        _ => " invoice,",
    }
}

/// The event at an index of a stream.
pub(crate) fn event(index: u64, address: &str) -> String {
    let said = said_at(index, address);
    chunk(&format!(r#"[{{"index":0,"delta":{{"content":"{said}"}},"logprobs":null,"finish_reason":null}}]"#), "null")
}

/// End of a stream: the finish reason, the usage where it was requested, and the end marker.
pub(crate) fn ending(usage: bool) -> Vec<String> {
    let mut events = vec![chunk(r#"[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]"#, "null")];
    if usage {
        events.push(chunk("[]", USAGE));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

/// Number of addresses in a whole stream of this many events.
pub(crate) fn addresses_in(events: u64) -> usize {
    (0..events).filter(|index| index % EVENTS_PER_ADDRESS == ADDRESS_AT + 2).count()
}

/// Number of times a text contains the address to reply to.
pub(crate) fn addresses_said(text: &str) -> usize {
    text.matches(REPLY_TO).count()
}

/// The concatenated text of a stream's events.
pub(crate) fn text_of(stream: &str) -> String {
    let pieces = stream.split(r#""content":""#).skip(1);
    pieces.filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

fn chunk(choices: &str, usage: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-load0000000000000000000001\",\"object\":\"chat.completion.chunk\",\
         \"created\":1764000000,\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\
         \"system_fingerprint\":\"fp_load\",\"choices\":{choices},\"usage\":{usage}}}\n\n"
    )
}

/// Usage of an answer.
const USAGE: &str = concat!(
    r#"{"prompt_tokens":512,"completion_tokens":148,"total_tokens":660,"#,
    r#""prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"#,
    r#""completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}"#
);

/// Number of addresses in a whole answer.
pub(crate) const ADDRESSES_IN_ANSWER: usize = 3;

const EVENTS_PER_ADDRESS: u64 = 50;
const ADDRESS_AT: u64 = 20;
