//! Rates and amounts.
#![cfg(test)]

use proptest::prelude::*;
use tollgate::price::{Per, Rate, RateError, decimal, dollars};

#[test]
fn a_rate_is_whole_picodollars_per_token() {
    for (text, picodollars) in [
        ("2.50", 2_500_000),
        ("2.5", 2_500_000),
        ("0.000001", 1),
        ("0", 0),
        ("0.0", 0),
        ("15", 15_000_000),
        ("007.25", 7_250_000),
        ("1000000", 1_000_000_000_000),
    ] {
        assert_eq!(Rate::parse(text, Per::Million).map(Rate::picodollars), Ok(picodollars), "{text}");
    }
}

#[test]
fn what_is_no_rate_says_why() {
    for text in [
        "", " ", "-", ".", "2.", ".5", "1e-6", "+2", "2,50", "1 000", "$2", "2.5.0", "0x1", "NaN", "inf", "２", "-x",
        "--1", "2.-5",
    ] {
        assert_eq!(Rate::parse(text, Per::Million), Err(RateError::NotDecimal(Per::Million)), "{text}");
    }
    assert_eq!(Rate::parse("0.0000001", Per::Million), Err(RateError::TooPrecise(Per::Million)));
    assert_eq!(Rate::parse("2.5000000", Per::Million), Err(RateError::TooPrecise(Per::Million)));
    assert_eq!(Rate::parse("-2.50", Per::Million), Err(RateError::Negative));
    assert_eq!(Rate::parse("1000000.000001", Per::Million), Err(RateError::TooLarge(Per::Million)));
    assert_eq!(Rate::parse(&"9".repeat(100_000), Per::Million), Err(RateError::TooLarge(Per::Million)));
    assert_eq!(
        Rate::parse("2,50", Per::Million).unwrap_err().to_string(),
        "is not a decimal number such as 2.50 (US dollars per million tokens)"
    );
    assert_eq!(
        Rate::parse("2500000", Per::Million).unwrap_err().to_string(),
        "is more than a dollar a token: prices are in US dollars per million tokens"
    );
}

#[test]
fn a_price_for_one_has_twelve_decimals() {
    let parse = |text| Rate::parse(text, Per::One);
    assert_eq!(parse("0.04").map(Rate::picodollars), Ok(40_000_000_000));
    assert_eq!(parse("0.000000000001").map(Rate::picodollars), Ok(1));
    assert_eq!(parse("1000").map(Rate::picodollars), Ok(1_000_000_000_000_000));
    assert_eq!(
        parse("0.0000000000001").unwrap_err().to_string(),
        "has more than 12 decimals, which is finer than prices are kept"
    );
    assert_eq!(
        parse("1000.01").unwrap_err().to_string(),
        "is more than 1000 dollars for one: prices are in US dollars for one"
    );
}

#[test]
fn an_amount_is_an_exact_decimal() {
    for (picodollars, text) in [
        (0, "0"),
        (1, "0.000000000001"),
        (123_400_000, "0.0001234"),
        (12_000_000_000_000, "12"),
        (1_500_000_000_000, "1.5"),
        (u64::MAX, "18446744.073709551615"),
    ] {
        assert_eq!(decimal(picodollars), text);
    }
    assert_eq!(dollars(123_400_000), 0.000_123_4);
    assert_eq!(dollars(0), 0.0);
}

proptest! {
    #[test]
    fn a_rate_reads_what_it_writes(picodollars in 0..=Rate::HIGHEST.picodollars()) {
        let text = format!("{}.{:06}", picodollars / 1_000_000, picodollars % 1_000_000);
        let rate = Rate::parse(&text, Per::Million).unwrap();
        prop_assert_eq!(rate.picodollars(), picodollars);
        prop_assert_eq!(Rate::parse(&rate.to_string(), Per::Million), Ok(rate));
    }

    #[test]
    fn a_decimal_is_the_amount_itself(picodollars: u64) {
        let text = decimal(picodollars);
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction:0<12}");
        prop_assert_eq!(digits.parse::<u64>().unwrap(), picodollars);
    }

    #[test]
    fn no_text_makes_reading_a_rate_panic(text in ".{0,30}") {
        let _ = Rate::parse(&text, Per::Million);
    }
}
