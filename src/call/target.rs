//! Targets of a call, chosen by the model that the client asks for.

use super::Call;
use super::body::{ParsedBody, RequestBody};
use super::for_target::RoutedCall;
use super::phase::HeldRequest;
use crate::attempt::provider_form;
use crate::document::{Document, Edits};
use crate::endpoint::{Route, split_query};
use crate::model::{Item, Needs, Node, Refusal, Role};
use crate::policy::{
    CallFacts, ChoiceFacts, Destination, Measures, ModelRoute, PassedOver, Preference, Readiness, RouteChoice, Target,
};
use crate::price::{Cost, PriceQuery};
use crate::record::RouteRecord;
use crate::settings::Plan;
use crate::usage::{Bucket, estimate};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

/// Provider of a call, and the targets where the settings have some for its model.
pub(super) struct ChosenTargets {
    /// Index of the provider in the plan: the first target's, where there are targets.
    pub(super) provider: usize,
    pub(super) choice: RouteChoice,
    /// The model that the client asks for, where there are targets.
    pub(super) requested: String,
}

impl ChosenTargets {
    /// A provider for a call whose model has no targets of its own.
    pub(super) fn provider(provider: usize) -> Self {
        Self { provider, choice: RouteChoice::default(), requested: String::new() }
    }
}

/// Header by which a client asks for a class of quality.
const QUALITY_HEADER: &str = "x-tollgate-quality";

impl Call {
    /// Chooses the targets of a requested model, in the order in which they are tried. `None` where the settings have none
    /// for it, or the client has chosen its provider.
    pub(super) fn choose_targets(
        &mut self,
        model: Option<&String>,
        held: &HeldRequest,
        body: &RequestBody<'_>,
    ) -> Result<Option<ChosenTargets>, Refusal> {
        if self.destination != Destination::Gateway {
            return Ok(None);
        }
        let plan = Arc::clone(&self.plan);
        let found = model.and_then(|model| Some((model, plan.models.find(model)?)));
        let Some((requested, found)) = found else {
            return Ok(None);
        };
        let choice = self.choose_among(found, requested, held, body);
        let record = RouteRecord {
            reason: choice.reason,
            passed_over: choice
                .passed_over
                .iter()
                .filter_map(|(target, reason)| named(&plan, target, *reason))
                .collect(),
        };
        self.record.route = Some(record);
        let first = choice.targets.first().ok_or(Refusal::NoTarget)?;
        let index = first.provider;
        let provider = plan.providers.get(index).ok_or(Refusal::Internal)?;
        self.note_provider(provider, &held.route, Some((&**first, requested.as_str())));
        Ok(Some(ChosenTargets { provider: index, choice, requested: requested.clone() }))
    }

    fn choose_among(
        &self,
        found: &ModelRoute,
        requested: &str,
        held: &HeldRequest,
        body: &RequestBody<'_>,
    ) -> RouteChoice {
        let plan = &*self.plan;
        let HeldRequest { headers, route, key, .. } = held;
        let (path, _) = split_query(headers.text(":path").unwrap_or_default());
        let header = |name: &str| headers.text(name);
        let text = self.record.input_text;
        let call = CallFacts {
            path,
            header: &header,
            team: key.team.as_deref(),
            text,
            time: self.record.started / NANOSECONDS,
            quality: header(QUALITY_HEADER).or(found.quality.as_deref()),
        };
        let has_others = found.targets.len() > 1 || found.shadow.is_some();
        let needs = has_others.then(|| Needs::of(&body.request.items, text));
        let ranking = Ranking { plan, preference: found.preference, requested, call: self };
        let facts = ChoiceFacts {
            draw: self.fresh.trace_id.first_chunk().copied().map_or(0, u64::from_le_bytes),
            conversation: found.consistent.as_ref().map(|by| {
                let named = by.header.as_deref().and_then(header);
                named.map_or_else(|| beginning(body), |name| hashed(&[name]))
            }),
            excluded: &|target| excluded(plan, route, &call, (target, requested)),
            lacks: &|target| needs.as_ref()?.unmet(&plan.capabilities.lookup(target.model(requested))),
            readiness: &|target| self.readiness(target),
            rank: &|target| ranking.rank(target),
        };
        found.choose(&facts)
    }

    fn readiness(&self, target: &Target) -> Readiness {
        let provider = self.plan.providers.get(target.provider);
        let shared = self.rests.as_ref().zip(provider);
        shared.map_or(Readiness::Ready, |(rests, provider)| {
            rests.rest(&target.rest_name(provider)).readiness(rests.now())
        })
    }

