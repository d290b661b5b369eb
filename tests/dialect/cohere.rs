//! Cohere's APIs: chat v1 and v2, generate, tokenize, embed, rerank; also in Amazon Bedrock's form.

use super::support::{Answer, answer, aws_stream, fixture, leaves, request, route};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Channel, Content, Event, Extra, Reply, Role, TextKind};
use tollgate::usage::Bucket;

const JSON: &str = "application/json";
const LINES: &str = "application/stream+json";
const EVENTS: &str = "text/event-stream";

/// Text of the fixtures' answers.
const SAID: &str = "I wrote to [EMAIL_2] — as [EMAIL_1] asked. Unknown: [EMAIL_77].";
const ARGUMENTS: &str = r#"{"to":"[EMAIL_2]","path":"a\\b"}"#;

fn v1() -> Route {
    route("POST", "/v1/chat")
}

fn v2() -> Route {
    route("POST", "/v2/chat")
}

fn whole(route: &Route, body: &str) -> Answer {
    answer(route, JSON, body.as_bytes())
}

fn names(reply: &Reply) -> Vec<&str> {
    reply.tool_calls.iter().map(|call| call.name.as_deref().unwrap_or_default()).collect()
}

/// A stream of Bedrock's InvokeModel, with events of one line each.
fn chunks(events: &[&str]) -> Vec<u8> {
    let chunk = |event: &&str| String::from_utf8(tollgate::dialect::chunk(event.as_bytes())).unwrap();
    aws_stream(&events.iter().map(|event| format!("chunk\t{}\n", chunk(event))).collect::<String>())
}

/// Events of a stream, each in one line.
fn events(bodies: &[&str]) -> String {
    bodies.iter().map(|body| format!("event: x\ndata: {}\n\n", body.replace('\n', " "))).collect()
}

#[test]
fn a_request_of_chat_v1_is_read_with_its_history() {
    let body = fixture("cohere_v1", "request.json");
    let read = request(&v1(), &body);
    assert_eq!(read.model.as_deref(), Some("command-r-plus"));
    assert!(!read.stream);
    let parameters = &read.parameters;
    assert_eq!((parameters.temperature, parameters.top_p, parameters.top_k), (Some(0.3), Some(0.75), Some(50)));
    assert_eq!((parameters.max_tokens, parameters.seed), (Some(256), Some(7)));
    assert_eq!((parameters.frequency_penalty, parameters.presence_penalty), (Some(0.1), Some(0.2)));
    assert_eq!((parameters.stop.as_slice(), parameters.output_type), (&["END".to_owned()][..], Some("text")));
    let document = Document::new(body.as_bytes()).unwrap();
    let found = |word: &str| {
        let leaf = read.items.texts().find(|leaf| document.text(leaf.span).contains(word)).unwrap();
        (leaf.place, leaf.role, leaf.message)
    };
    assert_eq!(found("ada@example.com."), (TextKind::Text, Some(Role::System), None));
    assert_eq!(found("bob@example.org\n"), (TextKind::Text, Some(Role::User), Some(0)));
    assert_eq!(found("I will."), (TextKind::Text, Some(Role::Assistant), Some(1)));
    assert_eq!(found("4242"), (TextKind::ArgumentNumber, Some(Role::Assistant), Some(1)));
    assert_eq!(found("10.20.30.40"), (TextKind::ToolResult, Some(Role::Tool), Some(2)));
    assert_eq!(found("carol"), (TextKind::Text, Some(Role::User), Some(3)), "what is said now follows the history");
    for other in ["dave@", "erin@", "frank@"] {
        assert_eq!(found(other).0, TextKind::Other, "{other}");
    }
    let name = read.tool_calls[0].name.map(|span| document.text(span));
    assert_eq!(name.as_deref(), Some("send_mail"));
}

#[test]
fn numbers_and_names_in_what_a_tool_has_returned_are_looked_at() {
    let body = r#"{"message":"Who?","tool_results":[{"call":{"name":"find","parameters":{}},
        "outputs":[{"card":4242424242424242,"ada@example.com":{"owes":"much"}}]}]}"#;
    assert_eq!(leaves(&v1(), body), ["Who?", "card", "4242424242424242", "ada@example.com", "owes", "much"]);
}

