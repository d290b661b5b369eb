//! Schemas in one form, by which those of two dialects are compared.

use serde_json::Value;
use tollgate::model::Loss;

/// A schema in a form without what can be said in several ways, and the losses of which one accounts for a difference.
pub(crate) fn schema_facts(schema: &Value) -> (String, Vec<Loss>) {
    let mut losses = Vec::new();
    let text = schema.to_string();
    if text.contains("$ref") {
        losses.push(Loss::Schema("$ref".to_owned()));
    }
    let mut schema = canonical(schema, schema, 0);
    if let Value::Object(members) = &mut schema
        && members.get("properties").is_none_or(|value| value == &Value::Object(serde_json::Map::new()))
        && members.keys().all(|name| matches!(&**name, "type" | "properties" | "required" | "additionalProperties"))
    {
        // An object without properties need not be said.
        return ("nothing".to_owned(), losses);
    }
    (schema.to_string(), losses)
}

fn canonical(node: &Value, root: &Value, depth: u32) -> Value {
    match node {
        Value::Array(nodes) => Value::Array(nodes.iter().map(|node| canonical(node, root, depth)).collect()),
        Value::Object(members) if depth < 8 => {
            let mut found = serde_json::Map::new();
            let mut is_nullable = false;
            for (name, value) in members {
                match (&**name, value) {
                    ("$schema" | "$defs" | "definitions" | "propertyOrdering" | "property_ordering", _) => {}
                    ("nullable", value) => is_nullable = value == true,
                    ("$ref", Value::String(pointer)) => {
                        let target = root.pointer(pointer.trim_start_matches('#')).unwrap();
                        if let Value::Object(target) = canonical(target, root, depth + 1) {
                            for (name, value) in target {
                                found.entry(name).or_insert(value);
                            }
                        }
                    }
                    ("const", value) => drop(found.insert("enum".to_owned(), Value::Array(vec![value.clone()]))),
                    ("type", Value::String(word)) => {
                        found.insert("type".to_owned(), Value::String(word.to_lowercase()));
                    }
                    ("type", Value::Number(number)) => {
                        let words = ["", "string", "number", "integer", "boolean", "array", "object", "null"];
                        let word = words[usize::try_from(number.as_u64().unwrap()).unwrap()];
                        found.insert("type".to_owned(), Value::String(word.to_owned()));
                    }
                    ("default" | "enum" | "examples" | "required", value) => {
                        found.insert(name.clone(), value.clone());
                    }
                    (name, value) => drop(found.insert(name.to_owned(), canonical(value, root, depth + 1))),
                }
            }
            if let Some(kind) = found.get("type").filter(|_| is_nullable).cloned() {
                found.insert("type".to_owned(), Value::Array(vec![kind, Value::String("null".to_owned())]));
            }
            Value::Object(found)
        }
        node => node.clone(),
    }
}
