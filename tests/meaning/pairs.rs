//! Pairs of requests that mean different things and once read alike. Items alone tell them apart.

mod answers;
mod bedrock;
mod google;
mod others;
mod responses;

use crate::reading::read;
use tollgate::dialect::Dialect;

/// A pair: its name, and a member of a request written in two ways.
pub(crate) type Pair = (&'static str, &'static str, &'static str);

const CHAT: &[Pair] = &[
    (
        "other image",
        r#""messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.example/1.png"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://a.example/2.png"}}]}]"#,
    ),
    (
        "image or none",
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"https://a.example/1.png"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#,
    ),
    (
        "results crossed",
        r#""messages":[{"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":"2"}]"#,
        r#""messages":[{"role":"tool","tool_call_id":"b","content":"1"},{"role":"tool","tool_call_id":"a","content":"2"}]"#,
    ),
    (
        "schema or object",
        r#""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}"#,
        r#""response_format":{"type":"json_object"}"#,
    ),
    ("tool choice", r#""tool_choice":"auto""#, r#""tool_choice":"required""#),
    (
        "chosen tool",
        r#""tool_choice":{"type":"function","function":{"name":"a"}}"#,
        r#""tool_choice":{"type":"function","function":{"name":"b"}}"#,
    ),
    ("parallel calls", r#""parallel_tool_calls":true"#, r#""parallel_tool_calls":false"#),
    ("thinking budget", r#""reasoning":{"max_tokens":1024}"#, r#""reasoning":{"max_tokens":2048}"#),
    (
        "result ids",
        r#""messages":[{"role":"tool","tool_call_id":"a","content":"1"}]"#,
        r#""messages":[{"role":"tool","tool_call_id":"b","content":"1"}]"#,
    ),
    (
        "cache marker",
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#,
    ),
    (
        "signature",
        r#""messages":[{"role":"assistant","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"a"}]}]"#,
        r#""messages":[{"role":"assistant","reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"b"}]}]"#,
    ),
    (
        "developer or user",
        r#""messages":[{"role":"developer","content":"hi"}]"#,
        r#""messages":[{"role":"user","content":"hi"}]"#,
    ),
    (
        "developer or system",
        r#""messages":[{"role":"developer","content":"hi"}]"#,
        r#""messages":[{"role":"system","content":"hi"}]"#,
    ),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]"#,
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"array"}}}]"#,
    ),
    (
        "strict or not",
        r#""tools":[{"type":"function","function":{"name":"a","strict":true}}]"#,
        r#""tools":[{"type":"function","function":{"name":"a","strict":false}}]"#,
    ),
    (
        "reasoning or text",
        r#""messages":[{"role":"assistant","reasoning_content":"hm"}]"#,
        r#""messages":[{"role":"assistant","content":"hm"}]"#,
    ),
    (
        "name of an author",
        r#""messages":[{"role":"user","name":"a","content":"hi"}]"#,
        r#""messages":[{"role":"user","name":"b","content":"hi"}]"#,
    ),
];

const ANTHROPIC: &[Pair] = &[
    (
        "other image",
        r#""messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"BBBB"}}]}]"#,
    ),
    (
        "image or none",
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"url","url":"https://a.example/1.png"}}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]"#,
    ),
    (
        "results crossed",
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b","content":"2"}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"1"},{"type":"tool_result","tool_use_id":"a","content":"2"}]}]"#,
    ),
    (
        "schema of the output",
        r#""output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}"#,
        r#""output_config":{"format":{"type":"json_schema","schema":{"type":"array"}}}"#,
    ),
    ("tool choice", r#""tool_choice":{"type":"auto"}"#, r#""tool_choice":{"type":"any"}"#),
    ("chosen tool", r#""tool_choice":{"type":"tool","name":"a"}"#, r#""tool_choice":{"type":"tool","name":"b"}"#),
    (
        "parallel calls",
        r#""tool_choice":{"type":"auto","disable_parallel_tool_use":true}"#,
        r#""tool_choice":{"type":"auto"}"#,
    ),
    (
        "thinking budget",
        r#""thinking":{"type":"enabled","budget_tokens":1024}"#,
        r#""thinking":{"type":"enabled","budget_tokens":2048}"#,
    ),
    (
        "error flag",
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":true,"content":"1"}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}]"#,
    ),
    (
        "result ids",
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"}]}]"#,
        r#""messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":"1"}]}]"#,
    ),
    (
        "cache marker",
        r#""system":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]"#,
        r#""system":[{"type":"text","text":"hi","cache_control":{"type":"ephemeral","ttl":"1h"}}]"#,
    ),
    (
        "signature",
        r#""messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"a"}]}]"#,
        r#""messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"b"}]}]"#,
    ),
    (
        "encrypted reasoning",
        r#""messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"a"}]}]"#,
        r#""messages":[{"role":"assistant","content":[{"type":"redacted_thinking","data":"b"}]}]"#,
    ),
    ("system or user", r#""system":"hi","messages":[]"#, r#""messages":[{"role":"user","content":"hi"}]"#),
];

#[test]
fn pairs_that_once_read_alike_read_differently() {
    let dialects = [
        (Dialect::OpenAiChat, CHAT),
        (Dialect::AnthropicMessages, ANTHROPIC),
        (Dialect::GeminiGenerate, google::GENERATE),
        (Dialect::GeminiInteractions, google::INTERACTIONS),
        (Dialect::GeminiEmbed, google::EMBED),
        (Dialect::VertexPredict, google::PREDICT),
        (Dialect::BedrockConverse, bedrock::CONVERSE),
        (Dialect::BedrockNova, bedrock::CONVERSE),
        (Dialect::BedrockTitan, bedrock::TITAN),
        (Dialect::BedrockText, bedrock::TEXT),
        (Dialect::OpenAiResponses, responses::RESPONSES),
        (Dialect::CohereV1, others::COHERE_V1),
        (Dialect::CohereV2, others::COHERE_V2),
        (Dialect::MistralConversations, others::CONVERSATIONS),
        (Dialect::Ollama, others::OLLAMA),
    ];
    for (dialect, pairs) in dialects {
        for (name, one, other) in pairs {
            let items = |member: &str| read(dialect, &format!(r#"{{"model":"m",{member}}}"#)).unwrap().items;
            assert_ne!(items(one), items(other), "{dialect:?}: {name}");
        }
    }
}
