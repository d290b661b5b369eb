//! Attributes on the wire: each is written into the encoded span as soon as it is known.
//!
//! A span has dozens of them. As separate messages they would cost two allocations each, and a second walk to compute
//! their lengths; this would take most of the time of encoding a span. Field numbers are those of `opentelemetry-proto`
//! 1.11 (`Span`, `KeyValue`, `AnyValue`, `ArrayValue`), and tests decode every span with its published messages.

use super::attributes::{Attribute, Legacy};
use super::protobuf::{begin, field, put_bytes, put_fixed64, put_number, tag, varint_length};
use crate::price::DecimalText;
use crate::settings::Names;

/// Appends attributes to an encoded span. An unknown fact is not written.
pub(super) struct AttributeWriter<'a> {
    span: &'a mut Vec<u8>,
    names: Names,
    openai: bool,
}

impl<'a> AttributeWriter<'a> {
    /// Writes into `span`; `openai`: the provider is OpenAI.
    pub(super) fn new(span: &'a mut Vec<u8>, names: Names, openai: bool) -> Self {
        Self { span, names, openai }
    }

    /// Writes a string, [cut]; an empty one has no meaning and is not written.
    #[inline]
    pub(super) fn text(&mut self, attribute: &Attribute, text: Option<&str>) {
        if let Some(text) = text {
            self.whole(attribute, cut(text));
        }
    }

    /// Writes a string in full length, which the caller has bounded; an empty one is not written.
    pub(super) fn whole(&mut self, attribute: &Attribute, text: &str) {
        match self.names {
            Names::Latest if text.is_empty() => {}
            Names::Latest => self.put_string(attribute.latest, "", text.as_bytes()),
            Names::Legacy | Names::Both => self.renamed(attribute, text, text),
        }
    }

    /// Writes a string whose deprecated name has a deprecated value.
    pub(super) fn renamed(&mut self, attribute: &Attribute, latest: &str, legacy: &str) {
        let (latest_key, legacy_key) = self.keys(attribute);
        for (key, text) in [(latest_key, latest), (legacy_key, legacy)] {
            if let Some(key) = key.filter(|_| !text.is_empty()) {
                self.put_string(key, "", text.as_bytes());
            }
        }
    }

    /// Writes a whole number; one that the protocol cannot represent is not written.
    pub(super) fn number(&mut self, attribute: &Attribute, number: Option<impl TryInto<i64>>) {
        if let Some(Ok(number)) = number.map(TryInto::try_into) {
            self.put_named(attribute, &AttributeValue::Int(number));
        }
    }

    /// Writes a floating-point number.
    #[inline]
    pub(super) fn double(&mut self, attribute: &Attribute, number: Option<f64>) {
        if let Some(number) = number {
            self.put_named(attribute, &AttributeValue::Double(number));
        }
    }

    /// Writes `true`, or nothing: by the conventions, absence is the other value.
    pub(super) fn flag(&mut self, attribute: &Attribute, set: bool) {
        if set {
            self.put_named(attribute, &AttributeValue::True);
        }
    }

