//! `redaction`: kinds to detect, and placeholders that outlive a call.

use super::member::{Listed, Required, Word};
use super::problem::{Path, Problems};
use super::section::{Context, Section, object};
use super::units::{HOUR, Integer, Period, SECOND};
use super::validate::{Environment, Variable, from_environment};
use crate::redaction::{Kind, Kinds, PlaceholderKey, RestoreScope, Sealing};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// Data that is taken out of requests and put back into answers.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct RedactionSettings {
    /// Kinds of data that are taken out of every text of a request; with an empty list nothing is.
    #[cfg_attr(schema, schemars(extend("default" = Kind::ALL.map(Kind::name))))]
    detect: Option<Vec<Word<Kind>>>,
    /// Secret from which placeholders are made that outlive a call (see docs/placeholders.md). Absent, placeholders are
    /// numbered anew in each call.
    placeholder_key: Option<PlaceholderKeySettings>,
    /// Answers in which a placeholder is restored. Needs a placeholder key.
    restore_scope: Option<RestoreScope>,
    /// Number of values that the workers of one Envoy keep for each other, of 1 KiB each at most, with
    /// `restore_scope: envoy`. Needs a placeholder key.
    shared_slots: Option<Integer<16, 4096, 65_536>>,
    /// Time for which they keep a value. Needs a placeholder key.
    shared_lifetime: Option<Period<SECOND, HOUR, { 168 * HOUR }>>,
}

/// The secret that placeholders are made from.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct PlaceholderKeySettings {
    /// Variable of Envoy's environment that holds a secret of 32 bytes or more, such as one of
    /// `openssl rand -base64 32`.
    env: Required<Variable>,
    /// Secrets before it, whose placeholders are still restored.
    older: Option<Vec<OlderKey>>,
}

/// A secret before the one in use.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct OlderKey {
    /// Variable of Envoy's environment that holds it.
    env: Required<Variable>,
}

impl Listed for Kind {
    const NAME: &'static str = "kind of data";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        Self::ALL.into_iter().map(|kind| (kind.name(), kind))
    }
}

/// Redaction of requests.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// Kinds that are taken out of requests. Default: every kind.
    pub kinds: Kinds,
    /// Keys of placeholders, and their restoration scope; `None` numbers placeholders anew in each call.
    pub sealing: Option<Arc<Sealing>>,
}

impl Section for RedactionSettings {
    type Checked = Redaction;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Redaction {
        let mut written = object::<Self>(text, at, problems);
        let kinds = match written.detect.take() {
            Some(detect) => kinds(&detect, &at.member("detect"), problems),
            None => Kind::ALL.to_vec(),
        };
        context.redacted = kinds.into_iter().collect();
        let sealing = sealing(written, context.environment, at, problems);
        Redaction { kinds: context.redacted, sealing: sealing.map(Arc::new) }
    }
}

fn kinds(detect: &[Word<Kind>], at: &Path<'_>, problems: &mut Problems) -> Vec<Kind> {
    let words = detect.iter().enumerate();
    words.filter_map(|(index, word)| word.checked(&at.element(index), problems)).collect()
}

/// Checks the placeholder settings; `None` without a key. The other members require one.
fn sealing(
    written: RedactionSettings,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Sealing> {
    let RedactionSettings { restore_scope, shared_slots, shared_lifetime, .. } = written;
    let slots = Integer::checked(shared_slots, &at.member("shared_slots"), problems);
    let lifetime = Period::checked(shared_lifetime, &at.member("shared_lifetime"), problems);
    let key_at = at.member("placeholder_key");
    let Some(key) = written.placeholder_key else {
        for (is_written, member) in [
            (restore_scope.is_some(), "restore_scope"),
            (shared_slots.is_some(), "shared_slots"),
            (shared_lifetime.is_some(), "shared_lifetime"),
        ] {
            if is_written {
                problems.note(&at.member(member), "needs placeholder_key beside it");
            }
        }
        return None;
    };
    let newest = key_from(key.env, environment, &key_at.member("env"), problems);
    let mut older = Vec::new();
    for (index, key) in key.older.unwrap_or_default().into_iter().enumerate() {
        let at = key_at.member("older");
        older.extend(key_from(key.env, environment, &at.element(index).member("env"), problems));
    }
    Some(Sealing {
        key: newest?,
        older,
        scope: restore_scope.unwrap_or_default(),
        slots: u32::try_from(slots).unwrap_or(u32::MAX),
        lifetime: u64::try_from(lifetime.as_nanos()).unwrap_or(u64::MAX),
    })
}

fn key_from(
    env: Required<Variable>,
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
