//! Laws of every text.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tollgate::redaction::{Escape, Kind, Kinds, PendingText, Placeholders, Redactor, apply};

/// Cases of each law.
const CASES: u32 = 1000;

/// Values of every kind.
fn value() -> impl Strategy<Value = String> {
    let fixed = select(vec![
        "4111 1111 1111 1111",
        "5555555555554444",
        "3782-822463-10005",
        "DE89370400440532013000",
        "GB82 WEST 1234 5698 7654 32",
        "2001:db8::1",
        "::ffff:192.0.2.128",
        "fe80::1:2%eth0",
        "+44 20 7946 0958",
        "0049 30 901820",
        "josé@example.es",
        "用户@例子.广告",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
    ]);
    prop_oneof![
            4 => fixed.prop_map(str::to_owned),
            2 => "[a-fh-z]{1,8}[.+_-]?[a-z0-9]{1,6}@[a-z0-9]{1,8}\\.(com|org|example)",
    2 => "\\+1[2-8][0-8]2[2-9]55[0-9]{4}|(1-)?[2-8][0-8]2-[2-9]55-[0-9]{4}",
            2 => "\\([2-8][0-8]2\\) ?[2-9]55[ -]?[0-9]{4}|[2-8][0-8]2[.][2-9]55[.][0-9]{4}",
            1 => "[1-5][0-9]{2}-[1-9][0-9]-[1-9][0-9]{3}",
            1 => "[1-5][0-9]{2} [1-9][0-9] [1-9][0-9]{3}",
            2 => "(10|192|203)\\.[1-9]?[0-9]\\.[1-9]?[0-9]\\.[1-9][0-9]?",
            1 => "sk-[a-z]{8}[A-Z]{6}[0-9]{8}",
            1 => "ghp_[a-z]{18}[A-Z]{18}",
        ]
}

