//! Choice of a call's targets among those of its model, and their order.

use super::condition::UnmetCondition;
use super::preference::{ChoiceReason, Preference};
use super::rest::Readiness;
use super::route::{ModelRoute, ShadowRoute, Target};
use crate::document::sort_by_number;
use crate::model::Need;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// Facts of a call that its targets are chosen by.
pub struct ChoiceFacts<'a> {
    /// A random number.
    pub draw: u64,
    /// A number that the calls of a conversation share, where they keep to one target.
    pub conversation: Option<u64>,
    /// Finds the reason why a target is none of the call's.
    pub excluded: &'a dyn Fn(&Target) -> Option<PassedOver>,
    /// Finds a need of the request that the target's model is known not to meet.
    pub lacks: &'a dyn Fn(&Target) -> Option<Need>,
    /// Returns the readiness of a target.
    pub readiness: &'a dyn Fn(&Target) -> Readiness,
    /// Number by which the preference orders targets: the lowest comes first. `None` is not known.
    pub rank: &'a dyn Fn(&Target) -> Option<u64>,
}

/// Reason why a target is not tried, or not in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOver {
    /// Its provider does not take requests of this API, nor of one that they are translated into.
    Api,
    /// A condition does not hold.
    Condition(UnmetCondition),
    /// It is not of the class of quality that the call asks for.
    Quality,
    /// Its model does not meet a need of the request.
    Need(Need),
    /// It rests, and is tried last.
    Rests,
    /// Envoy has no host of its provider.
    NoHost,
}

impl PassedOver {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Condition(condition) => condition.name(),
            Self::Quality => "quality",
            Self::Need(need) => need.name(),
            Self::Rests => "rests",
            Self::NoHost => "no_host",
        }
    }
}

/// Targets of one call, in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteChoice {
    /// The targets.
    pub targets: Vec<Arc<Target>>,
    /// Targets for a request that is too long for the one that had it.
    pub on_context_length: Vec<Arc<Target>>,
    /// Targets for a request that another one's content policy turns down.
    pub on_content_policy: Vec<Arc<Target>>,
    /// Target that gets the call besides, and whose answer is only recorded.
    pub shadow: Option<Arc<Target>>,
    /// Reason for the first target.
    pub reason: ChoiceReason,
    /// Targets that are not tried, or not in their place.
    pub passed_over: Vec<(Arc<Target>, PassedOver)>,
}

impl RouteChoice {
    /// All targets.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Target>> {
        self.targets.iter().chain(&self.on_context_length).chain(&self.on_content_policy)
    }

    /// Most targets that a call may have before it ends.
    pub fn attempts(&self) -> usize {
        self.targets.len() + self.on_context_length.len().max(self.on_content_policy.len())
    }
}

impl ModelRoute {
    /// Chooses the targets of a call. Those whose conditions hold are put in the order of the preference; among equal ones
    /// the first is that of the conversation, or one drawn by the weights. Targets whose model is known not to take the
    /// request are left out unless all are such; those that rest come last; those that Envoy has no host of are left out,
    /// unless there is no other.
    pub fn choose(&self, facts: &ChoiceFacts<'_>) -> RouteChoice {
        let mut passed_over = Vec::new();
        let mut considered = |targets: &[Arc<Target>]| -> Vec<Arc<Target>> {
            let mut left = Vec::new();
            for target in targets {
                match (facts.excluded)(target) {
                    Some(reason) => passed_over.push((Arc::clone(target), reason)),
                    None => left.push(Arc::clone(target)),
                }
            }
            left
        };
        let [mut able, on_context_length, on_content_policy] =
            [&self.targets, &self.on_context_length, &self.on_content_policy].map(|targets| considered(targets));
        let mut unable = Vec::new();
        able.retain(|target| {
            let need = (facts.lacks)(target);
            unable.extend(need.map(|need| (Arc::clone(target), PassedOver::Need(need))));
            need.is_none()
        });
        if able.is_empty() {
            able.extend(unable.drain(..).map(|(target, _)| target));
        }
        passed_over.append(&mut unable);
        let (mut targets, mut rested, mut absent) = (Vec::new(), Vec::new(), Vec::new());
        for target in able {
            match (facts.readiness)(&target) {
                Readiness::Ready => targets.push(target),
                Readiness::Rests => rested.push(target),
                Readiness::NoHost => absent.push(target),
            }
        }
        let reason = self.order(&mut targets, facts);
        passed_over.extend(rested.iter().map(|target| (Arc::clone(target), PassedOver::Rests)));
        targets.append(&mut rested);
        if targets.is_empty() {
            targets = absent;
        } else {
            passed_over.extend(absent.into_iter().map(|target| (target, PassedOver::NoHost)));
        }
        let shadow = self.shadow(facts);
        RouteChoice { targets, on_context_length, on_content_policy, shadow, reason, passed_over }
    }

