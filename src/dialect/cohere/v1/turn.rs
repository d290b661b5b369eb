//! Messages of a request.

use crate::dialect::members::Members;
use crate::dialect::texts::{read_other, span};
use crate::document::{JsonResult, Reader, Scalar, Span, ValueKind};
use crate::model::{CallName, Node, PartKind, Property, Request, Role, TextKind, TextSpan};

/// Members of a turn of the history, apart from its contents.
const TURN: Members = Members(&[("role", Property::Role)]);

/// Reads a turn of the history.
pub(super) fn read_turn(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = Role::User;
    reader.maybe_object(|reader, key| {
        TURN.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                let word = reader.api_text()?.unwrap_or_default();
                let is = |name: &str| word.eq_ignore_ascii_case(name);
                role = match () {
                    () if is("chatbot") => Role::Assistant,
                    () if is("system") => Role::System,
                    () if is("tool") => Role::Tool,
                    () => Role::User,
                };
                Ok(())
            }
            "message" if reader.peek()? == ValueKind::String => {
                let text = crate::dialect::texts::text(reader.string()?, index);
                request.items.push_text(text);
                Ok(())
            }
            "tool_calls" => reader.maybe_array(|reader, _| read_earlier_call(reader, Some(index), request)).map(drop),
            "tool_results" => read_results(reader, request),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, Some(role));
    if role == Role::Tool {
        request.items.set(opened, Node::Message(Some(Role::User)));
    }
    request.items.texts_from_mut(opened).for_each(|leaf| leaf.message = Some(index));
    Ok(())
}

/// Members of a tool call.
const CALL: Members = Members(&[("name", Property::Name), ("parameters", Property::Arguments)]);

/// Reads a tool call repeated in the request. Its arguments are a JSON value.
fn read_earlier_call(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    request.items.open(Node::Part(PartKind::ToolCall));
    reader.maybe_object(|reader, key| {
        CALL.read(reader, &key, request, |reader, request| match &*key {
            "name" => {
                names.name = reader.maybe_id()?;
                Ok(())
            }
            "parameters" => {
                names.input = Some(read_call_parameters(reader, message, call, request)?);
                Ok(())
            }
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    request.items.close();
    request.tool_calls.push(names);
    Ok(())
}

/// Reads the arguments of a call and returns their location.
fn read_call_parameters(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    call: u32,
    request: &mut Request,
) -> JsonResult<Span> {
    reader.peek()?;
    let start = reader.offset();
    reader.scalars(&mut |part| {
        let (span, place) = match part {
            Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
            Scalar::Number(span) => (span, TextKind::ArgumentNumber),
        };
        let role = Some(Role::Assistant);
        request.items.push_text(TextSpan { span, place, role, message, call: Some(call) });
    })?;
    Ok(span(start, reader.offset()))
}

/// Members of a tool's results, apart from the call.
const RESULT: Members = Members(&[("outputs", Property::Result)]);

/// Reads tool results: `[{"call":{…},"outputs":[{…}]}]`.
pub(super) fn read_results(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_array(|reader, _| {
            request.items.open(Node::Part(PartKind::ToolResult));
            reader.maybe_object(|reader, key| {
                RESULT.read(reader, &key, request, |reader, request| match &*key {
                    "call" => read_earlier_call(reader, None, request),
                    _ => crate::dialect::google::content::read_result(reader, None, request),
                })
            })?;
            request.items.close();
            Ok(())
        })
        .map(drop)
}
