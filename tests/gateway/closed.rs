//! Requests that cannot be searched do not leave: values of every other type at every place of every dialect's
//! requests.

use super::exchanges::{Exchange, exchanges};
use super::support::{Answer, EXPORT, Gateway, KEY, Seen, settings, settings_for_all, sha256};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const MARK: &str = "mark@closed.example";

/// The marker as, and within, every type of value.
fn values() -> Vec<Value> {
    let deep = (0..20).fold(json!(MARK), |inner, _| json!({"content": [{"type": inner}]}));
    vec![
        json!(MARK),
        json!({"type": MARK}),
        json!({"x": {"url": MARK}}),
        json!({MARK: 1}),
        json!([MARK]),
        json!([{"text": MARK, "data": [MARK]}]),
        json!({"a": {MARK: {MARK: [MARK]}}}),
        deep,
        json!("{\"mail\": \"mark\\u0040closed.example\"}"),
    ]
}

/// Members whose text is passed on unchanged: a model's name, which selects the model at the provider, and a credential
/// for others.
const OPAQUE: &[&str] = &["model", "model_id", "version", "authorization_token"];

/// Signed parts are returned to the provider unchanged.
fn is_signed(path: &str) -> bool {
    let of_items = ["/input/[thought]/", "/input/[reasoning]/"];
    ["/thinking", "/reasoningText/text", "/reasoning_details", "/[reasoning.text]", "/[reasoning.text]/text"]
        .iter()
        .any(|end| path.ends_with(end))
        || of_items.iter().any(|item| path.contains(item))
}

/// A value's path without its indices, so that equal places are tried once.
fn places(value: &Value, path: &str, pointer: &str, into: &mut BTreeMap<String, String>) {
    into.entry(path.to_owned()).or_insert_with(|| pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{path}/{name}"), &format!("{pointer}/{escaped}"), into);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                let kind = value.get("type").and_then(Value::as_str).unwrap_or("*");
                places(value, &format!("{path}/[{kind}]"), &format!("{pointer}/{index}"), into);
            }
        }
        _ => {}
    }
}

