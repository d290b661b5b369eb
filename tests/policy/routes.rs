//! Routes of models: which one a name has, and the order of its targets.

use std::sync::Arc;
use tollgate::model::Need;
use tollgate::policy::{ChoiceFacts, ChoiceReason, ModelRoute, ModelRoutes, PassedOver, Preference, Readiness, Target};

fn target(model: &str, weight: Option<u64>) -> Arc<Target> {
    let model = Some(model.to_owned());
    Arc::new(Target { model, weight, ..Target::default() })
}

fn route(targets: &[(&str, Option<u64>)]) -> ModelRoute {
    let targets = targets.iter().map(|(model, weight)| target(model, *weight)).collect();
    ModelRoute { targets, ..ModelRoute::default() }
}

/// Models of the chosen targets, with the readiness and writability of some.
fn chosen(route: &ModelRoute, draw: u64, readiness: fn(&str) -> Readiness) -> Vec<String> {
    let facts = ChoiceFacts {
        draw,
        conversation: None,
        excluded: &|target| (target.model.as_deref() == Some("other dialect")).then_some(PassedOver::Api),
        lacks: &|_| None,
        rank: &|_| None,
        readiness: &|target| readiness(target.model.as_deref().unwrap_or_default()),
    };
    route.choose(&facts).targets.iter().filter_map(|target| target.model.clone()).collect()
}

fn ready(_: &str) -> Readiness {
    Readiness::Ready
}

#[test]
fn targets_are_in_the_order_of_the_settings_without_those_that_cannot_be_written() {
    let route = route(&[("a", None), ("other dialect", None), ("b", None), ("c", None)]);
    assert_eq!(chosen(&route, 7, ready), ["a", "b", "c"]);
}

#[test]
fn targets_that_rest_come_last_and_those_without_a_host_only_alone() {
    let route = route(&[("a", None), ("b", None), ("c", None)]);
    let rests = |model: &str| if model == "a" { Readiness::Rests } else { Readiness::Ready };
    assert_eq!(chosen(&route, 0, rests), ["b", "c", "a"]);
    let absent = |model: &str| match model {
        "a" => Readiness::NoHost,
        "b" => Readiness::Rests,
        _ => Readiness::Ready,
    };
    assert_eq!(chosen(&route, 0, absent), ["c", "b"]);
    assert_eq!(chosen(&route, 0, |_| Readiness::NoHost), ["a", "b", "c"]);
}

