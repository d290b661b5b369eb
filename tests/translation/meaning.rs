//! Meaning of a request, independent of its dialect, as a list of facts.

use crate::schema_facts::schema_facts;
use serde_json::Value;
use std::collections::VecDeque;
use tollgate::dialect::{Dialect, TranslationSource};
use tollgate::document::{Document, EditedDocument, Edits, Span};
use tollgate::model::{
    Branch, Child, Function, Loss, Losses, Media, Node, OutputFormat, Parameter, PartKind, Property, Role, ToolChoice,
    Tree, Variant, WriteTarget, WrittenRequest,
};

/// Fact of a request, and the losses of which any one accounts for its absence.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    pub(crate) text: String,
    pub(crate) losses: Vec<Loss>,
}

/// Reads the facts of a request. `None`: it is refused.
pub(crate) fn facts(dialect: Dialect, body: &str) -> Option<Vec<Fact>> {
    let document = Document::new(body.as_bytes()).ok()?;
    let request = dialect.read_request(document).ok()?;
    let edits = Edits::default();
    let source = EditedDocument::new(document, &edits);
    let tree = Tree::of(&request.items);
    let mut reader = FactReader { source: &source, facts: Vec::new(), ids: Vec::new(), open: VecDeque::new() };
    reader.request(&tree);
    // Ollama streams without being asked.
    if request.stream && tree.parameter(Parameter::Stream).is_none() {
        reader.add("Stream true".to_owned(), &[Loss::Parameter(Parameter::Stream)]);
    }
    Some(reader.facts)
}

/// Translates a request.
pub(crate) fn translate(from: Dialect, to: Dialect, body: &str, losses: &mut Losses) -> Option<String> {
    translate_to(from, (to, Variant::Common), body, losses).map(|written| written.body)
}

/// Translates a request into a provider's own form of a dialect.
pub(crate) fn translate_to(
    from: Dialect,
    (to, variant): (Dialect, Variant),
    body: &str,
    losses: &mut Losses,
) -> Option<WrittenRequest> {
    let document = Document::new(body.as_bytes()).ok()?;
    let request = from.read_request(document).ok()?;
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: &request };
    to.rewrite_request(&source, &WriteTarget { variant, ..WriteTarget::default() }, losses).ok()
}

/// Facts for which no loss accounts, as text.
pub(crate) fn kept(facts: Vec<Fact>, losses: &Losses) -> Vec<String> {
    let is_lost = |fact: &Fact| losses.iter().any(|loss| fact.losses.contains(loss));
    facts.into_iter().filter(|fact| !is_lost(fact)).map(|fact| fact.text).collect()
}

struct FactReader<'s, 'a> {
    source: &'s EditedDocument<'a>,
    facts: Vec<Fact>,
    /// Ids of the calls so far: an id is named by its place, since APIs take different ones.
    ids: Vec<String>,
    /// Calls without an id that have no result so far.
    open: VecDeque<usize>,
}

impl FactReader<'_, '_> {
    fn add(&mut self, text: String, losses: &[Loss]) {
        self.facts.push(Fact { text, losses: losses.to_vec() });
    }

    fn request(&mut self, tree: &Tree) {
        let is_system = |branch: &&Branch| branch.node == Node::Message(Some(Role::System));
        for message in tree.messages().into_iter().filter(|branch| is_system(branch)) {
            self.contents("system", &message.children);
            self.member("cached", message, Property::CacheMarker);
        }
        for message in tree.branches.iter().filter(|branch| !is_system(branch)) {
            match message.node {
                Node::Message(Some(Role::Tool)) => self.result(message),
                Node::Message(role) => {
                    let role = if role == Some(Role::Assistant) { "assistant" } else { "user" };
                    self.member("author", message, Property::Name);
                    let mut children: Vec<&Child> = message.children.iter().collect();
                    children.sort_by_key(|child| rank(child));
                    let children: Vec<Child> = children.into_iter().cloned().collect();
                    self.contents(role, &children);
                    self.member("cached", message, Property::CacheMarker);
                }
                _ => {}
            }
        }
        // Of Anthropic's older API.
        tree.texts.iter().for_each(|text| self.text("user", text.span, &[]));
        self.tools(tree);
        self.parameters(tree);
    }

    fn contents(&mut self, role: &str, children: &[Child]) {
        for child in children {
            match child {
                Child::Text(text) => self.text(role, text.span, &[]),
                Child::Branch(part) => self.part(role, part),
            }
        }
    }

