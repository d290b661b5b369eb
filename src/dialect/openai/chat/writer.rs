//! Writer of requests of chat completions, from the items of any dialect.
//! <https://platform.openai.com/docs/api-reference/chat/create>, read 2026-11-21.

use crate::dialect::members::copy;
use crate::dialect::openai::parameters::ROWS;
use crate::dialect::parameters::name;
use crate::document::{EditedDocument, JsonWriter, Span};
use crate::model::{
    Branch, Child, Function, Loss, Losses, Media, Node, OutputFormat, Parameter, PartKind, Property, Role, ToolChoice,
    Tree,
};

/// Writes a request, adding what chat completions cannot say to `losses`.
pub(super) fn write_request(tree: &Tree, source: &EditedDocument<'_>, losses: &mut Losses) -> String {
    let mut writer = ChatWriter { source, losses, json: JsonWriter::default() };
    writer.json.begin_object();
    writer.parameters(tree);
    writer.json.name("messages").begin_array();
    for branch in tree.messages() {
        if let Node::Message(role) = branch.node {
            writer.message(role, branch);
        }
    }
    writer.json.end_array();
    writer.tools(tree);
    for branch in &tree.branches {
        match branch.node {
            Node::ToolChoice => writer.tool_choice(branch),
            Node::OutputFormat => writer.output_format(branch),
            _ => {}
        }
    }
    writer.json.end_object();
    writer.json.finish()
}

struct ChatWriter<'w, 'a> {
    source: &'w EditedDocument<'a>,
    losses: &'w mut Losses,
    json: JsonWriter,
}

impl ChatWriter<'_, '_> {
    fn parameters(&mut self, tree: &Tree) {
        for (parameter, raw) in tree.requested(self.source) {
            match parameter {
                Parameter::StreamUsage => {
                    self.json.name("stream_options").begin_object().name("include_usage").raw(&raw).end_object();
                }
                Parameter::SerialTools => {
                    self.json.name("parallel_tool_calls").raw(if raw == "true" { "false" } else { "true" });
                }
                Parameter::Model | Parameter::Stream => {
                    self.json.name(if parameter == Parameter::Model { "model" } else { "stream" }).raw(&raw);
                }
                _ => match name(ROWS, parameter) {
                    Some(name) => drop(self.json.name(name).raw(&raw)),
                    None => self.losses.add(Loss::Parameter(parameter)),
                },
            }
        }
    }

    /// Writes a message. Results of tools within it become messages of their own, before the rest of it.
    fn message(&mut self, role: Option<Role>, message: &Branch) {
        if role == Some(Role::Tool) {
            self.result(message);
            return;
        }
        let parts: Vec<&Child> = message.children.iter().filter(|child| !is_result(child)).collect();
        message
            .branches()
            .filter(|part| part.node == Node::Part(PartKind::ToolResult))
            .for_each(|part| self.result(part));
        if parts.is_empty() && !message.children.is_empty() {
            return;
        }
        self.json.begin_object();
        let word = message.property(Property::Role).and_then(|span| self.source.string(span));
        let word = match (role, word.as_deref()) {
            (_, Some("developer")) => "developer",
            (Some(Role::System), _) => "system",
            (Some(Role::Assistant), _) => "assistant",
            _ => "user",
        };
        self.json.name("role").string(word);
        if let Some(name) = message.property(Property::Name) {
            self.json.name("name").raw(&self.source.raw(name));
        }
        self.losses.add_members(message, &[Property::Prefix, Property::CacheMarker]);
        self.contents(word == "assistant", &parts);
        self.json.end_object();
    }

