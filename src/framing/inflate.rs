//! Decompression of bodies as they arrive: gzip (RFC 1952) and `deflate`, which means zlib in HTTP (RFC 1950), although
//! some senders use bare deflate data (RFC 9110, section 8.4.1.2).

use super::Broken;
use super::gzip::{self, GzipHeader};
use flate2::{Decompress, FlushDecompress, Status};

/// Decompresses a body that arrives in any pieces. Takes about 80 KB for any input.
#[derive(Debug)]
pub struct Inflate {
    stage: Stage,
    deflate: Decompress,
    checksum: crc32fast::Hasher,
    /// Most recent output.
    window: Vec<u8>,
}

/// Expected part at the next byte.
#[derive(Debug)]
enum Stage {
    /// A gzip member's header.
    GzipHeader(GzipHeader),
    /// A gzip member's compressed data.
    Gzip,
    /// A gzip member's checksum and length: the last eight bytes, and the number received.
    GzipTrailer {
        bytes: [u8; 8],
        count: usize,
    },
    /// Behind a whole gzip member: another one, or padding.
    BetweenMembers,
    /// The first byte of `deflate`. It and the next one distinguish zlib from bare deflate data.
    Unknown(Option<u8>),
    /// Zlib, or bare deflate data.
    Deflate,
    /// Behind the end. Bytes here are not part of the body.
    Behind,
    Broken,
}

/// Longest distance of a deflate back-reference, and the longest output at a time, in bytes.
const WINDOW: u64 = 32 << 10;

impl Inflate {
    /// Creates a decoder for a `content-encoding`; `None` unless it is a single supported encoding.
    pub fn of(content_encoding: &str) -> Option<Self> {
        let stage = match content_encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Stage::GzipHeader(GzipHeader::default()),
            "deflate" => Stage::Unknown(None),
            _ => return None,
        };
        let checksum = crc32fast::Hasher::new();
        Some(Self { stage, deflate: Decompress::new(false), checksum, window: vec![0; 32 << 10] })
    }

    /// Takes the next bytes of the body and passes on their decompressed bytes, at once, at most 32 KiB at a time.
    ///
    /// # Errors
    /// [`Broken`] when the body cannot be read further, and on every later call. Output before the error may be right.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), Broken> {
        let mut rest = chunk;
        loop {
            match self.step(rest, &mut each) {
                Ok([]) => return Ok(()),
                Ok(left) => rest = left,
                Err(broken) => {
                    self.stage = Stage::Broken;
                    return Err(broken);
                }
            }
        }
    }

    /// Reports whether the compressed data are complete, including the checksum. If not at the body's end, it was
    /// truncated.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::BetweenMembers | Stage::Behind)
    }

    /// Takes the bytes of one stage and returns the rest. Takes at least one byte, if there is one, or changes the
    /// stage.
    fn step<'a>(&mut self, bytes: &'a [u8], each: &mut impl FnMut(&[u8])) -> Result<&'a [u8], Broken> {
        let Some((first, behind)) = bytes.split_first() else {
            return Ok(bytes);
        };
        match &mut self.stage {
            Stage::GzipHeader(header) => {
                if header.push(*first)? {
                    self.deflate.reset(false);
                    self.checksum.reset();
                    self.stage = Stage::Gzip;
                }
                Ok(behind)
            }
            Stage::Gzip => self.inflate(bytes, Stage::GzipTrailer { bytes: [0; 8], count: 0 }, each),
            Stage::GzipTrailer { bytes, count } => {
                bytes.rotate_left(1);
                bytes.last_mut().into_iter().for_each(|last| *last = *first);
                *count += 1;
                if *count == bytes.len() {
                    let trailer = gzip::trailer(self.checksum.clone().finalize(), self.deflate.total_out());
                    let is_right = *bytes == trailer;
                    self.stage = if is_right { Stage::BetweenMembers } else { Stage::Broken };
                    return if is_right { Ok(behind) } else { Err(Broken) };
                }
                Ok(behind)
            }
            Stage::BetweenMembers => {
                // Padding and other bytes behind the last member are ignored, as gzip itself does.
                let another = *first == gzip::MAGIC;
                self.stage = if another { Stage::GzipHeader(GzipHeader::default()) } else { Stage::Behind };
                Ok(bytes)
            }
            Stage::Unknown(None) => {
                self.stage = Stage::Unknown(Some(*first));
                Ok(behind)
            }
            Stage::Unknown(Some(before)) => {
                let begin = [*before, *first];
                self.deflate.reset(is_zlib(begin));
                self.stage = Stage::Deflate;
                self.inflate(&begin, Stage::Behind, each).map(|_| behind)
            }
            Stage::Deflate => self.inflate(bytes, Stage::Behind, each),
            Stage::Behind => Ok(&[]),
            Stage::Broken => Err(Broken),
        }
    }

    /// Decompresses up to the end of the compressed data, then enters the next stage.
    fn inflate<'a>(&mut self, bytes: &'a [u8], next: Stage, each: &mut impl FnMut(&[u8])) -> Result<&'a [u8], Broken> {
        let mut rest = bytes;
        loop {
            let (taken, given) = (self.deflate.total_in(), self.deflate.total_out());
            // The decoder first writes into a window of its own. `room` ends where that window does: output that did
            // not fit here would be lost if the next code were wrong.
            let begin = usize::try_from(given % WINDOW).map_err(|_| Broken)?;
            let room = self.window.get_mut(begin..).ok_or(Broken)?;
            let status = self.deflate.decompress(rest, room, FlushDecompress::None);
            let taken = usize::try_from(self.deflate.total_in() - taken).map_err(|_| Broken)?;
            let given = usize::try_from(self.deflate.total_out() - given).map_err(|_| Broken)?;
            let is_full = given == room.len();
            let inflated = room.get(..given).ok_or(Broken)?;
            rest = rest.get(taken..).ok_or(Broken)?;
            if !inflated.is_empty() {
                self.checksum.update(inflated);
                each(inflated);
            }
            match status {
                Ok(Status::StreamEnd) => {
                    self.stage = next;
                    return Ok(rest);
                }
                // A full window: more output may follow, even without more input.
                Ok(_) if is_full => {}
                Ok(_) if rest.is_empty() => return Ok(rest),
                Ok(_) if taken > 0 || given > 0 => {}
                Ok(_) | Err(_) => return Err(Broken),
            }
        }
    }
}

/// Matches the header of RFC 1950, section 2.2: the method is deflate, and both bytes are a multiple of 31.
fn is_zlib(begin: [u8; 2]) -> bool {
    begin.first().is_some_and(|method| method & 0x0f == 8) && u16::from_be_bytes(begin).is_multiple_of(31)
}
