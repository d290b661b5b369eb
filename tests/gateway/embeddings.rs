//! Embeddings whose target speaks another API than the client: translated there and back, with redaction.

use super::router::{Provider, Router, Sent};
use super::support::{Answer, EXPORT, Gateway, KEY, provider, sha256};
use serde_json::{Value, json};

/// Model with a target and another like it: of one alone the gateway makes the attempt itself.
fn model(name: &str, provider: &str, model: &str) -> Value {
    let target = |model: &str| json!({"provider": provider, "model": model});
    json!({"name": name, "targets": [target(model), target(&format!("{model}-too"))]})
}

fn settings(models: &Value) -> String {
    let settings = json!({
        "providers": [
            provider("openai", "openai", None, "OPENAI_API_KEY"),
            provider("gemini", "gemini", None, "OPENAI_API_KEY"),
            provider("cohere", "cohere", None, "OPENAI_API_KEY"),
            provider("voyage", "voyage", None, "OPENAI_API_KEY"),
            provider("mistral", "mistral", None, "OPENAI_API_KEY"),
            provider("bedrock", "bedrock", Some("bedrock-runtime.eu-west-1.amazonaws.com"), "OPENAI_API_KEY"),
            {"name": "ollama", "kind": "ollama", "host": "ollama.mesh"},
        ],
        "keys": [{"id": "test", "sha256": sha256(KEY)}],
        "attempts": {"upstream": true, "first_event": "1s", "rest": "10s", "longest_rest": "60s"},
        "models": models,
        "redaction": {"detect": ["email"]},
    });
    let text = settings.to_string();
    format!("{}{EXPORT}}}", text.strip_suffix('}').unwrap())
}

fn router() -> Router {
    Router::of(&settings(&json!([
            model("gemini", "gemini", "gemini-embedding-001"),
            model("cohere", "cohere", "embed-v4.0"),
            model("openai", "openai", "text-embedding-3-small"),
            model("voyage", "voyage", "voyage-3-large"),
            model("rerank-voyage", "voyage", "rerank-2"),
            model("rerank-cohere", "cohere", "rerank-v3.5"),
            model("mistral", "mistral", "codestral-embed"),
            model("ollama", "ollama", "nomic-embed-text"),
            model("amazon.titan-embed-text-v2:0", "openai", "text-embedding-3-small"),
            model("titan", "bedrock", "amazon.titan-embed-text-v2:0"),
            model("cohere-there", "bedrock", "cohere.embed-english-v3"),
            model("llama", "bedrock", "meta.llama3-8b-instruct-v1:0"),
            {"name": "chain", "targets": [
                {"provider": "cohere", "model": "embed-v4.0"},
                {"provider": "gemini", "model": "gemini-embedding-001"},
            ]},
    ])))
}

fn sent(sent: &Sent) -> (String, Value) {
    (sent.headers.text(":path").unwrap().to_owned(), serde_json::from_slice(&sent.body).unwrap())
}

fn answers(body: &str) -> Vec<Provider> {
    vec![Provider::Answers(Answer::json(body))]
}

const OPENAI: &str = "/v1/embeddings";

