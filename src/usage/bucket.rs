//! Usage of one call in disjoint buckets.

/// Unit of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Tokens.
    Token,
    /// Characters of text.
    Character,
    /// Seconds of audio or video, rounded up.
    Second,
    /// Images.
    Image,
    /// Pages of a document.
    Page,
    /// Searches: rerank's search units, and searches by a provider's own tools.
    Search,
    /// Requests, and runs of a provider's own tools.
    Request,
}

/// Declares the buckets with names and units.
macro_rules! buckets {
    ($($(#[$doc:meta])* $bucket:ident, $name:ident, $unit:ident, $side:ident;)*) => {
        /// A kind of usage with a price of its own. No token is in two buckets.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Bucket {
            $($(#[$doc])* $bucket,)*
        }

        impl Bucket {
            /// Every bucket, in display order.
            pub const ALL: [Self; [$(Self::$bucket),*].len()] = [$(Self::$bucket),*];

            /// Name in settings, price book and output: `cache_write_5m`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bucket => stringify!($name),)*
                }
            }

            /// Returns the bucket with a name.
            pub fn of_name(name: &str) -> Option<Self> {
                $(if name == stringify!($name) {
                    return Some(Self::$bucket);
                })*
                None
            }

            /// Unit of the count.
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

/// Passes the list of buckets to a macro: for each its documentation, variant, name, unit and direction.
macro_rules! with_buckets {
    ($then:ident) => {
        $then! {
            /// Input neither read from nor written to a cache: text, or input of an unspecified kind.
            Input, input, Token, Input;
            /// Input read from the provider's prompt cache.
            CacheRead, cache_read, Token, Input;
            /// Audio read from the cache.
            CacheReadAudio, cache_read_audio, Token, Input;
            /// Images read from the cache.
            CacheReadImage, cache_read_image, Token, Input;
            /// Input written to the cache for five minutes (the default for providers with a single lifetime).
            CacheWrite5m, cache_write_5m, Token, Input;
            /// Input written to the cache for an hour.
            CacheWrite1h, cache_write_1h, Token, Input;
            /// Uncached audio input.
            InputAudio, input_audio, Token, Input;
            /// Uncached image input.
            InputImage, input_image, Token, Input;
            /// Uncached video input.
            InputVideo, input_video, Token, Input;
            /// Tokens that the provider's own tools added to the prompt (Gemini's `toolUsePromptTokenCount`).
            ToolInput, tool_input, Token, Input;
            /// Output that is text or tool calls, without reasoning.
            Output, output, Token, Output;
            /// Output spent on reasoning, shown or hidden.
            Reasoning, reasoning, Token, Output;
            /// Audio output.
            OutputAudio, output_audio, Token, Output;
            /// Image output.
            OutputImage, output_image, Token, Output;
            /// Characters of input, for providers that bill them.
            InputCharacters, input_characters, Character, Other;
            /// Characters of output, for providers that bill them.
            OutputCharacters, output_characters, Character, Other;
            /// Seconds of audio or video sent.
            InputSeconds, input_seconds, Second, Other;
            /// Seconds of audio or video generated.
            OutputSeconds, output_seconds, Second, Other;
            /// Images sent.
            InputImages, input_images, Image, Other;
            /// Images generated.
            OutputImages, output_images, Image, Other;
            /// Pages processed.
            Pages, pages, Page, Other;
            /// Search units of a reranking.
            Searches, searches, Search, Other;
            /// Web searches by the provider for the model.
            WebSearches, web_searches, Search, Other;
            /// Searches by the provider in the caller's own documents for the model.
            FileSearches, file_searches, Search, Other;
            /// Searches by the provider on a map for the model.
            MapSearches, map_searches, Search, Other;
            /// Code runs by the provider for the model, for providers that bill each.
            CodeRuns, code_runs, Request, Other;
            /// Requests, for APIs priced per request.
            Requests, requests, Request, Other;
        }
    };
}

pub(crate) use with_buckets;

with_buckets!(buckets);

impl Bucket {
    /// Buckets of the provider's own tools, in order.
    pub const OF_TOOLS: [Self; 4] = [Self::WebSearches, Self::FileSearches, Self::MapSearches, Self::CodeRuns];

    /// Reports whether the bucket holds input tokens.
    pub const fn is_input(self) -> bool {
        matches!(self.side(), Direction::Input)
    }

    /// Reports whether the bucket holds output tokens.
    pub const fn is_output(self) -> bool {
        matches!(self.side(), Direction::Output)
    }
}

/// Counts per bucket. `None` means not reported, which is not zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Counts of the buckets; 0 where none was reported.
    counts: [u64; Bucket::ALL.len()],
    /// Buckets whose counts were reported, one bit each.
    reported: u32,
}

const _: () = assert!(Bucket::ALL.len() <= u32::BITS as usize);

impl Default for Usage {
    fn default() -> Self {
        Self { counts: [0; Bucket::ALL.len()], reported: 0 }
    }
}

/// Shows only the reported buckets, by name.
impl std::fmt::Debug for Usage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_map().entries(self.reported().map(|(bucket, count)| (bucket.name(), count))).finish()
    }
}

impl Usage {
    /// Returns the count of one bucket; `None` when the provider did not report it.
    pub fn count(&self, bucket: Bucket) -> Option<u64> {
        let is_reported = self.reported & 1 << bucket as u32 != 0;
        self.counts.get(bucket as usize).copied().filter(|_| is_reported)
    }

    /// Sets the count of one bucket; `None` makes it unreported.
    pub fn set(&mut self, bucket: Bucket, count: Option<u64>) {
        if let Some(slot) = self.counts.get_mut(bucket as usize) {
            *slot = count.unwrap_or(0);
            self.reported = self.reported & !(1 << bucket as u32) | u32::from(count.is_some()) << bucket as u32;
        }
    }

    /// Builder form of [`set`](Self::set).
    #[must_use]
    pub fn with(mut self, bucket: Bucket, count: u64) -> Self {
        self.set(bucket, Some(count));
        self
    }

    /// The reported buckets.
    pub fn reported(&self) -> impl Iterator<Item = (Bucket, u64)> + '_ {
        let mut left = self.reported;
        std::iter::from_fn(move || {
            let bucket = Bucket::ALL.get(left.trailing_zeros() as usize)?;
            left &= left.wrapping_sub(1);
            Some((*bucket, self.count(*bucket)?))
        })
    }

    /// All input tokens, cached ones included; `None` when no input bucket was reported.
    pub fn input_total(&self) -> Option<u64> {
        self.total(Bucket::is_input)
    }

    /// All output tokens, reasoning included; `None` when no output bucket was reported.
    pub fn output_total(&self) -> Option<u64> {
        self.total(Bucket::is_output)
    }

    /// Tokens read from the cache, of any kind.
    pub fn cache_read_total(&self) -> Option<u64> {
        self.total(|bucket| matches!(bucket, Bucket::CacheRead | Bucket::CacheReadAudio | Bucket::CacheReadImage))
    }

    /// Tokens written to the cache, for any lifetime.
    pub fn cache_write_total(&self) -> Option<u64> {
        self.total(|bucket| matches!(bucket, Bucket::CacheWrite5m | Bucket::CacheWrite1h))
    }

    /// Reports whether no count was reported.
    pub fn is_empty(&self) -> bool {
        self.reported == 0
    }

    fn total(&self, wanted: impl Fn(Bucket) -> bool) -> Option<u64> {
        self.reported().filter(|(bucket, _)| wanted(*bucket)).map(|(_, count)| count).reduce(u64::saturating_add)
    }
}
