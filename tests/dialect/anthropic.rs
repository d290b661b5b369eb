//! Anthropic messages and complete.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, RequestError};
use tollgate::document::Document;
use tollgate::model::{Channel, Content, Event, Extra, Refusal, Reply, Role, Run, TextKind};
use tollgate::usage::Bucket;

const MESSAGES: &str = "/v1/messages";

fn whole(body: &str) -> Answer {
    answer(&route("POST", MESSAGES), "application/json", body.as_bytes())
}

/// A stream of these events, each under its own type's name.
fn events(events: &[&str]) -> String {
    let name = |event: &str| event.split('"').nth(3).unwrap().to_owned();
    events.iter().map(|event| format!("event: {}\ndata: {event}\n\n", name(event))).collect()
}

fn streamed(list: &[&str]) -> Answer {
    answer(&route("POST", MESSAGES), "text/event-stream", events(list).as_bytes())
}

/// Texts of an answer that may hold placeholders, outside of channels.
fn others(body: &str) -> Vec<String> {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut deltas = Vec::new();
    Dialect::AnthropicMessages
        .read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut deltas)
        .unwrap();
    let other = |delta: &Event| match delta {
        Event::Other(span) => Some(document.text(*span).into_owned()),
        _ => None,
    };
    deltas.iter().filter_map(other).collect()
}

const START: &str = r#"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":50,"cache_creation_input_tokens":3,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":2},"output_tokens":4,"service_tier":"standard","inference_geo":"eu"}}}"#;
const STOP: &str = r#"{"type":"message_stop"}"#;

#[test]
fn a_stream_amounts_to_the_whole_answer() {
    let whole = whole(&fixture("anthropic_messages", "answer.json"));
    let stream = fixture("anthropic_messages", "stream.sse");
    let streamed = answer(&route("POST", MESSAGES), "text/event-stream", stream.as_bytes());
    assert_eq!(streamed.reply, whole.reply);
    assert_eq!(streamed.parts, ["thinking", "text", "tool_use"]);
    assert_eq!(streamed.parts, whole.parts);
    for content in [Content::Text, Content::Reasoning] {
        assert_eq!(streamed.text(content), whole.text(content));
    }
    assert!(whole.notes.is_empty() && streamed.notes.is_empty());
}

#[test]
fn the_usage_of_a_stream_overrides_field_by_field_and_is_never_added_up() {
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":90,"cache_read_input_tokens":null,"output_tokens":20,"output_tokens_details":{"thinking_tokens":5},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":1}}}"#;
    let answer = streamed(&[START, delta, STOP]);
    let tally = answer.reply.counts;
    assert_eq!((tally.input, tally.output, tally.reasoning), (Some(90), Some(20), Some(5)));
    assert_eq!((tally.cache_read, tally.cache_write, tally.web_searches), (Some(7), Some(3), Some(2)));
    let usage = answer.reply.usage.unwrap();
    assert_eq!((usage.count(Bucket::CacheWrite5m), usage.count(Bucket::CacheWrite1h)), (Some(1), Some(2)));
    assert_eq!((usage.count(Bucket::Output), usage.input_total()), (Some(15), Some(100)));
    assert_eq!(answer.reply.service_tier.as_deref(), Some("standard"));
    assert_eq!(answer.reply.extra(Extra::InferenceGeo), Some("eu"));
    // A later event with only the output count leaves the other counts.
    let short = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":6}}"#;
    let tally = streamed(&[START, short, STOP]).reply.counts;
    assert_eq!((tally.input, tally.output, tally.cache_read), (Some(50), Some(6), Some(7)));
}

#[test]
fn a_ping_and_an_unknown_event_say_nothing() {
    let plain = streamed(&[START, STOP]);
    let ping = r#"{"type":"ping"}"#;
    let unheard = r#"{"type":"weather_forecast","index":3,"sun":true}"#;
    assert_eq!(streamed(&[ping, START, ping, unheard, ping, STOP]).reply, plain.reply);
    assert!(plain.reply.ended);
    assert_eq!(plain.reply.finish_reasons, [None]);
}

