//! Usage: what a provider counted for one call, in disjoint buckets.

/// One kind of token that has a price of its own. No token is in two buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// Input read anew: neither from a cache nor written to one, neither audio nor image.
    Input,
    /// Input read from the provider's prompt cache.
    CacheRead,
    /// Input written to the cache to live five minutes (the default where a provider has one lifetime).
    CacheWrite5m,
    /// Input written to the cache to live an hour.
    CacheWrite1h,
    /// Audio input, read anew.
    InputAudio,
    /// Output that is text (or tool calls), reasoning apart.
    Output,
    /// Output spent on reasoning, whether shown or not.
    Reasoning,
    /// Audio output.
    OutputAudio,
}

impl Bucket {
    /// Every bucket, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::InputAudio,
        Self::Output,
        Self::Reasoning,
        Self::OutputAudio,
    ];

    /// Whether the bucket is part of the input.
    pub const fn is_input(self) -> bool {
        matches!(self, Self::Input | Self::CacheRead | Self::CacheWrite5m | Self::CacheWrite1h | Self::InputAudio)
    }
}

/// Tokens per bucket. `None` is "not reported", which is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    counts: [Option<u64>; Bucket::ALL.len()],
}

impl Usage {
    /// The tokens in one bucket, `None` when the provider did not report it.
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

    /// All input tokens, cached ones included; `None` when no input bucket was reported.
    pub fn input_total(&self) -> Option<u64> {
        self.total(Bucket::is_input)
    }

    /// All output tokens, reasoning included; `None` when no output bucket was reported.
    pub fn output_total(&self) -> Option<u64> {
        self.total(|bucket| !bucket.is_input())
    }

    /// Tokens written to the cache for whatever lifetime.
    pub fn cache_write_total(&self) -> Option<u64> {
        self.total(|bucket| matches!(bucket, Bucket::CacheWrite5m | Bucket::CacheWrite1h))
    }

    /// Takes over every bucket that `later` reports: counts within a stream are cumulative, so the last one holds.
    /// Cache writes that `later` gives only as a sum keep their lifetimes when the sum is the one already known.
    pub fn update(&mut self, later: &Self) {
        let mut later = *later;
        let only_sum = later.count(Bucket::CacheWrite1h).is_none();
        if only_sum && later.count(Bucket::CacheWrite5m) == self.cache_write_total() {
            later.set(Bucket::CacheWrite5m, None);
        }
        for (bucket, count) in later.reported() {
            self.set(bucket, Some(count));
        }
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.reported().next().is_none()
    }

    fn total(&self, wanted: impl Fn(Bucket) -> bool) -> Option<u64> {
        self.reported().filter(|(bucket, _)| wanted(*bucket)).map(|(_, count)| count).reduce(u64::saturating_add)
    }
}
