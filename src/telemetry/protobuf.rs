//! Protobuf's wire format, as far as exports need it: <https://protobuf.dev/programming-guides/encoding/>.
//!
//! Messages are written straight into their buffer, without a struct for each. Tests compare all that is written with
//! the published messages.

/// Writes an integer of seven bits a byte, the lowest first.
#[inline]
pub(super) fn put_varint(mut value: u64, into: &mut Vec<u8>) {
    while value > 0x7f {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// Writes a field that is an integer.
#[inline]
pub(super) fn put_number(tag: u32, value: u64, into: &mut Vec<u8>) {
    put_varint(key(tag, VARINT), into);
    put_varint(value, into);
}

/// Writes a field of eight bytes.
pub(super) fn put_fixed64(tag: u32, value: u64, into: &mut Vec<u8>) {
    put_varint(key(tag, FIXED64), into);
    into.extend_from_slice(&value.to_le_bytes());
}

/// Writes a field of four bytes.
pub(super) fn put_fixed32(tag: u32, value: u32, into: &mut Vec<u8>) {
    put_varint(key(tag, FIXED32), into);
    into.extend_from_slice(&value.to_le_bytes());
}

/// Begins a field of so many bytes: a string, or a message.
#[inline]
pub(super) fn begin(tag: u32, length: usize, into: &mut Vec<u8>) {
    put_varint(key(tag, BYTES), into);
    put_varint(length as u64, into);
}

/// Writes a field of bytes.
#[inline]
pub(super) fn put_bytes(tag: u32, bytes: &[u8], into: &mut Vec<u8>) {
    begin(tag, bytes.len(), into);
    into.extend_from_slice(bytes);
}

/// Encoded length of a field of so many bytes, under a tag below 16, in bytes.
#[inline]
pub(super) const fn field(length: usize) -> usize {
    1 + varint_length(length as u64) + length
}

/// Encoded length of an integer, in bytes.
#[inline]
pub(super) const fn varint_length(value: u64) -> usize {
    (63 - (value | 1).leading_zeros() as usize) / 7 + 1
}

/// First byte of a field of bytes, whose tag is below 16.
pub(super) const fn tag(tag: u32) -> u8 {
    (tag << 3 | BYTES) as u8
}

const fn key(tag: u32, wire_type: u32) -> u64 {
    (tag << 3 | wire_type) as u64
}

/// Value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldValue<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four or eight bytes.
    Fixed,
}

/// Fields of a message, by tag; ends with `None` in place of a field where the bytes are no message.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, FieldValue<'a>)> {
        let key = self.varint()?;
        let value = match u32::try_from(key & 7).ok()? {
            VARINT => FieldValue::Number(self.varint()?),
            FIXED64 => self.take(8).map(|_| FieldValue::Fixed)?,
            BYTES => {
                let length = usize::try_from(self.varint()?).ok()?;
                FieldValue::Bytes(self.take(length)?)
            }
            FIXED32 => self.take(4).map(|_| FieldValue::Fixed)?,
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u64, FieldValue<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field)
    }
}

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;
const FIXED32: u32 = 5;
