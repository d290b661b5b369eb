//! Documents: values, their spans, and edits by splicing.

#![cfg(test)]

use proptest::prelude::*;
use tollgate::document::{Document, Edits, Reader, Scalar, ValueKind};

/// Any JSON value, as serde_json writes it or with white space.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn readable(text: &[u8]) -> bool {
    let Ok(document) = Document::new(text) else {
        return false;
    };
    let mut reader = Reader::new(document);
    reader.skip().is_ok() && reader.finish().is_ok()
}

/// Every string and name of a value, in document order.
fn texts(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => into.push(text.clone()),
        serde_json::Value::Array(elements) => elements.iter().for_each(|element| texts(element, into)),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                into.push(name.clone());
                texts(value, into);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_text_of_any_document_is_handed_out(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let document = Document::new(text.as_bytes()).unwrap();
        let (mut found, mut expected) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(document);
        reader.scalars(&mut |part| match part {
            Scalar::Key(span) | Scalar::String(span) => found.push(document.text(span).into_owned()),
            Scalar::Number(_) => {}
        }).unwrap();
        reader.finish().unwrap();
        texts(&value, &mut expected);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn what_is_readable_agrees_with_serde_json(text in r#"[\[\]{}",:0-9eE.+\-truefalsn \\u\u{e9}]{0,24}"#) {
        // Numbers too large for a float are valid JSON: serde_json, which computes them, would refuse them.
        let expected = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
        prop_assert_eq!(readable(text.as_bytes()), expected, "{}", text);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        readable(&bytes);
    }

    #[test]
    fn edits_in_any_order_are_the_same(cuts in prop::collection::btree_set(0usize..60, 2..9), with in "[a-z]{0,5}") {
        let body: Vec<u8> = (b'0'..).take(60).collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let ranges: Vec<_> = cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
        let (mut forward, mut backward) = (Edits::default(), Edits::default());
        ranges.iter().for_each(|range| forward.replace(range.clone(), with.as_str()));
        ranges.iter().rev().for_each(|range| backward.replace(range.clone(), with.as_str()));
        let mut expected = body.clone();
        for range in ranges.iter().rev() {
            expected.splice(range.clone(), with.bytes());
        }
        prop_assert_eq!(forward.applied(&body), expected.clone());
        prop_assert_eq!(backward.applied(&body), expected);
    }
}

/// <https://docs.python.org/3/library/json.html#infinite-and-nan-number-values>
#[test]
fn what_python_writes_for_a_number_that_is_none_is_read_as_one() {
    for word in ["NaN", "Infinity", "-Infinity"] {
        let text = format!(r#"{{"a":[{word}, {word}],"b":{word}}}"#);
        let document = Document::new(text.as_bytes()).unwrap();
        let mut reader = Reader::new(document);
        let mut numbers = Vec::new();
        let mut each = |part| match part {
            Scalar::Number(span) => numbers.push(document.raw(span)),
            Scalar::Key(_) | Scalar::String(_) => {}
        };
        reader.scalars(&mut each).unwrap();
        reader.finish().unwrap();
        assert_eq!(numbers, [word; 3]);
        let of = || Reader::new(Document::new(word.as_bytes()).unwrap());
        assert_eq!(of().peek().unwrap(), ValueKind::Number);
        assert_eq!((of().maybe_count().unwrap(), of().maybe_integer().unwrap()), (None, None));
        assert_eq!((of().maybe_number::<f64>().unwrap(), of().scalar().unwrap()), (None, None));
    }
    for text in ["nan", "inf", "Inf", "Infinit", "NaN1", "-NaN", "+Infinity", "--Infinity", "N", "-I", "[NaN,]"] {
        assert!(!readable(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_is_not_json_says_where_and_why() {
    let cases: [(&[u8], usize, &str); 12] = [
        (b"", 0, "ends too early"),
        (b"  {", 3, "ends too early"),
        (b"{\"a\":1", 6, "ends too early"),
        (b"{\"a\" 1}", 5, "no colon"),
        (b"[1 2]", 3, "no comma"),
        (b"[1,]", 3, "no value"),
        (b"\"abc", 4, "ends too early"),
        (b"\"a\nb\"", 2, "control character in a string"),
        (br#""\x""#, 1, "no such escape"),
        (br#""\u12g4""#, 1, "no such escape"),
        (b"01", 1, "text after the end"),
        (b"\xff", 0, "not UTF-8"),
    ];
    for (text, at, reason) in cases {
        let error = Document::new(text).and_then(|document| {
            let mut reader = Reader::new(document);
            reader.skip()?;
            reader.finish()
        });
        let error = error.expect_err(reason);
        assert_eq!((error.at(), error.reason()), (at, reason), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn a_string_ends_where_it_ends_whatever_stands_beside_its_quote() {
    // Neighbours of the quote, the backslash and the control characters, by one bit or by one; and longer letters.
    for letter in ["a", "!", "#", " ", "[", "]", "\u{7f}", "\u{80}", "\u{a2}", "\u{25c}", "\u{1f600}"] {
        for count in 0..40 {
            let text = letter.repeat(count);
            let read = |body: &str| {
                let document = Document::new(body.as_bytes()).unwrap();
                Reader::new(document).string().map(|span| document.raw(span).to_owned()).map_err(|wrong| wrong.at())
            };
            assert_eq!(read(&format!("\"{text}\"")), Ok(text.clone()));
            assert_eq!(read(&format!("\"{text}\"\"\\\u{1}more and more")), Ok(text.clone()));
            assert_eq!(read(&format!("\"{text}\\\"{text}\"")), Ok(format!("{text}\\\"{text}")));
            for control in ["\0", "\u{1}", "\n", "\u{1f}"] {
                assert_eq!(read(&format!("\"{text}{control}{text}\"")), Err(1 + text.len()));
            }
            assert_eq!(read(&format!("\"{text}")), Err(1 + text.len()));
        }
    }
}

#[test]
fn nesting_deeper_than_the_stack_allows_is_refused_not_followed() {
    let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
    assert!(readable(&deep(128)));
    assert!(!readable(&deep(129)));
    assert!(!readable(&vec![b'['; 10_000_000]));
}

#[test]
fn a_name_with_escapes_is_the_name_it_stands_for() {
    let document = Document::new(br#"{"mod\u0065l":"x"}"#).unwrap();
    let mut names = Vec::new();
    Reader::new(document)
        .object(|reader, key| {
            names.push(key.to_string());
            reader.skip()
        })
        .unwrap();
    assert_eq!(names, ["model"]);
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let document = Document::new(b"\xef\xbb\xbf {}").unwrap();
    assert_eq!(Reader::new(document).peek(), Ok(ValueKind::Object));
}

#[test]
fn a_count_is_read_however_it_is_written_and_nothing_else_is_one() {
    let count = |text: &str| {
        let mut reader = Reader::new(Document::new(text.as_bytes()).unwrap());
        let count = reader.maybe_count().unwrap();
        reader.finish().unwrap();
        count
    };
    for (text, expected) in [("12", 12), ("12.0", 12), ("1.2", 2), ("1e3", 1000), ("\"12\"", 12), ("\"8.47\"", 9)] {
        assert_eq!(count(text), Some(expected), "{text}");
    }
    for text in
        ["-1", "1e300", "null", "true", "[1]", "{\"a\":1}", "\"\"", "\"twelve\"", "\"inf\"", "\"NaN\"", "\"-3\""]
    {
        assert_eq!(count(text), None, "{text}");
    }
}
