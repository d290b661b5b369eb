//! Writer of requests of Anthropic's messages, from the items of any dialect.
//! <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.

use crate::dialect::anthropic::parameters::ROWS;
use crate::dialect::members::copy;
use crate::dialect::parameters::name;
use crate::document::{Document, EditedDocument, JsonWriter, Reader, Span, ValueKind};
use crate::model::{
    Branch, Child, Function, Loss, Losses, Media, Node, OutputFormat, Parameter, PartKind, Property, Role, ToolChoice,
    Tree,
};
use std::borrow::Cow;

/// Bound on output tokens of a request that has none: the API requires one, and every model allows this one.
const MAX_TOKENS: &str = "4096";

/// Writes a request, adding what the messages API cannot say to `losses`.
pub(super) fn write_request(tree: &Tree, source: &EditedDocument<'_>, losses: &mut Losses) -> String {
    let mut writer = MessagesWriter { source, losses, json: JsonWriter::default() };
    writer.json.begin_object();
    writer.parameters(tree);
    let messages = tree.messages();
    writer.system(&messages);
    writer.json.name("messages").begin_array();
    let turns = |branch: &&&Branch| branch.node != Node::Message(Some(Role::System));
    let messages: Vec<&Branch> = messages.iter().filter(turns).copied().collect();
    for group in messages.chunk_by(|one, next| is_result(one) && is_result(next)) {
        writer.turn(group);
    }
    writer.json.end_array();
    let has_tools = writer.tools(tree);
    writer.tool_choice(tree, has_tools);
    writer.output_config(tree);
    writer.json.end_object();
    writer.json.finish()
}

struct MessagesWriter<'w, 'a> {
    source: &'w EditedDocument<'a>,
    losses: &'w mut Losses,
    json: JsonWriter,
}

impl MessagesWriter<'_, '_> {
    fn parameters(&mut self, tree: &Tree) {
        let mut thinking = Vec::new();
        for (parameter, raw) in tree.requested(self.source) {
            match parameter {
                // Written with the tools and the output format.
                Parameter::ReasoningLevel | Parameter::ParallelTools | Parameter::SerialTools => {}
                Parameter::Model => drop(self.json.name("model").raw(&raw)),
                Parameter::Stream => drop(self.json.name("stream").raw(&raw)),
                // Usage is always in the stream.
                Parameter::StreamUsage => {}
                Parameter::Stop if !raw.starts_with('[') => {
                    self.json.name("stop_sequences").begin_array().raw(&raw).end_array();
                }
                Parameter::User => {
                    self.json.name("metadata").begin_object().name("user_id").raw(&raw).end_object();
                }
                Parameter::ReasoningMode => thinking.push(("type", raw)),
                Parameter::ReasoningBudget => thinking.push(("budget_tokens", raw)),
                Parameter::ReasoningDisplay => thinking.push(("display", raw)),
                Parameter::Temperature if raw.parse::<f64>().is_ok_and(|value| value > 1.0) => {
                    // Higher ones are refused.
                    self.losses.add(Loss::Parameter(parameter));
                    self.json.name("temperature").raw("1");
                }
                Parameter::ServiceTier if !matches!(&*raw, "\"auto\"" | "\"standard_only\"") => {
                    self.losses.add(Loss::Parameter(parameter));
                }
                _ => match name(ROWS, parameter) {
                    Some(name) => drop(self.json.name(name).raw(&raw)),
                    None => self.losses.add(Loss::Parameter(parameter)),
                },
            }
        }
        if tree.parameter(Parameter::MaxTokens).is_none_or(|value| self.source.raw(value) == "null") {
            self.json.name("max_tokens").raw(MAX_TOKENS);
        }
        self.thinking(&thinking);
    }