#[test]
fn an_error_in_a_stream_that_began_well_is_the_calls_failure() {
    let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_9"}"#;
    let answer = streamed(&[START, error]);
    assert_eq!(answer.reply.failure.unwrap().kind.as_deref(), Some("overloaded_error"));
    assert_eq!(answer.reply.id.as_deref(), Some("msg_1"));
    let refused = whole(error);
    assert_eq!(refused.reply.extra(Extra::RequestId), Some("req_9"));
    assert_eq!((refused.reply.id, refused.reply.ended), (None, false));
}

#[test]
fn an_error_in_plain_words_within_a_stream_is_an_error_and_openais_end_is_one() {
    let body = format!("{}event: error\ndata: upstream overloaded\n\n", events(&[START]));
    let failed = answer(&route("POST", MESSAGES), "text/event-stream", body.as_bytes());
    assert_eq!((failed.reply.failure, failed.notes), (Some(Default::default()), vec![]));
    let body = format!("{}data: [DONE]\n\n", events(&[START, STOP]));
    let ended = answer(&route("POST", MESSAGES), "text/event-stream", body.as_bytes());
    assert_eq!((ended.reply.ended, ended.notes), (true, vec![]));
}

#[test]
fn an_error_that_vertex_ai_puts_into_a_list_is_an_error() {
    let path = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-x:streamRawPredict";
    let error = r#"[{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}]"#;
    for media in ["application/json", "text/event-stream"] {
        let failure = answer(&route("POST", path), media, error.as_bytes()).reply.failure.unwrap();
        assert_eq!((failure.code.as_deref(), failure.status.as_deref()), (Some("429"), Some("RESOURCE_EXHAUSTED")));
    }
}

#[test]
fn tools_that_the_provider_runs_are_told_from_the_clients() {
    let body = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[
        {"id":"srvtoolu_1","input":{"query":"tea"},"name":"web_search","type":"server_tool_use"},
        {"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","title":"Tea of [PERSON_1]","url":"https://tea.example","encrypted_content":"c2VjcmV0"}]},
        {"type":"mcp_tool_use","id":"mcptoolu_1","name":"brew","server_name":"kettle","input":{}},
        {"type":"mcp_tool_result","tool_use_id":"mcptoolu_1","is_error":false,"content":[{"type":"text","text":"hot"}]},
        {"type":"redacted_thinking","data":"c2VjcmV0"},
        {"type":"container_upload","file_id":"file_1"},
        {"type":"compaction","content":"Before: tea.","encrypted_content":"c2VjcmV0"},
        {"type":"text","text":"Here ","citations":[{"type":"web_search_result_location","cited_text":"good tea","encrypted_index":"c2VjcmV0","title":"Tea","url":"https://tea.example"}]},
        {"type":"text","text":"is tea."},
        {"type":"tool_use","id":"toolu_1","name":"pour","input":{"cup":1},"caller":{"type":"direct"}}
      ],"stop_reason":"pause_turn","usage":{"input_tokens":1,"output_tokens":2}}"#;
    let answer = whole(body);
    let calls: Vec<(&str, bool)> =
        answer.reply.tool_calls.iter().map(|call| (call.name.as_deref().unwrap(), call.builtin)).collect();
    assert_eq!(calls, [("web_search", true), ("brew", true), ("pour", false)]);
    assert_eq!((answer.text(Content::Text).as_str(), answer.text(Content::Reasoning).as_str()), ("Here is tea.", ""));
    assert_eq!(answer.parts.len(), 10);
    assert_eq!(answer.parts.get(5).map(String::as_str), Some("container_upload"));
    assert_eq!(answer.reply.finish_reasons, [Some("pause_turn".to_owned())]);
    let others = others(body);
    for text in ["Tea of [PERSON_1]", "hot", "Before: tea.", "good tea", "tea"] {
        assert!(others.iter().any(|other| other == text), "{text} may hold a placeholder: {others:?}");
    }
    assert!(!others.iter().any(|other| other == "c2VjcmV0" || other == "file_1"), "{others:?}");
}

