//! Usage as its provider reports it, and the conversion to disjoint buckets.

use super::{Bucket, Usage};
use crate::document::Span;

/// Declares the counts and derives how they merge.
macro_rules! counts {
    ($($(#[$doc:meta])* $count:ident,)*) => {
        /// Counts as a provider reports them. `None` means not reported, which is not zero.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct ReportedUsage {
            $($(#[$doc])* pub $count: Option<u64>,)*
        }

        impl ReportedUsage {
            /// Takes every count that `later` reports.
            pub fn update(&mut self, later: &Self) {
                $(self.$count = later.$count.or(self.$count);)*
                self.forget_lifetimes(later);
            }

            /// Adds every count of another run.
            pub fn add(&mut self, other: &Self) {
                $(self.$count = other.$count.map(|count| self.$count.unwrap_or(0).saturating_add(count)).or(self.$count);)*
            }
        }
    };
}

counts! {
    /// Input tokens, as the provider counts them.
    input,
    /// Output tokens, as the provider counts them.
    output,
    /// All tokens.
    total,
    /// Tokens read from the cache.
    cache_read,
    /// Audio tokens among those read from the cache.
    cache_read_audio,
    /// Image tokens among those read from the cache.
    cache_read_image,
    /// Tokens written to the cache.
    cache_write,
    /// Tokens written to the cache for five minutes.
    cache_write_5m,
    /// Tokens written to the cache for an hour.
    cache_write_1h,
    /// Audio tokens in the input.
    input_audio,
    /// Image tokens in the input.
    input_image,
    /// Video tokens in the input.
    input_video,
    /// Tokens that the provider's own tools added to the prompt.
    tool_input,
    /// Reasoning tokens.
    reasoning,
    /// Audio tokens in the output.
    output_audio,
    /// Image tokens in the output.
    output_image,
    /// Characters of input.
    input_characters,
    /// Characters of output.
    output_characters,
    /// Seconds of audio or video sent.
    input_seconds,
    /// Seconds of audio or video generated.
    output_seconds,
    /// Images sent.
    input_images,
    /// Images generated.
    output_images,
    /// Pages processed.
    pages,
    /// Search units of a reranking.
    searches,
    /// Web searches by the provider.
    web_searches,
    /// Searches by the provider in the caller's own documents.
    file_searches,
    /// Searches by the provider on a map.
    map_searches,
    /// Code runs by the provider.
    code_runs,
    /// Billed input tokens, when they differ from the counted ones (Cohere's `billed_units`).
    billed_input,
    /// Billed output tokens, when they differ from the counted ones.
    billed_output,
    /// Input tokens of the longest prompt, cached ones included, when the counts are sums over several runs of the
    /// model.
    longest_prompt,
    /// Input tokens billed in addition to `input`, at the same price (Anthropic's compaction).
    extra_input,
    /// Output tokens billed in addition to `output`, at the same price.
    extra_output,
    /// Cache reads billed in addition to `cache_read`, at the same price.
    extra_cache_read,
    /// Five-minute cache writes billed in addition to `cache_write_5m`, at the same price.
    extra_cache_write_5m,
    /// One-hour cache writes billed in addition to `cache_write_1h`, at the same price.
    extra_cache_write_1h,
    /// Tokens that the provider's own tools added to the prompt, excluded from both input and total (Perplexity's
    /// citations).
    extra_tool_input,
    /// Reasoning tokens excluded from both output and total (Perplexity's deep research, Gemini's at Vercel's gateway).
    extra_reasoning,
}

/// Inclusion rules of a dialect's counts. Each dialect declares them once, when it reads usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageConvention {
    /// OpenAI: cached and audio tokens are part of the input, reasoning and audio tokens part of the output. Some
    /// providers of its dialect exclude reasoning (xAI's chat) or audio (Mistral's Voxtral); their total reveals it.
    Inclusive,
    /// Anthropic and Bedrock: the input excludes cached tokens, the output includes reasoning. Each message of a stream
    /// reports some counts; the last value of each count wins.
    CacheExcluded,
    /// Gemini: the input includes cached tokens and excludes tools' tokens; the output excludes thoughts.
    ReasoningExcluded,
}

/// Place where the usage was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsageSource {
    /// The dialect's own place.
    #[default]
    Body,
    /// `x_groq`, in Groq's streams.
    XGroq,
    /// Response headers (Bedrock's InvokeModel).
    Headers,
    /// `amazon-bedrock-invocationMetrics`, in the last chunk of a Bedrock stream.
    InvocationMetrics,
    /// The request: characters to speak, for answers that count nothing.
    Request,
    /// Sum over the predictions' statistics (Vertex AI's text embeddings).
    Predictions,
}

/// One usage report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// The counts.
    pub counts: ReportedUsage,
    /// Convention of the counts.
    pub convention: UsageConvention,
    /// Source of the counts.
    pub source: UsageSource,
    /// Object that the counts were read from, braces included; empty when there is none.
    pub raw: Span,
}