/// A gateway without a placeholder key, and one with it, for requests that leave texts with the provider.
fn gateways() -> [Gateway; 2] {
    ["", r#","redaction":{"placeholder_key":{"env":"PLACEHOLDER_KEY"}}"#]
        .map(|more| Gateway::new(&settings_for_all(more)))
}

fn through(gateways: &[Gateway; 2], exchange: &Exchange, request: &str) -> Option<String> {
    let is_stored = exchange.route.operation.is_some_and(|operation| operation.stored);
    let gateway = &gateways[usize::from(is_stored)];
    let (key, authority) = (format!("Bearer {KEY}"), exchange.authority());
    let headers = [
        ("authorization", key.as_str()),
        (":authority", authority.as_str()),
        ("content-type", exchange.request_type.as_str()),
    ];
    let seen = gateway.call(&exchange.method, &exchange.path, &headers, &[request.as_bytes()], &Answer::json("{}"));
    seen.upstream.is_some().then(|| seen.sent().to_owned())
}

#[test]
fn a_value_of_any_type_in_any_place_is_searched_or_refused() {
    let gateways = gateways();
    let (mut tried, mut refused, mut left) = (0, 0, BTreeSet::new());
    let mut known = BTreeSet::new();
    for exchange in exchanges() {
        let Some(dialect) = exchange.route.dialect else { continue };
        // Unoptimised, the project's own exchanges are enough.
        let is_tried = !cfg!(debug_assertions) || exchange.host.is_empty();
        if !exchange.request_type.starts_with("application/json") || exchange.request.len() > LONGEST || !is_tried {
            continue;
        }
        let Ok(request) = serde_json::from_slice::<Value>(&exchange.request) else { continue };
        let mut found = BTreeMap::new();
        places(&request, "", "", &mut found);
        for (path, pointer) in found {
            let name = path.rsplit('/').next().unwrap_or_default();
            if path.is_empty()
                || OPAQUE.contains(&name)
                || is_signed(&path)
                || !known.insert(format!("{dialect:?}{path}"))
            {
                continue;
            }
            for value in values() {
                let mut changed = request.clone();
                *changed.pointer_mut(&pointer).unwrap() = value.clone();
                tried += 1;
                match through(&gateways, &exchange, &changed.to_string()) {
                    None => refused += 1,
                    Some(sent) if sent.contains("closed.example") => {
                        left.insert(format!("{dialect:?} {path}: {value}"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    println!("{tried} tried, {refused} refused");
    assert!(left.is_empty(), "{} of them: {left:#?}", left.len());
    assert!(tried > 1000);
}

/// Longest request that is tried so often.
const LONGEST: usize = 1 << 16;

/// Personal data in the tests below.
const MAIL: &str = "ada@example.com";

fn send(gateway: &Gateway, method: &str, path: &str, media: &str, body: &[u8]) -> Seen {
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str()), ("content-type", media)];
    let pieces: &[&[u8]] = if body.is_empty() { &[] } else { &[body] };
    gateway.call(method, path, &headers, pieces, &Answer::json("{}"))
}

/// The code of the refusal; empty where the call went to the provider.
fn code(seen: &Seen) -> String {
    if seen.upstream.is_some() {
        return String::new();
    }
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let said = [&body["error"]["code"], &body["error"]["status"], &body["error"]["type"], &body["message"]];
    said.iter().find_map(|said| said.as_str()).unwrap_or_default().to_owned()
}

#[test]
fn messages_that_are_a_text_or_an_object_leave_nothing_unsearched() {
    let gateway = Gateway::new(&settings_for_all(""));
    for (path, body) in [
        ("/v1/chat/completions", json!({"model": "m", "messages": MAIL})),
        ("/v1/chat/completions", json!({"model": "m", "messages": {"role": "user", "content": MAIL}})),
        ("/v1/chat/completions", json!({"model": "m", "messages": [{"role": "assistant", "tool_calls": MAIL}]})),
        ("/v1/chat/completions", json!({"model": "m", "temperature": MAIL, "messages": []})),
        ("/v1/chat/completions", json!({"model": "m", "messages": [], "metadata": {MAIL: 1}})),
        ("/v1/messages", json!({"model": "m", "system": {"is": MAIL}, "messages": {"content": MAIL}})),
        ("/v1/messages", json!({"model": "m", "messages": [{"role": {"x": MAIL}, "content": [[{"text": [MAIL]}]]}]})),
        ("/v1/responses", json!({"model": "m", "input": {"role": "user", "content": {"text": MAIL}}})),
        ("/v1beta/models/m:generateContent", json!({"contents": MAIL, "systemInstruction": [MAIL]})),
        ("/model/m/converse", json!({"messages": {"content": MAIL}, "system": MAIL})),
        ("/v2/chat", json!({"model": "m", "messages": MAIL})),
    ] {
        let seen = send(&gateway, "POST", path, "application/json", body.to_string().as_bytes());
        assert!(!seen.sent().contains(MAIL), "{path}: {}", seen.sent());
        assert!(seen.sent().contains("[EMAIL_1]"), "{path}: {}", seen.sent());
    }
}

#[test]
fn a_body_that_is_no_json_of_one_value_is_refused() {
    let gateway = Gateway::new(&settings_for_all(""));
    let utf16: Vec<u8> = format!("{{\"messages\":\"{MAIL}\"}}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = format!("{}\"{MAIL}\"{}", "[".repeat(200), "]".repeat(200));
    for body in [
        format!(r#"{{"model":"m","messages":[]}} {MAIL}"#).as_bytes(),
        format!(r#"{{"model":"m","messages":[]}}{{"messages":"{MAIL}"}}"#).as_bytes(),
        format!(r#"{{"model":"m","messages":{deep}}}"#).as_bytes(),
        format!("\"{MAIL}\"").as_bytes(),
        format!("[\"{MAIL}\"]").as_bytes(),
        format!("{{\"model\":\"m\",\"messages\":\"{MAIL}\\xff\"}}").replace("\\xff", "\u{1}").as_bytes(),
        [b"{\"model\":\"m\",\"messages\":\"\xff ".as_slice(), MAIL.as_bytes(), b"\"}"].concat().as_slice(),
        utf16.as_slice(),
    ] {
        let seen = send(&gateway, "POST", "/v1/chat/completions", "application/json", body);
        assert_eq!(code(&seen), "unreadable_body", "{}", String::from_utf8_lossy(body));
    }
    // Python writes and reads NaN; the text next to it is searched.
    let body = format!(r#"{{"model":"m","temperature":NaN,"messages":"{MAIL}"}}"#);
    let seen = send(&gateway, "POST", "/v1/chat/completions", "application/json", body.as_bytes());
    assert!(!seen.sent().contains(MAIL));
    let marked = format!("\u{feff}{{\"model\":\"m\",\"messages\":\"{MAIL}\"}}");
    let seen = send(&gateway, "POST", "/v1/chat/completions", "application/json", marked.as_bytes());
    assert!(!seen.sent().contains(MAIL));
}

/// A form for a transcription with one more part.
fn form(part: &[u8]) -> Vec<u8> {
    let before = b"--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\n\xff\xf3\xc4\x00\r\n--b\r\n";
    [before.as_slice(), part, b"\r\n--b--\r\n"].concat()
}

#[test]
fn a_part_of_a_form_that_cannot_be_searched_is_refused() {
    const FORM: &str = "multipart/form-data; boundary=b";
    const PATH: &str = "/v1/audio/transcriptions";
    let prompt = |headers: &str, content: &[u8]| {
        let named = format!("Content-Disposition: form-data; name=\"prompt\"{headers}\r\n\r\n");
        form(&[named.as_bytes(), content].concat())
    };
    let utf16: Vec<u8> = MAIL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = [b"J\xfcrgen, ".as_slice(), MAIL.as_bytes()].concat();
    let whole = prompt("", b"hi");
    let refused: Vec<(&str, Vec<u8>)> = vec![
        ("one byte that is not UTF-8", prompt("", &latin)),
        ("the same as a file", prompt("; filename=\"p.txt\"", &latin)),
        ("UTF-16", prompt("\r\nContent-Type: text/plain; charset=utf-16", &utf16)),
        ("UTF-16 that is not said", prompt("", &utf16)),
        ("UTF-16 as a file", prompt("; filename=\"p.txt\"", &utf16)),
        ("UTF-7", prompt("\r\nContent-Type: text/plain; charset=\"UTF-7\"", b"ada+AEA-example.com")),
        ("base64", prompt("\r\nContent-Transfer-Encoding: base64", b"YWRhQGV4YW1wbGUuY29t")),
        ("quoted-printable", prompt("\r\ncontent-transfer-encoding:Quoted-Printable", b"ada=40example.com")),
        ("a form within", prompt("\r\nContent-Type: multipart/mixed; boundary=c", b"--c\r\n\r\nx\r\n--c--")),
        ("an encoded name of a file", prompt("; filename*=UTF-8''ada%40example.com", b"x")),
        ("text before the parts", [MAIL.as_bytes(), b"\r\n", &whole].concat()),
        ("text behind the parts", [&whole, MAIL.as_bytes()].concat()),
        ("no part", MAIL.as_bytes().to_vec()),
        ("a part hidden in a file", {
            let hidden = format!("\n--b\nContent-Disposition: form-data; name=prompt\n\n{MAIL}");
            let file = b"Content-Disposition: form-data; name=file; filename=a\r\n\r\n\xff".as_slice();
            form(&[file, hidden.as_bytes()].concat())
        }),
        ("a character set for all", form(b"Content-Disposition: form-data; name=\"_charset_\"\r\n\r\nutf-16")),
    ];
    let closed = Gateway::new(&settings_for_all(""));
    let mut open =
        Gateway::new(&settings_for_all(&format!(r#"{EXPORT},"operations":{{"audio_transcriptions":"pass"}}"#)));
    let off = Gateway::new(&settings_for_all(r#","redaction":{"detect":[]}"#));
    for (what, body) in &refused {
        let seen = send(&closed, "POST", PATH, FORM, body);
        assert_eq!((code(&seen).as_str(), seen.status), ("unreadable_body", 400), "{what}");
        let seen = send(&open, "POST", PATH, FORM, body);
        assert!(seen.upstream.is_some() || what == &"no part", "{what}: {}", seen.text());
        let span = open.span();
        assert!(seen.upstream.is_none() || span.get("tollgate.notes").contains("request_unread"), "{what}");
        let seen = send(&off, "POST", PATH, FORM, body);
        assert!(seen.upstream.is_none_or(|(_, sent)| sent == *body), "{what}");
    }
    for (what, body) in [
        ("a text", prompt("", MAIL.as_bytes())),
        ("a text as a file", prompt("; filename=\"p.txt\"", MAIL.as_bytes())),
        ("a text for the file", prompt("; filename=\"a.mp3\"", MAIL.as_bytes())),
        ("ASCII by another name", prompt("\r\nContent-Type: text/plain; charset=ISO-8859-1", MAIL.as_bytes())),
        ("an encoding that is none", prompt("\r\nContent-Transfer-Encoding: 8bit", MAIL.as_bytes())),
        ("what looks like an address", prompt("", format!("data: {MAIL};base64,").as_bytes())),
        ("a name of a file", prompt(&format!("; filename=\"{MAIL}.txt\""), b"x")),
        ("a name of a field", form(format!("Content-Disposition: form-data; name=\"{MAIL}\"\r\n\r\nx").as_bytes())),
        ("a number", form(format!("Content-Disposition: form-data; name=temperature\r\n\r\n{MAIL}").as_bytes())),
        ("a truth", form(format!("Content-Disposition: form-data; name=stream\r\n\r\n{MAIL}").as_bytes())),
    ] {
        let seen = send(&closed, "POST", PATH, FORM, &body);
        let (_, sent) = seen.upstream.unwrap_or_else(|| panic!("{what} is refused"));
        let sent = String::from_utf8_lossy(&sent);
        assert!(!sent.contains(MAIL) && sent.contains("[EMAIL_1]"), "{what}: {sent}");
    }
    let seen = send(&closed, "POST", PATH, "multipart/form-data; boundary=a; boundary=b", &whole);
    assert_eq!(code(&seen), "unsupported_content_type");
}

#[test]
fn a_get_with_a_body_does_not_carry_it_past_the_search() {
    let closed = Gateway::new(&settings_for_all(""));
    let off = Gateway::new(&settings_for_all(r#","redaction":{"detect":[]}"#));
    let body = format!(r#"{{"prompt":"{MAIL}"}}"#);
    for (method, path, expected) in [
        ("GET", "/v1/models", "unreadable_body"),
        ("GET", "/v1/files/f", "unreadable_body"),
        ("GET", "/v1/batches", "unreadable_body"),
        ("HEAD", "/v1/files", "unreadable_body"),
        ("OPTIONS", "/v1/files", "unreadable_body"),
        ("DELETE", "/v1/files/f", "operation_not_searched"),
        ("GET", "/api/tags", "unreadable_body"),
        ("GET", "/v1beta/fileSearchStores", "unreadable_body"),
    ] {
        let seen = send(&closed, method, path, "application/json", body.as_bytes());
        assert_eq!(code(&seen), expected, "{method} {path}");
        assert!(send(&closed, method, path, "application/json", b"").upstream.is_some(), "{method} {path}");
        assert_eq!(send(&off, method, path, "application/json", body.as_bytes()).sent(), body, "{method} {path}");
    }
    // The readable part of a GET is searched; this one asks for stored state of the provider.
    let seen = send(&closed, "GET", "/v1/responses/r", "application/json", body.as_bytes());
    assert_eq!(code(&seen), "stored_state_not_redactable");
}

#[test]
fn an_operation_that_is_not_read_is_refused_unless_the_settings_let_it_pass() {
    let closed = Gateway::new(&settings(""));
    let open = r#","operations":{"batches":"pass","files":"pass","vector_stores":"pass","realtime":"pass","chat_completions":"refuse"}"#;
    let mut open = Gateway::new(&settings(&format!("{EXPORT}{open}")));
    let off = Gateway::new(&settings(r#","redaction":{"detect":[]}"#));
    let body = format!(r#"{{"instructions":"{MAIL}"}}"#);
    for path in ["/v1/batches", "/v1/files", "/v1/vector_stores", "/v1/realtime/client_secrets"] {
        let seen = send(&closed, "POST", path, "application/json", body.as_bytes());
        assert_eq!((seen.status, code(&seen).as_str()), (403, "operation_not_searched"), "{path}");
        assert!(seen.text().contains("operations"), "{}", seen.text());
        assert_eq!(send(&open, "POST", path, "application/json", body.as_bytes()).sent(), body);
        assert_eq!(open.span().get("tollgate.notes"), "request_unread", "{path}");
        assert_eq!(send(&off, "POST", path, "application/json", body.as_bytes()).sent(), body);
        assert!(send(&closed, "POST", path, "application/json", b"{}").upstream.is_some(), "{path}");
        assert!(send(&closed, "POST", path, "application/json", b"").upstream.is_some(), "{path}");
    }
    let chat = br#"{"model":"m","messages":[]}"#;
    assert_eq!(code(&send(&open, "POST", "/v1/chat/completions", "application/json", chat)), "operation_refused");
    assert_eq!(code(&send(&closed, "POST", "/v1/chat/completions", "application/json", chat)), "");
}

#[test]
fn a_body_that_cannot_be_read_passes_where_the_settings_say_so() {
    let rules = r#","operations":{"chat_completions":"pass"}"#;
    let mut open = Gateway::new(&settings(&format!("{EXPORT}{rules}")));
    let path = "/v1/chat/completions";
    for (media, body) in [("application/json", "not JSON"), ("application/json", "[]"), ("text/plain", "a text")] {
        let seen = send(&open, "POST", path, media, body.as_bytes());
        assert_eq!(seen.sent(), body);
        assert_eq!(open.span().get("tollgate.notes"), "request_unread", "{body}");
    }
    // Readable parts are still searched, and members that decide about the call must not occur twice.
    let seen =
        send(&open, "POST", path, "application/json", format!(r#"{{"model":"m","messages":"{MAIL}"}}"#).as_bytes());
    assert!(!seen.sent().contains(MAIL));
    open.span();
    let seen = send(&open, "POST", path, "application/json", br#"{"model":"a","model":"b","messages":[]}"#);
    assert_eq!(code(&seen), "ambiguous_body");
    // Nor does a key for some models pass unread bodies.
    let mut written: Value = serde_json::from_str(&settings(rules)).unwrap();
    written["keys"] = json!([{"id": "limited", "sha256": sha256(KEY), "models": ["gpt-4o*"]}]);
    let limited = Gateway::new(&written.to_string());
    for media in ["application/json", "text/plain"] {
        assert_eq!(code(&send(&limited, "POST", path, media, b"not JSON")), "operation_not_allowed", "{media}");
    }
}

#[test]
fn the_administration_of_an_account_is_never_reached() {
    let open = r#","unknown_paths":"pass","operations":{"files":"pass","assistants":"pass"},"redaction":{"detect":[]}"#;
    let gateway = Gateway::new(&settings(open));
    for path in [
        "/v1/organization/admin_api_keys",
        "/v1/organization/usage/completions?start_time=1",
        "/v1/organization/projects/p/service_accounts",
        "/openai/v1/organization/costs",
        "/v1/projects/p/users/u/roles",
        "/v1/fine_tuning/checkpoints/c/permissions",
        "/v1/dashboard/billing/credit_grants",
        "/v1/organizations/api_keys",
        "/v1/organizations/workspaces/w/members",
        "/v1/user_profiles/u",
        "/v1/%6frganization/invites",
        "//v1//Organization//users",
        "/v1/files/../organization/admin_api_keys",
        "/v1/files/..%2forganization%2fadmin_api_keys",
        "/v1/files/%2e%2e/organization/admin_api_keys",
        "/v1/threads/..\\organization/users",
        "/v1/organization;x/users",
        "/openai/deployments?api-version=2022-12-01",
        "/openai/deployments/d?api-version=2022-12-01",
        "/api/projects/p/connections/c/getConnectionWithCredentials",
        "/api/v1/keys",
        "/api/v1/key",
        "/api/v1/credits",
        "/api/v1/auth/keys",
        "/api/v1/workspaces/w/members/add",
        "/v1/api-key",
        "/v1/billing/usage",
        "/v1/accounts/a/users/u/apiKeys",
        "/v1/accounts/a/secrets",
        "/user/balance",
        "/v1/users/me/balance",
        "/api/2.0/token/create",
        "/api/v2/statements",
        "/v1/projects/p:setIamPolicy",
        "/v1beta/tunedModels/t/permissions",
        "/key/generate",
        "/team/new",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let body: &[u8] = if method == "POST" { b"{}" } else { b"" };
            let seen = send(&gateway, method, path, "application/json", body);
            assert_eq!((seen.status, code(&seen).as_str()), (403, "administration_not_allowed"), "{method} {path}");
        }
    }
    for path in [
        "/v1/files/users",
        "/v1/threads/keys/messages",
        "/v1/oracle/runs",
        "/v1/projects/billing/locations/global/tuningJobs",
        "/v1/projects/p/locations/us/oracles",
        "/api/projects/members/threads",
        "/v1/accounts/users/models/m",
    ] {
        assert!(send(&gateway, "GET", path, "application/json", b"").upstream.is_some(), "{path}");
    }
    let chat = br#"{"model":"m","messages":[]}"#;
    for path in ["/openai/deployments/admin/chat/completions", "/openai/deployments/keys/chat/completions"] {
        assert!(send(&gateway, "POST", path, "application/json", chat).upstream.is_some(), "{path}");
    }
}

#[test]
fn personal_data_in_a_query_is_noted() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    for (path, notes) in [
        ("/v1/chat/completions?prompt=Write+to+ada%40example.com", "query_unredacted"),
        ("/v1/chat/completions?api-version=2024-10-21&alt=sse&key=AIzaSyA-1234567890abcdefghijklmnopqrstu", ""),
    ] {
        send(&gateway, "POST", path, "application/json", br#"{"model":"m","messages":[]}"#);
        assert_eq!(gateway.span().get("tollgate.notes"), notes, "{path}");
    }
}
