//! Golden files: the fixtures' requests, written in each dialect. `UPDATE_GOLDEN=1 cargo test --test translation` writes
//! them anew, to be read in review.

use crate::meaning::translate;
use std::path::Path;
use tollgate::dialect::Dialect;
use tollgate::model::Losses;

#[test]
fn the_fixtures_are_written_as_reviewed() {
    let names = [
        ("openai_chat", Dialect::OpenAiChat),
        ("openai_responses", Dialect::OpenAiResponses),
        ("anthropic_messages", Dialect::AnthropicMessages),
        ("gemini_generate", Dialect::GeminiGenerate),
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (from_name, from) in names {
        let body = std::fs::read_to_string(root.join("fixtures").join(from_name).join("request.json")).unwrap();
        for (to_name, to) in names {
            let mut losses = Losses::default();
            let written = translate(from, to, &body, &mut losses).unwrap();
            let value: serde_json::Value = serde_json::from_str(&written).unwrap();
            let lines: Vec<String> = losses.names().iter().map(|name| format!("lost: {name}\n")).collect();
            let shown = format!("{}\n{}", serde_json::to_string_pretty(&value).unwrap(), lines.concat());
            let file = root.join(format!("translation/golden/{from_name}_as_{to_name}.txt"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::write(&file, &shown).unwrap();
            }
            assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), shown, "{}", file.display());
        }
    }
}
