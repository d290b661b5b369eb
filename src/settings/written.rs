//! Settings as written, member by member. Defaults are not filled in here, and every member may be absent: missing ones
//! are reported together with all other problems. Enums are externally tagged and unknown names are refused, so that
//! each fault has its path.

use super::units::{Decimal, Moment, Period, Size};
use crate::usage::Bucket;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::marker::PhantomData;

/// Members of the settings as a whole.
pub(super) const SECTIONS: [&str; 12] = [
    "providers",
    "keys",
    "redaction",
    "operations",
    "prices",
    "telemetry",
    "limits",
    "unknown_paths",
    "strip_headers",
    "gateway_hosts",
    "forward_client_address",
    "guards",
];

/// An element of `providers`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderSettings {
    pub(super) name: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) credential: Option<Object<CredentialSettings>>,
    pub(super) host: Option<String>,
    pub(super) port: Option<u64>,
    /// Prefix of its paths in place of OpenAI's `/v1`: `/openai/v1`.
    pub(super) base_path: Option<String>,
    /// Name in spans and in the price book. Default: its kind's.
    pub(super) telemetry_name: Option<String>,
    /// Differences from its kind.
    pub(super) quirks: Option<Vec<String>>,
}

/// Source of a provider's key: `{"env": "OPENAI_API_KEY"}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialSettings {
    /// A variable of the host's environment.
    pub(super) env: Option<String>,
    /// Header that carries the key. Default: that of the provider's kind.
    pub(super) header: Option<String>,
}

/// An element of `keys`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeySettings {
    pub(super) id: Option<String>,
    pub(super) sha256: Option<String>,
    pub(super) team: Option<String>,
    pub(super) user: Option<String>,
    pub(super) feature: Option<String>,
    pub(super) models: Option<Vec<String>>,
    pub(super) expires: Option<Moment>,
}

/// `redaction`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedactionSettings {
    pub(super) detect: Option<Vec<String>>,
    pub(super) placeholder_key: Option<Object<PlaceholderKeySettings>>,
    /// Restoration scope of placeholders.
    pub(super) restore_scope: Option<RestoreScopeSettings>,
    /// Number of values that the workers of one Envoy share.
    pub(super) shared_slots: Option<u64>,
    pub(super) shared_lifetime: Option<Period>,
}

/// `redaction.placeholder_key`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceholderKeySettings {
    /// A variable of the host's environment.
    pub(super) env: Option<String>,
    /// Keys of earlier placeholders.
    pub(super) older: Option<Vec<Object<OlderKey>>>,
}

/// An element of `redaction.placeholder_key.older`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OlderKey {
    pub(super) env: Option<String>,
}

/// `redaction.restore_scope`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RestoreScopeSettings {
    Call,
    Envoy,
    Anywhere,
}

/// `prices`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PricesSettings {
    /// Prices of the operator, which precede the book's.
    pub(super) overrides: Option<Vec<Object<PriceSettings>>>,
    /// The operator's names for models: deployments, profiles.
    pub(super) aliases: Option<Vec<Object<AliasSettings>>>,
    /// Discounts on the book's prices; the first match for a model applies.
    pub(super) discounts: Option<Vec<Object<DiscountSettings>>>,
}

/// An element of `prices.aliases`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AliasSettings {
    pub(super) provider: Option<String>,
    /// A deployment's name, or the ARN of an application inference profile, as in requests.
    pub(super) name: Option<String>,
    /// The model's name in the book, or in an element of `prices.overrides`.
    pub(super) model: Option<String>,
}

/// An element of `prices.discounts`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscountSettings {
    pub(super) provider: Option<String>,
    /// Names of models, `*` for any text. Absent: every model.
    pub(super) model: Option<String>,
    /// Percent off the book's price, 0 to 100, with at most four decimals. Overrides are not discounted.
    pub(super) percent: Option<Decimal>,
}

/// Declares the elements of `prices.overrides`; their prices have the names of the buckets of usage.
macro_rules! price {
    ($($bucket:ident: $variant:ident,)*) => {
        /// An element of `prices.overrides`: dollars per million tokens or characters, and for one second, image, page,
        /// search or request.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct PriceSettings {
            pub(super) provider: Option<String>,
            pub(super) model: Option<String>,
            $(pub(super) $bucket: Option<Decimal>,)*
        }

        impl PriceSettings {
            /// Written price of each bucket.
            pub(super) const fn prices(&self) -> [(Bucket, &Option<Decimal>); Bucket::ALL.len()] {
                [$((Bucket::$variant, &self.$bucket),)*]
            }
        }
    };
}

