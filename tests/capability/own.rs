//! Facts of the operator's, over the built-in ones.

use std::path::Path;
use tollgate::capability::{AdaptiveUse, CapabilityTable, Effort, Efforts, PermittedSampling, ThinkingForm, lookup};
use tollgate::settings;

fn read(capabilities: &str) -> Result<CapabilityTable, String> {
    let digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let text = format!(
        r#"{{"providers": [{{"name": "openai", "kind": "openai", "credential": {{"env": "KEY"}}}}],
        "keys": [{{"id": "me", "sha256": "{digest}"}}], "capabilities": {capabilities}}}"#
    );
    let plan = settings::read(text.as_bytes(), &|_| Some("sk-test".to_owned()));
    plan.map(|plan| plan.capabilities).map_err(|problems| problems.to_string())
}

#[test]
fn without_settings_a_model_has_the_built_in_facts() {
    for table in [read("[]").unwrap(), read("null").unwrap_or_default(), CapabilityTable::default()] {
        for model in ["claude-opus-4-7", "gpt-5", "my-deployment"] {
            assert_eq!(table.lookup(model), lookup(model), "{model}");
        }
    }
}

#[test]
fn settings_precede_the_list_and_the_rules_fact_by_fact() {
    let table = read(
        r#"[{"model": "claude-opus-4-7", "max_output_tokens": 32000, "images": false, "sampling": "any"},
            {"model": "my-*", "max_output_tokens": 4096, "max_input_tokens": 8192, "tools": true, "parallel_tools": false,
             "forced_tools": true, "schema": true, "audio": true, "documents": true, "reasoning": true, "max_tokens": true,
             "sampling": "one_of", "thinking": "adaptive_by_default", "efforts": ["low", "high"], "default_effort": "low"}]"#,
    )
    .unwrap();
    let built_in = lookup("claude-opus-4-7");
    let own = table.lookup("claude-opus-4-7");
    assert_eq!((own.max_output, own.images, own.sampling), (Some(32_000), Some(false), Some(PermittedSampling::Any)));
    assert_eq!((own.max_input, own.thinking, own.schema), (built_in.max_input, built_in.thinking, built_in.schema));
    let own = table.lookup("my-deployment");
    let flags = crate::flags(&own).map(|(_, flag)| flag);
    assert_eq!(
        flags,
        [None, Some(true), Some(true), Some(true), Some(false), Some(true), Some(true), Some(true)],
        "images alone are unknown"
    );
    assert_eq!((own.max_output, own.max_input, own.max_tokens), (Some(4096), Some(8192), Some(true)));
    assert_eq!(own.thinking, Some(ThinkingForm::Adaptive(AdaptiveUse::ByDefault)));
    assert_eq!((own.efforts, own.default_effort), (Some(Efforts::of(&[Effort::Low, Effort::High])), Some(Effort::Low)));
    assert_eq!(own.sampling, Some(PermittedSampling::OneOf));
}

#[test]
fn of_several_elements_the_first_with_a_fact_decides_it() {
    let table = read(
        r#"[{"model": "eu-gpt-5*", "tools": false}, {"model": "eu-*", "tools": true, "images": true},
            {"model": "*", "max_output_tokens": 1000}]"#,
    )
    .unwrap();
    let facts = |model: &str| {
        let facts = table.lookup(model);
        (facts.tools, facts.images, facts.max_output)
    };
    assert_eq!(facts("eu-gpt-5-mini"), (Some(false), Some(true), Some(1000)));
    assert_eq!(facts("eu-llama"), (Some(true), Some(true), Some(1000)));
    assert_eq!(facts("gpt-4o"), (Some(true), Some(true), Some(1000)));
}

#[test]
fn levels_and_reasoning_in_settings_imply_a_form_of_thinking_where_none_is_known() {
    let table = read(r#"[{"model": "house-model", "efforts": ["none", "high"]}]"#).unwrap();
    assert_eq!(table.lookup("house-model").thinking, Some(ThinkingForm::Effort));
    let table = read(r#"[{"model": "house-model", "reasoning": false}]"#).unwrap();
    assert_eq!(table.lookup("house-model").thinking, Some(ThinkingForm::Unavailable));
    let table = read(r#"[{"model": "gpt-5*", "reasoning": false}]"#).unwrap();
    assert_eq!(table.lookup("gpt-5").thinking, Some(ThinkingForm::Unavailable));
    let table = read(r#"[{"model": "claude-opus-4-7", "efforts": ["high"]}]"#).unwrap();
    assert_eq!(table.lookup("claude-opus-4-7").thinking, lookup("claude-opus-4-7").thinking);
}

#[test]
fn the_facts_in_the_documentation_are_read() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/capabilities.md")).unwrap();
    let after = page.split_once("<!-- capabilities -->").unwrap().1;
    let table = read(after.split_once("```json\n").unwrap().1.split_once("```").unwrap().0).unwrap();
    assert_eq!(table.lookup("chat-prod-eu").max_output, Some(16_384));
    assert_eq!(table.lookup("house-reasoner").thinking, Some(ThinkingForm::Effort));
}

#[test]
fn every_fault_in_the_section_is_a_problem() {
    let problems = read(
        r#"[{"max_output_tokens": 0}, {"model": "", "max_input_tokens": 4294967296, "sampling": "refuse", "tools": 1},
            {"model": "a", "thinking": "budgets", "efforts": ["low", "hgih"], "default_effort": "mid", "vision": true}]"#,
    )
    .unwrap_err();
    for expected in [
        "capabilities[0].max_output_tokens: out of range: 1 to 4294967295",
        "capabilities[0].model: missing: write names of models, such as \"my-deployment\"",
        "capabilities[1].model: empty",
        "capabilities[1].max_input_tokens: out of range: 1 to 4294967295",
        "capabilities[1].sampling: unknown word; did you mean `refused`?",
        "capabilities[1].tools: expected a boolean, found a whole number",
        "capabilities[2].thinking: unknown word; did you mean `budget`?",
        "capabilities[2].efforts[1]: unknown word; did you mean `high`?",
        "capabilities[2].default_effort: unknown word; known: `none`",
        "capabilities[2].vision: unknown member",
    ] {
        assert!(problems.contains(expected), "{expected} is not in\n{problems}");
    }
}
