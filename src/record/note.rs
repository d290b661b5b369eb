//! Notes of a call: parts of it that could not be read, searched or restored.

/// Declares the notes, so that no list of them can lack one.
macro_rules! notes {
    ($($(#[$doc:meta])* $note:ident, $name:literal, $meaning:literal;)*) => {
        /// A part of a call that could not be dealt with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Note {
            $(#[doc = $meaning] $note,)*
        }

        impl Note {
            /// Every note.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$note),*];

            /// Name on spans: `request_unread`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$note => $name,)*
                }
            }

            /// Meaning, for the documentation.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$note => $meaning,)*
                }
            }
        }
    };
}

notes! {
    RequestUnread, "request_unread",
        "The operation is recognised by its path, or not at all, and its API is not read, or the body, or a part of a \
         form, cannot be: it passed untouched and **not redacted**, as the settings say or because redaction is off. Of \
         JSON the model and the parameters are recorded.";
    QueryUnredacted, "query_unredacted",
        "There is personal data in the query of the request's path, which goes on as it is.";
    ResponseContentType, "response_content_type",
        "The answer is of a kind that is not read (audio, images, plain text): it passed unread, usage is unknown.";
    ResponseEncoding, "response_encoding",
        "The answer is compressed in another way than gzip and deflate: it passed unread, usage is unknown.";
    ResponseEncodingBroken, "response_encoding_broken",
        "The answer's compression is damaged or cut: the part before it was read.";
    ResponseUnreadable, "response_unreadable", "The answer is no JSON, though its headers say so: it passed as it was.";
    ResponseEmpty, "response_empty", "The answer has no body, though its headers promise one.";
    ResponseTooLarge, "response_too_large",
        "The answer is longer than the limits: it passed unread, placeholders in it stay.";
    StreamEventTooLarge, "stream_event_too_large",
        "An event is longer than the limits: it passed unread, placeholders in it stay.";
    StreamEventUnreadable, "stream_event_unreadable", "An event is no JSON: it passed as it was.";
    StreamTruncated, "stream_truncated", "The stream ended in order, but without the dialect's end marker.";
    StreamBroken, "stream_broken",
        "A frame of the stream has a wrong checksum or an impossible length: it passed unread.";
    AttemptUsageUnknown, "attempt_usage_unknown",
        "An attempt was given up after a time limit, or was cut, before its answer came: the provider may bill it, and \
         tokens and cost do not have it.";
    ShadowNotBegun, "shadow_not_begun",
        "The settings have a shadow for the call, and Envoy has not sent it one: the route has no mirror policy, or the \
         shadow's cluster has no host.";
    UsageIncomplete, "usage_incomplete",
        "The call was cut after some usage had come: tokens and cost count what had been reported.";
}
