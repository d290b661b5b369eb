//! `redaction`: kinds to detect, and placeholders that outlive a call.

use super::problem::{Path, Problems, Unknown};
use super::section::deserialize;
use super::units::Period;
use super::validate::{Environment, from_environment};
use super::written::{self, Object};
use crate::redaction::{Kind, PlaceholderKey, RestoreScope, Sealing};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The checked section.
#[derive(Default)]
pub(super) struct Redaction {
    pub(super) kinds: Vec<Kind>,
    pub(super) sealing: Option<Sealing>,
}

/// Parses and checks the section. Without `detect` all kinds apply; with an empty list none does.
pub(super) fn redaction(
    section: Option<&str>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Redaction {
    let written = section.and_then(|section| deserialize::<Object<written::RedactionSettings>>(section, at, problems));
    let Some(Object(mut written)) = written else {
        return Redaction { kinds: Kind::ALL.to_vec(), sealing: None };
    };
    let kinds = match written.detect.take() {
        Some(detect) => kinds(&detect, &at.member("detect"), problems),
        None => Kind::ALL.to_vec(),
    };
    Redaction { kinds, sealing: sealing(written, environment, at, problems) }
}

fn kinds(detect: &[String], at: &Path<'_>, problems: &mut Problems) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (index, name) in detect.iter().enumerate() {
        let kind = Kind::from_name(name);
        if kind.is_none() {
            let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            problems.note(&at.element(index), Unknown { what: "kind of data", word: name, known: &known });
        }
        kinds.extend(kind);
    }
    kinds
}

/// Checks the placeholder settings; `None` without a key. The other members require one.
fn sealing(
    written: written::RedactionSettings,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Sealing> {
    let slots = slots(written.shared_slots, &at.member("shared_slots"), problems);
    let lifetime = lifetime(written.shared_lifetime, &at.member("shared_lifetime"), problems);
    let key_at = at.member("placeholder_key");
    let Some(Object(key)) = written.placeholder_key else {
        for (is_written, member) in [
            (written.restore_scope.is_some(), "restore_scope"),
            (written.shared_slots.is_some(), "shared_slots"),
            (written.shared_lifetime.is_some(), "shared_lifetime"),
        ] {
            if is_written {
                problems.note(&at.member(member), "needs placeholder_key beside it");
            }
        }
        return None;
    };
    let newest = key_from(key.env, environment, &key_at.member("env"), problems);
    let mut older = Vec::new();
    for (index, Object(key)) in key.older.unwrap_or_default().into_iter().enumerate() {
        let at = key_at.member("older");
        older.extend(key_from(key.env, environment, &at.element(index).member("env"), problems));
    }
    let scope = match written.restore_scope {
        Some(written::RestoreScopeSettings::Call) => RestoreScope::Call,
        Some(written::RestoreScopeSettings::Envoy) => RestoreScope::Envoy,
        Some(written::RestoreScopeSettings::Anywhere) | None => RestoreScope::Anywhere,
    };
    Some(Sealing { key: newest?, older, scope, slots, lifetime })
}

fn key_from(
    env: Option<String>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<PlaceholderKey> {
    let secret = from_environment(env, environment, at, problems)?;
    let key = PlaceholderKey::derive(&secret);
    if key.is_none() {
        problems.note(at, "the variable holds fewer than 32 bytes: make it with \"openssl rand -base64 32\"");
    }
    key
}

fn slots(written: Option<u64>, at: &Path<'_>, problems: &mut Problems) -> u32 {
    let mut slots = DEFAULT_SLOTS;
    super::range::count(&mut slots, written, SLOTS, at, problems);
    u32::try_from(slots).unwrap_or(u32::MAX)
}

/// Checks the lifetime of a shared value. Returns nanoseconds.
fn lifetime(written: Option<Period>, at: &Path<'_>, problems: &mut Problems) -> u64 {
    let mut lifetime = DEFAULT_LIFETIME;
    super::range::period(&mut lifetime, written, LIFETIME, at, problems);
    u64::try_from(lifetime.as_nanos()).unwrap_or(u64::MAX)
}

/// Range of the number of shared slots. Each holds at most about 1 KiB.
const SLOTS: RangeInclusive<u64> = 16..=65_536;
const DEFAULT_SLOTS: usize = 4096;

/// Range of the lifetime of a value in its slot, in milliseconds: a second to a week.
const LIFETIME: RangeInclusive<u64> = 1_000..=604_800_000;
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);
