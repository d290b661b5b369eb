//! Thinking in requests, the same at every provider of Anthropic's models.

use crate::capability::Capabilities;
use crate::dialect::anthropic::thinking::{Switch, Thinking};
use crate::document::JsonWriter;
use crate::model::{Author, Conversation, ConversationTurn, Losses, Maker, Parameter, PartData, Reasoning};

/// Matches reasoning that Anthropic has signed.
pub(in crate::dialect) fn is_proven(part: &PartData<'_>) -> bool {
    match part {
        PartData::Reasoning(part) => part.proof.as_ref().is_some_and(|proof| proof.maker == Maker::Anthropic),
        _ => false,
    }
}

/// Names a setting of reasoning as lost.
pub(in crate::dialect) fn lose(reasoning: &Reasoning, parameter: Parameter, losses: &mut Losses) {
    crate::dialect::anthropic::thinking::lose(reasoning, parameter, losses);
}

/// Writes the switch of thinking as the member `thinking`. Returns the plan, whose level is written elsewhere. `bound`: that
/// on output tokens. A turn with calls whose own reasoning is missing forbids it: it was made elsewhere.
pub(in crate::dialect) fn write_thinking(
    json: &mut JsonWriter,
    conversation: &Conversation<'_>,
    capabilities: &Capabilities,
    bound: u64,
    turns: &[&ConversationTurn<'_>],
    losses: &mut Losses,
) -> Thinking {
    let thinking = Thinking::plan(conversation, capabilities, bound, lacks_thinking(turns), losses);
    let kind = match thinking.switch {
        Switch::Unset => return thinking,
        Switch::Disabled => "disabled",
        Switch::Enabled(_) => "enabled",
        Switch::Adaptive => "adaptive",
    };
    json.name("thinking").begin_object().name("type").string(kind);
    if let Switch::Enabled(budget) = thinking.switch {
        json.name("budget_tokens").raw(&budget.to_string());
    }
    if let Some(is_shown) = thinking.is_shown {
        json.name("display").string(if is_shown { "summarized" } else { "omitted" });
    }
    json.end_object();
    thinking
}

/// Reports whether the last turn of the model, if its calls have just been answered, comes without its reasoning.
fn lacks_thinking(turns: &[&ConversationTurn<'_>]) -> bool {
    let [.., called, answered] = turns else { return false };
    let is_answered =
        answered.author == Author::User && answered.parts.iter().any(|part| matches!(part.data, PartData::Result(_)));
    is_answered && called.author == Author::Assistant && !called.parts.iter().any(|part| is_proven(&part.data))
}
