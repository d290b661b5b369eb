//! Values: one section, or one element of a list, given to serde with its path, so that each fault in it is a problem.

use super::distinct::Distinct;
use super::fault::Fault;
use super::problem::{Path, Problems};
use super::raw_json::RAW_JSON;
use crate::document::{Document, JsonError, Reader, ValueKind};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::cell::RefCell;

/// Parses one section, or one element of a list. Every fault in it becomes a problem. Then the result is `None`, or the
/// value without the faulty members.
pub(super) fn deserialize<T: DeserializeOwned>(text: &str, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
    let faults = Faults { problems: RefCell::new(std::mem::take(problems)), passed_over: RefCell::default() };
    let value = faultless(Value { text, at, member: None, faults: &faults });
    *problems = faults.problems.into_inner();
    value
}

/// Serde stops at the first fault. To find the others, the text is parsed again without the faulty members.
fn faultless<T: DeserializeOwned>(value: Value<'_, '_>) -> Option<T> {
    let Value { at, faults, .. } = value;
    for _ in 0..=MOST_FAULTS {
        if faults.problems.borrow().is_full() {
            return None;
        }
        let before = faults.passed_over.borrow().len();
        match T::deserialize(value) {
            Ok(parsed) => return Some(parsed),
            Err(fault) => faults.note(fault, at, None),
        };
        if faults.passed_over.borrow().len() == before {
            return None;
        }
    }
    None
}

/// A JSON value with its path.
#[derive(Clone, Copy)]
struct Value<'t, 'p> {
    text: &'t str,
    at: &'p Path<'p>,
    /// The innermost member that contains the value.
    member: Option<MemberId>,
    faults: &'p Faults,
}

/// Address of a member's value in the text.
type MemberId = usize;

/// Faults of one section.
struct Faults {
    problems: RefCell<Problems>,
    /// Members that are parsed no more.
    passed_over: RefCell<Vec<MemberId>>,
}

impl Faults {
    /// Records a fault, unless it is recorded already, and passes over the member that contains it.
    fn note(&self, fault: Fault, at: &Path<'_>, member: Option<MemberId>) -> Fault {
        if let Some(what) = fault.what {
            self.problems.borrow_mut().note(at, what);
            self.passed_over.borrow_mut().extend(member);
        }
        Fault { what: None }
    }
}

impl<'t, 'p> Value<'t, 'p> {
    fn reader(self) -> Result<Reader<'t>, Fault> {
        Document::new(self.text.as_bytes()).map(Reader::new).map_err(not_json)
    }

    fn kind(self) -> Result<ValueKind, Fault> {
        self.reader()?.peek().map_err(not_json)
    }

    fn string(self) -> Result<Cow<'t, str>, Fault> {
        let mut reader = self.reader()?;
        let span = reader.string().map_err(not_json)?;
        Ok(reader.document().text(span))
    }

    fn members(self) -> Result<ObjectMembers<'t, 'p>, Fault> {
        let mut members = Vec::new();
        let mut reader = self.reader()?;
        let document = reader.document();
        let read = reader.object(|reader, name| {
            members.push((document.text(name.span), document.raw(reader.value()?)));
            Ok(())
        });
        read.map_err(not_json)?;
        Ok(ObjectMembers { object: self, members: members.into_iter(), seen: Distinct::default(), current: None })
    }

    fn elements(self) -> Result<ListElements<'t, 'p>, Fault> {
        let mut elements = Vec::new();
        let mut reader = self.reader()?;
        let document = reader.document();
        let read = reader.array(|reader, _| {
            elements.push(document.raw(reader.value()?));
            Ok(())
        });
        read.map_err(not_json)?;
        Ok(ListElements { list: self, elements: elements.into_iter().enumerate() })
    }

    /// The value is of this kind, or is a fault: a visitor that expects one kind has no code for the others.
    fn expect(self, kind: ValueKind, expected: &dyn Expected) -> Result<Self, Fault> {
        let found = self.kind()?;
        if found == kind { Ok(self) } else { Err(Fault::unexpected(sort(found, self.text), expected)) }
    }

    fn whole_number(self, expected: &dyn Expected) -> Result<u64, Fault> {
        let text = self.expect(ValueKind::Number, expected)?.text.trim();
        text.parse().map_err(|_| Fault::unexpected(sort(ValueKind::Number, text), expected))
    }
}

