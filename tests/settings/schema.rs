//! The printed schema against the checks: what one of them accepts or refuses, the other does as far as a schema can.

use super::{BROKEN, EVERYTHING, LEAST, environment, least_with, plan, pointers};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use tollgate::redaction::Kind;
use tollgate::settings::{read, schema};
use tollgate::usage::Bucket;

fn validator() -> Validator {
    let schema = schema();
    jsonschema::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The path of a fault in the form of the settings: `keys[0].id`.
fn path(pointer: &str) -> String {
    let mut path = String::new();
    for segment in pointer.split('/').skip(1) {
        match segment.parse::<usize>() {
            Ok(index) => path.push_str(&format!("[{index}]")),
            Err(_) if path.is_empty() => path.push_str(segment),
            Err(_) => path.push_str(&format!(".{segment}")),
        }
    }
    path
}

/// Paths of what an error of the schema is about: the value, or the members that are missing or unknown.
fn paths(error: &ValidationError<'_>) -> Vec<String> {
    let at = error.instance_path().to_string();
    let member = |name: &str| path(&format!("{at}/{name}"));
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![member(property.as_str().unwrap())],
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| member(name)).collect()
        }
        ValidationErrorKind::PropertyNames { error } => vec![member(error.instance().as_str().unwrap())],
        _ => vec![path(&at)],
    }
}

fn refused_by_schema(validator: &Validator, settings: &Value) -> BTreeSet<String> {
    validator.iter_errors(settings).flat_map(|error| paths(&error)).collect()
}

/// Faults of form, which a schema holds too: types, names, words, patterns, and numbers that are out of range.
fn is_of_form(what: &str) -> bool {
    const OF_FORM: [&str; 15] = [
        "expected ",
        "unknown member",
        "unknown word",
        "unknown kind",
        "unknown quirk",
        "unknown header",
        "unknown operation",
        "not a size",
        "not a duration",
        "not 64 hexadecimal",
        "not 1 to 128 visible",
        "not the name of a header",
        "not the name of a variable",
        "not the beginning of a path",
        "not a path",
    ];
    let is_missing = what.starts_with("missing: write") && !what.contains("{\"env\"");
    is_missing || what.starts_with("empty") || OF_FORM.iter().any(|begin| what.starts_with(begin))
}

#[test]
fn every_settings_in_the_repository_are_valid() {
    let validator = validator();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![LEAST.to_owned(), EVERYTHING.to_owned()];
    found.push(std::fs::read_to_string(root.join("envoy/settings.json")).unwrap());
    for page in ["README.md", "docs/settings.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let blocks = text.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned());
        found.extend(blocks.filter(|block| block.contains("\"providers\"")));
    }
    // Configurations of Envoy have them between the quotes of a text.
    let configurations = std::fs::read_dir(root.join("envoy")).unwrap().map(|entry| entry.unwrap().path());
    for path in configurations.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")) {
        let settings = in_yaml(&std::fs::read_to_string(&path).unwrap());
        assert_eq!(settings.len(), 1, "{}", path.display());
        found.extend(settings);
    }
    let base = "import json; from integration.settings import base; print(json.dumps(base()))";
    let output = Command::new("python3").args(["-c", base]).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    found.push(String::from_utf8(output.stdout).unwrap());
    assert!(found.len() >= 6, "{found:?}");
    for settings in &found {
        let settings: Value = serde_json::from_str(settings).unwrap_or_else(|error| panic!("{error}: {settings}"));
        let errors = refused_by_schema(&validator, &settings);
        assert!(errors.is_empty(), "{errors:?}: {settings}");
    }
}

/// Settings within a YAML file: from a line that is `{` to the one that closes it.
fn in_yaml(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(first) = lines.by_ref().find(|line| line.trim() == "{") {
        let indent = first.len() - 1;
        let inside = lines.by_ref().take_while(|line| line.trim_end() != format!("{}}}", " ".repeat(indent)));
        let inside: Vec<&str> = inside.collect();
        found.push(format!("{{{}}}", inside.join("\n")));
    }
    found.retain(|settings| settings.contains("\"providers\""));
    found
}

#[test]
fn faults_of_form_are_refused_by_both_at_the_same_path() {
    let validator = validator();
    let mut held = 0;
    for block in BROKEN.split("=== ").skip(1) {
        let (section, value) = block.split_once("\n---\n").unwrap().0.split_once('\n').unwrap();
        let text = least_with(section, value);
        // Numbers that no double can hold are read by the checks alone.
        let Ok(settings) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let by_schema = refused_by_schema(&validator, &settings);
        // Repeated members are one to a schema, and so they are here. A name in quotes has none in a schema's path.
        let by_checks = read(settings.to_string().as_bytes(), &environment).err();
        for problem in by_checks.into_iter().flat_map(|problems| problems.0) {
            if is_of_form(&problem.what) && !problem.path.contains('"') {
                let is_held = by_schema.contains(&problem.path);
                assert!(is_held, "{problem}\nfor {section}: {value}\nby the schema: {by_schema:?}");
                held += 1;
            }
        }
    }
    assert!(held > 60, "{held}");
}

