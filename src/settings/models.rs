//! `models`: public names of models, and their targets.

use super::conditions::WhenSettings;
use super::distinct::Distinct;
use super::member::{Listed, Named, Required, Word};
use super::problem::{Path, Problems};
use super::raw_json::RawJson;
use super::section::{Context, List, RecordedName, Section};
use super::translation::OnLossSettings;
use super::units::Integer;
#[cfg(schema)]
use super::validate::VISIBLE;
use super::validate::{HeaderName, LIKE_A_KEY, Label, is_header_value, is_like_a_key};
use crate::policy::{
    Consistency, DeclaredRate, ModelRoute, ModelRoutes, OnLoss, Preference, ShadowRoute, Target, is_credential,
};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// A name that clients ask for, and the targets of its calls. It holds at the gateway's own address: a call that names a
/// provider, or addresses its host, goes there with the model as the client wrote it. So does a model that no name here
/// matches go to a provider by its API.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ModelSettings {
    /// The name, exact or with `*` anywhere for any text. An exact name goes before patterns, and of patterns the first
    /// that matches is taken. A key's `models` allow these names.
    name: Required<Label>,
    /// The targets, in the order in which they are tried. More than one to be tried in turn need `attempts.upstream`;
    /// without it several targets all have a `weight`, and a call has one of them.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    targets: Required<Vec<TargetSettings>>,
    /// Targets tried next when a target answers that the request is too long for the model. Needs `attempts.upstream`.
    on_context_length: Option<Vec<TargetSettings>>,
    /// Targets tried next when a target's content policy turns the request down. Needs `attempts.upstream`.
    on_content_policy: Option<Vec<TargetSettings>>,
    /// Order in which the targets are tried: that of the settings (`order`), the `cheapest` first by the price book (a target
    /// without a price last), the `fastest` by a decaying mean of the time to the first token, or the `least_used` by its
    /// `rate` and by the rest of the provider's own limit. Weights hold among equal ones.
    #[cfg_attr(schema, schemars(extend("default" = "order")))]
    prefer: Option<Word<Preference>>,
    /// Class of quality that a call asks for where it has no header `x-tollgate-quality`. Only targets of the class are the
    /// call's.
    quality: Option<Label>,
    /// Calls of one conversation keep to one target, among equal ones. Absent, each call is on its own.
    consistent: Option<ConsistentSettings>,
    /// Target that gets the same calls besides. Its answers reach no client, and are recorded on spans of their own (see
    /// [fallback.md](fallback.md)). Needs `attempts.upstream`.
    shadow: Option<ShadowSettings>,
}

/// A provider and a model there, for calls without effect for clients.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct ShadowSettings {
    /// Name of a provider in `providers`, and of its cluster.
    #[cfg_attr(schema, schemars(regex(pattern = VISIBLE)))]
    provider: Required<String>,
    /// Name of the model at the provider. Absent, it is the one that the client asks for.
    model: Option<Label>,
    /// Share of the model's calls that it gets, in percent.
    share: Option<Integer<1, 100, 100>>,
    /// As those of a target.
    defaults: Option<Named<RawJson>>,
    /// As those of a target.
    overrides: Option<Named<RawJson>>,
    /// As those of a target.
    headers: Option<Vec<TargetHeaderSettings>>,
    /// Conditions for it to get a call. Absent, there are none.
    when: Option<WhenSettings>,
    /// As that of a target.
    on_loss: Option<OnLossSettings>,
}

/// Source of a conversation's name.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct ConsistentSettings {
    /// Header of the client that names the conversation. Absent, or where a call does not have it, a conversation is known by
    /// its instructions and its first message.
    header: Option<HeaderName>,
}

impl Listed for Preference {
    const NAME: &'static str = "preference";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        Self::ALL.into_iter()
    }
}

/// A provider and a model there.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct TargetSettings {
    /// Name of a provider in `providers`.
    #[cfg_attr(schema, schemars(regex(pattern = VISIBLE)))]
    provider: Required<String>,
    /// Name of the model at the provider. Absent, it is the one that the client asks for.
    model: Option<Label>,
    /// Share of the calls that try it first, in proportion to the other targets' weights. A target without one, beside
    /// targets with one, is tried only after another.
    #[cfg_attr(schema, schemars(extend("default" = null)))]
    weight: Option<Integer<1, 1, 1_000_000>>,
    /// Members of the request's body, by their names in the provider's API, where the client writes none. Members of
    /// objects (`generationConfig`) are merged.
    defaults: Option<Named<RawJson>>,
    /// Members of the request's body, whatever the client writes: `{"temperature": 0}`.
    overrides: Option<Named<RawJson>>,
    /// Headers of its requests, in place of the client's. They are no secrets: the filter's configuration is visible.
    headers: Option<Vec<TargetHeaderSettings>>,
    /// Conditions for it to be one of a call's targets. Absent, it always is.
    when: Option<WhenSettings>,
    /// Classes of quality that it is of, in words of your own.
    quality: Option<Vec<Label>>,
    /// Rate that it permits, per minute. It bounds no call: `least_used` compares by it.
    rate: Option<RateSettings>,
    /// Handling of a request that its API cannot say in full, where it is not that of `translation`.
    on_loss: Option<OnLossSettings>,
}

