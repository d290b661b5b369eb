//! Writer of the tools of a request, the choice among them, and the form of its output.

use super::turn_writer::write_cache;
use crate::dialect::bedrock::family::ModelFamily;
use crate::dialect::writing::{chooses_other_tool, object_schema, offered, schema_tool};
use crate::document::JsonWriter;
use crate::model::{
    Conversation, Loss, Losses, OutputRule, Parameter, Property, ToolChoice, ToolOffer, Untranslatable,
};

/// Tools as they are offered, with the one that stands for a schema.
pub(super) struct ToolPlan<'c, 'a> {
    tools: Vec<&'c ToolOffer<'a>>,
    /// Functions called in earlier turns, when there are no tools: without any the API refuses a history of calls.
    stubs: Vec<String>,
    choice: Option<ToolChoice<'c>>,
    /// Schema that the model takes as such.
    pub(super) format: Option<&'c OutputRule<'a>>,
    /// Schema in the form of a tool, and its name.
    schema: Option<&'c OutputRule<'a>>,
    pub(super) schema_tool: Option<String>,
}

impl<'c, 'a> ToolPlan<'c, 'a> {
    /// Decides what is offered. `thinks`: the model reasons, which forbids to force a choice.
    pub(super) fn of(
        conversation: &'c Conversation<'a>,
        family: ModelFamily,
        thinks: bool,
        losses: &mut Losses,
    ) -> Self {
        let called = conversation.called();
        let choice = conversation.choice.as_ref().map(|(choice, _)| choice);
        let span = conversation.choice.as_ref().map(|(_, span)| *span).unwrap_or_default();
        let is_none = choice == Some(&ToolChoice::None);
        let mut tools = offered(conversation, losses);
        if is_none && called.is_empty() {
            // No word for it: without tools none is called.
            tools.drain(..).for_each(|tool| losses.add_at(Loss::Tool, tool.span));
        } else if is_none && !tools.is_empty() {
            losses.add_at(Loss::ToolChoice, span);
        }
        let stubs = if tools.is_empty() { called } else { Vec::new() };
        if !stubs.is_empty() {
            losses.add(Loss::Tool);
        }
        if let Some((false, span)) = conversation.parallel {
            losses.add_at(Loss::Parameter(Parameter::ParallelTools), span);
        }
        let (format, schema) = output(conversation, family, thinks, losses);
        let schema_tool = schema.map(|_| schema_tool(conversation));
        let choice = match choice {
            _ if schema.is_some() => Some(match tools.is_empty() {
                true => ToolChoice::None,
                false => ToolChoice::Required,
            }),
            // A choice without tools is refused.
            Some(choice) if tools.is_empty() && *choice != ToolChoice::None => {
                losses.add_at(Loss::ToolChoice, span);
                None
            }
            Some(ToolChoice::None) | None => None,
            Some(ToolChoice::Among { is_required: true, .. }) => Some(ToolChoice::Required),
            Some(ToolChoice::Among { is_required: false, .. }) => Some(ToolChoice::Auto),
            Some(choice) => Some(choice.clone()),
        };
        Self { tools, stubs, choice, format, schema, schema_tool }
    }
}

/// Decides how a schema is said: as such, by a tool, or not at all.
fn output<'c, 'a>(
    conversation: &'c Conversation<'a>,
    family: ModelFamily,
    thinks: bool,
    losses: &mut Losses,
) -> (Option<&'c OutputRule<'a>>, Option<&'c OutputRule<'a>>) {
    let Some(output) = &conversation.output else { return (None, None) };
    if output.schema.is_none() {
        losses.add_at(Loss::OutputFormat, output.span);
        return (None, None);
    }
    if family.has_schema() || thinks && family.is_claude() {
        return (Some(output), None);
    }
    if chooses_other_tool(conversation) || thinks || !output.is_object() {
        losses.add_at(Loss::OutputFormat, output.span);
        return (None, None);
    }
    (None, Some(output))
}

/// Writes `toolConfig`.
pub(super) fn write_tools(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    plan: &ToolPlan<'_, '_>,
    family: ModelFamily,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    if plan.tools.is_empty() && plan.stubs.is_empty() && plan.schema.is_none() {
        if let (true, Some((_, span))) = (conversation.tools.is_empty(), &conversation.choice) {
            losses.add_at(Loss::ToolChoice, *span);
        }
        return Ok(());
    }
    json.name("toolConfig").begin_object().name("tools").begin_array();
    for tool in &plan.tools {
        write_tool(json, tool, family, losses)?;
    }
    for name in &plan.stubs {
        write_spec(json, name, None, None, None);
    }
    if let (Some(output), Some(name)) = (plan.schema, &plan.schema_tool) {
        write_spec(json, name, output.description.as_deref(), output.schema.as_deref(), None);
    }
    json.end_array();
    if let Some(choice) = &plan.choice {
        json.name("toolChoice").begin_object();
        match choice {
            ToolChoice::Auto => drop(json.name("auto").begin_object()),
            ToolChoice::Tool(name) => drop(json.name("tool").begin_object().name("name").escaped(name)),
            ToolChoice::None => {
                let name = plan.schema_tool.as_deref().unwrap_or_default();
                json.name("tool").begin_object().name("name").string(name);
            }
            ToolChoice::Required | ToolChoice::Among { .. } => drop(json.name("any").begin_object()),
        }
        json.end_object().end_object();
    }
    json.end_object();
    Ok(())
}

fn write_tool(
    json: &mut JsonWriter,
    tool: &ToolOffer<'_>,
    family: ModelFamily,
    losses: &mut Losses,
) -> Result<(), Untranslatable> {
    if tool.name.is_empty() {
        return Err(Untranslatable::ToolWithoutName);
    }
    let strict = tool.is_strict.filter(|is_strict| *is_strict && family.has_schema());
    if tool.is_strict == Some(true) && strict.is_none() {
        losses.add_at(Loss::Property(Property::Strict), tool.span);
    }
    write_spec(json, &tool.name, tool.description.as_deref(), tool.schema.as_deref(), strict);
    if let Some(marker) = tool.cache.as_deref() {
        let mut lose = || losses.add_at(Loss::Property(Property::CacheMarker), tool.span);
        match family {
            ModelFamily::Nova { .. } => lose(),
            family => write_cache(json, marker, family, lose),
        }
    }
    Ok(())
}

fn write_spec(
    json: &mut JsonWriter,
    name: &str,
    description: Option<&str>,
    schema: Option<&str>,
    strict: Option<bool>,
) {
    json.begin_object().name("toolSpec").begin_object().name("name").escaped(name);
    if let Some(description) = description {
        json.name("description").escaped(description);
    }
    json.name("inputSchema").begin_object().name("json").raw(&object_schema(schema)).end_object();
    if strict == Some(true) {
        json.name("strict").raw("true");
    }
    json.end_object().end_object();
}

/// Writes the form of the output. The schema is a string of JSON; its name is optional.
pub(super) fn write_output_format(json: &mut JsonWriter, output: &OutputRule<'_>) {
    json.name("textFormat").begin_object().name("type").string("json_schema");
    json.name("structure").begin_object().name("jsonSchema").begin_object();
    json.name("schema").string(output.schema.as_deref().unwrap_or_default());
    for (name, value) in [("name", &output.name), ("description", &output.description)] {
        crate::dialect::writing::member(json, name, value.as_ref());
    }
    json.end_object().end_object().end_object();
}
