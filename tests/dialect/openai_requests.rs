//! Requests of OpenAI's chat completions, completions, embeddings and moderations; and the providers and paths of these
//! dialects.

use super::support::{fixture, leaves, request, route};
use tollgate::dialect::Dialect;
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Role, TextKind};
use tollgate::provider::{CredentialShape, Provider, ProviderRow};

fn chat() -> Route {
    route("POST", "/v1/chat/completions")
}

fn completions() -> Route {
    route("POST", "/v1/completions")
}

#[test]
fn every_text_of_a_chat_request_is_a_leaf() {
    let body = fixture("openai_chat", "request.json");
    let route = chat();
    let texts = leaves(&route, &body);
    for text in
        ["You help", "My card is", "bob\\u0040example.org", "10.20.30.40", "carol@", "dave@", "eve@", "ada", "END"]
    {
        assert!(texts.iter().any(|leaf| leaf.contains(text)), "{text}: {texts:?}");
    }
    assert!(!texts.iter().any(|leaf| leaf.contains("iVBOR") || leaf == "call_1"), "{texts:?}");
    let request = request(&route, &body);
    let place = |start: &str| {
        let at = texts.iter().position(|leaf| leaf.starts_with(start)).unwrap();
        (
            request.items.texts().nth(at).unwrap().place,
            request.items.texts().nth(at).unwrap().role,
            request.items.texts().nth(at).unwrap().message,
        )
    };
    assert_eq!(place("You help"), (TextKind::Text, Some(Role::System), Some(0)));
    assert_eq!(place("My card is"), (TextKind::Text, Some(Role::User), Some(1)));
    assert_eq!(place("{\"to\":"), (TextKind::Arguments, Some(Role::Assistant), Some(2)));
    assert_eq!(place("{\"sent\":"), (TextKind::ToolResult, Some(Role::Tool), Some(3)));
    assert_eq!(request.tool_calls.len(), 1);
}

#[test]
fn texts_beside_the_names_of_fallbacks_and_in_tools_are_leaves() {
    let body = r#"{"models":["m1"],"fallbacks":[{"model":"m2","messages":[{"role":"user","content":"again"}]}],
        "tools":[{"type":"mcp","server_url":"https://mcp.example","headers":{"authorization":"Bearer t"},
            "server_description":"described","input_image_mask":{"image_url":"data:image/png;base64,AA"},"parameters":{"model":"m3","instructions":"instructed"}}],
        "plugins":[{"id":"web","model":"m4","search_prompt":"searched"}],
        "providerOptions":{"gateway":{"models":["m5"],"user":"tagged"},"other":{"deep":"kept"}},
        "messages":[]}"#;
    let route = chat();
    let texts = leaves(&route, body);
    let expected = ["user", "again", "mcp", "described", "instructed", "web", "searched", "tagged", "kept"];
    assert_eq!(texts, expected);
    assert_eq!(request(&route, body).other_models, ["m1", "m2", "m3", "m4", "m5"]);
}

#[test]
fn of_data_of_ones_own_only_how_to_answer_is_a_text() {
    let body = r#"{"messages":[{"role":"assistant","content":"Here.","images":[{"image_url":{"url":"data:image/png;base64,AA"}}]}],
        "data_sources":[{"type":"azure_search","parameters":{"endpoint":"https://a.search.example","index_name":"i",
        "authentication":{"type":"api_key","key":"k"},"role_information":"You help","filter":"author eq 'ada'"}}]}"#;
    assert_eq!(leaves(&chat(), body), ["Here.", "You help", "author eq 'ada'"]);
    let route = route("POST", "/openai/deployments/d/extensions/chat/completions?api-version=2023-08-01-preview");
    assert_eq!((route.dialect, route.model.as_deref()), (Some(Dialect::OpenAiChat), Some("d")));
}

