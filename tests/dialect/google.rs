//! Google's dialects: generateContent, embedContent, predict. Interactions have a file of their own.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, RequestError};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Channel, Content, Event, Extra, Refusal, Reply, Role, TextKind, TextSpan};
use tollgate::usage::{Bucket, UsageSource};

const SSE: &str = "text/event-stream";
const JSON: &str = "application/json";

fn generate() -> Route {
    route("POST", "/v1beta/models/gemini-3-flash:generateContent")
}

fn stream() -> Route {
    route("POST", "/v1beta/models/gemini-3-flash:streamGenerateContent")
}

/// The route of a dialect's fixtures.
fn fixed(dialect: &str) -> Route {
    let line = fixture(dialect, "route");
    let (method, path) = line.trim().split_once(' ').unwrap();
    route(method, path)
}

fn whole(body: &str) -> Answer {
    answer(&generate(), JSON, body.as_bytes())
}

/// A stream of these chunks.
fn streamed(chunks: &[&str]) -> Answer {
    let body: String = chunks.iter().map(|chunk| format!("data: {chunk}\r\n\r\n")).collect();
    answer(&stream(), SSE, body.as_bytes())
}

fn reasons(answer: &Answer) -> Vec<Option<&str>> {
    answer.reply.finish_reasons.iter().map(Option::as_deref).collect()
}

fn tools(answer: &Answer) -> Vec<(&str, bool)> {
    let calls = answer.reply.tool_calls.iter();
    calls.map(|call| (call.name.as_deref().unwrap_or_default(), call.builtin)).collect()
}

fn count(answer: &Answer, bucket: Bucket) -> Option<u64> {
    answer.reply.usage.unwrap().count(bucket)
}

/// Texts that belong to no channel but may hold a placeholder.
fn others(dialect: Dialect, body: &str) -> Vec<String> {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut deltas = Vec::new();
    dialect.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut deltas).unwrap();
    let others = deltas.iter().filter_map(|delta| match delta {
        Event::Other(span) => Some(document.text(*span).into_owned()),
        _ => None,
    });
    others.collect()
}

#[test]
fn a_stream_of_events_and_one_of_an_array_amount_to_the_whole_answer() {
    let whole = answer(&fixed("gemini_generate"), JSON, fixture("gemini_generate", "answer.json").as_bytes());
    let events = answer(&stream(), SSE, fixture("gemini_generate", "stream.sse").as_bytes());
    let array = answer(&stream(), JSON, fixture("gemini_generate", "stream.array").as_bytes());
    let (events, whole) = (events.without_state(), whole.without_state());
    assert_eq!(events, whole);
    assert_eq!(array.without_state(), whole);
    assert_eq!(whole.notes, [""; 0]);
    assert_eq!(whole.text(Content::Text), "I ring Ada now, at ½ past: one moment.");
    assert_eq!(whole.text(Content::Reasoning), "The number is in the ledger. I ring it.");
    assert_eq!(tools(&whole), [("dial", false), ("dial", false)]);
    assert_eq!(reasons(&whole), [Some("STOP")]);
    let Reply { id, model, service_tier, .. } = &whole.reply;
    assert_eq!((id.as_deref(), model.as_deref()), (Some("r-0001"), Some("gemini-3-flash")));
    assert_eq!(service_tier.as_deref(), Some("standard"));
    assert!(whole.reply.finished());
}

#[test]
fn thoughts_stand_beside_the_output_tools_beside_the_prompt_and_the_cache_within_it() {
    let whole = answer(&fixed("gemini_generate"), JSON, fixture("gemini_generate", "answer.json").as_bytes());
    let expected = [
        (Bucket::Input, 70),
        (Bucket::CacheRead, 20),
        (Bucket::InputImage, 30),
        (Bucket::ToolInput, 5),
        (Bucket::Output, 30),
        (Bucket::Reasoning, 11),
    ];
    assert_eq!(whole.reply.usage.unwrap().reported().collect::<Vec<_>>(), expected);
    assert_eq!(whole.reply.counts.total, Some(166));
}

