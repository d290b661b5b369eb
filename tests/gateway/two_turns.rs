//! Law 5 over two turns: each recorded conversation after a made-up first turn, whose answer names the provider's
//! placeholders and is sent back as the client received it.

use super::conversations::{OTHER_TEAM, WITH_KEY, WITHIN_CALL, WITHIN_ENVOY, text_with};
use super::exchanges::{Exchange, exchanges};
use super::laws::{cut, plant, rng};
use super::support::{Answer, Attributes, Gateway, KEY, Seen, settings_for_all, sha256};
use super::turns::{FrameFacts, TEXT, THOUGHT, Turns, path, set_stream, user};
use super::whole::frames_of;
use opentelemetry_proto::tonic::trace::v1::Span;
use proptest::test_runner::TestRng;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tollgate::dialect::Dialect;

/// A part of every value that is planted.
const MARK: &str = "leaf.example";

/// An address that the model makes up while it thinks: nobody's value, which is sent back as signed.
const MADE_UP: &str = "model@thought.example";

/// Separator of the placeholders that an answer names; no value contains it.
const SEPARATOR: &str = "¦";

/// Placeholders without a key, and with one and each `restore_scope`.
const REDACTIONS: &[&str] = &["", WITH_KEY, WITHIN_CALL, WITHIN_ENVOY];

/// Order of a client's members: by the alphabet, with messages before the system prompt and a signature before the
/// signed part, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Alphabetical,
    Reversed,
}

