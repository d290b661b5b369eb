//! The span of a call, by the GenAI conventions' span `gen_ai.client.inference`.

use super::attributes as row;
use super::protobuf::{begin, put_bytes, put_fixed32, put_fixed64, put_number};
use super::wire::{AttributeWriter, LONGEST_LIST, cut};
use crate::model::Extra;
use crate::price::{Cost, DecimalText, dollars};
use crate::record::{AttemptRecord, CallRecord, Captured, GuardDecision, GuardRecord, MovedOn, Outcome};
use crate::settings::Names;
use crate::usage::{Bucket, Usage};
use std::borrow::Cow;

/// Encodes the span of a call, an OTLP `Span`, with attributes under `names`; ready for [`Outbox::push`].
///
/// It is for export, and so has the sampled flag. Calls that were refused, cut or not understood have spans too.
///
/// [`Outbox::push`]: super::Outbox::push
pub fn encode(record: &CallRecord, names: Names) -> Vec<u8> {
    let mut span = Vec::new();
    encode_into(record, names, &mut span);
    span
}

/// [`encode`], appended to a buffer.
pub fn encode_into(record: &CallRecord, names: Names, span: &mut Vec<u8>) {
    // Fields are in the order of their numbers.
    span.reserve(USUAL_LENGTH);
    put_head(record, span);
    put_attributes(record, &mut AttributeWriter::new(span, names, is_openai(record)));
    // Unset on success, as instrumentations shall leave it. No description: `error.type` has all that may be published,
    // and a provider's message may quote the prompt.
    if record.outcome != Outcome::Answered {
        begin(STATUS, 2, span);
        put_number(STATUS_CODE, ERROR, span);
    }
    put_fixed32(FLAGS, flags(record), span);
}

/// Writes the fields before the attributes; empty ones are left out.
fn put_head(record: &CallRecord, span: &mut Vec<u8>) {
    let trace = &record.trace;
    put_bytes(TRACE_ID, &trace.trace_id, span);
    put_bytes(SPAN_ID, &trace.span_id, span);
    if let Some(state) = trace.state.as_ref().filter(|state| !state.is_empty()) {
        put_bytes(TRACE_STATE, state.as_bytes(), span);
    }
    if let Some(parent) = &trace.parent_id {
        put_bytes(PARENT_SPAN_ID, parent, span);
    }
    put_name(record, span);
    put_number(KIND, CLIENT, span);
    let times = [(START_TIME, record.started), (END_TIME, record.ended.max(record.started))];
    for (tag, time) in times.into_iter().filter(|(_, time)| *time > 0) {
        put_fixed64(tag, time, span);
    }
}

/// Writes the name of the span: `chat gpt-5`, without a missing model; one fixed word where the operation is missing.
fn put_name(record: &CallRecord, span: &mut Vec<u8>) {
    let operation = record.operation.unwrap_or(UNKNOWN_OPERATION);
    match &record.request_model {
        Some(model) => {
            let model = cut(model);
            begin(NAME, operation.len() + 1 + model.len(), span);
            span.extend_from_slice(operation.as_bytes());
            span.push(b' ');
            span.extend_from_slice(model.as_bytes());
        }
        None => put_bytes(NAME, operation.as_bytes(), span),
    }
}

/// The W3C flags, and OTLP's own two above them: "remote is known" and "the parent is remote".
fn flags(record: &CallRecord) -> u32 {
    let remote = if record.trace.parent_id.is_some() && !record.shadow { 0x300 } else { 0x100 };
    u32::from(record.trace.flags_when(true)) | remote
}

fn put_attributes(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    put_target(record, into);
    put_parameters(record, into);
    if let Some(attempt) = record.last_attempt() {
        put_reply(record, attempt, into);
        if let Some(usage) = &attempt.reply.usage {
            put_usage(usage, record.belongs_to_other_call, into);
        }
        into.flag(&row::USAGE_ESTIMATED, attempt.usage_estimated);
    }
    put_cost(record, into);
    put_outcome(record, into);
    put_caller(record, into);
    put_content(&record.content, into);
}

/// Operation, provider, server and model.
fn put_target(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    into.text(&row::OPERATION, record.operation);
    into.text(&row::API_OPERATION, record.api_operation);
    if let Some(AttemptRecord { provider, server: (address, port), .. }) = record.last_attempt() {
        into.renamed(&row::PROVIDER, provider, row::legacy_provider(provider));
        if is_openai(record) {
            into.text(&row::API_TYPE, record.api_type);
        }
        into.text(&row::SERVER_ADDRESS, Some(address));
        into.number(&row::SERVER_PORT, Some(*port));
    }
    into.text(&row::REQUEST_MODEL, record.request_model.as_deref());
    if record.attempts.iter().any(|attempt| attempt.model.is_some()) {
        put_attempts(record, into);
    }
    into.flag(&row::SHADOW, record.shadow);
    if let Some(route) = &record.route {
        into.text(&row::ROUTE_REASON, Some(route.reason.name()));
        into.texts(&row::ROUTE_PASSED_OVER, route.passed_over.iter().map(String::as_str));
    }
}

