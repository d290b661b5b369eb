//! The outbox and its collector's answers.

use super::outbox::{EVEN, NOW, SECOND, asked_to_wait, envelope, named, plan, send, sent, status};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use prost::Message;
use tollgate::telemetry::{Dropped, ExportOutcome, Outbox};

#[test]
fn some_answers_are_worth_another_try_and_others_are_not() {
    for code in [429, 502, 503, 504] {
        let (mut outbox, id) = sent(&plan());
        outbox.answered(id, status(code), NOW, EVEN);
        assert_eq!(send(&mut outbox, NOW + SECOND - 1), None, "{code}");
        assert_eq!(send(&mut outbox, NOW + SECOND).unwrap().1, ["a"], "{code}");
    }
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id, ExportOutcome::NoAnswer, NOW, EVEN);
    assert_eq!(send(&mut outbox, NOW + SECOND).unwrap().1, ["a"]);

    for code in [0, 100, 301, 400, 401, 403, 404, 408, 413, 415, 500, 501, 505] {
        let (mut outbox, id) = sent(&plan());
        outbox.answered(id, status(code), NOW, EVEN);
        assert!(outbox.is_idle(), "{code}");
        assert_eq!(outbox.dropped().rejected, 1, "{code}");
    }
    for code in [200, 202, 204, 299] {
        let (mut outbox, id) = sent(&plan());
        outbox.answered(id, status(code), NOW, EVEN);
        assert_eq!((outbox.exported(), outbox.is_idle()), (1, true), "{code}");
    }
}

#[test]
fn spans_that_the_collector_took_only_in_part_are_not_sent_again() {
    let answer = |rejected_spans| {
        let response = ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess { rejected_spans, error_message: "too old".to_owned() }),
        };
        response.encode_to_vec()
    };
    for (body, exported, rejected) in
        [(answer(2), 1, 2), (answer(0), 3, 0), (answer(-5), 3, 0), (answer(99), 0, 3), (b"<html>".to_vec(), 3, 0)]
    {
        let mut outbox = Outbox::new(&plan(), envelope());
        for name in ["a", "b", "c"] {
            outbox.push(&named(name), NOW);
        }
        let (id, _) = send(&mut outbox, NOW + SECOND).unwrap();
        let answer = ExportOutcome::Status { code: 200, retry_after: None, body: &body };
        outbox.answered(id, answer, NOW + SECOND, EVEN);
        assert!(outbox.is_idle());
        assert_eq!((outbox.exported(), outbox.dropped().rejected), (exported, rejected));
    }
}

#[test]
fn waits_grow_until_the_time_for_tries_is_over() {
    let (mut outbox, mut id) = sent(&plan());
    let mut tries = Vec::new();
    let mut now = NOW;
    loop {
        outbox.answered(id, status(503), now, EVEN);
        if outbox.is_idle() {
            break;
        }
        id = loop {
            match send(&mut outbox, now) {
                Some((id, _)) => break id,
                None => now += SECOND / 4,
            }
        };
        tries.push((now - NOW) / SECOND);
    }
    assert_eq!(tries, [1, 3, 7, 15, 31, 61, 91, 121, 151, 181, 211, 241, 271]);
    assert_eq!(outbox.dropped(), Dropped { expired: 1, ..Dropped::default() });
}

#[test]
fn a_batch_whose_time_is_over_before_its_next_try_is_not_sent_again() {
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id, status(503), NOW, EVEN);
    assert_eq!(send(&mut outbox, NOW + 300 * SECOND + 1), None);
    assert_eq!((outbox.is_idle(), outbox.dropped().expired), (true, 1));
}

#[test]
fn what_the_collector_asks_to_wait_is_waited_by_all() {
    // 2026-11-18 11:06:40 is NOW, by `date -u -d @1795000000`.
    for retry_after in ["60", "Wed, 18 Nov 2026 11:07:40 GMT"] {
        let (mut outbox, id) = sent(&plan());
        outbox.answered(id, asked_to_wait(retry_after), NOW, EVEN);
        outbox.push(&named("b"), NOW);
        assert_eq!(send(&mut outbox, NOW + 60 * SECOND - 1), None, "{retry_after}");
        assert_eq!(send(&mut outbox, NOW + 60 * SECOND).unwrap().1, ["a"]);
        assert_eq!(send(&mut outbox, NOW + 60 * SECOND).unwrap().1, ["b"]);
    }
}

#[test]
fn a_wait_that_says_nothing_new_is_the_usual_one() {
    for retry_after in ["0", "", "a while", "Wed, 18 Nov 2026 11:00:00 GMT"] {
        let (mut outbox, id) = sent(&plan());
        outbox.answered(id, asked_to_wait(retry_after), NOW, EVEN);
        assert_eq!(send(&mut outbox, NOW + SECOND - 1), None, "{retry_after}");
        assert!(send(&mut outbox, NOW + SECOND).is_some(), "{retry_after}");
    }
}

#[test]
fn a_wait_longer_than_the_time_for_tries_gives_up_at_once_and_closes_for_no_longer_than_that() {
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id, asked_to_wait("999999999999"), NOW, EVEN);
    assert!(outbox.is_idle());
    assert_eq!(outbox.dropped().expired, 1);
    outbox.push(&named("b"), NOW);
    assert_eq!(send(&mut outbox, NOW + 300 * SECOND - 1), None);
    assert!(send(&mut outbox, NOW + 300 * SECOND).is_some());
}

#[test]
fn answers_that_nobody_waits_for_change_nothing() {
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id.wrapping_add(1), status(200), NOW, EVEN);
    outbox.answered(id, status(503), NOW, EVEN);
    outbox.answered(id, status(200), NOW, EVEN);
    assert_eq!((outbox.queued(), outbox.exported()), (1, 0));
    let (second, _) = send(&mut outbox, NOW + SECOND).unwrap();
    outbox.answered(id, status(400), NOW + SECOND, EVEN);
    assert_eq!(outbox.queued(), 1, "the first try's answer is not the second's");
    outbox.answered(second, status(200), NOW + SECOND, EVEN);
    assert_eq!((outbox.queued(), outbox.exported()), (0, 1));
}

#[test]
fn an_answer_that_never_comes_is_none() {
    let (mut outbox, id) = sent(&plan());
    assert_eq!(send(&mut outbox, NOW + 20 * SECOND), None);
    assert_eq!(send(&mut outbox, NOW + 20 * SECOND + 1), None);
    assert_eq!(send(&mut outbox, NOW + 22 * SECOND).unwrap().1, ["a"]);
    outbox.answered(id, status(200), NOW + 22 * SECOND, EVEN);
    assert_eq!(outbox.queued(), 1);
}
