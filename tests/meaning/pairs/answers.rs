//! Pairs of whole answers that mean different things: the folds of their events tell them apart.

use super::Pair;
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect};
use tollgate::document::{Document, Span};
use tollgate::model::WholeAnswer;

const CHAT: &[Pair] = &[
    (
        "signature",
        r#"{"choices":[{"message":{"reasoning_details":[{"type":"reasoning.text","text":"a","signature":"s"}]}}]}"#,
        r#"{"choices":[{"message":{"reasoning_details":[{"type":"reasoning.text","text":"a","signature":"t"}]}}]}"#,
    ),
    (
        "citations",
        r#"{"choices":[{"message":{"content":"a","annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example"}}]}}]}"#,
        r#"{"choices":[{"message":{"content":"a","annotations":[{"type":"url_citation","url_citation":{"url":"https://b.example"}}]}}]}"#,
    ),
    (
        "probabilities",
        r#"{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1}]}}]}"#,
        r#"{"choices":[{"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-2}]}}]}"#,
    ),
    (
        "image",
        r#"{"choices":[{"message":{"images":[{"image_url":{"url":"data:image/png;base64,AA"}}]}}]}"#,
        r#"{"choices":[{"message":{"images":[{"image_url":{"url":"data:image/png;base64,BB"}}]}}]}"#,
    ),
    (
        "id of a call",
        r#"{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#,
        r#"{"choices":[{"message":{"tool_calls":[{"id":"b","function":{"name":"f","arguments":"{}"}}]}}]}"#,
    ),
    ("refusal", r#"{"choices":[{"message":{"refusal":"No"}}]}"#, r#"{"choices":[{"message":{"content":"No"}}]}"#),
    (
        "finish reason",
        r#"{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"message":{"content":"a"},"finish_reason":"length"}]}"#,
    ),
    (
        "verdicts",
        r#"{"choices":[{"message":{"content":"a"},"content_filter_results":{"hate":{"filtered":true}}}]}"#,
        r#"{"choices":[{"message":{"content":"a"},"content_filter_results":{"hate":{"filtered":false}}}]}"#,
    ),
    (
        "sources",
        r#"{"choices":[],"citations":["https://a.example"]}"#,
        r#"{"choices":[],"citations":["https://b.example"]}"#,
    ),
];

const MESSAGES: &[Pair] = &[
    (
        "signature",
        r#"{"type":"message","content":[{"type":"thinking","thinking":"a","signature":"s"}]}"#,
        r#"{"type":"message","content":[{"type":"thinking","thinking":"a","signature":"t"}]}"#,
    ),
    (
        "citations",
        r#"{"type":"message","content":[{"type":"text","text":"a","citations":[{"url":"https://a.example"}]}]}"#,
        r#"{"type":"message","content":[{"type":"text","text":"a","citations":[{"url":"https://b.example"}]}]}"#,
    ),
    (
        "result of a search",
        r#"{"type":"message","content":[{"type":"web_search_tool_result","tool_use_id":"a","content":[{"url":"https://a.example"}]}]}"#,
        r#"{"type":"message","content":[{"type":"web_search_tool_result","tool_use_id":"a","content":[{"url":"https://b.example"}]}]}"#,
    ),
    (
        "call of a result",
        r#"{"type":"message","content":[{"type":"web_search_tool_result","tool_use_id":"a","content":[]}]}"#,
        r#"{"type":"message","content":[{"type":"web_search_tool_result","tool_use_id":"b","content":[]}]}"#,
    ),
    (
        "id of a call",
        r#"{"type":"message","content":[{"type":"tool_use","id":"a","name":"f","input":{}}]}"#,
        r#"{"type":"message","content":[{"type":"tool_use","id":"b","name":"f","input":{}}]}"#,
    ),
    (
        "refusal",
        r#"{"type":"message","content":[],"stop_reason":"refusal"}"#,
        r#"{"type":"message","content":[],"stop_reason":"end_turn"}"#,
    ),
    (
        "details of a refusal",
        r#"{"type":"message","content":[],"stop_reason":"refusal","stop_details":{"category":"cyber"}}"#,
        r#"{"type":"message","content":[],"stop_reason":"refusal","stop_details":{"category":"bio"}}"#,
    ),
    (
        "container",
        r#"{"type":"message","content":[],"container":{"id":"a"}}"#,
        r#"{"type":"message","content":[],"container":{"id":"b"}}"#,
    ),
];

const RESPONSES: &[Pair] = &[
    (
        "encrypted reasoning",
        r#"{"object":"response","output":[{"type":"reasoning","id":"r","encrypted_content":"a"}]}"#,
        r#"{"object":"response","output":[{"type":"reasoning","id":"r","encrypted_content":"b"}]}"#,
    ),
    (
        "id of an item",
        r#"{"object":"response","output":[{"type":"reasoning","id":"r","encrypted_content":"a"}]}"#,
        r#"{"object":"response","output":[{"type":"reasoning","id":"s","encrypted_content":"a"}]}"#,
    ),
    (
        "citations",
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"a","annotations":[{"url":"https://a.example"}]}]}]}"#,
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"a","annotations":[{"url":"https://b.example"}]}]}]}"#,
    ),
    (
        "probabilities",
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"a","logprobs":[{"token":"a","logprob":-1}]}]}]}"#,
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"a","logprobs":[{"token":"a","logprob":-2}]}]}]}"#,
    ),
    (
        "image",
        r#"{"object":"response","output":[{"type":"image_generation_call","id":"i","result":"AA"}]}"#,
        r#"{"object":"response","output":[{"type":"image_generation_call","id":"i","result":"BB"}]}"#,
    ),
    (
        "id of a call",
        r#"{"object":"response","output":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]}"#,
        r#"{"object":"response","output":[{"type":"function_call","call_id":"b","name":"f","arguments":"{}"}]}"#,
    ),
    (
        "result of code",
        r#"{"object":"response","output":[{"type":"code_interpreter_call","id":"c","code":"1","outputs":[{"logs":"1"}]}]}"#,
        r#"{"object":"response","output":[{"type":"code_interpreter_call","id":"c","code":"1","outputs":[{"logs":"2"}]}]}"#,
    ),
    (
        "refusal",
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"refusal","refusal":"No"}]}]}"#,
        r#"{"object":"response","output":[{"type":"message","content":[{"type":"output_text","text":"No"}]}]}"#,
    ),
    (
        "finish reason",
        r#"{"object":"response","status":"completed","output":[]}"#,
        r#"{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}"#,
    ),
];

