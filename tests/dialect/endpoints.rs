//! The tables of endpoints: every row is reached by a path made from its own pattern, and by its own method.

use tollgate::endpoint::Endpoint;
use tollgate::provider::ROWS;

/// Methods of rows that take any.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Beginnings of paths before an endpoint's own part.
const BASES: [&str; 3] = ["", "/v1", "/base"];

/// Paths that a pattern was written for, with several values in its open places.
fn paths(pattern: &str) -> Vec<String> {
    let mut paths: Vec<String> = BASES.map(str::to_owned).to_vec();
    for part in pattern.split('/') {
        let values: &[&str] = match part {
            "*" => &["one"],
            "**" => &["", "rest", "rest/of/it"],
            "{model+}" => &["name", "owner/name", "owner/name/version"],
            _ => &[],
        };
        let literal = [part.replace("{model}", "name")];
        let values: Vec<&str> =
            if values.is_empty() { literal.iter().map(String::as_str).collect() } else { values.to_vec() };
        paths = paths.iter().flat_map(|path| values.iter().map(move |value| format!("{path}/{value}"))).collect();
    }
    paths
}

/// Reports whether the row is the first that matches one of its own paths.
fn is_reached(row: &Endpoint, own: &[Endpoint]) -> bool {
    let methods: &[&str] = if row.method().is_empty() { &METHODS } else { &[row.method()] };
    paths(row.pattern()).iter().any(|path| {
        let found = methods.iter().filter_map(|method| Endpoint::find(method, path, own));
        found.into_iter().any(|found| std::ptr::eq(found, row))
    })
}

fn unreached<'a>(rows: &'a [Endpoint], own: &[Endpoint]) -> Vec<&'a str> {
    rows.iter().filter(|row| !is_reached(row, own)).map(Endpoint::pattern).collect()
}

#[test]
fn no_endpoint_is_hidden_by_an_earlier_one() {
    let hidden = unreached(Endpoint::all(), &[]);
    assert!(hidden.is_empty(), "hidden by earlier rows: {hidden:#?}");
}

#[test]
fn no_endpoint_of_a_provider_s_own_is_hidden_by_an_earlier_one() {
    for row in ROWS {
        let hidden = unreached(row.endpoints, row.endpoints);
        assert!(hidden.is_empty(), "{}: hidden by earlier rows: {hidden:#?}", row.kind);
    }
}

/// The test above would find nothing if a pattern's paths were not made as the pattern means them.
#[test]
fn a_pattern_s_paths_fill_every_open_place() {
    assert!(paths("a/*/{model}:run").contains(&"/v1/a/one/name:run".to_owned()));
    assert!(paths("a/{model+}/b/**").contains(&"/a/owner/name/b/rest/of/it".to_owned()));
    assert_eq!(paths(""), ["/", "/v1/", "/base/"]);
}
