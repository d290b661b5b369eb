//! Routes of models: which one a name has, and the order of its targets.

use std::sync::Arc;
use tollgate::policy::{ChoiceFacts, ModelRoute, ModelRoutes, OnLoss, Readiness, Target};

fn target(model: &str, weight: Option<u64>) -> Arc<Target> {
    let model = Some(model.to_owned());
    let (defaults, overrides, headers) = (Vec::new(), Vec::new(), Vec::new());
    Arc::new(Target { provider: 0, model, weight, defaults, overrides, headers, on_loss: OnLoss::Drop })
}

fn route(targets: &[(&str, Option<u64>)]) -> ModelRoute {
    let targets = targets.iter().map(|(model, weight)| target(model, *weight)).collect();
    ModelRoute { targets, ..ModelRoute::default() }
}

/// Models of the chosen targets, with the readiness and writability of some.
fn chosen(route: &ModelRoute, draw: u64, readiness: fn(&str) -> Readiness, most: usize) -> Vec<String> {
    let facts = ChoiceFacts {
        draw,
        is_writable: &|target| target.model.as_deref() != Some("other dialect"),
        readiness: &|target| readiness(target.model.as_deref().unwrap_or_default()),
        most,
    };
    route.choose(&facts).targets.iter().filter_map(|target| target.model.clone()).collect()
}

fn ready(_: &str) -> Readiness {
    Readiness::Ready
}

#[test]
fn targets_are_in_the_order_of_the_settings_without_those_that_cannot_be_written() {
    let route = route(&[("a", None), ("other dialect", None), ("b", None), ("c", None)]);
    assert_eq!(chosen(&route, 7, ready, 9), ["a", "b", "c"]);
    assert_eq!(chosen(&route, 7, ready, 2), ["a", "b"]);
}

#[test]
fn targets_that_rest_come_last_and_those_without_a_host_only_alone() {
    let route = route(&[("a", None), ("b", None), ("c", None)]);
    let rests = |model: &str| if model == "a" { Readiness::Rests } else { Readiness::Ready };
    assert_eq!(chosen(&route, 0, rests, 9), ["b", "c", "a"]);
    let absent = |model: &str| match model {
        "a" => Readiness::NoHost,
        "b" => Readiness::Rests,
        _ => Readiness::Ready,
    };
    assert_eq!(chosen(&route, 0, absent, 9), ["c", "b"]);
    assert_eq!(chosen(&route, 0, |_| Readiness::NoHost, 9), ["a", "b", "c"]);
}

#[test]
fn one_target_is_drawn_by_its_weight_and_the_others_follow() {
    let route = route(&[("a", Some(3)), ("b", Some(1)), ("c", None)]);
    let first: Vec<String> = (0..8).map(|draw| chosen(&route, draw, ready, 9).remove(0)).collect();
    assert_eq!(first, ["a", "a", "a", "b", "a", "a", "a", "b"]);
    assert_eq!(chosen(&route, 3, ready, 9), ["b", "a", "c"]);
    assert_eq!(chosen(&route, u64::MAX, ready, 9), ["b", "a", "c"]);
    // The share of one that rests is the others'.
    let rests = |model: &str| if model == "a" { Readiness::Rests } else { Readiness::Ready };
    assert!((0..8).all(|draw| chosen(&route, draw, rests, 9) == ["b", "c", "a"]));
}

#[test]
fn an_exact_name_goes_before_patterns_and_of_these_the_first_that_matches() {
    let mut routes = ModelRoutes::default();
    for (name, model) in [("gpt-*", "first"), ("*-mini", "second"), ("gpt-4o-mini", "exact"), ("claude", "claude")] {
        routes.add(name.to_owned(), route(&[(model, None)]));
    }
    let found = |name: &str| routes.find(name).and_then(|route| route.targets[0].model.clone());
    for (name, model) in
        [("gpt-4o-mini", "exact"), ("gpt-5-mini", "first"), ("o4-mini", "second"), ("claude", "claude")]
    {
        assert_eq!(found(name).as_deref(), Some(model), "{name}");
    }
    assert_eq!((found("claude-3"), found("GPT-4o")), (None, None));
    assert_eq!(routes.names().collect::<Vec<_>>(), ["gpt-4o-mini", "claude"]);
}