const GEMINI: &[Pair] = &[
    (
        "signature of a call",
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"a"}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"b"}]}}]}"#,
    ),
    (
        "signature of a text",
        r#"{"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"a"}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"a","thoughtSignature":"b"}]}}]}"#,
    ),
    (
        "sources",
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.example"}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://b.example"}}]}}]}"#,
    ),
    (
        "probabilities",
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"logprobsResult":{"chosenCandidates":[{"logProbability":-1}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"logprobsResult":{"chosenCandidates":[{"logProbability":-2}]}}]}"#,
    ),
    (
        "image",
        r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"BB"}}]}}]}"#,
    ),
    (
        "image or audio",
        r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA"}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/wav","data":"AA"}}]}}]}"#,
    ),
    (
        "result of code",
        r#"{"candidates":[{"content":{"parts":[{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2"}}]}}]}"#,
    ),
    (
        "finish reason",
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"SAFETY"}]}"#,
    ),
    ("blocked prompt", r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#, r#"{"promptFeedback":{}}"#),
    (
        "verdicts",
        r#"{"candidates":[{"safetyRatings":[{"category":"HARM_CATEGORY_HATE_SPEECH","probability":"LOW"}]}]}"#,
        r#"{"candidates":[{"safetyRatings":[{"category":"HARM_CATEGORY_HATE_SPEECH","probability":"HIGH"}]}]}"#,
    ),
];

const CONVERSE: &[Pair] = &[
    (
        "signature",
        r#"{"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"a","signature":"s"}}}]}}}"#,
        r#"{"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"a","signature":"t"}}}]}}}"#,
    ),
    (
        "encrypted reasoning",
        r#"{"output":{"message":{"content":[{"reasoningContent":{"redactedContent":"AA"}}]}}}"#,
        r#"{"output":{"message":{"content":[{"reasoningContent":{"redactedContent":"BB"}}]}}}"#,
    ),
    (
        "citations",
        r#"{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[{"title":"a"}]}}]}}}"#,
        r#"{"output":{"message":{"content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[{"title":"b"}]}}]}}}"#,
    ),
    (
        "image",
        r#"{"output":{"message":{"content":[{"image":{"format":"png","source":{"bytes":"AA"}}}]}}}"#,
        r#"{"output":{"message":{"content":[{"image":{"format":"png","source":{"bytes":"BB"}}}]}}}"#,
    ),
    (
        "id of a call",
        r#"{"output":{"message":{"content":[{"toolUse":{"toolUseId":"a","name":"f","input":{}}}]}}}"#,
        r#"{"output":{"message":{"content":[{"toolUse":{"toolUseId":"b","name":"f","input":{}}}]}}}"#,
    ),
    (
        "result of a tool",
        r#"{"output":{"message":{"content":[{"toolResult":{"toolUseId":"a","content":[{"text":"1"}]}}]}}}"#,
        r#"{"output":{"message":{"content":[{"toolResult":{"toolUseId":"a","content":[{"text":"2"}]}}]}}}"#,
    ),
    (
        "finish reason",
        r#"{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"end_turn"}"#,
        r#"{"output":{"message":{"content":[{"text":"a"}]}},"stopReason":"guardrail_intervened"}"#,
    ),
];

