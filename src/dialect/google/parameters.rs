//! Generation parameters of Gemini: <https://ai.google.dev/api/generate-content#generationconfig> and `ThinkingConfig`,
//! `GenerationConfig` of Vertex AI, read 2026-11-21. Each name may be in camel or snake case.

use super::content::one_or_several;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::texts::{read_other, read_state, span};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Item, Node, Parameter, Property, Request};

/// Members of the generation parameters.
pub(super) const ROWS: &[Row] = &[
    row("maxOutputTokens", Parameter::MaxTokens),
    row("max_output_tokens", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("topP", Parameter::TopP),
    row("top_p", Parameter::TopP),
    row("topK", Parameter::TopK),
    row("top_k", Parameter::TopK),
    row("candidateCount", Parameter::Choices),
    row("candidate_count", Parameter::Choices),
    row("seed", Parameter::Seed),
    row("presencePenalty", Parameter::PresencePenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("frequencyPenalty", Parameter::FrequencyPenalty),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("stopSequences", Parameter::Stop),
    row("stop_sequences", Parameter::Stop),
    row("responseLogprobs", Parameter::Logprobs),
    row("response_logprobs", Parameter::Logprobs),
    row("logprobs", Parameter::TopLogprobs),
];

/// Members of `thinkingConfig`.
const THINKING: &[Row] = &[
    row("thinkingLevel", Parameter::ReasoningLevel),
    row("thinking_level", Parameter::ReasoningLevel),
    row("thinkingBudget", Parameter::ReasoningBudget),
    row("thinking_budget", Parameter::ReasoningBudget),
    row("includeThoughts", Parameter::ReasoningDisplay),
    row("include_thoughts", Parameter::ReasoningDisplay),
];

/// Reads `GenerationConfig`.
pub(super) fn read_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let mut output = OutputConfig::default();
    reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut output, request))?;
    output.write(request);
    request.parameters.output_type = output.kind();
    Ok(())
}

/// Reads a generation parameter.
pub(super) fn read_parameter(
    reader: &mut Reader<'_>,
    key: &str,
    output: &mut OutputConfig,
    request: &mut Request,
) -> JsonResult {
    match key {
        "responseMimeType" | "response_mime_type" => output.read_media_type(reader),
        "responseSchema"
        | "response_schema"
        | "responseJsonSchema"
        | "response_json_schema"
        | "_responseJsonSchema" => output.read_schema(reader, request),
        "responseModalities" | "response_modalities" => output.read_modalities(reader, request),
        "thinkingConfig" | "thinking_config" => parameters::read_object(reader, THINKING, request),
        _ if parameters::read(reader, ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

/// Requested kind of output.
#[derive(Default)]
pub(super) struct OutputConfig {
    medium: Option<&'static str>,
    format: Option<&'static str>,
    text: bool,
    /// Media type of text, as written.
    media_type: Option<Span>,
    /// Schema of the output, as written.
    schema: Option<Span>,
}

impl OutputConfig {
    /// Reads the requested media type of text.
    pub(super) fn read_media_type(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        let ((), media_type) = reader.spanned(|reader| self.read_format(reader))?;
        self.media_type = Some(media_type);
        Ok(())
    }

    /// Reads the media type of text in an output format.
    pub(super) fn read_format(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        self.format = match reader.api_text()?.as_deref() {
            Some("application/json") => Some("json"),
            Some(text) if text.starts_with("text/") => Some("text"),
            _ => None,
        };
        Ok(())
    }

    fn read_schema(&mut self, reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
        let ((), schema) = reader.spanned(|reader| read_other(reader, None, &mut request.items))?;
        self.schema = Some(schema);
        Ok(())
    }

    /// Reads the output type of an interaction, and returns whether it is the type of a JSON schema.
    pub(super) fn read_type(&mut self, reader: &mut Reader<'_>) -> JsonResult<bool> {
        match reader.api_text()?.as_deref() {
            Some("image") => self.medium = Some("image"),
            Some("audio") => self.medium = Some("speech"),
            Some("text") => self.text = true,
            Some("object" | "array") => {
                self.format = Some("json");
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    /// Reads one modality or several. Numbers are those of `GenerationConfig.Modality`, read 2026-11-21.
    pub(super) fn read_modalities(&mut self, reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
        let document = reader.document();
        reader.peek()?;
        let start = reader.offset();
        one_or_several(reader, |reader, _| {
            let modality = if reader.peek()? == ValueKind::String { reader.api_word() } else { reader.scalar() };
            match modality?.map(|modality| document.raw(modality)) {
                Some("IMAGE" | "image" | "2") => self.medium = Some("image"),
                Some("AUDIO" | "audio" | "3") => self.medium = Some("speech"),
                Some("TEXT" | "text" | "1") => self.text = true,
                _ => {}
            }
            Ok(())
        })?;
        request.items.push(Item::Parameter(Parameter::Modalities, span(start, reader.offset())));
        Ok(())
    }

    /// Records the output format, whose members stand among other parameters.
    pub(super) fn write(&self, request: &mut Request) {
        let members = [(Property::MediaType, self.media_type), (Property::Schema, self.schema)];
        if members.iter().all(|(_, value)| value.is_none()) {
            return;
        }
        request.items.open(Node::OutputFormat);
        for (property, value) in members {
            if let Some(value) = value {
                request.items.push(Item::Property(property, value));
            }
        }
        request.items.close();
    }

    /// Output type as the semantic conventions spell it.
    pub(super) fn kind(&self) -> Option<&'static str> {
        self.medium.or(self.format).or_else(|| self.text.then_some("text"))
    }
}

/// Reads a parameter that names what the provider keeps from earlier calls.
pub(super) fn read_kept(
    reader: &mut Reader<'_>,
    name: &'static str,
    parameter: Parameter,
    request: &mut Request,
) -> JsonResult {
    parameters::record(reader, parameter, request, |reader, request| read_state(reader, name, request))
}
