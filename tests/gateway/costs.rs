//! Costs of calls through the whole filter, where the provider's own tools, its checks or an error decide about them.

use super::support::{Answer, Attributes, EXPORT, Gateway, KEY, settings_for_all};

/// The span of a call at a host.
fn span(host: &str, path: &str, headers: &[(&str, &str)], request: &str, answer: &Answer) -> Attributes {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let key = format!("Bearer {KEY}");
    let known = [(":authority", host), ("content-type", "application/json"), ("authorization", &*key)];
    gateway.call("POST", path, &[&known[..], headers].concat(), &[request.as_bytes()], answer);
    gateway.span()
}

/// Its cost, or the reason why it is unknown; empty where nothing was bought.
fn cost(span: &Attributes) -> String {
    match (span.get("tollgate.cost.total"), span.get("tollgate.cost.unknown")) {
        (total, "") => total.to_owned(),
        ("", why) => format!("unknown: {why}"),
        both => panic!("{both:?}"),
    }
}

const USAGE: &str = r#""usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}"#;

fn response(model: &str, output: &str, more: &str) -> String {
    format!(
        r#"{{"id":"r","object":"response","status":"completed","model":"{model}","output":[{output}],{more}{USAGE}}}"#
    )
}

/// The same as a stream, with one piece for each event.
fn streamed(model: &str, items: &[&str], more: &str) -> Answer {
    let mut events = vec![
        r#"{"type":"response.created","response":{"id":"r","object":"response","status":"in_progress"}}"#.to_owned(),
    ];
    for (index, item) in items.iter().enumerate() {
        for word in ["added", "done"] {
            events.push(format!(r#"{{"type":"response.output_item.{word}","output_index":{index},"item":{item}}}"#));
        }
    }
    let whole = response(model, &items.join(","), more);
    events.push(format!(r#"{{"type":"response.completed","response":{whole}}}"#));
    Answer::stream(events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', "")).into_bytes()).collect())
}

/// The cost of a response, whole and streamed, which must be the same.
fn of_response(model: &str, tools: &str, items: &[&str], more: &str) -> String {
    let request = |stream| format!(r#"{{"model":"{model}","input":"x","stream":{stream},"tools":[{tools}]}}"#);
    let whole = Answer::json(&response(model, &items.join(","), more));
    let whole = cost(&span("api.openai.com", "/v1/responses", &[], &request(false), &whole));
    let stream = cost(&span("api.openai.com", "/v1/responses", &[], &request(true), &streamed(model, items, more)));
    assert_eq!(whole, stream, "a stream costs what the whole answer does");
    whole
}

const SEARCH: &str =
    r#"{"type":"web_search_call","id":"w","status":"completed","action":{"type":"search","query":"x"}}"#;
const OPENED: &str =
    r#"{"type":"web_search_call","id":"o","status":"completed","action":{"type":"open_page","url":"u"}}"#;
const FILES: &str = r#"{"type":"file_search_call","id":"f","status":"completed","queries":["x"],"results":null}"#;
const IMAGE: &str = r#"{"type":"image_generation_call","id":"g","status":"completed","result":"aGk="}"#;

#[test]
fn a_web_search_without_tool_usage_is_billed_by_its_items() {
    let tools = r#"{"type":"web_search"}"#;
    let cost = |items: &[&str], more| of_response("gpt-5", tools, items, more);
    assert_eq!(cost(&[], ""), "0.00225");
    assert_eq!(cost(&[SEARCH, OPENED], ""), "0.01225");
    assert_eq!(cost(&[SEARCH, SEARCH], ""), "0.02225");
    // The answer's own counts have precedence.
    assert_eq!(cost(&[SEARCH, SEARCH], r#""tool_usage":{"web_search":{"num_requests":1}},"#), "0.01225");
    let failed = SEARCH.replace("completed", "failed");
    assert_eq!(cost(&[&failed], ""), "0.00225");
}

#[test]
fn a_web_search_costs_the_same_with_every_model_but_for_the_older_tool_without_reasoning() {
    let (newer, older) = (r#"{"type":"web_search"}"#, r#"{"type":"web_search_preview"}"#);
    // 1000 x 2.50 and 100 x 10, in millionths, and a search.
    for (model, tools, expected) in [
        ("gpt-4o-2024-08-06", newer, "0.0135"),
        ("gpt-4o-2024-08-06", older, "0.0285"),
        ("gpt-4o-2024-08-06", r#"{"type":"web_search_preview_2025_03_11"}"#, "0.0285"),
        ("gpt-5", newer, "0.01225"),
        ("gpt-5", older, "0.01225"),
    ] {
        assert_eq!(of_response(model, tools, &[SEARCH], ""), expected, "{model} {tools}");
        // The answer names the tools too.
        let told = format!(r#""tools":[{tools}],"#);
        assert_eq!(of_response(model, "", &[SEARCH], &told), expected, "{model} {tools}");
    }
}

#[test]
fn a_stream_that_repeats_no_items_at_its_end_has_told_its_searches() {
    let Answer { mut pieces, .. } = streamed("gpt-5", &[SEARCH, SEARCH], "");
    let last = String::from_utf8(pieces.pop().unwrap()).unwrap();
    pieces.push(last.replace(&format!("{SEARCH},{SEARCH}"), "").into_bytes());
    let answer = Answer::stream(pieces);
    let request = r#"{"model":"gpt-5","input":"x","stream":true}"#;
    assert_eq!(cost(&span("api.openai.com", "/v1/responses", &[], request, &answer)), "0.02225");
}

#[test]
fn what_a_response_s_other_tools_cost_is_counted_or_makes_the_cost_unknown() {
    let one = |item: &str| of_response("gpt-5", "", &[item], "");
    assert_eq!(one(FILES), "0.00475");
    for (item, why) in [
        (
            r#"{"type":"code_interpreter_call","id":"c","container_id":"cntr_1","code":"1","status":"completed"}"#,
            "code_execution",
        ),
        (
            r#"{"type":"shell_call","id":"s","action":{"commands":["ls"]},"environment":{"type":"container_reference","container_id":"c"}}"#,
            "code_execution",
        ),
        (r#"{"type":"shell_call_output","id":"s","call_id":"s","output":[]}"#, "code_execution"),
        (IMAGE, "image_generation"),
        (r#"{"type":"bing_grounding_call","id":"b"}"#, "web_search"),
        (r#"{"type":"some_future_call","id":"b"}"#, "tool"),
    ] {
        assert_eq!(one(item), format!("unknown: {why}"), "{item}");
    }
    for free in [
        r#"{"type":"mcp_call","id":"m","name":"n","arguments":"{}","server_label":"s","output":"x"}"#,
        r#"{"type":"computer_call","id":"c","call_id":"c","action":{"type":"click"},"status":"completed"}"#,
        r#"{"type":"local_shell_call","id":"l","call_id":"l","action":{"type":"exec","command":["ls"]}}"#,
        r#"{"type":"shell_call","id":"s","action":{"commands":["ls"]},"environment":{"type":"local"}}"#,
        r#"{"type":"tool_search_call","id":"t","arguments":{}}"#,
    ] {
        assert_eq!(one(free), "0.00225", "{free}");
    }
}

#[test]
fn images_that_a_response_made_are_billed_by_their_own_model_s_tokens() {
    let used = r#""tool_usage":{"image_gen":{"input_tokens":30,"input_tokens_details":{"text_tokens":10,"image_tokens":20},
        "output_tokens":50,"output_tokens_details":{"image_tokens":50,"text_tokens":0},"total_tokens":80}},"#;
    let tool = r#"{"type":"image_generation","model":"gpt-image-1"}"#;
    // 10 x 5, 20 x 10 and 50 x 40, in millionths, in addition to 0.00225.
    assert_eq!(of_response("gpt-5", tool, &[IMAGE], &format!(r#"{used}"tools":[{tool}],"#)), "0.0045");
    // The model is not named.
    assert_eq!(of_response("gpt-5", tool, &[IMAGE], used), "unknown: image_generation");
}

fn chat(host: &str, request: &str, message: &str, usage: &str, model: &str) -> String {
    let answer = format!(
        r#"{{"id":"c","object":"chat.completion","model":"{model}","choices":[{{"index":0,"finish_reason":"stop","message":{{"role":"assistant","content":"Hi"{message}}}}}],
           "usage":{{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100{usage}}}}}"#
    );
    let request = format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"x"}}]{request}}}"#);
    cost(&span(host, "/v1/chat/completions", &[], &request, &Answer::json(&answer)))
}

#[test]
fn searches_of_chat_completions_are_in_the_price_or_make_the_cost_unknown() {
    let cited = r#","annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"t"}}]"#;
    let openai = |model, request, message| chat("api.openai.com", request, message, "", model);
    assert_eq!(openai("gpt-4o-search-preview", r#","web_search_options":{}"#, cited), "0.0285");
    assert_eq!(openai("gpt-5-search-api", "", ""), "unknown: web_search");
    assert_eq!(openai("gpt-4o", "", cited), "unknown: web_search");
    assert_eq!(openai("gpt-4o", "", ""), "0.0035");
    let xai = |usage| chat("api.x.ai", "", "", usage, "grok-4.3");
    let plain = xai(r#","num_sources_used":0"#);
    assert!(!plain.starts_with("unknown"), "{plain}");
    assert_eq!(xai(r#","num_sources_used":3"#), "unknown: web_search");
    let executed = r#","executed_tools":[{"index":0,"type":"python","arguments":"{}","output":"1"}]"#;
    assert_eq!(chat("api.groq.com", "", executed, "", "openai/gpt-oss-120b"), "unknown: code_execution");
    let search =
        r#","tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":"$web_search","arguments":"{}"}}]"#;
    let kimi = |message| chat("api.moonshot.ai", "", message, "", "kimi-k2.5");
    assert_eq!((kimi(""), kimi(search)), ("0.0009".to_owned(), "0.0059".to_owned()));
}

#[test]
fn tools_that_xai_has_run_are_counted() {
    let usage = |uses: &str| {
        format!(
            r#"{{"id":"r","object":"response","status":"completed","model":"grok-4.3","output":[],"usage":{{"input_tokens":0,"output_tokens":0,"total_tokens":0,
               "num_server_side_tools_used":1,"num_sources_used":2,"server_side_tool_usage_details":{{"web_search_calls":0,"mcp_calls":0,{uses}}}}}}}"#
        )
    };
    let of = |uses| {
        cost(&span(
            "api.x.ai",
            "/v1/responses",
            &[],
            r#"{"model":"grok-4.3","input":"x"}"#,
            &Answer::json(&usage(uses)),
        ))
    };
    assert_eq!(of(r#""x_search_calls":2"#), "0.01");
    assert_eq!(of(r#""code_interpreter_calls":1,"file_search_calls":2"#), "0.01");
    assert_eq!(of(r#""document_search_calls":1"#), "unknown: tool");
    assert_eq!(of(r#""image_generation_calls":1"#), "unknown: image_generation");
}

#[test]
fn code_that_anthropic_runs_makes_the_cost_unknown_but_where_it_is_free() {
    let answer = |block: &str, more: &str| {
        Answer::json(&format!(
            r#"{{"id":"m","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{block}],"stop_reason":"end_turn"{more},
               "usage":{{"input_tokens":1000,"output_tokens":100,"server_tool_use":{{"web_search_requests":0,"web_fetch_requests":2}}}}}}"#
        ))
    };
    let of = |tools: &str, block: &str, more: &str| {
        let request = format!(r#"{{"model":"claude-sonnet-5","max_tokens":9,"messages":[],"tools":[{tools}]}}"#);
        cost(&span("api.anthropic.com", "/v1/messages", &[], &request, &answer(block, more)))
    };
    let run = r#"{"type":"server_tool_use","id":"s","name":"bash_code_execution","input":{}}"#;
    let known = of("", r#"{"type":"text","text":"Hi"}"#, "");
    assert!(!known.starts_with("unknown"), "{known}");
    assert_eq!(of("", run, ""), "unknown: code_execution");
    assert_eq!(of("", "", r#","container":{"id":"c","expires_at":"2027"}"#), "unknown: code_execution");
    assert_eq!(of(r#"{"type":"web_fetch_20250910","name":"web_fetch"}"#, run, ""), "unknown: code_execution");
    assert_eq!(of(r#"{"type":"web_search_20260209","name":"web_search"}"#, run, r#","container":{"id":"c"}"#), known);
    for free in ["web_fetch", "tool_search_tool_bm25", "advisor"] {
        let block = format!(r#"{{"type":"server_tool_use","id":"s","name":"{free}","input":{{}}}}"#);
        assert_eq!(of("", &block, ""), known, "{free}");
    }
}

#[test]
fn what_google_grounds_an_answer_on_is_billed_by_the_call_or_by_what_it_counts() {
    let of = |host: &str, path: &str, model: &str, grounding: &str| {
        let answer = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"Yes."}}]}},"finishReason":"STOP","groundingMetadata":{{{grounding}}}}}],"modelVersion":"{model}",
               "usageMetadata":{{"promptTokenCount":0,"candidatesTokenCount":0,"totalTokenCount":0}}}}"#
        );
        let request = r#"{"contents":[{"parts":[{"text":"x"}]}]}"#;
        cost(&span(host, &path.replace("MODEL", model), &[], request, &Answer::json(&answer)))
    };
    let gemini = |model, grounding| {
        of("generativelanguage.googleapis.com", "/v1beta/models/MODEL:generateContent", model, grounding)
    };
    let vertex = |model, grounding| {
        let path = "/v1/projects/p/locations/global/publishers/google/models/MODEL:generateContent";
        of("aiplatform.googleapis.com", path, model, grounding)
    };
    let (maps, files) =
        (r#""groundingChunks":[{"maps":{"uri":"u"}}]"#, r#""groundingChunks":[{"retrievedContext":{"uri":"u"}}]"#);
    assert_eq!(gemini("gemini-2.5-flash", maps), "0.025");
    assert_eq!(gemini("gemini-3-flash-preview", maps), "unknown: map_search");
    assert_eq!(gemini("gemini-2.5-flash", r#""groundingChunks":[{"web":{"uri":"u"}}]"#), "0.035");
    assert_eq!(
        gemini("gemini-3-flash-preview", r#""webSearchQueries":["a","b"],"imageSearchQueries":["c","a"]"#),
        "0.042"
    );
    assert_eq!(gemini("gemini-3-flash-preview", files), "0");
    assert_eq!(vertex("gemini-2.5-flash", files), "unknown: file_search");
}

#[test]
fn guardrails_and_routers_of_bedrock_make_the_cost_unknown() {
    let host = "bedrock.example";
    let converse = |request: &str, trace: &str| {
        let answer = format!(
            r#"{{"output":{{"message":{{"role":"assistant","content":[{{"text":"Hi"}}]}}}},"stopReason":"end_turn"{trace},
               "usage":{{"inputTokens":1000,"outputTokens":100,"totalTokens":1100}}}}"#
        );
        let request = format!(r#"{{"messages":[]{request}}}"#);
        cost(&span(host, "/model/amazon.nova-lite-v1:0/converse", &[], &request, &Answer::json(&answer)))
    };
    let known = converse("", "");
    assert!(!known.starts_with("unknown"), "{known}");
    let guarded = r#","guardrailConfig":{"guardrailIdentifier":"g","guardrailVersion":"1"}"#;
    assert_eq!(converse(guarded, ""), "unknown: guardrail");
    assert_eq!(converse("", r#","trace":{"guardrail":{"inputAssessment":{}}}"#), "unknown: guardrail");
    let routed = r#","trace":{"promptRouter":{"invokedModelId":"amazon.nova-lite-v1:0"}}"#;
    assert_eq!(converse("", routed), "unknown: prompt_router");
    let answer = Answer::json(
        r#"{"id":"m","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#,
    );
    let invoke = |headers: &[(&str, &str)]| {
        let path = "/model/anthropic.claude-haiku-4-5-20251001-v1:0/invoke";
        cost(&span(host, path, headers, r#"{"anthropic_version":"bedrock-2023-05-31","messages":[]}"#, &answer))
    };
    assert!(!invoke(&[]).starts_with("unknown"));
    assert_eq!(invoke(&[("x-amzn-bedrock-guardrailidentifier", "g")]), "unknown: guardrail");
}

#[test]
fn cohere_on_bedrock_is_billed_by_what_bedrock_counts() {
    let body = |meta: &str| {
        format!(r#"{{"response_id":"r","text":"Hi","generation_id":"g","finish_reason":"COMPLETE"{meta}}}"#)
    };
    let of = |meta: &str, headers: &[(&'static str, &'static str)]| {
        let answer = Answer { headers: headers.to_vec(), ..Answer::json(&body(meta)) };
        let host = "bedrock.example";
        let span = span(host, "/model/cohere.command-r-v1:0/invoke", &[], r#"{"message":"x"}"#, &answer);
        (span.get("tollgate.cost.input").to_owned(), span.get("tollgate.cost.output").to_owned())
    };
    // 0.5 and 1.5 dollars for a million.
    let billed = ("0.0005".to_owned(), "0.00015".to_owned());
    let counts = [("x-amzn-bedrock-input-token-count", "1000"), ("x-amzn-bedrock-output-token-count", "100")];
    let tokens = r#""tokens":{"input_tokens":1066,"output_tokens":103}"#;
    let units = r#""billed_units":{"input_tokens":1000,"output_tokens":100}"#;
    assert_eq!(of("", &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{tokens}}}"#), &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{units},{tokens}}}"#), &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{units},{tokens}}}"#), &[]), billed);
}

#[test]
fn an_error_costs_nothing_and_nothing_is_unknown_about_it() {
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#;
    let failed = |status: u16| {
        let answer = Answer { status, ..Answer::json(r#"{"error":{"message":"m","type":"some_error"}}"#) };
        span("api.openai.com", "/v1/chat/completions", &[], request, &answer)
    };
    for status in [400, 401, 404, 422, 429, 500, 503, 529] {
        let span = failed(status);
        assert_eq!((cost(&span), span.get("tollgate.outcome")), (String::new(), "failed"), "{status}");
    }
    // The model may have run until the timeout.
    for status in [408, 499, 504, 524] {
        assert_eq!(cost(&failed(status)), "unknown: usage", "{status}");
    }
    let within = Answer::json(r#"{"error":{"message":"m","code":429}}"#);
    assert_eq!(cost(&span("api.openai.com", "/v1/chat/completions", &[], request, &within)), "");
    let stream = |pieces: &[&str]| {
        let pieces = pieces.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect();
        let request = r#"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"x"}]}"#;
        cost(&span("api.openai.com", "/v1/chat/completions", &[], request, &Answer::stream(pieces)))
    };
    let error = r#"{"error":{"message":"m","type":"server_error"}}"#;
    assert_eq!(stream(&[error]), "");
    let said = r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"Hi"}}]}"#;
    assert_eq!(stream(&[said, error]), "unknown: usage");
}

#[test]
fn tools_that_others_have_run_make_the_cost_unknown_where_they_are_not_priced() {
    let asked = r#"{"model":"mistral-medium-latest","inputs":"x"}"#;
    let conversation = |outputs: &str, usage: &str| {
        let answer = format!(
            r#"{{"object":"conversation.response","conversation_id":"c","outputs":[{outputs}{{"type":"message.output","model":"mistral-medium-latest","content":"Hi"}}],
               "usage":{{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12{usage}}}}}"#
        );
        cost(&span("api.mistral.ai", "/v1/conversations", &[], asked, &Answer::json(&answer)))
    };
    assert!(!conversation("", "").starts_with("unknown"));
    assert_eq!(conversation("", r#","connectors":{"web_search":1}"#), "unknown: bucket");
    assert_eq!(conversation("", r#","connectors":{"image_generation":1}"#), "unknown: image_generation");
    let ran = |name: &str| format!(r#"{{"type":"tool.execution","id":"t","name":"{name}","arguments":"{{}}"}},"#);
    assert_eq!(conversation(&ran("code_interpreter"), ""), "unknown: code_execution");
    assert_eq!(conversation(&ran("document_library"), ""), "unknown: file_search");

    let nova = r#"{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"nova_grounding","type":"server_tool_use","input":{}}}]}},
        "stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2,"serverToolUsage":{}}}"#;
    let path = "/model/amazon.nova-lite-v1:0/converse";
    let of = |host: &str, path: &str, request: &str, answer: &str| {
        cost(&span(host, path, &[], request, &Answer::json(answer)))
    };
    let host = "bedrock.example";
    assert_eq!(of(host, path, r#"{"messages":[]}"#, nova), "unknown: web_search");

    let maps = |kind: &str| {
        let answer = format!(
            r#"{{"id":"i","status":"completed","model":"gemini-3-flash-preview","steps":[],"usage":{{"total_input_tokens":0,"total_output_tokens":0,"grounding_tool_count":[{{"type":"{kind}","count":2}}]}}}}"#
        );
        let request = r#"{"model":"gemini-3-flash-preview","input":"x"}"#;
        of("generativelanguage.googleapis.com", "/v1beta/interactions", request, &answer)
    };
    assert_eq!((maps("google_maps"), maps("google_search")), ("0.028".to_owned(), "0.028".to_owned()));
    assert_eq!(maps("some_search"), "unknown: tool");

    let vercel = |grounding: &str| {
        let told = format!(r#","provider_metadata":{{"google":{{"groundingMetadata":{grounding}}},"gateway":{{}}}}"#);
        chat("ai-gateway.vercel.sh", "", &told, "", "google/gemini-2.5-flash")
    };
    assert!(!vercel("null").starts_with("unknown"));
    assert_eq!(vercel(r#"{"webSearchQueries":["a"]}"#), "unknown: bucket");

    let enabled = |request: &str| chat("api.openai.com", request, "", "", "gpt-4o");
    assert_eq!(enabled(r#","enable_search":true"#), "unknown: web_search");
    assert_eq!(enabled(r#","enable_search":false"#), "0.0035");
}

#[test]
fn an_operator_s_price_of_nothing_for_a_tool_makes_the_cost_known_again() {
    let ran = r#"{"type":"code_interpreter_call","id":"c","code":"1","status":"completed"}"#;
    let mut costs = ["", r#","code_runs":"0""#].map(|more| {
        let prices = format!(
            r#"{EXPORT},"prices":{{"overrides":[{{"provider":"openai","model":"gpt-5","input":"1","output":"1"{more}}}]}}"#
        );
        let mut gateway = Gateway::new(&settings_for_all(&prices));
        let key = format!("Bearer {KEY}");
        let headers = [(":authority", "api.openai.com"), ("content-type", "application/json"), ("authorization", &*key)];
        let request = r#"{"model":"gpt-5","input":"x"}"#;
        gateway.call("POST", "/v1/responses", &headers, &[request.as_bytes()], &Answer::json(&response("gpt-5", ran, "")));
        cost(&gateway.span())
    });
    costs.sort();
    assert_eq!(costs, ["0.0011", "unknown: code_execution"]);
}