#[test]
fn a_client_of_openai_reaches_every_api_of_embeddings() {
    let text = json!("Mail of [EMAIL_1]");
    let part = |texts: Value| json!({"parts": [{"text": texts}]});
    let cases = [
        (
            "gemini",
            "/v1beta/models/gemini-embedding-001:embedContent",
            json!({"model": "models/gemini-embedding-001", "content": part(text.clone())}),
            r#"{"embedding":{"values":[0.5,-1]}}"#,
        ),
        (
            "cohere",
            "/v2/embed",
            json!({"model": "embed-v4.0", "texts": [text], "input_type": "search_document", "embedding_types": ["float"]}),
            r#"{"id":"i","embeddings":{"float":[[0.5,-1]]},"texts":["Mail of [EMAIL_1]"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":3}},"response_type":"embeddings_by_type"}"#,
        ),
        (
            "ollama",
            "/api/embed",
            json!({"model": "nomic-embed-text", "input": text}),
            r#"{"model":"nomic-embed-text","embeddings":[[0.5,-1]],"total_duration":1,"load_duration":1,"prompt_eval_count":3}"#,
        ),
        (
            "titan",
            "/model/amazon.titan-embed-text-v2%3A0/invoke",
            json!({"inputText": text}),
            r#"{"embedding":[0.5,-1],"embeddingsByType":{"float":[0.5,-1]},"inputTextTokenCount":3}"#,
        ),
        (
            "cohere-there",
            "/model/cohere.embed-english-v3/invoke",
            json!({"texts": [text], "input_type": "search_document", "embedding_types": ["float"]}),
            r#"{"id":"i","embeddings":{"float":[[0.5,-1]]},"response_type":"embeddings_by_type","texts":["x"]}"#,
        ),
    ];
    for (model, path, body, answer) in cases {
        let mut router = router();
        let asked = json!({"model": model, "input": ["Mail of ada@example.com"]}).to_string();
        let outcome = router.call(OPENAI, &asked, answers(answer));
        assert_eq!(sent(&outcome.sent[0]), (path.to_owned(), body), "{model}");
        let written: Value = serde_json::from_slice(&outcome.body).unwrap();
        assert_eq!(written["data"], json!([{"object": "embedding", "index": 0, "embedding": [0.5, -1]}]), "{model}");
        assert_eq!(outcome.headers.text("content-type"), Some("application/json"));
        assert_eq!((outcome.status, outcome.headers.content_length()), (200, None), "{model}");
        let span = router.span();
        assert_eq!(span.get("tollgate.outcome"), "answered", "{model}");
    }
}

#[test]
fn a_client_of_every_api_of_embeddings_reaches_openai() {
    let openai = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.50,-1]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":3,"total_tokens":3}}"#;
    let cases = [
        (
            "/v1beta/models/openai:embedContent",
            json!({"content": {"parts": [{"text": "hi"}]}}),
            r#"{"embedding":{"values":[0.50,-1]},"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}"#,
        ),
        (
            "/v1beta/models/openai:batchEmbedContents",
            json!({"requests": [{"model": "models/openai", "content": {"parts": [{"text": "hi"}]}}]}),
            r#"{"embeddings":[{"values":[0.50,-1]}],"usageMetadata":{"promptTokenCount":3,"totalTokenCount":3}}"#,
        ),
        (
            "/v2/embed",
            json!({"model": "openai", "texts": ["hi"], "input_type": "search_query"}),
            r#""embeddings":{"float":[[0.50,-1]]},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":3}},"response_type":"embeddings_by_type"}"#,
        ),
        (
            "/v1/embed",
            json!({"model": "openai", "texts": ["hi"], "input_type": "search_query"}),
            r#""embeddings":[[0.50,-1]],"texts":[],"meta":{"api_version":{"version":"1"},"billed_units":{"input_tokens":3}},"response_type":"embeddings_floats"}"#,
        ),
        (
            "/api/embed",
            json!({"model": "openai", "input": "hi"}),
            r#"{"model":"text-embedding-3-small","embeddings":[[0.50,-1]],"prompt_eval_count":3}"#,
        ),
        (
            "/model/amazon.titan-embed-text-v2:0/invoke",
            json!({"inputText": "hi"}),
            r#"{"embedding":[0.50,-1],"embeddingsByType":{"float":[0.50,-1]},"inputTextTokenCount":3}"#,
        ),
    ];
    for (path, body, expected) in cases {
        let outcome = router().call(path, &body.to_string(), answers(openai));
        assert!(outcome.text().ends_with(expected), "{path}: {}", outcome.text());
        assert_eq!(
            sent(&outcome.sent[0]),
            (OPENAI.to_owned(), json!({"model": "text-embedding-3-small", "input": "hi"}))
        );
    }
}

