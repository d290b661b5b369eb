//! Headers of translated answers: those that the client's SDK knows.

use super::router::{Provider, Router};
use super::support::Answer;
use serde_json::json;

const PROMPT: &str = r#"{"model":"fast","messages":[{"role":"user","content":"Hi"}]}"#;
const MESSAGE: &str = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"text","text":"Ho"}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":2}}"#;
const ERROR: &str = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}}"#;

#[test]
fn the_request_s_id_and_the_rate_limits_reach_the_client_by_the_names_of_its_sdk() {
    let target = json!({"provider": "anthropic", "model": "claude-haiku-4-5"});
    let router = Router::new(&json!([{"name": "fast", "targets": [target, target]}]));
    let headers = vec![
        ("request-id", "req_1"),
        ("anthropic-ratelimit-requests-limit", "50"),
        ("anthropic-ratelimit-requests-remaining", "49"),
        ("anthropic-ratelimit-requests-reset", "2026-11-29T00:00:00Z"),
        ("retry-after", "7"),
    ];
    for (status, body) in [(200, MESSAGE), (400, ERROR)] {
        let answer = Answer { status, headers: headers.clone(), ..Answer::json(body) };
        let outcome = router.post(PROMPT, vec![Provider::Answers(answer)]);
        let header = |name| outcome.headers.text(name);
        assert_eq!((outcome.status, header("x-request-id")), (status, Some("req_1")));
        assert_eq!(header("x-ratelimit-limit-requests"), Some("50"));
        assert_eq!(header("x-ratelimit-remaining-requests"), Some("49"));
        assert_eq!(header("retry-after"), Some("7"));
        let names = outcome.headers.iter().map(|(name, _)| name).filter(|name| name.starts_with("anthropic-"));
        assert_eq!(names.count(), 0);
    }
}
