//! Translation from and to OpenAI's responses: requests and answers.

use crate::meaning::translate;
use serde_json::{Value, json};
use tollgate::capability::Capabilities;
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{AnswerContext, Loss, Losses, Parameter, PartKind, Property, Untranslatable, WriteTarget};

const CHAT: Dialect = Dialect::OpenAiChat;
const MESSAGES: Dialect = Dialect::AnthropicMessages;
const RESPONSES: Dialect = Dialect::OpenAiResponses;

fn request(from: Dialect, to: Dialect, body: &Value) -> (Value, Losses) {
    let mut losses = Losses::default();
    let written = translate(from, to, &body.to_string(), &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

fn answer(from: Dialect, to: Dialect, body: &Value) -> (Value, Losses) {
    let (body, mut losses, mut events) = (body.to_string(), Losses::default(), Vec::new());
    let document = Document::new(body.as_bytes()).unwrap();
    from.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
    let context = AnswerContext { now: 1_790_000_000, ..AnswerContext::default() };
    let written = to.write_answer(&source, &context, &mut losses).unwrap();
    (serde_json::from_str(&written).unwrap(), losses)
}

fn chat(messages: &Value) -> Value {
    json!({"model": "m", "messages": messages})
}

fn has(losses: &Losses, loss: &Loss) -> bool {
    losses.iter().any(|known| known == loss)
}

#[test]
fn instructions_at_the_start_are_joined_and_later_ones_stay_in_their_place() {
    let (written, losses) = request(
        CHAT,
        RESPONSES,
        &chat(&json!([{"role": "system", "content": "one"}, {"role": "developer", "content": "two"},
            {"role": "user", "content": "hi"}, {"role": "developer", "content": "three"}])),
    );
    assert_eq!(written["instructions"], "one\n\ntwo");
    assert_eq!(written["input"], json!([{"role": "user", "content": "hi"}, {"role": "developer", "content": "three"}]));
    assert!(losses.is_empty(), "{losses:?}");
    let (written, _) = request(CHAT, RESPONSES, &chat(&json!([{"role": "system", "content": "only"}])));
    assert_eq!(written["input"], json!([{"role": "system", "content": "only"}]));
}

#[test]
fn a_tool_is_strict_only_where_its_source_asked() {
    let tool = |function: Value| json!({"type": "function", "function": function});
    let mut body = chat(&json!([{"role": "user", "content": "hi"}]));
    body["tools"] = json!([
        tool(json!({"name": "f"})),
        tool(json!({"name": "g", "strict": true, "parameters": {"type": "object"}}))
    ]);
    let (written, _) = request(CHAT, RESPONSES, &body);
    let empty = json!({"type": "object", "properties": {}});
    assert_eq!(
        written["tools"],
        json!([{"type": "function", "name": "f", "parameters": empty, "strict": false},
            {"type": "function", "name": "g", "parameters": empty, "strict": true}])
    );
}

#[test]
fn a_translated_conversation_is_not_stored_and_gets_its_reasoning_back() {
    let (written, _) = request(CHAT, RESPONSES, &chat(&json!([{"role": "user", "content": "hi"}])));
    assert_eq!(
        (&written["store"], written.get("include")),
        (&json!(false), None),
        "models without reasoning refuse it"
    );
    let mut body = chat(&json!([{"role": "user", "content": "hi"}]));
    body["reasoning_effort"] = json!("high");
    let (written, _) = request(CHAT, RESPONSES, &body);
    assert_eq!(written["reasoning"], json!({"effort": "high"}));
    assert_eq!(written["include"], json!(["reasoning.encrypted_content"]));
    body["store"] = json!(true);
    let (written, _) = request(CHAT, RESPONSES, &body);
    assert_eq!((&written["store"], written.get("include")), (&json!(true), None));
}

#[test]
fn what_the_api_has_no_parameter_for_is_named_and_a_bound_too_small_is_raised() {
    let mut body = chat(&json!([{"role": "user", "content": "hi"}]));
    let settings = json!({"max_tokens": 5, "stop": ["x"], "seed": 1, "n": 2, "presence_penalty": 1, "top_logprobs": 2,
        "logprobs": true, "user": "u", "verbosity": "low", "prompt_cache_key": "k", "service_tier": "flex"});
    settings.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
    let (written, losses) = request(CHAT, RESPONSES, &body);
    assert_eq!((&written["max_output_tokens"], &written["top_logprobs"]), (&json!(16), &json!(2)));
    assert_eq!(written["include"], json!(["message.output_text.logprobs"]));
    assert_eq!((&written["text"], &written["user"]), (&json!({"verbosity": "low"}), &json!("u")));
    for parameter in [Parameter::Stop, Parameter::Seed, Parameter::Choices, Parameter::PresencePenalty] {
        assert!(has(&losses, &Loss::Parameter(parameter)), "{parameter:?}");
        assert!(!written.to_string().contains("stop"), "{written}");
    }
    assert!(has(&losses, &Loss::Limit(Parameter::MaxTokens)));
    let (back, losses) = request(RESPONSES, CHAT, &written);
    assert_eq!((&back["logprobs"], &back["top_logprobs"]), (&json!(true), &json!(2)));
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn choices_and_formats_cross_in_the_flat_form() {
    let mut body = chat(&json!([{"role": "user", "content": "hi"}]));
    body["tools"] =
        json!([{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}]);
    body["parallel_tool_calls"] = json!(false);
    body["tool_choice"] = json!({"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [
        {"type": "function", "function": {"name": "g"}}]}});
    body["response_format"] =
        json!({"type": "json_schema", "json_schema": {"name": "n", "strict": true, "schema": {"type": "object"}}});
    let (written, losses) = request(CHAT, RESPONSES, &body);
    assert_eq!(
        written["tool_choice"],
        json!({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "g"}]})
    );
    assert_eq!(
        written["text"]["format"],
        json!({"type": "json_schema", "name": "n", "strict": true, "schema": {"type": "object"}})
    );
    assert_eq!((&written["parallel_tool_calls"], losses.is_empty()), (&json!(false), true));
    body["tool_choice"] = json!({"type": "function", "function": {"name": "f"}});
    assert_eq!(request(CHAT, RESPONSES, &body).0["tool_choice"], json!({"type": "function", "name": "f"}));
}

