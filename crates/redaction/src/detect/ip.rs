//! IP addresses: IPv4 dotted quads (RFC 791) and the text forms of IPv6 (RFC 4291 section 2.2, zones by RFC 4007).
//!
//! Loopback addresses, the unspecified address, addresses that begin with 255 (netmasks, broadcast) and addresses that
//! end in .0.0.0 (whole networks, and versions of browsers: `Chrome/120.0.0.0`) are kept: they are the same everywhere,
//! identify nobody, and a question about a configuration makes no sense without them. All others are matched, private
//! ranges too.

use super::super::view::View;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// Longest text form of an IPv6 address, in bytes.
const LONGEST: usize = 45;
/// Longest zone, in bytes: names of interfaces are shorter.
const ZONE: usize = 16;
/// Maximum distance of the word "version" before a dotted quad, in bytes.
const VERSION: usize = 12;

/// Finds the IPv4 address whose first digit is at `at`: not after a letter (`v1.2.3.4`) or the word "version", and not
/// a part of a longer dotted number.
pub(in super::super) fn ipv4(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    if !view.open(at) || dotted(view, at) {
        return None;
    }
    let (end, address) = quad(view, at)?;
    let kept = address.is_loopback() || matches!(address.octets(), [255, ..] | [_, 0, 0, 0]);
    (!kept && !is_version(view, at)).then_some(at..end)
}

/// Reports whether the word "version" precedes `at`, with only marks between; "fileVersion" too, not "conversion".
fn is_version(view: &View<'_>, at: usize) -> bool {
    let before = view.within(at, VERSION, &["version"]);
    let marks = before.iter().rev().take_while(|byte| !byte.is_ascii_alphanumeric()).count();
    let word = before.get(..before.len() - marks).unwrap_or_default();
    let (head, word) = word.split_at(word.len().saturating_sub("version".len()));
    let alone = head.last().is_none_or(|letter| !letter.is_ascii_alphabetic());
    word.eq_ignore_ascii_case(b"version") && (alone || word.starts_with(b"Ve"))
}

/// End of the address of either family that begins at `at`.
pub(in super::super) fn address_at(view: &View<'_>, at: usize) -> Option<usize> {
    let found = ipv4(view, at).or_else(|| {
        let colon = (at..at + 5).find(|place| !view.byte(*place).is_ascii_hexdigit())?;
        if view.byte(colon) == b':' { Colons::default().ipv6(view, colon) } else { None }
    })?;
    (found.start == at).then_some(found.end)
}

/// Parses the four numbers and three dots at `at`.
fn quad(view: &View<'_>, at: usize) -> Option<(usize, Ipv4Addr)> {
    let mut octets = [0; 4];
    let mut end = at;
    for octet in &mut octets {
        if end > at {
            if view.byte(end) != b'.' {
                return None;
            }
            end += 1;
        }
        let length;
        (*octet, length) = self::octet(view, end)?;
        end += length;
    }
    let more = view.byte(end) == b'.' && view.byte(end + 1).is_ascii_digit();
    if more || view.byte(end).is_ascii_alphanumeric() {
        return None;
    }
    Some((end, octets.into()))
}

/// Parses a number of at most 255 at `at`; returns its length too. As the standard library it takes no zeros in front:
/// some read those numbers as octal.
fn octet(view: &View<'_>, at: usize) -> Option<(u8, usize)> {
    let (mut number, mut length) = (0_u32, 0);
    while length < 4 && view.byte(at + length).is_ascii_digit() {
        number = number * 10 + u32::from(view.byte(at + length) & 0xf);
        length += 1;
    }
    let is_decimal = length == 1 || length > 1 && view.byte(at) != b'0';
    Some((u8::try_from(number).ok().filter(|_| is_decimal)?, length))
}

/// Reports whether a dot that follows a letter or digit stands before `at`.
fn dotted(view: &View<'_>, at: usize) -> bool {
    view.back(at, 1) == b'.' && view.back(at, 2).is_ascii_alphanumeric()
}

/// Search for IPv6 addresses at colons. Remembers the end of the searched text: a run of colons and hexadecimal digits
/// is read once, at its first colon.
#[derive(Default)]
pub(in super::super) struct Colons {
    seen: usize,
}

impl Colons {
    /// Finds the address whose first colon is at `at`.
    pub(in super::super) fn ipv6(&mut self, view: &View<'_>, at: usize) -> Option<Range<usize>> {
        if at < self.seen || !goes_on(view, at + 1) {
            return None;
        }
        let run = |byte: &u8| *byte == b':' || byte.is_ascii_hexdigit();
        let bytes = view.text.as_bytes().get(at..)?;
        let length = bytes.iter().position(|byte| !run(byte)).unwrap_or(bytes.len());
        let end = at + length;
        self.seen = end;
        let start = start(view, at)?;
        if end - start > LONGEST {
            return None;
        }
        let end = end_of_run(view, start, end);
        let source = view.text.get(start..end)?;
        let address = parse(source)?;
        let kept = address.to_canonical().is_loopback() || address.is_unspecified();
        (!kept && is_meant(source)).then(|| start..with_zone(view, end))
    }
}

