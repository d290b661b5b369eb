//! Compressed bodies, inflated as they arrive: gzip (RFC 1952) and `deflate`, which HTTP means as zlib (RFC 1950), but
//! which some send as bare deflate data (RFC 9110, section 8.4.1.2).

use super::gzip::{self, GzipHeader};
use flate2::{Decompress, FlushDecompress, Status};

/// Inflates a body that arrives in any pieces. Takes about 80 KB, whatever comes.
#[derive(Debug)]
pub struct Inflate {
    stage: Stage,
    deflate: Decompress,
    checksum: crc32fast::Hasher,
    /// What was inflated last.
    window: Vec<u8>,
}

/// A compressed body that no decoder could read: a wrong header, code or checksum. What came of it before may be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the compressed body is broken")]
pub struct Broken;

/// What the next byte belongs to.
#[derive(Debug)]
enum Stage {
    /// A gzip member's header.
    GzipHeader(GzipHeader),
    /// A gzip member's compressed data.
    Gzip,
    /// A gzip member's checksum and length: the last bytes of them so far, and how many have come.
    GzipTrailer {
        bytes: [u8; 8],
        count: usize,
    },
    /// Whatever follows a whole gzip member: another one, or padding.
    BetweenMembers,
    /// The first byte of `deflate`, by which and the next zlib and bare deflate data are told apart.
    Unknown(Option<u8>),
    /// Zlib, or bare deflate data.
    Deflate,
    /// Behind the end. What is there is no part of the body.
    Behind,
    Broken,
}

/// How far back deflate data can refer, and the most that is handed out at a time, in bytes.
const WINDOW: u64 = 32 << 10;

impl Inflate {
    /// For a body with this `content-encoding`; nothing if that is not one encoding that can be read here.
    pub fn of(content_encoding: &str) -> Option<Self> {
        let stage = match content_encoding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Stage::GzipHeader(GzipHeader::default()),
            "deflate" => Stage::Unknown(None),
            _ => return None,
        };
        let checksum = crc32fast::Hasher::new();
        Some(Self { stage, deflate: Decompress::new(false), checksum, window: vec![0; 32 << 10] })
    }

    /// Takes the next bytes of the body and hands out what they inflate to, at once, at most 32 KiB at a time.
    ///
    /// # Errors
    /// [`Broken`] when the body cannot be read further; then always. What was handed out until then may be right.
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

    /// Whether the compressed data have come to their end, checksum included. If not so at the body's end, it was cut.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::BetweenMembers | Stage::Behind)
    }

    /// Takes the bytes of one stage; gives those left. Takes at least one byte, if there is one, or changes the stage.
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
                // Padding and other remains behind the last member are left out, as gzip itself does.
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

    /// Inflates; behind the end of the compressed data comes the next stage.
    fn inflate<'a>(&mut self, bytes: &'a [u8], next: Stage, each: &mut impl FnMut(&[u8])) -> Result<&'a [u8], Broken> {
        let mut rest = bytes;
        loop {
            let (taken, given) = (self.deflate.total_in(), self.deflate.total_out());
            // The decoder writes into a window of its own first. Ours has the room that there is to the end of that one,
            // for what does not fit here would be lost if the next code were wrong.
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
                // A full window: there may be more, also without more input.
                Ok(_) if is_full => {}
                Ok(_) if rest.is_empty() => return Ok(rest),
                Ok(_) if taken > 0 || given > 0 => {}
                Ok(_) | Err(_) => return Err(Broken),
            }
        }
    }
}

/// Whether data so begin as RFC 1950 says, section 2.2: the method is deflate, and both bytes are a multiple of 31.
fn is_zlib(begin: [u8; 2]) -> bool {
    begin.first().is_some_and(|method| method & 0x0f == 8) && u16::from_be_bytes(begin).is_multiple_of(31)
}
