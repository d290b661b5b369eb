//! The book against its sources, and the script that makes it.
#![cfg(test)]

use crate::book::{BOOK, Row, head, rows};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tollgate::price::{Book, Cost, PriceQuery};
use tollgate::usage::{Bucket, Unit, Usage};

/// Directory of the price tables, which is next to the project where it is developed.
fn tables(test: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/prices");
    let all_there = head_sources().iter().all(|name| shared.join(name).is_file());
    if !all_there {
        println!("{test}: skipped, for there is no ../shared/prices with the tables that the book was made from");
    }
    all_there.then_some(shared)
}

fn head_sources() -> Vec<&'static str> {
    BOOK.lines().filter_map(|line| Some(line.strip_prefix("# source: ")?.split_once(", ")?.0)).collect()
}

fn run_prices(arguments: &[&str]) -> Output {
    Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/prices"))
        .args(arguments)
        .output()
        .unwrap()
}

fn prices(arguments: &[&str]) -> String {
    let output = run_prices(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn regenerating_the_book_gives_the_very_same_bytes() {
    let Some(shared) = tables("regenerating_the_book_gives_the_very_same_bytes") else {
        return;
    };
    let tables: Vec<_> = head_sources().iter().map(|name| shared.join(name).display().to_string()).collect();
    let mut arguments: Vec<&str> = tables.iter().map(String::as_str).collect();
    arguments.extend(["--date", head("date"), "--providers", head("providers")]);
    assert!(
        prices(&arguments) == BOOK,
        "src/price/book.txt differs from what scripts/prices makes: run it as its --help says"
    );
}

/// A JSON number of the table as pico-dollars per token, by its digits alone.
fn picodollars(number: &Value) -> u64 {
    // The shortest decimal that parses as this number, as in the table: 2.5e-6.
    let text = format!("{:e}", number.as_f64().unwrap());
    let (digits, exponent) = text.split_once('e').unwrap();
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = 12 + exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
    let value: u64 = format!("{whole}{fraction}").parse().unwrap();
    if value == 0 {
        return 0;
    }
    assert!(zeros >= 0, "{text} is finer than a pico-dollar");
    value * 10_u64.pow(zeros.unsigned_abs())
}

/// The table's field for each bucket of tokens that these two providers have.
const FIELDS: [(Bucket, &str); 13] = [
    (Bucket::Input, "input_cost_per_token"),
    (Bucket::CacheRead, "cache_read_input_token_cost"),
    (Bucket::CacheWrite5m, "cache_creation_input_token_cost"),
    (Bucket::CacheWrite1h, "cache_creation_input_token_cost_above_1hr"),
    (Bucket::CacheReadAudio, "cache_read_input_audio_token_cost"),
    (Bucket::CacheReadImage, "cache_read_input_image_token_cost"),
    // The longer of OpenAI's two lifetimes.
    (Bucket::CacheWrite1h, "cache_creation_input_token_cost_above_12hr"),
    (Bucket::InputAudio, "input_cost_per_audio_token"),
    (Bucket::InputImage, "input_cost_per_image_token"),
    (Bucket::Output, "output_cost_per_token"),
    (Bucket::Reasoning, "output_cost_per_reasoning_token"),
    (Bucket::OutputAudio, "output_cost_per_audio_token"),
    (Bucket::OutputImage, "output_cost_per_image_token"),
];

/// The kind of token without a bucket, as the fields of these two providers name it.
const WITHOUT_BUCKET: &str = "cache_creation_input_audio_token_cost";

/// Errors in the older table: a model, and the wrong bucket, or `None` for all of it.
const WRONG: [(&str, Option<Bucket>); 7] = [
    ("claude-3-5-haiku-20241022", Some(Bucket::CacheWrite1h)),
    ("claude-3-haiku-20240307", Some(Bucket::CacheWrite1h)),
    ("claude-3-opus-20240229", Some(Bucket::CacheWrite1h)),
    ("claude-3-opus-latest", Some(Bucket::CacheWrite1h)),
    ("claude-3-5-haiku-latest", None),
    ("gpt-4o-audio-preview", None),
    ("o1-mini-2024-09-12", None),
];

/// Every price of a token in one object of the table: (bucket, tier, above) to pico-dollars.
fn prices_in(fields: &serde_json::Map<String, Value>) -> BTreeMap<(Bucket, &'static str, u64), u64> {
    let mut prices = BTreeMap::new();
    for (name, value) in fields {
        if !name.contains("token") || !name.contains("cost") {
            continue;
        }
        if name.contains(WITHOUT_BUCKET) {
            continue;
        }
        let tiers = [
            ("", ""),
            ("_batches", "batch"),
            ("_flex", "flex"),
            ("_priority", "priority"),
            ("_ultrafast", "ultrafast"),
            ("_decisions", "decisions"),
        ];
        let places = [0, 100, 200, 272].into_iter().flat_map(|thousands| {
            let length = match thousands {
                0 => String::new(),
                _ => format!("_above_{thousands}k_tokens"),
            };
            FIELDS.into_iter().flat_map(move |(bucket, field)| {
                let length = length.clone();
                tiers.map(move |(ending, tier)| (format!("{field}{length}{ending}"), (bucket, tier, thousands * 1000)))
            })
        });
        let place = places.into_iter().find(|(field, _)| field == name);
        let (_, place) = place.unwrap_or_else(|| panic!("the field {name} is not known to this test"));
        prices.insert(place, picodollars(value));
    }
    prices
}

#[test]
fn no_price_is_lost_or_changed_between_the_tables_and_the_book() {
    let Some(shared) = tables("no_price_is_lost_or_changed_between_the_tables_and_the_book") else {
        return;
    };
    let mut expected = BTreeMap::new();
    for (age, name) in head_sources().iter().enumerate() {
        let text = std::fs::read_to_string(shared.join(name)).unwrap();
        let table: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
        for (key, fields) in &table {
            let provider = match fields["litellm_provider"].as_str() {
                Some("openai" | "text-completion-openai") => "openai",
                Some("anthropic") => "anthropic",
                _ => continue,
            };
            let mut prices = prices_in(fields.as_object().unwrap());
            if age > 0 {
                prices.retain(|(bucket, _, _), _| {
                    !WRONG.contains(&(key, Some(*bucket))) && !WRONG.contains(&(key, None))
                });
            }
            if !prices.is_empty() {
                expected.entry((provider, key.clone())).or_insert(prices);
            }
        }
    }
    let count: usize = expected.values().map(BTreeMap::len).sum();
    let of_tokens = |row: &Row| {
        let tokens = Bucket::ALL.into_iter().filter(|bucket| bucket.unit() == Unit::Token);
        tokens.filter(|bucket| row.prices[*bucket as usize].is_some()).count()
    };
    // The price that "fast" multiplies is not one of the table's own.
    let rows = rows();
    let rows = rows.iter().filter(|row| ["anthropic", "openai"].contains(&row.provider) && row.tier != "fast");
    assert_eq!(count, rows.map(of_tokens).sum::<usize>(), "as many prices in the book as in the tables");

    let book = Book::built_in();
    for ((provider, model), prices) in &expected {
        for ((bucket, tier, above), rate) in prices {
            // One token in the bucket, and enough input to be above the threshold.
            let mut usage = Usage::default().with(*bucket, 1);
            if *above > 0 {
                usage.set(Bucket::Input, Some(above + 1));
            }
            let tokens = usage.count(*bucket).unwrap();
            let question =
                PriceQuery { provider, model, usage: Some(&usage), tier: Some(tier), ..PriceQuery::default() };
            let Cost::Exact { parts, .. } = book.cost(&question) else {
                panic!("{provider} {model} {bucket:?} {tier} {above} is not in the book");
            };
            assert!(
                parts.contains(&(*bucket, rate * tokens)),
                "{provider} {model} {bucket:?} {tier} {above}: {rate} in the table, {parts:?} in the book"
            );
        }
    }
    println!("{count} prices of {} models compared", expected.len());
}

/// Writes a table for the script. Returns its path.
fn write_table(name: &str, table: &Value) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, table.to_string()).unwrap();
    path.display().to_string()
}

