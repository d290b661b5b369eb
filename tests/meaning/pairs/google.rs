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

pub(super) const INTERACTIONS: &[Pair] = &[
    (
        "other image",
        r#""input":[{"type":"image","mime_type":"image/png","data":"AAAA"}]"#,
        r#""input":[{"type":"image","mime_type":"image/png","data":"BBBB"}]"#,
    ),
    (
        "image or none",
        r#""input":[{"type":"text","text":"hi"},{"type":"image","uri":"https://a.example/1.png"}]"#,
        r#""input":[{"type":"text","text":"hi"}]"#,
    ),
    (
        "results crossed",
        r#""input":[{"type":"function_result","call_id":"a","result":"1"},{"type":"function_result","call_id":"b","result":"2"}]"#,
        r#""input":[{"type":"function_result","call_id":"b","result":"1"},{"type":"function_result","call_id":"a","result":"2"}]"#,
    ),
    (
        "result ids",
        r#""input":[{"type":"function_result","call_id":"a","result":"1"}]"#,
        r#""input":[{"type":"function_result","call_id":"b","result":"1"}]"#,
    ),
    (
        "error flag",
        r#""input":[{"type":"function_result","call_id":"a","result":"1","is_error":true}]"#,
        r#""input":[{"type":"function_result","call_id":"a","result":"1"}]"#,
    ),
    (
        "schema or plain JSON",
        r#""response_format":{"type":"text","mime_type":"application/json","schema":{"type":"object"}}"#,
        r#""response_format":{"type":"text","mime_type":"application/json"}"#,
    ),
    (
        "former schema",
        r#""response_format":{"type":"object"}"#,
        r#""response_format":{"type":"object","required":["a"]}"#,
    ),
    ("tool choice", r#""generation_config":{"tool_choice":"any"}"#, r#""generation_config":{"tool_choice":"none"}"#),
    (
        "chosen tool",
        r#""generation_config":{"tool_choice":{"allowed_tools":{"mode":"any","tools":["a"]}}}"#,
        r#""generation_config":{"tool_choice":{"allowed_tools":{"mode":"any","tools":["b"]}}}"#,
    ),
    (
        "schema of a tool",
        r#""tools":[{"type":"function","name":"a","parameters":{"type":"object"}}]"#,
        r#""tools":[{"type":"function","name":"a","parameters":{"type":"array"}}]"#,
    ),
    ("thinking", r#""generation_config":{"thinking_level":"low"}"#, r#""generation_config":{"thinking_level":"high"}"#),
    ("cached content", r#""cached_content":"cachedContents/a""#, r#""cached_content":"cachedContents/b""#),
    ("earlier interaction", r#""previous_interaction_id":"a""#, r#""previous_interaction_id":"b""#),
    (
        "signature",
        r#""input":[{"type":"thought","summary":[{"type":"text","text":"hm"}],"signature":"a"}]"#,
        r#""input":[{"type":"thought","summary":[{"type":"text","text":"hm"}],"signature":"b"}]"#,
    ),
    (
        "model or user",
        r#""input":[{"type":"model_output","content":[{"type":"text","text":"hi"}]}]"#,
        r#""input":[{"type":"user_input","content":[{"type":"text","text":"hi"}]}]"#,
    ),
    ("turns", r#""input":[{"role":"model","content":"hi"}]"#, r#""input":[{"role":"user","content":"hi"}]"#),
    ("system or user", r#""system_instruction":"hi""#, r#""input":"hi""#),
];

pub(super) const EMBED: &[Pair] = &[
    ("use of the vector", r#""taskType":"RETRIEVAL_QUERY""#, r#""taskType":"RETRIEVAL_DOCUMENT""#),
    ("length of the vector", r#""outputDimensionality":256"#, r#""outputDimensionality":512"#),
    (
        "other image",
        r#""content":{"parts":[{"inline_data":{"mime_type":"image/png","data":"AAAA"}}]}"#,
        r#""content":{"parts":[{"inline_data":{"mime_type":"image/png","data":"BBBB"}}]}"#,
    ),
];

pub(super) const PREDICT: &[Pair] = &[
    (
        "other image",
        r#""instances":[{"image":{"bytesBase64Encoded":"AAAA"}}]"#,
        r#""instances":[{"image":{"bytesBase64Encoded":"BBBB"}}]"#,
    ),
    (
        "use of the vector",
        r#""instances":[{"content":"hi","task_type":"RETRIEVAL_QUERY"}]"#,
        r#""instances":[{"content":"hi","task_type":"RETRIEVAL_DOCUMENT"}]"#,
    ),
    ("number of images", r#""parameters":{"sampleCount":1}"#, r#""parameters":{"sampleCount":2}"#),
];
