//! Chunks of Bedrock's InvokeModelWithResponseStream: a JSON object whose `bytes` is the base64 of an event of the
//! model's own API. <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html>, read
//! 2026-11-21.

use crate::document::{Document, Reader, Span};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem::Finder;
use std::sync::LazyLock;

/// Returns the event within a chunk; `None` when the data is no chunk.
pub fn unwrap_chunk(data: &[u8]) -> Option<Vec<u8>> {
    let document = Document::new(data).ok()?;
    STANDARD.decode(document.raw(bytes(document)?)).ok()
}

/// Returns the chunk with its event replaced.
pub fn wrap_chunk(data: &[u8], event: &[u8]) -> Option<Vec<u8>> {
    let span = bytes(Document::new(data).ok()?)?.range();
    let (before, after) = (data.get(..span.start)?, data.get(span.end..)?);
    Some([before, STANDARD.encode(event).as_bytes(), after].concat())
}

/// Creates a chunk around an event of the gateway's own.
pub fn chunk(event: &[u8]) -> Vec<u8> {
    format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode(event)).into_bytes()
}

/// Location of the base64.
fn bytes(document: Document<'_>) -> Option<Span> {
    let mut reader = Reader::new(document);
    let mut found = None;
    reader
        .maybe_object(|reader, key| {
            if &*key == "bytes" {
                found = reader.maybe_string()?;
                return Ok(());
            }
            reader.skip()
        })
        .ok()?;
    found.filter(|span| !span.escaped)
}

/// Reads the counts that Bedrock itself adds to a stream's last event, under `amazon-bedrock-invocationMetrics`.
pub fn invocation_metrics(document: Document<'_>) -> Option<UsageReport> {
    FINDER.find(document.as_str().as_bytes())?;
    let mut reader = Reader::new(document);
    let (mut counts, mut raw) = (ReportedUsage::default(), Span::default());
    reader
        .maybe_object(|reader, key| {
            if &*key != METRICS {
                return reader.skip();
            }
            reader.peek()?;
            let start = reader.offset();
            reader.maybe_object(|reader, key| {
                match &*key {
                    "inputTokenCount" => counts.input = reader.maybe_count()?,
                    "outputTokenCount" => counts.output = reader.maybe_count()?,
                    "cacheReadInputTokenCount" => counts.cache_read = reader.maybe_count()?,
                    "cacheWriteInputTokenCount" => counts.cache_write = reader.maybe_count()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?;
            raw = crate::dialect::texts::span(start, reader.offset());
            Ok(())
        })
        .ok()?;
    let (convention, source) = (UsageConvention::CacheExcluded, UsageSource::InvocationMetrics);
    (!counts.is_empty()).then_some(UsageReport { counts, convention, source, raw })
}

const METRICS: &str = "amazon-bedrock-invocationMetrics";

/// Built once: building a searcher takes longer than searching a chunk.
static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(METRICS));
