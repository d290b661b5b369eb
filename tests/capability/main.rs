//! Capabilities of models by their names: from the list, from rules, and from settings.

#![cfg(test)]

mod families;
mod list;
mod names;
mod own;

use tollgate::capability::{Capabilities, lookup};

/// Facts of a model in short: its bounds, inputs and abilities (`?` where unknown, `-` where it has them not).
fn shown(model: &str) -> String {
    let facts = lookup(model);
    let bound = |bound: Option<u32>| bound.map_or_else(|| "?".to_owned(), |bound| bound.to_string());
    let flags = flags(&facts).into_iter().map(|(name, flag)| match flag {
        Some(true) => name.to_owned(),
        Some(false) => format!("-{name}"),
        None => format!("?{name}"),
    });
    format!("{} {} {}", bound(facts.max_output), bound(facts.max_input), flags.collect::<Vec<_>>().join(" "))
}

fn flags(facts: &Capabilities) -> [(&'static str, Option<bool>); 8] {
    [
        ("images", facts.images),
        ("audio", facts.audio),
        ("documents", facts.documents),
        ("tools", facts.tools),
        ("parallel", facts.parallel_tools),
        ("forced", facts.forced_tools),
        ("schema", facts.schema),
        ("reasoning", facts.reasoning),
    ]
}
