//! Pairs of Amazon Bedrock's APIs.

use super::Pair;

pub(super) const CONVERSE: &[Pair] = &[
    (
        "other image",
        r#""messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"AAAA"}}}]}]"#,
        r#""messages":[{"role":"user","content":[{"image":{"format":"png","source":{"bytes":"BBBB"}}}]}]"#,
    ),
    (
        "image or none",
        r#""messages":[{"role":"user","content":[{"text":"hi"},{"image":{"source":{"s3Location":{"uri":"s3://a/1"}}}}]}]"#,
        r#""messages":[{"role":"user","content":[{"text":"hi"}]}]"#,
    ),
    (
        "other document",
        r#""messages":[{"role":"user","content":[{"document":{"name":"a","source":{"s3Location":{"uri":"s3://a/1"}}}}]}]"#,
        r#""messages":[{"role":"user","content":[{"document":{"name":"a","source":{"s3Location":{"uri":"s3://a/2"}}}}]}]"#,
    ),
    (
        "results crossed",
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"text":"1"}]}},{"toolResult":{"toolUseId":"b","content":[{"text":"2"}]}}]}]"#,
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"b","content":[{"text":"1"}]}},{"toolResult":{"toolUseId":"a","content":[{"text":"2"}]}}]}]"#,
    ),
    (
        "result ids",
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"text":"1"}]}}]}]"#,
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"b","content":[{"text":"1"}]}}]}]"#,
    ),
    (
        "error flag",
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","status":"error","content":[]}}]}]"#,
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","status":"success","content":[]}}]}]"#,
    ),
    (
        "switch in a result",
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"json":{"is_open":true}}]}}]}]"#,
        r#""messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"json":{"is_open":false}}]}}]}]"#,
    ),
    (
        "schema of the output",
        r#""outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"a","schema":"{}"}}}}"#,
        r#""outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"name":"a","schema":"true"}}}}"#,
    ),
    ("tool choice", r#""toolConfig":{"toolChoice":{"auto":{}}}"#, r#""toolConfig":{"toolChoice":{"any":{}}}"#),
    (
        "chosen tool",
        r#""toolConfig":{"toolChoice":{"tool":{"name":"a"}}}"#,
        r#""toolConfig":{"toolChoice":{"tool":{"name":"b"}}}"#,
    ),
    (
        "schema of a tool",
        r#""toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"object"}}}}]}"#,
        r#""toolConfig":{"tools":[{"toolSpec":{"name":"a","inputSchema":{"json":{"type":"array"}}}}]}"#,
    ),
    (
        "function or tool of the provider",
        r#""toolConfig":{"tools":[{"toolSpec":{"name":"a"}}]}"#,
        r#""toolConfig":{"tools":[{"systemTool":{"name":"a"}}]}"#,
    ),
    (
        "thinking budget",
        r#""additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":1024}}"#,
        r#""additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2048}}"#,
    ),
    ("cache marker", r#""system":[{"text":"hi"},{"cachePoint":{"type":"default"}}]"#, r#""system":[{"text":"hi"}]"#),
    (
        "cache marker of tools",
        r#""toolConfig":{"tools":[{"toolSpec":{"name":"a"}},{"cachePoint":{"type":"default"}}]}"#,
        r#""toolConfig":{"tools":[{"toolSpec":{"name":"a"}},{"cachePoint":{"type":"default","ttl":"1h"}}]}"#,
    ),
    (
        "signature",
        r#""messages":[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"a"}}}]}]"#,
        r#""messages":[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"b"}}}]}]"#,
    ),
    (
        "encrypted reasoning",
        r#""messages":[{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"a"}}]}]"#,
        r#""messages":[{"role":"assistant","content":[{"reasoningContent":{"redactedContent":"b"}}]}]"#,
    ),
    (
        "reasoning or text",
        r#""messages":[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm"}}}]}]"#,
        r#""messages":[{"role":"assistant","content":[{"text":"hm"}]}]"#,
    ),
    (
        "assistant or user",
        r#""messages":[{"role":"assistant","content":[{"text":"hi"}]}]"#,
        r#""messages":[{"role":"user","content":[{"text":"hi"}]}]"#,
    ),
    ("system or user", r#""system":[{"text":"hi"}]"#, r#""messages":[{"role":"user","content":[{"text":"hi"}]}]"#),
    (
        "text for a guardrail",
        r#""messages":[{"role":"user","content":[{"guardContent":{"text":{"text":"hi"}}}]}]"#,
        r#""messages":[{"role":"user","content":[{"text":"hi"}]}]"#,
    ),
];

pub(super) const TITAN: &[Pair] = &[
    ("other image", r#""inputImage":"AAAA""#, r#""inputImage":"BBBB""#),
    ("wanted or not", r#""textToImageParams":{"text":"a dog"}"#, r#""textToImageParams":{"negativeText":"a dog"}"#),
    ("length of the vector", r#""dimensions":256"#, r#""dimensions":512"#),
];

pub(super) const TEXT: &[Pair] = &[
    ("other image", r#""images":["AAAA"]"#, r#""images":["BBBB"]"#),
    ("penalty", r#""presencePenalty":{"scale":1}"#, r#""presencePenalty":{"scale":2}"#),
    ("penalty or other penalty", r#""presencePenalty":{"scale":1}"#, r#""frequencyPenalty":{"scale":1}"#),
];
