//! Exchanges of clients with providers.

use base64::Engine;
use serde_json::Value;
use std::path::Path;
use tollgate::attempt::Headers;
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::provider::ProviderRow;

/// One exchange.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) route: Route,
    pub(crate) request: Vec<u8>,
    pub(crate) request_type: String,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) answer: Vec<u8>,
}

impl Exchange {
    /// Reports whether the answer is a stream.
    pub(crate) fn is_stream(&self) -> bool {
        let media = self.content_type.split(';').next().unwrap_or_default();
        let named = ["event-stream", "eventstream", "ndjson", "stream+json", "jsonl"];
        let array = self.route.stream == Some(true) && self.answer.trim_ascii_start().starts_with(b"[");
        array || named.iter().any(|name| media.ends_with(name))
    }

    /// The host that its client called; not a provider's for an exchange of the project's own.
    pub(crate) fn authority(&self) -> String {
        if self.host.is_empty() { "gateway.local".to_owned() } else { self.host.clone() }
    }

    /// Reports whether it is a stream of server-sent events.
    pub(crate) fn has_events(&self) -> bool {
        self.content_type.starts_with("text/event-stream")
    }

    /// The headers of its answer.
    pub(crate) fn headers(&self, encoding: Option<&str>) -> Headers {
        let mut headers = vec![
            (":status".to_owned(), self.status.to_string().into_bytes()),
            ("content-type".to_owned(), self.content_type.clone().into_bytes()),
        ];
        headers.extend(encoding.map(|encoding| ("content-encoding".to_owned(), encoding.as_bytes().to_vec())));
        Headers::from_iter(headers)
    }
}

/// All exchanges: the project's own, and the recorded ones.
pub(crate) fn exchanges() -> Vec<Exchange> {
    let mut exchanges = fixtures();
    assert!(exchanges.len() > 3, "the fixtures are missing");
    exchanges.extend(recorded());
    exchanges
}

/// The project's own: one whole and one streamed answer for each folder of `tests/fixtures` that has them.
pub(crate) fn fixtures() -> Vec<Exchange> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    names.iter().flat_map(|folder| of_folder(folder)).collect()
}

fn of_folder(folder: &Path) -> Vec<Exchange> {
    let read = |file: &str| std::fs::read(folder.join(file)).ok();
    let dialect = folder.file_name().unwrap().to_str().unwrap();
    let line = read("route").map_or_else(|| default_route(dialect).to_owned(), |text| String::from_utf8(text).unwrap());
    let (method, path) = line.trim().split_once(' ').unwrap();
    let request = read("request.json").unwrap_or_default();
    let aws = read("stream.aws.txt").map(|lines| aws_stream(std::str::from_utf8(&lines).unwrap()));
    let answers = [
        ("answer.json", "application/json", read("answer.json")),
        ("stream.sse", "text/event-stream", read("stream.sse")),
        ("stream.ndjson", "application/x-ndjson", read("stream.ndjson")),
        ("stream.array", "application/json", read("stream.array")),
        ("stream.aws.txt", "application/vnd.amazon.eventstream", aws),
    ];
    let of = |file: &str, media: &str, answer: Vec<u8>| {
        let path = if file == "answer.json" { path.to_owned() } else { streamed(path) };
        Exchange {
            id: format!("{dialect}/{file}"),
            host: ProviderRow::of(dialect)
                .filter(|row| !row.endpoints.is_empty())
                .and_then(ProviderRow::host)
                .unwrap_or_default()
                .to_owned(),
            method: method.to_owned(),
            route: Route::of(method, &path, own(dialect)),
            path,
            request: request.clone(),
            request_type: "application/json".to_owned(),
            status: 200,
            content_type: media.to_owned(),
            answer,
        }
    };
    answers.into_iter().filter_map(|(file, media, answer)| Some(of(file, media, answer?))).collect()
}

/// Paths that only their own provider has.
fn own(dialect: &str) -> &'static [tollgate::endpoint::Endpoint] {
    ProviderRow::of(dialect).map_or(&[], |row| row.endpoints)
}

/// The path of the same request for a stream, where that differs.
pub(crate) fn streamed(path: &str) -> String {
    for (whole, stream) in [
        (":generateContent", ":streamGenerateContent"),
        ("/converse", "/converse-stream"),
        ("/invoke", "/invoke-with-response-stream"),
        ("/text/generation?", "/text/generation_stream?"),
    ] {
        if let Some((before, after)) = path.split_once(whole).filter(|(_, after)| !after.starts_with('-')) {
            return [before, stream, after].concat();
        }
    }
    path.to_owned()
}

fn default_route(dialect: &str) -> &'static str {
    match dialect {
        "openai_chat" => "POST /v1/chat/completions",
        "anthropic_messages" => "POST /v1/messages",
        other => panic!("tests/fixtures/{other} has no route"),
    }
}

/// A stream of AWS's framing from lines of `event-type<TAB>payload`.
fn aws_stream(lines: &str) -> Vec<u8> {
    let mut stream = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let (name, data) = line.split_once('\t').unwrap();
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut stream);
    }
    stream
}

/// The recorded ones; none, and a note, where there are no recordings.
pub(crate) fn recorded() -> Vec<Exchange> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traffic/dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("no recorded traffic beside the project: only its own fixtures are tried");
        return Vec::new();
    };
    text.lines().map(|line| of_record(&serde_json::from_str(line).unwrap())).collect()
}

fn of_record(line: &Value) -> Exchange {
    let base64 = base64::engine::general_purpose::STANDARD;
    let body = |side: &str| base64.decode(line[side]["body_b64"].as_str().unwrap_or_default()).unwrap();
    let header = |side: &str| {
        let headers = line[side]["headers"].as_array().into_iter().flatten();
        let named =
            headers.filter(|header| header[0].as_str().unwrap_or_default().eq_ignore_ascii_case("content-type"));
        named.filter_map(|header| header[1].as_str()).next().unwrap_or_default().to_owned()
    };
    let url = line["request"]["url"].as_str().unwrap();
    let (_, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let row = ProviderRow::at(host, port.parse().unwrap(), path);
    let own = row.map_or(&[][..], |row| row.endpoints);
    // For a known provider, its host in the settings of the tests.
    let host = row.map_or_else(|| host.to_owned(), host_of);
    let method = line["request"]["method"].as_str().unwrap();
    Exchange {
        id: line["id"].as_str().unwrap().to_owned(),
        host,
        method: method.to_owned(),
        path: path.to_owned(),
        route: Route::of(method, path, own),
        request: body("request"),
        request_type: header("request"),
        status: u16::try_from(line["response"]["status"].as_u64().unwrap()).unwrap(),
        content_type: header("response"),
        answer: body("response"),
    }
}

/// The host of a kind in the settings that have a provider of every kind.
pub(crate) fn host_of(row: &ProviderRow) -> String {
    row.host().map_or_else(|| format!("{}.example", row.kind), str::to_owned)
}
