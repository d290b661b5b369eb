//! Pairs of requests of Cohere's, Mistral's and Ollama's own APIs.

use crate::pairs::Pair;

pub(crate) const COHERE_V2: &[Pair] = &[
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
        r#""response_format":{"type":"json_object","json_schema":{"type":"object"}}"#,
        r#""response_format":{"type":"json_object"}"#,
    ),
    ("tool choice", r#""tool_choice":"REQUIRED""#, r#""tool_choice":"NONE""#),
    (
        "thinking budget",
        r#""thinking":{"type":"enabled","token_budget":1024}"#,
        r#""thinking":{"type":"enabled","token_budget":2048}"#,
    ),
    ("thinking or none", r#""thinking":{"type":"enabled"}"#, r#""thinking":{"type":"disabled"}"#),
    (
        "plan or text",
        r#""messages":[{"role":"assistant","tool_plan":"hm"}]"#,
        r#""messages":[{"role":"assistant","content":"hm"}]"#,
    ),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]"#,
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"array"}}}]"#,
    ),
    (
        "system or user",
        r#""messages":[{"role":"system","content":"hi"}]"#,
        r#""messages":[{"role":"user","content":"hi"}]"#,
    ),
];

pub(crate) const COHERE_V1: &[Pair] = &[
    (
        "results of other calls",
        r#""tool_results":[{"call":{"name":"f","parameters":{"n":1}},"outputs":[{"a":"1"}]}]"#,
        r#""tool_results":[{"call":{"name":"g","parameters":{"n":1}},"outputs":[{"a":"1"}]}]"#,
    ),
    (
        "results crossed",
        r#""tool_results":[{"call":{"name":"f"},"outputs":[{"a":"1"}]},{"call":{"name":"g"},"outputs":[{"a":"2"}]}]"#,
        r#""tool_results":[{"call":{"name":"g"},"outputs":[{"a":"1"}]},{"call":{"name":"f"},"outputs":[{"a":"2"}]}]"#,
    ),
    ("preamble or message", r#""preamble":"hi""#, r#""message":"hi""#),
    (
        "roles",
        r#""chat_history":[{"role":"CHATBOT","message":"hi"}]"#,
        r#""chat_history":[{"role":"USER","message":"hi"}]"#,
    ),
    (
        "schema or object",
        r#""response_format":{"type":"json_object","schema":{"type":"object"}}"#,
        r#""response_format":{"type":"json_object"}"#,
    ),
];

pub(crate) const CONVERSATIONS: &[Pair] = &[
    (
        "other image",
        r#""inputs":[{"role":"user","content":[{"type":"image_url","image_url":"https://a.example/1.png"}]}]"#,
        r#""inputs":[{"role":"user","content":[{"type":"image_url","image_url":"https://a.example/2.png"}]}]"#,
    ),
    (
        "results crossed",
        r#""inputs":[{"type":"function.result","tool_call_id":"a","result":"1"},{"type":"function.result","tool_call_id":"b","result":"2"}]"#,
        r#""inputs":[{"type":"function.result","tool_call_id":"b","result":"1"},{"type":"function.result","tool_call_id":"a","result":"2"}]"#,
    ),
    (
        "call ids",
        r#""inputs":[{"type":"function.call","tool_call_id":"a","id":"b","name":"f","arguments":"{}"}]"#,
        r#""inputs":[{"type":"function.call","tool_call_id":"b","id":"a","name":"f","arguments":"{}"}]"#,
    ),
    ("roles", r#""inputs":[{"role":"assistant","content":"hi"}]"#, r#""inputs":[{"role":"user","content":"hi"}]"#),
    ("instructions or input", r#""instructions":"hi""#, r#""inputs":"hi""#),
    ("tool choice", r#""completion_args":{"tool_choice":"auto"}"#, r#""completion_args":{"tool_choice":"none"}"#),
    (
        "schema or object",
        r#""completion_args":{"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}}}"#,
        r#""completion_args":{"response_format":{"type":"json_object"}}"#,
    ),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]"#,
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"array"}}}]"#,
    ),
];

pub(crate) const OLLAMA: &[Pair] = &[
    (
        "other image",
        r#""messages":[{"role":"user","content":"hi","images":["AAAA"]}]"#,
        r#""messages":[{"role":"user","content":"hi","images":["BBBB"]}]"#,
    ),
    (
        "image or none",
        r#""messages":[{"role":"user","content":"hi","images":["AAAA"]}]"#,
        r#""messages":[{"role":"user","content":"hi"}]"#,
    ),
    (
        "results crossed",
        r#""messages":[{"role":"tool","tool_name":"a","content":"1"},{"role":"tool","tool_name":"b","content":"2"}]"#,
        r#""messages":[{"role":"tool","tool_name":"b","content":"1"},{"role":"tool","tool_name":"a","content":"2"}]"#,
    ),
    ("schema or object", r#""format":{"type":"object"}"#, r#""format":"json""#),
    ("thinking level", r#""think":true"#, r#""think":"high""#),
    (
        "reasoning or text",
        r#""messages":[{"role":"assistant","thinking":"hm"}]"#,
        r#""messages":[{"role":"assistant","content":"hm"}]"#,
    ),
    ("suffix or prompt", r#""suffix":"hi""#, r#""prompt":"hi""#),
    ("system or prompt", r#""system":"hi""#, r#""prompt":"hi""#),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"object"}}}]"#,
        r#""tools":[{"type":"function","function":{"name":"a","parameters":{"type":"array"}}}]"#,
    ),
    (
        "arguments",
        r#""messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"n":1}}}]}]"#,
        r#""messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{"n":2}}}]}]"#,
    ),
];