    fn text(&mut self, role: &str, text: Span, losses: &[Loss]) {
        let text = self.source.text(text).unwrap();
        // Instructions are joined with a blank line where they are one text.
        let texts: Vec<&str> = if role == "system" {
            text.split("\n\n").map(|text| text.trim_matches('\n')).collect()
        } else {
            vec![&text]
        };
        // A blank text says nothing.
        for text in texts.into_iter().filter(|text| !text.trim().is_empty()) {
            self.add(format!("{role} says {text}"), losses);
        }
    }

    fn part(&mut self, role: &str, part: &Branch) {
        let Node::Part(kind) = part.node else { return };
        let loss = [Loss::Part(kind)];
        match kind {
            PartKind::Text | PartKind::Plan | PartKind::Refusal => {
                part.all_texts().into_iter().for_each(|text| self.text(role, text, &loss));
            }
            PartKind::Reasoning => {
                let proof = [Property::Signature, Property::Encrypted].map(|property| self.value(part, property));
                // An absent proof is none.
                let proof = proof.map(|value| if value == "null" { String::new() } else { value });
                let text = self.source.joined(&part.all_texts());
                self.add(format!("{role} thinks {text} {proof:?}"), &loss);
            }
            PartKind::ToolCall => {
                let arguments = self.arguments(part);
                let (id, name) = (self.value(part, Property::Id), self.value(part, Property::Name));
                if id.is_empty() {
                    self.open.push_back(self.ids.len());
                }
                self.ids.push(id);
                let id = self.ids.len() - 1;
                self.add(format!("{role} calls {name} {id} {arguments}"), &[Loss::Property(Property::Arguments)]);
            }
            PartKind::ToolResult => self.result(part),
            // Stands behind what it marks.
            PartKind::CacheMarker => {}
            _ => match Media::of(part, self.source) {
                // A document of text may become text.
                Some(Media::Text(text)) => {
                    let text = tollgate::document::unescape(&text);
                    self.add(format!("{role} says {text}"), &loss);
                }
                Some(Media::Inline { kind: media_type, data }) if text_of(kind, &media_type, &data).is_some() => {
                    let text = text_of(kind, &media_type, &data).unwrap();
                    self.add(format!("{role} says {text}"), &loss);
                }
                Some(media) => {
                    // Media of a result may stand behind it.
                    let role = if role == "result" { "user" } else { role };
                    // Google has no word for the kind of media at an address but their type, where it is known.
                    let kind = match &media {
                        Media::Url(url) if !url.rsplit('/').next().unwrap_or_default().contains('.') => None,
                        _ => Some(kind),
                    };
                    let fact = format!("{role} shows {kind:?} {media:?}").replace("image/jpg", "image/jpeg");
                    self.add(with_media_type(fact), &loss);
                }
                // A document of values is its JSON.
                None if part.property(Property::Result).is_some() => {
                    let value = part.property(Property::Result).unwrap();
                    let text = self.source.text(value).unwrap_or_else(|| self.source.raw(value));
                    let text = match serde_json::from_str::<Value>(&text) {
                        Ok(value) if role == "result" => value.to_string(),
                        _ => text.to_string(),
                    };
                    self.add(format!("{role} says {text}"), &loss);
                }
                None => self.add(format!("{role} {kind:?}"), &loss),
            },
        }
        self.member("cached", part, Property::CacheMarker);
    }

