//! The provider's own rate limits and its id of the request, by the headers of its answers.

use super::Headers;
use super::header_facts::REQUEST_IDS;
use crate::dialect::Dialect;

/// Headers with a limit, and with what remains of it.
struct LimitHeaders {
    limit: &'static str,
    remaining: &'static str,
}

/// Limits on requests and on tokens, in this order, and others.
/// <https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers>, read 2026-11-29. Azure, Groq and others have
/// the same names.
const OPENAI: [LimitHeaders; 2] = [
    LimitHeaders { limit: "x-ratelimit-limit-requests", remaining: "x-ratelimit-remaining-requests" },
    LimitHeaders { limit: "x-ratelimit-limit-tokens", remaining: "x-ratelimit-remaining-tokens" },
];

/// Limits in the same order. <https://platform.claude.com/docs/en/api/rate-limits#response-headers>, read 2026-11-29.
const ANTHROPIC: [LimitHeaders; 4] = [
    LimitHeaders { limit: "anthropic-ratelimit-requests-limit", remaining: "anthropic-ratelimit-requests-remaining" },
    LimitHeaders { limit: "anthropic-ratelimit-tokens-limit", remaining: "anthropic-ratelimit-tokens-remaining" },
    LimitHeaders {
        limit: "anthropic-ratelimit-input-tokens-limit",
        remaining: "anthropic-ratelimit-input-tokens-remaining",
    },
    LimitHeaders {
        limit: "anthropic-ratelimit-output-tokens-limit",
        remaining: "anthropic-ratelimit-output-tokens-remaining",
    },
];

/// Thousandths that remain of the limit that is nearest. `None`: the answer has none.
pub fn remaining_rate(headers: &Headers) -> Option<u64> {
    let number = |name| headers.text(name)?.trim().parse::<u64>().ok();
    let share = |names: &LimitHeaders| number(names.remaining)?.saturating_mul(1000).checked_div(number(names.limit)?);
    OPENAI.iter().chain(&ANTHROPIC).filter_map(share).min()
}

/// Limits and the request's id of an answer, by the names that a client's SDK knows. When a limit begins anew is written in
/// two forms, a period and a time, and left out.
pub(super) fn for_client(headers: &Headers, client: Dialect) -> Vec<(&'static str, &str)> {
    let (own, others, id): (&[LimitHeaders], &[LimitHeaders], _) = match client {
        Dialect::AnthropicMessages => (&ANTHROPIC, &OPENAI, "request-id"),
        Dialect::OpenAiChat | Dialect::OpenAiResponses => (&OPENAI, &ANTHROPIC, "x-request-id"),
        _ => return Vec::new(),
    };
    let mut found: Vec<_> =
        REQUEST_IDS.iter().find_map(|name| headers.text(name)).map(|value| (id, value)).into_iter().collect();
    for (number, names) in own.iter().enumerate() {
        let other = others.get(number);
        let value = |name: &str, other: Option<&str>| headers.text(name).or_else(|| headers.text(other?));
        let limit = value(names.limit, other.map(|other| other.limit));
        let remaining = value(names.remaining, other.map(|other| other.remaining));
        found.extend(limit.map(|value| (names.limit, value)));
        found.extend(remaining.map(|value| (names.remaining, value)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> Headers {
        Headers::of(pairs.iter().map(|(name, value)| (*name, value.as_bytes())))
    }

    #[test]
    fn the_nearest_limit_counts_and_nonsense_is_none() {
        let of = |pairs: &[(&str, &str)]| remaining_rate(&headers(pairs));
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

    #[test]
    fn limits_and_the_request_s_id_have_the_names_that_the_client_knows() {
        let anthropic = headers(&[
            ("request-id", "req_1"),
            ("anthropic-ratelimit-requests-limit", "50"),
            ("anthropic-ratelimit-requests-remaining", "49"),
            ("anthropic-ratelimit-input-tokens-limit", "9"),
        ]);
        let expected =
            [("x-request-id", "req_1"), ("x-ratelimit-limit-requests", "50"), ("x-ratelimit-remaining-requests", "49")];
        assert_eq!(for_client(&anthropic, Dialect::OpenAiResponses), expected);
        let openai = headers(&[("x-request-id", "req_2"), ("x-ratelimit-limit-tokens", "7")]);
        let expected = [("request-id", "req_2"), ("anthropic-ratelimit-tokens-limit", "7")];
        assert_eq!(for_client(&openai, Dialect::AnthropicMessages), expected);
        assert_eq!(for_client(&openai, Dialect::GeminiGenerate), []);
        let bedrock = headers(&[("x-amzn-requestid", "req_3")]);
        assert_eq!(for_client(&bedrock, Dialect::OpenAiChat), [("x-request-id", "req_3")]);
    }
}
