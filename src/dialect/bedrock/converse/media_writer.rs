//! Writer of images, audio, video and documents: `ImageBlock`, `AudioBlock`, `VideoBlock` and `DocumentBlock` of the
//! model of botocore 1.44.8, read 2026-11-29.

use crate::dialect::writing::{member, standard_base64};
use crate::document::{JsonWriter, KeySet};
use crate::model::{Loss, Losses, Media, MediaPart, MessagePart, PartKind, Property};
use std::collections::BTreeMap;

/// Longest name of a document, in characters.
const LONGEST_NAME: usize = 200;

/// Writer of media, with the names of the documents so far: each has one of its own.
#[derive(Default)]
pub(super) struct MediaWriter {
    names: KeySet<String>,
    /// Number of documents of each name.
    counts: BTreeMap<String, usize>,
}

impl MediaWriter {
    /// Reports whether media have a form here: by their bytes, or at Amazon S3.
    pub(super) fn is_written(media: &MediaPart<'_>) -> bool {
        match &media.media {
            Media::Text(_) => true,
            Media::File(_) => false,
            // The format is said beside the address.
            Media::Url(url) => url.starts_with("s3://") && form(media.kind, extension(url)).is_some(),
            Media::Inline { kind, .. } => form(media.kind, kind).is_some(),
        }
    }

    /// Writes media as a member of a block.
    pub(super) fn write(
        &mut self,
        json: &mut JsonWriter,
        part: &MessagePart<'_>,
        content: &MediaPart<'_>,
        losses: &mut Losses,
    ) {
        if content.detail.is_some() {
            losses.add_at(Loss::Property(Property::Detail), part.span);
        }
        let kind = match &content.media {
            Media::Inline { kind, .. } => kind,
            Media::Url(url) => extension(url),
            _ => "text/plain",
        };
        let (member_name, format) = form(content.kind, kind).unwrap_or(("document", "txt"));
        json.name(member_name).begin_object().name("format").string(format);
        if member_name == "document" {
            json.name("name").escaped(&self.name(part, content, losses));
        }
        json.name("source").begin_object();
        match &content.media {
            Media::Text(text) => drop(json.name("text").escaped(text)),
            Media::Inline { data, .. } => drop(json.name("bytes").escaped(&standard_base64(data))),
            Media::Url(url) | Media::File(url) => {
                json.name("s3Location").begin_object().name("uri").escaped(url).end_object();
            }
        }
        json.end_object();
        if member_name == "document" {
            member(json, "context", content.context.as_ref());
            if content.citations.as_deref().is_some_and(|raw| raw.contains("true")) {
                json.name("citations").begin_object().name("enabled").raw("true").end_object();
            }
        }
        json.end_object();
    }

    /// Returns a name for a document: letters, digits, single spaces, hyphens, parentheses and square brackets.
    fn name(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>, losses: &mut Losses) -> String {
        let given = content.name.as_deref().map(crate::document::unescape).unwrap_or_default();
        let is_fit = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '-' | '(' | ')' | '[' | ']');
        let mut name = String::new();
        for sign in given.chars().take(LONGEST_NAME - 8) {
            let sign = if is_fit(sign) { sign } else { '-' };
            if sign != ' ' || !name.ends_with(' ') {
                name.push(sign);
            }
        }
        let mut name = name.trim().to_owned();
        if name.is_empty() {
            "document".clone_into(&mut name);
        }
        let first = name.clone();
        let count = self.counts.entry(first.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name = format!("{first} {count}");
        }
        while !self.names.insert(name.clone()) {
            *count += 1;
            name = format!("{first} {count}");
        }
        if !given.is_empty() && name != given {
            losses.add_at(Loss::Property(Property::FileName), part.span);
        }
        name
    }
}

/// Extension of an address.
fn extension(url: &str) -> &str {
    url.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Member and format of media of a type, given as MIME type or as a short name.
fn form(kind: PartKind, media_type: &str) -> Option<(&'static str, &'static str)> {
    let known = |names: &[&'static str], name: &str| names.iter().find(|known| **known == name).copied();
    let media_type = media_type.to_ascii_lowercase();
    let subtype = media_type.rsplit('/').next().unwrap_or_default();
    let subtype = subtype.strip_prefix("x-").unwrap_or(subtype);
    let is_image = kind == PartKind::Image || media_type.starts_with("image/");
    match kind {
        _ if is_image => {
            let name = if subtype == "jpg" { "jpeg" } else { subtype };
            known(&["png", "jpeg", "gif", "webp"], name).map(|name| ("image", name))
        }
        PartKind::Audio => {
            let name = match subtype {
                "mpeg" | "mpga" => "mp3",
                "wave" | "vnd.wave" => "wav",
                name => name,
            };
            let names = ["mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "m4a", "pcm", "webm"];
            known(&names, name).map(|name| ("audio", name))
        }
        PartKind::Video => {
            let name = match subtype {
                "quicktime" => "mov",
                "matroska" => "mkv",
                "ms-wmv" => "wmv",
                "3gpp" | "3gp" => "three_gp",
                name => name,
            };
            let names = ["mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp"];
            known(&names, name).map(|name| ("video", name))
        }
        _ => {
            let name = match subtype {
                "msword" => "doc",
                "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
                "vnd.ms-excel" => "xls",
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
                "plain" => "txt",
                "markdown" => "md",
                name => name,
            };
            let names = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
            known(&names, name).map(|name| ("document", name))
        }
    }
}