#[test]
fn every_text_of_a_request_is_a_leaf_in_its_place() {
    let body = fixture("gemini_generate", "request.json");
    let document = Document::new(body.as_bytes()).unwrap();
    let asked = request(&stream(), &body);
    assert_eq!((asked.model.as_deref(), asked.stream), (Some("gemini-3-flash"), true));
    let spoken = asked.items.texts().filter(|leaf| leaf.role.is_some());
    let spoken: Vec<_> = spoken
        .map(|&TextSpan { span, place, role, message, call }| (document.raw(span), place, role.unwrap(), message, call))
        .collect();
    let (args, number) = (TextKind::ArgumentValue, TextKind::ArgumentNumber);
    let expected = [
        ("You keep the ledger of Harbour Lane 3.", TextKind::Text, Role::System, None, None),
        ("Ring Ada at 030 555 0199.", TextKind::Text, Role::User, Some(0), None),
        ("She is in the book.", TextKind::SignedReasoning, Role::Assistant, Some(1), None),
        ("number", args, Role::Assistant, Some(1), Some(0)),
        ("030 555 0199", args, Role::Assistant, Some(1), Some(0)),
        ("extension", args, Role::Assistant, Some(1), Some(0)),
        ("42", number, Role::Assistant, Some(1), Some(0)),
        ("output", TextKind::Other, Role::Tool, Some(2), None),
        ("Ada did not answer", TextKind::ToolResult, Role::Tool, Some(2), None),
        ("card", TextKind::Other, Role::Tool, Some(2), None),
        ("4111111111111111", number, Role::Tool, Some(2), None),
    ];
    assert_eq!(spoken, expected);
    let all = leaves(&generate(), &body);
    assert!(["Rings a number", "A call", "THE END"].iter().all(|text| all.iter().any(|leaf| leaf == text)), "{all:?}");
    assert!(
        !all.iter().any(|leaf| leaf.contains("iVBOR") || leaf.contains("c2ln") || leaf.contains("HARM")),
        "{all:?}"
    );
    let [call] = asked.tool_calls[..] else { panic!("{:?}", asked.tool_calls) };
    assert_eq!(document.raw(call.id.unwrap()), "c1");
    assert_eq!(document.raw(call.name.unwrap()), "dial");
    assert_eq!(document.raw(call.input.unwrap()), r#"{"number": "030 555 0199", "extension": 42}"#);
}

#[test]
fn the_parameters_are_read_in_either_spelling() {
    let camel = request(&generate(), &fixture("gemini_generate", "request.json")).parameters;
    assert_eq!((camel.max_tokens, camel.top_k, camel.choices, camel.seed), (Some(300), Some(40), Some(1), Some(7)));
    assert_eq!((camel.temperature, camel.top_p), (Some(0.25), Some(0.9)));
    assert_eq!((camel.presence_penalty, camel.frequency_penalty), (Some(0.5), Some(-0.5)));
    assert_eq!((&camel.stop[..], camel.output_type), (&["THE END".to_owned()][..], Some("json")));
    assert_eq!(camel.reasoning_level.as_deref(), Some("LOW"));
    let snake = r#"{"generation_config":{"max_output_tokens":300,"temperature":0.25,"top_p":0.9,"top_k":40,"seed":7,
        "candidate_count":1,"presence_penalty":0.5,"frequency_penalty":-0.5,"stop_sequences":["THE END"],
        "response_mime_type":"application/json","thinking_config":{"thinking_level":"LOW"}}}"#;
    assert_eq!(request(&generate(), snake).parameters, camel);
    let output = |modalities: &str| {
        let body = format!(r#"{{"generationConfig":{{"responseModalities":{modalities}}}}}"#);
        request(&generate(), &body).parameters.output_type
    };
    assert_eq!(output(r#"["AUDIO"]"#), Some("speech"));
    assert_eq!(output(r#"["TEXT","IMAGE"]"#), Some("image"));
    assert_eq!(output("[1]"), Some("text"));
}

#[test]
fn snake_case_and_lone_objects_in_place_of_arrays_hide_no_text() {
    let body = r#"{"system_instruction":"Be kind","contents":{"role":"user","parts":{"text":"Hello Ada"}}}"#;
    assert_eq!(leaves(&generate(), body), ["Be kind", "Hello Ada"]);
    let body = r#"{"contents":[{"parts":[{"function_call":{"name":"f","args":{"a":"Ada"}}},
        {"function_response":{"name":"f","response":{"b":"Bo"}}},{"inline_data":{"mime_type":"x/y","data":"QUJD"}},
        {"executable_code":{"language":"PYTHON","code":"print(1)"}},"bare",{"unheard_of":"Cy"}],"aside":"Di"}]}"#;
    assert_eq!(leaves(&generate(), body), ["a", "Ada", "b", "Bo", "print(1)", "bare", "Cy", "Di"]);
}

