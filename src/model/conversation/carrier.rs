//! Carriers: signatures and encrypted reasoning that are valid at their maker only, kept in a place that every client
//! returns: the id of a call, the signature of another dialect's reasoning. No state is kept: the next request may
//! arrive at another instance.
//!
//! A carrier is base64 (RFC 4648, section 5, without padding) of `tg1` and a JSON array of entries
//! `[kind, maker, value, text, id]`. It begins with [`MAGIC`], and stands behind an id with [`MARK`] between.

use super::maker::{Escaped, Maker};
use crate::document::{Document, JsonWriter, Reader};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;

/// Base64 of `tg1`.
const MAGIC: &str = "dGcx";

/// Mark between an id and its carrier; ids of every API may have these characters.
const MARK: &str = "_dGcx";

/// Longest carrier, in bytes: longer reasoning is not carried.
const LONGEST: usize = 128 * 1024;

/// Proof that reasoning is its maker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<'a> {
    /// The maker.
    pub maker: Maker,
    /// Kind.
    pub kind: ProofKind,
    /// The value, as the maker wrote it.
    pub value: Escaped<'a>,
}

/// Kind of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofKind {
    /// Signature of a text.
    Signature,
    /// Encrypted reasoning.
    Encrypted,
}

/// Reasoning of an earlier turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReasoningPart<'a> {
    /// The text, possibly empty.
    pub text: Escaped<'a>,
    /// Proof of its maker.
    pub proof: Option<Proof<'a>>,
    /// Id of the item.
    pub id: Option<Escaped<'a>>,
}

/// Entry of a carrier.
#[derive(Clone, Debug, PartialEq)]
pub enum Carrier<'a> {
    /// Reasoning with its proof.
    Reasoning(ReasoningPart<'a>),
    /// Proof that belongs to the call itself.
    Call(Proof<'a>),
}

impl Carrier<'_> {
    /// Writes entries. `None`: they are too long.
    pub fn write(entries: &[Carrier<'_>]) -> Option<String> {
        let mut json = JsonWriter::default();
        json.begin_array();
        for entry in entries {
            let (kind, proof, text, id) = match entry {
                Carrier::Reasoning(part) => {
                    let proof = part.proof.as_ref()?;
                    let kind = if proof.kind == ProofKind::Signature { "s" } else { "e" };
                    (kind, proof, &*part.text, part.id.as_deref().unwrap_or_default())
                }
                Carrier::Call(proof) => ("c", proof, "", ""),
            };
            json.begin_array().string(kind).string(proof.maker.letter());
            json.escaped(&proof.value).escaped(text).escaped(id).end_array();
        }
        json.end_array();
        let text = format!("tg1{}", json.finish());
        (text.len() <= LONGEST).then(|| URL_SAFE_NO_PAD.encode(text))
    }

    /// Appends entries to an id.
    pub fn append(id: &str, entries: &[Carrier<'_>]) -> Option<String> {
        Self::write(entries).map(|carrier| format!("{id}_{carrier}"))
    }
}

impl Carrier<'static> {
    /// Reads the first entry of a carrier. `None`: the value is something else.
    pub fn read(value: &str) -> Option<Self> {
        read(value)?.into_iter().next()
    }

    /// Splits an id from what it carries.
    pub fn split<'a>(id: &Escaped<'a>) -> (Escaped<'a>, Vec<Self>) {
        let Some(at) = id.find(MARK) else { return (id.clone(), Vec::new()) };
        let (own, carrier) = id.split_at(at);
        let Some(entries) = carrier.strip_prefix('_').and_then(read) else { return (id.clone(), Vec::new()) };
        let own = match id {
            Cow::Borrowed(id) => Cow::Borrowed(id.get(..at).unwrap_or_default()),
            Cow::Owned(_) => Cow::Owned(own.to_owned()),
        };
        (own, entries)
    }
}

fn read(value: &str) -> Option<Vec<Carrier<'static>>> {
    if !value.starts_with(MAGIC) || value.len() > LONGEST * 2 {
        return None;
    }
    let value: Cow<'_, str> = match value.contains(['+', '/', '=']) {
        // Some clients write the other alphabet, and padding.
        true => value.trim_end_matches('=').replace('+', "-").replace('/', "_").into(),
        false => value.into(),
    };
    let decoded = URL_SAFE_NO_PAD.decode(&*value).ok()?;
    let document = Document::new(decoded.strip_prefix(b"tg1")?).ok()?;
    let mut reader = Reader::strict(document);
    let mut entries = Vec::new();
    let mut is_known = true;
    reader
        .array(|reader, _| {
            let mut members = Vec::new();
            reader.array(|reader, _| {
                let span = reader.string()?;
                members.push(document.raw(span).to_owned());
                Ok(())
            })?;
            match entry(members) {
                Some(entry) => entries.push(entry),
                None => is_known = false,
            }
            Ok(())
        })
        .ok()?;
    reader.finish().ok()?;
    is_known.then_some(entries)
}

fn entry(members: Vec<String>) -> Option<Carrier<'static>> {
    let [kind, maker, value, text, id] = <[String; 5]>::try_from(members).ok()?;
    let maker = Maker::of_letter(&maker)?;
    let proof = |kind| Proof { maker, kind, value: value.into() };
    let reasoning = |proof| {
        let id = Some(id).filter(|id| !id.is_empty()).map(Cow::Owned);
        Carrier::Reasoning(ReasoningPart { text: text.into(), proof: Some(proof), id })
    };
    Some(match kind.as_str() {
        "s" => reasoning(proof(ProofKind::Signature)),
        "e" => reasoning(proof(ProofKind::Encrypted)),
        "c" => Carrier::Call(proof(ProofKind::Signature)),
        _ => return None,
    })
}

impl Maker {
    const fn letter(self) -> &'static str {
        match self {
            Self::Anthropic => "a",
            Self::Google => "g",
            Self::OpenAi => "o",
            Self::Other => "x",
        }
    }

    fn of_letter(letter: &str) -> Option<Self> {
        [Self::Anthropic, Self::Google, Self::OpenAi, Self::Other].into_iter().find(|maker| maker.letter() == letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_in_an_id_comes_back_and_the_id_is_as_it_was() {
        let proof = Proof { maker: Maker::Anthropic, kind: ProofKind::Signature, value: "c2ln+/==".into() };
        let reasoning = ReasoningPart { text: "line\\n\\\"two\\\" é".into(), proof: Some(proof.clone()), id: None };
        let entries = [Carrier::Reasoning(reasoning), Carrier::Call(Proof { maker: Maker::Google, ..proof })];
        let id = Carrier::append("toolu_1", &entries).unwrap();
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')), "{id}");
        let (own, read) = Carrier::split(&Cow::Borrowed(&id));
        assert_eq!((&*own, read.as_slice()), ("toolu_1", &entries[..]));
    }

    #[test]
    fn an_id_that_carries_nothing_stays_as_it_is() {
        for id in ["", "call_1", "call_dGcx", "call_dGcxAAAA", "dGcx"] {
            let (own, entries) = Carrier::split(&Cow::Borrowed(id));
            assert_eq!((&*own, entries.len()), (id, 0));
        }
    }

    #[test]
    fn reasoning_beyond_the_bound_is_not_carried() {
        let proof = Proof { maker: Maker::Google, kind: ProofKind::Signature, value: "x".repeat(LONGEST).into() };
        assert_eq!(Carrier::append("a", &[Carrier::Call(proof)]), None);
    }
}
