//! API keys and tokens, found by the prefixes that their issuers give them for this purpose.
//!
//! Shapes after the issuers' pages, gitleaks' rules and OpenRouter's list of secret formats (2026), GitHub's
//! announcements of token formats (2021) and of stateless `ghs_` tokens (2026). A row requires less than its issuer
//! promises, since lengths have changed before; its requirements on the body exclude stand-ins: `sk-your-key-here`,
//! `hf_xxxxxxxx`, `sk-...`.

use super::super::class::{DIGIT, HYPHEN, LOWER, UNDERSCORE, UPPER, class};
use super::super::view::View;
use std::ops::Range;

/// Characters of a body in addition to ASCII letters and digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    /// None, and only upper-case letters: wider than the base32 that AWS uses today, as its documents are.
    Capital,
    /// None: base62 and hexadecimal bodies.
    Plain,
    /// Underscores.
    Word,
    /// Underscores and hyphens: URL-safe base64.
    Url,
}

use Alphabet::{Capital, Plain, Url, Word};

/// One issuer's shape.
#[derive(Clone, Copy)]
struct KeyShape {
    prefix: &'static str,
    alphabet: Alphabet,
    /// Minimum and maximum length of the body, in bytes.
    length: (usize, usize),
    /// Character classes that a body contains with near certainty: digits, lower-case and upper-case letters.
    needs: u8,
    /// Minimum and maximum number of further parts after dots.
    parts: (usize, usize),
}

const MIXED: u8 = LOWER | UPPER;
/// Maximum length of a body where the issuer sets no limit, in bytes.
const LONG: usize = 1024;
/// Minimum length of a further part, in bytes.
const PART: usize = 8;

const fn row(prefix: &'static str, alphabet: Alphabet, length: (usize, usize), needs: u8) -> KeyShape {
    KeyShape { prefix, alphabet, length, needs, parts: (0, 0) }
}

const fn parts(parts: (usize, usize), row: KeyShape) -> KeyShape {
    KeyShape { parts, ..row }
}

/// Rows whose prefix has its first hyphen after this byte.
const fn hyphen_rows(before: u8) -> &'static [KeyShape] {
    match before {
        b'k' => {
            const {
                &[
                    // OpenAI (also sk-proj-, sk-svcacct-, sk-admin-), Anthropic (sk-ant-…), LiteLLM.
                    row("sk-", Url, (20, LONG), DIGIT | MIXED),
                    // OpenAI's first keys, and hexadecimal ones such as DeepSeek's.
                    row("sk-", Plain, (20, LONG), DIGIT | LOWER),
                    row("sk-or-v1-", Plain, (32, LONG), DIGIT | LOWER), // OpenRouter
                ]
            }
        }
        b'g' => const { &[row("tg-", Url, (17, LONG), DIGIT | LOWER)] }, // our virtual keys
        b'i' => {
            const {
                &[
                    row("xai-", Plain, (40, LONG), DIGIT | MIXED),
                    row("nvapi-", Url, (40, LONG), MIXED),
                    row("pypi-", Url, (50, LONG), MIXED),
                ]
            }
        }
        b'x' => const { &[row("pplx-", Plain, (40, LONG), DIGIT | LOWER)] }, // Perplexity
        b'X' => const { &[row("GOCSPX-", Url, (28, 40), LOWER)] },           // Google, OAuth clients
        b't' => {
            const {
                &[
                    parts((0, 1), row("glpat-", Url, (20, 300), MIXED)), // GitLab
                    parts((0, 1), row("glrt-", Url, (20, 300), MIXED)),
                    row("gldt-", Url, (20, 300), MIXED),
                ]
            }
        }
        b'a' => const { &[row("xoxa-", Url, (10, 300), DIGIT)] }, // Slack, here and below
        b'b' => const { &[row("xoxb-", Url, (10, 300), DIGIT)] },
        b'c' => const { &[row("xoxc-", Url, (10, 300), DIGIT)] },
        b'e' => const { &[row("xoxe-", Url, (10, 300), DIGIT)] },
        b'o' => const { &[row("xoxo-", Url, (10, 300), DIGIT)] },
        b'p' => const { &[row("xoxp-", Url, (10, 300), DIGIT), row("xapp-", Url, (20, 300), DIGIT)] },
        b'r' => const { &[row("xoxr-", Url, (10, 300), DIGIT)] },
        b's' => const { &[row("xoxs-", Url, (10, 300), DIGIT)] },
        _ => &[],
    }
}

