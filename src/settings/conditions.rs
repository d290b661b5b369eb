//! Conditions for a model's targets: `models[].targets[].when`.

use super::member::{Listed, Required, Word};
use super::problem::{Path, Problems};
#[cfg(schema)]
use super::schema::{json_schema, schemas};
use super::units::{Size, text};
use super::validate::{HeaderName, Label};
use crate::pattern::Pattern;
use crate::policy::{Conditions, DailyHours, is_credential};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::Deserializer;

/// Conditions for a target. All that are written must hold for it to be one of a call's targets.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema), schemars(extend("minProperties" = 1)))]
#[serde(deny_unknown_fields)]
pub(super) struct WhenSettings {
    /// Paths of the client, exact or with `*`, without their query; one must match.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    paths: Option<Vec<Label>>,
    /// Headers of the client, such as `x-intent`; each must be there.
    headers: Option<Vec<HeaderCondition>>,
    /// Teams of the key, exact or with `*`; one must match.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    teams: Option<Vec<Label>>,
    /// Size of the request's text, without media.
    text: Option<TextCondition>,
    /// Times of day; one must hold.
    hours: Option<Vec<HoursCondition>>,
}

/// A header with its permitted values.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct HeaderCondition {
    /// Its name.
    name: Required<HeaderName>,
    /// Its values, exact or with `*`; one must match. Absent, any value does.
    #[cfg_attr(schema, schemars(length(min = 1)))]
    values: Option<Vec<Label>>,
}

/// Bounds on the size of the request's text.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct TextCondition {
    /// Least size.
    at_least: Option<Size<0, 0, MOST>>,
    /// Greatest size.
    at_most: Option<Size<0, MOST, MOST>>,
}

/// A window of the day.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct HoursCondition {
    /// Its beginning, such as `"22:00"`.
    from: Required<TimeOfDay>,
    /// Its end, not included. Not after `from`, it is on the next day.
    to: Required<TimeOfDay>,
    /// Days on which it begins. Absent, every day.
    days: Option<Vec<Word<Weekday>>>,
    /// Difference of its clock from UTC, in minutes to the east: `120` for Berlin in summer.
    #[cfg_attr(schema, schemars(range(min = -840, max = 840)))]
    utc_offset_minutes: Option<i64>,
}

/// A time of day, `"00:00"` to `"24:00"`, in minutes.
#[derive(Clone, Copy, Debug)]
struct TimeOfDay(u16);

impl TimeOfDay {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let minutes = || {
            let &[h0 @ b'0'..=b'2', h1 @ b'0'..=b'9', b':', m0 @ b'0'..=b'5', m1 @ b'0'..=b'9'] = text.as_bytes()
            else {
                return None;
            };
            let number = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
            Some(number(h0, h1) * 60 + number(m0, m1)).filter(|minutes| *minutes <= 24 * 60)
        };
        minutes().map(Self).ok_or("not a time of day: write hours and minutes, as in \"22:00\"")
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a time of day such as \"22:00\"", Self::parse)
    }
}

#[cfg(schema)]
schemas! {
    [] TimeOfDay = |_| json_schema!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$" });
}

/// A day of the week: Monday is 0.
#[derive(Clone, Copy, Debug)]
struct Weekday(u8);

impl Listed for Weekday {
    const NAME: &'static str = "day of the week";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().zip((0..).map(Self))
    }
}

impl WhenSettings {
    pub(super) fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Conditions {
        let Self { paths, headers, teams, text, hours } = &self;
        if paths.is_none() && headers.is_none() && teams.is_none() && text.is_none() && hours.is_none() {
            problems.note(at, "empty: write a condition, or leave it out");
        }
        let headers = self.headers.unwrap_or_default().into_iter().enumerate();
        let at_headers = at.member("headers");
        let hours = self.hours.unwrap_or_default().into_iter().enumerate();
        let at_hours = at.member("hours");
        Conditions {
            paths: patterns(self.paths, &at.member("paths"), problems),
            headers: headers
                .filter_map(|(index, header)| header.checked(&at_headers.element(index), problems))
                .collect(),
            teams: patterns(self.teams, &at.member("teams"), problems),
            text: self.text.map(|text| text.checked(&at.member("text"), problems)),
            hours: hours.filter_map(|(index, hours)| hours.checked(&at_hours.element(index), problems)).collect(),
        }
    }
}

impl HeaderCondition {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Option<(String, Vec<Pattern>)> {
        let values = patterns(self.values, &at.member("values"), problems);
        let at = at.member("name");
        let name =
            self.name.or_note("the header's name, such as \"x-intent\"", &at, problems)?.checked(&at, problems)?;
        if is_credential(&name) {
            problems.note(&at, "carries a key: write the key's team");
        }
        Some((name, values))
    }
}

impl TextCondition {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> std::ops::RangeInclusive<u64> {
        let least = Size::checked(self.at_least, &at.member("at_least"), problems);
        let most = Size::checked(self.at_most, &at.member("at_most"), problems);
        if least > most {
            problems.note(at, "no size is in this range: \"at_least\" is above \"at_most\"");
        }
        least as u64..=most as u64
    }
}

impl HoursCondition {
    fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Option<DailyHours> {
        let from = self.from.or_note("its beginning, such as \"22:00\"", &at.member("from"), problems);
        let to = self.to.or_note("its end, such as \"06:00\"", &at.member("to"), problems);
        let offset = self.utc_offset_minutes.unwrap_or_default();
        if !(-840..=840).contains(&offset) {
            problems.note(&at.member("utc_offset_minutes"), "out of range: -840 to 840");
        }
        let days = self.days.map_or(DailyHours::EVERY_DAY, |days| {
            let at = at.member("days");
            let days = days.iter().enumerate().filter_map(|(index, day)| day.checked(&at.element(index), problems));
            days.fold(0, |all, Weekday(day)| all | 1 << day)
        });
        let (TimeOfDay(from), TimeOfDay(to)) = (from?, to?);
        Some(DailyHours { from, to, days, offset: offset.try_into().unwrap_or_default() })
    }
}

/// Checks names that may have a `*`.
fn patterns(written: Option<Vec<Label>>, at: &Path<'_>, problems: &mut Problems) -> Vec<Pattern> {
    if written.as_ref().is_some_and(Vec::is_empty) {
        problems.note(at, "empty: write at least one, or leave it out");
    }
    let written = written.unwrap_or_default().into_iter().enumerate();
    written
        .filter_map(|(index, label)| label.checked(&at.element(index), problems))
        .map(|name| Pattern::new(&name))
        .collect()
}

/// Above every body that the settings permit, in bytes.
const MOST: u64 = 1 << 30;