#[test]
fn citations_and_signatures_in_a_stream_are_no_text() {
    let answer = streamed(&[
        START,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2lnbmVk"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"citations":[],"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"citations_delta","citation":{"type":"char_location","cited_text":"not said","document_title":"d"}}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"said"}}"#,
        r#"{"type":"content_block_start","index":2,"content_block":{"type":"compaction","content":""}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"compaction_delta","content":"summed up"}}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"type":"refusal","category":"cyber","explanation":"No."}},"usage":{"output_tokens":5}}"#,
        STOP,
    ]);
    assert_eq!(answer.texts, [(Channel { choice: 0, part: 1, content: Content::Text }, "said".to_owned())]);
    assert_eq!(answer.parts, ["thinking", "text", "compaction"]);
    assert_eq!(answer.reply.finish_reasons, [Some("refusal".to_owned())]);
    assert_eq!(answer.reply.extra(Extra::RefusalCategory), Some("cyber"));
}

#[test]
fn what_a_compaction_took_is_billed_though_the_sums_leave_it_out() {
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"compaction"},"usage":{"input_tokens":200,"output_tokens":20,"iterations":[
        {"type":"compaction","input_tokens":60000,"output_tokens":300,"cache_read_input_tokens":40,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":5}},
        {"type":"message","input_tokens":200,"output_tokens":20}]}}"#
        .replace('\n', "");
    let answer = streamed(&[START, &delta, STOP]);
    let (tally, usage) = (answer.reply.counts, answer.reply.usage.unwrap());
    assert_eq!((tally.input, tally.output, tally.cache_read), (Some(200), Some(20), Some(7)));
    assert_eq!((usage.count(Bucket::Input), usage.count(Bucket::Output)), (Some(60_200), Some(320)));
    assert_eq!(usage.count(Bucket::CacheRead), Some(47));
    assert_eq!((usage.count(Bucket::CacheWrite5m), usage.count(Bucket::CacheWrite1h)), (Some(5), Some(7)));
    assert_eq!(other_runs(&answer.reply), []);
}

/// Models of other runs, with their input and output.
fn other_runs(reply: &Reply) -> Vec<(Option<&str>, Option<u64>, Option<u64>)> {
    let run = |run: &'_ Run| (run.usage.input_total(), run.usage.output_total());
    reply.other_runs.iter().map(|one| (one.model.as_deref(), run(one).0, run(one).1)).collect()
}

#[test]
fn a_streamed_answer_is_that_of_the_model_that_went_on_where_another_declined() {
    let block = r#"{"type":"content_block_start","index":1,"content_block":{"type":"fallback","from":{"model":"claude-x"},"to":{"model":"claude-y-1"},"trigger":{"type":"refusal","category":"bio"}}}"#;
    let stop = r#"{"type":"content_block_stop","index":1}"#;
    let delta = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":2,"cache_creation_input_tokens":0,"cache_read_input_tokens":800,"output_tokens":90,"iterations":[
        {"type":"message","model":"claude-x","input_tokens":2,"cache_creation_input_tokens":100,"cache_read_input_tokens":700,"output_tokens":5},
        {"type":"message","model":"claude-x","input_tokens":3,"output_tokens":6},
        {"type":"message","model":"claude-y-1","input_tokens":1,"cache_read_input_tokens":400,"output_tokens":40},
        {"type":"fallback_message","model":"claude-y-1","input_tokens":1,"cache_read_input_tokens":400,"output_tokens":50}]}}"#
        .replace('\n', "");
    let reply = streamed(&[START, block, stop, &delta, STOP]).reply;
    assert_eq!(reply.model.as_deref(), Some("claude-y-1"));
    assert_eq!((reply.counts.input, reply.counts.output), (Some(2), Some(90)));
    let written = reply.usage.unwrap().cache_write_total();
    assert_eq!(written, Some(0), "what the first model wrote to its cache is not the second's");
    assert_eq!(other_runs(&reply), [(Some("claude-x"), Some(805), Some(11))]);
    // A model in a block of another kind is not one that answers.
    let cited = block.replacen("fallback", "tool_reference", 1);
    assert_eq!(streamed(&[START, &cited, stop, STOP]).reply.model.as_deref(), Some("claude-x"));
}

