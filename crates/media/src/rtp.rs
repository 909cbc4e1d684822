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

/// The sender's own measure of loudness (RFC 6464).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioLevel {
    /// In −dBov: 0 is the loudest, 127 is silence.
    pub dbov: u8,
    /// The sender believes that this is speech.
    pub voice: bool,
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
    /// Header extension: its profile and octets.
    pub extension: Option<(u16, &'a [u8])>,
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
        let mut extension = None;
        if header[0] & 0x10 != 0 {
            let (head, after) = rest.split_at_checked(4).ok_or(NotRtp::Truncated)?;
            let octets = usize::from(u16::from_be_bytes([head[2], head[3]])) * 4;
            let (body, after) = after.split_at_checked(octets).ok_or(NotRtp::Truncated)?;
            extension = Some((u16::from_be_bytes([head[0], head[1]]), body));
            rest = after;
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
            extension,
            payload: rest,
        })
    }

    /// The audio level, if the extension with this negotiated id is there (RFC 6464, in the
    /// one-byte or the two-byte form of RFC 8285).
    #[must_use]
    pub fn audio_level(&self, id: u8) -> Option<AudioLevel> {
        let (profile, body) = self.extension?;
        let octet = match profile {
            0xBEDE => one_byte_element(body, id),
            0x1000..=0x100F => two_byte_element(body, id),
            _ => None,
        }?;
        Some(AudioLevel {
            dbov: octet & 0x7F,
            voice: octet & 0x80 != 0,
        })
    }
}

/// First octet of an element of RFC 8285 §4.2.
fn one_byte_element(mut body: &[u8], id: u8) -> Option<u8> {
    loop {
        let (&head, rest) = body.split_first()?;
        if head == 0 {
            body = rest;
            continue;
        }
        if head >> 4 == 15 {
            return None;
        }
        let length = usize::from(head & 0x0F) + 1;
        let (value, rest) = rest.split_at_checked(length)?;
        if head >> 4 == id {
            return value.first().copied();
        }
        body = rest;
    }
}

/// First octet of an element of RFC 8285 §4.3.
fn two_byte_element(mut body: &[u8], id: u8) -> Option<u8> {
    loop {
        let (&head, rest) = body.split_first()?;
        if head == 0 {
            body = rest;
            continue;
        }
        let (&length, rest) = rest.split_first()?;
        let (value, rest) = rest.split_at_checked(usize::from(length))?;
        if head == id {
            return value.first().copied();
        }
        body = rest;
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
