//! Recordings of invented exchanges, and the command run on them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// One line of a recording.
pub(crate) fn exchange(id: &str, url: &str, request: &str, status: u16, media: &str, answer: &[u8]) -> Value {
    json!({
        "id": id,
        "provider": "openai",
        "operation": "chat_completions",
        "stream": media == "text/event-stream",
        "source_repo": "invented",
        "request": {
            "method": "POST",
            "url": url,
            "headers": [["Content-Type", "application/json"]],
            "body_b64": STANDARD.encode(request),
        },
        "response": {
            "status": status,
            "headers": [["Content-Type", media]],
            "body_b64": STANDARD.encode(answer),
        },
    })
}

pub(crate) const CHAT: &str = "https://api.openai.com/v1/chat/completions";

/// A whole chat.
pub(crate) fn whole() -> Value {
    let request = r#"{"model":"gpt-invented","messages":[],"max_completion_tokens":9,"stop":"END","n":1}"#;
    let answer = r#"{"id":"chatcmpl-1","object":"chat.completion","model":"gpt-invented-2030","choices":[{"index":0,
        "message":{"role":"assistant","content":"Gr\u00fc\u00dfe"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10,
        "prompt_tokens_details":{"cached_tokens":4}},"service_tier":"default"}"#;
    exchange("whole", CHAT, request, 200, "application/json", answer.as_bytes())
}

/// The same, streamed.
pub(crate) fn streamed() -> Value {
    let request = r#"{"model":"gpt-invented","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#;
    let chunk = |rest: &str| format!(r#"data: {{"id":"chatcmpl-1","model":"gpt-invented-2030",{rest}}}"#) + "\n\n";
    let answer = [
        chunk(r#""choices":[{"index":0,"delta":{"role":"assistant","content":"Gr"},"finish_reason":null}]"#),
        chunk(r#""choices":[{"index":0,"delta":{"content":"üße"},"finish_reason":"stop"}]"#),
        chunk(r#""choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}"#),
        "data: [DONE]\n\n".to_owned(),
    ];
    exchange("streamed", CHAT, request, 200, "text/event-stream", answer.concat().as_bytes())
}

/// A chat that was answered with an error.
pub(crate) fn failed() -> Value {
    let answer = br#"{"error":{"message":"No such model.","type":"invalid_request_error","param":null,"code":404}}"#;
    exchange("failed", CHAT, r#"{"model":"none","messages":[]}"#, 404, "application/json", answer)
}

/// Writes lines into a file of one test.
pub(crate) fn file(name: &str, lines: &[Value]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text(lines)).unwrap();
    path
}

/// Lines in the form of a file.
pub(crate) fn text(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Runs the command.
pub(crate) fn tollgate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// Runs the command with this on its standard input.
pub(crate) fn tollgate_reading(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    let mut child =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The output of a run.
pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The lines of JSON that a run printed.
pub(crate) fn facts(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    printed(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