impl<'de> Deserializer<'de> for Value<'de, '_> {
    type Error = Fault;

    /// A number or a text: for values that may be either.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.kind()? {
            ValueKind::Number => self.deserialize_u64(visitor),
            _ => self.deserialize_str(visitor),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let number = self.whole_number(&visitor)?;
        visitor.visit_u64(number)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = self.expect(ValueKind::String, &visitor)?.string()?;
        visitor.visit_str(&text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let text = self.expect(ValueKind::Bool, &visitor)?.text;
        visitor.visit_bool(text.trim() == "true")
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let elements = self.expect(ValueKind::Array, &visitor)?.elements()?;
        visitor.visit_seq(elements)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let members = self.expect(ValueKind::Object, &visitor)?.members()?;
        visitor.visit_map(members)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.kind()? == ValueKind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    /// Serde would also take a list of the values in the order of the members.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.kind()? {
            ValueKind::Object => visitor.visit_map(self.members()?),
            other => Err(Fault::wrong_type("an object", sort(other, self.text))),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.kind()? {
            ValueKind::String => visitor.visit_enum(self.string()?.as_ref().into_deserializer()),
            other => Err(Fault::wrong_type("a word", sort(other, self.text))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Fault> {
        if name == RAW_JSON {
            return visitor.visit_str(self.text.trim());
        }
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
        ignored_any
    }
}

/// Members of an object, without those that are passed over.
struct ObjectMembers<'t, 'p> {
    object: Value<'t, 'p>,
    members: std::vec::IntoIter<(Cow<'t, str>, &'t str)>,
    seen: Distinct,
    current: Option<(Cow<'t, str>, &'t str)>,
}

impl<'t> MapAccess<'t> for ObjectMembers<'t, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Value { at, faults, .. } = self.object;
        for (name, text) in self.members.by_ref() {
            let at = at.member(&name);
            let member = text.as_ptr().addr();
            if self.seen.add(&name, 0).is_some() {
                faults.problems.borrow_mut().note(&at, "written twice");
                continue;
            }
            if faults.passed_over.borrow().contains(&member) {
                continue;
            }
            let key = seed.deserialize(name.as_ref().into_deserializer());
            let key = key.map_err(|fault| faults.note(fault, &at, Some(member)))?;
            self.current = Some((name, text));
            return Ok(Some(key));
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let Value { at, faults, .. } = self.object;
        let Some((name, text)) = self.current.take() else {
            return Err(Fault::custom("a value before its name"));
        };
        let at = at.member(&name);
        let member = Some(text.as_ptr().addr());
        let value = Value { text, at: &at, member, faults };
        seed.deserialize(value).map_err(|fault| faults.note(fault, &at, member))
    }
}

/// Elements of a list.
struct ListElements<'t, 'p> {
    list: Value<'t, 'p>,
    elements: std::iter::Enumerate<std::vec::IntoIter<&'t str>>,
}

impl<'t> SeqAccess<'t> for ListElements<'t, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Value { at, member, faults, .. } = self.list;
        let Some((index, text)) = self.elements.next() else {
            return Ok(None);
        };
        let at = at.element(index);
        let value = Value { text, at: &at, member, faults };
        seed.deserialize(value).map(Some).map_err(|fault| faults.note(fault, &at, member))
    }
}

fn sort(kind: ValueKind, text: &str) -> &'static str {
    match kind {
        ValueKind::Object => "an object",
        ValueKind::Array => "a list",
        ValueKind::String => "a string",
        ValueKind::Number if text.contains(['.', 'e', 'E']) => "a decimal",
        ValueKind::Number if text.starts_with('-') => "a negative number",
        ValueKind::Number => "a whole number",
        ValueKind::Bool => "true or false",
        ValueKind::Null => "null",
    }
}

#[cold]
fn not_json(error: JsonError) -> Fault {
    Fault::custom(format_args!("not JSON: {}", error.reason()))
}

/// Maximum number of times one section is parsed again. A section with more faults is refused as well, with these.
const MOST_FAULTS: usize = 20;
