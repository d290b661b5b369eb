//! Mistral's conversations and agents.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerState, Dialect};
use tollgate::document::Document;
use tollgate::endpoint::{MISTRAL, Route};
use tollgate::model::{Channel, Content, Event, Failure, Reply, Role, TextKind, ToolCall};
use tollgate::provider::ProviderRow;
use tollgate::usage::Bucket;

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";

fn conversations() -> Route {
    Route::of("POST", "/v1/conversations", MISTRAL)
}

fn streamed(events: &[&str]) -> Answer {
    let body: String = events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', " "))).collect();
    answer(&conversations(), SSE, body.as_bytes())
}

#[test]
fn a_streamed_conversation_amounts_to_the_whole_one() {
    let whole = answer(&conversations(), JSON, fixture("mistral", "answer.json").as_bytes());
    let events = answer(&conversations(), SSE, fixture("mistral", "stream.sse").as_bytes());
    let (events, whole) = (events.without_state(), whole.without_state());
    assert_eq!(events, whole);
    assert_eq!(whole.notes, [""; 0]);
    assert_eq!(whole.text(Content::Text), "Bob is at [EMAIL_2], Ada.");
    assert_eq!(whole.text(Content::Reasoning), "I look for [EMAIL_2].");
    let Reply { id, model, tool_calls, ended, .. } = &whole.reply;
    assert_eq!((id.as_deref(), model.as_deref(), ended), (Some("conv_1"), Some("mistral-medium-2508"), &true));
    let calls = tool_calls
        .iter()
        .map(|ToolCall { id, name, builtin, .. }| (id.as_deref().unwrap(), name.as_deref().unwrap(), *builtin));
    assert_eq!(calls.collect::<Vec<_>>(), [("tool_exec_1", "web_search", true), ("c3", "mail", false)]);
}

#[test]
fn what_connectors_read_stands_beside_the_prompt() {
    let whole = answer(&conversations(), JSON, fixture("mistral", "answer.json").as_bytes());
    let expected = [(Bucket::Input, 188), (Bucket::ToolInput, 7112), (Bucket::Output, 55), (Bucket::WebSearches, 1)];
    assert_eq!(whole.reply.usage.unwrap().reported().collect::<Vec<_>>(), expected);
    assert_eq!(whole.reply.counts.total, Some(7355));
}

