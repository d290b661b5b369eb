//! Forms.

use cpu_time::ThreadTime;
use proptest::prelude::*;
use std::time::Duration;
use tollgate::framing::multipart::{FormPart, boundary, parts};

fn all<'a>(body: &'a [u8], boundary: &str) -> Vec<FormPart<'a>> {
    let parts: Vec<_> = parts(body, boundary).collect();
    for part in &parts {
        assert_eq!(&body[part.range.clone()], part.content);
    }
    parts
}

/// Names and contents.
fn fields<'a>(body: &'a str, boundary: &str) -> Vec<(String, &'a str)> {
    let field = |part: FormPart<'a>| (part.name.into_owned(), std::str::from_utf8(part.content).unwrap());
    all(body.as_bytes(), boundary).into_iter().map(field).collect()
}

fn field<'a>(name: &str, content: &'a str) -> (String, &'a str) {
    (name.to_owned(), content)
}

/// A part that has only this disposition.
fn disposed(disposition: &str) -> (String, Option<String>) {
    let body = format!("--b\r\nContent-Disposition: form-data{disposition}\r\n\r\n\r\n--b--");
    let parts = all(body.as_bytes(), "b");
    assert_eq!(parts.len(), 1);
    (parts[0].name.to_string(), parts[0].filename.as_ref().map(ToString::to_string))
}

#[test]
fn the_boundary_is_read_from_the_content_type() {
    let table = [
        ("multipart/form-data; boundary=abc", Some("abc")),
        ("Multipart/Form-Data ;charset=utf-8; Boundary=\"a; b=\\\"c\"", Some("a; b=\"c")),
        ("multipart/form-data;boundary=----WebKitFormBoundaryX  ; x", Some("----WebKitFormBoundaryX")),
        ("multipart/form-data; boundary=", None),
        ("multipart/form-data", None),
        ("multipart/mixed; boundary=abc", None),
        ("application/json; boundary=abc", None),
    ];
    for (content_type, expected) in table {
        assert_eq!(boundary(content_type).as_deref(), expected, "{content_type}");
    }
}

#[test]
fn a_form_is_read_field_by_field() {
    let body = "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n\
        --b  \r\ncontent-type:  audio/mpeg \r\nCONTENT-DISPOSITION: form-data; filename=a.mp3; name=file\r\n\r\n\
        \r\n--bb\r\n--b-- x\r\n\n--b\r\n\r\n--b--\r\nepilogue\r\n--b\r\nContent-Disposition: form-data; name=no\r\n\r\n";
    assert_eq!(fields(body, "b"), [field("model", "whisper"), field("file", "\r\n--bb\r\n--b-- x\r\n\n--b\r\n")]);
    let parts = all(body.as_bytes(), "b");
    assert_eq!((parts[0].content_type, &parts[0].filename), (None, &None));
    assert_eq!((parts[1].content_type, parts[1].filename.as_deref()), (Some("audio/mpeg"), Some("a.mp3")));
}

#[test]
fn parameters_are_read_as_clients_write_them() {
    let file = |name: &str| (String::new(), Some(name.to_owned()));
    assert_eq!(disposed("; name=\"a\\\"b\\\\c\""), ("a\"b\\c".to_owned(), None));
    assert_eq!(disposed(" ; name = plain ; other"), ("plain".to_owned(), None));
    assert_eq!(disposed(";\r\n name=\"folded\""), ("folded".to_owned(), None));
    assert_eq!(disposed("; NAME=\"not; ended"), ("not; ended".to_owned(), None));
    assert_eq!(disposed("; name=first; name=second"), ("first".to_owned(), None));
    assert_eq!(disposed("; filename=\"C:\\dir\\a.txt\""), file("C:\\dir\\a.txt"));
    assert_eq!(disposed("; filename=\"na\u{ef}ve.txt\""), file("na\u{ef}ve.txt"));
    assert_eq!(disposed("; filename=\"x\"; filename*=UTF-8''%e2%82%AC%20rates%2"), file("\u{20ac} rates%2"));
    assert_eq!(disposed("; filename*=iso-8859-1'en'%A3%20rates"), file("\u{a3} rates"));
    assert_eq!(disposed("; filename*=koi8-r''%A3; filename=plain"), file("plain"));
    assert_eq!(disposed("; name*=utf-8''m%6fdel"), ("model".to_owned(), None));
    assert_eq!(disposed(""), (String::new(), None));
}

#[test]
fn odd_forms_are_read_as_far_as_they_go() {
    let head = "Content-Disposition: form-data; name=a\r\n";
    // Truncated: in the content, in a boundary, in the headers.
    assert_eq!(fields(&format!("--b\r\n{head}\r\n1\r\n--b"), "b"), [field("a", "1")]);
    assert_eq!(fields(&format!("--b\r\n{head}\r\n1\r\n--"), "b"), [field("a", "1\r\n--")]);
    assert_eq!(fields(&format!("--b\r\n{head}"), "b"), [field("a", "")]);
    // Without content, without headers, with nothing at all.
    assert_eq!(
        fields(&format!("--b\r\n{head}\r\n--b\r\n\r\n2\r\n--b\r\n--b--"), "b"),
        [field("a", ""), field("", "2"), field("", "")]
    );
    assert_eq!(fields("--b--\r\n", "b"), []);
    assert_eq!(fields("", "b"), []);
    assert_eq!(fields("no form", "b"), []);
    // Bare line feeds, if the first boundary line ends so.
    assert_eq!(fields("--b\nContent-Disposition: form-data; name=a\n\n1\n--b--\n", "b"), [field("a", "1")]);
    // A bare line feed is content where line ends are complete.
    assert_eq!(fields(&format!("--b\r\n{head}\r\n1\n--b\n\n2\r\n--b--"), "b"), [field("a", "1\n--b\n\n2")]);
}

#[test]
fn time_is_in_proportion_to_length_whatever_comes() {
    let time = |part: &str, length: usize| {
        let body = format!("--b\r\n{}", part.repeat(length / part.len()));
        let start = ThreadTime::now();
        parts(body.as_bytes(), "b").for_each(|part| drop(part.name.into_owned()));
        start.elapsed()
    };
    let disposition = "Content-Disposition: form-data; name*=x; name*=y; \r\n ";
    for part in ["\r\n--b\r\n", "\r\n--bb", "\n--b\n", "a:\r\n", disposition, "\r\n\r\n", "\r\n--b ", "; ="] {
        // Eight times the bytes; quadratic time would be sixty-four times as long.
        let is_linear = |_| time(part, 1 << 21) < time(part, 1 << 18) * 30 + Duration::from_millis(50);
        assert!((0..3).any(is_linear), "{part:?}");
    }
}

proptest! {
    #[test]
    fn a_form_that_was_written_is_read_again(
        written in prop::collection::vec(("[a-z\"\\\\;= ]{0,8}", prop::collection::vec(any::<u8>(), 0..60)), 0..6),
        preamble in "([ -~]{0,20}\r\n)?",
    ) {
        let mut body = preamble.into_bytes();
        for (name, content) in &written {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            body.extend(format!("--bound\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
            body.extend(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--bound--\r\n");
        let read: Vec<_> =
            all(&body, "bound").into_iter().map(|part| (part.name.into_owned(), part.content.to_vec())).collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn any_bytes_are_read_without_harm(body in "([\r\n :;=\"a-]|--b|\r\n|name|Content-Disposition:){0,60}", boundary in "b?") {
        let mut end = 0;
        for part in all(body.as_bytes(), &boundary) {
            prop_assert!(part.range.start >= end);
            end = part.range.end;
        }
    }
}
