//! Anthropic's APIs.

mod answer_writer;
pub(in crate::dialect) mod complete;
pub(in crate::dialect) mod messages;
mod parameters;
pub(in crate::dialect) mod request;
pub(in crate::dialect) mod usage;
mod writer;

use crate::dialect::translate::Translation;

pub(in crate::dialect) const TRANSLATION: Translation = Translation {
    write_request: writer::write_request,
    write_answer: answer_writer::write_answer,
    structure: messages::STRUCTURE,
};
