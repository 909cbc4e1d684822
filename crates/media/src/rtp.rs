//! RTP packets (RFC 3550 §5.1): a view on received octets, a writer of headers, and what a
//! receiver must know of a source.

mod reception;

pub use self::reception::{Reception, Verdict};

/// Octets of the header that we write.
pub const HEADER_OCTETS: usize = 12;

/// Payload type of comfort noise (RFC 3389).
pub const COMFORT_NOISE: u8 = 13;

/// Why octets are not an RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRtp {
    /// Fewer octets than the header says.
    #[error("the packet is shorter than its header says")]
    Truncated,
    /// Not version 2.
    #[error("the version is not 2")]
    Version,
    /// The padding is longer than the packet.
    #[error("the padding is longer than the packet")]
    Padding,
    /// Multiplexed RTCP (RFC 5761 §4).
    #[error("the packet is RTCP")]
    Rtcp,
}

/// A received packet; borrows the octets it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Marker bit: the first packet of a talk spurt.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in the units of the codec's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
    /// What remains without header, contributing sources, extension and padding.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads one datagram.
    ///
    /// # Errors
    /// [`NotRtp`] says what is wrong; the datagram is then to be counted and dropped.
    pub fn parse(octets: &'a [u8]) -> Result<Self, NotRtp> {
        let (header, mut rest) = octets
            .split_at_checked(HEADER_OCTETS)
            .ok_or(NotRtp::Truncated)?;
        if header[0] >> 6 != 2 {
            return Err(NotRtp::Version);
        }
        if crate::rtcp::is_rtcp(octets) {
            return Err(NotRtp::Rtcp);
        }
        let sources = usize::from(header[0] & 0x0F) * 4;
        rest = rest.get(sources..).ok_or(NotRtp::Truncated)?;
        if header[0] & 0x10 != 0 {
            let (head, after) = rest.split_at_checked(4).ok_or(NotRtp::Truncated)?;
            let octets = usize::from(u16::from_be_bytes([head[2], head[3]])) * 4;
            rest = after.get(octets..).ok_or(NotRtp::Truncated)?;
        }
        if header[0] & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(NotRtp::Padding)?);
            if padding == 0 || padding > rest.len() {
                return Err(NotRtp::Padding);
            }
            rest = &rest[..rest.len() - padding];
        }
        Ok(Self {
            marker: header[1] & 0x80 != 0,
            payload_type: header[1] & 0x7F,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            payload: rest,
        })
    }
}

/// The header of a packet to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Marker bit: the first packet of a talk spurt.
    pub marker: bool,
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp in the units of the codec's clock.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

impl Header {
    /// The header as octets, to be put before the payload.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEADER_OCTETS] {
        let mut out = [0; HEADER_OCTETS];
        out[0] = 0x80;
        out[1] = (u8::from(self.marker) << 7) | (self.payload_type & 0x7F);
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out
    }

    /// Writes header and payload into `out` and says how long the packet is, or none when
    /// `out` is too short.
    pub fn write(self, payload: &[u8], out: &mut [u8]) -> Option<usize> {
        let total = HEADER_OCTETS + payload.len();
        let out = out.get_mut(..total)?;
        out[..HEADER_OCTETS].copy_from_slice(&self.to_bytes());
        out[HEADER_OCTETS..].copy_from_slice(payload);
        Some(total)
    }
}

/// How far `a` is after `b` in sequence numbers that wrap: negative if before.
#[must_use]
pub const fn sequence_distance(a: u16, b: u16) -> i16 {
    a.wrapping_sub(b).cast_signed()
}

/// How far `a` is after `b` in timestamps that wrap: negative if before.
#[must_use]
pub const fn timestamp_distance(a: u32, b: u32) -> i32 {
    a.wrapping_sub(b).cast_signed()
}

#[cfg(test)]
mod tests;
