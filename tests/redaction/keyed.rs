//! Placeholders that outlive a call, and the calls that restore them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use tollgate::redaction::{
    Escape, Kind, Kinds, PendingText, PlaceholderKey, Placeholders, Redactor, RestoreScope, Seal, Sealing, Slots,
    Tenant, apply,
};

/// A key from a word.
fn key(word: &str) -> PlaceholderKey {
    PlaceholderKey::derive(&word.repeat(32)).unwrap()
}

fn sealing(scope: RestoreScope) -> Sealing {
    Sealing { key: key("a"), older: vec![], scope, slots: 16, lifetime: 1_000 }
}

/// Slots in memory, with a fixed clock.
#[derive(Default)]
struct Memory {
    slots: RefCell<BTreeMap<u32, Vec<u8>>>,
    now: Cell<u64>,
    writes: Cell<u32>,
}

impl Slots for Memory {
    fn read(&self, slot: u32) -> Option<Vec<u8>> {
        self.slots.borrow().get(&slot).cloned()
    }

    fn write(&self, slot: u32, bytes: &[u8]) {
        self.writes.set(self.writes.get() + 1);
        self.slots.borrow_mut().insert(slot, bytes.to_vec());
    }

    fn now(&self) -> u64 {
        self.now.get()
    }
}

/// The table of a new call of a tenant.
fn call(sealing: &Sealing, tenant: Tenant<'_>, slots: Option<&Rc<Memory>>) -> Placeholders {
    let slots = slots.map(|slots| Rc::clone(slots) as Rc<dyn Slots>);
    let mut table = Placeholders::new(Some(Rc::new(Seal::new(Arc::new(sealing.clone()), tenant, slots))));
    table.expect_others();
    table
}

const SEARCH: Tenant<'_> = Tenant::Team("search");
const ADA: &str = "ada.lovelace@example.com";

#[test]
fn a_value_has_the_same_placeholder_in_every_call_of_its_tenant() {
    for scope in [RestoreScope::Call, RestoreScope::Envoy, RestoreScope::Anywhere] {
        let sealing = sealing(scope);
        let mut first = call(&sealing, SEARCH, None);
        let placeholder = first.placeholder_for(Kind::Email, ADA);
        let mut second = call(&sealing, SEARCH, None);
        second.placeholder_for(Kind::Email, "bob@example.org");
        assert_eq!(second.placeholder_for(Kind::Email, ADA), placeholder, "{scope:?}");
        assert_eq!(second.restored(&placeholder, Escape::None), ADA, "{scope:?}");
        let others = [Tenant::Team("billing"), Tenant::Key("search")].map(|tenant| {
            let mut table = call(&sealing, tenant, None);
            table.placeholder_for(Kind::Email, ADA)
        });
        assert!(others.iter().all(|other| *other != placeholder), "{scope:?}");
        assert_ne!(first.placeholder_for(Kind::ApiKey, ADA), placeholder.replace("EMAIL", "API_KEY"), "{scope:?}");
    }
}

