//! `tollgate translate`: a request, an answer or a stream in another API's form, by the same readers and writers as in
//! the filter.

use clap::{Args, ValueEnum};
use std::io::{Read, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, StreamTranslator, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::model::{AnswerContext, Event, Losses, Request, Untranslatable, Variant, WriteTarget};
use tollgate::settings::Limits;

/// Write a request, an answer or a stream in the form of another API
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TranslateCommand {
    /// API of what standard input holds
    #[arg(long, value_name = "DIALECT")]
    from: ApiName,
    /// API in whose form it is written
    #[arg(long, value_name = "DIALECT")]
    to: ApiName,
    /// Standard input is a whole answer, not a request
    #[arg(long, conflicts_with = "stream")]
    answer: bool,
    /// Standard input is a streamed answer, in the framing of its API
    #[arg(long)]
    stream: bool,
    /// The client's request that the answer belongs to, in the form of the API written
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Model to ask for, in place of the request's
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
}

const EXAMPLES: &str = r#"Reads standard input and writes standard output. What the other API cannot say is named on standard error, one
line each: "lost: FIELD".

Examples:
  A request of chat completions for Claude:
    echo '{"model":"gpt-4o","seed":1,"messages":[{"role":"user","content":"Hello"}]}' |
      tollgate translate --from openai_chat --to anthropic_messages --model claude-sonnet-4-5

  Claude's answer for a client of chat completions:
    echo '{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text",
      "text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}' |
      tollgate translate --from anthropic_messages --to openai_chat --answer

Exit status: 0 translated; 1 the other API cannot carry it, for the reason on standard error; 2 wrong usage, or a file
could not be read."#;

/// API, by its name at the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum ApiName {
    #[value(name = "openai_chat")]
    OpenAiChat,
    #[value(name = "openai_compatible")]
    OpenAiCompatible,
    #[value(name = "openai_responses")]
    OpenAiResponses,
    AnthropicMessages,
    Gemini,
    BedrockConverse,
    BedrockAnthropic,
    #[value(name = "cohere_v2")]
    CohereV2,
    Mistral,
    Ollama,
    #[value(name = "openai_embeddings")]
    OpenAiEmbeddings,
    GeminiEmbed,
    CohereEmbed,
    BedrockTitanEmbed,
    MistralEmbeddings,
    OllamaEmbed,
    VoyageEmbeddings,
    CohereRerank,
    VoyageRerank,
    JinaRerank,
}

impl ApiName {
    /// Dialect, the form of it that the provider takes, and a path of its operation.
    fn form(self) -> (Dialect, Variant, &'static str) {
        use Variant::{Bedrock, Common, Compatible, Jina, Mistral, Voyage};
        match self {
            Self::OpenAiChat => (Dialect::OpenAiChat, Common, "/v1/chat/completions"),
            Self::OpenAiCompatible => (Dialect::OpenAiChat, Compatible, "/v1/chat/completions"),
            Self::OpenAiResponses => (Dialect::OpenAiResponses, Common, "/v1/responses"),
            Self::AnthropicMessages => (Dialect::AnthropicMessages, Common, "/v1/messages"),
            Self::Gemini => (Dialect::GeminiGenerate, Common, "/v1beta/models/m:streamGenerateContent"),
            Self::BedrockConverse => (Dialect::BedrockConverse, Common, "/model/m/converse-stream"),
            Self::BedrockAnthropic => {
                (Dialect::AnthropicMessages, Bedrock, "/model/anthropic.claude/invoke-with-response-stream")
            }
            Self::CohereV2 => (Dialect::CohereV2, Common, "/v2/chat"),
            Self::Mistral => (Dialect::OpenAiChat, Mistral, "/v1/chat/completions"),
            Self::Ollama => (Dialect::Ollama, Common, "/api/chat"),
            Self::OpenAiEmbeddings => (Dialect::OpenAiEmbeddings, Common, "/v1/embeddings"),
            Self::GeminiEmbed => (Dialect::GeminiEmbed, Common, "/v1beta/models/m:batchEmbedContents"),
            Self::CohereEmbed => (Dialect::CohereEmbed, Common, "/v2/embed"),
            Self::BedrockTitanEmbed => (Dialect::BedrockTitan, Common, "/model/amazon.titan-embed-text-v2:0/invoke"),
            Self::MistralEmbeddings => (Dialect::OpenAiEmbeddings, Mistral, "/v1/embeddings"),
            Self::OllamaEmbed => (Dialect::Ollama, Common, "/api/embed"),
            Self::VoyageEmbeddings => (Dialect::OpenAiEmbeddings, Voyage, "/v1/embeddings"),
            Self::CohereRerank => (Dialect::Rerank, Common, "/v2/rerank"),
            Self::VoyageRerank => (Dialect::Rerank, Voyage, "/v1/rerank"),
            Self::JinaRerank => (Dialect::Rerank, Jina, "/v1/rerank"),
        }
    }

    fn dialect(self) -> Dialect {
        self.form().0
    }
}

