//! Keys as clients present them: where they are found, and how they are taken out.

use super::keyring;
use proptest::prelude::*;
use tollgate::model::Refusal;
use tollgate::policy::{KeyFault, Presented, contains};

/// Looks a key up with `tg-1` and `tg-2` on the ring: returns the key's id, or the fault.
fn found(headers: &[(&str, &[u8])], path: &str) -> Result<String, KeyFault> {
    let keyring = keyring(["tg-1", "tg-2", "tg 1"]);
    let mut presented = Presented::of(headers.iter().copied(), path);
    presented.find(&keyring).map(|key| key.id.to_string())
}

#[test]
fn a_key_is_found_wherever_a_client_puts_it() {
    for header in [
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-auth-token",
        "ocp-apim-subscription-key",
        "x-litellm-api-key",
        "x-portkey-api-key",
    ] {
        for value in ["tg-1", "\ttg-1 ", "Bearer tg-1", "bearer \t tg-1"] {
            assert_eq!(found(&[(header, value.as_bytes())], "/").as_deref(), Ok("tg-1"), "{header}: {value}");
        }
        assert_eq!(found(&[(header, b" ")], "/"), Err(KeyFault::Missing), "{header}");
    }
    for header in ["authorization", "proxy-authorization"] {
        // `tg-1:` and `me:tg-1` in base64.
        for value in ["Bearer tg-1", " bEARER\t tg-1 ", "Basic dGctMTo=", "basic bWU6dGctMQ", "Basic bWU6dGctMQ=="] {
            assert_eq!(found(&[(header, value.as_bytes())], "/").as_deref(), Ok("tg-1"), "{header}: {value}");
        }
        for nothing in ["Bearer", "Bearer ", "Bearertg-1", "tg-1", "", "Basic", "Basic ?"] {
            assert_eq!(found(&[(header, nothing.as_bytes())], "/"), Err(KeyFault::Missing), "{header}: {nothing}");
        }
    }
    for query in ["key=tg-1", "a=b&KEY=tg-1", "%6bey=tg%2D1", "api-key=tg-1&x", "API_KEY=tg-1", "access_token=tg-1"] {
        assert_eq!(found(&[], &format!("/v1/models?{query}")).as_deref(), Ok("tg-1"), "{query}");
    }
    for query in ["", "key", "key=", "keys=tg-1", "monkey=tg-1"] {
        assert_eq!(found(&[], &format!("/v1/models?{query}")), Err(KeyFault::Missing), "{query}");
    }
    assert_eq!(found(&[("authorization", b"Bearer tg 1")], "/").as_deref(), Ok("tg 1"));
    assert_eq!(found(&[("authorization", b"Bearer \xff\xfe")], "/"), Err(KeyFault::Unknown));
}

#[test]
fn a_stale_credential_beside_a_known_key_does_not_hide_it() {
    let (bearer, old) = ("Bearer tg-1", "sk-ant-old");
    let cases: [(&[(&str, &str)], &str); 12] = [
        (&[("authorization", bearer), ("x-api-key", old)], "/"),
        (&[("x-api-key", old), ("authorization", bearer)], "/"),
        (&[("authorization", "Bearer sk-old"), ("x-api-key", "tg-1")], "/"),
        (&[("authorization", "Bearer eyJ0eXAi.azure.ad"), ("api-key", "tg-1")], "/"),
        (&[("authorization", "Bearer ya29.google")], "/v1beta/models?key=tg-1"),
        (&[("authorization", bearer)], "/v1beta/models?key=AIzaOld"),
        (&[("authorization", bearer), ("x-goog-api-key", "AIzaOld")], "/"),
        (&[("authorization", "Basic b2xkOm9sZA=="), ("x-api-key", "tg-1")], "/"),
        (&[("authorization", "AWS4-HMAC-SHA256 Credential=AKIA/x"), ("x-api-key", "tg-1")], "/"),
        (&[("proxy-authorization", "Basic cHJveHk6cGFzcw=="), ("authorization", bearer)], "/"),
        (&[("authorization", "Bearer old"), ("authorization", bearer)], "/"),
        (&[("authorization", bearer), ("x-api-key", "tg-1"), ("api-key", "Bearer tg-1")], "/?key=tg-1"),
    ];
    for (headers, path) in cases {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        assert_eq!(found(&headers, path).as_deref(), Ok("tg-1"), "{headers:?} {path}");
    }
    for (headers, path) in [
        (&[("authorization", &b"Bearer tg-1"[..]), ("x-api-key", b"tg-2")][..], "/"),
        (&[("api-key", b"tg-2")], "/?key=tg-1"),
    ] {
        assert_eq!(found(headers, path), Err(KeyFault::Ambiguous), "{headers:?} {path}");
    }
}

