//! Kinds of personal data and secrets.

use std::fmt;

/// A kind of personal data or secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// US social security numbers.
    UsSsn,
    /// Payment card numbers.
    PaymentCard,
    /// International bank account numbers.
    Iban,
    /// IPv4 and IPv6 addresses.
    IpAddress,
    /// API keys, tokens and private keys.
    ApiKey,
}

impl Kind {
    /// Every kind, in the order of all listings.
    pub const ALL: [Self; 7] =
        [Self::Email, Self::Phone, Self::UsSsn, Self::PaymentCard, Self::Iban, Self::IpAddress, Self::ApiKey];

    /// Returns the kind with a name in the settings.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in the settings and in telemetry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::UsSsn => "us_ssn",
            Self::PaymentCard => "payment_card",
            Self::Iban => "iban",
            Self::IpAddress => "ip_address",
            Self::ApiKey => "api_key",
        }
    }

    /// Its name in a placeholder: upper-case letters and underscores.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::UsSsn => "US_SSN",
            Self::PaymentCard => "PAYMENT_CARD",
            Self::Iban => "IBAN",
            Self::IpAddress => "IP_ADDRESS",
            Self::ApiKey => "API_KEY",
        }
    }

    /// Kinds whose label begins with a letter.
    pub(super) const fn by_first_letter(letter: u8) -> &'static [Self] {
        match letter {
            b'E' => &[Self::Email],
            b'P' => &[Self::Phone, Self::PaymentCard],
            b'U' => &[Self::UsSsn],
            b'I' => &[Self::Iban, Self::IpAddress],
            b'A' => &[Self::ApiKey],
            _ => &[],
        }
    }

    /// Kinds whose label ends with a letter.
    pub(super) const fn by_last_letter(letter: u8) -> &'static [Self] {
        match letter {
            b'L' => &[Self::Email],
            b'E' => &[Self::Phone],
            b'N' => &[Self::UsSsn, Self::Iban],
            b'D' => &[Self::PaymentCard],
            b'S' => &[Self::IpAddress],
            b'Y' => &[Self::ApiKey],
            _ => &[],
        }
    }

    /// Its index in [`Kind::ALL`].
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// Every kind.
    pub const ALL: Self = Self((1 << Kind::ALL.len()) - 1);
    /// No kind.
    pub const NONE: Self = Self(0);

    /// Adds a kind.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Reports whether a kind is in the set.
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u8 != 0
    }

    /// Reports whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = Kind::ALL.into_iter().filter(|kind| self.contains(*kind));
        formatter.debug_set().entries(kinds).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_the_first_and_last_letter_of_its_label_alone() {
        for letter in 0..=u8::MAX {
            let named = |at: fn(&[u8]) -> Option<&u8>| {
                let kinds = Kind::ALL.into_iter().filter(|kind| at(kind.label().as_bytes()) == Some(&letter));
                kinds.collect::<Vec<_>>()
            };
            assert_eq!(Kind::by_first_letter(letter), named(<[u8]>::first), "{letter}");
            assert_eq!(Kind::by_last_letter(letter), named(<[u8]>::last), "{letter}");
        }
    }
}
