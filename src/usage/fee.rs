//! Fees that a provider bills besides tokens and other counted units.

use super::Bucket;

/// Declares the fees and derives every list of them.
macro_rules! fees {
    ($($(#[$doc:meta])* $fee:ident, $name:literal, $bucket:expr;)*) => {
        /// A fee that a call incurs and the answer does not quantify.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fee {
            $($(#[$doc])* $fee,)*
        }

        impl Fee {
            /// Every fee, in reporting order.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$fee),*];

            /// Reason for a cost left unknown by this fee: `code_execution`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$fee => $name,)*
                }
            }

            /// Bucket that counts the fee's uses, for fees billed per use.
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
    /// Code or commands run by the provider; most bill container time.
    CodeExecution, "code_execution", Some(Bucket::CodeRuns);
    /// Images made by another model for the answering one.
    ImageGeneration, "image_generation", None;
    /// Guardrails.
    Guardrail, "guardrail", None;
    /// A router that chooses the model.
    PromptRouter, "prompt_router", None;
    /// Any other provider-run tool.
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

    /// Removes a fee.
    pub fn remove(&mut self, fee: Fee) {
        self.0 &= !(1 << fee as u16);
    }

    /// Adds every fee of another set.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Iterates over the fees in order.
    pub fn iter(self) -> impl Iterator<Item = Fee> {
        Fee::ALL.into_iter().filter(move |fee| self.0 & 1 << *fee as u16 != 0)
    }
}
