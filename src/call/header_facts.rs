//! What an answer's headers say of the call: facts that its body has no place for, or none in its dialect.

use super::Headers;
use crate::dialect;
use crate::document::Span;
use crate::model::{Failure, Reply};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// What an answer's headers say of the call.
#[derive(Default)]
pub(super) struct HeaderFacts {
    pub(super) counted: Option<UsageReport>,
    /// The type of an error, of the answer or of a frame of it.
    pub(super) error: Option<String>,
    request_id: Option<String>,
    cost: Option<String>,
    service_tier: Option<String>,
    performance: Option<String>,
}

impl HeaderFacts {
    /// Amazon Bedrock says in headers what the model's own API has no place for.
    pub(super) fn of(headers: &Headers) -> Self {
        let count = |name| headers.text(name).and_then(|value| value.trim().parse().ok());
        let input = count("x-amzn-bedrock-input-token-count");
        let output = count("x-amzn-bedrock-output-token-count");
        let counts = ReportedUsage {
            input,
            output,
            cache_read: count("x-amzn-bedrock-cache-read-input-token-count"),
            cache_write: count("x-amzn-bedrock-cache-write-input-token-count"),
            ..ReportedUsage::default()
        };
        let (convention, source, raw) = (UsageConvention::CacheExcluded, UsageSource::Headers, Span::default());
        let owned = |name| headers.text(name).map(str::to_owned);
        Self {
            counted: (!counts.is_empty()).then_some(UsageReport { counts, convention, source, raw }),
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

    /// Adds to a reply what its body has not said.
    pub(super) fn finish(&mut self, reply: &mut Reply) {
        if let Some(error) = self.error.take() {
            let failure = reply.failure.get_or_insert_with(Failure::default);
            failure.kind.get_or_insert(error);
        }
        if let Some(id) = self.request_id.take() {
            reply.set_extra("request_id", &id);
        }
        if reply.service_tier.is_none() {
            reply.service_tier = self.service_tier.take();
        }
        if let Some(performance) = self.performance.take().filter(|_| reply.extra("performance").is_none()) {
            reply.set_extra("performance", &performance);
        }
        if let Some(cost) = self.cost.take().filter(|_| reply.extra("cost").is_none()) {
            reply.set_extra("cost", &cost);
        }
    }
}

/// By which headers providers name a request, for their support.
const REQUEST_IDS: &[&str] = &["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id", "cf-ray"];

/// By which headers gateways say what a call cost: LiteLLM's proxy, Pydantic's gateway.
const COSTS: &[&str] = &["x-litellm-response-cost", "pydantic-ai-gateway-price-estimate"];