/// Attempts at the targets of a model.
#[cold]
fn put_attempts(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    let attempts = &record.attempts;
    into.texts(&row::ATTEMPT_PROVIDERS, attempts.iter().map(|attempt| &*attempt.provider));
    into.texts(&row::ATTEMPT_MODELS, attempts.iter().map(|attempt| attempt.model.as_deref().unwrap_or_default()));
    let ends: Vec<Cow<'_, str>> = attempts.iter().map(|attempt| end_of(record, attempt)).collect();
    into.texts(&row::ATTEMPT_ENDS, ends.iter().map(|end| &**end));
    let durations = attempts.iter().filter_map(|attempt| attempt.duration);
    let durations: Vec<String> = durations.map(|duration| format!("{:.3}", seconds(duration))).collect();
    into.texts(&row::ATTEMPT_DURATIONS, durations.iter().map(String::as_str));
    if attempts.len() > 1 && attempts.iter().any(|attempt| !attempt.lost.is_empty()) {
        let lost: Vec<String> = attempts.iter().map(|attempt| attempt.lost.join(", ")).collect();
        into.texts(&row::ATTEMPT_LOST, lost.iter().map(String::as_str));
    }
    if let Some(last) = attempts.last() {
        into.texts(&row::LOST_REQUEST, last.lost.iter().map(String::as_str));
        into.texts(&row::LOST_ANSWER, last.lost_in_answer.iter().map(String::as_str));
    }
}

/// Words for the end of an attempt.
fn end_of<'a>(record: &CallRecord, attempt: &AttemptRecord) -> Cow<'a, str> {
    match (attempt.moved_on, attempt.status.filter(|status| *status >= 400)) {
        (None | Some(MovedOn::Status), Some(status)) => Cow::Owned(format!("status {status}")),
        (Some(reason), _) => Cow::Borrowed(reason.name()),
        (None, None) => Cow::Borrowed(outcome_name(&record.outcome)),
    }
}

const fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Failed { .. } => "failed",
        Outcome::Refused { .. } => "refused",
        Outcome::CutByClient => "cut_by_client",
        Outcome::CutByProvider { .. } => "cut_by_provider",
    }
}

/// Parameters of the request.
fn put_parameters(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    let asked = &record.parameters;
    into.flag(&row::STREAM, record.stream);
    into.number(&row::MAX_TOKENS, asked.max_tokens);
    into.double(&row::TEMPERATURE, asked.temperature);
    into.double(&row::TOP_P, asked.top_p);
    into.number(&row::TOP_K, asked.top_k);
    into.double(&row::FREQUENCY_PENALTY, asked.frequency_penalty);
    into.double(&row::PRESENCE_PENALTY, asked.presence_penalty);
    into.number(&row::SEED, asked.seed);
    into.number(&row::CHOICES, asked.choices.filter(|count| *count != 1));
    into.texts(&row::STOP, asked.stop.iter().map(String::as_str));
    into.text(&row::REASONING_LEVEL, asked.reasoning_level.as_deref());
    into.text(&row::OUTPUT_TYPE, asked.output_type);
    if is_openai(record) {
        let tier = asked.service_tier.as_deref().filter(|tier| *tier != "auto");
        into.text(&row::REQUEST_TIER, tier);
    }
}

/// Facts of the answer.
fn put_reply(record: &CallRecord, attempt: &AttemptRecord, into: &mut AttributeWriter<'_>) {
    let AttemptRecord { reply, pace, .. } = attempt;
    into.text(&row::RESPONSE_ID, reply.id.as_deref());
    into.text(&row::RESPONSE_MODEL, reply.model.as_deref());
    into.texts(&row::FINISH_REASONS, finish_reasons(record, attempt));
    let first_chunk = attempt.first_chunk.filter(|_| record.stream);
    into.double(&row::FIRST_CHUNK, first_chunk.map(seconds));
    into.double(&row::FIRST_TOKEN, attempt.first_token.map(seconds));
    into.double(&row::TOKEN_GAP, pace.mean_gap().map(seconds));
    into.double(&row::LONGEST_GAP, pace.mean_gap().map(|_| seconds(pace.longest_gap)));
    into.flag(&row::REFUSED, reply.refused);
    // A vector of an embedding or a place in a ranking is not a choice.
    let has_choices = reply.finish_reasons.iter().any(Option::is_some);
    into.number(&row::CHOICES_ANSWERED, Some(reply.finish_reasons.len()).filter(|count| has_choices && *count > 1));
    into.number(&row::DIMENSIONS, reply.dimensions);
    into.text(&row::REQUEST_ID, reply.extra(Extra::RequestId));
    if is_openai(record) {
        into.text(&row::RESPONSE_TIER, reply.service_tier.as_deref());
        into.text(&row::FINGERPRINT, reply.fingerprint.as_deref());
    }
}

