//! IBM watsonx.ai: text generation, chat, embeddings and reranking, whole and streamed.
//! <https://cloud.ibm.com/apidocs/watsonx-ai>, read 2026-11-21.
//!
//! Chat is OpenAI's except for the name `model_id`. Events of a stream have a name, an id and a piece of a whole
//! answer. Skips `generated_tokens` and `input_tokens`, which are texts token by token.

use super::answer_members::{self, AnswerMember, opaque};
use super::answer_state::AnswerState;
use super::api::{AnswerFrame, Api, WrittenFrame};
use super::failure::Reported;
use super::output_format::{self, FORMAT};
use super::parameters::{self, Row, read_setting, row};
use super::request_error::RequestError;
use super::texts::{non_empty, read_property, read_rest, set_choice, text};
use super::tools::{read_choice, read_plain_tools};
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Node, Owner, Parameter, Property, Refusal, Reply, Request, Role, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = super::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = super::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model_id", "input", "inputs", "query", "messages"]);
        match &*key {
            "model_id" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "input" | "query" => read_input(reader, 0, &mut request)?,
            "inputs" => {
                reader.maybe_array(|reader, index| read_input(reader, index, &mut request))?;
            }
            "messages" => {
                reader.maybe_array(|reader, index| super::openai::chat::read_message(reader, index, &mut request))?;
            }
            "parameters" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            "project_id" | "space_id" => reader.opaque()?,
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    super::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads a text, or an object around one, as a message of its own.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    request.items.open(Node::Message(Some(Role::User)));
    reader.scalars(&mut |part| {
        if let Scalar::String(span) = part {
            request.items.push_text(TextSpan { role: Some(Role::User), ..text(span, index) });
        }
    })?;
    request.items.close();
    Ok(())
}

/// Names of parameters, in `parameters`; chat has them next to its messages.
const ROWS: &[Row] = &[
    row("max_tokens", Parameter::MaxTokens),
    row("max_completion_tokens", Parameter::MaxTokens),
    row("max_new_tokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("random_seed", Parameter::Seed),
    row("seed", Parameter::Seed),
    row("n", Parameter::Choices),
    row("reasoning_effort", Parameter::ReasoningLevel),
    row("stop_sequences", Parameter::Stop),
    row("stop", Parameter::Stop),
    row("logprobs", Parameter::Logprobs),
    row("top_logprobs", Parameter::TopLogprobs),
];

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "response_format" => output_format::read(reader, &FORMAT, request),
        "tools" => read_plain_tools(reader, request),
        "tool_choice" | "tool_choice_option" => read_choice(reader, request),
        _ => read_setting(reader, ROWS, key, request),
    }
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut results = Results { is_whole: frame.is_whole, ..Results::default() };
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model_id" | "modelId" | "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "created" => events.extend(reader.maybe_count()?.map(Event::Created)),
            "results" => {
                answered = true;
                reader.maybe_array(|reader, index| results.read(reader, index, events))?;
            }
            "choices" => {
                answered = true;
                reader.maybe_array(|reader, index| {
                    super::openai::chat::answer::read_chat_choice(reader, index, frame.is_whole, events)
                })?;
            }
            "usage" => super::openai::usage::read(reader, events)?,
            "input_token_count" => results.counts.input = reader.maybe_count()?,
            // Result of tokenization: number of tokens, and the tokens.
            "result" | "created_at" | "model_version" | "object" => reader.skip()?,
            // For IBM's support.
            "trace" | "status_code" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    results.finish(events);
    if frame.name == "close" {
        events.push(Event::End);
    }
    reported.finish(answered, events);
    reader.finish()
}

/// Output of generation, embeddings and reranking.
#[derive(Default)]
struct Results {
    is_whole: bool,
    counts: ReportedUsage,
}