    fn result(&mut self, result: &Branch) {
        let id = self.value(result, Property::CallId);
        let id = match id.is_empty() {
            true => self.open.pop_front(),
            false => self.ids.iter().rposition(|known| *known == id),
        };
        let id = id.map_or_else(|| "no call".to_owned(), |at| at.to_string());
        self.add(format!("result of {id}"), &[]);
        let values = result.properties.iter().filter(|(property, _)| *property == Property::Result);
        let values: Vec<(String, Value)> = values
            .filter_map(|(_, span)| {
                let raw = self.source.raw(*span).into_owned();
                serde_json::from_str(&raw).ok().map(|value| (raw, value))
            })
            .collect();
        let is_failure = values
            .iter()
            .any(|(_, value)| value.as_object().is_some_and(|value| value.len() == 1 && value.contains_key("error")));
        // Values within texts are texts.
        let texts = self.texts(result);
        let said = match (values.as_slice(), texts.is_empty()) {
            ([], _) => texts.join("\n"),
            ([(_, value)], true) => value.to_string(),
            (values, _) => values.iter().map(|(raw, _)| raw.clone()).chain(texts).collect::<Vec<_>>().join("\n"),
        };
        let said = plain_result(said);
        if !said.trim().is_empty() {
            self.add(format!("result says {said}"), &[]);
        }
        let media: Vec<Child> = result.children.iter().filter(|child| is_media(child)).cloned().collect();
        self.contents("result", &media);
        if is_failure || ["true", "\"error\""].contains(&&*self.value(result, Property::IsError)) {
            self.add(format!("failure of {id}"), &[Loss::Property(Property::IsError)]);
        }
        if matches!(result.node, Node::Message(_)) {
            self.member("cached", result, Property::CacheMarker);
        }
    }

    /// Texts of a result, and of its parts that are texts.
    fn texts(&self, result: &Branch) -> Vec<String> {
        let spans = result.children.iter().flat_map(|child| match child {
            Child::Text(text) => vec![text.span],
            Child::Branch(part) if matches!(part.node, Node::Part(PartKind::Text)) => part.all_texts(),
            Child::Branch(_) => Vec::new(),
        });
        // Texts within a value are the value's.
        let values = || result.properties.iter().filter(|(property, _)| *property == Property::Result);
        let is_apart = |span: &Span| !values().any(|(_, value)| value.start < span.start && span.end < value.end);
        spans.filter(is_apart).map(|span| self.source.text(span).unwrap().into_owned()).collect()
    }

    fn tools(&mut self, tree: &Tree) {
        for branch in &tree.branches {
            match branch.node {
                Node::Tool if self.custom_tool(branch) => {}
                Node::Tool => match Function::of(branch, self.source) {
                    Some(function) => {
                        let name = self.source.raw(function.name);
                        let description = self.value(branch, Property::Description);
                        let description = Some(description.trim_matches('"')).filter(|text| *text != "null");
                        let description = description.unwrap_or_default();
                        let mut schema = self
                            .json(branch, Property::Schema)
                            .unwrap_or_else(|| "{\"type\":\"object\",\"properties\":{}}".parse().unwrap());
                        // No properties are as many as none.
                        if let Some(members) = schema.as_object_mut() {
                            members.entry("properties").or_insert_with(|| Value::Object(serde_json::Map::new()));
                        }
                        let (schema, losses) = schema_facts(&schema);
                        self.add(format!("tool {name} {description}"), &[]);
                        self.add(format!("tool {name} takes {schema}"), &losses);
                    }
                    None => self.add("tool of the provider".to_owned(), &[Loss::Tool]),
                },
                Node::ToolChoice => {
                    let choice = ToolChoice::of(branch, self.source);
                    // The default.
                    if choice != Some(ToolChoice::Auto) {
                        self.add(format!("choose {choice:?}"), &[Loss::ToolChoice]);
                    }
                }
                Node::OutputFormat => match OutputFormat::of(branch, self.source) {
                    Some(OutputFormat::Text) => {}
                    Some(OutputFormat::Schema(_)) => {
                        let schema = self.json(branch, Property::Schema).unwrap();
                        // Converse's is a string of JSON.
                        let schema = schema.as_str().map_or_else(|| schema.clone(), |text| text.parse().unwrap());
                        let (schema, losses) = schema_facts(&schema);
                        self.add(format!("answer by {schema}"), &[&losses[..], &[Loss::OutputFormat]].concat());
                    }
                    format => self.add(format!("answer {format:?}"), &[Loss::OutputFormat]),
                },
                _ => {}
            }
        }
    }

    /// Adds the facts of a custom tool, or of the function that stands for one: its description goes on in words that
    /// every such function has, with the definition of a grammar, which holds no model there. Reports whether it is one.
    fn custom_tool(&mut self, tool: &Branch) -> bool {
        let description = self.value(tool, Property::Description);
        let description = description.trim_matches('"');
        let as_function = description.split_once("The input is one plain text: pass the whole of it");
        let is_custom = self.value(tool, Property::Type) == "\"custom\"" && tool.property(Property::Schema).is_none();
        if !is_custom && as_function.is_none() {
            return false;
        }
        let own = as_function.map_or(description, |(own, _)| own.trim_end_matches("\\n"));
        let name = self.value(tool, Property::Name);
        self.add(format!("tool {name} {own}"), &[]);
        self.add(format!("tool {name} takes text"), &[]);
        if let Some(format) = self.json(tool, Property::Format) {
            let grammar = format.get("grammar").unwrap_or(&format);
            if let Some(definition) = grammar.get("definition") {
                self.add(
                    format!("tool {name} takes {} {definition}", grammar["syntax"]),
                    &[Loss::Property(Property::Format)],
                );
            }
        }
        true
    }