#[test]
fn the_message_of_chat_v1_follows_the_history_whatever_stands_before_it() {
    let body =
        r#"{"temperature":"ask ada@example.com","chat_history":[{"role":"USER","message":"Hi"}],"message":"Who?"}"#;
    let read = request(&v1(), body);
    let messages: Vec<_> = read.items.texts().map(|leaf| leaf.message).collect();
    assert_eq!(messages, [None, Some(0), Some(1)]);
}

#[test]
fn a_stream_of_chat_v1_counts_the_text_once_though_its_end_repeats_it() {
    let whole = whole(&v1(), &fixture("cohere_v1", "answer.json"));
    let streamed = answer(&v1(), LINES, fixture("cohere_v1", "stream.ndjson").as_bytes());
    for read in [&whole, &streamed] {
        assert_eq!(read.text(Content::Text), SAID);
        assert_eq!(names(&read.reply), ["send_mail"]);
        assert_eq!(read.notes, Vec::<&str>::new());
        assert!(read.reply.ended);
    }
    assert_eq!(streamed.text(Content::Arguments), ARGUMENTS);
    // The two name the same answer differently.
    assert_eq!((whole.reply.id.as_deref(), whole.reply.extra(Extra::GenerationId)), (Some("resp_1"), Some("gen_1")));
    assert_eq!(
        (streamed.reply.id.as_deref(), streamed.reply.extra(Extra::ResponseId)),
        (Some("gen_1"), Some("resp_1"))
    );
    let without_ids = |reply: Reply| Reply { id: None, extras: Vec::new(), ..reply };
    assert_eq!(without_ids(streamed.reply), without_ids(whole.reply));
}

#[test]
fn what_is_billed_stands_beside_what_was_counted() {
    let reply = whole(&v1(), &fixture("cohere_v1", "answer.json")).reply;
    let tally = reply.counts;
    assert_eq!((tally.input, tally.output, tally.cache_read), (Some(131), Some(44), Some(96)));
    assert_eq!((tally.billed_input, tally.billed_output), (Some(31), Some(40)));
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input_total(), usage.output_total()), (Some(31), Some(40)), "what costs is what is billed");
}

#[test]
fn the_same_stream_may_come_as_server_sent_events() {
    let lines = fixture("cohere_v1", "stream.ndjson");
    let events: String = lines.lines().map(|line| format!("data: {line}\n\n")).collect();
    assert_eq!(answer(&v1(), EVENTS, events.as_bytes()), answer(&v1(), LINES, lines.as_bytes()));
}

#[test]
fn a_plan_before_tool_calls_is_the_text_as_in_a_whole_answer() {
    let body = concat!(
        r#"{"is_finished":false,"event_type":"tool-calls-chunk","text":"I will","tool_call_delta":{"text":"I will"}}"#,
        "\n",
        r#"{"is_finished":false,"event_type":"tool-calls-chunk","text":" ask.","tool_call_delta":null}"#,
        "\n",
        r#"{"event_type":"tool-calls-generation","text":"I will ask.","tool_calls":[{"name":"ask","parameters":{}}]}"#,
        "\n",
    );
    let read = answer(&v1(), LINES, body.as_bytes());
    assert_eq!(read.text(Content::Text), "I will ask.");
    assert_eq!(names(&read.reply), ["ask"]);
}

#[test]
fn generate_has_several_texts_and_only_billed_counts() {
    let route = route("POST", "/v1/generate");
    let read = whole(
        &route,
        r#"{"id":"g1","generations":[{"id":"a","index":0,"text":"one","finish_reason":"COMPLETE"},
            {"id":"b","index":1,"text":"two","finish_reason":"MAX_TOKENS","token_likelihoods":[{"token":"two"}]}],
            "prompt":"say","meta":{"api_version":{"version":"1"},"billed_units":{"input_tokens":1,"output_tokens":2}}}"#,
    );
    assert_eq!(read.reply.id.as_deref(), Some("g1"));
    assert_eq!(read.text(Content::Text), "one");
    assert_eq!(read.texts[1].1, "two");
    let reasons = read.reply.finish_reasons.iter().flatten();
    assert_eq!(reasons.collect::<Vec<_>>(), ["COMPLETE", "MAX_TOKENS"]);
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(1), Some(2)));
    let asked = request(&route, r#"{"prompt":"say","num_generations":2,"p":0.5}"#);
    assert_eq!((asked.parameters.choices, asked.parameters.top_p), (Some(2), Some(0.5)));
    assert_eq!(asked.items.texts().next().unwrap().role, Some(Role::User));
}

