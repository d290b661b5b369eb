//! The tariff: the rate of each bucket of one call, its own or a stand-in's.

use super::{Rate, Rates};
use crate::usage::{Bucket, Unit, Usage};

/// Rates that apply to a call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tariff {
    /// Under the call's tier and for its prompt length.
    pub(super) rates: Rates,
    /// Under the standard tier, for short prompts.
    pub(super) standard: Rates,
    /// Buckets billed once per call, at any count.
    pub(super) once: PerCallBuckets,
    /// Price of a web search by OpenAI's older tool, where it was used and has another price.
    pub(super) preview_search: Option<Rate>,
}

/// Buckets billed once per call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PerCallBuckets(u64);

impl PerCallBuckets {
    pub(super) fn insert(&mut self, bucket: Bucket) {
        self.0 |= 1 << bucket as u64;
    }

    fn holds(self, bucket: Bucket) -> bool {
        self.0 & 1 << bucket as u64 != 0
    }
}

/// Billing of one bucket.
pub(super) enum Billed {
    /// Billed at a rate, with the number of units.
    At(Rate, u64),
    /// Not billed: another bucket counts the same items.
    Elsewhere,
    /// The rate is unknown.
    Unknown,
}

impl Tariff {
    /// Determines the billing of a bucket of the usage that is not empty.
    pub(super) fn bill(&self, bucket: Bucket, count: u64, usage: &Usage) -> Billed {
        if self.is_counted_elsewhere(bucket, usage) {
            return Billed::Elsewhere;
        }
        let count = if self.once.holds(bucket) { count.min(1) } else { count };
        let preview = self.preview_search.filter(|_| bucket == Bucket::WebSearches);
        preview.or_else(|| self.rate(bucket)).map_or(Billed::Unknown, |rate| Billed::At(rate, count))
    }

    /// Matches buckets that cost the same at any count.
    pub(super) fn is_fixed(&self, bucket: Bucket) -> bool {
        self.rate(bucket).is_some_and(|rate| self.once.holds(bucket) || rate == Rate::default())
    }

    /// Rate of a bucket: its own, the standard tier's where tiers make no difference, or another bucket's.
    pub(super) fn rate(&self, bucket: Bucket) -> Option<Rate> {
        let carried = || is_the_same_everywhere(bucket).then(|| self.standard.rate(bucket)).flatten();
        self.rates.rate(bucket).or_else(carried).or_else(|| {
            let other = stand_in(&self.rates, bucket)?;
            // If the standard tier prices the two differently, this tier is assumed to do so too.
            let own = self.standard.rate(bucket);
            let is_told_apart = own.is_some() && own != self.standard.rate(other);
            if is_told_apart { None } else { self.rates.rate(other) }
        })
    }

    /// Reports whether another bucket of the same usage bills the same items in another unit.
    ///
    /// - Characters that have a price are billed in place of the text's tokens (Vertex AI's older models).
    /// - Seconds and images are not billed where the same audio, video or images are counted in tokens: prices for both
    ///   units are one price and an estimate of it (OpenAI's `gpt-4o-transcribe`, Gemini's images).
    /// - Items without a price in their unit are billed by the tokens of their side, if there are any.
    /// - A request without a price is billed by the other items counted.
    fn is_counted_elsewhere(&self, bucket: Bucket, usage: &Usage) -> bool {
        use Bucket as B;
        let any = |buckets: &[B]| buckets.iter().any(|bucket| usage.count(*bucket).is_some_and(|count| count > 0));
        let is_priced = self.rate(bucket).is_some();
        let tokens_in = || usage.input_total().is_some_and(|tokens| tokens > 0);
        let tokens_out = || usage.output_total().is_some_and(|tokens| tokens > 0);
        match bucket {
            B::Input => any(&[B::InputCharacters]) && self.rate(B::InputCharacters).is_some(),
            B::Output => any(&[B::OutputCharacters]) && self.rate(B::OutputCharacters).is_some(),
            B::InputCharacters => !is_priced && tokens_in(),
            B::InputSeconds => any(&[B::InputAudio, B::InputVideo]) || (!is_priced && tokens_in()),
            B::InputImages => any(&[B::InputImage]) || (!is_priced && tokens_in()),
            B::OutputCharacters => !is_priced && tokens_out(),
            B::OutputSeconds => any(&[B::OutputAudio]) || (!is_priced && tokens_out()),
            B::OutputImages => any(&[B::OutputImage]) || (!is_priced && tokens_out()),
            B::Requests => !is_priced && usage.reported().any(|(bucket, _)| bucket != B::Requests),
            _ => false,
        }
    }
}

/// Matches fees for one call or one search: they do not depend on how fast, or how late, the call is answered.
const fn is_the_same_everywhere(bucket: Bucket) -> bool {
    matches!(bucket.unit(), Unit::Search | Unit::Request)
}

/// Bucket whose rate applies to tokens that have none of their own.
///
/// - Reasoning is output: OpenAI, Anthropic and Google bill it so, and the book names it where a provider does not.
/// - Images, video and the prompt of the provider's own tools are input: Google has one price for text, image and
///   video, and bills the prompt that tools add as prompt. Video is an exception where images have a price of their
///   own, since then it has one too. See ai.google.dev, Gemini API pricing.
/// - Where reading from the cache has no price, it is input: OpenAI's models without a discount are billed so. Audio is
///   then audio and an image an image.
/// - Images from the cache are like text from it where images cost the same as text.
/// - Where writing to the cache has no price for any lifetime, it is input: OpenAI's models before GPT-5.6. With a
///   price for one lifetime only, the other's is unknown: an hour costs 1.6 times as much as five minutes at Anthropic.
/// - But where writing has a price and reading has none, the entry is incomplete: unknown.
/// - Audio in and out, and generated images, cost many times as much as text: they have no stand-in.
fn stand_in(rates: &Rates, bucket: Bucket) -> Option<Bucket> {
    use Bucket as B;
    let priced = |bucket| rates.rate(bucket).is_some();
    let writes_priced = priced(B::CacheWrite5m) || priced(B::CacheWrite1h);
    match bucket {
        B::Reasoning => Some(B::Output),
        B::InputImage | B::ToolInput => Some(B::Input),
        B::InputVideo if !priced(B::InputImage) => Some(B::Input),
        B::CacheRead | B::CacheWrite5m | B::CacheWrite1h if !writes_priced => Some(B::Input),
        B::CacheReadAudio if !writes_priced && !priced(B::CacheRead) => Some(B::InputAudio),
        B::CacheReadImage if priced(B::CacheRead) && !priced(B::InputImage) => Some(B::CacheRead),
        B::CacheReadImage if !writes_priced && !priced(B::CacheRead) => {
            Some(if priced(B::InputImage) { B::InputImage } else { B::Input })
        }
        _ => None,
    }
}
