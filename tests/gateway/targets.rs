//! Destination of a call: the provider at the addressed host, the named provider, or none.

use super::exchanges::fixtures;
use super::support::{Answer, EXPORT, Gateway, KEY, Seen, settings, settings_for_all};
use tollgate::provider::{Provider, ROWS};

const OPENAI: &str = "/v1/chat/completions";
const ANTHROPIC: &str = "/v1/messages";
const BODY: &str = r#"{"model":"gpt-4o-mini","messages":[]}"#;

fn call(gateway: &Gateway, method: &str, path: &str, more: &[(&str, &str)]) -> Seen {
    let bearer = format!("Bearer {KEY}");
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
    headers.extend(more);
    let body = [BODY.as_bytes()];
    let body = if method == "POST" { &body[..] } else { &[] };
    gateway.call(method, path, &headers, body, &Answer::json("{}"))
}

/// The provider and the path of a forwarded call; otherwise the refusal's code.
fn way(seen: &Seen) -> Result<(&str, &str), String> {
    match &seen.upstream {
        Some((sent, _)) => Ok((&sent["x-tollgate-provider"], &sent[":path"])),
        None => Err(format!("{} {}", seen.status, if seen.status == 404 { "no_provider" } else { "other" })),
    }
}

#[test]
fn a_call_to_a_known_provider_s_host_that_is_not_set_up_goes_to_nobody_else() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    for host in ["api.mistral.ai", "api.groq.com", "api.deepseek.com", "openrouter.ai", "API.MISTRAL.AI.:443"] {
        for (method, path) in
            [("POST", OPENAI), ("POST", ANTHROPIC), ("POST", "/openai/v1/chat/completions"), ("GET", "/v1/models")]
        {
            for target in [None, Some("openai")] {
                let target = target.map(|name| ("x-tollgate-target", name));
                let headers: Vec<_> = [(":authority", host)].into_iter().chain(target).collect();
                let seen = call(&gateway, method, path, &headers);
                assert!(seen.upstream.is_none(), "{host} {path}");
                assert_eq!((seen.status, gateway.span().get("error.type")), (404, "no_provider"), "{host} {path}");
            }
        }
    }
    // At a configured host, an API that its provider does not have.
    let seen = call(&gateway, "POST", ANTHROPIC, &[(":authority", "api.openai.com")]);
    assert_eq!((way(&seen), seen.text().contains("not_found_error")), (Err("404 no_provider".to_owned()), true));
    let seen = call(&gateway, "POST", OPENAI, &[(":authority", "api.openai.com")]);
    assert_eq!(way(&seen), Ok(("openai", OPENAI)));
}

#[test]
fn with_its_own_hosts_set_the_gateway_serves_no_other() {
    let gateway = Gateway::new(&settings(r#","gateway_hosts":["llm.example","*.mesh.example:10000"]"#));
    for (host, expected) in [
        ("llm.example", Some("openai")),
        ("llm.example:8080", Some("openai")),
        ("a.mesh.example:10000", Some("openai")),
        ("api.openai.com", Some("openai")),
        ("a.mesh.example", None),
        ("gateway.local", None),
        ("api.mistral.ai", None),
        ("", None),
    ] {
        for path in [OPENAI, "/openai/v1/chat/completions"] {
            // At the provider's own host paths are its own.
            let path = if host == "api.openai.com" { OPENAI } else { path };
            let seen = call(&gateway, "POST", path, &[(":authority", host)]);
            assert_eq!(way(&seen).ok(), expected.map(|name| (name, OPENAI)), "{host}");
        }
        let seen = call(&gateway, "POST", OPENAI, &[(":authority", host), ("x-tollgate-target", "openai")]);
        assert_eq!(way(&seen).ok(), expected.map(|name| (name, OPENAI)), "{host}");
    }
}

#[test]
fn a_named_provider_gets_the_call_in_every_dialect_and_at_its_own_paths() {
    let gateway = Gateway::new(&settings_for_all(""));
    let mut tried = 0;
    for exchange in fixtures().iter().filter(|exchange| exchange.host.is_empty()) {
        let Some(dialect) = exchange.route.dialect else { continue };
        for row in ROWS.iter().filter(|row| row.endpoints.is_empty()) {
            let provider = Provider::new(row.kind, row, "k");
            let expected = provider.path(&exchange.path, &exchange.route, false);
            let expected = expected.as_deref().unwrap_or(&exchange.path);
            let bearer = format!("Bearer {KEY}");
            let headers = [
                ("authorization", bearer.as_str()),
                ("content-type", "application/json"),
                ("x-tollgate-target", row.kind),
            ];
            let body = [exchange.request.as_slice()];
            let body = if exchange.request.is_empty() { &[] } else { &body[..] };
            let method = exchange.method.as_str();
            let prefixed = format!("/{}{}", row.kind, exchange.path);
            for (path, headers) in
                [(&exchange.path, &headers[..]), (&prefixed, &headers[..2]), (&prefixed, &headers[..])]
            {
                // Without a version behind it, `/openai` begins paths of Azure's.
                if row.kind == "openai" && *path == prefixed && !exchange.path.starts_with("/v") {
                    continue;
                }
                let seen = gateway.call(method, path, headers, body, &Answer::json("{}"));
                let way = way(&seen);
                if provider.speaks(dialect) {
                    assert_eq!(way, Ok((row.kind, expected)), "{}: {path} {}", exchange.id, seen.text());
                    let (sent, _) = seen.upstream.as_ref().unwrap();
                    assert!(!sent.contains_key("x-tollgate-target"));
                } else {
                    assert_eq!(way, Err("404 no_provider".to_owned()), "{}: {path}", exchange.id);
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn a_named_provider_gets_what_is_not_read_too() {
    let gateway = Gateway::new(&settings_for_all(""));
    for (method, path, expected) in [
        ("GET", "/groq/v1/models", ("groq", "/openai/v1/models")),
        ("GET", "/openai/v1/files/f-1/content", ("openai", "/v1/files/f-1/content")),
        ("DELETE", "/anthropic/v1/files/f-1", ("anthropic", "/v1/files/f-1")),
        ("POST", "/anthropic/v1/oracle?a=b", ("anthropic", "/v1/oracle?a=b")),
        ("GET", "/gemini/v1beta/models?pageSize=2", ("gemini", "/v1beta/models?pageSize=2")),
        ("POST", "/mistral/v1/conversations", ("mistral", "/v1/conversations")),
        (
            "POST",
            "/azure_openai/openai/deployments/d/chat/completions?api-version=1",
            ("azure_openai", "/openai/deployments/d/chat/completions?api-version=1"),
        ),
    ] {
        assert_eq!(way(&call(&gateway, method, path, &[])), Ok(expected), "{path}");
        let bare = path.split_once('/').unwrap().1.split_once('/').unwrap().1;
        let target = ("x-tollgate-target", expected.0);
        assert_eq!(way(&call(&gateway, method, &format!("/{bare}"), &[target])), Ok(expected), "{path}");
    }
    for target in ["nobody", "", "OpenAI", "openai,anthropic"] {
        let seen = call(&gateway, "POST", OPENAI, &[("x-tollgate-target", target)]);
        assert_eq!(way(&seen), Err("404 no_provider".to_owned()), "{target}");
    }
    // At the gateway's own address Azure's path contains no provider's name.
    let seen = call(&gateway, "POST", "/openai/deployments/d/chat/completions", &[]);
    assert_eq!(way(&seen), Ok(("openai", "/openai/deployments/d/chat/completions")));
}
