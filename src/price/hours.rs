//! Hours with other prices: windows of the day on some days of the week.

/// Windows in the form of the book: `1-5@00:00-01:00,04:00-06:00;6-7@00:00-24:00`, in UTC. Monday is day 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hours<'a> {
    windows: &'a str,
    /// Offset of the calendar that days are counted in, in hours east of Greenwich.
    calendar: u8,
}

impl<'a> Hours<'a> {
    pub(super) const fn new(windows: &'a str) -> Self {
        Self { windows, calendar: 0 }
    }

    pub(super) const fn on_the_calendar_of(self, calendar: u8) -> Self {
        Self { calendar, ..self }
    }

    /// Reports whether a time, in seconds since 1970, lies in a window. A window includes its first minute and not its
    /// last.
    pub(super) fn hold(self, at: u64) -> bool {
        let minute = at / 60 % MINUTES_OF_A_DAY;
        // 1 January 1970 was a Thursday.
        let day = (at.saturating_add(u64::from(self.calendar) * 3600) / 86_400 + 3) % 7 + 1;
        self.windows.split(';').any(|rule| {
            let Some((days, windows)) = rule.split_once('@') else {
                return false;
            };
            let is_day = span(days, |day| day.parse().ok()).is_some_and(|(first, last)| (first..=last).contains(&day));
            is_day && windows.split(',').any(|window| span(window, minutes).is_some_and(|span| is_within(minute, span)))
        })
    }
}

/// Reports whether a minute lies in a window. A window that ends before it begins extends past midnight.
fn is_within(minute: u64, (start, end): (u64, u64)) -> bool {
    if start < end { (start..end).contains(&minute) } else { minute >= start || minute < end }
}

fn span(text: &str, read: impl Fn(&str) -> Option<u64>) -> Option<(u64, u64)> {
    let (first, last) = text.split_once('-')?;
    Some((read(first)?, read(last)?))
}

/// Minutes since midnight of `04:30`.
fn minutes(text: &str) -> Option<u64> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u64>().ok()? * 60 + minutes.parse::<u64>().ok()?)
}

const MINUTES_OF_A_DAY: u64 = 24 * 60;