#[test]
fn count_tokens_wraps_a_request() {
    let route = route("POST", "/v1beta/models/gemini-3-flash:countTokens");
    let body =
        r#"{"generateContentRequest":{"model":"models/gemini-3-flash","contents":[{"parts":[{"text":"Ada"}]}]}}"#;
    assert_eq!(leaves(&route, body), ["Ada"]);
    let counted =
        answer(&route, JSON, br#"{"totalTokens":31,"promptTokensDetails":[{"modality":"TEXT","tokenCount":31}]}"#);
    assert_eq!(counted.reply.counts.total, Some(31));
    assert_eq!(counted.reply.counts.input, None);
}

#[test]
fn a_field_that_decides_is_not_taken_twice_under_two_spellings() {
    let read = |body: &str| Dialect::GeminiGenerate.read_request(Document::new(body.as_bytes()).unwrap());
    let twice = r#"{"systemInstruction":{},"system_instruction":{"parts":[{"text":"x"}]}}"#;
    assert_eq!(read(twice), Err(RequestError::Ambiguous("systemInstruction")));
    let wrapped = r#"{"contents":[],"generateContentRequest":{"contents":[]}}"#;
    assert_eq!(read(wrapped), Err(RequestError::Ambiguous("contents")));
}

#[test]
fn a_model_is_named_without_its_collection() {
    let document = Document::new(br#"{"model":"models/gemini-3-flash"}"#).unwrap();
    let asked = Dialect::GeminiGenerate.read_request(document).unwrap();
    assert_eq!(asked.model.as_deref(), Some("gemini-3-flash"));
}

#[test]
fn tuned_models_and_the_gemini_apis_images_have_their_dialects() {
    let told = |path: &str| {
        let Route { operation, dialect, model, .. } = route("POST", path);
        (operation.unwrap().name, dialect, model.unwrap())
    };
    let tuned = ("generate_content", Some(Dialect::GeminiGenerate), "mine".to_owned());
    assert_eq!(told("/v1beta/tunedModels/mine:generateContent"), tuned);
    let images = ("predict", Some(Dialect::VertexPredict), "imagen-4".to_owned());
    assert_eq!(told("/v1beta/models/imagen-4:predict"), images);
}

#[test]
fn integer_enums_are_spelled_out_by_the_numbers_of_the_api_that_answers() {
    let gemini = |reason: u32| format!(r#"{{"candidates":[{{"content":{{"parts":[]}},"finishReason":{reason}}}]}}"#);
    let vertex =
        |reason: u32| format!(r#"{{"candidates":[{{"finishReason":{reason}}}],"createTime":"2026-11-21T08:00:00Z"}}"#);
    assert_eq!(reasons(&whole(&gemini(1))), [Some("STOP")]);
    assert_eq!(reasons(&whole(&gemini(2))), [Some("MAX_TOKENS")]);
    assert_eq!(reasons(&whole(&gemini(10))), [Some("MALFORMED_FUNCTION_CALL")]);
    assert_eq!(reasons(&whole(&vertex(10))), [Some("MODEL_ARMOR")]);
    let by_traffic = r#"{"candidates":[{"finishReason":6}],"usageMetadata":{"trafficType":1}}"#;
    assert_eq!(reasons(&whole(by_traffic)), [Some("BLOCKLIST")]);
    assert_eq!(reasons(&whole(&gemini(900))), [Some("900")]);
    assert_eq!(reasons(&whole(&gemini(0))), [None]);
    let heard = r#"{"usageMetadata":{"promptTokenCount":9,"promptTokensDetails":[{"modality":1,"tokenCount":2},
        {"modality":4,"tokenCount":7}]}}"#;
    assert_eq!(count(&whole(heard), Bucket::InputAudio), Some(7));
}

#[test]
fn a_blocked_prompt_ends_the_answer_without_a_choice() {
    let body = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"No."},"responseId":"r",
        "usageMetadata":{"trafficType":"ON_DEMAND"}}"#;
    for blocked in [whole(body), streamed(&[&body.replace('\n', " ")])] {
        assert!(blocked.reply.ended);
        assert_eq!(reasons(&blocked), []);
        assert_eq!(blocked.reply.extra(Extra::BlockReason), Some("PROHIBITED_CONTENT"));
        assert_eq!(blocked.reply.extra(Extra::TrafficType), Some("ON_DEMAND"));
        assert!(blocked.reply.usage.is_some_and(|usage| usage.is_empty()));
    }
    let rated = r#"{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"promptFeedback":{"safetyRatings":[]}}"#;
    assert!(!streamed(&[rated]).reply.ended);
}