#[test]
fn a_placeholder_is_of_one_case_and_short() {
    let sealed = call(&sealing(RestoreScope::Anywhere), SEARCH, None).placeholder_for(Kind::Email, ADA);
    let hashed = call(&sealing(RestoreScope::Call), SEARCH, None).placeholder_for(Kind::Email, ADA);
    for placeholder in [&sealed, &hashed] {
        let token = placeholder.strip_prefix("[EMAIL_").and_then(|rest| rest.strip_suffix(']')).unwrap();
        assert!(token.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')), "{placeholder}");
    }
    // Sixteen bytes more than the value; ten for any value; both in base32.
    assert_eq!((sealed.len(), hashed.len()), (8 + (16 + ADA.len()) * 8 / 5, 8 + 16));
}

#[test]
fn sealed_placeholders_of_another_call_are_opened_and_hashed_ones_stay() {
    let anywhere = sealing(RestoreScope::Anywhere);
    let placeholder = call(&anywhere, SEARCH, None).placeholder_for(Kind::Email, ADA);
    assert_eq!(call(&anywhere, SEARCH, None).restored(&placeholder, Escape::None), ADA);
    for tenant in [Tenant::Team("billing"), Tenant::Key("search"), Tenant::Key("")] {
        assert_eq!(call(&anywhere, tenant, None).restored(&placeholder, Escape::None), placeholder, "{tenant:?}");
    }
    let within = sealing(RestoreScope::Call);
    let placeholder = call(&within, SEARCH, None).placeholder_for(Kind::Email, ADA);
    assert_eq!(call(&within, SEARCH, None).restored(&placeholder, Escape::None), placeholder);
}

#[test]
fn a_changed_placeholder_stays_as_it_is() {
    let anywhere = sealing(RestoreScope::Anywhere);
    let placeholder = call(&anywhere, SEARCH, None).placeholder_for(Kind::Email, ADA);
    let table = call(&anywhere, SEARCH, None);
    for at in 0..placeholder.len() {
        let mut changed = placeholder.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(table.restored(&changed, Escape::None), changed, "changed at {at}");
    }
    let other_kind = placeholder.replace("EMAIL", "PHONE");
    assert_eq!(table.restored(&other_kind, Escape::None), other_kind);
    assert_eq!(table.restored(&placeholder.to_lowercase(), Escape::None), placeholder.to_lowercase());
}

#[test]
fn values_of_sixty_four_bytes_are_sealed_and_longer_ones_hashed() {
    let anywhere = sealing(RestoreScope::Anywhere);
    for (length, opens) in [(1, true), (64, true), (65, false), (9_000, false)] {
        let value = "x".repeat(length);
        let mut table = call(&anywhere, SEARCH, None);
        let placeholder = table.placeholder_for(Kind::ApiKey, &value);
        assert!(placeholder.len() <= 143, "{length}: {} bytes", placeholder.len());
        assert_eq!(table.restored(&placeholder, Escape::None), value);
        let elsewhere = call(&anywhere, SEARCH, None).restored(&placeholder, Escape::None).into_owned();
        assert_eq!(elsewhere == value, opens, "{length}");
    }
}

#[test]
fn placeholders_of_an_older_key_are_opened_and_new_ones_have_the_new_key() {
    let old = sealing(RestoreScope::Anywhere);
    let placeholder = call(&old, SEARCH, None).placeholder_for(Kind::Email, ADA);
    let rotated = Sealing { key: key("b"), older: vec![key("a")], ..old };
    let mut table = call(&rotated, SEARCH, None);
    assert_eq!(table.restored(&placeholder, Escape::None), ADA);
    assert_ne!(table.placeholder_for(Kind::Email, ADA), placeholder);
    let forgotten = Sealing { older: vec![], ..rotated };
    assert_eq!(call(&forgotten, SEARCH, None).restored(&placeholder, Escape::None), placeholder);
}

#[test]
fn workers_of_one_envoy_restore_each_others_placeholders_until_the_slot_is_stale_or_taken() {
    let envoy = sealing(RestoreScope::Envoy);
    let slots = Rc::new(Memory::default());
    let placeholder = call(&envoy, SEARCH, Some(&slots)).placeholder_for(Kind::Email, ADA);
    let restored = |tenant| call(&envoy, tenant, Some(&slots)).restored(&placeholder, Escape::None).into_owned();
    assert_eq!(restored(SEARCH), ADA);
    assert_eq!(restored(Tenant::Team("billing")), placeholder);
    let bytes = slots.slots.borrow().values().flatten().copied().collect::<Vec<u8>>();
    assert!(!bytes.windows(8).any(|bytes| ADA.as_bytes().windows(8).any(|piece| piece == bytes)), "in clear");

    call(&envoy, SEARCH, Some(&slots)).placeholder_for(Kind::Email, ADA);
    assert_eq!(slots.writes.get(), 1, "it was there already");
    slots.now.set(600);
    call(&envoy, SEARCH, Some(&slots)).placeholder_for(Kind::Email, ADA);
    assert_eq!(slots.writes.get(), 2, "it lives on");
    slots.now.set(1_599);
    assert_eq!(restored(SEARCH), ADA);
    slots.now.set(1_600);
    assert_eq!(restored(SEARCH), placeholder, "stale");

    call(&envoy, SEARCH, Some(&slots)).placeholder_for(Kind::Email, ADA);
    let mut others = call(&envoy, SEARCH, Some(&slots));
    for number in 0..200 {
        others.placeholder_for(Kind::Email, &format!("user{number}@example.com"));
    }
    assert_eq!(restored(SEARCH), placeholder, "its slot is taken");
    assert_eq!(slots.slots.borrow().len(), 16);
}

#[test]
fn a_slot_with_damaged_bytes_restores_nothing() {
    let envoy = sealing(RestoreScope::Envoy);
    let slots = Rc::new(Memory::default());
    let placeholder = call(&envoy, SEARCH, Some(&slots)).placeholder_for(Kind::Email, ADA);
    let (slot, bytes) = slots.slots.borrow().iter().next().map(|(slot, bytes)| (*slot, bytes.clone())).unwrap();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        slots.write(slot, &damaged);
        assert_eq!(call(&envoy, SEARCH, Some(&slots)).restored(&placeholder, Escape::None), placeholder, "byte {at}");
        slots.write(slot, &bytes[..at]);
        assert_eq!(call(&envoy, SEARCH, Some(&slots)).restored(&placeholder, Escape::None), placeholder, "cut at {at}");
    }
}

