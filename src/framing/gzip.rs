//! Header and trailer of gzip data (RFC 1952, section 2.3).

use super::Broken;

/// A member's first byte.
pub(super) const MAGIC: u8 = 0x1f;

/// A member's header, read byte by byte. Stores none of it, however long its file name is.
#[derive(Debug, Default)]
pub(super) struct GzipHeader {
    part: GzipPart,
    /// The offset within the part.
    at: usize,
    flags: u8,
    /// Length of the extra field.
    extra: usize,
}

/// Parts of a header, in their order.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum GzipPart {
    #[default]
    Fixed,
    ExtraLength,
    Extra,
    Name,
    Comment,
    Checksum,
    End,
}

impl GzipHeader {
    /// Takes the next byte. Returns `true` at the header's last byte.
    pub(super) fn push(&mut self, byte: u8) -> Result<bool, Broken> {
        let at = self.at;
        self.at += 1;
        let ends = match self.part {
            GzipPart::Fixed => {
                let is_right = match at {
                    0 => byte == MAGIC,
                    1 => byte == 0x8b,
                    // Deflate is the only method defined; the highest flags must not be set.
                    2 => byte == 8,
                    3 => byte & 0xe0 == 0,
                    _ => true,
                };
                if !is_right {
                    return Err(Broken);
                }
                if at == 3 {
                    self.flags = byte;
                }
                at == 9
            }
            GzipPart::ExtraLength => {
                self.extra |= usize::from(byte) << (8 * at);
                at == 1
            }
            GzipPart::Extra => self.at >= self.extra,
            GzipPart::Name | GzipPart::Comment => {
                // Only the end of a text matters, not the offset of a byte in it.
                self.at = 0;
                byte == 0
            }
            GzipPart::Checksum => at == 1,
            GzipPart::End => true,
        };
        if ends {
            self.part = self.next();
            self.at = 0;
        }
        Ok(self.part == GzipPart::End)
    }

    /// Returns the next part that is present.
    fn next(&self) -> GzipPart {
        let has = |flag: u8| self.flags & flag != 0;
        let parts = [
            (GzipPart::ExtraLength, has(4)),
            (GzipPart::Extra, has(4) && self.extra > 0),
            (GzipPart::Name, has(8)),
            (GzipPart::Comment, has(16)),
            (GzipPart::Checksum, has(2)),
        ];
        parts
            .into_iter()
            .find(|(part, is_there)| *is_there && *part > self.part)
            .map_or(GzipPart::End, |(part, _)| part)
    }
}

/// Trailer of a member: checksum and length of the uncompressed data, both little-endian.
pub(super) fn trailer(checksum: u32, length: u64) -> [u8; 8] {
    // The length is modulo 2³².
    (u64::from(checksum) | length << 32).to_le_bytes()
}
