//! JSON schema as a tree, for dialects that have another form of it.

use crate::document::{Document, JsonResult, JsonWriter, Reader, ValueKind, sort_by_number, unescape};
use std::borrow::Cow;

/// Node of a schema. Names and strings are as written, escaped.
#[derive(Clone, Debug, PartialEq)]
pub enum SchemaNode<'s> {
    /// A value that is no object and no list: JSON.
    Scalar(Cow<'s, str>),
    /// List.
    List(Vec<SchemaNode<'s>>),
    /// Object: its members in order.
    Object(Vec<(&'s str, SchemaNode<'s>)>),
}

/// Place of schemas within a member of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaPlace {
    /// The value is a schema.
    Value,
    /// The elements of the value are schemas.
    Elements,
    /// The values of the value's members are schemas.
    Members,
    /// None: the value is data.
    Nowhere,
}

impl SchemaPlace {
    /// Place of schemas within the member of this name, by JSON Schema 2020-12.
    pub fn of(keyword: &str) -> Self {
        match keyword {
            "items"
            | "additionalProperties"
            | "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Self::Value,
            "anyOf" | "oneOf" | "allOf" | "prefixItems" => Self::Elements,
            "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => Self::Members,
            _ => Self::Nowhere,
        }
    }
}

impl<'s> SchemaNode<'s> {
    /// Reads a schema. `None`: the text is no JSON.
    pub fn read(text: &'s str) -> Option<Self> {
        let mut reader = Reader::new(Document::new(text.as_bytes()).ok()?);
        let node = Self::of(&mut reader).ok()?;
        reader.finish().ok()?;
        Some(node)
    }

    fn of(reader: &mut Reader<'s>) -> JsonResult<Self> {
        let document = reader.document();
        Ok(match reader.peek()? {
            ValueKind::Object => {
                let mut members = Vec::new();
                reader.object(|reader, key| {
                    members.push((document.raw(key.span), Self::of(reader)?));
                    Ok(())
                })?;
                Self::Object(members)
            }
            ValueKind::Array => {
                let mut elements = Vec::new();
                reader.array(|reader, _| {
                    elements.push(Self::of(reader)?);
                    Ok(())
                })?;
                Self::List(elements)
            }
            _ => {
                let start = reader.offset();
                reader.skip()?;
                Self::Scalar(Cow::Borrowed(document.raw(reader.span_from(start))))
            }
        })
    }

    /// Writes the schema.
    pub fn write(&self, json: &mut JsonWriter) {
        match self {
            Self::Scalar(value) => drop(json.raw(value)),
            Self::List(elements) => {
                json.begin_array();
                elements.iter().for_each(|element| element.write(json));
                json.end_array();
            }
            Self::Object(members) => {
                json.begin_object();
                for (name, value) in members {
                    json.name(&unescape(name));
                    value.write(json);
                }
                json.end_object();
            }
        }
    }

    /// Returns the schema as JSON.
    pub fn text(&self) -> String {
        let mut json = JsonWriter::default();
        self.write(&mut json);
        json.finish()
    }

