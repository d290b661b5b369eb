//! Pairs of Google's APIs.

use super::Pair;

pub(super) const GENERATE: &[Pair] = &[
    (
        "other image",
        r#""contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]"#,
        r#""contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"BBBB"}}]}]"#,
    ),
    (
        "image or none",
        r#""contents":[{"parts":[{"text":"hi"},{"file_data":{"mime_type":"image/png","file_uri":"gs://a/1.png"}}]}]"#,
        r#""contents":[{"parts":[{"text":"hi"}]}]"#,
    ),
    (
        "image or sound",
        r#""contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}]"#,
        r#""contents":[{"parts":[{"inlineData":{"mimeType":"audio/wav","data":"AAAA"}}]}]"#,
    ),
    (
        "results crossed",
        r#""contents":[{"parts":[{"functionResponse":{"name":"a","response":{"r":1}}},{"functionResponse":{"name":"b","response":{"r":2}}}]}]"#,
        r#""contents":[{"parts":[{"functionResponse":{"name":"b","response":{"r":1}}},{"functionResponse":{"name":"a","response":{"r":2}}}]}]"#,
    ),
    (
        "result ids",
        r#""contents":[{"parts":[{"function_response":{"id":"1","name":"a","response":{}}}]}]"#,
        r#""contents":[{"parts":[{"function_response":{"id":"2","name":"a","response":{}}}]}]"#,
    ),
    (
        "call or result",
        r#""contents":[{"parts":[{"functionCall":{"name":"a","args":{}}}]}]"#,
        r#""contents":[{"parts":[{"functionResponse":{"name":"a","response":{}}}]}]"#,
    ),
    (
        "switch in a result",
        r#""contents":[{"parts":[{"functionResponse":{"name":"a","response":{"is_open":true}}}]}]"#,
        r#""contents":[{"parts":[{"functionResponse":{"name":"a","response":{"is_open":false}}}]}]"#,
    ),
    (
        "schema or plain JSON",
        r#""generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"}}"#,
        r#""generationConfig":{"responseMimeType":"application/json"}"#,
    ),
    (
        "JSON or text",
        r#""generation_config":{"response_mime_type":"application/json"}"#,
        r#""generation_config":{"response_mime_type":"text/plain"}"#,
    ),
    (
        "tool choice",
        r#""toolConfig":{"functionCallingConfig":{"mode":"ANY"}}"#,
        r#""toolConfig":{"functionCallingConfig":{"mode":"NONE"}}"#,
    ),
    (
        "chosen tool",
        r#""tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["a"]}}"#,
        r#""tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["b"]}}"#,
    ),
    (
        "thinking budget",
        r#""generationConfig":{"thinkingConfig":{"thinkingBudget":0}}"#,
        r#""generationConfig":{"thinkingConfig":{"thinkingBudget":1024}}"#,
    ),
    (
        "thoughts shown",
        r#""generationConfig":{"thinkingConfig":{"includeThoughts":true}}"#,
        r#""generationConfig":{"thinkingConfig":{}}"#,
    ),
    ("cached content", r#""cachedContent":"cachedContents/a""#, r#""cachedContent":"cachedContents/b""#),
    (
        "signature",
        r#""contents":[{"role":"model","parts":[{"functionCall":{"name":"a","args":{}},"thoughtSignature":"AA=="}]}]"#,
        r#""contents":[{"role":"model","parts":[{"functionCall":{"name":"a","args":{}},"thoughtSignature":"BB=="}]}]"#,
    ),
    (
        "thought or text",
        r#""contents":[{"role":"model","parts":[{"text":"hm","thought":true}]}]"#,
        r#""contents":[{"role":"model","parts":[{"text":"hm"}]}]"#,
    ),
    (
        "model or user",
        r#""contents":[{"role":"model","parts":[{"text":"hi"}]}]"#,
        r#""contents":[{"role":"user","parts":[{"text":"hi"}]}]"#,
    ),
    ("system or user", r#""systemInstruction":{"parts":[{"text":"hi"}]}"#, r#""contents":[{"parts":[{"text":"hi"}]}]"#),
    (
        "schema of a tool",
        r#""tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"OBJECT"}}]}]"#,
        r#""tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"STRING"}}]}]"#,
    ),
    ("tool of the provider", r#""tools":[{"googleSearch":{}}]"#, r#""tools":[{"urlContext":{}}]"#),
    (
        "two functions or one",
        r#""tools":[{"functionDeclarations":[{"name":"a"},{"name":"b"}]}]"#,
        r#""tools":[{"functionDeclarations":[{"name":"a"}]}]"#,
    ),
    ("log probabilities", r#""generationConfig":{"logprobs":1}"#, r#""generationConfig":{"logprobs":2}"#),
];
