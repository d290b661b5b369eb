//! Facts decoded where no dialect is known.

use super::support::{Answer, read, route};
use tollgate::attempt::Headers;
use tollgate::dialect::read_unknown_request;
use tollgate::document::Document;
use tollgate::endpoint::{MISTRAL, Route};
use tollgate::model::{Failure, Parameters};

fn answered(method: &str, path: &str, status: &str, media: &str, body: &str) -> Answer {
    let route: Route = route(method, path);
    assert_eq!(route.dialect, None, "{path}");
    let headers = Headers::from_iter(vec![
        (":status".to_owned(), status.as_bytes().to_vec()),
        ("content-type".to_owned(), media.as_bytes().to_vec()),
    ]);
    read(&route, media != "application/json", &headers, &[body.as_bytes()])
}

#[test]
fn the_model_and_the_parameters_are_read_wherever_apis_put_them() {
    for body in [
        r#"{"model":"m","stream":true,"temperature":0.5,"top_p":1,"max_completion_tokens":16,"stop":"x"}"#,
        r#"{"model_id":"m","stream":true,"parameters":{"temperature":0.5,"p":1,"max_new_tokens":16,"stop":["x"]}}"#,
        r#"{"generationConfig":{"temperature":0.5,"topP":1,"maxOutputTokens":16,"stopSequences":["x"]},"model":"m","stream":true}"#,
    ] {
        let read = read_unknown_request(Document::new(body.as_bytes()).unwrap()).unwrap();
        assert_eq!((read.model.as_deref(), read.stream), (Some("m"), true), "{body}");
        let set = &read.parameters;
        assert_eq!((set.temperature, set.top_p, set.max_tokens), (Some(0.5), Some(1.0), Some(16)), "{body}");
        assert_eq!(set.stop, ["x"], "{body}");
        assert!(read.items.is_empty());
    }
    let read = read_unknown_request(Document::new(b"[1]").unwrap()).unwrap();
    assert_eq!(read.model, None);
}

