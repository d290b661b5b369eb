//! JSON errors: reason and offset. Small, because every step of reading may return one.

/// Reason why a text is not JSON, and the offset of the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at byte {at}", self.reason())]
pub struct JsonError {
    /// Fits `u32`: `Document::new` refuses a document of 4 GiB.
    at: u32,
    fault: JsonFault,
}

/// Result of reading a JSON text.
pub type JsonResult<T = ()> = Result<T, JsonError>;

impl JsonError {
    /// Creates an error at the offset of its fault.
    pub fn new(at: usize, fault: JsonFault) -> Self {
        Self { at: u32::try_from(at).unwrap_or(u32::MAX), fault }
    }

    /// Offset of the first byte that does not fit.
    pub fn at(self) -> usize {
        self.at as usize
    }

    /// Matches texts that continue after their value.
    pub fn is_text_after_end(self) -> bool {
        self.fault == JsonFault::TextAfterEnd
    }

    /// Description of the fault; never contains any of the text itself.
    pub fn reason(self) -> &'static str {
        self.fault.reason()
    }
}

/// Declares the faults of a text and their descriptions.
macro_rules! faults {
    ($($fault:ident, $reason:literal;)*) => {
        /// Fault in a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum JsonFault {
            $(#[doc = concat!("Fault: ", $reason, ".")] $fault,)*
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
    // Not a fault: a search stops here because it has found its value.
    Found, "found";
}
