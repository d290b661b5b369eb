//! Findings and non-findings, kind by kind.
#![cfg(test)]

mod addresses;
mod bait;
mod keyed;
mod keys;
mod laws;
mod numbers;
mod speed;
mod table;

use keys::key;
use tollgate::redaction::{Finding, Kind, Kinds, Redactor};

/// Findings of one kind in a text.
fn found(kind: Kind, text: &str) -> Vec<&str> {
    let mut findings = Vec::new();
    Redactor::new(Kinds::NONE.with(kind)).find(text, &mut findings);
    findings.iter().map(|finding| text.get(finding.range.clone()).unwrap_or_default()).collect()
}

/// Findings of all kinds in a text.
fn all(text: &str) -> Vec<(Kind, &str)> {
    let mut findings = Vec::new();
    Redactor::new(Kinds::ALL).find(text, &mut findings);
    findings.iter().map(|finding| (finding.kind, text.get(finding.range.clone()).unwrap_or_default())).collect()
}

/// Checks texts, each with its only value.
fn finds(kind: Kind, cases: &[(&str, &str)]) {
    let wrong = cases.iter().filter(|(text, value)| found(kind, text) != [*value] || all(text) != [(kind, *value)]);
    let wrong: Vec<_> = wrong.map(|(text, _)| (text, found(kind, text), all(text))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Checks texts without a value of a kind.
fn leaves(kind: Kind, cases: &[&str]) {
    let wrong = cases.iter().filter(|text| !found(kind, text).is_empty());
    let wrong: Vec<_> = wrong.map(|text| (text, found(kind, text))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn overlapping_candidates_become_one_finding() {
    let key = key("sk-", 30);
    let owned = format!("{key}@example.com");
    let mailbox = format!("{}@example.com", "m".repeat(60));
    let too_long = format!("203.0.113.9-{mailbox}");
    let cases: [(&str, &[(Kind, &str)]); 10] = [
        (&too_long, &[(Kind::IpAddress, "203.0.113.9"), (Kind::Email, &mailbox)]),
        ("415-555-2671@example.com", &[(Kind::Email, "415-555-2671@example.com")]),
        ("(415) 555-2671@example.com", &[(Kind::Email, "(415) 555-2671@example.com")]),
        ("10.0.0.1-10.0.0.2@example.com", &[(Kind::Email, "10.0.0.1-10.0.0.2@example.com")]),
        ("a@example.com@example.org", &[(Kind::Email, "a@example.com@example.org")]),
        (&owned, &[(Kind::ApiKey, &owned)]),
        ("DE89 3704 0044 0532 0130 00", &[(Kind::Iban, "DE89 3704 0044 0532 0130 00")]),
        ("+378282246310005", &[(Kind::Phone, "+378282246310005")]),
        (
            "+49 30 901820 4111 1111 1111 1111",
            &[(Kind::Phone, "+49 30 901820"), (Kind::PaymentCard, "4111 1111 1111 1111")],
        ),
        ("123-45-6789-203.0.113.9", &[(Kind::UsSsn, "123-45-6789"), (Kind::IpAddress, "203.0.113.9")]),
    ];
    for (text, expected) in cases {
        assert_eq!(all(text), expected, "in {text:?}");
    }
}

#[test]
fn only_the_kinds_chosen_are_found() {
    let text = "alice@example.com 415-555-2671 123-45-6789 4111111111111111 NL91ABNA0417164300 192.0.2.1";
    for kind in [Kind::Email, Kind::Phone, Kind::UsSsn, Kind::PaymentCard, Kind::Iban, Kind::IpAddress] {
        assert_eq!(found(kind, text).len(), 1, "{kind:?}");
    }
    assert_eq!(all(text).len(), 6);
    let mut findings = vec![Finding { range: 0..3, kind: Kind::ApiKey }];
    Redactor::new(Kinds::NONE).find(text, &mut findings);
    assert_eq!(findings.len(), 1);
    Redactor::new(Kinds::ALL).find("x@example.com", &mut findings);
    assert_eq!(findings.len(), 2, "findings that were there before stay");
}

#[test]
fn kinds_have_names_and_labels_and_form_sets() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_name(kind.name()), Some(kind));
        assert_eq!(kind.name().to_uppercase(), kind.label());
        assert!(Kinds::ALL.contains(kind) && !Kinds::NONE.contains(kind));
    }
    assert_eq!(Kind::from_name("EMAIL"), None);
    let some: Kinds = [Kind::Iban, Kind::Email].into_iter().collect();
    assert_eq!(format!("{some:?}"), "{Email, Iban}");
    assert_eq!(some, Kinds::NONE.with(Kind::Email).with(Kind::Iban));
    assert!(Kinds::NONE.is_empty() && !some.is_empty());
    assert_eq!(Kind::ALL.into_iter().collect::<Kinds>(), Kinds::ALL);
}
