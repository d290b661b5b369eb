//! Vectors in answers: their dimensions, in every API that has them.

use crate::support::{Answer, answer};
use tollgate::endpoint::{HUGGING_FACE, Route};

fn whole(path: &str, body: &str) -> Answer {
    let own = if path.starts_with("/models/") { HUGGING_FACE } else { &[] };
    answer(&Route::of("POST", path, own), "application/json", body.as_bytes())
}

#[test]
fn long_vectors_are_counted_in_every_api() {
    for (path, answer) in [
        ("/v1/embeddings", r#"{"data":[{"embedding":VECTOR},{"embedding":VECTOR}]}"#),
        ("/api/embed", r#"{"embeddings":[VECTOR,VECTOR]}"#),
        ("/api/embeddings", r#"{"embedding":VECTOR}"#),
        ("/v1beta/models/gemini-embedding-001:embedContent", r#"{"embedding":{"values":VECTOR}}"#),
        (
            "/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict",
            r#"{"predictions":[{"embeddings":{"values":VECTOR}}]}"#,
        ),
        ("/model/amazon.titan-embed-text-v2%3A0/invoke", r#"{"embedding":VECTOR,"inputTextTokenCount":1}"#),
        ("/v1/embed", r#"{"embeddings":[VECTOR,VECTOR]}"#),
        ("/v2/embed", r#"{"embeddings":{"float":[VECTOR],"int8":[VECTOR]}}"#),
        ("/models/acme/tiny-chat", "VECTOR"),
        ("/models/acme/tiny-chat", "[VECTOR,VECTOR]"),
        ("/ml/v1/text/embeddings", r#"{"results":[{"embedding":VECTOR}]}"#),
    ] {
        for (numbers, separator) in [("0.25", ","), ("-1e-05", ", "), ("17", ",\n    ")] {
            let vector = format!("[{}]", vec![numbers; 1000].join(separator));
            let read = whole(path, &answer.replace("VECTOR", &vector));
            assert_eq!(read.reply.dimensions, Some(1000), "{path}: {answer}");
            assert!(read.notes.is_empty(), "{path}: {:?}", read.notes);
            let broken = vec!["0.5"; 999].join(",") + ",0.5.5";
            let read = whole(path, &answer.replace("VECTOR", &format!("[{broken}]")));
            assert_eq!(read.notes, ["response_unreadable"], "{path}: {answer}");
        }
    }
}

#[test]
fn operations_say_that_they_answer_with_vectors() {
    let answers_vectors =
        |path: &str| Route::of("POST", path, &[]).operation.is_some_and(|operation| operation.answers_vectors);
    for path in [
        "/v1/embeddings",
        "/openai/deployments/d/embeddings",
        "/v1/multimodalembeddings",
        "/api/embed",
        "/v1beta/models/m:embedContent",
        "/v1beta/models/m:batchEmbedContents",
        "/v1/embed",
        "/v2/embed",
        "/ml/v1/text/embeddings",
    ] {
        assert!(answers_vectors(path), "{path}");
    }
    // A prediction and an invocation answer with anything.
    for path in ["/v1/chat/completions", "/v1/rerank", "/v1/projects/p/locations/l/endpoints/e:predict"] {
        assert!(!answers_vectors(path), "{path}");
    }
}