#[test]
fn texts_in_parts_and_unknown_members_of_a_message_are_leaves() {
    let body = r#"{"model":"m","messages":[
        {"role":"user","content":{"type":"text","text":"an object"}},
        {"role":"user","content":[{"type":"file","file":{"filename":"name.pdf","file_data":"JVBERi0="}},
            {"type":"file_url","file_url":{"url":"https://files.example/1"}},
            {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},
            {"type":"text","text":"a part","cache_control":{"type":"ephemeral"}}, "bare", {"odd":{"deep":["unknown"]}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"thought"}]}],
            "reasoning_details":[{"type":"reasoning.text","text":"signed","signature":"c2ln","format":"f","index":0}],
            "tool_calls":[{"id":"c1","type":"custom","custom":{"name":"run","input":"free text"}},
                {"id":"c2","type":"function","function":{"name":"f","arguments":{"as":"json"}}}],
            "function_call":{"name":"old","arguments":"{}"}}]}"#;
    let route = chat();
    let expected =
        ["an object", "name.pdf", "a part", "bare", "unknown", "thought", "signed", "free text", "json", "{}"];
    assert_eq!(leaves(&route, body), expected);
    let request = request(&route, body);
    assert_eq!(request.items.texts().nth(6).unwrap().place, TextKind::SignedReasoning);
    assert_eq!(
        (request.items.texts().nth(7).unwrap().place, request.items.texts().nth(7).unwrap().call),
        (TextKind::Arguments, Some(0))
    );
    let document = Document::new(body.as_bytes()).unwrap();
    let names: Vec<_> = request.tool_calls.iter().map(|call| document.text(call.name.unwrap())).collect();
    assert_eq!(names, ["run", "f", "old"]);
}