/// Rows whose prefix has its first underscore after this byte.
const fn underscore_rows(before: u8) -> &'static [KeyShape] {
    match before {
        b'p' => const { &[row("ghp_", Word, (36, 255), MIXED)] }, // GitHub
        b'o' => const { &[row("gho_", Word, (36, 255), MIXED)] },
        b'u' => const { &[row("ghu_", Word, (36, 255), MIXED)] },
        b'r' => const { &[row("ghr_", Word, (36, 255), MIXED)] },
        b's' => const { &[parts((0, 2), row("ghs_", Url, (36, LONG), MIXED))] },
        b'b' => const { &[row("github_pat_", Word, (36, 255), MIXED)] },
        b'k' => {
            const {
                &[
                    row("sk_live_", Plain, (16, 255), MIXED), // Stripe
                    row("sk_test_", Plain, (16, 255), MIXED),
                    row("rk_live_", Plain, (16, 255), MIXED),
                    row("rk_test_", Plain, (16, 255), MIXED),
                    row("gsk_", Plain, (40, LONG), MIXED), // Groq
                ]
            }
        }
        b'c' => const { &[row("whsec_", Plain, (24, 255), MIXED)] }, // Stripe, webhooks
        b'f' => const { &[row("hf_", Plain, (30, 64), MIXED)] },     // Hugging Face
        b'm' => const { &[row("npm_", Plain, (36, 64), MIXED)] },
        b'8' => const { &[row("r8_", Plain, (37, 40), MIXED)] }, // Replicate
        _ => &[],
    }
}

/// Rows whose prefix has neither mark: recognized at a letter that is rare in texts, at the prefix's end or within it.
const fn letter_rows(before: u8, letter: u8) -> &'static [KeyShape] {
    match (before, letter) {
        (b'K', b'I') => const { &[row("AKIA", Capital, (16, 16), UPPER)] }, // AWS, long-term
        (b'S', b'I') => const { &[row("ASIA", Capital, (16, 16), UPPER)] }, // AWS, temporary
        (b'A', b'I') => const { &[row("AIza", Url, (35, 35), MIXED)] },     // Google
        (b'y', b'J') => const { &[parts((2, 4), row("eyJ", Url, (12, 8192), MIXED))] }, // JWT, RFC 7519
        (b'S', b'G') => const { &[parts((1, 1), row("SG.", Url, (16, 32), MIXED))] }, // SendGrid
        _ => &[],
    }
}

/// Rows whose prefix has its mark after this byte.
const fn rows(before: u8, mark: u8) -> &'static [KeyShape] {
    match mark {
        b'-' => hyphen_rows(before),
        b'_' => underscore_rows(before),
        letter => letter_rows(before, letter),
    }
}

/// Reports whether the prefix of a key may have its mark after this byte.
pub(in super::super) const fn may_mark_key(before: u8, mark: u8) -> bool {
    !rows(before, mark).is_empty()
}

/// Search for keys at the marks in their prefixes. Remembers the end of the text searched in vain, so that a text full
/// of prefixes is still read once.
#[derive(Default)]
pub(in super::super) struct Keys {
    seen: usize,
}

impl Keys {
    /// Finds the key whose prefix has its mark (`-`, `_`, `I`, `J` or `G`) at `at`.
    pub(in super::super) fn key(&mut self, view: &View<'_>, at: usize) -> Option<Range<usize>> {
        let mark = view.byte(at);
        let before = view.back(at, 1);
        let rows = rows(before, mark);
        let mut seen = self.seen;
        for row in rows {
            let ahead = row.prefix.bytes().position(|byte| byte == mark);
            let Some(start) = ahead.and_then(|ahead| at.checked_sub(ahead)) else {
                continue;
            };
            let fresh = start >= view.start().max(self.seen);
            if fresh && view.has(start, row.prefix) && view.open(start) {
                let (end, fits) = body(view, row, start + row.prefix.len());
                if fits {
                    return Some(start..end);
                }
                seen = seen.max(end);
            }
        }
        self.seen = seen;
        None
    }
}

/// Returns the end of the key whose body begins at `from`, and `true` if it meets the row's requirements.
fn body(view: &View<'_>, row: &KeyShape, from: usize) -> (usize, bool) {
    let (length, has) = run(view, from, row.alphabet, row.length.1);
    let fits = (row.length.0..=row.length.1).contains(&length) && has & row.needs == row.needs;
    let mut end = from + length;
    if !fits {
        return (end, false);
    }
    let mut parts = 0;
    while parts < row.parts.1 && view.byte(end) == b'.' {
        let (length, _) = run(view, end + 1, Url, LONG.max(row.length.1));
        if length < PART {
            break;
        }
        end += 1 + length;
        parts += 1;
    }
    let bordered = !view.byte(end).is_ascii_alphanumeric();
    (end, bordered && parts >= row.parts.0)
}

/// Counts the bytes of an alphabet at `at`, up to one more than `most`, and returns their number and classes.
fn run(view: &View<'_>, at: usize, alphabet: Alphabet, most: usize) -> (usize, u8) {
    let bytes = view.text.as_bytes().get(at..).unwrap_or_default();
    let belongs = DIGIT
        | UPPER
        | match alphabet {
            Capital => 0,
            Plain => LOWER,
            Word => LOWER | UNDERSCORE,
            Url => LOWER | UNDERSCORE | HYPHEN,
        };
    let mut has = 0;
    let fits = |byte: &&u8| {
        let class = class(**byte) & belongs;
        has |= class;
        class != 0
    };
    let length = bytes.iter().take(most + 1).take_while(fits).count();
    (length, has)
}
