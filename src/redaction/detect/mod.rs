//! The detectors: each examines the text around one position.

mod api_key;
mod card;
mod email;
mod iban;
mod ip;
mod phone;
mod private_key;
mod ssn;

use super::view::View;

pub(super) use api_key::Keys;
pub(super) use card::card;
pub(super) use email::email;
pub(super) use iban::iban;
pub(super) use ip::{Colons, address_at, ipv4};
pub(super) use phone::phone;
pub(super) use private_key::PrivateKeys;
pub(super) use ssn::ssn;

/// Parses the single mark at `at` that separates two groups of digits. Returns the start of the next group, and the
/// mark as a space, dash, dot or slash (typography has several characters for each).
fn gap(view: &View<'_>, at: usize) -> Option<(usize, u8)> {
    let (length, mark) = match view.byte(at) {
        mark @ (b' ' | b'-' | b'.' | b'/') => (1, mark),
        0xc2 if view.has(at, "\u{a0}") => (2, b' '),
        0xe2 if view.has(at, "\u{202f}") => (3, b' '),
        0xe2 if view.has(at, "\u{2011}") || view.has(at, "\u{2010}") => (3, b'-'),
        0xe2 if view.has(at, "\u{2013}") => (3, b'-'),
        _ => return None,
    };
    let next = at + length;
    view.byte(next).is_ascii_digit().then_some((next, mark))
}
