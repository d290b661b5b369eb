//! Input of a custom tool in the arguments of the function that stands for it: `{"input":"…"}`, in pieces cut anywhere.
//!
//! Whole answers are decoded by the same steps. Arguments of another form are the input as they are, and so is what
//! follows the text: nothing is lost.

use crate::document::{escape_into, unescape};

/// Upper bound on what is held until the arguments are known to begin with the input, in bytes.
const MOST_HELD: usize = 64;

/// Decoder of the input, in linear time. It holds no more than the start of the arguments, or an escape.
#[derive(Debug, Default)]
pub(super) struct CustomInput {
    position: ArgumentPosition,
    /// Half of a surrogate pair at the end of the last piece.
    half: String,
    /// JSON that is not decoded yet.
    held: String,
}

/// Position in the arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ArgumentPosition {
    /// Before the text.
    #[default]
    Start,
    /// Within the text.
    Text,
    /// Behind the text, before the end of the object.
    TextEnd,
    /// Behind the object.
    End,
    /// In what is no such object.
    Raw,
}

/// Start of arguments.
enum Opening {
    /// It may become that of an input.
    Partial,
    /// It is not that of an input.
    Other,
    /// The position behind it, and its length.
    Complete(ArgumentPosition, usize),
}

impl CustomInput {
    /// Decodes whole arguments, which are JSON, into plain text.
    pub(super) fn whole(arguments: &str) -> String {
        let (mut input, mut out) = (Self::default(), String::new());
        input.decode(arguments, &mut out);
        out.push_str(&input.finish());
        unescape(&out).into_owned()
    }

    /// Takes a piece of JSON, escaped as the inside of a string. Returns the piece of the input, escaped likewise.
    pub(super) fn push(&mut self, piece: &str) -> String {
        let joined = std::mem::take(&mut self.half) + piece;
        let (text, half) = joined.split_at_checked(half_at(&joined)).unwrap_or((&joined, ""));
        self.half.push_str(half);
        let mut out = String::with_capacity(piece.len());
        self.decode(&unescape(text), &mut out);
        out
    }

    /// Ends the arguments. Returns the rest of the input, escaped.
    pub(super) fn finish(&mut self) -> String {
        let half = std::mem::take(&mut self.half);
        let mut out = String::new();
        self.decode(&unescape(&half), &mut out);
        let held = std::mem::take(&mut self.held);
        if self.position == ArgumentPosition::Text || !held.trim().is_empty() {
            escape_into(&held, &mut out);
        }
        self.position = ArgumentPosition::End;
        out
    }

    fn decode(&mut self, json: &str, out: &mut String) {
        let json = std::mem::take(&mut self.held) + json;
        match self.position {
            ArgumentPosition::Start => match opening(&json) {
                Opening::Partial if json.len() <= MOST_HELD => self.held = json,
                Opening::Partial | Opening::Other => {
                    self.position = ArgumentPosition::Raw;
                    escape_into(&json, out);
                }
                Opening::Complete(position, length) => {
                    self.position = position;
                    self.decode(json.get(length..).unwrap_or_default(), out);
                }
            },
            ArgumentPosition::Text => self.decode_text(&json, out),
            ArgumentPosition::TextEnd | ArgumentPosition::End => self.end(&json, out),
            ArgumentPosition::Raw => escape_into(&json, out),
        }
    }

    /// Decodes text up to its end.
    fn decode_text(&mut self, json: &str, out: &mut String) {
        let mut rest = json;
        while let Some(at) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) {
            let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
            escape_into(plain, out);
            if let Some(behind) = tail.strip_prefix('"') {
                self.position = ArgumentPosition::TextEnd;
                return self.end(behind, out);
            }
            let Some(length) = escape_length(tail) else {
                tail.clone_into(&mut self.held);
                return;
            };
            let (escape, behind) = tail.split_at_checked(length).unwrap_or((tail, ""));
            // A lone backslash is no escape.
            let decoded = if length == 1 { escape.into() } else { unescape(escape) };
            escape_into(&decoded, out);
            rest = behind;
        }
        escape_into(rest, out);
    }

    /// Takes what follows the text: the end of the object, or what the input had lost otherwise.
    fn end(&mut self, json: &str, out: &mut String) {
        let mut rest = json.trim_start();
        if self.position == ArgumentPosition::TextEnd
            && let Some(behind) = rest.strip_prefix('}')
        {
            self.position = ArgumentPosition::End;
            rest = behind.trim_start();
        }
        if !rest.is_empty() {
            self.position = ArgumentPosition::Raw;
            escape_into(rest, out);
        }
    }
}

/// Matches the start of arguments: up to the text, or the whole of an empty object.
fn opening(json: &str) -> Opening {
    let mut rest = json;
    for (token, place) in ["{", "\"input\"", ":", "\""].into_iter().zip(0..) {
        rest = rest.trim_start();
        rest = match rest.strip_prefix(token) {
            Some(behind) => behind,
            None if place == 1 && rest.starts_with('}') => {
                return Opening::Complete(ArgumentPosition::TextEnd, json.len() - rest.len());
            }
            None if token.starts_with(rest) => return Opening::Partial,
            None => return Opening::Other,
        };
    }
    Opening::Complete(ArgumentPosition::Text, json.len() - rest.len())
}

