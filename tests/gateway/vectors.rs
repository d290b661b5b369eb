//! Answers of vectors: they reach the client as they come, and are restored all the same.

use super::calls::gateway;
use super::support::{Answer, Attributes, Gateway, Seen};
use proptest::prelude::*;

/// Paths of APIs with vectors, each with a request of two texts.
const APIS: [(&str, &str); 3] = [
    ("/v1/embeddings", r#"{"model":"text-embedding-3-small","input":["ada@example.com","+1 212 555 0123"]}"#),
    ("/openai/deployments/e/embeddings?api-version=1", r#"{"input":["ada@example.com","+1 212 555 0123"]}"#),
    ("/v1/embeddings", r#"{"model":"text-embedding-3-small","input":"ada@example.com"}"#),
];

fn ask(gateway: &Gateway, (path, request): (&str, &str), status: u16, pieces: Vec<Vec<u8>>) -> Seen {
    let answer = Answer { status, ..Answer::of("application/json", pieces) };
    let seen = gateway.post(path, request, &answer);
    assert!(seen.sent().contains("[EMAIL_1]"));
    seen
}

fn pieces(body: &str, length: usize) -> Vec<Vec<u8>> {
    body.as_bytes().chunks(length).map(<[u8]>::to_vec).collect()
}

fn vectors(more: &str) -> String {
    let vector = vec!["-0.0123,1e-05"; 500].join(", ");
    format!(r#"{{"data":[{{"index":0,"embedding":[{vector}]}},{{"embedding":[{vector}]}}]{more}}}"#)
}

#[test]
fn vectors_reach_the_client_as_they_come() {
    let mut gateway = gateway("");
    let body = vectors(r#","usage":{"prompt_tokens":7,"total_tokens":7}"#);
    for api in APIS {
        let came = pieces(&body, 1000);
        let seen = ask(&gateway, api, 200, came.clone());
        assert_eq!(seen.pieces, came);
        let span = gateway.span();
        assert_eq!(span.get("gen_ai.usage.input_tokens"), "7");
        assert_eq!(span.get("tollgate.outcome"), "answered");
    }
}

#[test]
fn a_placeholder_behind_vectors_is_restored() {
    let gateway = gateway("");
    for (text, restored) in [
        ("of [EMAIL_1].", "of ada@example.com."),
        (r"of \u005bEMAIL_1].", "of ada@example.com."),
        (r"of [\u0045MAIL_1].", "of ada@example.com."),
        ("of [EMAIL_2].", "of [EMAIL_2]."),
        ("[", "["),
    ] {
        let body = vectors(&format!(r#","note":["{text}"],"last":[1]"#));
        let expected = vectors(&format!(r#","note":["{restored}"],"last":[1]"#));
        for length in [1000, 100, 7, 1] {
            let seen = ask(&gateway, APIS[0], 200, pieces(&body, length));
            assert_eq!(seen.text(), expected, "in pieces of {length}");
            assert!(!seen.pieces[0].is_empty());
        }
    }
}

#[test]
fn an_error_is_held_and_restored() {
    let gateway = gateway("");
    let body = r#"{"error":{"message":"No embedding of [EMAIL_1]","param":[0],"type":"invalid_request_error"}}"#;
    let seen = ask(&gateway, APIS[0], 400, pieces(body, 20));
    assert_eq!(seen.text(), body.replace("[EMAIL_1]", "ada@example.com"));
    assert!(seen.pieces.iter().rev().skip(1).all(Vec::is_empty));
    let seen = ask(&gateway, APIS[0], 200, pieces(body, 20));
    assert_eq!(seen.text(), body.replace("[EMAIL_1]", "ada@example.com"));
}

#[test]
fn vectors_too_long_to_be_read_pass_once() {
    let gateway = gateway(r#","limits":{"response_body":"4KiB"}"#);
    let body = vectors(r#","note":["of [EMAIL_1]"]"#);
    let seen = ask(&gateway, APIS[0], 200, pieces(&body, 1000));
    assert_eq!(seen.text(), body);
}

#[test]
fn trailers_end_an_answer_of_which_all_has_passed() {
    let gateway = gateway("");
    for more in ["", r#","note":"[EMAIL_1]""#] {
        let body = vectors(more);
        let answer = Answer { trailers: true, ..Answer::of("application/json", pieces(&body, 1000)) };
        let seen = gateway.post(APIS[0].0, APIS[0].1, &answer);
        assert_eq!(seen.text(), body.replace("[EMAIL_1]", "ada@example.com"));
    }
}

/// A part of an answer, well or badly formed.
fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\[(-?0\\.[0-9]{1,9},){0,9}1\\]",
        2 => Just(r#""[EMAIL_1]""#.to_owned()),
        1 => Just(r#""\u005bEMAIL_1] [PHONE_1] [EMAIL_""#.to_owned()),
        1 => Just(r#"["[","EMAIL_1]","#.to_owned() + r#""\\","\"["]"#),
        1 => Just("{}\n{".to_owned()),
        1 => "[ \n\\[\\]{}a\"\\\\]{0,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 5_000 }))]

    #[test]
    fn however_an_answer_of_vectors_is_cut_the_client_gets_the_same(
        parts in prop::collection::vec(part(), 0..8),
        begin in prop_oneof![8 => Just("{\"data\":[0"), 1 => Just("\n [[1]"), 1 => Just("data: ["), 1 => Just("")],
        end in prop_oneof![8 => Just("]}"), 1 => Just("")],
        mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        status in prop_oneof![4 => Just(200), 1 => Just(400)],
    ) {
        let mut gateway = gateway("");
        let body: String = std::iter::once(begin.to_owned())
            .chain(parts.iter().map(|part| format!(",{part}")))
            .chain([end.to_owned()])
            .collect();
        let mut places: Vec<usize> = cuts.drain(..).map(|cut| cut.index(body.len() + 1)).collect();
        places.extend([0, body.len()]);
        places.sort_unstable();
        let cut = places.windows(2).map(|pair| body.as_bytes()[pair[0]..pair[1]].to_vec()).collect();
        let mut run = |pieces: Vec<Vec<u8>>| -> (Vec<u8>, Attributes) {
            gateway.host.0.borrow_mut().now = 1_790_000_000_000_000_000;
            let seen = ask(&gateway, APIS[0], status, pieces);
            (seen.body, gateway.span().timeless())
        };
        let whole = run(vec![body.into_bytes()]);
        prop_assert_eq!(run(cut), whole);
    }
}