    fn parameters(&mut self, tree: &Tree) {
        let mut names: Vec<Parameter> = tree.parameters.iter().map(|(parameter, _)| *parameter).collect();
        names.sort();
        names.dedup();
        for parameter in names {
            let value: Value = serde_json::from_str(&self.source.raw(tree.parameter(parameter).unwrap())).unwrap();
            let value = match (parameter, value) {
                // Google's words are in capitals, and its models' names those of resources.
                (Parameter::Modalities, value) => value.to_string().to_lowercase().parse().unwrap(),
                (Parameter::ReasoningLevel, Value::String(level)) => Value::String(level.to_lowercase()),
                // Google writes it with a point.
                (Parameter::TopK, value) => value.to_string().trim_end_matches(".0").parse().unwrap(),
                (Parameter::Model, Value::String(name)) => Value::String(name.trim_start_matches("models/").to_owned()),
                (_, value) => value,
            };
            let (name, value) = match (parameter, value) {
                (Parameter::ReasoningBudget, Value::Number(budget)) if budget.as_i64() == Some(0) => {
                    (Parameter::ReasoningMode, Value::String("disabled".to_owned()))
                }
                (Parameter::ReasoningBudget, Value::Number(budget)) if budget.as_i64() == Some(-1) => {
                    (Parameter::ReasoningMode, Value::String("adaptive".to_owned()))
                }
                (_, Value::Null) | (Parameter::Stream, Value::Bool(false)) => continue,
                (Parameter::Stop, Value::Array(stops)) if stops.is_empty() => continue,
                (Parameter::ReasoningMode | Parameter::ReasoningLevel, Value::Bool(is_on)) => {
                    let mode = if is_on { "adaptive" } else { "disabled" };
                    (Parameter::ReasoningMode, Value::String(mode.to_owned()))
                }
                // Said by the budget or the level too; without one the model decides.
                (Parameter::ReasoningMode, Value::String(mode))
                    if matches!(&*mode, "enabled" | "adaptive")
                        && [Parameter::ReasoningBudget, Parameter::ReasoningLevel]
                            .iter()
                            .any(|parameter| tree.parameter(*parameter).is_some()) =>
                {
                    continue;
                }
                (Parameter::ReasoningMode, Value::String(mode)) if mode == "enabled" || mode == "reasoning" => {
                    (Parameter::ReasoningMode, Value::String("adaptive".to_owned()))
                }
                (Parameter::ReasoningDisplay, Value::String(word)) => {
                    (parameter, Value::Bool(!matches!(&*word, "omitted" | "none")))
                }
                (Parameter::Logprobs, Value::String(_)) => (parameter, Value::Bool(true)),
                // Comes unasked where there is one.
                (Parameter::ReasoningProof, _) => continue,
                // In every stream of the other dialect; a member of each tool.
                (Parameter::StreamUsage | Parameter::StrictTools, _) => continue,
                (Parameter::ReasoningLevel, Value::String(level)) if level == "none" => {
                    (Parameter::ReasoningMode, Value::String("disabled".to_owned()))
                }
                // Two words for the usual one.
                (Parameter::ServiceTier, Value::String(tier)) if matches!(&*tier, "default" | "standard_only") => {
                    (Parameter::ServiceTier, Value::String("standard".to_owned()))
                }
                (Parameter::Stop, Value::String(text)) => (Parameter::Stop, Value::Array(vec![Value::String(text)])),
                (Parameter::SerialTools, value) => (Parameter::ParallelTools, Value::Bool(value != true)),
                pair => pair,
            };
            if name.is_default(&value.to_string()) {
                continue;
            }
            let losses = [Loss::Parameter(parameter), Loss::Parameter(name), Loss::Limit(parameter)];
            let losses = [&losses[..], &[Loss::ToolChoice][..usize::from(name == Parameter::ParallelTools)]].concat();
            self.add(format!("{name:?} {value}"), &losses);
        }
    }