#[test]
fn results_keep_their_images_and_stand_before_the_user_s_words() {
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let (written, losses) = request(
        MESSAGES,
        RESPONSES,
        &json!({"model": "m", "max_tokens": 99, "messages": [
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": [{"type": "text", "text": "so"}, {"type": "tool_use", "id": "a", "name": "f", "input": {}}]},
            {"role": "user", "content": [{"type": "text", "text": "well"}, {"type": "tool_result", "tool_use_id": "a",
                "content": [{"type": "text", "text": "1"}, image]}]}]}),
    );
    let input = written["input"].as_array().unwrap();
    let kinds: Vec<&Value> = input.iter().map(|item| item.get("type").or_else(|| item.get("role")).unwrap()).collect();
    assert_eq!(kinds, ["user", "assistant", "function_call", "function_call_output", "user"]);
    assert_eq!(
        input[3]["output"],
        json!([{"type": "input_text", "text": "1"},
            {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"}])
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn a_conversation_whose_beginning_another_provider_keeps_is_refused() {
    for member in [
        json!({"previous_response_id": "resp_1"}),
        json!({"conversation": "conv_1"}),
        json!({"prompt": {"id": "pmpt_1", "variables": {"name": "Ada"}}}),
        json!({"input": [{"type": "item_reference", "id": "msg_1"}]}),
    ] {
        let mut body = json!({"model": "m", "input": "and then?"});
        member.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
        let body = body.to_string();
        let document = Document::new(body.as_bytes()).unwrap();
        let read = RESPONSES.read_request(document).unwrap();
        let source = TranslationSource { dialect: RESPONSES, document, edits: &Edits::default(), read: &read };
        let written = CHAT.write_request(&source, &WriteTarget::default(), &mut Losses::default());
        assert_eq!(written.unwrap_err(), Untranslatable::StoredState, "{body}");
    }
    let (written, losses) =
        request(RESPONSES, CHAT, &json!({"model": "m", "input": "hi", "previous_response_id": null}));
    assert_eq!(written, json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]}));
    assert!(losses.is_empty());
}

/// Request as Codex writes them.
fn codex() -> Value {
    let call = |id: &str, name: &str| json!({"type": "function_call", "name": name, "arguments": "{\"command\":[\"ls\"]}", "call_id": id});
    let output = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": format!("of {id}")});
    json!({"model": "gpt-5-codex", "instructions": "You are Codex.", "stream": true, "store": false,
        "include": ["reasoning.encrypted_content"], "prompt_cache_key": "0199", "parallel_tool_calls": true,
        "tool_choice": "auto", "reasoning": {"effort": "medium", "summary": "auto"}, "text": {"verbosity": "low"},
        "tools": [{"type": "function", "name": "shell", "description": "Runs", "strict": false, "parameters":
                {"type": "object", "properties": {"command": {"type": "array", "items": {"type": "string"}}}, "additionalProperties": false}},
            {"type": "custom", "name": "apply_patch", "description": "Patches", "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}},
            {"type": "local_shell"}, {"type": "web_search", "external_web_access": false}],
        "input": [
            {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "<permissions>"}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "<environment_context>"}]},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "list"}]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "content": null, "encrypted_content": "gAAA"},
            call("a", "shell"), call("b", "shell"), output("a"), output("b"),
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "done"}]},
            {"type": "local_shell_call", "call_id": "c", "status": "completed", "action": {"type": "exec", "command": ["ls"]}},
            {"type": "function_call_output", "call_id": "c", "output": "of c"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go on"}]}]})
}