/// Converts nanoseconds to seconds.
fn seconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

/// Finish reasons of the choices, with `error` for a choice that broke off without one.
///
/// A call that broke off before the provider began to answer has no choices, and so no reasons.
fn finish_reasons<'a>(record: &CallRecord, attempt: &'a AttemptRecord) -> impl Iterator<Item = &'a str> + Clone {
    let reply = &attempt.reply;
    let known = &reply.finish_reasons;
    let begun = reply.id.is_some() || reply.model.is_some() || attempt.first_chunk.is_some();
    let broken = match record.outcome {
        Outcome::Failed { .. } | Outcome::CutByClient | Outcome::CutByProvider { .. } => true,
        Outcome::Answered | Outcome::Refused { .. } => false,
    };
    let expected = if begun && broken {
        let asked = record.parameters.choices.unwrap_or(1);
        usize::try_from(asked).unwrap_or(LONGEST_LIST)
    } else {
        0
    };
    // A choice that was answered without a finish reason has none; one that broke off has `error`.
    let missing = broken.then_some("error");
    (0..expected.max(known.len())).filter_map(move |choice| known.get(choice).and_then(Option::as_deref).or(missing))
}

/// Tokens: totals first, then their parts. A zero reported by the provider is written, except for audio, which few
/// calls have. Usage of another call has a name of its own, so that no sum includes it.
fn put_usage(usage: &Usage, elsewhere: bool, into: &mut AttributeWriter<'_>) {
    let some = |bucket| usage.count(bucket).filter(|count| *count > 0);
    let put = |attribute: &row::Attribute, count: Option<u64>, into: &mut AttributeWriter<'_>| match count
        .filter(|_| elsewhere)
    {
        Some(count) => into.number_of(&row::COUNTED, attribute.latest.strip_prefix(USAGE).unwrap_or_default(), count),
        None => into.number(attribute, count),
    };
    put(&row::INPUT_TOKENS, usage.input_total(), into);
    put(&row::CACHE_READ, usage.cache_read_total(), into);
    put(&row::CACHE_WRITE, usage.cache_write_total(), into);
    put(&row::AUDIO_INPUT, some(Bucket::InputAudio), into);
    put(&row::IMAGE_INPUT, some(Bucket::InputImage), into);
    put(&row::OUTPUT_TOKENS, usage.output_total(), into);
    put(&row::REASONING_TOKENS, usage.count(Bucket::Reasoning), into);
    put(&row::AUDIO_OUTPUT, some(Bucket::OutputAudio), into);
    put(&row::IMAGE_OUTPUT, some(Bucket::OutputImage), into);
    for (bucket, count) in usage.reported().filter(|(bucket, count)| *count > 0 && !has_name(*bucket)) {
        let stem = if elsewhere { &row::COUNTED } else { &row::USAGE_UNITS };
        into.number_of(stem, bucket.name(), count);
    }
}

/// Reports whether a bucket is in one of the counts named by the conventions, and in no other bucket's.
const fn has_name(bucket: Bucket) -> bool {
    matches!(
        bucket,
        Bucket::Input
            | Bucket::CacheRead
            | Bucket::CacheWrite5m
            | Bucket::InputAudio
            | Bucket::InputImage
            | Bucket::Output
            | Bucket::Reasoning
            | Bucket::OutputAudio
            | Bucket::OutputImage
    )
}

/// Cost, or the reason why it is unknown.
fn put_cost(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    match &record.cost {
        Cost::Exact { total, parts, entry } => {
            into.double(&row::USAGE_COST, Some(dollars(*total)));
            into.amount(&row::COST_TOTAL, &DecimalText::of(*total));
            for (bucket, part) in parts {
                into.amount_of(&row::COST_PART, bucket.name(), &DecimalText::of(*part));
            }
            into.text(&row::COST_ENTRY, Some(entry));
        }
        // Nothing was bought, so nothing is unknown about it.
        Cost::Unknown(_) if record.is_free() => {}
        Cost::Unknown(reason) => into.text(&row::COST_UNKNOWN, Some(reason.name())),
    }
    into.text(&row::COST_REPORTED, record.last_attempt().and_then(|attempt| attempt.reply.extra(Extra::Cost)));
}