const COHERE: &[Pair] = &[
    (
        "citations",
        r#"{"message":{"content":[{"type":"text","text":"a"}],"citations":[{"start":0,"end":1}]}}"#,
        r#"{"message":{"content":[{"type":"text","text":"a"}],"citations":[{"start":0,"end":2}]}}"#,
    ),
    ("plan or text", r#"{"message":{"tool_plan":"a"}}"#, r#"{"message":{"content":[{"type":"text","text":"a"}]}}"#),
    (
        "id of a call",
        r#"{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}"#,
        r#"{"message":{"tool_calls":[{"id":"b","function":{"name":"f","arguments":"{}"}}]}}"#,
    ),
    (
        "finish reason",
        r#"{"message":{"content":[]},"finish_reason":"COMPLETE"}"#,
        r#"{"message":{"content":[]},"finish_reason":"MAX_TOKENS"}"#,
    ),
];

const CONVERSATIONS: &[Pair] = &[
    (
        "sources",
        r#"{"outputs":[{"type":"message.output","content":[{"type":"tool_reference","tool":"web_search","url":"https://a.example"}]}]}"#,
        r#"{"outputs":[{"type":"message.output","content":[{"type":"tool_reference","tool":"web_search","url":"https://b.example"}]}]}"#,
    ),
    (
        "id of a call",
        r#"{"outputs":[{"type":"function.call","tool_call_id":"a","name":"f","arguments":"{}"}]}"#,
        r#"{"outputs":[{"type":"function.call","tool_call_id":"b","name":"f","arguments":"{}"}]}"#,
    ),
    (
        "file",
        r#"{"outputs":[{"type":"message.output","content":[{"type":"tool_file","tool":"image_generation","file_id":"a"}]}]}"#,
        r#"{"outputs":[{"type":"message.output","content":[{"type":"tool_file","tool":"image_generation","file_id":"b"}]}]}"#,
    ),
];

const EMBEDDINGS: &[Pair] = &[(
    "vector",
    r#"{"object":"list","data":[{"index":0,"embedding":[1,2]}]}"#,
    r#"{"object":"list","data":[{"index":0,"embedding":[1,3]}]}"#,
)];

const RERANK: &[Pair] = &[
    (
        "scored document",
        r#"{"results":[{"index":0,"relevance_score":0.5}]}"#,
        r#"{"results":[{"index":1,"relevance_score":0.5}]}"#,
    ),
    (
        "score",
        r#"{"results":[{"index":0,"relevance_score":0.5}]}"#,
        r#"{"results":[{"index":0,"relevance_score":0.6}]}"#,
    ),
];

#[test]
fn answers_that_mean_different_things_fold_differently() {
    let dialects = [
        (Dialect::OpenAiChat, CHAT),
        (Dialect::AnthropicMessages, MESSAGES),
        (Dialect::OpenAiResponses, RESPONSES),
        (Dialect::GeminiGenerate, GEMINI),
        (Dialect::BedrockConverse, CONVERSE),
        (Dialect::CohereV2, COHERE),
        (Dialect::MistralConversations, CONVERSATIONS),
        (Dialect::OpenAiEmbeddings, EMBEDDINGS),
        (Dialect::Rerank, RERANK),
    ];
    for (dialect, pairs) in dialects {
        for (name, one, other) in pairs {
            assert_ne!(folded(dialect, one), folded(dialect, other), "{dialect:?}: {name}");
        }
    }
}

/// Folds a whole answer, and shows the values in the place of their spans.
fn folded(dialect: Dialect, body: &str) -> String {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    dialect.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let raw = |span: Span| document.raw(span);
    let answer = WholeAnswer::of(&events, document);
    let mut shown = String::new();
    for (property, value) in &answer.properties {
        shown += &format!("{property:?} {}\n", raw(*value));
    }
    for choice in &answer.choices {
        shown += &format!("choice {:?}\n", choice.finish);
        for (property, value) in &choice.properties {
            shown += &format!("{property:?} {}\n", raw(*value));
        }
        for part in &choice.parts {
            let texts: Vec<&str> = part.texts.iter().map(|text| raw(*text)).collect();
            let call = [part.id, part.name, part.arguments].map(|span| span.map(raw));
            shown += &format!("{:?} {texts:?} {call:?} {}\n", part.kind, part.builtin);
            for (property, value) in &part.properties {
                shown += &format!("{property:?} {}\n", raw(*value));
            }
        }
    }
    shown
}