#[test]
fn codex_s_requests_reach_chat_completions_and_messages() {
    let (written, losses) = request(RESPONSES, CHAT, &codex());
    let roles: Vec<&str> =
        written["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "developer", "user", "user", "assistant", "tool", "tool", "assistant", "user"]);
    let ids: Vec<&Value> =
        written["messages"][4]["tool_calls"].as_array().unwrap().iter().map(|call| &call["id"]).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!((&written["reasoning_effort"], &written["prompt_cache_key"]), (&json!("medium"), &json!("0199")));
    assert_eq!((&written["verbosity"], written["tools"].as_array().unwrap().len()), (&json!("low"), 2));
    for loss in [Loss::Tool, Loss::Part(PartKind::Reasoning), Loss::Part(PartKind::Other)] {
        assert!(has(&losses, &loss), "{loss}");
    }
    let (written, _) = request(RESPONSES, MESSAGES, &codex());
    let roles: Vec<&str> =
        written["messages"].as_array().unwrap().iter().map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "user", "assistant", "user", "assistant", "user"]);
    assert_eq!(written["messages"][3]["content"][1]["tool_use_id"], "b");
    assert_eq!(written["system"].as_array().unwrap().len(), 2);
}

#[test]
fn reasoning_of_openai_goes_back_to_openai_in_its_place() {
    let (written, losses) = request(RESPONSES, RESPONSES, &codex());
    let reasoning = &written["input"][2];
    assert_eq!((&reasoning["type"], &reasoning["encrypted_content"]), (&json!("reasoning"), &json!("gAAA")));
    assert!(reasoning["id"].as_str().unwrap().starts_with("rs_"), "an id is required");
    assert!(!has(&losses, &Loss::Part(PartKind::Reasoning)));
}

#[test]
fn reasoning_of_another_maker_travels_as_encrypted_and_comes_back_as_it_was() {
    let thinking = json!({"type": "thinking", "thinking": "hm \"so\"", "signature": "c2ln"});
    let call = json!({"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"n": 1}});
    let (written, losses) = answer(
        MESSAGES,
        RESPONSES,
        &json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "tool_use",
            "content": [thinking, call], "usage": {"input_tokens": 1, "output_tokens": 2}}),
    );
    assert!(losses.is_empty(), "{losses:?}");
    assert_eq!(written["output"][0]["summary"], json!([{"type": "summary_text", "text": "hm \"so\""}]));
    let mut input = vec![json!({"role": "user", "content": "go"})];
    input.extend(written["output"].as_array().unwrap().iter().cloned());
    input.push(json!({"type": "function_call_output", "call_id": "toolu_1", "output": "1"}));
    let (back, losses) = request(RESPONSES, MESSAGES, &json!({"model": "m", "input": input}));
    assert_eq!(back["messages"][1]["content"], json!([thinking, call]));
    assert!(losses.is_empty(), "{losses:?}");
    let (elsewhere, losses) = request(RESPONSES, RESPONSES, &json!({"model": "m", "input": input}));
    assert!(has(&losses, &Loss::Part(PartKind::Reasoning)) && !elsewhere.to_string().contains("reasoning"));
}

#[test]
fn an_answer_that_was_cut_is_incomplete_even_without_text() {
    let of = |finish: &str| {
        let body = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": null}, "finish_reason": finish}]});
        answer(CHAT, RESPONSES, &body).0
    };
    let cut = of("length");
    assert_eq!(
        (&cut["status"], &cut["incomplete_details"]),
        (&json!("incomplete"), &json!({"reason": "max_output_tokens"}))
    );
    assert_eq!(of("content_filter")["incomplete_details"], json!({"reason": "content_filter"}));
    assert_eq!(of("stop")["status"], "completed");
    let broken = of("error");
    assert_eq!((&broken["status"], &broken["error"]["code"]), (&json!("failed"), &json!("server_error")));
}

