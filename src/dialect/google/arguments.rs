//! Arguments of calls in answers.

use crate::document::{JsonResult, Reader, Span};
use crate::model::Event;

/// Reads a JSON value and returns its location.
pub(in crate::dialect) fn read_json(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<Span> {
    let start = reader.peek().map(|_| reader.offset())?;
    crate::dialect::texts::read_rest(reader, events)?;
    Ok(crate::dialect::texts::span(start, reader.offset()))
}