#[test]
fn an_attempt_that_was_declined_before_any_output_is_no_run() {
    let usage = |first: &str| {
        let body = r#"{"id":"m","type":"message","role":"assistant","model":"claude-y","content":[],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":8,"iterations":[FIRST,{"type":"fallback_message","model":"claude-y","input_tokens":9,"output_tokens":8}]}}"#;
        whole(&body.replacen("FIRST", first, 1)).reply
    };
    let silent = usage(r#"{"type":"message","model":"claude-x","input_tokens":700,"output_tokens":0}"#);
    assert_eq!(other_runs(&silent), []);
    let unnamed = usage(r#"{"type":"message","input_tokens":700,"output_tokens":1}"#);
    assert_eq!(other_runs(&unnamed), [(None, None, None)], "whose run it was is not known");
}

#[test]
fn more_runs_of_other_models_than_are_kept_are_said_to_be_unknown() {
    let run = r#"{"type":"advisor_message","model":"claude-y","input_tokens":1,"output_tokens":1}"#;
    let runs = vec![run; 70].join(",");
    let body = format!(
        r#"{{"id":"m","type":"message","model":"claude-x","content":[],"usage":{{"input_tokens":9,"output_tokens":8,"iterations":[{runs}]}}}}"#
    );
    let runs = whole(&body).reply.other_runs;
    assert_eq!(runs.len(), 65);
    assert_eq!(runs.last().unwrap().model, None);
}

#[test]
fn what_another_model_was_run_for_is_kept_and_not_added() {
    let body = r#"{"id":"m","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":8,"speed":"fast","iterations":[{"type":"message","input_tokens":9,"output_tokens":8},{"type":"advisor_message","model":"claude-y","input_tokens":700,"output_tokens":70}]}}"#;
    let reply = whole(body).reply;
    assert_eq!((reply.usage.unwrap().input_total(), reply.usage.unwrap().output_total()), (Some(9), Some(8)));
    assert_eq!(other_runs(&reply), [(Some("claude-y"), Some(700), Some(70))]);
    assert_eq!(reply.extra(Extra::Speed), Some("fast"));
}

#[test]
fn counted_tokens_are_the_whole_answer() {
    let counted = route("POST", "/v1/messages/count_tokens");
    let reply = answer(&counted, "application/json", br#"{"input_tokens":43}"#).reply;
    assert_eq!((reply.counts.input, reply.counts.output), (Some(43), None));
    assert_eq!(reply.finish_reasons, Vec::<Option<String>>::new());
}

#[test]
fn vertex_ai_carries_the_same_under_its_own_path() {
    let path = "/v1/projects/p/locations/global/publishers/anthropic/models/claude-x@20250929:streamRawPredict";
    let vertex = route("POST", path);
    let body = r#"{"anthropic_version":"vertex-2023-10-16","max_tokens":5,"stream":true,"messages":[{"role":"user","content":"Tea?"}]}"#;
    let asked = request(&vertex, body);
    assert_eq!((asked.model.as_deref(), asked.stream), (Some("claude-x@20250929"), true));
    let reply = answer(&vertex, "text/event-stream", events(&[START, STOP]).as_bytes()).reply;
    assert_eq!(reply.model.as_deref(), Some("claude-x"));
}

/// Kind and role of each text span of a request.
fn placed(body: &str) -> Vec<(String, TextKind, Option<Role>, Option<u32>)> {
    let document = Document::new(body.as_bytes()).unwrap();
    let request = Dialect::AnthropicMessages.read_request(document).unwrap();
    let starts: Vec<u32> = request.items.texts().map(|leaf| leaf.span.start).collect();
    assert!(starts.is_sorted(), "leaves come in the order of the document");
    let placed =
        |leaf: &tollgate::model::TextSpan| (document.text(leaf.span).into_owned(), leaf.place, leaf.role, leaf.message);
    request.items.texts().map(placed).collect()
}

#[test]
fn every_text_of_a_request_is_a_leaf_and_nothing_the_provider_must_get_back_is() {
    let body = r#"{"model":"claude-x","max_tokens":8,"system":"S1","messages":[
        {"role":"user","content":[{"type":"document","title":"T1","context":"C1","source":{"media_type":"text/plain","data":"D1","type":"text"}},
                                  {"type":"document","source":{"type":"content","content":[{"type":"text","text":"D2"}]}},
                                  {"type":"document","source":{"type":"url","url":"https://no.example"}},
                                  {"type":"image","source":{"type":"file","file_id":"file_no"}},
                                  {"type":"search_result","source":"https://so.example","title":"T2","content":[{"type":"text","text":"R1"}],"citations":{"enabled":true}}]},
        {"role":"assistant","content":[{"type":"redacted_thinking","data":"no"},
                                       {"type":"compaction","content":"K1","signature":"no"},
                                       {"type":"server_tool_use","id":"no","name":"web_search","input":{"query":"Q1"}},
                                       {"type":"web_search_tool_result","tool_use_id":"no","content":[{"type":"web_search_result","title":"T3","url":"u","encrypted_content":"no"}]},
                                       {"type":"web_fetch_tool_result","tool_use_id":"no","content":{"type":"web_fetch_result","url":"u2","content":{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"no"},"title":"T4"}}},
                                       {"type":"text","text":"A1","citations":[{"type":"char_location","cited_text":"Z1","encrypted_index":"no"}]}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"no","content":"X1"},{"type":"tool_addition","tool":{"name":"N1"}}]}],
      "mcp_servers":[{"type":"url","url":"https://no.example","name":"M1","authorization_token":"no"}],"metadata":{"user_id":"U1"},"fallback_credit_token":{"token":"no","mode":"strict"}}"#;
    let leaves = placed(body);
    let told: Vec<&str> = leaves.iter().map(|(text, ..)| text.as_str()).collect();
    assert!(!told.iter().any(|text| text.contains("no")), "{told:?}");
    for text in ["S1", "T1", "C1", "D1", "D2", "T2", "R1", "K1", "Q1", "T3", "T4", "A1", "Z1", "X1", "N1", "M1", "U1"] {
        assert!(told.contains(&text), "{text} is missing: {told:?}");
    }
    let of = |wanted: &str| leaves.iter().find(|(text, ..)| text == wanted).cloned().unwrap();
    assert_eq!(of("S1"), ("S1".to_owned(), TextKind::Text, Some(Role::System), None));
    assert_eq!(of("D1"), ("D1".to_owned(), TextKind::Text, Some(Role::User), Some(0)));
    assert_eq!(of("K1"), ("K1".to_owned(), TextKind::SignedReasoning, Some(Role::Assistant), Some(1)));
    assert_eq!(of("T3"), ("T3".to_owned(), TextKind::ToolResult, Some(Role::Tool), Some(1)));
    assert_eq!(of("X1"), ("X1".to_owned(), TextKind::ToolResult, Some(Role::Tool), Some(2)));
    assert_eq!(of("U1"), ("U1".to_owned(), TextKind::Other, None, None));
}

