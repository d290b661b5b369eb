//! The cost of an attempt, by the names, tier and region of its answer.

use crate::model::{Extra, Run};
use crate::price::{Book, Cost, PriceQuery, UnknownCost};
use crate::record::AttemptRecord;
use crate::usage::{Fees, Usage};

/// Inputs of a cost.
pub struct Bill<'a> {
    /// The price book.
    pub prices: &'a Book,
    /// The attempt, at its end.
    pub attempt: &'a AttemptRecord,
    /// The requested model.
    pub request_model: Option<&'a str>,
    /// Time of the call's end, in nanoseconds since 1970; prices depend on it.
    pub ended: u64,
}

impl Bill<'_> {
    /// Computes the cost of the attempt, runs of other models included.
    pub fn cost(&self) -> Cost {
        let provider = &*self.attempt.provider;
        let others = self.attempt.reply.other_runs.iter().map(|run| self.other(provider, run));
        others.fold(self.price_of_attempt(provider), Cost::and)
    }

    /// Cost by the first candidate name with a price.
    fn price_of_attempt(&self, provider: &str) -> Cost {
        let reply = &self.attempt.reply;
        let mut cost = Cost::Unknown(UnknownCost::Usage);
        for model in self.names().into_iter().flatten() {
            cost = self.lookup(provider, model, reply.usage.as_ref(), reply.counts.longest_prompt, reply.fees);
            if cost != (Cost::Unknown(UnknownCost::Model)) {
                break;
            }
        }
        cost
    }

    /// Cost of another model's run. The answer does not report whether it ran at the same speed.
    fn other(&self, provider: &str, run: &Run) -> Cost {
        match run.model.as_deref() {
            None => Cost::Unknown(UnknownCost::Model),
            Some(_) if self.speed().is_some() => Cost::Unknown(UnknownCost::Bucket),
            Some(model) => self.lookup(provider, model, Some(&run.usage), None, Fees::default()),
        }
    }

    /// Candidate names for the price lookup. The answering model comes first. The requested name is a candidate when
    /// the answer has none, or when the provider prices by it. A fallback model is not priced as the requested one. A
    /// requested name that extends the answer's comes first: Bedrock's inference profiles, which have prices of their
    /// own, answer with the bare model's name.
    fn names(&self) -> [Option<&str>; 2] {
        let requested = self.attempt.model.as_deref().or(self.request_model);
        let answering = self.attempt.reply.model.as_deref();
        let requested = requested.filter(|_| answering.is_none() || self.attempt.priced_by_request_model);
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
        let reply = &self.attempt.reply;
        let tier = self.speed().or_else(|| reply.extra(Extra::SearchContextSize)).or(reply.service_tier.as_deref());
        self.prices.cost(&PriceQuery {
            provider,
            model,
            usage,
            longest_prompt,
            tier: tier.or_else(|| reply.extra(Extra::TrafficType)),
            region: reply.extra(Extra::InferenceGeo).or(self.attempt.region.as_deref()),
            at: Some(self.ended / 1_000_000_000),
            fees,
            preview_search: reply.extra(Extra::PreviewSearch).is_some(),
        })
    }

    /// Anthropic's speed or Bedrock's latency, when not the default: its price then exceeds any tier's.
    fn speed(&self) -> Option<&str> {
        let kept = |name, unusual| self.attempt.reply.extra(name).filter(|value| *value == unusual);
        kept(Extra::Speed, "fast").or_else(|| kept(Extra::Performance, "optimized"))
    }
}

/// Reports whether a model's name is part of a longer one, after a geography, a maker or a path.
fn is_part(name: &str, longer: &str) -> bool {
    let behind = longer.find(name).and_then(|at| longer.get(..at));
    !name.is_empty() && behind.is_some_and(|before| before.ends_with(['.', '/']))
}