impl Order {
    fn write(self, value: &Value) -> String {
        match (self, value) {
            (Self::Reversed, Value::Object(members)) => {
                let members: Vec<String> = members
                    .iter()
                    .rev()
                    .map(|(name, value)| format!("{}:{}", json!(name), self.write(value)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            (Self::Reversed, Value::Array(values)) => {
                format!("[{}]", values.iter().map(|value| self.write(value)).collect::<Vec<_>>().join(","))
            }
            _ => value.to_string(),
        }
    }
}

/// A recorded request of several turns, with values planted in it.
struct Conversation<'a> {
    exchange: &'a Exchange,
    dialect: Dialect,
    turns: Turns,
    planted: Value,
    /// Number of turns before the model's first.
    beginning: usize,
}

impl<'a> Conversation<'a> {
    fn of(exchange: &'a Exchange) -> Option<Self> {
        let dialect = exchange.route.dialect.filter(|_| exchange.is_read() && exchange.status == 200)?;
        let turns = Turns::of(dialect)?;
        let mut planted: Value = serde_json::from_slice(&exchange.request).ok()?;
        let is_models = turns.is_models;
        let beginning = planted.get(turns.member)?.as_array()?.iter().position(is_models)?;
        plant(&mut planted, "", &mut 0);
        if dialect == Dialect::OpenAiResponses {
            planted["include"] = json!(["reasoning.encrypted_content"]);
            planted["store"] = json!(false);
        }
        let mut conversation = Self { exchange, dialect, turns, planted, beginning };
        if !conversation.first().to_string().contains(MARK) {
            // A user asks for the model's values, in words.
            let mut turn = user(dialect);
            plant(&mut turn, "first", &mut 0);
            conversation.planted[conversation.turns.member].as_array_mut()?.insert(0, turn);
            conversation.beginning += 1;
        }
        Some(conversation)
    }

    /// Set unless it is one of the project's own.
    fn is_recorded(&self) -> bool {
        !self.exchange.id.contains('/')
    }

    fn recorded(&self) -> &[Value] {
        self.planted[self.turns.member].as_array().map_or(&[], Vec::as_slice)
    }

    /// The request with other turns.
    fn request(&self, turns: Vec<Value>, stream: bool) -> Value {
        let mut request = self.planted.clone();
        request[self.turns.member] = Value::Array(turns);
        set_stream(self.dialect, &mut request, stream);
        request
    }

    fn first(&self) -> Value {
        let mut beginning = self.recorded()[..self.beginning].to_vec();
        let mut request = self.request(Vec::new(), false);
        if self.dialect == Dialect::CohereV1 {
            let last = beginning.pop().map_or_else(|| json!("Whom?"), |turn| turn["message"].clone());
            request["message"] = last;
        }
        request[self.turns.member] = Value::Array(beginning);
        request
    }

    fn second(&self, answer: &[Value], stream: bool) -> Value {
        let (beginning, rest) = self.recorded().split_at(self.beginning);
        self.request([beginning, answer, rest].concat(), stream)
    }

    fn send(&self, gateway: &Gateway, key: &str, request: &str, answer: &Answer, stream: bool) -> Seen {
        let (key, authority) = (format!("Bearer {key}"), self.exchange.authority());
        let headers = [
            ("authorization", key.as_str()),
            (":authority", authority.as_str()),
            ("content-type", self.exchange.request_type.as_str()),
        ];
        let seen = gateway.call("POST", &path(self.exchange, stream), &headers, &[request.as_bytes()], answer);
        if let Some((headers, body)) = &seen.upstream {
            assert!(!contains(body, MARK.as_bytes()), "{}: leaves in {}", self.exchange.id, around(body));
            assert!(!format!("{headers:?}").contains(MARK), "{}: leaves in {headers:?}", self.exchange.id);
        }
        seen
    }

    /// Matches recorded requests that continue from the provider's stored state.
    fn names_state(&self) -> bool {
        let members = [
            "previous_response_id",
            "conversation",
            "conversation_id",
            "container",
            "cachedContent",
            "cached_content",
            "previous_interaction_id",
        ];
        let is_named = |member: &str| self.planted.get(member).is_some_and(|value| !value.is_null() && *value != "");
        let refers = |item: &Value| match item.get("type").and_then(Value::as_str) {
            Some(kind) => kind == "item_reference",
            None => item.get("role").is_none(),
        };
        members.into_iter().any(is_named)
            || self.exchange.path.contains("/conversations/")
            || self.dialect == Dialect::OpenAiResponses && self.recorded().iter().any(refers)
    }

    /// Checks that such a request is refused without a key.
    fn assert_is_refused(&self, gateway: &Gateway) {
        let request = self.request(self.recorded().to_vec(), false).to_string();
        let seen = self.send(gateway, KEY, &request, &Answer::json("{}"), false);
        let (id, is_refused) = (&self.exchange.id, seen.text().contains("redaction.placeholder_key"));
        assert!(seen.status == 400 && is_refused, "{id}: {}", seen.text());
    }

    /// Matches streams that send a thought's signature only after it, where the model's name shows that there will be
    /// one.
    fn signs_streams(&self) -> bool {
        let path = self.exchange.path.as_str();
        let is_bedrocks = matches!(self.dialect, Dialect::BedrockConverse | Dialect::BedrockNova);
        !is_bedrocks || ["anthropic", "claude", "arn%3A", "arn:"].iter().any(|word| path.contains(word))
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// The surroundings of a value.
fn around(bytes: &[u8]) -> String {
    let at = memchr::memmem::find(bytes, MARK.as_bytes()).unwrap_or(0);
    String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + 12).min(bytes.len())]).into_owned()
}

/// The placeholders of a text, each once, in order.
fn placeholders(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split('[').skip(1) {
        let Some((inner, _)) = part.split_once(']') else { continue };
        let labels = ["EMAIL_", "PHONE_", "US_SSN_", "PAYMENT_CARD_", "IBAN_", "IP_ADDRESS_", "API_KEY_"];
        let token = labels.iter().find_map(|label| inner.strip_prefix(label));
        let is_one = token.is_some_and(|token| {
            !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        });
        let placeholder = format!("[{inner}]");
        if is_one && !found.contains(&placeholder) {
            found.push(placeholder);
        }
    }
    found
}

/// An answer that thinks about placeholders, names them and passes them to a tool, the last first: numbered anew, they
/// would have other numbers.
fn naming(placeholders: &[String]) -> FrameFacts {
    let all = placeholders.iter().rev().map(String::as_str).collect::<Vec<_>>().join(SEPARATOR);
    FrameFacts { thought: format!("{THOUGHT}{all}, not {MADE_UP}."), text: format!("{TEXT}{all}"), argument: all }
}

/// The value of each placeholder, by an answer that named them.
fn values(placeholders: &[String], answer: &Value) -> BTreeMap<String, String> {
    let text = text_with(answer, TEXT).unwrap_or_default();
    let values: Vec<String> = text.trim_start_matches(TEXT).split(SEPARATOR).map(str::to_owned).collect();
    assert_eq!(values.len(), placeholders.len(), "{text}");
    placeholders.iter().rev().cloned().zip(values).collect()
}

/// Replaces placeholders by values, in the text of a JSON document.
fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut parts = text.split('[');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let placeholder = part.split_once(']').map(|(inner, rest)| (format!("[{inner}]"), rest));
        match placeholder.and_then(|(placeholder, rest)| Some((values.get(&placeholder)?, rest))) {
            Some((value, rest)) => filled.extend([json!(value).to_string().trim_matches('"'), rest]),
            None => filled.extend(["[", part]),
        }
    }
    filled
}

