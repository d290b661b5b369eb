//! Usage: buckets of tokens and other units, and reports of providers.

mod bucket;
mod estimate;
mod fee;
mod reported;

pub(crate) use bucket::with_buckets;
pub use bucket::{Bucket, Unit, Usage};
pub use estimate::estimate;
pub use fee::{Fee, Fees};
pub use reported::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