    /// Writes a list of strings, at most [`LONGEST_LIST`], each [cut]; an empty list is not written.
    pub(super) fn texts<'t>(&mut self, attribute: &Attribute, texts: impl Iterator<Item = &'t str> + Clone) {
        let texts = texts.take(LONGEST_LIST).map(cut);
        let array_length: usize = texts.clone().map(|text| field(field(text.len()))).sum();
        if array_length == 0 {
            return;
        }
        let (latest, legacy) = self.keys(attribute);
        for key in [latest, legacy].into_iter().flatten() {
            self.begin(key, "", field(array_length));
            begin(ANY_ARRAY, array_length, self.span);
            for text in texts.clone() {
                begin(ARRAY_VALUES, field(text.len()), self.span);
                put_bytes(ANY_STRING, text.as_bytes(), self.span);
            }
        }
    }

    /// Writes a whole number under the name for one kind.
    pub(super) fn number_of(&mut self, attribute: &Attribute, kind: &str, number: impl TryInto<i64>) {
        self.put_number(attribute.stem, cut(kind), &AttributeValue::Int(number.try_into().unwrap_or(i64::MAX)));
    }

    /// Writes an amount.
    pub(super) fn amount(&mut self, attribute: &Attribute, amount: &DecimalText) {
        let (latest, legacy) = self.keys(attribute);
        for key in [latest, legacy].into_iter().flatten() {
            self.put_string(key, "", amount.as_bytes());
        }
    }

    /// Writes an amount under the name for one kind.
    pub(super) fn amount_of(&mut self, attribute: &Attribute, kind: &str, amount: &DecimalText) {
        self.put_string(attribute.stem, cut(kind), amount.as_bytes());
    }

    fn put_named(&mut self, attribute: &Attribute, value: &AttributeValue) {
        if self.names == Names::Latest {
            return self.put_number(attribute.latest, "", value);
        }
        let (latest, legacy) = self.keys(attribute);
        for key in [latest, legacy].into_iter().flatten() {
            self.put_number(key, "", value);
        }
    }

    /// Names to write: the current and the deprecated one.
    fn keys(&self, attribute: &Attribute) -> (Option<&'static str>, Option<&'static str>) {
        let latest = Some(attribute.latest);
        let legacy = match attribute.legacy {
            Legacy::Name(name) => Some(name),
            Legacy::OpenAi(name) if self.openai => Some(name),
            Legacy::OpenAi(_) | Legacy::None => None,
        };
        match (self.names, legacy) {
            (Names::Latest, _) | (_, None) => (latest, None),
            (Names::Legacy, legacy) => (None, legacy),
            (Names::Both, legacy) => (latest, legacy),
        }
    }

    /// Writes `Span.attributes`: a `KeyValue`, its key in two pieces.
    fn put(&mut self, key: &str, key_end: &str, value: &AttributeValue) {
        self.begin(key, key_end, value.length());
        value.write(self.span);
    }

    /// Writes a number.
    fn put_number(&mut self, key: &str, key_end: &str, value: &AttributeValue) {
        if key.len() + key_end.len() + value.length() > SHORT {
            return self.put(key, key_end, value);
        }
        match *value {
            AttributeValue::Int(number @ 0..0x80) => {
                self.begin_short(key, key_end, 2, [VALUE, 2, INT, number as u8]);
            }
            AttributeValue::Int(number @ 0x80..0x4000) => {
                self.begin_short(key, key_end, 3, [VALUE, 3, INT, number as u8 | 0x80, (number >> 7) as u8]);
            }
            AttributeValue::Double(number) => {
                let [a, b, c, d, e, f, g, h] = number.to_bits().to_le_bytes();
                self.begin_short(key, key_end, 9, [VALUE, 9, DOUBLE, a, b, c, d, e, f, g, h]);
            }
            AttributeValue::True | AttributeValue::Int(_) => self.put(key, key_end, value),
        }
    }

    /// Writes a string.
    fn put_string(&mut self, key: &str, key_end: &str, text: &[u8]) {
        let length = text.len();
        if key.len() + key_end.len() + length > SHORT {
            self.begin(key, key_end, field(length));
            return put_bytes(ANY_STRING, text, self.span);
        }
        self.begin_short(key, key_end, length + 2, [VALUE, length as u8 + 2, tag(ANY_STRING), length as u8]);
        self.span.extend_from_slice(text);
    }

    /// Writes a `KeyValue` but for its value, which has this length.
    fn begin(&mut self, key: &str, key_end: &str, value_length: usize) {
        let key_length = key.len() + key_end.len();
        if key_length + value_length <= SHORT {
            return self.begin_short(key, key_end, value_length, [VALUE, value_length as u8]);
        }
        begin(SPAN_ATTRIBUTES, field(key_length) + field(value_length), self.span);
        begin(KEY_VALUE_KEY, key_length, self.span);
        self.put_key(key, key_end);
        begin(KEY_VALUE_VALUE, value_length, self.span);
    }

    /// Writes the key of a short `KeyValue`, whose value has this length, and the first bytes behind it. Most attributes
    /// are short: each of their lengths is one byte, as each of the tags is.
    #[inline(always)]
    fn begin_short<const N: usize>(&mut self, key: &str, key_end: &str, value_length: usize, first: [u8; N]) {
        let key_length = key.len() + key_end.len();
        let whole = key_length + value_length + 4;
        self.span.reserve(whole + 2);
        self.span.extend_from_slice(&[tag(SPAN_ATTRIBUTES), whole as u8, tag(KEY_VALUE_KEY), key_length as u8]);
        self.put_key(key, key_end);
        self.span.extend_from_slice(&first);
    }

    #[inline]
    fn put_key(&mut self, key: &str, key_end: &str) {
        self.span.extend_from_slice(key.as_bytes());
        if !key_end.is_empty() {
            self.span.extend_from_slice(key_end.as_bytes());
        }
    }
}

/// Value of an attribute: an `AnyValue`.
enum AttributeValue {
    True,
    Int(i64),
    Double(f64),
}

impl AttributeValue {
    /// Encoded length, in bytes.
    const fn length(&self) -> usize {
        match self {
            Self::True => 2,
            Self::Int(number) => 1 + varint_length(*number as u64),
            Self::Double(_) => 1 + size_of::<f64>(),
        }
    }

    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::True => put_number(ANY_BOOL, 1, into),
            Self::Int(number) => put_number(ANY_INT, *number as u64, into),
            Self::Double(number) => put_fixed64(ANY_DOUBLE, number.to_bits(), into),
        }
    }
}

/// Truncates a text to the length of an attribute: [`LONGEST_TEXT`] bytes, cut at the end of a character. Texts from
/// outside have no bound of their own.
pub(super) fn cut(text: &str) -> &str {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    let end = text.floor_char_boundary(LONGEST_TEXT);
    text.get(..end).unwrap_or(text)
}

/// First bytes of a `KeyValue`'s value, and of two kinds of `AnyValue`.
const VALUE: u8 = tag(KEY_VALUE_VALUE);
const INT: u8 = (ANY_INT << 3) as u8;
const DOUBLE: u8 = (ANY_DOUBLE << 3 | 1) as u8;

/// Longest key and value together whose attribute has lengths of one byte throughout: 127 at most, with three tags and
/// three lengths within the outermost.
const SHORT: usize = 121;
/// Longest text from outside, in bytes.
const LONGEST_TEXT: usize = 256;
/// Longest list.
pub(super) const LONGEST_LIST: usize = 128;

const SPAN_ATTRIBUTES: u32 = 9;
const KEY_VALUE_KEY: u32 = 1;
const KEY_VALUE_VALUE: u32 = 2;
const ANY_STRING: u32 = 1;
const ANY_BOOL: u32 = 2;
const ANY_INT: u32 = 3;
const ANY_DOUBLE: u32 = 4;
const ANY_ARRAY: u32 = 5;
const ARRAY_VALUES: u32 = 1;
