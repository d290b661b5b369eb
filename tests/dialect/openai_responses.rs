//! OpenAI responses: items, events, and texts that are repeated.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, RequestError, WrittenFrame};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Content, Extra, Reply, Role, TextKind};
use tollgate::usage::Bucket;

fn responses() -> Route {
    route("POST", "/v1/responses")
}

/// Reads a whole answer.
fn whole(body: &str) -> Answer {
    answer(&responses(), "application/json", body.as_bytes())
}

/// Reads a stream of these events.
fn stream(events: &[&str]) -> Answer {
    let body: String = events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', " "))).collect();
    answer(&responses(), "text/event-stream", body.as_bytes())
}

/// A whole response with these output items.
fn with_output(items: &str) -> Answer {
    whole(&format!(r#"{{"id":"r","object":"response","status":"completed","model":"m","output":[{items}]}}"#))
}

/// Tool calls: name, id, and `true` if the provider runs it.
fn calls(answer: &Answer) -> Vec<(&str, &str, bool)> {
    let calls = answer.reply.tool_calls.iter();
    calls.map(|call| (call.name.as_deref().unwrap_or("-"), call.id.as_deref().unwrap_or("-"), call.builtin)).collect()
}

fn finish(answer: &Answer) -> Option<&str> {
    answer.reply.finish_reasons.first()?.as_deref()
}

/// Type, code.
fn failure(answer: &Answer) -> Option<(Option<&str>, Option<&str>)> {
    let failure = answer.reply.failure.as_ref()?;
    Some((failure.kind.as_deref(), failure.code.as_deref()))
}

#[test]
fn a_stream_and_the_whole_answer_it_amounts_to_say_the_same() {
    let streamed = answer(&responses(), "text/event-stream", fixture("openai_responses", "stream.sse").as_bytes());
    let whole = whole(&fixture("openai_responses", "answer.json"));
    let plain = |reply: &Reply| Reply { extras: Vec::new(), ..reply.clone() };
    assert_eq!(plain(&streamed.reply), plain(&whole.reply));
    assert_eq!(streamed.reply.extra(Extra::Status), Some("completed"));
    let mut texts = [streamed.texts, whole.texts];
    texts.iter_mut().for_each(|texts| texts.sort());
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn what_a_response_says() {
    let read = whole(&fixture("openai_responses", "answer.json"));
    let reply = &read.reply;
    assert_eq!((reply.id.as_deref(), reply.model.as_deref()), (Some("resp_1"), Some("gpt-test-5-2026-10-01")));
    assert_eq!((reply.created, reply.service_tier.as_deref()), (Some(1_790_000_000), Some("default")));
    assert_eq!(read.parts, ["reasoning", "web_search_call", "custom_tool_call", "message", "function_call"]);
    let told = [("web_search_call", "ws_1", true), ("run", "call_3", false), ("send_ticket", "call_2", false)];
    assert_eq!(calls(&read), told);
    assert_eq!(read.text(Content::Text), "Seat 12B, beside you.");
    assert_eq!(read.text(Content::Reasoning), "Two tickets, one trip.");
    assert_eq!(read.text(Content::Arguments), r#"{"to":"dora"}"#);
    assert_eq!(read.text(Content::Input), r#"print("12B")"#);
    let usage = reply.usage.unwrap();
    let counts = [Bucket::Input, Bucket::CacheRead, Bucket::Output, Bucket::Reasoning, Bucket::WebSearches];
    assert_eq!(counts.map(|bucket| usage.count(bucket)), [54, 256, 56, 64, 1].map(Some));
    assert_eq!((finish(&read), reply.ended), (Some("completed"), true));
}

#[test]
fn texts_that_a_stream_repeats_are_counted_once() {
    let read = answer(&responses(), "text/event-stream", fixture("openai_responses", "stream.sse").as_bytes());
    assert_eq!(read.text(Content::Text), "Seat 12B, beside you.");
    assert_eq!(read.text(Content::Reasoning), "Two tickets, one trip.");
    assert_eq!(read.text(Content::Arguments), r#"{"to":"dora"}"#);
    assert_eq!(read.text(Content::Input), r#"print("12B")"#);
    assert_eq!(read.reply.tool_calls.len(), 3);
}

#[test]
fn members_of_an_event_come_in_any_order() {
    let read = stream(&[
        r#"{"delta":"a","output_index":2,"type":"response.output_text.delta"}"#,
        r#"{"obfuscation":"sdfkj","delta":"{}","output_index":1,"type":"response.function_call_arguments.delta"}"#,
        r#"{"item":{"name":"f","call_id":"c","type":"function_call"},"output_index":1,
            "type":"response.output_item.added"}"#,
        r#"{"response":{"output":[],"status":"completed","usage":{"input_tokens":3,"output_tokens":4}},
            "type":"response.completed"}"#,
    ]);
    let parts: Vec<_> =
        read.texts.iter().map(|(channel, text)| (channel.part, channel.content, text.as_str())).collect();
    assert_eq!(parts, [(2, Content::Text, "a"), (1, Content::Arguments, "{}")]);
    assert_eq!(read.reply.tool_calls[0].part, 1);
    assert_eq!((read.reply.counts.input, finish(&read)), (Some(3), Some("completed")));
}

#[test]
fn items_count_though_the_last_event_has_none() {
    let read = stream(&[
        r#"{"type":"response.output_item.done","output_index":0,"item":{"id":"rs","type":"reasoning","summary":[]}}"#,
        r#"{"type":"response.output_item.done","output_index":1,
            "item":{"id":"fc","type":"function_call","name":"f","call_id":"c","arguments":"{}"}}"#,
        r#"{"type":"response.completed","response":{"id":"r","object":"response","status":"completed","output":[]}}"#,
    ]);
    assert_eq!(read.parts, ["reasoning", "function_call"]);
    assert_eq!(calls(&read), [("f", "c", false)]);
}

#[test]
fn a_providers_own_call_whose_id_changes_is_one_call() {
    let read = stream(&[
        r#"{"type":"response.output_item.added","output_index":0,"item":{"id":"tmp_1","type":"web_search_call"}}"#,
        r#"{"type":"response.output_item.done","output_index":0,"item":{"id":"tmp_2","type":"web_search_call"}}"#,
        r#"{"type":"response.completed","response":{"status":"completed",
            "output":[{"id":"tmp_3","type":"web_search_call"}]}}"#,
    ]);
    assert_eq!(calls(&read), [("web_search_call", "tmp_1", true)]);
}

#[test]
fn a_call_that_is_told_again_at_another_place_is_one_call() {
    let call = r#"{"type":"function_call","id":"fc","call_id":"c1","name":"f","arguments":"{}"}"#;
    let read = stream(&[
        &format!(r#"{{"type":"response.output_item.added","output_index":2,"item":{call}}}"#),
        &format!(r#"{{"type":"response.output_item.done","output_index":2,"item":{call}}}"#),
        &format!(r#"{{"type":"response.completed","response":{{"id":"r","status":"completed","output":[{call}]}}}}"#),
    ]);
    assert_eq!(calls(&read), [("f", "c1", false)]);
}

#[test]
fn every_kind_of_call_is_told_by_its_type_or_name() {
    for (item, name, builtin, text) in [
        (
            r#""type":"function_call","name":"f","arguments":"{\"a\":1}""#,
            "f",
            false,
            Some((Content::Arguments, "{\"a\":1}")),
        ),
        (r#""type":"custom_tool_call","name":"g","input":"x = 1""#, "g", false, Some((Content::Input, "x = 1"))),
        (
            r#""type":"mcp_call","name":"h","server_label":"s","arguments":"{}","output":"o","error":null"#,
            "mcp_call",
            true,
            Some((Content::Arguments, "{}")),
        ),
        (
            r#""type":"code_interpreter_call","code":"1+1","container_id":"c","outputs":[{"type":"logs","logs":"2"}]"#,
            "code_interpreter_call",
            true,
            Some((Content::Input, "1+1")),
        ),
        (r#""type":"file_search_call","queries":["q"],"results":null"#, "file_search_call", true, None),
        (r#""type":"image_generation_call","result":"aGk=","revised_prompt":"p""#, "image_generation_call", true, None),
        (r#""type":"computer_call","action":{"type":"type","text":"t"}"#, "computer_call", false, None),
        (r#""type":"local_shell_call","action":{"type":"exec","command":["ls"]}"#, "local_shell_call", false, None),
        (r#""type":"shell_call","action":{"commands":["ls"]}"#, "shell_call", false, Some((Content::Input, "ls"))),
        (
            r#""type":"shell_call","action":{"commands":["ls"]},"environment":{"type":"local"}"#,
            "shell_call",
            false,
            Some((Content::Input, "ls")),
        ),
        (
            r#""type":"shell_call","action":{"commands":["ls"]},
                "environment":{"type":"container_reference","container_id":"cntr_1"}"#,
            "shell_call",
            true,
            Some((Content::Input, "ls")),
        ),
        (r#""type":"tool_search_call","arguments":{"goal":"g"},"execution":"client""#, "tool_search_call", false, None),
        (
            r#""type":"apply_patch_call","operation":{"type":"update_file","path":"a","diff":"+b"}"#,
            "apply_patch_call",
            false,
            Some((Content::Input, "+b")),
        ),
        (r#""type":"tool_search_call","arguments":{"goal":"g"},"execution":"server""#, "tool_search_call", true, None),
    ] {
        let read = with_output(&format!(r#"{{"id":"i","call_id":"c",{item}}}"#));
        assert_eq!(calls(&read), [(name, "c", builtin)], "{item}");
        let texts = read.texts.iter().map(|(channel, text)| (channel.content, text.as_str()));
        assert_eq!(texts.collect::<Vec<_>>(), text.into_iter().collect::<Vec<_>>(), "{item}");
        assert_eq!(read.parts.len(), 1);
    }
}

#[test]
fn what_is_no_call_is_a_part_all_the_same() {
    let read = with_output(
        r#"{"type":"mcp_list_tools","tools":[{"name":"t"}]},{"type":"tool_search_output","tools":[]},
           {"type":"mcp_approval_request","name":"t","arguments":"{}"},{"type":"compaction","encrypted_content":"g"},
           {"type":"shell_call_output","output":[{"stdout":"s"}]},{"type":"program","code":"f()"}"#,
    );
    assert_eq!((calls(&read), read.parts.len(), read.texts.len()), (vec![], 6, 0));
}

#[test]
fn a_refusal_is_no_text() {
    let read = with_output(
        r#"{"content":[{"refusal":"I will not.","type":"refusal"},{"text":"t","type":"output_text"}],"type":"message"}"#,
    );
    assert_eq!((read.text(Content::Refusal), read.text(Content::Text)), ("I will not.".to_owned(), "t".to_owned()));
    assert!(read.reply.refused);
    let read = stream(&[r#"{"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":"No"}"#]);
    assert!(read.reply.refused);
}

#[test]
fn reasoning_that_is_shown_as_it_is_counts_as_such() {
    let read = with_output(r#"{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]}"#);
    assert_eq!(read.text(Content::Reasoning), "hm");
    let read = stream(&[r#"{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"hm"}"#]);
    assert_eq!(read.text(Content::Reasoning), "hm");
}

#[test]
fn an_answer_that_broke_off_says_why() {
    let read = whole(
        r#"{"id":"r","object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},
            "output":[{"type":"reasoning","summary":[]}]}"#,
    );
    assert_eq!((finish(&read), read.reply.extra(Extra::Status)), (Some("max_output_tokens"), Some("incomplete")));
    let read = stream(&[r#"{"type":"response.incomplete","response":{"status":"incomplete","output":[],
            "incomplete_details":{"reason":"content_filter"}}}"#]);
    assert_eq!((finish(&read), read.reply.ended), (Some("content_filter"), true));
}

#[test]
fn a_queued_response_has_counted_nothing_yet() {
    let queued = r#"{"id":"r","object":"response","status":"queued","output":[],"usage":null,"error":null}"#;
    let read = answer(&route("GET", "/v1/responses/r"), "application/json", queued.as_bytes());
    assert_eq!((finish(&read), read.reply.usage), (Some("queued"), None));
    let read = stream(&[
        &format!(r#"{{"type":"response.created","response":{queued}}}"#),
        &format!(r#"{{"type":"response.queued","response":{queued}}}"#),
    ]);
    assert_eq!((finish(&read), read.reply.ended, read.reply.extra(Extra::Status)), (None, false, Some("queued")));
}

#[test]
fn an_error_is_one_in_whichever_shape_it_comes() {
    let flat = stream(&[r#"{"type":"error","code":"server_error","message":"m","param":null,"sequence_number":3}"#]);
    assert_eq!(failure(&flat), Some((None, Some("server_error"))));
    let nested = stream(&[r#"{"type":"error","error":{"type":"invalid_request_error","code":"c","message":"m"}}"#]);
    assert_eq!(failure(&nested), Some((Some("invalid_request_error"), Some("c"))));
    let failed = stream(&[
        r#"{"type":"response.created","response":{"id":"r","status":"in_progress","error":null}}"#,
        r#"{"type":"response.failed","response":{"id":"r","status":"failed",
            "error":{"code":"rate_limit_exceeded","message":"m"}}}"#,
    ]);
    assert_eq!((failure(&failed), finish(&failed)), (Some((None, Some("rate_limit_exceeded"))), Some("failed")));
    assert_eq!(failed.reply.id.as_deref(), Some("r"));
    let whole = |body| failure(&whole(body)).map(|(kind, code)| (kind.map(str::to_owned), code.map(str::to_owned)));
    let told = |kind: &str, code: &str| Some((Some(kind.to_owned()), Some(code.to_owned())));
    let http = r#"{"error":{"message":"m","type":"invalid_request_error","param":"model","code":"model_not_found"}}"#;
    assert_eq!(whole(http), told("invalid_request_error", "model_not_found"));
    assert_eq!(whole(r#"{"detail":"Unauthorized"}"#), Some((None, None)));
    assert_eq!(
        whole(r#"{"code":"The caller lacks permission","error":"m"}"#).unwrap().1.as_deref().map(str::len),
        Some(27)
    );
    assert_eq!(whole(r#"{"id":"r","object":"response","status":"completed","error":null,"output":[]}"#), None);
}

#[test]
fn a_compacted_conversation_has_no_output_of_its_own() {
    let read = whole(
        r#"{"id":"c","output":[{"type":"message","role":"user","content":[{"type":"input_text","text":"u"}]},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},
            {"type":"function_call","name":"f","arguments":"{}"},{"type":"compaction","encrypted_content":"g"}],
            "usage":{"input_tokens":9,"output_tokens":4},"object":"response.compaction"}"#,
    );
    assert_eq!((read.parts.len(), read.texts.len(), calls(&read).len()), (0, 0, 0));
    assert_eq!((read.reply.counts.input, read.reply.id.as_deref(), finish(&read)), (Some(9), Some("c"), None));
}

#[test]
fn counted_input_is_usage() {
    let route = route("POST", "/v1/responses/input_tokens");
    let read = answer(&route, "application/json", br#"{"object":"response.input_tokens","input_tokens":51}"#);
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(51), None));
}

#[test]
fn the_tier_that_was_given_holds_and_not_the_one_asked_for() {
    let read = answer(&responses(), "text/event-stream", fixture("openai_responses", "stream.sse").as_bytes());
    assert_eq!(read.reply.service_tier.as_deref(), Some("default"));
}

#[test]
fn a_request_says_what_it_asks_for() {
    let read = request(&responses(), &fixture("openai_responses", "request.json"));
    assert_eq!((read.model.as_deref(), read.stream), (Some("gpt-test-5"), false));
    let set = &read.parameters;
    assert_eq!((set.max_tokens, set.temperature, set.top_p), (Some(900), Some(0.5), Some(0.9)));
    assert_eq!((set.reasoning_level.as_deref(), set.output_type), (Some("low"), Some("json")));
    assert_eq!(set.service_tier.as_deref(), Some("auto"));
}

#[test]
fn each_text_of_a_request_has_its_place() {
    let body = fixture("openai_responses", "request.json");
    let read = request(&responses(), &body);
    let document = Document::new(body.as_bytes()).unwrap();
    let told = |wanted: &str| {
        let mut found = read.items.texts().filter(|leaf| document.text(leaf.span).contains(wanted));
        let leaf = found.next().unwrap_or_else(|| panic!("{wanted}"));
        assert!(found.next().is_none(), "{wanted}: more than once");
        (leaf.place, leaf.role, leaf.message, leaf.call)
    };
    let (text, user, model) = (TextKind::Text, Some(Role::User), Some(Role::Assistant));
    assert_eq!(told("desk@"), (text, Some(Role::System), None, None));
    assert_eq!(told("Be brief"), (text, Some(Role::System), Some(0), None));
    assert_eq!(told("Send my ticket"), (text, user, Some(1), None));
    assert_eq!(told("bob@"), (TextKind::Other, user, Some(1), None));
    assert_eq!(told("Look up"), (TextKind::SignedReasoning, model, Some(2), None));
    assert_eq!(told(r#"{"owner":"#), (TextKind::Arguments, model, Some(3), Some(0)));
    assert_eq!(told("\"seat\":"), (TextKind::ToolResult, Some(Role::Tool), Some(4), None));
    assert_eq!(told("print("), (TextKind::Arguments, model, Some(5), Some(1)));
    assert_eq!(told("Seat 12A it is"), (text, model, Some(7), None));
    assert_eq!(told("dora@"), (text, user, Some(8), None));
    assert_eq!(told("eva@"), (TextKind::Other, None, None, None));
    assert_eq!(told("frida@"), (TextKind::Other, None, None, None));
    let names: Vec<_> = read.tool_calls.iter().map(|call| document.text(call.name.unwrap())).collect();
    let ids: Vec<_> = read.tool_calls.iter().map(|call| document.text(call.id.unwrap())).collect();
    assert_eq!((names, ids), (vec!["find_ticket".into(), "run".into()], vec!["call_0".into(), "call_1".into()]));
}

#[test]
fn what_would_break_if_it_changed_is_no_text() {
    let body = r#"{"model":"m","previous_response_id":"no","input":[
        {"type":"image_generation_call","id":"no","status":"yes","result":"no"},
        {"result":"yes","type":"program_output","call_id":"no"},
        {"type":"input_image","image_url":"no"},
        {"role":"user","content":[{"type":"input_audio","input_audio":{"data":"no","format":"no"}},
            {"type":"input_file","file_id":"no","file_url":"no","file_data":"no","filename":"yes"}]},
        {"type":"reasoning","encrypted_content":"no","content":[{"type":"reasoning_text","text":"yes"}]}],
        "prompt":{"id":"no","version":"yes","variables":{"a":"yes","b":{"type":"input_image","image_url":"no"}}},
        "tools":[{"type":"yes","authorization":"no","headers":{"x-key":"no"},"server_url":"no","server_label":"yes"}]}"#;
    let told = leaves(&responses(), body);
    assert_eq!(told, ["yes"; 8]);
}

#[test]
fn code_that_the_provider_has_signed_goes_back_as_it_came() {
    let body = r#"{"input":[{"fingerprint":"f","code":"mail('a@b.example')","call_id":"c","type":"program"},
        {"type":"code_interpreter_call","code":"1"}]}"#;
    let places: Vec<TextKind> = request(&responses(), body).items.texts().map(|leaf| leaf.place).collect();
    assert_eq!(places, [TextKind::SignedReasoning, TextKind::Text]);
}

#[test]
fn arguments_that_are_json_themselves_are_read_leaf_by_leaf() {
    let body = r#"{"input":[{"type":"tool_search_call","arguments":{"goal":"g","n":41},"call_id":"c"}]}"#;
    let read = request(&responses(), body);
    let places: Vec<TextKind> = read.items.texts().map(|leaf| leaf.place).collect();
    assert_eq!(
        places,
        [TextKind::ArgumentValue, TextKind::ArgumentValue, TextKind::ArgumentValue, TextKind::ArgumentNumber]
    );
    let input = read.tool_calls[0].input.unwrap();
    assert_eq!(Document::new(body.as_bytes()).unwrap().raw(input), r#"{"goal":"g","n":41}"#);
}

#[test]
fn a_plain_input_is_a_message() {
    let read = request(&responses(), r#"{"model":"m","input":"hello","instructions":null}"#);
    let texts: Vec<_> = read.items.texts().collect();
    let [leaf] = texts.as_slice() else { panic!("{texts:?}") };
    assert_eq!((leaf.role, leaf.message, leaf.place), (Some(Role::User), Some(0), TextKind::Text));
}

#[test]
fn a_field_that_decides_and_comes_twice_is_refused() {
    for field in ["model", "stream", "input", "instructions"] {
        let body = format!(r#"{{"{field}":"a","{field}":"b"}}"#);
        let read = Dialect::OpenAiResponses.read_request(Document::new(body.as_bytes()).unwrap());
        assert_eq!(read, Err(RequestError::Ambiguous(field)));
    }
}

/// Returns the frame written into a stream of these events when the last of them ends a text that is partly held.
fn written(events: &[&str], content: Content) -> WrittenFrame {
    let (mut reply, mut state) = (Reply::default(), AnswerState::default());
    let mut held = None;
    for event in events {
        let document = Document::new(event.as_bytes()).unwrap();
        let frame = AnswerFrame { name: "", is_exception: false, is_whole: false, document };
        let mut deltas = Vec::new();
        Dialect::OpenAiResponses.read_answer(frame, &mut state, &mut deltas).unwrap();
        for delta in &deltas {
            reply.apply(delta, document);
            if let tollgate::model::Event::Text { channel, .. } = delta {
                assert_eq!(channel.content, content);
                held = Some(*channel);
            }
        }
    }
    Dialect::OpenAiResponses.write_text(&state, &reply, held.unwrap(), "a\"b")
}

#[test]
fn what_was_held_is_written_as_the_event_that_the_text_came_in() {
    for (stem, place, content) in [
        ("response.output_text", r#""content_index":1"#, Content::Text),
        ("response.refusal", r#""content_index":1"#, Content::Refusal),
        ("response.reasoning_summary_text", r#""summary_index":1"#, Content::Reasoning),
        ("response.reasoning_text", r#""content_index":1"#, Content::Reasoning),
        ("response.function_call_arguments", "", Content::Arguments),
        ("response.mcp_call_arguments", "", Content::Arguments),
        ("response.custom_tool_call_input", "", Content::Input),
        ("response.code_interpreter_call_code", "", Content::Input),
        ("response.shell_call_command", r#""command_index":1"#, Content::Input),
        ("response.apply_patch_call_operation_diff", "", Content::Input),
    ] {
        let place_and = if place.is_empty() { String::new() } else { format!("{place},") };
        let event = |end: &str, what: &str| {
            format!(
                r#"{{"type":"{stem}.{end}","item_id":"it_1","output_index":4,{place_and}"sequence_number":7,{what}}}"#
            )
        };
        let events = [event("delta", r#""delta":"[EM""#), event("done", r#""x":"[EM""#)];
        let WrittenFrame { name, data } = written(&[&events[0], &events[1]], content);
        assert_eq!(name, format!("{stem}.delta"));
        let read: serde_json::Value = serde_json::from_str(&data).unwrap();
        assert_eq!((read["type"].as_str(), read["delta"].as_str()), (Some(name), Some("a\"b")));
        assert_eq!((read["item_id"].as_str(), read["output_index"].as_u64()), (Some("it_1"), Some(4)));
        assert_eq!(read["sequence_number"].as_u64(), Some(7));
        assert!(place.is_empty() || data.contains(place), "{data}");
    }
}

#[test]
fn without_a_word_of_where_it_belongs_a_text_is_the_usual_one() {
    let events = [r#"{"type":"response.output_text.delta","delta":"[EM"}"#];
    assert_eq!(written(&events, Content::Text).name, "response.output_text.delta");
}
