//! Fees: what a provider bills besides its model and what it counts.

use super::Bucket;

/// Declares the fees, so that no list of them can lack one.
macro_rules! fees {
    ($($(#[$doc:meta])* $fee:ident, $name:literal, $bucket:expr;)*) => {
        /// A fee that a call incurs and of which the answer does not tell how much.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fee {
            $($(#[$doc])* $fee,)*
        }

        impl Fee {
            /// Every fee, in the order in which they are named as a reason.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$fee),*];

            /// The reason why a cost with it is unknown: `code_execution`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$fee => $name,)*
                }
            }

            /// The bucket of what is billed, where it is billed by the use.
            pub const fn bucket(self) -> Option<Bucket> {
                match self {
                    $(Self::$fee => $bucket,)*
                }
            }
        }
    };
}

fees! {
    /// Web searches.
    WebSearch, "web_search", Some(Bucket::WebSearches);
    /// Searches in the caller's own documents.
    FileSearch, "file_search", Some(Bucket::FileSearches);
    /// Searches on a map.
    MapSearch, "map_search", Some(Bucket::MapSearches);
    /// Code or commands that the provider runs; most bill the time of a container.
    CodeExecution, "code_execution", Some(Bucket::CodeRuns);
    /// Images that another model makes for the one that answers.
    ImageGeneration, "image_generation", None;
    /// Guardrails.
    Guardrail, "guardrail", None;
    /// A router that chooses the model.
    PromptRouter, "prompt_router", None;
    /// Any other tool of the provider's.
    Tool, "tool", None;
}

/// A set of fees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees(u16);

impl Fees {
    /// Adds a fee.
    pub fn insert(&mut self, fee: Fee) {
        self.0 |= 1 << fee as u16;
    }

    /// Takes a fee out.
    pub fn remove(&mut self, fee: Fee) {
        self.0 &= !(1 << fee as u16);
    }

    /// Adds every fee of another set.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// The fees, in order.
    pub fn iter(self) -> impl Iterator<Item = Fee> {
        Fee::ALL.into_iter().filter(move |fee| self.0 & 1 << *fee as u16 != 0)
    }
}