#[test]
fn the_last_chunks_usage_holds_though_it_counts_less() {
    let chunk = |usage: &str| format!(r#"{{"candidates":[{{"index":0}}],"usageMetadata":{usage}}}"#);
    let first =
        chunk(r#"{"promptTokenCount":50,"candidatesTokenCount":9,"thoughtsTokenCount":4,"totalTokenCount":63}"#);
    let last = chunk(r#"{"promptTokenCount":40,"candidatesTokenCount":7,"totalTokenCount":47}"#);
    let read = streamed(&[&first, &last, r#"{"usageMetadata":{}}"#]);
    let tally = read.reply.counts;
    assert_eq!((tally.input, tally.output, tally.total, tally.reasoning), (Some(40), Some(7), Some(47), None));
}

#[test]
fn audio_and_images_are_counted_apart() {
    let read = whole(
        r#"{"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":30,"candidatesTokenCount":50,
        "promptTokensDetails":[{"modality":"AUDIO","tokenCount":40},{"modality":"VIDEO","tokenCount":10},
            {"modality":"DOCUMENT","tokenCount":20},{"modality":"TEXT"}],
        "cacheTokensDetails":[{"modality":"AUDIO","tokenCount":30}],
        "candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":45}],"totalTokenCount":null}}"#,
    );
    let counts: Vec<_> = read.reply.usage.unwrap().reported().collect();
    let expected = [
        (Bucket::Input, 50),
        (Bucket::CacheRead, 0),
        (Bucket::CacheReadAudio, 30),
        (Bucket::InputAudio, 10),
        (Bucket::InputVideo, 10),
        (Bucket::Output, 5),
        (Bucket::OutputImage, 45),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn candidates_without_index_count_by_position_and_others_by_it() {
    let read = whole(
        r#"{"candidates":[{"content":{"parts":[{"text":"one"}]},"finishReason":"STOP"},
        {"content":{"parts":[{"text":"two"}]},"finishReason":"MAX_TOKENS"}]}"#,
    );
    assert_eq!(reasons(&read), [Some("STOP"), Some("MAX_TOKENS")]);
    assert_eq!(read.text(Content::Text), "one");
    let second = r#"{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP","index":1}]}"#;
    let first = r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"index":0}]}"#;
    let read = streamed(&[second, first]);
    assert_eq!((read.text(Content::Text), reasons(&read)), ("a".to_owned(), vec![None, Some("STOP")]));
    assert!(!read.reply.finished());
}

#[test]
fn a_stream_whose_candidate_has_not_ended_is_cut() {
    let open = r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"FINISH_REASON_UNSPECIFIED"}]}"#;
    let read = streamed(&[open]);
    assert!(!read.reply.finished() && !read.reply.ended);
    assert!(streamed(&[open, r#"{"candidates":[{"finishReason":"STOP"}]}"#]).reply.finished());
}

#[test]
fn code_that_google_executes_is_its_own_call() {
    let read = whole(
        r#"{"candidates":[{"content":{"parts":[{"executableCode":{"language":"PYTHON","code":"print(6*7)"}},
        {"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"42\n"}},{"text":"It is 42."},
        {"toolCall":{"id":"t1","toolType":"GOOGLE_SEARCH_WEB","args":{"queries":["x"]}}},
        {"functionCall":{"name":"f"}}]}}]}"#,
    );
    assert_eq!(tools(&read), [("executable_code", true), ("GOOGLE_SEARCH_WEB", true), ("f", false)]);
    assert_eq!(read.text(Content::Text), "It is 42.");
}

