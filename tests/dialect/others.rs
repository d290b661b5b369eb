//! Mistral OCR, Ollama, Hugging Face, watsonx and Replicate.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerState, Dialect, read_unknown_request};
use tollgate::document::Document;
use tollgate::endpoint::{HUGGING_FACE, Route};
use tollgate::model::{Channel, Content, Extra, Reply, Role, TextKind};

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const EVENTS: &str = "text/event-stream";

/// Text of the fixtures' answers.
const SAID: &str = "I wrote to [EMAIL_2] — as [EMAIL_1] asked. Unknown: [EMAIL_77].";

fn whole(route: &Route, body: &str) -> Answer {
    answer(route, JSON, body.as_bytes())
}

fn hugging_face() -> Route {
    Route::of("POST", "/models/acme/tiny-chat", HUGGING_FACE)
}

fn watsonx() -> Route {
    route("POST", "/ml/v1/text/generation?version=2025-02-11")
}

fn replicate() -> Route {
    route("POST", "/v1/models/acme/tiny-chat/predictions")
}

/// The route of a dialect's fixtures.
fn fixtures_route(dialect: &str) -> Route {
    let line = fixture(dialect, "route");
    let (method, path) = line.trim().split_once(' ').unwrap();
    Route::of(method, path, if dialect == "hugging_face" { HUGGING_FACE } else { &[] })
}

fn reasons(reply: &Reply) -> Vec<&str> {
    reply.finish_reasons.iter().map(|reason| reason.as_deref().unwrap_or_default()).collect()
}

#[test]
fn parameters_are_read_under_every_apis_names() {
    for dialect in ["ollama", "hugging_face", "watsonx", "replicate"] {
        let read = request(&fixtures_route(dialect), &fixture(dialect, "request.json"));
        let parameters = &read.parameters;
        assert_eq!(parameters.temperature, Some(0.3), "{dialect}");
        assert_eq!((parameters.top_p, parameters.top_k), (Some(0.75), Some(50)), "{dialect}");
        assert_eq!((parameters.max_tokens, parameters.seed), (Some(256), Some(7)), "{dialect}");
        let stop = if dialect == "replicate" { &[][..] } else { &["END".to_owned()][..] };
        assert_eq!(parameters.stop, stop, "{dialect}");
        let streams = matches!(dialect, "ollama" | "replicate");
        assert_eq!(read.stream, streams, "{dialect}");
    }
}