    /// Writes the settings of reasoning, by the names of their members.
    fn thinking(&mut self, members: &[(&str, Cow<'_, str>)]) {
        let value = |name: &str| members.iter().find(|(member, _)| *member == name).map(|(_, value)| &**value);
        match value("type") {
            Some("\"enabled\"" | "\"disabled\"" | "\"adaptive\"") => {}
            // Other dialects give a budget alone.
            None if value("budget_tokens").is_some() => {}
            None if members.is_empty() => return,
            _ => {
                self.losses.add(Loss::Parameter(Parameter::ReasoningMode));
                return;
            }
        }
        self.json.name("thinking").begin_object();
        if value("type").is_none() {
            self.json.name("type").string("enabled");
        }
        for (name, value) in members {
            if *name == "display" && !value.starts_with('"') {
                self.losses.add(Loss::Parameter(Parameter::ReasoningDisplay));
                continue;
            }
            self.json.name(name).raw(value);
        }
        self.json.end_object();
    }

    /// Writes all instructions before the conversation. Where they stood in between, their place is lost.
    fn system(&mut self, messages: &[&Branch]) {
        let is_system = |message: &&&Branch| message.node == Node::Message(Some(Role::System));
        let system: Vec<&Branch> = messages.iter().filter(is_system).copied().collect();
        if system.is_empty() {
            return;
        }
        if messages.iter().skip(system.len()).any(|message| is_system(&message)) {
            self.losses.add(Loss::Position);
        }
        for message in &system {
            self.losses.add_members(message, &[Property::Name]);
            let word = message.property(Property::Role).and_then(|span| self.source.string(span));
            if word.as_deref() == Some("developer") {
                self.losses.add(Loss::Property(Property::Role));
            }
        }
        self.json.name("system");
        match system.as_slice() {
            [message] if matches!(message.children.as_slice(), [Child::Text(_)]) => {
                self.json.escaped(&self.source.joined(&message.all_texts()));
            }
            _ => {
                self.json.begin_array();
                system.iter().flat_map(|message| &message.children).for_each(|child| self.block(child));
                self.json.end_array();
            }
        }
    }

    /// Writes a message, or one message for the results of all calls of a turn.
    fn turn(&mut self, group: &[&Branch]) {
        let [message] = group else { return self.results(group) };
        if is_result(message) {
            return self.results(group);
        }
        self.losses.add_members(message, &[Property::Name, Property::Prefix]);
        let role = if message.node == Node::Message(Some(Role::Assistant)) { "assistant" } else { "user" };
        self.json.begin_object().name("role").string(role).name("content");
        if let [Child::Text(text)] = message.children.as_slice() {
            self.json.escaped(&self.source.joined(&[text.span]));
        } else {
            self.json.begin_array();
            // "Text first, calls last" within an assistant's turn; results first within a user's.
            let rank = |child: &&Child| match child {
                Child::Branch(part) if part.node == Node::Part(PartKind::ToolCall) => 2,
                Child::Branch(part) if part.node == Node::Part(PartKind::ToolResult) => 0,
                _ => 1,
            };
            for turn in 0..=2 {
                message.children.iter().filter(|child| rank(child) == turn).for_each(|child| self.block(child));
            }
            self.json.end_array();
        }
        self.json.end_object();
    }

    /// Writes results as one message.
    fn results(&mut self, results: &[&Branch]) {
        self.json.begin_object().name("role").string("user").name("content").begin_array();
        results.iter().for_each(|result| self.result(result));
        self.json.end_array().end_object();
    }

    fn block(&mut self, child: &Child) {
        let part = match child {
            Child::Text(text) => return self.text(text.span, None),
            Child::Branch(part) => part,
        };
        let Node::Part(kind) = part.node else { return };
        match kind {
            PartKind::Text | PartKind::Refusal => {
                let last = part.all_texts().len().saturating_sub(1);
                for (at, text) in part.all_texts().into_iter().enumerate() {
                    self.text(text, Some(part).filter(|_| at == last));
                }
            }
            PartKind::Image | PartKind::File => self.media(kind, part),
            PartKind::Reasoning => self.reasoning(part),
            PartKind::ToolCall => self.call(part),
            PartKind::ToolResult => self.result(part),
            _ => self.losses.add(Loss::Part(kind)),
        }
    }

    /// Writes a text block. Blank ones are refused.
    fn text(&mut self, text: Span, part: Option<&Branch>) {
        if self.source.text(text).is_none_or(|text| text.trim().is_empty()) {
            return;
        }
        let text = self.source.string(text).unwrap_or_default();
        self.json.begin_object().name("type").string("text").name("text").escaped(&text);
        if let Some(part) = part {
            copy(
                &mut self.json,
                self.source,
                part,
                &[("cache_control", Property::CacheMarker), ("citations", Property::Citations)],
            );
        }
        self.json.end_object();
    }

    fn media(&mut self, kind: PartKind, part: &Branch) {
        let Some(media) = Media::of(part, self.source) else {
            self.losses.add(Loss::Part(kind));
            return;
        };
        self.losses.add_members(part, &[Property::Detail]);
        self.json.begin_object().name("type").string(if kind == PartKind::Image { "image" } else { "document" });
        self.json.name("source").begin_object();
        match media {
            Media::Url(url) => self.json.name("type").string("url").name("url").escaped(&url),
            Media::File(id) => self.json.name("type").string("file").name("file_id").escaped(&id),
            Media::Text(text) => self
                .json
                .name("type")
                .string("text")
                .name("media_type")
                .string("text/plain")
                .name("data")
                .escaped(&text),
            Media::Inline { kind, data } => {
                // No such type exists, but clients write it.
                let kind = if kind == "image/jpg" { "image/jpeg".into() } else { kind };
                self.json.name("type").string("base64").name("media_type").escaped(&kind).name("data").escaped(&data)
            }
        };
        self.json.end_object();
        if let Some(title) = part.property(Property::Title).or_else(|| part.property(Property::FileName)) {
            self.json.name("title").raw(&self.source.raw(title));
        }
        let members = [
            ("context", Property::Context),
            ("citations", Property::Citations),
            ("cache_control", Property::CacheMarker),
        ];
        copy(&mut self.json, self.source, part, &members);
        self.json.end_object();
    }

    /// Writes signed or encrypted reasoning. Without a proof the API refuses it.
    fn reasoning(&mut self, part: &Branch) {
        let texts = part.all_texts();
        if let Some(data) = part.property(Property::Encrypted) {
            let data = self.source.raw(data);
            self.json.begin_object().name("type").string("redacted_thinking").name("data").raw(&data).end_object();
        } else if let Some(signature) = part.property(Property::Signature) {
            let signature = self.source.raw(signature);
            self.json
                .begin_object()
                .name("type")
                .string("thinking")
                .name("thinking")
                .escaped(&self.source.joined(&texts));
            self.json.name("signature").raw(&signature).end_object();
        } else {
            self.losses.add(Loss::Part(PartKind::Reasoning));
        }
    }

    fn call(&mut self, call: &Branch) {
        self.json.begin_object().name("type").string("tool_use");
        copy(&mut self.json, self.source, call, &[("id", Property::Id), ("name", Property::Name)]);
        let input = call.property(Property::Arguments).map(|span| match self.source.text(span) {
            Some(text) if text.trim().is_empty() => "{}".to_owned(),
            Some(text) => text.into_owned(),
            None => self.source.raw(span).into_owned(),
        });
        let input = input.unwrap_or_else(|| "{}".to_owned());
        self.json.name("input");
        if is_object(&input) {
            self.json.raw(input.trim());
        } else {
            // Not an object, which the API requires.
            self.losses.add(Loss::Property(Property::Arguments));
            self.json.begin_object().name("arguments").string(&input).end_object();
        }
        copy(&mut self.json, self.source, call, &[("cache_control", Property::CacheMarker)]);
        self.json.end_object();
    }

    fn result(&mut self, result: &Branch) {
        self.json.begin_object().name("type").string("tool_result");
        copy(&mut self.json, self.source, result, &[("tool_use_id", Property::CallId)]);
        match result.children.as_slice() {
            [] => {}
            [Child::Text(text)] => {
                self.json.name("content").escaped(&self.source.joined(&[text.span]));
            }
            children => {
                self.json.name("content").begin_array();
                children.iter().for_each(|child| self.block(child));
                self.json.end_array();
            }
        }
        copy(
            &mut self.json,
            self.source,
            result,
            &[("is_error", Property::IsError), ("cache_control", Property::CacheMarker)],
        );
        self.json.end_object();
    }

    /// Writes the tools. Returns whether there are any.
    fn tools(&mut self, tree: &Tree) -> bool {
        let tools: Vec<&Branch> = tree.branches.iter().filter(|branch| branch.node == Node::Tool).collect();
        let functions: Vec<Function<'_>> = tools.iter().filter_map(|tool| Function::of(tool, self.source)).collect();
        if functions.len() < tools.len() {
            self.losses.add(Loss::Tool);
        }
        if functions.is_empty() {
            return false;
        }
        self.json.name("tools").begin_array();
        for function in functions {
            self.json.begin_object().name("name").raw(&self.source.raw(function.name));
            copy(&mut self.json, self.source, function.tool, &[("description", Property::Description)]);
            match function.tool.property(Property::Schema) {
                Some(schema) => self.json.name("input_schema").raw(&self.source.raw(schema)),
                None => self.json.name("input_schema").raw(r#"{"type":"object","properties":{}}"#),
            };
            copy(
                &mut self.json,
                self.source,
                function.tool,
                &[("strict", Property::Strict), ("cache_control", Property::CacheMarker)],
            );
            self.json.end_object();
        }
        self.json.end_array();
        true
    }

    /// Writes the choice among the tools, which also holds the prohibition to call several at once.
    fn tool_choice(&mut self, tree: &Tree, has_tools: bool) {
        let branch = tree.branches.iter().find(|branch| branch.node == Node::ToolChoice);
        let is = |parameter, word| tree.parameter(parameter).is_some_and(|value| self.source.raw(value) == word);
        let is_serial = is(Parameter::SerialTools, "true") || is(Parameter::ParallelTools, "false");
        let choice = match branch.map(|branch| ToolChoice::of(branch, self.source)) {
            Some(None) => {
                self.losses.add(Loss::ToolChoice);
                return;
            }
            Some(Some(choice)) => choice,
            None if is_serial => ToolChoice::Auto,
            None => return,
        };
        // A choice without tools is refused.
        if !has_tools {
            self.losses.add(Loss::ToolChoice);
            return;
        }
        self.json.name("tool_choice").begin_object().name("type");
        match &choice {
            ToolChoice::Auto => self.json.string("auto"),
            ToolChoice::Required => self.json.string("any"),
            ToolChoice::None => self.json.string("none"),
            ToolChoice::Tool(name) => self.json.string("tool").name("name").escaped(name),
        };
        if is_serial && choice != ToolChoice::None {
            self.json.name("disable_parallel_tool_use").raw("true");
        }
        self.json.end_object();
    }

    fn output_config(&mut self, tree: &Tree) {
        let level = tree.parameter(Parameter::ReasoningLevel).map(|value| self.source.raw(value));
        let level = level.filter(|level| level != "null");
        let is_known = |level: &str| matches!(level, "\"low\"" | "\"medium\"" | "\"high\"" | "\"xhigh\"" | "\"max\"");
        if level.as_deref().is_some_and(|level| !is_known(level)) {
            self.losses.add(Loss::Parameter(Parameter::ReasoningLevel));
        }
        let level = level.filter(|level| is_known(level));
        let format = tree.branches.iter().find(|branch| branch.node == Node::OutputFormat);
        let schema = format.and_then(|format| match OutputFormat::of(format, self.source) {
            Some(OutputFormat::Schema(schema)) => Some(schema),
            Some(OutputFormat::Text) => None,
            Some(OutputFormat::Json) | None => {
                self.losses.add(Loss::OutputFormat);
                None
            }
        });
        if let Some(format) = format {
            self.losses.add_members(format, &[Property::Name, Property::Description, Property::Strict]);
        }
        if level.is_none() && schema.is_none() {
            return;
        }
        self.json.name("output_config").begin_object();
        if let Some(level) = level {
            self.json.name("effort").raw(&level);
        }
        if let Some(schema) = schema {
            self.json.name("format").begin_object().name("type").string("json_schema");
            self.json.name("schema").raw(&self.source.raw(schema)).end_object();
        }
        self.json.end_object();
    }
}

/// Matches a message that is a tool's result by itself.
fn is_result(message: &Branch) -> bool {
    message.node == Node::Message(Some(Role::Tool))
}

/// Matches the text of a JSON object.
pub(super) fn is_object(json: &str) -> bool {
    let Ok(document) = Document::new(json.as_bytes()) else { return false };
    let mut reader = Reader::strict(document);
    reader.peek() == Ok(ValueKind::Object) && reader.skip().is_ok() && reader.finish().is_ok()
}
