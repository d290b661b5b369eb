//! Golden files: the fixtures' requests, written in each dialect. `UPDATE_GOLDEN=1 cargo test --test translation` writes
//! them anew, to be read in review.

use crate::meaning::translate_to;
use std::path::Path;
use tollgate::dialect::Dialect;
use tollgate::model::{Losses, Variant};

/// Names of the forms, of which the first four are translated into all others and back.
const FORMS: &[(&str, Dialect, Variant)] = &[
    ("openai_chat", Dialect::OpenAiChat, Variant::Common),
    ("anthropic_messages", Dialect::AnthropicMessages, Variant::Common),
    ("openai_responses", Dialect::OpenAiResponses, Variant::Common),
    ("gemini_generate", Dialect::GeminiGenerate, Variant::Common),
    ("cohere_v2", Dialect::CohereV2, Variant::Common),
    ("mistral", Dialect::OpenAiChat, Variant::Mistral),
    ("ollama", Dialect::Ollama, Variant::Common),
];

#[test]
fn the_fixtures_are_written_as_reviewed() {
    for (from, (from_name, dialect, variant)) in FORMS.iter().enumerate() {
        // Its requests are those of chat completions.
        if *variant == Variant::Mistral {
            continue;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let body = std::fs::read_to_string(root.join(from_name).join("request.json")).unwrap();
        for (to, (to_name, target, variant)) in FORMS.iter().enumerate() {
            if from < 4 && to < 4 || from < 2 || to < 2 {
                let mut losses = Losses::default();
                let written = translate_to(*dialect, (*target, *variant), &body, &mut losses).unwrap();
                let value: serde_json::Value = serde_json::from_str(&written.body).unwrap();
                let lines: Vec<String> = losses.names().iter().map(|name| format!("lost: {name}\n")).collect();
                let shown = format!("{}\n{}", serde_json::to_string_pretty(&value).unwrap(), lines.concat());
                compare(&format!("{from_name}_as_{to_name}.txt"), &shown);
            }
        }
    }
}

/// Compares a text with a golden file.
pub(crate) fn compare(name: &str, shown: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translation/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, shown).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), shown, "{}", file.display());
}
