//! A provider's error object, which OpenAI and Anthropic shape alike: type, code and message.

use crate::chat::Delta;
use crate::document::{Kind, Reader, Unreadable};

/// Reads the value of `error`; `null` is none.
pub(super) fn read(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<(), Unreadable> {
    let (mut kind, mut code, mut status, mut message) = (None, None, None, None);
    match reader.peek()? {
        Kind::Object => reader.object(|reader, key| {
            match &*key {
                "type" => kind = reader.maybe_string()?,
                "code" if reader.peek()? == Kind::Number => code = Some(reader.value()?),
                "code" => code = reader.maybe_string()?,
                "status" if reader.peek()? == Kind::String => status = reader.maybe_string()?,
                "message" => message = reader.maybe_string()?,
                _ => super::leaves::read_rest(reader, deltas)?,
            }
            Ok(())
        })?,
        Kind::String => message = Some(reader.string()?),
        Kind::Null => return reader.skip(),
        _ => reader.skip()?,
    }
    deltas.extend(message.map(Delta::Other));
    deltas.push(Delta::Failure { kind, code, status, message });
    Ok(())
}