    /// Leaves out the targets that the request cannot be written for, those that would lose a part of it which the settings
    /// do not let them lose, and those beyond the bound on attempts.
    pub(super) fn narrow(
        &mut self,
        choice: &mut RouteChoice,
        call: RoutedCall<'_>,
        route: &Route,
        body: &RequestBody<'_>,
        edits: &mut Edits,
    ) -> Result<(), Refusal> {
        let is_doubtful = match &body.kind {
            ParsedBody::Json(document) if !choice.targets.is_empty() => body.request.may_be_untranslatable(*document),
            _ => false,
        };
        let (mut passed_over, mut reason) = (Vec::new(), None);
        let mut check = |target: &Target| call.check(target, route, body, edits, is_doubtful);
        choice.targets.retain(|target| match check(target) {
            Ok(()) => true,
            Err(refusal) => {
                passed_over.extend(call.record_of_passed_over(target, route, &refusal));
                reason.get_or_insert(refusal);
                false
            }
        });
        for others in [&mut choice.on_context_length, &mut choice.on_content_policy] {
            others.retain(|target| check(target).is_ok());
        }
        choice.targets.truncate(call.plan.attempts.max);
        let Some(reason) = reason else {
            return Ok(());
        };
        self.record.attempts = passed_over;
        let first = choice.targets.first().ok_or(reason)?;
        let provider = call.plan.providers.get(first.provider).ok_or(Refusal::Internal)?;
        self.note_provider(provider, route, Some((&**first, call.requested)));
        Ok(())
    }
}

/// Finds the reason why a target is none of the call's.
fn excluded(
    plan: &Plan,
    route: &Route,
    call: &CallFacts<'_>,
    (target, requested): (&Target, &str),
) -> Option<PassedOver> {
    let provider = plan.providers.get(target.provider);
    let model = target.model(requested);
    if provider.is_none_or(|provider| provider_form(route, provider, model, &plan.capabilities).is_err()) {
        return Some(PassedOver::Api);
    }
    let is_of = |asked: &str| target.quality.iter().any(|class| class == asked);
    let condition = target.when.unmet(call).map(PassedOver::Condition);
    condition.or_else(|| call.quality.is_some_and(|asked| !is_of(asked)).then_some(PassedOver::Quality))
}

/// Name of a target that was passed over, with the reason.
fn named(plan: &Plan, target: &Target, reason: PassedOver) -> Option<String> {
    let provider = plan.providers.get(target.provider)?;
    Some([&target.rest_name(provider), ": ", reason.name()].concat())
}

/// Order of targets by a preference.
struct Ranking<'r> {
    plan: &'r Plan,
    preference: Preference,
    requested: &'r str,
    call: &'r Call,
}

impl Ranking<'_> {
    /// Number of a target: the lowest comes first. `None` is not known.
    fn rank(&self, target: &Target) -> Option<u64> {
        match self.preference {
            Preference::Order => None,
            Preference::Cheapest => self.cost(target),
            Preference::Fastest => {
                let (measures, name) = self.measures(target)?;
                measures.measure(&name).time(measures.now(), self.call.record.stream)
            }
            Preference::LeastUsed => {
                let (measures, name) = self.measures(target)?;
                Some(measures.measure(&name).used(measures.now(), target.rate))
            }
        }
    }

    fn measures(&self, target: &Target) -> Option<(&Rc<dyn Measures>, String)> {
        let provider = self.plan.providers.get(target.provider)?;
        self.call.measures.as_ref().map(|measures| (measures, target.rest_name(provider)))
    }

    /// Cost of the request with as much output as it may have, in pico-dollars.
    fn cost(&self, target: &Target) -> Option<u64> {
        let provider = self.plan.providers.get(target.provider)?;
        let output = self.call.record.parameters.max_tokens.unwrap_or(USUAL_OUTPUT);
        let cost = self.plan.prices.cost(&PriceQuery {
            provider: &provider.telemetry_name,
            model: target.model(self.requested),
            usage: Some(&estimate(self.call.record.input_text, 0).with(Bucket::Output, output)),
            region: provider.region.as_deref(),
            at: Some(self.call.record.started / NANOSECONDS),
            ..PriceQuery::default()
        });
        if let Cost::Exact { total, .. } = cost { Some(total) } else { None }
    }
}

/// Number for the beginning of a request's conversation: instructions and the first message of the user, which all its
/// requests repeat.
fn beginning(body: &RequestBody<'_>) -> u64 {
    let ParsedBody::Json(document) = &body.kind else {
        return 0;
    };
    let (mut texts, mut is_user) = (Vec::new(), false);
    for item in body.request.items.iter() {
        match *item {
            Item::Open(Node::Message(role)) => is_user = role == Some(Role::User),
            Item::Text(text) => texts.push(Document::raw(*document, text.span)),
            Item::Close if is_user && !texts.is_empty() => break,
            _ => {}
        }
    }
    hashed(&texts)
}

fn hashed(texts: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    hasher.finish()
}

/// Output tokens of a request without a bound on them, for the order of costs.
const USUAL_OUTPUT: u64 = 500;

const NANOSECONDS: u64 = 1_000_000_000;
