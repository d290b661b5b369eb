//! Lookup of virtual keys by their digests, their expiry, and the models they allow.

use super::{key, keyring};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use tollgate::pattern::Pattern;
use tollgate::policy::{Digest, Keyring, VirtualKey};

#[test]
fn each_key_is_found_by_what_its_client_presents() {
    let keys: Vec<String> = (0..2000).map(|number| format!("tg-{number}")).collect();
    let keyring = keyring(keys.iter().map(String::as_str));
    for key in &keys {
        assert_eq!(&*keyring.find(key.as_bytes()).unwrap().id, key);
    }
    assert_eq!(keyring.len(), 2000);
}

#[test]
fn what_is_not_on_the_ring_is_not_found() {
    let keyring = keyring(["tg-1", "tg-2"]);
    for unknown in ["tg-3", "tg-1 ", "TG-1", "tg-", "\u{0}"] {
        assert!(keyring.find(unknown.as_bytes()).is_none(), "{unknown}");
    }
    assert!(Keyring::default().find(b"tg-1").is_none());
    assert!(Keyring::default().is_empty());
}

#[test]
fn keys_whose_digests_begin_alike_are_told_apart() {
    let real = Digest::parse("b5bf0f9ebb9d0e0a4fbcbdbb8b6e4bbdc21d4ec06c3e62a1c57d3ce2a8a3e0b3").unwrap();
    let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let near = |last: &str| Digest::parse(&format!("{}{last}", hello.get(..62).unwrap())).unwrap();
    let ring = [(near("00"), key("a")), (near("24"), key("hello")), (near("ff"), key("b")), (real, key("c"))];
    assert_eq!(&*Keyring::new(ring.to_vec()).find(b"hello").unwrap().id, "hello");
    assert!(Keyring::new(vec![ring[0].clone(), ring[2].clone()]).find(b"hello").is_none());
}

#[test]
fn nothing_and_too_much_are_no_keys() {
    let (longest, longer) = ("k".repeat(4096), "k".repeat(4097));
    let keyring = keyring(["", longest.as_str(), longer.as_str()]);
    assert!(keyring.find(b"").is_none());
    assert!(keyring.find(longest.as_bytes()).is_some());
    assert!(keyring.find(longer.as_bytes()).is_none());
}

#[test]
fn a_digest_is_sixty_four_hexadecimal_digits() {
    let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(Digest::parse(hello), Some(Digest::of(b"hello")));
    assert_eq!(Digest::parse(&hello.to_uppercase()), Some(Digest::of(b"hello")));
    for wrong in [
        "",
        hello.get(1..).unwrap(),
        hello.get(2..).unwrap(),
        &format!("{hello}00"),
        &hello.replace('2', "g"),
        &hello.replace("2c", "+c"),
    ] {
        assert_eq!(Digest::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn no_debug_shows_a_digest() {
    let shown = format!("{:?} {:?}", Digest::of(b"hello"), keyring(["hello"]));
    assert!(!shown.contains("2cf24d") && !shown.contains("44, 242"), "{shown}");
}

#[test]
fn a_key_is_over_from_its_expiry_on() {
    let key = VirtualKey { expires: Some(100), ..key("a") };
    assert_eq!([99, 100, 101].map(|now| key.expired(now)), [false, true, true]);
    assert!(!self::key("b").expired(u64::MAX));
}

#[test]
fn a_key_allows_the_models_it_names() {
    let patterns = ["gpt-4o*", "claude-*-4-*", "o3"].map(Pattern::new).to_vec();
    let key = VirtualKey { models: Some(patterns), ..key("a") };
    for model in ["gpt-4o", "gpt-4o-mini", "claude-sonnet-4-20250514", "o3"] {
        assert!(key.allows(model), "{model}");
    }
    for model in ["GPT-4o", "gpt-4", "o3-mini", "xo3", "claude-3-opus", "claude-4-", "", "*"] {
        assert!(!key.allows(model), "{model}");
    }
    assert!(self::key("b").allows("anything") && self::key("b").allows(""));
    assert!(!VirtualKey { models: Some(Vec::new()), ..self::key("c") }.allows("gpt-4o"));
}

#[test]
fn many_stars_cost_no_more_than_one_walk() {
    let pattern = Pattern::new(&"a*".repeat(1000));
    let (fitting, not) = ("a".repeat(1_000_000), format!("{}b", "b".repeat(1_000_000)));
    let start = Instant::now();
    assert!(pattern.matches(&fitting));
    assert!(!pattern.matches(&not) && !Pattern::new(&"*a".repeat(1000)).matches(&format!("{fitting}b")));
    assert!(!Pattern::new(&format!("*{}*", "ab".repeat(500_000))).matches(&fitting));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// The meaning of a pattern, in its simplest form.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.split_first() {
        None => name.is_empty(),
        Some((b'*', rest)) => (0..=name.len()).any(|skipped| fits(rest, &name[skipped..])),
        Some((first, rest)) => name.first() == Some(first) && fits(rest, &name[1..]),
    }
}

proptest! {
    #[test]
    fn patterns_mean_what_they_say(pattern in "[ab*]{0,8}", name in "[ab]{0,10}") {
        let matches = Pattern::new(&pattern).matches(&name);
        prop_assert_eq!(matches, fits(pattern.as_bytes(), name.as_bytes()), "{} {}", pattern, name);
    }
}
