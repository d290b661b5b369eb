//! A table of every setting in Markdown, from the schema.

use serde_json::Value;

/// Writes the table: members that must be there come first, the others by their names.
pub(crate) fn table(schema: &Value) -> String {
    let mut table = String::from("| setting | type | default | meaning |\n|---|---|---|---|\n");
    members(schema, "", &mut table);
    table
}

fn members(schema: &Value, path: &str, table: &mut String) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let known = schema["properties"].as_object().into_iter().flatten();
    let others = known.map(|(name, _)| name.as_str()).filter(|name| !required.contains(name));
    for name in required.iter().copied().chain(others) {
        let point = if path.is_empty() { "" } else { "." };
        setting(
            at(schema, &format!("/properties/{name}")),
            &format!("{path}{point}{name}"),
            required.contains(&name),
            table,
        );
    }
}

/// Writes the row of a setting and those of its members. Elements of a list of objects have a row in place of the list.
fn setting(schema: &Value, path: &str, is_required: bool, table: &mut String) {
    let elements = &schema["items"];
    let (path, described) = match elements["properties"].is_object() {
        true => (format!("{path}[]"), elements),
        false => (path.to_owned(), schema),
    };
    let default = match (&schema["default"], is_required) {
        (_, true) => "required".to_owned(),
        (Value::Null, false) => String::new(),
        (Value::String(text), false) => format!("`{text}`"),
        (other, false) => format!("`{other}`"),
    };
    let meaning = meaning(schema).replace('|', "\\|");
    table.push_str(&format!("| `{path}` | {} | {default} | {meaning} |\n", sort(described)));
    members(described, &path, table);
}

fn at<'s>(schema: &'s Value, pointer: &str) -> &'s Value {
    schema.pointer(pointer).unwrap_or(&Value::Null)
}

/// The setting's description, else that of its elements, and that of each word.
fn meaning(schema: &Value) -> String {
    let described = schema["description"].as_str().or_else(|| at(schema, "/items/description").as_str());
    let words = [schema, &schema["additionalProperties"]].into_iter().filter_map(|schema| schema["oneOf"].as_array());
    let words = words.flatten().filter_map(|word| Some((word["const"].as_str()?, word["description"].as_str()?)));
    let words = words.map(|(word, description)| format!("`{word}`: {}", linked(description)));
    described.map(linked).into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

/// Makes links of the names of pages.
fn linked(text: &str) -> String {
    let mut pieces = text.split("docs/");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| match piece.split_once(".md") {
        Some((page, rest)) => format!("{text}[{page}.md]({page}.md){rest}"),
        None => format!("{text}docs/{piece}"),
    })
}

/// The sort of value, with its range or its words.
fn sort(schema: &Value) -> String {
    let range = |least: &Value, most: &Value| match (least, most) {
        (Value::Null, _) | (_, Value::Null) => String::new(),
        (Value::String(least), Value::String(most)) => format!(", `{least}` to `{most}`"),
        (least, most) => format!(", {least} to {most}"),
    };
    let words = schema["enum"].as_array().into_iter().flatten();
    let described = schema["oneOf"].as_array().into_iter().flatten().map(|form| &form["const"]);
    let words: Vec<String> = words.chain(described).filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
    let title = schema["title"].as_str();
    match title.or_else(|| schema["type"].as_str()).or_else(|| at(schema, "/type/0").as_str()) {
        _ if (1..=MOST_WORDS).contains(&words.len()) => words.join(", "),
        _ if !words.is_empty() => "word".to_owned(),
        Some("string") => "text".to_owned(),
        Some("boolean") => "`true`, `false`".to_owned(),
        Some("integer") => format!("number{}", range(&schema["minimum"], &schema["maximum"])),
        Some("array") => format!("list: {}", sort(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("object: {}", sort(&schema["additionalProperties"]))
        }
        Some(named) => format!("{named}{}", range(&schema["x-minimum"], &schema["x-maximum"])),
        None => String::new(),
    }
}

/// Most words that are named one by one; of more, the meaning says where they are.
const MOST_WORDS: usize = 8;
