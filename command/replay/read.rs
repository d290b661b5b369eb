//! Decoding: passes one exchange through the core as a call would, and collects its facts.

use super::exchange::{Address, RecordedExchange};
use super::facts::{ErrorFacts, Facts, SomeFacts, number_or_text};
use super::fold::Fold;
use super::kind;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tollgate::attempt::{AnswerDecoder, Headers};
use tollgate::dialect::{Dialect, read_form, read_unknown_request};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::framing::multipart;
use tollgate::model::{Extra, Parameters, Request};
use tollgate::provider::{ProviderRow, ROWS};
use tollgate::settings::Limits;
use tollgate::usage::{UsageConvention, UsageSource};

/// A provider that the command line assigns to a host.
#[derive(Clone, Debug)]
pub(crate) struct ProviderHost {
    host: String,
    port: Option<u16>,
    provider: String,
}

impl ProviderHost {
    /// Parses `HOST[:PORT]=PROVIDER`.
    ///
    /// # Errors
    /// The missing part, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (place, provider) = text.split_once('=').ok_or("no '=': write HOST=PROVIDER")?;
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| format!("'{port}' is no port"))?)),
            None => (place, None),
        };
        if host.is_empty() || provider.is_empty() {
            return Err("write HOST=PROVIDER".to_owned());
        }
        Ok(Self { host: host.to_ascii_lowercase(), port, provider: provider.to_owned() })
    }

    fn is_at(&self, address: Address<'_>) -> bool {
        self.host.eq_ignore_ascii_case(address.host) && self.port.is_none_or(|port| port == address.port)
    }
}

/// The facts of an exchange. `split`: the answer arrives in pieces of so many bytes.
pub(crate) fn read(exchange: &RecordedExchange, hosts: &[ProviderHost], split: Option<u64>) -> Facts {
    let address = exchange.request.address();
    let place = hosts.iter().find(|place| place.is_at(address));
    let row = match place {
        Some(place) => named(&place.provider),
        None => ProviderRow::at(address.host, address.port, address.path),
    };
    let known = row.map(|row| row.telemetry_name.to_owned());
    let provider = known.or_else(|| place.map(|place| place.provider.clone()));
    let route = Route::of(&exchange.request.method, address.path, row.map_or(&[], |row| row.endpoints));
    let (request, note) = requested(&route, &exchange.request.headers, &exchange.request.body);
    let stream = route.stream.unwrap_or(request.stream);
    // Other dialects report usage in streams by default, so there is no request for it.
    let asks_usage =
        matches!(route.dialect, Some(Dialect::OpenAiChat | Dialect::OpenAiCompletions)) && request.usage_asked;
    let mut facts = Facts {
        id: exchange.id.clone(),
        provider,
        operation: route.operation.map_or("other", |operation| operation.name),
        stream,
        status: exchange.response.status,
        request_params: params(&request, asks_usage),
        request_model: request.model.or_else(|| route.model.clone()),
        ..Facts::default()
    };
    facts.notes.extend(note);
    answered(exchange, &route, split, &mut facts);
    facts
}

/// Returns the row of a provider, by its kind in the settings or its name in spans.
fn named(provider: &str) -> Option<&'static ProviderRow> {
    ProviderRow::of(provider).or_else(|| ROWS.iter().find(|row| row.telemetry_name == provider))
}

/// Decodes the request; returns a note when it cannot be read.
fn requested(route: &Route, headers: &Headers, body: &[u8]) -> (Request, Option<&'static str>) {
    if body.is_empty() {
        return (Request::default(), None);
    }
    let Some(dialect) = route.dialect else {
        let read = Document::new(body).and_then(read_unknown_request);
        return (read.unwrap_or_default(), None);
    };
    let boundary = headers.text("content-type").and_then(multipart::boundary);
    let read = match boundary.filter(|_| dialect.takes_forms()) {
        Some(boundary) => read_form(body, &boundary).map(|form| form.request).ok(),
        None => Document::new(body).ok().and_then(|document| dialect.read_request(document).ok()),
    };
    match read {
        Some(request) => (request, None),
        None => (Request::default(), Some("request_unreadable")),
    }
}