#[test]
fn a_parameter_is_read_by_every_name_that_a_dialect_gives_it() {
    let read = |body: &str| read_unknown_request(Document::new(body.as_bytes()).unwrap()).unwrap().parameters;
    type Value = fn(&Parameters) -> bool;
    let names: [(&[&str], &str, Value); 11] = [
        (&["temperature"], "0.5", |set| set.temperature == Some(0.5)),
        (&["top_p", "topP", "p"], "0.5", |set| set.top_p == Some(0.5)),
        (&["top_k", "topK", "k"], "4", |set| set.top_k == Some(4)),
        (&["frequency_penalty", "frequencyPenalty"], "0.5", |set| set.frequency_penalty == Some(0.5)),
        (&["presence_penalty", "presencePenalty"], "0.5", |set| set.presence_penalty == Some(0.5)),
        (&["seed", "random_seed"], "4", |set| set.seed == Some(4)),
        (&["n", "candidateCount", "candidate_count", "num_generations", "numResults", "sampleCount"], "4", |set| {
            set.choices == Some(4)
        }),
        (&["stop", "stop_sequences", "stopSequences"], r#"["x"]"#, |set| set.stop == ["x"]),
        (
            &[
                "max_tokens",
                "max_completion_tokens",
                "max_output_tokens",
                "maxTokens",
                "maxOutputTokens",
                "maxTokenCount",
                "max_tokens_to_sample",
                "max_new_tokens",
                "max_gen_len",
                "num_predict",
            ],
            "4",
            |set| set.max_tokens == Some(4),
        ),
        (&["reasoning_effort", "think", "thinking_level"], r#""low""#, |set| {
            set.reasoning_level.as_deref() == Some("low")
        }),
        (&["service_tier", "serviceTier"], r#""flex""#, |set| set.service_tier.as_deref() == Some("flex")),
    ];
    for (names, value, is_set) in names {
        for name in names {
            assert!(is_set(&read(&format!(r#"{{"{name}":{value}}}"#))), "{name}");
        }
    }
    assert_eq!(read(r#"{"max_completion_tokens":16,"max_tokens":8}"#).max_tokens, Some(16), "the first bound");
    assert_eq!(read(r#"{"top_p":0.5,"p":0.25,"topP":null}"#).top_p, Some(0.25), "the last value");
    assert_eq!(read(r#"{"seed":1,"options":{"seed":2,"top_k":3}}"#).seed, Some(1), "not that of the options");
}

#[test]
fn a_job_is_told_by_its_id_and_model_and_costs_nothing_here() {
    let job = r#"{"id":"batch_1","object":"batch","model":"m","error":{"code":"c","message":"m"},"errors":null,
        "usage":{"input_tokens":7,"output_tokens":9}}"#;
    let read = answered("GET", "/v1/batches/batch_1", "200", "application/json", job);
    assert_eq!((read.reply.id.as_deref(), read.reply.model.as_deref()), (Some("batch_1"), Some("m")));
    assert_eq!((read.reply.usage, read.reply.failure), (None, None));
}

#[test]
fn a_list_has_no_id() {
    let list = r#"{"object":"list","data":[{"id":"a","model":"m"}],"id":7}"#;
    let read = answered("GET", "/v1/files", "200", "application/json", list);
    assert_eq!((read.reply.id, read.reply.model), (None, None));
    let lines = "{\"id\":\"batch_req_1\",\"error\":{\"code\":\"c\"}}\n{\"id\":\"batch_req_2\"}\n";
    let read = answered("GET", "/v1/files/f/content", "200", "application/x-jsonl", lines);
    assert_eq!((read.reply.id, read.reply.failure), (None, None));
}

#[test]
fn an_error_is_one_by_its_status() {
    for (body, kind, code) in [
        (r#"{"error":{"type":"t","code":"c","message":"m"}}"#, Some("t"), Some("c")),
        (r#"{"message":"m","id":"req_1"}"#, None, None),
        (r#"{"detail":"m"}"#, None, None),
    ] {
        let read = answered("POST", "/v1/threads/t/runs", "400", "application/json", body);
        let failure = read.reply.failure.unwrap();
        assert_eq!((failure.kind.as_deref(), failure.code.as_deref(), read.reply.id), (kind, code, None), "{body}");
    }
    let note = r#"{"id":"msg_1","message":"no error","detail":"nor this"}"#;
    let read = answered("POST", "/v1/threads/t/runs", "200", "application/json", note);
    assert_eq!((read.reply.failure, read.reply.id.as_deref()), (None, Some("msg_1")));
}

#[test]
fn of_an_unknown_path_all_is_read_that_can_be() {
    let body = r#"{"id":"a","model":"m","usage":{"prompt_tokens":3,"completion_tokens":4}}"#;
    let read = answered("POST", "/v9/answer", "200", "application/json", body);
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(3), Some(4)));
    let events = format!("data: {body}\n\ndata: {{\"error\":{{\"code\":\"c\"}}}}\n\ndata: [DONE]\n\n");
    let read = answered("POST", "/v9/answer", "200", "text/event-stream", &events);
    assert_eq!((read.reply.id.as_deref(), read.reply.ended), (Some("a"), true));
    assert_eq!(read.reply.failure.unwrap().code.as_deref(), Some("c"));
}

#[test]
fn what_is_called_usage_and_counts_nothing_that_is_known_is_none() {
    let body = r#"{"id":"a","usage":{"cpu_seconds":3,"total":{"gb":1}}}"#;
    let read = answered("POST", "/v9/answer", "200", "application/json", body);
    assert_eq!((read.reply.usage, read.reply.id.as_deref()), (None, Some("a")));
}

#[test]
fn cached_tokens_stand_beside_the_input_where_anthropics_names_are_used() {
    let total = |usage: &str| {
        let body = format!(r#"{{"id":"a","model":"m","usage":{usage}}}"#);
        let usage = answered("POST", "/v9/answer", "200", "application/json", &body).reply.usage.unwrap();
        (usage.input_total(), usage.cache_read_total())
    };
    assert_eq!(total(r#"{"input_tokens":3,"cache_read_input_tokens":40,"output_tokens":5}"#), (Some(43), Some(40)));
    assert_eq!(total(r#"{"prompt_tokens":43,"cache_read_input_tokens":40}"#), (Some(43), Some(40)));
    assert_eq!(total(r#"{"input_tokens":43,"input_tokens_details":{"cached_tokens":40}}"#), (Some(43), Some(40)));
}

#[test]
fn an_error_in_plain_words_is_one_of_whatever_api() {
    for (method, path) in [("GET", "/v1/files"), ("POST", "/v1/chat/completions"), ("POST", "/v1/responses")] {
        let headers = |status: &str| {
            let pair = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
            Headers::from_iter(vec![pair(":status", status), pair("content-type", "text/plain; charset=utf-8")])
        };
        let failed = read(&route(method, path), false, &headers("404"), &[b"Not Found\n"]);
        assert_eq!((failed.reply.failure, failed.notes), (Some(Failure::default()), vec![]), "{path}");
        let event =
            Headers::from_iter(vec![(":status", b"404".to_vec()), ("content-type", b"text/event-stream".to_vec())]);
        let streamed = read(&route(method, path), true, &event, &[b"data: {\"error\":{\"code\":\"c\"}}\n\n"]);
        assert!(!streamed.notes.contains(&"response_content_type"), "{path}");
        let fine = read(&route(method, path), false, &headers("200"), &[b"Found\n"]);
        assert_eq!((fine.reply.failure, fine.notes), (None, vec!["response_content_type"]), "{path}");
    }
}

#[test]
fn what_a_conversation_of_mistrals_counts_is_read() {
    let route = Route::of("POST", "/v1/conversations#stream", MISTRAL);
    let headers = |media: &str| Headers::from_iter(vec![("content-type".to_owned(), media.as_bytes().to_vec())]);
    let whole = r#"{"object":"conversation.response","conversation_id":"conv_1","outputs":[{"type":"message.output",
        "content":"Hello","model":"mistral-medium-latest"}],"usage":{"prompt_tokens":9,"completion_tokens":2,
        "total_tokens":11,"connector_tokens":null}}"#;
    let whole = read(&route, false, &headers("application/json"), &[whole.as_bytes()]);
    assert_eq!((whole.reply.counts.input, whole.reply.counts.output), (Some(9), Some(2)));
    let events = concat!(
        "event: message.output.delta\ndata: {\"type\":\"message.output.delta\",\"id\":\"msg_1\",\"content\":\"Hi\",",
        "\"model\":\"mistral-medium-latest\"}\n\n",
        "event: conversation.response.done\ndata: {\"type\":\"conversation.response.done\",\"usage\":",
        "{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}\n\n",
    );
    let streamed = read(&route, true, &headers("text/event-stream"), &[events.as_bytes()]);
    assert_eq!((streamed.reply.counts.input, streamed.reply.counts.output), (Some(9), Some(2)));
    assert_eq!(streamed.reply.model.as_deref(), Some("mistral-medium-latest"));
}
