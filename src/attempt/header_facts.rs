//! Facts in an answer's headers that its body, or its dialect, has no member for.

use super::Headers;
use crate::dialect;
use crate::document::Span;
use crate::model::{Extra, Failure, Reply};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// Facts in an answer's headers.
#[derive(Default)]
pub(super) struct HeaderFacts {
    pub(super) counted: Option<Box<UsageReport>>,
    /// Error type, of the answer or one of its frames.
    pub(super) error: Option<String>,
    request_id: Option<String>,
    cost: Option<String>,
    service_tier: Option<String>,
    performance: Option<String>,
}

impl HeaderFacts {
    /// Reads the headers. Amazon Bedrock uses them for facts without a member in the model's own API.
    pub(super) fn of(headers: &Headers) -> Self {
        let owned = |name| headers.text(name).map(str::to_owned);
        Self {
            counted: counted(headers),
            error: headers
                .text("x-amzn-errortype")
                .and_then(|kind| kind.get(dialect::bare_error(kind)))
                .filter(|kind| !kind.is_empty())
                .map(str::to_owned),
            request_id: REQUEST_IDS.iter().copied().find_map(owned),
            cost: COSTS.iter().copied().find_map(owned),
            // Converse has both in its body:
            // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>, read 2026-11-28.
            service_tier: owned("x-amzn-bedrock-service-tier"),
            performance: owned("x-amzn-bedrock-performanceconfig-latency"),
        }
    }

    /// Adds the facts that the body did not report.
    pub(super) fn finish(&mut self, reply: &mut Reply) {
        if let Some(error) = self.error.take() {
            let failure = reply.failure.get_or_insert_with(Failure::default);
            failure.kind.get_or_insert(error);
        }
        if let Some(id) = self.request_id.take() {
            reply.set_extra(Extra::RequestId, &id);
        }
        if reply.service_tier.is_none() {
            reply.service_tier = self.service_tier.take();
        }
        if let Some(performance) = self.performance.take().filter(|_| reply.extra(Extra::Performance).is_none()) {
            reply.set_extra(Extra::Performance, &performance);
        }
        if let Some(cost) = self.cost.take().filter(|_| reply.extra(Extra::Cost).is_none()) {
            reply.set_extra(Extra::Cost, &cost);
        }
    }
}

/// Reads the counts of Bedrock's InvokeModel.
fn counted(headers: &Headers) -> Option<Box<UsageReport>> {
    let count = |name| headers.text(name).and_then(|value| value.trim().parse().ok());
    let input = count("x-amzn-bedrock-input-token-count");
    let output = count("x-amzn-bedrock-output-token-count");
    let cache_read = count("x-amzn-bedrock-cache-read-input-token-count");
    let cache_write = count("x-amzn-bedrock-cache-write-input-token-count");
    if [input, output, cache_read, cache_write] == [None; 4] {
        return None;
    }
    let counts = ReportedUsage { input, output, cache_read, cache_write, ..ReportedUsage::default() };
    let (convention, source, raw) = (UsageConvention::CacheExcluded, UsageSource::Headers, Span::default());
    Some(Box::new(UsageReport { counts, convention, source, raw }))
}

/// Headers that identify a request to the provider's support.
pub(super) const REQUEST_IDS: &[&str] =
    &["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "cf-ray"];

/// Headers of gateways with the cost of a call: LiteLLM's proxy, Pydantic's gateway.
const COSTS: &[&str] = &["x-litellm-response-cost", "pydantic-ai-gateway-price-estimate"];