impl Results {
    fn read(&mut self, reader: &mut Reader<'_>, choice: u32, events: &mut Vec<Event>) -> JsonResult {
        let document = reader.document();
        let (first, mut reason) = (events.len(), None);
        events.push(Event::Choice(choice));
        reader.maybe_object(|reader, key| {
            match &*key {
                "generated_text" => {
                    let channel = Channel { choice, part: 0, content: Content::Text };
                    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
                }
                "generated_token_count" => add(&mut self.counts.output, reader.maybe_count()?),
                // The first event of a stream counts the input; later ones have a zero here.
                "input_token_count" => {
                    let count = reader.maybe_count()?.filter(|count| self.is_whole || *count > 0);
                    add(&mut self.counts.input, count);
                }
                "stop_reason" => reason = non_empty(reader)?,
                "embedding" => {
                    let vector = (Property::Vector, Owner::CHOICE);
                    read_property(reader, vector, events, |reader, events| read_vector(reader, choice, events))?;
                }
                "input_tokens" => reader.skip()?,
                _ if answer_members::read(RESULT, reader, &key, events)? => {}
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })?;
        set_choice(events, first, choice);
        let goes_on = |reason: Span| document.raw(reason).eq_ignore_ascii_case("not_finished");
        events.extend(reason.filter(|reason| !goes_on(*reason)).map(|reason| Event::Finish { choice, reason }));
        Ok(())
    }

    /// Appends the usage. Each event reports the output so far, and only one reports the input.
    fn finish(self, events: &mut Vec<Event>) {
        let (convention, source, raw) = (UsageConvention::CacheExcluded, UsageSource::Body, Span::default());
        if !self.counts.is_empty() {
            events.push(Event::Usage(Box::new(UsageReport { counts: self.counts, convention, source, raw })));
        }
    }
}

/// Members of a result. Probabilities are of single tokens: none holds a whole placeholder.
const RESULT: &[AnswerMember] = &[
    opaque("generated_tokens", Property::Logprobs, Owner::CHOICE),
    opaque("moderations", Property::Verdicts, Owner::CHOICE),
    opaque("score", Property::Score, Owner::CHOICE),
    opaque("index", Property::DocumentIndex, Owner::CHOICE),
];

fn add(known: &mut Option<u64>, count: Option<u64>) {
    *known = known.map_or(count, |sum| Some(sum.saturating_add(count.unwrap_or_default())));
}

/// Reads a vector of an embedding. All have the length of the first.
fn read_vector(reader: &mut Reader<'_>, choice: u32, events: &mut Vec<Event>) -> JsonResult {
    if choice > 0 || reader.peek()? != ValueKind::Array {
        return reader.skip();
    }
    let numbers = reader.length()?;
    events.extend((numbers > 0).then_some(Event::Dimensions(numbers)));
    Ok(())
}

/// Writes an event that serves both a chat and a generation: clients read the member that they know.
fn write_text(state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let chat = super::openai::chat::write_text(state, reply, channel, text).data;
    let mut data = String::from(r#"{"model_id":""#);
    escape_into(reply.model.as_deref().unwrap_or_default(), &mut data);
    data.push_str("\",");
    if channel.content == Content::Text {
        data.push_str(r#""results":[{"generated_text":""#);
        escape_into(text, &mut data);
        data.push_str(r#"","stop_reason":"not_finished"}],"#);
    }
    data.push_str(chat.strip_prefix('{').unwrap_or("}"));
    WrittenFrame { name: "message", data }
}

/// Writes an error: <https://cloud.ibm.com/apidocs/watsonx-ai#error-handling>, read 2026-11-21.
fn write_refusal(refusal: &Refusal) -> String {
    let status = refusal.status();
    let mut body = String::new();
    let _ = write!(body, r#"{{"errors":[{{"code":"{}","message":""#, refusal.code());
    escape_into(&refusal.message(), &mut body);
    let _ = write!(body, r#""}}],"status_code":{status}}}"#);
    body
}
