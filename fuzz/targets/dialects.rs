//! Any bytes as a request, an answer or an event, in every dialect.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::chat::Reply;
use tollgate::dialect::Dialect;
use tollgate::document::Document;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::new(bytes) else { return };
    for dialect in Dialect::ALL {
        if let Ok(request) = dialect.read_request(document) {
            for leaf in &request.leaves {
                assert!(document.as_str().get(leaf.span.range()).is_some());
            }
        }
        let (mut deltas, mut reply) = (Vec::new(), Reply::default());
        let _ = dialect.read_answer(document, &mut deltas);
        deltas.iter().for_each(|delta| reply.apply(delta, document));
    }
});
