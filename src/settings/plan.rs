//! The plan: settings checked and prepared, with every default filled in; the input of calls.

use super::attempts::{AttemptsPlan, AttemptsSettings};
use super::capabilities::CapabilitySettings;
use super::forward_client_address::ForwardClientAddress;
use super::gateway_hosts::HostPattern;
use super::guards::GuardsSettings;
use super::keys::KeySettings;
use super::limits::{Limits, LimitsSettings};
use super::member::Required;
use super::models::ModelSettings;
use super::operations::OperationSettings;
use super::prices::PricesSettings;
use super::problem::{Path, Problems};
use super::providers::ProviderSettings;
use super::redaction::{Redaction, RedactionSettings};
use super::section::{Context, List, Section};
use super::strip_headers::StrippedHeader;
use super::telemetry::{TelemetryPlan, TelemetrySettings};
use super::translation::TranslationSettings;
use super::unknown_paths::UnknownPaths;
use crate::capability::CapabilityTable;
use crate::policy::{Hosts, HttpGuard, Keyring, ModelRoutes, OnLoss, OperationRules};
use crate::price::Book;
use crate::provider::Provider;

/// Declares the sections: each with its form as written and its share of the plan, in the order of the checks.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident: $written:ty => $checked:ty,)*) => {
        /// All settings that calls need, by section.
        #[derive(Debug)]
        pub struct Plan {
            $($(#[$doc])* pub $name: $checked,)*
        }

        /// Members of the settings as a whole.
        pub(super) const SECTIONS: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        /// Checks every section, in the order of [`SECTIONS`]. The plan must not be used if there are problems.
        pub(super) fn plan(
            [$($name),*]: [Option<&str>; SECTIONS.len()],
            context: &mut Context<'_>,
            problems: &mut Problems,
        ) -> Plan {
            let top = Path::Top;
            $(let $name = <$written as Section>::check($name, context, &top.member(stringify!($name)), problems);)*
            Plan { $($name),* }
        }

        /// Settings of the filter: a JSON object.
        #[cfg(schema)]
        #[derive(schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "a declaration for the schema")]
        pub(super) struct Settings {
            $($name: $written,)*
        }
    };
}

sections! {
    /// Upstream providers, in the order written: the first match is chosen. At least one, with unique names.
    providers: Required<List<ProviderSettings, 1>> => Vec<Provider>,
    /// The virtual keys, at least one.
    keys: Required<List<KeySettings, 1>> => Keyring,
    /// Attempts of a call at several targets.
    attempts: Option<AttemptsSettings> => AttemptsPlan,
    /// Translation of requests for targets that speak another API than the client's.
    translation: Option<TranslationSettings> => OnLoss,
    /// Models that clients ask for by a name of your own, each with its targets. Default: none; a call goes to a provider
    /// by its API, with the model that the client names.
    models: Option<List<ModelSettings>> => ModelRoutes,
    /// Redaction of requests.
    redaction: Option<RedactionSettings> => Redaction,
    /// Operations that are refused, or passed on unsearched. Default: with redaction on, operations with texts that are
    /// not read are refused.
    operations: Option<OperationSettings> => OperationRules,
    /// Prices of tokens.
    prices: Option<PricesSettings> => Book,
    /// Capabilities of models, the operator's over the built-in ones.
    capabilities: Option<List<CapabilitySettings>> => CapabilityTable,
    /// Telemetry of calls.
    telemetry: Option<TelemetrySettings> => TelemetryPlan,
    /// Memory limits.
    limits: Option<LimitsSettings> => Limits,
    /// Handling of a request whose path no dialect knows.
    unknown_paths: Option<UnknownPaths> => UnknownPaths,
    /// Request headers, in lower case, that are removed for every provider; never one that a call needs. Default: none.
    strip_headers: Option<List<StrippedHeader>> => Vec<String>,
    /// Hosts of the gateway and of known providers. Default: every name that is not a known provider's is the
    /// gateway's.
    gateway_hosts: Option<List<HostPattern>> => Hosts,
    /// Set when providers may receive headers with the client's address (`x-forwarded-for`, `forwarded`, …). Default:
    /// no.
    forward_client_address: Option<ForwardClientAddress> => bool,
    /// Guard that is asked before a call goes on. Default: none.
    guards: Option<GuardsSettings> => Option<HttpGuard>,
}
