//! Facts of an answer without a field of their own in the reply.

/// Declares the facts, so that no list of them can lack one.
macro_rules! extras {
    ($($(#[$doc:meta])* $extra:ident, $name:literal;)*) => {
        /// Fact of an answer that few providers report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Extra {
            $($(#[$doc])* $extra,)*
        }

        impl Extra {
            /// Every fact.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$extra),*];

            /// Name: `request_id`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$extra => $name,)*
                }
            }
        }
    };
}

extras! {
    /// Status of an answer, in the provider's spelling.
    Status, "status";
    /// Cost of the call in dollars, as the provider reports it.
    Cost, "cost";
    /// Id of Cohere's output, besides the answer's.
    GenerationId, "generation_id";
    /// Id of Cohere's answer, besides the stream's.
    ResponseId, "response_id";
    /// The provider's id of the request.
    RequestId, "request_id";
    /// Seconds for which Replicate's model ran.
    PredictTime, "predict_time";
    /// Provider behind a router.
    UpstreamProvider, "upstream_provider";
    /// Finish reason of the provider behind a router.
    NativeFinishReason, "native_finish_reason";
    /// Vertex AI's kind of capacity.
    TrafficType, "traffic_type";
    /// Reason for which Gemini blocked the prompt.
    BlockReason, "block_reason";
    /// Size of a document that was read, in bytes.
    DocumentBytes, "doc_size_bytes";
    /// Action of Amazon Bedrock's guardrail.
    GuardrailAction, "guardrail_action";
    /// Amazon Bedrock's latency, in milliseconds.
    Latency, "latency_ms";
    /// Amazon Bedrock's performance setting.
    Performance, "performance";
    /// Size of the context of web searches.
    SearchContextSize, "search_context_size";
    /// Size of the images.
    ImageSize, "image_size";
    /// Quality of the images.
    ImageQuality, "image_quality";
    /// Region in which Anthropic's model ran.
    InferenceGeo, "inference_geo";
    /// Speed of Anthropic's model.
    Speed, "speed";
    /// Category of Anthropic's refusal.
    RefusalCategory, "refusal_category";
    /// Ollama's total time, in nanoseconds.
    TotalDuration, "total_duration";
    /// Ollama's time for loading the model, in nanoseconds.
    LoadDuration, "load_duration";
    /// Ollama's time for the prompt, in nanoseconds.
    PromptDuration, "prompt_eval_duration";
    /// Ollama's time for the output, in nanoseconds.
    OutputDuration, "eval_duration";
    /// Web search by OpenAI's older tool, which has a price of its own.
    PreviewSearch, "web_search_tool";
}
