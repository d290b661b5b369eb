//! Vectors of embeddings: their number types, and their encodings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;
use std::fmt::Write;

/// Number type of a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberType {
    /// 32-bit floats.
    #[default]
    Float,
    /// Signed bytes.
    Int8,
    /// Unsigned bytes.
    Uint8,
    /// Signed bytes of eight dimensions each.
    Binary,
    /// Unsigned bytes of eight dimensions each.
    Ubinary,
    /// One bit for each dimension (Amazon Titan).
    Bit,
}

impl NumberType {
    /// Types and their words.
    pub const WORDS: [(Self, &'static str); 5] = [
        (Self::Float, "float"),
        (Self::Int8, "int8"),
        (Self::Uint8, "uint8"),
        (Self::Binary, "binary"),
        (Self::Ubinary, "ubinary"),
    ];

    /// Word of the APIs that have several types.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(number, _)| *number == self).map_or("binary", |(_, word)| word)
    }
}

/// Form of a vector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VectorForm {
    /// Number type.
    pub number: NumberType,
    /// Set for base64 of the numbers, the floats in little-endian order. Otherwise they are a list.
    pub is_base64: bool,
}

impl VectorForm {
    /// Returns the form of a word. `None` for an unknown one.
    pub fn of(word: &str) -> Option<Self> {
        if word == "base64" {
            return Some(Self { number: NumberType::Float, is_base64: true });
        }
        let known = NumberType::WORDS.iter().find(|(_, known)| *known == word);
        known.map(|(number, _)| Self { number: *number, is_base64: false })
    }
}

/// Facts of a request for embeddings that its answer is written for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbeddingContext {
    /// Forms of the vectors that the client wants; empty for numbers that are floats.
    pub wanted: Vec<VectorForm>,
    /// Number type asked of the provider, for an answer that names none.
    pub number: NumberType,
    /// Set for the form of the client's API that has a vector, or a list of them, with nothing around it: Gemini's
    /// embedContent, Cohere's v1, Ollama's older API.
    pub is_bare: bool,
}

/// No vector has numbers as large as this. Bytes (Perplexity's base64,
/// <https://docs.perplexity.ai/api-reference/embeddings-post>, read 2026-11-29) have them when they are taken for floats.
const IMPOSSIBLE: f32 = 1e9;

/// Returns a vector as base64 or as a list of numbers; as it is where it is that already, and floats from either. `None`: it
/// is neither, or a number is not one of its type.
pub(super) fn encoded<'a>(raw: &Cow<'a, str>, wanted: VectorForm) -> Option<Cow<'a, str>> {
    let is_float = wanted.number == NumberType::Float;
    match (raw.as_bytes().first()?, wanted.is_base64) {
        (b'"', true) | (b'[', false) => Some(raw.clone()),
        (b'[', true) => {
            let numbers = raw.strip_prefix('[')?.strip_suffix(']')?.split(',').map(str::trim);
            let mut bytes = Vec::with_capacity(raw.len() / 2);
            for number in numbers.filter(|number| !number.is_empty()) {
                if is_float {
                    bytes.extend_from_slice(&float(number)?.to_le_bytes());
                } else {
                    let byte = number.parse::<i16>().ok().filter(|byte| (-128..=255).contains(byte))?;
                    bytes.extend(byte.to_le_bytes().first());
                }
            }
            Some(format!("\"{}\"", STANDARD.encode(bytes)).into())
        }
        (b'"', false) if is_float => {
            let bytes = STANDARD.decode(raw.trim_matches('"').replace("\\/", "/")).ok()?;
            let (floats, rest) = bytes.as_chunks::<4>();
            let mut list = String::with_capacity(bytes.len() * 4);
            for bytes in floats {
                let number = Some(f32::from_le_bytes(*bytes)).filter(|number| number.abs() < IMPOSSIBLE)?;
                list.push(if list.is_empty() { '[' } else { ',' });
                // The shortest digits that stand for the number.
                let _ = write!(list, "{number}");
            }
            list.push(']');
            (rest.is_empty() && !floats.is_empty()).then_some(list.into())
        }
        _ => None,
    }
}

fn float(number: &str) -> Option<f32> {
    number.parse().ok().filter(|number: &f32| number.is_finite())
}

/// Purpose of an embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingPurpose {
    /// Query that documents are searched by.
    Query,
    /// Document that is searched.
    Document,
    /// Classification.
    Classification,
    /// Clustering.
    Clustering,
    /// Similarity of texts.
    Similarity,
    /// Question whose answer is searched.
    QuestionAnswering,
    /// Statement whose proof is searched.
    FactVerification,
    /// Description of code that is searched.
    CodeQuery,
    /// Image (Cohere).
    Image,
}

impl EmbeddingPurpose {
    /// Returns the purpose that a word of any API stands for: `TaskType` of <https://ai.google.dev/api/embeddings>,
    /// `input_type` of the cohere SDK 7.3.1 and of <https://docs.voyageai.com/reference/embeddings-api>, read 2026-11-29.
    pub fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "retrieval_query" | "search_query" | "query" => Self::Query,
            "retrieval_document" | "search_document" | "document" => Self::Document,
            "classification" => Self::Classification,
            "clustering" => Self::Clustering,
            "semantic_similarity" => Self::Similarity,
            "question_answering" => Self::QuestionAnswering,
            "fact_verification" => Self::FactVerification,
            "code_retrieval_query" => Self::CodeQuery,
            "image" => Self::Image,
            _ => return None,
        })
    }

    /// Purpose of APIs that have fewer: what documents are searched by is a query.
    pub const fn broader(self) -> Self {
        match self {
            Self::QuestionAnswering | Self::FactVerification | Self::CodeQuery => Self::Query,
            purpose => purpose,
        }
    }
}

/// Truncation of an input that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truncation {
    /// It is refused.
    Off,
    /// Its start is cut off.
    Start,
    /// Its end is cut off.
    End,
}

impl Truncation {
    /// Returns what a value of any API stands for: a switch, or a word.
    pub fn of(value: &str) -> Option<Self> {
        Some(match value.trim_matches('"').to_ascii_lowercase().as_str() {
            "false" | "none" => Self::Off,
            "start" => Self::Start,
            "true" | "end" => Self::End,
            _ => return None,
        })
    }
}
