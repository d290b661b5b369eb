use crate::FRAMINGS;
use crate::message::{Message, SEPARATOR};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::Value;
use std::error::Error;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use tollgate::dialect::Dialect;
use tollgate::document::{Document, JsonError, Reader, ValueKind};
use tollgate::framing::{Decoder, Framing, Piece};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One exchange of a client with a provider.
struct Exchange {
    name: String,
    /// Set for the project's own fixtures.
    is_own: bool,
    method: String,
    path: String,
    request: Side,
    status: u16,
    answer: Side,
}

#[derive(Default)]
struct Side {
    content_type: String,
    body: Vec<u8>,
}

/// Maximum length of a body: a fuzzer does better with short ones.
const LONGEST: usize = 12 << 10;

/// Maximum number of frames of one name taken from one stream.
const FRAMES: usize = 2;

/// Writes seeds as `folder/TARGET/NAME`, for each exchange of the project's own fixtures and of recorded traffic, where
/// that is next to the project. Returns the number of exchanges.
///
/// # Errors
/// A file cannot be read or written.
pub fn write(folder: impl Into<PathBuf>) -> Result<usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let seeds = Seeds { folder: folder.into() };
    let exchanges: Vec<_> = fixtures(&root.join("tests/fixtures"))?.into_iter().chain(recorded(&root)?).collect();
    exchanges.iter().try_for_each(|exchange| seeds.of(exchange))?;
    seeds.others(&root)?;
    Ok(exchanges.len())
}

struct Seeds {
    folder: PathBuf,
}

