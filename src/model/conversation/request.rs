//! Request in the form from which every dialect is written.

use super::link;
use super::maker::Maker;
use super::part::PartData;
use super::reasoning::Reasoning;
use super::settings::{self, CallSettings};
use super::tools::{self, OutputRule, ToolOffer};
use super::turns::{self, ConversationTurn};
use crate::document::{EditedDocument, KeySet, Span};
use crate::model::{Losses, Parameter, ToolChoice, Tree};

/// Request, ready to be written.
#[derive(Clone, Debug, Default)]
pub struct Conversation<'a> {
    /// Turns in order; instructions beside the conversation come first.
    pub turns: Vec<ConversationTurn<'a>>,
    /// Functions and custom tools that the model may call.
    pub tools: Vec<ToolOffer<'a>>,
    /// Choice among them.
    pub choice: Option<(ToolChoice<'a>, Span)>,
    /// Permission to call several tools at once, where it is said.
    pub parallel: Option<(bool, Span)>,
    /// Form of the output.
    pub output: Option<OutputRule<'a>>,
    /// Reasoning.
    pub reasoning: Reasoning,
    /// Other settings.
    pub settings: CallSettings<'a>,
}

impl<'a> Conversation<'a> {
    /// Reads a request's tree. `maker`: company whose signatures the request's dialect carries. What no dialect but the
    /// request's own has is added to the losses.
    pub fn of(tree: &Tree, source: &EditedDocument<'a>, maker: Maker, losses: &mut Losses) -> Self {
        let mut turns = turns::read(tree, source, maker, losses);
        link::link(&mut turns, losses);
        let (mut tools, choice) = (tools::offers(tree, source, maker, losses), tools::choice(tree, source, losses));
        let (mut settings, reasoning, parallel) = settings::read(tree, source);
        if settings.take(Parameter::StrictTools) {
            tools.iter_mut().for_each(|tool| tool.is_strict = Some(true));
        }
        let output = tools::output(tree, source, maker, losses);
        Self { turns, tools, choice, parallel, output, reasoning, settings }
    }

    /// Reports whether a tool of this name is offered.
    pub fn offers(&self, name: &str) -> bool {
        self.tools.iter().any(|tool| tool.name == name)
    }

    /// Names of the functions called in earlier turns, each once, in order.
    pub fn called(&self) -> Vec<String> {
        let mut names = KeySet::default();
        for part in self.turns.iter().flat_map(|turn| &turn.parts) {
            if let PartData::Call(call) = &part.data {
                names.insert(call.name.clone().into_owned());
            }
        }
        names.into_keys().collect()
    }
}
