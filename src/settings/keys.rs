//! `keys`: the virtual keys.

use super::problem::{Path, Problems};
use super::section::{deserialize, elements};
use super::validate::{label, required};
use super::written::{self, Object};
use crate::policy::{Digest, Keyring, Pattern, VirtualKey};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Parses and checks the section. Also returns the ids with their indexes in the list.
pub(super) fn keys(
    section: Option<&str>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> (Keyring, BTreeMap<String, usize>) {
    let what = "a list of at least one virtual key; without one, every call would be refused";
    let (mut keys, mut ids, mut digests, mut count) = (Vec::new(), BTreeMap::new(), BTreeMap::new(), 0_usize);
    let Some(section) = required(section, what, at, problems) else {
        return (Keyring::default(), ids);
    };
    let refused = refused();
    elements(section, at, problems, |element, at, problems| {
        let index = count;
        count += 1;
        let Some(Object(written)) = deserialize::<Object<written::KeySettings>>(element, at, problems) else {
            return;
        };
        let digest = digest(written.sha256.as_deref(), &refused, &at.member("sha256"), problems);
        if let Some(digest) = digest {
            once(&mut digests, digest, index, "sha256", at, problems);
        }
        let key = key(written, at, problems);
        if let Some(key) = &key {
            once(&mut ids, key.id.clone(), index, "id", at, problems);
        }
        keys.extend(digest.zip(key));
    });
    if count == 0 {
        problems.note(at, "empty: write at least one virtual key; without one, every call would be refused");
    }
    (Keyring::new(keys), ids)
}

/// Digests of texts that are not secret, each with the reason.
fn refused() -> Vec<(Digest, &'static str)> {
    let of = |text: &str, why| (Digest::of(text.as_bytes()), why);
    let mut refused = vec![of("", NOTHING), of("\n", NOTHING)];
    // Including the form that `echo` writes.
    let guessed = GUESSED.iter().flat_map(|text| [of(text, GUESSABLE), of(&[text, "\n"].concat(), GUESSABLE)]);
    refused.extend(guessed);
    refused.extend(EXAMPLES.iter().filter_map(|digest| Some((Digest::parse(digest)?, EXAMPLE))));
    refused
}

/// Records a problem if a key shares a member's value with an earlier one.
fn once<T: Ord>(
    seen: &mut BTreeMap<T, usize>,
    value: T,
    index: usize,
    member: &str,
    at: &Path<'_>,
    problems: &mut Problems,
) {
    match seen.entry(value) {
        Entry::Vacant(place) => {
            place.insert(index);
        }
        Entry::Occupied(place) => {
            let first = Path::Top;
            let first = first.member("keys");
            problems.note(&at.member(member), format_args!("the same as that of {}", first.element(*place.get())));
        }
    }
}

fn digest(written: Option<&str>, refused: &[(Digest, &str)], at: &Path<'_>, problems: &mut Problems) -> Option<Digest> {
    let what = "the SHA-256 of the virtual key in 64 hexadecimal digits (printf %s \"$KEY\" | sha256sum)";
    let Some(digest) = Digest::parse(required(written, what, at, problems)?) else {
        problems.note(at, "not 64 hexadecimal digits: write the key's SHA-256, never the key");
        return None;
    };
    if let Some((_, why)) = refused.iter().find(|(known, _)| *known == digest) {
        problems.note(at, why);
        return None;
    }
    Some(digest)
}

fn key(written: written::KeySettings, at: &Path<'_>, problems: &mut Problems) -> Option<VirtualKey> {
    let optional = |text: Option<String>, member, problems: &mut Problems| {
        text.and_then(|text| label(text, &at.member(member), problems))
    };
    let team = optional(written.team, "team", problems);
    let user = optional(written.user, "user", problems);
    let feature = optional(written.feature, "feature", problems);
    let models = written.models.map(|models| patterns(models, &at.member("models"), problems));
    let at = at.member("id");
    let id = required(written.id, "the name under which the key's calls are recorded", &at, problems)?;
    let id = label(id, &at, problems)?;
    Some(VirtualKey { id, team, user, feature, models, expires: written.expires.map(|moment| moment.0) })
}

fn patterns(written: Vec<String>, at: &Path<'_>, problems: &mut Problems) -> Vec<Pattern> {
    if written.is_empty() {
        problems.note(at, "empty: name models, or leave it out to allow every model");
    }
    let texts = written.into_iter().enumerate();
    let texts = texts.filter_map(|(index, text)| label(text, &at.element(index), problems));
    texts.map(|text| Pattern::new(&text)).collect()
}

const NOTHING: &str = "the SHA-256 of nothing: the variable that should have held the key was empty";
const GUESSABLE: &str = "the SHA-256 of a word that anybody tries: make the key of random bytes (openssl rand -hex 32)";
const EXAMPLE: &str =
    "the documentation's example, whose key nobody has: write the SHA-256 of a key of your own (openssl rand -hex 32)";

/// Words that attackers try first.
const GUESSED: [&str; 16] = [
    "test",
    "password",
    "secret",
    "key",
    "changeme",
    "change-me",
    "admin",
    "token",
    "1234",
    "12345678",
    "api-key",
    "api_key",
    "apikey",
    "virtual-key",
    "my-key",
    "your-key",
];

/// The digests in README and docs: of random bytes that nobody has seen.
const EXAMPLES: [&str; 1] = ["58abff424fd9fd2f00ec89854242f8a1cb2014cbdcb70a5336e8bff595596183"];