/// Matches members of requests' bodies, for which any JSON is valid, and objects of them.
pub(crate) fn is_any_json(pointer: &str, value: &Value) -> bool {
    let is_within = |name: &str| match pointer.split_once(name) {
        Some((_, behind)) => !behind.is_empty() || value.is_object(),
        None => false,
    };
    pointer.starts_with("/models/") && (is_within("/defaults") || is_within("/overrides"))
}

#[test]
fn no_settings_are_refused_by_the_schema_alone() {
    let validator = validator();
    let everything: Value = serde_json::from_str(EVERYTHING).unwrap();
    let mut both = 0;
    for pointer in pointers(&everything) {
        for other in [json!([[[]]]), json!({"x": 1}), json!(-1.5), json!(true), json!("\u{7}"), json!(null), json!(7)] {
            let mut settings = everything.clone();
            *settings.pointer_mut(&pointer).unwrap() = other.clone();
            let by_checks = read(settings.to_string().as_bytes(), &environment).is_err();
            let by_schema = !validator.is_valid(&settings);
            assert!(by_checks || !by_schema, "{pointer} = {other}: {:?}", refused_by_schema(&validator, &settings));
            let is_another_type = other.is_array() || other.is_object() || other.is_f64();
            assert!(by_schema || !is_another_type || is_any_json(&pointer, &other), "{pointer} = {other}");
            both += usize::from(by_checks && by_schema);
        }
        let mut settings = everything.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        if let Some(members) = settings.pointer_mut(parent).and_then(Value::as_object_mut) {
            members.remove(member);
            let by_schema = !validator.is_valid(&settings);
            let by_checks = read(settings.to_string().as_bytes(), &environment).is_err();
            assert!(by_checks || !by_schema, "without {pointer}");
        }
    }
    assert!(both > 300, "{both}");
}

/// Writes every default of the schema into settings that lack it, where there is a place for it.
fn write_defaults(schema: &Value, settings: &mut Value, written: &mut Vec<String>, path: &str) {
    if let (Some(members), Some(object)) = (schema["properties"].as_object(), settings.as_object_mut()) {
        for (name, schema) in members {
            let is_object = schema["properties"].is_object() && schema["required"].is_null();
            if !schema["default"].is_null() && !object.contains_key(name) {
                object.insert(name.clone(), schema["default"].clone());
                written.push(format!("{path}/{name}"));
            } else if is_object {
                object.entry(name.as_str()).or_insert_with(|| json!({}));
            }
            if let Some(value) = object.get_mut(name) {
                write_defaults(schema, value, written, &format!("{path}/{name}"));
            }
        }
    }
    for element in settings.as_array_mut().into_iter().flatten() {
        write_defaults(&schema["items"], element, written, &format!("{path}[]"));
    }
}

#[test]
fn every_default_of_the_schema_is_the_parser_s() {
    let least = least_with("telemetry", r#"{"otlp": {"cluster": "otel_collector"}}"#);
    let mut least: Value = serde_json::from_str(&least).unwrap();
    least["attempts"] = json!({"upstream": true});
    least["redaction"] = json!({"placeholder_key": {"env": "PLACEHOLDER"}});
    least["prices"] = json!({"discounts": [{"provider": "openai", "percent": "5"}]});
    let (mut whole, mut written) = (least.clone(), Vec::new());
    write_defaults(&schema(), &mut whole, &mut written, "");
    assert!(written.len() >= 22, "{written:?}");
    for place in ["/limits/request_body", "/telemetry/otlp/batch/spans", "/redaction/shared_lifetime", "/unknown_paths"]
    {
        assert!(written.iter().any(|written| written == place), "{place}: {written:?}");
    }
    assert_eq!(format!("{:?}", plan(&whole.to_string())), format!("{:?}", plan(&least.to_string())));
}

#[test]
fn lists_of_words_are_those_of_the_code() {
    let schema = schema();
    let words = |pointer: &str| -> Vec<String> {
        let found = schema.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("{pointer}"));
        found.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(words("/properties/redaction/properties/detect/items/enum"), Kind::ALL.map(Kind::name));
    let kinds = words("/properties/providers/items/properties/kind/enum");
    assert!(kinds.iter().eq(tollgate::provider::ROWS.iter().map(|row| row.kind)));
    let operations = words("/properties/operations/propertyNames/enum");
    assert!(operations.iter().eq(tollgate::policy::operations().iter().map(|operation| operation.name)));
    let prices = &schema["properties"]["prices"]["properties"]["overrides"]["items"]["properties"];
    let named = ["provider", "model"].into_iter().chain(Bucket::ALL.map(Bucket::name));
    assert_eq!(prices.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(), named.collect());
}