#[test]
fn an_answer_has_what_a_client_requires() {
    let (written, losses) = answer(
        CHAT,
        RESPONSES,
        &json!({"id": "chatcmpl-9", "object": "chat.completion", "created": 5, "model": "m", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "hi", "refusal": null, "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}]}, "finish_reason": "stop",
            "logprobs": {"content": [{"token": "hi", "bytes": [104, 105], "logprob": -0.5, "top_logprobs": []}]}}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13, "prompt_tokens_details": {"cached_tokens": 3}}}),
    );
    assert_eq!(
        written["output"],
        json!([{"id": "msg_9_0", "type": "message", "status": "completed", "role": "assistant", "content": [{
                "type": "output_text", "text": "hi", "annotations": [],
                "logprobs": [{"token": "hi", "bytes": [104, 105], "logprob": -0.5, "top_logprobs": []}]}]},
            {"id": "fc_9_1", "type": "function_call", "status": "completed", "call_id": "c", "name": "f", "arguments": "{}"}])
    );
    assert_eq!(
        written["usage"],
        json!({"input_tokens": 9, "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 0}, "output_tokens": 4,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 13})
    );
    for name in ["object", "created_at", "parallel_tool_calls", "tool_choice", "tools", "text"] {
        assert!(!written[name].is_null(), "{name}");
    }
    assert!(losses.is_empty(), "{losses:?}");
    let (back, losses) = answer(RESPONSES, CHAT, &written);
    assert_eq!(back["choices"][0]["logprobs"]["content"][0]["token"], "hi");
    assert!(losses.is_empty(), "what only repeats the request is no loss: {losses:?}");
}

#[test]
fn a_refusal_has_a_part_of_its_own() {
    let body = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m", "choices": [{"index": 0,
        "message": {"role": "assistant", "content": null, "refusal": "no"}, "finish_reason": "stop"}]});
    let (written, _) = answer(CHAT, RESPONSES, &body);
    assert_eq!(written["output"][0]["content"], json!([{"type": "refusal", "refusal": "no"}]));
    let (back, losses) = request(RESPONSES, CHAT, &json!({"model": "m", "input": written["output"]}));
    assert_eq!(back["messages"][0]["refusal"], "no");
    assert!(losses.is_empty());
    let (again, _) = request(RESPONSES, RESPONSES, &json!({"model": "m", "input": written["output"]}));
    assert_eq!(again["input"][0]["content"], json!([{"type": "refusal", "refusal": "no"}]));
    assert!(!has(&losses, &Loss::Property(Property::Status)));
}

#[test]
fn a_call_of_a_tool_that_only_responses_have_is_lost_by_name() {
    let body = json!({"id": "resp_1", "object": "response", "created_at": 5, "status": "completed", "model": "m", "output": [
        {"type": "apply_patch_call", "id": "apc_1", "call_id": "c", "status": "completed", "operation": {"type": "create_file", "path": "a", "diff": "+x"}}]});
    let (written, losses) = answer(RESPONSES, CHAT, &body);
    assert!(has(&losses, &Loss::Tool));
    assert_eq!(written["choices"][0]["message"].get("tool_calls"), None);
    assert_eq!(written["choices"][0]["finish_reason"], "stop");
}

#[test]
fn a_custom_tool_s_text_in_the_history_is_the_input_of_a_function() {
    let input = json!([{"type": "custom_tool_call", "call_id": "d", "name": "run", "input": "say \"hi\""},
        {"type": "custom_tool_call_output", "call_id": "d", "output": "hi"}]);
    let (written, _) = request(RESPONSES, MESSAGES, &json!({"model": "m", "input": input}));
    assert_eq!(written["messages"][0]["content"][0]["input"], json!({"input": "say \"hi\""}));
    assert_eq!(written["messages"][1]["content"][0]["content"], "hi");
}

#[test]
fn settings_that_an_answer_would_only_repeat_are_named_where_a_request_loses_them() {
    let body = json!({"model": "m", "input": "hi", "truncation": "auto", "reasoning": {"context": "all_turns"}});
    let (_, losses) = request(RESPONSES, CHAT, &body);
    let names: Vec<String> = losses.names().into_iter().collect();
    assert_eq!(names, ["reasoning.context", "truncation"]);
}

#[test]
fn encrypted_reasoning_is_asked_of_models_that_reason_unasked_and_of_none_that_cannot() {
    let included = |reasons: Option<bool>, effort: Option<&str>| {
        let mut body = chat(&json!([{"role": "user", "content": "hi"}]));
        body["reasoning_effort"] = json!(effort);
        let body = body.to_string();
        let document = Document::new(body.as_bytes()).unwrap();
        let read = CHAT.read_request(document).unwrap();
        let source = TranslationSource { dialect: CHAT, document, edits: &Edits::default(), read: &read };
        let capabilities = Capabilities { reasoning: reasons, ..Capabilities::default() };
        let target = WriteTarget { capabilities, ..WriteTarget::default() };
        RESPONSES.write_request(&source, &target, &mut Losses::default()).unwrap().body.contains("encrypted_content")
    };
    assert!(included(Some(true), None) && included(None, Some("low")));
    assert!(!included(None, None) && !included(Some(true), Some("none")) && !included(Some(false), Some("low")));
}
