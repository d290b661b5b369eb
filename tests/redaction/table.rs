//! Guarantees of the placeholder table of one call.

use tollgate::redaction::{Escape, Kind, Kinds, Placeholders, Redactor};

#[test]
fn placeholders_count_by_kind_and_keep_their_values() {
    let redactor = Redactor::new(Kinds::ALL);
    let mut table = Placeholders::default();
    assert!(table.is_empty() && table.counts().is_empty());
    let text = "b@example.com a@example.com b@example.com 192.0.2.1";
    let redacted = table.redact_text(&redactor, text);
    assert_eq!(redacted, "[EMAIL_1] [EMAIL_2] [EMAIL_1] [IP_ADDRESS_1]");
    assert_eq!(table.counts(), [("email", 2), ("ip_address", 1)]);
    assert_eq!(table.value_of("[EMAIL_2]").as_deref(), Some("a@example.com"));
    for none in ["[EMAIL_3]", "[EMAIL_2", "EMAIL_2", "[EMAIL_2] ", "[EMAIL_02]", "[PHONE_1]", ""] {
        assert_eq!(table.value_of(none), None);
    }
    assert_eq!(table.placeholder_for(Kind::Email, "a@example.com"), "[EMAIL_2]");
    assert_eq!(table.placeholder_for(Kind::Phone, "a@example.com"), "[PHONE_1]");
    assert_eq!(table.placeholder_for(Kind::Email, "A@example.com"), "[EMAIL_3]");
}

#[test]
fn placeholders_that_a_text_has_by_itself_are_not_ours() {
    let redactor = Redactor::new(Kinds::ALL);
    let mut table = Placeholders::default();
    table.reserve("as [EMAIL_7] said to [EMAIL_3], [PHONE_1, [EMAIL_08] and [EMAIL_99999999999999999999]");
    assert!(table.is_empty());
    assert_eq!(table.placeholder_for(Kind::Email, "a@example.com"), "[EMAIL_8]");
    assert_eq!(table.placeholder_for(Kind::Phone, "415-555-2671"), "[PHONE_1]");
    assert_eq!(table.redact_text(&redactor, "[EMAIL_20] b@example.com"), "[EMAIL_20] [EMAIL_21]");
    let text = "[EMAIL_7] [EMAIL_8] [EMAIL_20] [EMAIL_21]";
    let restored = table.restored(text, Escape::None);
    assert_eq!(restored, "[EMAIL_7] a@example.com [EMAIL_20] b@example.com");
}

#[test]
fn numbers_that_cannot_be_counted_on_from_are_passed_over() {
    let mut table = Placeholders::default();
    table.reserve("[EMAIL_4294967295] [EMAIL_1000000000] [EMAIL_1000000001] [EMAIL_1000000002]");
    assert_eq!(table.placeholder_for(Kind::Email, "a"), "[EMAIL_1000000003]");
}

#[test]
fn no_debug_shows_a_value() {
    let mut table = Placeholders::default();
    let redacted = table.redact_text(&Redactor::new(Kinds::ALL), "to secret@example.com").into_owned();
    assert!(!format!("{table:?}").contains("secret"));
    let mut edits = Vec::new();
    table.restore(&redacted, Escape::None, &mut edits);
    assert_eq!(edits.len(), 1);
    assert!(!format!("{edits:?}").contains("secret"));
}

#[test]
fn every_value_has_one_placeholder_however_many_there_are() {
    let value = |number: usize| format!("{}@example.com", number * 7919 % 1000);
    let mut table = Placeholders::default();
    for count in 1..200 {
        for number in [count / 3, count - 1] {
            let placeholder = table.placeholder_for(Kind::Email, &value(number));
            assert_eq!(placeholder, format!("[EMAIL_{}]", number + 1));
        }
        assert_eq!(table.counts(), [("email", count as u32)]);
        for number in 0..count {
            assert_eq!(table.value_of(&format!("[EMAIL_{}]", number + 1)), Some(value(number).into()));
        }
        assert_eq!(table.value_of(&format!("[EMAIL_{}]", count + 1)), None);
    }
}