#[test]
fn one_target_is_drawn_by_its_weight_and_the_others_follow() {
    let route = route(&[("a", Some(3)), ("b", Some(1)), ("c", None)]);
    let first: Vec<String> = (0..8).map(|draw| chosen(&route, draw, ready).remove(0)).collect();
    assert_eq!(first, ["a", "a", "a", "b", "a", "a", "a", "b"]);
    assert_eq!(chosen(&route, 3, ready), ["b", "a", "c"]);
    assert_eq!(chosen(&route, u64::MAX, ready), ["b", "a", "c"]);
    // The share of one that rests is the others'.
    let rests = |model: &str| if model == "a" { Readiness::Rests } else { Readiness::Ready };
    assert!((0..8).all(|draw| chosen(&route, draw, rests) == ["b", "c", "a"]));
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

/// Models of the chosen targets by a preference, with a rank for each model.
fn preferred(route: &ModelRoute, draw: u64, rank: &dyn Fn(&Target) -> Option<u64>) -> (Vec<String>, ChoiceReason) {
    let facts = ChoiceFacts {
        draw,
        conversation: None,
        excluded: &|_| None,
        lacks: &|_| None,
        readiness: &|_| Readiness::Ready,
        rank,
    };
    let choice = route.choose(&facts);
    (choice.targets.iter().filter_map(|target| target.model.clone()).collect(), choice.reason)
}

#[test]
fn the_preferred_target_comes_first_and_equal_ones_are_drawn() {
    let cheap = |target: &Target| match target.model.as_deref() {
        Some("a") => Some(30),
        Some("b" | "c") => Some(20),
        _ => None,
    };
    let by = |preference, weights: &[(&str, Option<u64>)]| ModelRoute { preference, ..route(weights) };
    let targets = [("unknown", None), ("a", None), ("b", Some(1)), ("c", Some(1))];
    let cheapest = by(Preference::Cheapest, &targets);
    assert_eq!(preferred(&cheapest, 0, &cheap), (names("b c a unknown"), ChoiceReason::Weight));
    assert_eq!(preferred(&cheapest, 1, &cheap), (names("c b a unknown"), ChoiceReason::Weight));
    let apart = |target: &Target| target.model.as_deref().map(|model| u64::from(model.as_bytes()[0] ^ 0xff));
    assert_eq!(preferred(&cheapest, 1, &apart), (names("unknown c b a"), ChoiceReason::Cheapest));
    let least_used = by(Preference::LeastUsed, &targets);
    assert_eq!(preferred(&least_used, 3, &apart).1, ChoiceReason::LeastUsed);
}

#[test]
fn one_call_of_eight_measures_a_target_that_was_not_measured_of_late() {
    let fastest =
        ModelRoute { preference: Preference::Fastest, ..route(&[("slow", None), ("fast", None), ("new", None)]) };
    let time = |target: &Target| match target.model.as_deref() {
        Some("slow") => Some(900),
        Some("fast") => Some(300),
        _ => None,
    };
    for draw in 1..8 {
        assert_eq!(preferred(&fastest, draw, &time), (names("fast slow new"), ChoiceReason::Fastest));
    }
    assert_eq!(preferred(&fastest, 8, &time), (names("new slow fast"), ChoiceReason::Unmeasured));
}

#[test]
fn a_conversation_keeps_to_its_target_and_only_those_of_one_that_rests_move() {
    let route = route(&[("a", Some(3)), ("b", Some(1)), ("c", Some(1))]);
    let first = |conversation: u64, rests: &str| {
        let facts = ChoiceFacts {
            draw: conversation.wrapping_mul(7919),
            conversation: Some(conversation),
            excluded: &|_| None,
            lacks: &|_| None,
            readiness: &|target| match target.model.as_deref() == Some(rests) {
                true => Readiness::Rests,
                false => Readiness::Ready,
            },
            rank: &|_| None,
        };
        let choice = route.choose(&facts);
        assert_eq!(choice.reason, ChoiceReason::Consistent);
        choice.targets[0].model.clone().unwrap()
    };
    let mut counts = [0; 3];
    for conversation in 0..2000 {
        let kept = first(conversation, "");
        assert_eq!(first(conversation, ""), kept);
        counts[usize::from(kept.as_bytes()[0] - b'a')] += 1;
        let moved = first(conversation, "b");
        assert_eq!(moved == kept, kept != "b", "only those of the one that rests");
    }
    let [a, b, c] = counts;
    assert!((1000..1400).contains(&a) && (300..500).contains(&b) && (300..500).contains(&c), "{counts:?}");
}

#[test]
fn targets_that_cannot_take_the_request_are_left_out_unless_all_are_such() {
    let route = route(&[("blind", None), ("sees", None)]);
    let choose = |lacks: &dyn Fn(&Target) -> Option<Need>| {
        let facts = ChoiceFacts {
            draw: 0,
            conversation: None,
            excluded: &|_| None,
            lacks,
            readiness: &|_| Readiness::Ready,
            rank: &|_| None,
        };
        let choice = route.choose(&facts);
        let passed: Vec<&str> = choice.passed_over.iter().map(|(_, reason)| reason.name()).collect();
        (choice.targets.len(), choice.targets[0].model.clone().unwrap(), passed.join(" "))
    };
    let blind = |target: &Target| (target.model.as_deref() == Some("blind")).then_some(Need::Images);
    assert_eq!(choose(&blind), (1, "sees".to_owned(), "images".to_owned()));
    assert_eq!(choose(&|_| Some(Need::Tools)), (2, "blind".to_owned(), String::new()));
}

fn names(list: &str) -> Vec<String> {
    list.split(' ').map(str::to_owned).collect()
}
