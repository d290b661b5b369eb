//! Policy: authentication of callers, permitted models and operations, and choice of the provider or
//! the targets.

mod authority;
mod choice;
mod condition;
mod credential;
mod destination;
mod guard;
mod hosts;
mod hours;
mod keyring;
mod measure;
mod operations;
mod preference;
mod rest;
mod route;
mod routing;

pub use authority::is_called;
pub use choice::{ChoiceFacts, PassedOver, RouteChoice};
pub use condition::{CallFacts, Conditions, UnmetCondition};
pub use credential::{KeyFault, Presented, contains, is_credential};
pub use destination::{Destination, TARGET_HEADER};
pub use guard::{GuardFault, GuardVerdict, HttpGuard, LONGEST_VERDICT, OnFailure};
pub use hosts::{GatewayHost, Hosts};
pub use hours::DailyHours;
pub use keyring::{Digest, Keyring, VirtualKey};
pub use measure::{DeclaredRate, Measure, Measures};
pub use operations::{NamedOperation, OperationRule, OperationRules, operations};
pub use preference::{ChoiceReason, Preference};
pub use rest::{Readiness, Rest, Rests};
pub use route::{Consistency, ModelRoute, ModelRoutes, OnLoss, ShadowRoute, Target};
pub use routing::choose;
