//! Prices as shown in the documentation.
#![cfg(test)]

use crate::asked::{exact, usage};
use std::path::Path;
use tollgate::price::PriceQuery;
use tollgate::settings::read_prices;
use tollgate::usage::Bucket;

#[test]
fn the_prices_in_the_documentation_do_what_it_says() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cost.md")).unwrap();
    let after = readme.split_once("<!-- prices -->").unwrap().1;
    let inside = after.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
    let book = read_prices(inside).unwrap_or_else(|problems| panic!("{problems}"));
    let profile = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6";
    for (provider, model, bucket, dollars, entry) in [
        ("openai", "gpt-4o-acme", Bucket::Input, "0.002", "openai/gpt-4o-acme (settings)"),
        ("openai", "whisper-acme", Bucket::InputSeconds, "0.05", "openai/whisper-acme (settings)"),
        ("openai", "gpt-4o", Bucket::Input, "0.002375", "openai/gpt-4o (-5%)"),
        ("azure.ai.openai", "chat-prod", Bucket::Input, "0.00015", "azure.ai.openai/gpt-4o-mini-2024-07-18"),
        ("aws.bedrock", profile, Bucket::Input, "0.0011", "aws.bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("anthropic", "claude-opus-4-8", Bucket::Input, "0.004375", "anthropic/claude-opus-4-8 (-12.5%)"),
    ] {
        let usage = usage(&[(bucket, 1000)]);
        let cost = book.cost(&PriceQuery { provider, model, usage: Some(&usage), ..PriceQuery::default() });
        assert_eq!(exact(&cost), (dollars.to_owned(), entry), "{model}");
    }
}
