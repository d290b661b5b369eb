//! Usage in answers of OpenAI's chat completions and embeddings, as each provider that speaks these dialects reports it.

use super::openai::{chat, stream, whole};
use super::support::route;
use tollgate::model::Extra;
use tollgate::usage::{Bucket, UsageSource};

#[test]
fn of_usage_on_many_chunks_the_last_holds_and_an_empty_one_says_nothing() {
    let chunk = |usage: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"a"}}}}],"usage":{usage}}}"#);
    let first = r#"{"prompt_tokens":12,"completion_tokens":1,"cost":0.5,"prompt_tokens_details":{"cached_tokens":4}}"#;
    let last = r#"{"prompt_tokens":12,"completion_tokens":2,"total_tokens":null,"cost":0.75}"#;
    let read = stream(&chat(), &[&chunk(first), &chunk(last), &chunk("{}"), &chunk("null")]);
    let tally = read.reply.counts;
    assert_eq!((tally.input, tally.output, tally.total, tally.cache_read), (Some(12), Some(2), None, None));
    assert_eq!(read.reply.extra(Extra::Cost), Some("0.75"));
    assert!(stream(&chat(), &[&chunk("null")]).reply.usage.is_none());
    assert!(whole(&chat(), r#"{"choices":[],"usage":{}}"#).reply.usage.is_none());
}

#[test]
fn usage_under_x_groq_counts_where_there_is_no_other() {
    let groq = r#"{"choices":[],"x_groq":{"id":"req_1","usage":{"prompt_tokens":5,"completion_tokens":1}}}"#;
    let both = r#"{"usage":{"prompt_tokens":8},"x_groq":{"id":"r","usage":{"prompt_tokens":9}},"choices":[]}"#;
    let read = |events: &[&str]| {
        let reply = stream(&chat(), events).reply;
        (reply.usage_source, reply.counts.input)
    };
    assert_eq!(read(&[groq]), (UsageSource::XGroq, Some(5)));
    assert_eq!(read(&[both]), (UsageSource::Body, Some(8)));
    assert_eq!(read(&[groq, both]), (UsageSource::Body, Some(8)));
    assert_eq!(read(&[both, groq]), (UsageSource::Body, Some(8)));
}

#[test]
fn counts_are_read_in_all_their_spellings() {
    let tally = |usage: &str| whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply.counts;
    for top in ["prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens", "num_cached_tokens"] {
        assert_eq!(tally(&format!(r#"{{"prompt_tokens":9,"{top}":5}}"#)).cache_read, Some(5), "{top}");
        let details = r#""prompt_tokens_details":{"cached_tokens":4}"#;
        assert_eq!(tally(&format!(r#"{{"{top}":5,{details}}}"#)).cache_read, Some(4), "{top}");
        assert_eq!(tally(&format!(r#"{{{details},"{top}":5}}"#)).cache_read, Some(4), "{top}");
    }
    assert_eq!(tally(r#"{"cache_creation_input_tokens":6}"#).cache_write, Some(6));
    assert_eq!(tally(r#"{"prompt_tokens_details":{"cache_write_tokens":6}}"#).cache_write, Some(6));
    let perplexity = tally(r#"{"input_tokens_details":{"cache_creation_input_tokens":6,"cache_read_input_tokens":5}}"#);
    assert_eq!((perplexity.cache_write, perplexity.cache_read), (Some(6), Some(5)));
    assert_eq!(tally(r#"{"reasoning_tokens":3}"#).reasoning, Some(3));
    let cited = tally(r#"{"completion_tokens":9,"citation_tokens":7}"#);
    assert_eq!((cited.extra_tool_input, cited.extra_reasoning), (None, None));
    assert_eq!(
        tally(r#"{"prompt_tokens":12,"input_tokens":0,"output_tokens":0,"completion_tokens":2}"#).input,
        Some(12)
    );
    assert_eq!(tally(r#"{"prompt_audio_seconds":9,"prompt_tokens_details":null}"#).input_seconds, Some(9));
    assert_eq!(tally(r#"{"server_tool_use_details":{"web_search_requests":2}}"#).web_searches, Some(2));
}

#[test]
fn reasoning_that_the_total_has_on_top_stands_beside_the_output() {
    let usage = r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,
        "completion_tokens_details":{"reasoning_tokens":7}}"#;
    let reply = whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply;
    let usage = reply.usage.unwrap();
    assert_eq!((usage.count(Bucket::Output), usage.count(Bucket::Reasoning)), (Some(5), Some(7)));
    assert_eq!(usage.output_total(), Some(12));
}

#[test]
fn reasoning_of_which_there_is_more_than_output_stands_beside_it() {
    let usage = |total: u64| {
        let usage = format!(
            r#"{{"prompt_tokens":28,"completion_tokens":5,"total_tokens":{total},
                "completion_tokens_details":{{"reasoning_tokens":49}}}}"#
        );
        whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply.usage.unwrap()
    };
    for total in [33, 82] {
        let usage = usage(total);
        assert_eq!((usage.count(Bucket::Output), usage.count(Bucket::Reasoning)), (Some(5), Some(49)), "{total}");
    }
}

#[test]
fn what_a_call_cost_may_be_a_number_or_an_object() {
    let cost = |usage: &str| {
        let reply = whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply;
        reply.extra(Extra::Cost).map(str::to_owned)
    };
    assert_eq!(cost(r#"{"cost":0.00014,"cost_details":{"cost":9}}"#).as_deref(), Some("0.00014"));
    assert_eq!(cost(r#"{"cost":{"request_cost":0.005,"total_cost":0.006}}"#).as_deref(), Some("0.006"));
    assert_eq!(cost(r#"{"cost":0}"#).as_deref(), Some("0"));
    assert_eq!(cost(r#"{"cost":null}"#), None);
}

#[test]
fn a_total_alone_is_what_the_input_is_billed_by() {
    let route = route("POST", "/v1/embeddings");
    let reply = whole(&route, r#"{"data":[],"model":"v","usage":{"total_tokens":12}}"#).reply;
    assert_eq!((reply.counts.input, reply.counts.total), (None, Some(12)));
    assert_eq!(reply.usage.unwrap().count(Bucket::Input), Some(12));
}
