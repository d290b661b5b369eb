//! Settings: accepted, refused, and with all problems reported at once.
#![cfg(test)]

mod schema;

use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Digest as _;
use std::time::{Duration, Instant};
use tollgate::dialect::Dialect;
use tollgate::provider::Provider;
use tollgate::redaction::{Kind, Kinds, RestoreScope};
use tollgate::settings::{ContentCapture, Limits, Names, Plan, Problems, Sampling, UnknownPaths, read};

/// Every member, each with a valid value.
const EVERYTHING: &str = include_str!("everything.json");

/// The minimum that works: a provider and a key.
const LEAST: &str = r#"{"providers": [{"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}}],
    "keys": [{"id": "me", "sha256": "2c6ee24b09816a6f14f95d1698b24ead9d7d9e65b4b6a0c7b0c4a2c0c5f3c9ff"}]}"#;

const SHA256_OF_HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "OPENAI_API_KEY" => "sk-openai-0001",
        "ANTHROPIC_API_KEY" => "sk-ant-0002",
        "OLDER_PLACEHOLDER" => "an older secret, of thirty-two bytes",
        "OTLP_AUTHORIZATION" => "Basic dG9sbGdhdGU=",
        "PLACEHOLDER" => "0123456789abcdef0123456789abcdef",
        "SHORT" => "0123456789abcdef0123456789abcde",
        "EMPTY" => "",
        "LINE" => "sk-openai-0001\n",
        "WITH_SCHEME" => "Bearer sk-openai-0001",
        "BEYOND_ASCII" => "sk-öpenai",
        _ => return None,
    };
    Some(value.to_owned())
}

fn plan(text: &str) -> Plan {
    read(text.as_bytes(), &environment).unwrap_or_else(|problems| panic!("{problems}"))
}

fn problems(bytes: &[u8]) -> Problems {
    read(bytes, &environment).expect_err("settings with problems")
}

/// [`LEAST`] with one more, or another, section.
fn least_with(section: &str, value: &str) -> String {
    let mut sections: serde_json::Map<String, Value> = serde_json::from_str(LEAST).unwrap();
    sections.remove(section);
    let rest = serde_json::to_string(&sections).unwrap();
    format!("{},\"{section}\": {value}}}", rest.strip_suffix('}').unwrap())
}

/// Sections with what is wrong in them, and every problem that they must give, in order. Blocks of the section's name
/// after `===`, its value, and, after `---`, the problems.
const BROKEN: &str = include_str!("broken.txt");

#[test]
fn every_problem_is_named_with_its_path() {
    for block in BROKEN.split("=== ").skip(1) {
        let (given, expected) = block.split_once("\n---\n").unwrap();
        let (section, value) = given.split_once('\n').unwrap();
        let found = problems(least_with(section, value).as_bytes()).to_string();
        assert_eq!(found, expected.trim_end(), "for {section}: {value}");
    }
}

#[test]
fn problems_of_all_sections_come_together() {
    let text = r#"{"keys": 1, "limits": 1, "limits": 2, "strip_headers": 1, "redaction": 1, "unknown_paths": 1}"#;
    let expected = "limits: written twice\n\
        providers: missing: write a list of at least one provider\n\
        keys: expected a list\n\
        redaction: expected an object, found a whole number\n\
        unknown_paths: expected a word, found a whole number\n\
        strip_headers: expected a list";
    assert_eq!(problems(text.as_bytes()).to_string(), expected);
}