#[test]
fn nobody_can_have_keys_hashed_without_end() {
    let path = (0..100_000).map(|number| format!("key=k{number}&")).collect::<String>() + "key=tg-1";
    assert_eq!(found(&[], &format!("/?{path}")), Err(KeyFault::Unknown));
}

#[test]
fn an_aws_signature_is_called_by_its_name() {
    for value in ["AWS4-HMAC-SHA256 Credential=AKIA/20261128/…", "AWS4-ECDSA-P256-SHA256 Credential=AKIA"] {
        assert_eq!(found(&[("authorization", value.as_bytes())], "/"), Err(KeyFault::Signed), "{value}");
    }
    assert_eq!(found(&[], "/model/m/converse?X-Amz-Signature=00&X-Amz-Date=1"), Err(KeyFault::Signed));
    assert_eq!(found(&[], "/model/m/converse?x-amz-signatur%65=00"), Err(KeyFault::Signed));
    let message = Refusal::AwsSignature.message();
    assert!(message.contains("AWS signatures") && message.contains("AWS_BEARER_TOKEN_BEDROCK"), "{message}");
}

#[test]
fn parameters_that_carry_a_key_go_and_the_others_stay_as_they_are() {
    const KEY: &str = "tg-0123456789abcdefghij";
    let mut presented = Presented::of([("x-api-key", KEY.as_bytes())].into_iter(), "/");
    presented.find(&keyring([KEY])).unwrap();
    for (query, expected) in [
        ("?key=old&alt=sse", Some("?alt=sse")),
        ("?alt=sse&&b=%20+&KEY=old&c", Some("?alt=sse&&b=%20+&c")),
        ("?%6bey=old", Some("")),
        ("?api-key=old&api-version=2024-10-21", Some("?api-version=2024-10-21")),
        ("?a=1&any=tg-0123456789abcdefghij", Some("?a=1")),
        ("?any=tg%2d0123456789abcdefghij&a=1", Some("?a=1")),
        ("?any=Bearer%20tg-0123456789abcdefghij&a=1", Some("?a=1")),
        ("?tg-0123456789abcdefghij", Some("")),
        ("?X-Amz-Security-Token=old&X-Amz-Credential=old&X-Amz-Date=1", Some("?X-Amz-Date=1")),
        ("?beta=true&monkey=1&keys=2&pageToken=tg-0123", None),
        ("", None),
    ] {
        let expected = expected.map(|rest| format!("/v1/models{rest}"));
        assert_eq!(presented.removed_from(&format!("/v1/models{query}")), expected, "{query}");
    }
    for value in
        [KEY, "Bearer tg-0123456789abcdefghij", "a=1; k=tg-0123456789abcdefghij; b", "tg%2D0123456789abcdefghij"]
    {
        assert!(presented.stands_in(value.as_bytes()), "{value}");
    }
    assert!(presented.stands_in(b"Basic bWU6dGctMDEyMzQ1Njc4OWFiY2RlZmdoaWo="));
    assert!(!presented.stands_in(b"tg-0123456789abcdefghi") && !presented.stands_in(b""));
}

#[test]
fn a_short_key_is_taken_out_as_a_word_and_not_of_others() {
    let mut presented = Presented::of([("x-api-key", &b"abc"[..]), ("api-key", b"js")].into_iter(), "/");
    presented.find(&keyring(["abc"])).unwrap();
    for (value, expected) in [("abc", true), ("Bearer abc", true), ("a=1; k=abc", true), ("xabc", false), ("js", false)]
    {
        assert_eq!(presented.stands_in(value.as_bytes()), expected, "{value}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_key_is_found_at_any_place_in_values_short_and_long(
        before in "[ab]{0,8}",
        key in "[ab]{1,6}",
        behind in "[ab]{0,8}",
        far in 0_usize..400,
    ) {
        let padding = "c".repeat(far);
        for text in [format!("{padding}{before}{key}{behind}"), format!("{before}{behind}{padding}"), String::new()] {
            prop_assert_eq!(contains(text.as_bytes(), key.as_bytes()), text.contains(&key), "{} in {}", key, text);
        }
    }
}