#[test]
fn generate_streams_each_text_by_its_index() {
    let body = [
        r#"{"event_type":"text-generation","index":0,"text":"o","is_finished":false}"#,
        r#"{"event_type":"text-generation","index":1,"text":"two","is_finished":false}"#,
        r#"{"event_type":"text-generation","index":0,"text":"ne","is_finished":false}"#,
        r#"{"event_type":"stream-end","is_finished":true,"response":{"id":"g1","prompt":"say","generations":[
            {"id":"a","index":0,"text":"one","finish_reason":"COMPLETE"},
            {"id":"b","index":1,"text":"two","finish_reason":"MAX_TOKENS"}]}}"#,
    ]
    .map(|line| line.replace('\n', " "))
    .join("\n");
    let read = answer(&route("POST", "/v1/generate"), LINES, body.as_bytes());
    let texts: Vec<&str> = read.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["one", "two"]);
    assert_eq!(read.reply.id.as_deref(), Some("g1"));
    assert_eq!(read.reply.finish_reasons.iter().flatten().collect::<Vec<_>>(), ["COMPLETE", "MAX_TOKENS"]);
    let failed = answer(
        &route("POST", "/v1/generate"),
        LINES,
        br#"{"event_type":"stream-error","is_finished":true,"finish_reason":"ERROR","err":"out of order"}"#,
    );
    assert!(failed.reply.failure.is_some());
}

#[test]
fn tokenize_counts_nothing() {
    let route = route("POST", "/v1/tokenize");
    let read = whole(&route, r#"{"tokens":[1,2],"token_strings":["a","b"],"meta":{"api_version":{"version":"1"}}}"#);
    assert_eq!(read.reply.usage, None);
    assert_eq!(leaves(&route, r#"{"model":"command","text":"ada@example.com"}"#), ["ada@example.com"]);
}

#[test]
fn bedrocks_older_models_stream_texts_without_a_kind() {
    let route = route("POST", "/model/cohere.command-text-v14/invoke-with-response-stream");
    assert_eq!(route.dialect, Some(Dialect::CohereV1));
    let stream = chunks(&[
        r#"{"is_finished":false,"text":" I"}"#,
        r#"{"is_finished":false,"text":" am"}"#,
        r#"{"is_finished":true,"finish_reason":"MAX_TOKENS","amazon-bedrock-invocationMetrics":{"inputTokenCount":7,
            "outputTokenCount":2}}"#,
    ]);
    let read = answer(&route, "application/vnd.amazon.eventstream", &stream);
    assert_eq!(read.text(Content::Text), " I am");
    assert_eq!(read.reply.finish_reasons, [Some("MAX_TOKENS".to_owned())]);
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(7), Some(2)));
    assert!(read.reply.ended);
}

#[test]
fn a_chunk_of_bedrock_may_hold_a_whole_answer() {
    let route = route("POST", "/model/cohere.command-text-v14/invoke-with-response-stream");
    let answered = r#"{"generations":[{"finish_reason":"COMPLETE","id":"a","text":" four"}],"id":"g1","prompt":"?"}"#;
    let read = answer(&route, "application/vnd.amazon.eventstream", &chunks(&[answered]));
    assert_eq!((read.text(Content::Text).as_str(), read.reply.ended), (" four", true));
}

#[test]
fn a_request_of_chat_v2_is_read_with_every_text() {
    let body = fixture("cohere_v2", "request.json");
    let read = request(&v2(), &body);
    assert_eq!(read.model.as_deref(), Some("command-a-03-2025"));
    let parameters = &read.parameters;
    assert_eq!((parameters.top_p, parameters.top_k, parameters.max_tokens), (Some(0.75), Some(50), Some(256)));
    assert_eq!(parameters.output_type, Some("json"));
    let document = Document::new(body.as_bytes()).unwrap();
    let found = |word: &str| {
        let leaf = read.items.texts().find(|leaf| document.text(leaf.span).contains(word)).unwrap();
        (leaf.place, leaf.role, leaf.message)
    };
    assert_eq!(found("ada@example.com."), (TextKind::Text, Some(Role::System), Some(0)));
    assert_eq!(found("bob@example.org\n"), (TextKind::Text, Some(Role::User), Some(1)));
    assert_eq!(found("carol@"), (TextKind::Text, Some(Role::Assistant), Some(2)));
    assert_eq!(found(r"bob\u0040").0, TextKind::Arguments);
    assert_eq!(found("10.20.30.40"), (TextKind::ToolResult, Some(Role::Tool), Some(3)));
    for other in ["dave@", "erin@", "frank@", "grace@"] {
        assert_eq!(found(other).0, TextKind::Other, "{other}");
    }
    assert!(read.items.texts().all(|leaf| !document.text(leaf.span).starts_with("data:")), "a picture is no text");
}

