//! Policy: authentication of callers, permitted models and operations, and choice of the provider or
//! the targets.

mod authority;
mod credential;
mod destination;
mod guard;
mod hosts;
mod keyring;
mod operations;
mod rest;
mod route;
mod routing;

pub use authority::is_called;
pub use credential::{KeyFault, Presented, contains, is_credential};
pub use destination::{Destination, TARGET_HEADER};
pub use guard::{GuardFault, GuardVerdict, HttpGuard, LONGEST_VERDICT, OnFailure};
pub use hosts::{GatewayHost, Hosts};
pub use keyring::{Digest, Keyring, VirtualKey};
pub use operations::{NamedOperation, OperationRule, OperationRules, operations};
pub use rest::{Readiness, Rest, Rests};
pub use route::{ChoiceFacts, ModelRoute, ModelRoutes, OnLoss, RouteChoice, Target};
pub use routing::choose;
