//! `prices`: the operator's own, before those of the built-in book.

use super::problem::{Path, Problems, Unknown};
use super::section::{elements, typed};
use super::units::Decimal;
use super::words::{label, required};
use super::written::{self, Object};
use crate::chat::Bucket;
use crate::price::{Book, Entry, Rate, Rates};
use crate::provider::ROWS;
use std::collections::BTreeSet;

/// Reads and checks the section, and lays it over the built-in book.
pub(super) fn prices(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Book {
    let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
    elements(section.unwrap_or("[]"), at, problems, |element, at, problems| {
        let Some(Object(written)) = typed::<Object<written::Price>>(element, at, problems) else {
            return;
        };
        let Some(entry) = entry(written, at, problems) else {
            return;
        };
        if !seen.insert((entry.provider.clone(), entry.model.clone())) {
            problems.note(&at.member("model"), "this model of this provider has a price already");
        }
        entries.push(entry);
    });
    Book::built_in().with_overrides(entries)
}

fn entry(written: written::Price, at: &Path<'_>, problems: &mut Problems) -> Option<Entry> {
    let rates = rates(&written, at, problems);
    let model = {
        let at = at.member("model");
        let model = required(written.model, "the model's name as its provider writes it", &at, problems);
        model.and_then(|model| label(model, &at, problems))
    };
    let at = at.member("provider");
    let provider = required(
        written.provider,
        "the provider, in the word that spans have for it, such as \"openai\"",
        &at,
        problems,
    )?;
    let known: Vec<&str> = ROWS.iter().map(|row| row.telemetry_name).collect();
    if !known.contains(&provider.as_str()) {
        problems.note(&at, Unknown { what: "provider", word: &provider, known: &known });
        return None;
    }
    Some(Entry { provider, model: model?, rates })
}

fn rates(written: &written::Price, at: &Path<'_>, problems: &mut Problems) -> Rates {
    let members: [(&str, Bucket, &Option<Decimal>); 8] = [
        ("input", Bucket::Input, &written.input),
        ("cache_read", Bucket::CacheRead, &written.cache_read),
        ("cache_write_5m", Bucket::CacheWrite5m, &written.cache_write_5m),
        ("cache_write_1h", Bucket::CacheWrite1h, &written.cache_write_1h),
        ("input_audio", Bucket::InputAudio, &written.input_audio),
        ("output", Bucket::Output, &written.output),
        ("reasoning", Bucket::Reasoning, &written.reasoning),
        ("output_audio", Bucket::OutputAudio, &written.output_audio),
    ];
    let mut rates = Rates::default();
    let mut is_empty = true;
    for (member, bucket, decimal) in members {
        let Some(Decimal(decimal)) = decimal else {
            continue;
        };
        is_empty = false;
        match Rate::parse(decimal) {
            Ok(rate) => rates.set(bucket, Some(rate)),
            Err(error) => problems.note(&at.member(member), error),
        }
    }
    if is_empty {
        problems.note(at, "has no price: write \"input\" and \"output\", in dollars per million tokens");
    }
    rates
}