#[test]
fn a_request_tells_its_parameters() {
    let body = r#"{"model":"claude-x","max_tokens":256.0,"temperature":0.5,"top_p":0.9,"top_k":-1,"stop_sequences":["A","B"],"service_tier":"auto","output_config":{"effort":"high","format":{"type":"json_schema","schema":{}}},"stream":true,"messages":[]}"#;
    let asked = request(&route("POST", MESSAGES), body);
    let parameters = asked.parameters;
    assert_eq!((parameters.max_tokens, parameters.top_k), (Some(256), Some(-1)));
    assert_eq!((parameters.temperature, parameters.top_p), (Some(0.5), Some(0.9)));
    assert_eq!(parameters.stop, ["A", "B"]);
    assert_eq!((parameters.reasoning_level.as_deref(), parameters.output_type), (Some("high"), Some("json")));
    assert_eq!((asked.stream, asked.usage_asked), (true, true));
}

#[test]
fn a_field_that_decides_must_not_come_twice() {
    for body in [r#"{"model":"a","model":"b"}"#, r#"{"messages":[],"messages":[]}"#, r#"{"prompt":"a","prompt":"b"}"#] {
        let document = Document::new(body.as_bytes()).unwrap();
        let read = Dialect::AnthropicMessages.read_request(document);
        assert!(matches!(read, Err(RequestError::Ambiguous(_))), "{body}");
    }
}

