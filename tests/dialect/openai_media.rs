//! OpenAI images and audio, and compatible APIs.

use super::support::{Answer, answer, fixture, leaves, request, route};
use tollgate::dialect::{AnswerState, Dialect, read_form};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Content, Extra, Reply, Role};
use tollgate::provider::ProviderRow;
use tollgate::usage::Bucket;

fn images() -> Route {
    route("POST", "/v1/images/generations")
}

fn transcriptions() -> Route {
    route("POST", "/v1/audio/transcriptions")
}

fn speech() -> Route {
    route("POST", "/v1/audio/speech")
}

fn whole(route: &Route, body: &str) -> Answer {
    answer(route, "application/json", body.as_bytes())
}

/// Reads a stream of these events.
fn stream(route: &Route, events: &[&str]) -> Answer {
    let body: String = events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', " "))).collect();
    answer(route, "text/event-stream", body.as_bytes())
}

fn count(answer: &Answer, bucket: Bucket) -> Option<u64> {
    answer.reply.usage.and_then(|usage| usage.count(bucket))
}

#[test]
fn a_stream_and_the_whole_answer_it_amounts_to_say_the_same() {
    for (dialect, route) in [("openai_images", images()), ("openai_audio", transcriptions())] {
        let streamed = answer(&route, "text/event-stream", fixture(dialect, "stream.sse").as_bytes());
        let whole = whole(&route, &fixture(dialect, "answer.json"));
        assert_eq!(streamed.reply, whole.reply, "{dialect}");
        assert_eq!(streamed.texts, whole.texts, "{dialect}");
    }
}

#[test]
fn tokens_of_an_image_are_no_text() {
    let read = whole(&images(), &fixture("openai_images", "answer.json"));
    assert_eq!((count(&read, Bucket::Input), count(&read, Bucket::InputImage)), (Some(20), Some(0)));
    assert_eq!((count(&read, Bucket::Output), count(&read, Bucket::OutputImage)), (Some(0), Some(272)));
    assert_eq!(count(&read, Bucket::OutputImages), None);
    assert_eq!(read.reply.extra(Extra::ImageQuality), Some("low"));
    let told =
        r#"{"data":[{}],"usage":{"input_tokens":1,"output_tokens":9,"output_tokens_details":{"image_tokens":6}}}"#;
    let read = whole(&images(), told);
    assert_eq!((count(&read, Bucket::Output), count(&read, Bucket::OutputImage)), (Some(3), Some(6)));
}

