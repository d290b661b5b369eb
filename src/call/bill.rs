//! The bill: what a call cost, by the names, the tier and the region that it was answered under.

use crate::dialect::PREVIEW_SEARCH;
use crate::model::Run;
use crate::price::{Book, Cost, PriceQuery, UnknownCost};
use crate::telemetry::CallRecord;
use crate::usage::{Fees, Usage};

/// What a cost depends on.
pub(super) struct Bill<'a> {
    pub(super) prices: &'a Book,
    pub(super) record: &'a CallRecord,
    /// The region, of the path or of the provider's host.
    pub(super) region: Option<&'a str>,
    /// Whether the provider bills by the name that the request has for the model.
    pub(super) priced_by_request_model: bool,
}

impl Bill<'_> {
    /// What the call cost, with what other models were run for within it. `None` where nothing was bought here: no
    /// provider was called, or what was counted is another call's.
    pub(super) fn cost(&self) -> Option<Cost> {
        let provider = self.record.provider.as_deref().filter(|_| !self.record.belongs_to_other_call)?;
        let others = self.record.reply.other_runs.iter().map(|run| self.other(provider, run));
        Some(others.fold(self.price_of_call(provider), Cost::and))
    }

    /// Of the names the first that has a price.
    fn price_of_call(&self, provider: &str) -> Cost {
        let reply = &self.record.reply;
        let mut cost = Cost::Unknown(UnknownCost::Usage);
        for model in self.names().into_iter().flatten() {
            cost = self.lookup(provider, model, reply.usage.as_ref(), reply.counts.longest_prompt, reply.fees);
            if cost != (Cost::Unknown(UnknownCost::Model)) {
                break;
            }
        }
        cost
    }

    /// What another model was run for. Whether it ran at the same speed is not said.
    fn other(&self, provider: &str, run: &Run) -> Cost {
        match run.model.as_deref() {
            None => Cost::Unknown(UnknownCost::Model),
            Some(_) if self.speed().is_some() => Cost::Unknown(UnknownCost::Bucket),
            Some(model) => self.lookup(provider, model, Some(&run.usage), None, Fees::default()),
        }
    }

    /// By which names the book is asked: that of the model that answered, or, where the answer names none, or one that is
    /// unknown of a provider that bills by the name in the request, that one. A model that another one stood in for is
    /// not priced as that other. Where the name in the request is that of the answer and more, it comes first: Bedrock's
    /// inference profiles, which have prices of their own, answer with the bare model's name.
    fn names(&self) -> [Option<&str>; 2] {
        let (answering, requested) = (self.record.reply.model.as_deref(), self.record.request_model.as_deref());
        let requested = requested.filter(|_| answering.is_none() || self.priced_by_request_model);
        let says_more = requested.zip(answering).is_some_and(|(requested, answering)| is_part(answering, requested));
        if says_more { [requested, answering] } else { [answering, requested] }
    }

    fn lookup(
        &self,
        provider: &str,
        model: &str,
        usage: Option<&Usage>,
        longest_prompt: Option<u64>,
        fees: Fees,
    ) -> Cost {
        let reply = &self.record.reply;
        let tier = self.speed().or_else(|| reply.extra("search_context_size")).or(reply.service_tier.as_deref());
        self.prices.cost(&PriceQuery {
            provider,
            model,
            usage,
            longest_prompt,
            tier: tier.or_else(|| reply.extra("traffic_type")),
            region: reply.extra("inference_geo").or(self.region),
            at: Some(self.record.ended / 1_000_000_000),
            fees,
            preview_search: reply.extra(PREVIEW_SEARCH).is_some(),
        })
    }

    /// Anthropic's speed, or Bedrock's latency, where it is not the usual one: then its price is higher than any tier's.
    fn speed(&self) -> Option<&str> {
        let kept = |name, unusual| self.record.reply.extra(name).filter(|value| *value == unusual);
        kept("speed", "fast").or_else(|| kept("performance", "optimized"))
    }
}

/// Whether a model's name is a part of a longer one, behind a geography, a maker or a path.
fn is_part(name: &str, longer: &str) -> bool {
    let behind = longer.find(name).and_then(|at| longer.get(..at));
    !name.is_empty() && behind.is_some_and(|before| before.ends_with(['.', '/']))
}
