//! Embeddings: a request of many short texts, and its answer of many numbers.

use crate::prompt::{REPLY_MARK, REPLY_TO, quote};
use std::fmt::Write;

/// Number of texts, and of their vectors.
const TEXTS: usize = 100;
/// Numbers of each vector: those of OpenAI's `text-embedding-3-small`.
const NUMBERS: usize = 1536;

/// A request for the vectors of a hundred lines, the first with the address to reply to.
pub(crate) fn request() -> String {
    let mut body = String::from(r#"{"model":"text-embedding-3-small","encoding_format":"float","input":["#);
    for index in 0..TEXTS {
        let separator = if index == 0 { "" } else { "," };
        body.push_str(separator);
        let reply = if index == 0 { format!("{REPLY_MARK}{REPLY_TO}; ") } else { String::new() };
        quote(&format!("{reply}Line {index}: the invoice shows another sum than the order."), &mut body);
    }
    body + "]}"
}

/// The answer: as long as OpenAI's, each number with about nine digits.
pub(crate) fn answer() -> String {
    let mut body = String::from(r#"{"object":"list","data":["#);
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for index in 0..TEXTS {
        let separator = if index == 0 { "" } else { "," };
        let _ = write!(body, r#"{separator}{{"object":"embedding","index":{index},"embedding":["#);
        for number in 0..NUMBERS {
            // Xorshift: the numbers have to differ, no more.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let separator = if number == 0 { "" } else { "," };
            let sign = if state & 1 == 0 { "" } else { "-" };
            let _ = write!(body, "{separator}{sign}0.0{:09}", (state >> 16) % 1_000_000_000);
        }
        body.push_str("]}");
    }
    body + r#"],"model":"text-embedding-3-small","usage":{"prompt_tokens":1400,"total_tokens":1400}}"#
}