    /// Returns the members of an object.
    pub fn members(&self) -> &[(&'s str, Self)] {
        if let Self::Object(members) = self { members } else { &[] }
    }

    /// Returns the elements of a list.
    pub fn elements(&self) -> &[Self] {
        if let Self::List(elements) = self { elements } else { &[] }
    }

    /// Returns a member.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members().iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns a string, escaped.
    pub fn string(&self) -> Option<&str> {
        let Self::Scalar(value) = self else { return None };
        value.strip_prefix('"')?.strip_suffix('"')
    }

    fn is(&self, json: &str) -> bool {
        matches!(self, Self::Scalar(value) if value == json)
    }
}

/// Returns a schema in Google's form, the subset of OpenAPI's with types in capitals, as a JSON schema. One that is a JSON
/// schema already stays as it is: `Schema` of google-genai 3.6.1, read 2026-11-29.
pub fn plain_schema(text: Cow<'_, str>) -> Cow<'_, str> {
    let plain = SchemaNode::read(&text).map(|mut node| {
        let is_changed = make_plain(&mut node);
        is_changed.then(|| node.text())
    });
    match plain.flatten() {
        Some(plain) => Cow::Owned(plain),
        None => text,
    }
}

/// Brings a node and those within to JSON schema. Returns whether that changed anything.
fn make_plain(node: &mut SchemaNode<'_>) -> bool {
    let SchemaNode::Object(members) = node else { return false };
    let mut is_changed = false;
    let (mut is_nullable, mut order) = (false, None);
    members.retain(|(name, value)| match *name {
        "nullable" => {
            is_nullable = value.is("true");
            is_changed = true;
            false
        }
        "propertyOrdering" | "property_ordering" => {
            order = Some(value.clone());
            is_changed = true;
            false
        }
        "type" if value.is("\"TYPE_UNSPECIFIED\"") || value.is("0") => {
            is_changed = true;
            false
        }
        _ => true,
    });
    for (name, value) in members.iter_mut() {
        let known = keyword(name);
        is_changed |= known != *name;
        *name = known;
        is_changed |= match *name {
            "type" => lower_type(value),
            "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties" => unquote(value),
            _ => make_members_plain(name, value),
        };
        if *name == "example" {
            (*name, is_changed) = ("examples", true);
            *value = SchemaNode::List(vec![value.clone()]);
        }
    }
    if let Some(order) = order {
        reorder(members, &order);
    }
    if is_nullable {
        add_null(members);
    }
    is_changed
}

fn make_members_plain(name: &str, value: &mut SchemaNode<'_>) -> bool {
    match (SchemaPlace::of(name), value) {
        (SchemaPlace::Value, node) => make_plain(node),
        (SchemaPlace::Elements, SchemaNode::List(elements)) => {
            elements.iter_mut().fold(false, |is_changed, node| make_plain(node) | is_changed)
        }
        (SchemaPlace::Members, SchemaNode::Object(members)) => {
            members.iter_mut().fold(false, |is_changed, (_, node)| make_plain(node) | is_changed)
        }
        _ => false,
    }
}

/// Name of a keyword in JSON schema. Google's may be in snake case, and lack the dollar sign.
fn keyword(name: &str) -> &str {
    match name {
        "any_of" => "anyOf",
        "prefix_items" => "prefixItems",
        "additional_properties" => "additionalProperties",
        "min_items" => "minItems",
        "max_items" => "maxItems",
        "min_length" => "minLength",
        "max_length" => "maxLength",
        "min_properties" => "minProperties",
        "max_properties" => "maxProperties",
        "ref" => "$ref",
        "defs" => "$defs",
        name => name,
    }
}

/// Writes a type as JSON schema does. Its number is that of Google's `Type`.
fn lower_type(value: &mut SchemaNode<'_>) -> bool {
    let SchemaNode::Scalar(word) = value else { return false };
    let plain = match &**word {
        "\"STRING\"" | "1" => "\"string\"",
        "\"NUMBER\"" | "2" => "\"number\"",
        "\"INTEGER\"" | "3" => "\"integer\"",
        "\"BOOLEAN\"" | "4" => "\"boolean\"",
        "\"ARRAY\"" | "5" => "\"array\"",
        "\"OBJECT\"" | "6" => "\"object\"",
        "\"NULL\"" | "7" => "\"null\"",
        _ => return false,
    };
    *word = Cow::Borrowed(plain);
    true
}

/// Writes a count as a number: 64-bit integers are strings in proto3's JSON.
fn unquote(value: &mut SchemaNode<'_>) -> bool {
    let count = value.string().filter(|count| count.parse::<u64>().is_ok()).map(str::to_owned);
    let is_text = count.is_some();
    if let Some(count) = count {
        *value = SchemaNode::Scalar(Cow::Owned(count));
    }
    is_text
}

/// Puts properties in the order that Google's own member names.
fn reorder(members: &mut [(&str, SchemaNode<'_>)], order: &SchemaNode<'_>) {
    let SchemaNode::List(order) = order else { return };
    let properties = members.iter_mut().find(|(name, _)| *name == "properties");
    if let Some((_, SchemaNode::Object(properties))) = properties {
        let place = |name: &str| order.iter().position(|other| other.string() == Some(name));
        sort_by_number(properties, |(name, _)| place(name).map_or(u64::MAX, |place| place as u64));
    }
}

/// Allows null. Without a type everything is allowed already.
fn add_null(members: &mut [(&str, SchemaNode<'_>)]) {
    let null = || SchemaNode::Scalar(Cow::Borrowed("\"null\""));
    for (name, value) in members {
        match (*name, value) {
            ("type", value @ SchemaNode::Scalar(_)) => *value = SchemaNode::List(vec![value.clone(), null()]),
            ("enum", SchemaNode::List(values)) => values.push(SchemaNode::Scalar(Cow::Borrowed("null"))),
            ("anyOf", SchemaNode::List(choices)) => choices.push(SchemaNode::Object(vec![("type", null())])),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_of_google_s_becomes_one_of_json_schema() {
        let google = r#"{"type":"OBJECT","property_ordering":["b","a"],"properties":{"a":{"type":1,"nullable":true,"enum":["x"]},
            "b":{"type":"ARRAY","min_items":"2","items":{"any_of":[{"type":"NUMBER"},{"type":"TYPE_UNSPECIFIED"}]},"example":[1.0]}}}"#;
        let plain = r#"{"type":"object","properties":{"b":{"type":"array","minItems":2,"items":{"anyOf":[{"type":"number"},{}]},"examples":[[1.0]]},"a":{"type":["string","null"],"enum":["x",null]}}}"#;
        assert_eq!(plain_schema(google.into()), plain);
    }

    #[test]
    fn a_json_schema_stays_as_it_is_written() {
        let schema = r#"{ "type": "object", "properties": {"type": {"type": "string", "default": "OBJECT"}} }"#;
        assert!(matches!(plain_schema(schema.into()), Cow::Borrowed(same) if same == schema));
        assert_eq!(plain_schema("no JSON".into()), "no JSON");
    }
}