#[test]
fn arguments_in_pieces_are_one_call() {
    let call = |call: &str| format!(r#"{{"candidates":[{{"content":{{"parts":[{{"functionCall":{call}}}]}}}}]}}"#);
    let chunks = [
        call(r#"{"name":"dial","willContinue":true}"#),
        call(
            r#"{"partialArgs":[{"jsonPath":"$.number","stringValue":"030","willContinue":true}],"willContinue":true}"#,
        ),
        call("{}"),
        call(r#"{"name":"dial","args":{}}"#),
    ];
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    assert_eq!(tools(&streamed(&chunks)), [("dial", false), ("dial", false)]);
}

#[test]
fn placeholders_are_looked_for_in_arguments_and_grounding_but_not_in_media() {
    let body = r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"to":"[EMAIL_1]"}}},
        {"inlineData":{"mimeType":"image/png","data":"QUJD"},"thoughtSignature":"c2ln"}]},"finishMessage":"why",
        "groundingMetadata":{"groundingSupports":[{"segment":{"text":"[PHONE_1]"}}],
            "searchEntryPoint":{"renderedContent":"<b>","sdkBlob":"QUJD"}},"logprobsResult":{"x":"y"}}]}"#;
    let others = others(Dialect::GeminiGenerate, body);
    assert!(["[EMAIL_1]", "[PHONE_1]", "<b>", "why"].iter().all(|text| others.iter().any(|o| o == text)), "{others:?}");
    assert!(!others.iter().any(|text| ["QUJD", "c2ln", "y", "f"].contains(&text.as_str())), "{others:?}");
}

