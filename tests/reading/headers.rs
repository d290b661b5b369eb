//! Headers against a plain list of names and values.

use proptest::prelude::*;
use proptest::sample::select;
use tollgate::attempt::Headers;

type Pair = (&'static str, Vec<u8>);

/// Names that share lengths, last letters, or both.
fn name() -> impl Strategy<Value = &'static str> {
    select(vec!["", ":path", ":auth", "a", "b", "ab", "bb", "x-ab", "y-ab", "x-abcdefghij", "x-abcdefghif"])
}

/// Values, some of which are not UTF-8.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof!["[ -~é]{0,9}".prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..6)]
}

#[derive(Clone, Debug)]
enum Step {
    Push(Pair),
    Set(Pair),
    Remove(&'static str),
    RemoveValue(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (name(), value()).prop_map(Step::Push),
        3 => (name(), value()).prop_map(Step::Set),
        1 => name().prop_map(Step::Remove),
        1 => value().prop_map(Step::RemoveValue),
    ]
}

fn set(list: &mut Vec<Pair>, (name, value): Pair) {
    match list.iter().position(|(known, _)| *known == name) {
        None => list.push((name, value)),
        Some(first) => {
            list[first].1 = value;
            let mut index = 0;
            list.retain(|(known, _)| {
                index += 1;
                index <= first + 1 || *known != name
            });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn headers_are_what_a_list_of_names_and_values_is(
        first in prop::collection::vec((name(), value()), 0..6),
        steps in prop::collection::vec(step(), 0..12),
    ) {
        let mut headers = Headers::of(first.iter().map(|(name, value)| (*name, value.as_slice())));
        let mut list = first;
        for step in steps {
            match step {
                Step::Push((name, value)) => {
                    headers.push(name, &value);
                    list.push((name, value));
                }
                Step::Set((name, value)) => {
                    let value = String::from_utf8_lossy(&value).into_owned();
                    headers.set(name, &value);
                    set(&mut list, (name, value.into_bytes()));
                }
                Step::Remove(name) => {
                    headers.remove(name);
                    list.retain(|(known, _)| *known != name);
                }
                Step::RemoveValue(value) => {
                    headers.retain(|_, known| known != value);
                    list.retain(|(_, known)| *known != value);
                }
            }
            let all: Vec<Pair> = headers.iter().map(|(name, value)| {
                (list.iter().find(|(known, _)| *known == name).map_or("none", |(known, _)| *known), value.to_vec())
            }).collect();
            prop_assert_eq!(&all, &list);
            for name in ["", ":path", "ab", "x-abcdefghij", "missing"] {
                let value = list.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_slice());
                prop_assert_eq!(headers.first(name), value);
                prop_assert_eq!(headers.text(name), value.and_then(|value| std::str::from_utf8(value).ok()));
            }
        }
    }
}