#[test]
fn a_seed_and_top_k_may_be_written_with_a_point() {
    for (path, body) in [
        ("/api/chat", r#"{"options":{"seed":7.0,"top_k":50.0}}"#),
        ("/ml/v1/text/generation", r#"{"parameters":{"random_seed":7.0,"top_k":50.0}}"#),
        ("/v1/predictions", r#"{"input":{"seed":7.0,"top_k":50.0}}"#),
    ] {
        let parameters = request(&route("POST", path), body).parameters;
        assert_eq!((parameters.seed, parameters.top_k), (Some(7), Some(50)), "{path}");
    }
    for (path, body) in [
        ("/v1/chat/completions", r#"{"seed":7.0}"#),
        ("/v2/chat", r#"{"seed":7.0}"#),
        ("/v1beta/models/m:generateContent", r#"{"generationConfig":{"seed":7.0}}"#),
        ("/v1/projects/p/locations/l/publishers/google/models/m:predict", r#"{"parameters":{"seed":7.0}}"#),
    ] {
        assert_eq!(request(&route("POST", path), body).parameters.seed, Some(7), "{path}");
    }
    let read = request(&hugging_face(), r#"{"inputs":"a","parameters":{"seed":7.0}}"#);
    assert_eq!(read.parameters.seed, Some(7));
    let document = Document::new(br#"{"seed":7.0,"top_k":50.0}"#).unwrap();
    let unknown = read_unknown_request(document).unwrap().parameters;
    assert_eq!((unknown.seed, unknown.top_k), (Some(7), Some(50)));
}

#[test]
fn a_stream_and_the_whole_answer_it_amounts_to_say_the_same() {
    for (dialect, file, media) in
        [("ollama", "stream.ndjson", LINES), ("hugging_face", "stream.sse", EVENTS), ("watsonx", "stream.sse", EVENTS)]
    {
        let route = fixtures_route(dialect);
        let whole = whole(&route, &fixture(dialect, "answer.json"));
        let streamed = answer(&route, media, fixture(dialect, file).as_bytes());
        assert!(streamed.reply.ended, "{dialect}");
        let ended = |reply: &Reply| Reply { ended: true, ..reply.clone() };
        assert_eq!(streamed.reply, ended(&whole.reply), "{dialect}");
        assert_eq!((streamed.notes.len(), whole.notes.len()), (0, 0), "{dialect}");
        for read in [&whole, &streamed] {
            assert_eq!(read.text(Content::Text), SAID, "{dialect}");
            let tally = read.reply.counts;
            assert_eq!((tally.input, tally.output), (Some(131), Some(44)), "{dialect}");
        }
    }
}

#[test]
fn every_text_of_a_request_of_ollama_has_its_place() {
    let route = fixtures_route("ollama");
    let body = fixture("ollama", "request.json");
    let read = request(&route, &body);
    let document = Document::new(body.as_bytes()).unwrap();
    let found = |word: &str| {
        let leaf = read.items.texts().find(|leaf| document.text(leaf.span).contains(word)).unwrap();
        (leaf.place, leaf.role, leaf.message)
    };
    assert_eq!(found("ada@example.com."), (TextKind::Text, Some(Role::System), Some(0)));
    assert_eq!(found("bob@example.org\n"), (TextKind::Text, Some(Role::User), Some(1)));
    assert_eq!(found("carol@"), (TextKind::Text, Some(Role::Assistant), Some(2)));
    assert_eq!(found("4242"), (TextKind::ArgumentNumber, Some(Role::Assistant), Some(2)));
    assert_eq!(found("10.20.30.40"), (TextKind::ToolResult, Some(Role::Tool), Some(3)));
    assert_eq!((found("dave@").0, found("erin@").0), (TextKind::Other, TextKind::Other));
    assert_eq!(read.parameters.reasoning_level.as_deref(), Some("low"));
    assert_eq!(read.parameters.output_type, Some("json"));
    let name = read.tool_calls[0].name.map(|span| document.text(span));
    assert_eq!(name.as_deref(), Some("send_mail"));
    assert!(read.items.texts().all(|leaf| document.text(leaf.span) != "iVBORw0KGgo="), "a picture is no text");
}

#[test]
fn ollama_streams_unless_it_is_told_not_to() {
    let asks = |path: &str, body: &str| request(&route("POST", path), body).stream;
    for path in ["/api/chat", "/api/generate", "/api/pull"] {
        assert!(asks(path, r#"{"model":"m"}"#), "{path}");
        assert!(asks(path, r#"{"model":"m","stream":null}"#), "{path}");
        assert!(asks(path, r#"{"model":"m","stream":true}"#), "{path}");
        assert!(!asks(path, r#"{"model":"m","stream":false}"#), "{path}");
    }
    assert!(!asks("/api/embed", r#"{"model":"m","input":"a"}"#));
    assert!(!asks("/api/embeddings", r#"{"model":"m","prompt":"a"}"#));
}

#[test]
fn ollama_generates_and_embeds() {
    let generate = route("POST", "/api/generate");
    let texts =
        leaves(&generate, r#"{"model":"m","prompt":"p","suffix":"s","system":"y","context":[1],"images":["i"]}"#);
    assert_eq!(texts, ["p", "s", "y"]);
    let body = concat!(
        r#"{"model":"m","created_at":"x","response":"","thinking":"hm","done":false}"#,
        "\n",
        r#"{"model":"m","created_at":"x","response":"Hello","done":false}"#,
        "\n",
        r#"{"model":"m","created_at":"x","response":"","done":true,"done_reason":"length","context":[1,2],"eval_count":4}"#,
        "\n",
    );
    let read = answer(&generate, LINES, body.as_bytes());
    assert_eq!((read.text(Content::Text).as_str(), read.text(Content::Reasoning).as_str()), ("Hello", "hm"));
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (None, Some(4)), "a cached prompt is not counted");
    assert_eq!((read.reply.model.as_deref(), reasons(&read.reply)), (Some("m"), vec!["length"]));
    assert!(read.reply.ended);

    let embed = route("POST", "/api/embed");
    assert_eq!(leaves(&embed, r#"{"model":"m","input":["a","b"]}"#), ["a", "b"]);
    let read = whole(&embed, r#"{"model":"m","embeddings":[[0.1,0.2,3],[1,2,3]],"prompt_eval_count":8}"#);
    assert_eq!((read.reply.dimensions, read.reply.finish_reasons.len()), (Some(3), 2));
    assert_eq!(read.reply.counts.input, Some(8));
    let older = whole(&route("POST", "/api/embeddings"), r#"{"embedding":[0.5,1]}"#);
    assert_eq!(older.reply.dimensions, Some(2));
}

#[test]
fn system_one_is_asked_in_texts_and_answers_with_counts() {
    let route = route("POST", "/v1/systemone");
    assert_eq!((route.operation.unwrap().name, route.stream), ("systemone", Some(false)));
    let body = r#"{"model":"nimble","state":{"mail":"ada@example.com wrote"},"images":["iVBORw0KGgo="],"questions":
        {"kind":{"type":"choice","instructions":"What does bob@example.org want?","criteria":{"bug":"errors"}}}}"#;
    assert_eq!(leaves(&route, body), ["ada@example.com wrote", "choice", "What does bob@example.org want?", "errors"]);
    let read = whole(
        &route,
        r#"{"model":"nimble","answers":{"kind":{"type":"choice","choice":"bug","probabilities":{"bug":0.9},
            "confidence":0.9}},"usage":{"input_tokens":174,"output_tokens":1}}"#,
    );
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(174), Some(1)));
    assert_eq!((read.reply.model.as_deref(), read.reply.failure), (Some("nimble"), None));
    let search = super::support::route("POST", "/api/web_search");
    assert_eq!(leaves(&search, r#"{"query":"who is ada@example.com","max_results":3}"#), ["who is ada@example.com"]);
}

#[test]
fn an_error_of_ollamas_is_a_text_also_within_a_stream() {
    let chat = fixtures_route("ollama");
    assert!(whole(&chat, r#"{"error":"model 'm' not found"}"#).reply.failure.is_some());
    let body = "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false}\n{\"error\":\"out of memory\"}\n";
    let read = answer(&chat, LINES, body.as_bytes());
    assert!(read.reply.failure.is_some() && !read.reply.ended);
    assert_eq!((read.reply.model.as_deref(), read.text(Content::Text).as_str()), (Some("m"), "a"));
}

#[test]
fn every_line_of_ollamas_may_have_a_tool_call_of_its_own() {
    let line = |calls: &str| {
        format!(r#"{{"model":"m","message":{{"role":"assistant","content":"","tool_calls":[{calls}]}},"done":false}}"#)
            + "\n"
    };
    let chat = route("POST", "/api/chat");
    for index in ["", r#""index":0,"#] {
        let call = |name: &str| format!(r#"{{"function":{{{index}"name":"{name}","arguments":{{"a":1}}}}}}"#);
        let body = line(&call("f")) + &line(&call("f")) + &line(&[call("g"), call("h")].join(","));
        let read = answer(&chat, LINES, body.as_bytes());
        let names: Vec<_> = read.reply.tool_calls.iter().filter_map(|call| call.name.as_deref()).collect();
        assert_eq!(names, ["f", "f", "g", "h"], "{index}");
    }
}

#[test]
fn fetching_a_model_is_known_and_ends_with_success() {
    let pull = route("POST", "/api/pull");
    assert_eq!(pull.operation.unwrap().name, "ollama_models");
    assert_eq!(request(&pull, r#"{"name":"m"}"#).model.as_deref(), Some("m"));
    let body = "{\"status\":\"pulling manifest\"}\n{\"status\":\"success\"}\n";
    let read = answer(&pull, LINES, body.as_bytes());
    assert!(read.reply.ended && read.reply.usage.is_none() && read.texts.is_empty());
    for (method, path) in
        [("DELETE", "/api/delete"), ("POST", "/api/copy"), ("GET", "/api/ps"), ("GET", "/api/version")]
    {
        assert_eq!(route(method, path).operation.unwrap().name, "ollama_models", "{path}");
    }
}

#[test]
fn pages_are_read_and_counted() {
    let ocr = fixtures_route("mistral_ocr");
    let read = whole(&ocr, &fixture("mistral_ocr", "answer.json"));
    assert_eq!(read.text(Content::Text), "# Debts\n\n[EMAIL_2] owes 5.Nothing more.");
    assert_eq!(read.texts.len(), 2, "a text for each page");
    assert_eq!((read.reply.model.as_deref(), read.reply.counts.pages), (Some("mistral-ocr-2512"), Some(2)));
    assert_eq!(read.reply.extra(Extra::DocumentBytes), Some("18810"));
    let failed = whole(&ocr, r#"{"detail":[{"type":"missing","loc":["body","model"],"msg":"Field required"}]}"#);
    assert!(failed.reply.failure.is_some());
}

#[test]
fn the_document_that_is_read_is_no_text_but_what_is_asked_of_it_is() {
    let texts = leaves(&fixtures_route("mistral_ocr"), &fixture("mistral_ocr", "request.json"));
    for text in ["letter to ada@example.com", "Find what bob@example.org owes", "such as carol@example.net"] {
        assert!(texts.iter().any(|known| known == text), "{text}");
    }
    assert!(!texts.iter().any(|text| text.starts_with("data:") || text == "req_1"), "{texts:?}");
}

#[test]
fn hugging_face_answers_what_its_task_is() {
    let route = hugging_face();
    assert_eq!(route.model.as_deref(), Some("acme/tiny-chat"));
    let dimensions = |body: &str| whole(&route, body).reply.dimensions;
    assert_eq!(dimensions("[0.5,1,2]"), Some(3));
    assert_eq!(dimensions("[[0.5,1],[2,3],[4,5]]"), Some(2));
    assert_eq!(dimensions("[[[0.5,1,2],[2,3,4]]]"), Some(3));
    assert_eq!(dimensions("[]"), None);
    assert_eq!(whole(&route, r#"[{"summary_text":"short"}]"#).text(Content::Text), "short");
    assert_eq!(whole(&route, r#"{"generated_text":"one"}"#).text(Content::Text), "one");
    assert_eq!(whole(&route, r#"[[{"label":"POSITIVE","score":0.9}]]"#).reply.failure, None);
    let failed = whole(&route, r#"{"error":"Model is loading","error_type":"overloaded","estimated_time":20.0}"#);
    assert_eq!(failed.reply.failure.unwrap().kind.as_deref(), Some("overloaded"));
}

#[test]
fn hugging_face_answers_several_inputs_with_a_list_for_each() {
    let read = whole(&hugging_face(), r#"[[{"generated_text":"one"}],[{"generated_text":"two"}]]"#);
    let texts: Vec<_> = read.texts.iter().map(|(channel, text)| (channel.choice, text.as_str())).collect();
    assert_eq!(texts, [(0, "one"), (1, "two")]);
    assert_eq!((read.reply.dimensions, read.reply.finish_reasons.len()), (None, 2));
}

#[test]
fn hugging_face_is_asked_at_several_paths() {
    let told = |path: &str| {
        let route = Route::of("POST", path, HUGGING_FACE);
        (route.dialect, route.model, route.stream)
    };
    let read = Some(Dialect::HuggingFace);
    let model = Some("acme/tiny".to_owned());
    assert_eq!(told("/hf-inference/models/acme/tiny"), (read, model.clone(), None));
    assert_eq!(told("/hf-inference/models/acme/tiny/pipeline/feature-extraction"), (read, model.clone(), None));
    assert_eq!(told("/pipeline/feature-extraction/acme/tiny"), (read, model, None));
    assert_eq!(told("/generate_stream"), (read, None, Some(true)));
    assert_eq!(told("/"), (read, None, None), "an endpoint of one's own is asked at its root");
    assert_eq!(told("/v1/chat/completions").0, Some(Dialect::OpenAiChat));
    assert_eq!(route("POST", "/").dialect, None, "and nobody else is");
}

#[test]
fn inputs_are_texts_whatever_their_shape() {
    let route = hugging_face();
    let of = |inputs: &str| leaves(&route, &format!(r#"{{"inputs":{inputs}}}"#));
    assert_eq!(of(r#""a""#), ["a"]);
    assert_eq!(of(r#"["a","b"]"#), ["a", "b"]);
    assert_eq!(of(r#"{"question":"a","context":"b","image":"iVBORw0KGgo="}"#), ["a", "b"]);
    assert_eq!(of(r#"{"source_sentence":"a","sentences":["b","c"]}"#), ["a", "b", "c"]);
}

#[test]
fn a_special_token_is_none_of_the_text() {
    let events = concat!(
        r#"data:{"index":1,"token":{"id":7,"text":"a","logprob":0,"special":false},"generated_text":null,"details":null}"#,
        "\n\n",
        r#"data:{"index":2,"token":{"id":2,"text":"</s>","logprob":0,"special":true},"generated_text":"a","details":null}"#,
        "\n\n",
    );
    let read = answer(&hugging_face(), EVENTS, events.as_bytes());
    assert_eq!((read.text(Content::Text).as_str(), read.reply.ended), ("a", true));
}

#[test]
fn events_of_watsonx_report_what_has_been_generated_so_far() {
    let read = answer(&watsonx(), EVENTS, fixture("watsonx", "stream.sse").as_bytes());
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(131), Some(44)));
    assert_eq!(reasons(&read.reply), ["eos_token"], "not_finished is no end");
    assert_eq!(read.reply.model.as_deref(), Some("ibm/granite-3-8b-instruct"));
}

#[test]
fn chat_of_watsonx_is_openais() {
    let chat = route("POST", "/ml/v1/text/chat?version=2025-02-11");
    let body = r#"{"model_id":"m","project_id":"p","max_tokens":5,"messages":[
        {"role":"system","content":"a"},{"role":"user","content":[{"type":"text","text":"b"}]}]}"#;
    let read = request(&chat, body);
    let roles: Vec<_> = read.items.texts().map(|leaf| (leaf.role, leaf.message)).collect();
    assert_eq!(roles, [(Some(Role::System), Some(0)), (Some(Role::User), Some(1))]);
    assert_eq!((read.model.as_deref(), read.parameters.max_tokens), (Some("m"), Some(5)));

    let said = whole(
        &chat,
        r#"{"id":"c1","model_id":"m","model":"m","created":7,"choices":[{"index":0,"finish_reason":"tool_calls","message":
            {"role":"assistant","content":"hi","tool_calls":[{"id":"t","type":"function","function":{"name":"f",
            "arguments":"{}"}}]}}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#,
    );
    let streamed = answer(
        &route("POST", "/ml/v1/text/chat_stream"),
        EVENTS,
        concat!(
            "id: 1\nevent: message\ndata: {\"id\":\"c1\",\"model_id\":\"m\",\"created\":7,\"choices\":[{\"index\":0,",
            "\"finish_reason\":null,\"delta\":{\"content\":\"hi\",\"tool_calls\":[{\"index\":0,\"id\":\"t\",",
            "\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}}]}\n\n",
            "id: 2\nevent: message\ndata: {\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\"delta\":{}}]}\n\n",
            "id: 3\nevent: message\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,",
            "\"total_tokens\":7}}\n\n",
            "id: 4\nevent: close\ndata: {}\n\n",
        )
        .as_bytes(),
    );
    assert_eq!(streamed.reply, Reply { ended: true, ..said.reply.clone() });
    assert_eq!(streamed.texts, said.texts);
    assert_eq!(said.reply.tool_calls.len(), 1);
}

#[test]
fn watsonx_embeds_reranks_and_runs_deployments() {
    let embed = route("POST", "/ml/v1/text/embeddings");
    assert_eq!(leaves(&embed, r#"{"model_id":"m","inputs":["a","b"],"project_id":"p"}"#), ["a", "b"]);
    let read = whole(
        &embed,
        r#"{"model_id":"m","results":[{"embedding":[1,2,3]},{"embedding":[1,2,3]}],"input_token_count":9}"#,
    );
    assert_eq!((read.reply.dimensions, read.reply.counts.input), (Some(3), Some(9)));
    assert_eq!(read.reply.finish_reasons.len(), 2);
    let rerank = route("POST", "/ml/v1/text/rerank");
    assert_eq!(leaves(&rerank, r#"{"model_id":"m","query":"q","inputs":[{"text":"a"}]}"#), ["q", "a"]);
    let deployed = route("POST", "/ml/v1/deployments/my_prompt/text/generation_stream?version=1");
    assert_eq!((deployed.model.as_deref(), deployed.stream), (Some("my_prompt"), Some(true)));
}

#[test]
fn errors_of_watsonx_are_a_list() {
    let body = r#"{"errors":[{"code":"model_not_supported","message":"no such model","more_info":"https://example.com"}],
        "trace":"t1","status_code":404}"#;
    let failure = whole(&watsonx(), body).reply.failure.unwrap();
    assert_eq!(failure.code.as_deref(), Some("model_not_supported"));
}

#[test]
fn a_prediction_has_a_text_or_pieces_of_one() {
    let read = whole(&replicate(), &fixture("replicate", "answer.json"));
    assert_eq!(read.text(Content::Text), SAID);
    assert_eq!((read.reply.id.as_deref(), read.reply.model.as_deref()), (Some("pred_1"), Some("acme/tiny-chat")));
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(131), Some(44)));
    assert_eq!(
        (read.reply.extra(Extra::Status), read.reply.extra(Extra::PredictTime)),
        (Some("succeeded"), Some("1.25"))
    );
    assert!(read.reply.ended && read.reply.failure.is_none());
    let one = whole(&replicate(), r#"{"id":"p","status":"succeeded","output":"all at once","error":null}"#);
    assert_eq!(one.text(Content::Text), "all at once");
    let file = whole(&replicate(), r#"{"id":"p","status":"succeeded","output":["https://replicate.delivery/a.png"]}"#);
    assert!(file.texts.is_empty(), "a file is no text");
    let begun = whole(&replicate(), r#"{"id":"p","status":"starting","output":null,"error":null,"logs":""}"#);
    assert!(begun.texts.is_empty() && !begun.reply.ended && begun.reply.failure.is_none());
}

#[test]
fn a_prediction_that_failed_says_why_and_an_error_is_a_problem() {
    let failed = whole(&replicate(), r#"{"id":"p","status":"failed","output":null,"error":"CUDA out of memory"}"#);
    assert!(failed.reply.failure.is_some());
    assert_eq!(failed.reply.id.as_deref(), Some("p"));
    let problem = whole(&replicate(), r#"{"title":"Unauthenticated","detail":"no token","status":401}"#);
    assert!(problem.reply.failure.is_some());
}

#[test]
fn a_stream_of_replicates_has_its_texts_as_they_are() {
    let read = answer(&replicate(), EVENTS, fixture("replicate", "stream.sse").as_bytes());
    assert_eq!(read.text(Content::Text), SAID);
    assert_eq!(read.notes, Vec::<&str>::new());
    assert!(read.reply.ended);
    let odd =
        answer(&replicate(), EVENTS, b"event: output\ndata: {\"a\ndata: b\n\nevent: error\ndata: out of order\n\n");
    assert_eq!(odd.text(Content::Text), "{\"a\nb", "what looks like JSON is a text too");
    assert!(odd.reply.failure.is_some());
}

#[test]
fn inputs_of_a_prediction_are_texts_but_for_addresses_of_files() {
    let texts = leaves(&replicate(), &fixture("replicate", "request.json"));
    assert_eq!(texts, ["I am ada@example.com.\nWrite to bob@example.org", "You help carol@example.net."]);
    let of = |input: &str| leaves(&replicate(), &format!(r#"{{"input":{{"x":{input}}}}}"#));
    assert_eq!(of(r#""https://example.com says ada@example.com""#).len(), 1, "a text may begin with an address");
    assert_eq!(of(r#""data:image/png;base64,iVBORw0KGgo=""#).len(), 0);
    let version = request(&route("POST", "/v1/predictions"), r#"{"version":"acme/tiny:0a1b","input":{}}"#);
    assert_eq!(version.model.as_deref(), Some("acme/tiny:0a1b"));
    let system = request(&replicate(), &fixture("replicate", "request.json")).items.texts().nth(1).unwrap().role;
    assert_eq!(system, Some(Role::System));
}

#[test]
fn predictions_are_asked_for_at_several_paths() {
    let told = |method: &str, path: &str| {
        let route = route(method, path);
        (route.dialect, route.model)
    };
    let read = Some(Dialect::Replicate);
    assert_eq!(told("POST", "/v1/deployments/acme/mine/predictions"), (read, Some("acme/mine".to_owned())));
    assert_eq!(told("GET", "/v1/predictions/pred_1"), (read, None));
}

#[test]
fn a_held_text_goes_out_as_an_event_of_its_kind() {
    let reply = Reply { model: Some("m".to_owned()), ..Reply::default() };
    let channel = |content| Channel { choice: 0, part: 0, content };
    for (dialect, content) in [
        ("ollama", Content::Text),
        ("ollama", Content::Reasoning),
        ("hugging_face", Content::Text),
        ("watsonx", Content::Text),
    ] {
        let route = fixtures_route(dialect);
        let written = route.dialect.unwrap().write_text(&AnswerState::default(), &reply, channel(content), "[EM\"\n");
        let value: serde_json::Value = serde_json::from_str(&written.data).unwrap();
        let said = value.to_string();
        assert!(said.contains(r#""[EM\"\n""#), "{dialect}: {said}");
    }
    let generated = answer(
        &route("POST", "/api/chat"),
        LINES,
        Dialect::Ollama.write_text(&AnswerState::default(), &reply, channel(Content::Reasoning), "hm").data.as_bytes(),
    );
    assert!(!generated.reply.ended && generated.text(Content::Text).is_empty());
    let output = Dialect::Replicate.write_text(&AnswerState::default(), &reply, channel(Content::Text), "[EM\"");
    assert_eq!((output.name, output.data.as_str()), ("output", "[EM\""));
}

#[test]
fn a_field_that_decides_may_not_be_there_twice() {
    for (dialect, body) in [
        ("ollama", r#"{"stream":true,"stream":false}"#),
        ("hugging_face", r#"{"inputs":"a","inputs":"b"}"#),
        ("watsonx", r#"{"model_id":"a","model_id":"b"}"#),
        ("replicate", r#"{"version":"a","version":"b"}"#),
        ("mistral_ocr", r#"{"model":"a","model":"b"}"#),
    ] {
        let document = Document::new(body.as_bytes()).unwrap();
        assert!(fixtures_route(dialect).dialect.unwrap().read_request(document).is_err(), "{dialect}");
    }
}
