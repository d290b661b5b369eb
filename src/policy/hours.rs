//! DailyHours of days of the week, in a time zone without changes of the clock.

/// A window of the day on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyHours {
    /// First minute since midnight.
    pub from: u16,
    /// Minute since midnight after the last one. Not after `from`, the window goes on past midnight.
    pub to: u16,
    /// Days on which the window begins, one bit each; Monday is bit 0.
    pub days: u8,
    /// Minutes east of UTC.
    pub offset: i16,
}

impl DailyHours {
    /// All days.
    pub const EVERY_DAY: u8 = 0b111_1111;

    /// Reports whether a time, in seconds since 1970, lies in the window.
    pub fn hold(self, at: u64) -> bool {
        let minutes = (at / 60).saturating_add_signed(self.offset.into());
        let (day, minute) = (minutes / MINUTES, minutes % MINUTES);
        let (from, to) = (u64::from(self.from), u64::from(self.to));
        if from < to {
            return self.begins_on(day) && (from..to).contains(&minute);
        }
        minute >= from && self.begins_on(day) || minute < to && self.begins_on(day.wrapping_sub(1))
    }

    /// Reports whether a window begins on a day since 1970. 1 January 1970 was a Thursday.
    const fn begins_on(self, day: u64) -> bool {
        self.days >> (day.wrapping_add(3) % 7) & 1 == 1
    }
}

const MINUTES: u64 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    /// Monday, 5 January 1970, 00:00 UTC.
    const MONDAY: u64 = 4 * DAY;

    fn hours(from: u16, to: u16, days: u8, offset: i16) -> DailyHours {
        DailyHours { from: from * 60, to: to * 60, days, offset: offset * 60 }
    }

    #[test]
    fn a_window_has_its_first_minute_and_not_its_last() {
        let office = hours(9, 17, 0b001_1111, 0);
        assert!(!office.hold(MONDAY + 9 * HOUR - 1));
        assert!(office.hold(MONDAY + 9 * HOUR));
        assert!(office.hold(MONDAY + 17 * HOUR - 1));
        assert!(!office.hold(MONDAY + 17 * HOUR));
        assert!(!office.hold(MONDAY + 5 * DAY + 10 * HOUR), "on a Saturday");
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_on_which_it_begins() {
        let sunday_night = hours(22, 6, 0b100_0000, 0);
        assert!(sunday_night.hold(MONDAY - HOUR));
        assert!(sunday_night.hold(MONDAY + 5 * HOUR));
        assert!(!sunday_night.hold(MONDAY + 23 * HOUR));
        assert!(!sunday_night.hold(MONDAY + DAY + HOUR));
        assert!(hours(0, 0, 1, 0).hold(MONDAY + 12 * HOUR), "from midnight to midnight");
    }

    #[test]
    fn days_are_those_of_the_time_zone() {
        assert!(hours(8, 9, 1, 9).hold(MONDAY - HOUR), "08:00 in Tokyo");
        assert!(hours(20, 24, 0b100_0000, -5).hold(MONDAY + 2 * HOUR), "Sunday, 21:00 in New York");
        assert!(!hours(20, 24, 1, -5).hold(MONDAY + 2 * HOUR));
    }
}
