//! Why a text is not JSON, and where: small, since every step of reading may give it back.

/// Why a text is not JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at byte {at}", self.reason())]
pub struct JsonError {
    /// No document is longer: `Document::new` refuses one of 4 GiB.
    at: u32,
    fault: JsonFault,
}

/// Result of reading a JSON text.
pub type JsonResult<T = ()> = Result<T, JsonError>;

impl JsonError {
    pub(crate) fn new(at: usize, fault: JsonFault) -> Self {
        Self { at: u32::try_from(at).unwrap_or(u32::MAX), fault }
    }

    /// Offset of the first byte that does not fit.
    pub fn at(self) -> usize {
        self.at as usize
    }

    /// Matches texts that go on behind their value.
    pub fn is_text_after_end(self) -> bool {
        self.fault == JsonFault::TextAfterEnd
    }

    /// What is wrong; never a word of the text itself.
    pub fn reason(self) -> &'static str {
        self.fault.reason()
    }
}

/// Declares what may be wrong with a text.
macro_rules! faults {
    ($($fault:ident, $reason:literal;)*) => {
        /// What is wrong with a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum JsonFault {
            $($fault,)*
        }

        impl JsonFault {
            const fn reason(self) -> &'static str {
                match self {
                    $(Self::$fault => $reason,)*
                }
            }
        }
    };
}

faults! {
    TooLong, "longer than 4 GiB";
    NotUtf8, "not UTF-8";
    EndsEarly, "ends too early";
    TextAfterEnd, "text after the end";
    NestedTooDeeply, "nested too deeply";
    NoValue, "no value";
    NotAnObject, "not an object";
    NotAnArray, "not an array";
    NotAString, "not a string";
    NoColon, "no colon";
    NoComma, "no comma";
    NoDigit, "no digit";
    NoDigitAfterPoint, "no digit after the point";
    NoDigitInExponent, "no digit in the exponent";
    ControlCharacter, "control character in a string";
    NoSuchEscape, "no such escape";
    // Not wrong: who looked for something has found it.
    Found, "found";
}
