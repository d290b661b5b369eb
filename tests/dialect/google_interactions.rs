//! Google's interactions.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerState, Dialect};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Channel, Content, Extra, Refusal, Reply, Role, TextKind, TextSpan};
use tollgate::usage::Bucket;

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";

fn interactions() -> Route {
    let line = fixture("gemini_interactions", "route");
    let (method, path) = line.trim().split_once(' ').unwrap();
    route(method, path)
}

/// A stream of these events.
fn streamed(events: &[&str]) -> Answer {
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    answer(&interactions(), SSE, body.as_bytes())
}

#[test]
fn a_streamed_interaction_amounts_to_the_whole_one() {
    let whole = answer(&interactions(), JSON, fixture("gemini_interactions", "answer.json").as_bytes());
    let events = answer(&interactions(), SSE, fixture("gemini_interactions", "stream.sse").as_bytes());
    assert_eq!(events.reply, whole.reply);
    assert_eq!((events.parts, &events.notes), (whole.parts.clone(), &whole.notes));
    assert_eq!(whole.notes, [""; 0]);
    for content in [Content::Text, Content::Reasoning] {
        let text = |texts: &[(Channel, String)]| {
            texts
                .iter()
                .find(|(channel, _)| channel.content == content)
                .map(|(channel, text)| (channel.part, text.clone()))
        };
        assert!(text(&whole.texts).is_some());
        assert_eq!(text(&events.texts), text(&whole.texts));
    }
    assert_eq!(whole.text(Content::Text), "I ring Ada.");
    assert_eq!(whole.text(Content::Reasoning), "Look into the ledger.");
    let arguments = Channel { choice: 0, part: 2, content: Content::Arguments };
    assert!(events.texts.contains(&(arguments, r#"{"number":"030 555 0199"}"#.to_owned())));
    assert_eq!(whole.parts, ["thought", "model_output", "function_call"]);
    let reply = &whole.reply;
    assert_eq!((reply.id.as_deref(), reply.model.as_deref()), (Some("v1_abc"), Some("gemini-3-flash")));
    assert_eq!(
        (reply.service_tier.as_deref(), reply.extra(Extra::Status)),
        (Some("standard"), Some("requires_action"))
    );
    assert_eq!(reply.finish_reasons, [Some("requires_action".to_owned())]);
    let [call] = &reply.tool_calls[..] else { panic!("{:?}", reply.tool_calls) };
    assert_eq!((call.id.as_deref(), call.name.as_deref(), call.builtin), (Some("c9"), Some("dial"), false));
    assert!(reply.ended);
}

#[test]
fn an_interactions_counts_are_disjoint() {
    let whole = answer(&interactions(), JSON, fixture("gemini_interactions", "answer.json").as_bytes());
    let expected = [
        (Bucket::Input, 52),
        (Bucket::CacheRead, 8),
        (Bucket::InputAudio, 20),
        (Bucket::ToolInput, 0),
        (Bucket::Output, 20),
        (Bucket::Reasoning, 10),
        (Bucket::WebSearches, 2),
    ];
    assert_eq!(whole.reply.usage.unwrap().reported().collect::<Vec<_>>(), expected);
    assert_eq!(whole.reply.counts.total, Some(110));
}

#[test]
fn every_text_of_an_interaction_is_a_leaf_in_its_place() {
    let body = fixture("gemini_interactions", "request.json");
    let document = Document::new(body.as_bytes()).unwrap();
    let asked = request(&interactions(), &body);
    let spoken = asked.items.texts().filter(|leaf| leaf.role.is_some() && leaf.place != TextKind::Other);
    let spoken: Vec<_> = spoken
        .map(|&TextSpan { span, place, role, message, call }| (document.raw(span), place, role.unwrap(), message, call))
        .collect();
    let expected = [
        ("You keep the ledger of Harbour Lane 3.", TextKind::Text, Role::System, None, None),
        ("Ring Ada at 030 555 0199.", TextKind::Text, Role::User, Some(0), None),
        ("She is in the book.", TextKind::SignedReasoning, Role::Assistant, Some(1), None),
        ("number", TextKind::ArgumentValue, Role::Assistant, Some(2), Some(0)),
        ("030 555 0199", TextKind::ArgumentValue, Role::Assistant, Some(2), Some(0)),
        ("Ada did not answer", TextKind::ToolResult, Role::Tool, Some(3), None),
    ];
    assert_eq!(spoken, expected);
    let all = leaves(&interactions(), &body);
    assert!(["Rings a number", "A call", "THE END"].iter().all(|text| all.iter().any(|leaf| leaf == text)), "{all:?}");
    assert!(!all.iter().any(|leaf| leaf.contains("iVBOR") || leaf.contains("c2ln")), "{all:?}");
    assert_eq!((asked.model.as_deref(), asked.stream), (Some("gemini-3-flash"), true));
    let parameters = asked.parameters;
    assert_eq!((parameters.max_tokens, parameters.temperature, parameters.top_p), (Some(64), Some(0.7), Some(0.5)));
    assert_eq!((parameters.seed, parameters.stop), (Some(3), vec!["THE END".to_owned()]));
    assert_eq!(parameters.reasoning_level.as_deref(), Some("high"));
    assert_eq!((parameters.output_type, parameters.service_tier.as_deref()), (Some("json"), Some("flex")));
}

#[test]
fn the_input_may_be_a_text_contents_or_turns() {
    let told = |input: &str| {
        let body = format!(r#"{{"input":{input}}}"#);
        let document = Document::new(body.as_bytes()).unwrap();
        let leaves = request(&interactions(), &body).items.texts().copied().collect::<Vec<_>>();
        let told = leaves.iter().map(|leaf| (document.raw(leaf.span).to_owned(), leaf.role.unwrap(), leaf.message));
        told.collect::<Vec<_>>()
    };
    let user = |text: &str, message| (text.to_owned(), Role::User, Some(message));
    assert_eq!(told(r#""Hello Ada""#), [user("Hello Ada", 0)]);
    assert_eq!(told(r#"{"type":"text","text":"Ada"}"#), [user("Ada", 0)]);
    let contents = r#"[{"text":"a","type":"text"},{"data":"QUJD","type":"image"},{"text":"b","type":"text"}]"#;
    assert_eq!(told(contents), [user("a", 0), user("b", 0)]);
    let turns = r#"[{"role":"user","content":"Hi"},{"role":"model","content":[{"type":"text","text":"Hello"}]}]"#;
    assert_eq!(told(turns), [user("Hi", 0), ("Hello".to_owned(), Role::Assistant, Some(1))]);
}

#[test]
fn a_tools_result_may_be_any_json() {
    let result = |result: &str| {
        let all = leaves(&interactions(), &format!(r#"{{"input":[{{"type":"function_result","result":{result}}}]}}"#));
        all.join("|")
    };
    assert_eq!(result(r#""Ada""#), "Ada");
    assert_eq!(result(r#"{"data":"Ada","type":"person","age":41}"#), "data|type|person|age|41|Ada");
    assert_eq!(result(r#"[{"type":"image","data":"QUJD"},{"type":"text","text":"Bo"}]"#), "type|data|type|text|Bo");
}

#[test]
fn a_files_name_is_a_text() {
    let input =
        r#"{"input":[{"type":"text","text":"Look."},{"type":"video","uri":"https://x.example","name":"Ada.mp4"}]}"#;
    assert_eq!(leaves(&interactions(), input), ["Look.", "Ada.mp4"]);
}

#[test]
fn an_agent_stands_in_the_models_place() {
    let asked = request(&interactions(), r#"{"agent":"deep-research","input":"x","background":true}"#);
    assert_eq!((asked.model.as_deref(), asked.stream), (Some("deep-research"), false));
    let body = br#"{"id":"v1_x","status":"in_progress","agent":"deep-research","object":"interaction"}"#;
    let read = answer(&interactions(), JSON, body);
    assert_eq!(read.reply.model.as_deref(), Some("deep-research"));
    assert_eq!((read.reply.extra(Extra::Status), read.reply.finish_reasons.len()), (Some("in_progress"), 0));
    assert!(!read.reply.ended);
}

#[test]
fn outputs_and_their_events_of_former_revisions_are_read() {
    let body = br#"{"id":"v1_x","status":"completed","model":"m","outputs":[{"type":"thought","signature":"c2ln",
        "summary":[{"type":"text","text":"Hm"}]},{"type":"text","text":"Hi"},
        {"type":"function_call","id":"c","name":"f","arguments":{"a":1}}],"usage":{"total_reasoning_tokens":3}}"#;
    let whole = answer(&interactions(), JSON, body);
    let events = streamed(&[
        r#"{"event_type":"interaction.start","interaction":{"id":"v1_x","status":"in_progress","model":"m"}}"#,
        r#"{"event_type":"content.start","index":0,"content":{"type":"thought"}}"#,
        r#"{"event_type":"content.delta","index":0,"delta":{"type":"thought_summary","content":{"type":"text","text":"Hm"}}}"#,
        r#"{"event_type":"content.stop","index":0}"#,
        r#"{"event_type":"content.delta","index":1,"delta":{"type":"text","text":"Hi"}}"#,
        r#"{"event_type":"content.delta","index":2,"delta":{"type":"function_call","id":"c","name":"f","arguments":{"a":1}}}"#,
        r#"{"event_type":"interaction.complete","interaction":{"id":"v1_x","status":"completed",
            "usage":{"total_reasoning_tokens":3}}}"#
            .replace('\n', " ")
            .as_str(),
    ]);
    assert_eq!(events.reply, whole.reply);
    for read in [whole, events] {
        assert_eq!((read.text(Content::Text).as_str(), read.text(Content::Reasoning).as_str()), ("Hi", "Hm"));
        assert_eq!(read.reply.tool_calls.len(), 1);
        assert_eq!(read.reply.counts.reasoning, Some(3));
    }
}

#[test]
fn steps_that_the_last_event_repeats_are_not_told_twice() {
    let read = streamed(&[
        r#"{"index":0,"delta":{"text":"Hi","type":"text"},"event_type":"step.delta"}"#,
        r#"{"interaction":{"id":"v","status":"completed","steps":[{"type":"model_output","content":[{"type":"text","text":"Hi"}]},
            {"type":"function_call","id":"c","name":"f","arguments":{}}]},"event_type":"interaction.completed"}"#
            .replace('\n', " ")
            .as_str(),
    ]);
    assert_eq!(read.text(Content::Text), "Hi");
    assert!(read.reply.tool_calls.is_empty() && read.reply.ended);
}

#[test]
fn what_was_asked_is_no_answer_and_googles_tools_are_its_own() {
    let body = br#"{"id":"v","status":"completed","steps":[{"content":[{"type":"text","text":"Question"}],"type":"user_input"},
        {"id":"s","arguments":{"queries":["tides"]},"type":"google_search_call"},
        {"call_id":"s","result":[{"search_suggestions":"<b>"}],"type":"google_search_result"},
        {"content":[{"type":"text","text":"Answer","annotations":[{"type":"url_citation","title":"T"}]}],"type":"model_output"}]}"#;
    let read = answer(&interactions(), JSON, body);
    assert_eq!(read.text(Content::Text), "Answer");
    let [call] = &read.reply.tool_calls[..] else { panic!("{:?}", read.reply.tool_calls) };
    assert_eq!((call.name.as_deref(), call.builtin, call.part), (Some("google_search_call"), true, 1));
}

#[test]
fn an_error_event_is_a_failure() {
    let read = streamed(&[r#"{"error":{"code":"internal","message":"Oh"},"event_type":"error"}"#]);
    assert_eq!(read.reply.failure.unwrap().code.as_deref(), Some("internal"));
    let body = Dialect::GeminiInteractions.write_refusal(&Refusal::KeyMissing);
    let read = answer(&interactions(), JSON, body.as_bytes());
    assert_eq!(read.reply.failure.unwrap().code.as_deref(), Some(Refusal::KeyMissing.code()));
}

#[test]
fn faults_are_a_failure_where_the_interaction_failed() {
    let of = |status: &str| {
        let body =
            format!(r#"{{"id":"v1","errors":[{{"code":"internal","message":"It broke."}}],"status":"{status}"}}"#);
        answer(&interactions(), JSON, body.as_bytes()).reply
    };
    let failed = of("failed");
    assert_eq!(failed.failure.unwrap().code.as_deref(), Some("internal"));
    assert_eq!(failed.finish_reasons, [Some("failed".to_owned())]);
    assert_eq!(of("completed").failure, None);
}

#[test]
fn a_written_event_says_its_text_in_its_channel() {
    for content in [Content::Text, Content::Reasoning, Content::Arguments] {
        let channel = Channel { choice: 0, part: 4, content };
        let written =
            Dialect::GeminiInteractions.write_text(&AnswerState::default(), &Reply::default(), channel, "a \"b\"\n½");
        assert_eq!(written.name, "step.delta");
        assert_eq!(streamed(&[&written.data]).texts, [(channel, "a \"b\"\n½".to_owned())]);
    }
}
