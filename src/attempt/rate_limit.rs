//! The provider's own rate limits, by the headers of its answers.

use super::Headers;

/// Headers with a limit, and with what remains of it.
/// <https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers>,
/// <https://platform.claude.com/docs/en/api/rate-limits#response-headers>, read 2026-11-29. Azure, Groq and others have
/// OpenAI's names.
const LIMITS: [(&str, &str); 6] = [
    ("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests"),
    ("x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens"),
    ("anthropic-ratelimit-requests-limit", "anthropic-ratelimit-requests-remaining"),
    ("anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-remaining"),
    ("anthropic-ratelimit-input-tokens-limit", "anthropic-ratelimit-input-tokens-remaining"),
    ("anthropic-ratelimit-output-tokens-limit", "anthropic-ratelimit-output-tokens-remaining"),
];

/// Thousandths that remain of the limit that is nearest. `None`: the answer has none.
pub fn remaining_rate(headers: &Headers) -> Option<u64> {
    let number = |name| headers.text(name)?.trim().parse::<u64>().ok();
    let share = |(limit, remaining)| number(remaining)?.saturating_mul(1000).checked_div(number(limit)?);
    LIMITS.into_iter().filter_map(share).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_limit_counts_and_nonsense_is_none() {
        let of = |pairs: &[(&str, &str)]| {
            remaining_rate(&Headers::of(pairs.iter().map(|(name, value)| (*name, value.as_bytes()))))
        };
        let openai = [
            ("x-ratelimit-limit-requests", "100"),
            ("x-ratelimit-remaining-requests", "90"),
            ("x-ratelimit-limit-tokens", "1000"),
            ("x-ratelimit-remaining-tokens", "250"),
        ];
        assert_eq!(of(&openai), Some(250));
        assert_eq!(of(&openai[..2]), Some(900));
        assert_eq!(
            of(&[("anthropic-ratelimit-tokens-limit", "0"), ("anthropic-ratelimit-tokens-remaining", "0")]),
            None
        );
        assert_eq!(of(&[("x-ratelimit-limit-tokens", "many"), ("x-ratelimit-remaining-tokens", "1")]), None);
        assert_eq!(of(&[("x-ratelimit-remaining-tokens", "1")]), None);
    }
}