impl Seeds {
    fn write(&self, target: &str, name: &str, parts: &[&[u8]]) -> Result<()> {
        let folder = self.folder.join(target);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join(name), parts.concat())?)
    }

    /// Writes the seeds of one exchange, for each target.
    fn of(&self, exchange: &Exchange) -> Result<()> {
        let Exchange { name, method, path, request, status, answer, .. } = exchange;
        let head = format!("{method} {path}");
        let route = Message::of(head.as_bytes()).route();
        self.write("route", name, &[head.as_bytes()])?;
        let asked = if is_stream(&answer.content_type) { "stream" } else { "whole" };
        let size = name.len() % 23;
        let head = format!("{method} {path} {asked} {size} 0\ncontent-type:{}\n", answer.content_type);
        self.write("reading", name, &[head.as_bytes(), b"\n", &answer.body])?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&answer.body)?;
        let gzip = gzip.finish()?;
        if gzip.len() < 1024 {
            self.write("reading", &format!("{name}-gzip"), &[head.as_bytes(), b"content-encoding:gzip\n\n", &gzip])?;
            self.write("framing", &format!("{name}-gzip"), &[&[4, 255, 99, 0], &gzip])?;
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
            zlib.write_all(&answer.body)?;
            self.write("framing", &format!("{name}-zlib"), &[&[5, 255, 99, 0], &zlib.finish()?])?;
        }
        let call = format!("{method} {path} {size} {status}\ncontent-type:{}\n\n", request.content_type);
        let answered = format!("\ncontent-type:{}\n\n", answer.content_type);
        self.write("call", name, &[call.as_bytes(), &request.body, SEPARATOR, answered.as_bytes(), &answer.body])?;
        if exchange.is_own {
            self.growth(exchange, &call, &answered)?;
        }
        let form = format!("\ncontent-type:{}\n\n", request.content_type);
        if request.content_type.starts_with("multipart/") {
            self.write("form", name, &[form.as_bytes(), &request.body])?;
            self.write("framing", &format!("{name}-form"), &[&[6, 255, 0, 0], &request.body])?;
        } else {
            self.write("document", &format!("{name}-request"), &[&request.body])?;
        }
        let first = answer.body.trim_ascii_start().first();
        if matches!(first, Some(b'{' | b'[')) {
            self.write("document", &format!("{name}-answer"), &[&answer.body])?;
        }
        if let Some(dialect) = route.dialect {
            self.dialect(exchange, dialect)?;
        }
        Ok(())
    }

    /// Writes parts of the request and of the answer that can repeat: elements of lists, events.
    fn growth(&self, exchange: &Exchange, call: &str, answered: &str) -> Result<()> {
        let Exchange { name, request, answer, .. } = exchange;
        let write = |what: &str, place: Range<usize>, parting: &str| {
            let line = format!("{} {} {parting}\n", place.start, place.len());
            let parts = [line.as_bytes(), call.as_bytes(), &request.body, SEPARATOR, answered.as_bytes(), &answer.body];
            self.write("growth", &format!("{name}-{what}"), &parts)
        };
        for (number, place) in elements(&request.body).into_iter().enumerate() {
            write(&format!("request-{number}"), place, ",")?;
        }
        let behind = request.body.len();
        for (number, place) in elements(&answer.body).into_iter().enumerate() {
            write(&format!("answer-{number}"), behind + place.start..behind + place.end, ",")?;
        }
        let text = String::from_utf8_lossy(&answer.body);
        for (number, end) in ["\n\n", "\n"].into_iter().enumerate() {
            let middle = text.match_indices(end).map(|(at, _)| at + end.len()).take(6);
            let ends: Vec<usize> = std::iter::once(0).chain(middle).collect();
            if let Some(&[from, to]) = ends.windows(2).next_back() {
                write(&format!("event-{number}"), behind + from..behind + to, "")?;
            }
        }
        Ok(())
    }

    /// Writes the request, the answer or the first frames of each name: documents of one dialect.
    fn dialect(&self, exchange: &Exchange, dialect: Dialect) -> Result<()> {
        let Exchange { name, answer, .. } = exchange;
        let index = Dialect::ALL.iter().position(|known| *known == dialect).and_then(|at| u8::try_from(at).ok());
        let index = index.ok_or("too many dialects")?;
        let plain = |name: String, body: &[u8]| self.write("dialects", &name, &[&[index, 0, b'\n'], body]);
        plain(format!("{name}-request"), &exchange.request.body)?;
        let Some(framing) = framing(dialect, answer) else {
            return plain(format!("{name}-answer"), &answer.body);
        };
        let number = FRAMINGS.iter().position(|known| *known == framing).and_then(|at| u8::try_from(at).ok());
        self.write("framing", name, &[&[number.unwrap_or_default(), 255, 99, 0], &answer.body])?;
        let mut frames: Vec<(String, bool, Vec<u8>)> = Vec::new();
        let mut each = |piece: Piece<'_>| {
            if let Piece::Frame(frame) = piece
                && frames.iter().filter(|(name, ..)| *name == frame.name).count() < FRAMES
            {
                frames.push((frame.name.to_string(), frame.is_exception, frame.data.to_vec()));
            }
        };
        let mut decoder = Decoder::new(framing, 1 << 20);
        decoder.push(&answer.body, &mut each);
        decoder.finish(&mut each);
        for (number, (event, is_exception, data)) in frames.iter().enumerate() {
            let head = [&[index, u8::from(*is_exception)], event.as_bytes(), b"\n"].concat();
            let data = tollgate::dialect::unwrap_chunk(data).unwrap_or_else(|| data.clone());
            self.write("dialects", &format!("{name}-{number}"), &[&head, &data])?;
        }
        Ok(())
    }

    /// Writes values nested about as deep as the limit, wherever a dialect may have some: readers of nested values call
    /// each other, and the stack is limited.
    fn deep(&self, name: &str, open: &str, close: &str) -> Result<()> {
        for depth in [60, 118, 130] {
            let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let members: Vec<String> = NESTING.iter().map(|key| format!("\"{key}\":{nested}")).collect();
            let body = format!("{{{}}}", members.join(","));
            let name = format!("deep-{name}-{depth}");
            self.write("document", &name, &[nested.as_bytes()])?;
            for dialect in 0..u8::try_from(Dialect::ALL.len())? {
                for flags in [0, 2] {
                    let head = [dialect, flags, b'\n'];
                    self.write("dialects", &format!("{name}-{dialect}-{flags}"), &[&head, body.as_bytes()])?;
                }
            }
        }
        Ok(())
    }

    /// Writes seeds that no exchange contains.
    fn others(&self, root: &Path) -> Result<()> {
        let settings = std::fs::read(root.join("envoy/settings.json"))?;
        self.write("settings", "example", &[&settings])?;
        self.write(
            "redaction",
            "example",
            &[b"mail ann.lee@example.com, call +44 20 7946 0018, card 4111 1111 1111 1111"],
        )?;
        let parent = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nvendor=1,other=2";
        self.write("trace_context", "example", &[parent])?;
        for (number, line) in PRICED.iter().enumerate() {
            self.write("price", &number.to_string(), &[line.as_bytes()])?;
        }
        for (name, open, close) in
            [("lists", "[", "]"), ("objects", "{\"text\":", "}"), ("both", "[{\"content\":", "}]")]
        {
            self.deep(name, open, close)?;
        }
        for (number, (unit, message)) in GROWING.iter().enumerate() {
            let head = b"POST /v1/chat/completions 300 200\ncontent-type:application/json\n\n";
            let body = format!(r#"{{"model":"m","messages":[{}]}}"#, message.replace("UNIT", unit));
            let line = format!("{} {} \n", body.find(unit).unwrap_or_default(), unit.len());
            self.write("growth", &format!("own-{number}"), &[line.as_bytes(), head, body.as_bytes()])?;
        }
        for (number, form) in FORMS.iter().enumerate() {
            let head = b"\ncontent-type:multipart/form-data; boundary=\"b\"\n\n";
            self.write("form", &format!("own-{number}"), &[head, form.as_bytes()])?;
            self.write("framing", &format!("form-{number}"), &[&[6, 255, 0, 0], form.as_bytes()])?;
        }
        Ok(())
    }
}