#[test]
fn base64_is_what_openai_s_own_client_asks_for_and_gets() {
    let asked = json!({"model": "gemini", "input": ["a", "b"], "encoding_format": "base64"}).to_string();
    let gemini = r#"{"embeddings":[{"values":[0.1,1e-3,-2]},{"values":[1,2,3]}]}"#;
    let outcome = router().call(OPENAI, &asked, answers(gemini));
    assert_eq!(sent(&outcome.sent[0]).0, "/v1beta/models/gemini-embedding-001:batchEmbedContents");
    let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!(answer["data"][0]["embedding"], "zczMPW8SgzoAAADA");
    assert_eq!((&answer["data"][1]["index"], &answer["model"]), (&json!(1), &json!("gemini-embedding-001")));
}

#[test]
fn members_of_openai_s_form_become_those_of_voyage_s_and_mistral_s_and_back() {
    let answer = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":"zczMPW8SgzoAAADA"}],"model":"m","usage":{"total_tokens":3}}"#;
    let asked = |model: &str| json!({"model": model, "input": "a", "dimensions": 256, "encoding_format": "base64"});
    for (model, name) in [("voyage", "voyage-3-large"), ("mistral", "codestral-embed")] {
        let outcome = router().call(OPENAI, &asked(model).to_string(), answers(answer));
        let expected = json!({"model": name, "input": "a", "output_dimension": 256, "encoding_format": "base64"});
        assert_eq!(sent(&outcome.sent[0]), (OPENAI.to_owned(), expected), "{model}");
        assert_eq!(outcome.text(), answer);
    }
    let asked = json!({"model": "openai", "input": ["a"], "output_dimension": 256, "input_type": "query"});
    let outcome = router().call(OPENAI, &asked.to_string(), answers(answer));
    assert_eq!(sent(&outcome.sent[0]).1, json!({"model": "text-embedding-3-small", "input": "a", "dimensions": 256}));
    // What is of one form stays as it is.
    let asked = r#"{ "model":"voyage", "input":[ "a" ],"input_type":"query","new":1 }"#;
    let outcome = router().call(OPENAI, asked, answers(answer));
    assert_eq!(outcome.sent[0].body, asked.replace("\"voyage\"", "\"voyage-3-large\"").into_bytes());
}

