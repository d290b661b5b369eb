//! Amazon Bedrock's InvokeModel, which tunnels the API of each model's vendor.

use super::bedrock::{JSON, STREAM, invoke, path, streamed, streaming, whole};
use super::support::{Answer, answer, aws_stream, fixture, leaves, read, request, route};
use tollgate::attempt::Headers;
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, unwrap_chunk};
use tollgate::document::Document;
use tollgate::model::{Channel, Content, Event, Extra, Reply, Role};
use tollgate::usage::UsageSource;

#[test]
fn nova_gives_each_piece_of_a_text_its_own_block_and_all_are_one_text() {
    let stream =
        answer(&streaming(&path("bedrock_nova")), STREAM, &aws_stream(&fixture("bedrock_nova", "stream.aws.txt")));
    let texts: Vec<&Channel> = stream.texts.iter().map(|(channel, _)| channel).collect();
    assert_eq!(
        texts,
        [
            &Channel { choice: 0, part: 0, content: Content::Text },
            &Channel { choice: 0, part: 4, content: Content::Arguments }
        ]
    );
    // Between two pieces no event ends the text; before a tool call one does.
    let deltas = |event: &str| {
        let mut deltas = Vec::new();
        let document = Document::new(event.as_bytes()).unwrap();
        Dialect::BedrockNova
            .read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut deltas)
            .unwrap();
        deltas
    };
    let stop = deltas(r#"{"contentBlockStop":{"contentBlockIndex":0}}"#);
    assert_eq!(stop, [Event::PartEnd { choice: 0, part: 1 }]);
    let start =
        deltas(r#"{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"t","name":"n"}},"contentBlockIndex":1}}"#);
    assert!(start.contains(&Event::PartEnd { choice: 0, part: 0 }));
    let written = |content, part| {
        Dialect::BedrockNova
            .write_text(&AnswerState::default(), &Reply::default(), Channel { choice: 0, part, content }, "x")
            .data
    };
    assert_eq!(written(Content::Text, 0), r#"{"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"x"}}}"#);
    assert_eq!(
        written(Content::Arguments, 4),
        r#"{"contentBlockDelta":{"contentBlockIndex":3,"delta":{"toolUse":{"input":"x"}}}}"#
    );
}

#[test]
fn claude_is_read_by_its_members_whichever_of_its_apis_bedrock_carries() {
    let path = invoke("anthropic.claude-v2%3A1");
    let legacy = r#"{"prompt":"\n\nHuman: Hi\n\nAssistant:","max_tokens_to_sample":20,"temperature":0.5,"top_k":250}"#;
    let asked = request(&route("POST", &path), legacy);
    assert_eq!((asked.parameters.max_tokens, asked.parameters.top_k), (Some(20), Some(250)));
    assert_eq!(asked.items.texts().next().map(|leaf| (leaf.role, leaf.message)), Some((Some(Role::User), Some(0))));
    let answer = whole(&path, r#"{"completion":" Hello","stop_reason":"stop_sequence","stop":"\n\nHuman:"}"#);
    assert_eq!(answer.text(Content::Text), " Hello");
    assert_eq!(answer.reply.finish_reasons, [Some("stop_sequence".to_owned())]);
    assert!(answer.reply.ended);
    let stream = streamed(
        &path,
        &[
            r#"{"completion":" He","stop_reason":null,"stop":null}"#,
            r#"{"completion":"llo","stop_reason":"stop_sequence","stop":"x","amazon-bedrock-invocationMetrics":{"inputTokenCount":25,"outputTokenCount":4}}"#,
        ],
    );
    assert_eq!(stream.text(Content::Text), " Hello");
    assert_eq!((stream.reply.counts.input, stream.reply.usage_source), (Some(25), UsageSource::InvocationMetrics));
    // A piece of text is written in the client's API.
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    let written = Dialect::AnthropicMessages.write_text(&stream.state, &stream.reply, channel, "x").data;
    assert_eq!(written, r#"{"type":"completion","completion":"x","stop_reason":null,"stop":null}"#);
}

#[test]
fn counts_in_headers_hold_only_where_the_body_has_none() {
    let headers = |input: &str| {
        Headers::from_iter(vec![
            ("content-type".to_owned(), JSON.as_bytes().to_vec()),
            ("x-amzn-bedrock-input-token-count".to_owned(), input.as_bytes().to_vec()),
            ("x-amzn-bedrock-output-token-count".to_owned(), b"51".to_vec()),
        ])
    };
    let read = |model: &str, body: &[u8]| read(&route("POST", &invoke(model)), false, &headers("30"), &[body]).reply;
    // A guardrail truncates Nova's usage: its counts replace all others.
    let cut = read("amazon.nova-lite-v1:0", br#"{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn","usage":{"inputTokens":30},"amazon-bedrock-guardrailAction":"INTERVENED"}"#);
    assert_eq!((cut.counts.input, cut.counts.output, cut.usage_source), (Some(30), None, UsageSource::Body));
    assert_eq!(cut.extra(Extra::GuardrailAction), Some("INTERVENED"));
    let none = read("ai21.j2-mid-v1", br#"{"id":1234,"prompt":{"text":"p","tokens":[]},"completions":[{"data":{"text":"hola","tokens":[{"generatedToken":{"token":"ho"}}]},"finishReason":{"reason":"endoftext"}}]}"#);
    assert_eq!((none.counts.input, none.counts.output, none.usage_source), (Some(30), Some(51), UsageSource::Headers));
    assert_eq!(
        (none.id.as_deref(), none.finish_reasons.first().cloned().flatten().as_deref()),
        (Some("1234"), Some("endoftext"))
    );
}

#[test]
fn titan_writes_counts_with_a_point_and_no_reason_when_a_guardrail_blocks() {
    let path = path("bedrock_titan");
    let blocked = streamed(
        &path,
        &[
            r#"{"outputText":"Input blocked","index":0.0,"totalOutputTextTokenCount":3.0,"inputTextTokenCount":6.0,"amazon-bedrock-guardrailAction":"INTERVENED","amazon-bedrock-trace":{"guardrail":{"input":{"g":{"invocationMetrics":{"usage":{"topicPolicyUnits":1}}}}}}}"#,
        ],
    );
    assert_eq!((blocked.reply.counts.input, blocked.reply.counts.output), (Some(6), Some(3)));
    assert_eq!(
        (blocked.text(Content::Text).as_str(), blocked.reply.finish_reasons.as_slice()),
        ("Input blocked", &[None][..])
    );
    let several = whole(
        &path,
        r#"{"inputTextTokenCount":5,"results":[{"tokenCount":3,"outputText":"a","completionReason":"FINISH"},{"tokenCount":4,"outputText":"b","completionReason":"LENGTH"}]}"#,
    );
    assert_eq!(several.reply.counts.output, Some(7));
    assert_eq!(several.reply.finish_reasons, [Some("FINISH".to_owned()), Some("LENGTH".to_owned())]);
}

#[test]
fn an_empty_message_beside_an_answer_is_no_error() {
    let body = r#"{"embedding":[0.5],"inputTextTokenCount":3,"message":""}"#;
    let reply = whole(&invoke("amazon.titan-embed-image-v1"), body).reply;
    assert_eq!((reply.failure, reply.counts.input), (None, Some(3)));
}

#[test]
fn titans_vectors_and_pictures_are_counted() {
    let path = invoke("amazon.titan-embed-text-v2%3A0");
    let asked = r#"{"inputText":"Ada","dimensions":256,"normalize":true}"#;
    assert_eq!(leaves(&route("POST", &path), asked), ["Ada"]);
    let reply = whole(
        &path,
        r#"{"embedding":[0.1,-2e-3,3],"embeddingsByType":{"float":[0.1,-2e-3,3]},"inputTextTokenCount":2}"#,
    )
    .reply;
    assert_eq!((reply.dimensions, reply.counts.input, reply.counts.output), (Some(3), Some(2), None));
    let nova = whole(
        &invoke("amazon.nova-2-multimodal-embeddings-v1:0"),
        r#"{"embeddings":[{"embeddingType":"TEXT","embedding":[1,2]}]}"#,
    )
    .reply;
    assert_eq!(nova.dimensions, Some(2));
    let canvas = invoke("amazon.nova-canvas-v1:0");
    let asked = r#"{"taskType":"INPAINTING","inPaintingParams":{"text":"Ada's hat","negativeText":"rain","image":"aVZCT1I=","maskPrompt":"head"},"imageGenerationConfig":{"numberOfImages":2,"seed":7}}"#;
    assert_eq!(leaves(&route("POST", &canvas), asked), ["INPAINTING", "Ada's hat", "rain", "head"]);
    let parameters = request(&route("POST", &canvas), asked).parameters;
    assert_eq!((parameters.choices, parameters.seed), (Some(2), Some(7)));
    let reply = whole(&canvas, r#"{"images":["aVZCT1I=","aVZCT1I="],"error":null}"#).reply;
    assert_eq!((reply.counts.output_images, reply.failure), (Some(2), None));
}

#[test]
fn llama_tells_its_input_at_the_beginning_of_a_stream_only() {
    let stream = streamed(
        &path("bedrock_text"),
        &[
            r#"{"generation":"\n","prompt_token_count":10,"generation_token_count":1,"stop_reason":null}"#,
            r#"{"generation":"Hi","prompt_token_count":null,"generation_token_count":2,"stop_reason":null}"#,
            r#"{"generation":"","prompt_token_count":null,"generation_token_count":3,"stop_reason":"length","amazon-bedrock-invocationMetrics":{"inputTokenCount":11,"outputTokenCount":3}}"#,
        ],
    );
    assert_eq!((stream.reply.counts.input, stream.reply.counts.output), (Some(10), Some(3)));
    assert_eq!((stream.reply.usage_source, stream.reply.finished()), (UsageSource::Body, true));
    assert_eq!(stream.text(Content::Text), "\nHi");
}

#[test]
fn each_maker_of_texts_is_read_in_its_own_words() {
    for (model, asked, answered, text) in [
        (
            "mistral.mistral-7b-instruct-v0:2",
            r#"{"prompt":"<s>[INST] Hi [/INST]","max_tokens":20,"temperature":0.5,"top_p":0.9,"top_k":50,"stop":["|"]}"#,
            r#"{"outputs":[{"text":" Hello","stop_reason":"stop"}]}"#,
            "<s>[INST] Hi [/INST]",
        ),
        (
            "us.deepseek.r1-v1:0",
            r#"{"prompt":"Hi","max_tokens":20,"temperature":0.5,"top_p":0.9,"top_k":50,"stop":["|"]}"#,
            r#"{"choices":[{"text":" Hello","stop_reason":"stop"}]}"#,
            "Hi",
        ),
        (
            "ai21.j2-ultra-v1",
            r#"{"prompt":"Hi","maxTokens":20,"temperature":0.5,"topP":0.9,"topK":50,"stopSequences":["|"],"countPenalty":{"scale":0}}"#,
            r#"{"id":7,"completions":[{"data":{"text":" Hello","tokens":[]},"finishReason":{"reason":"stop"}}]}"#,
            "Hi",
        ),
    ] {
        let path = invoke(model);
        let read = request(&route("POST", &path), asked);
        let parameters = &read.parameters;
        assert_eq!((parameters.max_tokens, parameters.temperature), (Some(20), Some(0.5)), "{model}");
        assert_eq!((parameters.top_p, parameters.top_k), (Some(0.9), Some(50)), "{model}");
        assert_eq!(parameters.stop, ["|"], "{model}");
        assert_eq!(leaves(&route("POST", &path), asked), [text, "|"], "{model}");
        let answer = whole(&path, answered);
        assert_eq!(answer.text(Content::Text), " Hello", "{model}");
        assert_eq!(answer.reply.finish_reasons, [Some("stop".to_owned())], "{model}");
    }
}

#[test]
fn mistral_answers_a_chat_with_messages_under_a_stop_reason() {
    let path = invoke("mistral.mistral-large-2407-v1:0");
    let asked = r#"{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi"}],"max_tokens":20}"#;
    assert_eq!(leaves(&route("POST", &path), asked), ["S", "Hi"]);
    let answer = whole(
        &path,
        r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello","tool_calls":[{"id":"c1","function":{"name":"pour","arguments":"{\"cup\":1}"}}]},"stop_reason":"tool_calls"}]}"#,
    );
    assert_eq!(
        (answer.text(Content::Text).as_str(), answer.text(Content::Arguments).as_str()),
        ("Hello", r#"{"cup":1}"#)
    );
    assert_eq!(answer.reply.tool_calls.first().unwrap().name.as_deref(), Some("pour"));
    assert_eq!(answer.reply.finish_reasons, [Some("tool_calls".to_owned())]);
    let openai = r#"{"id":"c","object":"chat.completion","model":"pixtral","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}"#;
    let reply = whole(&invoke("mistral.pixtral-large-2502-v1:0"), openai).reply;
    assert_eq!((reply.model.as_deref(), reply.counts.input), (Some("pixtral"), Some(4)));
}

#[test]
fn what_is_openais_but_for_a_word_is_read_to_its_end() {
    // Writer may omit the object's type, Mistral has another word for the reason.
    for (model, object, reason) in [
        ("writer.palmyra-x5-v1:0", "", "finish_reason"),
        ("mistral.mistral-large-2407-v1:0", "", "stop_reason"),
        ("mistral.pixtral-large-2502-v1:0", r#""object":"chat.completion","#, "stop_reason"),
    ] {
        let body = format!(
            r#"{{"id":"c",{object}"created":17,"model":"m","choices":[{{"index":0,"message":{{"role":"assistant","content":"Hi","reasoning_content":"Hm"}},"{reason}":"stop"}}],"usage":{{"prompt_tokens":4,"completion_tokens":3,"total_tokens":7,"completion_tokens_details":{{"reasoning_tokens":2}}}}}}"#
        );
        let answer = whole(&invoke(model), &body);
        let texts = (answer.text(Content::Text), answer.text(Content::Reasoning));
        assert_eq!(texts, ("Hi".to_owned(), "Hm".to_owned()), "{model}");
        let reply = answer.reply;
        assert_eq!((reply.id.as_deref(), reply.model.as_deref(), reply.created), (Some("c"), Some("m"), Some(17)));
        assert_eq!((reply.counts.input, reply.counts.output, reply.counts.reasoning), (Some(4), Some(3), Some(2)));
        assert_eq!(reply.finish_reasons, [Some("stop".to_owned())], "{model}");
    }
    // Elsewhere that word names the token at which it stopped.
    let vllm = r#"{"object":"chat.completion","choices":[{"index":0,"finish_reason":"length","stop_reason":"</s>","message":{"content":"Hi"}}]}"#;
    let reply = whole(&invoke("openai.gpt-oss-20b-1:0"), vllm).reply;
    assert_eq!(reply.finish_reasons, [Some("length".to_owned())]);
}

#[test]
fn a_seed_and_a_limit_of_tokens_are_parameters_under_whatever_name() {
    let path = invoke("stability.sd3-5-large-v1:0");
    let asked = request(&route("POST", &path), r#"{"prompt":"A cat","mode":"text-to-image","seed":7}"#);
    assert_eq!(asked.parameters.seed, Some(7));
    let path = invoke("twelvelabs.pegasus-1-2-v1:0");
    let asked = request(&route("POST", &path), r#"{"inputPrompt":"What is seen?","maxOutputTokens":9}"#);
    assert_eq!(asked.parameters.max_tokens, Some(9));
}

#[test]
fn every_maker_s_reranking_is_read_as_one() {
    for model in ["cohere.rerank-v3-5:0", "amazon.rerank-v1:0"] {
        assert_eq!(route("POST", &invoke(model)).dialect, Some(Dialect::Rerank), "{model}");
    }
}

#[test]
fn a_model_whose_name_tells_nothing_is_read_by_its_members() {
    let path = invoke("arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aimported-model%2Fa1");
    let unread = Dialect::BedrockModel;
    assert_eq!(route("POST", &path).dialect, Some(unread));
    for (asked, told) in [
        (r#"{"max_tokens":5,"messages":[{"role":"user","content":"L"}],"system":"S","anthropic_version":"b"}"#, "L"),
        (r#"{"messages":[{"role":"user","content":[{"text":"L"}]}],"inferenceConfig":{"maxTokens":5}}"#, "L"),
        (r#"{"inputText":"L"}"#, "L"),
        (r#"{"messages":[{"role":"user","content":"L"}]}"#, "L"),
        (r#"{"prompt":"L","max_gen_len":5}"#, "L"),
        (r#"{"inputPrompt":"L","mediaSource":{"s3Location":{"uri":"s3://b"}}}"#, "L"),
    ] {
        assert!(leaves(&route("POST", &path), asked).contains(&told.to_owned()), "{asked}");
    }
    for answered in [
        r#"{"id":"msg_1","type":"message","model":"m","content":[{"type":"text","text":"T"}],"stop_reason":"r"}"#,
        r#"{"output":{"message":{"role":"assistant","content":[{"text":"T"}]}},"stopReason":"r"}"#,
        r#"{"results":[{"outputText":"T","completionReason":"r"}]}"#,
        r#"{"choices":[{"index":0,"message":{"content":"T"},"finish_reason":"r"}],"object":"chat.completion"}"#,
        r#"{"generation":"T","stop_reason":"r"}"#,
        r#"{"outputs":[{"text":"T","stop_reason":"r"}]}"#,
        r#"{"message":"T","finishReason":"r"}"#,
        r#"{"completion":"T","stop_reason":"r"}"#,
    ] {
        let answer = whole(&path, answered);
        assert_eq!(answer.text(Content::Text), "T", "{answered}");
        assert_eq!(answer.reply.finish_reasons, [Some("r".to_owned())], "{answered}");
        assert_eq!(answer.reply.failure, None, "{answered}");
    }
}

#[test]
fn a_piece_of_text_is_written_as_the_stream_before_it_was() {
    let path = invoke("unheard-of");
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    for (event, member) in [
        (r#"{"generation":"a"}"#, "/generation"),
        (r#"{"outputs":[{"text":"a"}]}"#, "/outputs/0/text"),
        (r#"{"choices":[{"index":0,"text":"a"}]}"#, "/choices/0/text"),
        (r#"{"choices":[{"index":0,"message":{"content":"a"}}]}"#, "/choices/0/message/content"),
        (r#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#, "/choices/0/delta/content"),
        (r#"{"outputText":"a","index":0}"#, "/outputText"),
        (r#"{"contentBlockDelta":{"delta":{"text":"a"},"contentBlockIndex":0}}"#, "/contentBlockDelta/delta/text"),
        (r#"{"type":"message_start","message":{"id":"m","model":"m","role":"assistant","content":[]}}"#, "/delta/text"),
        (r#"{"completion":"a"}"#, "/completion"),
        (
            r#"{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"}}]}"#,
            "/choices/0/delta/content",
        ),
    ] {
        let Answer { reply, state, .. } = streamed(&path, &[event]);
        let written = Dialect::BedrockModel.write_text(&state, &reply, channel, "b\"");
        let data: serde_json::Value = serde_json::from_str(&written.data).unwrap();
        assert_eq!(data.pointer(member).and_then(|text| text.as_str()), Some("b\""), "{event}");
        // Written frames decode to their own text.
        let chunk = tollgate::dialect::chunk(written.data.as_bytes());
        assert_eq!(unwrap_chunk(&chunk).as_deref(), Some(written.data.as_bytes()));
        assert!(streamed(&path, &[event, &written.data]).text(Content::Text).ends_with("b\""), "{event}");
    }
}
