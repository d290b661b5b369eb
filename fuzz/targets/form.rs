//! Any form under any content type: texts lie within it, and do not overlap. An input: an empty line or not, a header
//! `content-type`, and the body.

use crate::message::Message;
use tollgate::dialect::read_form;
use tollgate::framing::multipart;

pub(crate) fn run(input: &[u8]) {
    let message = Message::of(input);
    let content_type = message.headers.text("content-type").unwrap_or_default();
    let boundary = multipart::boundary(content_type).unwrap_or_default();
    let mut end = 0;
    for part in multipart::parts(message.body, &boundary) {
        assert!(part.range.start >= end);
        end = part.range.end;
        assert_eq!(message.body.get(part.range), Some(part.content));
    }
    let Ok(form) = read_form(message.body, &boundary) else { return };
    let mut end = 0;
    for range in form.texts {
        assert!(range.start >= end);
        end = range.end;
        assert!(message.body.get(range).is_some_and(|text| std::str::from_utf8(text).is_ok()));
    }
}