#[test]
fn searches_are_counted_by_their_queries_whichever_chunk_tells_of_them() {
    let grounded = |queries: &str, more: &str| {
        format!(r#"{{"candidates":[{{"index":0,"groundingMetadata":{{"webSearchQueries":[{queries}]}}}}]{more}}}"#)
    };
    let usage = r#","usageMetadata":{"promptTokenCount":5,"totalTokenCount":5}"#;
    let told = |chunks: &[&str]| streamed(chunks).reply.usage.unwrap().count(Bucket::WebSearches);
    let first = grounded(r#""Ada","","Harbour Lane""#, "");
    let again = grounded(r#""Ada","","Harbour Lane","Ada""#, usage);
    let plain = grounded("", usage);
    assert_eq!(told(&[&again]), Some(2));
    assert_eq!(told(&[&first, &again, &plain]), Some(2));
    assert_eq!(told(&[&plain, &first]), Some(2));
    assert_eq!(told(&[&plain]), None);
    assert_eq!(streamed(&[&first]).reply.usage, None);
    let billed = r#","usageMetadata":{"promptTokenCount":5,
        "billedToolCalls":[{"tool":"GOOGLE_SEARCH_RETRIEVAL","successfulToolCallCount":1}]}"#;
    let billed = grounded(r#""Ada","Harbour Lane""#, billed).replace('\n', " ");
    assert_eq!((told(&[&billed]), told(&[&billed, &first])), (Some(1), Some(1)));
    assert!(others(Dialect::GeminiGenerate, &again).contains(&"Harbour Lane".to_owned()));
}

#[test]
fn errors_come_alone_in_an_array_and_within_a_stream() {
    let error =
        r#"{"error":{"code":429,"message":"Too much","status":"RESOURCE_EXHAUSTED","details":[{"reason":"R"}]}}"#;
    let array = format!("[{error}\n]\n");
    let said = r#"{"candidates":[{"content":{"parts":[{"text":"So"}]}}]}"#;
    let late = streamed(&[said, error]);
    assert_eq!(late.text(Content::Text), "So");
    let answers = [whole(error), whole(&array), answer(&stream(), JSON, array.as_bytes()), late];
    for failure in answers.map(|read| read.reply.failure.unwrap()) {
        assert_eq!((failure.kind, failure.code.as_deref()), (None, Some("429")));
        assert_eq!(failure.status.as_deref(), Some("RESOURCE_EXHAUSTED"));
    }
}

#[test]
fn a_written_chunk_says_its_text_in_its_channel() {
    for (content, choice) in [(Content::Text, 0), (Content::Reasoning, 1)] {
        let channel = Channel { choice, part: 0, content };
        let text = "held \"back\"\n½";
        let written = Dialect::GeminiGenerate.write_text(&AnswerState::default(), &Reply::default(), channel, text);
        assert_eq!(written.name, "");
        assert_eq!(streamed(&[&written.data]).texts, [(channel, text.to_owned())]);
    }
}

#[test]
fn a_refusal_has_googles_word_for_its_status() {
    let word = |refusal: &Refusal| {
        let body = Dialect::GeminiGenerate.write_refusal(refusal);
        let read: serde_json::Value = serde_json::from_str(&body).unwrap();
        let error = &read["error"];
        assert_eq!(error["code"], refusal.status());
        assert_eq!(error["message"].as_str(), Some(&*refusal.message()));
        assert_eq!(error["details"][0]["reason"].as_str().unwrap(), refusal.code().to_uppercase());
        error["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(word(&Refusal::KeyUnknown), "UNAUTHENTICATED");
    assert_eq!(word(&Refusal::ModelNotAllowed { model: "a\"b".to_owned() }), "PERMISSION_DENIED");
    assert_eq!(word(&Refusal::UnknownPath), "NOT_FOUND");
    assert_eq!(word(&Refusal::BodyTooLarge { limit: 1 }), "INVALID_ARGUMENT");
    assert_eq!(word(&Refusal::Internal), "INTERNAL");
}

#[test]
fn several_contents_are_embedded_at_once() {
    let route = fixed("gemini_embed");
    let body = fixture("gemini_embed", "request.json");
    let asked = request(&route, &body);
    let document = Document::new(body.as_bytes()).unwrap();
    let texts: Vec<_> = asked.items.texts().map(|leaf| (document.raw(leaf.span), leaf.message)).collect();
    let expected = [("Ada lives in Harbour Lane 3.", Some(0)), ("Ada's address", Some(0)), ("A lighthouse", Some(1))];
    assert_eq!(texts, expected);
    assert!(asked.items.texts().all(|leaf| leaf.role == Some(Role::User)));
    let read = answer(&route, JSON, fixture("gemini_embed", "answer.json").as_bytes());
    assert_eq!((read.reply.dimensions, read.reply.finish_reasons.len()), (Some(3), 2));
    assert_eq!((count(&read, Bucket::InputImage), count(&read, Bucket::Input)), (Some(258), Some(12)));
}

#[test]
fn one_content_is_embedded() {
    let route = route("POST", "/v1beta/models/gemini-embedding-2:embedContent");
    assert_eq!(leaves(&route, r#"{"content":{"parts":[{"text":"Ada"}]},"taskType":"X","title":"T"}"#), ["Ada", "T"]);
    let read = answer(&route, JSON, br#"{"embedding":{"values":[1,2]},"usageMetadata":{"promptTokenCount":4}}"#);
    assert_eq!((read.reply.dimensions, read.reply.counts.input), (Some(2), Some(4)));
}

#[test]
fn predictions_tokens_are_summed() {
    let route = fixed("vertex_predict");
    let read = answer(&route, JSON, fixture("vertex_predict", "answer.json").as_bytes());
    assert_eq!((read.reply.counts.input, read.reply.dimensions), (Some(11), Some(2)));
    assert_eq!(read.reply.usage_source, UsageSource::Predictions);
    assert_eq!((count(&read, Bucket::InputCharacters), read.reply.finish_reasons.len()), (Some(34), 2));
    let body = fixture("vertex_predict", "request.json");
    assert_eq!(leaves(&route, &body), ["Ada lives in Harbour Lane 3.", "Ada's address", "A lighthouse"]);
}

#[test]
fn a_prediction_of_any_shape_may_have_a_placeholder_in_it() {
    let body = r#"{"predictions":["Write to [EMAIL_1]",["or [EMAIL_2]"],{"generated":"[EMAIL_3]"},[0.5,1]]}"#;
    let others = others(Dialect::VertexPredict, body);
    assert_eq!(others, ["Write to [EMAIL_1]", "or [EMAIL_2]", "[EMAIL_3]"]);
}

#[test]
fn images_that_were_made_are_counted_and_those_that_were_filtered_are_not() {
    let route = route("POST", "/v1/projects/p/locations/l/publishers/google/models/imagen-4:predict");
    let body = r#"{"instances":[{"prompt":"Ada at sea","image":{"bytesBase64Encoded":"QUJD"}}],
        "parameters":{"sampleCount":3,"negativePrompt":"no gulls"}}"#;
    assert_eq!(leaves(&route, body), ["Ada at sea", "no gulls"]);
    assert_eq!(request(&route, body).parameters.choices, Some(3));
    let made = br#"{"predictions":[{"bytesBase64Encoded":"QUJD","mimeType":"image/png","prompt":"Ada"},
        {"gcsUri":"gs://b/i.png"},{"raiFilteredReason":"People"},{"bytesBase64Encoded":"QQ==","mimeType":"audio/wav"}]}"#;
    let read = answer(&route, JSON, made);
    assert_eq!(count(&read, Bucket::OutputImages), Some(2));
}