/// Outcome of the call.
fn put_outcome(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    let error = match &record.outcome {
        Outcome::Answered => None,
        Outcome::Failed { error } | Outcome::CutByProvider { error } => Some(error.as_str()),
        Outcome::Refused { error } => Some(*error),
        Outcome::CutByClient => Some("client_disconnected"),
    };
    into.text(&row::OUTCOME, Some(outcome_name(&record.outcome)));
    into.text(&row::ERROR_TYPE, error.map(|error| if error.is_empty() { "_OTHER" } else { error }));
    if let Some(failure) = record.last_attempt().and_then(|attempt| attempt.reply.failure.as_ref()) {
        let [kind, code] =
            [&failure.kind, &failure.code].map(|word| word.as_deref().filter(|word| is_low_in_cardinality(word)));
        into.text(&row::PROVIDER_ERROR, kind);
        into.text(&row::PROVIDER_ERROR_CODE, code);
    }
    into.number(&row::STATUS, record.status);
}

/// Caller, tool calls, and Tollgate's own processing.
fn put_caller(record: &CallRecord, into: &mut AttributeWriter<'_>) {
    let caller = &record.caller;
    into.text(&row::KEY_ID, caller.key_id.as_deref());
    into.text(&row::TEAM, caller.team.as_deref());
    into.text(&row::USER, caller.user.as_deref());
    into.text(&row::FEATURE, caller.feature.as_deref());
    let tools = |builtin| {
        record
            .last_attempt()
            .into_iter()
            .flat_map(|attempt| attempt.reply.tool_calls.iter())
            .filter(move |call| call.builtin == builtin)
    };
    into.texts(&row::TOOL_CALLS, tools(false).filter_map(|call| call.name.as_deref()));
    into.texts(&row::TOOL_CALL_IDS, tools(false).filter_map(|call| call.id.as_deref()));
    into.texts(&row::BUILTIN_TOOL_CALLS, tools(true).filter_map(|call| call.name.as_deref()));
    for (kind, count) in &record.redacted {
        into.number_of(&row::REDACTED, kind, *count);
    }
    if let Some(guard) = &record.guard {
        put_guard(guard, into);
    }
    into.texts(&row::NOTES, record.notes.iter().map(|note| note.name()));
}

/// Question to the guard.
fn put_guard(guard: &GuardRecord, into: &mut AttributeWriter<'_>) {
    into.text(&row::GUARD, Some(guard.decision.name()));
    into.text(&row::GUARD_RULE, guard.rule.as_deref());
    if let GuardDecision::Failed(fault) = guard.decision {
        into.text(&row::GUARD_ERROR, Some(&fault.name()));
    }
    into.double(&row::GUARD_DURATION, guard.waited.map(seconds));
}

/// Captured content of the conversation.
fn put_content(content: &Captured, into: &mut AttributeWriter<'_>) {
    match content {
        Captured::Nothing => {}
        Captured::Hashes { input, output } => {
            into.whole(&row::INPUT_HASH, input);
            into.whole(&row::OUTPUT_HASH, output);
        }
        Captured::Messages { system, input, output } => {
            into.whole(&row::SYSTEM_INSTRUCTIONS, system.as_deref().unwrap_or_default());
            into.whole(&row::INPUT_MESSAGES, input);
            into.whole(&row::OUTPUT_MESSAGES, output);
        }
    }
}

/// Reports whether the provider is OpenAI: `openai.*` attributes are not for others that speak its dialect.
fn is_openai(record: &CallRecord) -> bool {
    record.last_attempt().is_some_and(|attempt| &*attempt.provider == "openai")
}

/// Reports whether a provider's word for an error may be an attribute: error types and codes, not sentences.
pub fn is_low_in_cardinality(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    !word.is_empty() && word.len() <= 64 && word.bytes().all(plain)
}

/// Prefix of the conventions' names of counts.
const USAGE: &str = "gen_ai.usage.";
/// Name of the span of a call whose path no dialect knows.
const UNKNOWN_OPERATION: &str = "tollgate.unknown";
/// Attributes of a usual span, in bytes: allocated once.
const USUAL_LENGTH: usize = 2048;

// Field numbers of `Span` and `Status`, and values of `SpanKind` and `StatusCode`, in `opentelemetry-proto` 1.11.
const TRACE_ID: u32 = 1;
const SPAN_ID: u32 = 2;
const TRACE_STATE: u32 = 3;
const PARENT_SPAN_ID: u32 = 4;
const NAME: u32 = 5;
const KIND: u32 = 6;
const CLIENT: u64 = 3;
const START_TIME: u32 = 7;
const END_TIME: u32 = 8;
const STATUS: u32 = 15;
const STATUS_CODE: u32 = 3;
const ERROR: u64 = 2;
const FLAGS: u32 = 16;