price! {
    input: Input,
    cache_read: CacheRead,
    cache_read_audio: CacheReadAudio,
    cache_read_image: CacheReadImage,
    cache_write_5m: CacheWrite5m,
    cache_write_1h: CacheWrite1h,
    input_audio: InputAudio,
    input_image: InputImage,
    input_video: InputVideo,
    tool_input: ToolInput,
    output: Output,
    reasoning: Reasoning,
    output_audio: OutputAudio,
    output_image: OutputImage,
    input_characters: InputCharacters,
    output_characters: OutputCharacters,
    input_seconds: InputSeconds,
    output_seconds: OutputSeconds,
    input_images: InputImages,
    output_images: OutputImages,
    pages: Pages,
    searches: Searches,
    web_searches: WebSearches,
    file_searches: FileSearches,
    map_searches: MapSearches,
    code_runs: CodeRuns,
    requests: Requests,
}

/// `telemetry`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TelemetrySettings {
    pub(super) otlp: Option<Object<OtlpSettings>>,
    pub(super) resource: Option<AttributeSettings>,
    pub(super) content: Option<ContentSettings>,
    pub(super) content_limit: Option<Size>,
    /// Set when usage that a provider does not report is estimated.
    pub(super) estimate_usage: Option<bool>,
    pub(super) names: Option<NamesSettings>,
    pub(super) sampling: Option<SamplingSettings>,
}

/// `telemetry.otlp`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtlpSettings {
    pub(super) cluster: Option<String>,
    pub(super) authority: Option<String>,
    pub(super) path: Option<String>,
    pub(super) headers: Option<Vec<Object<HeaderSettings>>>,
    pub(super) timeout: Option<Period>,
    pub(super) batch: Option<Object<BatchSettings>>,
    pub(super) queue: Option<Object<QueueSettings>>,
}

/// An element of `telemetry.otlp.headers`: its value is in the environment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderSettings {
    pub(super) name: Option<String>,
    pub(super) env: Option<String>,
}

/// `telemetry.otlp.batch`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchSettings {
    pub(super) spans: Option<u64>,
    pub(super) bytes: Option<Size>,
    pub(super) interval: Option<Period>,
}

/// `telemetry.otlp.queue`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueueSettings {
    pub(super) spans: Option<u64>,
    pub(super) bytes: Option<Size>,
    pub(super) retry_for: Option<Period>,
}

/// `telemetry.content`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ContentSettings {
    None,
    Hash,
    Redacted,
    Full,
}

/// `telemetry.names`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NamesSettings {
    Latest,
    Legacy,
    Both,
}

/// `telemetry.sampling`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SamplingSettings {
    Always,
    Parent,
}

/// `limits`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsSettings {
    pub(super) request_body: Option<Size>,
    pub(super) response_body: Option<Size>,
    pub(super) stream_event: Option<Size>,
}

/// `unknown_paths`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UnknownPathsSettings {
    Refuse,
    Pass,
}

/// A value of `operations`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OperationSettings {
    Refuse,
    Pass,
}

/// A value written as an object. Plain serde would also accept a list of the values in the order of the members.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members)).map(Object)
            }
        }
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

/// Names with values, in the order written; a name may occur twice.
#[derive(Debug)]
pub(super) struct Named<T>(pub(super) Vec<(String, T)>);

/// Names with texts.
pub(super) type AttributeSettings = Named<String>;

impl<'de, T: Deserialize<'de> + Expected> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Expected> Visitor<'de> for NamedVisitor<T> {
            type Value = Named<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(T::EXPECTED)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Named<T>, A::Error> {
                let mut named = Vec::new();
                while let Some(member) = members.next_entry()? {
                    named.push(member);
                }
                Ok(Named(named))
            }
        }
        deserializer.deserialize_map(NamedVisitor(PhantomData))
    }
}

/// The expected object, in the words of a problem.
pub(super) trait Expected {
    const EXPECTED: &'static str;
}

impl Expected for String {
    const EXPECTED: &'static str = "an object of names with texts";
}

impl Expected for OperationSettings {
    const EXPECTED: &'static str = "an object of operations with `refuse` or `pass`";
}