impl ReportedUsage {
    /// Reports whether no count was reported.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Converts to disjoint buckets. A part is capped at its whole, because some providers report more cached tokens
    /// than input.
    pub fn usage(&self, convention: UsageConvention) -> Usage {
        let mut usage = Usage::default();
        let beside = self.beside(convention);
        self.put_input(convention, beside, &mut usage);
        self.put_output(beside, &mut usage);
        self.put_units(&mut usage);
        self.put_extra(&mut usage);
        usage
    }

    /// Counts of the tokens that the model read and wrote, whatever was billed.
    pub fn counted(self) -> Self {
        Self { billed_input: None, billed_output: None, ..self }
    }

    /// Drops earlier cache writes by lifetime when `later` reports none by lifetime and a smaller total. They belong to
    /// a model that declined: the stream began with its counts.
    fn forget_lifetimes(&mut self, later: &Self) {
        let lifetimes = |counts: &Self| [counts.cache_write_5m, counts.cache_write_1h].into_iter().flatten();
        let known = lifetimes(self).fold(0, u64::saturating_add);
        if lifetimes(later).next().is_none() && later.cache_write.is_some_and(|all| all < known) {
            (self.cache_write_5m, self.cache_write_1h) = (None, None);
        }
    }

    /// Adds a run billed in addition to the counted ones. Its input excludes its cache reads and writes.
    pub fn add_extra(&mut self, run: &Self) {
        let add = |sum: &mut Option<u64>, count: Option<u64>| {
            *sum = count.map(|count| sum.unwrap_or_default().saturating_add(count)).or(*sum);
        };
        let (write_5m, write_1h) = run.cache_writes();
        add(&mut self.extra_input, run.input);
        add(&mut self.extra_output, run.output);
        add(&mut self.extra_cache_read, run.cache_read);
        add(&mut self.extra_cache_write_5m, write_5m);
        add(&mut self.extra_cache_write_1h, write_1h);
    }

    /// Records the prompt length of one of the runs that make up the counts. Its input excludes its cache reads and
    /// writes.
    pub fn note_prompt(&mut self, run: &Self) {
        let (write_5m, write_1h) = run.cache_writes();
        let prompt = [run.input, run.cache_read, write_5m, write_1h].into_iter().flatten().reduce(u64::saturating_add);
        self.longest_prompt = self.longest_prompt.max(prompt);
    }

    /// Number of uses of a provider's tool, from its counts.
    pub const fn uses(&self, bucket: Bucket) -> Option<u64> {
        match bucket {
            Bucket::WebSearches => self.web_searches,
            Bucket::FileSearches => self.file_searches,
            Bucket::MapSearches => self.map_searches,
            Bucket::CodeRuns => self.code_runs,
            _ => None,
        }
    }

    /// All input tokens billed in addition to the counted ones.
    pub fn extra_input_total(&self) -> u64 {
        let input = [self.extra_input, self.extra_cache_read, self.extra_cache_write_5m, self.extra_cache_write_1h];
        input.into_iter().chain([self.extra_tool_input]).flatten().fold(0, u64::saturating_add)
    }

    /// All output tokens billed in addition to the counted ones.
    pub fn extra_output_total(&self) -> u64 {
        [self.extra_output, self.extra_reasoning].into_iter().flatten().fold(0, u64::saturating_add)
    }

    /// Finds the parts that an inclusive dialect's provider excludes: the total exceeds input and output by exactly
    /// these.
    fn beside(&self, convention: UsageConvention) -> Beside {
        let reasoning = convention == UsageConvention::ReasoningExcluded;
        let total = || Some(self.total?.saturating_sub(self.input?).saturating_sub(self.output.unwrap_or_default()));
        let excess = match convention {
            UsageConvention::Inclusive => total().unwrap_or_default(),
            UsageConvention::CacheExcluded | UsageConvention::ReasoningExcluded => 0,
        };
        let (thought, heard) = (self.reasoning.unwrap_or_default(), self.input_audio.unwrap_or_default());
        Beside {
            reasoning: reasoning || excess > 0 && (excess == thought || excess == thought.saturating_add(heard)),
            audio: excess > 0 && thought != excess && (excess == heard || excess == thought.saturating_add(heard)),
        }
    }

