//! Fixtures of each dialect (`tests/fixtures/<dialect>`): a route, a request, an answer and a stream.

use std::path::Path;
use tollgate::dialect::Dialect;
use tollgate::endpoint::{HUGGING_FACE, MISTRAL, Route};
use tollgate::framing::Framing;

/// Contents of a dialect's folder.
pub(crate) struct Fixture {
    /// The folder's name: the dialect's.
    pub(crate) name: String,
    /// The dialect.
    pub(crate) dialect: Dialect,
    /// Route of the request; without one nothing is measured.
    pub(crate) route: Route,
    /// A request's body.
    pub(crate) request: Option<String>,
    /// A whole answer's body.
    pub(crate) answer: Option<String>,
    /// Streamed answers, one for each framing.
    pub(crate) streams: Vec<Stream>,
}

/// A streamed answer.
pub(crate) struct Stream {
    /// Route of its request.
    pub(crate) route: Route,
    /// Framing of the body.
    pub(crate) framing: Framing,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Fixture {
    /// The fixture of a dialect; `None` where it has no route of that dialect.
    pub(crate) fn of(dialect: Dialect) -> Option<Self> {
        let name = folder_name(dialect);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(&name);
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).ok();
        let line = read("route")?;
        let (method, path) = line.trim().split_once(' ')?;
        let streaming = path
            .replace("/converse", "/converse-stream")
            .replace("/invoke", "/invoke-with-response-stream")
            .replace(":generateContent", ":streamGenerateContent");
        let route_of = |path: &str| {
            // Paths of these providers that have another meaning at them than at all others.
            let mut routes = [&[], HUGGING_FACE, MISTRAL].into_iter().map(|own| Route::of(method, path, own));
            routes.find(|route| route.dialect == Some(dialect)).unwrap_or_default()
        };
        let route = route_of(path);
        (route.dialect == Some(dialect)).then(|| Self {
            request: read("request.json"),
            answer: read("answer.json"),
            streams: streams(&folder, &route_of(&streaming)),
            name,
            dialect,
            route,
        })
    }
}

/// Folder of a dialect: `openai_chat` for `OpenAiChat`; or that of the only provider with the dialect.
pub(crate) fn folder_name(dialect: Dialect) -> String {
    if dialect == Dialect::MistralConversations {
        return "mistral".to_owned();
    }
    let mut name = String::new();
    for letter in format!("{dialect:?}").replace("OpenAi", "Openai").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// Each `stream.…` of a folder; the extension determines the framing.
fn streams(folder: &Path, route: &Route) -> Vec<Stream> {
    let stream = |ending: &str| {
        let text = std::fs::read_to_string(folder.join("stream").with_extension(ending)).ok()?;
        let (framing, body) = match ending {
            "sse" => (Framing::ServerSentEvents, text.into_bytes()),
            "array" => (Framing::JsonArray, text.into_bytes()),
            "ndjson" => (Framing::JsonLines, text.into_bytes()),
            _ => (Framing::AwsEventStream, messages(&text)),
        };
        Some(Stream { route: route.clone(), framing, body })
    };
    ["sse", "array", "ndjson", "aws.txt"].into_iter().filter_map(stream).collect()
}

/// AWS messages from lines of a name, a tab and a payload.
fn messages(lines: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, data) in lines.lines().filter_map(|line| line.split_once('\t')) {
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut body);
    }
    body
}