    /// Writes the contents of a message: text alone as a string, anything else as parts.
    fn contents(&mut self, is_assistant: bool, parts: &[&Child]) {
        let (mut calls, mut refusals, mut contents) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            match part {
                Child::Branch(branch) => match branch.node {
                    Node::Part(PartKind::ToolCall) => calls.push(branch),
                    Node::Part(PartKind::Refusal) if is_assistant => refusals.push(branch),
                    _ if self.is_written(branch, is_assistant) => contents.push(*part),
                    _ => {}
                },
                Child::Text(_) => contents.push(*part),
            }
        }
        match contents.as_slice() {
            [] if is_assistant => drop(self.json.name("content").raw("null")),
            [Child::Text(text)] => {
                self.json.name("content").escaped(&self.source.string(text.span).unwrap_or_default());
            }
            _ => {
                self.json.name("content").begin_array();
                contents.iter().for_each(|child| self.part(child));
                self.json.end_array();
            }
        }
        if let Some(refusal) = refusals.first() {
            let texts = refusal.all_texts();
            self.json.name("refusal").escaped(&self.source.joined(&texts));
        }
        if !calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            calls.into_iter().for_each(|call| self.call(call));
            self.json.end_array();
        }
    }

    /// Reports whether a part has a form here; adds it to the losses if not.
    fn is_written(&mut self, part: &Branch, is_assistant: bool) -> bool {
        let Node::Part(kind) = part.node else { return false };
        let is_written = match kind {
            PartKind::Text => true,
            PartKind::Image => {
                !is_assistant && matches!(Media::of(part, self.source), Some(Media::Url(_) | Media::Inline { .. }))
            }
            PartKind::Audio => !is_assistant && matches!(Media::of(part, self.source), Some(Media::Inline { .. })),
            PartKind::File => {
                matches!(Media::of(part, self.source), Some(Media::Inline { .. } | Media::File(_) | Media::Text(_)))
            }
            _ => false,
        };
        if !is_written {
            self.losses.add(Loss::Part(kind));
        }
        is_written
    }

    fn part(&mut self, child: &Child) {
        let part = match child {
            Child::Text(text) => return self.text(text.span),
            Child::Branch(part) => part,
        };
        self.losses
            .add_members(part, &[Property::CacheMarker, Property::Citations, Property::Title, Property::Context]);
        let Node::Part(kind) = part.node else { return };
        if kind == PartKind::Text {
            part.all_texts().into_iter().for_each(|text| self.text(text));
            return;
        }
        let Some(media) = Media::of(part, self.source) else { return };
        self.json.begin_object();
        if let Media::Text(text) = &media {
            self.json.name("type").string("text").name("text").escaped(text).end_object();
            return;
        }
        match (kind, media) {
            (PartKind::Image, media) => {
                self.json.name("type").string("image_url").name("image_url").begin_object();
                self.json.name("url").escaped(&address(&media));
                if let Some(detail) = part.property(Property::Detail) {
                    self.json.name("detail").raw(&self.source.raw(detail));
                }
                self.json.end_object();
            }
            (PartKind::Audio, Media::Inline { kind, data }) => {
                let format = kind.rsplit(['/', '-']).next().unwrap_or_default();
                self.json.name("type").string("input_audio").name("input_audio").begin_object();
                self.json.name("data").escaped(&data).name("format").escaped(format).end_object();
            }
            (_, media) => {
                self.json.name("type").string("file").name("file").begin_object();
                if let Some(name) = part.property(Property::FileName).or_else(|| part.property(Property::Title)) {
                    self.json.name("filename").raw(&self.source.raw(name));
                }
                match media {
                    Media::File(id) => self.json.name("file_id").escaped(&id),
                    media => self.json.name("file_data").escaped(&address(&media)),
                };
                self.json.end_object();
            }
        }
        self.json.end_object();
    }

    fn text(&mut self, text: Span) {
        let text = self.source.string(text).unwrap_or_default();
        self.json.begin_object().name("type").string("text").name("text").escaped(&text).end_object();
    }

    fn call(&mut self, call: &Branch) {
        self.losses.add_members(call, &[Property::CacheMarker, Property::Signature]);
        self.json.begin_object();
        if let Some(id) = call.property(Property::Id) {
            self.json.name("id").raw(&self.source.raw(id));
        }
        self.json.name("type").string("function").name("function").begin_object();
        if let Some(name) = call.property(Property::Name) {
            self.json.name("name").raw(&self.source.raw(name));
        }
        let arguments = call.property(Property::Arguments);
        match arguments.and_then(|span| self.source.string(span)) {
            Some(text) => self.json.name("arguments").escaped(&text),
            None => {
                self.json.name("arguments").string(&arguments.map_or_else(|| "{}".into(), |span| self.source.raw(span)))
            }
        };
        self.json.end_object().end_object();
    }

    /// Writes the message of a tool's result.
    fn result(&mut self, result: &Branch) {
        self.losses.add_members(result, &[Property::IsError, Property::CacheMarker]);
        self.json.begin_object().name("role").string("tool");
        if let Some(id) = result.property(Property::CallId) {
            self.json.name("tool_call_id").raw(&self.source.raw(id));
        }
        let mut parts: Vec<&Child> = Vec::new();
        for child in &result.children {
            match child {
                // Only text may stand in a result.
                Child::Branch(part) if part.node != Node::Part(PartKind::Text) => {
                    if let Node::Part(kind) = part.node {
                        self.losses.add(Loss::Part(kind));
                    }
                }
                child => parts.push(child),
            }
        }
        match parts.as_slice() {
            [] => drop(self.json.name("content").string("")),
            _ => self.contents(false, &parts),
        }
        self.json.end_object();
    }

    fn tools(&mut self, tree: &Tree) {
        let tools: Vec<&Branch> = tree.branches.iter().filter(|branch| branch.node == Node::Tool).collect();
        let functions: Vec<Function<'_>> = tools.iter().filter_map(|tool| Function::of(tool, self.source)).collect();
        if functions.len() < tools.len() {
            self.losses.add(Loss::Tool);
        }
        if functions.is_empty() {
            return;
        }
        self.json.name("tools").begin_array();
        for function in functions {
            self.losses.add_members(function.tool, &[Property::CacheMarker]);
            self.json.begin_object().name("type").string("function").name("function").begin_object();
            self.json.name("name").raw(&self.source.raw(function.name));
            let members = [
                ("description", Property::Description),
                ("parameters", Property::Schema),
                ("strict", Property::Strict),
            ];
            copy(&mut self.json, self.source, function.tool, &members);
            self.json.end_object().end_object();
        }
        self.json.end_array();
    }

    fn tool_choice(&mut self, choice: &Branch) {
        match ToolChoice::of(choice, self.source) {
            Some(ToolChoice::Auto) => drop(self.json.name("tool_choice").string("auto")),
            Some(ToolChoice::Required) => drop(self.json.name("tool_choice").string("required")),
            Some(ToolChoice::None) => drop(self.json.name("tool_choice").string("none")),
            Some(ToolChoice::Tool(name)) => {
                self.json.name("tool_choice").begin_object().name("type").string("function").name("function");
                self.json.begin_object().name("name").escaped(&name).end_object().end_object();
            }
            None => self.losses.add(Loss::ToolChoice),
        }
    }

    fn output_format(&mut self, format: &Branch) {
        match OutputFormat::of(format, self.source) {
            Some(OutputFormat::Text) => {
                self.json.name("response_format").begin_object().name("type").string("text").end_object();
            }
            Some(OutputFormat::Json) => {
                self.json.name("response_format").begin_object().name("type").string("json_object").end_object();
            }
            Some(OutputFormat::Schema(schema)) => {
                self.json.name("response_format").begin_object().name("type").string("json_schema");
                self.json.name("json_schema").begin_object();
                match format.property(Property::Name) {
                    Some(name) => self.json.name("name").raw(&self.source.raw(name)),
                    // A name is required; other dialects have none.
                    None => self.json.name("name").string("output"),
                };
                copy(
                    &mut self.json,
                    self.source,
                    format,
                    &[("description", Property::Description), ("strict", Property::Strict)],
                );
                self.json.name("schema").raw(&self.source.raw(schema)).end_object().end_object();
            }
            None => self.losses.add(Loss::OutputFormat),
        }
    }
}

fn is_result(child: &Child) -> bool {
    matches!(child, Child::Branch(part) if part.node == Node::Part(PartKind::ToolResult))
}

/// Returns media as an address.
fn address(media: &Media<'_>) -> String {
    match media {
        Media::Url(url) | Media::File(url) | Media::Text(url) => url.to_string(),
        Media::Inline { kind, data } => format!("data:{kind};base64,{data}"),
    }
}