#[test]
fn a_chain_goes_on_from_one_api_of_embeddings_to_the_next() {
    let asked = json!({"model": "chain", "input": ["a", "b"]}).to_string();
    let busy = Answer { status: 429, ..Answer::json(r#"{"message":"slow down"}"#) };
    let gemini = Answer::json(r#"{"embeddings":[{"values":[1]},{"values":[2]}]}"#);
    let outcome = router().call(OPENAI, &asked, vec![Provider::Answers(busy), Provider::Answers(gemini)]);
    assert_eq!(outcome.targets(), ["cohere", "gemini"]);
    assert_eq!(sent(&outcome.sent[1]).1["requests"].as_array().unwrap().len(), 2);
    assert!(outcome.text().contains(r#""index":1,"embedding":[2]"#), "{}", outcome.text());
}

#[test]
fn errors_are_those_of_the_client_s_api() {
    let cases = [
        (OPENAI, json!({"model": "cohere", "input": "a"}), r#"{"message":"bad model"}"#, "/error/message"),
        (
            "/v2/embed",
            json!({"model": "openai", "texts": ["a"], "input_type": "search_query"}),
            r#"{"error":{"message":"bad model"}}"#,
            "/message",
        ),
        ("/api/embed", json!({"model": "openai", "input": "a"}), r#"{"error":{"message":"bad model"}}"#, "/error"),
        (
            "/v1beta/models/openai:embedContent",
            json!({"content": {"parts": [{"text": "a"}]}}),
            r#"{"error":{"message":"bad model"}}"#,
            "/error/message",
        ),
    ];
    for (path, body, error, place) in cases {
        let provider = Provider::AnswersLast(Answer { status: 400, ..Answer::json(error) });
        let outcome = router().call(path, &body.to_string(), vec![provider]);
        let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
        assert_eq!((outcome.status, answer.pointer(place)), (400, Some(&json!("bad model"))), "{path}: {answer}");
    }
}

#[test]
fn what_a_target_cannot_say_is_refused_with_its_reason() {
    for (name, input, reason) in [
        ("titan", json!(["a", "b"]), "one input"),
        ("gemini", json!([1, 2]), "Tokens"),
        ("llama", json!("a"), "None of the targets"),
    ] {
        let target = match name {
            "titan" => json!({"provider": "bedrock", "model": "amazon.titan-embed-text-v2:0"}),
            "llama" => json!({"provider": "bedrock", "model": "meta.llama3-8b-instruct-v1:0"}),
            _ => json!({"provider": "gemini", "model": "gemini-embedding-001"}),
        };
        let gateway = Gateway::new(&settings(&json!([{"name": name, "targets": [target]}])));
        let seen = gateway.post(OPENAI, &json!({"model": name, "input": input}).to_string(), &Answer::json("{}"));
        assert!(seen.upstream.is_none() && seen.status == 400, "{name}");
        let answer: Value = serde_json::from_slice(&seen.body).unwrap();
        assert!(answer["error"]["message"].as_str().unwrap().contains(reason), "{name}: {answer}");
    }
}

#[test]
fn rerank_goes_to_another_form_and_back_and_stays_as_it_is_in_its_own() {
    let results = r#"[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-3}]"#;
    let voyage = format!(r#"{{"object":"list","data":{results},"model":"rerank-2","usage":{{"total_tokens":26}}}}"#);
    let cohere = format!(r#"{{"id":"r","results":{results},"meta":{{"billed_units":{{"search_units":1}}}}}}"#);
    let asked = |model: &str, most: &str| {
        json!({"model": model, "query": "Who is ada@example.com?", "documents": ["a", "b"], most: 2}).to_string()
    };
    let outcome = router().call("/v2/rerank", &asked("rerank-voyage", "top_n"), answers(&voyage));
    let expected = json!({"model": "rerank-2", "query": "Who is [EMAIL_1]?", "documents": ["a", "b"], "top_k": 2});
    assert_eq!(sent(&outcome.sent[0]), ("/v1/rerank".to_owned(), expected));
    let answer = outcome.text();
    assert!(answer.contains(&format!(r#""results":{results}"#)) && answer.contains(r#""input_tokens":26"#), "{answer}");
    let outcome = router().call("/v1/rerank", &asked("rerank-cohere", "top_k"), answers(&cohere));
    assert_eq!(sent(&outcome.sent[0]).0, "/v2/rerank");
    assert_eq!(sent(&outcome.sent[0]).1["top_n"], 2);
    assert!(outcome.text().contains(&format!(r#""data":{results}"#)), "{}", outcome.text());
    let error = Provider::AnswersLast(Answer { status: 400, ..Answer::json(r#"{"detail":"bad model"}"#) });
    let outcome = router().call("/v2/rerank", &asked("rerank-voyage", "top_n"), vec![error]);
    assert!(outcome.status == 400 && outcome.text().contains(r#""message":"bad model""#), "{}", outcome.text());
    // In its own form, or in one that may be its own.
    for (path, model, most, answer) in [
        ("/v1/rerank", "rerank-voyage", "top_k", &voyage),
        ("/v2/rerank", "rerank-cohere", "top_n", &cohere),
        ("/v1/rerank", "rerank-cohere", "top_n", &cohere),
        ("/v1/rerank", "rerank-voyage", "other", &voyage),
    ] {
        let outcome = router().call(path, &asked(model, most), answers(answer));
        assert_eq!((sent(&outcome.sent[0]).0.as_str(), outcome.text()), (path, answer.as_str()), "{model} {most}");
    }
}
