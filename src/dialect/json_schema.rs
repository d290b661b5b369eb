//! JSON schemas for APIs that know fewer keywords: Gemini's `parametersJsonSchema` and `responseJsonSchema`, and the tools of
//! Ollama, whose `ToolProperty` has neither references nor `const` (`api/types.go`, read 2026-11-29; its `format` becomes
//! a grammar, which has both: `grammars/README.md` of llama.cpp, read 2026-11-29).
//!
//! Both the Gemini API and Vertex AI take JSON schema there ("natively supported by both", `Schema` of google-genai 3.6.1;
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerationConfig>, read 2026-11-29): of its
//! keywords they leave most that they do not know aside. A reference may not have others beside it, and a cycle only
//! stands where it is not required, so references are resolved here, cycles to a bounded depth.

use crate::model::{Loss, Losses, SchemaNode, SchemaPlace};
use std::borrow::Cow;

/// Number of times that a reference is resolved within itself.
const MOST_NESTED: usize = 3;

/// Upper bound on the depth of a resolved schema.
const MOST_DEPTH: usize = 64;

/// Upper bound on the nodes of a resolved schema.
const MOST_NODES: usize = 2048;

/// Keywords for which a schema is written anew.
const REWRITTEN: [&str; 6] = ["\"$schema\"", "\"$ref\"", "\"$defs\"", "\"definitions\"", "\"const\"", "\"allOf\""];

/// Returns a schema without the keywords that the API does not know. What it cannot say then is added to the losses.
pub(super) fn rewritten<'s>(schema: &'s str, losses: &mut Losses) -> Cow<'s, str> {
    if !REWRITTEN.iter().any(|keyword| schema.contains(keyword)) {
        return Cow::Borrowed(schema);
    }
    let Some(root) = SchemaNode::read(schema) else { return Cow::Borrowed(schema) };
    let mut rewriter = Rewriter { root: &root, open: Vec::new(), nodes: 0, losses };
    Cow::Owned(rewriter.node(&root, 0).text())
}

/// Matches the schema of an object without properties.
pub(super) fn is_empty_object(schema: &str) -> bool {
    let Some(node) = SchemaNode::read(schema) else { return true };
    let is_neutral =
        |name: &str| matches!(name, "type" | "properties" | "required" | "additionalProperties" | "$schema");
    let is_free = node.get("additionalProperties").is_some_and(|value| !value.text().contains("false"));
    let has_properties = node.get("properties").is_some_and(|value| !value.members().is_empty());
    !has_properties && !is_free && node.members().iter().all(|(name, _)| is_neutral(name))
}

struct Rewriter<'r, 's> {
    root: &'r SchemaNode<'s>,
    /// References that are being resolved.
    open: Vec<&'r str>,
    nodes: usize,
    losses: &'r mut Losses,
}

