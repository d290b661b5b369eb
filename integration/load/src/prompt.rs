//! Prompts: the requests of the benchmark, with made-up personal data of every kind that is redacted.
//!
//! The native benchmarks include this file.

use std::fmt::Write;

/// The address that every prompt asks to reply to: a provider repeats it, so that there is something to restore.
pub(crate) const REPLY_TO: &str = "amelie.fournier@mail.example.org";

/// Text before that address in a prompt; a semicolon follows it.
pub(crate) const REPLY_MARK: &str = "Reply to ";

/// An OpenAI request of 2 KB: a support desk's, with eight values in it.
pub(crate) fn openai_small(stream: bool) -> String {
    let turns = [("system", SUPPORT_DESK), ("user", &complaint()), ("assistant", ACKNOWLEDGED), ("user", QUESTION)];
    openai(&turns.map(|(role, text)| (role, text.to_owned())), stream)
}

/// An OpenAI request of about this size: a conversation over long documents.
pub(crate) fn openai_large(bytes: usize) -> String {
    openai(&conversation(bytes), false)
}

fn openai(turns: &[(&str, String)], stream: bool) -> String {
    let mut body = String::from(r#"{"model":"gpt-4o-mini","temperature":0.2,"max_completion_tokens":512,"#);
    if stream {
        body.push_str(r#""stream":true,"#);
    }
    body.push_str(r#""messages":["#);
    for (index, (role, text)) in turns.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(body, r#"{comma}{{"role":"{role}","content":"#);
        quote(text, &mut body);
        body.push('}');
    }
    body.push_str("]}");
    body
}

/// A system prompt, a mail and turns of 20 KB of documents, as (role, text), with a value in every two kilobytes or so.
pub(crate) fn conversation(bytes: usize) -> Vec<(&'static str, String)> {
    let mut random = Random::default();
    let mut turns = vec![("system", SUPPORT_DESK.to_owned()), ("user", complaint())];
    let mut left = bytes.saturating_sub(turns.iter().map(|(_, text)| text.len()).sum());
    while left > 0 {
        let mut text = String::new();
        let mut next_value = 1024;
        while text.len() < left.min(20 << 10) {
            random.sentence(&mut text);
            if text.len() > next_value {
                random.value(&mut text);
                next_value += 2048;
            }
        }
        left = left.saturating_sub(text.len());
        turns.push((if turns.len() % 2 == 0 { "assistant" } else { "user" }, text));
    }
    turns
}

fn complaint() -> String {
    format!(
        "Good morning,\n\nsince the update to version 4.18.2 on 2026-11-03 our invoices are rounded wrongly: order \
         #88412-7 shows 1,299.00 instead of 1,249.50. {REPLY_MARK}{REPLY_TO}; my colleague Jonas Weber \
         (jonas.weber@billing.example.net, +1 415-555-0132) knows the details.\n\nThe refund should go to the card \
         4539 1488 0343 6467, or, if that takes longer, to DE89 3704 0044 0532 0130 00. For the tax form: my social \
         security number is 536-22-8791.\n\nOur server 203.0.113.77 still runs the old version and writes \"rounding: \
         half-even\" to its log; the new one does not. The key that the script uses there is \
         ghp_k8Zq2Wx7Lm4Rt9Vb1Nc6Ys3Df5Gh0Jp2Qa7e.\n\nKind regards\nAmélie Fournier"
    )
}

const SUPPORT_DESK: &str = "You answer for the support desk of a company that sells accounting software. Be brief and \
    friendly, never promise a date, and name the ticket in the first line. When a customer is angry, say once that you \
    understand, and go on with what can be done. Prices are in euros unless the customer writes otherwise. Do not give \
    legal or tax advice: refer to the page \u{201c}Who helps with taxes?\u{201d} instead. When you need a log file, \
    say where it lies (Linux: /var/log/ledger, Windows: %ProgramData%\\Ledger\\log) and how much of it is enough.";

const ACKNOWLEDGED: &str = "I have read the mail and opened a ticket for it. Two things in it belong to other teams: \
    the refund goes to accounting, and a key that was sent in plain text has to be revoked by whoever issued it. Shall I \
    write to both, or only answer the customer?";

const QUESTION: &str = "Write the answer to this mail. Say what we will do first, then what we need, in at most 120 \
    words, and end with a line that I can put into the ticket as its summary. Use the customer's own language if you \
    can tell which one it is, and keep to the form of address that the customer uses.";

/// A repeatable sequence of choices (a linear congruential generator with the constants of Knuth's MMIX).
pub(crate) struct Random(u64);

impl Default for Random {
    fn default() -> Self {
        Self(0x746f_6c6c_6761_7465)
    }
}

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words.get(self.below(words.len())).copied().unwrap_or_default()
    }

    fn digits(&mut self, count: usize, text: &mut String) {
        for _ in 0..count {
            let _ = write!(text, "{}", self.below(10));
        }
    }

    /// Appends a sentence without personal data.
    pub(crate) fn sentence(&mut self, text: &mut String) {
        let subject = self.of(&SUBJECTS);
        let predicate = self.of(&PREDICATES);
        let (day, number) = (self.below(28) + 1, self.below(90_000));
        let _ = match self.below(8) {
            0 => write!(text, "{subject} {predicate}, as of 2026-07-{day:02}, see section {day}.{number}.\n\n"),
            1 => write!(text, "\u{201c}{subject} {predicate}\u{201d}, says the minute of {day} May; item #{number}. "),
            2 => write!(text, "{subject} {predicate} for {number}.50 EUR (version 3.{day}.1) \"or less\". "),
            _ => write!(text, "{subject} {predicate}, {}. ", self.of(&REASONS)),
        };
    }

    /// Appends a line with a value.
    pub(crate) fn value(&mut self, text: &mut String) {
        let (first, last) = (self.of(&FIRST_NAMES), self.of(&LAST_NAMES));
        let number = self.below(900) + 100;
        let _ = match self.below(7) {
            0 | 1 => write!(text, "{first} {last} writes from {first}.{last}{number}@mail.example.com"),
            2 => write!(text, "{first} can be called at +1 415-555-0{number}"),
            3 => write!(text, "{last}'s social security number is 536-22-8{number}"),
            4 => write!(text, "{first} pays with {}", self.of(&CARDS)),
            5 => write!(text, "{last}'s account is {}", self.of(&ACCOUNTS)),
            _ => write!(text, "{first} logged in from 198.51.100.{}", number % 250),
        };
        text.push_str(" since 2026, ticket ");
        self.digits(5, text);
        text.push_str(".\n");
    }
}

const SUBJECTS: [&str; 8] = [
    "The quarterly report",
    "Every branch office",
    "A customer of long standing",
    "The committee for accounts",
    "Our supplier in Besançon",
    "The new ledger",
    "Whoever signs the contract",
    "The second migration",
];

const PREDICATES: [&str; 8] = [
    "was checked against the list of open items",
    "takes over what the older one had left open",
    "cannot be closed before the last voucher is booked",
    "shows a difference that nobody has explained so far",
    "needs a second signature from 10,000 on",
    "is kept for ten years and then destroyed",
    "has been moved to the archive without an index",
    "follows the plan that was agreed on in spring",
];

const REASONS: [&str; 6] = [
    "which the auditors had asked for",
    "because the old system rounds half to even",
    "though the deadline had passed by then",
    "so that the balance can be drawn on time",
    "while the tests in Zürich were still going on",
    "and nothing in the handbook speaks against it",
];

const FIRST_NAMES: [&str; 6] = ["anna", "boris", "chiara", "daniel", "eva", "farid"];
const LAST_NAMES: [&str; 6] = ["keller", "novak", "lindqvist", "moreau", "okafor", "santos"];
const CARDS: [&str; 3] = ["4539 1488 0343 6467", "5555555555554444", "4111-1111-1111-1111"];
const ACCOUNTS: [&str; 2] = ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"];

/// Appends a text as a JSON string.
pub(crate) fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ => out.push(character),
        }
    }
    out.push('"');
}
