//! `keys`: the virtual keys.

use super::distinct::Distinct;
use super::member::{Required, required};
use super::moment::Moment;
use super::problem::{Path, Problems};
use super::section::{Context, List, RecordedName, Section};
use super::validate::Label;
use crate::pattern::Pattern;
use crate::policy::{Digest, Keyring, VirtualKey};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A virtual key, known only by its SHA-256.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct KeySettings {
    /// Name under which the key's calls are recorded.
    id: Required<Label>,
    /// SHA-256 of the key in hexadecimal digits (`KEY=tg-$(openssl rand -hex 32)`, `printf %s "$KEY" | sha256sum`). The
    /// documentation's is nobody's and refused, as are those of words like `test`.
    #[cfg_attr(schema, schemars(regex(pattern = "^[0-9A-Fa-f]{64}$")))]
    sha256: Required<String>,
    /// Team, recorded on the key's calls.
    team: Option<Label>,
    /// User, recorded on the key's calls. Where there is none, the client may name one by the header `x-tollgate-user`.
    user: Option<Label>,
    /// Feature, recorded on the key's calls. Where there is none, the client may name one by the header
    /// `x-tollgate-feature`.
    feature: Option<Label>,
    /// Models that the key may use, with `*` anywhere for any text. Absent, every model is allowed.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    models: Option<Vec<Label>>,
    /// End of its validity, by RFC 3339: `2027-12-31T00:00:00Z`. Absent, it has none.
    expires: Option<Moment>,
}

impl Section for List<KeySettings, 1> {
    type Checked = Keyring;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Keyring {
        let what = "a list of at least one virtual key; without one, every call would be refused";
        let (mut keys, mut ids, mut digests) = (Vec::new(), Distinct::default(), BTreeMap::new());
        let Some(text) = required(text, what, at, problems) else {
            return Keyring::default();
        };
        let refused = refused();
        let count = Self::each(text, at, problems, |index, written, at, problems| {
            let digest = digest(written.sha256.as_ref(), &refused, &at.member("sha256"), problems);
            if let Some(digest) = digest {
                let first = *digests.entry(digest).or_insert(index);
                if first != index {
                    note_repeated(first, &at.member("sha256"), problems);
                }
            }
            let key = key(written, at, problems);
            if let Some(first) = key.as_ref().and_then(|key| ids.add(&key.id, index)) {
                note_repeated(first, &at.member("id"), problems);
            }
            keys.extend(digest.zip(key));
        });
        if count == 0 {
            problems.note(at, "empty: write at least one virtual key; without one, every call would be refused");
        }
        let ids = ids.into_values();
        context.recorded.extend(ids.map(|(name, index)| RecordedName { section: "keys", index, member: "id", name }));
        Keyring::new(keys)
    }
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

/// Records a problem: a member's value is that of an earlier key.
fn note_repeated(first: usize, at: &Path<'_>, problems: &mut Problems) {
    let keys = Path::Top;
    let keys = keys.member("keys");
    problems.note(at, format_args!("the same as that of {}", keys.element(first)));
}

fn digest(
    written: Option<&String>,
    refused: &[(Digest, &str)],
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Digest> {
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

fn key(written: KeySettings, at: &Path<'_>, problems: &mut Problems) -> Option<VirtualKey> {
    let optional = |label: Option<Label>, member, problems: &mut Problems| {
        label.and_then(|label| label.checked(&at.member(member), problems))
    };
    let team = optional(written.team, "team", problems);
    let user = optional(written.user, "user", problems);
    let feature = optional(written.feature, "feature", problems);
    let models = written.models.map(|models| patterns(models, &at.member("models"), problems));
    let at = at.member("id");
    let id = written.id.or_note("the name under which the key's calls are recorded", &at, problems)?;
    let id = id.checked(&at, problems)?;
    let (id, [team, user, feature]) = (id.into(), [team, user, feature].map(|name| name.map(Arc::from)));
    Some(VirtualKey { id, team, user, feature, models, expires: written.expires.map(|moment| moment.0) })
}

fn patterns(written: Vec<Label>, at: &Path<'_>, problems: &mut Problems) -> Vec<Pattern> {
    if written.is_empty() {
        problems.note(at, "empty: name models, or leave it out to allow every model");
    }
    let labels = written.into_iter().enumerate();
    let texts = labels.filter_map(|(index, label)| label.checked(&at.element(index), problems));
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