    fn member(&mut self, what: &str, part: &Branch, property: Property) {
        let mut value = self.value(part, property);
        // Each dialect marks in its own form, for a time or not.
        if property == Property::CacheMarker && value.starts_with('{') {
            value = ["5m", "1h"].into_iter().find(|time| value.contains(time)).unwrap_or("on").to_owned();
        }
        // White space says nothing.
        let value = serde_json::from_str::<Value>(&value).map(|value| value.to_string()).unwrap_or(value);
        if !value.is_empty() && value != "null" {
            self.add(format!("{what} {value}"), &[Loss::Property(property)]);
        }
    }

    fn value(&self, part: &Branch, property: Property) -> String {
        part.property(property).map(|span| self.source.raw(span).into_owned()).unwrap_or_default()
    }

    fn json(&self, part: &Branch, property: Property) -> Option<Value> {
        part.property(property).and_then(|span| serde_json::from_str(&self.source.raw(span)).ok())
    }

    /// Arguments as a value, also where they are a string of JSON.
    fn arguments(&self, call: &Branch) -> Value {
        match self.json(call, Property::Arguments) {
            Some(Value::String(text)) if text.trim().is_empty() => Value::Object(serde_json::Map::new()),
            Some(Value::String(text))
                if matches!(&*self.value(call, Property::Type), "\"custom_tool_call\"" | "\"custom\"") =>
            {
                serde_json::json!({"input": text})
            }
            Some(Value::String(text)) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            Some(value) => value,
            None => Value::Object(serde_json::Map::new()),
        }
    }
}

/// The types of media in full: some APIs have short names.
fn with_media_type(fact: String) -> String {
    let families =
        [("audio", ["wav", "mp3"].as_slice()), ("image", &["png", "jpeg", "gif", "webp"]), ("application", &["pdf"])];
    families.iter().fold(fact, |fact, (family, names)| {
        names
            .iter()
            .fold(fact, |fact, name| fact.replace(&format!("kind: \"{name}\""), &format!("kind: \"{family}/{name}\"")))
    })
}

/// A result's text. In an object of its own, and with other white space, it says the same.
fn plain_result(said: String) -> String {
    let Ok(Value::Object(object)) = serde_json::from_str(&said) else { return said };
    match object.iter().next() {
        Some((name, Value::String(text))) if object.len() == 1 && matches!(&**name, "result" | "error") => {
            plain_result(text.clone())
        }
        _ => Value::Object(object).to_string(),
    }
}

fn is_media(child: &Child) -> bool {
    use PartKind::{Audio, File, Image, Video};
    matches!(child, Child::Branch(part) if matches!(part.node, Node::Part(Image | Audio | Video | File)))
}

/// Order within a turn that every dialect allows: reasoning or results, contents, calls.
fn rank(child: &Child) -> u8 {
    match child {
        Child::Branch(part) if part.node == Node::Part(PartKind::ToolResult) => 0,
        Child::Branch(part) if part.node == Node::Part(PartKind::Reasoning) => 0,
        Child::Branch(part) if part.node == Node::Part(PartKind::ToolCall) => 2,
        _ => 1,
    }
}

/// Facts that only one of two lists has.
pub(crate) fn differences(before: &[String], after: &[String]) -> Vec<String> {
    let mut rest: Vec<&String> = after.iter().collect();
    let mut differences = Vec::new();
    for fact in before {
        match rest.iter().position(|other| *other == fact) {
            Some(at) => drop(rest.remove(at)),
            None => differences.push(format!("missing: {fact:.400}")),
        }
    }
    differences.extend(rest.iter().map(|fact| format!("added: {fact:.400}")));
    if differences.is_empty() && before != after {
        differences.push("another order".to_owned());
    }
    differences
}

/// Text of a document that is one, in base64.
fn text_of(kind: PartKind, media_type: &str, data: &str) -> Option<String> {
    use base64::Engine as _;
    let is_text = matches!(media_type, "txt" | "csv" | "html" | "md") || media_type.starts_with("text/");
    let decode = |data: &str| base64::engine::general_purpose::STANDARD.decode(data).ok();
    Some(data)
        .filter(|_| kind == PartKind::File && is_text)
        .and_then(decode)
        .and_then(|bytes| String::from_utf8(bytes).ok())
}