#[test]
fn every_text_of_a_conversation_is_a_leaf_in_its_place() {
    let body = fixture("mistral", "request.json");
    let document = Document::new(body.as_bytes()).unwrap();
    let asked = request(&conversations(), &body);
    assert_eq!((asked.model.as_deref(), asked.stream), (Some("mistral-medium-latest"), false));
    let parameters = &asked.parameters;
    assert_eq!((parameters.temperature, parameters.max_tokens, parameters.seed), (Some(0.3), Some(64), Some(7)));
    assert_eq!((parameters.reasoning_level.as_deref(), parameters.output_type), (Some("high"), Some("text")));
    let spoken = asked.items.texts().filter(|leaf| leaf.role.is_some() && leaf.place != TextKind::Other);
    let spoken: Vec<_> =
        spoken.map(|leaf| (document.raw(leaf.span), leaf.place, leaf.role.unwrap(), leaf.message, leaf.call)).collect();
    let (text, leaf) = (TextKind::Text, TextKind::ArgumentValue);
    let expected = [
        ("You keep the books of ada@example.com.", text, Role::System, None, None),
        ("Ask bob@example.org", text, Role::User, Some(0), None),
        (r#"{\"to\":\"bob@example.org\"}"#, TextKind::Arguments, Role::Assistant, Some(1), Some(0)),
        ("from 10.20.30.40", TextKind::ToolResult, Role::Tool, Some(2), None),
        ("to", leaf, Role::Assistant, Some(3), Some(1)),
        ("carol@example.net", leaf, Role::Assistant, Some(3), Some(1)),
        ("card", leaf, Role::Assistant, Some(3), Some(1)),
        ("4242424242424242", TextKind::ArgumentNumber, Role::Assistant, Some(3), Some(1)),
        ("I mail ada@example.com.", text, Role::Assistant, Some(4), None),
        ("Done.", text, Role::Assistant, Some(4), None),
        ("And now?", text, Role::User, Some(5), None),
    ];
    assert_eq!(spoken, expected);
    let names: Vec<_> = asked.tool_calls.iter().map(|call| document.raw(call.id.unwrap())).collect();
    assert_eq!(names, ["c1", "c2"]);
    let all = leaves(&conversations(), &body);
    assert!(
        ["Mails, as to dave@example.com", "eve@example.com"].iter().all(|text| all.iter().any(|leaf| leaf == text))
    );
    assert!(!all.iter().any(|leaf| leaf.contains("x.example") || leaf.starts_with("data:")), "{all:?}");
}

#[test]
fn a_conversation_is_mistrals_where_it_is_called_and_only_kept_elsewhere() {
    let at = |kind: &str, method: &str, path: &str| {
        let route = Route::of(method, path, ProviderRow::of(kind).unwrap().endpoints);
        (route.dialect, route.operation.unwrap().runs_model)
    };
    let read = (Some(Dialect::MistralConversations), true);
    let kept = Some(Dialect::OpenAiConversations);
    for (path, elsewhere) in
        [("/v1/conversations", kept), ("/v1/conversations/conv_1", kept), ("/v1/conversations/conv_1/restart", None)]
    {
        assert_eq!(at("mistral", "POST", path), read, "{path}");
        assert_eq!(at("openai", "POST", path), (elsewhere, false), "{path}");
    }
    for path in ["/v1/conversations", "/v1/conversations/conv_1", "/v1/conversations/conv_1/history"] {
        assert_eq!(at("mistral", "GET", path), (Some(Dialect::MistralConversations), false), "{path}");
    }
    assert_eq!(at("mistral", "DELETE", "/v1/conversations/conv_1"), (None, false));
    let asked = request(&conversations(), r#"{"agent_id":"ag_1","inputs":"Ask bob@example.org","stream":true}"#);
    assert_eq!((asked.model.as_deref(), asked.stream, asked.items.texts().count()), (Some("ag_1"), true, 1));
    assert_eq!(route("POST", "/v1/conversations").dialect, kept);
}

#[test]
fn an_agent_stands_in_the_models_place() {
    let agents = route("POST", "/v1/agents/completions");
    let asked = request(&agents, r#"{"agent_id":"ag_1","messages":[{"role":"user","content":"Hi"}]}"#);
    assert_eq!((asked.model.as_deref(), asked.items.texts().count()), (Some("ag_1"), 1));
    let named = request(&agents, r#"{"agent_id":"ag_1","model":"mistral-small-latest","messages":[]}"#);
    assert_eq!(named.model.as_deref(), Some("mistral-small-latest"));
}

#[test]
fn an_error_is_a_failure_whole_and_within_a_stream() {
    let failure = |answer: Answer| {
        let Failure { kind, code, .. } = answer.reply.failure.unwrap();
        (kind, code)
    };
    let text = |text: &str| Some(text.to_owned());
    let whole = r#"{"object":"error","message":"No such agent.","type":"invalid_request_error","code":"3000"}"#;
    let whole = answer(&conversations(), JSON, whole.as_bytes());
    assert_eq!(failure(whole), (text("invalid_request_error"), text("3000")));
    let detail = answer(&conversations(), JSON, br#"{"detail":[{"type":"missing","msg":"Field required"}]}"#);
    assert_eq!(failure(detail), (None, None));
    let event = r#"{"type":"conversation.response.error","message":"Overloaded","code":503}"#;
    let started = r#"{"type":"conversation.response.started","conversation_id":"conv_1"}"#;
    let events = streamed(&[started, event]);
    assert_eq!(events.reply.id.as_deref(), Some("conv_1"));
    assert_eq!(failure(events), (None, text("503")));
}

#[test]
fn a_held_text_goes_out_as_an_event_of_its_kind() {
    let events = [
        r#"{"type":"tool.execution.started","output_index":0,"id":"t1","name":"web_search","arguments":"{}"}"#,
        r#"{"type":"message.output.delta","output_index":1,"id":"m1","role":"assistant","content":"Hi"}"#,
        r#"{"type":"function.call.delta","output_index":2,"id":"f1","name":"mail","tool_call_id":"c1","arguments":"{"}"#,
    ];
    let Answer { reply, state, .. } = streamed(&events);
    let text = "held \"back\"\n½";
    for (content, part, name) in [
        (Content::Text, 1, "message.output.delta"),
        (Content::Reasoning, 1, "message.output.delta"),
        (Content::Arguments, 0, "tool.execution.delta"),
        (Content::Arguments, 2, "function.call.delta"),
    ] {
        let channel = Channel { choice: 0, part, content };
        let written = Dialect::MistralConversations.write_text(&state, &reply, channel, text);
        assert_eq!(written.name, name);
        let read = streamed(&[&written.data]);
        assert_eq!(read.texts, [(channel, text.to_owned())]);
        let call = reply.tool_calls.iter().find(|call| call.part == part && content == Content::Arguments);
        assert_eq!(read.reply.tool_calls.first(), call, "{name}");
        let document = Document::new(written.data.as_bytes()).unwrap();
        let mut deltas = Vec::new();
        let frame =
            tollgate::dialect::AnswerFrame { is_whole: false, ..tollgate::dialect::AnswerFrame::whole(document) };
        Dialect::MistralConversations.read_answer(frame, &mut AnswerState::default(), &mut deltas).unwrap();
        assert!(deltas.iter().any(|delta| matches!(delta, Event::EventName(kind) if document.raw(*kind) == name)));
    }
}
