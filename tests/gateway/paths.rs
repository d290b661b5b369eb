//! Paths that a provider would read differently from their appearance.

use super::support::{Answer, Gateway, KEY, settings};

#[test]
fn a_path_that_leads_out_of_a_known_one_reaches_no_provider() {
    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str())];
    for settings in [settings(""), settings(r#","unknown_paths":"pass""#)] {
        let gateway = Gateway::new(&settings);
        for path in [
            "/v1/files/../oracle/answers",
            "/v1/files/%2e%2E/oracle/answers",
            "/v1/files/..%2foracle/answers?after=1",
            "/v1/files/x%2F..%2f..%2Foracle",
            "/v1/files\\..\\oracle",
            "/v1/files/%2e%2e%5Coracle",
            "/v1/./files",
            "/v1/files/..",
        ] {
            let seen = gateway.call("GET", path, &headers, &[], &Answer::json("{}"));
            assert!(seen.upstream.is_none(), "{path}");
            assert_eq!(seen.status, 404, "{path}");
            assert!(seen.text().contains("unknown_path"), "{path}");
        }
        for path in ["/v1/files/a..b", "/v1/files/...", "/v1/files/%2E.json", "/v1/files?after=../..", "/v1//files"] {
            let seen = gateway.call("GET", path, &headers, &[], &Answer::json("{}"));
            assert!(seen.upstream.is_some(), "{path}");
        }
    }
}