impl<'r, 's> Rewriter<'r, 's> {
    fn node(&mut self, node: &'r SchemaNode<'s>, depth: usize) -> SchemaNode<'s> {
        let SchemaNode::Object(members) = node else { return node.clone() };
        self.nodes += 1;
        if depth >= MOST_DEPTH {
            return self.stub(node);
        }
        let mut written = Vec::with_capacity(members.len());
        let mut merged = Vec::new();
        for (name, value) in members {
            match (*name, value) {
                ("$schema", _) => self.lose(name),
                // Resolved where they are used.
                ("$defs" | "definitions", SchemaNode::Object(_)) => {}
                ("$ref", value) => merged.extend(self.reference(value, depth)),
                ("allOf", SchemaNode::List(all)) => merged.extend(all.iter().map(|node| self.node(node, depth + 1))),
                // The list of keywords has none for a single value, but for numbers and texts among several.
                ("const", SchemaNode::Scalar(value)) if value.starts_with(['"', '-']) || value.starts_with(digit) => {
                    written.push(("enum", SchemaNode::List(vec![SchemaNode::Scalar(value.clone())])));
                }
                (name, value) => written.push((name, self.member(name, value, depth))),
            }
        }
        for other in merged {
            self.merge(&mut written, other);
        }
        SchemaNode::Object(written)
    }

    fn member(&mut self, name: &str, value: &'r SchemaNode<'s>, depth: usize) -> SchemaNode<'s> {
        match (SchemaPlace::of(name), value) {
            (SchemaPlace::Value, node) => self.node(node, depth + 1),
            (SchemaPlace::Elements, SchemaNode::List(nodes)) => {
                SchemaNode::List(nodes.iter().map(|node| self.node(node, depth + 1)).collect())
            }
            (SchemaPlace::Members, SchemaNode::Object(members)) => {
                let nodes = members.iter().map(|(name, node)| (*name, self.node(node, depth + 1)));
                SchemaNode::Object(nodes.collect())
            }
            _ => value.clone(),
        }
    }

    /// Resolves a reference within the schema.
    fn reference(&mut self, value: &'r SchemaNode<'s>, depth: usize) -> Option<SchemaNode<'s>> {
        let pointer = value.string().unwrap_or_default();
        let Some(target) = self.find(pointer) else {
            self.lose("$ref");
            return None;
        };
        let nested = self.open.iter().filter(|open| **open == pointer).count();
        if nested >= MOST_NESTED || self.nodes >= MOST_NODES {
            return Some(self.stub(target));
        }
        self.open.push(pointer);
        let node = self.node(target, depth + 1);
        self.open.pop();
        Some(node)
    }

    /// Finds the schema that a pointer names (RFC 6901).
    fn find(&self, pointer: &str) -> Option<&'r SchemaNode<'s>> {
        let path = pointer.strip_prefix('#')?;
        path.split('/').skip(1).try_fold(self.root, |node, name| {
            let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
            let name = name.replace("~1", "/").replace("~0", "~");
            match node {
                SchemaNode::List(nodes) => nodes.get(name.parse::<usize>().ok()?),
                node => node.get(&name),
            }
        })
    }

    /// Type and description alone, in the place of a schema that is cut.
    fn stub(&mut self, node: &SchemaNode<'s>) -> SchemaNode<'s> {
        self.lose("$ref");
        self.nodes += 1;
        let kept = node.members().iter().filter(|(name, _)| matches!(*name, "type" | "description"));
        SchemaNode::Object(kept.cloned().collect())
    }

    /// Adds the members of another schema that has to hold too. What is said beside a reference wins.
    fn merge(&mut self, into: &mut Vec<(&'s str, SchemaNode<'s>)>, other: SchemaNode<'s>) {
        let SchemaNode::Object(members) = other else { return };
        for (name, value) in members {
            let Some((_, known)) = into.iter_mut().find(|(known, _)| *known == name) else {
                into.push((name, value));
                continue;
            };
            match (name, known, value) {
                ("properties", SchemaNode::Object(known), SchemaNode::Object(more)) => {
                    for (name, value) in more {
                        if known.iter().all(|(other, _)| *other != name) {
                            known.push((name, value));
                        }
                    }
                }
                ("required", SchemaNode::List(known), SchemaNode::List(more)) => {
                    for value in more {
                        if !known.contains(&value) {
                            known.push(value);
                        }
                    }
                }
                ("title" | "description" | "default" | "examples", ..) => {}
                (_, known, value) if *known == value => {}
                (name, ..) => self.lose(name),
            }
        }
    }

    fn lose(&mut self, keyword: &str) {
        self.losses.add(Loss::Schema(keyword.to_owned()));
    }
}

fn digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(schema: &str) -> (String, Vec<String>) {
        let mut losses = Losses::default();
        let written = rewritten(schema, &mut losses).into_owned();
        (written, losses.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn references_are_resolved_and_what_stands_beside_them_wins() {
        let schema = r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A","description":"mine"},"b":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}]}},
            "$defs":{"A":{"type":"string","description":"theirs","const":"x"}}}"##;
        let plain = r#"{"type":"object","properties":{"a":{"description":"mine","type":"string","enum":["x"]},"b":{"anyOf":[{"type":"string","description":"theirs","enum":["x"]},{"type":"null"}]}}}"#;
        assert_eq!(written(schema), (plain.to_owned(), vec![]));
    }

    #[test]
    fn a_cycle_is_resolved_to_a_bounded_depth_and_named_as_lost() {
        let schema =
            r##"{"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}}}"##;
        let (text, losses) = written(schema);
        assert_eq!(losses, ["schema keyword $ref"]);
        assert_eq!(text.matches("next").count(), MOST_NESTED);
        assert_eq!(written(schema).0, text);
        // Cycles among many schemas do not multiply.
        let names: Vec<String> = (0..20).map(|at| format!("\"p{at}\":{{\"$ref\":\"#/$defs/N\"}}")).collect();
        let schema = format!(r##"{{"$ref":"#/$defs/N","$defs":{{"N":{{"properties":{{{}}}}}}}}}"##, names.join(","));
        assert!(written(&schema).0.len() < 1 << 18);
        let deep = format!(r##"{{"$schema":"x","items":{}{{}}{}}}"##, r#"{"items":"#.repeat(100), "}".repeat(100));
        assert!(written(&deep).1.len() == 2);
    }

    #[test]
    fn schemas_that_have_to_hold_together_are_merged() {
        let schema = r#"{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]},
            {"properties":{"b":{"type":"integer"}},"required":["b"],"minProperties":1}],"title":"T"}"#;
        let plain = r#"{"title":"T","type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a","b"],"minProperties":1}"#;
        assert_eq!(written(schema), (plain.to_owned(), vec![]));
        assert_eq!(written(r#"{"allOf":[{"minimum":1},{"minimum":2}]}"#).1, ["schema keyword minimum"]);
    }

    #[test]
    fn names_of_properties_are_no_keywords() {
        let schema = r#"{"type":"object","properties":{"const":{"type":"string"},"$ref":{"type":"string"}},"default":{"const":1}}"#;
        assert_eq!(written(schema), (schema.to_owned(), vec![]));
    }
}
