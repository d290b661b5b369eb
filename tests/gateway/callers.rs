//! Who calls: where a virtual key may stand, what of a client's headers no provider gets, and that no key is recorded.

use super::support::{Answer, Gateway, KEY, sha256};

#[test]
fn a_server_without_a_key_is_sent_none() {
    let digest = sha256(KEY);
    let kinds = ["ollama", "vllm", "llama_cpp", "lm_studio", "sglang", "text_embeddings_inference"];
    for kind in kinds {
        let settings = format!(
            r#"{{"providers":[{{"name":"own-1","kind":"{kind}","host":"models.mesh"}}],
                "keys":[{{"id":"test","sha256":"{digest}"}}]}}"#
        );
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str()), ("x-api-key", KEY), ("api-key", "stale")];
        let body = r#"{"model":"m","input":"x"}"#;
        let gateway = Gateway::new(&settings);
        let seen = gateway.call("POST", "/v1/embeddings", &headers, &[body.as_bytes()], &Answer::json("{}"));
        let (sent, _) = seen.upstream.unwrap();
        for header in ["authorization", "x-api-key", "api-key", "x-goog-api-key"] {
            assert_eq!(sent.get(header), None, "{kind}");
        }
        assert_eq!(sent["x-tollgate-provider"], "own-1", "{kind}");
        assert!(sent[":authority"].starts_with("models.mesh"), "{kind}");
    }
}