    /// Draws whether the shadow gets a call, where its conditions hold and its model is not known to lack what the request
    /// needs. Classes of quality are the client's choice, and so not the shadow's.
    fn shadow(&self, facts: &ChoiceFacts<'_>) -> Option<Arc<Target>> {
        let ShadowRoute { target, share } = self.shadow.as_ref()?;
        // Weights draw by the lower half.
        let is_drawn = (facts.draw >> 32) % 100 < *share;
        let fits = || matches!((facts.excluded)(target), None | Some(PassedOver::Quality));
        (is_drawn && fits() && (facts.lacks)(target).is_none()).then(|| Arc::clone(target))
    }

    /// Puts targets in the order in which they are tried.
    fn order(&self, targets: &mut Vec<Arc<Target>>, facts: &ChoiceFacts<'_>) -> ChoiceReason {
        let reason = match self.preference {
            Preference::Order => ChoiceReason::Order,
            Preference::Cheapest => ChoiceReason::Cheapest,
            Preference::Fastest => ChoiceReason::Fastest,
            Preference::LeastUsed => ChoiceReason::LeastUsed,
        };
        let mut equal = targets.len();
        if self.preference != Preference::Order {
            let rank = |target: &Arc<Target>| (facts.rank)(target).unwrap_or(u64::MAX);
            let unmeasured = || targets.iter().position(|target| (facts.rank)(target).is_none());
            if self.preference == Preference::Fastest
                && facts.draw.is_multiple_of(MEASURED_CALLS)
                && let Some(unmeasured) = unmeasured()
            {
                if let Some(first) = targets.get_mut(..=unmeasured) {
                    first.rotate_right(1);
                }
                return ChoiceReason::Unmeasured;
            }
            sort_by_number(targets, rank);
            let lowest = targets.first().map(rank);
            equal = targets.iter().take_while(|target| Some(rank(target)) == lowest).count();
        }
        let Some(equals) = targets.get_mut(..equal).filter(|equals| equals.len() > 1) else {
            return reason;
        };
        if let Some(conversation) = facts.conversation {
            let mut kept = equals.to_vec();
            sort_by_number(&mut kept, |target| u64::MAX - score(target, conversation, equals));
            kept.into_iter().zip(equals).for_each(|(kept, place)| *place = kept);
            return ChoiceReason::Consistent;
        }
        match drawn(equals, facts.draw) {
            Some(drawn) => {
                if let Some(first) = equals.get_mut(..=drawn) {
                    first.rotate_right(1);
                }
                ChoiceReason::Weight
            }
            None => reason,
        }
    }
}

/// Draws one of the targets by their weights; `None` where none has a weight.
fn drawn(targets: &[Arc<Target>], draw: u64) -> Option<usize> {
    let weight = |target: &Arc<Target>| target.weight.unwrap_or_default();
    let sum: u64 = targets.iter().map(weight).sum();
    let mut left = draw.checked_rem(sum)?;
    targets.iter().position(|target| match left.checked_sub(weight(target)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })
}

/// Score of a target for a conversation; the highest is chosen. Rendezvous hashing: when a target is gone, only its
/// conversations go elsewhere. A target has a share of the tickets by its weight.
fn score(target: &Target, conversation: u64, targets: &[Arc<Target>]) -> u64 {
    let has_weights = targets.iter().any(|target| target.weight.is_some());
    let weight = |target: &Target| if has_weights { target.weight.unwrap_or_default() } else { 1 };
    let most = targets.iter().map(|target| weight(target)).max().unwrap_or_default().max(1);
    let tickets = weight(target).saturating_mul(TICKETS).div_ceil(most);
    let of = |ticket: u64| {
        let mut hasher = DefaultHasher::new();
        (conversation, target.provider, &target.model, ticket).hash(&mut hasher);
        hasher.finish()
    };
    (0..tickets).map(of).max().unwrap_or_default()
}

/// Tickets of the target with the most weight.
const TICKETS: u64 = 64;

/// Calls of which one tries a target that was not measured of late.
const MEASURED_CALLS: u64 = 8;