/// Rate that a target permits, per minute.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct RateSettings {
    /// Requests.
    #[cfg_attr(schema, schemars(extend("default" = null)))]
    requests: Option<Integer<1, 1, MOST_PER_MINUTE>>,
    /// Tokens of input and output.
    #[cfg_attr(schema, schemars(extend("default" = null)))]
    tokens: Option<Integer<1, 1, MOST_PER_MINUTE>>,
}

/// Above every rate that a provider permits.
const MOST_PER_MINUTE: u64 = 1_000_000_000;

/// A header of a target's requests.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct TargetHeaderSettings {
    /// Its name.
    name: Required<HeaderName>,
    /// Its value.
    value: Required<String>,
}

impl Section for List<ModelSettings> {
    type Checked = ModelRoutes;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> ModelRoutes {
        let (mut routes, mut names) = (ModelRoutes::default(), Distinct::default());
        Self::each(text.unwrap_or("[]"), at, problems, |index, written, at, problems| {
            let preference = written.prefer.and_then(|word| word.checked(&at.member("prefer"), problems));
            let quality = written.quality.and_then(|class| class.checked(&at.member("quality"), problems));
            let consistent = written.consistent.map(|by| {
                let at = at.member("consistent");
                Consistency { header: by.header.and_then(|name| name.checked(&at.member("header"), problems)) }
            });
            let is_chosen =
                preference.is_some_and(|preference| preference != Preference::Order) || consistent.is_some();
            let shadow = written.shadow.and_then(|written| shadow(written, context, &at.member("shadow"), problems));
            let route = route(written.targets, is_chosen, context, at, problems).map(|targets| ModelRoute {
                targets,
                on_context_length: others(written.on_context_length, context, &at.member(ON_LENGTH), problems),
                on_content_policy: others(written.on_content_policy, context, &at.member(ON_POLICY), problems),
                preference: preference.unwrap_or_default(),
                quality,
                consistent,
                shadow,
            });
            let at = at.member("name");
            let name = written.name.or_note("the name that clients ask for", &at, problems);
            let Some(name) = name.and_then(|name| name.checked(&at, problems)) else {
                return;
            };
            if names.add(&name, index).is_some() {
                problems.note(&at, "another model has this name");
            }
            context.recorded.push(RecordedName { section: "models", index, member: "name", name: name.clone() });
            if let Some(route) = route {
                routes.add(name, route);
            }
        });
        routes
    }
}

