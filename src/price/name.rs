//! Model names: fallbacks of a dated or fine-tuned name. By rule, never by similarity.

/// The name without the date of its snapshot, `None` where it has no date.
///
/// A date is `-latest`, `-2024-08-06`, `-20241022`, `@20241022` (Vertex AI) or `:20230824-v2` (older answers of
/// OpenAI's) at the very end; `@latest` and `@default` are Vertex AI's words for the newest. Four digits (`gpt-4-0613`)
/// are not a date: `gpt-4-1106-preview` and `gpt-4` differ in price. A fine-tuned model has no date either: it has the
/// book's price for its base, or an unknown one.
pub(crate) fn undated(model: &str) -> Option<&str> {
    if model.starts_with(FINE_TUNED) {
        return None;
    }
    if let Some(stem) = [LATEST, "@latest", "@default"].into_iter().find_map(|newest| model.strip_suffix(newest)) {
        return Some(stem);
    }
    let unversioned = match model.rsplit_once("-v") {
        Some((name, version)) if is_digits(version) && name.contains(':') => name,
        _ => model,
    };
    [DATE_WITH_DASHES, DATE].into_iter().find_map(|length| {
        let at = unversioned.len().checked_sub(length)?;
        let (stem, date) = unversioned.split_at_checked(at)?;
        if is_date(date) { stem.strip_suffix(['-', '@', ':']) } else { None }
    })
}

/// Entry of a fine-tuned model's base: `ft:gpt-4o-mini-2024-07-18` for `ft:gpt-4o-mini-2024-07-18:org::id`.
pub(crate) fn fine_tuned_base(model: &str) -> Option<&str> {
    let after = model.strip_prefix(FINE_TUNED)?;
    let (base, _) = after.split_once(':')?;
    model.get(..FINE_TUNED.len() + base.len())
}

/// The name with `-latest` in place of its date or behind it.
pub(super) fn latest(model: &str) -> Option<String> {
    if model.ends_with(LATEST) || fine_tuned_base(model).is_some() {
        return None;
    }
    Some(undated(model).unwrap_or(model).to_owned() + LATEST)
}

/// Matches a day of this century, `2024-08-06` or `20240806`.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let (year, month, day) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => (year, month, day),
        (Some(whole), None, None, None) => {
            let Some((year, rest)) = whole.split_at_checked(4) else {
                return false;
            };
            let Some((month, day)) = rest.split_at_checked(2) else {
                return false;
            };
            (year, month, day)
        }
        _ => return false,
    };
    let within = |part: &str, highest: u8| {
        part.len() == 2 && is_digits(part) && part.parse().is_ok_and(|number: u8| (1..=highest).contains(&number))
    };
    year.len() == 4 && year.starts_with("20") && is_digits(year) && within(month, 12) && within(day, 31)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Suffix of a provider's name for a model's newest snapshot.
const LATEST: &str = "-latest";
const FINE_TUNED: &str = "ft:";
/// Lengths of `2024-08-06` and of `20240806`.
const DATE_WITH_DASHES: usize = 10;
const DATE: usize = 8;