impl TranslateCommand {
    pub(crate) fn run(self) -> ExitCode {
        let mut input = Vec::new();
        if let Err(error) = stdin().read_to_end(&mut input) {
            return fail(2, &format!("standard input: {error}"));
        }
        let mut losses = Losses::default();
        let written = match self.context() {
            Err(message) => return fail(2, &message),
            Ok(_) if !self.answer && !self.stream => self.write_request(&input, &mut losses).map(String::into_bytes),
            Ok(context) if self.stream => self.write_stream(&input, context),
            Ok(context) => self.write_answer(&input, &context, &mut losses).map(String::into_bytes),
        };
        let lines: String = losses.names().into_iter().map(|name| format!("lost: {name}\n")).collect();
        let _ = stderr().write_all(lines.as_bytes());
        let written = match written {
            Ok(written) => written,
            Err(reason) => return fail(1, &reason.to_string()),
        };
        let mut out = stdout().lock();
        match out.write_all(&written).and_then(|()| out.flush()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(2, &format!("standard output: {error}")),
        }
    }

    /// Target of a request from one API to another: its model, with the facts about it.
    fn target<'t>(&'t self, (from, to): (ApiName, ApiName), request: &Request) -> WriteTarget<'t> {
        let model = self.model.as_deref();
        let named = model.or(request.model.as_deref()).unwrap_or_default();
        WriteTarget {
            model,
            variant: to.form().1,
            client: from.form().1,
            capabilities: tollgate::capability::lookup(named),
            ..WriteTarget::default()
        }
    }

    fn write_request(&self, input: &[u8], losses: &mut Losses) -> Result<String, Untranslatable> {
        let document = Document::new(input).map_err(|_| Untranslatable::Malformed)?;
        let request = read(self.from.dialect(), document)?;
        let (dialect, edits) = (self.from.dialect(), Edits::default());
        let source = TranslationSource { dialect, document, edits: &edits, read: &request };
        Ok(self.to.dialect().write_request(&source, &self.target((self.from, self.to), &request), losses)?.body)
    }

    /// Facts of the call that the answer belongs to. Without its request usage is always written.
    fn context(&self) -> Result<AnswerContext, String> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let mut context =
            AnswerContext { now, id: format!("tollgate-{now}"), stream_usage: true, ..AnswerContext::default() };
        (context.model, context.variant) = (self.model.clone().unwrap_or_default(), self.to.form().1);
        let Some(file) = self.request.as_ref().filter(|_| self.answer || self.stream) else { return Ok(context) };
        let body = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let of_file = |reason: Untranslatable| format!("{}: {reason}", file.display());
        let document = Document::new(&body).map_err(|_| of_file(Untranslatable::Malformed))?;
        let request = read(self.to.dialect(), document).map_err(of_file)?;
        context.stream_usage = request.usage_asked;
        context.model = request.model.clone().unwrap_or_default();
        // The provider got the request in its own form.
        let edits = Edits::default();
        let source = TranslationSource { dialect: self.to.dialect(), document, edits: &edits, read: &request };
        let target = self.target((self.to, self.from), &request);
        let written = self.from.dialect().write_request(&source, &target, &mut Losses::default());
        if let Ok(written) = written {
            (context.schema_tool, context.tool_names) = (written.schema_tool, written.tool_names);
            (context.custom_tools, context.embedding) = (written.custom_tools, written.embedding);
        }
        Ok(context)
    }

    fn write_answer(
        &self,
        input: &[u8],
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Result<String, Untranslatable> {
        let document = Document::new(input).map_err(|_| Untranslatable::Malformed)?;
        let (mut state, mut events) = (AnswerState::default(), Vec::new());
        let (from, to) = (self.from.dialect(), self.to.dialect());
        from.read_answer(AnswerFrame::whole(document), &mut state, &mut events)
            .map_err(|_| Untranslatable::Malformed)?;
        let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
        match to.write_error(&source, None) {
            Some(error) => Ok(error),
            None => to.write_answer(&source, context, losses),
        }
    }

    fn write_stream(&self, input: &[u8], context: AnswerContext) -> Result<Vec<u8>, Untranslatable> {
        let (from, _, path) = self.from.form();
        let to = self.to.dialect();
        // Gemini's own framing is that of clients that do not ask for another; the SDKs ask for events.
        let framing = if to == Dialect::GeminiGenerate { Framing::ServerSentEvents } else { to.stream() };
        let mut translator = to.translate_stream(from, framing, context)?;
        let route = Route::of("POST", path, &[]);
        let kind = match (self.from, input.first()) {
            (ApiName::BedrockConverse | ApiName::BedrockAnthropic, _) => "application/vnd.amazon.eventstream",
            (ApiName::Ollama, _) => "application/x-ndjson",
            (ApiName::Gemini, Some(b'[')) => "application/json",
            _ => "text/event-stream",
        };
        let headers: Headers = [(":status", "200"), ("content-type", kind)]
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let mut decoder = AnswerDecoder::new(&route, true, &headers, Limits::default());
        let mut out = Vec::new();
        decoder.push(input, true, &mut |decoded| push(&mut translator, &decoded, &mut out));
        translator.finish(&mut out);
        Ok(out)
    }
}

fn push(translator: &mut StreamTranslator, decoded: &Decoded<'_>, out: &mut Vec<u8>) {
    if let Decoded::Frame { frame, .. } = decoded
        && frame.is_exception
    {
        translator.name_failure(&frame.name);
    }
    let (Decoded::Frame { said: Some(said), .. } | Decoded::Whole { said: Some(said), .. }) = decoded else { return };
    let events: &[Event] = said.events;
    translator.push(events, said.document, &Edits::default(), out);
}

fn read(dialect: Dialect, document: Document<'_>) -> Result<Request, Untranslatable> {
    dialect.read_request(document).map_err(|_| Untranslatable::Malformed)
}

fn fail(status: u8, message: &str) -> ExitCode {
    let _ = writeln!(stderr(), "tollgate translate: {message}");
    ExitCode::from(status)
}