#[test]
fn a_token_that_nobody_made_hides_nothing() {
    let seal = Rc::new(Seal::new(Arc::new(sealing(RestoreScope::Anywhere)), SEARCH, None));
    let redactor = Redactor::new(Kinds::ALL).with_seal(Some(&seal));
    let text = "[API_KEY_AKIAIOSFODNN7EXAMPLE]".replace("EXAMPLE", "EXAMPLQ");
    let mut table = Placeholders::new(Some(Rc::clone(&seal)));
    let redacted = table.redact_text(&redactor, &text).into_owned();
    assert!(!redacted.contains("AKIAIOSFODNN7"), "{redacted}");
    assert_eq!(table.restored(&redacted, Escape::None), text);
}

#[test]
fn a_redacted_text_has_nothing_to_redact_whatever_the_token() {
    let values = ["ada@example.com", "4111 1111 1111 1111", "DE89370400440532013000", "192.0.2.1", "+44 20 7946 0958"];
    for scope in [RestoreScope::Call, RestoreScope::Anywhere] {
        for round in 0..300 {
            let tenant = format!("team {round}");
            let seal = Rc::new(Seal::new(Arc::new(sealing(scope)), Tenant::Team(&tenant), None));
            let redactor = Redactor::new(Kinds::ALL).with_seal(Some(&seal));
            let mut table = Placeholders::new(Some(seal));
            let text = values.join(", ");
            let redacted = table.redact_text(&redactor, &text).into_owned();
            let mut next = Placeholders::new(table.seal().cloned());
            assert_eq!(next.redact_text(&redactor, &redacted), redacted);
            assert_eq!(table.restored(&redacted, Escape::None), text);
        }
    }
}

#[test]
fn every_split_of_a_stream_restores_placeholders_of_other_calls() {
    let anywhere = sealing(RestoreScope::Anywhere);
    let placeholder = call(&anywhere, SEARCH, None).placeholder_for(Kind::UsSsn, "536-22-8726");
    let text = format!("[US_SSN_{placeholder}[[E {placeholder} [US_SSN_AAAA, [EMAIL_1] {}", placeholder.split_at(20).0);
    let table = call(&anywhere, SEARCH, None);
    let whole = table.restored(&text, Escape::None).into_owned();
    assert_eq!(whole.matches("536-22-8726").count(), 2, "{whole}");
    for first in 0..=text.len() {
        for second in (first..=text.len()).step_by(7) {
            let mut held = PendingText::default();
            let mut out = String::new();
            let (rest, last) = text.split_at(second);
            let (start, middle) = rest.split_at(first);
            for piece in [start, middle, last] {
                let mut edits = Vec::new();
                held.push(&table, piece, Escape::None, false, &mut edits);
                out.push_str(&apply(piece, &edits));
            }
            out.push_str(&held.take());
            assert_eq!(out, whole, "split at {first} and {second}");
        }
    }
}

#[test]
fn no_debug_shows_a_key_or_a_value() {
    let sealing = sealing(RestoreScope::Anywhere);
    let mut table = call(&sealing, SEARCH, None);
    table.placeholder_for(Kind::Email, ADA);
    let shown = format!("{sealing:?} {table:?} {:?}", table.seal());
    assert!(!shown.contains("ada") && !shown.contains("search") && !shown.contains("97"), "{shown}");
}

#[test]
fn a_secret_of_fewer_than_thirty_two_bytes_is_no_key() {
    assert!(PlaceholderKey::derive(&"x".repeat(31)).is_none());
    assert!(PlaceholderKey::derive(&"x".repeat(32)).is_some());
}