/// Decodes the answer.
fn answered(exchange: &RecordedExchange, route: &Route, split: Option<u64>, facts: &mut Facts) {
    let (headers, body) = (&exchange.response.headers, &exchange.response.body);
    let limits = Limits { response_body: usize::MAX, stream_event: usize::MAX, ..Limits::default() };
    let mut headers = headers.clone();
    headers.set(":status", &exchange.response.status.to_string());
    let headers = &headers;
    let mut reading = AnswerDecoder::new(route, facts.stream, headers, limits);
    let mut fold = Fold::default();
    let size = split.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
    for piece in body.chunks(size) {
        reading.push(piece, false, &mut |read| fold.take(&read));
    }
    let framing = reading.framing();
    reading.push(&[], true, &mut |read| fold.take(&read));
    reading.finish(&mut fold.reply);

    facts.response_kind = framing.map_or_else(|| kind::of_body(headers, body), kind::of_framing);
    write_facts(exchange, route, fold, facts);
}

/// Writes down what has been read.
fn write_facts(exchange: &RecordedExchange, route: &Route, fold: Fold, facts: &mut Facts) {
    let status = exchange.response.status;
    let is_stream = matches!(facts.response_kind, "sse" | "eventstream" | "ndjson")
        || facts.stream && facts.response_kind == "json_array";
    tell_usage(&fold, is_stream, facts);
    let text = fold.text();
    facts.output_text_bytes = (!text.is_empty()).then_some(text.len());
    facts.output_text_sha256 = (!text.is_empty()).then(|| hex(&Sha256::digest(&text)));
    facts.reasoning_text_bytes = Some(fold.reasoning.len()).filter(|bytes| *bytes > 0);
    facts.choices = fold.choices(facts.operation).filter(|_| status < 400);
    facts.error = error(status, is_stream, &fold);
    facts.some = some(exchange, route, is_stream, &fold);
    facts.reported_cost = fold.reply.extra(Extra::Cost).map(number_or_text);
    facts.refusal = Some(fold.refusal).filter(|text| !text.is_empty());
    let (builtin, called): (Vec<_>, Vec<_>) = fold.reply.tool_calls.into_iter().partition(|call| call.builtin);
    facts.tool_calls = called.into_iter().map(|call| call.name).collect();
    facts.builtin_tool_calls = builtin.into_iter().map(|call| call.name).collect();
    facts.finish_reasons = fold.reply.finish_reasons.into_iter().flatten().collect();
    facts.response_model = fold.reply.model;
    facts.response_id = fold.reply.id;
    facts.service_tier = fold.reply.service_tier;
    facts.notes.extend(fold.notes);
}

fn tell_usage(fold: &Fold, is_stream: bool, facts: &mut Facts) {
    let Some(usage) = &fold.reply.usage else {
        return;
    };
    let counts = &fold.reply.counts;
    facts.usage_present = true;
    facts.usage_source = Some(match fold.reply.usage_source {
        UsageSource::Body if is_stream => "stream",
        UsageSource::Body => "body",
        UsageSource::XGroq => "x_groq",
        UsageSource::Headers => "headers",
        UsageSource::Request => "request",
        UsageSource::InvocationMetrics => "invocation_metrics",
        UsageSource::Predictions => "predictions[].embeddings.statistics.token_count",
    });
    facts.raw_usage = match fold.reply.usage_source {
        UsageSource::InvocationMetrics => fold.metrics.clone(),
        UsageSource::Headers => None,
        _ => fold.raw_usage.clone().map(Value::Object),
    };
    facts.input_tokens = counts.input;
    facts.output_tokens = counts.output;
    facts.total_tokens = counts.total;
    facts.cached_tokens = counts.cache_read;
    facts.cache_creation_tokens = counts.cache_write;
    facts.reasoning_tokens = counts.reasoning;
    facts.audio_input_tokens = counts.input_audio;
    facts.audio_output_tokens = counts.output_audio;
    facts.tool_use_prompt_tokens = counts.tool_input;
    // Where a provider bills other counts than it reports, the buckets hold the billed ones.
    let is_billed = counts.billed_input.is_some() || counts.billed_output.is_some();
    let without = |total: Option<u64>, apart: u64| total.map(|total| total.saturating_sub(apart));
    let input = without(usage.input_total(), counts.extra_input_total());
    let output = without(usage.output_total(), counts.extra_output_total());
    facts.norm_input_tokens = if is_billed { counts.input } else { input };
    facts.norm_output_tokens = if is_billed { counts.output } else { output };
    facts.usage = usage.reported().map(|(bucket, count)| (bucket.name().to_owned(), json!(count))).collect();
}