#[test]
fn the_legacy_api_is_read_whole_and_streamed_alike() {
    let complete = route("POST", "/v1/complete");
    let asked = request(&complete, &fixture("anthropic_complete", "request.json"));
    assert_eq!((asked.parameters.max_tokens, asked.parameters.top_k), (Some(64), Some(5)));
    assert_eq!(asked.parameters.stop, ["\n\nHuman:"]);
    let texts = leaves(&complete, &fixture("anthropic_complete", "request.json"));
    assert_eq!(texts, ["\n\nHuman: Greet ada@example.com\n\nAssistant:", "\n\nHuman:", "user-7"]);
    let whole = answer(&complete, "application/json", fixture("anthropic_complete", "answer.json").as_bytes());
    let stream = fixture("anthropic_complete", "stream.sse");
    let streamed = answer(&complete, "text/event-stream", stream.as_bytes());
    assert_eq!(streamed.reply, whole.reply);
    assert_eq!(streamed.texts, whole.texts);
    assert_eq!(whole.text(Content::Text), " Hello [EMAIL_1], welcome!");
    assert_eq!(whole.reply.finish_reasons, [Some("stop_sequence".to_owned())]);
    assert!(whole.reply.ended);
}

#[test]
fn a_piece_of_text_continues_the_block_it_belongs_to() {
    let reply = Reply { id: Some("msg_1".to_owned()), ..Reply::default() };
    let written = |content| {
        let channel = Channel { choice: 0, part: 2, content };
        Dialect::AnthropicMessages.write_text(&AnswerState::default(), &reply, channel, "a\"b").data
    };
    assert_eq!(
        written(Content::Text),
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"a\"b"}}"#
    );
    assert_eq!(
        written(Content::Reasoning),
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"thinking_delta","thinking":"a\"b"}}"#
    );
    assert_eq!(
        written(Content::Arguments),
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"a\"b"}}"#
    );
    let legacy = Dialect::AnthropicComplete.write_text(
        &AnswerState::default(),
        &reply,
        Channel { choice: 0, part: 0, content: Content::Text },
        "a",
    );
    assert_eq!(legacy.name, "completion");
    assert_eq!(legacy.data, r#"{"type":"completion","completion":"a","stop_reason":null,"stop":null}"#);
}

#[test]
fn a_refusal_is_an_error_of_anthropics() {
    let body = Dialect::AnthropicMessages.write_refusal(&Refusal::KeyMissing);
    assert!(body.starts_with(r#"{"type":"error","error":{"type":"authentication_error","message":""#), "{body}");
    assert_eq!(Dialect::AnthropicComplete.write_refusal(&Refusal::KeyMissing), body);
}