#[test]
fn the_script_takes_what_is_exact_and_reports_what_is_not() {
    let newer = write_table(
        "newer.json",
        &serde_json::json!({
            "sample_spec": {"litellm_provider": "one of", "input_cost_per_token": "text"},
            "b": {"litellm_provider": "anthropic", "input_cost_per_token": 8.000_000_000_000_001e-7,
                  "output_cost_per_token": 1.234_567_8e-6, "input_cost_per_second": 1.0,
                  "provider_specific_entry": {"us": 1.1, "fast": 2.0}},
            "xai/grok": {"litellm_provider": "xai", "input_cost_per_token": 2e-6,
                         "input_cost_per_token_above_128k_tokens": 4e-6,
                         "output_cost_per_token_above_128k_tokens_priority": 5e-6},
            "dashscope/qwen": {"litellm_provider": "dashscope", "tiered_pricing": [
                {"range": [0, 32000.0], "input_cost_per_token": 1e-6, "output_cost_per_reasoning_token": 3e-6},
                {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-6}]},
            "none": {"litellm_provider": "groq", "input_cost_per_token": 0.0},
            "video": {"litellm_provider": "runwayml", "mode": "video_generation", "output_cost_per_second_720p": 0.1,
                      "output_cost_per_second_1080p": 0.2, "output_cost_per_second": 0.1},
            "ear": {"litellm_provider": "groq", "mode": "audio_transcription", "input_cost_per_second": 0.000_283_333_333_333_3,
                    "output_cost_per_second": 0.0},
            "deepseek/night": {"litellm_provider": "deepseek", "input_cost_per_token": 2e-6, "output_cost_per_token": 4e-6,
                "off_peak_pricing": {"input_cost_per_token": 1e-6, "weekday_timezone": "Asia/Shanghai", "windows": [
                    {"hours_utc": ["10:00-00:00"], "weekdays": [1, 2, 3]}, {"hours_utc": "00:00-00:00", "weekdays": [6, 7]}]}},
        }),
    );
    let older = write_table(
        "older.json",
        &serde_json::json!({
            "a": {"litellm_provider": "anthropic", "input_cost_per_token": 0, "cache_read_input_token_cost": 1e-8},
            "b": {"litellm_provider": "anthropic", "input_cost_per_token": 9e-6},
            "none": {"litellm_provider": "groq", "input_cost_per_token": 3e-6},
            "deepseek/d": {"litellm_provider": "deepseek", "input_cost_per_token_cache_hit": 1e-7},
        }),
    );
    let arguments = [&*newer, &*older, "--date", "2026-01-02"];
    let book = prices(&arguments);
    let lines: Vec<_> = book.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "anthropic\ta\tinput=0 cache_read=0.01",
            "anthropic\tb\tinput=0.8 output=1.234568 us*1.1",
            "anthropic\tb\tfast input=1.6 output=2.469136",
            "dashscope\tqwen\tinput=1 reasoning=3",
            "dashscope\tqwen\t>32000 input=2",
            "deepseek\td\tcache_read=0.1",
            "deepseek\tnight\tinput=2 output=4",
            "deepseek\tnight\toff_peak hours=1-3@10:00-24:00;6-7@00:00-24:00 days=+8 input=1 output=4",
            "groq\tear\tinput_seconds=0.000283333333",
            "runwayml\t1080p/video\toutput_seconds=0.2",
            "runwayml\t720p/video\toutput_seconds=0.1",
            "x_ai\tgrok\tinput=2",
            "x_ai\tgrok\t>127999 input=4",
            "x_ai\tgrok\tpriority >127999 output=5",
        ]
    );
    assert_eq!(book, prices(&arguments));
    let report = prices(&[&arguments[..], &["--report"]].concat());
    for line in [
        "9 models, 14 lines, 20 prices",
        "digits beyond the fifteenth cut off: 1",
        "rounded to a whole pico-dollar: 2",
        "left out, the length of a session: 1",
        "left out, depends on the size of the picture: 1",
        "models left out, nothing but zeros: 1",
    ] {
        assert!(report.lines().any(|is| is == line), "{line} is not in\n{report}");
    }
}

#[test]
fn the_script_explains_itself_and_its_refusals() {
    assert!(prices(&["--help"]).contains("To refresh the book:"));
    let table = write_table("none.json", &serde_json::json!({}));
    for (arguments, message) in [
        (vec!["no-such-file", "--date", "2026-01-02"], "No such file"),
        (vec![&*table, "--date", "2026-13-02"], "invalid date value"),
        (vec![&*table], "required: --date"),
        (vec![&*table, "--date", "2026-01-02", "--providers", "groq"], "no prices for groq"),
    ] {
        let output = run_prices(&arguments);
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{stderr}");
        assert!(!stderr.contains("Traceback"), "{stderr}");
    }
}
