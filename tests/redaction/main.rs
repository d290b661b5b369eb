//! Findings and non-findings, kind by kind. Numbers are from ranges reserved for examples, or made up.
#![cfg(test)]

mod bait;
mod keyed;
mod keys;
mod laws;
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
fn e_mail_addresses_are_found() {
    finds(
        Kind::Email,
        &[
            ("alice@example.com", "alice@example.com"),
            ("Write to <bob.smith+tag@mail.example.org>, please.", "bob.smith+tag@mail.example.org"),
            ("mailto:carol_c@example.co.uk?subject=hi", "carol_c@example.co.uk"),
            ("Ask dave@example.net.", "dave@example.net"),
            ("(eve@example.com)", "eve@example.com"),
            (r#"{"to":"frank@example.com","cc":null}"#, "frank@example.com"),
            (r#"{\"to\":\"grace@example.com\"}"#, "grace@example.com"),
            (r"first\nheidi@example.com\nlast", "heidi@example.com"),
            (r"\u003civan@example.com\u003e", "ivan@example.com"),
            ("**judy@example.com** and `more`", "judy@example.com"),
            ("_kim@example.com_", "kim@example.com"),
            ("user=leo@example.com;role=admin", "leo@example.com"),
            ("2024-05-01T10:00:00Z login mallory@example.com ok", "mallory@example.com"),
            ("连络niaj@example.com谢谢", "niaj@example.com"),
            ("メールはolivia@example.comです", "olivia@example.com"),
            ("josé.garcía@example.es", "josé.garcía@example.es"),
            ("пётр@пример.рф", "пётр@пример.рф"),
            ("用户@例子.广告", "用户@例子.广告"),
            ("DE12用户@例子.广告", "用户@例子.广告"),
            ("संपर्क@उदाहरण.भारत", "संपर्क@उदाहरण.भारत"),
            ("peggy@xn--bcher-kva.example", "peggy@xn--bcher-kva.example"),
            ("quentin@example.xn--p1ai", "quentin@example.xn--p1ai"),
            ("o'neil@example.ie", "o'neil@example.ie"),
            ("'rupert@example.com'", "rupert@example.com"),
            ("sybil@163.com", "sybil@163.com"),
            ("...trent@example.com...", "trent@example.com"),
            ("UPPER.CASE@EXAMPLE.COM", "UPPER.CASE@EXAMPLE.COM"),
            ("415-555-2671@example.com", "415-555-2671@example.com"),
            ("a@b.co", "a@b.co"),
            ("https://victor@example.com/path", "victor@example.com"),
            ("walter@example.com-owned", "walter@example.com"),
            ("yan@example.com2024-01-02", "yan@example.com"),
            ("zoe@2x.example", "zoe@2x.example"),
            ("Re:😀xena@example.com😀", "xena@example.com"),
        ],
    );
    let local = "l".repeat(64);
    let longest = format!("{local}@example.com");
    finds(Kind::Email, &[(&longest, &longest)]);
}

#[test]
fn what_only_looks_like_an_e_mail_address_is_left() {
    leaves(
        Kind::Email,
        &[
            "@alice thanks",
            "a@b",
            "user@host",
            "@app.route('/x')",
            "    @property\n    def name(self):",
            "npm install @scope/pkg@1.2.3",
            "lodash@4.17.21",
            "react@18.2.0-canary.abc",
            "git clone git@github.com:org/repo.git",
            "src=\"logo@2x.png\"",
            "@media (min-width: 10em)",
            "email@",
            "@ example.com",
            "a @ b.co",
            "foo@@example.com",
            "x@.com",
            "x@-example.com",
            "x@example.c",
            "x@example.123",
            "SELECT @id, @@version",
            "price @ 5.99",
            "[EMAIL_1]@example.com",
        ],
    );
    let long = format!("{}@example.com", "l".repeat(65));
    let label = format!("a@{}.com", "d".repeat(64));
    leaves(Kind::Email, &[&long, &label]);
}

#[test]
fn phone_numbers_are_found() {
    finds(
        Kind::Phone,
        &[
            ("+14155552671", "+14155552671"),
            ("Call +1 (415) 555-2671 now", "+1 (415) 555-2671"),
            ("+1-415-555-0132.", "+1-415-555-0132"),
            ("tel:+44-20-7946-0958", "+44-20-7946-0958"),
            ("+44 20 7946 0958", "+44 20 7946 0958"),
            ("+49 (0)30 901820", "+49 (0)30 901820"),
            ("+49 30/901820", "+49 30/901820"),
            ("+33 1 99 00 12 34, rue", "+33 1 99 00 12 34"),
            ("+7 495 123-45-67", "+7 495 123-45-67"),
            ("+1.415.555.2671", "+1.415.555.2671"),
            ("+81\u{a0}3\u{a0}1234\u{a0}5678", "+81\u{a0}3\u{a0}1234\u{a0}5678"),
            ("+1 415\u{2011}555\u{2011}2671", "+1 415\u{2011}555\u{2011}2671"),
            ("(415) 555-2671", "(415) 555-2671"),
            ("(415)555-2671", "(415)555-2671"),
            ("(415-555-2671)", "415-555-2671"),
            ("415-555-2671", "415-555-2671"),
            ("415.555.2671", "415.555.2671"),
            ("415 555-2671", "415 555-2671"),
            ("1-415-555-2671", "1-415-555-2671"),
            ("1 (415) 555-2671", "1 (415) 555-2671"),
            ("my phone is 415 555 2671, ok?", "415 555 2671"),
            ("415-555-2671x123", "415-555-2671"),
            ("+1 415 555 2671x123", "+1 415 555 2671"),
            (r#"{"phone":"415-555-2671"}"#, "415-555-2671"),
            (r"name\n415-555-2671\n", "415-555-2671"),
            (r"\u003c415-555-2671\u003e", "415-555-2671"),
            (r"caf\u00e9415-555-2671", "415-555-2671"),
            ("**415-555-2671**", "415-555-2671"),
            ("_415-555-2671_", "415-555-2671"),
            ("電話415-555-2671です", "415-555-2671"),
            ("0044 20 7946 0958", "0044 20 7946 0958"),
            ("00 49 30 901820", "00 49 30 901820"),
            ("0049-30-901820", "0049-30-901820"),
            ("+44 20 7946 0958 2024-01-02", "+44 20 7946 0958"),
            ("+49 30 901820 12:30", "+49 30 901820"),
            ("1. 415-555-2671", "415-555-2671"),
        ],
    );
    assert_eq!(
        found(Kind::Phone, "415-555-2671, 415-555-2672\n+1 415 555 2673 +1 415 555 2674"),
        ["415-555-2671", "415-555-2672", "+1 415 555 2673", "+1 415 555 2674"]
    );
}

#[test]
fn other_numbers_are_no_phone_numbers() {
    leaves(
        Kind::Phone,
        &[
            "4155552671",
            "2024-01-02",
            "2024-01-02T10:11:12.345678+02:00",
            "Tue, 02 Jan 2024 10:00:00 +0200",
            "10:00:00",
            "v1.22.333",
            "order 123-4567",
            "order 100-200-3000",
            "115-555-2671",
            "911-555-2671",
            "415-155-2671",
            "495-555-2671",
            "415-555-26711",
            "5-415-555-2671",
            "415-555-2671-8",
            "3.14159265358979",
            "+37.7749295",
            "+40.6894-074.0447",
            "192.168.100.200",
            "550e8400-e29b-41d4-a716-446655440000",
            "978-3-16-148410-0",
            "800 600 1280",
            "+123456",
            "+1234567890123456",
            "+1 415 555",
            "a+14155552671",
            "c++17",
            "0000 0023 0045 0067",
            "0044 2079 4609 5812",
            "00442079460958",
            "1704189600 +0100",
            "7 00 44 20 7946 0958",
            "415.555-2671",
            "x415-555-2671",
            "id:41555526711234",
            "[PHONE_1]",
        ],
    );
}

#[test]
fn social_security_numbers_are_found() {
    finds(
        Kind::UsSsn,
        &[
            ("123-45-6789", "123-45-6789"),
            ("SSN: 123-45-6789.", "123-45-6789"),
            ("123 45 6789", "123 45 6789"),
            ("(001-01-0001)", "001-01-0001"),
            ("665-99-9999", "665-99-9999"),
            ("667-01-0001", "667-01-0001"),
            ("772-12-3456", "772-12-3456"),
            ("899-99-9999", "899-99-9999"),
            ("SSN 123456789", "123456789"),
            (r#"{"ssn":"123456789"}"#, "123456789"),
            (r#"{"ssn": "123-45-6789"}"#, "123-45-6789"),
            (r"ssn\n123-45-6789\n", "123-45-6789"),
            ("Social Security Number: 123456789", "123456789"),
            ("social security no. 123 45 6789", "123 45 6789"),
            ("**123-45-6789**", "123-45-6789"),
            ("_123-45-6789_", "123-45-6789"),
            ("番号123-45-6789です", "123-45-6789"),
            ("é123-45-6789é", "123-45-6789"),
            ("ssn=123-45-6789&x=1", "123-45-6789"),
            ("123\u{2011}45\u{2011}6789", "123\u{2011}45\u{2011}6789"),
        ],
    );
}

#[test]
fn numbers_that_were_never_issued_are_no_social_security_numbers() {
    leaves(
        Kind::UsSsn,
        &[
            "000-12-3456",
            "666-12-3456",
            "900-12-3456",
            "987-65-4320",
            "999-99-9999",
            "123-00-4567",
            "123-45-0000",
            "078-05-1120",
            "219-09-9999",
            "123456789",
            "order 123456789",
            "SSN of the person, as far as known to us: 123456789",
            "123-45-67890",
            "0123-45-6789",
            "1-123-45-6789",
            "123-45-6789-1",
            "123-45 6789",
            "123.45.6789",
            "12-345-6789",
            "123-456-789",
            "a123-45-6789",
            "123-45-6789b",
            "2024-01-02",
            "7 123 45 6789",
            "[US_SSN_1] 123456789",
        ],
    );
}

#[test]
fn card_numbers_are_found() {
    finds(
        Kind::PaymentCard,
        &[
            ("4111111111111111", "4111111111111111"),
            ("4111 1111 1111 1111", "4111 1111 1111 1111"),
            ("4111-1111-1111-1111", "4111-1111-1111-1111"),
            ("4222222222222", "4222222222222"),
            ("5555555555554444", "5555555555554444"),
            ("5105 1051 0510 5100", "5105 1051 0510 5100"),
            ("2223003122003222", "2223003122003222"),
            ("378282246310005", "378282246310005"),
            ("3782 822463 10005", "3782 822463 10005"),
            ("6011111111111117", "6011111111111117"),
            ("3056 930902 5904", "3056 930902 5904"),
            ("30569309025904", "30569309025904"),
            ("3530111333300000", "3530111333300000"),
            ("6200000000000005", "6200000000000005"),
            ("6759649826438453", "6759649826438453"),
            ("card 4111 1111 1111 1111 exp 12/27", "4111 1111 1111 1111"),
            ("4111 1111 1111 1111 12/27", "4111 1111 1111 1111"),
            (r#"{"number":4111111111111111,"cvc":"123"}"#, "4111111111111111"),
            (r"n\n4111111111111111\n", "4111111111111111"),
            ("`4111-1111-1111-1111`", "4111-1111-1111-1111"),
            ("カード4111111111111111です", "4111111111111111"),
            ("_4111111111111111_", "4111111111111111"),
            ("4111\u{a0}1111\u{a0}1111\u{a0}1111", "4111\u{a0}1111\u{a0}1111\u{a0}1111"),
            ("7 4111 1111 1111 1111", "4111 1111 1111 1111"),
        ],
    );
}

#[test]
fn other_long_numbers_are_no_card_numbers() {
    leaves(
        Kind::PaymentCard,
        &[
            "4111111111111112",
            "4111 1111 1111 1112",
            "1111111111111117",
            "9999999999999995",
            "41111111111111111111",
            "04111111111111111",
            "4111111111111111.5",
            "0.4111111111111111",
            "4111-1111-1111-1111-1111",
            "1-4111-1111-1111-1111",
            "4111  1111  1111  1111",
            "4111.1111.1111.1111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "41 11 11 11 11 11 11 11",
            "1704189600000",
            "1704189600000000",
            "37828224631000",
            "card_4111111111111111a",
            "x4111111111111111",
            "4111-1111-1111",
            "550e8400-e29b-41d4-a716-446655440000",
            "[PAYMENT_CARD_1]",
        ],
    );
}

#[test]
fn account_numbers_are_found() {
    finds(
        Kind::Iban,
        &[
            ("DE89370400440532013000", "DE89370400440532013000"),
            ("DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
            ("GB82WEST12345698765432", "GB82WEST12345698765432"),
            ("IBAN: GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32"),
            ("FR1420041010050500013M02606", "FR1420041010050500013M02606"),
            ("NO9386011117947", "NO9386011117947"),
            ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
            ("LC55HEMM000100010012001200023015", "LC55HEMM000100010012001200023015"),
            ("BE68 5390 0754 7034", "BE68 5390 0754 7034"),
            ("de89370400440532013000", "de89370400440532013000"),
            ("CH9300762011623852957", "CH9300762011623852957"),
            ("UA213223130000026007233566001", "UA213223130000026007233566001"),
            (r#"{"iban":"NL91ABNA0417164300"}"#, "NL91ABNA0417164300"),
            (r"x\nNL91ABNA0417164300\n", "NL91ABNA0417164300"),
            (r"\u003cNL91ABNA0417164300\u003e", "NL91ABNA0417164300"),
            ("**NL91ABNA0417164300**", "NL91ABNA0417164300"),
            ("口座NL91ABNA0417164300です", "NL91ABNA0417164300"),
            ("ES9121000418450200051332,", "ES9121000418450200051332"),
            ("XK051212012345678906", "XK051212012345678906"),
            ("iban=IT60X0542811101000000123456;", "IT60X0542811101000000123456"),
        ],
    );
}

#[test]
fn other_tokens_are_no_account_numbers() {
    leaves(
        Kind::Iban,
        &[
            "DE88370400440532013000",
            "DE8937040044053201300",
            "DE893704004405320130000",
            "ZZ89370400440532013000",
            "US89370400440532013000",
            "xDE89370400440532013000",
            "DE89370400440532013000x",
            "De89370400440532013000",
            "GB82west12345698765432",
            "DE89 37040044 0532013000",
            "DE89  3704 0044 0532 0130 00",
            "DE89-3704-0044-0532-0130-00",
            "DE89",
            "sha256",
            "GB82 TEST 1234 5698 7654 32",
            "at 12 noon",
            "[IBAN_1]",
        ],
    );
}

#[test]
fn ip_addresses_are_found() {
    finds(
        Kind::IpAddress,
        &[
            ("192.0.2.1", "192.0.2.1"),
            ("10.0.0.1", "10.0.0.1"),
            ("http://198.51.100.7:8080/x", "198.51.100.7"),
            ("203.0.113.9/24", "203.0.113.9"),
            ("from 203.0.113.9.", "203.0.113.9"),
            ("ip=203.0.113.255,", "203.0.113.255"),
            (r#"{"ip":"203.0.113.9"}"#, "203.0.113.9"),
            (r"log\n203.0.113.9 - - [10/Oct/2000:13:55:36 -0700]", "203.0.113.9"),
            ("`203.0.113.9`", "203.0.113.9"),
            ("_203.0.113.9_", "203.0.113.9"),
            ("地址203.0.113.9。", "203.0.113.9"),
            ("203.0.113.9.example.com", "203.0.113.9"),
            ("after conversion 203.0.113.9", "203.0.113.9"),
            ("version 2 runs on 203.0.113.9", "203.0.113.9"),
            ("CONVERSION 203.0.113.9", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("2001:db8:0:0:8:800:200c:417a", "2001:db8:0:0:8:800:200c:417a"),
            ("2001:DB8::8:800:200C:417A", "2001:DB8::8:800:200C:417A"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::/32", "2001:db8::"),
            ("2001:db8::12345", "2001:db8::"),
            ("fe80::1ff:fe23:4567:890a%eth2", "fe80::1ff:fe23:4567:890a%eth2"),
            ("::ffff:192.0.2.128", "::ffff:192.0.2.128"),
            ("64:ff9b::192.0.2.33.", "64:ff9b::192.0.2.33"),
            ("addr:2001:db8::1", "2001:db8::1"),
            ("server1:2001:db8::1", "2001:db8::1"),
            ("see 2001:db8::1: it is down", "2001:db8::1"),
            ("地址2001:db8::1。", "2001:db8::1"),
            ("dead:beef::cafe", "dead:beef::cafe"),
            (r"x\n2001:db8::1\n", "2001:db8::1"),
        ],
    );
    assert_eq!(found(Kind::IpAddress, "10.0.0.1-10.0.0.9"), ["10.0.0.1", "10.0.0.9"]);
    assert_eq!(found(Kind::IpAddress, "2001:db8::1-2001:db8::9"), ["2001:db8::1", "2001:db8::9"]);
}

#[test]
fn what_only_looks_like_an_ip_address_is_left() {
    leaves(
        Kind::IpAddress,
        &[
            "1.2.3.4.5",
            "1.2.3",
            "256.1.1.1",
            "v1.2.3.4",
            "version 1.2.3.4",
            "Version=\"4.0.1.0\"",
            "AssemblyVersion: '4.0.1.7'",
            "APP_VERSION=1.2.3.4",
            "Chrome/120.0.0.0 Safari/537.36",
            "10.0.0.0/8",
            "120.0.6099.109",
            "01.02.03.04",
            "lib.1.2.3.4",
            "1.2.3.4a",
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.0",
            "::1",
            "::ffff:127.0.0.1",
            "::",
            "12:30:45",
            "2024-01-02T12:30:45",
            "std::vec<int>",
            "a::b::c",
            "dead::beef",
            "fe80::method()",
            "abc::def",
            "00:1a:2b:3c:4d:5e",
            "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99",
            "ratio 16:9",
            "{\"a\":1,\"b\":2}",
            "key: value",
            "::::::::",
            "1:2:3:4:5:6:7",
            "[IP_ADDRESS_1]",
        ],
    );
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
