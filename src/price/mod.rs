//! The price book: model → price per bucket. A cost is an exact whole number of pico-dollars, or unknown.
//!
//! A provider has the name it has in spans, a well-known value of `gen_ai.provider.name` where there is one.
//! `scripts/prices` maps the source's names to the book's:
//!
//! | source | book |
//! |---|---|
//! | `azure`, `azure_text` | `azure.ai.openai` |
//! | `azure_ai` | `azure.ai.inference` |
//! | `bedrock`, `bedrock_converse` | `aws.bedrock` |
//! | `bedrock_mantle`, the endpoint in OpenAI's dialect, which has a region's prices | `aws.bedrock_mantle` |
//! | `cohere_chat` | `cohere` |
//! | `fireworks_ai`, `fireworks_ai-embedding-models` | `fireworks` |
//! | `gemini` | `gcp.gemini` |
//! | `mistral` | `mistral_ai` |
//! | `moonshot` | `moonshot_ai` |
//! | `nvidia_nim` | `nvidia` |
//! | `text-completion-codestral`, `-inception`, `-openai` | `codestral`, `inception`, `openai` |
//! | `together_ai` | `together` |
//! | `vercel_ai_gateway` | `vercel_gateway` |
//! | `vertex_ai` and all that begin so | `gcp.vertex_ai` |
//! | `watsonx` | `ibm.watsonx.ai` |
//! | `xai` | `x_ai` |
//! | `zai` | `z_ai` |
//!
//! Every other provider keeps its name: `anthropic`, `cerebras`, `cloudflare`, `databricks`, `deepseek`, `groq`,
//! `ollama`, `openai`, `openrouter`, `perplexity`, `replicate`, `snowflake`, `voyage` and some ninety more. Hugging
//! Face, LiteLLM and the operator's own hosts have no listed prices: the cost of models they resell is unknown, unless
//! the settings price it.

mod book;
mod decimal;
mod hours;
mod index;
mod lines;
mod listed;
mod name;
mod own;
mod rate;
mod spelling;
mod tariff;

pub use book::{Book, PriceQuery};
pub use decimal::DecimalText;
pub(crate) use index::hash;
pub(crate) use listed::models;
pub(crate) use name::{fine_tuned_base, undated};
pub use own::{Alias, Discount, Entry};
pub use rate::{Per, PercentError, Rate, RateError, Rates, decimal, dollars};
pub(crate) use spelling::{decoded, is_hash, without_geography};

use crate::usage::{Bucket, Fee};

/// Cost of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Known exactly.
    Exact {
        /// The sum, in pico-dollars (1 USD = 10^12).
        total: u64,
        /// Parts of the sum, per billed bucket, in pico-dollars.
        parts: Vec<(Bucket, u64)>,
        /// Matched entry of the book; for a call that ran several models, their entries, separated by ` + `.
        entry: String,
    },
    /// Not known, and why.
    Unknown(UnknownCost),
}

/// Reason why a cost is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownCost {
    /// The book has no entry for the model.
    Model,
    /// Nothing was counted, or more than can be added up.
    Usage,
    /// The entry has no price for a bucket that is not empty, or none under the call's tier.
    Bucket,
    /// The price depends on the hour, which is not known.
    Time,
    /// A fee was incurred whose amount the answer leaves open.
    Fee(Fee),
}

impl UnknownCost {
    /// Every reason.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Model, Self::Usage, Self::Bucket, Self::Time].into_iter().chain(Fee::ALL.into_iter().map(Self::Fee))
    }

    /// Name on spans: `model`, `usage`, `bucket`, `time`, or the fee's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Usage => "usage",
            Self::Bucket => "bucket",
            Self::Time => "time",
            Self::Fee(fee) => fee.name(),
        }
    }
}

impl Cost {
    /// Adds the costs of two runs of one call: unknown if either is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let ((mut parts, mut entry, total), (others, second, more)) = match (self, other) {
            (Self::Exact { total, parts, entry }, Self::Exact { total: more, parts: others, entry: second }) => {
                ((parts, entry, total), (others, second, more))
            }
            (unknown @ Self::Unknown(_), _) | (_, unknown) => return unknown,
        };
        let Some(total) = total.checked_add(more) else {
            return Self::Unknown(UnknownCost::Usage);
        };
        for (bucket, part) in others {
            match parts.iter_mut().find(|(known, _)| *known == bucket) {
                // No part exceeds the total, whose addition was checked.
                Some((_, sum)) => *sum = sum.saturating_add(part),
                None => {
                    let at = parts.partition_point(|(known, _)| *known < bucket);
                    parts.insert(at, (bucket, part));
                }
            }
        }
        if !entry.split(BETWEEN_ENTRIES).any(|entry| entry == second) {
            entry.push_str(BETWEEN_ENTRIES);
            entry.push_str(&second);
        }
        Self::Exact { total, parts, entry }
    }
}

/// Separator of the entries of several models.
const BETWEEN_ENTRIES: &str = " + ";