/// Facts that only some exchanges have.
fn some(exchange: &RecordedExchange, route: &Route, is_stream: bool, fold: &Fold) -> SomeFacts {
    let headers = &exchange.response.headers;
    let count = |name| headers.text(name).and_then(|value| value.trim().parse().ok());
    let header_usage = HEADER_COUNTS.map(count);
    let kept = |name| fold.reply.extra(name).map(str::to_owned);
    let counts = &fold.reply.counts;
    let has_blocks = route.dialect == Some(Dialect::AnthropicMessages) && !fold.kinds.is_empty();
    let has_events = route.dialect == Some(Dialect::OpenAiResponses) && is_stream;
    SomeFacts {
        block_types: has_blocks.then(|| fold.kinds.iter().cloned().collect()),
        stream_event_types: has_events.then(|| fold.events.iter().cloned().collect()),
        status_field: kept(Extra::Status),
        header_usage: header_usage.iter().any(Option::is_some).then_some(header_usage),
        invocation_metrics: fold.metrics.clone(),
        cohere_generation_id: kept(Extra::GenerationId),
        cohere_response_id: kept(Extra::ResponseId),
        billed_input_tokens: counts.billed_input,
        billed_output_tokens: counts.billed_output,
        search_units: counts.searches,
        embedding_dims: fold.reply.dimensions,
    }
}

fn error(status: u16, is_stream: bool, fold: &Fold) -> Option<ErrorFacts> {
    let failure = fold.reply.failure.clone();
    if failure.is_none() && status < 400 {
        return None;
    }
    let failure = failure.unwrap_or_default();
    Some(ErrorFacts {
        kind: failure.kind,
        code: failure.code,
        message: fold.message.clone(),
        status: failure.status,
        http_status: status,
        in_stream: is_stream && status < 400,
    })
}

/// The parameters that the request sets.
fn params(request: &Request, asks_usage: bool) -> Map<String, Value> {
    let Parameters {
        max_tokens,
        temperature,
        top_p,
        top_k,
        frequency_penalty,
        presence_penalty,
        seed,
        choices,
        stop,
        ..
    } = &request.parameters;
    let all = [
        ("max_tokens", max_tokens.map(|value| json!(value))),
        ("temperature", temperature.map(|value| json!(value))),
        ("top_p", top_p.map(|value| json!(value))),
        ("top_k", top_k.map(|value| json!(value))),
        ("frequency_penalty", frequency_penalty.map(|value| json!(value))),
        ("presence_penalty", presence_penalty.map(|value| json!(value))),
        ("seed", seed.map(|value| json!(value))),
        ("n", choices.map(|value| json!(value))),
        ("stop", (!stop.is_empty()).then(|| json!(stop))),
        ("stream_include_usage", asks_usage.then_some(Value::Bool(true))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reports whether counts of later frames override those of earlier ones one by one, as the dialect merges them.
pub(crate) const fn merges(convention: UsageConvention) -> bool {
    matches!(convention, UsageConvention::CacheExcluded)
}

/// Headers with the token counts of Amazon Bedrock.
const HEADER_COUNTS: [&str; 2] = ["x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count"];