/// Checks the targets of a name. `is_chosen`: a call has one of them also without fallback.
fn route(
    written: Required<Vec<TargetSettings>>,
    is_chosen: bool,
    context: &Context<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Vec<Arc<Target>>> {
    let at = at.member("targets");
    let written = written.or_note("a list of at least one target", &at, problems)?;
    if written.is_empty() {
        problems.note(&at, "empty: write at least one target");
    }
    let is_drawn = written.iter().all(|target| target.weight.is_some());
    let is_always = |target: &&TargetSettings| target.when.is_none() && target.quality.is_none();
    let is_in_turn = written.iter().filter(is_always).count() > 1;
    if is_in_turn && !is_drawn && !is_chosen && !context.has_upstream {
        problems.note(&at, NEEDS_UPSTREAM);
    }
    Some(targets(written, context, &at, problems))
}

/// Checks the targets for requests that others turn down.
fn others(
    written: Option<Vec<TargetSettings>>,
    context: &Context<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Vec<Arc<Target>> {
    if written.is_some() && !context.has_upstream {
        problems.note(at, NEEDS_UPSTREAM);
    }
    targets(written.unwrap_or_default(), context, at, problems)
}

fn shadow(
    written: ShadowSettings,
    context: &Context<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<ShadowRoute> {
    if !context.has_upstream {
        problems.note(at, SHADOW_NEEDS_UPSTREAM);
    }
    let ShadowSettings { provider, model, share, defaults, overrides, headers, when, on_loss } = written;
    let share = Integer::checked(share, &at.member("share"), problems);
    let (weight, quality, rate) = (None, None, None);
    let written =
        TargetSettings { provider, model, weight, defaults, overrides, headers, when, quality, rate, on_loss };
    Some(ShadowRoute { target: target(written, context, at, problems)?, share })
}

fn targets(
    written: Vec<TargetSettings>,
    context: &Context<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Vec<Arc<Target>> {
    let written = written.into_iter().enumerate();
    written.filter_map(|(index, written)| target(written, context, &at.element(index), problems)).collect()
}

fn target(
    written: TargetSettings,
    context: &Context<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Arc<Target>> {
    let model = written.model.and_then(|model| model.checked(&at.member("model"), problems));
    if model.as_ref().is_some_and(|model| model.contains('*')) {
        problems
            .note(&at.member("model"), "has a `*`: write the model's one name, or leave it out for the requested one");
    }
    let weight = written.weight.map(|weight| Integer::checked(Some(weight), &at.member("weight"), problems));
    let defaults = body_members(written.defaults, &at.member("defaults"), problems);
    let overrides = body_members(written.overrides, &at.member("overrides"), problems);
    let headers = headers(written.headers.unwrap_or_default(), &at.member("headers"), problems);
    let when = written.when.map(|when| when.checked(&at.member("when"), problems)).unwrap_or_default();
    let classes = written.quality.unwrap_or_default().into_iter().enumerate();
    let at_quality = at.member("quality");
    let quality = classes.filter_map(|(index, class)| class.checked(&at_quality.element(index), problems)).collect();
    let rate = rate(written.rate, &at.member("rate"), problems);
    let provider = provider(written.provider, &context.providers, &at.member("provider"), problems)?;
    let on_loss = written.on_loss.map_or(context.on_loss, OnLoss::from);
    Some(Arc::new(Target { provider, model, weight, defaults, overrides, headers, when, quality, rate, on_loss }))
}

fn rate(written: Option<RateSettings>, at: &Path<'_>, problems: &mut Problems) -> DeclaredRate {
    let mut checked = |written: Option<Integer<1, 1, MOST_PER_MINUTE>>, name| {
        written.map(|written| Integer::checked(Some(written), &at.member(name), problems))
    };
    written.map_or_else(DeclaredRate::default, |rate| DeclaredRate {
        requests: checked(rate.requests, "requests"),
        tokens: checked(rate.tokens, "tokens"),
    })
}

fn provider(written: Required<String>, providers: &[String], at: &Path<'_>, problems: &mut Problems) -> Option<usize> {
    let name = written.or_note("the name of a provider in \"providers\"", at, problems)?;
    let index = providers.iter().position(|known| *known == name);
    // Providers with problems of their own are not known here.
    if index.is_none() && !providers.is_empty() {
        problems.note(at, "no provider in \"providers\" has this name");
    }
    index
}

fn body_members(written: Option<Named<RawJson>>, at: &Path<'_>, problems: &mut Problems) -> Vec<(String, String)> {
    let Some(Named(written)) = written else {
        return Vec::new();
    };
    for (name, RawJson(value)) in &written {
        let at = at.member(name);
        if OF_GATEWAY.contains(&name.as_str()) {
            problems.note(&at, "the gateway writes this member itself: a model's name stands in \"model\"");
        } else if is_like_a_key(value) {
            problems.note(&at, LIKE_A_KEY);
        }
    }
    written.into_iter().map(|(name, RawJson(value))| (name, value)).collect()
}

fn headers(written: Vec<TargetHeaderSettings>, at: &Path<'_>, problems: &mut Problems) -> Vec<(String, String)> {
    let (mut headers, mut names) = (Vec::new(), Distinct::default());
    for (index, header) in written.into_iter().enumerate() {
        let at = at.element(index);
        let value_at = at.member("value");
        let value = header.value.or_note("the header's value", &value_at, problems);
        let value = value.filter(|value| {
            let is_value = is_header_value(value) && !value.is_empty();
            if !is_value {
                problems.note(&value_at, "not the value of a header");
            } else if is_like_a_key(value) {
                problems.note(&value_at, LIKE_A_KEY);
            }
            is_value
        });
        let at = at.member("name");
        let name = header.name.or_note("the header's name, such as \"anthropic-beta\"", &at, problems);
        let Some(name) = name.and_then(|name| name.checked(&at, problems)) else {
            continue;
        };
        if is_credential(&name) {
            problems.note(&at, "carries a key: write it as the provider's \"credential\"");
        } else if FRAMING.contains(&name.as_str()) || name.starts_with("x-tollgate-") || name.starts_with("x-envoy-") {
            problems.note(&at, "Envoy or the gateway writes this header itself");
        } else if names.add(&name, index).is_some() {
            problems.note(&at, "another header has this name");
        }
        headers.extend(value.map(|value| (name, value)));
    }
    headers
}

/// Members of a body that belong to the call, not to its parameters.
const OF_GATEWAY: [&str; 2] = ["model", "stream"];

/// Headers that frame or address a request.
const FRAMING: [&str; 8] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
];

const ON_LENGTH: &str = "on_context_length";
const ON_POLICY: &str = "on_content_policy";

const SHADOW_NEEDS_UPSTREAM: &str = "needs upstream instances of the filter, which write its requests: load it into the \
    providers' clusters too and set attempts.upstream (see docs/fallback.md)";

const NEEDS_UPSTREAM: &str = "to try several targets in turn takes upstream instances of the filter: load it into the \
    providers' clusters too and set attempts.upstream (see docs/fallback.md); for one of \
    them per call give each target a \"weight\", all but one a \"when\" or a \"quality\", or the model a \"prefer\" or \
    \"consistent\"";