/// Range of the first element of each of a JSON text's first lists.
fn elements(body: &[u8]) -> Vec<Range<usize>> {
    fn walk(reader: &mut Reader<'_>, found: &mut Vec<Range<usize>>) -> std::result::Result<(), JsonError> {
        match reader.peek()? {
            ValueKind::Object => reader.object(|reader, _| walk(reader, found)),
            ValueKind::Array => reader.array(|reader, index| {
                reader.peek()?;
                let start = reader.offset();
                walk(reader, found)?;
                if index == 0 {
                    found.push(start..reader.offset());
                }
                Ok(())
            }),
            _ => reader.skip(),
        }
    }
    let mut found = Vec::new();
    if let Ok(document) = Document::new(body) {
        let _ = walk(&mut Reader::new(document), &mut found);
    }
    found.truncate(ELEMENTS);
    found
}

/// Maximum number of lists of one body that are grown.
const ELEMENTS: usize = 4;

/// Units that grow, and the messages around them, for cases that no exchange contains: long texts of many values.
const GROWING: &[(&str, &str)] = &[
    ("u~@example.com ", r#"{"role":"user","content":"UNIT"}"#),
    (r"u~@example.com\\n", r#"{"role":"tool","tool_call_id":"c","content":"{\"a\":\"UNIT\"}"}"#),
    (r#"\"u~@example.com\\n\","#, r#"{"role":"tool","tool_call_id":"c","content":"[UNIT1]"}"#),
    (r#"\"u~@example.com\":1,"#, r#"{"role":"tool","tool_call_id":"c","content":"{UNIT\"a\":1}"}"#),
    ("4111111111111111,", r#"{"role":"tool","tool_call_id":"c","content":"[UNIT1]"}"#),
];

/// Members with nested values in requests, answers and events.
const NESTING: &[&str] = &[
    "messages",
    "content",
    "contents",
    "input",
    "system",
    "tools",
    "choices",
    "message",
    "delta",
    "output",
    "response",
    "item",
    "candidates",
    "parts",
    "usage",
    "usageMetadata",
    "error",
    "data",
    "results",
    "predictions",
    "documents",
    "metadata",
    "instances",
    "requests",
    "content_block",
    "logprobs",
    "meta",
    "start",
    "x",
];

const PRICED: &[&str] = &[
    "openai gpt-4o-2024-08-06 default eu 1764000000 100 20 0 0 5",
    "openai ft:gpt-4o-mini:acme::x1 flex  - 100 20 300000",
    "anthropic claude-sonnet-4-5-20250929 standard us - 250000 20 10 5 7 8 9",
    "gcp.gemini gemini-2.5-pro    300000 1 1 1 1 1 1 1 1 1 1 1",
    "deepseek deepseek-chat   1764000000 1 2 3 4 5 6 7 8 9",
    "azure.ai.openai my%20gpt-4o   - 1 2 3",
    "aws.bedrock eu.anthropic.claude-3-5-sonnet-20240620-v1:0  eu-west-1 - 1 2 3 4 5 6 7 8 9",
    "aws.bedrock arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0   - 18446744073709551615 1",
];

const FORMS: &[&str] = &[
    "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\nContent-Disposition: form-data; \
     name=\"file\"; filename*=UTF-8''%e2%82%ac.mp3\r\nContent-Type: audio/mpeg\r\n\r\n\u{1}\u{2}\r\n--b--\r\n",
    "--b\nContent-Disposition: form-data;\n name=\"prompt\"\n\nSay \"hi\"\n--b \nContent-Disposition: form-data; \
     name=stream\n\ntrue\n--b--",
];

/// A dialect's folder of fixtures: a route, and the files that belong to it.
fn fixtures(folder: &Path) -> Result<Vec<Exchange>> {
    let mut exchanges = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(route) = std::fs::read_to_string(path.join("route")) else { continue };
        let Some((method, target)) = route.trim().split_once(' ') else { continue };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let request = std::fs::read(path.join("request.json")).unwrap_or_default();
        for file in std::fs::read_dir(&path)? {
            let file = file?.path();
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let target = if stem.starts_with("stream") { streaming(target) } else { target.to_owned() };
            let ending = file.extension().unwrap_or_default().to_string_lossy().into_owned();
            if stem == "route" || stem == "request" {
                continue;
            }
            let body = std::fs::read(&file)?;
            let (content_type, body) = match ending.as_str() {
                "sse" => ("text/event-stream", body),
                "ndjson" => ("application/x-ndjson", body),
                "json" | "array" => ("application/json", body),
                _ => ("application/vnd.amazon.eventstream", messages(&String::from_utf8_lossy(&body))),
            };
            exchanges.push(Exchange {
                name: format!("{name}-{stem}-{ending}"),
                is_own: true,
                method: method.to_owned(),
                path: target,
                request: Side { content_type: "application/json".to_owned(), body: request.clone() },
                status: 200,
                answer: Side { content_type: content_type.to_owned(), body },
            });
        }
    }
    Ok(exchanges)
}

/// Path of the request for a stream.
fn streaming(path: &str) -> String {
    path.replace("/converse", "/converse-stream")
        .replace("/invoke", "/invoke-with-response-stream")
        .replace(":generateContent", ":streamGenerateContent")
}

/// AWS messages from lines of a name, a tab and a payload.
fn messages(lines: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, data) in lines.lines().filter_map(|line| line.split_once('\t')) {
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut body);
    }
    body
}

/// The recorded exchanges; none where there are no recordings.
fn recorded(root: &Path) -> Result<Vec<Exchange>> {
    let text = std::fs::read_to_string(root.join("../shared/traffic/dev.jsonl")).unwrap_or_default();
    text.lines().map(|line| exchange(&serde_json::from_str(line)?)).collect()
}

fn exchange(line: &Value) -> Result<Exchange> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let url = text(&line["request"]["url"]);
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/").to_owned();
    Ok(Exchange {
        name: text(&line["id"]),
        is_own: false,
        method: text(&line["request"]["method"]),
        path,
        request: side(&line["request"])?,
        status: line["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200),
        answer: side(&line["response"])?,
    })
}

fn side(value: &Value) -> Result<Side> {
    let mut body = STANDARD.decode(value["body_b64"].as_str().unwrap_or_default())?;
    body.truncate(LONGEST);
    let headers = value["headers"].as_array().into_iter().flatten();
    let content_type = headers
        .filter(|header| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type")))
        .find_map(|header| header[1].as_str())
        .unwrap_or("application/json");
    Ok(Side { content_type: content_type.to_owned(), body })
}

fn is_stream(content_type: &str) -> bool {
    ["event-stream", "eventstream", "ndjson", "stream+json"].iter().any(|part| content_type.contains(part))
}

fn framing(dialect: Dialect, answer: &Side) -> Option<Framing> {
    match answer.content_type.split(';').next().unwrap_or_default().trim() {
        "text/event-stream" => Some(Framing::ServerSentEvents),
        "application/vnd.amazon.eventstream" => Some(Framing::AwsEventStream),
        "application/x-ndjson" | "application/stream+json" => Some(Framing::JsonLines),
        _ if answer.body.starts_with(b"[") && dialect.stream() == Framing::JsonArray => Some(Framing::JsonArray),
        _ => None,
    }
}
