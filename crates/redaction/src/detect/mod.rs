//! The detectors: each examines the text around one position.

mod api_key;
mod card;
mod email;
mod iban;
mod ip;
mod number;
mod phone;
mod private_key;
mod ssn;

pub(super) use api_key::{Keys, may_mark_key};
pub(super) use card::card;
pub(super) use email::email;
pub(super) use iban::iban;
pub(super) use ip::{Colons, ipv4};
pub(super) use phone::phone;
pub(super) use private_key::PrivateKeys;
pub(super) use ssn::ssn;