/// Compares the content of two requests; a number is redacted to a string.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let left: BTreeMap<_, _> = left.iter().filter(|(name, _)| *name != "stream_options").collect();
            let right: BTreeMap<_, _> = right.iter().filter(|(name, _)| *name != "stream_options").collect();
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(*name).is_some_and(|right| same(left, right)))
        }
        (Value::String(left), Value::String(right)) => left.replace("\\u0040", "@") == right.replace("\\u0040", "@"),
        (Value::String(left), Value::Number(right)) => *left == right.to_string(),
        _ => left == right,
    }
}

/// A gateway to every provider, with the keys of two tenants.
fn gateway(redaction: &str) -> Gateway {
    let telemetry = r#""telemetry":{"otlp":{"cluster":"otel"},"content":"redacted"}"#;
    let other = format!(r#""keys":[{{"id":"other","sha256":"{}","team":"other"}},"#, sha256(OTHER_TEAM));
    let settings = settings_for_all(&format!(r#","redaction":{{{redaction}}},{telemetry}"#));
    Gateway::new(&settings.replacen(r#""keys":["#, &other, 1))
}

/// The spans since the last call: none contains a value, nor an address that the model made up.
fn spans(gateway: &mut Gateway, id: &str) -> Vec<Span> {
    let spans = gateway.spans();
    let shown = format!("{spans:?}");
    assert!(!shown.contains(MARK), "{id}: a span has {}", around(shown.as_bytes()));
    assert!(!shown.contains(MADE_UP), "{id}: a span has what the model made up");
    spans
}

/// Runs `run` for every recorded conversation, with each kind of placeholders.
fn each_conversation(mut run: impl FnMut(&Conversation<'_>, &mut Gateway, &str)) {
    let exchanges = exchanges();
    let conversations: Vec<_> = exchanges.iter().filter_map(Conversation::of).collect();
    let dialects: BTreeSet<Dialect> = conversations.iter().map(|conversation| conversation.dialect).collect();
    assert!(dialects.len() >= 9, "{dialects:?}");
    for (kind, redaction) in REDACTIONS.iter().enumerate() {
        let mut gateway = gateway(redaction);
        for (place, conversation) in conversations.iter().enumerate() {
            // Unoptimised, recorded ones are run with every other kind.
            if cfg!(debug_assertions) && conversation.is_recorded() && (place + kind) % 2 == 1 {
                continue;
            }
            if redaction.is_empty() && conversation.names_state() {
                conversation.assert_is_refused(&gateway);
                continue;
            }
            run(conversation, &mut gateway, redaction);
            spans(&mut gateway, &conversation.exchange.id);
        }
    }
    println!("{} conversations in {} dialects", conversations.len(), dialects.len());
}

/// The first turn with its answer: the client's answer, the provider's request, and the values of its placeholders.
struct FirstTurn {
    asked: Value,
    sent: Value,
    got: Value,
    thought: String,
    values: BTreeMap<String, String>,
}

impl FirstTurn {
    fn take(conversation: &Conversation<'_>, gateway: &Gateway, order: Order) -> Self {
        let id = &conversation.exchange.id;
        let asked = conversation.first();
        let request = order.write(&asked);
        let seen = conversation.send(gateway, KEY, &request, &Answer::json("{}"), false);
        assert!(seen.upstream.is_some(), "{id}: {}", seen.text());
        let known = placeholders(seen.sent());
        assert!(!known.is_empty(), "{id}: nothing is redacted in {request}");
        let said = naming(&known);
        let answer = order.write(&(conversation.turns.whole)(&said));
        let seen = conversation.send(gateway, KEY, &request, &Answer::json(&answer), false);
        let sent: Value = serde_json::from_str(seen.sent()).unwrap();
        let got: Value = serde_json::from_str(seen.text()).unwrap();
        let values = values(&known, &got);
        assert!(values.iter().all(|(placeholder, value)| placeholder != value), "{id}: {values:?} in {}", seen.text());
        assert_goes_in_and_out(id, &sent, &asked, &values);
        assert_thought(conversation, &said, &got);
        Self { asked, sent, got, thought: said.thought, values }
    }
}

/// Checks that the provider got the client's request except for the placeholders, each of them for one value.
fn assert_goes_in_and_out(id: &str, sent: &Value, asked: &Value, values: &BTreeMap<String, String>) {
    let fill = |value: &Value| serde_json::from_str::<Value>(&filled(&value.to_string(), values)).unwrap();
    let (sent, asked) = (fill(sent), fill(asked));
    assert!(same(&sent, &asked), "{id}: {sent}\nis not {asked}");
}

/// Checks that a signed thought reaches the client unchanged, and any other with its values.
fn assert_thought(conversation: &Conversation<'_>, said: &FrameFacts, got: &Value) {
    let id = &conversation.exchange.id;
    let Some(thought) = text_with(got, THOUGHT) else {
        return assert_eq!(conversation.dialect, Dialect::CohereV1, "{id}: no thought in {got}");
    };
    assert_eq!(thought == said.thought, conversation.turns.signs, "{id}: {thought}");
}

#[test]
fn a_second_turn_leaks_no_value_and_changes_nothing_signed() {
    each_conversation(|conversation, gateway, redaction| {
        let id = &conversation.exchange.id;
        // Unoptimised, recorded ones are written in one order only.
        let orders = match cfg!(debug_assertions) && conversation.is_recorded() {
            true if conversation.exchange.request.len() % 2 == 0 => &[Order::Alphabetical][..],
            true => &[Order::Reversed],
            false => &[Order::Alphabetical, Order::Reversed],
        };
        for order in orders.iter().copied() {
            let first = FirstTurn::take(conversation, gateway, order);
            let asked = conversation.second(&(conversation.turns.taken)(&first.got), false);
            let request = order.write(&asked);
            let seen = conversation.send(gateway, KEY, &request, &Answer::json("{}"), false);
            let known = placeholders(seen.sent());
            let said = naming(&known);
            let answer = order.write(&(conversation.turns.whole)(&said));
            let seen = conversation.send(gateway, KEY, &request, &Answer::json(&answer), false);
            if conversation.turns.signs {
                assert!(seen.sent().contains(&json!(first.thought).to_string()), "{id}: changed what was signed");
            }
            let sent: Value = serde_json::from_str(seen.sent()).unwrap();
            let got: Value = serde_json::from_str(seen.text()).unwrap();
            let values = values(&known, &got);
            assert_goes_in_and_out(id, &sent, &asked, &values);
            for (placeholder, value) in &values {
                let before = first.values.get(placeholder);
                if redaction.is_empty() && before.is_some() && value == placeholder {
                    continue;
                }
                assert!(value != placeholder, "{id}: {placeholder} does not come back");
                // A placeholder of the first turn in a thought must not have another value now.
                let same = !conversation.turns.signs || before.is_none_or(|before| before == value);
                assert!(same, "{id}: {placeholder} was {before:?}, now {value}");
            }
            assert_thought(conversation, &said, &got);
            if !redaction.is_empty() {
                assert_same_prefix(conversation, &first, &asked, &sent);
                assert!(first.values.iter().all(|(placeholder, value)| values.get(placeholder) == Some(value)), "{id}");
            }
        }
    });
}

/// Checks that, with a key, the common part of both requests is redacted to the same text: a prompt cache keeps its
/// prefix.
fn assert_same_prefix(conversation: &Conversation<'_>, first: &FirstTurn, asked: &Value, sent: &Value) {
    let id = &conversation.exchange.id;
    let member = conversation.turns.member;
    for (name, value) in first.asked.as_object().unwrap() {
        if asked.get(name) == Some(value) {
            assert_eq!(first.sent[name].to_string(), sent[name].to_string(), "{id}: {name}");
        }
    }
    let turns = |sent: &Value, count: usize| json!(sent[member].as_array().unwrap()[..count]).to_string();
    let count = first.asked[member].as_array().unwrap().len();
    assert_eq!(turns(&first.sent, count), turns(sent, count), "{id}: {member}");
}

#[test]
fn a_second_turn_in_a_stream_cut_anywhere_brings_every_value_back() {
    let mut rng = rng();
    let mut tried = 0;
    each_conversation(|conversation, gateway, redaction| {
        let id = &conversation.exchange.id;
        let first = FirstTurn::take(conversation, gateway, Order::Alphabetical);
        let asked = conversation.second(&(conversation.turns.taken)(&first.got), true);
        let request = asked.to_string();
        let seen = conversation.send(gateway, KEY, &request, &Answer::json("{}"), true);
        let mut known = placeholders(seen.sent());
        // Numbers of an earlier call have no meaning in this one.
        known.retain(|placeholder| !redaction.is_empty() || !first.thought.contains(placeholder.as_str()));
        known.truncate(4);
        let answer = (conversation.turns.whole)(&naming(&known)).to_string();
        let seen = conversation.send(gateway, KEY, &request, &Answer::json(&answer), false);
        let values = values(&known, &serde_json::from_str(seen.text()).unwrap());
        let (media, stream, thoughts) =
            conversation.turns.written(conversation.exchange, &(conversation.turns.stream)(&naming(&known)));
        let run = |gateway: &mut Gateway, pieces: Vec<Vec<u8>>| {
            let seen = conversation.send(gateway, KEY, &request, &Answer::of(media, pieces), true);
            let spans = spans(gateway, id);
            (seen.body, spans.last().map(|span| Attributes::of(span).timeless()))
        };
        spans(gateway, id);
        let (body, span) = run(gateway, vec![stream.clone()]);
        if conversation.signs_streams() {
            for thought in &thoughts {
                assert!(contains(&body, thought), "{id}: {} is changed", String::from_utf8_lossy(thought));
            }
        }
        let frames = frames_of(media, conversation.exchange.route.wrapped, &body);
        let told: String = frames.iter().map(|(_, data)| data.to_string()).collect();
        for (placeholder, value) in &values {
            assert!(placeholder != value && told.contains(value), "{id}: {placeholder} does not come back in {told}");
        }
        for pieces in cuts(&stream, &mut rng) {
            let again = run(gateway, pieces);
            assert!(again.0 == body, "{id}: other bytes");
            assert_eq!(again.1, span, "{id}");
            tried += 1;
        }
    });
    println!("{tried} splits");
}

fn cuts(stream: &[u8], rng: &mut TestRng) -> Vec<Vec<Vec<u8>>> {
    let rounds = if cfg!(debug_assertions) { 1 } else { 8 };
    let mut cuts: Vec<_> = (0..rounds).map(|round| cut(stream, 12 + round * 9, rng)).collect();
    if !cfg!(debug_assertions) {
        cuts.push(stream.iter().map(|byte| vec![*byte]).collect());
    }
    cuts
}

#[test]
fn another_tenant_has_other_placeholders_and_reads_no_value_of_the_first() {
    each_conversation(|conversation, gateway, redaction| {
        let id = &conversation.exchange.id;
        let first = FirstTurn::take(conversation, gateway, Order::Alphabetical);
        if redaction.is_empty() {
            return;
        }
        let request = conversation.first().to_string();
        let seen = conversation.send(gateway, OTHER_TEAM, &request, &Answer::json("{}"), false);
        for placeholder in placeholders(seen.sent()) {
            assert!(!first.values.contains_key(&placeholder), "{id}: {placeholder} is that of another tenant");
        }
        let known: Vec<String> = first.values.keys().cloned().collect();
        let answer = (conversation.turns.whole)(&naming(&known));
        let seen = conversation.send(gateway, OTHER_TEAM, &request, &Answer::json(&answer.to_string()), false);
        assert!(!seen.text().contains(MARK), "{id}: {}", around(&seen.body));
    });
}

#[test]
fn a_second_turn_that_goes_on_from_stored_state_needs_a_key() {
    let mut tried = 0;
    each_conversation(|conversation, gateway, redaction| {
        let (id, Some(stored)) = (&conversation.exchange.id, conversation.turns.stored) else { return };
        let mut request = conversation.request(conversation.recorded()[conversation.beginning..].to_vec(), false);
        request[stored] = json!("stored_1");
        let seen = conversation.send(gateway, KEY, &request.to_string(), &Answer::json("{}"), false);
        match redaction.is_empty() {
            true => assert!(seen.status == 400 && seen.text().contains(stored), "{id}: {}", seen.text()),
            false => assert!(seen.upstream.is_some(), "{id}: {}", seen.text()),
        }
        tried += 1;
    });
    assert!(tried > 0);
}