#[test]
fn a_stream_of_chat_v2_and_the_whole_answer_it_amounts_to_say_the_same() {
    let whole = whole(&v2(), &fixture("cohere_v2", "answer.json"));
    let streamed = answer(&v2(), EVENTS, fixture("cohere_v2", "stream.sse").as_bytes());
    assert_eq!(streamed.reply, whole.reply);
    assert_eq!((&streamed.parts, &whole.parts), (&vec!["thinking".to_owned(), "text".to_owned()], &streamed.parts));
    for read in [&whole, &streamed] {
        assert_eq!(read.text(Content::Text), SAID);
        assert_eq!(read.text(Content::Arguments), ARGUMENTS);
        assert_eq!(read.text(Content::Reasoning), "[EMAIL_1] comes first");
        assert_eq!(read.text(Content::Plan), "I will write to [EMAIL_2].");
        let mut texts = read.texts.clone();
        texts.sort();
        assert_eq!(texts.len(), 4, "thought, plan, text and arguments are apart");
    }
    let reply = whole.reply;
    assert_eq!((reply.id.as_deref(), names(&reply)), (Some("msg_1"), vec!["send_mail"]));
    assert_eq!(reply.finish_reasons, [Some("TOOL_CALL".to_owned())]);
    let tally = reply.counts;
    assert_eq!((tally.input, tally.output, tally.reasoning), (Some(131), Some(44), Some(12)));
    assert_eq!((tally.billed_input, tally.billed_output, tally.cache_read), (Some(31), Some(40), Some(96)));
}

#[test]
fn a_stream_that_ends_with_an_error_is_a_failure() {
    let read = answer(
        &v2(),
        EVENTS,
        events(&[
            r#"{"id":"m1","type":"message-start","delta":{"message":{"role":"assistant","content":[]}}}"#,
            r#"{"type":"message-end","delta":{"finish_reason":"ERROR","usage":{},"error":"no such tool",
                "error_type":"INVALID_TOOL_GENERATION"}}"#,
        ])
        .as_bytes(),
    );
    assert_eq!(read.reply.usage, None, "an empty usage counts nothing");
    assert_eq!(read.reply.failure.unwrap().kind.as_deref(), Some("INVALID_TOOL_GENERATION"));
    assert_eq!(read.reply.finish_reasons, [Some("ERROR".to_owned())]);
    assert_eq!(read.reply.id.as_deref(), Some("m1"));
}

#[test]
fn an_error_has_a_message_and_its_id_is_none_of_an_answers() {
    let body = r#"{"id":"e1","message":"too many tokens","error_type":"TOO_MANY_TOKENS"}"#;
    for path in ["/v1/chat", "/v2/chat", "/v1/generate", "/v2/embed", "/v1/rerank"] {
        let reply = whole(&route("POST", path), body).reply;
        assert_eq!(reply.id, None, "{path}");
        assert_eq!(reply.failure.unwrap().kind.as_deref(), Some("TOO_MANY_TOKENS"), "{path}");
    }
}

#[test]
fn counts_written_with_a_point_are_counts() {
    let read = whole(
        &v2(),
        r#"{"id":"m","message":{"role":"assistant","content":[]},"finish_reason":"COMPLETE","usage":{"billed_units":
            {"input_tokens":262.0,"output_tokens":59.0},"tokens":{"input_tokens":499.0,"output_tokens":59.0,
            "image_tokens":259}}}"#,
    );
    assert_eq!((read.reply.counts.input, read.reply.counts.billed_input), (Some(499), Some(262)));
    let usage = read.reply.usage.unwrap();
    assert_eq!(usage.count(Bucket::Input), Some(262), "images are among what a chat is billed");
}

