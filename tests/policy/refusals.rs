//! Refusals: status, code, types and message of each reason.

use std::collections::BTreeSet;
use tollgate::model::{Misdirection, Refusal};

/// Every reason, once.
fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::KeyMissing,
        Refusal::KeyUnknown,
        Refusal::KeyExpired,
        Refusal::KeyAmbiguous,
        Refusal::AwsSignature,
        Refusal::KeyMisplaced,
        Refusal::ModelNotAllowed { model: "gpt-4o".to_owned() },
        Refusal::ModelMissing,
        Refusal::UnknownPath,
        Refusal::MethodNotAllowed,
        Refusal::ContentTypeUnsupported,
        Refusal::ContentEncodingUnsupported,
        Refusal::BodyTooLarge { limit: 33_554_432 },
        Refusal::BodyUnreadable { reason: "no comma", at: 17 },
        Refusal::BodyAmbiguous { field: "model" },
        Refusal::WebSocketUnsupported,
        Refusal::RealtimeUnsupported,
        Refusal::UpgradeUnsupported,
        Refusal::NoProvider,
        Refusal::StreamCut,
        Refusal::NoAnswer,
        Refusal::NoTarget,
        Refusal::Untranslatable { reason: tollgate::model::Untranslatable::Empty },
        Refusal::TranslationLoss { lost: vec!["metadata".to_owned()] },
        Refusal::ModelUnknown { model: "m".to_owned() },
        Refusal::GuardRefused,
        Refusal::GuardUnavailable,
        Refusal::Internal,
    ]
}

#[test]
fn each_refusal_has_its_status_code_and_types() {
    const REQUEST: &str = "invalid_request_error";
    let expected = [
        (401, "missing_api_key", REQUEST, "authentication_error"),
        (401, "invalid_api_key", REQUEST, "authentication_error"),
        (401, "expired_api_key", REQUEST, "authentication_error"),
        (401, "key_ambiguous", REQUEST, "authentication_error"),
        (401, "aws_signature", REQUEST, "authentication_error"),
        (400, "misplaced_api_key", REQUEST, REQUEST),
        (403, "model_not_allowed", REQUEST, "permission_error"),
        (400, "missing_model", REQUEST, REQUEST),
        (404, "unknown_path", REQUEST, "not_found_error"),
        (405, "method_not_allowed", REQUEST, REQUEST),
        (415, "unsupported_content_type", REQUEST, REQUEST),
        (415, "unsupported_content_encoding", REQUEST, REQUEST),
        (413, "body_too_large", REQUEST, "request_too_large"),
        (400, "unreadable_body", REQUEST, REQUEST),
        (400, "ambiguous_body", REQUEST, REQUEST),
        (426, "unsupported_websocket", REQUEST, REQUEST),
        (501, "unsupported_realtime", "server_error", "api_error"),
        (404, "unsupported_upgrade", REQUEST, "not_found_error"),
        (404, "no_provider", REQUEST, "not_found_error"),
        (502, "stream_cut", "server_error", "api_error"),
        (503, "provider_unreachable", "server_error", "api_error"),
        (400, "no_target", REQUEST, REQUEST),
        (400, "untranslatable", REQUEST, REQUEST),
        (400, "translation_loss", REQUEST, REQUEST),
        (404, "model_not_found", REQUEST, "not_found_error"),
        (403, "guard_refused", REQUEST, "permission_error"),
        (503, "guard_unavailable", "server_error", "api_error"),
        (500, "internal_error", "server_error", "api_error"),
    ];
    let found = refusals();
    let found =
        found.iter().map(|refusal| (refusal.status(), refusal.code(), refusal.openai_type(), refusal.anthropic_type()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn codes_are_distinct_and_low_in_cardinality() {
    let codes: BTreeSet<&str> = refusals().iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals().len());
    assert!(codes.iter().all(|code| { code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') }));
}

#[test]
fn messages_are_one_line_and_say_what_to_do() {
    for refusal in refusals() {
        let message = refusal.message();
        assert!(message.ends_with('.') && !message.contains('\n'), "{message}");
    }
    for misdirection in [
        Misdirection::HostNotConfigured,
        Misdirection::HostNotServed,
        Misdirection::HostOtherDialect,
        Misdirection::UnknownTarget,
        Misdirection::OtherHost,
        Misdirection::TargetOtherDialect,
    ] {
        let refusal = Refusal::Misdirected(misdirection);
        assert_eq!((refusal.status(), refusal.code()), (404, "no_provider"));
        assert!(refusal.message().ends_with('.') && !refusal.message().contains(['\n', '{']), "{misdirection:?}");
    }
    let message = Refusal::BodyUnreadable { reason: "no comma", at: 17 }.message();
    assert_eq!(message, "The gateway cannot read the body: no comma at byte 17.");
}

#[test]
fn losses_are_named_cut_and_counted() {
    let lost: Vec<String> = (0..20).map(|number| format!("a\n{number}{}", "é".repeat(1_000))).collect();
    let message = Refusal::TranslationLoss { lost }.message().into_owned();
    assert!(message.len() < 5_000 && !message.contains('\n') && message.ends_with(" and 4 more."), "{message}");
}

#[test]
fn a_models_name_is_shown_cut_and_without_tricks() {
    let model = format!("a\r\nb\u{202e}\u{2028}\u{7f}\0{}", "é".repeat(10_000));
    let refusal = Refusal::ModelNotAllowed { model };
    let message = refusal.message();
    let expected = format!("\"ab{}\"", "é".repeat(126));
    assert!(message.contains(&expected) && !message.contains(char::is_control), "{message}");
}