#[test]
fn all_members_are_read() {
    let plan = plan(EVERYTHING);
    let [openai, anthropic, vertex] = plan.providers.as_slice() else { panic!("{:?}", plan.providers) };
    assert_eq!((openai.name.as_str(), &*openai.host, openai.port), ("openai", "api.openai.com", 443));
    let shown = |provider: &Provider| {
        (provider.credential_header, provider.credential.as_ref().map(|value| value.reveal().to_owned()))
    };
    assert_eq!(shown(openai), ("authorization", Some("Bearer sk-openai-0001".to_owned())));
    assert_eq!(shown(anthropic), ("x-api-key", Some("sk-ant-0002".to_owned())));
    assert!(openai.speaks(Dialect::OpenAiChat) && !openai.speaks(Dialect::AnthropicMessages));
    assert_eq!((&*vertex.host, vertex.region.as_deref()), ("aiplatform.us.rep.googleapis.com", Some("us")));
    assert_eq!((plan.keys.len(), &*plan.strip_headers), (1, &["baggage".to_owned(), "cookie".to_owned()][..]));
    let otlp = plan.telemetry.otlp.unwrap();
    assert_eq!((otlp.cluster.as_str(), otlp.authority.as_str()), ("otel_collector", "otel-collector:4318"));
    assert_eq!(otlp.headers[0].0, "authorization");
    assert_eq!(otlp.headers[0].1.reveal(), "Basic dG9sbGdhdGU=");
    assert_eq!(otlp.retry_for, Duration::from_mins(5));
    let resource = [("service.name", "tollgate"), ("deployment.environment.name", "prod")];
    assert_eq!(plan.telemetry.resource, resource.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn what_is_not_written_has_its_default() {
    let plan = plan(LEAST);
    assert_eq!(plan.limits, Limits { request_body: 32 << 20, response_body: 16 << 20, stream_event: 16 << 20 });
    assert_eq!(plan.unknown_paths, UnknownPaths::Refuse);
    assert_eq!(plan.strip_headers, [""; 0]);
    assert!(plan.telemetry.otlp.is_none());
    assert_eq!(plan.telemetry.resource, [("service.name".to_owned(), "tollgate".to_owned())]);
    assert_eq!(plan.telemetry.content, ContentCapture::None);
    assert_eq!(plan.telemetry.names, Names::Latest);
    assert_eq!(plan.telemetry.sampling, Sampling::Always);
    assert_eq!(plan.telemetry.content_limit, 64 << 10);

    let text = least_with("telemetry", r#"{"otlp": {"cluster": "outbound|4318||otel"}}"#);
    let otlp = self::plan(&text).telemetry.otlp.unwrap();
    assert_eq!((otlp.authority.as_str(), otlp.path.as_str()), ("outbound|4318||otel", "/v1/traces"));
    assert_eq!((otlp.timeout, otlp.batch_interval), (Duration::from_secs(10), Duration::from_secs(1)));
    assert_eq!((otlp.batch_spans, otlp.batch_bytes), (512, 1 << 20));
    assert_eq!((otlp.queue_spans, otlp.queue_bytes, otlp.retry_for), (8192, 8 << 20, Duration::from_mins(5)));
}

#[test]
fn everything_is_redacted_unless_the_settings_name_less() {
    let kinds = |redaction: &str| {
        let plan = plan(&least_with("redaction", redaction));
        (plan.redaction.kinds, plan.telemetry.content_redacted)
    };
    let iban = Kinds::NONE.with(Kind::Iban);
    assert_eq!(kinds("null"), (Kinds::ALL, Kinds::ALL));
    assert_eq!(kinds("{}"), (Kinds::ALL, Kinds::ALL));
    assert_eq!(kinds(r#"{"detect": ["iban", "iban"]}"#), (iban, iban));
    // Content that is captured "redacted" is so even where the provider gets everything.
    assert_eq!(kinds(r#"{"detect": []}"#), (Kinds::NONE, Kinds::ALL));
}

#[test]
fn placeholders_outlive_a_call_only_with_a_key() {
    let sealing = |redaction: &str| plan(&least_with("redaction", redaction)).redaction.sealing;
    assert!(sealing("{}").is_none() && sealing("null").is_none());
    let least = sealing(r#"{"placeholder_key": {"env": "PLACEHOLDER"}}"#).unwrap();
    assert_eq!((least.scope, least.slots, least.lifetime), (RestoreScope::Anywhere, 4096, 3_600_000_000_000));
    assert!(least.older.is_empty());
    let most = r#"{"placeholder_key": {"env": "PLACEHOLDER", "older": [{"env": "OLDER_PLACEHOLDER"}]},
        "restore_scope": "envoy", "shared_slots": 64, "shared_lifetime": "10m"}"#;
    let most = sealing(most).unwrap();
    assert_eq!((most.scope, most.slots, most.lifetime), (RestoreScope::Envoy, 64, 600_000_000_000));
    assert_eq!((most.key == least.key, most.older.len()), (true, 1));
}

#[test]
fn words_and_units_are_read() {
    let telemetry = r#"{"otlp": {"cluster": "c", "timeout": "250ms", "batch": {"bytes": 65536, "interval": "1m"},
                                 "queue": {"bytes": "65536", "retry_for": "0s"}},
                        "resource": {"region": "eu"},
                        "content": "redacted", "names": "both", "sampling": "parent", "content_limit": "512B"}"#;
    let telemetry = plan(&least_with("telemetry", telemetry)).telemetry;
    assert_eq!(telemetry.content, ContentCapture::Redacted);
    assert_eq!((telemetry.names, telemetry.sampling), (Names::Both, Sampling::Parent));
    assert_eq!(telemetry.content_limit, 512);
    let names: Vec<&str> = telemetry.resource.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["service.name", "region"]);
    let otlp = telemetry.otlp.unwrap();
    assert_eq!((otlp.timeout, otlp.batch_interval), (Duration::from_millis(250), Duration::from_mins(1)));
    assert_eq!((otlp.batch_bytes, otlp.queue_bytes, otlp.retry_for), (65_536, 65_536, Duration::ZERO));
    assert_eq!(plan(&least_with("unknown_paths", "\"pass\"")).unknown_paths, UnknownPaths::Pass);
}

#[test]
fn a_server_of_one_s_own_and_a_cloud_that_envoy_proves_itself_to_need_no_key_and_get_none() {
    let kinds = "ollama vllm llama_cpp lm_studio sglang text_embeddings_inference docker_model_runner \
        bedrock bedrock_mantle azure_openai azure_ai_inference vertex_ai";
    for kind in kinds.split(' ') {
        let without = json!([{"name": "local-1", "kind": kind, "host": "models.mesh"}]);
        let provider = &plan(&least_with("providers", &without.to_string())).providers[0];
        assert_eq!((provider.credential.as_ref(), provider.key()), (None, None), "{kind}");
        let with =
            json!([{"name": "local-1", "kind": kind, "host": "models.mesh", "credential": {"env": "OPENAI_API_KEY"}}]);
        assert_eq!(
            plan(&least_with("providers", &with.to_string())).providers[0].key(),
            Some("sk-openai-0001"),
            "{kind}"
        );
    }
    for kind in ["openai", "groq", "anthropic", "gemini", "openai_compatible"] {
        let without = json!([{"name": "other", "kind": kind, "host": "models.mesh"}]);
        let found = problems(least_with("providers", &without.to_string()).as_bytes()).to_string();
        assert!(found.starts_with("providers[0].credential: missing"), "{kind}: {found}");
    }
}

#[test]
fn a_key_pasted_as_a_name_is_a_problem_and_is_not_shown() {
    let digest = |text: &str| sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (plain, other) = ("hunter2-of-the-search-team", "another key of ours");
    let issued = "sk-proj-Ab3dEf9hIj1kLmN0pQrStUvWxYz";
    let provider = |name: &str| json!({"name": name, "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}});
    let key = |id: &str, text: &str| json!({"id": id, "sha256": digest(text)});
    for (name, id, path) in [
        (issued, "me", "providers[0].name"),
        ("sk-openai-0001", "me", "providers[0].name"),
        ("x-sk-openai-0001", "me", "providers[0].name"),
        (plain, "me", "providers[0].name"),
        ("openai", issued, "keys[0].id"),
        ("openai", "tg-0123456789abcdefghij", "keys[0].id"),
        ("openai", plain, "keys[0].id"),
        ("openai", other, "keys[0].id"),
        ("openai", "sk-openai-0001", "keys[0].id"),
    ] {
        let settings = json!({"providers": [provider(name)], "keys": [key(id, plain), key("other", other)]});
        let found = problems(settings.to_string().as_bytes());
        assert_eq!(found.0.len(), 1, "{found}");
        assert_eq!(found.0[0].path, path, "{found}");
        for secret in [issued, "sk-openai-0001", plain, other, "tg-0123456789abcdefghij"] {
            assert!(!found.to_string().contains(secret), "{found}");
        }
    }
    // The other recorded members.
    for member in ["team", "user", "feature"] {
        let mut key = key("me", plain);
        key[member] = json!(issued);
        let found = problems(least_with("keys", &json!([key]).to_string()).as_bytes());
        assert!(found.0[0].path.ends_with(member) && found.0[0].what.starts_with("looks like a key"), "{found}");
    }
}

#[test]
fn digests_of_what_anybody_knows_are_refused() {
    let digest = |text: &str| sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let what = |digest: &str| {
        let keys = json!([{"id": "me", "sha256": digest}]);
        let found = problems(least_with("keys", &keys.to_string()).as_bytes());
        assert_eq!((found.0.len(), found.0[0].path.as_str()), (1, "keys[0].sha256"), "{found}");
        found.0[0].what.clone()
    };
    for (text, expected) in [
        ("", "the SHA-256 of nothing"),
        ("\n", "the SHA-256 of nothing"),
        ("test", "the SHA-256 of a word"),
        ("test\n", "the SHA-256 of a word"),
        ("password", "the SHA-256 of a word"),
        ("password\n", "the SHA-256 of a word"),
    ] {
        assert!(what(&digest(text)).starts_with(expected), "{text:?}");
        assert!(what(&digest(text).to_uppercase()).starts_with(expected), "{text:?}");
    }
    // Every digest that a document shows.
    let root = env!("CARGO_MANIFEST_DIR");
    for document in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/settings.md", "docs/placeholders.md"] {
        let path = format!("{root}/{document}");
        let text = std::fs::read_to_string(path).unwrap();
        for word in text.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64) {
            assert!(what(word).starts_with("the documentation's example"), "{document}: {word}");
        }
    }
}

#[test]
fn hosts_are_kept_in_one_form() {
    for (written, kept, authority) in [
        ("API.OpenAI.com.", "api.openai.com", "api.openai.com:8443"),
        ("[2001:DB8::1]", "2001:db8::1", "[2001:db8::1]:8443"),
        ("::1", "::1", "[::1]:8443"),
        ("10.0.0.1", "10.0.0.1", "10.0.0.1:8443"),
    ] {
        let mut provider =
            json!({"name": "a", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}, "port": 8443});
        provider["host"] = json!(written);
        let plan = plan(&least_with("providers", &json!([provider]).to_string()));
        assert_eq!((&*plan.providers[0].host, &*plan.providers[0].authority()), (kept, authority));
    }
}

#[test]
fn a_text_that_is_not_json_is_one_problem_with_its_place() {
    let place = |text: &[u8]| problems(text).to_string();
    assert_eq!(place(b"{\n  \"keys\": [1,,2]\n}"), "not JSON: no value at line 2, column 14");
    assert_eq!(place("{\"ü\": \"ä\" \"keys\"}".as_bytes()), "not JSON: no comma at line 1, column 11");
    assert_eq!(place(b"{\"limits\": {\"request_body\": NaN}}"), "not JSON: no value at line 1, column 29");
    assert_eq!(place(b"{} {}"), "not JSON: text after the end at line 1, column 4");
    assert_eq!(place(b"{\n\n \"\xff\": 1}"), "not JSON: not UTF-8 at line 3, column 3");
    assert_eq!(place(b"[]"), "not JSON: not an object at line 1, column 1");
}

#[test]
fn empty_settings_say_what_the_least_are() {
    for empty in ["", " \n"] {
        let problems = problems(empty.as_bytes());
        assert_eq!(problems.0.len(), 1);
        assert!(problems.0[0].what.contains("OPENAI_API_KEY"), "{problems}");
    }
}

#[test]
fn a_wrong_value_anywhere_is_a_problem_there() {
    let everything: Value = serde_json::from_str(EVERYTHING).unwrap();
    for pointer in pointers(&everything) {
        for wrong in [json!([[[]]]), json!({"x": 1}), json!(-1.5), json!(true), json!("\u{7}")] {
            // Every truth value is valid for these members.
            let is_truth = everything.pointer(&pointer).unwrap().is_boolean();
            if is_truth && wrong.is_boolean() || schema::is_any_json(&pointer, &wrong) {
                continue;
            }
            let mut broken = everything.clone();
            *broken.pointer_mut(&pointer).unwrap() = wrong.clone();
            let problems = problems(broken.to_string().as_bytes());
            let section = pointer.split('/').nth(1).unwrap();
            let is_there = problems.0.iter().any(|problem| problem.path.starts_with(section));
            assert!(is_there, "{pointer} = {wrong}: {problems}");
        }
    }
}

#[test]
fn no_problem_shows_what_stands_in_the_wrong_place() {
    let everything: Value = serde_json::from_str(EVERYTHING).unwrap();
    for secret in ["sk-proj-5ecre7", "gsk_5ecre70123456789abcdef", "Bearer 5ecre7, expected `5ecre7`"] {
        for pointer in pointers(&everything) {
            let mut broken = everything.clone();
            *broken.pointer_mut(&pointer).unwrap() = json!(secret);
            if let Err(problems) = read(broken.to_string().as_bytes(), &environment) {
                assert!(!problems.to_string().contains("5ecre7"), "{pointer}: {problems}");
            }
        }
    }
    for misplaced in [r#"{"sk-proj-5ecre70123456789": 1}"#, r#"{"keys": [{"sk-proj-5ecre70123456789": 1}]}"#] {
        let problems = problems(misplaced.as_bytes()).to_string();
        assert!(!problems.contains("5ecre7"), "{problems}");
    }
    let values = |_: &str| Some("5ecre7\n".to_owned());
    let problems = read(EVERYTHING.as_bytes(), &values).unwrap_err();
    assert!(!format!("{problems} {problems:?}").contains("5ecre7"), "{problems}");
}

#[test]
fn the_plan_shows_no_secret() {
    let shown = format!(
        "{:?}",
        plan(&EVERYTHING.replace("2c6ee24b09816a6f14f95d1698b24ead9d7d9e65b4b6a0c7b0c4a2c0c5f3c9ff", SHA256_OF_HELLO))
    );
    for secret in ["sk-openai-0001", "sk-ant-0002", "dG9sbGdhdGU", "2cf24dba", "[44, 242"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn a_hundred_thousand_keys_are_read_in_time_that_grows_with_their_number() {
    let element =
        |index: usize| format!("{{\"id\": \"key-{index}\", \"sha256\": \"{index:064x}\", \"models\": [\"gpt-*\"]}}");
    let elements = |count| (1..=count).map(element).collect::<Vec<_>>().join(",");
    let start = Instant::now();
    let plan = plan(&least_with("keys", &format!("[{}]", elements(100_000))));
    assert_eq!(plan.keys.len(), 100_000);

    let alike = format!("[{}]", elements(100_000).replace("gpt-*\"", "\", 5, 6"));
    let problems = problems(least_with("keys", &alike).as_bytes());
    assert_eq!(problems.0.len(), 101);
    assert_eq!(problems.0[100].to_string(), "there are more problems: these are the first 100");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn absurd_settings_are_refused_without_effort() {
    let start = Instant::now();
    let members = |count: usize| (0..count).map(|index| format!("\"k{index}\": 0")).collect::<Vec<_>>().join(",");
    for absurd in [
        "[".repeat(10_000_000),
        "{\"a\":".repeat(1_000_000),
        format!("{{\"limits\": {}", "[".repeat(1_000_000)),
        format!("{{{}}}", members(100_000)),
        format!("{{{}}}", "\"keys\": [],".repeat(100_000).trim_end_matches(',')),
        least_with("keys", &format!("[{{{}}}]", members(100_000))),
        least_with("keys", &format!("[{}]", vec!["[]"; 100_000].join(","))),
        least_with("strip_headers", &format!("[\"{}\"]", "é".repeat(5_000_000))),
        least_with("redaction", &format!("{{\"detect\": [{}]}}", vec!["\"emial\""; 100_000].join(","))),
    ] {
        let problems = problems(absurd.as_bytes());
        assert!(problems.0.iter().all(|problem| problem.what.len() < 2000 && problem.path.len() < 500));
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// JSON pointers of every member and element, at any depth.
fn pointers(value: &Value) -> Vec<String> {
    let under = |name: &str, value: &Value| {
        let name = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let mut found = pointers(value);
        for pointer in &mut found {
            pointer.insert_str(0, &name);
        }
        found.push(name);
        found
    };
    match value {
        Value::Object(members) => members.iter().flat_map(|(name, value)| under(name, value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().flat_map(|(index, value)| under(&index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &environment);
    }

    #[test]
    fn a_change_of_some_bytes_is_read_or_refused_in_plain_lines(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), "[\\x00-\\x7f]|\\PC|[\"{}\\[\\],:0-9]"), 1..4),
    ) {
        let mut text = EVERYTHING.to_owned();
        for (at, change) in &changes {
            let at = text.floor_char_boundary(at.index(text.len()));
            let end = text.ceil_char_boundary(at + 1);
            text.replace_range(at..end, change);
        }
        if let Err(problems) = read(text.as_bytes(), &environment) {
            prop_assert!(!problems.0.is_empty());
            for problem in &problems.0 {
                prop_assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
            }
        }
    }
}

#[test]
fn the_plan_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Plan>();
}