/// Length of the escape at the start of JSON, with the second half of a surrogate pair; 1 for a backslash that begins
/// none. `None`: it goes on.
fn escape_length(json: &str) -> Option<usize> {
    match json.as_bytes().get(1)? {
        b'u' => {}
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => return Some(2),
        _ => return Some(1),
    }
    let digits = json.bytes().skip(2).take(4);
    if !digits.clone().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(1);
    }
    if digits.count() < 4 {
        return None;
    }
    if !is_half(json) {
        return Some(6);
    }
    let second = json.as_bytes().get(6..).unwrap_or_default();
    let goes_on = second.len() < 6 && second.iter().zip(b"\\u").all(|(byte, wanted)| byte == wanted);
    match goes_on {
        true => None,
        false if is_low(second) => Some(12),
        false => Some(6),
    }
}

/// Matches an escape of the first half of a surrogate pair.
fn is_half(escape: &str) -> bool {
    matches!(escape.as_bytes(), [b'\\', b'u', b'd' | b'D', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', ..])
}

/// Matches an escape of the second half.
fn is_low(escape: &[u8]) -> bool {
    matches!(escape, [b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', ..])
}

/// Position of the first half of a surrogate pair at the end of the inside of a string; its length if there is none.
fn half_at(escaped: &str) -> usize {
    let length = escaped.len();
    let Some(at) = length.checked_sub(6) else { return length };
    let is_escape = |before: &str| before.bytes().rev().take_while(|byte| *byte == b'\\').count().is_multiple_of(2);
    match escaped.split_at_checked(at) {
        Some((before, end)) if is_half(end) && is_escape(before) => at,
        _ => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(pieces: &[&str]) -> String {
        let mut input = CustomInput::default();
        let mut out: String = pieces.iter().map(|piece| input.push(piece)).collect();
        out.push_str(&input.finish());
        serde_json::from_str(&format!("\"{out}\"")).unwrap()
    }

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        escape_into(text, &mut out);
        out
    }

    /// Arguments and the input in them.
    const CASES: &[(&str, &str)] = &[
        (r#"{"input":"a\nb"}"#, "a\nb"),
        (" { \"input\" :\n\"a\\\"\\\\\\/\\b\\f\\r\\t\\u00e9\\ud83d\\ude00\" } ", "a\"\\/\u{8}\u{c}\r\té😀"),
        (r#"{"input":""}"#, ""),
        ("{}", ""),
        ("", ""),
        // Of another form.
        (r#"{"patch":"a"}"#, r#"{"patch":"a"}"#),
        (r#"{"input":["a"]}"#, r#"{"input":["a"]}"#),
        ("*** Begin Patch", "*** Begin Patch"),
        (r#""a""#, r#""a""#),
        (r#"{"input":"a","why":"b"}"#, r#"a,"why":"b"}"#),
        (r#"{"input":"a"} b"#, "ab"),
        // Cut.
        (r#"{"inp"#, r#"{"inp"#),
        (r#"{"input":"a"#, "a"),
        (r#"{"input":"a\"#, "a\\"),
        (r#"{"input":"a\u00"#, "a\\u00"),
        // Broken.
        (r#"{"input":"\d \u12x"}"#, r"\d \u12x"),
        (r#"{"input":"\ud83d!\ude00"}"#, "\u{fffd}!\u{fffd}"),
        ("{\"input\":\"a\nb\"}", "a\nb"),
    ];

    #[test]
    fn the_input_is_the_text_in_the_arguments_wherever_they_are_cut() {
        for (arguments, input) in CASES {
            assert_eq!(CustomInput::whole(arguments), *input, "{arguments}");
            let escaped = escaped(arguments);
            assert_eq!(decoded(&[&escaped]), *input, "{arguments}");
            let signs: Vec<String> = arguments.chars().map(|sign| self::escaped(&sign.to_string())).collect();
            let pieces: Vec<&str> = signs.iter().map(String::as_str).collect();
            assert_eq!(decoded(&pieces), *input, "{arguments}");
        }
    }

    #[test]
    fn half_a_character_at_the_end_of_a_piece_waits_for_the_other() {
        assert_eq!(decoded(&[r#"{\"input\":\"\ud83d"#, r#"\ude00\"}"#]), "😀");
        assert_eq!(decoded(&[r#"{\"input\":\"\\ud8"#, r#"3d\"}"#]), "\u{fffd}");
    }

    #[test]
    fn no_more_is_held_than_the_start_or_an_escape() {
        let mut input = CustomInput::default();
        for _ in 0..1000 {
            input.push("      ");
            assert!(input.held.len() <= MOST_HELD);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_out_as_it_went_in(text in any::<String>(), cut in any::<prop::sample::Index>()) {
            let arguments = serde_json::json!({"input": text}).to_string();
            prop_assert_eq!(CustomInput::whole(&arguments), text.as_str());
            let at = arguments.char_indices().map(|(at, _)| at).nth(cut.index(arguments.chars().count())).unwrap();
            let (first, second) = arguments.split_at(at);
            prop_assert_eq!(decoded(&[&escaped(first), &escaped(second)]), text);
        }
    }
}
