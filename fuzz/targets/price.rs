//! Any provider, model, tier, region, time and counts: a cost is the sum of its parts. An input: a line of these, the
//! counts last, one for each bucket.

use crate::message::Message;
use tollgate::price::{Book, Cost, PriceQuery};
use tollgate::usage::{Bucket, Usage};

thread_local! {
    static BOOK: Book = Book::built_in();
}

pub(crate) fn run(input: &[u8]) {
    let message = Message::of(input);
    let mut usage = Usage::default();
    for (bucket, at) in Bucket::ALL.into_iter().zip(5..) {
        usage.set(bucket, message.word(at).parse().ok());
    }
    let question = PriceQuery {
        provider: message.word(0),
        model: message.word(1),
        usage: Some(&usage),
        tier: Some(message.word(2)).filter(|tier| !tier.is_empty()),
        region: Some(message.word(3)).filter(|region| !region.is_empty()),
        at: message.word(4).parse().ok(),
        ..PriceQuery::default()
    };
    if let Cost::Exact { total, parts, .. } = BOOK.with(|book| book.cost(&question)) {
        assert_eq!(parts.iter().map(|(_, cost)| *cost).fold(0, u64::saturating_add), total);
    }
}