/// Pieces between values, or similar to parts of them.
fn filler() -> impl Strategy<Value = String> {
    let marks = select(vec![
        " ",
        "-",
        ".",
        ":",
        "@",
        "+",
        "(",
        ")",
        "/",
        "_",
        ",",
        "\n",
        "\\n",
        "\\u003c",
        "\\",
        "::",
        "--",
        "%",
        "'",
        "\"",
        "=",
        "0",
        "7",
        "00",
        "1.",
        "12",
        "555",
        "2024-01-02",
        "1.2.3.4",
        "::1",
        "x",
        "f",
        "com",
        "é",
        "例",
        "😀",
        "[",
        "]",
        "[EMAIL_",
        "[EMAIL_1]",
        "[EMAIL_2]",
        "[PHONE_1]",
        "[US_SSN_10]",
        "[API_KEY_1]",
        "EMAIL_1]",
        "[[",
        "ssn ",
        "phone ",
        "123456789",
        "415 555 2671",
        "sk-",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
    ]);
    prop_oneof![8 => marks.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[0-9 .:-]{1,12}"]
}

/// Values and fillers in any order.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![2 => value(), 3 => filler()];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// A text with placeholders of a table, beginnings of placeholders, and others.
fn answer() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "[EMAIL_1]",
        "[EMAIL_2]",
        "[EMAIL_12]",
        "[EMAIL_1",
        "[EMAIL_",
        "[EMAIL",
        "[E",
        "[",
        "]",
        "1]",
        "2",
        "[IP_ADDRESS_1]",
        "[IBAN_1]",
        "[PHONE_1]",
        "[EMAIL_3]",
        "[API_KEY_1]",
        "[API_",
        "EMAIL_1]",
        " and ",
        "é",
        "😀",
        "\"",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A table with values that need escapes in JSON, with twelve e-mail addresses.
fn table() -> Placeholders {
    let mut table = Placeholders::default();
    for number in 1..=12 {
        let placeholder = table.placeholder_for(Kind::Email, &format!("user{number}@例.example"));
        assert_eq!(placeholder, format!("[EMAIL_{number}]"));
    }
    table.placeholder_for(Kind::IpAddress, "192.0.2.1");
    table.placeholder_for(Kind::ApiKey, "-----BEGIN\n\"\\\u{1}\t[EMAIL_1]\n-----");
    table
}

/// Output of a channel whose text arrives in these pieces.
fn streamed(table: &Placeholders, pieces: &[&str], escape: Escape, ends: bool) -> String {
    let mut held = PendingText::default();
    let mut out = String::new();
    for (at, piece) in pieces.iter().enumerate() {
        let mut edits = Vec::new();
        let last = ends && at + 1 == pieces.len();
        held.push(table, piece, escape, last, &mut edits);
        let ascending = edits.windows(2).all(|pair| matches!(pair, [a, b] if a.range.end <= b.range.start));
        assert!(ascending, "edits are sorted and do not overlap: {edits:?}");
        assert!(edits.iter().all(|edit| piece.get(edit.range.clone()).is_some()));
        out.push_str(&apply(piece, &edits));
        assert!(!last || held.is_empty());
    }
    let rest = held.take();
    assert!(rest.len() < "[EMAIL_12]".len().max("[IP_ADDRESS_1]".len()), "held: {rest:?}");
    assert!(held.is_empty());
    out + &rest
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_redacted_comes_back_byte_for_byte(text in text()) {
        let redactor = Redactor::new(Kinds::ALL);
        let mut table = Placeholders::default();
        table.reserve(&text);
        let redacted = table.redact_text(&redactor, &text).into_owned();
        prop_assert_eq!(table.restored(&redacted, Escape::None), text);
    }

    #[test]
    fn a_redacted_text_has_nothing_to_redact(text in text()) {
        let redactor = Redactor::new(Kinds::ALL);
        let redacted = Placeholders::default().redact_text(&redactor, &text).into_owned();
        let again = Placeholders::default().redact_text(&redactor, &redacted).into_owned();
        prop_assert_eq!(again, redacted);
    }

    #[test]
    fn findings_are_ascending_pieces_of_the_text(text in text(), some in any::<u8>()) {
        let kinds = Kind::ALL.into_iter().enumerate().filter(|(at, _)| some >> at & 1 == 1);
        let kinds: Kinds = kinds.map(|(_, kind)| kind).collect();
        let mut findings = Vec::new();
        Redactor::new(kinds).find(&text, &mut findings);
        prop_assert!(findings.windows(2).all(|pair| matches!(pair, [a, b] if a.range.end <= b.range.start)));
        for finding in findings {
            prop_assert!(kinds.contains(finding.kind));
            prop_assert!(text.get(finding.range).is_some_and(|value| !value.is_empty()));
        }
    }

    #[test]
    fn no_value_set_off_from_its_neighbours_stays(
        values in prop::collection::vec(value(), 1..8),
        between in prop::collection::vec(select(vec!["\n", "; ", " and ", "<", "\", \"", "）", "\\n"]), 8),
    ) {
        let text: String = values.iter().zip(&between).flat_map(|(value, mark)| [value, *mark]).collect();
        let mut table = Placeholders::default();
        let redacted = table.redact_text(&Redactor::new(Kinds::ALL), &text).into_owned();
        for value in &values {
            prop_assert!(!redacted.contains(value.as_str()), "{} in {}", value, redacted);
        }
        prop_assert_eq!(table.restored(&redacted, Escape::None), text);
    }

    #[test]
    fn any_split_of_a_stream_gives_the_same_text(
        text in answer(),
        splits in prop::collection::vec(any::<Index>(), 0..8),
        ends in any::<bool>(),
    ) {
        let table = table();
        let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let mut cuts: Vec<usize> = splits.iter().map(|split| *split.get(&places)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&str> = cuts.windows(2).map(|pair| text.get(pair[0]..pair[1]).unwrap()).collect();
        for escape in [Escape::None, Escape::Json] {
            prop_assert_eq!(streamed(&table, &pieces, escape, ends), table.restored(&text, escape));
        }
    }

    #[test]
    fn a_value_in_json_source_is_the_value_when_read(value in any::<String>()) {
        let mut table = Placeholders::default();
        let source = format!("{{\"to\":\"{}\"}}", table.placeholder_for(Kind::Email, &value));
        let restored = table.restored(&source, Escape::Json).into_owned();
        let read: serde_json::Value = serde_json::from_str(&restored).unwrap();
        prop_assert_eq!(read["to"].as_str(), Some(value.as_str()));
    }
}

#[test]
fn every_split_of_a_small_stream_gives_the_same_text() {
    let table = table();
    let texts = [
        "to [EMAIL_1], [EMAIL_12] and [IP_ADDRESS_1].",
        "[EMAIL_[EMAIL_12][[EMAIL_1]]",
        "é[EMAIL_13][API_KEY_1]é[EMAIL_01]",
        "[EMAIL_1",
        "arr[i] = [E, [EMAIL, [PHONE_1]",
    ];
    for text in texts {
        let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
        let whole = table.restored(text, Escape::None);
        for first in &places {
            for second in places.iter().filter(|second| *second >= first) {
                let pieces =
                    [text.get(..*first).unwrap(), text.get(*first..*second).unwrap(), "", text.get(*second..).unwrap()];
                assert_eq!(streamed(&table, &pieces, Escape::None, false), whole);
                assert_eq!(streamed(&table, &pieces, Escape::None, true), whole);
            }
        }
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        assert_eq!(streamed(&table, &letters, Escape::None, false), whole);
    }
}

#[test]
fn nothing_is_held_that_cannot_become_a_placeholder_of_the_table() {
    let mut table = Placeholders::default();
    let held_after = |table: &Placeholders, text: &str| {
        let mut held = PendingText::default();
        held.push(table, text, Escape::None, false, &mut Vec::new());
        held.take()
    };
    assert_eq!(held_after(&table, "a[EMAIL_"), "");
    table.reserve("[EMAIL_4]");
    table.placeholder_for(Kind::Email, "a@example.com");
    for (text, held) in [
        ("a[", "["),
        ("a[EM", "[EM"),
        ("a[EMAIL", "[EMAIL"),
        ("a[EMAIL_", "[EMAIL_"),
        ("a[EMAIL_5", "[EMAIL_5"),
        ("a[EMAIL_4", ""),
        ("a[EMAIL_50", ""),
        ("a[EMAIL_5]", ""),
        ("a[EMAIL_5 ", ""),
        ("a[EMAIL_05", ""),
        ("a[P", ""),
        ("a[I", ""),
        ("a[[", "["),
        ("a[EMAIL_é", ""),
    ] {
        assert_eq!(held_after(&table, text), held, "after {text:?}");
    }
}
