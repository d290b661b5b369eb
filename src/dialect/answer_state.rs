//! State of reading one answer: what its frames so far leave to the frames behind them, and to a text that is written
//! into its stream.

/// State of one answer. A dialect uses its own part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerState {
    /// Number of tool calls in the frames so far: distinguishes the calls of APIs that restart their index in each
    /// frame.
    pub(super) calls: u32,
    /// API of an answer of Amazon Bedrock whose path does not determine it.
    pub(super) invoked: Option<InvokedApi>,
    /// Member that holds the text of a completion model on Amazon Bedrock.
    pub(super) text_form: TextForm,
    /// Set when an answer of Anthropic's is one of the legacy API.
    pub(super) is_completion: bool,
    /// Set when a transcription comes in Mistral's events instead of OpenAI's.
    pub(super) is_mistrals: bool,
    /// Path of the argument of a call that goes on (Gemini).
    pub(super) argument: String,
    /// Id of the entry that goes on (Mistral's conversations).
    pub(super) entry: String,
    /// Item that goes on (OpenAI's responses).
    pub(super) item: ItemState,
}

/// API of a model on Amazon Bedrock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InvokedApi {
    /// OpenAI chat completions.
    Chat,
    /// Anthropic messages, and the legacy API.
    Anthropic,
    /// Amazon Nova.
    Nova,
    /// Amazon Titan.
    Titan,
    /// Text completion models.
    Text,
    /// Cohere v1.
    Cohere,
    /// Cohere embed.
    CohereEmbed,
}

/// Member that holds a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TextForm {
    /// Llama's `generation`.
    #[default]
    Generation,
    /// Mistral's `outputs`.
    Outputs,
    /// A text in each of the `choices`.
    Choices,
    /// A message in each of the `choices`.
    Messages,
    /// A delta of a message in each of the `choices`.
    Deltas,
}

/// Place of the text that goes on in a stream of responses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ItemState {
    /// Id of the item.
    pub(super) id: Option<String>,
    /// Index of the text within the item.
    pub(super) place: u64,
    /// Number of the latest event that began or ended something.
    pub(super) number: Option<u64>,
    /// Type of the latest event that ended a text, without its `.done`.
    pub(super) ended: Option<String>,
}

impl AnswerState {
    /// Matches answers identified as those of one of Cohere's APIs.
    pub fn is_cohere_family(&self) -> bool {
        matches!(self.invoked, Some(InvokedApi::Cohere | InvokedApi::CohereEmbed))
    }
}

/// Copies a text of an answer, up to an upper bound.
pub(super) fn bounded(text: &str) -> String {
    text.get(..text.floor_char_boundary(LONGEST_TEXT)).unwrap_or_default().to_owned()
}

/// Upper bound on a text of the state, in bytes.
const LONGEST_TEXT: usize = 1024;
