//! Provider-neutral request.

use super::{Item, Items, Node, Parameter, Property, Role};
use crate::document::{Document, Span};
use crate::usage::Fees;

/// An earlier tool call repeated in the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallName {
    /// The call's id.
    pub id: Option<Span>,
    /// The function's name.
    pub name: Option<Span>,
    /// Arguments that are a JSON value instead of JSON text.
    pub input: Option<Span>,
}

/// Request parameters named by the GenAI semantic conventions, as the client wrote them. `None` means absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    /// Upper bound on output tokens.
    pub max_tokens: Option<u64>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Top-k sampling. Some APIs take a negative number for none.
    pub top_k: Option<i64>,
    /// Frequency penalty.
    pub frequency_penalty: Option<f64>,
    /// Presence penalty.
    pub presence_penalty: Option<f64>,
    /// Seed.
    pub seed: Option<i64>,
    /// Number of choices requested.
    pub choices: Option<u64>,
    /// Stop sequences.
    pub stop: Vec<String>,
    /// Reasoning level, in the provider's spelling.
    pub reasoning_level: Option<String>,
    /// Requested output format, as the conventions spell it: `text`, `json`, `image`, `speech`.
    pub output_type: Option<&'static str>,
    /// Requested service tier.
    pub service_tier: Option<String>,
}

/// Facts about the provider's own tools offered in a request. The cost depends on them, and the answer may not report
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// Set when OpenAI's older web search tool is offered, which may have another price.
    pub preview_search: bool,
    /// Set when a tool is offered that makes Anthropic's code execution free.
    pub frees_code: bool,
    /// Fees that the call incurs whatever the answer is.
    pub fees: Fees,
}

impl Offered {
    /// Records a tool by its type.
    pub fn note(&mut self, kind: &str) {
        self.preview_search |= kind.starts_with("web_search_preview");
        // "Code execution is free when used with web search or web fetch (`web_search_20260209`, `web_fetch_20260209`,
        // or later)" (<https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool>, read
        // 2026-11-28).
        let version = kind.strip_prefix("web_search_").or_else(|| kind.strip_prefix("web_fetch_"));
        let version = version.and_then(|version| version.parse::<u32>().ok());
        self.frees_code |= version.is_some_and(|version| version >= 20_260_209);
    }
}

/// A request as read from its document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The requested model.
    pub model: Option<String>,
    /// Other models that may run: fallbacks, models of the provider's own tools.
    pub other_models: Vec<String>,
    /// Set when a streamed answer is requested.
    pub stream: bool,
    /// Parameters of the call.
    pub parameters: Parameters,
    /// Elements of the request, in the order of the document. Its texts are all that may hold personal data.
    pub items: Items,
    /// Characters to speak: the billing unit of speech whose answer counts nothing.
    pub characters: Option<u64>,
    /// Earlier tool calls repeated in the request.
    pub tool_calls: Vec<CallName>,
    /// Facts about the provider's own tools.
    pub offered: Offered,
    /// Set when the client requests usage in the stream (OpenAI's `stream_options.include_usage`).
    pub usage_asked: bool,
    /// Set when the request makes the provider sign its reasoning or add an encrypted copy.
    pub signs_reasoning: bool,
    /// Member that refers to state stored from earlier calls (`previous_response_id`).
    pub stored_state: Option<&'static str>,
    /// Edit that makes the provider report usage in the stream when the client did not ask for it: a range of the
    /// document and its new text.
    pub ask_usage: Option<(std::ops::Range<usize>, String)>,
}

impl Request {
    /// Reports whether some dialect may have no words at all for the request: it goes on from stored state, a tool has no
    /// name, or nobody but the system says anything.
    pub fn may_be_untranslatable(&self, document: Document<'_>) -> bool {
        let (mut is_unnamed, mut is_said) = (false, false);
        for item in self.items.iter() {
            match item {
                Item::Parameter(Parameter::StoredPrompt, _) => return true,
                Item::Open(_) | Item::Close if is_unnamed => return true,
                Item::Open(node) => is_unnamed = *node == Node::Tool,
                Item::Property(Property::Name, name) => is_unnamed &= name.range().is_empty(),
                Item::Text(text) if !is_said && text.message.is_some() && text.role != Some(Role::System) => {
                    is_said = !document.text(text.span).trim().is_empty();
                }
                _ => {}
            }
        }
        self.stored_state.is_some() || !is_said
    }

    /// Makes the request one that stands for several calls: settings of each are none of this one's.
    pub fn combine_calls(&mut self) {
        (self.stream, self.parameters, self.offered) = (false, Parameters::default(), Offered::default());
        self.other_models.dedup();
    }

    /// Sets the models of several calls, one name for each; empty, where a call names none. It is the request's model when
    /// all have the same.
    pub fn set_models(&mut self, mut models: Vec<String>) {
        models.dedup();
        match models.as_slice() {
            [one] if !one.is_empty() => self.model = models.pop(),
            // No pattern of a key's models matches the empty name but that of all.
            _ => self.other_models.append(&mut models),
        }
    }
}
