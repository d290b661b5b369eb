//! Output of `tollgate replay`.

use crate::support::*;
use serde_json::{Value, json};

fn replayed(lines: &[Value], arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["replay", "-"], arguments].concat();
    facts(&tollgate_reading(&arguments, &text(lines)))
}

#[test]
fn a_whole_answer_gives_its_facts() {
    let facts = &replayed(&[whole()], &[])[0];
    let expected = json!({
        "id": "whole", "provider": "openai", "operation": "chat_completions", "stream": false, "status": 200,
        "response_kind": "json", "request_model": "gpt-invented", "response_model": "gpt-invented-2030",
        "response_id": "chatcmpl-1", "usage_present": true, "usage_source": "body", "input_tokens": 7,
        "output_tokens": 3, "total_tokens": 10, "cached_tokens": 4, "reasoning_tokens": null,
        "norm_input_tokens": 7, "norm_output_tokens": 3, "finish_reasons": ["stop"], "tool_calls": [], "choices": 1,
        "service_tier": "default", "error": null, "output_text_bytes": 7,
        "output_text_sha256": "f83e039796c6453a10f5519e39fd113901572316a1a8ea07cb525d2801dfd074",
        "request_params": {"max_tokens": 9, "stop": ["END"], "n": 1},
        "raw_usage": {
            "prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10, "prompt_tokens_details": {"cached_tokens": 4},
        },
        "usage": {"input": 3, "cache_read": 4, "output": 3}, "notes": [],
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(facts[field], *value, "{field}");
    }
}

#[test]
fn a_stream_gives_the_facts_of_the_whole_answer_it_amounts_to() {
    let facts = replayed(&[whole(), streamed()], &[]);
    let same = ["response_model", "response_id", "output_tokens", "finish_reasons", "output_text_sha256", "choices"];
    for field in same {
        assert_eq!(facts[0][field], facts[1][field], "{field}");
    }
    assert_eq!(facts[1]["response_kind"], "sse");
    assert_eq!(facts[1]["usage_source"], "stream");
    assert_eq!(facts[1]["request_params"], json!({"stream_include_usage": true}));
}

#[test]
fn an_error_answer_gives_an_error_whose_code_is_text() {
    let facts = &replayed(&[failed()], &[])[0];
    let error = json!({
        "type": "invalid_request_error", "code": "404", "message": "No such model.", "status": null,
        "http_status": 404, "in_stream": false,
    });
    assert_eq!(facts["error"], error);
    assert_eq!(facts["choices"], Value::Null);
}

#[test]
fn an_error_is_in_a_stream_only_where_there_is_one() {
    let body = br#"{"error":{"message":"Provider returned error","code":502}}"#;
    let at = "https://openrouter.ai/api/v1/chat/completions";
    let whole = exchange("w", at, "{}", 200, "application/json", body);
    let event = [b"data: ", body.as_slice(), b"\n\n"].concat();
    let streamed = exchange("s", at, r#"{"stream":true}"#, 200, "text/event-stream", &event);
    let facts = replayed(&[whole, streamed], &[]);
    let said = |facts: &Value| (facts["error"]["code"].clone(), facts["error"]["in_stream"].clone());
    assert_eq!(said(&facts[0]), (json!("502"), json!(false)));
    assert_eq!(said(&facts[1]), (json!("502"), json!(true)));
}

#[test]
fn pieces_of_any_size_give_the_same_facts() {
    let lines = [whole(), streamed(), failed()];
    let all = replayed(&lines, &[]);
    for size in ["1", "2", "3", "64"] {
        assert_eq!(replayed(&lines, &["--split", size]), all, "{size}");
    }
}

#[test]
fn a_path_that_nobody_knows_is_other() {
    let unknown = exchange("u", "https://api.openai.com/v9/none", "{}", 200, "application/json", b"[1]");
    let facts = &replayed(&[unknown], &[])[0];
    assert_eq!(facts["operation"], "other");
    assert_eq!(facts["response_kind"], "json_array");
}

#[test]
fn a_host_that_the_table_does_not_have_can_be_given_a_provider() {
    let at =
        |host: &str| exchange("e", &format!("http://{host}/v1/chat/completions"), "{}", 200, "application/json", b"{}");
    let given = ["--at", "llm.internal:9000=groq", "--at", "own.internal=our_own"];
    let lines = [at("llm.internal:9000"), at("llm.internal"), at("own.internal:77")];
    let providers: Vec<_> = replayed(&lines, &given).iter().map(|facts| facts["provider"].clone()).collect();
    assert_eq!(providers, [json!("groq"), Value::Null, json!("our_own")]);
}

#[test]
fn a_provider_that_is_given_by_its_name_on_spans_has_its_own_paths() {
    let asked = exchange("e", "http://tgi.internal/generate", "{}", 200, "application/json", b"{}");
    for name in ["hugging_face", "huggingface"] {
        let facts = &replayed(std::slice::from_ref(&asked), &["--at", &format!("tgi.internal={name}")])[0];
        assert_eq!(
            (&facts["provider"], &facts["operation"]),
            (&json!("huggingface"), &json!("hf_inference")),
            "{name}"
        );
    }
}

#[test]
fn filters_choose_exchanges_and_fields() {
    let lines = [whole(), streamed(), failed()];
    assert_eq!(replayed(&lines, &["--only", "str"]).len(), 1);
    assert_eq!(replayed(&lines, &["--provider", "open*", "--operation", "chat*"]).len(), 3);
    assert_eq!(replayed(&lines, &["--provider", "anthropic"]).len(), 0);
    let few = replayed(&lines, &["--only", "whole", "--fields", "status,stream"]);
    assert_eq!(few, [json!({"id": "whole", "status": 200, "stream": false})]);
}

#[test]
fn a_line_that_is_no_exchange_is_named_with_its_number() {
    let output = tollgate_reading(&["replay", "-"], &(text(&[whole()]) + "\n{\"id\":1}\n"));
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("tollgate: -, line 3: "), "{said}");
    assert!(said.ends_with(" at column 7\n"), "{said}");
    assert_eq!(printed_lines(&output.stdout), 1);
}

#[test]
fn lines_behind_one_that_is_no_exchange_are_read_all_the_same() {
    let input = "{\n".repeat(25) + &text(&[whole(), streamed()]);
    let output = tollgate_reading(&["replay", "-"], &input);
    assert_eq!((output.status.code(), printed_lines(&output.stdout)), (Some(2), 2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.matches("tollgate: -, line ").count(), 20, "{said}");
    assert!(said.ends_with("tollgate: … and 5 more lines that are no exchanges\n"), "{said}");
}

#[test]
fn what_recorders_leave_out_by_a_null_and_a_method_in_lower_case_are_no_fault() {
    let mut bare = whole();
    for member in ["provider", "operation", "stream"] {
        bare[member] = Value::Null;
    }
    bare["request"]["method"] = json!("post");
    bare["request"]["headers"] = Value::Null;
    bare["response"]["headers"] = json!([["content-type", "application/json"], ["x-id", null]]);
    let facts = &replayed(&[bare], &[])[0];
    assert_eq!((&facts["operation"], &facts["input_tokens"]), (&json!("chat_completions"), &json!(7)));
    let marked = tollgate_reading(&["replay", "-"], &("\u{feff}".to_owned() + &text(&[whole()])));
    assert_eq!(marked.status.code(), Some(0));
}

fn printed_lines(stdout: &[u8]) -> usize {
    stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count()
}

#[test]
fn help_shows_examples_rules_and_exit_codes() {
    let output = tollgate(&["replay", "--help"]);
    let help = printed(&output);
    for part in ["Examples:", "What --check compares", "An exception says", "Exit code: 0"] {
        assert!(help.contains(part), "{part}");
    }
}