#[test]
fn parameters_are_read_in_all_their_spellings() {
    let parameters = |body: &str| request(&chat(), body).parameters;
    let all = parameters(
        r#"{"model":"m","max_completion_tokens":9,"max_tokens":8.0,"temperature":1,"top_p":0.5,"top_k":40,"n":2,
            "frequency_penalty":0.25,"presence_penalty":-1,"seed":-7,"stop":"END","reasoning":{"effort":"high"},
            "service_tier":"flex","response_format":{"type":"json_object"},"modalities":["text","audio"]}"#,
    );
    assert_eq!((all.max_tokens, all.temperature, all.top_p, all.top_k), (Some(8), Some(1.0), Some(0.5), Some(40)));
    assert_eq!((all.choices, all.seed, all.stop.as_slice()), (Some(2), Some(-7), &["END".to_owned()][..]));
    assert_eq!((all.frequency_penalty, all.presence_penalty), (Some(0.25), Some(-1.0)));
    assert_eq!((all.reasoning_level.as_deref(), all.output_type), (Some("high"), Some("json")));
    assert_eq!(all.service_tier.as_deref(), Some("flex"));
    assert_eq!(parameters(r#"{"random_seed":3,"modalities":["text","audio"]}"#).output_type, Some("speech"));
    assert_eq!(parameters(r#"{"random_seed":3}"#).seed, Some(3));
    let inner = parameters(r#"{"options":{"temperature":0.1,"seed":1,"num_predict":5,"num_ctx":9},"temperature":0.9}"#);
    assert_eq!((inner.temperature, inner.seed, inner.max_tokens), (Some(0.9), Some(1), Some(5)));
    let absent = parameters(r#"{"max_tokens":null,"stop":null,"n":null,"temperature":null,"seed":null}"#);
    assert_eq!(absent, Default::default());
}

#[test]
fn usage_is_asked_for_in_a_stream_of_which_it_was_not() {
    for (body, asked) in [
        (r#"{"stream":true}"#, r#"{"stream_options":{"include_usage":true},"stream":true}"#),
        (r#"{"stream":true,"stream_options":null}"#, r#"{"stream":true,"stream_options":{"include_usage":true}}"#),
        (
            r#"{"stream":true,"stream_options":{"include_usage":false}}"#,
            r#"{"stream":true,"stream_options":{"include_usage":true}}"#,
        ),
    ] {
        for route in [chat(), completions()] {
            let (place, text) = request(&route, body).ask_usage.unwrap();
            let mut changed = body.to_owned();
            changed.replace_range(place, &text);
            assert_eq!(changed, asked);
        }
    }
    for body in [r#"{"stream":true,"usage":{"include":true}}"#, r#"{"stream":true,"data_sources":[{}]}"#] {
        let told = request(&chat(), body);
        assert_eq!((told.usage_asked, told.ask_usage), (false, None), "{body}");
    }
    assert!(request(&completions(), r#"{"stream":true,"stream_options":{"include_usage":true}}"#).usage_asked);
}

#[test]
fn prompts_are_leaves_of_the_user_and_tokens_are_none() {
    let route = completions();
    let body = fixture("openai_completions", "request.json");
    let read = request(&route, &body);
    let texts = leaves(&route, &body);
    for text in ["ada@", "bob@", "carol@", "dave@", "eve@", "frank@"] {
        assert!(texts.iter().any(|leaf| leaf.contains(text)), "{text}");
    }
    let spoken: Vec<_> = read.items.texts().filter_map(|leaf| Some((leaf.role?, leaf.message?))).collect();
    assert_eq!(spoken, [(Role::User, 0), (Role::User, 1), (Role::User, 0)]);
    assert_eq!((read.parameters.max_tokens, read.parameters.choices), (Some(64), Some(2)));
    assert_eq!((read.parameters.stop.len(), read.parameters.seed), (2, Some(7)));
    assert_eq!(leaves(&route, r#"{"prompt":[[1,2],[3]]}"#), [""; 0]);
    assert_eq!(leaves(&route, r#"{"prompt":"alone"}"#), ["alone"]);
}

#[test]
fn fill_in_the_middle_answers_as_a_chat_does() {
    let route = route("POST", "/v1/fim/completions");
    assert_eq!((route.operation.unwrap().name, route.dialect), ("completions", Some(Dialect::OpenAiChat)));
    assert_eq!(leaves(&route, r#"{"model":"codestral","prompt":"def f(","suffix":"return"}"#), ["def f(", "return"]);
}

#[test]
fn addresses_and_ids_of_documents_are_no_texts() {
    let body = r#"{"model":"mistral-small-latest","messages":[{"role":"user","content":[{"type":"text","text":"Read."},
        {"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0x","document_name":"a letter"},
        {"type":"file","file_id":"3f1c-4155550199"}]}]}"#;
    assert_eq!(leaves(&chat(), body), ["Read.", "a letter"]);
}

#[test]
fn inputs_of_embeddings_and_moderations_are_leaves_of_the_user() {
    for (dialect, expected) in [("openai_embeddings", 2), ("openai_moderations", 2)] {
        let path = fixture(dialect, "route");
        let route = route("POST", path.trim().strip_prefix("POST ").unwrap());
        let body = fixture(dialect, "request.json");
        let read = request(&route, &body);
        let spoken = read.items.texts().filter(|leaf| leaf.role == Some(Role::User) && leaf.place == TextKind::Text);
        assert_eq!(spoken.count(), expected, "{dialect}");
        assert!(!leaves(&route, &body).iter().any(|leaf| leaf.contains("pictures.example")), "{dialect}");
    }
    let route = route("POST", "/v1/embeddings");
    assert_eq!(leaves(&route, r#"{"input":"alone","model":"m"}"#), ["alone"]);
    assert_eq!(leaves(&route, r#"{"input":[[1,2],[3]]}"#), [""; 0]);
    let parts = r#"{"input":[{"text":"a"},{"image":"https://x.example"},{"content":[{"type":"text","text":"b"}]}]}"#;
    assert_eq!(leaves(&route, parts), ["a", "b"]);
    let voyages = r#"{"inputs":[{"content":[{"type":"text","text":"a"},{"type":"image_base64","image_base64":"data:,QQ"},
        {"type":"video_url","video_url":"https://x.example"}]}],"model":"voyage-multimodal-3"}"#;
    assert_eq!(leaves(&super::support::route("POST", "/v1/multimodalembeddings"), voyages), ["a"]);
    let chunks = r#"{"inputs":[["a","b"],["c"]],"model":"voyage-context-3"}"#;
    assert_eq!(leaves(&super::support::route("POST", "/v1/contextualizedembeddings"), chunks), ["a", "b", "c"]);
    let talk = r#"{"input":[[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]]}"#;
    assert_eq!(leaves(&super::support::route("POST", "/v1/chat/moderations"), talk), ["a", "b"]);
}

#[test]
fn a_field_that_decides_is_not_there_twice() {
    for (route, body) in [
        (chat(), r#"{"model":"a","mod\u0065l":"b"}"#),
        (chat(), r#"{"messages":[],"messages":[]}"#),
        (completions(), r#"{"prompt":"a","prompt":"b"}"#),
        (route("POST", "/v1/embeddings"), r#"{"input":"a","input":"b"}"#),
        (route("POST", "/v1/moderations"), r#"{"model":"a","model":"b"}"#),
    ] {
        let document = Document::new(body.as_bytes()).unwrap();
        assert!(route.dialect.unwrap().read_request(document).is_err(), "{body}");
    }
}

#[test]
fn a_host_names_whom_it_belongs_to_and_no_other() {
    let kind = |host: &str, path: &str| ProviderRow::at(host, 443, path).map(|row| row.kind);
    assert_eq!(kind("eu.api.openai.com", "/v1/responses"), Some("openai"));
    assert_eq!(kind("models.inference.ai.azure.com", "/chat/completions"), Some("github_models"));
    assert_eq!(kind("acme.eastus.inference.ai.azure.com", "/v1/chat/completions"), Some("azure_ai_inference"));
    assert_eq!(kind("gateway-eu.pydantic.dev", "/proxy/groq"), Some("pydantic_gateway"));
    assert_eq!(kind("mirascope.com", "/router/v2/openai/v1/responses"), Some("mirascope"));
    assert_eq!((kind("mirascope.com", "/blog"), kind("chatgpt.com", "/")), (None, None));
    assert_eq!((kind("evil-api.openai.com", "/"), kind("api.openai.com.evil.example", "/")), (None, None));
    assert_eq!(ProviderRow::of("portkey").unwrap().credential, CredentialShape::XPortkeyApiKey);
    assert!(ProviderRow::of("gpustack").unwrap().host().is_none());
}

#[test]
fn openais_paths_are_written_below_each_providers_base() {
    let path = |kind: &str, path: &str| {
        let row = ProviderRow::of(kind).unwrap();
        let route = Route::of("POST", path, row.endpoints);
        Provider::new("a", row, "key").path(path, &route, false).unwrap_or_else(|| path.to_owned())
    };
    for (kind, written) in [
        ("groq", "/openai/v1/chat/completions"),
        ("deepseek", "/chat/completions"),
        ("perplexity", "/chat/completions"),
        ("ollama", "/v1/chat/completions"),
        ("cohere", "/compatibility/v1/chat/completions"),
        ("gemini", "/v1beta/openai/chat/completions"),
        ("dashscope", "/compatible-mode/v1/chat/completions"),
        ("litellm", "/v1/chat/completions"),
    ] {
        assert_eq!(path(kind, "/v1/chat/completions"), written, "{kind}");
    }
    assert_eq!(path("perplexity", "/v1/embeddings"), "/v1/embeddings");
    assert_eq!(path("hugging_face", "/models/acme/m/v1/chat/completions"), "/models/acme/m/v1/chat/completions");
    let below =
        Route::of("POST", "/models/acme/m/v1/chat/completions", ProviderRow::of("hugging_face").unwrap().endpoints);
    assert_eq!(below.dialect, Some(Dialect::OpenAiChat));
}
