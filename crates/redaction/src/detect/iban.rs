//! International bank account numbers: ISO 13616 with the lengths of SWIFT's IBAN registry (2026), checked by ISO 7064
//! modulo 97.

use super::super::view::View;
use std::ops::Range;

/// Length of the numbers of each registered country.
const LENGTHS: [(&[u8; 2], usize); 89] = [
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// Finds the account number whose check digits begin at `at`: in one piece or in groups of four separated by spaces,
/// all upper or all lower case. People type both; a mix of cases is a token that matches by chance.
pub(in super::super) fn iban(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(2)?;
    let country = [view.back(at, 2), view.back(at, 1)];
    let upper = country.iter().all(u8::is_ascii_uppercase);
    let lower = country.iter().all(u8::is_ascii_lowercase);
    if upper == lower || view.digits(at, 2) < 2 || !view.open(start) {
        return None;
    }
    let found = LENGTHS.binary_search_by_key(&country.map(|letter| letter.to_ascii_uppercase()), |(code, _)| **code);
    let (_, length) = LENGTHS.get(found.ok()?)?;
    let grouped = view.byte(at + 2) == b' ';
    let mut rest = 0;
    let mut place = at + 2;
    for count in 4..*length {
        if grouped && count % 4 == 0 {
            if view.byte(place) != b' ' {
                return None;
            }
            place += 1;
        }
        let byte = view.byte(place);
        if byte.is_ascii_digit() || byte.is_ascii_uppercase() && upper || byte.is_ascii_lowercase() && lower {
            rest = append(rest, byte);
        } else {
            return None;
        }
        place += 1;
    }
    // The check is made with country and check digits at the end.
    let head = [view.byte(start), view.byte(start + 1), view.byte(at), view.byte(at + 1)];
    let rest = head.into_iter().fold(rest, append);
    (rest % 97 == 1 && !view.byte(place).is_ascii_alphanumeric()).then_some(start..place)
}

/// Appends a digit, or a letter as the number from 10 (A) to 35 (Z), to a number. Divides it where it grows too long:
/// only its rest modulo 97 matters.
const fn append(number: u64, byte: u8) -> u64 {
    let number = if number >> 48 == 0 { number } else { number % 97 };
    if byte.is_ascii_digit() { number * 10 + (byte & 0xf) as u64 } else { number * 100 + (byte & 0x1f) as u64 + 9 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kinds;

    /// Finds the account number at the start of a text.
    fn found(text: &str) -> Option<Range<usize>> {
        iban(&View { text, floor: 0, line: 0, before: "", unclear: None, kinds: Kinds::ALL }, 2)
    }

    #[test]
    fn every_country_has_one_row_and_its_numbers_are_found() {
        assert!(LENGTHS.is_sorted_by(|(a, _), (b, _)| a < b));
        for (code, length) in LENGTHS {
            let country = str::from_utf8(code).unwrap();
            let body = "1".repeat(length - 4);
            let numbers = (2..=98).map(|check| format!("{country}{check:02}{body}"));
            let valid: Vec<String> = numbers.filter(|number| found(number).is_some()).collect();
            assert_eq!(valid.len(), 1, "{country}");
            assert_eq!(found(&format!("{}1", valid[0])), None, "{country}");
        }
    }
}
