//! Endpoints: method and path to operation and dialect.

mod administration;
mod index;
mod model_vendor;
mod operation;
mod pattern;
mod provider_endpoints;
mod query;
mod route;
mod table;
mod upgrade;

pub use operation::Operation;
pub use provider_endpoints::{
    DATABRICKS, HUGGING_FACE, MISTRAL, OPENROUTER, PERPLEXITY, REPLICATE, SNOWFLAKE, WRITER, XAI,
};
pub use query::split_query;
pub use route::Route;
pub use table::{Endpoint, EndpointDialect};
pub use upgrade::Upgrade;
