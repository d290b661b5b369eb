//! Pairs of requests of OpenAI's responses.

use crate::pairs::Pair;

pub(crate) const RESPONSES: &[Pair] = &[
    (
        "other image",
        r#""input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a.example/1.png"}]}]"#,
        r#""input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a.example/2.png"}]}]"#,
    ),
    (
        "image or none",
        r#""input":[{"role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_image","file_id":"f"}]}]"#,
        r#""input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]}]"#,
    ),
    (
        "other file",
        r#""input":[{"role":"user","content":[{"type":"input_file","file_id":"a"}]}]"#,
        r#""input":[{"role":"user","content":[{"type":"input_file","file_id":"b"}]}]"#,
    ),
    (
        "results crossed",
        r#""input":[{"type":"function_call_output","call_id":"a","output":"1"},{"type":"function_call_output","call_id":"b","output":"2"}]"#,
        r#""input":[{"type":"function_call_output","call_id":"b","output":"1"},{"type":"function_call_output","call_id":"a","output":"2"}]"#,
    ),
    (
        "result ids",
        r#""input":[{"type":"function_call_output","call_id":"a","output":"1"}]"#,
        r#""input":[{"type":"function_call_output","call_id":"b","output":"1"}]"#,
    ),
    (
        "call ids",
        r#""input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]"#,
        r#""input":[{"type":"function_call","call_id":"b","name":"f","arguments":"{}"}]"#,
    ),
    (
        "id of the call or of the item",
        r#""input":[{"type":"function_call","call_id":"a","id":"b","name":"f","arguments":"{}"}]"#,
        r#""input":[{"type":"function_call","call_id":"b","id":"a","name":"f","arguments":"{}"}]"#,
    ),
    (
        "call or result",
        r#""input":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]"#,
        r#""input":[{"type":"function_call_output","call_id":"a","output":"{}"}]"#,
    ),
    (
        "schema or object",
        r#""text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}}}"#,
        r#""text":{"format":{"type":"json_object"}}"#,
    ),
    ("tool choice", r#""tool_choice":"auto""#, r#""tool_choice":"required""#),
    (
        "chosen tool",
        r#""tool_choice":{"type":"function","name":"a"}"#,
        r#""tool_choice":{"type":"function","name":"b"}"#,
    ),
    ("parallel calls", r#""parallel_tool_calls":true"#, r#""parallel_tool_calls":false"#),
    ("reasoning level", r#""reasoning":{"effort":"low"}"#, r#""reasoning":{"effort":"high"}"#),
    ("reasoning shown", r#""reasoning":{"summary":"auto"}"#, r#""reasoning":{"summary":"detailed"}"#),
    (
        "encrypted reasoning",
        r#""input":[{"type":"reasoning","id":"r","summary":[],"encrypted_content":"a"}]"#,
        r#""input":[{"type":"reasoning","id":"r","summary":[],"encrypted_content":"b"}]"#,
    ),
    (
        "reasoning or text",
        r#""input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}]"#,
        r#""input":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hm"}]}]"#,
    ),
    (
        "developer or user",
        r#""input":[{"role":"developer","content":"hi"}]"#,
        r#""input":[{"role":"user","content":"hi"}]"#,
    ),
    ("instructions or input", r#""instructions":"hi""#, r#""input":"hi""#),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","name":"a","parameters":{"type":"object"}}]"#,
        r#""tools":[{"type":"function","name":"a","parameters":{"type":"array"}}]"#,
    ),
    (
        "strict or not",
        r#""tools":[{"type":"function","name":"a","strict":true}]"#,
        r#""tools":[{"type":"function","name":"a","strict":false}]"#,
    ),
    ("verbosity", r#""text":{"verbosity":"low"}"#, r#""text":{"verbosity":"high"}"#),
];
