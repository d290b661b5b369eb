//! Usage: what a provider counted for one call, in disjoint buckets.

/// What a bucket counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Tokens.
    Token,
    /// Characters of text.
    Character,
    /// Seconds of audio or video, a begun one whole.
    Second,
    /// Images.
    Image,
    /// Pages of a document.
    Page,
    /// Searches: rerank's search units, those of a provider's own tools.
    Search,
    /// Requests, and runs of a provider's own tools.
    Request,
}

/// Declares the buckets with their names and units, so that no list of them can lack one.
macro_rules! buckets {
    ($($(#[$doc:meta])* $bucket:ident, $name:literal, $unit:ident, $side:ident;)*) => {
        /// One kind of thing that has a price of its own. No token is in two buckets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bucket {
            $($(#[$doc])* $bucket,)*
        }

        impl Bucket {
            /// Every bucket, in the order in which they are shown.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$bucket),*];

            /// The name in settings, in the price book and in output: `cache_write_5m`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bucket => $name,)*
                }
            }

            /// What is counted.
            pub const fn unit(self) -> Unit {
                match self {
                    $(Self::$bucket => Unit::$unit,)*
                }
            }

            const fn side(self) -> Direction {
                match self {
                    $(Self::$bucket => Direction::$side,)*
                }
            }
        }
    };
}

#[derive(PartialEq, Eq)]
enum Direction {
    Input,
    Output,
    Other,
}

buckets! {
    /// Input read anew: neither from a cache nor written to one, text or of a kind that is not told apart.
    Input, "input", Token, Input;
    /// Input read from the provider's prompt cache.
    CacheRead, "cache_read", Token, Input;
    /// Audio read from the cache.
    CacheReadAudio, "cache_read_audio", Token, Input;
    /// Images read from the cache.
    CacheReadImage, "cache_read_image", Token, Input;
    /// Input written to the cache to live five minutes (the default where a provider has one lifetime).
    CacheWrite5m, "cache_write_5m", Token, Input;
    /// Input written to the cache to live an hour.
    CacheWrite1h, "cache_write_1h", Token, Input;
    /// Audio input, read anew.
    InputAudio, "input_audio", Token, Input;
    /// Image input, read anew.
    InputImage, "input_image", Token, Input;
    /// Video input, read anew.
    InputVideo, "input_video", Token, Input;
    /// What the provider's own tools added to the prompt (Gemini's `toolUsePromptTokenCount`).
    ToolInput, "tool_input", Token, Input;
    /// Output that is text (or tool calls), reasoning apart.
    Output, "output", Token, Output;
    /// Output spent on reasoning, whether shown or not.
    Reasoning, "reasoning", Token, Output;
    /// Audio output.
    OutputAudio, "output_audio", Token, Output;
    /// Image output.
    OutputImage, "output_image", Token, Output;
    /// Characters of input, where a provider bills those.
    InputCharacters, "input_characters", Character, Other;
    /// Characters of output, where a provider bills those.
    OutputCharacters, "output_characters", Character, Other;
    /// Seconds of audio or video that were sent.
    InputSeconds, "input_seconds", Second, Other;
    /// Seconds of audio or video that were made.
    OutputSeconds, "output_seconds", Second, Other;
    /// Images that were sent.
    InputImages, "input_images", Image, Other;
    /// Images that were made.
    OutputImages, "output_images", Image, Other;
    /// Pages that were read.
    Pages, "pages", Page, Other;
    /// Search units of a reranking.
    Searches, "searches", Search, Other;
    /// Web searches that the provider made for the model.
    WebSearches, "web_searches", Search, Other;
    /// Searches that the provider made in the caller's own documents for the model.
    FileSearches, "file_searches", Search, Other;
    /// Searches that the provider made on a map for the model.
    MapSearches, "map_searches", Search, Other;
    /// Runs of code that the provider made for the model, where it bills each.
    CodeRuns, "code_runs", Request, Other;
    /// Requests, where each has a price.
    Requests, "requests", Request, Other;
}

impl Bucket {
    /// The buckets of what a provider's own tools did for the model, in order.
    pub const OF_TOOLS: [Self; 4] = [Self::WebSearches, Self::FileSearches, Self::MapSearches, Self::CodeRuns];

    /// Whether the bucket holds input tokens.
    pub const fn is_input(self) -> bool {
        matches!(self.side(), Direction::Input)
    }

    /// Whether the bucket holds output tokens.
    pub const fn is_output(self) -> bool {
        matches!(self.side(), Direction::Output)
    }

    /// The bucket of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bucket| bucket.name() == name)
    }
}

/// Counts per bucket. `None` is "not reported", which is not zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    counts: [Option<u64>; Bucket::ALL.len()],
}

impl Default for Usage {
    fn default() -> Self {
        Self { counts: [None; Bucket::ALL.len()] }
    }
}

/// Only the reported buckets, by name.
impl std::fmt::Debug for Usage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_map().entries(self.reported().map(|(bucket, count)| (bucket.name(), count))).finish()
    }
}

impl Usage {
    /// The count of one bucket, `None` when the provider did not report it.
    pub fn count(&self, bucket: Bucket) -> Option<u64> {
        self.counts.get(bucket as usize).copied().flatten()
    }

    /// Sets one bucket; `None` makes it unreported.
    pub fn set(&mut self, bucket: Bucket, count: Option<u64>) {
        if let Some(slot) = self.counts.get_mut(bucket as usize) {
            *slot = count;
        }
    }

    /// The same with one bucket set: for building.
    #[must_use]
    pub fn with(mut self, bucket: Bucket, count: u64) -> Self {
        self.set(bucket, Some(count));
        self
    }

    /// The reported buckets.
    pub fn reported(&self) -> impl Iterator<Item = (Bucket, u64)> + '_ {
        Bucket::ALL.into_iter().filter_map(|bucket| Some((bucket, self.count(bucket)?)))
    }

    /// All input tokens, cached ones included; `None` when no bucket of them was reported.
    pub fn input_total(&self) -> Option<u64> {
        self.total(Bucket::is_input)
    }

    /// All output tokens, reasoning included; `None` when no bucket of them was reported.
    pub fn output_total(&self) -> Option<u64> {
        self.total(Bucket::is_output)
    }

    /// Tokens read from the cache, of whatever kind.
    pub fn cache_read_total(&self) -> Option<u64> {
        self.total(|bucket| matches!(bucket, Bucket::CacheRead | Bucket::CacheReadAudio | Bucket::CacheReadImage))
    }

    /// Tokens written to the cache for whatever lifetime.
    pub fn cache_write_total(&self) -> Option<u64> {
        self.total(|bucket| matches!(bucket, Bucket::CacheWrite5m | Bucket::CacheWrite1h))
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.reported().next().is_none()
    }

    fn total(&self, wanted: impl Fn(Bucket) -> bool) -> Option<u64> {
        self.reported().filter(|(bucket, _)| wanted(*bucket)).map(|(_, count)| count).reduce(u64::saturating_add)
    }
}