#[test]
fn images_without_tokens_are_counted() {
    for usage in ["", r#","usage":null"#, r#","usage":{"cost_in_usd_ticks":700}"#] {
        let read = whole(&images(), &format!(r#"{{"created":1,"data":[{{"url":"u"}},{{"url":"v"}}]{usage}}}"#));
        assert_eq!(count(&read, Bucket::OutputImages), Some(2), "{usage}");
        assert_eq!(read.reply.finish_reasons.len(), 2);
    }
}

#[test]
fn an_image_that_is_not_made_is_a_failure_and_no_image() {
    let error = r#"{"error":{"code":"invalid_value","type":"invalid_request_error","message":"m","param":"url"}}"#;
    let read = whole(&images(), error);
    assert_eq!(read.reply.failure.unwrap().code.as_deref(), Some("invalid_value"));
    assert_eq!(read.reply.usage, None);
    let read = stream(&images(), &[r#"{"type":"error","error":{"code":"moderation_blocked","message":"m"}}"#]);
    assert_eq!(read.reply.failure.unwrap().code.as_deref(), Some("moderation_blocked"));
}

#[test]
fn a_request_for_an_image_has_its_prompt_for_text() {
    let body = fixture("openai_images", "request.json");
    let read = request(&images(), &body);
    assert_eq!((read.parameters.choices, read.parameters.output_type), (Some(1), Some("image")));
    let prompt = read.items.texts().next().unwrap();
    assert_eq!((prompt.role, prompt.message), (Some(Role::User), Some(0)));
    let edit = r#"{"prompt":"yes","images":[{"image_url":"no","file_id":"no"}],"mask":{"image_url":"no"},
        "input_references":[{"type":"image_url","image_url":{"url":"no"}}]}"#;
    assert_eq!(leaves(&route("POST", "/v1/images/edits"), edit), ["yes"]);
}

#[test]
fn a_transcription_is_billed_by_token_or_by_the_second() {
    let read = whole(&transcriptions(), &fixture("openai_audio", "answer.json"));
    assert_eq!(read.text(Content::Text), "Good morning from the harbour.");
    assert_eq!((count(&read, Bucket::Input), count(&read, Bucket::InputAudio)), (Some(4), Some(27)));
    let read = whole(&transcriptions(), r#"{"text":"t","usage":{"type":"duration","seconds":9}}"#);
    assert_eq!((count(&read, Bucket::InputSeconds), count(&read, Bucket::Input)), (Some(9), None));
    let verbose = r#"{"task":"transcribe","language":"english","duration":8.47,"text":"a b",
        "segments":[{"id":0,"seek":0,"start":0.0,"end":3.3,"text":" a","tokens":[1,2]},{"id":1,"text":" b"}],
        "words":[{"word":"a","start":0.0,"end":0.3}]}"#;
    let read = whole(&transcriptions(), verbose);
    assert_eq!((count(&read, Bucket::InputSeconds), read.text(Content::Text)), (Some(9), "a b".to_owned()));
}

#[test]
fn audio_that_stands_beside_the_prompt_is_added_to_it() {
    let read = whole(
        &transcriptions(),
        r#"{"model":"voxtral-test","text":"t","language":null,"segments":[],"finish_reason":null,
            "usage":{"prompt_audio_seconds":3,"prompt_tokens":5,"total_tokens":391,"completion_tokens":11,
            "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":375}}}"#,
    );
    assert_eq!(read.reply.model.as_deref(), Some("voxtral-test"));
    assert_eq!((count(&read, Bucket::Input), count(&read, Bucket::InputAudio)), (Some(5), Some(375)));
}

#[test]
fn text_in_a_streamed_transcription_is_told_once() {
    let read = answer(&transcriptions(), "text/event-stream", fixture("openai_audio", "stream.sse").as_bytes());
    assert_eq!((read.text(Content::Text).as_str(), read.reply.ended), ("Good morning from the harbour.", true));
    let read = stream(
        &transcriptions(),
        &[
            r#"{"type":"transcript.text.segment","id":"seg_0","speaker":"A","start":0.0,"end":3.2,"text":" Good"}"#,
            r#"{"type":"transcript.text.done","text":"Good","usage":{"type":"tokens","input_tokens":7,"output_tokens":2}}"#,
        ],
    );
    assert_eq!((read.reply.id, read.reply.counts.input, read.reply.ended), (None, Some(7), true));
}

#[test]
fn a_streamed_transcription_of_mistrals_goes_on_in_its_own_words() {
    let events = [
        r#"{"type":"transcription.language","audio_language":"en"}"#,
        r#"{"type":"transcription.text.delta","text":"Good"}"#,
        r#"{"type":"transcription.segment","text":"Good","start":0,"end":1}"#,
        r#"{"type":"transcription.done","model":"m","text":"Good","language":"en",
            "usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6,"prompt_audio_seconds":2}}"#,
    ];
    let read = stream(&transcriptions(), &events);
    assert_eq!((read.text(Content::Text).as_str(), read.reply.ended), ("Good", true));
    let (channel, _) = read.texts.first().unwrap();
    let written = Dialect::OpenAiAudio.write_text(&read.state, &read.reply, *channel, "\"");
    let data = r#"{"type":"transcription.text.delta","text":"\""}"#;
    assert_eq!((written.name, written.data.as_str()), ("transcription.text.delta", data));
    let written = Dialect::OpenAiAudio.write_text(&AnswerState::default(), &Reply::default(), *channel, "a");
    assert_eq!(written.data, r#"{"type":"transcript.text.delta","delta":"a"}"#);
}

#[test]
fn streamed_speech_ends_with_its_usage() {
    let read = stream(
        &speech(),
        &[
            r#"{"type":"speech.audio.delta","audio":"aGk="}"#,
            r#"{"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}"#,
        ],
    );
    assert_eq!((read.reply.counts.output, read.reply.ended, read.texts.len()), (Some(101), true, 0));
    let read = whole(&speech(), r#"{"audio_data":"aGk="}"#);
    assert_eq!((read.reply.usage, read.reply.ended), (None, true));
}

#[test]
fn speech_knows_how_many_characters_are_to_be_spoken() {
    let body = r#"{"model":"tts-test","input":"J\u00fcrgen, komm!","voice":"alloy","instructions":"slowly",
        "stream_format":"sse"}"#;
    let read = request(&speech(), body);
    assert_eq!((read.characters, read.stream), (Some(13), true));
    assert_eq!(read.parameters.output_type, Some("speech"));
    assert_eq!(leaves(&speech(), body), ["Jürgen, komm!", "alloy", "slowly"]);
    assert!(!request(&speech(), r#"{"input":"a","stream_format":"audio"}"#).stream);
    assert!(request(&speech(), r#"{"input":"a","stream":true}"#).stream);
}

#[test]
fn what_several_speakers_say_is_counted_together() {
    let body = r#"{"model":"m","input":[{"text":"Hello","voice":"v1"},{"text":"Hi!","instructions":"whispered"}],
        "input_references":[{"type":"text","text":"sounds so"},{"type":"audio_url","input_audio":{"data":"UklGRg=="}}]}"#;
    let read = request(&speech(), body);
    assert_eq!((read.characters, read.parameters.output_type), (Some(8), Some("speech")));
    assert_eq!(leaves(&speech(), body), ["Hello", "v1", "Hi!", "whispered", "sounds so"]);
}

#[test]
fn a_transcription_may_be_asked_for_in_json() {
    let body = fixture("openai_audio", "request.json");
    let read = request(&transcriptions(), &body);
    assert_eq!((read.model.as_deref(), read.parameters.temperature), (Some("gpt-test-transcribe"), Some(0.2)));
    assert_eq!((read.characters, read.parameters.output_type), (None, None));
    assert!(!leaves(&transcriptions(), &body).iter().any(|text| text == "UklGRg=="));
}

#[test]
fn xai_has_names_of_its_own_for_audio() {
    let row = ProviderRow::at("api.x.ai", 443, "/v1/stt").unwrap();
    let told = |path| {
        let route = Route::of("POST", path, row.endpoints);
        (route.operation.unwrap().name, route.dialect, route.operation.unwrap().model_optional)
    };
    assert_eq!(told("/v1/stt"), ("audio_transcriptions", Some(Dialect::OpenAiAudio), true));
    assert_eq!(told("/v1/tts"), ("audio_speech", Some(Dialect::OpenAiAudio), true));
    assert_eq!(route("POST", "/v1/stt").operation, None);
    let tts = r#"{"text":"Hello","voice_id":"eve","language":"en"}"#;
    let read = Dialect::OpenAiAudio.read_request(Document::new(tts.as_bytes()).unwrap()).unwrap();
    assert_eq!((read.characters, read.model), (Some(5), None));
    let stt = r#"{"text":"Ruby","language":"en","duration":3.7,"words":[{"text":"Ruby","start":0.1,"end":0.4}]}"#;
    let read = whole(&transcriptions(), stt);
    assert_eq!((count(&read, Bucket::InputSeconds), read.text(Content::Text).as_str()), (Some(4), "Ruby"));
}

#[test]
fn a_form_says_what_it_asks_for() {
    let part =
        |name: &str, value: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\na@b.example\r\n";
    let body = [
        part("model", "gpt-test-transcribe"),
        file.to_owned(),
        part("stream", "True"),
        part("temperature", "0.5"),
        part("prompt", "with ann@home.example"),
        part("known_speaker_references[]", "data:audio/wav;base64,UklGRg=="),
        "--b--\r\n".to_owned(),
    ]
    .concat();
    let form = read_form(body.as_bytes(), "b").unwrap();
    assert_eq!((form.request.model.as_deref(), form.request.stream), (Some("gpt-test-transcribe"), true));
    assert_eq!(form.request.parameters.temperature, Some(0.5));
    let texts: Vec<&str> = form.texts.iter().filter_map(|range| body.get(range.clone())).collect();
    assert_eq!(texts, ["a@b.example", "with ann@home.example"]);
    let twice = [part("model", "a"), part("model", "b"), "--b--\r\n".to_owned()].concat();
    assert!(read_form(twice.as_bytes(), "b").is_err());
}