    fn put_input(&self, convention: UsageConvention, beside: Beside, usage: &mut Usage) {
        let mut all = Whole(self.billed_input.or(self.input));
        let mut cached = Whole(match convention {
            UsageConvention::CacheExcluded => self.cache_read,
            UsageConvention::Inclusive | UsageConvention::ReasoningExcluded => all.take(self.cache_read),
        });
        let cached_audio = cached.take(self.cache_read_audio);
        let cached_image = cached.take(self.cache_read_image);
        let (write_5m, write_1h) = self.cache_writes();
        let is_new = |part: Option<u64>, cached: Option<u64>| part.map(|all| all.saturating_sub(cached.unwrap_or(0)));
        let audio = is_new(self.input_audio, cached_audio);
        let within = convention != UsageConvention::CacheExcluded;
        usage.set(Bucket::CacheRead, cached.0);
        usage.set(Bucket::CacheReadAudio, cached_audio);
        usage.set(Bucket::CacheReadImage, cached_image);
        usage.set(Bucket::CacheWrite5m, if within { all.take(write_5m) } else { write_5m });
        usage.set(Bucket::CacheWrite1h, if within { all.take(write_1h) } else { write_1h });
        usage.set(Bucket::InputAudio, if beside.audio { audio } else { all.take(audio) });
        // Billed counts are separate: Cohere's embeddings bill image tokens apart from text tokens.
        let image = is_new(self.input_image, cached_image);
        usage.set(Bucket::InputImage, if self.billed_input.is_some() { image } else { all.take(image) });
        usage.set(Bucket::InputVideo, all.take(self.input_video));
        usage.set(Bucket::ToolInput, self.tool_input.or(self.extra_tool_input));
        usage.set(Bucket::Input, all.0);
    }

    fn put_output(&self, beside: Beside, usage: &mut Usage) {
        let mut all = Whole(self.billed_output.or(self.output));
        let reasoning = match self.extra_reasoning {
            None if !beside.reasoning => all.take(self.reasoning),
            apart => apart.or(self.reasoning),
        };
        usage.set(Bucket::Reasoning, reasoning);
        usage.set(Bucket::OutputAudio, all.take(self.output_audio));
        usage.set(Bucket::OutputImage, all.take(self.output_image));
        usage.set(Bucket::Output, all.0);
    }

    fn put_units(&self, usage: &mut Usage) {
        usage.set(Bucket::InputCharacters, self.input_characters);
        usage.set(Bucket::OutputCharacters, self.output_characters);
        usage.set(Bucket::InputSeconds, self.input_seconds);
        usage.set(Bucket::OutputSeconds, self.output_seconds);
        usage.set(Bucket::InputImages, self.input_images);
        usage.set(Bucket::OutputImages, self.output_images);
        usage.set(Bucket::Pages, self.pages);
        usage.set(Bucket::Searches, self.searches);
        for bucket in Bucket::OF_TOOLS {
            usage.set(bucket, self.uses(bucket));
        }
    }

    fn put_extra(&self, usage: &mut Usage) {
        for (bucket, apart) in [
            (Bucket::Input, self.extra_input),
            (Bucket::Output, self.extra_output),
            (Bucket::CacheRead, self.extra_cache_read),
            (Bucket::CacheWrite5m, self.extra_cache_write_5m),
            (Bucket::CacheWrite1h, self.extra_cache_write_1h),
        ] {
            if let Some(apart) = apart {
                usage.set(bucket, Some(usage.count(bucket).unwrap_or_default().saturating_add(apart)));
            }
        }
    }

    /// Cache writes by lifetime. A remainder of the total that no lifetime accounts for is taken as five minutes, the
    /// default.
    fn cache_writes(&self) -> (Option<u64>, Option<u64>) {
        let hour = self.cache_write_1h;
        let five = match (self.cache_write, self.cache_write_5m) {
            (Some(all), None) => Some(all.saturating_sub(hour.unwrap_or_default())),
            (Some(all), Some(five)) => Some(five.max(all.saturating_sub(hour.unwrap_or_default()))),
            (None, five) => five,
        };
        (five, hour)
    }
}

#[derive(Clone, Copy)]
struct Beside {
    reasoning: bool,
    audio: bool,
}

/// Remainder of a count after its parts are removed.
struct Whole(Option<u64>);

impl Whole {
    /// Removes a part, capped at the remainder. Without a whole, returns the part unchanged.
    fn take(&mut self, part: Option<u64>) -> Option<u64> {
        let (Some(left), Some(part)) = (self.0, part) else {
            return part;
        };
        let taken = part.min(left);
        self.0 = Some(left - taken);
        Some(taken)
    }
}
