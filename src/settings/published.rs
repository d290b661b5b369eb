//! JSON schema of the settings as it is published, from the declarations that parse them.

use super::plan::Settings;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// Returns the JSON schema of the settings (draft 2020-12).
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Settings>().to_value();
    tidy(&mut schema);
    schema
}

/// Gives descriptions the form of one line, and words that may be absent that of other members.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(description)) = members.get_mut("description") {
                *description = description.replace('\n', " ");
            }
            if let Some((words, absent)) = optional_words(members) {
                members.remove("anyOf");
                for (name, value) in words {
                    members.entry(name).or_insert(value);
                }
                if let Some(Value::Array(forms)) = members.get_mut("oneOf") {
                    forms.push(absent);
                }
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(elements) => elements.iter_mut().for_each(tidy),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The schema of a list of words, and that of its absence, where a schema is one of the two.
fn optional_words(members: &Map<String, Value>) -> Option<(Map<String, Value>, Value)> {
    match members.get("anyOf")?.as_array()?.as_slice() {
        [Value::Object(words), absent] if words.contains_key("oneOf") => Some((words.clone(), absent.clone())),
        _ => None,
    }
}