/// Parses the text form of an address as the standard library does, in less time.
fn parse(source: &str) -> Option<Ipv6Addr> {
    let mut groups = [0_u16; 8];
    let mut rest = source.as_bytes();
    let (mut count, mut gap) = (0, None);
    if let Some(behind) = rest.strip_prefix(b"::") {
        (gap, rest) = (Some(0), behind);
    }
    while !rest.is_empty() {
        let length = rest.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, behind) = rest.split_at_checked(length).filter(|_| length > 0)?;
        *groups.get_mut(count)? = digits.iter().fold(0, |group, digit| group << 4 | hexadecimal(*digit));
        count += 1;
        rest = match behind {
            [] => behind,
            [b':', b':', behind @ ..] if gap.is_none() => {
                gap = Some(count);
                behind
            }
            [b':', behind @ ..] if !behind.is_empty() => behind,
            // Rare: it ends with an IPv4 address.
            [b'.', ..] => return source.parse().ok(),
            _ => return None,
        };
    }
    let missing = groups.len() - count;
    match gap {
        None if missing > 0 => return None,
        None => {}
        // The gap stands for at least one group.
        Some(_) if missing == 0 => return None,
        Some(gap) => groups.get_mut(gap..)?.rotate_right(missing),
    }
    Some(groups.into())
}

/// The value of a hexadecimal digit.
const fn hexadecimal(digit: u8) -> u16 {
    (digit & 0xf) as u16 + if digit > b'9' { 9 } else { 0 }
}

/// Reports whether another colon follows the first one, directly or after a group.
fn goes_on(view: &View<'_>, at: usize) -> bool {
    let group = (at..at + 4).take_while(|place| view.byte(*place).is_ascii_hexdigit()).count();
    view.byte(at + group) == b':'
}

/// Start of the group before the colon at `at`; after the colon, when the text before it is not a group of an address
/// (`host:2001:db8::1`).
fn start(view: &View<'_>, at: usize) -> Option<usize> {
    let group = (1..=4).take_while(|step| view.back(at, *step).is_ascii_hexdigit()).count();
    let start = at - group;
    let double = view.byte(at + 1) == b':';
    let bordered = view.open(start) && !dotted(view, start);
    match (bordered, double) {
        (true, _) if group > 0 || double => Some(start),
        (_, false) => Some(at + 1),
        _ => None,
    }
}

/// End of an address in a run of colons and hexadecimal digits: includes an IPv4 address that follows, excludes the
/// sentence's colon. If the last group is the beginning of something else, the address ends before it.
fn end_of_run(view: &View<'_>, start: usize, end: usize) -> usize {
    let run = view.text.as_bytes().get(start..end).unwrap_or_default();
    let group = run.iter().rev().take_while(|byte| **byte != b':').count();
    let dotted = view.byte(end) == b'.' && view.byte(end + 1).is_ascii_digit();
    if dotted && let Some((end, _)) = quad(view, end - group) {
        return end;
    }
    if (1..=4).contains(&group) && !dotted && !view.byte(end).is_ascii_alphanumeric() {
        return end;
    }
    let sentence = run.get(..run.len() - group).is_some_and(|head| !head.ends_with(b"::"));
    end - group - usize::from(sentence)
}

/// Reports whether the text is an address, not a path of names that happen to be hexadecimal (`dead::beef`): at least
/// two groups, and a digit or a third group.
fn is_meant(source: &str) -> bool {
    let groups = source.split(':').filter(|group| !group.is_empty()).count();
    let digit = source.bytes().any(|byte| byte.is_ascii_digit());
    groups > 2 || groups == 2 && digit
}

/// End of the zone that follows an address (`%eth0`), if one does.
fn with_zone(view: &View<'_>, end: usize) -> usize {
    let name = |at: usize| matches!(view.byte(at), b'_' | b'-') || view.byte(at).is_ascii_alphanumeric();
    if view.byte(end) != b'%' {
        return end;
    }
    let zone = (1..=ZONE).take_while(|step| name(end + step)).count();
    if zone > 0 { end + 1 + zone } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kinds;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_quad_is_what_the_standard_library_reads(text in r"[0-9]{1,4}(\.[0-9]{0,3}){2,3}|(\.?(0|1?[0-9]{1,2}|2[0-6]{2})){4}") {
            let view = View { text: &text, floor: 0, line: 0, before: "", unclear: None, kinds: Kinds::ALL };
            prop_assert_eq!(quad(&view, 0), text.parse().ok().map(|address| (text.len(), address)));
        }

        #[test]
        fn an_address_is_what_the_standard_library_reads(
            text in "(:{0,2}[0-9a-fA-F]{0,5}){0,9}:{0,2}|([0-9A-F]{1,4}:){7}[0-9]|(:?[0-9a-f]:){0,7}:?[0-9.]{0,8}|.{0,4}",
        ) {
            prop_assert_eq!(parse(&text), text.parse().ok(), "{}", text);
        }
    }
}