#[test]
fn a_held_text_goes_out_as_an_event_of_its_kind() {
    let reply = Reply::default();
    let written = |dialect: Dialect, part, content| {
        let written =
            dialect.write_text(&AnswerState::default(), &reply, Channel { choice: 0, part, content }, "[EM\"");
        assert!(serde_json::from_str::<serde_json::Value>(&written.data).is_ok(), "{}", written.data);
        written
    };
    let of = |path: &str, body: &str| answer(&route("POST", path), EVENTS, events(&[body]).as_bytes());
    let parts = answer(&v2(), EVENTS, fixture("cohere_v2", "stream.sse").as_bytes()).texts;
    for (channel, _) in parts {
        let frame = written(Dialect::CohereV2, channel.part, channel.content);
        let read = of("/v2/chat", &frame.data);
        assert_eq!(read.texts, [(channel, "[EM\"".to_owned())], "{}", frame.name);
    }
    for content in [Content::Text, Content::Arguments] {
        let frame = written(Dialect::CohereV1, 0, content);
        assert_eq!(of("/v1/chat", &frame.data).text(content), "[EM\"");
    }
}

#[test]
fn embeddings_are_counted_whatever_their_type() {
    let route = route("POST", "/v2/embed");
    let read = whole(&route, &fixture("cohere_embed", "answer.json"));
    assert_eq!((read.reply.id.as_deref(), read.reply.dimensions), (Some("emb_1"), Some(4)));
    assert_eq!(read.reply.finish_reasons.len(), 2, "one for each text");
    let usage = read.reply.usage.unwrap();
    assert_eq!((usage.count(Bucket::Input), usage.count(Bucket::InputImage)), (Some(9), Some(120)));
    assert_eq!(usage.count(Bucket::InputImages), None, "pictures are billed by their tokens or by their number");
    for (embeddings, dimensions) in [
        (r#"[[0.5,1,2]]"#, 3),
        (r#"{"int8":[[1,-2,3]]}"#, 3),
        (r#"{"ubinary":[[1,2]]}"#, 16),
        (r#"{"base64":["AACAPgAAAL8AAEA/AACAPw=="]}"#, 4),
    ] {
        let read = whole(&route, &format!(r#"{{"id":"e","embeddings":{embeddings}}}"#));
        assert_eq!(read.reply.dimensions, Some(dimensions), "{embeddings}");
        assert_eq!(read.reply.finish_reasons.len(), 1, "{embeddings}");
    }
}

#[test]
fn what_is_embedded_is_text_and_pictures_are_not() {
    let route = route("POST", "/v2/embed");
    let texts = leaves(&route, &fixture("cohere_embed", "request.json"));
    assert_eq!(texts, ["ada@example.com lives here", "so does bob@example.org", "carol@example.net too"]);
    let bedrock = super::support::route("POST", "/model/cohere.embed-english-v3/invoke");
    assert_eq!(leaves(&bedrock, r#"{"texts":["a"],"input_type":"search_query"}"#), ["a"]);
}

#[test]
fn rerank_counts_searches_or_tokens() {
    let route = route("POST", "/v2/rerank");
    let read = whole(&route, &fixture("rerank", "answer.json"));
    assert_eq!((read.reply.id.as_deref(), read.reply.counts.searches), (Some("rank_1"), Some(1)));
    assert_eq!(read.reply.finish_reasons.len(), 2);
    assert_eq!(read.reply.usage.unwrap().count(Bucket::Searches), Some(1));

    let voyage = whole(
        &route,
        r#"{"object":"list","data":[{"relevance_score":0.5,"index":0}],"model":"rerank-2","usage":{"total_tokens":43}}"#,
    );
    assert_eq!((voyage.reply.model.as_deref(), voyage.reply.counts.total), (Some("rerank-2"), Some(43)));
    assert_eq!(voyage.reply.counts.input, None, "it is not said to be input");
    assert_eq!(voyage.reply.usage.unwrap().count(Bucket::Input), Some(43), "but nothing else was read");

    let paid = whole(&route, r#"{"id":"g","results":[],"usage":{"total_tokens":17,"cost":3.4e-7}}"#);
    assert_eq!(paid.reply.extra(Extra::Cost), Some("3.4e-7"));
    let failed = whole(&route, r#"{"detail":"Model not found"}"#);
    assert!(failed.reply.failure.is_some());
}

#[test]
fn a_reranking_may_be_a_bare_list_with_texts_in_it() {
    let body = r#"[{"index":1,"score":0.9,"text":"Write to [EMAIL_1]"},{"index":0,"score":0.1,"text":"Or not."}]"#;
    let document = Document::new(body.as_bytes()).unwrap();
    let mut deltas = Vec::new();
    Dialect::Rerank.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut deltas).unwrap();
    let texts = |delta: &Event| matches!(delta, Event::Other(text) if document.raw(*text) == "Write to [EMAIL_1]");
    assert!(deltas.iter().any(texts));
    assert_eq!(whole(&route("POST", "/v1/rerank"), body).reply.finish_reasons.len(), 2);
}

#[test]
fn a_document_is_parsed_page_by_page_and_billed_so() {
    let route = route("POST", "/v2/parse");
    let asked = r#"{"model":"parse-v5.0","document":{"type":"image_url","image_url":"data:image/png;base64,QUJD"},
        "output_format":"markdown"}"#;
    assert_eq!(leaves(&route, asked), ["markdown"]);
    let read = whole(
        &route,
        r##"{"id":"p1","pages":[{"type":"markdown","index":0,"markdown":{"content":"# Debts of [EMAIL_1]","images":[]}},
            {"type":"markdown","index":1,"markdown":{"content":"None."}}],"finish_reason":"COMPLETE",
            "meta":{"billed_units":{"pages":2}}}"##,
    );
    assert_eq!(read.text(Content::Text), "# Debts of [EMAIL_1]None.");
    assert_eq!((read.reply.id.as_deref(), read.reply.failure), (Some("p1"), None));
    assert_eq!(read.reply.usage.unwrap().count(Bucket::Pages), Some(2));
}

#[test]
fn summaries_and_classifications_are_read_as_the_rest_of_v1() {
    let summary = route("POST", "/v1/summarize");
    assert_eq!(
        leaves(&summary, r#"{"text":"Ada owes 5.","additional_command":"Be brief."}"#),
        ["Ada owes 5.", "Be brief."]
    );
    let read = whole(
        &summary,
        r#"{"id":"s1","summary":"She owes.","meta":{"billed_units":{"input_tokens":7,"output_tokens":3}}}"#,
    );
    assert_eq!((read.text(Content::Text).as_str(), read.reply.id.as_deref()), ("She owes.", Some("s1")));
    let class = route("POST", "/v1/classify");
    let asked = r#"{"inputs":["Ada?"],"examples":[{"text":"Bo?","label":"person"}]}"#;
    assert_eq!(leaves(&class, asked), ["Ada?", "Bo?", "person"]);
    let read = whole(&class, r#"{"id":"c1","classifications":[{"id":"x","input":"[EMAIL_1]","prediction":"person"}]}"#);
    assert_eq!((read.reply.id.as_deref(), read.reply.failure), (Some("c1"), None));
}

#[test]
fn a_query_and_its_documents_are_texts() {
    let route = route("POST", "/v1/rerank");
    let body = fixture("rerank", "request.json");
    let texts = leaves(&route, &body);
    assert_eq!(
        texts,
        [
            "Where does ada@example.com live?",
            "bob@example.org lives in Utrecht",
            "Members",
            "ada@example.com lives in Ghent"
        ]
    );
    let read = request(&route, r#"{"model":"rerank-2","query":"q","documents":["d"],"top_k":2}"#);
    assert_eq!(read.parameters.top_k, Some(2));
    let messages: Vec<_> = read.items.texts().map(|leaf| leaf.message).collect();
    assert_eq!(messages, [Some(0), Some(1)]);
}

#[test]
fn v1_has_a_model_of_its_own_for_those_who_name_none() {
    for path in ["/v1/chat", "/v1/generate", "/v1/embed", "/v1/rerank"] {
        assert!(route("POST", path).operation.unwrap().model_optional, "{path}");
    }
    for path in ["/v2/chat", "/v2/embed", "/v2/rerank"] {
        assert!(!route("POST", path).operation.unwrap().model_optional, "{path}");
    }
}

#[test]
fn a_field_that_decides_may_not_be_there_twice() {
    for (path, body) in [
        ("/v1/chat", r#"{"message":"a","message":"b"}"#),
        ("/v2/chat", r#"{"model":"a","model":"b"}"#),
        ("/v2/embed", r#"{"texts":[],"texts":["b"]}"#),
        ("/v2/rerank", r#"{"query":"a","query":"b"}"#),
    ] {
        let route = route("POST", path);
        let document = Document::new(body.as_bytes()).unwrap();
        assert!(route.dialect.unwrap().read_request(document).is_err(), "{path}");
    }
}
