//! Frames, and the other pieces of a stream.

use std::borrow::Cow;

/// One whole frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// All bytes of the frame, including its end.
    pub raw: &'a [u8],
    /// Name in the framing. Server-sent events: the last `event:` field. AWS event stream: `:event-type`; for an
    /// exception `:exception-type`, for an error `:error-code`. Empty where there is none.
    pub name: Cow<'a, str>,
    /// AWS event stream: set when the message's type is `exception` or `error`.
    pub is_exception: bool,
    /// The payload; for an AWS error, which has none, its `:error-message`.
    pub data: Cow<'a, [u8]>,
    /// Offset of the payload in `raw`; `None` when it is not contiguous there, or the frame has no place for one.
    pub data_at: Option<usize>,
}

/// Output of a [`Decoder`], in the order of the stream. The concatenated bytes of all pieces are the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A whole frame.
    Frame(Frame<'a>),
    /// Bytes between frames that belong to none: JSON array brackets, commas and white space, blank lines.
    Between {
        /// The bytes.
        bytes: &'a [u8],
        /// Set when the bracket that closes the stream is among them.
        ends: bool,
    },
    /// Bytes of a frame that cannot be read. They are passed on.
    Skipped {
        /// The bytes; those of one frame may come in several pieces.
        bytes: &'a [u8],
        /// Reason.
        reason: SkipReason,
    },
}

/// Reason why a piece goes by unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Its frame is longer than the limit.
    TooLarge,
    /// A checksum is wrong, a length impossible, or the frame ends too early.
    Broken,
}

impl<'a> Piece<'a> {
    /// The piece's bytes in the stream.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Frame(frame) => frame.raw,
            Self::Between { bytes, .. } | Self::Skipped { bytes, .. } => bytes,
        }
    }
}

impl<'a> Frame<'a> {
    /// Creates a frame without a name; its payload is `data_at..data_end` of `raw`.
    pub(super) fn unnamed(raw: &'a [u8], data_at: usize, data_end: usize) -> Self {
        let data = raw.get(data_at..data_end).unwrap_or_default();
        Self { raw, name: Cow::Borrowed(""), is_exception: false, data: Cow::Borrowed(data), data_at: Some(data_at) }
    }

    /// Writes other data in the place of the frame's.
    pub(super) fn splice(&self, data: &[u8], out: &mut Vec<u8>) {
        let (before, rest) = self.data_at.and_then(|at| self.raw.split_at_checked(at)).unwrap_or((self.raw, &[]));
        out.extend_from_slice(before);
        out.extend_from_slice(data);
        out.extend_from_slice(rest.get(self.data.len()..).unwrap_or_default());
    }
}
